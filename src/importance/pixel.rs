//! Stage 1: how far each latent moves when a pixel is permuted (Section 3.2).

use std::time::Duration;

use ndarray::Array2;
use web_time::Instant;

use super::estimate::Running;
use super::probe::{Outcome, Permutation, Probe};
use crate::engine::{Engine, EngineError};
use crate::keyed::{Keyed, Purpose};
use crate::model::Network;
use crate::report::Estimate;

/// V (pixels × dimensions): for every pixel, the mean squared change of each latent over images
/// and repeats.
///
/// Every pixel is measured once before any is measured twice, so a whole picture is there early
/// and sharpens. Pixels that are the same in every image are 0 exactly and cost nothing.
pub struct PixelImportance {
    probe: Probe,
    seed: u32,
    images: usize,
    /// Pixels that differ between images.
    varying: Vec<usize>,
    permutations: usize,
    running: Running,
    done: usize,
}

impl PixelImportance {
    /// Prepares to permute every pixel of `images` (images × pixels) `permutations` times.
    ///
    /// # Errors
    /// If the device stops answering.
    pub async fn new(
        engine: &Engine,
        network: &Network,
        images: &Array2<f32>,
        permutations: usize,
        seed: u32,
    ) -> Result<Self, EngineError> {
        let (count, pixels) = images.dim();
        let probe =
            Probe::new(engine, &network.encoder, images.clone(), Outcome::PerOutput).await?;
        let mut running = Running::new(pixels, network.dims(), permutations);
        let mut varying = Vec::new();
        for pixel in 0..pixels {
            if probe.varies(pixel) {
                varying.push(pixel);
            } else {
                running.settle_at_zero(pixel);
            }
        }
        Ok(Self {
            probe,
            seed,
            images: count,
            varying,
            permutations,
            running,
            done: 0,
        })
    }

    /// Measures for about `budget`; true once every repeat of every pixel is done.
    ///
    /// # Errors
    /// If the device stops answering.
    pub async fn advance(&mut self, budget: Duration) -> Result<bool, EngineError> {
        let start = Instant::now();
        let total = self.total();
        while self.done < total {
            let end = (self.done + self.probe.batch()).min(total);
            let permutations: Vec<Permutation> = (self.done..end)
                .map(|cell| self.permutation(cell))
                .collect();
            let measured = self.probe.measure(&permutations).await?;
            for (permutation, values) in permutations.iter().zip(measured.rows()) {
                self.running.add(permutation.column, values);
            }
            self.done = end;
            if start.elapsed() >= budget {
                break;
            }
        }
        Ok(self.done >= total)
    }

    /// The permutation of the `cell`-th measurement: repeats outside, pixels inside.
    fn permutation(&self, cell: usize) -> Permutation {
        let pixel = self.varying[cell % self.varying.len()];
        let repeat = cell / self.varying.len();
        let key = Keyed::new(self.seed, Purpose::Pixel, &[pixel as u64, repeat as u64]);
        Permutation {
            column: pixel,
            order: key.permutation(self.images),
        }
    }

    /// Measurements finished.
    #[must_use]
    pub fn done(&self) -> usize {
        self.done
    }

    /// Measurements in all: varying pixels × repeats.
    #[must_use]
    pub fn total(&self) -> usize {
        self.varying.len() * self.permutations
    }

    /// V as far as it is known.
    #[must_use]
    pub fn estimate(&self) -> Estimate {
        self.running.estimate()
    }

    /// Z (images × dimensions): the latents of the unpermuted images.
    #[must_use]
    pub fn latents(&self) -> &Array2<f32> {
        self.probe.outputs()
    }
}
