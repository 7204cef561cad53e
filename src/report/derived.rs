//! Numbers that follow from a report's: what charts and tables show besides the measured ones.

use ndarray::{Array2, ArrayView1};

use super::Encoded;
use crate::importance::Estimate;
use crate::math::NEAREST;
use crate::train::Samples;

/// How far an image's reconstruction is from the image, averaged over its numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReconstructionError {
    /// Mean of (x − x̂)², in squared units of intensity: 0 to 1.
    pub mean_squared: f64,
    /// Mean of −x ln x̂ − (1 − x) ln(1 − x̂), in nats: 0 to about 16.
    pub cross_entropy: f64,
}

impl Samples {
    /// The error of each image's reconstruction, in the order of the rows.
    #[must_use]
    pub fn errors(&self) -> Vec<ReconstructionError> {
        let images = self.images.rows().into_iter();
        let pairs = images.zip(self.reconstructions.rows());
        pairs.map(|(image, made)| error(image, made)).collect()
    }
}

pub(super) fn error(image: ArrayView1<'_, f32>, made: ArrayView1<'_, f32>) -> ReconstructionError {
    let pixels = image.len().max(1) as f64;
    let (mut squared, mut entropy) = (0.0, 0.0);
    for (&x, &y) in image.iter().zip(&made) {
        let (x, y) = (f64::from(x), f64::from(y));
        squared += (x - y).powi(2);
        let inside = y.clamp(NEAREST, 1.0 - NEAREST);
        entropy -= x * inside.ln() + (1.0 - x) * (1.0 - inside).ln();
    }
    ReconstructionError {
        mean_squared: squared / pixels,
        cross_entropy: entropy / pixels,
    }
}

impl Encoded {
    /// Standard deviation of each latent dimension over the images: the root of the sum of squared
    /// deviations from the mean, over n − 1. 0 for fewer than two images.
    #[must_use]
    pub fn standard_deviations(&self) -> Vec<f64> {
        let columns = self.latents.columns().into_iter();
        columns.map(standard_deviation).collect()
    }

    /// The two dimensions of largest standard deviation, the larger first; the first of equals.
    /// `None` where there are fewer than two dimensions.
    #[must_use]
    pub fn most_varying(&self) -> Option<[usize; 2]> {
        let deviations = self.standard_deviations();
        let mut order: Vec<usize> = (0..deviations.len()).collect();
        order.sort_by(|&a, &b| deviations[b].total_cmp(&deviations[a]).then(a.cmp(&b)));
        order.first_chunk().copied()
    }
}

fn standard_deviation(values: ArrayView1<'_, f32>) -> f64 {
    let count = values.len() as f64;
    if count < 2.0 {
        return 0.0;
    }
    let values = || values.iter().map(|&value| f64::from(value));
    let mean = values().sum::<f64>() / count;
    let squares: f64 = values().map(|value| (value - mean).powi(2)).sum();
    (squares / (count - 1.0)).sqrt()
}

impl Estimate {
    /// How alike the rows are (rows × rows): the cosine of the angle between each two, a · b /
    /// (|a| |b|), whatever their lengths. For importance, which is never negative, it lies between
    /// 0 (no dimension in common) and 1 (the same proportions). `None` where a row is 0 throughout,
    /// which has no direction.
    #[must_use]
    pub fn cosine_similarity(&self) -> Array2<Option<f64>> {
        let rows = self.mean.nrows();
        let product = |a: usize, b: usize| -> f64 {
            let pairs = self.mean.row(a).into_iter().zip(self.mean.row(b));
            pairs.map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
        };
        let lengths: Vec<f64> = (0..rows).map(|row| product(row, row).sqrt()).collect();
        Array2::from_shape_fn((rows, rows), |(a, b)| {
            let length = lengths[a] * lengths[b];
            // Rounding may bring a little more than the whole.
            (length > 0.0).then(|| (product(a, b) / length).clamp(-1.0, 1.0))
        })
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::importance::Measured;

    fn encoded(latents: Array2<f32>, labels: &[u8]) -> Encoded {
        Encoded {
            labels: labels.to_vec(),
            positions: (0..labels.len() as u32).collect(),
            latents,
            ..Encoded::default()
        }
    }

    #[test]
    fn the_most_varying_dimensions_come_first() {
        let latents = array![
            [0.0, 1.0, 2.0, 0.0],
            [0.0, 3.0, 4.0, 0.0],
            [0.0, 5.0, 9.0, 6.0]
        ];
        let encoded = encoded(latents, &[0, 0, 0]);
        // By hand: squares about the means 3, 5 and 2 sum to 8, 26 and 24; n − 1 is 2.
        let expected = [0.0, 2.0, 13f64.sqrt(), 12f64.sqrt()];
        for (found, expected) in encoded.standard_deviations().iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
        assert_eq!(encoded.most_varying(), Some([2, 3]));
    }

    #[test]
    fn equal_one_and_no_dimensions_are_ranked_without_fuss() {
        let equal = encoded(array![[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]], &[0, 1]);
        assert_eq!(equal.most_varying(), Some([0, 1]));
        assert_eq!(encoded(array![[1.0], [2.0]], &[0, 1]).most_varying(), None);
        let single = encoded(array![[1.0, 2.0]], &[0]);
        assert_eq!(single.standard_deviations(), [0.0, 0.0]);
    }

    #[test]
    fn similarity_is_the_cosine_between_rows() {
        let estimate = Estimate {
            method: Measured::Sampled,
            engine: "cpu".into(),
            mean: array![[3.0, 4.0], [4.0, 3.0], [0.0, 0.0], [0.0, 2e-30], [6.0, 8.0]],
            std_error: None,
            repeats: 1,
            fraction: 1.0,
        };
        let found = estimate.cosine_similarity();
        let expected = [
            ((0, 0), Some(1.0)),
            ((0, 1), Some(24.0 / 25.0)),
            ((1, 0), Some(24.0 / 25.0)),
            ((0, 2), None),
            ((2, 2), None),
            ((0, 3), Some(0.8)),
            ((0, 4), Some(1.0)),
        ];
        for (cell, expected) in expected {
            match (found[cell], expected) {
                (Some(found), Some(expected)) => {
                    assert!((found - expected).abs() < 1e-12, "{cell:?} {found}");
                }
                (found, expected) => assert_eq!(found, expected, "{cell:?}"),
            }
        }
    }

    #[test]
    fn errors_are_means_over_an_image_s_pixels() {
        let samples = Samples {
            labels: vec![1, 2],
            images: array![[1.0, 0.0, 0.5, 0.0], [1.0, 0.0, 0.0, 0.0]],
            latents: Array2::zeros((2, 1)),
            reconstructions: array![[0.5, 0.25, 0.5, 0.0], [0.0, 0.0, 0.0, 0.0]],
            #[cfg(feature = "general")]
            noisy: None,
        };
        let errors = samples.errors();
        // ln 2 for the pixels at one half, ln(4/3) for 0 seen as a quarter, nothing for 0 as 0.
        let entropy = (2.0 * 2f64.ln() + (4.0f64 / 3.0).ln()) / 4.0;
        assert!((errors[0].mean_squared - (0.25 + 0.0625) / 4.0).abs() < 1e-12);
        assert!((errors[0].cross_entropy - entropy).abs() < 1e-6);
        // What is certainly wrong costs ln 10⁷, not infinity.
        assert!((errors[1].cross_entropy - 1e7f64.ln() / 4.0).abs() < 1e-6);
    }
}
