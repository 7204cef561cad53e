//! Normal noise that is named by what it is for.

use crate::keyed::{Keyed, Purpose};

/// Adds normal noise to the numbers of an image: that of its `copy`, where `image` names it.
pub(super) fn add(values: &mut [f32], deviation: f32, seed: u32, image: u64, copy: u64) {
    Keyed::new(seed, Purpose::Noise, &[image, copy]).add_normal(values, deviation);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_normal_and_its_own_for_every_image_and_copy() {
        let noise = |image, copy| {
            let mut values = vec![0.0f32; 40_001];
            add(&mut values, 2.0, 1, image, copy);
            values
        };
        let values = noise(3, 1);
        assert_eq!(values, noise(3, 1));
        assert!(values[..9] != noise(3, 2)[..9] && values[..9] != noise(1, 3)[..9]);
        let mean = |power: i32| {
            let powers = values
                .iter()
                .map(|&value| f64::from(value / 2.0).powi(power));
            powers.sum::<f64>() / values.len() as f64
        };
        // Moments of the normal distribution, within 5 standard errors.
        for (power, expected, spread) in
            [(1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0)]
        {
            let within = 5.0 * (spread / values.len() as f64).sqrt();
            assert!((mean(power) - expected).abs() < within, "power {power}");
        }
    }
}
