//! Bars of every class: a panel for each, in a grid whose columns have one axis.

use super::bars::BarMarks;
use super::{Content, Rect, em, heading_of, inner, inner_width};
use crate::plot::style::Style;

/// Where the panels stand.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::plot) struct Classes {
    /// Left end of the chart's heading and the middle of its line.
    pub heading: (i32, i32),
    /// Middle of the line below it.
    pub titles: i32,
    /// One for each class.
    pub panels: Vec<Panel>,
}

/// Where the bars of a class stand.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::plot) struct Panel {
    /// Left end of the class' name and the middle of its line.
    pub heading: (i32, i32),
    pub marks: BarMarks,
    /// From edge to edge.
    pub width: i32,
    /// Whether its axis is labelled: below each column, and below each panel where there are so
    /// many rows that the foot of the column is out of sight.
    pub labelled: bool,
}

/// A panel's least width, in ems.
const NARROWEST: f64 = 10.0;
const BETWEEN_COLUMNS: f64 = 2.0;
/// With the axis' labels in it, and without.
const BETWEEN_ROWS: [f64; 2] = [2.4, 1.4];
/// Rows of which each has its own labels.
const MANY_ROWS: usize = 3;
/// Between the chart's head and its panels.
const BELOW_HEAD: f64 = 0.6;
/// The line of a class' name.
const NAME: f64 = 1.5;
/// Height of a row where the height is free, in ems: at most, and at least.
const GOOD_ROW: [f64; 2] = [1.45, 1.0];
/// Bars of a class that are seen at one glance, and the tallest there are.
const GLANCE: f64 = 22.0;
const TALLEST: f64 = 48.0;
/// Bars of all rows of panels together, as long as those of each have a least height.
const ALL_ROWS: f64 = 420.0;
const SHORTEST: f64 = 6.0;

impl Classes {
    /// The layout of an area of so many device pixels.
    pub fn new(size: (i32, i32), classes: usize, content: Content, style: &Style) -> Self {
        let area = inner(size, style);
        let (columns, rows) = grid(area.width, classes, style);
        let head = head(style);
        let gaps = (columns as i32 - 1) * style.em(BETWEEN_COLUMNS);
        let width = ((area.width - gaps) / columns as i32).max(0);
        let around = head + style.em(em::SCALE) + around_bars(rows, style);
        let height = ((area.height - around) / rows as i32).max(0);
        let panels = (0..classes).map(|class| {
            let (row, column) = (class / columns, class % columns);
            let y = row as i32 * (style.em(NAME) + height + between_rows(rows, style));
            let panel = Rect {
                x: area.x + column as i32 * (width + style.em(BETWEEN_COLUMNS)),
                y: (area.y + head + y).min(area.bottom()),
                width,
                height: style.em(NAME) + height,
            };
            let marks = Rect {
                y: (panel.y + style.em(NAME)).min(area.bottom()),
                height,
                ..panel
            };
            Panel {
                heading: heading_of(panel, style),
                marks: BarMarks::new(marks, content, style),
                width,
                labelled: class + columns >= classes || labels_each(rows),
            }
        });
        Self {
            heading: heading_of(area, style),
            titles: area.y + style.em(em::HEADING) + style.em(0.35),
            panels: panels.collect(),
        }
    }

    /// The height, in device pixels, at which an area of this width shows the classes best.
    pub fn good_height(width: i32, classes: usize, content: Content, style: &Style) -> i32 {
        let (_, rows) = grid(inner_width(width, style), classes, style);
        let [good, least] = GOOD_ROW.map(|height| content.dims as i32 * style.em(height));
        let bars = good.min(style.em(GLANCE).max(least)).min(style.em(TALLEST));
        // Where there are many rows, all of them together stay within bounds.
        let share = style.em(ALL_ROWS) / rows as i32;
        let bars = bars.min(share.max(style.em(SHORTEST)));
        head(style) + style.em(em::SCALE) + around_bars(rows, style) + rows as i32 * bars
    }
}

/// As many columns as there is room for, evenly filled; and the rows they make.
fn grid(width: i32, classes: usize, style: &Style) -> (usize, usize) {
    let classes = classes.max(1);
    let gap = style.em(BETWEEN_COLUMNS);
    let most = (width + gap) / (style.em(NARROWEST) + gap).max(1);
    let rows = classes.div_ceil(most.max(1) as usize);
    (classes.div_ceil(rows), rows)
}

fn head(style: &Style) -> i32 {
    style.em(em::HEADING) + style.em(em::TITLES) + style.em(BELOW_HEAD)
}

fn labels_each(rows: usize) -> bool {
    rows >= MANY_ROWS
}

fn between_rows(rows: usize, style: &Style) -> i32 {
    let [labelled, plain] = BETWEEN_ROWS;
    style.em(if labels_each(rows) { labelled } else { plain })
}

/// Names and gaps of all rows of panels.
fn around_bars(rows: usize, style: &Style) -> i32 {
    rows as i32 * style.em(NAME) + (rows as i32 - 1) * between_rows(rows, style)
}
