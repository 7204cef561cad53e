//! What can be asked for, and the help that says so.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use latent_lens::report::Metric;
use latent_lens::settings::{Method, Settings};
use latent_lens::shard::Shard;

/// Explains autoencoders: which pixels drive each latent dimension, and which dimensions rebuild
/// each class.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, disable_help_subcommand = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Analyse(Analyse),
    Train(Train),
    Shard(Share),
    Merge(Merge),
}

/// Trains an autoencoder on images and measures what it looks at.
///
/// Of every class, 85 images in a hundred are trained on. The others are held out: the tables and
/// charts are of these. With the same images, settings and seed the CPU gives the same numbers
/// again.
#[derive(Debug, Args)]
pub struct Analyse {
    #[command(flatten)]
    pub work: Work,

    /// How latent_importance.csv and the charts measure the change of a reconstruction: by the
    /// mean squared error or by its root. The report holds both.
    #[arg(long, value_enum, default_value_t = ByMetric::Mse)]
    pub metric: ByMetric,

    /// The folder to write to; it is made if need be, and files of the same names are replaced.
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
}

/// Trains an autoencoder and saves it, for `--model` and for other libraries.
#[derive(Debug, Args)]
pub struct Train {
    #[command(flatten)]
    pub work: Work,

    /// The file to write; its ending says for whom: .safetensors (PyTorch), .keras (Keras 3) or
    /// .onnx.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// Measures one part of the pixels and latent dimensions, for `merge` to join.
///
/// Give all parts the same images, settings and seed, and the model that `train` saved, so that
/// none trains again. `merge` refuses parts whose images or networks differ by a bit.
#[derive(Debug, Args)]
pub struct Share {
    /// Which part of how many, such as 3/16 for the third of sixteen.
    #[arg(long, value_name = "PART")]
    pub part: Shard,

    #[command(flatten)]
    pub work: Work,

    /// The file to write, such as part-3.json.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// Joins all parts of a run into the results that `analyse` gives, bit for bit.
#[derive(Debug, Args)]
pub struct Merge {
    /// What `shard` wrote, all parts in any order.
    #[arg(value_name = "FILE", required = true)]
    pub parts: Vec<PathBuf>,

    /// How latent_importance.csv and the charts measure the change of a reconstruction.
    #[arg(long, value_enum, default_value_t = ByMetric::Mse)]
    pub metric: ByMetric,

    /// The folder to write to; it is made if need be, and files of the same names are replaced.
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
}

/// What to compute, of what, and where.
#[derive(Debug, Args)]
pub struct Work {
    #[command(flatten)]
    pub data: Data,

    /// The files of a trained autoencoder, to be explained instead of a new one: Keras, PyTorch,
    /// safetensors, TensorFlow.js or ONNX. The images that it is explained on are those that
    /// training with this seed would hold out.
    #[arg(
        long,
        value_name = "FILE",
        num_args = 1..,
        conflicts_with_all = ["dims", "hidden", "epochs"]
    )]
    pub model: Vec<PathBuf>,

    #[command(flatten)]
    pub settings: Chosen,

    /// Where to compute.
    #[arg(long, value_enum, default_value_t = Device::HERE)]
    pub device: Device,
}

/// What to look at.
#[derive(Debug, Args)]
pub struct Data {
    /// The images: an IDX file, the format of MNIST, plain or gzip-compressed.
    #[arg(long, value_name = "FILE")]
    pub images: PathBuf,

    /// A label for each image, as an IDX file; without it, all images are one class.
    #[arg(long, value_name = "FILE")]
    pub labels: Option<PathBuf>,
}

/// [`Settings`], as they are typed.
#[derive(Debug, Args)]
pub struct Chosen {
    /// The labels of the classes to look at, such as 0,1; without it, all there are.
    #[arg(long, value_name = "LABELS", value_delimiter = ',')]
    pub classes: Option<Vec<u8>>,

    /// Latent dimensions: how many numbers an image is squeezed into.
    #[arg(long, value_name = "NUMBER", default_value_t = Settings::default().dims)]
    pub dims: usize,

    /// Units of the encoder's hidden layers, such as 512,128; the decoder mirrors them. Without
    /// it, there are none.
    #[arg(long, value_name = "UNITS", value_delimiter = ',')]
    pub hidden: Vec<usize>,

    /// How often training passes over the images.
    #[arg(long, value_name = "NUMBER", default_value_t = Settings::default().epochs)]
    pub epochs: usize,

    /// How importance is measured: over all permutations there are, by a few that are drawn, or
    /// the one where it is affordable and the other elsewhere.
    #[arg(long, value_enum, default_value_t = ByMethod::Auto)]
    pub method: ByMethod,

    /// How many permutations are drawn of each pixel and each latent dimension: more make smaller
    /// errors.
    #[arg(long, value_name = "NUMBER", default_value_t = Settings::default().permutations)]
    pub permutations: usize,

    /// Decides which images are held out, the first weights and every permutation.
    #[arg(long, value_name = "NUMBER", default_value_t = Settings::default().seed)]
    pub seed: u32,
}

/// [`Metric`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ByMetric {
    Mse,
    Rmse,
}

impl From<ByMetric> for Metric {
    fn from(metric: ByMetric) -> Self {
        match metric {
            ByMetric::Mse => Self::Mse,
            ByMetric::Rmse => Self::Rmse,
        }
    }
}

/// [`Method`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ByMethod {
    /// Exact where that is affordable, sampled elsewhere.
    Auto,
    /// The expected value over all permutations.
    Exact,
    /// The paper's way: the mean over a few random permutations.
    Sampled,
}

impl From<ByMethod> for Method {
    fn from(method: ByMethod) -> Self {
        match method {
            ByMethod::Auto => Self::Auto,
            ByMethod::Exact => Self::Exact,
            ByMethod::Sampled => Self::Sampled,
        }
    }
}

/// Where to compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Device {
    /// On the processor.
    Cpu,
    /// On the graphics card, through wgpu.
    Gpu,
}

impl Device {
    /// The first that this program was built with.
    const HERE: Self = if cfg!(feature = "engine-cpu") {
        Self::Cpu
    } else {
        Self::Gpu
    };
}

impl Chosen {
    /// The settings that were asked for, where there are classes of these labels.
    pub fn settings(&self, available: impl Iterator<Item = u8>) -> Settings {
        Settings {
            classes: self.classes.clone().unwrap_or_else(|| available.collect()),
            dims: self.dims,
            hidden: self.hidden.clone(),
            epochs: self.epochs,
            method: self.method.into(),
            permutations: self.permutations,
            seed: self.seed,
        }
    }
}
