//! The encoded space as it is looked at, where that is not by two of its dimensions.

use ndarray::Array2;

/// The encoded space brought to a plane.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    /// Coordinates (images × 2), in the order of [`Report::encoded`].
    pub coordinates: Array2<f32>,
    /// What the two axes are called.
    pub axes: [String; 2],
    /// What tables call it: `tsne` of the columns `tsne_1` and `tsne_2`.
    pub name: String,
}
