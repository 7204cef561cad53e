//! What a layer does to each of its sums.

use serde::{Deserialize, Serialize};

use crate::math::{greater, sigmoid};

/// What a layer does to each of its sums.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activation {
    /// x.
    Linear,
    /// max(x, 0).
    Relu,
    /// x where it is positive, `slope` · x elsewhere.
    LeakyRelu {
        /// Of the negative side.
        slope: f32,
    },
    /// x where it is positive, `alpha` · (exp(x) - 1) elsewhere.
    Elu {
        /// What the negative side falls to, with its sign turned.
        alpha: f32,
    },
    /// 1.0507 · ELU with an alpha of 1.67326, after which sums keep their mean and variance
    /// (Klambauer et al., 2017).
    Selu,
    /// ln(1 + exp(x)).
    Softplus,
    /// x / (1 + |x|).
    Softsign,
    /// x / (1 + exp(-x)), also called swish.
    Silu,
    /// `max` from there on, x from `threshold` to it, `slope` · (x - `threshold`) below: ReLU6 is the
    /// one with a `max` of 6.
    ClippedRelu {
        /// Its largest value.
        max: f32,
        /// Of what is below the threshold.
        slope: f32,
        /// Where it starts.
        threshold: f32,
    },
    /// `scale` times ELU with this `alpha`: SELU with constants of its own.
    ScaledElu {
        /// As of [`Activation::Elu`].
        alpha: f32,
        /// What all of it is multiplied by.
        scale: f32,
    },
    /// x / (1 + exp(-`beta` · x)).
    Swish {
        /// 1 makes it [`Activation::Silu`].
        beta: f32,
    },
    /// x · Φ(x), where Φ is the normal distribution's (Hendrycks and Gimpel, 2016).
    Gelu,
    /// x · (1 + tanh(√(2 / π) · (x + 0.044715 · x³))) / 2, which is nearly the same.
    GeluTanh,
    /// (exp(x) - exp(-x)) / (exp(x) + exp(-x)).
    Tanh,
    /// 1 / (1 + exp(-x)).
    Sigmoid,
}

impl Activation {
    /// What tells it from every other: a number of its kind, and its parameters or 0.
    #[must_use]
    pub fn key(self) -> (u64, [f32; 3]) {
        let none = [0.0; 3];
        match self {
            Self::Relu => (0, none),
            Self::Sigmoid => (1, none),
            Self::Linear => (2, none),
            Self::LeakyRelu { slope } => (3, [slope, 0.0, 0.0]),
            Self::Elu { alpha } => (4, [alpha, 0.0, 0.0]),
            Self::Selu => (5, none),
            Self::Softplus => (6, none),
            Self::Softsign => (7, none),
            Self::Silu => (8, none),
            Self::Tanh => (9, none),
            Self::ClippedRelu {
                max,
                slope,
                threshold,
            } => (10, [max, slope, threshold]),
            Self::ScaledElu { alpha, scale } => (11, [alpha, scale, 0.0]),
            Self::Swish { beta } => (12, [beta, 0.0, 0.0]),
            Self::Gelu => (13, none),
            Self::GeluTanh => (14, none),
        }
    }

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

#[cfg(test)]
mod tests {
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
}
