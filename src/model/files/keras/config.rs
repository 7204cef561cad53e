//! What a model's configuration says: its layers, in the order in which images pass them.

use std::collections::HashMap;

use serde_json::Value;

use super::super::error::{Fault, shortened};
use super::steps::Variable;

/// Models within models that are followed.
const MAX_DEPTH: usize = 16;
/// Layers of one model.
const MAX_LAYERS: usize = 10_000;
const DENSE_ONLY: &str = "use an autoencoder whose layers follow each other in one line";

/// A layer that is no model itself.
pub(in super::super) struct Planned {
    pub name: String,
    pub class: String,
    /// Names of the models that hold it, but for the outermost, and its own.
    pub trail: Vec<String>,
    /// Where archives of Keras 3 keep its variables.
    pub stored: String,
    pub config: Value,
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
            "Dense" => &[Variable::Kernel, Variable::Bias],
            "BatchNormalization" => &[
                Variable::Gamma,
                Variable::Beta,
                Variable::MovingMean,
                Variable::MovingVariance,
            ],
            _ => &[],
        };
        all.iter().copied().filter(kept).collect()
    }
}

/// The layers of a model of Keras or TensorFlow.js.
pub(in super::super) fn plan(model: &Value) -> Result<Vec<Planned>, Fault> {
    let mut planned = Vec::new();
    collect(model, &[], "", 0, &mut planned)?;
    Ok(planned)
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

fn collect(
    model: &Value,
    trail: &[String],
    stored: &str,
    depth: usize,
    planned: &mut Vec<Planned>,
) -> Result<(), Fault> {
    if depth > MAX_DEPTH {
        return Err(Fault::damaged("its models are nested without end"));
    }
    let config = &model["config"];
    // Early versions list a sequential model's layers without a name around them.
    let layers = config["layers"].as_array().or_else(|| config.as_array());
    let Some(layers) = layers.filter(|_| is_model(model)) else {
        return Err(Fault::new(
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
    let places = places(layers);
    let order = if class(model) == "Sequential" {
        (0..layers.len()).collect()
    } else {
        line(config, layers)?
    };
    for at in order {
        let layer = &layers[at];
        let mut trail = trail.to_vec();
        trail.push(name(layer).into());
        let stored = format!("{stored}layers/{}", places[at]);
        if is_model(layer) {
            collect(layer, &trail, &format!("{stored}/"), depth + 1, planned)?;
            if planned.len() > MAX_LAYERS {
                return Err(Fault::damaged("it lists too many layers"));
            }
        } else {
            planned.push(Planned {
                name: name(layer).into(),
                class: class(layer).into(),
                trail,
                stored,
                config: layer["config"].clone(),
            });
        }
    }
    Ok(())
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

/// The longest line of layers from the input to an output of a functional model.
fn line(config: &Value, layers: &[Value]) -> Result<Vec<usize>, Fault> {
    let mut outputs = Vec::new();
    histories(&config["output_layers"], &mut outputs, 0);
    let lines: Vec<_> = outputs
        .iter()
        .map(|&(output, node)| line_to(layers, output, node))
        .collect();
    let mut longest: Option<Result<Vec<usize>, Fault>> = None;
    for line in lines {
        let better = match (&longest, &line) {
            (None, _) | (Some(Err(_)), Ok(_)) => true,
            (Some(Ok(known)), Ok(line)) => line.len() > known.len(),
            _ => false,
        };
        if better {
            longest = Some(line);
        }
    }
    longest.unwrap_or_else(|| Err(Fault::damaged("its model names no output")))
}

fn line_to(layers: &[Value], output: &str, node: u64) -> Result<Vec<usize>, Fault> {
    // Layers go by the name beside their configuration here.
    let called = |layer: &Value| -> String {
        let outer = layer["name"].as_str();
        outer.map_or_else(|| name(layer).into(), String::from)
    };
    let index: HashMap<String, usize> = layers
        .iter()
        .enumerate()
        .map(|(at, layer)| (called(layer), at))
        .collect();
    let mut line = Vec::new();
    let (mut current, mut node) = (output, node);
    loop {
        let shown = shortened(current);
        let Some(&at) = index.get(current).filter(|_| line.len() <= layers.len()) else {
            return Err(Fault::damaged(format!(
                "its layers do not lead to \"{shown}\""
            )));
        };
        line.push(at);
        let nodes = layers[at]["inbound_nodes"].as_array();
        let nodes = nodes.map_or(&[][..], Vec::as_slice);
        // Numbers count calls outside the model as well, so they tell only where there are many.
        let call = match nodes {
            [] => break,
            [only] => only,
            many => many.get(node as usize).unwrap_or(&many[many.len() - 1]),
        };
        let mut inputs = Vec::new();
        histories(call, &mut inputs, 0);
        match *inputs {
            [(input, from)] => (current, node) = (input, from),
            [] => break,
            _ => {
                return Err(Fault::new(
                    format!("its layer \"{shown}\" takes {} inputs", inputs.len()),
                    DENSE_ONLY,
                ));
            }
        }
    }
    line.reverse();
    Ok(line)
}

/// Finds layer names and node numbers in any of the ways in which they are written:
/// `["dense", 0, 0]`, in lists, or as the history of a tensor.
fn histories<'a>(value: &'a Value, found: &mut Vec<(&'a str, u64)>, depth: usize) {
    if depth > 2 * MAX_DEPTH {
        return;
    }
    match value {
        Value::Array(items) => {
            if let (Some(layer), Some(node)) = (
                items.first().and_then(Value::as_str),
                items.get(1).and_then(Value::as_u64),
            ) {
                found.push((layer, node));
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
