//! An autoencoder as plain numbers.

use ndarray::{Array2, ArrayView2};

#[cfg(feature = "general")]
use super::Head;
use super::architecture::shapes;
use super::{Architecture, Dense, Form, Half, Layer};
use crate::data::Shape;
use crate::keyed::{Keyed, Purpose};

/// An autoencoder: what its encoder takes goes to latents, and through its decoder back.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    encoder: Half,
    decoder: Half,
}

impl Network {
    /// Of two halves that fit each other.
    ///
    /// # Errors
    /// One sentence: what does not fit.
    pub fn new(encoder: Half, decoder: Half) -> Result<Self, String> {
        if !decoder.input().agrees(encoder.output()) {
            Err(format!(
                "The encoder gives {} latents, but the decoder takes {}.",
                encoder.output().size(),
                decoder.input().size()
            ))
        } else if !decoder.output().agrees(encoder.input()) {
            Err(format!(
                "The decoder gives {} pixels, but the encoder takes {}.",
                decoder.output().size(),
                encoder.input().size()
            ))
        } else {
            Ok(Self { encoder, decoder })
        }
    }

    /// Of dense layers alone.
    ///
    /// # Errors
    /// One sentence where images cannot pass from end to end: what is wrong, and where.
    pub fn dense(encoder: Vec<Dense>, decoder: Vec<Dense>) -> Result<Self, String> {
        let half = |name, input, layers: Vec<Dense>| {
            Half::new(name, input, layers.into_iter().map(Layer::Dense).collect())
        };
        let pixels = encoder.first().map_or(0, Dense::inputs);
        let encoder = half("encoder", Shape::Numbers(pixels), encoder)?;
        let decoder = half("decoder", encoder.output().clone(), decoder)?;
        Self::new(encoder, decoder)
    }

    /// An untrained network. Weights are drawn as Glorot and Bengio (2010) propose, uniformly within
    /// ±√(6 / (inputs + outputs)), where a convolution's inputs and outputs are those of one window;
    /// biases are zero. This is what Keras does by default.
    ///
    /// # Panics
    /// If layers do not follow each other.
    #[must_use]
    pub fn of(architecture: &Architecture, seed: u32) -> Self {
        let mut drawn = Vec::new();
        let mut number = 0;
        for half in architecture.halves() {
            for (form, input, _) in half {
                drawn.extend(weights(&form, &input, number, seed));
                number += 1;
            }
        }
        Self::assembled(architecture, drawn).expect("layers follow each other")
    }

    /// As [`Network::of`] for [`Architecture::dense`].
    #[must_use]
    pub fn untrained(pixels: usize, hidden: &[usize], dims: usize, seed: u32) -> Self {
        Self::of(&Architecture::dense(pixels, hidden, dims), seed)
    }

    /// What it is, and all that it has learned: the matrices of every layer in turn, the encoder's
    /// first, and those that give log-variances last.
    ///
    /// # Errors
    /// One sentence: what does not fit, or is not a finite number.
    pub fn from_parts(
        architecture: &Architecture,
        weights: Vec<Array2<f32>>,
    ) -> Result<Self, String> {
        let network = Self::assembled(architecture, weights)?;
        network.check()?;
        Ok(network)
    }

    /// As [`Network::from_parts`], of numbers that need not be finite.
    pub(crate) fn assembled(
        architecture: &Architecture,
        weights: Vec<Array2<f32>>,
    ) -> Result<Self, String> {
        let mut weights = weights.into_iter();
        let mut half = |name, input: &Shape, forms: &[Form]| {
            let shapes = shapes(name, input, forms)?;
            let layers = forms.iter().zip(&shapes).map(|(form, (input, _))| {
                let count = form.weights(input).len();
                form.with(weights.by_ref().take(count).collect())
            });
            Half::new(name, input.clone(), layers.collect())
        };
        let encoder = half("encoder", &architecture.input, &architecture.encoder)?;
        let decoder = half("decoder", &architecture.latent, &architecture.decoder)?;
        #[cfg(feature = "general")]
        let encoder = match &architecture.log_variance {
            Some(head) => {
                let input = architecture.branch(head)?;
                let shapes = shapes("encoder's log-variances", &input, &head.layers)?;
                let layers = head.layers.iter().zip(&shapes).map(|(form, (input, _))| {
                    let count = form.weights(input).len();
                    form.with(weights.by_ref().take(count).collect())
                });
                encoder.with_log_variance(Head {
                    after: head.after,
                    layers: layers.collect(),
                })?
            }
            None => encoder,
        };
        Self::new(encoder, decoder)
    }

    /// From the pixels to the latent dimensions.
    #[must_use]
    pub fn encoder(&self) -> &Half {
        &self.encoder
    }

    /// From the latent dimensions to the pixels.
    #[must_use]
    pub fn decoder(&self) -> &Half {
        &self.decoder
    }

    /// All layers, the encoder's first, and those that give log-variances last.
    pub fn layers(&self) -> impl Iterator<Item = &Layer> {
        let layers = self.encoder.layers().iter().chain(self.decoder.layers());
        #[cfg(feature = "general")]
        let layers = {
            let head = self.encoder.log_variance();
            layers.chain(head.into_iter().flat_map(|head| &head.layers))
        };
        layers
    }

    /// Whether its encoder gives a variance of every latent dimension beside its mean.
    #[cfg(feature = "general")]
    #[must_use]
    pub fn is_variational(&self) -> bool {
        self.encoder.log_variance().is_some()
    }

    /// Whether the inside of a part of it is not known.
    #[cfg(feature = "general")]
    #[must_use]
    pub fn has_black_box(&self) -> bool {
        self.encoder.has_black_box() || self.decoder.has_black_box()
    }

    /// Number of latent dimensions.
    #[must_use]
    pub fn dims(&self) -> usize {
        self.encoder.output().size()
    }

    /// Number of weights and biases.
    #[must_use]
    pub fn parameters(&self) -> usize {
        let matrices = self.layers().flat_map(Layer::weights);
        matrices.map(|matrix| matrix.len()).sum()
    }

    /// Whether all of its weights, biases and parameters of activations are finite numbers.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        self.layers().all(Layer::is_finite)
    }

    /// As [`Network::is_finite`], for networks that come from outside.
    ///
    /// # Errors
    /// One sentence: where a number is not finite.
    pub fn check(&self) -> Result<(), String> {
        for (name, half) in [("encoder", &self.encoder), ("decoder", &self.decoder)] {
            if let Some(at) = half.layers().iter().position(|layer| !layer.is_finite()) {
                return Err(format!(
                    "Layer {} of the {name} holds a number that is infinite or NaN.",
                    at + 1
                ));
            }
        }
        if !self.is_finite() {
            return Err(
                "A layer that gives log-variances holds a number that is infinite or NaN.".into(),
            );
        }
        Ok(())
    }

    /// Latents (images × dimensions) of a few images (images × pixels).
    ///
    /// # Panics
    /// If the images do not have as many pixels as the network has inputs.
    #[must_use]
    pub fn encode(&self, images: ArrayView2<'_, f32>) -> Array2<f32> {
        self.encoder.run(images)
    }

    /// Reconstructions (images × pixels) from a few latents (images × dimensions).
    ///
    /// # Panics
    /// If there are not as many latents as the network has dimensions.
    #[must_use]
    pub fn decode(&self, latents: ArrayView2<'_, f32>) -> Array2<f32> {
        self.decoder.run(latents)
    }
}

/// What an untrained layer starts with.
fn weights(form: &Form, input: &Shape, number: usize, seed: u32) -> Vec<Array2<f32>> {
    let shapes = form.weights(input);
    let fans = match form {
        Form::Dense { outputs, .. } => Some((input.size(), *outputs)),
        Form::General { kind, .. } => kind.fans(input),
        #[cfg(feature = "general")]
        Form::BlackBox { .. } => None,
    };
    let start = |(at, shape): (usize, (usize, usize))| match (at, fans) {
        (0, Some((inputs, outputs))) => glorot_uniform(shape, inputs + outputs, number, seed),
        (0, None) => Array2::ones(shape),
        _ => Array2::zeros(shape),
    };
    shapes.into_iter().enumerate().map(start).collect()
}

fn glorot_uniform(shape: (usize, usize), fans: usize, layer: usize, seed: u32) -> Array2<f32> {
    let limit = (6.0 / fans as f32).sqrt();
    let mut draws = Keyed::new(seed, Purpose::Weights, &[layer as u64]);
    Array2::from_shape_simple_fn(shape, || (2.0 * draws.uniform() - 1.0) * limit)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};

    use super::*;
    use crate::model::Activation;

    #[test]
    fn the_decoder_mirrors_the_encoder() {
        let network = Network::untrained(784, &[128, 64], 12, 1);
        let sizes = |half: &Half| -> Vec<(usize, usize)> {
            let layers = half.dense().unwrap().into_iter();
            layers.map(|layer| layer.weight.dim()).collect()
        };
        assert_eq!(sizes(network.encoder()), [(784, 128), (128, 64), (64, 12)]);
        assert_eq!(sizes(network.decoder()), [(12, 64), (64, 128), (128, 784)]);
        assert_eq!(network.dims(), 12);
        let layers = network.layers();
        let activations: Vec<_> = layers.map(Layer::activation).collect();
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
        let [Layer::Dense(first), Layer::Dense(last)] = network.layers().collect::<Vec<_>>()[..]
        else {
            panic!("two layers");
        };
        let weight = &first.weight;
        let limit = (6.0f32 / 816.0).sqrt();
        let count = weight.len() as f32;
        assert!(weight.iter().all(|value| value.abs() <= limit));
        // The mean of n uniform numbers strays less than 5 × limit / √(3n).
        assert!(weight.sum().abs() / count < 5.0 * limit / (3.0 * count).sqrt());
        // Their mean square is limit² / 3.
        let mean_square = weight.iter().map(|value| value * value).sum::<f32>() / count;
        assert!((mean_square / (limit * limit / 3.0) - 1.0).abs() < 0.05);
        assert_ne!(first.weight.row(0), last.weight.column(0));
    }

    #[test]
    fn layers_are_taken_in_order_with_bias_and_activation() {
        let dense = |weight: Array2<f32>, bias: Array1<f32>, activation| Dense {
            weight,
            bias,
            activation,
        };
        let network = Network::dense(
            vec![
                dense(
                    array![[1.0, -1.0], [2.0, 1.0]],
                    array![0.5, 0.0],
                    Activation::Relu,
                ),
                dense(array![[2.0], [3.0]], array![-1.0], Activation::Relu),
            ],
            vec![dense(
                array![[1.0, 0.0]],
                array![0.0, -2.0],
                Activation::Sigmoid,
            )],
        )
        .unwrap();
        // (0.5, 0.25) → sums (1.5, -0.25) → (1.5, 0) → 2.
        let latents = network.encode(array![[0.5, 0.25], [0.0, 0.0]].view());
        assert_eq!(latents, array![[2.0], [0.0]]);
        let logistic = |x: f32| 1.0 / (1.0 + (-x).exp());
        let images = network.decode(latents.view());
        let expected = array![[logistic(2.0), logistic(-2.0)], [0.5, logistic(-2.0)]];
        assert!((&images - &expected).iter().all(|off| off.abs() < 1e-6));
    }

    type Spoil = fn(&mut Vec<Dense>, &mut Vec<Dense>);

    #[test]
    fn what_images_cannot_pass_is_refused_with_the_place() {
        let good = Network::untrained(6, &[4], 2, 1);
        assert_eq!(good.check(), Ok(()));
        let refusal = |spoil: Spoil| {
            let layers = |half: &Half| half.dense().unwrap().into_iter().cloned().collect();
            let (mut encoder, mut decoder) = (layers(good.encoder()), layers(good.decoder()));
            spoil(&mut encoder, &mut decoder);
            let checked = Network::dense(encoder, decoder).and_then(|network| network.check());
            checked.unwrap_err()
        };
        let cases: [(Spoil, &str); 9] = [
            (|encoder, _| encoder.clear(), "The encoder has no layers."),
            (|_, decoder| decoder.clear(), "The decoder has no layers."),
            (
                |encoder, _| encoder[0].weight = Array2::zeros((0, 4)),
                "Layer 1 of the encoder has no weights: 0 × 4.",
            ),
            (
                |encoder, _| encoder[1].weight = Array2::zeros((3, 2)),
                "Layer 2 of the encoder takes 3 numbers, but is given 4.",
            ),
            (
                |_, decoder| decoder[0].weight = Array2::zeros((3, 4)),
                "Layer 1 of the decoder takes 3 numbers, but is given 2.",
            ),
            (
                |_, decoder| decoder[0].bias = Array1::zeros(5),
                "Layer 1 of the decoder has 5 biases for 4 outputs.",
            ),
            (
                |encoder, _| encoder[0].weight[[1, 1]] = f32::NAN,
                "Layer 1 of the encoder holds a number that is infinite or NaN.",
            ),
            (
                |encoder, _| {
                    encoder[1].activation = Activation::LeakyRelu {
                        slope: f32::INFINITY,
                    }
                },
                "Layer 2 of the encoder holds a number that is infinite or NaN.",
            ),
            (
                |_, decoder| decoder.truncate(1),
                "The decoder gives 4 pixels, but the encoder takes 6.",
            ),
        ];
        for (spoil, sentence) in cases {
            assert_eq!(refusal(spoil), sentence);
        }
    }
}
