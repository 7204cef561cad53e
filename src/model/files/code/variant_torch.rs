//! Programs for PyTorch of what is not the plain autoencoder: variational, sparse, denoising, with dropout,
//! weight decay or scaled columns.

use std::fmt::Write;

use super::super::save::channels_first::{ChannelsFirst, Lies, Placed, Step, is_one_module};
use super::{number, sizes, torch_activation, torch_module};
use crate::data::{ImageShape, Scaling, Shape};
use crate::model::{Activation, Architecture, Form};
use crate::settings::{Loss, Noise, Settings};

const NEVER_FAILS: &str = "a string grows";

/// Layers with what they take and give.
type Forms = [(Form, Shape, Shape)];

/// The program.
pub(super) fn program(
    settings: &Settings,
    image: ImageShape,
    architecture: &Architecture,
    scaling: Option<&Scaling>,
) -> String {
    let variant = &settings.variant;
    let lowered = ChannelsFirst::of(architecture);
    let forms = architecture.halves();
    let rate = variant.dropout;
    let mut modules = String::new();
    match lowered.heads() {
        None => modules.push_str(&part(
            "encoder",
            &lowered.encoder.steps,
            &forms[0],
            (rate, false),
        )),
        Some(heads) => {
            modules.push_str(&part("encoder", heads.trunk, &forms[0], (rate, true)));
            modules.push_str(&part("mean", heads.mean, &forms[0], (0.0, false)));
            modules.push_str(&part(
                "log_variance",
                heads.log_variance,
                &forms[2],
                (0.0, false),
            ));
        }
    }
    modules.push_str(&part(
        "decoder",
        &lowered.decoder.steps,
        &forms[1],
        (rate, false),
    ));
    let maps = match lowered.images {
        Lies::Maps(image) => Some(image),
        _ => None,
    };
    let (sizes, seed) = (sizes(settings, image), settings.seed);
    let mut text = format!(
        r#"# {sizes}; needs torch and numpy.
import numpy as np
import torch
from torch import nn

images = np.load("images.npy").astype("float32")  # {range}
images = images{shaped}
torch.manual_seed({seed})


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
{modules}"#,
        range = if scaling.is_some() {
            "columns as they were stored"
        } else {
            "numbers as the network takes them"
        },
        shaped = match maps {
            Some(ImageShape {
                height,
                width,
                channels,
            }) => format!(
                ".reshape(-1, {height}, {width}, {channels})\nimages = torch.from_numpy(images).permute(0, 3, 1, 2)  \
                 # images x channels x height x width"
            ),
            None => format!(
                ".reshape(-1, {})\nimages = torch.from_numpy(images)",
                image.size()
            ),
        },
    );
    if let Some(scaling) = scaling {
        columns(&mut text, scaling, maps);
    }
    let initialised = if maps.is_some() {
        "(nn.Linear, nn.Conv2d, nn.ConvTranspose2d)"
    } else {
        "nn.Linear"
    };
    write!(
        text,
        r"        for layer in self.modules():
            if isinstance(layer, {initialised}):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

"
    )
    .expect(NEVER_FAILS);
    methods(&mut text, settings, scaling.is_some());
    training(&mut text, settings, scaling.is_some());
    text
}

/// Buffers that stay with the weights.
fn columns(text: &mut String, scaling: &Scaling, maps: Option<ImageShape>) {
    for (name, values) in [("offset", &scaling.offset), ("scale", &scaling.scale)] {
        let lies = maps.map_or(Lies::Rows, Lies::Maps);
        let values = super::super::save::placed(lies, values);
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        let values = values.join(", ");
        let shape = maps.map_or(String::new(), |image| {
            format!(
                ".reshape({}, {}, {})",
                image.channels, image.height, image.width
            )
        });
        writeln!(
            text,
            "        self.register_buffer(\"column_{name}\", torch.tensor([{values}], dtype=torch.float32){shape})"
        )
        .expect(NEVER_FAILS);
    }
}

/// Modules in a row; of a head that is one module, this alone. With a rate of dropout what follows a hidden
/// layer leaves units out, where `hidden` says so also after the last.
fn part(name: &str, steps: &[Placed], forms: &Forms, (rate, hidden): (f64, bool)) -> String {
    let is_head = matches!(name, "mean" | "log_variance");
    let alone = is_head && is_one_module(steps, forms);
    let is_layer = |step: &Step| matches!(step, Step::Dense { .. } | Step::Layer { .. });
    let last = steps.iter().rev().find(|placed| is_layer(&placed.step));
    let last = last.map(|placed| placed.layer);
    let mut modules = Vec::new();
    for Placed { layer, step } in steps {
        let (form, input, output) = &forms[*layer];
        let own = torch_module(step, form, input, output);
        let ends = match step {
            Step::Activation => form.weights(input).len() == 2,
            _ => false,
        };
        let is_hidden = hidden || Some(*layer) != last;
        if rate > 0.0 && ends && is_hidden && form.activation() != Activation::Linear {
            // Within one module, so that the others keep their numbers.
            let activation = torch_activation(form.activation());
            modules.push(format!(
                "Sequential(nn.{activation}, nn.Dropout({}))",
                number(rate)
            ));
        } else {
            modules.extend(own);
        }
    }
    let mut text = String::new();
    if alone {
        let own = modules.join("");
        writeln!(text, "        self.{name} = nn.{own}").expect(NEVER_FAILS);
        return text;
    }
    if modules.is_empty() {
        writeln!(text, "        self.{name} = nn.Sequential()").expect(NEVER_FAILS);
        return text;
    }
    writeln!(text, "        self.{name} = nn.Sequential(").expect(NEVER_FAILS);
    for module in modules {
        writeln!(text, "            nn.{module},").expect(NEVER_FAILS);
    }
    text.push_str("        )\n");
    text
}

/// What the model does with images.
fn methods(text: &mut String, settings: &Settings, is_scaled: bool) {
    let variant = &settings.variant;
    if is_scaled {
        text.push_str(
            "    def scaled(self, images):\n        return (images - self.column_offset) / self.column_scale\n\n    \
             def stored(self, images):\n        return images * self.column_scale + self.column_offset\n\n",
        );
    }
    if variant.variational {
        text.push_str(
            "    def encode(self, images):\n        hidden = self.encoder(images)\n        \
             return self.mean(hidden), self.log_variance(hidden)\n\n    \
             def reparameterise(self, mean, log_variance):\n        \
             return mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)\n\n",
        );
    }
    let (taken, given) = if is_scaled {
        ("self.scaled(images)", "self.stored(self.decoder(latents))")
    } else {
        ("images", "self.decoder(latents)")
    };
    let encoded = if variant.variational {
        format!("mean, _ = self.encode({taken})\n        latents = mean")
    } else {
        format!("latents = self.encoder({taken})")
    };
    let from = if variant.variational {
        " from the means"
    } else {
        ""
    };
    write!(
        text,
        "    def forward(self, images):\n        \"\"\"Reconstructions{from}.\"\"\"\n        {encoded}\n        return {given}\n\n"
    )
    .expect(NEVER_FAILS);
}

/// How it is trained, and saved.
fn training(text: &mut String, settings: &Settings, is_scaled: bool) {
    let variant = &settings.variant;
    let loss = match settings.loss {
        Loss::Bce => "BCELoss",
        Loss::Mse => "MSELoss",
        Loss::Mae => "L1Loss",
    };
    let decay = if variant.weight_decay > 0.0 {
        format!(
            "AdamW(autoencoder.parameters(), weight_decay={}, ",
            number(variant.weight_decay)
        )
    } else {
        "Adam(autoencoder.parameters(), ".into()
    };
    let Settings {
        epochs, batch_size, ..
    } = settings;
    let rate = number(settings.learning_rate);
    let scaled = if is_scaled {
        "images = autoencoder.scaled(images)  # the loss is of scaled numbers\n"
    } else {
        ""
    };
    let reduction = if variant.variational {
        "reduction=\"sum\""
    } else {
        ""
    };
    write!(
        text,
        r"
autoencoder = Autoencoder()
optimizer = torch.optim.{decay}lr={rate}, betas=(0.9, 0.999), eps=1e-7)
loss_of = nn.{loss}({reduction})
{scaled}"
    )
    .expect(NEVER_FAILS);
    let level = number(variant.noise_level);
    match variant.noise {
        Noise::None => {}
        Noise::Gaussian => write!(
            text,
            "clips = images.min() >= 0 and images.max() <= 1\n\n\ndef noisy(images):\n    \
             images = images + {level} * torch.randn_like(images)\n    \
             return images.clamp(0, 1) if clips else images\n\n\n"
        )
        .expect(NEVER_FAILS),
        Noise::Masking => write!(
            text,
            "\n\ndef noisy(images):\n    return images * (torch.rand_like(images) >= {level})\n\n\n"
        )
        .expect(NEVER_FAILS),
    }
    let seen = if variant.noise == Noise::None {
        "batch"
    } else {
        "noisy(batch)"
    };
    let step = if variant.variational {
        format!(
            "mean, log_variance = autoencoder.encode({seen})\n        \
             drawn = autoencoder.decoder(autoencoder.reparameterise(mean, log_variance))\n        \
             divergence = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum()  # in nats\n        \
             loss = (loss_of(drawn, batch) + {} * divergence) / len(batch)  # of an image",
            number(variant.beta)
        )
    } else if variant.sparsity > 0.0 {
        format!(
            "latents = autoencoder.encoder({seen})\n        \
             loss = loss_of(autoencoder.decoder(latents), batch) + {} * latents.abs().sum() / len(batch)",
            number(variant.sparsity)
        )
    } else {
        format!("loss = loss_of(autoencoder.decoder(autoencoder.encoder({seen})), batch)")
    };
    write!(
        text,
        r#"batches = torch.utils.data.DataLoader(images, batch_size={batch_size}, shuffle=True)
for epoch in range({epochs}):
    total = 0.0
    for batch in batches:
        optimizer.zero_grad()
        {step}
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    print(f"epoch {{epoch + 1}}: {{total / len(images):.5f}}")
torch.save(autoencoder.state_dict(), "autoencoder.pt")
"#
    )
    .expect(NEVER_FAILS);
}
