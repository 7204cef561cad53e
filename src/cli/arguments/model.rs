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
    /// leaky-relu:SLOPE, relu6, clipped-relu:MAX:SLOPE:THRESHOLD, elu:ALPHA, selu,
    /// scaled-elu:ALPHA:SCALE, gelu, gelu-tanh, silu, swish:BETA, softplus, softsign, tanh or
    /// sigmoid.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', requires = "model")]
    pub activations: Option<Vec<Activation>>,

    /// How many of the model's layers are its encoder, where it is narrowest in several places.
    #[arg(long, value_name = "LAYERS", requires = "model")]
    pub bottleneck: Option<usize>,

    /// The names of the model's layers in the order in which they follow each other, where its files
    /// do not tell. Layers that are not named are left out, such as a variational model's
    /// log-variances.
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
        let values = |usual: &[f32]| -> Result<Vec<f32>, String> {
            let given = parameter.unwrap_or_default().split(':');
            let given: Option<Vec<f32>> = given.map(|value| value.parse().ok()).collect();
            let given = given.filter(|given| {
                given.len() == usual.len() && given.iter().all(|value| value.is_finite())
            });
            let usual: Vec<String> = usual.iter().map(f32::to_string).collect();
            let what = ["parameter as a number", "parameters as numbers"];
            let what = what[usize::from(usual.len() > 1)];
            given.ok_or_else(|| format!("give its {what}, such as {name}:{}", usual.join(":")))
        };
        let activation = match name {
            "leaky-relu" => Of::LeakyRelu {
                slope: values(&[0.3])?[0],
            },
            "elu" => Of::Elu {
                alpha: values(&[1.0])?[0],
            },
            "swish" => Of::Swish {
                beta: values(&[1.5])?[0],
            },
            "scaled-elu" => {
                let given = values(&[1.5, 1.0])?;
                Of::ScaledElu {
                    alpha: given[0],
                    scale: given[1],
                }
            }
            "clipped-relu" => {
                let given = values(&[6.0, 0.1, 0.0])?;
                Of::ClippedRelu {
                    max: given[0],
                    slope: given[1],
                    threshold: given[2],
                }
            }
            _ if parameter.is_some() => return Err(format!("{name} has no parameter")),
            "linear" => Of::Linear,
            "relu" => Of::Relu,
            "relu6" => RELU6,
            "selu" => Of::Selu,
            "gelu" => Of::Gelu,
            "gelu-tanh" => Of::GeluTanh,
            "softplus" => Of::Softplus,
            "softsign" => Of::Softsign,
            "silu" => Of::Silu,
            "tanh" => Of::Tanh,
            "sigmoid" => Of::Sigmoid,
            _ => {
                return Err("choose one of linear, relu, leaky-relu:SLOPE, relu6, \
                     clipped-relu:MAX:SLOPE:THRESHOLD, elu:ALPHA, selu, scaled-elu:ALPHA:SCALE, \
                     gelu, gelu-tanh, silu, swish:BETA, softplus, softsign, tanh and sigmoid"
                    .into());
            }
        };
        Ok(Self(activation))
    }
}

const RELU6: model::Activation = model::Activation::ClippedRelu {
    max: 6.0,
    slope: 0.0,
    threshold: 0.0,
};

impl std::fmt::Display for Activation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use model::Activation as Of;
        match self.0 {
            Of::LeakyRelu { slope } => write!(f, "leaky-relu:{slope}"),
            Of::Elu { alpha } => write!(f, "elu:{alpha}"),
            RELU6 => write!(f, "relu6"),
            Of::ClippedRelu {
                max,
                slope,
                threshold,
            } => write!(f, "clipped-relu:{max}:{slope}:{threshold}"),
            Of::ScaledElu { alpha, scale } => write!(f, "scaled-elu:{alpha}:{scale}"),
            Of::Swish { beta } => write!(f, "swish:{beta}"),
            Of::Gelu => write!(f, "gelu"),
            Of::GeluTanh => write!(f, "gelu-tanh"),
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
            "relu6",
            "clipped-relu:4:0.1:-1",
            "scaled-elu:1.5:2",
            "swish:1.702",
            "gelu",
            "gelu-tanh",
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
            "mish",
            "gelu:1",
            "scaled-elu:1",
            "clipped-relu:1:2:3:4",
        ] {
            assert!(bad.parse::<Activation>().is_err(), "{bad}");
        }
    }
}
