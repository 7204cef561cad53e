//! What each layer of Keras does, with its weights.

use ndarray::Array1;
use serde_json::Value;

use super::super::chain::{Chain, Channels, Line, Seen, normalisation};
use super::super::error::{Fault, shortened};
use super::super::tensor::{Budget, Tensor};
use super::config::{Plan, Planned, shape};
use super::spatial;
use crate::model::Activation;

const OTHERS: &str = "use Dense layers, convolutions, pooling, upsampling and normalisations that follow each \
                      other, with activations between them";

/// A variable of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Variable {
    Kernel,
    /// Of every channel by itself.
    DepthwiseKernel,
    /// Of every pixel by itself.
    PointwiseKernel,
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
            Self::DepthwiseKernel => "depthwise_kernel",
            Self::PointwiseKernel => "pointwise_kernel",
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

    /// Whether a file calls it so.
    fn is_called(self, name: &str) -> bool {
        // Keras 3 has no name of its own for it.
        name == self.name() || self == Self::DepthwiseKernel && name == "kernel"
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
        .filter(|&at| variable.is_called(&parts(names[at])[0]))
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
pub(in super::super) fn steps(
    plan: &Plan,
    weights: &impl Weights,
    budget: &mut Budget,
) -> Result<Steps, Fault> {
    let mut notes = plan.notes.clone();
    let mut line = passed(plan, &plan.line, weights, &mut notes, budget)?.finish(budget)?;
    if let Some(spread) = &plan.spread {
        // What it shares with the means is read a second time.
        let budget = &mut Budget::new();
        let mut chain = passed(plan, &spread.nodes, weights, &mut Vec::new(), budget)?;
        chain.times(spread.factor, budget)?;
        line.spread = Some(chain.finish(budget)?.steps);
    }
    Ok(Steps { line, notes })
}

/// What those layers of the plan do one after the other.
#[expect(clippy::too_many_lines, reason = "a table of classes")]
fn passed(
    plan: &Plan,
    line: &[usize],
    weights: &impl Weights,
    notes: &mut Vec<String>,
    budget: &mut Budget,
) -> Result<Chain, Fault> {
    let input = line.first().map(|&at| &plan.all[at]);
    let mut chain = Chain::of(input.and_then(|input| shape(&input.config)))?;
    let before = |at: usize| at.checked_sub(1).map(|before| line[before]);
    let mean = plan.spread.as_ref().map(|spread| spread.mean);
    for (place, &at) in line.iter().enumerate() {
        if mean.is_some() && before(place) == mean {
            chain.means(budget)?;
        }
        let planned = &plan.all[at];
        let name = planned.name.as_str();
        let part = (planned.trail.len() > 1).then(|| planned.trail[0].as_str());
        let mut get = |variable, budget: &mut Budget| weights.get(&plan.all, at, variable, budget);
        match planned.class.as_str() {
            "" | "InputLayer" | "Identity" => continue,
            "Dropout"
            | "AlphaDropout"
            | "GaussianDropout"
            | "GaussianNoise"
            | "SpatialDropout1D"
            | "SpatialDropout2D"
            | "ActivityRegularization" => {
                notes.push(format!(
                    "{} \"{}\" works only while training and was left out.",
                    planned.class,
                    shortened(name)
                ));
                continue;
            }
            _ => chain.enter(part, budget)?,
        }
        let given = |chain: &mut Chain, budget: &mut Budget| {
            activate(
                name,
                &planned.config["activation"],
                plan.keras,
                chain,
                budget,
            )
        };
        match planned.class.as_str() {
            "Flatten" => {
                let rank = chain.axes().map_or(0, <[usize]>::len);
                if spatial::channels(planned) == Channels::First && rank > 1 {
                    let last: Vec<usize> = (1..rank).chain([0]).collect();
                    chain.transpose(name, &last, budget)?;
                }
                chain.flatten();
            }
            "Reshape" => {
                if let Some(axes) = reshaped(chain.axes(), planned) {
                    chain.reshape(name, axes)?;
                }
            }
            "Permute" => {
                let axes = planned.config["dims"].as_array().into_iter().flatten();
                let axes = axes.map(|axis| axis.as_u64().unwrap_or(0).wrapping_sub(1) as usize);
                chain.transpose(name, &axes.collect::<Vec<_>>(), budget)?;
            }
            "Dense" => {
                let kernel = get(Variable::Kernel, budget)?.matrix(name)?;
                let bias = if planned.on("use_bias") {
                    Some(get(Variable::Bias, budget)?.vector(name, kernel.ncols())?)
                } else {
                    None
                };
                if chain.axes().is_none_or(|axes| axes.len() < 2) {
                    chain.dense(name, kernel, bias)?;
                } else {
                    chain.dense_of_pixels(name, kernel, bias, budget)?;
                }
                given(&mut chain, budget)?;
            }
            "BatchNormalization" => {
                let (seen, each) = batch_normalisation(planned, |variable| get(variable, budget))?;
                along(planned, each, Some(&seen), &mut chain, budget)?;
                notes.push(format!(
                    "Batch normalisation \"{}\" was joined with its neighbours.",
                    shortened(name)
                ));
            }
            "LayerNormalization" | "GroupNormalization" => {
                normalised(
                    planned,
                    |variable, budget| get(variable, budget),
                    &mut chain,
                    budget,
                )?;
            }
            "Normalization" => {
                let (seen, scale, shift) =
                    standardised(planned, &mut |variable| get(variable, budget))?;
                along(planned, (scale, shift), Some(&seen), &mut chain, budget)?;
            }
            "Rescaling" => {
                let numbers = |key, usual| match numbers(&planned.config[key]) {
                    numbers if numbers.is_empty() => Array1::from_elem(1, usual),
                    numbers => Array1::from(numbers),
                };
                let each = (numbers("scale", 1.0), numbers("offset", 0.0));
                along(planned, each, None, &mut chain, budget)?;
            }
            "PReLU" => {
                let slopes = get(Variable::Alpha, budget)?;
                let length = slopes.shape().iter().product();
                // Axes that share a slope have a length of 1.
                let slopes = slopes.reshaped(vec![length]).vector(name, length)?;
                if chain.prelu(name, &slopes, budget)? {
                    notes.push(slopes_of_their_own(name));
                }
            }
            "Softmax" => {
                let axes = axes_of(planned, chain.axes().map_or(1, <[usize]>::len))?;
                let [axis] = axes[..] else {
                    return Err(of_no_use(planned));
                };
                chain.softmax(name, axis, budget)?;
            }
            _ if spatial::add(planned, !plan.of_tfjs, &mut chain, &mut get, budget)? => {
                given(&mut chain, budget)?;
            }
            "Activation" => given(&mut chain, budget)?,
            _ => {
                if let Some((scale, shift)) = arithmetic(planned) {
                    let [scale, shift] = [scale, shift].map(|number| Array1::from_elem(1, number));
                    chain.affine(name, scale, shift, budget)?;
                } else {
                    chain.activation(name, layer_activation(planned)?, budget)?;
                }
            }
        }
    }
    if mean.is_some() && line.last().copied() == mean {
        chain.means(budget)?;
    }
    Ok(chain)
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
    let mut values = |key: &str, kind| -> Result<Array1<f64>, Fault> {
        if !planned.config["mean"].is_null() {
            return Ok(Array1::from(numbers(&planned.config[key])));
        }
        let stored = variable(kind)?;
        let length = stored.shape().iter().product();
        Ok(stored.vector(name, length)?.mapv(f64::from))
    };
    let mean = values("mean", Variable::Mean)?;
    let variance = values("variance", Variable::Variance)?;
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
fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(numbers).collect(),
        value => value.as_f64().into_iter().collect(),
    }
}

/// What numbers are multiplied by, and what is added to them.
type Each = (Array1<f64>, Array1<f64>);

/// What a batch normalisation has seen, and what it multiplies by and adds.
fn batch_normalisation(
    planned: &Planned,
    mut variable: impl FnMut(Variable) -> Result<Tensor, Fault>,
) -> Result<(Seen, Each), Fault> {
    let name = planned.name.as_str();
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
    let each = normalisation(name, &gamma, &beta, &seen, epsilon)?;
    Ok((seen, each))
}

/// A normalisation that looks at what it is given alone.
fn normalised(
    planned: &Planned,
    mut variable: impl FnMut(Variable, &mut Budget) -> Result<Tensor, Fault>,
    chain: &mut Chain,
    budget: &mut Budget,
) -> Result<(), Fault> {
    let name = planned.name.as_str();
    let rank = chain.axes().map_or(1, <[usize]>::len);
    let own = axes_of(planned, rank)?;
    let whole: Vec<usize> = (0..rank).collect();
    let groups = planned.number(&["groups"]).unwrap_or(1.0);
    let is_group = planned.class == "GroupNormalization";
    if planned.config["rms_scaling"] == true || is_group && (groups != 1.0 || own.len() != 1) {
        return Err(of_no_use(planned));
    }
    let mut all = |kind, usual| -> Result<Array1<f64>, Fault> {
        let kept = if kind == Variable::Gamma {
            "scale"
        } else {
            "center"
        };
        if !planned.on(kept) {
            return Ok(Array1::from_elem(1, usual));
        }
        let stored = variable(kind, budget)?;
        let length = stored.shape().iter().product();
        let stored = stored.reshaped(vec![length]).vector(name, length)?;
        Ok(stored.mapv(f64::from))
    };
    let (mut scale, mut shift) = (all(Variable::Gamma, 1.0)?, all(Variable::Beta, 0.0)?);
    let epsilon = planned.number(&["epsilon"]).unwrap_or(1e-3);
    if is_group && rank > 1 {
        let length = chain.axes().map_or(0, |axes| axes[own[0]]);
        if [&scale, &shift]
            .iter()
            .any(|all| all.len() > 1 && all.len() != length)
        {
            return Err(of_no_use(planned));
        }
        [scale, shift] = [scale, shift].map(|values| chain.along(own[0], &values));
    }
    let axes = if is_group { &whole } else { &own };
    chain.standardise(name, axes, epsilon, (scale, shift), budget)
}

/// A layer of a class that is known, with a configuration that is not.
fn of_no_use(planned: &Planned) -> Fault {
    Fault::beyond(
        format!(
            "its layer \"{}\" is of the class {}, which cannot be run here with these settings",
            shortened(&planned.name),
            shortened(&planned.class)
        ),
        OTHERS,
    )
}

/// The axes that a layer's `axis` names, or the last, of so many beside that of images.
fn axes_of(planned: &Planned, rank: usize) -> Result<Vec<usize>, Fault> {
    let named: Vec<i64> = match &planned.config["axis"] {
        Value::Array(axes) => axes.iter().filter_map(Value::as_i64).collect(),
        axis => vec![axis.as_i64().unwrap_or(-1)],
    };
    let count = rank as i64;
    // They count the axis of images first.
    let axes = named
        .iter()
        .map(|&axis| if axis < 0 { axis + count } else { axis - 1 });
    let mut axes: Vec<usize> = axes
        .map(|axis| usize::try_from(axis).ok().filter(|&axis| axis < rank))
        .collect::<Option<_>>()
        .ok_or_else(|| of_no_use(planned))?;
    axes.sort_unstable();
    axes.dedup();
    Ok(axes)
}

/// Multiplies and adds, with one number for all or one for each place along the layer's axes.
fn along(
    planned: &Planned,
    (scale, shift): (Array1<f64>, Array1<f64>),
    seen: Option<&Seen>,
    chain: &mut Chain,
    budget: &mut Budget,
) -> Result<(), Fault> {
    let name = planned.name.as_str();
    let stored = seen.map(Seen::is_beyond);
    let length = scale.len().max(shift.len());
    let several = |axes: &&[usize]| length > 1 && axes.len() > 1;
    let Some(shape) = chain.axes().filter(several).map(<[usize]>::to_vec) else {
        return chain.affine_along(name, 0, (scale, shift), stored, budget);
    };
    let axes = axes_of(planned, shape.len())?;
    if let [axis] = axes[..] {
        return chain.affine_along(name, axis, (scale, shift), stored, budget);
    }
    let count: usize = shape.iter().product();
    let widths = axes.iter().map(|&axis| shape[axis]);
    if widths.product::<usize>() != length {
        return Err(Fault::new(
            format!(
                "layer \"{}\" has {length} numbers for images of the shape {shape:?}",
                shortened(name)
            ),
            "save the whole model again",
        ));
    }
    budget.take(name, &[count, 2])?;
    let all = |values: Array1<f64>| -> Array1<f64> {
        let each = (0..count).map(|at| {
            let mut place = 0;
            for &axis in &axes {
                let inner: usize = shape[axis + 1..].iter().product();
                place = place * shape[axis] + at / inner % shape[axis];
            }
            values[place % values.len()]
        });
        each.collect()
    };
    let each = (all(scale), all(shift));
    match seen {
        Some(seen) => chain.normalise(name, seen, each, budget),
        None => chain.affine(name, each.0, each.1, budget),
    }
}

fn reshaped(axes: Option<&[usize]>, planned: &Planned) -> Option<Vec<usize>> {
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
    let axes = wanted
        .iter()
        .map(|&axis| if axis > 0 { axis as usize } else { free });
    Some(axes.collect())
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

/// Applies what a layer calls its activation.
fn activate(
    name: &str,
    value: &Value,
    keras: Option<u32>,
    chain: &mut Chain,
    budget: &mut Budget,
) -> Result<(), Fault> {
    let called = value.as_str().or_else(|| value["config"].as_str());
    if called == Some("softmax") {
        let last = chain.axes().map_or(0, |axes| axes.len().saturating_sub(1));
        return chain.softmax(name, last, budget);
    }
    chain.activation(name, activation(name, value, keras)?, budget)
}

/// The activation of a layer that is nothing else.
fn layer_activation(planned: &Planned) -> Result<Activation, Fault> {
    let name = planned.name.as_str();
    let class = planned.class.as_str();
    Activation::of_keras_layer(class, &planned.config).ok_or_else(|| {
        Fault::beyond(
            format!(
                "its layer \"{}\" is of the class {}, which cannot be run here",
                shortened(name),
                shortened(class)
            ),
            OTHERS,
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
        _ if class == Some("Activation") => {
            return activation(layer, &value["config"]["activation"], keras);
        }
        _ => {
            let planned = Planned {
                name: layer.into(),
                class: class.unwrap_or_default().into(),
                trail: Vec::new(),
                stored: String::new(),
                config: value["config"].clone(),
                call: Value::Null,
            };
            return layer_activation(&planned);
        }
    };
    Activation::of_keras(name, keras).ok_or_else(|| {
        Fault::beyond(
            format!(
                "its layer \"{}\" has the activation {}, which cannot be run here",
                shortened(layer),
                shortened(name)
            ),
            format!("use {}", Activation::OF_KERAS),
        )
    })
}
