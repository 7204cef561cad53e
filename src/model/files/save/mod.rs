//! Models for other libraries. The same network gives the same bytes.

mod bounds;
pub(super) mod channels_first;
mod keras;
pub(super) mod keras_layers;
mod onnx;
pub(super) mod safetensors;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::keras::keras;
pub use self::onnx::onnx;
pub use self::safetensors::write as safetensors;
use crate::model::Network;

/// A format to save a model in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SaveFormat {
    /// Weights as PyTorch names and lays them out, and what the layers are.
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

/// Why a network cannot be saved in a format: a sentence that names the layer and another format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(String);

impl Refusal {
    /// `what` is said of the layer at this place of a half, as in "pools with a dilation".
    fn of(format: &str, half: &str, layer: usize, what: &str) -> Self {
        let other = match format {
            "Keras" => "ONNX or safetensors",
            _ => "safetensors",
        };
        Self(format!(
            "Layer {} of the {half} {what}, which {format} cannot say; save the network as {other}.",
            layer + 1
        ))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refusal {}

/// The bytes of a file that holds `network`.
///
/// # Errors
/// If the format has no words for one of its layers.
pub fn save(network: &Network, format: SaveFormat) -> Result<Vec<u8>, Refusal> {
    match format {
        SaveFormat::Safetensors => Ok(safetensors(network)),
        SaveFormat::Keras => keras(network),
        SaveFormat::Onnx => onnx(network),
    }
}

fn bytes<'a>(values: impl Iterator<Item = &'a f32>) -> Vec<u8> {
    values.flat_map(|value| value.to_le_bytes()).collect()
}
