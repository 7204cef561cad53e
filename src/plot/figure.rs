//! The paper's Figure 3: latent importance of one class as bars, sorted unless asked otherwise,
//! and beside them the directional map of every dimension in the same order.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::RGBColor;
use plotters_backend::DrawingBackend;
use serde::{Deserialize, Serialize};

#[cfg(feature = "general")]
use crate::attribution::Attribution;
use crate::data::ImageShape;
#[cfg(feature = "general")]
use crate::report::{DataForm, ErrorsOf, Unit};
use crate::report::{Metric, PixelKind, Report};

use super::draw::{DrawError, Pen};
use super::layout::{self, Content, Layout, Maps, Rect};
use super::orientation::{Orientation, Rotation};
use super::palette::Palette;
use super::shown::{Shown, has_bars};
use super::style::Style;
use super::summary::summary;
use super::{bars, maps};

/// What the figure is of, and how it is looked at. It says enough to draw the figure, empty but
/// in its final place, before there is a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch that a person sets on its own"
)]
pub struct FigureSpec {
    /// Row of [`Report::latent_importance`] that the bars show.
    pub class: usize,
    /// Number of latent dimensions.
    pub dims: usize,
    /// Height and width of an image, in pixels, and the channels of a pixel.
    pub image: ImageShape,
    /// Whose maps are shown where each channel is permuted by itself: of the channels counted from 0,
    /// the last where there are fewer.
    #[serde(default)]
    pub channel: usize,
    /// Columns of maps; chosen to make the maps largest where absent.
    #[serde(default)]
    pub columns: Option<usize>,
    /// Whether the most important dimension to the class comes first; else their order is the
    /// natural one.
    #[serde(default = "yes")]
    pub sort: bool,
    /// The dimensions that are shown, in this order, whatever else is said of it: so that each keeps its
    /// place while epochs pass.
    #[serde(default)]
    pub order: Option<Vec<usize>>,
    /// Whether dimensions that are always 0 are left out, once that is known.
    #[serde(default)]
    pub filter_empty: bool,
    /// How many dimensions are shown at most, from the first in the order; at least one.
    #[serde(default)]
    pub top: Option<usize>,
    /// How far the maps are turned.
    #[serde(default)]
    pub rotate: Rotation,
    /// Whether the maps are mirrored left to right, after they are turned.
    #[serde(default)]
    pub flip_horizontal: bool,
    /// Whether the maps are mirrored upside down, after they are turned.
    #[serde(default)]
    pub flip_vertical: bool,
    /// The colours of the maps.
    #[serde(default)]
    pub palette: Palette,
    /// Which maps share a scale.
    #[serde(default)]
    pub scale: Scale,
    /// Slopes nearer to 0 than this, in latent units per unit of intensity, count as no
    /// direction.
    #[serde(default)]
    pub threshold: f32,
    /// How latent importance measures the change of a reconstruction.
    #[serde(default)]
    pub metric: Metric,
    /// The colours of images, in charts that show images themselves.
    #[serde(default)]
    pub images: ImageColours,
    /// Whose maps are shown: those of the run's own method, or of another that was asked as well.
    #[cfg(feature = "general")]
    #[serde(default)]
    pub maps: Attribution,
    /// Whether maps show single pixels where groups were moved as well.
    #[cfg(feature = "general")]
    #[serde(default)]
    pub single: bool,
    /// What maps are measured in.
    #[cfg(feature = "general")]
    #[serde(default)]
    pub unit: Unit,
    /// Which errors importance is shown with.
    #[cfg(feature = "general")]
    #[serde(default)]
    pub errors: ErrorsOf,
    /// What a row of numbers is drawn as. One of several lines is drawn as an image whatever is said here.
    #[cfg(feature = "general")]
    #[serde(default)]
    pub form: DataForm,
    /// How many columns of a table each map shows at most, from the most important one; as many as there is room
    /// for where absent.
    #[cfg(feature = "general")]
    #[serde(default)]
    pub top_columns: Option<usize>,
}

fn yes() -> bool {
    true
}

/// Which maps share a scale of colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// All maps: colours can be compared between dimensions.
    #[default]
    Shared,
    /// Each map has its own: what is weak overall is seen too.
    Each,
}

/// The colours of an image's intensities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImageColours {
    /// From the page's ground to its text's colour, as ink on paper.
    #[default]
    Ink,
    /// From black to white, on any page.
    Bright,
    /// Viridis, whose steps look equally large to everyone.
    Viridis,
}

/// Where the figure's parts were drawn, in CSS pixels from the area's top left, and what they
/// show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FigureLayout {
    /// The figure in words.
    pub summary: String,
    /// Dimensions (counted from 0) by position, top first.
    pub order: Vec<usize>,
    /// The image of each map, without its title, by position.
    pub maps: Vec<Place>,
    /// The row of each bar, label included, by position.
    pub bars: Vec<Place>,
}

/// Where a dimension was drawn: a rectangle in CSS pixels from the area's top left.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The dimension, counted from 0.
    pub dim: usize,
    /// The row of the latent importance, in charts that show several classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<usize>,
    /// Whose map it is, in charts that show those of several methods.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Attribution>,
    /// After which epoch, in charts that show several.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<usize>,
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// From left to right.
    pub width: f64,
    /// From top to bottom.
    pub height: f64,
}

/// Draws the figure over the whole of `area`, as far as `report` knows it.
///
/// Dimensions stand in their natural order until the latent importance of each has been
/// measured, none is left out as empty until that is certain, and maps show pixel importance alone
/// until directions are known. Without a decoder, or results that have it, there is no latent importance and no place for
/// it; where direction alone is known, maps show that. Parts of the report that do not have the shape `spec` asks for are
/// of another run and are not drawn.
///
/// # Errors
/// If the backend cannot draw.
pub fn figure<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    report: Option<&Report>,
    spec: &FigureSpec,
    style: &Style,
) -> Result<FigureLayout, DrawError<DB>> {
    let (width, height) = area.dim_in_pixel();
    let shown = Shown::new(report, spec);
    let content = Content {
        dims: shown.order.len(),
        ..spec.content()
    };
    let size = (width as i32, height as i32);
    let pen = Pen { area, style };
    area.fill(&RGBColor::from(style.background))?;
    let (rows, place) = if has_bar_panel(report, spec) {
        let Layout { bars, maps } = Layout::new(size, content, style);
        bars::draw(&pen, &bars, &shown)?;
        (bars.marks.rows, maps)
    } else {
        (Vec::new(), Maps::new(size, content, style))
    };
    maps::draw(&pen, &place, &shown)?;

    Ok(FigureLayout {
        summary: summary(&shown),
        maps: places(&shown.order, &place.images, style),
        bars: places(&shown.order, &rows, style),
        order: shown.order,
    })
}

/// Whether there is, or will be, something beside the maps: latent importance, or divergence.
fn has_bar_panel(report: Option<&Report>, spec: &FigureSpec) -> bool {
    #[cfg(feature = "general")]
    if report.is_some_and(|report| report.divergence.is_some()) {
        return true;
    }
    has_bars(report, spec)
}

/// Each dimension with the rectangle of its position.
pub(super) fn places(order: &[usize], rects: &[Rect], style: &Style) -> Vec<Place> {
    let css = |length: i32| f64::from(length) / style.scale;
    let found = order.iter().zip(rects);
    found
        .map(|(&dim, rect)| Place {
            dim,
            class: None,
            #[cfg(feature = "general")]
            method: None,
            #[cfg(feature = "general")]
            epoch: None,
            x: css(rect.x),
            y: css(rect.y),
            width: css(rect.width),
            height: css(rect.height),
        })
        .collect()
}

/// The height, in CSS pixels, at which an area `width` CSS pixels wide shows the figure best.
#[must_use]
pub fn figure_height(width: f64, report: Option<&Report>, spec: &FigureSpec, style: &Style) -> f64 {
    let (width, content) = (style.px(width), spec.content());
    let height = if has_bar_panel(report, spec) {
        layout::good_height(width, content, style)
    } else {
        Maps::good_height(width, content, style)
    };
    (f64::from(height) / style.scale).ceil()
}

impl ImageColours {
    /// The colours that show such pixels as they are.
    #[must_use]
    pub fn of(pixels: PixelKind) -> Self {
        match pixels {
            PixelKind::Ink => Self::Ink,
            PixelKind::Light | PixelKind::Quantity => Self::Bright,
        }
    }
}

impl FigureSpec {
    /// A figure as the paper has it.
    #[must_use]
    pub fn new(class: usize, dims: usize, image: ImageShape) -> Self {
        Self {
            class,
            dims,
            image,
            channel: 0,
            columns: None,
            sort: true,
            order: None,
            filter_empty: false,
            top: None,
            rotate: Rotation::None,
            flip_horizontal: false,
            flip_vertical: false,
            palette: Palette::Paper,
            scale: Scale::Shared,
            threshold: 0.0,
            metric: Metric::Mse,
            images: ImageColours::Ink,
            #[cfg(feature = "general")]
            maps: Attribution::Permutation,
            #[cfg(feature = "general")]
            single: false,
            #[cfg(feature = "general")]
            unit: Unit::Paper,
            #[cfg(feature = "general")]
            errors: ErrorsOf::Repeats,
            #[cfg(feature = "general")]
            form: DataForm::Image,
            #[cfg(feature = "general")]
            top_columns: None,
        }
    }

    /// Words about images as they are said of the rows that are drawn; see [`Nouns::say`](crate::data::Nouns::say).
    #[cfg_attr(
        not(feature = "general"),
        expect(clippy::unused_self, reason = "images are all there is then")
    )]
    pub(super) fn say(&self, words: impl Into<String>) -> String {
        #[cfg(feature = "general")]
        return self.form().nouns().say(words);
        #[cfg(not(feature = "general"))]
        words.into()
    }

    /// What is laid out as long as no dimension is known to be empty.
    pub(super) fn content(&self) -> Content {
        Content {
            dims: self.most_shown(),
            largest: self.dims,
            image: self.drawn(),
            #[cfg(feature = "general")]
            form: self.form(),
            columns: self.columns,
        }
    }

    pub(super) fn most_shown(&self) -> usize {
        match &self.order {
            Some(order) => order.len().clamp(1, self.dims.max(1)),
            None => self.top.map_or(self.dims, |top| top.max(1).min(self.dims)),
        }
    }

    /// The shape of a map as it is drawn: of an image in its pixels, of others in units of about a line of text.
    pub(super) fn drawn(&self) -> ImageShape {
        #[cfg(feature = "general")]
        if self.form() != DataForm::Image {
            return super::vectors::shape(self);
        }
        self.orientation().drawn()
    }

    pub(super) fn orientation(&self) -> Orientation {
        Orientation {
            image: self.image,
            rotate: self.rotate,
            flip_horizontal: self.flip_horizontal,
            flip_vertical: self.flip_vertical,
        }
    }
}
