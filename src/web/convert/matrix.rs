//! Matrices and properties of plain JavaScript objects, on their way in.

use js_sys::{Float32Array, Reflect};
use ndarray::Array2;
use wasm_bindgen::{JsCast, JsError, JsValue};

use super::value;

pub(in crate::web) fn matrix_from_js(name: &str, found: &JsValue) -> Result<Array2<f32>, JsError> {
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

pub(super) fn required(object: &JsValue, name: &str) -> Result<JsValue, JsError> {
    property(object, name).ok_or_else(|| JsError::new(&format!("{name} is missing.")))
}

/// A property that is there and neither undefined nor null.
pub(in crate::web) fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into())
        .ok()
        .filter(|value| !value.is_undefined() && !value.is_null())
}
