//! Models for other libraries. The same network gives the same bytes.

mod keras;
mod onnx;
pub(super) mod safetensors;

use serde::{Deserialize, Serialize};

pub use self::keras::keras;
pub use self::onnx::onnx;
pub use self::safetensors::write as safetensors;
use crate::model::{Activation, Dense, Half, Network};

/// A format to save a model in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SaveFormat {
    /// Weights alone, as PyTorch names and lays them out.
    Safetensors,
    /// An archive of Keras 3.
    Keras,
    /// An ONNX graph with two outputs, reconstructions and latents.
    Onnx,
}

impl SaveFormat {
    /// The usual ending of file names.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Safetensors => "safetensors",
            Self::Keras => "keras",
            Self::Onnx => "onnx",
        }
    }
}

/// The bytes of a file that holds `network`.
#[must_use]
pub fn save(network: &Network, format: SaveFormat) -> Vec<u8> {
    match format {
        SaveFormat::Safetensors => safetensors(network),
        SaveFormat::Keras => keras(network),
        SaveFormat::Onnx => onnx(network),
    }
}

/// Layers of the encoder and the decoder, with the names that PyTorch gives them where each half
/// is an `nn.Sequential` of dense layers and activations: `encoder.0`, `encoder.2`, …
fn named(network: &Network) -> Vec<(String, &Dense)> {
    fn named<'a>(part: &'static str, half: &'a Half) -> impl Iterator<Item = (String, &'a Dense)> {
        let mut place = 0;
        half.dense()
            .expect("dense layers")
            .into_iter()
            .map(move |layer| {
                let name = format!("{part}.{place}");
                place += if layer.activation == Activation::Linear {
                    1
                } else {
                    2
                };
                (name, layer)
            })
    }
    named("encoder", network.encoder())
        .chain(named("decoder", network.decoder()))
        .collect()
}

fn bytes<'a>(values: impl Iterator<Item = &'a f32>) -> Vec<u8> {
    values.flat_map(|value| value.to_le_bytes()).collect()
}
