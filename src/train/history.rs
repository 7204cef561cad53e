//! How training went.

use serde::{Deserialize, Serialize};

use crate::numerals::grouped;
use crate::serial::finite;
use crate::settings::Loss;

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
