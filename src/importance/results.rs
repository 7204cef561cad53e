//! What the stages find, as data.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::serial::{finite, matrix, optional_matrix};

/// What a stage found: one number per cell, exact or averaged over repeats.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Estimate {
    /// Whether [`Estimate::mean`] is exact.
    #[serde(default)]
    pub method: Measured,
    /// The engine that measured this stage: `cpu` or `webgpu`; empty in reports older than this
    /// field. The closed form runs on the CPU under either engine.
    #[serde(default)]
    pub engine: String,
    /// Mean over the repeats done so far, or the exact value; 0 where nothing is known yet.
    #[serde(with = "matrix")]
    pub mean: Array2<f32>,
    /// Standard error of `mean`: the repeats' standard deviation over the square root of their
    /// number, unknown (absent) until every cell has two repeats; 0 throughout once every cell is
    /// known exactly.
    #[serde(with = "optional_matrix")]
    pub std_error: Option<Array2<f32>>,
    /// Complete passes over all cells: repeats finished, or 1 once every cell is known exactly.
    pub repeats: usize,
    /// Share of the work that is finished, 0 to 1: of all repeats of all cells, or of the cells
    /// to compute exactly.
    #[serde(serialize_with = "finite::one")]
    pub fraction: f32,
}

/// How the numbers of an [`Estimate`] came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measured {
    /// The expected value over all permutations, up to rounding.
    Exact,
    /// The mean over random permutations.
    #[default]
    Sampled,
}

impl Measured {
    /// As reports write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Sampled => "sampled",
        }
    }
}

/// Least-squares slope of each latent on each pixel, and its sign.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DirectionMap {
    /// Slope (pixels × dimensions): latent units per unit of pixel intensity.
    #[serde(with = "matrix")]
    pub slope: Array2<f32>,
    /// Sign of the slope: -1, 0 or 1.
    #[serde(with = "matrix")]
    pub sign: Array2<f32>,
}
