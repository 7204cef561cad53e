//! Two maps of one dimension, each with its scale.

use super::maps::{ABOVE_LEGEND, LEGEND, Maps, WIDEST_LEGEND, whole_cell};
use super::{Content, Rect, em, heading_of, inner, inner_width};
use crate::plot::style::Style;

/// Where the two maps stand: side by side, or in narrow areas one above the other.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::plot) struct Pair {
    /// Left end of the chart's heading and the middle of its line.
    pub heading: (i32, i32),
    /// One map each.
    pub panels: [Maps; 2],
}

/// Narrower areas set one map above the other.
const STACKED: f64 = 36.0;
const LONGEST_MAP: f64 = 22.0;

impl Pair {
    /// The layout of an area of so many device pixels.
    pub fn new(size: (i32, i32), content: Content, style: &Style) -> Self {
        let area = inner(size, style);
        let gap = style.em(em::BETWEEN_PANELS);
        let top = style.em(em::HEADING).min(area.height);
        let free = area.height - top;
        let first = if is_stacked(size.0, style) {
            Rect {
                y: top,
                height: ((free - gap) / 2).max(0),
                ..area
            }
        } else {
            Rect {
                y: top,
                width: ((area.width - gap) / 2).clamp(0, style.em(LONGEST_MAP)),
                height: free,
                ..area
            }
        };
        let image = image_size(first.width, Some(first.height), content, style);
        let second = if is_stacked(size.0, style) {
            // Close to the first, however high the area is.
            let used = image.1 + around_image(style);
            Rect {
                y: first.y + used.min(first.height) + gap,
                ..first
            }
        } else {
            let x = first.right() + gap;
            Rect {
                x,
                width: (area.right() - x).max(0),
                ..first
            }
        };
        Self {
            heading: heading_of(area, style),
            panels: [first, second].map(|panel| map_in(panel, image, style)),
        }
    }

    /// The height, in device pixels, at which an area of this width shows the two maps best.
    pub fn good_height(width: i32, content: Content, style: &Style) -> i32 {
        let gap = style.em(em::BETWEEN_PANELS);
        let inner = inner_width(width, style);
        let stacked = is_stacked(width, style);
        let panel = if stacked { inner } else { (inner - gap) / 2 };
        let (_, image) = image_size(panel, None, content, style);
        let panel = image + around_image(style);
        style.em(em::HEADING) + if stacked { 2 * panel + gap } else { panel }
    }
}

fn is_stacked(width: i32, style: &Style) -> bool {
    width < style.em(STACKED)
}

/// What a panel has above and below its map.
fn around_image(style: &Style) -> i32 {
    [em::HEADING, ABOVE_LEGEND, LEGEND, em::SCALE]
        .map(|length| style.em(length))
        .iter()
        .sum()
}

/// Width and height of a map in a panel so wide and, if that is given, so high.
fn image_size(width: i32, height: Option<i32>, content: Content, style: &Style) -> (i32, i32) {
    let (across, down) = (content.image.width as f64, content.image.height as f64);
    let wide = f64::from(width) / across.max(1.0);
    let high = height.map_or(f64::INFINITY, |height| {
        f64::from(height - around_image(style)) / down.max(1.0)
    });
    let cell = whole_cell(wide.min(high), LONGEST_MAP, content, style);
    ((across * cell) as i32, (down * cell) as i32)
}

fn map_in(panel: Rect, (width, height): (i32, i32), style: &Style) -> Maps {
    let image = Rect {
        y: panel.y + style.em(em::HEADING),
        width,
        height,
        ..panel
    };
    let legend = Rect {
        y: image.bottom() + style.em(ABOVE_LEGEND),
        width: style.em(WIDEST_LEGEND).min(panel.width),
        height: style.em(LEGEND),
        ..panel
    };
    Maps {
        heading: heading_of(panel, style),
        images: vec![image],
        title: 0,
        legend,
        notes: panel.width - legend.width,
    }
}
