//! Every chart, asked for in the same way.

#[cfg(feature = "general")]
use std::collections::BTreeMap;

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters_backend::DrawingBackend;
use serde::{Deserialize, Serialize};

#[cfg(feature = "general")]
use crate::attribution::Filler;
#[cfg(feature = "general")]
use crate::history::MomentMaps;
#[cfg(feature = "general")]
use crate::latents::Decoded;
#[cfg(feature = "general")]
use crate::report::DataForm;
#[cfg(feature = "general")]
use crate::report::Pictured;
use crate::report::{Projection, Report};
use crate::settings::Loss;
use crate::train::TrainingHistory;

#[cfg(feature = "general")]
use super::agreement::{agreement, agreement_height, agreement_numbers};
use super::classes::{classes, classes_height, classes_numbers};
#[cfg(feature = "general")]
use super::controls::{controls, controls_height, controls_numbers};
#[cfg(feature = "general")]
use super::decoded::{decoded, decoded_height, decoded_numbers};
#[cfg(feature = "general")]
use super::dendrogram::{TreePlace, dendrogram, dendrogram_height, dendrogram_numbers};
use super::draw::DrawError;
#[cfg(feature = "general")]
use super::emergence::{emergence, emergence_height, emergence_numbers};
#[cfg(feature = "general")]
use super::factors::{factors, factors_height, factors_numbers};
#[cfg(feature = "general")]
use super::fair_test::{
    Asked, CurvesPlace, FairTestLayout, ScorePlace, fair_test, fair_test_height, fair_test_numbers,
};
use super::figure::{FigureLayout, FigureSpec, Place, figure, figure_height};
#[cfg(feature = "general")]
use super::film_strip::{film_strip, film_strip_height, film_strip_numbers};
use super::loss::{LossLayout, LossOf, loss, loss_height};
#[cfg(feature = "general")]
use super::networks::{networks, networks_height, networks_numbers};
#[cfg(feature = "general")]
use super::opinions::{opinions, opinions_height, opinions_numbers};
use super::pair::{pair, pair_height, pair_numbers};
#[cfg(feature = "general")]
use super::pinned::{Pinned, PinnedLayout, pinned, pinned_height, pinned_numbers};
use super::pixels::{pixels, pixels_height, pixels_numbers};
#[cfg(feature = "general")]
use super::ranks::{ranks, ranks_height, ranks_numbers};
#[cfg(feature = "general")]
use super::reconstruction_errors::{
    ErrorsPlace, reconstruction_errors, reconstruction_errors_height, reconstruction_errors_numbers,
};
use super::reconstructions::{
    ReconstructionsLayout, SamplePlace, reconstructions, reconstructions_height,
    reconstructions_numbers,
};
use super::similarity::{
    Cell, SimilarityLayout, similarity, similarity_height, similarity_numbers,
};
#[cfg(feature = "general")]
use super::sizes::{sizes, sizes_height, sizes_numbers};
#[cfg(feature = "general")]
use super::smaller::{smaller, smaller_height, smaller_numbers};
use super::space::{
    KeptPlane, PlaneLayout, SpaceLayout, SpaceSpec, space, space_height, space_numbers,
};
#[cfg(feature = "general")]
use super::steps::StepPlace;
use super::style::Style;
use super::table::{NumberTable, figure_numbers, loss_numbers};

/// The charts there are. A package without the feature `charts` reads and draws those of a page's
/// first figure alone, and has none of the others' code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Chart {
    /// Latent importance of a class beside the directional maps.
    Figure,
    /// The loss while training.
    Loss,
    /// Pixel importance of one dimension beside its directional map.
    Pair,
    /// Pixel importance of every dimension, whatever its direction.
    #[cfg_attr(not(feature = "charts"), serde(skip_deserializing))]
    Pixels,
    /// Latent importance of every class.
    #[cfg_attr(not(feature = "charts"), serde(skip_deserializing))]
    Classes,
    /// The encoded space as points.
    #[cfg_attr(not(feature = "charts"), serde(skip_deserializing))]
    Space,
    /// Images above their reconstructions.
    #[cfg_attr(not(feature = "charts"), serde(skip_deserializing))]
    Reconstructions,
    /// Cosine similarity of the classes' importance profiles.
    #[cfg_attr(not(feature = "charts"), serde(skip_deserializing))]
    #[serde(alias = "likeness")]
    Similarity,
    /// What each method says of one dimension.
    #[cfg(feature = "general")]
    Opinions,
    /// How far the methods agree.
    #[cfg(feature = "general")]
    Agreement,
    /// Whose pixels move a latent soonest.
    #[cfg(feature = "general")]
    FairTest,
    /// How pixels are joined to clusters.
    #[cfg(feature = "general")]
    Dendrogram,
    /// When each map came to be what it is.
    #[cfg(feature = "general")]
    Emergence,
    /// The order of the dimensions after every epoch.
    #[cfg(feature = "general")]
    Ranks,
    /// What becomes of each dimension in other networks.
    #[cfg(feature = "general")]
    Networks,
    /// Maps and importance beside those of networks that have nothing to learn.
    #[cfg(feature = "general")]
    Controls,
    /// Images by how far off their reconstructions are.
    #[cfg(feature = "general")]
    ReconstructionErrors,
    /// What becomes of the loss where only some dimensions are kept.
    #[cfg(feature = "general")]
    Smaller,
    /// What other numbers of latent dimensions come to.
    #[cfg(feature = "general")]
    Sizes,
    /// Which dimension carries which factor.
    #[cfg(feature = "general")]
    Factors,
    /// The maps after some of the epochs.
    #[cfg(feature = "general")]
    FilmStrip,
    /// What the decoder makes of a grid of places of the latent space.
    #[cfg(feature = "general")]
    Decoded,
    /// What is pinned beside what is shown.
    #[cfg(feature = "general")]
    Pinned,
}

/// Whether charts are those of the first figure alone. Known to the compiler, which then leaves out
/// what draws the others.
const FIRST_ALONE: bool = cfg!(not(feature = "charts"));

/// What a chart is of besides what [`FigureSpec`] says; each is for the charts it names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Extra {
    /// Epochs on the axis of [`Chart::Loss`]; those of the run where absent.
    #[serde(default)]
    pub epochs: Option<usize>,
    /// What [`Chart::Loss`] measures while no report says so.
    #[serde(default)]
    pub loss: Option<Loss>,
    /// The dimension of [`Chart::Pair`] and of charts of several methods, counted from 0; the figure's
    /// first where absent, and all for their agreement.
    #[serde(default)]
    pub dim: Option<usize>,
    /// The image that [`Chart::Space`] puts a ring around, counted from 0 in the report's order.
    #[serde(default)]
    pub selected: Option<usize>,
    /// The two dimensions that [`Chart::Space`] has across and up, counted from 0; those that vary
    /// most where absent, or where they are not two dimensions that there are.
    #[serde(default)]
    pub axes: Option<[usize; 2]>,
    /// What of its plane [`Chart::Space`] shows: from where to where across, and up. All of it where
    /// absent.
    #[serde(default)]
    pub window: Option<[[f64; 2]; 2]>,
    /// Classes that [`Chart::Space`] leaves out, by their places in the report.
    #[serde(default)]
    pub hidden: Vec<usize>,
    /// The distance up to which [`Chart::Dendrogram`] takes pixels to belong together; that of the run
    /// where absent.
    #[cfg(feature = "general")]
    #[serde(default)]
    pub cut: Option<f64>,
    /// What replaces pixels in the curves of [`Chart::FairTest`]; their mean where absent.
    #[cfg(feature = "general")]
    #[serde(default)]
    pub filler: Option<Filler>,
    /// Whether the dimensions of [`Chart::Emergence`] stand in the order in which their maps came to be what
    /// they are; else in that of the figure.
    #[cfg(feature = "general")]
    #[serde(default)]
    pub earliest: bool,
    /// The mean squared error above which [`Chart::ReconstructionErrors`] marks images; what one in twenty
    /// exceeds where absent.
    #[cfg(feature = "general")]
    #[serde(default)]
    pub error_above: Option<f64>,
    /// How many dimensions [`Chart::Smaller`] says are kept; as many as are enough where absent.
    #[cfg(feature = "general")]
    #[serde(default)]
    pub kept: Option<usize>,
}

/// What charts draw from: what is known so far.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The results of a run.
    pub report: Option<Report>,
    /// The plane on which the encoded space is seen.
    pub projection: Option<Projection>,
    /// Which images of the encoded space stand out from the others, in the order of
    /// [`Report::encoded`]; none does where absent.
    pub chosen: Option<Vec<bool>>,
    /// Images that [`Chart::ReconstructionErrors`] shows instead of the report's worst; to be emptied whenever
    /// the report is another.
    #[cfg(feature = "general")]
    pub pictured: Option<Pictured>,
    /// Where what is found of the encoded space's plane is kept, for who draws it again and again;
    /// to be emptied whenever the report or the projection is another.
    pub plane: Option<KeptPlane>,
    /// What [`Chart::Decoded`] shows.
    #[cfg(feature = "general")]
    pub decoded: Option<Decoded>,
    /// What is known of the network after some epochs, by these.
    #[cfg(feature = "general")]
    pub moments: BTreeMap<usize, MomentMaps>,
    /// What [`Chart::Pinned`] sets beside the report.
    #[cfg(feature = "general")]
    pub pinned: Option<Pinned>,
}

/// A chart in words, and where its parts were drawn, in CSS pixels from the area's top left. Parts
/// that a chart does not have are absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChartLayout {
    /// The chart in words.
    pub summary: String,
    /// Dimensions (counted from 0) by position, top first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Vec<usize>>,
    /// The image of each map, without its title, by position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maps: Option<Vec<Place>>,
    /// The row of each bar, label included, by position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bars: Option<Vec<Place>>,
    /// x and y of each image; see [`SpaceLayout::points`]. As many as there are images, so
    /// not for serde: who asks for them has a better way.
    #[serde(skip)]
    pub points: Option<Vec<f32>>,
    /// The input of each sample.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images: Option<Vec<SamplePlace>>,
    /// The matrix, row by row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cells: Option<Vec<Cell>>,
    /// Where the plane of the encoded space is, and what of it is seen; of the loss, from left to right the
    /// epochs and upwards the loss.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plane: Option<PlaneLayout>,
    /// The rows of a fair test's methods.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scores: Option<Vec<ScorePlace>>,
    /// The curves of a fair test.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub curves: Option<CurvesPlace>,
    /// The tree of clusters.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree: Option<TreePlace>,
    /// What is pinned beside what is shown.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<PinnedLayout>,
    /// The errors of images and of classes.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errors: Option<ErrorsPlace>,
    /// The numbers of dimensions that losses are drawn over, from the left.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<StepPlace>>,
}

#[cfg(feature = "general")]
impl From<FairTestLayout> for ChartLayout {
    fn from(test: FairTestLayout) -> Self {
        Self {
            summary: test.summary,
            scores: Some(test.scores),
            curves: test.curves,
            ..Self::default()
        }
    }
}

#[cfg(feature = "general")]
impl From<(String, Option<TreePlace>)> for ChartLayout {
    fn from((summary, tree): (String, Option<TreePlace>)) -> Self {
        Self {
            summary,
            tree,
            ..Self::default()
        }
    }
}

impl From<FigureLayout> for ChartLayout {
    fn from(figure: FigureLayout) -> Self {
        Self {
            summary: figure.summary,
            order: Some(figure.order),
            maps: Some(figure.maps),
            bars: Some(figure.bars),
            ..Self::default()
        }
    }
}

impl From<SpaceLayout> for ChartLayout {
    fn from(space: SpaceLayout) -> Self {
        Self {
            summary: space.summary,
            points: Some(space.points),
            plane: space.plane,
            ..Self::default()
        }
    }
}

impl From<ReconstructionsLayout> for ChartLayout {
    fn from(reconstructions: ReconstructionsLayout) -> Self {
        Self {
            summary: reconstructions.summary,
            images: Some(reconstructions.images),
            ..Self::default()
        }
    }
}

impl From<SimilarityLayout> for ChartLayout {
    fn from(similarity: SimilarityLayout) -> Self {
        Self {
            summary: similarity.summary,
            cells: Some(similarity.cells),
            ..Self::default()
        }
    }
}

impl From<LossLayout> for ChartLayout {
    fn from(loss: LossLayout) -> Self {
        Self {
            summary: loss.summary,
            plane: Some(loss.plane),
            ..Self::default()
        }
    }
}

#[cfg(feature = "general")]
impl From<String> for ChartLayout {
    fn from(summary: String) -> Self {
        Self {
            summary,
            ..Self::default()
        }
    }
}

impl Chart {
    /// What a document of its own is titled.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Figure => "Latent space",
            Self::Loss => "Loss",
            Self::Pixels => "Pixel importance",
            Self::Classes => "Latent importance by class",
            Self::Pair => "Pixel importance and direction",
            Self::Space => "Encoded space",
            Self::Reconstructions => "Reconstructions",
            Self::Similarity => "Similarity of classes",
            #[cfg(feature = "general")]
            Self::Opinions => "Second opinions",
            #[cfg(feature = "general")]
            Self::Agreement => "Agreement of methods",
            #[cfg(feature = "general")]
            Self::FairTest => "Fair test",
            #[cfg(feature = "general")]
            Self::Dendrogram => "Clusters of pixels",
            #[cfg(feature = "general")]
            Self::Emergence => "Emergence",
            #[cfg(feature = "general")]
            Self::Ranks => "Order over epochs",
            #[cfg(feature = "general")]
            Self::Networks => "Other networks",
            #[cfg(feature = "general")]
            Self::Controls => "Controls",
            #[cfg(feature = "general")]
            Self::ReconstructionErrors => "Reconstruction errors",
            #[cfg(feature = "general")]
            Self::Smaller => "Fewer dimensions",
            #[cfg(feature = "general")]
            Self::Sizes => "How many dimensions",
            #[cfg(feature = "general")]
            Self::Factors => "Factors",
            #[cfg(feature = "general")]
            Self::FilmStrip => "Film strip",
            #[cfg(feature = "general")]
            Self::Decoded => "Decoded latents",
            #[cfg(feature = "general")]
            Self::Pinned => "Two at once",
        }
    }

    /// As [`Chart::title`], where rows of numbers are of this form.
    #[cfg(feature = "general")]
    #[must_use]
    pub fn title_of(self, form: DataForm) -> String {
        form.nouns().say(self.title())
    }

    /// The charts that show all of a report at once, in the order of their files.
    #[cfg(feature = "general")]
    pub const WHOLE: [Self; 19] = [
        Self::Classes,
        Self::Pixels,
        Self::Space,
        Self::Reconstructions,
        Self::Similarity,
        Self::Opinions,
        Self::Agreement,
        Self::FairTest,
        Self::Dendrogram,
        Self::Emergence,
        Self::Ranks,
        Self::Networks,
        Self::Controls,
        Self::ReconstructionErrors,
        Self::Smaller,
        Self::Sizes,
        Self::Factors,
        Self::FilmStrip,
        Self::Loss,
    ];

    /// The name of its file, without the ending.
    #[must_use]
    pub fn file(self) -> &'static str {
        match self {
            Self::Figure => "figure",
            Self::Loss => "loss",
            Self::Pixels => "pixel_importance",
            Self::Classes => "latent_importance",
            Self::Pair => "pair",
            Self::Space => "encoded_space",
            Self::Reconstructions => "reconstructions",
            Self::Similarity => "similarity",
            #[cfg(feature = "general")]
            Self::Opinions => "opinions",
            #[cfg(feature = "general")]
            Self::Agreement => "agreement",
            #[cfg(feature = "general")]
            Self::FairTest => "fair_test",
            #[cfg(feature = "general")]
            Self::Dendrogram => "dendrogram",
            #[cfg(feature = "general")]
            Self::Emergence => "emergence",
            #[cfg(feature = "general")]
            Self::Ranks => "ranks",
            #[cfg(feature = "general")]
            Self::Networks => "networks",
            #[cfg(feature = "general")]
            Self::Controls => "controls",
            #[cfg(feature = "general")]
            Self::ReconstructionErrors => "reconstruction_errors",
            #[cfg(feature = "general")]
            Self::Smaller => "smaller",
            #[cfg(feature = "general")]
            Self::Sizes => "sizes",
            #[cfg(feature = "general")]
            Self::Factors => "factors",
            #[cfg(feature = "general")]
            Self::FilmStrip => "film_strip",
            #[cfg(feature = "general")]
            Self::Decoded => "decoded",
            #[cfg(feature = "general")]
            Self::Pinned => "two_at_once",
        }
    }

    /// Whether there is something of `report` to show.
    #[must_use]
    pub fn is_of(self, report: &Report) -> bool {
        match self {
            // A network that was trained elsewhere has no losses.
            Self::Loss => report.training.is_some(),
            Self::Space => report.encoded.is_some(),
            Self::Reconstructions => report.samples.is_some(),
            Self::Pixels => report.pixel_importance.is_some(),
            Self::Classes => report.has_latent_importance(),
            // A class is like itself.
            Self::Similarity => report.has_latent_importance() && report.classes.len() > 1,
            #[cfg(feature = "general")]
            Self::Opinions | Self::Agreement => report.opinions.is_some(),
            #[cfg(feature = "general")]
            Self::FairTest => {
                let opinions = report.opinions.as_ref();
                opinions.is_some_and(|opinions| opinions.test.is_some())
            }
            #[cfg(feature = "general")]
            Self::Dendrogram => {
                let groups = report.groups.as_ref();
                groups.is_some_and(|groups| !groups.merges.is_empty())
            }
            #[cfg(feature = "general")]
            Self::Emergence | Self::Ranks | Self::FilmStrip => report.emergence.is_some(),
            #[cfg(feature = "general")]
            Self::Networks => report.networks.is_some(),
            #[cfg(feature = "general")]
            Self::Controls => report.controls.is_some(),
            #[cfg(feature = "general")]
            Self::ReconstructionErrors => report.errors().is_some(),
            // A report knows of itself alone, and of places that its own images have.
            #[cfg(feature = "general")]
            Self::Pinned | Self::Decoded => false,
            #[cfg(feature = "general")]
            Self::Smaller => report.smaller.is_some(),
            #[cfg(feature = "general")]
            Self::Sizes => report.sizes.is_some(),
            #[cfg(feature = "general")]
            Self::Factors => report.factors.is_some(),
            _ => true,
        }
    }

    /// The width, in CSS pixels and at most `most`, at which a document of its own shows it best.
    #[must_use]
    pub fn width(self, report: &Report, most: f64) -> f64 {
        match self {
            // As wide as its cells make it.
            Self::Similarity => (120.0 + 60.0 * report.classes.len() as f64).clamp(360.0, most),
            #[cfg(feature = "general")]
            Self::Agreement | Self::Factors => most.min(680.0),
            _ => most,
        }
    }

    /// Draws the chart over the whole of `area`, as far as it is known.
    ///
    /// # Errors
    /// If the backend cannot draw.
    pub fn draw<DB: DrawingBackend>(
        self,
        area: &DrawingArea<DB, Shift>,
        known: &Known,
        (spec, extra): (&FigureSpec, &Extra),
        style: &Style,
    ) -> Result<ChartLayout, DrawError<DB>> {
        let report = known.report.as_ref();
        Ok(match self {
            Self::Figure => figure(area, report, spec, style)?.into(),
            Self::Loss => {
                let axes = (known.epochs(extra), known.loss(spec, extra));
                loss(area, known.history(), axes, style)?.into()
            }
            Self::Pair => pair(area, report, spec, extra.dim, style)?.into(),
            _ if FIRST_ALONE => unreachable!("such charts are not read"),
            Self::Pixels => pixels(area, report, spec, style)?.into(),
            Self::Classes => classes(area, report, spec, style)?.into(),
            Self::Space => space(area, report, &known.space(spec, extra), style)?.into(),
            Self::Reconstructions => reconstructions(area, report, spec, style)?.into(),
            Self::Similarity => similarity(area, report, spec, style)?.into(),
            #[cfg(feature = "general")]
            Self::Opinions => opinions(area, report, spec, extra.dim, style)?.into(),
            #[cfg(feature = "general")]
            Self::Agreement => agreement(area, report, spec, extra.dim, style)?.into(),
            #[cfg(feature = "general")]
            Self::FairTest => fair_test(area, report, spec, extra.asked(), style)?.into(),
            #[cfg(feature = "general")]
            Self::Dendrogram => dendrogram(area, report, extra.cut, style)?.into(),
            #[cfg(feature = "general")]
            Self::Emergence => emergence(area, known, (spec, extra), style)?,
            #[cfg(feature = "general")]
            Self::Ranks => ranks(area, known, (spec, extra), style)?,
            #[cfg(feature = "general")]
            Self::Networks => networks(area, known, (spec, extra), style)?,
            #[cfg(feature = "general")]
            Self::Controls => controls(area, known, (spec, extra), style)?,
            #[cfg(feature = "general")]
            Self::ReconstructionErrors => reconstruction_errors(area, known, (spec, extra), style)?,
            #[cfg(feature = "general")]
            Self::Smaller => smaller(area, known, (spec, extra), style)?,
            #[cfg(feature = "general")]
            Self::Sizes => sizes(area, known, (spec, extra), style)?,
            #[cfg(feature = "general")]
            Self::Factors => factors(area, known, spec, style)?,
            #[cfg(feature = "general")]
            Self::FilmStrip => film_strip(area, known, (spec, extra), style)?,
            #[cfg(feature = "general")]
            Self::Decoded => decoded(area, known, spec, style)?,
            #[cfg(feature = "general")]
            Self::Pinned => pinned(area, known, (spec, extra), style)?,
        })
    }

    /// The height, in CSS pixels, at which an area `width` CSS pixels wide shows the chart best.
    #[must_use]
    pub fn height(self, width: f64, known: &Known, spec: &FigureSpec, style: &Style) -> f64 {
        let report = known.report.as_ref();
        match self {
            Self::Figure => figure_height(width, report, spec, style),
            Self::Loss => loss_height(style),
            Self::Pair => pair_height(width, spec, style),
            _ if FIRST_ALONE => unreachable!("such charts are not read"),
            Self::Pixels => pixels_height(width, spec, style),
            Self::Classes => classes_height(width, report, spec, style),
            Self::Space => space_height(width, report, style),
            Self::Reconstructions => reconstructions_height(width, report, spec, style),
            Self::Similarity => similarity_height(width, report, style),
            #[cfg(feature = "general")]
            Self::Opinions => opinions_height(width, report, spec, style),
            #[cfg(feature = "general")]
            Self::Agreement => agreement_height(width, report, spec, style),
            #[cfg(feature = "general")]
            Self::FairTest => fair_test_height(width, report, spec, style),
            #[cfg(feature = "general")]
            Self::Dendrogram => dendrogram_height(style),
            #[cfg(feature = "general")]
            Self::Emergence => emergence_height(width, known, spec, style),
            #[cfg(feature = "general")]
            Self::Ranks => ranks_height(width, known, spec, style),
            #[cfg(feature = "general")]
            Self::Networks => networks_height(width, known, spec, style),
            #[cfg(feature = "general")]
            Self::Controls => controls_height(width, known, spec, style),
            #[cfg(feature = "general")]
            Self::ReconstructionErrors => reconstruction_errors_height(width, known, spec, style),
            #[cfg(feature = "general")]
            Self::Smaller => smaller_height(width, known, spec, style),
            #[cfg(feature = "general")]
            Self::Sizes => sizes_height(width, known, spec, style),
            #[cfg(feature = "general")]
            Self::Factors => factors_height(width, known, spec, style),
            #[cfg(feature = "general")]
            Self::FilmStrip => film_strip_height(width, known, spec, style),
            #[cfg(feature = "general")]
            Self::Decoded => decoded_height(width, known, spec, style),
            #[cfg(feature = "general")]
            Self::Pinned => pinned_height(width, known, spec, style),
        }
    }

    /// The numbers of the chart.
    #[must_use]
    pub fn numbers(self, known: &Known, (spec, extra): (&FigureSpec, &Extra)) -> NumberTable {
        let report = known.report.as_ref();
        match self {
            Self::Figure => figure_numbers(report, spec),
            Self::Loss => loss_numbers(known.history(), known.loss(spec, extra)),
            Self::Pixels => pixels_numbers(report, spec),
            Self::Classes => classes_numbers(report, spec),
            Self::Pair => pair_numbers(report, spec, extra.dim),
            Self::Space => space_numbers(report, &known.space(spec, extra)),
            Self::Reconstructions => reconstructions_numbers(report, spec),
            Self::Similarity => similarity_numbers(report, spec),
            #[cfg(feature = "general")]
            Self::Opinions => opinions_numbers(report, spec, extra.dim),
            #[cfg(feature = "general")]
            Self::Agreement => agreement_numbers(report, spec, extra.dim),
            #[cfg(feature = "general")]
            Self::FairTest => fair_test_numbers(report, spec, extra.asked()),
            #[cfg(feature = "general")]
            Self::Dendrogram => dendrogram_numbers(report, extra.cut),
            #[cfg(feature = "general")]
            Self::Emergence => emergence_numbers(known, (spec, extra)),
            #[cfg(feature = "general")]
            Self::Ranks => ranks_numbers(known, (spec, extra)),
            #[cfg(feature = "general")]
            Self::Networks => networks_numbers(known, (spec, extra)),
            #[cfg(feature = "general")]
            Self::Controls => controls_numbers(known, (spec, extra)),
            #[cfg(feature = "general")]
            Self::ReconstructionErrors => reconstruction_errors_numbers(known, (spec, extra)),
            #[cfg(feature = "general")]
            Self::Smaller => smaller_numbers(known, (spec, extra)),
            #[cfg(feature = "general")]
            Self::Sizes => sizes_numbers(known, (spec, extra)),
            #[cfg(feature = "general")]
            Self::Factors => factors_numbers(known, spec),
            #[cfg(feature = "general")]
            Self::FilmStrip => film_strip_numbers(known, (spec, extra)),
            #[cfg(feature = "general")]
            Self::Decoded => decoded_numbers(known),
            #[cfg(feature = "general")]
            Self::Pinned => pinned_numbers(known, (spec, extra)),
        }
    }
}

#[cfg(feature = "general")]
impl Extra {
    fn asked(&self) -> Asked {
        Asked {
            dim: self.dim,
            filler: self.filler,
        }
    }
}

impl Known {
    fn space<'a>(&'a self, spec: &FigureSpec, extra: &'a Extra) -> SpaceSpec<'a> {
        SpaceSpec {
            dims: spec.dims,
            projection: self.projection.as_ref(),
            axes: extra.axes,
            window: extra.window,
            hidden: &extra.hidden,
            chosen: self.chosen.as_deref(),
            selected: extra.selected,
            kept: self.plane.as_ref(),
        }
    }

    fn history(&self) -> Option<&TrainingHistory> {
        self.report.as_ref()?.training.as_ref()
    }

    /// Which loss is shown: that of the run, as long as there is one.
    fn loss(&self, spec: &FigureSpec, extra: &Extra) -> LossOf {
        let report = self.report.as_ref();
        let of_run = report.map(|report| report.settings.loss);
        LossOf {
            loss: of_run.or(extra.loss).unwrap_or_default(),
            channels: spec.image.channels,
            #[cfg(feature = "general")]
            form: spec.form(),
        }
    }

    /// How many epochs the run trains; 1 while neither the page nor a report says.
    fn epochs(&self, extra: &Extra) -> usize {
        let planned = || Some(self.report.as_ref()?.settings.epochs);
        extra.epochs.or_else(planned).unwrap_or(1)
    }
}
