//! What each layer of Keras does, with its weights.

use ndarray::Array1;
use serde_json::Value;

use super::super::chain::{Chain, Line, Seen, normalisation};
use super::super::error::{Fault, shortened};
use super::super::tensor::{Budget, Tensor};
use super::config::{Plan, Planned, shape};
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
    /// Of a layer that standardises.
    Mean,
    Variance,
    Count,
    /// Slopes.
    Alpha,
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
            Self::Mean => "mean",
            Self::Variance => "variance",
            Self::Count => "count",
            Self::Alpha => "alpha",
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
    // A layer that is called twice has its variables once.
    let mut turns: Vec<&str> = Vec::new();
    for planned in plan {
        let with_it = own(planned) && planned.variables().contains(&variable);
        if with_it && !turns.contains(&planned.stored.as_str()) {
            turns.push(&planned.stored);
        }
    }
    let turn = turns.iter().position(|&stored| stored == plan[at].stored);
    if let Some(turn) = turn.filter(|_| turns.len() == of_kind.len()) {
        return Ok(of_kind[turn]);
    }
    Err(Fault::damaged(format!(
        "layer \"{}\" lacks its {}",
        shortened(&plan[at].name),
        variable.name()
    )))
}

/// What a plan comes to.
pub(in super::super) struct Steps {
    pub line: Line,
    /// What was left out.
    pub notes: Vec<String>,
}

/// The plan's layers with their weights.
#[expect(clippy::too_many_lines, reason = "a table of classes")]
pub(in super::super) fn steps(
    plan: &Plan,
    weights: &impl Weights,
    budget: &mut Budget,
) -> Result<Steps, Fault> {
    let line: Vec<&Planned> = plan.line.iter().map(|&at| &plan.all[at]).collect();
    check_input(&line)?;
    let mut chain = Chain::default();
    let mut notes = plan.notes.clone();
    let mut axes = line.first().and_then(|input| shape(&input.config));
    for &at in &plan.line {
        let planned = &plan.all[at];
        let name = planned.name.as_str();
        let part = (planned.trail.len() > 1).then(|| planned.trail[0].as_str());
        let mut variable = |variable| weights.get(&plan.all, at, variable, budget);
        match planned.class.as_str() {
            "" | "InputLayer" | "Identity" => {}
            "Flatten" => axes = axes.map(|axes| vec![axes.iter().product()]),
            "Reshape" => axes = reshaped(axes, planned),
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
                axes = Some(vec![kernel.ncols()]);
                chain.enter(part, budget)?;
                chain.dense(name, kernel, bias)?;
                let activation = activation(name, &planned.config["activation"], plan.keras)?;
                chain.activation(name, activation, budget)?;
            }
            "BatchNormalization" => {
                let variance = variable(Variable::MovingVariance)?;
                let length = variance.shape().iter().product();
                let mut all = |kind| -> Result<Array1<f64>, Fault> {
                    Ok(variable(kind)?.vector(name, length)?.mapv(f64::from))
                };
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
                let variance = variance.vector(name, length)?.mapv(f64::from);
                let seen = Seen { mean, variance };
                let epsilon = planned.number(&["epsilon"]).unwrap_or(1e-3);
                let (scale, shift) = normalisation(name, &gamma, &beta, &seen, epsilon)?;
                let each = (
                    each(scale, planned, axes.as_ref())?,
                    each(shift, planned, axes.as_ref())?,
                );
                chain.enter(part, budget)?;
                chain.normalise(name, &seen, each, budget)?;
                notes.push(format!(
                    "Batch normalisation \"{}\" was joined with its neighbours.",
                    shortened(name)
                ));
            }
            "Normalization" => {
                let (seen, scale, shift) = standardised(planned, &mut variable)?;
                let each = (
                    each(scale, planned, axes.as_ref())?,
                    each(shift, planned, axes.as_ref())?,
                );
                chain.enter(part, budget)?;
                chain.normalise(name, &seen, each, budget)?;
            }
            "Rescaling" => {
                let numbers = |key, usual| match given(&planned.config[key]) {
                    numbers if numbers.is_empty() => Array1::from_elem(1, usual),
                    numbers => Array1::from(numbers),
                };
                let scale = each(numbers("scale", 1.0), planned, axes.as_ref())?;
                let shift = each(numbers("offset", 0.0), planned, axes.as_ref())?;
                chain.enter(part, budget)?;
                chain.affine(name, scale, shift, budget)?;
            }
            "PReLU" => {
                let slopes = variable(Variable::Alpha)?;
                let length = slopes.shape().iter().product();
                let slopes = slopes.vector(name, length)?;
                chain.enter(part, budget)?;
                if chain.prelu(name, &slopes, budget)? {
                    notes.push(slopes_of_their_own(name));
                }
            }
            _ => {
                chain.enter(part, budget)?;
                if let Some((scale, shift)) = arithmetic(planned) {
                    let [scale, shift] = [scale, shift].map(|number| Array1::from_elem(1, number));
                    chain.affine(name, scale, shift, budget)?;
                } else {
                    chain.activation(name, layer_activation(planned, plan.keras)?, budget)?;
                }
            }
        }
    }
    Ok(Steps {
        line: chain.finish(budget)?,
        notes,
    })
}

/// What is said of a PReLU that is no single layer's activation.
pub(in super::super) fn slopes_of_their_own(name: &str) -> String {
    format!(
        "PReLU \"{}\" has a slope for every unit: it is read as ReLU of twice the units and a layer that adds \
         them up.",
        shortened(name)
    )
}

/// Mean and variance that a layer has seen or was given, and what it does with them.
fn standardised(
    planned: &Planned,
    variable: &mut impl FnMut(Variable) -> Result<Tensor, Fault>,
) -> Result<(Seen, Array1<f64>, Array1<f64>), Fault> {
    // What Keras divides by at least.
    const EPSILON: f64 = 1e-7;
    let name = planned.name.as_str();
    let mut numbers = |key: &str, kind| -> Result<Array1<f64>, Fault> {
        if !planned.config["mean"].is_null() {
            return Ok(Array1::from(given(&planned.config[key])));
        }
        let stored = variable(kind)?;
        let length = stored.shape().iter().product();
        Ok(stored.vector(name, length)?.mapv(f64::from))
    };
    let mean = numbers("mean", Variable::Mean)?;
    let variance = numbers("variance", Variable::Variance)?;
    if mean.is_empty() || mean.len() != variance.len() || variance.iter().any(|&value| value < 0.0)
    {
        return Err(Fault::damaged(format!(
            "layer \"{}\" lacks a mean and a variance that fit each other",
            shortened(name)
        )));
    }
    let deviation = variance.mapv(|variance| variance.sqrt().max(EPSILON));
    let (scale, shift) = if planned.config["invert"].as_bool() == Some(true) {
        (deviation, mean.clone())
    } else {
        (deviation.recip(), -&mean / &deviation)
    };
    Ok((Seen { mean, variance }, scale, shift))
}

/// The numbers of a configuration's value: one, or lists of them.
fn given(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(given).collect(),
        value => value.as_f64().into_iter().collect(),
    }
}

/// One number for all, or one for every number of an image, of numbers along some of its axes: those
/// that the layer's `axis` names, or the last.
fn each(
    values: Array1<f64>,
    planned: &Planned,
    shape: Option<&Vec<usize>>,
) -> Result<Array1<f64>, Fault> {
    const LARGEST: usize = 1 << 24;
    let Some(shape) = shape.filter(|shape| values.len() > 1 && shape.len() > 1) else {
        return Ok(values);
    };
    let count = shape
        .iter()
        .try_fold(1usize, |all, &axis| all.checked_mul(axis));
    let unfit = || {
        Fault::new(
            format!(
                "layer \"{}\" has {} numbers for images of the shape {shape:?}",
                shortened(&planned.name),
                values.len()
            ),
            "save the whole model again",
        )
    };
    let count = count.filter(|&count| count <= LARGEST).ok_or_else(unfit)?;
    let rank = shape.len() as i64;
    let axis = &planned.config["axis"];
    let named: Vec<i64> = match axis {
        Value::Array(axes) => axes.iter().filter_map(Value::as_i64).collect(),
        axis => vec![axis.as_i64().unwrap_or(-1)],
    };
    // They count the axis of images first.
    let mut axes: Vec<i64> = named
        .iter()
        .map(|&axis| if axis < 0 { axis + rank } else { axis - 1 })
        .collect();
    axes.sort_unstable();
    axes.dedup();
    if axes.iter().any(|axis| !(0..rank).contains(axis)) {
        return Err(unfit());
    }
    let along = axes.iter().map(|&axis| shape[axis as usize]);
    if along.product::<usize>() != values.len() {
        return Err(unfit());
    }
    let all = (0..count).map(|at| {
        let mut place = 0;
        for &axis in &axes {
            let inner: usize = shape[axis as usize + 1..].iter().product();
            place = place * shape[axis as usize] + at / inner % shape[axis as usize];
        }
        values[place]
    });
    Ok(all.collect())
}

fn reshaped(axes: Option<Vec<usize>>, planned: &Planned) -> Option<Vec<usize>> {
    let count: usize = axes?
        .iter()
        .try_fold(1usize, |all, &axis| all.checked_mul(axis))?;
    let wanted: Vec<i64> = planned.config["target_shape"]
        .as_array()?
        .iter()
        .filter_map(Value::as_i64)
        .collect();
    let known: usize = wanted
        .iter()
        .filter(|&&axis| axis > 0)
        .try_fold(1usize, |all, &axis| all.checked_mul(axis as usize))?;
    let free = count / known;
    Some(
        wanted
            .iter()
            .map(|&axis| if axis > 0 { axis as usize } else { free })
            .collect(),
    )
}

/// An operation on the numbers themselves with one constant: scale and shift.
fn arithmetic(planned: &Planned) -> Option<(f64, f64)> {
    let function = planned.config["function"].as_str().unwrap_or_default();
    let operation = match planned.class.as_str() {
        "TFOpLambda" => function
            .rsplit('.')
            .next()
            .unwrap_or_default()
            .to_lowercase(),
        class => class.to_lowercase(),
    };
    let call = &planned.call;
    let (constant, first) = match call["args"].as_array() {
        Some(args) => {
            let first = args.first().is_some_and(Value::is_number);
            let number = args.iter().find_map(Value::as_f64);
            (number.or_else(|| call["kwargs"]["x2"].as_f64()), first)
        }
        None => (
            call[0][3]["y"].as_f64().or_else(|| call[3]["y"].as_f64()),
            false,
        ),
    };
    let constant = constant?;
    match (operation.as_str(), first) {
        ("add", _) => Some((1.0, constant)),
        ("multiply" | "mul", _) => Some((constant, 0.0)),
        ("subtract" | "sub", false) => Some((1.0, -constant)),
        ("subtract" | "sub", true) => Some((-1.0, constant)),
        ("divide" | "truedivide" | "truediv", false) if constant != 0.0 => {
            Some((constant.recip(), 0.0))
        }
        _ => None,
    }
}

/// A dense layer on images that were not flattened works on every row of pixels by itself.
fn check_input(plan: &[&Planned]) -> Result<(), Fault> {
    let axes = |planned: &&Planned| {
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
fn layer_activation(planned: &Planned, keras: Option<u32>) -> Result<Activation, Fault> {
    let name = planned.name.as_str();
    let class = planned.class.as_str();
    if class == "Activation" {
        return activation(name, &planned.config["activation"], keras);
    }
    Activation::of_keras_layer(class, &planned.config).ok_or_else(|| {
        Fault::new(
            format!(
                "its layer \"{}\" is of the class {}, which cannot be run here",
                shortened(name),
                shortened(class)
            ),
            DENSE_ONLY,
        )
    })
}

/// An activation by its name, or a layer in the place of one.
fn activation(layer: &str, value: &Value, keras: Option<u32>) -> Result<Activation, Fault> {
    let class = value["class_name"].as_str();
    let function = class.is_none_or(|class| class == "function");
    let name = match value {
        Value::Null => return Ok(Activation::Linear),
        Value::String(name) => name.as_str(),
        _ if function => value["config"].as_str().unwrap_or_default(),
        _ => {
            let planned = Planned {
                name: layer.into(),
                class: class.unwrap_or_default().into(),
                trail: Vec::new(),
                stored: String::new(),
                config: value["config"].clone(),
                call: Value::Null,
            };
            return layer_activation(&planned, keras);
        }
    };
    Activation::of_keras(name, keras).ok_or_else(|| {
        Fault::new(
            format!(
                "its layer \"{}\" has the activation {}, which cannot be run here",
                shortened(layer),
                shortened(name)
            ),
            format!("use {}", Activation::OF_KERAS),
        )
    })
}
