//! Reports and networks as plain JavaScript objects, with matrices as `Float32Array`s.
//!
//! Everything but matrices goes through serde. A matrix is `{ shape: [rows, columns], data }` with
//! its numbers row by row in one typed array, which a worker can hand over without copying.

#[cfg(feature = "view")]
mod from_js;
mod network;
#[cfg(feature = "engine")]
mod to_js;

use js_sys::{Array, Float32Array, Object, Reflect};
use ndarray::Array2;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsError, JsValue};

#[cfg(feature = "view")]
pub(super) use from_js::report_part_from_js;
#[cfg(any(feature = "engine", feature = "models"))]
pub(super) use network::network;
pub(super) use network::network_from_js;
#[cfg(feature = "engine")]
pub(super) use to_js::report_part;

/// Any serialisable value without matrices as a plain object.
pub(super) fn plain<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsError> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value
        .serialize(&serializer)
        .map_err(|error| JsError::new(&error.to_string()))
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

#[cfg(any(feature = "engine", feature = "models"))]
fn matrix_to_js(matrix: &Array2<f32>) -> JsValue {
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

fn matrix_from_js(name: &str, found: &JsValue) -> Result<Array2<f32>, JsError> {
    let shape: (usize, usize) = value("shape", required(found, "shape")?)?;
    let data = required(found, "data")?
        .dyn_into::<Float32Array>()
        .map_err(|_| JsError::new(&format!("{name}.data is not a Float32Array.")))?
        .to_vec();
    let count = data.len();
    Array2::from_shape_vec(shape, data).map_err(|_| {
        let (rows, columns) = shape;
        JsError::new(&format!(
            "{name} holds {count} numbers, which is not {rows} × {columns}."
        ))
    })
}

fn required(object: &JsValue, name: &str) -> Result<JsValue, JsError> {
    property(object, name).ok_or_else(|| JsError::new(&format!("{name} is missing.")))
}

/// A property that is there and neither undefined nor null.
fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into())
        .ok()
        .filter(|value| !value.is_undefined() && !value.is_null())
}
