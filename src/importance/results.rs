//! What the stages find, as data.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

#[cfg(feature = "general")]
use crate::data::Grouping;
use crate::serial::{finite, matrix, optional_matrix};
#[cfg(feature = "general")]
use crate::settings::Donors;

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
    /// Somewhere else: it is not known how.
    Elsewhere,
}

impl Measured {
    /// As reports write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Sampled => "sampled",
            Self::Elsewhere => "elsewhere",
        }
    }
}

/// Least-squares slope of each latent on each pixel, and its sign.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DirectionMap {
    /// Slope (pixels × dimensions): latent units per unit of pixel intensity; without rows where the signs alone are
    /// known.
    #[serde(with = "matrix")]
    pub slope: Array2<f32>,
    /// Sign of the slope: -1, 0 or 1.
    #[serde(with = "matrix")]
    pub sign: Array2<f32>,
}

/// What moving groups of features found.
#[cfg(feature = "general")]
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GroupImportance {
    /// Which pixels, or columns of a table, belong together.
    pub grouping: Grouping,
    /// V of every group (groups × dimensions).
    pub importance: Estimate,
    /// How clusters were joined, pair by pair; empty where the groups are no clusters.
    pub merges: Vec<Merge>,
    /// On which images clusters were found; absent where the groups are no clusters.
    pub clustered_on: Option<FoundOn>,
}

/// On which images clusters were found, or predictions fitted.
#[cfg(feature = "general")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundOn {
    /// Images that were taken.
    pub images: usize,
    /// Images that there are: of more than 4,000, so many are taken, evenly.
    pub of: usize,
    /// Whether these are the images that the network is trained on, or else those that are explained.
    pub training: bool,
}

/// Two clusters that were joined. Pixels are clusters 0, 1, … by their numbers, and the cluster of merge
/// k has the number of pixels + k. Pixels that are the same in every image are in none.
#[cfg(feature = "general")]
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Merge {
    /// The one of the smaller number.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// How far they are apart, 0 to 1: the mean of 1 − |Spearman's ρ| over their pairs of pixels.
    pub distance: f32,
}

/// What is known of a choice of donors: how far it keeps to images as they are.
#[cfg(feature = "general")]
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DonorCheck {
    /// Whose values are given.
    pub donors: Donors,
    /// How much of a feature is still known from its neighbours among those who exchange values: R² within
    /// pools, 0 to 1, averaged over features that vary; absent where none has neighbours.
    pub r2: Option<f32>,
    /// Squared error of the reconstructions at shuffled pixels, over that of the unshuffled images there:
    /// 1 where shuffled images are as plausible to the network as the images themselves; absent where the
    /// images are reconstructed without an error.
    pub plausibility: Option<f32>,
    /// Features that were looked at for plausibility; all of them unless that would take too long.
    pub features: usize,
    /// Images that were shuffled for it; all of those explained unless that would take too long.
    pub images: usize,
    /// On which images predictions from neighbours were fitted.
    pub fitted_on: FoundOn,
}

/// How far importance would be off had other images of the same kind been explained: standard errors over
/// the images, each of which both receives values and gives them.
#[cfg(feature = "general")]
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImageErrors {
    /// Whether V's errors are taken over all exchanges, or over random ones.
    pub pixel_method: Measured,
    /// The same of IE's.
    pub latent_method: Measured,
    /// Standard error of V (features × dimensions).
    #[serde(with = "matrix")]
    pub pixel_importance: Array2<f32>,
    /// Standard error of IE (classes × dimensions), over the images of the class; 0 where a class has fewer
    /// than two.
    #[serde(with = "matrix")]
    pub latent_importance: Array2<f32>,
    /// Standard error of the root of IE (classes × dimensions).
    #[serde(with = "matrix")]
    pub latent_importance_rmse: Array2<f32>,
    /// The dimensions in the order of their IE for each class, the most important first, counted from 0.
    pub order: Vec<Vec<u32>>,
    /// For each class, the standard error of the difference between the IE of each dimension of that order
    /// and the next one's: one fewer than there are dimensions.
    pub differences: Vec<Vec<f32>>,
    /// Explained images in which each feature differs from the value that most of them have.
    pub lit: Vec<u32>,
}
