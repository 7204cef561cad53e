//! What a model's configuration says: its layers, in the order in which images pass them.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::super::error::{Asked, Fault, Stop, shortened};
use super::super::heads::{Graph, Kind, Node, Spread};
use super::steps::Variable;

/// Models within models that are followed.
const MAX_DEPTH: usize = 16;
/// Layers of one model, and calls of layers.
const MAX_LAYERS: usize = 2_000;

/// A layer that is no model itself.
pub(in super::super) struct Planned {
    pub name: String,
    pub class: String,
    /// Names of the models that hold it, but for the outermost, and its own.
    pub trail: Vec<String>,
    /// Where archives of Keras 3 keep its variables.
    pub stored: String,
    pub config: Value,
    /// What it was called with, in a functional model.
    pub call: Value,
}

impl Planned {
    /// A number of its configuration.
    pub fn number(&self, names: &[&str]) -> Option<f64> {
        names.iter().find_map(|name| self.config[*name].as_f64())
    }

    /// A switch of its configuration, which is on where it is not mentioned.
    pub fn on(&self, name: &str) -> bool {
        self.config[name].as_bool().unwrap_or(true)
    }

    /// The variables it has, in the order in which Keras numbers them.
    pub fn variables(&self) -> Vec<Variable> {
        let kept = |variable: &Variable| match variable {
            Variable::Bias => self.on("use_bias"),
            Variable::Gamma => self.on("scale"),
            Variable::Beta => self.on("center"),
            _ => true,
        };
        let all: &[Variable] = match self.class.as_str() {
            "Dense" | "Conv1D" | "Conv2D" | "Conv1DTranspose" | "Conv2DTranspose" => {
                &[Variable::Kernel, Variable::Bias]
            }
            "DepthwiseConv1D" | "DepthwiseConv2D" => &[Variable::DepthwiseKernel, Variable::Bias],
            "SeparableConv1D" | "SeparableConv2D" => &[
                Variable::DepthwiseKernel,
                Variable::PointwiseKernel,
                Variable::Bias,
            ],
            "LayerNormalization" | "GroupNormalization" => &[Variable::Gamma, Variable::Beta],
            "BatchNormalization" => &[
                Variable::Gamma,
                Variable::Beta,
                Variable::MovingMean,
                Variable::MovingVariance,
            ],
            "Normalization" if self.config["mean"].is_null() => {
                &[Variable::Mean, Variable::Variance, Variable::Count]
            }
            "PReLU" => &[Variable::Alpha],
            _ => &[],
        };
        all.iter().copied().filter(kept).collect()
    }
}

/// The layers of a model of Keras or TensorFlow.js.
pub(in super::super) struct Plan {
    /// All of them, in the order of the file.
    pub all: Vec<Planned>,
    /// Those that images pass, in this order, by their place among all.
    pub line: Vec<usize>,
    /// What was left aside.
    pub notes: Vec<String>,
    /// Those that images pass on the way to the log-variances of a variational encoder.
    pub spread: Option<Spread>,
    /// The first number of the version of Keras that wrote it, where that is known.
    pub keras: Option<u32>,
    /// Whether TensorFlow.js wrote it, which does what Keras 2 did, but for one interpolation.
    pub of_tfjs: bool,
}

/// Whether a model's layers are in the file.
pub(super) fn lists_layers(model: &Value) -> bool {
    is_model(model)
}

/// What images pass in a model, which this `version` of Keras wrote.
pub(in super::super) fn plan(
    model: &Value,
    version: &str,
    asked: &Asked<'_>,
) -> Result<Plan, Stop> {
    let mut builder = Builder::default();
    let outputs = builder.model(model, &[], "", None, 0)?;
    let Builder { mut graph, planned } = builder;
    let name = |&node: &usize| (node, graph.nodes[node].name.clone());
    graph.outputs = outputs.iter().map(name).collect();
    let line = graph.line(asked)?;
    let of_tfjs = version.starts_with("tfjs");
    Ok(Plan {
        all: planned,
        line: line.nodes,
        notes: line.notes,
        spread: line.spread,
        keras: match version.split('.').next() {
            _ if of_tfjs => Some(2),
            major => major.and_then(|major| major.parse().ok()),
        },
        of_tfjs,
    })
}

fn class(layer: &Value) -> &str {
    layer["class_name"].as_str().unwrap_or_default()
}

fn name(layer: &Value) -> &str {
    let own = layer["config"]["name"].as_str();
    own.or_else(|| layer["name"].as_str()).unwrap_or_default()
}

fn is_model(layer: &Value) -> bool {
    matches!(class(layer), "Functional" | "Sequential" | "Model")
}

/// A model's calls of layers as a graph; models within it are taken apart.
#[derive(Default)]
struct Builder {
    graph: Graph,
    /// One for each node.
    planned: Vec<Planned>,
}

impl Builder {
    fn node(
        &mut self,
        layer: &Value,
        trail: &[String],
        stored: &str,
        call: &Value,
        inputs: Vec<usize>,
    ) -> Result<usize, Fault> {
        if self.planned.len() == MAX_LAYERS {
            return Err(Fault::damaged("it lists too many layers"));
        }
        let name = name(layer);
        self.graph.nodes.push(Node {
            name: name.into(),
            class: class(layer).into(),
            kind: kind(layer, inputs.len()),
            inputs,
            taken: None,
            width: width(layer),
            of_channels: class(layer).contains("Conv"),
            axes: shape(&layer["config"]),
        });
        let mut trail = trail.to_vec();
        trail.push(name.into());
        self.planned.push(Planned {
            name: name.into(),
            class: class(layer).into(),
            trail,
            stored: stored.into(),
            config: layer["config"].clone(),
            call: call.clone(),
        });
        Ok(self.planned.len() - 1)
    }

    /// Adds a model that is called with `inputs`, and gives its outputs.
    fn model(
        &mut self,
        model: &Value,
        trail: &[String],
        stored: &str,
        inputs: Option<&[usize]>,
        depth: usize,
    ) -> Result<Vec<usize>, Fault> {
        if depth > MAX_DEPTH {
            return Err(Fault::damaged("its models are nested without end"));
        }
        let config = &model["config"];
        // Early versions list a sequential model's layers without a name around them.
        let layers = config["layers"].as_array().or_else(|| config.as_array());
        let Some(layers) = layers.filter(|_| is_model(model)) else {
            return Err(Fault::beyond(
                format!(
                    "its model is of the class \"{}\", whose layers are not listed in the file",
                    shortened(class(model))
                ),
                "save its encoder and decoder as functional or sequential models",
            ));
        };
        if layers.len() > MAX_LAYERS {
            return Err(Fault::damaged("it lists too many layers"));
        }
        let places: Vec<String> = places(layers)
            .iter()
            .map(|place| format!("{stored}layers/{place}"))
            .collect();
        if class(model) == "Sequential" {
            self.sequential(layers, trail, &places, inputs, depth)
        } else {
            self.functional(config, layers, trail, &places, inputs, depth)
        }
    }

    /// Adds a layer or a model that is called with `inputs`, and gives its outputs.
    fn call(
        &mut self,
        (layer, stored): (&Value, &str),
        trail: &[String],
        call: &Value,
        inputs: Vec<usize>,
        depth: usize,
    ) -> Result<Vec<usize>, Fault> {
        if is_model(layer) {
            let mut inner = trail.to_vec();
            inner.push(name(layer).into());
            return self.model(
                layer,
                &inner,
                &format!("{stored}/"),
                Some(&inputs),
                depth + 1,
            );
        }
        Ok(vec![self.node(layer, trail, stored, call, inputs)?])
    }

    fn sequential(
        &mut self,
        layers: &[Value],
        trail: &[String],
        places: &[String],
        inputs: Option<&[usize]>,
        depth: usize,
    ) -> Result<Vec<usize>, Fault> {
        let mut current = inputs.map(<[usize]>::to_vec);
        for (layer, stored) in layers.iter().zip(places) {
            if class(layer) == "InputLayer" && current.is_some() {
                continue;
            }
            let inputs = match current.take() {
                Some(inputs) => inputs,
                None if class(layer) == "InputLayer" => Vec::new(),
                // Images come in at a layer that says their shape itself.
                None => {
                    let given = [
                        &layer["config"]["batch_input_shape"],
                        &layer["config"]["batch_shape"],
                        &layer["build_config"]["input_shape"],
                    ];
                    let shape = given.into_iter().find(|shape| shape.is_array());
                    let input = json!({ "config": { "batch_input_shape": shape } });
                    vec![self.node(&input, trail, "", &Value::Null, Vec::new())?]
                }
            };
            current = Some(self.call((layer, stored), trail, &Value::Null, inputs, depth)?);
        }
        Ok(current.unwrap_or_default())
    }

    fn functional(
        &mut self,
        config: &Value,
        layers: &[Value],
        trail: &[String],
        places: &[String],
        inputs: Option<&[usize]>,
        depth: usize,
    ) -> Result<Vec<usize>, Fault> {
        let mut outside = Vec::new();
        histories(&config["input_layers"], &mut outside, 0);
        // Layers go by the name beside their configuration here.
        let called = |layer: &Value| -> String {
            let outer = layer["name"].as_str();
            outer.map_or_else(|| name(layer).into(), String::from)
        };
        // What every call of a layer gives.
        let mut given: HashMap<String, Vec<Option<Vec<usize>>>> = HashMap::new();
        let mut open: Vec<(usize, usize)> = Vec::new();
        for (at, layer) in layers.iter().enumerate() {
            let calls = layer["inbound_nodes"].as_array().map_or(0, Vec::len);
            open.extend((0..calls.max(1)).map(|call| (at, call)));
            given.insert(called(layer), vec![None; calls.max(1)]);
            if open.len() > MAX_LAYERS {
                return Err(Fault::damaged("it lists too many calls of layers"));
            }
        }
        // They are listed in their order, as a rule.
        while !open.is_empty() {
            let mut later = Vec::new();
            let before = open.len();
            for (at, place) in open {
                let layer = &layers[at];
                let name = called(layer);
                let call = &layer["inbound_nodes"][place];
                let mut taken = Vec::new();
                histories(call, &mut taken, 0);
                let from_outside = taken.is_empty() && class(layer) == "InputLayer";
                let found = if from_outside {
                    let number = outside.iter().position(|&(input, ..)| input == name);
                    let from = inputs.and_then(|inputs| inputs.get(number.unwrap_or(0)));
                    Some(from.map_or_else(Vec::new, |&from| vec![from]))
                } else {
                    let found = taken.iter().map(|history| looked_up(&given, history));
                    found.collect()
                };
                let Some(found) = found else {
                    later.push((at, place));
                    continue;
                };
                let results = if from_outside && !found.is_empty() {
                    found
                } else {
                    self.call((layer, &places[at]), trail, call, found, depth)?
                };
                if let [_, _, ..] = results[..] {
                    let named = |&node: &usize| (node, self.graph.nodes[node].name.clone());
                    let named: Vec<(usize, String)> = results.iter().map(named).collect();
                    self.graph.inner.extend(named);
                }
                if let Some(calls) = given.get_mut(&name) {
                    calls[place] = Some(results);
                }
            }
            open = later;
            if open.len() == before {
                break;
            }
        }
        let mut outputs = Vec::new();
        histories(&config["output_layers"], &mut outputs, 0);
        let results: Option<Vec<usize>> = outputs
            .iter()
            .map(|history| looked_up(&given, history))
            .collect();
        results
            .filter(|results| !results.is_empty())
            .ok_or_else(|| {
                let shown = outputs.first().map_or("", |&(layer, ..)| layer);
                Fault::damaged(format!(
                    "its layers do not lead to \"{}\"",
                    shortened(shown)
                ))
            })
    }
}

/// The node behind a layer's name, the number of its call, and that of its result.
fn looked_up(
    given: &HashMap<String, Vec<Option<Vec<usize>>>>,
    &(layer, call, result): &History<'_>,
) -> Option<usize> {
    // Numbers count calls outside the model as well, so they tell only where there are many.
    let calls = given.get(layer)?;
    let results = calls.get(call as usize).or(calls.last())?.as_ref()?;
    results.get(result as usize).or(results.first()).copied()
}

/// What a layer does, as far as the way through its model depends on it.
fn kind(layer: &Value, inputs: usize) -> Kind {
    const JOINING: [&str; 12] = [
        "Subtract",
        "Multiply",
        "Average",
        "Maximum",
        "Minimum",
        "Concatenate",
        "Dot",
        "Attention",
        "AdditiveAttention",
        "MultiHeadAttention",
        "Bilinear",
        "TFOpLambda",
    ];
    let config = &layer["config"];
    let function = config["function"].as_str().unwrap_or_default();
    match class(layer) {
        "" | "InputLayer" => Kind::Input,
        _ if inputs == 0 => Kind::Random,
        class if class == "Dense" || class.contains("Conv") => Kind::Dense,
        _ if config["units"].is_number() || config["filters"].is_number() => Kind::Dense,
        "Add" => Kind::Add,
        "TFOpLambda" if function.ends_with("add") => Kind::Add,
        "TFOpLambda" if function.ends_with("exp") => Kind::Exp,
        "TFOpLambda" if function.contains("random") => Kind::Random,
        "Exp" => Kind::Exp,
        "Activation" if config["activation"] == "exponential" => Kind::Exp,
        "Lambda" => Kind::Custom,
        class if JOINING.contains(&class) => Kind::Other,
        _ if layer["module"]
            .as_str()
            .is_some_and(|module| module.starts_with("keras")) =>
        {
            Kind::Other
        }
        _ => Kind::Custom,
    }
}

/// How many numbers a layer gives for an image, where it says so.
fn width(layer: &Value) -> Option<usize> {
    let config = &layer["config"];
    if let Some(units) = config["units"].as_u64().or(config["filters"].as_u64()) {
        return usize::try_from(units).ok();
    }
    shape(config)?
        .iter()
        .try_fold(1usize, |all, &axis| all.checked_mul(axis))
}

/// The shape of an image that comes in here, as far as it is given.
pub(super) fn shape(config: &Value) -> Option<Vec<usize>> {
    let axes = ["batch_shape", "batch_input_shape"]
        .iter()
        .find_map(|name| config[*name].as_array())?;
    let axes = axes
        .iter()
        .skip(1)
        .map(|axis| axis.as_u64().map(|axis| axis as usize));
    axes.collect()
}

/// What archives of Keras 3 call each layer: its class in snake case, numbered from the second on.
fn places(layers: &[Value]) -> Vec<String> {
    let mut used: HashMap<String, usize> = HashMap::new();
    let place = |layer: &Value| {
        let base = snake_case(class(layer));
        let number = used.entry(base.clone()).or_default();
        *number += 1;
        match *number {
            1 => base,
            number => format!("{base}_{}", number - 1),
        }
    };
    layers.iter().map(place).collect()
}

fn snake_case(class: &str) -> String {
    let letters: Vec<char> = class.chars().collect();
    let mut snake = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        let after_small = at > 0 && letters[at - 1].is_ascii_lowercase();
        let before_small = at > 0 && letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        if letter.is_ascii_uppercase() && (after_small || before_small) {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// A layer, the number of its call and that of its result.
type History<'a> = (&'a str, u64, u64);

/// Finds layer names and numbers in any of the ways in which they are written:
/// `["dense", 0, 0]`, in lists, or as the history of a tensor.
fn histories<'a>(value: &'a Value, found: &mut Vec<History<'a>>, depth: usize) {
    if depth > 2 * MAX_DEPTH {
        return;
    }
    match value {
        Value::Array(items) => {
            if let (Some(layer), Some(node)) = (
                items.first().and_then(Value::as_str),
                items.get(1).and_then(Value::as_u64),
            ) {
                let result = items.get(2).and_then(Value::as_u64);
                found.push((layer, node, result.unwrap_or(0)));
                // What else it was called with may be other layers' results.
                if let Some(more @ Value::Object(_)) = items.get(3) {
                    histories(more, found, depth + 1);
                }
                return;
            }
            for item in items {
                histories(item, found, depth + 1);
            }
        }
        Value::Object(fields) => {
            if let Some(history) = fields.get("keras_history") {
                histories(history, found, depth + 1);
                return;
            }
            for field in fields.values() {
                histories(field, found, depth + 1);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_become_snake_case_as_in_keras() {
        for (class, snake) in [
            ("Dense", "dense"),
            ("BatchNormalization", "batch_normalization"),
            ("ReLU", "re_lu"),
            ("LeakyReLU", "leaky_re_lu"),
            ("ELU", "elu"),
            ("InputLayer", "input_layer"),
        ] {
            assert_eq!(snake_case(class), snake);
        }
    }
}
