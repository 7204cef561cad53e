//! The encoded space.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::serial::matrix;

/// The encoded space (Section 3.4): the latents of the explained images, class after class; in the order
/// of their files where all images are explained.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Encoded {
    /// The label of each image.
    pub labels: Vec<u8>,
    /// Where each image stands among all images of its class, counted from 0.
    pub positions: Vec<u32>,
    /// The files that the images are from.
    #[serde(default)]
    pub files: Vec<String>,
    /// Of each image, which of [`Encoded::files`] it is from, counted from 0; empty where that is not
    /// known.
    #[serde(default)]
    pub file: Vec<u32>,
    /// Which image of its file each is, counted from 0; empty where that is not known.
    #[serde(default)]
    pub place: Vec<u32>,
    /// Z (images × dimensions).
    #[serde(with = "matrix")]
    pub latents: Array2<f32>,
}
