//! What comparing networks finds, as data.

use serde::{Deserialize, Serialize};

use crate::settings::Seeds;

/// R² from which on all latents of another network together say the same as a dimension.
pub const MIXED: f32 = 0.9;

/// What becomes of each dimension in other networks that were trained on the same images.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Networks {
    /// Untrained networks that chance was read off.
    pub untrained: usize,
    /// For every dimension, the largest |r| that a latent of an untrained network reaches.
    pub chance: Vec<f32>,
    /// For every dimension, the largest R² that all latents of an untrained network together reach; absent where
    /// the dimension is inactive.
    pub chance_r2: Vec<Option<f32>>,
    /// Explained images, over which latents were correlated.
    pub explained: usize,
    /// Training images, on which each dimension was predicted from all latents of another network; 0 where there
    /// are none, as for a network that was brought: then one half of the explained images was predicted from the
    /// other, in turn.
    pub training: usize,
    /// The others, in the order in which they were trained or brought.
    pub others: Vec<OtherNetwork>,
    /// Mean of IE over all networks in which a dimension was found again, the first included (classes ×
    /// dimensions).
    pub mean: Vec<Vec<f32>>,
    /// Standard deviation of IE over these networks (classes × dimensions); absent where there is one alone.
    pub deviation: Vec<Vec<Option<f32>>>,
}

/// Another network, and where the dimensions of the first are in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OtherNetwork {
    /// What it is called: by its seed, or by the file that it came in.
    pub name: String,
    /// What decided it; absent where it was brought.
    pub seeds: Option<Seeds>,
    /// Its dimensions.
    pub dims: usize,
    /// Its loss on the held-out images after training; absent where that is not known.
    pub held_out_loss: Option<f32>,
    /// For every dimension of the first network.
    pub matches: Vec<Match>,
    /// V · S of its matched dimensions, with the sign of r, in the order of the first network's dimensions,
    /// one dimension after the other (dimensions × features); empty numbers are 0.
    pub maps: Vec<Vec<f32>>,
    /// IE of its matched dimensions (classes × dimensions of the first network); absent where there is no match.
    pub latent_importance: Vec<Vec<Option<f32>>>,
}

/// Where a dimension of the first network is in another one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Match {
    /// The dimension that it is matched with, counted from 0; absent where it, or all that are left, are
    /// inactive.
    pub dim: Option<usize>,
    /// Pearson's r of the two latents over the explained images.
    pub r: Option<f32>,
    /// R² of the dimension as predicted from all latents of the other network, by least squares on the training
    /// images and measured on the explained ones; at most 1, and below 0 where the mean would predict better.
    /// Absent where the dimension is inactive.
    pub r2: Option<f32>,
    /// What that comes to.
    pub verdict: Verdict,
    /// Pearson's r of the two directional maps over the features that vary, the sign of r taken into account;
    /// absent without a match, and where a map is the same everywhere.
    pub map_similarity: Option<f32>,
    /// Cosine similarity of the two profiles of IE over the classes; absent without a match, where a profile is 0
    /// throughout, and for one class alone.
    pub profile_similarity: Option<f32>,
}

/// What has become of a dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// |r| is above what untrained networks reach.
    FoundAgain,
    /// It is not, but the other network's latents together say the same: R² is at least 0.9.
    Mixed,
    /// Neither.
    NotFound,
    /// The dimension says the same of every image.
    Inactive,
}

/// Maps and importance beside those of networks that have nothing to learn from the images.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Controls {
    /// Spearman's ρ over the features that vary between the map of each dimension (V) and that of the same
    /// dimension before training; absent where a map is the same everywhere, or the network was brought.
    pub untrained: Vec<Option<f32>>,
    /// The same with 2 · Var of each pixel.
    pub variance: Vec<Option<f32>>,
    /// A network that was trained, and explained, on images whose pixels were permuted; absent where none
    /// could be trained.
    pub permuted: Option<PermutedControl>,
}

/// A network that was trained and explained on images each pixel of which was permuted over the images.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PermutedControl {
    /// Its loss on held-out images of the same kind.
    pub held_out_loss: f32,
    /// Its IE (classes × dimensions).
    pub latent_importance: Vec<Vec<f32>>,
    /// The same as roots.
    pub latent_importance_rmse: Vec<Vec<f32>>,
}

/// What becomes of the loss where only some dimensions are kept, and all others are held at their means over
/// the training images.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Smaller {
    /// All dimensions, the most important to the training images first, counted from 0.
    pub order: Vec<u32>,
    /// Means of the latents over the training images.
    pub means: Vec<f32>,
    /// Loss over the explained images with none of them, with the first, with the first two and so on: one
    /// more than there are dimensions.
    pub loss: Vec<f32>,
    /// The same in random orders (orders × numbers of dimensions).
    pub random: Vec<Vec<f32>>,
    /// Training images that the order and the means are of.
    pub training: usize,
    /// Explained images that the loss is of.
    pub explained: usize,
}

/// Networks of other numbers of latent dimensions.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Sizes {
    /// Those that have been trained, by their numbers of dimensions.
    pub tried: Vec<Size>,
}

/// What a number of latent dimensions comes to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Size {
    /// Latent dimensions.
    pub dims: usize,
    /// Loss on the training images in the last epoch.
    pub training_loss: f32,
    /// Loss on the held-out images after it.
    pub held_out_loss: f32,
    /// Dimensions that are the same for every explained image.
    pub inactive: usize,
    /// Epochs after which training diverged, where it did.
    pub diverged_after: Option<usize>,
}
