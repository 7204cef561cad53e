//! Results as data: what charts draw, what is exported and what tests compare.

mod cautions;
mod check;
mod derived;
mod history;
mod projection;
mod source;
pub(crate) mod words;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

pub use cautions::Words;
#[cfg(feature = "engine")]
pub(crate) use derived::NEAREST;
pub use derived::ReconstructionError;
pub use projection::Projection;
pub use source::{DataSource, ModelSource, PixelKind};

pub use crate::data::{ClassSummary, ImageShape};
use crate::settings::Settings;

/// Everything a run has found so far. Parts that have not been computed are `None`.
///
/// Pixels are numbered row by row from the image's top left, latent dimensions and classes by
/// position (the first latent dimension has index 0 here and is shown to people as 1).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// Version of latent-lens that computed this.
    pub version: String,
    /// The engine that computed this: `cpu` or `webgpu`.
    pub engine: String,
    /// Settings of the run; with the same images they give the same numbers again.
    pub settings: Settings,
    /// The images: whose they are, and what was done to them.
    #[serde(default)]
    pub data: DataSource,
    /// The model that was brought; absent where one was trained here.
    #[serde(default)]
    pub model: Option<ModelSource>,
    /// Height and width of an image, in pixels.
    pub image: ImageShape,
    /// The classes, in the order of the rows of [`Report::latent_importance`].
    pub classes: Vec<ClassSummary>,
    /// Loss after every finished epoch.
    pub training: Option<TrainingHistory>,
    /// A few explained images and what the autoencoder makes of them.
    pub samples: Option<Samples>,
    /// Where the encoder puts every explained image.
    #[serde(default)]
    pub encoded: Option<Encoded>,
    /// V (pixels × dimensions): mean squared change of a latent when a pixel is permuted
    /// (Section 3.2).
    pub pixel_importance: Option<Estimate>,
    /// S (pixels × dimensions): direction of a pixel's influence (Section 3.2).
    pub direction: Option<DirectionMap>,
    /// IE (classes × dimensions): mean squared change of the reconstruction when a latent is
    /// permuted within its class (Section 3.3).
    pub latent_importance: Option<Estimate>,
    /// As [`Report::latent_importance`], but with the root of the mean squared change (RMSE):
    /// taken repeat by repeat where it is sampled. Such a mean of roots has no closed form, so the
    /// exact RMSE is the root of the exact mean.
    #[serde(default)]
    pub latent_importance_rmse: Option<Estimate>,
}

impl Report {
    /// IP = V · S (pixels × dimensions), cell by cell: how far a pixel moves a latent, with the
    /// sign of its direction (Section 3.2). Absent until stages 1 and 2 have results.
    #[must_use]
    pub fn directional_importance(&self) -> Option<Array2<f32>> {
        let importance = self.pixel_importance.as_ref()?;
        let direction = self.direction.as_ref()?;
        Some(&importance.mean * &direction.sign)
    }

    /// IE (classes × dimensions) by a metric.
    #[must_use]
    pub fn latent_importance_by(&self, metric: Metric) -> Option<&Estimate> {
        match metric {
            Metric::Mse => self.latent_importance.as_ref(),
            Metric::Rmse => self.latent_importance_rmse.as_ref(),
        }
    }
}

/// How IE measures the change of a reconstruction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Metric {
    /// Mean squared error: in squared units of intensity.
    #[default]
    Mse,
    /// Root mean squared error: in units of intensity.
    Rmse,
}

impl Metric {
    /// What it is called in a sentence.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mse => "mean squared error",
            Self::Rmse => "root mean squared error",
        }
    }
}

#[cfg(test)]
impl Report {
    /// A report of which only the heading is known, for tests to fill.
    pub(crate) fn blank(image: ImageShape, dims: usize, labels: &[u8]) -> Self {
        let class = |&label: &u8| ClassSummary {
            label,
            name: label.to_string(),
            training: 85,
            held_out: 15,
            explained: 15,
        };
        Self {
            version: "0.0.0".into(),
            engine: "cpu".into(),
            settings: Settings {
                dims,
                ..Settings::default()
            },
            data: DataSource::default(),
            model: None,
            image,
            classes: labels.iter().map(class).collect(),
            training: None,
            samples: None,
            encoded: None,
            pixel_importance: None,
            direction: None,
            latent_importance: None,
            latent_importance_rmse: None,
        }
    }
}

/// Mean binary cross-entropy per pixel, in nats, after each finished epoch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrainingHistory {
    /// Over the training images, averaged while the epoch ran.
    #[serde(serialize_with = "finite::all")]
    pub training_loss: Vec<f32>,
    /// Over the held-out images, after the epoch.
    #[serde(serialize_with = "finite::all")]
    pub held_out_loss: Vec<f32>,
    /// What it costs to answer every held-out image with the mean of the training images: a network
    /// that comes no lower has learned nothing of single images. Unknown (absent) in older reports.
    #[serde(default, serialize_with = "finite::any")]
    pub mean_image_loss: Option<f32>,
    /// The entropy of the held-out images themselves, below which no network comes. Unknown as above.
    #[serde(default, serialize_with = "finite::any")]
    pub least_loss: Option<f32>,
    /// Epochs after which training diverged, where it did: the network is that of the last of them.
    #[serde(default)]
    pub diverged_after: Option<usize>,
}

/// Explained images (m × pixels), their latents (m × dimensions) and their reconstructions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Samples {
    /// The label of each image.
    pub labels: Vec<u8>,
    /// As the network is given them: intensities from 0 to 1, unless a model takes others.
    #[serde(with = "matrix")]
    pub images: Array2<f32>,
    /// What the encoder makes of them.
    #[serde(with = "matrix")]
    pub latents: Array2<f32>,
    /// What the decoder makes of the latents, 0 to 1.
    #[serde(with = "matrix")]
    pub reconstructions: Array2<f32>,
}

/// The encoded space (Section 3.4): the latents of the explained images, class after class; in the order
/// of their files where all images are explained.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Encoded {
    /// The label of each image.
    pub labels: Vec<u8>,
    /// Where each image stands among all images of its class, counted from 0.
    pub positions: Vec<u32>,
    /// The files that the images are from.
    #[serde(default)]
    pub files: Vec<String>,
    /// Of each image, which of [`Encoded::files`] it is from, counted from 0; empty where that is not
    /// known.
    #[serde(default)]
    pub file: Vec<u32>,
    /// Which image of its file each is, counted from 0; empty where that is not known.
    #[serde(default)]
    pub place: Vec<u32>,
    /// Z (images × dimensions).
    #[serde(with = "matrix")]
    pub latents: Array2<f32>,
}

/// What a stage found: one number per cell, exact or averaged over repeats.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Estimate {
    /// Whether [`Estimate::mean`] is exact.
    #[serde(default)]
    pub method: Measured,
    /// The engine that measured this stage: `cpu` or `webgpu`; empty in reports older than this
    /// field. The closed form runs on the CPU under either engine.
    #[serde(default)]
    pub engine: String,
    /// Mean over the repeats done so far, or the exact value; 0 where nothing is known yet.
    #[serde(with = "matrix")]
    pub mean: Array2<f32>,
    /// Standard error of `mean`: the repeats' standard deviation over the square root of their
    /// number, unknown (absent) until every cell has two repeats; 0 throughout once every cell is
    /// known exactly.
    #[serde(with = "optional_matrix")]
    pub std_error: Option<Array2<f32>>,
    /// Complete passes over all cells: repeats finished, or 1 once every cell is known exactly.
    pub repeats: usize,
    /// Share of the work that is finished, 0 to 1: of all repeats of all cells, or of the cells
    /// to compute exactly.
    #[serde(serialize_with = "finite::one")]
    pub fraction: f32,
}

/// How the numbers of an [`Estimate`] came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measured {
    /// The expected value over all permutations, up to rounding.
    Exact,
    /// The mean over random permutations.
    #[default]
    Sampled,
}

impl Measured {
    /// As reports write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Sampled => "sampled",
        }
    }
}

/// Least-squares slope of each latent on each pixel, and its sign.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DirectionMap {
    /// Slope (pixels × dimensions): latent units per unit of pixel intensity.
    #[serde(with = "matrix")]
    pub slope: Array2<f32>,
    /// Sign of the slope: -1, 0 or 1.
    #[serde(with = "matrix")]
    pub sign: Array2<f32>,
}

/// Numbers of which none may be infinite or NaN: JSON has no such numbers, and would hold nothing in
/// their place.
mod finite {
    use serde::{Serialize, Serializer, ser::Error};

    pub(super) fn check<'a, E: Error>(numbers: impl IntoIterator<Item = &'a f32>) -> Result<(), E> {
        if numbers.into_iter().all(|number| number.is_finite()) {
            return Ok(());
        }
        Err(E::custom("a number of the report is infinite or NaN"))
    }

    pub fn all<S: Serializer>(numbers: &[f32], to: S) -> Result<S::Ok, S::Error> {
        check(numbers)?;
        numbers.serialize(to)
    }

    #[allow(
        clippy::ref_option,
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands over the field as it is"
    )]
    pub fn any<S: Serializer>(number: &Option<f32>, to: S) -> Result<S::Ok, S::Error> {
        check(number)?;
        number.serialize(to)
    }

    #[allow(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands over the field as it is; on 32 bits it is no smaller"
    )]
    pub fn one<S: Serializer>(number: &f32, to: S) -> Result<S::Ok, S::Error> {
        check([number])?;
        number.serialize(to)
    }
}

/// Matrices as `{ "shape": [rows, columns], "data": [row by row] }`.
mod matrix {
    use ndarray::Array2;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    #[derive(Serialize, Deserialize)]
    pub(super) struct Plain {
        shape: (usize, usize),
        #[serde(serialize_with = "super::finite::all")]
        data: Vec<f32>,
    }

    impl From<&Array2<f32>> for Plain {
        fn from(array: &Array2<f32>) -> Self {
            Self {
                shape: array.dim(),
                data: array.iter().copied().collect(),
            }
        }
    }

    impl Plain {
        pub(super) fn into_array<E: Error>(self) -> Result<Array2<f32>, E> {
            Array2::from_shape_vec(self.shape, self.data).map_err(E::custom)
        }
    }

    pub fn serialize<S: Serializer>(array: &Array2<f32>, to: S) -> Result<S::Ok, S::Error> {
        Plain::from(array).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Array2<f32>, D::Error> {
        Plain::deserialize(from)?.into_array()
    }
}

/// As [`matrix`], or null.
mod optional_matrix {
    use super::matrix::Plain;
    use ndarray::Array2;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde hands over the field as it is")]
    pub fn serialize<S: Serializer>(array: &Option<Array2<f32>>, to: S) -> Result<S::Ok, S::Error> {
        array.as_ref().map(Plain::from).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Array2<f32>>, D::Error> {
        Option::<Plain>::deserialize(from)?
            .map(Plain::into_array)
            .transpose()
    }
}
