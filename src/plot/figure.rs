//! The paper's Figure 3: latent importance of one class as sorted bars, and beside them the
//! directional map of every dimension in the same order.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::RGBColor;
use plotters_backend::DrawingBackend;
use serde::{Deserialize, Serialize};

use crate::report::{ImageShape, Report};

use super::draw::{DrawError, Pen};
use super::layout::{self, Content, Layout, Rect};
use super::number::significant;
use super::palette::Kind;
use super::shown::Shown;
use super::style::Style;
use super::{bars, maps};

/// What the figure is of. It says enough to draw the figure, empty but in its final place,
/// before there is a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureSpec {
    /// Row of [`Report::latent_importance`] that the bars show.
    pub class: usize,
    /// Number of latent dimensions.
    pub dims: usize,
    /// Height and width of an image, in pixels.
    pub image: ImageShape,
    /// Columns of maps; chosen to make the maps largest where absent.
    #[serde(default)]
    pub columns: Option<usize>,
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
/// measured, and maps show pixel importance alone until directions are known. Parts of the
/// report that do not have the shape `spec` asks for are of another run and are not drawn.
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
    let place = Layout::new((width as i32, height as i32), spec.content(), style);
    let shown = Shown::new(report, spec);
    let pen = Pen { area, style };
    area.fill(&RGBColor::from(style.background))?;
    bars::draw(&pen, &place.bars, &shown)?;
    maps::draw(&pen, &place.maps, spec.image, &shown)?;

    let places = |rects: &[Rect]| -> Vec<Place> {
        let css = |length: i32| f64::from(length) / style.scale;
        let found = shown.order.iter().zip(rects);
        found
            .map(|(&dim, rect)| Place {
                dim,
                x: css(rect.x),
                y: css(rect.y),
                width: css(rect.width),
                height: css(rect.height),
            })
            .collect()
    };
    Ok(FigureLayout {
        summary: summary(&shown),
        maps: places(&place.maps.images),
        bars: places(&place.bars.rows),
        order: shown.order,
    })
}

/// The height, in CSS pixels, at which an area `width` CSS pixels wide shows the figure best.
#[must_use]
pub fn figure_height(width: f64, spec: &FigureSpec, style: &Style) -> f64 {
    let height = layout::good_height(style.px(width), spec.content(), style);
    (f64::from(height) / style.scale).ceil()
}

impl FigureSpec {
    pub(super) fn content(&self) -> Content {
        Content {
            dims: self.dims,
            image: self.image,
            columns: self.columns,
        }
    }
}

/// How many of the most important dimensions the summary names.
const NAMED: usize = 5;

fn summary(shown: &Shown<'_>) -> String {
    let mut sentences = Vec::new();
    let class = shown
        .label
        .map_or(String::new(), |label| format!(" of class {label}"));
    if shown.longest_bar().is_some() {
        let named: Vec<String> = shown
            .order
            .iter()
            .take(NAMED)
            .filter_map(|&dim| {
                let (mean, error) = shown.bar(dim)?;
                let error = error.map_or(String::new(), |error| {
                    format!(" ± {}", significant(error, 2))
                });
                Some(format!(
                    "dimension {} {}{error}",
                    dim + 1,
                    significant(mean, 3)
                ))
            })
            .collect();
        let which = if shown.order.len() > NAMED {
            format!(", the first {NAMED} of {}", shown.order.len())
        } else {
            String::new()
        };
        sentences.push(format!(
            "Latent importance{class} as mean squared error{which}: {}.",
            named.join(", ")
        ));
    } else {
        sentences.push(format!(
            "Latent importance{class} of {} is not known yet.",
            count(shown.order.len())
        ));
    }
    sentences.push(match shown.map_scale() {
        Some((Kind::Diverging, limit)) => format!(
            "Maps of pixel importance times direction on one scale, from −{0} (blue) over 0 to {0} (red).",
            significant(limit, 2)
        ),
        Some((Kind::Sequential, limit)) => format!(
            "Maps of pixel importance on one scale from 0 to {} (red); directions are not known yet.",
            significant(limit, 2)
        ),
        None => "Pixel importance is not known yet.".into(),
    });
    let empty: Vec<String> = (0..shown.empty.len())
        .filter(|&dim| shown.empty[dim])
        .map(|dim| (dim + 1).to_string())
        .collect();
    match empty.as_slice() {
        [] => {}
        [one] => sentences.push(format!("Dimension {one} is empty: it is always 0.")),
        many => sentences.push(format!(
            "Dimensions {} are empty: they are always 0.",
            many.join(", ")
        )),
    }
    sentences.join(" ")
}

fn count(dims: usize) -> String {
    match dims {
        1 => "1 dimension".into(),
        many => format!("{many} dimensions"),
    }
}
