//! What a network is, but for what it has learned: there before its weights are.

use serde::{Deserialize, Serialize};

#[cfg(feature = "general")]
use super::Kind;
use super::{Activation, Form, Half, Layer, Network};
use crate::data::{ImageShape, Shape};
#[cfg(feature = "general")]
use crate::settings::{Downsampling, Output, Variant};
use crate::settings::{HiddenActivation, NetworkKind, Settings};

/// A network without its weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Architecture {
    /// What the encoder takes.
    pub input: Shape,
    /// The encoder's layers.
    pub encoder: Vec<Form>,
    /// What the decoder takes: as many numbers as the encoder gives.
    pub latent: Shape,
    /// The decoder's layers.
    pub decoder: Vec<Form>,
    /// What gives the log-variances of the latents, if the network is variational.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_variance: Option<HeadForm>,
}

/// A [`Head`](super::Head) without its weights.
#[cfg(feature = "general")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeadForm {
    /// After so many of the encoder's layers it goes its own way.
    pub after: usize,
    /// Its layers.
    pub layers: Vec<Form>,
}

impl Architecture {
    /// Of images of this shape, as `settings` say.
    ///
    /// Dense: the numbers of an image → `hidden` → `dims` → mirrored `hidden` → the numbers again.
    /// Convolutional: for each of `filters` a convolution of 3 × 3 that moves by two pixels, with as
    /// much padding as makes a side half as long, rounded up; then `dims` dense units. Mirrored by dense
    /// units and transposed convolutions. Or, where the settings have it, convolutions that move by one pixel,
    /// each followed by the largest of every two by two pixels; mirrored by repeating every pixel before a
    /// convolution. Along a side of a single pixel, as signals have, nothing moves. All but the last layer,
    /// which ends in a sigmoid or as it is, have the settings' activation.
    #[must_use]
    pub fn new(image: ImageShape, settings: &Settings) -> Self {
        let activation = Activation::from(settings.activation);
        let dense = |outputs: usize| Form::Dense {
            outputs,
            activation,
        };
        let dims = dense(settings.dims);
        let (mut encoder, mut decoder): (Vec<Form>, Vec<Form>) = match settings.kind {
            NetworkKind::Dense => {
                let hidden = || settings.hidden.iter().copied();
                let end = dense(image.size());
                (
                    hidden().map(dense).collect(),
                    hidden().rev().map(dense).chain([end]).collect(),
                )
            }
            #[cfg(feature = "general")]
            NetworkKind::Convolutional => super::convolutional::layers(
                image,
                &settings.filters,
                activation,
                settings.variant.downsampling,
            ),
            #[cfg(not(feature = "general"))]
            NetworkKind::Convolutional => unreachable!("Settings::check refuses it here"),
        };
        encoder.push(dims);
        if let Some(Form::Dense { activation, .. } | Form::General { activation, .. }) =
            decoder.last_mut()
        {
            *activation = end(settings);
        }
        #[cfg(feature = "general")]
        let log_variance = settings.variant.variational.then(|| {
            let means = Form::Dense {
                outputs: settings.dims,
                activation: Activation::Linear,
            };
            *encoder.last_mut().expect("the means") = means.clone();
            HeadForm {
                after: encoder.len() - 1,
                layers: vec![means],
            }
        });
        Self {
            input: Shape::Image(image),
            encoder,
            latent: Shape::Numbers(settings.dims),
            decoder,
            #[cfg(feature = "general")]
            log_variance,
        }
    }

    /// Of dense layers alone: `pixels` → `hidden` → `dims` → mirrored `hidden` → `pixels`, ReLU
    /// everywhere but for the sigmoid of the reconstruction.
    #[must_use]
    pub fn dense(pixels: usize, hidden: &[usize], dims: usize) -> Self {
        let settings = Settings {
            hidden: hidden.into(),
            dims,
            ..Settings::default()
        };
        Self {
            input: Shape::Numbers(pixels),
            ..Self::new(ImageShape::grey(1, pixels), &settings)
        }
    }

    /// Units of all layers, and weights between them: numbers that may be too large for a page's
    /// whole numbers of 32 bits.
    #[must_use]
    pub fn size(&self) -> (f64, f64) {
        let mut size = (0.0, 0.0);
        for half in self.halves() {
            for (layer, input, output) in half {
                size.0 += output.size() as f64;
                for (rows, columns) in layer.weights(&input) {
                    size.1 += rows as f64 * columns as f64;
                }
            }
        }
        size
    }

    /// Number of latent dimensions.
    #[must_use]
    pub fn dims(&self) -> usize {
        self.latent.size()
    }

    /// Whether all layers are dense.
    #[must_use]
    pub fn is_dense(&self) -> bool {
        let mut layers = self.encoder.iter().chain(&self.decoder);
        layers.all(|layer| matches!(layer, Form::Dense { .. }))
    }

    /// The layers of the encoder, of the decoder and, in a variational network, of what gives log-variances;
    /// each with what it takes and gives.
    ///
    /// # Panics
    /// If they do not follow each other.
    #[must_use]
    pub fn halves(&self) -> Vec<Vec<(Form, Shape, Shape)>> {
        #[cfg_attr(not(feature = "general"), expect(unused_mut))]
        let mut halves = vec![self.encoder(), self.decoder()];
        #[cfg(feature = "general")]
        if let Some(head) = &self.log_variance {
            let input = self.branch(head).expect("layers follow each other");
            halves.push(followed("encoder", &input, &head.layers));
        }
        halves
    }

    /// What the layers that give log-variances take.
    #[cfg(feature = "general")]
    pub(super) fn branch(&self, head: &HeadForm) -> Result<Shape, String> {
        let before = self.encoder.get(..head.after).ok_or_else(|| {
            format!(
                "The log-variances come after layer {} of the encoder, which has {}.",
                head.after,
                self.encoder.len()
            )
        })?;
        let shapes = shapes("encoder", &self.input, before)?;
        Ok(shapes
            .last()
            .map_or(&self.input, |(_, output)| output)
            .clone())
    }

    /// The encoder's layers, each with what it takes and gives.
    ///
    /// # Panics
    /// If they do not follow each other.
    #[must_use]
    pub fn encoder(&self) -> Vec<(Form, Shape, Shape)> {
        followed("encoder", &self.input, &self.encoder)
    }

    /// As [`Architecture::encoder`], of the decoder.
    ///
    /// # Panics
    /// As there.
    #[must_use]
    pub fn decoder(&self) -> Vec<(Form, Shape, Shape)> {
        followed("decoder", &self.latent, &self.decoder)
    }
}

/// What follows a decoder's last layer.
fn end(settings: &Settings) -> Activation {
    #[cfg(feature = "general")]
    if settings.variant.output == Output::Linear {
        return Activation::Linear;
    }
    let _ = settings;
    Activation::Sigmoid
}

/// Each of `layers` with what it takes and gives.
///
/// # Panics
/// If they do not follow each other.
pub(super) fn followed(name: &str, input: &Shape, layers: &[Form]) -> Vec<(Form, Shape, Shape)> {
    let shapes = shapes(name, input, layers).expect("layers follow each other");
    let shapes = layers.iter().cloned().zip(shapes);
    shapes
        .map(|(form, (input, output))| (form, input, output))
        .collect()
}

/// What each of `layers` takes and gives, the first of them `input`.
///
/// # Errors
/// One sentence: which layer cannot take what the one before it gives.
pub(super) fn shapes(
    name: &str,
    input: &Shape,
    layers: &[Form],
) -> Result<Vec<(Shape, Shape)>, String> {
    let mut input = input.clone();
    let layers = layers.iter().enumerate().map(|(at, layer)| {
        let output = layer
            .output(&input)
            .map_err(|what| format!("Layer {} of the {name} {what}.", at + 1))?;
        Ok((std::mem::replace(&mut input, output.clone()), output))
    });
    layers.collect()
}

impl From<&Network> for Architecture {
    fn from(network: &Network) -> Self {
        let forms = |half: &Half| half.layers().iter().map(Layer::form).collect();
        Self {
            input: network.encoder().input().clone(),
            encoder: forms(network.encoder()),
            latent: network.decoder().input().clone(),
            decoder: forms(network.decoder()),
            #[cfg(feature = "general")]
            log_variance: network.encoder().log_variance().map(|head| HeadForm {
                after: head.after,
                layers: head.layers.iter().map(Layer::form).collect(),
            }),
        }
    }
}

/// What can be told of a network's variant, else as it is.
#[cfg(feature = "general")]
fn told(network: &Network, variant: Variant) -> Variant {
    let kinds = |half: &Half| -> Vec<Option<Kind>> {
        let layers = half.layers().iter().map(|layer| match layer {
            Layer::General(layer) => Some(layer.kind.clone()),
            _ => None,
        });
        layers.collect()
    };
    // What only changes the shape or the order of the outputs comes after the end.
    let ends = network
        .decoder()
        .layers()
        .iter()
        .zip(kinds(network.decoder()));
    let end = ends.rev().find(|(layer, kind)| {
        let moves = matches!(kind, Some(Kind::Reshaping { .. } | Kind::Reordering { .. }));
        !moves || layer.activation() != Activation::Linear
    });
    let output = match end {
        Some((_, Some(Kind::Softmax))) | None => variant.output,
        Some((layer, _)) => match layer.activation() {
            Activation::Sigmoid => Output::Sigmoid,
            Activation::Linear => Output::Linear,
            _ => variant.output,
        },
    };
    let pools = |kind: &Option<Kind>| matches!(kind, Some(Kind::MaxPooling { .. }));
    let downsampling = if kinds(network.encoder()).iter().any(pools) {
        Downsampling::Pooling
    } else {
        Downsampling::Strided
    };
    Variant {
        variational: network.is_variational(),
        output,
        downsampling,
        ..variant
    }
}

impl From<HiddenActivation> for Activation {
    fn from(chosen: HiddenActivation) -> Self {
        match chosen {
            HiddenActivation::Relu => Self::Relu,
            HiddenActivation::Elu => Self::Elu { alpha: 1.0 },
            HiddenActivation::Selu => Self::Selu,
            HiddenActivation::Silu => Self::Silu,
            HiddenActivation::Gelu => Self::Gelu,
            HiddenActivation::Softplus => Self::Softplus,
            HiddenActivation::Tanh => Self::Tanh,
            HiddenActivation::Sigmoid => Self::Sigmoid,
            HiddenActivation::Linear => Self::Linear,
        }
    }
}

impl Settings {
    /// The same with what can be told of a network that was made elsewhere: units of its encoder's hidden
    /// layers if all are dense, else the filters of its convolutions; whether it is variational, whether it ends
    /// in a sigmoid or as it is, and whether its encoder has max-pooling. Of another end nothing is said.
    #[must_use]
    pub fn of(self, network: &Network) -> Self {
        let mut sizes = Self {
            kind: NetworkKind::Dense,
            dims: network.dims(),
            hidden: Vec::new(),
            #[cfg(feature = "general")]
            variant: told(network, self.variant),
            ..self
        };
        if let Some(layers) = network.encoder().dense() {
            let hidden = &layers[..layers.len() - 1];
            sizes.hidden = hidden.iter().map(|layer| layer.outputs()).collect();
            return sizes;
        }
        let layers = network.encoder().layers().iter();
        let filters = layers.filter_map(|layer| match layer {
            Layer::General(layer) => layer.kind.filters(),
            Layer::Dense(_) => None,
            #[cfg(feature = "general")]
            Layer::BlackBox(_) => None,
        });
        Self {
            kind: NetworkKind::Convolutional,
            filters: filters.collect(),
            ..sizes
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(feature = "general")]
    use crate::model::as_image;
    #[cfg(feature = "general")]
    use crate::settings::Loss;

    fn convolutional(image: ImageShape, filters: &[usize]) -> Architecture {
        let settings = Settings {
            kind: NetworkKind::Convolutional,
            filters: filters.into(),
            ..Settings::default()
        };
        Architecture::new(image, &settings)
    }

    #[test]
    fn a_convolutional_decoder_mirrors_its_encoder_whatever_the_sides() {
        for (height, width, channels) in [(28, 28, 1), (27, 14, 3), (1, 5, 1), (3, 1, 2)] {
            let image = ImageShape {
                height,
                width,
                channels,
            };
            let network = convolutional(image, &[8, 16, 4]);
            let outputs = |layers: Vec<(Form, Shape, Shape)>| -> Vec<Shape> {
                layers.into_iter().map(|(_, _, output)| output).collect()
            };
            let encoder = outputs(network.encoder());
            let half = |side: usize, times: u32| side.div_ceil(2usize.pow(times));
            let blocks = [8, 16, 4].into_iter().zip(1..);
            let blocks = blocks.map(|(channels, times)| {
                Shape::Image(ImageShape {
                    height: half(height, times),
                    width: half(width, times),
                    channels,
                })
            });
            let mut expected: Vec<Shape> = blocks.collect();
            expected.push(Shape::Numbers(12));
            assert_eq!(encoder, expected, "{height} × {width}");
            let mut decoder = outputs(network.decoder());
            // Dense units, then the blocks in reverse.
            assert_eq!(decoder.remove(0), Shape::Numbers(expected[2].size()));
            let mirrored = [
                &expected[2],
                &expected[1],
                &expected[0],
                &Shape::Image(image),
            ];
            assert_eq!(decoder.iter().collect::<Vec<_>>(), mirrored);
        }
    }

    fn outputs(layers: Vec<(Form, Shape, Shape)>) -> Vec<[usize; 3]> {
        let outputs = layers.into_iter().map(|(_, _, output)| match output {
            Shape::Image(image) => [image.height, image.width, image.channels],
            other => [1, 1, other.size()],
        });
        outputs.collect()
    }

    #[cfg(feature = "general")]
    fn pooled(height: usize, width: usize, filters: &[usize]) -> Architecture {
        let settings = Settings {
            kind: NetworkKind::Convolutional,
            filters: filters.into(),
            variant: Variant {
                downsampling: Downsampling::Pooling,
                ..Variant::default()
            },
            ..Settings::default()
        };
        let image = ImageShape {
            height,
            width,
            channels: 2,
        };
        Architecture::new(image, &settings)
    }

    #[cfg(feature = "general")]
    #[test]
    fn max_pooling_is_mirrored_by_repeated_pixels_that_are_cut_where_a_side_is_odd() {
        use Activation::{Linear, Relu, Sigmoid};

        let network = pooled(7, 4, &[5]);
        assert_eq!(
            outputs(network.encoder()),
            [[7, 4, 5], [4, 2, 5], [1, 1, 12]]
        );
        assert_eq!(
            outputs(network.decoder()),
            [[1, 1, 40], [4, 2, 5], [8, 4, 5], [7, 4, 5], [7, 4, 2]]
        );
        // What leaves a side as it is, or only takes numbers, has no activation of its own.
        let activations: Vec<Activation> = network.decoder.iter().map(Form::activation).collect();
        assert_eq!(activations, [Relu, Linear, Linear, Linear, Sigmoid]);
        let even = pooled(8, 4, &[5, 3]);
        assert_eq!(
            outputs(even.decoder()),
            [
                [1, 1, 6],
                [2, 1, 3],
                [4, 2, 3],
                [4, 2, 5],
                [8, 4, 5],
                [8, 4, 2]
            ]
        );
    }

    /// Three weights of a channel, not nine of which six would see nothing.
    #[cfg(feature = "general")]
    #[test]
    fn nothing_moves_along_a_side_of_a_single_pixel() {
        type Case = (Architecture, [usize; 2], [usize; 2]);

        let strided = |height, width| {
            let settings = Settings {
                kind: NetworkKind::Convolutional,
                filters: vec![4, 6],
                ..Settings::default()
            };
            let image = ImageShape {
                height,
                width,
                channels: 2,
            };
            Architecture::new(image, &settings)
        };
        let cases: [Case; 5] = [
            (strided(1, 5), [1, 3], [1, 2]),
            (strided(5, 1), [3, 1], [2, 1]),
            (strided(1, 1), [1, 1], [1, 1]),
            (pooled(1, 5, &[4, 6]), [1, 3], [1, 1]),
            (pooled(5, 1, &[4, 6]), [3, 1], [1, 1]),
        ];
        for (network, size, step) in cases {
            let image = outputs(network.decoder()).pop().unwrap();
            for (form, input, output) in network.encoder().into_iter().chain(network.decoder()) {
                let Form::General { kind, .. } = &form else {
                    continue;
                };
                match kind {
                    Kind::Convolution { window, .. } => {
                        assert_eq!((window.size, window.stride), (size, step), "{image:?}");
                    }
                    Kind::Transposed { kernel, stride, .. } => {
                        assert_eq!((*kernel, *stride), (size, step), "{image:?}");
                    }
                    Kind::MaxPooling { window } => {
                        let pair = size.map(|side| side.min(2));
                        assert_eq!((window.size, window.stride), (pair, pair), "{image:?}");
                    }
                    _ => continue,
                }
                let (from, to) = (as_image(&input), as_image(&output));
                assert_eq!(from.height == 1 && to.height == 1, size[0] == 1);
                if let Some((rows, _)) = form.weights(&input).first() {
                    assert_eq!(*rows, size[0] * size[1] * from.channels);
                }
            }
        }
    }

    #[cfg(feature = "general")]
    #[test]
    fn what_a_network_is_can_be_told_from_it() {
        let told = |change: fn(&mut Settings)| {
            let mut settings = Settings {
                kind: NetworkKind::Convolutional,
                filters: vec![3],
                loss: Loss::Mse,
                ..Settings::default()
            };
            change(&mut settings);
            let network = Network::of(&Architecture::new(ImageShape::grey(5, 4), &settings), 1);
            let found = Settings::default().of(&network);
            assert_eq!(found.variant, settings.variant);
            assert_eq!((found.kind, found.dims), (settings.kind, settings.dims));
        };
        told(|_| ());
        told(|settings| settings.variant.variational = true);
        told(|settings| settings.variant.output = Output::Linear);
        told(|settings| settings.variant.downsampling = Downsampling::Pooling);
        told(|settings| {
            settings.kind = NetworkKind::Dense;
            settings.variant.variational = true;
            settings.variant.output = Output::Linear;
        });
        // Of what cannot be told, what was said before stays.
        let network = Network::of(&Architecture::dense(6, &[4], 2), 1);
        let said = Settings {
            variant: Variant {
                weight_decay: 0.1,
                ..Variant::default()
            },
            ..Settings::default()
        };
        assert_eq!(said.clone().of(&network).variant, said.variant);
    }

    #[test]
    fn a_network_is_put_together_of_its_parts_again() {
        let architecture = convolutional(ImageShape::grey(8, 6), &[4]);
        let network = Network::of(&architecture, 7);
        assert_eq!(Architecture::from(&network), architecture);
        let weights = || -> Vec<_> {
            let layers = network.layers();
            let weights = layers.flat_map(Layer::weights);
            weights.map(|matrix| matrix.to_owned()).collect()
        };
        assert_eq!(
            Network::from_parts(&architecture, weights()),
            Ok(network.clone())
        );
        let short = Network::from_parts(&architecture, weights()[..3].to_vec());
        assert_eq!(
            short.unwrap_err(),
            "Layer 2 of the encoder has 0 biases for 12 outputs."
        );
        let narrow = Architecture {
            latent: Shape::Numbers(11),
            ..architecture.clone()
        };
        let sentence = Network::from_parts(&narrow, weights()).unwrap_err();
        assert!(
            sentence.starts_with("Layer 1 of the decoder takes 12 numbers"),
            "{sentence}"
        );
    }

    #[test]
    fn sizes_are_counted_without_weights() {
        let (units, weights) = convolutional(ImageShape::grey(28, 28), &[8, 16]).size();
        let encoder = 9.0 * 8.0 + 8.0 + 9.0 * 8.0 * 16.0 + 16.0 + 784.0 * 12.0 + 12.0;
        let decoder = 12.0 * 784.0 + 784.0 + 9.0 * 16.0 * 8.0 + 8.0 + 9.0 * 8.0 + 1.0;
        assert_eq!(weights, encoder + decoder);
        // Of which 784 twice: what is only reshaped is counted again.
        assert_eq!(
            units,
            1568.0 + 784.0 + 12.0 + 784.0 + 784.0 + 1568.0 + 784.0
        );
    }
}
