//! The autoencoder and its training as a program for Keras or PyTorch.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::settings::Settings;

/// The library that a program is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Library {
    /// Keras 3 on any backend.
    Keras,
    /// PyTorch.
    Pytorch,
}

/// A Python program that trains what `settings` describe on images of `pixels` pixels: the same
/// layers, initial distribution, loss, optimiser, batches and epochs. It reads the images from
/// `images.npy` (images × pixels, 0 to 1) and saves the model beside it.
#[must_use]
pub fn code(library: Library, settings: &Settings, pixels: usize) -> String {
    match library {
        Library::Keras => keras(settings, pixels),
        Library::Pytorch => pytorch(settings, pixels),
    }
}

/// Sizes from the pixels to the latents.
fn sizes(settings: &Settings, pixels: usize) -> Vec<usize> {
    let mut sizes = vec![pixels];
    sizes.extend(&settings.hidden);
    sizes.push(settings.dims);
    sizes
}

fn keras(settings: &Settings, pixels: usize) -> String {
    let Settings {
        dims,
        epochs,
        seed,
        batch_size,
        ..
    } = settings;
    let half = |sizes: &[usize], last: &str| -> String {
        let mut layers = format!("        keras.Input(({},)),\n", sizes[0]);
        for (at, units) in sizes.iter().enumerate().skip(1) {
            let activation = if at + 1 == sizes.len() { last } else { "relu" };
            writeln!(
                layers,
                "        layers.Dense({units}, activation=\"{activation}\"),"
            )
            .expect("a string grows");
        }
        layers
    };
    let mut sizes = sizes(settings, pixels);
    let encoder = half(&sizes, "relu");
    sizes.reverse();
    let decoder = half(&sizes, "sigmoid");
    format!(
        r#"# {pixels} pixels, {dims} latent dimensions; needs keras 3 with a backend, and numpy.
import keras
import numpy as np
from keras import layers

images = np.load("images.npy").astype("float32")  # images x {pixels}, from 0 to 1
keras.utils.set_random_seed({seed})

# Dense layers start with Glorot-uniform kernels and zero biases by default.
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
autoencoder = keras.Sequential([keras.Input(({pixels},)), encoder, decoder])
autoencoder.compile(
    optimizer=keras.optimizers.Adam(learning_rate=1e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-7),
    loss="binary_crossentropy",
)
autoencoder.fit(images, images, batch_size={batch_size}, epochs={epochs}, shuffle=True)
autoencoder.save("autoencoder.keras")
"#
    )
}

fn pytorch(settings: &Settings, pixels: usize) -> String {
    let Settings {
        dims,
        epochs,
        seed,
        batch_size,
        ..
    } = settings;
    let half = |sizes: &[usize], last: &str| -> String {
        let mut layers = String::new();
        for (at, pair) in sizes.windows(2).enumerate() {
            let activation = if at + 2 == sizes.len() { last } else { "ReLU" };
            writeln!(layers, "            nn.Linear({}, {}),", pair[0], pair[1])
                .and_then(|()| writeln!(layers, "            nn.{activation}(),"))
                .expect("a string grows");
        }
        layers
    };
    let mut sizes = sizes(settings, pixels);
    let encoder = half(&sizes, "ReLU");
    sizes.reverse();
    let decoder = half(&sizes, "Sigmoid");
    format!(
        r#"# {pixels} pixels, {dims} latent dimensions; needs torch and numpy.
import numpy as np
import torch
from torch import nn

images = torch.from_numpy(np.load("images.npy").astype("float32"))  # images x {pixels}, from 0 to 1
torch.manual_seed({seed})


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
{encoder}        )
        self.decoder = nn.Sequential(
{decoder}        )
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, images):
        return self.decoder(self.encoder(images))


autoencoder = Autoencoder()
optimizer = torch.optim.Adam(autoencoder.parameters(), lr=1e-3, betas=(0.9, 0.999), eps=1e-7)
loss_of = nn.BCELoss()
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
