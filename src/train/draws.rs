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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Class, ImageSet, ImageShape, Pixels};

    const COUNT: usize = 20_000;

    /// Of images between these numbers.
    fn draws(variant: Variant, seed: u32, range: [f32; 2]) -> Draws {
        let numbers = (0..60).map(|at| range[at % 2]).collect();
        let images = ImageSet {
            image: ImageShape::grey(1, 3),
            pixels: Pixels::Floats(numbers),
        };
        let settings = Settings {
            seed,
            variant,
            ..Settings::default()
        };
        let class = Class::new(0, images);
        let data = Dataset::new(&[class], &settings.division(true)).unwrap();
        Draws::new(&settings, &data)
    }

    fn with_noise(noise: Noise, noise_level: f64) -> Variant {
        Variant {
            noise,
            noise_level,
            ..Variant::default()
        }
    }

    fn when(epoch: u64, image: u64) -> When {
        When { epoch, image }
    }

    /// Mean and variance are within 5 standard deviations of 0 and 1, and so are the shares of numbers within
    /// one and two.
    fn assert_normal(numbers: &[f32]) {
        let count = numbers.len() as f64;
        let share = |of: &dyn Fn(f64) -> f64| {
            let numbers = numbers.iter().map(|&number| of(number.into()));
            numbers.sum::<f64>() / count
        };
        let within = |bound: f64| share(&|number| f64::from(u8::from(number.abs() < bound)));
        for (found, expected, variance) in [
            (share(&|number| number), 0.0, 1.0),
            (share(&|number| number * number), 1.0, 2.0),
            (within(1.0), 0.682_689, 0.217),
            (within(2.0), 0.954_500, 0.0435),
        ] {
            let off = (found - expected).abs();
            assert!(
                off < 5.0 * (variance / count).sqrt(),
                "{found} instead of {expected}"
            );
        }
    }

    #[test]
    fn gaussian_noise_is_normal_and_adds_to_what_is_there() {
        let draws = draws(with_noise(Noise::Gaussian, 0.5), 1, [-3.0, 3.0]);
        let mut values = vec![1.25; COUNT];
        draws.corrupt(&mut values, when(1, 4));
        let noise: Vec<f32> = values.iter().map(|value| (value - 1.25) / 0.5).collect();
        assert_normal(&noise);
    }

    #[test]
    fn numbers_are_kept_from_0_to_1_where_all_of_them_are() {
        let spread = |range| {
            let mut values = vec![0.5; COUNT];
            draws(with_noise(Noise::Gaussian, 1.0), 1, range).corrupt(&mut values, when(1, 0));
            values
        };
        let kept = spread([0.0, 1.0]);
        let (free, other) = (spread([0.0, 1.5]), spread([-0.5, 1.0]));
        assert_eq!(free, other);
        assert!(free.iter().any(|value| *value < 0.0) && free.iter().any(|value| *value > 1.0));
        let clamped: Vec<f32> = free.iter().map(|value| value.clamp(0.0, 1.0)).collect();
        assert_eq!(kept, clamped);
        // Half a standard deviation to either side.
        let edge = kept.iter().filter(|value| **value == 0.0).count() as f64 / COUNT as f64;
        assert!((edge - 0.308_538).abs() < 5.0 * (0.213 / COUNT as f64).sqrt());
    }

    #[test]
    fn masking_takes_its_share_and_leaves_the_rest() {
        let draws = draws(with_noise(Noise::Masking, 0.3), 1, [0.0, 1.0]);
        let mut values: Vec<f32> = (1..=COUNT).map(|at| at as f32).collect();
        draws.corrupt(&mut values, when(2, 7));
        let mut masked = 0;
        for (value, at) in values.into_iter().zip(1..) {
            assert!(value == 0.0 || value == at as f32);
            masked += usize::from(value == 0.0);
        }
        let off = (masked as f64 / COUNT as f64 - 0.3).abs();
        assert!(off < 5.0 * (0.21 / COUNT as f64).sqrt(), "{off}");
    }

    #[test]
    fn without_noise_images_stay_as_they_are() {
        let mut values = vec![-2.0, 0.5, 3.0];
        draws(Variant::default(), 1, [0.0, 1.0]).corrupt(&mut values, when(1, 0));
        assert_eq!(values, [-2.0, 0.5, 3.0]);
    }

    #[test]
    fn latents_are_drawn_from_the_standard_normal_distribution() {
        let draws = draws(Variant::default(), 1, [0.0, 1.0]);
        let each = (0..COUNT as u64 / 5).flat_map(|image| draws.of_latents(5, when(1, image)));
        assert_normal(&each.collect::<Vec<_>>());
    }

    #[test]
    fn units_that_stay_make_up_for_those_that_are_left_out() {
        let variant = Variant {
            dropout: 0.2,
            ..Variant::default()
        };
        let factors = draws(variant, 1, [0.0, 1.0]).of_units(COUNT, 1, when(3, 2));
        assert!(factors.iter().all(|factor| [0.0, 1.25].contains(factor)));
        let mean = factors.iter().sum::<f32>() / COUNT as f32;
        // The variance of a factor is 0.2 / 0.8.
        let off = f64::from(mean - 1.0).abs();
        assert!(off < 5.0 * (0.25 / COUNT as f64).sqrt(), "{off}");
    }

    /// The key alone decides, so whatever trains, in batches of whatever size, draws the same.
    #[test]
    fn draws_depend_on_seed_epoch_image_and_layer_and_on_nothing_else() {
        let variant = Variant {
            dropout: 0.5,
            ..with_noise(Noise::Gaussian, 1.0)
        };
        let all = |seed, layer, when| {
            let draws = draws(variant.clone(), seed, [-1.0, 1.0]);
            let mut values = vec![0.0; 20];
            draws.corrupt(&mut values, when);
            let units = draws.of_units(20, layer, when);
            [values, draws.of_latents(20, when), units]
        };
        let first = all(1, 0, when(1, 5));
        assert_eq!(first, all(1, 0, when(1, 5)));
        for other in [
            all(2, 0, when(1, 5)),
            all(1, 0, when(0, 5)),
            all(1, 0, when(5, 1)),
        ] {
            for (first, other) in first.iter().zip(other) {
                assert_ne!(*first, other);
            }
        }
        assert_ne!(first[2], all(1, 1, when(1, 5))[2]);
        // Noise on images is not the noise on latents.
        assert_ne!(first[0], first[1]);
    }
}
