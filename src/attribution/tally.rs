//! What a method's map adds up to, image by image.

use ndarray::{Array2, Zip};

use super::results::{Attribution, Opinion};
use crate::engine::EngineError;
use crate::importance::{Feature, sign};

/// Sums over images (dimensions × features).
pub(super) struct Tally {
    /// Of what the map is the mean of.
    pub map: Array2<f64>,
    /// Of what the sign is of.
    pub signed: Array2<f64>,
}

impl Tally {
    pub(super) fn new(dims: usize, features: usize) -> Self {
        let zeros = Array2::zeros((dims, features));
        Self {
            map: zeros.clone(),
            signed: zeros,
        }
    }

    /// Adds an image's derivatives (dimensions × columns), which count as much as `changes` says, a number
    /// a column.
    pub(super) fn add(&mut self, features: &[Feature], derivatives: &[f32], changes: &[f32]) {
        for (dim, row) in derivatives.chunks_exact(changes.len()).enumerate() {
            self.add_one(dim, features, row, changes);
        }
    }

    /// As [`Tally::add`], of one dimension.
    pub(super) fn add_one(
        &mut self,
        dim: usize,
        features: &[Feature],
        derivatives: &[f32],
        changes: &[f32],
    ) {
        let (mut map, mut signed) = (self.map.row_mut(dim), self.signed.row_mut(dim));
        for ((map, signed), feature) in map.iter_mut().zip(&mut signed).zip(features) {
            let (mut total, mut slope) = (0.0f32, 0.0f32);
            for &column in feature.columns() {
                total += derivatives[column] * changes[column];
                slope += derivatives[column];
            }
            *map += f64::from(total.abs());
            *signed += f64::from(slope);
        }
    }

    /// Adds what a feature's being set to other values, `change` in sum, changed the latents by.
    pub(super) fn add_change(
        &mut self,
        feature: usize,
        change: f32,
        latents: impl Iterator<Item = f32>,
    ) {
        let sums = self.map.column_mut(feature).into_iter();
        for ((map, signed), moved) in sums.zip(self.signed.column_mut(feature)).zip(latents) {
            let moved = f64::from(moved);
            *map += moved * moved;
            *signed += f64::from(change) * moved;
        }
    }

    /// The map over so many images.
    pub(super) fn opinion(
        self,
        method: Attribution,
        images: usize,
    ) -> Result<Opinion, EngineError> {
        let share = 1.0 / images.max(1) as f64;
        let mut map = Array2::zeros(self.map.t().dim());
        Zip::from(&mut map)
            .and(self.map.t())
            .for_each(|mean, &sum| *mean = (sum * share) as f32);
        if !map.iter().all(|mean: &f32| mean.is_finite()) {
            return Err(EngineError::Overflow("Second opinions"));
        }
        Ok(Opinion {
            method,
            images,
            map,
            sign: self.signed.t().mapv(sign).as_standard_layout().into_owned(),
        })
    }
}
