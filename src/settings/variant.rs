//! What a network and its training are beyond the paper's plain autoencoder.

use serde::{Deserialize, Serialize};

use super::{Loss, NetworkKind, SettingError, Settings};

/// β of a variational network, and λ of a sparse one, at most.
const MAX_WEIGHT: f64 = 1000.0;

/// The kind of autoencoder beside its layers: variational, sparse, denoising, and what else keeps it from
/// learning its images by heart. The defaults are the paper's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Variant {
    /// Whether the encoder gives a mean and a log-variance of every latent dimension (Kingma and Welling,
    /// 2014). The loss is then, of every image, the reconstruction's summed over its numbers, plus
    /// [`Variant::beta`] times the divergence of its latents from the standard normal distribution.
    pub variational: bool,
    /// What that divergence, in nats, is multiplied by (Higgins and others, 2017).
    pub beta: f64,
    /// What the sum of an image's absolute latents is multiplied by, which is then added to the mean loss of
    /// its numbers; 0 for a network that need not be sparse.
    pub sparsity: f64,
    /// What is done to images before the encoder sees them. The decoder's targets stay clean.
    pub noise: Noise,
    /// The standard deviation of Gaussian noise, or the share of numbers that masking sets to 0.
    pub noise_level: f64,
    /// The share of units of every hidden layer that a training step leaves out.
    pub dropout: f64,
    /// By how much of themselves weights and biases shrink in a step, times the learning rate (Loshchilov
    /// and Hutter, 2019).
    pub weight_decay: f64,
    /// What follows the decoder's last layer.
    pub output: Output,
    /// How a convolutional encoder makes its maps smaller.
    pub downsampling: Downsampling,
}

impl Default for Variant {
    fn default() -> Self {
        Self {
            variational: false,
            beta: 1.0,
            sparsity: 0.0,
            noise: Noise::None,
            noise_level: 0.5,
            dropout: 0.0,
            weight_decay: 0.0,
            output: Output::Sigmoid,
            downsampling: Downsampling::Strided,
        }
    }
}

/// What is done to images before the encoder sees them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Noise {
    /// Nothing.
    #[default]
    None,
    /// Normal draws are added to all numbers. Numbers between 0 and 1 are kept there.
    Gaussian,
    /// Some numbers become 0.
    Masking,
}

/// What follows the decoder's last layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Output {
    /// The logistic function: numbers from 0 to 1, as in the paper.
    #[default]
    Sigmoid,
    /// Nothing: any numbers.
    Linear,
}

/// How a convolutional encoder makes its maps smaller, and its decoder makes them larger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Downsampling {
    /// Convolutions move by two pixels; mirrored by transposed convolutions.
    #[default]
    Strided,
    /// The largest of every two by two pixels follows a convolution that moves by one; mirrored by
    /// repeating every pixel.
    Pooling,
}

impl Variant {
    /// Whether everything is as in the paper.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Every reason why a network of these `settings` cannot be trained so.
    pub(super) fn check(&self, settings: &Settings) -> Vec<SettingError> {
        let mut errors = Vec::new();
        let mut refuse = |field: &str, message: &str| {
            errors.push(SettingError {
                field: field.into(),
                message: message.into(),
            });
        };
        for (field, what, value) in [
            ("beta", "β", self.beta),
            ("sparsity", "Sparsity", self.sparsity),
        ] {
            if !(0.0..=MAX_WEIGHT).contains(&value) {
                let message = format!("{what} must be a number from 0 to {MAX_WEIGHT}.");
                refuse(field, &message);
            }
        }
        if self.noise != Noise::None && !(self.noise_level > 0.0 && self.noise_level < 10.0) {
            refuse(
                "noise_level",
                "The level of noise must be a number above 0 and below 10.",
            );
        }
        if self.noise == Noise::Masking && self.noise_level >= 1.0 {
            refuse(
                "noise_level",
                "The share of numbers that are masked must be below 1.",
            );
        }
        if !(0.0..=0.9).contains(&self.dropout) {
            refuse("dropout", "Dropout must be a number from 0 to 0.9.");
        }
        let hidden = match settings.kind {
            NetworkKind::Dense => &settings.hidden,
            NetworkKind::Convolutional => &settings.filters,
        };
        if self.dropout > 0.0 && hidden.is_empty() {
            refuse(
                "dropout",
                "Dropout leaves out units of hidden layers, and there are none: add one, or choose 0.",
            );
        }
        if !(0.0..=1.0).contains(&self.weight_decay) {
            refuse("weight_decay", "Weight decay must be a number from 0 to 1.");
        }
        if self.variational && self.sparsity > 0.0 {
            refuse(
                "sparsity",
                "A variational network's latents are held to a normal distribution, not made sparse: \
                 choose one of the two.",
            );
        }
        if self.output == Output::Linear && settings.loss == Loss::Bce {
            refuse(
                "output",
                "Cross-entropy needs reconstructions from 0 to 1: choose another loss, or a sigmoid at \
                 the end.",
            );
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Spoil = fn(&mut Settings);

    #[test]
    fn what_cannot_be_trained_is_refused_by_its_field() {
        let good = Settings {
            loss: Loss::Mse,
            hidden: vec![8],
            variant: Variant {
                variational: true,
                dropout: 0.2,
                noise: Noise::Masking,
                output: Output::Linear,
                ..Variant::default()
            },
            ..Settings::default()
        };
        assert_eq!(good.variant.check(&good), []);
        let cases: [(Spoil, &str, &str); 9] = [
            (|of| of.variant.beta = f64::NAN, "beta", "from 0 to 1000"),
            (
                |of| of.variant.sparsity = -1.0,
                "sparsity",
                "from 0 to 1000",
            ),
            (|of| of.variant.sparsity = 0.1, "sparsity", "one of the two"),
            (|of| of.variant.noise_level = 0.0, "noise_level", "above 0"),
            (|of| of.variant.noise_level = 1.0, "noise_level", "below 1"),
            (|of| of.variant.dropout = 1.0, "dropout", "from 0 to 0.9"),
            (|of| of.hidden.clear(), "dropout", "there are none"),
            (
                |of| of.variant.weight_decay = 2.0,
                "weight_decay",
                "from 0 to 1",
            ),
            (|of| of.loss = Loss::Bce, "output", "another loss"),
        ];
        for (spoil, field, words) in cases {
            let mut settings = good.clone();
            spoil(&mut settings);
            let [
                SettingError {
                    field: found,
                    message,
                },
            ] = &settings.variant.check(&settings)[..]
            else {
                panic!("{field} is refused once");
            };
            assert_eq!(found, field);
            assert!(message.contains(words), "{message}");
        }
    }
}
