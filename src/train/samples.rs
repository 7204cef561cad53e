//! A few images and what a network makes of them.

use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

use crate::data::Images;
use crate::model::Network;
use crate::serial::matrix;

/// Explained images (m × pixels), their latents (m × dimensions) and their reconstructions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Samples {
    /// The label of each image.
    pub labels: Vec<u8>,
    /// As the network is given them: intensities from 0 to 1, unless a model takes others.
    #[serde(with = "matrix")]
    pub images: Array2<f32>,
    /// What the encoder makes of them.
    #[serde(with = "matrix")]
    pub latents: Array2<f32>,
    /// What the decoder makes of the latents, 0 to 1.
    #[serde(with = "matrix")]
    pub reconstructions: Array2<f32>,
}

/// The most images that there are.
pub(super) const SAMPLES: usize = 10;

impl Samples {
    /// What `network` makes of the first of the `explained` images.
    #[must_use]
    pub fn of(explained: &Images, network: &Network) -> Self {
        let (labels, images) = choose(explained);
        let latents = network.encode(images.view());
        Self {
            labels,
            reconstructions: network.decode(latents.view()),
            images,
            latents,
        }
    }

    /// Whether all of their numbers are finite.
    #[must_use]
    pub fn are_finite(&self) -> bool {
        [&self.images, &self.latents, &self.reconstructions]
            .into_iter()
            .all(|matrix| matrix.iter().all(|number| number.is_finite()))
    }
}

/// The sample images (m × pixels) and their labels: the first image of every class, then the second
/// of every class, and so on.
pub(super) fn choose(images: &Images) -> (Vec<u8>, Array2<f32>) {
    let most = images.classes.iter().map(|(_, rows)| rows.len()).max();
    let (labels, rows): (Vec<u8>, Vec<usize>) = (0..most.unwrap_or(0))
        .flat_map(|turn| {
            images.classes.iter().filter_map(move |(label, rows)| {
                let row = rows.start + turn;
                (row < rows.end).then_some((*label, row))
            })
        })
        .take(SAMPLES)
        .unzip();
    (labels, images.pixels.select(Axis(0), &rows))
}
