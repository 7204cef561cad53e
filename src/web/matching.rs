//! The door to matching: which latent of one network is which of another.

use ndarray::ArrayView2;
use wasm_bindgen::prelude::*;

use super::convert::plain;
use crate::networks::matching::{correlations, matched};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A dimension that another one is matched with. */
export interface Pair {
  /** The dimension of the other network, counted from 0. */
  dim: number;
  /** Pearson's r of the two, -1 to 1. */
  r: number;
}
"#;

/// For each of the `dims` dimensions of `one`, which of the `other_dims` dimensions of `other` it is matched
/// with: latents of the same images in the same order, row by row. Null where it says the same of every image,
/// or no dimension is left for it. Throws if these are not latents of as many images.
#[wasm_bindgen(unchecked_return_type = "(Pair | null)[]")]
pub fn match_latents(
    one: &[f32],
    dims: usize,
    other: &[f32],
    other_dims: usize,
) -> Result<JsValue, JsError> {
    let latents = |values: &[f32], dims: usize| {
        let images = values.len() / dims.max(1);
        ArrayView2::from_shape((images, dims), values).map(|latents| latents.to_owned())
    };
    let both = latents(one, dims)
        .ok()
        .zip(latents(other, other_dims).ok())
        .filter(|(one, other)| one.nrows() == other.nrows());
    let (one, other) =
        both.ok_or_else(|| JsError::new("These are not latents of the same images."))?;
    plain(&matched(&correlations(&one, &other)))
}
