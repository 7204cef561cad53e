//! Archives of Keras 3.

use std::collections::HashMap;

use hdf5_pure::{FileBuilder, GroupBuilder};
use ndarray::{ArrayView2, Axis};
use serde_json::{Map, Value, json};

use super::super::archive;
use super::keras_graph::variational;
use super::keras_layers::{KerasHalf, KerasLayer, halves, scaled};
use super::{REFUSED, Refusal, check_layers};
use crate::data::{Scaling, Shape};
use crate::model::{Architecture, Form, Half, Kind, Layer, Network, Over, as_image};

const PARTS: [&str; 2] = ["encoder", "decoder"];

/// The network as a Keras 3 archive: a sequential model of two, `encoder` and `decoder`. Of a variational
/// network it is a functional one, whose encoder gives `z_mean` and `z_log_var`, and whose decoder is given
/// the means. With a `scaling` the encoder takes and the decoder gives numbers as they were stored.
///
/// Images are n × height × width × channels where the first layer is not dense, else n × numbers.
///
/// # Errors
/// One sentence: which layer Keras has no words for.
pub fn keras(network: &Network, scaling: Option<&Scaling>) -> Result<Vec<u8>, Refusal> {
    check_layers(network)?;
    let architecture = Architecture::from(network);
    let refused =
        |(half, (layer, what)): (&str, (usize, String))| Refusal::of("Keras", half, layer, &what);
    if let Some(head) = network.encoder().log_variance() {
        let made = variational(network, head, &architecture, scaling);
        let (config, models) = made.map_err(refused)?;
        return Ok(archived(&config, &weights(&models)));
    }
    let forms: [Vec<_>; 2] = [architecture.encoder(), architecture.decoder()];
    let mut halves = halves(&forms[0], &forms[1]).map_err(refused)?;
    if let Some(scaling) = scaling {
        let axes = halves[0].input.clone();
        let [first, last] = scaled(scaling, &axes);
        halves[0].layers.insert(0, first);
        halves[1].layers.push(last);
    }
    let models = [0, 1].map(|at| {
        let KerasHalf { input, layers, .. } = &halves[at];
        let layers = layers.iter().enumerate().map(|(place, layer)| {
            let name = format!("{}_{}", PARTS[at], place + 1);
            described(&name, layer)
        });
        sequential(PARTS[at], input, layers.collect())
    });
    let config = sequential("autoencoder", &halves[0].input, models.into());
    let layers = [network.encoder(), network.decoder()].map(Half::layers);
    let models = [0, 1].map(|at| {
        let name = ["sequential", "sequential_1"][at];
        (name, variables(&halves[at].layers, &forms[at], layers[at]))
    });
    Ok(archived(&config, &weights(&models)))
}

fn archived(config: &Value, weights: &[u8]) -> Vec<u8> {
    let metadata = json!({ "keras_version": "3.15.1", "date_saved": "1980-01-01@00:00:00" });
    archive::write(
        &[
            ("metadata.json", metadata.to_string().as_bytes()),
            ("config.json", config.to_string().as_bytes()),
            ("model.weights.h5", weights),
        ],
        false,
    )
}

/// A model of `layers`, which takes rows of these axes.
pub(super) fn sequential(name: &str, input: &[usize], layers: Vec<Value>) -> Value {
    let shape: Vec<Value> = [Value::Null]
        .into_iter()
        .chain(input.iter().map(|&axis| axis.into()))
        .collect();
    let mut all = vec![input_layer(name, &shape)];
    all.extend(layers);
    json!({
        "module": "keras",
        "class_name": "Sequential",
        "config": {
            "name": name,
            "trainable": true,
            "layers": all,
            "build_input_shape": shape,
        },
        "registered_name": null,
        "build_config": { "input_shape": shape },
    })
}

/// Where rows come into a model.
pub(super) fn input_layer(name: &str, shape: &[Value]) -> Value {
    layer(
        "InputLayer",
        json!({ "name": format!("{name}_input"), "batch_shape": shape, "dtype": "float32" }),
    )
}

/// A layer with its name.
pub(super) fn described(name: &str, own: &KerasLayer) -> Value {
    let mut config = Map::new();
    config.insert("name".into(), name.into());
    config.extend(own.config.iter().cloned());
    let is_linear = matches!(
        own.class,
        "Dense" | "Conv2D" | "Conv2DTranspose" | "DepthwiseConv2D"
    );
    if is_linear {
        config.entry("activation").or_insert("linear".into());
        config.insert("use_bias".into(), true.into());
    }
    layer(own.class, config.into())
}

fn layer(class: &str, config: Value) -> Value {
    json!({
        "module": "keras.layers",
        "class_name": class,
        "config": config,
        "registered_name": null,
    })
}

/// Classes of layers with their variables, whose axes and numbers they are.
pub(super) type Variables = Vec<(&'static str, Vec<(Vec<usize>, Vec<f32>)>)>;

/// Those of layers of Keras that are these `layers` of ours.
pub(super) fn variables(
    own: &[KerasLayer],
    forms: &[(Form, Shape, Shape)],
    layers: &[Layer],
) -> Variables {
    let with = own.iter().filter_map(|own| {
        let at = own.weights?;
        let (form, input, _) = &forms[at];
        Some((own.class, stored(own, form, input, &layers[at].weights())))
    });
    with.collect()
}

/// The variables of each model where Keras looks for them: by class, numbered from the second on.
fn weights(all: &[(&str, Variables)]) -> Vec<u8> {
    let numbered = |base: &str, at: usize| match at {
        0 => base.to_owned(),
        at => format!("{base}_{at}"),
    };
    let mut file = FileBuilder::new();
    let mut models = file.create_group("layers");
    for (name, own) in all {
        let mut model = models.create_group(name);
        let mut inner = model.create_group("layers");
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for (class, stored) in own {
            let count = counts.entry(class).or_default();
            let mut layer = inner.create_group(&numbered(&snake_case(class), *count));
            *count += 1;
            let mut variables = layer.create_group("vars");
            for (at, (shape, values)) in stored.iter().enumerate() {
                variable(&mut variables, &at.to_string(), values, shape);
            }
            layer.add_group(variables.finish());
            inner.add_group(layer.finish());
        }
        model.add_group(inner.finish());
        models.add_group(model.finish());
    }
    file.add_group(models.finish());
    file.finish().expect("writing to memory does not fail")
}

/// Variables of a layer: their axes and numbers.
fn stored(
    own: &KerasLayer,
    form: &Form,
    input: &Shape,
    weights: &[ArrayView2<'_, f32>],
) -> Vec<(Vec<usize>, Vec<f32>)> {
    let numbers = |at: usize| weights[at].iter().copied().collect::<Vec<f32>>();
    let vector = |at: usize| (vec![weights[at].len()], numbers(at));
    let image = as_image(input);
    let kind = match form {
        Form::Dense { .. } => {
            let (inputs, outputs) = weights[0].dim();
            return vec![(vec![inputs, outputs], numbers(0)), vector(1)];
        }
        Form::General { kind, .. } => kind,
        Form::BlackBox { .. } => unreachable!("{REFUSED}"),
    };
    match kind {
        Kind::Convolution {
            filters,
            groups,
            window,
        } => {
            let [height, width] = window.size;
            let last = if own.class == "DepthwiseConv2D" {
                [image.channels, filters / groups]
            } else {
                [image.channels / groups, *filters]
            };
            let axes = vec![height, width, last[0], last[1]];
            vec![(axes, numbers(0)), vector(1)]
        }
        Kind::Transposed {
            filters, kernel, ..
        } => {
            // Height, width, filters, inputs.
            let [height, width] = *kernel;
            let turned = weights[0]
                .axis_chunks_iter(Axis(0), image.channels)
                .flat_map(|place| place.reversed_axes().iter().copied().collect::<Vec<f32>>());
            let axes = vec![height, width, *filters, image.channels];
            vec![(axes, turned.collect()), vector(1)]
        }
        Kind::Scaling => {
            let length = weights[0].len();
            let [mean, variance] = [0.0, 1.0].map(|of| (vec![length], vec![of; length]));
            vec![vector(0), vector(1), mean, variance]
        }
        Kind::Normalisation {
            over: Over::Row, ..
        } if matches!(input, Shape::Image(_)) => {
            let axes = vec![image.height, image.width, image.channels];
            vec![(axes.clone(), numbers(0)), (axes, numbers(1))]
        }
        _ => (0..weights.len()).map(vector).collect(),
    }
}

/// Conv2DTranspose becomes conv2d_transpose.
fn snake_case(class: &str) -> String {
    let mut name = String::new();
    let mut letters = class.chars().peekable();
    while let Some(letter) = letters.next() {
        let starts = letter.is_uppercase() && letters.peek().is_some_and(char::is_ascii_lowercase)
            || letter.is_uppercase() && name.ends_with(|before: char| before.is_ascii_lowercase());
        if starts && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

fn variable(group: &mut GroupBuilder, name: &str, values: &[f32], shape: &[usize]) {
    let shape: Vec<u64> = shape.iter().map(|&axis| axis as u64).collect();
    group
        .create_dataset(name)
        .with_f32_data(values)
        .with_shape(&shape);
}
