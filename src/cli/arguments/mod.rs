//! What can be asked for, and the help that says so.

mod data;
mod measure;
mod model;
mod presets;
mod programs;
mod settings;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use latent_lens::attribution::Attribution;
use latent_lens::data::readers::PixelOrder;
use latent_lens::importance::Shard;
use latent_lens::numerals::counted;
use latent_lens::plot::ImageColours;
use latent_lens::report::{ErrorsOf, Metric, PixelKind, Unit};

use data::Size;
pub use data::{Column, Data};
pub use model::Model;
pub use presets::written_out;
pub use programs::Programs;
use settings::one_of;
pub use settings::{Measuring, Training};

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
    Compare(Compare),
    Results(Results),
}

/// Trains an autoencoder on images and measures what it looks at.
///
/// Of every class, 85 images in a hundred are trained on. The others are held out: the tables and
/// charts are of these. A model that was trained elsewhere is explained on all images that are given.
/// With the same images, settings, seed and kernel the CPU gives the same numbers again.
#[derive(Debug, Args)]
pub struct Analyse {
    #[command(flatten)]
    pub work: Work,

    #[command(flatten)]
    pub look: Look,

    /// Measures importance after the epochs of training as well, on processor cores that are idle while it trains, and
    /// writes how it came about: tables by epoch, when each map emerged, a film strip and an animation. With one core,
    /// epochs 0, 1, 2, 4, 8, … and the last are measured.
    #[arg(long)]
    pub history: bool,

    /// Draws what the decoder makes of places of the latent space, as decoded_plane: a grid over two dimensions; and,
    /// of a variational network, as decoded_prior: draws from the standard normal distribution.
    #[arg(long)]
    pub decoded: bool,

    /// The folder to write to; it is made if need be, and files of the same names are replaced.
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
}

/// Trains an autoencoder and saves it, for `--model` and for other libraries.
#[derive(Debug, Args)]
pub struct Train {
    #[command(flatten)]
    pub data: Data,

    #[command(flatten)]
    pub training: Training,

    #[command(flatten)]
    pub place: Place,

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

    /// Joins parts that were computed by different kernels, too. The report names all of them, and its last digits
    /// are not those of one run.
    #[arg(long)]
    pub mixed: bool,

    #[command(flatten)]
    pub look: Look,

    /// The folder to write to; it is made if need be, and files of the same names are replaced.
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
}

/// Tells which latent dimensions of one network are found again in others, all of saved sessions.
///
/// The first session's network is measured as its settings say, on the images given here, and so are
/// all others; they may be of any sizes, but take images of the same shape. networks.csv says of each of its
/// dimensions where it is in each of the others.
#[derive(Debug, Args)]
pub struct Compare {
    /// Sessions that were saved: the first whose dimensions are looked for, then those to look in.
    #[arg(value_name = "SESSION", required = true, num_args = 2..)]
    pub sessions: Vec<PathBuf>,

    #[command(flatten)]
    pub data: Data,

    #[command(flatten)]
    pub look: Look,

    #[command(flatten)]
    pub place: Place,

    /// How many processor cores measure importance at once; without it, all there are. The numbers
    /// do not depend on it.
    #[arg(long, value_name = "NUMBER")]
    pub jobs: Option<NonZeroUsize>,

    /// The folder to write to; it is made if need be, and files of the same names are replaced.
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
}

/// Draws results that were computed elsewhere, by R's package aim or a script.
///
/// Pixel importance, direction and latent importance are told apart by their columns, by what they hold, or by the
/// names of their files, such as V.csv, S.csv and IE.csv. Give those of one network, one or all three.
#[derive(Debug, Args)]
pub struct Results {
    /// CSV, NPY, RData or rds files: matrices of pixels × dimensions; what aim's vimp_input, vimp_direction and
    /// vimp_encoded return; or a table of classes, dimensions and importance.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,

    /// Height and width of the images, and channels where each has importance of its own, such as 28x28; without it,
    /// what the files say, or a square.
    #[arg(long, value_name = "HEIGHTxWIDTH[xCHANNELS]")]
    pub size: Option<Size>,

    /// In which order the lines of a matrix stand for pixels: row-major, as Python flattens images, or column-major, as
    /// R flattens matrices.
    #[arg(long, value_name = "ORDER", default_value = "row-major", value_parser = one_of::<PixelOrder>(ORDERS))]
    pub layout: PixelOrder,

    #[command(flatten)]
    pub look: Look,

    /// The folder to write to; it is made if need be, and files of the same names are replaced.
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
}

const ORDERS: &[&str] = &["row-major", "column-major"];

/// What to compute, of what, and where.
#[derive(Debug, Args)]
pub struct Work {
    #[command(flatten)]
    pub data: Data,

    #[command(flatten)]
    pub model: Model,

    #[command(flatten)]
    pub programs: Programs,

    #[command(flatten)]
    pub training: Training,

    #[command(flatten)]
    pub measuring: Measuring,

    #[command(flatten)]
    pub place: Place,

    /// How many processor cores train a dense network and measure importance at once; without it, all there are. The
    /// numbers do not depend on it.
    #[arg(long, value_name = "NUMBER")]
    pub jobs: Option<NonZeroUsize>,
}

/// How results are shown.
#[derive(Clone, Copy, Debug, Args)]
pub struct Look {
    /// How latent_importance.csv and the charts measure the change of a reconstruction: by the
    /// mean squared error or by its root. The report holds both.
    #[arg(long, value_enum, default_value_t = ByMetric::Mse)]
    pub metric: ByMetric,

    /// The colours of images in charts.
    #[arg(long, value_enum, default_value_t = ByColours::Auto)]
    pub image_colours: ByColours,

    /// Whose maps the figures show: those of permutation, as in the paper, or of another method that
    /// --opinions asks.
    #[arg(long, value_parser = one_of::<Attribution>(METHODS), default_value = METHODS[0])]
    pub maps: Attribution,

    /// What maps are measured in: as in the paper, in squared latent units, or as a share of what replacing
    /// the whole image does, which can be compared between dimensions and networks.
    #[arg(long, value_parser = one_of::<Unit>(UNITS), default_value = UNITS[0])]
    pub unit: Unit,

    /// Which errors importance is shown with: of the permutations, or over the images, how far it would be off had
    /// other images been explained, which --image-errors measures.
    #[arg(long, value_parser = one_of::<ErrorsOf>(ERRORS), default_value = ERRORS[0])]
    pub errors: ErrorsOf,

    /// How many columns of a table each map of the charts names, from the most important one. By default 12, and
    /// fewer of more than four dimensions; the CSV files always have all of them.
    #[arg(long, value_name = "COUNT", value_parser = parse_top_columns)]
    pub top_columns: Option<usize>,

    /// The two latent dimensions that encoded_space and decoded_plane have across and up, such as 3,5. By default
    /// those that vary most over the explained images.
    #[arg(long, value_name = "DIMENSIONS", value_parser = parse_projection)]
    pub projection: Option<[usize; 2]>,
}

/// Two dimensions, counted from 1, as they are counted from 0.
fn parse_projection(text: &str) -> Result<[usize; 2], String> {
    let dims = text
        .split(',')
        .map(|dim| dim.trim().parse::<usize>().ok()?.checked_sub(1));
    match dims.collect::<Option<Vec<usize>>>().as_deref() {
        Some(&[across, up]) if across != up => Ok([across, up]),
        _ => Err("give two different dimensions, counted from 1, such as 3,5".into()),
    }
}

fn parse_top_columns(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count) if count > 0 => Ok(count),
        _ => Err("say how many columns a map names: 1 or more".into()),
    }
}

/// How the values of settings are typed, the usual one first.
const METHODS: &[&str] = &[
    "permutation",
    "gradient",
    "smoothgrad",
    "integrated-zero",
    "integrated-mean",
    "occlusion-zero",
    "occlusion-mean",
    "variance",
];
const UNITS: &[&str] = &["paper", "share"];
const ERRORS: &[&str] = &["repeats", "images"];

impl Look {
    /// Refuses maps of a method that is not asked, and errors that are not measured.
    ///
    /// # Errors
    /// One sentence.
    pub fn check(self, opinions: bool, image_errors: bool) -> Result<(), String> {
        if !image_errors && self.errors == ErrorsOf::Images {
            return Err(
                "Errors over images were not measured: leave out --errors, or add --image-errors to the run."
                    .into(),
            );
        }
        if opinions || self.maps == Attribution::Permutation {
            return Ok(());
        }
        Err("Only permutation was asked: leave out --maps, or add --opinions to the run.".into())
    }

    /// Refuses axes that a network of so many dimensions does not have.
    ///
    /// # Errors
    /// One sentence.
    pub fn check_axes(self, dims: usize) -> Result<(), String> {
        match self.projection {
            Some(axes) if axes.iter().any(|&dim| dim >= dims) => Err(format!(
                "The network has {}: give two of these with --projection, or leave it out.",
                counted(dims, "latent dimension", "latent dimensions")
            )),
            _ => Ok(()),
        }
    }
}

/// [`ImageColours`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ByColours {
    /// As the images are: black to white, for all that can be brought here.
    Auto,
    /// As ink on paper: white to black.
    Ink,
    /// Black to white.
    Bright,
    /// Violet to yellow.
    Viridis,
}

impl ByColours {
    /// The colours of images whose pixels are of this kind.
    pub fn of(self, pixels: PixelKind) -> ImageColours {
        match self {
            Self::Auto => ImageColours::of(pixels),
            Self::Ink => ImageColours::Ink,
            Self::Bright => ImageColours::Bright,
            Self::Viridis => ImageColours::Viridis,
        }
    }
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

/// Where to compute, and with what.
#[derive(Clone, Copy, Debug, Args)]
pub struct Place {
    /// Where to compute.
    #[arg(long, value_enum, default_value_t = Device::HERE)]
    pub device: Device,

    /// The instructions that the processor computes dense layers, losses and importance with; without it, the fastest
    /// that it has. Reports name it, and between two of them numbers differ in the last digits.
    #[arg(long, value_enum, value_name = "KERNEL")]
    pub kernel: Option<ByKernel>,
}

/// The instructions of a processor, as they are typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ByKernel {
    /// What every processor has, and the page: its arithmetic is the same on all of them.
    Baseline,
    /// AVX2 with FMA, on x86-64.
    Avx2,
    /// NEON with fused multiplication and addition, on ARM.
    Neon,
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
