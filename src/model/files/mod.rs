//! Trained models in the files of other libraries.
//!
//! [`open`] reads what Keras, PyTorch, TensorFlow.js and ONNX exporters write, told apart by what
//! is inside; [`save`] writes models that Keras, PyTorch (safetensors) and ONNX runtimes load; and
//! [`code`] is the same architecture and training as a program.
//!
//! ```text
//! files -> a reader -> chain of layers -> encoder | decoder
//!          keras, tfjs, torch, onnx, safetensors
//! ```
//!
//! Nothing in a file is executed or believed: sizes are checked before memory is asked for.

mod alone;
pub(crate) mod archive;
mod bottleneck;
mod candidates;
mod chain;
pub mod code;
pub(crate) mod error;
mod exported;
mod formula;
mod found;
mod groups;
mod halves;
mod hdf5;
mod heads;
mod keras;
mod modules;
mod onnx;
mod open;
mod pickle;
pub mod save;
mod tensor;
mod tfjs;
mod torch;
mod weights;
mod words;

use serde::{Deserialize, Serialize};

pub use crate::data::File;
use crate::data::Shape;

pub use self::alone::Alone;
pub use self::error::{Asks, ModelError, Question, WeightShape};
pub use self::open::{fits, open};
use super::{Activation, Network};

/// Bytes that the files of a model may have together, and bytes that may be unpacked from them.
pub const MAX_BYTES: usize = 512 << 20;

/// A trained model, ready to use.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Its layers, split at the bottleneck.
    pub network: Network,
    /// What the files say of it.
    pub description: Description,
}

/// What was found in the files of a model, for people to look at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Description {
    /// The format of the files, such as `Keras 3`.
    pub format: String,
    /// The layers, encoder first.
    pub layers: Vec<LayerDescription>,
    /// How many of them are the encoder.
    pub encoder_layers: usize,
    /// Whether images are given as they are stored, since the model itself brings them to the range
    /// that its layers take.
    pub takes_stored_values: bool,
    /// Sentences about what was left out or decided on the way.
    pub notes: Vec<String>,
}

/// A layer in words and numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LayerDescription {
    /// Its name in the file.
    pub name: String,
    /// What it is, such as `convolution 3 × 3, stride 2`.
    pub kind: String,
    /// Number of inputs.
    pub inputs: usize,
    /// Number of outputs.
    pub outputs: usize,
    /// What a row is that it takes.
    pub input: Shape,
    /// What a row is that it gives.
    pub output: Shape,
    /// Applied to every output.
    pub activation: Activation,
}

/// What a person says of a model where its files do not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hints {
    /// The activation of every dense layer, in order, for files that hold only weights.
    pub activations: Option<Vec<Activation>>,
    /// How many layers are the encoder; else the file's own parts or the narrowest layer tell.
    pub bottleneck: Option<usize>,
    /// The names of layers in the order in which they follow each other, for files that hold only
    /// weights; those that are not named are left out. Of two heads of a variational encoder the one
    /// that is named gives the means, whatever the file, and the other one their log-variances.
    pub order: Option<Vec<String>>,
    /// All steps from the images to the reconstructions, for files that hold only weights and have other
    /// layers than dense ones: `images 1x28x28, encoder.0 stride 2 padding 1, relu, flatten, fc, latents,
    /// …`.
    pub layers: Option<String>,
    /// The half that the files hold, where the other one is missing; of a whole autoencoder, the half that is kept.
    pub half: Option<Alone>,
}
