//! Archives of Keras 3.

use hdf5_pure::{FileBuilder, GroupBuilder};
use serde_json::{Value, json};

use super::super::archive;
use crate::model::activation::Keras;
use crate::model::{Half, Network};

/// The network as a Keras 3 archive: a sequential model of two, `encoder` and `decoder`.
#[must_use]
pub fn keras(network: &Network) -> Vec<u8> {
    let halves = [
        ("encoder", network.encoder()),
        ("decoder", network.decoder()),
    ];
    let models = halves.map(|(name, half)| sequential(name, half, layers(name, half)));
    let config = sequential("autoencoder", network.encoder(), models.into());
    let metadata = json!({ "keras_version": "3.15.1", "date_saved": "1980-01-01@00:00:00" });
    archive::write(
        &[
            ("metadata.json", metadata.to_string().as_bytes()),
            ("config.json", config.to_string().as_bytes()),
            ("model.weights.h5", &weights(halves.map(|(_, half)| half))),
        ],
        false,
    )
}

/// A model of `layers`, the first of which is the first of `half`.
fn sequential(name: &str, half: &Half, layers: Vec<Value>) -> Value {
    let inputs = half.input().size();
    let mut all = vec![layer(
        "InputLayer",
        json!({ "name": format!("{name}_input"), "batch_shape": [null, inputs], "dtype": "float32" }),
    )];
    all.extend(layers);
    json!({
        "module": "keras",
        "class_name": "Sequential",
        "config": {
            "name": name,
            "trainable": true,
            "layers": all,
            "build_input_shape": [null, inputs],
        },
        "registered_name": null,
        "build_config": { "input_shape": [null, inputs] },
    })
}

fn layers(name: &str, half: &Half) -> Vec<Value> {
    let mut all = Vec::new();
    for (at, dense) in half.dense().expect("dense layers").into_iter().enumerate() {
        let name = format!("{name}_{}", at + 1);
        let mut dense_config = json!({
            "name": name,
            "units": dense.outputs(),
            "activation": "linear",
            "use_bias": true,
            "kernel_initializer": initializer("GlorotUniform"),
            "bias_initializer": initializer("Zeros"),
        });
        let mut own = Vec::new();
        match dense.activation.keras() {
            Keras::Function(function) => dense_config["activation"] = function,
            Keras::Layers(layers) => own = layers,
        }
        all.push(layer("Dense", dense_config));
        for (at, (class, mut config)) in own.into_iter().enumerate() {
            config["name"] = match at {
                0 => format!("{name}_activation"),
                at => format!("{name}_activation_{at}"),
            }
            .into();
            all.push(layer(class, config));
        }
    }
    all
}

fn layer(class: &str, config: Value) -> Value {
    json!({
        "module": "keras.layers",
        "class_name": class,
        "config": config,
        "registered_name": null,
    })
}

fn initializer(class: &str) -> Value {
    json!({
        "module": "keras.initializers",
        "class_name": class,
        "config": {},
        "registered_name": null,
    })
}

/// Variables where Keras looks for them: by class, numbered from the second on.
fn weights(halves: [&Half; 2]) -> Vec<u8> {
    let numbered = |base: &str, at: usize| match at {
        0 => base.to_owned(),
        at => format!("{base}_{at}"),
    };
    let mut file = FileBuilder::new();
    let mut models = file.create_group("layers");
    for (at, half) in halves.into_iter().enumerate() {
        let mut model = models.create_group(&numbered("sequential", at));
        let mut inner = model.create_group("layers");
        for (at, layer) in half.dense().expect("dense layers").into_iter().enumerate() {
            let mut dense = inner.create_group(&numbered("dense", at));
            let mut variables = dense.create_group("vars");
            let (inputs, outputs) = layer.weight.dim();
            variable(&mut variables, "0", layer.weight.iter(), &[inputs, outputs]);
            variable(&mut variables, "1", layer.bias.iter(), &[outputs]);
            dense.add_group(variables.finish());
            inner.add_group(dense.finish());
        }
        model.add_group(inner.finish());
        models.add_group(model.finish());
    }
    file.add_group(models.finish());
    file.finish().expect("writing to memory does not fail")
}

fn variable<'a>(
    group: &mut GroupBuilder,
    name: &str,
    values: impl Iterator<Item = &'a f32>,
    shape: &[usize],
) {
    let values: Vec<f32> = values.copied().collect();
    let shape: Vec<u64> = shape.iter().map(|&axis| axis as u64).collect();
    group
        .create_dataset(name)
        .with_f32_data(&values)
        .with_shape(&shape);
}
