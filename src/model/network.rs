//! A dense autoencoder as plain numbers.

use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use crate::keyed::{Keyed, Purpose};

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
}

/// A dense layer: activation(input · weight + bias).
#[derive(Clone, Debug, PartialEq)]
pub struct Dense {
    /// Inputs × outputs.
    pub weight: Array2<f32>,
    /// One number an output.
    pub bias: Array1<f32>,
    /// Applied to every output.
    pub activation: Activation,
}

impl Dense {
    /// Number of inputs.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.weight.nrows()
    }

    /// Number of outputs.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.weight.ncols()
    }
}

/// An autoencoder's layers: pixels → latents → pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// From the pixels to the latent dimensions.
    pub encoder: Vec<Dense>,
    /// From the latent dimensions to the pixels.
    pub decoder: Vec<Dense>,
}

impl Network {
    /// An untrained network: `pixels` → `hidden` → `dims` → mirrored `hidden` → `pixels`, ReLU
    /// everywhere but for the sigmoid of the reconstruction.
    ///
    /// Weights are drawn as Glorot and Bengio (2010) propose, uniformly within
    /// ±√(6 / (inputs + outputs)); biases are zero. This is what Keras does by default.
    #[must_use]
    pub fn untrained(pixels: usize, hidden: &[usize], dims: usize, seed: u32) -> Self {
        let mut sizes = vec![pixels];
        sizes.extend(hidden);
        sizes.push(dims);
        sizes.extend(hidden.iter().rev());
        sizes.push(pixels);

        let last = sizes.len() - 2;
        let mut encoder: Vec<Dense> = sizes
            .windows(2)
            .enumerate()
            .map(|(layer, size)| Dense {
                weight: glorot_uniform(size[0], size[1], layer, seed),
                bias: Array1::zeros(size[1]),
                activation: if layer == last {
                    Activation::Sigmoid
                } else {
                    Activation::Relu
                },
            })
            .collect();
        let decoder = encoder.split_off(hidden.len() + 1);
        Self { encoder, decoder }
    }

    /// Number of latent dimensions.
    #[must_use]
    pub fn dims(&self) -> usize {
        self.encoder.last().map_or(0, Dense::outputs)
    }

    /// Number of weights and biases.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.encoder
            .iter()
            .chain(&self.decoder)
            .map(|layer| layer.weight.len() + layer.bias.len())
            .sum()
    }

    /// Whether all weights and biases are finite numbers.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        let layers = self.encoder.iter().chain(&self.decoder);
        let mut numbers = layers.flat_map(|layer| layer.weight.iter().chain(&layer.bias));
        numbers.all(|number| number.is_finite())
    }
}

fn glorot_uniform(inputs: usize, outputs: usize, layer: usize, seed: u32) -> Array2<f32> {
    let limit = (6.0 / (inputs + outputs) as f32).sqrt();
    let mut draws = Keyed::new(seed, Purpose::Weights, &[layer as u64]);
    Array2::from_shape_simple_fn((inputs, outputs), || (2.0 * draws.uniform() - 1.0) * limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_decoder_mirrors_the_encoder() {
        let network = Network::untrained(784, &[128, 64], 12, 1);
        let sizes = |layers: &[Dense]| -> Vec<(usize, usize)> {
            layers.iter().map(|layer| layer.weight.dim()).collect()
        };
        assert_eq!(sizes(&network.encoder), [(784, 128), (128, 64), (64, 12)]);
        assert_eq!(sizes(&network.decoder), [(12, 64), (64, 128), (128, 784)]);
        assert_eq!(network.dims(), 12);
        let activations: Vec<_> = network
            .encoder
            .iter()
            .chain(&network.decoder)
            .map(|layer| layer.activation)
            .collect();
        assert_eq!(activations[..5], [Activation::Relu; 5]);
        assert_eq!(activations[5], Activation::Sigmoid);
        assert_eq!(
            Network::untrained(784, &[], 12, 1).parameters(),
            784 * 12 + 12 + 12 * 784 + 784
        );
    }

    #[test]
    fn weights_fill_the_glorot_range_evenly() {
        let network = Network::untrained(784, &[], 32, 3);
        let weight = &network.encoder[0].weight;
        let limit = (6.0f32 / 816.0).sqrt();
        let count = weight.len() as f32;
        assert!(weight.iter().all(|value| value.abs() <= limit));
        // The mean of n uniform numbers strays less than 5 × limit / √(3n).
        assert!(weight.sum().abs() / count < 5.0 * limit / (3.0 * count).sqrt());
        // Their mean square is limit² / 3.
        let mean_square = weight.iter().map(|value| value * value).sum::<f32>() / count;
        assert!((mean_square / (limit * limit / 3.0) - 1.0).abs() < 0.05);
        assert_ne!(
            network.encoder[0].weight.row(0),
            network.decoder[0].weight.column(0)
        );
    }
}
