//! Programs for Keras of what is not the plain autoencoder: variational, sparse, denoising, with dropout,
//! weight decay or scaled columns.

use std::fmt::Write;

use super::super::save::keras_graph::Heads;
use super::super::save::keras_layers::{KerasHalf, KerasLayer, halves, scaled};
use super::{keras_layer, number, sizes, tuple};
use crate::data::{ImageShape, Scaling};
use crate::model::Architecture;
use crate::settings::{Loss, Noise, Settings};

const NEVER_FAILS: &str = "a string grows";

/// The program.
pub(super) fn program(
    settings: &Settings,
    image: ImageShape,
    architecture: &Architecture,
    scaling: Option<&Scaling>,
) -> String {
    let variant = &settings.variant;
    let (encoder, decoder, axes) = if variant.variational {
        let heads = Heads::of(architecture, scaling).expect("layers that Keras has");
        let decoder = sequential(&heads.decoder, variant.dropout, "decoder");
        (graph(&heads, variant.dropout), decoder, heads.input)
    } else {
        let forms = [architecture.encoder(), architecture.decoder()];
        let mut both = halves(&forms[0], &forms[1]).expect("layers that Keras has");
        let axes = both[0].input.clone();
        if let Some(scaling) = scaling {
            let [first, last] = scaled(scaling, &axes);
            both[0].layers.insert(0, first);
            both[1].layers.push(last);
        }
        let [encoder, decoder] = [("encoder", &both[0]), ("decoder", &both[1])]
            .map(|(name, half)| sequential(half, variant.dropout, name));
        (encoder, decoder, axes)
    };
    let rows = tuple(
        [-1].into_iter()
            .chain(axes.iter().map(|&axis| axis as isize)),
    );
    let input = tuple(axes.iter());
    let (sizes, seed) = (sizes(settings, image), settings.seed);
    let range = if scaling.is_some() {
        "columns as they were stored"
    } else {
        "numbers as the network takes them"
    };
    let mut text = format!(
        r#"# {sizes}; needs keras 3 with a backend, and numpy.
import keras
import numpy as np
from keras import layers, ops

images = np.load("images.npy").astype("float32").reshape({rows})  # {range}
keras.utils.set_random_seed({seed})
NUMBERS = {}  # of an image

"#,
        image.size()
    );
    if let Some(scaling) = scaling {
        columns(&mut text, scaling, &input);
    }
    text.push_str("# Layers start with Glorot-uniform kernels and zero biases by default.\n");
    text.push_str(&encoder);
    text.push_str(&decoder);
    text.push('\n');
    model(&mut text, settings, scaling.is_some());
    training(&mut text, settings, &input, scaling.is_some());
    text
}

/// What columns are scaled by.
fn columns(text: &mut String, scaling: &Scaling, axes: &str) {
    for (name, values) in [("offset", &scaling.offset), ("scale", &scaling.scale)] {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        let values = values.join(", ");
        writeln!(
            text,
            "{name} = np.array([{values}], \"float32\").reshape({axes})"
        )
        .expect(NEVER_FAILS);
    }
    text.push('\n');
}

/// A layer, and what leaves some of its units out while training: it has weights, and is not the end.
fn with_dropout(half: &KerasHalf, rate: f64) -> Vec<String> {
    let last = half
        .layers
        .iter()
        .rposition(|layer| layer.weights.is_some());
    let mut all = Vec::new();
    for (at, layer) in half.layers.iter().enumerate() {
        all.push(keras_layer(layer));
        // An activation that is a layer of its own comes first.
        let next = half.layers.get(at + 1);
        let is_activated = next.is_some_and(is_activation);
        let weighted = |layer: &KerasLayer| layer.weights.is_some();
        let before = half.layers[..=at].iter().rposition(weighted);
        let ends = weighted(layer) || is_activation(layer);
        if rate > 0.0 && ends && !is_activated && before < last && before.is_some() {
            all.push(format!("layers.Dropout({})", number(rate)));
        }
    }
    all
}

fn is_activation(layer: &KerasLayer) -> bool {
    layer.class == "Activation" || layer.class.ends_with("LU")
}

fn sequential(half: &KerasHalf, rate: f64, name: &str) -> String {
    let mut text = format!(
        "{name} = keras.Sequential(\n    [\n        keras.Input({}),\n",
        tuple(half.input.iter())
    );
    for layer in with_dropout(half, rate) {
        writeln!(text, "        {layer},").expect(NEVER_FAILS);
    }
    writeln!(text, "    ],\n    name=\"{name}\",\n)").expect(NEVER_FAILS);
    text
}

/// An encoder with two ends.
fn graph(heads: &Heads, rate: f64) -> String {
    let mut text = format!(
        "hidden = inputs = keras.Input({})\n",
        tuple(heads.input.iter())
    );
    let weighted = heads
        .trunk
        .layers
        .iter()
        .rposition(|layer| layer.weights.is_some());
    for (at, layer) in heads.trunk.layers.iter().enumerate() {
        writeln!(text, "hidden = {}(hidden)", keras_layer(layer)).expect(NEVER_FAILS);
        let next = heads.trunk.layers.get(at + 1);
        let ends = layer.weights.is_some() || is_activation(layer) && weighted.is_some();
        if rate > 0.0 && ends && !next.is_some_and(is_activation) {
            writeln!(text, "hidden = layers.Dropout({})(hidden)", number(rate)).expect(NEVER_FAILS);
        }
    }
    for (name, end, half) in [
        ("mean", "z_mean", &heads.mean),
        ("log_variance", "z_log_var", &heads.log_variance),
    ] {
        let mut from = "hidden";
        for (at, layer) in half.layers.iter().enumerate() {
            let mut layer = keras_layer(layer);
            if at + 1 == half.layers.len() {
                layer.truncate(layer.len() - 1);
                let comma = if layer.ends_with('(') { "" } else { ", " };
                write!(layer, "{comma}name=\"{end}\")").expect(NEVER_FAILS);
            }
            writeln!(text, "{name} = {layer}({from})").expect(NEVER_FAILS);
            from = name;
        }
    }
    text.push_str("encoder = keras.Model(inputs, [mean, log_variance], name=\"encoder\")\n");
    text
}

/// The model while it is trained.
fn model(text: &mut String, settings: &Settings, is_scaled: bool) {
    let variant = &settings.variant;
    let level = number(variant.noise_level);
    text.push_str(
        "\nclass Autoencoder(keras.Model):\n    def __init__(self, encoder, decoder):\n        \
         super().__init__()\n        self.encoder, self.decoder = encoder, decoder\n        \
         self.seeds = keras.random.SeedGenerator()\n\n    def call(self, images, training=False):\n",
    );
    let (shown, back) = if is_scaled {
        ("(images - offset) / scale", "noisy * scale + offset")
    } else {
        ("images", "noisy")
    };
    let noise = match variant.noise {
        Noise::None => None,
        Noise::Gaussian => Some(format!(
            "noisy = {shown} + {level} * keras.random.normal(ops.shape(images), seed=self.seeds)\n            \
             noisy = ops.clip(noisy, 0, 1) if CLIPS else noisy"
        )),
        Noise::Masking => Some(format!(
            "kept = keras.random.uniform(ops.shape(images), seed=self.seeds) >= {level}\n            \
             noisy = ops.where(kept, {shown}, 0.0)"
        )),
    };
    if let Some(noise) = noise {
        write!(
            text,
            "        if training:  # noise for the encoder alone: targets stay clean\n            {noise}\n            \
             images = {back}\n"
        )
        .expect(NEVER_FAILS);
    }
    if variant.variational {
        write!(
            text,
            "        mean, log_variance = self.encoder(images, training=training)\n        \
             divergence = 0.5 * (mean**2 + ops.exp(log_variance) - 1 - log_variance)\n        \
             divergence = ops.sum(ops.reshape(divergence, (-1, {dims})), axis=-1)  # in nats, of each image\n        \
             self.add_loss({beta} * ops.mean(divergence))\n        \
             drawn = keras.random.normal(ops.shape(mean), seed=self.seeds)\n        \
             return self.decoder(mean + ops.exp(0.5 * log_variance) * drawn, training=training)\n\n",
            dims = settings.dims,
            beta = number(variant.beta)
        )
    } else if variant.sparsity > 0.0 {
        write!(
            text,
            "        latents = self.encoder(images, training=training)\n        absolute = ops.sum(ops.abs(latents), \
             axis=-1)\n        self.add_loss({} * ops.mean(absolute))\n        \
             return self.decoder(latents, training=training)\n\n",
            number(variant.sparsity)
        )
    } else {
        write!(
            text,
            "        latents = self.encoder(images, training=training)\n        \
             return self.decoder(latents, training=training)\n\n"
        )
    }
    .expect(NEVER_FAILS);
}

/// How it is trained, and saved.
fn training(text: &mut String, settings: &Settings, input: &str, is_scaled: bool) {
    let variant = &settings.variant;
    let loss = match settings.loss {
        Loss::Bce => "binary_crossentropy",
        Loss::Mse => "mean_squared_error",
        Loss::Mae => "mean_absolute_error",
    };
    if variant.noise == Noise::Gaussian {
        let range = if is_scaled {
            "(images - offset) / scale"
        } else {
            "images"
        };
        writeln!(
            text,
            "\nscaled = {range}\nCLIPS = scaled.min() >= 0 and scaled.max() <= 1  # then noisy numbers stay there"
        )
        .expect(NEVER_FAILS);
    }
    let rescaled = if is_scaled {
        "    images, drawn = (images - offset) / scale, (drawn - offset) / scale\n"
    } else {
        ""
    };
    let (what, times) = if variant.variational {
        ("summed over the numbers of an image", " * NUMBERS")
    } else {
        ("the mean over the numbers of an image", "")
    };
    let decay = if variant.weight_decay > 0.0 {
        format!("AdamW(weight_decay={}, ", number(variant.weight_decay))
    } else {
        "Adam(".into()
    };
    let Settings {
        epochs, batch_size, ..
    } = settings;
    let rate = number(settings.learning_rate);
    write!(
        text,
        r#"
def reconstruction(images, drawn):
    """Its loss: {what}."""
{rescaled}    images, drawn = [ops.reshape(rows, (-1, NUMBERS)) for rows in (images, drawn)]
    return keras.losses.{loss}(images, drawn){times}


autoencoder = Autoencoder(encoder, decoder)
autoencoder.compile(
    optimizer=keras.optimizers.{decay}learning_rate={rate}, beta_1=0.9, beta_2=0.999, epsilon=1e-7),
    loss=reconstruction,
)
autoencoder.fit(images, images, batch_size={batch_size}, epochs={epochs}, shuffle=True)
pixels = keras.Input({input})
"#
    )
    .expect(NEVER_FAILS);
    text.push_str(if variant.variational {
        "# The whole model reconstructs from the means.\nwhole = keras.Model(pixels, decoder(encoder(pixels)[0]), \
         name=\"autoencoder\")\n"
    } else {
        "whole = keras.Model(pixels, decoder(encoder(pixels)), name=\"autoencoder\")\n"
    });
    text.push_str("whole.save(\"autoencoder.keras\")\n");
}
