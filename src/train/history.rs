//! How training went.

use serde::{Deserialize, Serialize};

use crate::numerals::grouped;
use crate::serial::finite;

/// Mean binary cross-entropy per pixel, in nats, after each finished epoch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrainingHistory {
    /// Over the training images, averaged while the epoch ran.
    #[serde(serialize_with = "finite::all")]
    pub training_loss: Vec<f32>,
    /// Over the held-out images, after the epoch.
    #[serde(serialize_with = "finite::all")]
    pub held_out_loss: Vec<f32>,
    /// What it costs to answer every held-out image with the mean of the training images: a network
    /// that comes no lower has learned nothing of single images. Unknown (absent) in older reports.
    #[serde(default, serialize_with = "finite::any")]
    pub mean_image_loss: Option<f32>,
    /// The entropy of the held-out images themselves, below which no network comes. Unknown as above.
    #[serde(default, serialize_with = "finite::any")]
    pub least_loss: Option<f32>,
    /// Epochs after which training diverged, where it did: the network is that of the last of them.
    #[serde(default)]
    pub diverged_after: Option<usize>,
}

impl TrainingHistory {
    /// That training diverged, where it did, and of which network everything is then.
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
