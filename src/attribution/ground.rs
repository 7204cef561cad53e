//! What maps are of: images, and which of them and of their features.

use ndarray::Array2;

use super::NOISE;
use super::tally::Tally;
use crate::importance::{Feature, varies};

/// What the maps are of.
pub(super) struct Ground {
    /// The explained images (images × columns).
    pub images: Array2<f32>,
    /// What names each image's noise.
    pub keys: Vec<u64>,
    /// Rows that the maps are means over.
    pub recipients: Vec<usize>,
    pub features: Vec<Feature>,
    /// S, or its sign, for methods that have no sign of their own (features × dimensions).
    pub direction: Array2<f32>,
    pub seed: u32,
}

impl Ground {
    /// The mean of the images.
    pub(super) fn mean(&self) -> Vec<f32> {
        let images = self.images.nrows() as f64;
        let columns = self.images.columns().into_iter();
        let sums = columns.map(|column| column.iter().map(|&value| f64::from(value)).sum::<f64>());
        sums.map(|sum| (sum / images) as f32).collect()
    }

    /// The standard deviation of SmoothGrad's noise.
    pub(super) fn deviation(&self) -> f32 {
        let least = self.images.iter().copied().fold(f32::INFINITY, f32::min);
        let most = self
            .images
            .iter()
            .copied()
            .fold(f32::NEG_INFINITY, f32::max);
        NOISE * (most - least)
    }

    /// The numbers of the image in this row.
    pub(super) fn image(&self, row: usize) -> &[f32] {
        let columns = self.images.ncols();
        let numbers = self.images.as_slice().expect("row by row");
        &numbers[row * columns..][..columns]
    }

    /// Whether every feature is a column, in order.
    pub(super) fn is_by_column(&self) -> bool {
        let mut features = self.features.iter().enumerate();
        self.features.len() == self.images.ncols()
            && features.all(|(at, feature)| feature.columns() == [at])
    }

    /// Squared differences of every feature between the recipients and all images, as means over these.
    pub(super) fn differ(&self, tally: &mut Tally) {
        let mean = self.mean();
        let images = self.images.nrows() as f64;
        for (at, feature) in self.features.iter().enumerate() {
            let mut total = 0.0;
            for &column in feature.columns() {
                let values = self.images.column(column);
                if varies(values) {
                    let off = |&x: &f32| (f64::from(x) - f64::from(mean[column])).powi(2);
                    let variance = values.iter().map(off).sum::<f64>() / images;
                    let own = self.recipients.iter().map(|&row| off(&values[row]));
                    total += own.sum::<f64>() + variance * self.recipients.len() as f64;
                }
            }
            tally.map.column_mut(at).fill(total);
        }
    }
}

/// So many of these rows, spread evenly.
pub(super) fn spread(rows: &[usize], count: usize) -> Vec<usize> {
    let count = count.min(rows.len());
    (0..count).map(|at| rows[at * rows.len() / count]).collect()
}
