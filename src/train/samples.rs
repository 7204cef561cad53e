//! A few images and what a network makes of them.

use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

#[cfg(all(feature = "engine", feature = "general"))]
use super::draws::{Draws, When};
use crate::data::Images;
use crate::model::Network;
use crate::serial::matrix;
#[cfg(feature = "general")]
use crate::serial::optional_matrix;
#[cfg(all(feature = "engine", feature = "general"))]
use crate::{data::Dataset, settings::Settings};

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
    /// The images with the noise that a denoising network is trained with; latents and reconstructions are
    /// then of these. Held-out images have the noise that their loss is of.
    #[cfg(feature = "general")]
    #[serde(
        default,
        with = "optional_matrix",
        skip_serializing_if = "Option::is_none"
    )]
    pub noisy: Option<Array2<f32>>,
}

/// The most images that there are.
pub(super) const SAMPLES: usize = 10;

impl Samples {
    /// What `network` makes of the first of the `explained` images.
    #[must_use]
    pub fn of(explained: &Images, network: &Network) -> Self {
        let (labels, _, images) = choose(explained);
        let latents = network.encode(images.view());
        Self {
            labels,
            reconstructions: network.decode(latents.view()),
            images,
            latents,
            #[cfg(feature = "general")]
            noisy: None,
        }
    }

    /// As [`Samples::of`], of a network that has to be waited for.
    ///
    /// # Errors
    /// What a black box says.
    #[cfg(feature = "general")]
    pub async fn waited_for(explained: &Images, network: &Network) -> Result<Self, String> {
        let (labels, _, images) = choose(explained);
        let latents = network.encoder().outputs(images.view()).await?;
        Ok(Self {
            labels,
            reconstructions: network.decoder().outputs(latents.view()).await?,
            images,
            latents,
            noisy: None,
        })
    }

    /// As [`Samples::of`], of a network that was trained with these settings: with noise where it was.
    #[cfg(all(feature = "engine", feature = "general"))]
    #[must_use]
    pub fn as_trained(data: &Dataset, settings: &Settings, network: &Network) -> Self {
        let clean = Self::of(&data.explained, network);
        let (_, rows, images) = choose(&data.explained);
        let Some(noisy) = with_noise(&images, &rows, &Draws::new(settings, data)) else {
            return clean;
        };
        let latents = network.encode(noisy.view());
        Self {
            reconstructions: network.decode(latents.view()),
            latents,
            noisy: Some(noisy),
            ..clean
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

/// The images, which are these of the explained ones, with the noise that training puts on them; `None` where it
/// puts none.
#[cfg(all(feature = "engine", feature = "general"))]
pub(super) fn with_noise(
    images: &Array2<f32>,
    rows: &[usize],
    draws: &Draws,
) -> Option<Array2<f32>> {
    if !draws.corrupts() {
        return None;
    }
    let mut noisy = images.clone();
    for (mut image, &row) in noisy.rows_mut().into_iter().zip(rows) {
        let when = When {
            epoch: 0,
            image: row as u64,
        };
        draws.corrupt(image.as_slice_mut().expect("rows are contiguous"), when);
    }
    Some(noisy)
}

/// The labels of the sample images, their rows among `images`, and the images themselves (m × pixels): the
/// first image of every class, then the second of every class, and so on.
pub(super) fn choose(images: &Images) -> (Vec<u8>, Vec<usize>, Array2<f32>) {
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
    let chosen = images.pixels.select(Axis(0), &rows);
    (labels, rows, chosen)
}
