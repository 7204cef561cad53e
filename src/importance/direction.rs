//! Stage 2: in which direction a pixel moves a latent (Section 3.2).

use std::time::Duration;

use ndarray::Array2;
use web_time::Instant;

use super::levels::varies;
use super::results::DirectionMap;
use crate::engine::EngineError;

/// S (pixels × dimensions): the sign of the least-squares slope of each latent on each pixel.
///
/// A pixel or a latent that is the same for every image has no slope: 0.
pub struct Direction {
    images: Array2<f32>,
    /// Latents less their mean (images × dimensions); 0 throughout where a latent is constant.
    centred: Array2<f64>,
    slope: Array2<f64>,
    done: usize,
}

impl Direction {
    /// Prepares to regress `latents` (images × dimensions) on `images` (images × pixels).
    #[must_use]
    pub fn new(images: &Array2<f32>, latents: &Array2<f32>) -> Self {
        let mut centred = latents.mapv(f64::from);
        for (mut centred, latent) in centred.columns_mut().into_iter().zip(latents.columns()) {
            if varies(latent) {
                let mean = centred.mean().unwrap_or(0.0);
                centred -= mean;
            } else {
                // Subtracting a rounded mean would leave rounding noise with a sign of its own.
                centred.fill(0.0);
            }
        }
        Self {
            images: images.clone(),
            centred,
            slope: Array2::zeros((images.ncols(), latents.ncols())),
            done: 0,
        }
    }

    /// Regresses for about `budget`; true once every pixel is done.
    pub fn advance(&mut self, budget: Duration) -> bool {
        let start = Instant::now();
        while self.done < self.total() {
            self.regress(self.done);
            self.done += 1;
            if start.elapsed() >= budget {
                break;
            }
        }
        self.done >= self.total()
    }

    /// Refuses slopes that are larger than the numbers of a report: of a pixel whose values hardly
    /// differ, they may be.
    ///
    /// # Errors
    /// If there are such.
    pub fn check(&self) -> Result<(), EngineError> {
        let mut slopes = self.slope.iter();
        if slopes.all(|slope| slope.abs() <= f32::MAX.into()) {
            Ok(())
        } else {
            Err(EngineError::Overflow("Directions"))
        }
    }

    /// slope = Σ x (z - z̄) / Σ (x - x̄)²; images where the pixel is 0 add nothing above the line.
    fn regress(&mut self, pixel: usize) {
        let values = self.images.column(pixel);
        if !varies(values) {
            return;
        }
        let mean = values.iter().map(|&x| f64::from(x)).sum::<f64>() / values.len() as f64;
        let spread: f64 = values.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum();
        let mut products = vec![0.0; self.centred.ncols()];
        for (&x, latents) in values.iter().zip(self.centred.rows()) {
            if x != 0.0 {
                for (product, latent) in products.iter_mut().zip(latents) {
                    *product += f64::from(x) * latent;
                }
            }
        }
        for (slope, product) in self.slope.row_mut(pixel).iter_mut().zip(products) {
            *slope = product / spread;
        }
    }

    /// Pixels finished.
    #[must_use]
    pub fn done(&self) -> usize {
        self.done
    }

    /// Pixels in all.
    #[must_use]
    pub fn total(&self) -> usize {
        self.slope.nrows()
    }

    /// Slopes and their signs.
    #[must_use]
    pub fn map(&self) -> DirectionMap {
        DirectionMap {
            slope: self.slope.mapv(|slope| slope as f32),
            sign: self.slope.mapv(sign),
        }
    }
}

/// -1, 0 or 1; unlike [`f64::signum`], 0 for 0.
fn sign(value: f64) -> f32 {
    if value == 0.0 {
        0.0
    } else {
        value.signum() as f32
    }
}
