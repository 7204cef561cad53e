//! What comparing networks finds, as data.

use serde::{Deserialize, Serialize};

use crate::settings::{Loss, Seeds};

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

/// What becomes of the loss where only some dimensions are kept, and all others are held at their means.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Smaller {
    /// All dimensions, the most important first, counted from 0.
    pub order: Vec<u32>,
    /// For every dimension, the mean squared change of the reconstructions where an image is given the value of
    /// any other image: what the order is by.
    pub importance: Vec<f32>,
    /// Means of the latents over the images that the order is of.
    pub means: Vec<f32>,
    /// Which loss it is: that of training, unless the network's outputs are of another kind; then squared errors.
    pub kind: Loss,
    /// Loss over explained images with none of the dimensions, with the first, with the first two and so on: one
    /// number more than there are dimensions, each the mean over all numbers of the images.
    pub loss: Vec<f32>,
    /// The same in random orders (orders × numbers of dimensions); none where there is one dimension.
    pub random: Vec<Vec<f32>>,
    /// Images that the order and the means are of.
    pub ordered_on: usize,
    /// Whether these are training images; beside a model that was brought they are explained ones.
    pub of_training: bool,
    /// Explained images that the loss is of.
    pub explained: usize,
}

impl Smaller {
    /// The share of what the dimensions bring together that may be missing where there are enough of them.
    const MISSING: f32 = 0.01;

    /// How many dimensions are enough: the fewest that bring 99 % of what all of them bring, the loss with none
    /// less that with all. At least one; all of them where they bring nothing.
    #[must_use]
    pub fn enough(&self) -> usize {
        let dims = self.order.len();
        let (Some(none), Some(all)) = (self.loss.first(), self.loss.last()) else {
            return dims;
        };
        let brought = none - all;
        if brought.is_nan() || brought <= 0.0 {
            return dims;
        }
        let most = all + Self::MISSING * brought;
        let enough = self.loss.iter().position(|&loss| loss <= most);
        enough.unwrap_or(dims).max(1)
    }

    /// Mean loss of the random orders with so many dimensions; absent where there are none.
    #[must_use]
    pub fn at_random(&self, kept: usize) -> Option<f64> {
        let losses = self.random.iter().filter_map(|order| order.get(kept));
        let (count, sum) = losses.fold((0.0, 0.0), |(count, sum), &loss| {
            (count + 1.0, sum + f64::from(loss))
        });
        (count > 0.0).then_some(sum / count)
    }
}

/// Networks of other numbers of latent dimensions.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Sizes {
    /// Those that have been trained, by their numbers of dimensions.
    pub tried: Vec<Size>,
    /// The loss of answering every held-out image with the mean training image, as without any dimension;
    /// absent where it is not a finite number.
    pub mean_image_loss: Option<f32>,
}

/// What a number of latent dimensions comes to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Size {
    /// Latent dimensions.
    pub dims: usize,
    /// Whether the network that is shown has as many.
    pub is_shown: bool,
    /// Loss on the training images in the last epoch; absent where no epoch went well, as below.
    pub training_loss: Option<f32>,
    /// Loss on the held-out images after it.
    pub held_out_loss: Option<f32>,
    /// Dimensions that are the same for every explained image.
    pub inactive: usize,
    /// Epochs after which training diverged, where it did.
    pub diverged_after: Option<usize>,
}

impl Sizes {
    /// The number of dimensions with the least loss on the held-out images; the fewest of equals.
    #[must_use]
    pub fn best(&self) -> Option<&Size> {
        let known = self
            .tried
            .iter()
            .filter(|size| size.held_out_loss.is_some());
        known.min_by(|a, b| {
            let loss = |size: &Size| size.held_out_loss.unwrap_or(f32::INFINITY);
            loss(a).total_cmp(&loss(b)).then(a.dims.cmp(&b.dims))
        })
    }
}
