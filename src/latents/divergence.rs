//! How far a variational network's latents are from the standard normal distribution, some images at a time.

use std::time::Duration;

use ndarray::{Array2, ArrayView2, Axis};
use web_time::Instant;

use super::Divergence;
use crate::data::Images;
use crate::engine::EngineError;
use crate::model::{Half, Network};

/// So many images are encoded at once.
const AT_ONCE: usize = 64;

/// Encodes all explained images once more, by the encoder's two ends, and adds up.
pub struct Divergences {
    means: Half,
    log_variances: Half,
    /// The class of each image, by its place among the classes.
    classes: Vec<usize>,
    done: usize,
    sums: Sums,
}

/// Sums over images, in double precision.
struct Sums {
    /// Of the divergence, by class and dimension.
    divergence: Array2<f64>,
    /// Images of each class.
    images: Vec<usize>,
    /// Of the means' squared deviations from their mean so far, and that mean, by dimension.
    spread: Vec<f64>,
    mean: Vec<f64>,
    /// Of the variances, by dimension.
    variance: Vec<f64>,
}

impl Divergences {
    /// Of the `explained` images; `None` where the network is not variational.
    #[must_use]
    pub fn new(network: &Network, explained: &Images) -> Option<Self> {
        let log_variances = network.encoder().of_log_variances()?;
        let classes = explained.classes.iter().enumerate();
        let classes: Vec<usize> = classes
            .flat_map(|(class, (_, rows))| std::iter::repeat_n(class, rows.len()))
            .collect();
        let (dims, count) = (network.dims(), explained.classes.len());
        Some(Self {
            means: network.encoder().clone(),
            log_variances,
            classes,
            done: 0,
            sums: Sums {
                divergence: Array2::zeros((count, dims)),
                images: vec![0; count],
                spread: vec![0.0; dims],
                mean: vec![0.0; dims],
                variance: vec![0.0; dims],
            },
        })
    }

    /// Images that are encoded, and images in all.
    #[must_use]
    pub fn progress(&self) -> (f64, f64) {
        (self.done as f64, self.classes.len() as f64)
    }

    /// One slice; true once all images have had their turn.
    pub fn advance(&mut self, explained: &Images, budget: Duration) -> bool {
        let start = Instant::now();
        while self.done < self.classes.len() {
            let to = (self.done + AT_ONCE).min(self.classes.len());
            let rows: Vec<usize> = (self.done..to).collect();
            let images = explained.pixels.select(Axis(0), &rows);
            let means = self.means.run(images.view());
            let log_variances = self.log_variances.run(images.view());
            self.sums.add(
                &self.classes[self.done..to],
                means.view(),
                log_variances.view(),
            );
            self.done = to;
            if start.elapsed() >= budget {
                break;
            }
        }
        self.done == self.classes.len()
    }

    /// What was found.
    ///
    /// # Errors
    /// If a number is infinite or NaN.
    pub fn finish(&self) -> Result<Divergence, EngineError> {
        let found = self.sums.found();
        let (classes, dims) = self.sums.divergence.dim();
        let fits = found.fits(dims, classes);
        fits.then_some(found)
            .ok_or(EngineError::Overflow("Variances of latents"))
    }
}

/// The divergence of a normal distribution from the standard one, in nats: ½ (μ² + σ² − 1 − ln σ²), 0 or more.
/// Where rounding would make it less than 0, it is 0.
fn divergence(mean: f64, log_variance: f64) -> f64 {
    // e^x − 1 − x keeps its digits near 0.
    (0.5 * (mean * mean + log_variance.exp_m1() - log_variance)).max(0.0)
}

impl Sums {
    fn add(
        &mut self,
        classes: &[usize],
        means: ArrayView2<'_, f32>,
        log_variances: ArrayView2<'_, f32>,
    ) {
        let rows = means.rows().into_iter().zip(log_variances.rows());
        for (&class, (means, log_variances)) in classes.iter().zip(rows) {
            self.images[class] += 1;
            let count = self.images.iter().sum::<usize>() as f64;
            for (dim, (&mean, &log_variance)) in means.iter().zip(log_variances).enumerate() {
                let (mean, log_variance) = (f64::from(mean), f64::from(log_variance));
                self.divergence[(class, dim)] += divergence(mean, log_variance);
                self.variance[dim] += log_variance.exp();
                // Welford's: no difference of two large sums.
                let from = mean - self.mean[dim];
                self.mean[dim] += from / count;
                self.spread[dim] += from * (mean - self.mean[dim]);
            }
        }
    }

    fn found(&self) -> Divergence {
        let count = self.images.iter().sum::<usize>().max(1) as f64;
        let over = |sums: &[f64]| sums.iter().map(|sum| (sum / count) as f32).collect();
        let classes = self.divergence.rows().into_iter().zip(&self.images);
        Divergence {
            mean: over(&self.divergence.sum_axis(Axis(0)).to_vec()),
            by_class: classes
                .map(|(sums, &images)| {
                    let images = images.max(1) as f64;
                    sums.iter().map(|sum| (sum / images) as f32).collect()
                })
                .collect(),
            variance_of_means: over(&self.spread),
            mean_variance: over(&self.variance),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::data::{ImageShape, Origin};
    use crate::model::Architecture;
    use crate::settings::{Settings, Variant};

    fn close(found: &[f32], expected: &[f64], within: f64) {
        assert_eq!(found.len(), expected.len());
        for (&found, &expected) in found.iter().zip(expected) {
            assert!(
                (f64::from(found) - expected).abs() <= within * expected.abs().max(1.0),
                "{found} {expected}"
            );
        }
    }

    #[test]
    fn a_normal_distribution_s_divergence_is_the_integral_that_defines_it() {
        // By tests/oracle/divergence.py.
        for (mean, log_variance, expected) in [
            (0.0, 0.0, 0.0),
            (1.0, 0.0, 0.5),
            (0.5, -2.0, 0.692_667_641_618_306_4),
            (-2.0, 1.0, 2.359_140_914_229_522_8),
            (0.01, -0.001, 5.024_991_668_749_381_6e-5),
            (3.0, -10.0, 9.000_022_699_964_882),
        ] {
            let found = divergence(mean, log_variance);
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
    }

    #[test]
    fn sums_are_means_over_images_and_over_those_of_a_class() {
        let mut sums = Sums {
            divergence: Array2::zeros((3, 2)),
            images: vec![0; 3],
            spread: vec![0.0; 2],
            mean: vec![0.0; 2],
            variance: vec![0.0; 2],
        };
        let half = 2f32.ln();
        sums.add(&[0], array![[1.0, 5.0]].view(), array![[0.0, 0.0]].view());
        sums.add(
            &[0, 2],
            array![[3.0, 5.0], [5.0, 5.0]].view(),
            array![[half, 0.0], [0.0, 0.0]].view(),
        );
        let found = sums.found();
        let doubled = 4.5 + 0.5 * (1.0 - 2f64.ln());
        close(&found.mean, &[(0.5 + doubled + 12.5) / 3.0, 12.5], 1e-6);
        close(
            &found.by_class[0],
            &[f64::midpoint(0.5, doubled), 12.5],
            1e-6,
        );
        assert_eq!(found.by_class[1], [0.0, 0.0]);
        close(&found.by_class[2], &[12.5, 12.5], 1e-6);
        // Of 1, 3 and 5, over all of them; of what is always the same, exactly 0.
        close(&found.variance_of_means, &[8.0 / 3.0, 0.0], 1e-6);
        assert_eq!(found.variance_of_means[1].to_bits(), 0);
        close(&found.mean_variance, &[4.0 / 3.0, 1.0], 1e-6);
        assert!(found.is_active(0) && !found.is_active(1) && found.active() == 1);
    }

    #[test]
    fn a_network_s_is_what_its_two_ends_give_however_it_is_sliced() {
        let image = ImageShape::grey(3, 3);
        let settings = Settings {
            dims: 3,
            hidden: vec![5],
            variant: Variant {
                variational: true,
                ..Variant::default()
            },
            ..Settings::default()
        };
        let network = Network::of(&Architecture::new(image, &settings), 7);
        let pixels = Array2::from_shape_fn((150, 9), |(row, column)| {
            ((row * 31 + column * 17) % 97) as f32 / 96.0
        });
        let images = Images {
            pixels: pixels.clone(),
            classes: vec![(4, 0..70), (7, 70..150)],
            positions: (0..150).collect(),
            origin: Origin::default(),
        };
        let mut job = Divergences::new(&network, &images).unwrap();
        let mut slices = 0;
        while !job.advance(&images, Duration::ZERO) {
            slices += 1;
        }
        assert_eq!((slices, job.progress()), (2, (150.0, 150.0)));
        let found = job.finish().unwrap();

        let means = network.encode(pixels.view());
        let logs = network.encoder().of_log_variances().unwrap();
        let logs = logs.run(pixels.view());
        for dim in 0..3 {
            let of = |row: usize| {
                let (m, l) = (f64::from(means[(row, dim)]), f64::from(logs[(row, dim)]));
                0.5 * (m * m + l.exp() - 1.0 - l)
            };
            let mean = |rows: std::ops::Range<usize>| {
                let count = rows.len() as f64;
                rows.map(of).sum::<f64>() / count
            };
            close(&found.mean[dim..=dim], &[mean(0..150)], 1e-5);
            close(&found.by_class[1][dim..=dim], &[mean(70..150)], 1e-5);
        }
        let plain = Settings {
            variant: Variant::default(),
            ..settings
        };
        let plain = Network::of(&Architecture::new(image, &plain), 7);
        assert!(Divergences::new(&plain, &images).is_none());
    }
}
