//! Bars, one below the other.

use super::super::style::{LABEL, Style};
use super::{Content, Rect, anatomy, em};

/// Where the bars of a class stand.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::plot) struct Bars {
    /// Left end of the heading and the middle of its line.
    pub heading: (i32, i32),
    /// Middle of the line of titles.
    pub titles: i32,
    pub marks: BarMarks,
}

/// Where the bars themselves stand.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::plot) struct BarMarks {
    /// One band for each position from the top, label and bar together.
    pub rows: Vec<Rect>,
    /// Every how many rows a label fits.
    pub label_every: usize,
    /// Bars grow in this rectangle, from its left edge (zero) to its right edge.
    pub plot: Rect,
}

/// Height of a row where the height is free, in ems: at most, and at least.
const GOOD_ROW: [f64; 2] = [1.55, 1.2];
const WIDEST_ROW: f64 = 2.8;

/// Rows close up when there are many of them.
pub(super) fn good_bars_height(dims: usize, style: &Style) -> i32 {
    let dims = dims as i32;
    let [good, least] = GOOD_ROW.map(|height| dims * style.em(height));
    good.min(style.em(em::GLANCE).max(least))
        .min(style.em(em::TALLEST_MARKS))
}

pub(super) fn bars_in(panel: Rect, content: Content, style: &Style) -> Bars {
    let (heading, titles, marks) = anatomy(panel, style);
    Bars {
        heading,
        titles,
        marks: BarMarks::new(marks, content, style),
    }
}

impl BarMarks {
    /// Fills `marks` from the top, as far as rows may grow.
    pub fn new(marks: Rect, content: Content, style: &Style) -> Self {
        let dims = content.dims;
        let pitch = f64::from(marks.height) / dims.max(1) as f64;
        let pitch = pitch.min(f64::from(style.em(WIDEST_ROW)));
        // Rows that differ by a pixel look uneven only where they are small.
        let pitch = if (2.0..8.0).contains(&pitch) {
            pitch.floor()
        } else {
            pitch
        };
        let edge = |position: usize| marks.y + (pitch * position as f64).round() as i32;
        let rows: Vec<Rect> = (0..dims)
            .map(|position| Rect {
                y: edge(position),
                height: edge(position + 1) - edge(position),
                ..marks
            })
            .collect();

        let digits = content.largest.to_string().len();
        let labels = (style.label_width(digits) + style.em(0.45)).min(marks.width);
        // The last tick's label reaches half its width beyond the plot.
        let beyond = style.label_width(5) / 2;
        let plot = Rect {
            x: marks.x + labels,
            y: marks.y,
            width: (marks.width - labels - beyond).max(0),
            height: edge(dims) - marks.y,
        };
        let line = style.em(LABEL * 1.05);
        Self {
            rows,
            label_every: (f64::from(line) / pitch.max(0.01)).ceil().max(1.0) as usize,
            plot,
        }
    }
}
