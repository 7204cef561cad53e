//! Where everything in a chart stands: a pure function of the area, the number of dimensions shown
//! and the shape in which images are drawn, never of the numbers shown. So a chart is in its final
//! place before the first number is known.
//!
//! The figure, in `mod`, sets the bars beside the maps in wide areas and above them in narrow ones.
//! `bars` and `maps` lay out its panels, which have the same anatomy: a heading, a line of titles,
//! the marks, and below them a scale (the bars' axis, the maps' colours) with its labels and its
//! title. `classes` and `pair` lay the same panels out for other charts.

mod bars;
mod classes;
mod maps;
mod pair;

pub(super) use bars::{BarMarks, Bars};
pub(super) use classes::Classes;
pub(super) use maps::Maps;
pub(super) use pair::Pair;

use crate::data::ImageShape;
#[cfg(feature = "general")]
use crate::report::DataForm;

use super::style::Style;

use bars::{bars_in, good_bars_height};
use maps::{good_maps_height, maps_in};

/// A rectangle of whole device pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rect {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

impl Rect {
    pub fn right(self) -> i32 {
        self.x + self.width
    }

    pub fn bottom(self) -> i32 {
        self.y + self.height
    }

    pub fn middle(self) -> (i32, i32) {
        (self.x + self.width / 2, self.y + self.height / 2)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layout {
    pub bars: Bars,
    pub maps: Maps,
}

/// What the layout depends on besides the area.
#[derive(Clone, Copy, Debug)]
pub(super) struct Content {
    /// How many dimensions are shown.
    pub dims: usize,
    /// The largest number that a dimension is labelled with.
    pub largest: usize,
    /// Shape of an image as it is drawn.
    pub image: ImageShape,
    /// What a map is drawn as.
    #[cfg(feature = "general")]
    pub form: DataForm,
    /// Columns of maps, where they are asked for.
    pub columns: Option<usize>,
}

/// Lengths in multiples of the main text's size.
mod em {
    /// Narrower areas set the bars above the maps.
    pub const STACKED: f64 = 44.0;
    pub const HEADING: f64 = 1.75;
    /// The line of titles between heading and marks.
    pub const TITLES: f64 = 1.3;
    /// What stands below the marks: a scale's labels and its title.
    pub const SCALE: f64 = 2.75;
    pub const BETWEEN_PANELS: f64 = 2.6;
    pub const BARS_WIDTH: [f64; 2] = [15.0, 30.0];
    /// Marks of this height are still seen at one glance.
    pub const GLANCE: f64 = 46.0;
    /// The marks never ask for more height than this.
    pub const TALLEST_MARKS: f64 = 72.0;
}

/// From the marks up to the middle of the line of titles, in ems.
pub(super) const MIDDLE_OF_TITLES: f64 = 0.65;
/// Share of a wide area's width that the bars get.
const BARS_SHARE: f64 = 0.32;
/// Share of a narrow area's marks that the bars get at most where the maps need the rest.
const STACKED_BARS_SHARE: f64 = 0.45;

impl Layout {
    /// The layout of an area of so many device pixels.
    pub fn new(size: (i32, i32), content: Content, style: &Style) -> Self {
        let area = inner(size, style);
        let head = style.em(em::HEADING) + style.em(em::TITLES);
        let scale = style.em(em::SCALE);
        if is_stacked(size.0, style) {
            let marks = (area.height - 2 * (head + scale) - style.em(em::BETWEEN_PANELS)).max(0);
            let share = (f64::from(marks) * STACKED_BARS_SHARE) as i32;
            let spare = marks - good_maps_height(area.width, content, style);
            let bars = good_bars_height(content.dims, style).min(share.max(spare));
            let upper = Rect {
                height: (head + bars + scale).min(area.height),
                ..area
            };
            let top = (upper.bottom() + style.em(em::BETWEEN_PANELS)).min(area.bottom());
            let lower = Rect {
                y: top,
                height: area.bottom() - top,
                ..area
            };
            Self {
                bars: bars_in(upper, content, style),
                maps: maps_in(lower, lower.y, content, style),
            }
        } else {
            let left = Rect {
                width: bars_width(area.width, style),
                ..area
            };
            let x = left.right() + style.em(em::BETWEEN_PANELS);
            let right = Rect {
                x,
                width: area.right() - x,
                ..area
            };
            let bars = bars_in(left, content, style);
            let maps = maps_in(right, bars.marks.plot.bottom(), content, style);
            Self { bars, maps }
        }
    }
}

/// The height, in device pixels, at which an area of this width shows the figure best.
pub(super) fn good_height(width: i32, content: Content, style: &Style) -> i32 {
    let stacked = is_stacked(width, style);
    let width = inner_width(width, style);
    let available = if stacked {
        width
    } else {
        width - bars_width(width, style) - style.em(em::BETWEEN_PANELS)
    };
    let bars = good_bars_height(content.dims, style);
    let maps = good_maps_height(available, content, style);
    let panel = style.em(em::HEADING) + style.em(em::TITLES) + style.em(em::SCALE);
    if stacked {
        2 * panel + bars + maps + style.em(em::BETWEEN_PANELS)
    } else {
        panel + bars.max(maps)
    }
}

/// An area of so many device pixels without its edges.
fn inner(size: (i32, i32), style: &Style) -> Rect {
    Rect {
        x: style.hairline(),
        y: 0,
        width: inner_width(size.0, style),
        height: size.1.max(0),
    }
}

/// The area's width without its edges, where the maps' frames reach beyond them.
fn inner_width(width: i32, style: &Style) -> i32 {
    (width - 2 * style.hairline()).max(0)
}

fn is_stacked(width: i32, style: &Style) -> bool {
    width < style.em(em::STACKED)
}

fn bars_width(width: i32, style: &Style) -> i32 {
    let [narrowest, widest] = em::BARS_WIDTH.map(|length| style.em(length));
    ((f64::from(width) * BARS_SHARE) as i32).clamp(narrowest, widest)
}

/// Splits a panel into the middle of its heading's line, the middle of its line of titles, and
/// the marks between them and the scale.
fn anatomy(panel: Rect, style: &Style) -> ((i32, i32), i32, Rect) {
    let heading = style.em(em::HEADING).min(panel.height);
    let titles = style.em(em::TITLES).min(panel.height - heading);
    let top = panel.y + heading + titles;
    let marks = Rect {
        y: top,
        height: (panel.bottom() - top - style.em(em::SCALE)).max(0),
        ..panel
    };
    (
        heading_of(panel, style),
        top - style.em(MIDDLE_OF_TITLES),
        marks,
    )
}

/// Left end of a panel's heading and the middle of its line.
fn heading_of(panel: Rect, style: &Style) -> (i32, i32) {
    (panel.x, panel.y + style.em(0.6))
}
