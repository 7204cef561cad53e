//! Networks as `{ input, encoder, latent, decoder }`: what each half takes, and its layers, `{ weight, bias,
//! activation }` where they are dense, `{ black_box, activation, call }` where their inside is not known, else `{ kind,
//! weights, activation, output }`. `output`, what a layer gives, is told to the page and not read from it;
//! `call`, the function that a black box asks (`functions.rs`), is read by the CPU engine and told to nobody. Without
//! it the black box is there by its name and shapes alone.

#[cfg(any(feature = "engine", feature = "models"))]
use js_sys::Object;
use js_sys::{Array, Float32Array};
use wasm_bindgen::{JsCast, JsError, JsValue};

use super::{matrix_from_js, required, value};
#[cfg(any(feature = "engine", feature = "models"))]
use super::{matrix_to_js, plain, set};
#[cfg(feature = "general")]
use super::{optional, property};
use crate::data::Shape;
#[cfg(feature = "general")]
use crate::model::Form;
use crate::model::{Dense, Half, Layer, Network};
#[cfg(feature = "general")]
use crate::model::{General, Head};

/// The network for the page.
#[cfg(any(feature = "engine", feature = "models"))]
pub(in crate::web) fn network(network: &Network) -> Result<JsValue, JsError> {
    let object = Object::new();
    #[cfg(feature = "general")]
    set(&object, "input", plain(network.encoder().input())?);
    set(&object, "encoder", half_to_js(network.encoder())?);
    #[cfg(feature = "general")]
    set(&object, "latent", plain(network.decoder().input())?);
    set(&object, "decoder", half_to_js(network.decoder())?);
    #[cfg(feature = "general")]
    if let Some(head) = network.encoder().log_variance() {
        let layers = head.layers.iter().map(layer_to_js);
        let branch = Object::new();
        set(&branch, "after", head.after as f64);
        set(&branch, "layers", layers.collect::<Result<Array, _>>()?);
        set(&object, "log_variance", branch);
    }
    Ok(object.into())
}

#[cfg(any(feature = "engine", feature = "models"))]
fn half_to_js(half: &Half) -> Result<Array, JsError> {
    let objects = half.layers().iter().map(layer_to_js);
    #[cfg(feature = "general")]
    let objects =
        objects
            .zip(half.forms())
            .map(|(object, (form, _, output))| -> Result<Object, JsError> {
                let object = object?;
                if let Form::General { .. } = form {
                    set(&object, "output", plain(&output)?);
                }
                Ok(object)
            });
    objects.collect()
}

#[cfg(any(feature = "engine", feature = "models"))]
fn layer_to_js(layer: &Layer) -> Result<Object, JsError> {
    let object = Object::new();
    match layer {
        Layer::Dense(layer) => {
            set(&object, "weight", matrix_to_js(&layer.weight));
            let bias = layer.bias.to_vec();
            set(&object, "bias", Float32Array::from(bias.as_slice()));
        }
        #[cfg(feature = "general")]
        Layer::General(layer) => {
            set(&object, "kind", plain(&layer.kind)?);
            let weights: Array = layer.weights.iter().map(matrix_to_js).collect();
            set(&object, "weights", weights);
        }
        #[cfg(not(feature = "general"))]
        Layer::General(_) => return Err(JsError::new(NOT_DENSE)),
        #[cfg(feature = "general")]
        Layer::BlackBox(_) => set(&object, "black_box", plain(&layer.form())?),
    }
    set(&object, "activation", plain(&layer.activation())?);
    Ok(object)
}

/// Another package should have been fetched.
#[cfg(not(feature = "general"))]
const NOT_DENSE: &str = "This package knows networks of dense layers alone.";

/// A network as [`network`] writes it. Refuses one whose layers do not follow each other, or that is
/// not of finite numbers.
pub(in crate::web) fn network_from_js(found: &JsValue) -> Result<Network, JsError> {
    let half = |name: &str, shape: &str, input: Option<Shape>| -> Result<Half, JsError> {
        let layers = required(found, name)?
            .dyn_into::<Array>()
            .map_err(|_| JsError::new(&format!("{name} is not an array of layers.")))?;
        let layers = layers.iter().map(|layer| layer_from_js(&layer));
        let layers = layers.collect::<Result<Vec<_>, _>>()?;
        #[cfg(feature = "general")]
        let input = optional(found, shape)?.or(input);
        #[cfg(not(feature = "general"))]
        let _ = shape;
        // Where nothing is said of them, as many numbers as the first layer takes.
        let first = layers.first().and_then(|layer| match layer {
            Layer::Dense(layer) => Some(Shape::Numbers(layer.inputs())),
            Layer::General(_) => None,
            #[cfg(feature = "general")]
            Layer::BlackBox(_) => None,
        });
        let input = input.or(first).unwrap_or(Shape::Numbers(0));
        Half::new(name, input, layers).map_err(|what| JsError::new(&what))
    };
    let encoder = half("encoder", "input", None)?;
    #[cfg(feature = "general")]
    let encoder = match property(found, "log_variance") {
        Some(branch) => {
            let layers = required(&branch, "layers")?
                .dyn_into::<Array>()
                .map_err(|_| JsError::new("log_variance has no array of layers."))?;
            let layers = layers.iter().map(|layer| layer_from_js(&layer));
            let head = Head {
                after: value("after", required(&branch, "after")?)?,
                layers: layers.collect::<Result<_, _>>()?,
            };
            encoder
                .with_log_variance(head)
                .map_err(|what| JsError::new(&what))?
        }
        None => encoder,
    };
    let latent = encoder.output().clone();
    let decoder = half("decoder", "latent", Some(latent))?;
    let network =
        Network::new(encoder, decoder).and_then(|network| network.check().map(|()| network));
    network.map_err(|what| JsError::new(&what))
}

fn layer_from_js(found: &JsValue) -> Result<Layer, JsError> {
    #[cfg(feature = "general")]
    if let Some(form) = property(found, "black_box") {
        let form: Form = value("black_box", form)?;
        #[cfg(feature = "engine-cpu")]
        if let Some(call) = property(found, "call") {
            let call = call
                .dyn_into()
                .map_err(|_| JsError::new("call is not a function."))?;
            return Ok(crate::web::functions::layer(form, call));
        }
        return Ok(form.with(Vec::new()));
    }
    #[cfg(feature = "general")]
    if let Some(kind) = property(found, "kind") {
        let weights = required(found, "weights")?
            .dyn_into::<Array>()
            .map_err(|_| JsError::new("weights is not an array of matrices."))?;
        let weights = weights.iter();
        return Ok(Layer::General(General {
            kind: value("kind", kind)?,
            weights: weights
                .map(|matrix| matrix_from_js("weights", &matrix))
                .collect::<Result<_, _>>()?,
            activation: value("activation", required(found, "activation")?)?,
        }));
    }
    #[cfg(not(feature = "general"))]
    if super::property(found, "kind").is_some() {
        return Err(JsError::new(NOT_DENSE));
    }
    let bias = required(found, "bias")?
        .dyn_into::<Float32Array>()
        .map_err(|_| JsError::new("bias is not a Float32Array."))?;
    Ok(Layer::Dense(Dense {
        weight: matrix_from_js("weight", &required(found, "weight")?)?,
        bias: bias.to_vec().into(),
        activation: value("activation", required(found, "activation")?)?,
    }))
}
