//! How training went.

use serde::{Deserialize, Serialize};

use crate::numerals::grouped;
use crate::serial::finite;
use crate::settings::Loss;
#[cfg(all(feature = "engine", feature = "general"))]
use crate::settings::{Settings, Variant};

/// The loss after each finished epoch, the mean over all numbers of the images: of binary cross-entropy
/// in nats, or of squared differences.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrainingHistory {
    /// Which loss. Older reports, which do not say it, are of binary cross-entropy.
    #[serde(default)]
    pub loss: Loss,
    /// Over the training images, averaged while the epoch ran.
    #[serde(serialize_with = "finite::all")]
    pub training_loss: Vec<f32>,
    /// Over the held-out images, after the epoch.
    #[serde(serialize_with = "finite::all")]
    pub held_out_loss: Vec<f32>,
    /// The loss of reconstructing every held-out image as the mean training image: a network that comes
    /// no lower has learned nothing about single images. Unknown (absent) in older reports.
    #[serde(default, serialize_with = "finite::any")]
    pub mean_image_loss: Option<f32>,
    /// The least loss possible: the entropy of the held-out images, or no difference at all. Unknown
    /// (absent) in older reports.
    #[serde(default, serialize_with = "finite::any")]
    pub least_loss: Option<f32>,
    /// Epochs after which training diverged, where it did: the network is that of the last of them.
    #[serde(default)]
    pub diverged_after: Option<usize>,
    /// What the loss is added up from, where that is more than one part.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<LossParts>,
}

/// The parts of a loss after each finished epoch. The loss itself is the reconstruction's, plus the penalty
/// times its weight: divided by the numbers of an image where [`Penalty::Divergence`] is meant, whose loss is
/// one of whole images.
#[cfg(feature = "general")]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LossParts {
    /// What is added to the loss of the reconstruction.
    pub penalty: Penalty,
    /// By what it is multiplied: β, or λ.
    pub weight: f64,
    /// Numbers of an image.
    pub numbers: usize,
    /// Loss of the reconstructions of the training images, the mean over all numbers.
    #[serde(serialize_with = "finite::all")]
    pub training_reconstruction: Vec<f32>,
    /// The same of the held-out images.
    #[serde(serialize_with = "finite::all")]
    pub held_out_reconstruction: Vec<f32>,
    /// The penalty, before its weight, of a training image on the average.
    #[serde(serialize_with = "finite::all")]
    pub training_penalty: Vec<f32>,
    /// The same of a held-out image.
    #[serde(serialize_with = "finite::all")]
    pub held_out_penalty: Vec<f32>,
    /// Of all latents of the held-out images, the share that is not 0, where the network is to be sparse:
    /// a ReLU makes them 0.
    #[serde(serialize_with = "finite::all")]
    pub active_share: Vec<f32>,
}

#[cfg(feature = "general")]
impl LossParts {
    /// What a penalty of an image, before its weight, is of the loss: times its weight, and by number where the
    /// loss is one of whole images.
    #[must_use]
    pub fn in_loss(&self, penalty: f32) -> f32 {
        self.weighted(penalty) as f32
    }

    fn weighted(&self, penalty: f32) -> f64 {
        let by = match self.penalty {
            Penalty::Divergence => self.numbers.max(1) as f64,
            Penalty::Sparsity => 1.0,
        };
        f64::from(penalty) * self.weight / by
    }

    /// Of no epoch yet, where the loss of these settings has several parts.
    #[cfg(feature = "engine")]
    pub(super) fn of(settings: &Settings, numbers: usize) -> Option<Self> {
        let (penalty, weight) = Penalty::of(&settings.variant)?;
        Some(Self {
            penalty,
            weight,
            numbers,
            ..Self::default()
        })
    }

    /// The loss that is added up from a reconstruction's and a penalty.
    #[cfg(feature = "engine-cpu")]
    pub(super) fn total(&self, reconstruction: f32, penalty: f32) -> f32 {
        (f64::from(reconstruction) + self.weighted(penalty)) as f32
    }

    /// One more epoch.
    #[cfg(feature = "engine")]
    pub(super) fn add(&mut self, found: super::learner::Parts) {
        let [training, held_out] = found.reconstruction;
        self.training_reconstruction.push(training);
        self.held_out_reconstruction.push(held_out);
        let [training, held_out] = found.penalty;
        self.training_penalty.push(training);
        self.held_out_penalty.push(held_out);
        self.active_share.extend(found.active_share);
    }

    /// No epoch any more.
    #[cfg(feature = "engine")]
    pub(super) fn clear(&mut self) {
        *self = Self {
            penalty: self.penalty,
            weight: self.weight,
            numbers: self.numbers,
            ..Self::default()
        };
    }
}

/// What is added to the loss of the reconstruction.
#[cfg(feature = "general")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Penalty {
    /// The divergence of an image's latents from the standard normal distribution, in nats, all dimensions
    /// added up.
    #[default]
    Divergence,
    /// The sum of an image's absolute latents.
    Sparsity,
}

#[cfg(all(feature = "engine", feature = "general"))]
impl Penalty {
    /// What is added for such a network, and by what it is multiplied: β, or λ.
    pub(super) fn of(variant: &Variant) -> Option<(Self, f64)> {
        match (variant.variational, variant.sparsity) {
            (true, _) => Some((Self::Divergence, variant.beta)),
            (false, sparsity) if sparsity > 0.0 => Some((Self::Sparsity, sparsity)),
            _ => None,
        }
    }
}

impl TrainingHistory {
    /// That training diverged, if it did, and which network the results then describe.
    #[must_use]
    pub fn divergence(&self) -> Option<String> {
        let epochs = self.diverged_after?;
        let of = match epochs {
            0 => "no epoch went well, so all of this is of the network before training".into(),
            _ => format!(
                "all of this is of the network after epoch {}, the last good one",
                grouped(epochs)
            ),
        };
        Some(format!(
            "Training diverged in epoch {}: the loss or a weight was no longer a finite number; {of}.",
            grouped(epochs + 1)
        ))
    }
}
