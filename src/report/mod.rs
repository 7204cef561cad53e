//! Results as data: what charts draw, what is exported and what tests compare.

mod cautions;
mod check;
mod derived;
#[cfg(feature = "readers")]
mod elsewhere;
mod encoded;
#[cfg(feature = "general")]
mod errors;
#[cfg(feature = "general")]
mod kinds;
#[cfg(feature = "general")]
mod measured;
#[cfg(feature = "general")]
mod moments;
mod projection;
mod source;
pub(crate) mod words;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

pub use cautions::Words;
pub use derived::ReconstructionError;
pub use encoded::Encoded;
#[cfg(feature = "general")]
pub use errors::{ClassErrors, MeasuredErrors, Pictured, ReconstructionErrors};
#[cfg(all(test, feature = "general"))]
pub(crate) use measured::with_networks;
#[cfg(feature = "general")]
pub use measured::{ErrorsOf, SharedCredit, Unit};
pub use projection::Projection;
pub use source::{DataSource, ModelPart, ModelSource, PixelKind};

#[cfg(feature = "general")]
use crate::attribution::Opinions;
pub use crate::data::DataForm;
use crate::data::{ClassSummary, Dataset, ImageShape};
#[cfg(feature = "general")]
use crate::history::Emergence;
use crate::importance::{DirectionMap, Estimate};
#[cfg(feature = "general")]
use crate::importance::{DonorCheck, GroupImportance, ImageErrors};
#[cfg(feature = "general")]
use crate::latents::{Divergence, Factors};
#[cfg(feature = "general")]
use crate::networks::{Controls, Networks, Sizes, Smaller};
use crate::settings::{Permute, Settings};
use crate::train::{Samples, TrainingHistory};

/// Everything a run has found so far. Parts that have not been computed are `None`.
///
/// Pixels are numbered row by row from the image's top left, with the channels of a pixel side by side;
/// latent dimensions and classes by position (the first latent dimension has index 0 here and is shown
/// to people as 1). What stage 1 permutes is a feature: a pixel with all of its channels, or each
/// channel of a pixel, as [`Settings::permute`] says. [`Report::features`] is how many there are.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// Version of latent-lens that computed this.
    pub version: String,
    /// The engine that computed this: `cpu` or `webgpu`.
    pub engine: String,
    /// The instructions that the CPU computed with: `baseline`, `avx2` or `neon`; of parts that were joined, the names
    /// of all of them, with commas. Results of two kernels differ in their last digits. Where none is named, it is the
    /// baseline, which pages and older versions have alone, or WebGPU.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
    /// Settings of the run; with the same images they give the same numbers again. Of results that were computed
    /// elsewhere ([`ModelPart::Results`]) only dimensions and classes are known.
    pub settings: Settings,
    /// The images: where they are from, and how they were prepared.
    #[serde(default)]
    pub data: DataSource,
    /// The model, where it was trained elsewhere.
    #[serde(default)]
    pub model: Option<ModelSource>,
    /// Height and width of an image, in pixels, and the channels of a pixel.
    pub image: ImageShape,
    /// The shape of the latents where they are feature maps, whose numbers are the dimensions channel
    /// by channel, each row by row; `None` where they are plain numbers.
    #[serde(default)]
    pub latent: Option<ImageShape>,
    /// The classes, in the order of the rows of [`Report::latent_importance`].
    pub classes: Vec<ClassSummary>,
    /// Loss after every finished epoch.
    pub training: Option<TrainingHistory>,
    /// A few explained images and what the autoencoder makes of them.
    pub samples: Option<Samples>,
    /// Where the encoder puts every explained image.
    #[serde(default)]
    pub encoded: Option<Encoded>,
    /// V (features × dimensions): mean squared change of a latent when a feature is permuted
    /// (Section 3.2).
    pub pixel_importance: Option<Estimate>,
    /// S (features × dimensions): direction of a feature's influence (Section 3.2); of a pixel with
    /// several channels, that of their mean.
    pub direction: Option<DirectionMap>,
    /// IE (classes × dimensions): mean squared change of the reconstruction when a latent is
    /// permuted within its class (Section 3.3).
    pub latent_importance: Option<Estimate>,
    /// As [`Report::latent_importance`], but with the root of the mean squared change (RMSE):
    /// taken repeat by repeat where it is sampled. Such a mean of roots has no closed form, so the
    /// exact RMSE is the root of the exact mean.
    #[serde(default)]
    pub latent_importance_rmse: Option<Estimate>,
    /// V of groups of features, where the run was asked for such.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<GroupImportance>,
    /// What is known of each choice of donors, where another than the paper's was made.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub donor_checks: Option<Vec<DonorCheck>>,
    /// How far off the reconstructions of the explained images are.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconstruction_errors: Option<ReconstructionErrors>,
    /// What other methods say, where the run was asked for it.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opinions: Option<Opinions>,
    /// How far importance would be off had other images been explained, where the run was asked for it.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_errors: Option<ImageErrors>,
    /// How maps and importance came about while the network learned, where that was watched.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergence: Option<Emergence>,
    /// Maps and importance beside those of networks that have nothing to learn, where the run was asked for it.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controls: Option<Controls>,
    /// What becomes of each dimension in other networks, where the run was asked for such.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub networks: Option<Networks>,
    /// How far the latents of a variational network are from the standard normal distribution; absent for
    /// any other network.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub divergence: Option<Divergence>,
    /// Which dimension carries which factor, where the run was asked for it.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factors: Option<Factors>,
    /// What becomes of the loss where only some dimensions are kept, where the run was asked for it.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smaller: Option<Smaller>,
    /// What other numbers of latent dimensions come to, where the run was asked for it.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sizes: Option<Sizes>,
}

impl Report {
    /// The report of a run on `data` that has found nothing yet.
    #[must_use]
    pub fn new(engine: &str, settings: Settings, data: &Dataset) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").into(),
            data: DataSource::default().of(data),
            ..Self::empty(engine, settings, data.image, data.classes.clone())
        }
    }

    /// A report of these images of which nothing is known, not even a version.
    pub(crate) fn empty(
        engine: &str,
        settings: Settings,
        image: ImageShape,
        classes: Vec<ClassSummary>,
    ) -> Self {
        Self {
            version: String::new(),
            engine: engine.into(),
            #[cfg(feature = "general")]
            kernel: None,
            settings,
            data: DataSource::default(),
            model: None,
            image,
            latent: None,
            classes,
            training: None,
            samples: None,
            encoded: None,
            pixel_importance: None,
            direction: None,
            latent_importance: None,
            latent_importance_rmse: None,
            #[cfg(feature = "general")]
            groups: None,
            #[cfg(feature = "general")]
            donor_checks: None,
            #[cfg(feature = "general")]
            reconstruction_errors: None,
            #[cfg(feature = "general")]
            opinions: None,
            #[cfg(feature = "general")]
            image_errors: None,
            #[cfg(feature = "general")]
            emergence: None,
            #[cfg(feature = "general")]
            controls: None,
            #[cfg(feature = "general")]
            networks: None,
            #[cfg(feature = "general")]
            divergence: None,
            #[cfg(feature = "general")]
            factors: None,
            #[cfg(feature = "general")]
            smaller: None,
            #[cfg(feature = "general")]
            sizes: None,
        }
    }

    /// How many features pixel importance and direction have a row for.
    #[must_use]
    pub fn features(&self) -> usize {
        if self.is_by_channel() {
            self.image.size()
        } else {
            self.image.pixels()
        }
    }

    /// Whether each of a pixel's several channels is a feature of its own.
    #[must_use]
    pub fn is_by_channel(&self) -> bool {
        self.image.channels > 1 && self.settings.permute == Permute::Channel
    }

    /// IP = V · S (features × dimensions), cell by cell: how far a feature moves a latent, with the
    /// sign of its direction (Section 3.2). Absent until stages 1 and 2 have results.
    #[must_use]
    pub fn directional_importance(&self) -> Option<Array2<f32>> {
        let importance = self.pixel_importance.as_ref()?;
        let direction = self.direction.as_ref()?;
        Some(&importance.mean * &direction.sign)
    }

    /// Whether nothing is known but results that were computed elsewhere.
    #[must_use]
    pub fn is_of_results(&self) -> bool {
        let part = self.model.as_ref().map(|model| model.part);
        part == Some(ModelPart::Results)
    }

    /// Whether IE is known, by one metric at least.
    #[must_use]
    pub fn has_latent_importance(&self) -> bool {
        self.latent_importance.is_some() || self.latent_importance_rmse.is_some()
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
        let settings = Settings {
            dims,
            ..Settings::default()
        };
        let classes = labels.iter().map(class).collect();
        Self {
            version: "0.0.0".into(),
            ..Self::empty("cpu", settings, image, classes)
        }
    }
}
