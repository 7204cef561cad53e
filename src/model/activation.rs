//! What a layer does to each of its sums: all that is known of an activation, from its formula to what it
//! is called in the files of other libraries.
//!
//! A new one is told here and in `www/model/activations.ts`, which tests hold to each other; what it is
//! on a graphics card stands in `src/gpu/activation.wgsl`, by its key.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
#[cfg(feature = "models")]
use serde_json::{Value, json};

use crate::math::kernel::Plain;
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
    /// `slope` · x + 0.5, held within 0 and 1.
    HardSigmoid {
        /// 1/6 in Keras 3 and PyTorch, 0.2 in Keras 2 and TensorFlow.js.
        slope: f32,
    },
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
            Self::HardSigmoid { slope } => (15, [slope, 0.0, 0.0]),
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
            Self::Silu => sum * sigmoid::<Plain>(sum),
            Self::Tanh => sum.tanh(),
            Self::Sigmoid => sigmoid::<Plain>(sum),
            Self::HardSigmoid { slope } => (slope * sum + 0.5).clamp(0.0, 1.0),
            Self::ClippedRelu { max, .. } if sum >= max => max,
            Self::ClippedRelu { threshold, .. } if sum >= threshold => sum,
            Self::ClippedRelu {
                slope, threshold, ..
            } => slope * (sum - threshold),
            Self::ScaledElu { alpha, scale } => scale * elu(sum, alpha),
            Self::Swish { beta } => sum * sigmoid::<Plain>(beta * sum),
            Self::Gelu => greater(sum, 0.0) - sum.abs() * normal_tail(sum.abs()),
            Self::GeluTanh => {
                let x = sum.clamp(-10.0, 10.0);
                sum * sigmoid::<Plain>(1.595_769 * (x + 0.044_715 * x * x * x))
            }
        }
    }
}

#[cfg(all(feature = "engine", feature = "general"))]
impl Activation {
    /// The derivative of [`Activation::apply`]; where it jumps, that of PyTorch: of the side below.
    #[must_use]
    pub(crate) fn derivative(self, sum: f32) -> f32 {
        // Of x · s(x), where s is a sigmoid of something with this slope.
        let gated = |s: f32, slope: f32| s + sum * s * (1.0 - s) * slope;
        match self {
            Self::Linear => 1.0,
            Self::Relu => f32::from(u8::from(sum > 0.0)),
            Self::LeakyRelu { slope } => leaky_slope(sum, slope),
            Self::Elu { alpha } => elu_slope(sum, alpha),
            Self::Selu => SELU_SCALE * elu_slope(sum, SELU_ALPHA),
            Self::ScaledElu { alpha, scale } => scale * elu_slope(sum, alpha),
            Self::Softplus => sigmoid::<Plain>(sum),
            Self::Softsign => (1.0 + sum.abs()).powi(-2),
            Self::Silu => gated(sigmoid::<Plain>(sum), 1.0),
            Self::Swish { beta } => gated(sigmoid::<Plain>(beta * sum), beta),
            Self::Tanh => 1.0 - sum.tanh().powi(2),
            Self::Sigmoid => sigmoid::<Plain>(sum) * sigmoid::<Plain>(-sum),
            Self::HardSigmoid { slope } => {
                let inside = (slope * sum).abs() < 0.5;
                slope * f32::from(u8::from(inside))
            }
            Self::ClippedRelu { max, .. } if sum >= max => 0.0,
            Self::ClippedRelu {
                slope, threshold, ..
            } => leaky_slope(sum - threshold, slope),
            Self::Gelu => {
                let tail = normal_tail(sum.abs());
                let below = if sum > 0.0 { 1.0 - tail } else { tail };
                below + sum * 0.398_942_3 * (-0.5 * sum * sum).exp()
            }
            Self::GeluTanh => {
                let x = sum.clamp(-10.0, 10.0);
                let s = sigmoid::<Plain>(1.595_769 * (x + 0.044_715 * x * x * x));
                gated(s, 1.595_769 * (1.0 + 0.134_145 * x * x))
            }
        }
    }

    /// The derivative at every one of some sums: in loops of their own for the usual ones, as
    /// [`Activation::activate`].
    pub(crate) fn differentiate(self, sums: &mut [f32]) {
        match self {
            Self::Linear => sums.fill(1.0),
            Self::Relu => sums
                .iter_mut()
                .for_each(|sum| *sum = Self::Relu.derivative(*sum)),
            other => sums
                .iter_mut()
                .for_each(|sum| *sum = other.derivative(*sum)),
        }
    }
}

#[cfg(all(feature = "engine", feature = "general"))]
fn leaky_slope(sum: f32, slope: f32) -> f32 {
    if sum > 0.0 { 1.0 } else { slope }
}

#[cfg(all(feature = "engine", feature = "general"))]
fn elu_slope(sum: f32, alpha: f32) -> f32 {
    if sum > 0.0 { 1.0 } else { alpha * sum.exp() }
}

#[cfg(any(feature = "engine-cpu", all(feature = "engine", feature = "general")))]
impl Activation {
    /// The activation of every one of some sums: in a loop of its own for the usual ones, so that it becomes
    /// SIMD.
    pub(crate) fn activate(self, sums: &mut [f32]) {
        match self {
            Self::Linear => {}
            Self::Relu => sums.iter_mut().for_each(|sum| *sum = greater(*sum, 0.0)),
            Self::Sigmoid => sums
                .iter_mut()
                .for_each(|sum| *sum = sigmoid::<Plain>(*sum)),
            other => sums.iter_mut().for_each(|sum| *sum = other.apply(*sum)),
        }
    }
}

/// How people type each, with usual parameters. A parameter is a word in capitals after a colon.
const TYPED: [(&str, Activation); 18] = [
    ("linear", Activation::Linear),
    ("relu", Activation::Relu),
    ("leaky-relu:SLOPE", Activation::LeakyRelu { slope: 0.3 }),
    ("relu6", RELU6),
    (
        "clipped-relu:MAX:SLOPE:THRESHOLD",
        Activation::ClippedRelu {
            max: 6.0,
            slope: 0.1,
            threshold: 0.0,
        },
    ),
    ("elu:ALPHA", Activation::Elu { alpha: 1.0 }),
    ("selu", Activation::Selu),
    (
        "scaled-elu:ALPHA:SCALE",
        Activation::ScaledElu {
            alpha: 1.5,
            scale: 1.0,
        },
    ),
    ("gelu", Activation::Gelu),
    ("gelu-tanh", Activation::GeluTanh),
    ("silu", Activation::Silu),
    ("swish:BETA", Activation::Swish { beta: 1.5 }),
    ("softplus", Activation::Softplus),
    ("softsign", Activation::Softsign),
    ("tanh", Activation::Tanh),
    ("sigmoid", Activation::Sigmoid),
    ("hard-sigmoid", HARD_SIGMOID),
    ("hard-sigmoid:SLOPE", Activation::HardSigmoid { slope: 0.2 }),
];

const HARD_SIGMOID: Activation = Activation::HardSigmoid { slope: 1.0 / 6.0 };

const RELU6: Activation = Activation::ClippedRelu {
    max: 6.0,
    slope: 0.0,
    threshold: 0.0,
};

impl Activation {
    /// How all of them are typed, in one phrase.
    #[must_use]
    pub fn typed() -> String {
        let [others @ .., last] = TYPED.map(|(form, _)| form);
        format!("{} and {last}", others.join(", "))
    }

    /// The same with other parameters, in the order of its key; those that it does not have are left out.
    fn with(self, [first, second, third]: [f32; 3]) -> Self {
        match self {
            Self::LeakyRelu { .. } => Self::LeakyRelu { slope: first },
            Self::Elu { .. } => Self::Elu { alpha: first },
            Self::ClippedRelu { .. } => Self::ClippedRelu {
                max: first,
                slope: second,
                threshold: third,
            },
            Self::ScaledElu { .. } => Self::ScaledElu {
                alpha: first,
                scale: second,
            },
            Self::Swish { .. } => Self::Swish { beta: first },
            Self::HardSigmoid { .. } => Self::HardSigmoid { slope: first },
            alone => alone,
        }
    }
}

/// As it is typed: its name, and its parameters after colons.
impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, parameters) = self.key();
        let is_it = |(form, each): &&(&str, Self)| {
            each == self || each.key().0 == kind && form.contains(':')
        };
        let (form, _) = TYPED
            .iter()
            .find(is_it)
            .expect("every one is typed somehow");
        let mut parts = form.split(':');
        f.write_str(parts.next().unwrap_or_default())?;
        for (_, parameter) in parts.zip(parameters) {
            write!(f, ":{parameter}")?;
        }
        Ok(())
    }
}

impl FromStr for Activation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, given) = match text.split_once(':') {
            Some((name, given)) => (name, Some(given)),
            None => (text, None),
        };
        let form = |(form, _): &&(&str, Self)| form.split(':').next() == Some(name);
        let forms = || TYPED.iter().filter(form);
        let (form, usual) = forms()
            .find(|(form, _)| form.contains(':') == given.is_some())
            .or_else(|| forms().next())
            .ok_or_else(|| format!("choose one of {}", Self::typed()))?;
        let count = form.matches(':').count();
        if count == 0 && given.is_some() {
            return Err(format!("{name} has no parameter"));
        }
        let mut parameters = [0.0; 3];
        let values: Option<Vec<f32>> = match given {
            Some(given) => given.split(':').map(|value| value.parse().ok()).collect(),
            None => Some(Vec::new()),
        };
        match values {
            Some(values) if values.len() == count && values.iter().all(|of| of.is_finite()) => {
                if count == 0 {
                    return Ok(*usual);
                }
                parameters[..count].copy_from_slice(&values);
                Ok(usual.with(parameters))
            }
            _ => {
                let what = ["parameter as a number", "parameters as numbers"];
                let what = what[usize::from(count > 1)];
                Err(format!("give its {what}, such as {usual}"))
            }
        }
    }
}

/// One of the operations of ONNX that an activation is written as.
#[cfg(feature = "models")]
pub(super) struct Operation {
    /// What its result is called, after its layer; the last one's is the layer's.
    pub result: &'static str,
    pub name: &'static str,
    pub operands: Vec<Operand>,
    /// Numbers by name.
    pub attributes: Vec<(&'static str, f32)>,
}

/// What an [`Operation`] is applied to.
#[cfg(feature = "models")]
pub(super) enum Operand {
    /// What the layer has added up.
    Sums,
    Number(f32),
    /// What an operation before it gives.
    Result(&'static str),
}

/// In the files of ONNX.
#[cfg(feature = "models")]
impl Activation {
    /// The operations that compute it, of version 17.
    pub(super) fn onnx(self) -> Vec<Operation> {
        let alone = |name, attributes: &[_]| {
            vec![Operation {
                result: "",
                name,
                operands: vec![Operand::Sums],
                attributes: attributes.to_vec(),
            }]
        };
        match self {
            Self::Linear => Vec::new(),
            Self::Relu => alone("Relu", &[]),
            Self::LeakyRelu { slope } => alone("LeakyRelu", &[("alpha", slope)]),
            Self::Elu { alpha } => alone("Elu", &[("alpha", alpha)]),
            Self::Selu => alone("Selu", &[]),
            Self::Softplus => alone("Softplus", &[]),
            Self::Softsign => alone("Softsign", &[]),
            Self::Tanh => alone("Tanh", &[]),
            Self::Sigmoid => alone("Sigmoid", &[]),
            Self::HardSigmoid { slope } => alone("HardSigmoid", &[("alpha", slope), ("beta", 0.5)]),
            Self::ScaledElu { alpha, scale } => {
                alone("Selu", &[("alpha", alpha), ("gamma", scale)])
            }
            other => other.composed(),
        }
    }

    /// Those of an activation for which ONNX has no operation of its own.
    fn composed(self) -> Vec<Operation> {
        use Operand::{Number, Result, Sums};
        let then = |result, name, operands| Operation {
            result,
            name,
            operands,
            attributes: Vec::new(),
        };
        match self {
            // An operation of its own only since version 24.
            Self::Silu => vec![
                then("gate", "Sigmoid", vec![Sums]),
                then("", "Mul", vec![Sums, Result("gate")]),
            ],
            Self::Swish { beta } => vec![
                then("activation.scaled", "Mul", vec![Sums, Number(beta)]),
                then(
                    "activation.gate",
                    "Sigmoid",
                    vec![Result("activation.scaled")],
                ),
                then("", "Mul", vec![Sums, Result("activation.gate")]),
            ],
            Self::Gelu => vec![
                then(
                    "activation.scaled",
                    "Div",
                    vec![Sums, Number(std::f32::consts::SQRT_2)],
                ),
                then("activation.error", "Erf", vec![Result("activation.scaled")]),
                then(
                    "activation.both",
                    "Add",
                    vec![Result("activation.error"), Number(1.0)],
                ),
                then(
                    "activation.twice",
                    "Mul",
                    vec![Sums, Result("activation.both")],
                ),
                then("", "Mul", vec![Result("activation.twice"), Number(0.5)]),
            ],
            Self::GeluTanh => vec![
                then("activation.square", "Mul", vec![Sums, Sums]),
                then(
                    "activation.cube",
                    "Mul",
                    vec![Result("activation.square"), Sums],
                ),
                then(
                    "activation.part",
                    "Mul",
                    vec![Result("activation.cube"), Number(0.044_715)],
                ),
                then(
                    "activation.sum",
                    "Add",
                    vec![Sums, Result("activation.part")],
                ),
                then(
                    "activation.scaled",
                    "Mul",
                    vec![Result("activation.sum"), Number(0.797_884_6)],
                ),
                then("activation.tanh", "Tanh", vec![Result("activation.scaled")]),
                then(
                    "activation.both",
                    "Add",
                    vec![Result("activation.tanh"), Number(1.0)],
                ),
                then(
                    "activation.twice",
                    "Mul",
                    vec![Sums, Result("activation.both")],
                ),
                then("", "Mul", vec![Result("activation.twice"), Number(0.5)]),
            ],
            Self::ClippedRelu {
                max,
                slope,
                threshold,
            } => vec![
                then("activation.shifted", "Sub", vec![Sums, Number(threshold)]),
                then(
                    "activation.below",
                    "Mul",
                    vec![Result("activation.shifted"), Number(slope)],
                ),
                then("activation.less", "Less", vec![Sums, Number(threshold)]),
                then(
                    "activation.open",
                    "Where",
                    vec![Result("activation.less"), Result("activation.below"), Sums],
                ),
                then("", "Min", vec![Result("activation.open"), Number(max)]),
            ],
            other => unreachable!("{other} is an operation"),
        }
    }

    /// The activation that an operation of this name is, if it is one. `number` gives an attribute, or what
    /// it usually is; `by_tanh` tells whether GELU is to be approximated.
    ///
    /// # Errors
    /// Where an attribute cannot be read.
    pub(super) fn of_onnx<E>(
        operation: &str,
        number: impl Fn(&str, f32) -> Result<f32, E>,
        by_tanh: impl Fn() -> Result<bool, E>,
    ) -> Result<Option<Self>, E> {
        Ok(Some(match operation {
            "Relu" => Self::Relu,
            "LeakyRelu" => Self::LeakyRelu {
                slope: number("alpha", 0.01)?,
            },
            "ThresholdedRelu" => Self::ClippedRelu {
                max: f32::MAX,
                slope: 0.0,
                threshold: number("alpha", 1.0)?,
            },
            "Elu" => Self::Elu {
                alpha: number("alpha", 1.0)?,
            },
            "Selu" => {
                let alpha = number("alpha", SELU_ALPHA)?;
                let scale = number("gamma", 1.050_701)?;
                let usual = (alpha - SELU_ALPHA).abs() < 1e-5 && (scale - 1.050_701).abs() < 1e-5;
                if usual {
                    Self::Selu
                } else {
                    Self::ScaledElu { alpha, scale }
                }
            }
            "Gelu" if by_tanh()? => Self::GeluTanh,
            "Gelu" => Self::Gelu,
            "Softplus" => Self::Softplus,
            "Softsign" => Self::Softsign,
            "Swish" => match number("alpha", 1.0)? {
                1.0 => Self::Silu,
                beta => Self::Swish { beta },
            },
            "Tanh" => Self::Tanh,
            "Sigmoid" => Self::Sigmoid,
            "HardSigmoid" if number("beta", 0.5)? == 0.5 => Self::HardSigmoid {
                slope: number("alpha", 0.2)?,
            },
            _ => return Ok(None),
        }))
    }

    /// Those that may give these numbers, with the parameters that they then have: an exporter may have
    /// written an activation as several operations.
    pub(super) fn of_values(at: impl Fn(f64) -> Option<f64>) -> Option<Vec<Self>> {
        let (up, down) = (at(1.0)?, at(-1.0)?);
        let fallen = 1.0 - (-1.0f64).exp();
        let gate = (up / (1.0 - up)).ln();
        // Far from where it bends.
        let (high, low) = (at(1e4)?, at(-1e4)?);
        let top = if at(2e4)? > high {
            f64::from(f32::MAX)
        } else {
            high
        };
        let steep = (low - at(-2e4)?) / 1e4;
        Some(vec![
            Self::Relu,
            Self::Silu,
            Self::Gelu,
            Self::GeluTanh,
            Self::Softplus,
            Self::Softsign,
            Self::Tanh,
            Self::Sigmoid,
            Self::LeakyRelu {
                slope: -down as f32,
            },
            Self::Elu {
                alpha: (-down / fallen) as f32,
            },
            Self::Selu,
            Self::ScaledElu {
                alpha: (-down / fallen / up) as f32,
                scale: up as f32,
            },
            Self::Swish { beta: gate as f32 },
            Self::ClippedRelu {
                max: top as f32,
                slope: -down as f32,
                threshold: 0.0,
            },
            Self::ClippedRelu {
                max: top as f32,
                slope: steep as f32,
                threshold: (-1e4 - low / steep) as f32,
            },
        ])
    }
}

/// How Keras 3 writes an activation.
#[cfg(feature = "models")]
pub(super) enum Keras {
    /// As a function of its layer.
    Function(Value),
    /// As layers after it: classes and configurations.
    Layers(Vec<(&'static str, Value)>),
}

/// In the files of Keras.
#[cfg(feature = "models")]
impl Activation {
    /// What may stand in a file, for a sentence that refuses another.
    pub(super) const OF_KERAS: &str = "ReLU, ReLU6, LeakyReLU, PReLU, ELU, SELU, GELU, softplus, softsign, \
         SiLU, tanh, sigmoid, hard sigmoid or none";

    pub(super) fn keras(self) -> Keras {
        let one = |class, config| Keras::Layers(vec![(class, config)]);
        let scaled = |scale: f32| ("Rescaling", json!({ "scale": scale, "offset": 0.0 }));
        let name = match self {
            Self::LeakyRelu { slope } => {
                return one("LeakyReLU", json!({ "negative_slope": slope }));
            }
            Self::Elu { alpha } => return one("ELU", json!({ "alpha": alpha })),
            Self::ClippedRelu {
                max,
                slope,
                threshold,
            } => {
                let max = if max == f32::MAX {
                    Value::Null
                } else {
                    max.into()
                };
                let config =
                    json!({ "max_value": max, "negative_slope": slope, "threshold": threshold });
                return one("ReLU", config);
            }
            Self::ScaledElu { alpha, scale } => {
                return Keras::Layers(vec![("ELU", json!({ "alpha": alpha })), scaled(scale)]);
            }
            // silu(beta · x) / beta
            Self::Swish { beta } => {
                let silu = ("Activation", json!({ "activation": "silu" }));
                return Keras::Layers(vec![scaled(beta), silu, scaled(beta.recip())]);
            }
            HARD_SIGMOID => "hard_sigmoid",
            // hard_sigmoid(6 · slope · x)
            Self::HardSigmoid { slope } => {
                let hard = ("Activation", json!({ "activation": "hard_sigmoid" }));
                return Keras::Layers(vec![scaled(6.0 * slope), hard]);
            }
            Self::GeluTanh => {
                return Keras::Function(json!({
                    "module": "keras.src.ops.nn",
                    "class_name": "Gelu",
                    "config": { "approximate": true },
                    "registered_name": null,
                }));
            }
            Self::Linear => "linear",
            Self::Relu => "relu",
            Self::Selu => "selu",
            Self::Gelu => "gelu",
            Self::Softplus => "softplus",
            Self::Softsign => "softsign",
            Self::Silu => "silu",
            Self::Tanh => "tanh",
            Self::Sigmoid => "sigmoid",
        };
        Keras::Function(name.into())
    }

    /// The function of this name in Keras or TensorFlow.js; `keras` is the first number of the version, where
    /// that is known.
    pub(super) fn of_keras(function: &str, keras: Option<u32>) -> Option<Self> {
        // Names of two ages: leakyReLU of TensorFlow.js beside leaky_relu.
        Some(match function.to_lowercase().replace('_', "").as_str() {
            "linear" => Self::Linear,
            "relu" => Self::Relu,
            "relu6" => RELU6,
            "gelu" => Self::Gelu,
            "leakyrelu" => Self::LeakyRelu { slope: 0.2 },
            "elu" => Self::Elu { alpha: 1.0 },
            "selu" => Self::Selu,
            "softplus" => Self::Softplus,
            "softsign" => Self::Softsign,
            "silu" | "swish" => Self::Silu,
            "tanh" => Self::Tanh,
            "sigmoid" => Self::Sigmoid,
            "hardsigmoid" => match keras? {
                3.. => HARD_SIGMOID,
                _ => Self::HardSigmoid { slope: 0.2 },
            },
            _ => return None,
        })
    }

    /// What a layer of this class does that does nothing else.
    pub(super) fn of_keras_layer(class: &str, config: &Value) -> Option<Self> {
        let number = |names: &[&str]| names.iter().find_map(|name| config[*name].as_f64());
        let slope = |usual| number(&["negative_slope", "alpha"]).unwrap_or(usual) as f32;
        Some(match class {
            "LeakyReLU" => Self::LeakyRelu { slope: slope(0.3) },
            "ReLU" | "ThresholdedReLU" => {
                let max = number(&["max_value"]);
                let usual = if class == "ReLU" { 0.0 } else { 1.0 };
                let threshold = number(&["threshold", "theta"]).unwrap_or(usual);
                match (max, threshold, slope(0.0)) {
                    (None, 0.0, 0.0) => Self::Relu,
                    (None, 0.0, slope) => Self::LeakyRelu { slope },
                    (max, threshold, slope) => Self::ClippedRelu {
                        max: max.map_or(f32::MAX, |max| max as f32),
                        slope,
                        threshold: threshold as f32,
                    },
                }
            }
            "GELU" | "Gelu" if config["approximate"].as_bool() == Some(true) => Self::GeluTanh,
            "GELU" | "Gelu" => Self::Gelu,
            "ELU" => Self::Elu {
                alpha: number(&["alpha"]).unwrap_or(1.0) as f32,
            },
            _ => return None,
        })
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
        let formulas: [(Activation, Formula); 18] = [
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
            (HARD_SIGMOID, |x| (x + 3.0).clamp(0.0, 6.0) / 6.0),
            (Activation::HardSigmoid { slope: 0.2 }, |x| {
                (0.2 * x + 0.5).clamp(0.0, 1.0)
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

    #[cfg(all(feature = "engine", feature = "general"))]
    #[test]
    fn derivatives_are_slopes() {
        for (_, activation) in TYPED {
            // Not where one bends.
            for at in [-7.3f32, -3.1, -1.7, -0.4, 0.3, 1.3, 2.9, 7.1] {
                let step = 0.02;
                let rise = f64::from(activation.apply(at + step) - activation.apply(at - step));
                let slope = rise / f64::from((at + step) - (at - step));
                let found = f64::from(activation.derivative(at));
                assert!(
                    (found - slope).abs() < 2e-4,
                    "{activation} at {at}: {found}, {slope}"
                );
                let mut all = [at];
                activation.differentiate(&mut all);
                assert_eq!(f64::from(all[0]), found);
            }
        }
        assert_eq!(Activation::Relu.derivative(0.0), 0.0);
    }

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
            "hard-sigmoid",
            "hard-sigmoid:0.2",
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
