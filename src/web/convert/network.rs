//! Networks as `{ encoder, decoder }`, each a list of layers `{ weight, bias, activation }`.

use js_sys::{Array, Float32Array};
use wasm_bindgen::{JsCast, JsError, JsValue};

use super::{matrix_from_js, required, value};
#[cfg(feature = "engine")]
use super::{matrix_to_js, plain, set};
use crate::model::{Dense, Network};

#[cfg(feature = "engine")]
/// A network as `{ encoder, decoder }`, each a list of `{ weight, bias, activation }`.
pub(in crate::web) fn network(network: &Network) -> Result<JsValue, JsError> {
    let layers = |layers: &[Dense]| layers.iter().map(dense).collect::<Result<Array, _>>();
    let object = Object::new();
    set(&object, "encoder", layers(&network.encoder)?);
    set(&object, "decoder", layers(&network.decoder)?);
    Ok(object.into())
}

#[cfg(feature = "engine")]
fn dense(layer: &Dense) -> Result<JsValue, JsError> {
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

/// A network as [`network`](network) writes it. Refuses one whose layers do not follow
/// each other.
pub(in crate::web) fn network_from_js(found: &JsValue) -> Result<Network, JsError> {
    let layers = |name| -> Result<Vec<Dense>, JsError> {
        let layers = required(found, name)?;
        let layers = js_sys::Array::from(&layers);
        layers.iter().map(|layer| dense(&layer)).collect()
    };
    let network = Network {
        encoder: layers("encoder")?,
        decoder: layers("decoder")?,
    };
    let all: Vec<&Dense> = network.encoder.iter().chain(&network.decoder).collect();
    let follow = all
        .windows(2)
        .all(|pair| pair[0].outputs() == pair[1].inputs());
    let biased = all.iter().all(|layer| layer.bias.len() == layer.outputs());
    if network.encoder.is_empty() || network.decoder.is_empty() || !follow || !biased {
        return Err(JsError::new(
            "The layers of this network do not fit each other.",
        ));
    }
    Ok(network)
}

fn dense(found: &JsValue) -> Result<Dense, JsError> {
    let bias = required(found, "bias")?
        .dyn_into::<Float32Array>()
        .map_err(|_| JsError::new("bias is not a Float32Array."))?;
    Ok(Dense {
        weight: matrix_from_js("weight", &required(found, "weight")?)?,
        bias: bias.to_vec().into(),
        activation: value("activation", required(found, "activation")?)?,
    })
}
