//! A trained model to explain, and what its files do not say.

use std::path::PathBuf;

use clap::Args;
use latent_lens::model::Activation;
use latent_lens::model::files::{Alone, Hints};
use latent_lens::model::graph::{Choice, GraphPart, Planes};

use super::settings::one_of;

/// A trained model to explain.
#[derive(Debug, Args)]
pub struct Model {
    /// The files of a trained autoencoder, or their folder, to be explained instead of a new one:
    /// Keras, PyTorch, safetensors, TensorFlow.js or ONNX. It is explained on all images that are given,
    /// unless --explain says otherwise.
    #[arg(
        id = "model",
        long,
        value_name = "FILE",
        num_args = 1..,
        conflicts_with_all = ["dims", "hidden", "epochs"]
    )]
    pub files: Vec<PathBuf>,

    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        requires = "model",
        help = format!(
            "The model's activations, one a layer, where its files hold weights only, of {}",
            Activation::typed()
        )
    )]
    pub activations: Option<Vec<Activation>>,

    /// How many of the model's layers are its encoder, where it is narrowest in several places.
    #[arg(long, value_name = "LAYERS", requires = "model")]
    pub bottleneck: Option<usize>,

    /// The names of the model's layers in the order in which they follow each other, where its files
    /// do not tell. Layers that are not named are left out, but for one of the size of a variational
    /// model's means, which gives their log-variances.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', requires = "model")]
    pub order: Option<Vec<String>>,

    /// What stands between the model's layers and what they are given, where its files hold weights only
    /// and not all layers are dense: all steps from the images to the reconstructions, separated by
    /// commas, such as "images 1x28x28, encoder.0 stride 2 padding 1, relu, flatten, fc, latents, …".
    /// Without it, what is usual is proposed. The steps are names of layers (then transposed, stride,
    /// padding, output-padding, dilation, groups, epsilon), activations, max-pool, average-pool,
    /// adaptive-average, upsample, pad, flatten, unflatten, softmax, log-variances with the names of the
    /// layers that give them, and latents where the encoder ends.
    #[arg(
        long,
        value_name = "STEPS",
        requires = "model",
        conflicts_with_all = ["activations", "bottleneck", "order"]
    )]
    pub layers: Option<String>,

    /// Which half of an autoencoder the model's files hold, where they hold no other; of a whole one, the half that is
    /// taken. What the other half would tell is left out. A decoder needs --latents.
    #[arg(
        long,
        value_name = "HALF",
        requires = "model",
        conflicts_with = "graph_part",
        value_parser = one_of::<Alone>(HALVES)
    )]
    pub half: Option<Alone>,

    /// Latents of the images that were made elsewhere, a row for each image in the order in which they are read: an
    /// NPY, CSV, RData or rds file. Without a model they give direction and encoded space, with a decoder latent
    /// importance as well.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["command", "dims", "hidden", "epochs"]
    )]
    pub latents: Option<PathBuf>,

    /// The tensor of an ONNX file that holds the latents, by its name, or `list` for those that there are. With it,
    /// or with one of the four that follow, the file is run as it is.
    #[arg(long, value_name = "NAME", requires = "model")]
    pub divide_at: Option<String>,

    /// The input of an ONNX file that takes the images, where it has several.
    #[arg(long, value_name = "NAME", requires = "model")]
    pub graph_input: Option<String>,

    /// The output of an ONNX file that gives the reconstructions (of an encoder alone, the latents), where it has
    /// several.
    #[arg(long, value_name = "NAME", requires = "model")]
    pub graph_output: Option<String>,

    /// Which part of an autoencoder an ONNX file is: whole, encoder or decoder.
    #[arg(long, value_name = "PART", requires = "model", value_parser = one_of::<GraphPart>(PARTS))]
    pub graph_part: Option<GraphPart>,

    /// What a dimension is where the latents of an ONNX file are feature maps: cell or, of an encoder alone, channel
    /// (the mean of its cells).
    #[arg(long, value_name = "WHAT", requires = "model", value_parser = one_of::<Planes>(PLANES))]
    pub latents_of: Option<Planes>,
}

const HALVES: &[&str] = &["encoder", "decoder"];
const PARTS: &[&str] = &["whole", "encoder", "decoder"];
const PLANES: &[&str] = &["cell", "channel"];

impl Model {
    /// What was chosen of an ONNX graph.
    pub fn choice(&self) -> Choice {
        Choice {
            input: self.graph_input.clone(),
            output: self.graph_output.clone(),
            latents: self.divide_at.clone(),
            planes: self.latents_of,
            part: self.graph_part,
        }
    }

    /// What was said of the model.
    pub fn hints(&self) -> Hints {
        Hints {
            activations: self.activations.clone(),
            bottleneck: self.bottleneck,
            order: self.order.clone(),
            layers: self.layers.clone(),
            half: self.half,
        }
    }
}
