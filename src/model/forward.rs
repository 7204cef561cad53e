//! The network as a plain function of a few images: for what a person asks about one of them.
//! Whole data sets go through an engine.

use ndarray::{Array2, ArrayView2};

use super::{Activation, Dense, Network};
use crate::math::{greater, sigmoid};

/// The two constants of [`Activation::Selu`].
const SELU_SCALE: f32 = 1.050_700_9;
const SELU_ALPHA: f32 = 1.673_263_2;

fn leaky_relu(sum: f32, slope: f32) -> f32 {
    if sum > 0.0 { sum } else { slope * sum }
}

fn elu(sum: f32, alpha: f32) -> f32 {
    if sum > 0.0 { sum } else { alpha * sum.exp_m1() }
}

/// The share of a normal distribution that lies beyond `x`, which is positive, by formula 7.1.26 of
/// Abramowitz and Stegun: within 1e-7.
fn normal_tail(x: f32) -> f32 {
    let t = 1.0 / (1.0 + 0.231_641_89 * x);
    let series = [
        1.061_405_4,
        -1.453_152,
        1.421_413_7,
        -0.284_496_74,
        0.254_829_6,
    ];
    let sum: f32 = series.iter().fold(0.0, |sum, factor| (sum + factor) * t);
    0.5 * sum * (-0.5 * x * x).exp()
}

impl Activation {
    /// The activation of one sum.
    #[must_use]
    pub fn apply(self, sum: f32) -> f32 {
        match self {
            Self::Linear => sum,
            Self::Relu => greater(sum, 0.0),
            Self::LeakyRelu { slope } => leaky_relu(sum, slope),
            Self::Elu { alpha } => elu(sum, alpha),
            Self::Selu => SELU_SCALE * elu(sum, SELU_ALPHA),
            Self::Softplus => sum.max(0.0) + (-sum.abs()).exp().ln_1p(),
            Self::Softsign => sum / (1.0 + sum.abs()),
            Self::Silu => sum * sigmoid(sum),
            Self::Tanh => sum.tanh(),
            Self::Sigmoid => sigmoid(sum),
            Self::ClippedRelu { max, .. } if sum >= max => max,
            Self::ClippedRelu { threshold, .. } if sum >= threshold => sum,
            Self::ClippedRelu {
                slope, threshold, ..
            } => slope * (sum - threshold),
            Self::ScaledElu { alpha, scale } => scale * elu(sum, alpha),
            Self::Swish { beta } => sum * sigmoid(beta * sum),
            Self::Gelu => greater(sum, 0.0) - sum.abs() * normal_tail(sum.abs()),
            Self::GeluTanh => {
                let x = sum.clamp(-10.0, 10.0);
                sum * sigmoid(1.595_769 * (x + 0.044_715 * x * x * x))
            }
        }
    }
}

impl Network {
    /// Latents (images × dimensions) of images (images × pixels).
    ///
    /// # Panics
    /// If the images do not have as many pixels as the network has inputs.
    #[must_use]
    pub fn encode(&self, images: ArrayView2<'_, f32>) -> Array2<f32> {
        forward(&self.encoder, images)
    }

    /// Reconstructions (images × pixels) from latents (images × dimensions).
    ///
    /// # Panics
    /// If there are not as many latents as the network has dimensions.
    #[must_use]
    pub fn decode(&self, latents: ArrayView2<'_, f32>) -> Array2<f32> {
        forward(&self.decoder, latents)
    }
}

/// In plain loops: ndarray's matrix product would add 5 KB, compressed, to the view, which decodes
/// one image at a time.
fn forward(layers: &[Dense], input: ArrayView2<'_, f32>) -> Array2<f32> {
    layers.iter().fold(input.to_owned(), |input, layer| {
        assert_eq!(input.ncols(), layer.inputs(), "numbers for each input");
        let mut output = Array2::zeros((input.nrows(), layer.outputs()));
        for (values, mut sums) in input.rows().into_iter().zip(output.rows_mut()) {
            sums.assign(&layer.bias);
            for (value, weights) in values.iter().zip(layer.weight.rows()) {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += value * weight;
                }
            }
            for sum in sums {
                *sum = layer.activation.apply(*sum);
            }
        }
        output
    })
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};

    use super::*;

    /// The share of a normal distribution below `x`: Simpson's rule over its density.
    fn normal(x: f64) -> f64 {
        let density = |t: f64| (-t * t / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
        let (from, pieces) = (-9.0, 2000);
        let width = (x.clamp(from, 9.0) - from) / f64::from(pieces);
        let weighted = |piece: i32| {
            let weight = match piece {
                0 => 1.0,
                last if last == pieces => 1.0,
                odd if odd % 2 == 1 => 4.0,
                _ => 2.0,
            };
            weight * density(from + f64::from(piece) * width)
        };
        (0..=pieces).map(weighted).sum::<f64>() * width / 3.0
    }

    #[test]
    fn activations_are_their_formulas() {
        type Formula = fn(f64) -> f64;
        let formulas: [(Activation, Formula); 16] = [
            (Activation::Linear, |x| x),
            (Activation::Relu, |x| x.max(0.0)),
            (Activation::LeakyRelu { slope: 0.25 }, |x| x.max(0.25 * x)),
            (Activation::Elu { alpha: 0.5 }, |x| {
                if x > 0.0 { x } else { 0.5 * (x.exp() - 1.0) }
            }),
            (Activation::Selu, |x| {
                let below = 1.673_263_242_354_377_2 * (x.exp() - 1.0);
                1.050_700_987_355_480_5 * if x > 0.0 { x } else { below }
            }),
            (Activation::Softplus, |x| (1.0 + x.exp()).ln()),
            (Activation::Softsign, |x| x / (1.0 + x.abs())),
            (Activation::Silu, |x| x / (1.0 + (-x).exp())),
            (Activation::Tanh, |x| 1.0 - 2.0 / ((2.0 * x).exp() + 1.0)),
            (Activation::Sigmoid, |x| 1.0 / (1.0 + (-x).exp())),
            (
                Activation::ClippedRelu {
                    max: 6.0,
                    slope: 0.0,
                    threshold: 0.0,
                },
                |x| x.clamp(0.0, 6.0),
            ),
            (
                Activation::ClippedRelu {
                    max: f32::MAX,
                    slope: 0.25,
                    threshold: 1.55,
                },
                |x| if x < 1.55 { 0.25 * (x - 1.55) } else { x },
            ),
            (
                Activation::ScaledElu {
                    alpha: 0.5,
                    scale: 2.0,
                },
                |x| if x > 0.0 { 2.0 * x } else { x.exp() - 1.0 },
            ),
            (Activation::Swish { beta: 1.5 }, |x| {
                x / (1.0 + (-1.5 * x).exp())
            }),
            (Activation::Gelu, |x| x * normal(x)),
            (Activation::GeluTanh, |x| {
                let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3));
                0.5 * x * (1.0 + inner.tanh())
            }),
        ];
        for (activation, formula) in formulas {
            for step in -300..=300 {
                let x = step as f32 / 10.0;
                let expected = formula(f64::from(x));
                let off = (f64::from(activation.apply(x)) - expected).abs();
                assert!(
                    off <= 1e-6 * expected.abs().max(1.0),
                    "{activation:?} at {x}"
                );
            }
        }
    }

    #[test]
    fn layers_are_taken_in_order_with_bias_and_activation() {
        let dense = |weight: Array2<f32>, bias: Array1<f32>, activation| Dense {
            weight,
            bias,
            activation,
        };
        let network = Network {
            encoder: vec![
                dense(
                    array![[1.0, -1.0], [2.0, 1.0]],
                    array![0.5, 0.0],
                    Activation::Relu,
                ),
                dense(array![[2.0], [3.0]], array![-1.0], Activation::Relu),
            ],
            decoder: vec![dense(
                array![[1.0, 0.0]],
                array![0.0, -2.0],
                Activation::Sigmoid,
            )],
        };
        // (0.5, 0.25) → sums (1.5, -0.25) → (1.5, 0) → 2.
        let latents = network.encode(array![[0.5, 0.25], [0.0, 0.0]].view());
        assert_eq!(latents, array![[2.0], [0.0]]);
        let logistic = |x: f32| 1.0 / (1.0 + (-x).exp());
        let images = network.decode(latents.view());
        let expected = array![[logistic(2.0), logistic(-2.0)], [0.5, logistic(-2.0)]];
        assert!((&images - &expected).iter().all(|off| off.abs() < 1e-6));
    }
}
