//! The autoencoder and its training as a program for Keras or PyTorch.

mod variant_keras;
mod variant_torch;

use std::fmt::Write;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::save::channels_first::{ChannelsFirst, Lies, Placed, Step, Steps, Symmetric};
use super::save::keras_layers::KerasLayer;
use super::save::keras_layers::{KerasHalf, halves};
use crate::data::{ImageShape, Scaling, Shape};
use crate::model::{Activation, Architecture, Form, Interpolation, Kind, Margins, Pair, as_image};
use crate::settings::{Loss, Settings};

/// The library that a program is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Library {
    /// Keras 3 on any backend.
    Keras,
    /// PyTorch.
    Pytorch,
}

/// A Python program that trains what `settings` describe on images of this shape: the same layers,
/// initial distribution, loss, optimiser, batches and epochs. It reads the images from `images.npy`
/// (images × numbers, or images × height × width × channels, 0 to 1) and saves the model beside it.
///
/// Weights that are saved here load into its networks: those of a Keras archive into the program for
/// Keras, safetensors into the one for PyTorch.
#[must_use]
pub fn code(library: Library, settings: &Settings, image: ImageShape) -> String {
    code_with(library, settings, image, None)
}

/// As [`code`], of columns that are scaled so before the network sees them: the program reads them as they
/// were stored.
#[must_use]
pub fn code_with(
    library: Library,
    settings: &Settings,
    image: ImageShape,
    scaling: Option<&Scaling>,
) -> String {
    let architecture = Architecture::new(image, settings);
    let scaling = scaling.filter(|scaling| scaling.offset.len() == image.size());
    let is_plain = settings.variant.is_default() && scaling.is_none();
    match library {
        Library::Keras if is_plain => keras(settings, image, &architecture),
        Library::Pytorch if is_plain => pytorch(settings, image, &architecture),
        Library::Keras => variant_keras::program(settings, image, &architecture, scaling),
        Library::Pytorch => variant_torch::program(settings, image, &architecture, scaling),
    }
}

/// Images in words.
fn sizes(settings: &Settings, image: ImageShape) -> String {
    let ImageShape {
        height,
        width,
        channels,
    } = image;
    let dims = settings.dims;
    if channels == 1 {
        format!("images of {height} x {width} pixels, {dims} latent dimensions")
    } else {
        format!(
            "images of {height} x {width} pixels with {channels} channels, {dims} latent dimensions"
        )
    }
}

/// A number as Python reads it.
fn number(value: f64) -> String {
    format!("{value:?}")
}

fn keras(settings: &Settings, image: ImageShape, architecture: &Architecture) -> String {
    let forms: [Vec<_>; 2] = [architecture.encoder(), architecture.decoder()];
    let halves = halves(&forms[0], &forms[1]).expect("layers that Keras has");
    let [encoder, decoder] = halves.each_ref().map(keras_layers);
    let axes = &halves[0].input;
    let input = tuple(axes.iter());
    let shape = tuple(
        [-1].into_iter()
            .chain(axes.iter().map(|&axis| axis as isize)),
    );
    let Settings {
        epochs,
        seed,
        batch_size,
        ..
    } = settings;
    let loss = match settings.loss {
        Loss::Bce => "binary_crossentropy",
        Loss::Mse => "mean_squared_error",
        Loss::Mae => "mean_absolute_error",
    };
    let (sizes, rate) = (sizes(settings, image), number(settings.learning_rate));
    format!(
        r#"# {sizes}; needs keras 3 with a backend, and numpy.
import keras
import numpy as np
from keras import layers

images = np.load("images.npy").astype("float32").reshape({shape})  # from 0 to 1
keras.utils.set_random_seed({seed})

# Layers start with Glorot-uniform kernels and zero biases by default.
encoder = keras.Sequential(
    [
{encoder}    ],
    name="encoder",
)
decoder = keras.Sequential(
    [
{decoder}    ],
    name="decoder",
)
autoencoder = keras.Sequential([keras.Input({input}), encoder, decoder])
autoencoder.compile(
    optimizer=keras.optimizers.Adam(learning_rate={rate}, beta_1=0.9, beta_2=0.999, epsilon=1e-7),
    loss="{loss}",
)
autoencoder.fit(images, images, batch_size={batch_size}, epochs={epochs}, shuffle=True)
autoencoder.save("autoencoder.keras")
"#
    )
}

/// Numbers as Python's tuple.
fn tuple<T: ToString>(items: impl Iterator<Item = T>) -> String {
    let items: Vec<String> = items.map(|item| item.to_string()).collect();
    match items.as_slice() {
        [only] => format!("({only},)"),
        all => format!("({})", all.join(", ")),
    }
}

/// The layers of a half, a line each.
fn keras_layers(half: &KerasHalf) -> String {
    let mut text = format!("        keras.Input({}),\n", tuple(half.input.iter()));
    for layer in &half.layers {
        writeln!(text, "        {},", keras_layer(layer)).expect("a string grows");
    }
    text
}

/// A layer with what it is given.
fn keras_layer(layer: &KerasLayer) -> String {
    // What is so anyway.
    let usual = |name: &str, value: &Value| match name {
        "groups" => *value == 1,
        "dilation_rate" => *value == serde_json::json!([1, 1]),
        _ => false,
    };
    let config = layer.config.iter().enumerate();
    let config: Vec<String> = config
        .filter(|(_, (name, value))| !usual(name, value))
        .map(|(at, (name, value))| {
            let value = python(value);
            if at == 0 {
                value
            } else {
                format!("{name}={value}")
            }
        })
        .collect();
    let class = layer.class;
    format!("layers.{class}({})", config.join(", "))
}

fn python(value: &Value) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::String(text) => format!("\"{text}\""),
        Value::Array(items) => tuple(items.iter().map(python)),
        other => other.to_string(),
    }
}

fn pytorch(settings: &Settings, image: ImageShape, architecture: &Architecture) -> String {
    let lowered = ChannelsFirst::of(architecture);
    let encoder = torch_modules(&lowered.encoder, &architecture.encoder());
    let decoder = torch_modules(&lowered.decoder, &architecture.decoder());
    let ImageShape {
        height,
        width,
        channels,
    } = image;
    let shaped = match lowered.images {
        Lies::Maps(_) => format!(
            ".reshape(-1, {height}, {width}, {channels})\nimages = torch.from_numpy(images).permute(0, 3, 1, 2)  \
             # images x channels x height x width"
        ),
        _ => format!(
            ".reshape(-1, {})\nimages = torch.from_numpy(images)",
            image.size()
        ),
    };
    let initialised = match lowered.images {
        Lies::Maps(_) => "(nn.Linear, nn.Conv2d, nn.ConvTranspose2d)",
        _ => "nn.Linear",
    };
    let loss = match settings.loss {
        Loss::Bce => "BCELoss",
        Loss::Mse => "MSELoss",
        Loss::Mae => "L1Loss",
    };
    let Settings {
        epochs,
        seed,
        batch_size,
        ..
    } = settings;
    let (sizes, rate) = (sizes(settings, image), number(settings.learning_rate));
    format!(
        r#"# {sizes}; needs torch and numpy.
import numpy as np
import torch
from torch import nn

images = np.load("images.npy").astype("float32")  # from 0 to 1
images = images{shaped}
torch.manual_seed({seed})


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
{encoder}        )
        self.decoder = nn.Sequential(
{decoder}        )
        for layer in self.modules():
            if isinstance(layer, {initialised}):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, images):
        return self.decoder(self.encoder(images))


autoencoder = Autoencoder()
optimizer = torch.optim.Adam(autoencoder.parameters(), lr={rate}, betas=(0.9, 0.999), eps=1e-7)
loss_of = nn.{loss}()
batches = torch.utils.data.DataLoader(images, batch_size={batch_size}, shuffle=True)
for epoch in range({epochs}):
    total = 0.0
    for batch in batches:
        optimizer.zero_grad()
        loss = loss_of(autoencoder(batch), batch)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    print(f"epoch {{epoch + 1}}: {{total / len(images):.5f}}")
torch.save(autoencoder.state_dict(), "autoencoder.pt")
"#
    )
}

/// The modules of a half, a line each.
fn torch_modules(steps: &Steps, forms: &[(Form, Shape, Shape)]) -> String {
    let mut text = String::new();
    for Placed { layer, step, .. } in &steps.steps {
        let (form, input, output) = &forms[*layer];
        for module in torch_module(step, form, input, output) {
            writeln!(text, "            nn.{module},").expect("a string grows");
        }
    }
    text
}

/// A step as modules of `nn`.
fn torch_module(step: &Step, form: &Form, input: &Shape, output: &Shape) -> Vec<String> {
    match (step, form) {
        (Step::Dense { .. }, _) => vec![format!("Linear({}, {})", input.size(), output.size())],
        (Step::Flatten, _) => vec!["Flatten()".into()],
        (Step::Unflatten(image) | Step::FromRows(image), _) => {
            let ImageShape {
                height,
                width,
                channels,
            } = image;
            vec![format!("Unflatten(1, ({channels}, {height}, {width}))")]
        }
        (Step::Activation, form) => vec![torch_activation(form.activation()).into()],
        (Step::Layer { .. }, Form::General { kind, .. }) => {
            let own = Symmetric::of(kind);
            let margins = own.is_apart().then(|| zeros(own.margins));
            let channels = as_image(input).channels;
            match kind {
                Kind::Convolution {
                    filters, window, ..
                } => {
                    let mut more = format!("{}, stride={}", pair(window.size), pair(window.stride));
                    if own.padding != [0; 2] {
                        write!(more, ", padding={}", pair(own.padding)).expect("a string grows");
                    }
                    let own = format!("Conv2d({channels}, {filters}, {more})");
                    margins.into_iter().chain([own]).collect()
                }
                Kind::Transposed {
                    filters,
                    kernel,
                    stride,
                    ..
                } => {
                    let mut more = format!("{}, stride={}", pair(*kernel), pair(*stride));
                    for (name, of) in [
                        ("padding", own.padding),
                        ("output_padding", own.output_padding),
                    ] {
                        if of != [0; 2] {
                            write!(more, ", {name}={}", pair(of)).expect("a string grows");
                        }
                    }
                    let own = format!("ConvTranspose2d({channels}, {filters}, {more})");
                    [own].into_iter().chain(margins).collect()
                }
                Kind::MaxPooling { window } => {
                    let mut more = format!("{}, stride={}", pair(window.size), pair(window.stride));
                    let zeros = window.padding.map(|[before, _]| before.unsigned_abs());
                    if zeros != [0; 2] {
                        write!(more, ", padding={}", pair(zeros)).expect("a string grows");
                    }
                    let even = window.padding.iter().all(|[before, after]| before == after);
                    // One more pixel after the image is a window that begins within it.
                    let more = if even {
                        more
                    } else {
                        format!("{more}, ceil_mode=True")
                    };
                    vec![format!("MaxPool2d({more})")]
                }
                Kind::Upsampling {
                    factor,
                    interpolation,
                } => {
                    let mode = match interpolation {
                        Interpolation::Nearest => "nearest",
                        Interpolation::Bilinear | Interpolation::BilinearCorners => "bilinear",
                    };
                    let [height, width] = *factor;
                    vec![format!(
                        "Upsample(scale_factor=({height}, {width}), mode=\"{mode}\")"
                    )]
                }
                Kind::Padding { margins } => vec![zeros(*margins)],
                // No other kind is made by settings.
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

/// What pads images, or cuts off where it is negative: left, right, above, below.
fn zeros([[above, below], [left, right]]: Margins) -> String {
    format!("ZeroPad2d(({left}, {right}, {above}, {below}))")
}

fn pair([height, width]: Pair) -> String {
    if height == width {
        height.to_string()
    } else {
        format!("({height}, {width})")
    }
}

fn torch_activation(activation: Activation) -> &'static str {
    match activation {
        Activation::Elu { .. } => "ELU()",
        Activation::Selu => "SELU()",
        Activation::Silu => "SiLU()",
        Activation::Gelu => "GELU()",
        Activation::Softplus => "Softplus()",
        Activation::Tanh => "Tanh()",
        Activation::Sigmoid => "Sigmoid()",
        Activation::Relu => "ReLU()",
        // No other is one of the settings.
        _ => "Identity()",
    }
}
