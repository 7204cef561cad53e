//! What is known of a network after an epoch, and of all epochs together.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::importance::{DirectionMap, Estimate};
use crate::model::Network;

/// What there is to see of a network after an epoch.
#[derive(Clone, Debug)]
pub struct Moment {
    /// Epochs that it has been trained for; 0 before training.
    pub epoch: usize,
    /// As trained so far.
    pub network: Network,
    /// Latents (m × dimensions) of the few images that a report shows.
    pub sample_latents: Array2<f32>,
    /// What the decoder makes of these (m × pixels), 0 to 1.
    pub reconstructions: Array2<f32>,
    /// Latents of all explained images (images × dimensions), in the order of the report.
    pub latents: Array2<f32>,
    /// V (features × dimensions).
    pub pixel_importance: Estimate,
    /// S (features × dimensions).
    pub direction: DirectionMap,
    /// IE (classes × dimensions), by the same permutations at every epoch.
    pub latent_importance: Estimate,
    /// The same as roots.
    pub latent_importance_rmse: Option<Estimate>,
}

/// How what a network has learned in the end came about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Emergence {
    /// The epochs after which importance was measured, ascending; 0 is before training.
    pub epochs: Vec<usize>,
    /// Spearman's ρ between the directional map of each dimension, V × S, and its final one (epochs × dimensions), over
    /// the features that move a latent after any of the epochs; absent where one of the two maps is the same
    /// everywhere.
    pub similarity: Vec<Vec<Option<f32>>>,
    /// For every dimension, the first of the epochs from which on that stays at 0.95 or above; absent where the
    /// final map is the same everywhere.
    pub emerged: Vec<Option<usize>>,
    /// IE (epochs × classes × dimensions).
    pub latent_importance: Vec<Vec<Vec<f32>>>,
    /// V added up over all features (epochs × dimensions).
    pub pixel_importance: Vec<Vec<f32>>,
    /// For every dimension, the first of the epochs from which on its latent is the same for all explained
    /// images; absent where it is active in the end.
    pub inactive_since: Vec<Option<usize>>,
}
