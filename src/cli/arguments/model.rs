//! A trained model to explain, and what its files do not say.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use latent_lens::model;
use latent_lens::model::files::Hints;

/// A trained model to explain.
#[derive(Debug, Args)]
pub struct Model {
    /// The files of a trained autoencoder, or their folder, to be explained instead of a new one:
    /// Keras, PyTorch, safetensors, TensorFlow.js or ONNX. It is explained on all images that are given,
    /// unless --explain says otherwise.
    #[arg(
        id = "model",
        long,
        value_name = "FILE",
        num_args = 1..,
        conflicts_with_all = ["dims", "hidden", "epochs"]
    )]
    pub files: Vec<PathBuf>,

    /// The model's activations, one a layer, where its files hold weights only: linear, relu,
    /// leaky-relu:SLOPE, elu:ALPHA, selu, softplus, softsign, silu, tanh or sigmoid.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', requires = "model")]
    pub activations: Option<Vec<Activation>>,

    /// How many of the model's layers are its encoder, where it is narrowest in several places.
    #[arg(long, value_name = "LAYERS", requires = "model")]
    pub bottleneck: Option<usize>,

    /// The names of the model's layers in the order in which they follow each other, where its files
    /// do not tell.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', requires = "model")]
    pub order: Option<Vec<String>>,
}

impl Model {
    /// What was said of the model.
    pub fn hints(&self) -> Hints {
        let activations = self.activations.as_ref();
        Hints {
            activations: activations.map(|all| {
                all.iter()
                    .map(|Activation(activation)| *activation)
                    .collect()
            }),
            bottleneck: self.bottleneck,
            order: self.order.clone(),
        }
    }
}

/// An activation, as it is typed: its name, and its parameter after a colon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activation(pub model::Activation);

impl FromStr for Activation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        use model::Activation as Of;
        let (name, parameter) = match text.split_once(':') {
            Some((name, parameter)) => (name, Some(parameter)),
            None => (text, None),
        };
        let value = || -> Result<f32, String> {
            let value = parameter.and_then(|parameter| parameter.parse().ok());
            value
                .filter(|value: &f32| value.is_finite())
                .ok_or_else(|| format!("give its parameter as a number, such as {name}:0.3"))
        };
        let activation = match name {
            "leaky-relu" => return Ok(Self(Of::LeakyRelu { slope: value()? })),
            "elu" => return Ok(Self(Of::Elu { alpha: value()? })),
            "linear" => Of::Linear,
            "relu" => Of::Relu,
            "selu" => Of::Selu,
            "softplus" => Of::Softplus,
            "softsign" => Of::Softsign,
            "silu" => Of::Silu,
            "tanh" => Of::Tanh,
            "sigmoid" => Of::Sigmoid,
            _ => {
                return Err(
                    "choose one of linear, relu, leaky-relu:SLOPE, elu:ALPHA, selu, \
                            softplus, softsign, silu, tanh and sigmoid"
                        .into(),
                );
            }
        };
        match parameter {
            Some(_) => Err(format!("{name} has no parameter")),
            None => Ok(Self(activation)),
        }
    }
}

impl std::fmt::Display for Activation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use model::Activation as Of;
        match self.0 {
            Of::LeakyRelu { slope } => write!(f, "leaky-relu:{slope}"),
            Of::Elu { alpha } => write!(f, "elu:{alpha}"),
            Of::Linear => write!(f, "linear"),
            Of::Relu => write!(f, "relu"),
            Of::Selu => write!(f, "selu"),
            Of::Softplus => write!(f, "softplus"),
            Of::Softsign => write!(f, "softsign"),
            Of::Silu => write!(f, "silu"),
            Of::Tanh => write!(f, "tanh"),
            Of::Sigmoid => write!(f, "sigmoid"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activations_are_read_as_they_are_written() {
        for name in [
            "linear",
            "relu",
            "leaky-relu:0.25",
            "elu:1",
            "selu",
            "softplus",
            "softsign",
            "silu",
            "tanh",
            "sigmoid",
        ] {
            assert_eq!(name.parse::<Activation>().unwrap().to_string(), name);
        }
        for bad in [
            "",
            "Relu",
            "relu:1",
            "elu",
            "elu:x",
            "leaky-relu:inf",
            "gelu",
        ] {
            assert!(bad.parse::<Activation>().is_err(), "{bad}");
        }
    }
}
