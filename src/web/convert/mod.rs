//! Reports and networks as plain JavaScript objects, with matrices as `Float32Array`s.
//!
//! Everything but matrices goes through serde. A matrix is `{ shape: [rows, columns], data }` with
//! its numbers row by row in one typed array, which a worker can hand over without copying.

#[cfg(feature = "readers")]
mod elsewhere;
#[cfg(all(feature = "general", any(feature = "engine", feature = "view")))]
mod errors;
#[cfg(any(feature = "models", feature = "view"))]
mod from_js;
#[cfg(any(feature = "engine", feature = "models", feature = "view"))]
mod matrix;
#[cfg(all(
    feature = "general",
    any(feature = "engine", feature = "models", feature = "view")
))]
mod moment;
#[cfg(any(feature = "engine", feature = "models", feature = "view"))]
mod network;
#[cfg(feature = "engine")]
mod share;
#[cfg(any(feature = "engine", feature = "models", feature = "readers"))]
mod to_js;

use js_sys::{Object, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsError, JsValue};

#[cfg(feature = "readers")]
pub(super) use elsewhere::{latents_to_js, results_to_js};
#[cfg(feature = "charts")]
pub(super) use errors::errors_to_js;
#[cfg(feature = "view")]
pub(super) use from_js::report_part_from_js;
#[cfg(all(feature = "general", any(feature = "engine", feature = "view")))]
pub(super) use moment::maps_from_js;
#[cfg(feature = "models")]
pub(super) use moment::{moment_from_js, moment_to_js};
#[cfg(any(feature = "engine", feature = "models"))]
pub(super) use network::network;
#[cfg(any(feature = "engine", feature = "models", feature = "view"))]
pub(super) use network::network_from_js;
#[cfg(feature = "engine")]
pub(super) use share::{share, shared_from_js, stage_from_js};
#[cfg(feature = "engine")]
pub(super) use to_js::report_part;

#[cfg(any(feature = "engine", feature = "models", feature = "view"))]
use matrix::required;
#[cfg(any(feature = "engine", feature = "models", feature = "view"))]
pub(super) use matrix::{matrix_from_js, property};

/// Any serialisable value without matrices as a plain object.
pub(super) fn plain<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsError> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value
        .serialize(&serializer)
        .map_err(|error| JsError::new(&error.to_string()))
}

/// A matrix as `{ shape, data }`.
#[cfg(any(
    feature = "engine",
    feature = "models",
    feature = "readers",
    all(feature = "general", feature = "view")
))]
fn matrix_to_js(matrix: &ndarray::Array2<f32>) -> JsValue {
    use js_sys::{Array, Float32Array};
    let object = Object::new();
    let (rows, columns) = matrix.dim();
    set(
        &object,
        "shape",
        Array::of2(&(rows as f64).into(), &(columns as f64).into()),
    );
    let data = match matrix.as_slice() {
        Some(data) => Float32Array::from(data),
        None => Float32Array::from(matrix.iter().copied().collect::<Vec<_>>().as_slice()),
    };
    set(&object, "data", data);
    object.into()
}

/// Sets a property of a plain object.
pub(super) fn set(object: &Object, name: &str, value: impl Into<JsValue>) {
    Reflect::set(object, &name.into(), &value.into())
        .expect("properties of a plain object can always be set");
}

/// Any value without matrices; `name` is what the page calls it.
pub(super) fn value<T: DeserializeOwned>(name: &str, from: JsValue) -> Result<T, JsError> {
    serde_wasm_bindgen::from_value(from).map_err(|error| {
        // The error is a JavaScript one and says its own class first.
        let reason = error.to_string();
        let reason = reason.strip_prefix("Error: ").unwrap_or(&reason);
        JsError::new(&format!("{name} cannot be read: {reason}"))
    })
}

/// As [`value`], of a property that may be missing.
#[cfg(any(feature = "engine", feature = "models", feature = "view"))]
pub(super) fn optional<T: DeserializeOwned>(
    object: &JsValue,
    name: &str,
) -> Result<Option<T>, JsError> {
    property(object, name)
        .map(|found| value(name, found))
        .transpose()
}
