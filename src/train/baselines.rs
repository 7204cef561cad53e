//! Losses to hold those of a network against.
//!
//! A network that has learned nothing of single images still learns their mean; and no cross-entropy can
//! come below the entropy of the images themselves.

use ndarray::Array2;

use crate::math::NEAREST;
use crate::settings::Loss;

/// Shades between black and white that images of bytes have.
const SHADES: f32 = 255.0;

/// The loss of answering every one of `held_out` (images × pixels) with an image: the means of the pixels over the
/// training images.
pub(super) fn mean_image_loss(loss: Loss, means: &[f64], held_out: &Array2<f32>) -> f64 {
    let count = held_out.nrows() as f64;
    let total: f64 = match loss {
        Loss::Bce => {
            let losses = means.iter().zip(sums(held_out)).map(|(mean, held_out)| {
                let mean = mean.clamp(NEAREST, 1.0 - NEAREST);
                -held_out * mean.ln() - (count - held_out) * (1.0 - mean).ln()
            });
            losses.sum()
        }
        Loss::Mse | Loss::Mae => {
            let off = |image: ndarray::ArrayView1<'_, f32>| -> f64 {
                let pixels = image.iter().zip(means);
                let off = pixels.map(|(&pixel, mean)| f64::from(pixel) - mean);
                match loss {
                    Loss::Mae => off.map(f64::abs).sum(),
                    _ => off.map(|off| off.powi(2)).sum(),
                }
            };
            held_out.rows().into_iter().map(off).sum()
        }
    };
    total / held_out.len() as f64
}

/// Of every pixel, over the images.
fn sums(images: &Array2<f32>) -> Vec<f64> {
    let mut sums = vec![0.0; images.ncols()];
    for image in images.rows() {
        for (sum, &pixel) in sums.iter_mut().zip(image) {
            *sum += f64::from(pixel);
        }
    }
    sums
}

/// The loss of answering every one of `images` (images × pixels) with itself.
pub(super) fn least_loss(loss: Loss, images: &Array2<f32>) -> f64 {
    match loss {
        Loss::Bce => entropy(images),
        Loss::Mse | Loss::Mae => 0.0,
    }
}

/// Of images, in nats: the mean over all pixels.
fn entropy(images: &Array2<f32>) -> f64 {
    // Most images have few shades: the entropy of a shade is computed once.
    let mut known = vec![(0.0, 0.0); SHADES as usize + 1];
    let entropy = |&pixel: &f32| {
        let place = (pixel * SHADES + 0.5).min(SHADES) as usize;
        let (shade, entropy) = &mut known[place];
        if *shade != pixel {
            (*shade, *entropy) = (pixel, entropy_of(pixel.into()));
        }
        *entropy
    };
    images.iter().map(entropy).sum::<f64>() / images.len() as f64
}

/// Of a pixel that is lit with this probability; 0 for one that is black or white.
fn entropy_of(pixel: f64) -> f64 {
    let share = |part: f64| if part == 0.0 { 0.0 } else { -part * part.ln() };
    share(pixel) + share(1.0 - pixel)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn the_mean_image_costs_what_its_cross_entropy_is() {
        let means = [0.25, 1.0, 0.0];
        let held_out = array![[0.0, 1.0, 0.0], [1.0, 0.5, 1.0]];
        // Pixel by pixel: a quarter for 0 and 1; 1 for 1 and a half; 0 for 0 and 1. What is certain
        // counts as a ten-millionth off.
        let first = -(0.75f64.ln() + 0.25f64.ln());
        let second = -1.5 * (1.0 - 1e-7f64).ln() - 0.5 * 1e-7f64.ln();
        let third = -(1.0 - 1e-7f64).ln() - 1e-7f64.ln();
        let found = mean_image_loss(Loss::Bce, &means, &held_out);
        assert!((found - (first + second + third) / 6.0).abs() < 1e-8);
        // 0.25 and 0.75 off; nothing and a half; nothing and 1.
        let squares = 0.0625 + 0.5625 + 0.25 + 1.0;
        let found = mean_image_loss(Loss::Mse, &means, &held_out);
        assert!((found - squares / 6.0).abs() < 1e-12);
    }

    #[test]
    fn no_network_costs_less_than_the_entropy_of_the_images() {
        let black_and_white = array![[0.0, 1.0], [1.0, 0.0]];
        assert_eq!(least_loss(Loss::Bce, &black_and_white), 0.0);
        // Two shades that share a place, one of them twice.
        let shades = array![[0.5f32, 0.501], [0.5, 0.25]];
        let entropy = |x: f64| -x * x.ln() - (1.0 - x) * (1.0 - x).ln();
        let near_half = f64::from(0.501f32);
        let expected = (2.0 * 2f64.ln() + entropy(near_half) + entropy(0.25)) / 4.0;
        assert!((least_loss(Loss::Bce, &shades) - expected).abs() < 1e-12);
        assert_eq!(least_loss(Loss::Mse, &shades), 0.0);
        assert!(
            least_loss(Loss::Bce, &array![[1.5f32]]).is_nan(),
            "no probability"
        );
    }
}
