//! The door to t-SNE: what the worker of the encoded space calls.

use js_sys::{Float32Array, Function};
use ndarray::ArrayView2;
use wasm_bindgen::prelude::*;

/// Arranges the rows of `latents` (row by row, `dims` numbers each) in a plane, from the
/// arrangement `start` (x, y for each row). Returns the last arrangement in that form.
///
/// Calls `step` with an arrangement, how many epochs are done and how many there are: first with
/// `start`, then after every epoch. Throws an `Error` if the shapes do not fit together or there
/// are fewer than seven rows.
#[wasm_bindgen]
pub fn tsne(
    latents: &[f32],
    dims: usize,
    start: &[f32],
    step: &Function,
) -> Result<Vec<f32>, JsError> {
    let rows = start.len() / 2;
    if rows < crate::tsne::FEWEST || !start.len().is_multiple_of(2) {
        return Err(JsError::new(&format!(
            "t-SNE needs two starting coordinates for each of at least {} images, and got {}.",
            crate::tsne::FEWEST,
            start.len()
        )));
    }
    let latents = ArrayView2::from_shape((rows, dims), latents).map_err(|_| {
        JsError::new(&format!(
            "t-SNE needs {dims} latents for each of {rows} images, and got {} numbers.",
            latents.len()
        ))
    })?;
    Ok(crate::tsne::tsne(
        latents,
        start,
        |done, total, arrangement| {
            // What the listener throws is its own affair.
            let _ = step.call3(
                &JsValue::NULL,
                &Float32Array::from(arrangement),
                &done.into(),
                &total.into(),
            );
        },
    ))
}
