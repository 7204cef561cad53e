//! What each layer of Keras does, with its weights.

use ndarray::Array1;
use serde_json::Value;

use super::super::chain::{Chain, Layer, normalisation};
use super::super::error::{Fault, shortened};
use super::super::tensor::{Budget, Tensor};
use super::config::Planned;
use crate::model::Activation;

const DENSE_ONLY: &str =
    "use Dense layers with dropout, batch normalisation and activations between them";

/// A variable of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Variable {
    Kernel,
    Bias,
    Gamma,
    Beta,
    MovingMean,
    MovingVariance,
}

impl Variable {
    pub fn name(self) -> &'static str {
        match self {
            Self::Kernel => "kernel",
            Self::Bias => "bias",
            Self::Gamma => "gamma",
            Self::Beta => "beta",
            Self::MovingMean => "moving_mean",
            Self::MovingVariance => "moving_variance",
        }
    }
}

/// Where a file keeps its weights.
pub(in super::super) trait Weights {
    /// A variable of the layer at a place of the plan.
    fn get(
        &self,
        plan: &[Planned],
        at: usize,
        variable: Variable,
        budget: &mut Budget,
    ) -> Result<Tensor, Fault>;
}

/// The place among `names` of a layer's variable: the one called so, such as
/// `encoder/dense/kernel:0`, or else the one whose turn it is among the layers that `own` counts.
pub(in super::super) fn matching(
    plan: &[Planned],
    at: usize,
    variable: Variable,
    names: &[&str],
    own: impl Fn(&Planned) -> bool,
) -> Result<usize, Fault> {
    let parts = |name: &str| -> Vec<String> {
        let name = name.strip_suffix(":0").unwrap_or(name);
        name.rsplit('/').map(String::from).collect()
    };
    let of_kind: Vec<usize> = (0..names.len())
        .filter(|&at| parts(names[at])[0] == variable.name())
        .collect();
    let mut called = of_kind.iter().filter(|&&place| {
        parts(names[place]).get(1).map(String::as_str) == Some(plan[at].name.as_str())
    });
    if let (Some(&place), None) = (called.next(), called.next()) {
        return Ok(place);
    }
    let with_it = |planned: &Planned| own(planned) && planned.variables().contains(&variable);
    let turn = plan[..at].iter().filter(|planned| with_it(planned)).count();
    let turns = plan.iter().filter(|planned| with_it(planned)).count();
    if turns == of_kind.len() {
        return Ok(of_kind[turn]);
    }
    Err(Fault::damaged(format!(
        "layer \"{}\" lacks its {}",
        shortened(&plan[at].name),
        variable.name()
    )))
}

/// The plan's layers with their weights, and what was left out.
pub(in super::super) fn steps(
    plan: &[Planned],
    weights: &impl Weights,
    budget: &mut Budget,
) -> Result<(Vec<Layer>, Vec<String>), Fault> {
    check_input(plan)?;
    let mut chain = Chain::default();
    let mut notes = Vec::new();
    for (at, planned) in plan.iter().enumerate() {
        let name = planned.name.as_str();
        let part = (planned.trail.len() > 1).then(|| planned.trail[0].as_str());
        let mut variable = |variable| weights.get(plan, at, variable, budget);
        match planned.class.as_str() {
            "InputLayer" | "Flatten" | "Reshape" => {}
            "Dropout"
            | "AlphaDropout"
            | "GaussianDropout"
            | "GaussianNoise"
            | "SpatialDropout1D"
            | "ActivityRegularization" => notes.push(format!(
                "{} \"{}\" works only while training and was left out.",
                planned.class,
                shortened(name)
            )),
            "Dense" => {
                let kernel = variable(Variable::Kernel)?.matrix(name)?;
                let bias = if planned.on("use_bias") {
                    Some(variable(Variable::Bias)?.vector(name, kernel.ncols())?)
                } else {
                    None
                };
                chain.enter(part, budget)?;
                chain.dense(name, kernel, bias)?;
                let activation = activation(name, &planned.config["activation"])?;
                chain.activation(name, activation, budget)?;
            }
            "BatchNormalization" => {
                let variance = variable(Variable::MovingVariance)?;
                let length = variance.shape().iter().product();
                let mut all = |kind| variable(kind)?.vector(name, length);
                let mean = all(Variable::MovingMean)?;
                let gamma = if planned.on("scale") {
                    all(Variable::Gamma)?
                } else {
                    Array1::ones(length)
                };
                let beta = if planned.on("center") {
                    all(Variable::Beta)?
                } else {
                    Array1::zeros(length)
                };
                let variance = variance.vector(name, length)?;
                let epsilon = planned.number(&["epsilon"]).unwrap_or(1e-3);
                let (scale, shift) = normalisation(name, &gamma, &beta, &mean, &variance, epsilon)?;
                chain.enter(part, budget)?;
                chain.affine(name, scale, shift, budget)?;
                notes.push(format!(
                    "Batch normalisation \"{}\" was joined with its neighbours.",
                    shortened(name)
                ));
            }
            _ => {
                let activation = layer_activation(planned)?;
                chain.enter(part, budget)?;
                chain.activation(name, activation, budget)?;
            }
        }
    }
    Ok((chain.finish(budget)?, notes))
}

/// A dense layer on images that were not flattened works on every row of pixels by itself.
fn check_input(plan: &[Planned]) -> Result<(), Fault> {
    let axes = |planned: &Planned| {
        let shape = ["batch_shape", "batch_input_shape"]
            .iter()
            .find_map(|name| planned.config[*name].as_array())?;
        Some(shape.len().saturating_sub(1))
    };
    let Some(axes) = plan.iter().find_map(axes) else {
        return Ok(());
    };
    let first = plan
        .iter()
        .find(|planned| matches!(planned.class.as_str(), "Flatten" | "Reshape" | "Dense"));
    match first {
        Some(dense) if dense.class == "Dense" && axes > 1 => Err(Fault::new(
            format!(
                "its layer \"{}\" works on each row of an image by itself",
                shortened(&dense.name)
            ),
            "put a Flatten layer before it and train it again",
        )),
        _ => Ok(()),
    }
}

/// The activation of a layer that is nothing else.
fn layer_activation(planned: &Planned) -> Result<Activation, Fault> {
    let name = planned.name.as_str();
    let slope = |usual| {
        let slope = planned.number(&["negative_slope", "alpha"]);
        Activation::LeakyRelu {
            slope: slope.unwrap_or(usual) as f32,
        }
    };
    let cut = planned.number(&["threshold", "theta"]).unwrap_or(0.0) != 0.0
        || !planned.config["max_value"].is_null();
    match planned.class.as_str() {
        "Activation" => activation(name, &planned.config["activation"]),
        "LeakyReLU" => Ok(slope(0.3)),
        "ReLU" if !cut => match slope(0.0) {
            Activation::LeakyRelu { slope: 0.0 } => Ok(Activation::Relu),
            leaky => Ok(leaky),
        },
        "ELU" => Ok(Activation::Elu {
            alpha: planned.number(&["alpha"]).unwrap_or(1.0) as f32,
        }),
        class => Err(Fault::new(
            format!(
                "its layer \"{}\" is of the class {}, which cannot be run here",
                shortened(name),
                shortened(class)
            ),
            DENSE_ONLY,
        )),
    }
}

/// An activation by its name, or a layer in the place of one.
fn activation(layer: &str, value: &Value) -> Result<Activation, Fault> {
    let class = value["class_name"].as_str();
    let function = class.is_none_or(|class| class == "function");
    let name = match value {
        Value::Null => return Ok(Activation::Linear),
        Value::String(name) => name.as_str(),
        _ if function => value["config"].as_str().unwrap_or_default(),
        _ => {
            return layer_activation(&Planned {
                name: layer.into(),
                class: class.unwrap_or_default().into(),
                trail: Vec::new(),
                stored: String::new(),
                config: value["config"].clone(),
            });
        }
    };
    // Names of two ages: leakyReLU of TensorFlow.js beside leaky_relu.
    Ok(match name.to_lowercase().replace('_', "").as_str() {
        "linear" => Activation::Linear,
        "relu" => Activation::Relu,
        "leakyrelu" => Activation::LeakyRelu { slope: 0.2 },
        "elu" => Activation::Elu { alpha: 1.0 },
        "selu" => Activation::Selu,
        "softplus" => Activation::Softplus,
        "softsign" => Activation::Softsign,
        "silu" | "swish" => Activation::Silu,
        "tanh" => Activation::Tanh,
        "sigmoid" => Activation::Sigmoid,
        _ => {
            return Err(Fault::new(
                format!(
                    "its layer \"{}\" has the activation {}, which cannot be run here",
                    shortened(layer),
                    shortened(name)
                ),
                "use ReLU, LeakyReLU, ELU, SELU, softplus, softsign, SiLU, tanh, sigmoid or none",
            ));
        }
    })
}
