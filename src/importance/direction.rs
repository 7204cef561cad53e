//! Stage 2: in which direction a pixel moves a latent (Section 3.2).
//!
//! A pixel that stage 1 moves with all of its channels is as bright as these are on average.

use std::time::Duration;

use ndarray::{Array2, ArrayView1};
use web_time::Instant;

use super::design::Feature;
use super::levels::varies;
use super::results::DirectionMap;
use crate::engine::EngineError;

/// What means of several numbers may differ by, as a share of the largest, and count as the same.
const ROUNDING: f32 = 4.0 * f32::EPSILON;

/// S (features × dimensions): the sign of the least-squares slope of each latent on each pixel, which is
/// the mean of its channels where it moves with all of them, or on each channel.
///
/// A pixel or a latent that is the same for every image has no slope: 0.
pub struct Direction {
    images: Array2<f32>,
    features: Vec<Feature>,
    /// Latents less their mean (images × dimensions); 0 throughout where a latent is constant.
    centred: Array2<f64>,
    slope: Array2<f64>,
    done: usize,
}

impl Direction {
    /// Prepares to regress `latents` (images × dimensions) on `features` of `images` (images × numbers).
    #[must_use]
    pub fn new(images: &Array2<f32>, features: &[Feature], latents: &Array2<f32>) -> Self {
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
            features: features.to_vec(),
            centred,
            slope: Array2::zeros((features.len(), latents.ncols())),
            done: 0,
        }
    }

    /// Regresses for about `budget`; true once every feature is done.
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
    fn regress(&mut self, feature: usize) {
        let Some(values) = self.values(feature) else {
            return;
        };
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let spread: f64 = values.iter().map(|&x| (x - mean).powi(2)).sum();
        let mut products = vec![0.0; self.centred.ncols()];
        for (&x, latents) in values.iter().zip(self.centred.rows()) {
            if x != 0.0 {
                for (product, latent) in products.iter_mut().zip(latents) {
                    *product += x * latent;
                }
            }
        }
        for (slope, product) in self.slope.row_mut(feature).iter_mut().zip(products) {
            *slope = product / spread;
        }
    }

    /// A feature's value in every image, the mean of its columns; `None` where it is the same in all.
    fn values(&self, feature: usize) -> Option<Vec<f64>> {
        let columns = self.features[feature].columns();
        let mean = |image: ArrayView1<'_, f32>| {
            let values = columns.iter().map(|&column| f64::from(image[column]));
            values.sum::<f64>() / columns.len() as f64
        };
        let values: Vec<f64> = self.images.rows().into_iter().map(mean).collect();
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        // Channels may make up for each other but for their rounding, whose direction says nothing.
        let rounding = match columns {
            [_] => 0.0,
            _ => self.largest(columns) * ROUNDING,
        };
        (most - least > f64::from(rounding)).then_some(values)
    }

    fn largest(&self, columns: &[usize]) -> f32 {
        let values = columns
            .iter()
            .flat_map(|&column| self.images.column(column));
        values.map(|value| value.abs()).fold(0.0, f32::max)
    }

    /// Features finished.
    #[must_use]
    pub fn done(&self) -> usize {
        self.done
    }

    /// Features in all.
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
pub(crate) fn sign(value: f64) -> f32 {
    if value == 0.0 {
        0.0
    } else {
        value.signum() as f32
    }
}
