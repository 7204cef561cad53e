//! Networks as `{ encoder, decoder }`, each a list of layers `{ weight, bias, activation }`.

#[cfg(any(feature = "engine", feature = "models"))]
use js_sys::Object;
use js_sys::{Array, Float32Array};
use wasm_bindgen::{JsCast, JsError, JsValue};

use super::{matrix_from_js, required, value};
#[cfg(any(feature = "engine", feature = "models"))]
use super::{matrix_to_js, plain, set};
use crate::model::{Dense, Network};
#[cfg(any(feature = "engine", feature = "models"))]
use crate::model::{Half, Layer};

/// The network for the page.
#[cfg(any(feature = "engine", feature = "models"))]
pub(in crate::web) fn network(network: &Network) -> Result<JsValue, JsError> {
    let layers = |half: &Half| {
        half.layers()
            .iter()
            .map(layer_to_js)
            .collect::<Result<Array, _>>()
    };
    let object = Object::new();
    set(&object, "encoder", layers(network.encoder())?);
    set(&object, "decoder", layers(network.decoder())?);
    Ok(object.into())
}

#[cfg(any(feature = "engine", feature = "models"))]
fn layer_to_js(Layer::Dense(layer): &Layer) -> Result<JsValue, JsError> {
    let object = Object::new();
    set(&object, "weight", matrix_to_js(&layer.weight));
    set(
        &object,
        "bias",
        Float32Array::from(layer.bias.to_vec().as_slice()),
    );
    set(&object, "activation", plain(&layer.activation)?);
    Ok(object.into())
}

/// A network as [`network`] writes it. Refuses one whose layers do not follow each other, or that is
/// not of finite numbers.
pub(in crate::web) fn network_from_js(found: &JsValue) -> Result<Network, JsError> {
    let layers = |name| -> Result<Vec<Dense>, JsError> {
        let layers = required(found, name)?
            .dyn_into::<Array>()
            .map_err(|_| JsError::new(&format!("{name} is not an array of layers.")))?;
        layers.iter().map(|layer| dense_from_js(&layer)).collect()
    };
    let network = Network::dense(layers("encoder")?, layers("decoder")?)
        .and_then(|network| network.check().map(|()| network));
    network.map_err(|what| JsError::new(&what))
}

fn dense_from_js(found: &JsValue) -> Result<Dense, JsError> {
    let bias = required(found, "bias")?
        .dyn_into::<Float32Array>()
        .map_err(|_| JsError::new("bias is not a Float32Array."))?;
    Ok(Dense {
        weight: matrix_from_js("weight", &required(found, "weight")?)?,
        bias: bias.to_vec().into(),
        activation: value("activation", required(found, "activation")?)?,
    })
}
