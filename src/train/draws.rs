//! What training draws at random beside weights and order: noise on images and on latents, and units that are
//! left out. Every draw is named by its epoch and its image, so whatever trains takes the same steps.

use crate::data::Dataset;
use crate::keyed::{Keyed, Purpose};
use crate::settings::{Noise, Settings, Variant};

/// The draws of a training run.
#[derive(Clone, Debug)]
pub(super) struct Draws {
    seed: u32,
    variant: Variant,
    /// Whether all numbers are from 0 to 1, and stay there.
    clips: bool,
}

/// Which image is meant, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct When {
    /// Counted from 1; 0 is for held-out images, after whatever epoch: their draws are always the same, so that
    /// the curve of their loss shows the network alone.
    pub epoch: u64,
    /// Its row among the training or the held-out images.
    pub image: u64,
}

impl Draws {
    pub fn new(settings: &Settings, data: &Dataset) -> Self {
        let (least, most) = data.training.range();
        Self {
            seed: settings.seeds().order,
            variant: settings.variant.clone(),
            clips: least >= 0.0 && most <= 1.0,
        }
    }

    /// Whether there is any noise on images.
    pub fn corrupts(&self) -> bool {
        self.variant.noise != Noise::None
    }

    /// Puts noise on an image, if there is to be any.
    pub fn corrupt(&self, values: &mut [f32], when: When) {
        let mut draws = self.keyed(Purpose::Corruption, when, &[]);
        let level = self.variant.noise_level as f32;
        match self.variant.noise {
            Noise::None => {}
            Noise::Gaussian => {
                draws.add_normal(values, level);
                if self.clips {
                    for value in values {
                        *value = value.clamp(0.0, 1.0);
                    }
                }
            }
            Noise::Masking => {
                for value in values {
                    if draws.uniform() < level {
                        *value = 0.0;
                    }
                }
            }
        }
    }

    /// Standard normal numbers for the latents of an image of a variational network.
    pub fn of_latents(&self, dims: usize, when: When) -> Vec<f32> {
        let mut draws = vec![0.0; dims];
        self.keyed(Purpose::Reparameterisation, when, &[])
            .add_normal(&mut draws, 1.0);
        draws
    }

    /// What the units of a hidden layer, counted from 0 over encoder and decoder, are multiplied by: 0 for
    /// those that are left out, and so much for the others that their mean stays what it is.
    pub fn of_units(&self, units: usize, layer: usize, when: When) -> Vec<f32> {
        let rate = self.variant.dropout as f32;
        let mut draws = self.keyed(Purpose::Dropout, when, &[layer as u64]);
        let factor = |_| {
            if draws.uniform() < rate {
                0.0
            } else {
                1.0 / (1.0 - rate)
            }
        };
        (0..units).map(factor).collect()
    }

    fn keyed(&self, purpose: Purpose, when: When, more: &[u64]) -> Keyed {
        let mut words = vec![when.epoch, when.image];
        words.extend(more);
        Keyed::new(self.seed, purpose, &words)
    }
}
