//! Models for other libraries. The same network gives the same bytes.

mod bounds;
pub(super) mod channels_first;
mod keras;
pub(super) mod keras_graph;
pub(super) mod keras_layers;
mod onnx;
pub(super) mod safetensors;
pub(super) mod scaled;

use std::fmt;

use serde::{Deserialize, Serialize};

use self::channels_first::{Lies, planes};
pub use self::keras::keras;
pub use self::onnx::onnx;
pub use self::safetensors::write as safetensors;
use crate::data::{Scaling, Shape};
use crate::model::{Form, Layer, Network};

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

/// Why nothing here meets a black box.
const REFUSED: &str = "a black box is refused before anything is written";

/// Refuses a network of which a part is a black box: there is nothing to write down.
fn check_layers(network: &Network) -> Result<(), Refusal> {
    if network.has_black_box() {
        return Err(Refusal(
            "A part of this network is a black box, whose layers are not known: keep the file or the program that \
             it is from."
                .into(),
        ));
    }
    Ok(())
}

/// The bytes of a file that holds `network`.
///
/// # Errors
/// If the format has no words for one of its layers.
pub fn save(network: &Network, format: SaveFormat) -> Result<Vec<u8>, Refusal> {
    save_with(network, None, format)
}

/// As [`save`], with the scaling of the columns that the network was trained on: what is saved takes and
/// gives numbers as they were stored.
///
/// # Errors
/// As there, or if the scaling has not a number for each of a row.
pub fn save_with(
    network: &Network,
    scaling: Option<&Scaling>,
    format: SaveFormat,
) -> Result<Vec<u8>, Refusal> {
    check_layers(network)?;
    if let Some(scaling) = scaling {
        scaled::check(network, scaling).map_err(Refusal)?;
    }
    match format {
        SaveFormat::Safetensors => Ok(safetensors(network, scaling)),
        SaveFormat::Keras => keras(network, scaling),
        SaveFormat::Onnx => onnx(network, scaling),
    }
}

/// What is to be known of a file that holds such a network: sentences, none where it is as everybody
/// expects.
#[must_use]
pub fn notes(network: &Network, scaling: Option<&Scaling>, format: SaveFormat) -> Vec<String> {
    let mut notes = Vec::new();
    if network.is_variational() {
        let heads = match format {
            SaveFormat::Keras => {
                "The model named \"encoder\" within it gives two outputs, z_mean and z_log_var"
            }
            SaveFormat::Onnx => "The output log_variance is beside them",
            SaveFormat::Safetensors => {
                "\"mean\" and \"log_variance\" are the heads after \"encoder\""
            }
        };
        notes.push(format!(
            "The whole model reconstructs from the means, without drawing. {heads}."
        ));
    }
    if scaling.is_some() {
        let where_to = match format {
            SaveFormat::Keras => "the encoder's first layer and the decoder's last",
            SaveFormat::Onnx => "the first and the last operations of the graph",
            SaveFormat::Safetensors => {
                "the tensors column_offset and column_scale, which the program for PyTorch applies"
            }
        };
        notes.push(format!(
            "The scaling of the columns is part of it ({where_to}): it takes and gives numbers as they were \
             stored."
        ));
    }
    let is_signal =
        |layer: &Form| matches!(layer, Form::General { kind, .. } if kind.filters().is_some());
    let input = network.encoder().input();
    let is_row = matches!(input, Shape::Image(image) if image.height == 1);
    let mut forms = network.encoder().layers().iter().map(Layer::form);
    if is_row && forms.any(|form| is_signal(&form)) {
        notes.push(
            "Its layers of signals are two-dimensional ones over images of one row, whose windows are one row \
             high."
                .into(),
        );
    }
    notes
}

/// Numbers of a row as they lie in a tensor.
pub(super) fn placed(lies: Lies, values: &[f32]) -> Vec<f32> {
    match lies {
        Lies::Maps(image) => planes(image).map(|place| values[place]).collect(),
        _ => values.to_vec(),
    }
}

fn bytes<'a>(values: impl Iterator<Item = &'a f32>) -> Vec<u8> {
    values.flat_map(|value| value.to_le_bytes()).collect()
}
