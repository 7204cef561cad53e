//! Where the encoded space stands in its area, and its axes.

use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use super::plane::{Kind, Plane};
use super::{LegendPlace, PlaneLayout};
use crate::plot::draw::{DrawError, Pen, SCALE_LABELS, SCALE_TITLE};
use crate::plot::layout::Rect;
use crate::plot::number::{Tick, ticks};
use crate::plot::style::{Style, Type};

/// Lengths in multiples of the main text's size.
mod em {
    /// Narrower areas have the legend below the plot.
    pub const NARROW: f64 = 42.0;
    /// The heading and the line of the upright axis' name.
    pub const ABOVE: f64 = 3.05;
    /// The level axis' labels and its name.
    pub const BELOW: f64 = 2.9;
    /// The widest entry of the legend, and what of an entry is not the class' name.
    pub const LEGEND: f64 = 11.0;
    pub const MARK: f64 = 2.75;
    pub const BESIDE_LEGEND: f64 = 1.6;
    /// Left of a legend below the plot.
    pub const INDENT: f64 = 0.2;
    pub const LEGEND_ROW: f64 = 1.55;
    pub const TALLEST: f64 = 42.0;
}

/// Height of the plot relative to its width, in wide and in narrow areas.
const SHAPE: [f64; 2] = [0.64, 0.86];
/// More of the width than this is not for a legend beside the plot.
const LEGEND_SHARE: f64 = 0.34;

pub(super) struct Place {
    pub plot: Rect,
    /// Places of the classes in the legend: left ends, at the middle of their lines.
    pub legend: Vec<(i32, i32)>,
    /// Room for a class in the legend, and the height of its line.
    pub room: i32,
    pub row: i32,
    /// Middles of the lines of the heading and of the upright axis' name.
    pub lines: [i32; 2],
}

impl Place {
    pub fn new((width, height): (i32, i32), names: &[&str], style: &Style) -> Self {
        let columns = Columns::new(width, names, style);
        let plot = Rect {
            x: left(style),
            y: style.em(em::ABOVE),
            width: columns.plot_width(width, style),
            height: (height - columns.around(style)).max(1),
        };
        let row = style.em(em::LEGEND_ROW).max(1);
        let (rows, room) = (columns.rows, columns.room);
        let (row, legend) = if columns.beside {
            let x = plot.right() + style.em(em::BESIDE_LEGEND);
            // Closer where there are more classes than lines.
            let row = row.min(plot.height / rows.max(1) as i32);
            let place = |class: usize| {
                let (column, line) = ((class / rows) as i32, (class % rows) as i32);
                (x + column * room, plot.y + row / 2 + line * row)
            };
            (row, (0..names.len()).map(place).collect())
        } else {
            let top = plot.bottom() + style.em(em::BELOW) + row / 2;
            let place = |class: usize| {
                let (line, column) = (class / columns.count, class % columns.count);
                (
                    style.em(em::INDENT) + column as i32 * room,
                    top + line as i32 * row,
                )
            };
            (row, (0..names.len()).map(place).collect())
        };
        Self {
            plot,
            legend,
            room,
            row,
            lines: [0.7, 2.3].map(|line| style.em(line)),
        }
    }
}

/// What stands left of the plot: the labels of the upright axis.
fn left(style: &Style) -> i32 {
    style.label_width(5) + style.em(0.5)
}

/// How the legend is divided.
struct Columns {
    beside: bool,
    count: usize,
    rows: usize,
    /// Width of one.
    room: i32,
}

impl Columns {
    fn new(width: i32, names: &[&str], style: &Style) -> Self {
        let classes = names.len();
        let longest = names.iter().map(|name| name.chars().count()).max();
        let entry = style.em(em::MARK) + style.label_width(longest.unwrap_or(0));
        let room = entry.clamp(style.em(em::MARK), style.em(em::LEGEND)).max(1);
        if width >= style.em(em::NARROW) {
            let most = ((f64::from(width) * LEGEND_SHARE) as i32 / room).max(1) as usize;
            for count in 1..=most {
                let columns = Self {
                    beside: true,
                    count,
                    rows: classes.div_ceil(count).max(1),
                    room,
                };
                let lines = columns.tall(width, style) / style.em(em::LEGEND_ROW).max(1);
                if columns.rows <= lines.max(1) as usize {
                    return columns;
                }
            }
        }
        let width = width - style.em(em::INDENT);
        let count = (width / room).max(1) as usize;
        Self {
            beside: false,
            count,
            rows: classes.div_ceil(count),
            room: width / count as i32,
        }
    }

    fn plot_width(&self, width: i32, style: &Style) -> i32 {
        let right = if self.beside {
            self.count as i32 * self.room + style.em(em::BESIDE_LEGEND)
        } else {
            style.em(1.0)
        };
        (width - left(style) - right).max(1)
    }

    /// The height of a plot that looks best.
    fn tall(&self, width: i32, style: &Style) -> i32 {
        let shape = SHAPE[usize::from(width < style.em(em::NARROW))];
        let tall = f64::from(self.plot_width(width, style)) * shape;
        (tall.round() as i32).min(style.em(em::TALLEST))
    }

    /// What stands above and below the plot.
    fn around(&self, style: &Style) -> i32 {
        let rows = if self.beside { 0 } else { self.rows as i32 };
        style.em(em::ABOVE) + style.em(em::BELOW) + rows * style.em(em::LEGEND_ROW).max(1)
    }
}

/// The height, in device pixels, at which an area of this width shows classes of these names best.
pub(super) fn good_height(width: i32, names: &[&str], style: &Style) -> i32 {
    let columns = Columns::new(width, names, style);
    columns.tall(width, style) + columns.around(style)
}

/// Which numbers the plot's edges stand for.
pub(super) struct Axes {
    plot: Rect,
    /// From the left edge to the right, from the lower edge to the upper.
    ranges: [[f64; 2]; 2],
    /// The same where all images are to be seen.
    whole: [[f64; 2]; 2],
}

/// Share of the coordinates' range that is left free at either end.
const MARGIN: f64 = 0.04;

impl Axes {
    pub fn new(plot: Rect, plane: &Plane<'_>, window: Option<[[f64; 2]; 2]>) -> Self {
        let mut whole = plane.extent.map(|[least, most]| {
            let middle = f64::midpoint(least, most);
            match most - least {
                range if range > 0.0 => [least - MARGIN * range, most + MARGIN * range],
                // One place, or none.
                _ if least == most => [middle - 1.0, middle + 1.0],
                _ => [-1.0, 1.0],
            }
        });
        if plane.kind == Kind::Lanes {
            whole[1] = [0.5 - plane.classes.len() as f64, 0.5];
        }
        // The distance across a range of numbers that is one.
        let is_range = |[from, to]: &[f64; 2]| (to - from).is_finite() && from < to;
        let window = window.filter(|window| window.iter().all(is_range));
        let [ranges, whole] = [window.unwrap_or(whole), whole].map(|ranges| {
            if plane.kind == Kind::Projection {
                equal_units(plot, ranges)
            } else {
                ranges
            }
        });
        Self {
            plot,
            ranges,
            whole,
        }
    }

    /// Whether a device pixel belongs to the plot.
    pub fn shows(&self, (x, y): (f64, f64)) -> bool {
        let Rect {
            x: left, y: top, ..
        } = self.plot;
        (f64::from(left)..=f64::from(self.plot.right())).contains(&x)
            && (f64::from(top)..=f64::from(self.plot.bottom())).contains(&y)
    }

    pub fn layout(&self, kind: Kind, legend: Vec<LegendPlace>, style: &Style) -> PlaneLayout {
        let css = |length: i32| f64::from(length) / style.scale;
        PlaneLayout {
            x: css(self.plot.x),
            y: css(self.plot.y),
            width: css(self.plot.width),
            height: css(self.plot.height),
            window: self.ranges,
            whole: self.whole,
            dims: match kind {
                Kind::Widest(dims) | Kind::Asked(dims) => Some(dims),
                Kind::Lanes | Kind::Projection => None,
            },
            legend,
        }
    }

    /// The device pixel of a place, before rounding.
    pub fn at(&self, [x, y]: [f64; 2]) -> (f64, f64) {
        let share = |value: f64, [from, to]: [f64; 2]| (value - from) / (to - from);
        let Rect { width, height, .. } = self.plot;
        (
            f64::from(self.plot.x) + share(x, self.ranges[0]) * f64::from(width),
            f64::from(self.plot.bottom()) - share(y, self.ranges[1]) * f64::from(height),
        )
    }

    /// Grid lines and their labels.
    pub fn draw<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        lanes: Option<&[String]>,
    ) -> Result<(), DrawError<DB>> {
        let (style, plot) = (pen.style, self.plot);
        let range = |axis: usize| self.ranges[axis][0]..=self.ranges[axis][1];
        let labels = plot.bottom() + style.em(SCALE_LABELS);
        let most = (plot.width / style.label_width(8).max(1)).clamp(2, 8) as usize;
        let colour = |tick: &Tick| match tick.value {
            0.0 => style.background.mixed(style.muted, 0.6),
            _ => style.grid,
        };
        for tick in ticks(range(0), most, 0.0) {
            let x = self.at([tick.value, 0.0]).0.round() as i32;
            pen.upright(x, (plot.y, plot.bottom()), colour(&tick))?;
            pen.note(&tick.label, HPos::Center, (x, labels))?;
        }
        let most = (plot.height / style.em(3.0).max(1)).clamp(2, 8) as usize;
        let ticks = match lanes {
            None => ticks(range(1), most, 0.0),
            Some(letters) => lane_ticks(letters),
        };
        for tick in ticks {
            // A lane may be above or below what is seen.
            if !(self.ranges[1][0]..=self.ranges[1][1]).contains(&tick.value) {
                continue;
            }
            let y = self.at([0.0, tick.value]).1.round() as i32;
            let line = if lanes.is_some() {
                style.grid
            } else {
                colour(&tick)
            };
            pen.level(y, (plot.x, plot.right()), line)?;
            pen.note(&tick.label, HPos::Right, (plot.x - style.em(0.5), y))?;
        }
        Ok(())
    }
}

/// Distances are the same in all directions: the roomier axis shows more.
fn equal_units(plot: Rect, ranges: [[f64; 2]; 2]) -> [[f64; 2]; 2] {
    let pixels = [plot.width, plot.height].map(f64::from);
    let unit = |axis: usize| (ranges[axis][1] - ranges[axis][0]) / pixels[axis];
    let unit = unit(0).max(unit(1));
    [0, 1].map(|axis| {
        let [from, to] = ranges[axis];
        let more = (unit * pixels[axis] - (to - from)) / 2.0;
        [from - more, to + more]
    })
}

fn lane_ticks(letters: &[String]) -> Vec<Tick> {
    let lane = |(class, letters): (usize, &String)| Tick {
        value: -(class as f64),
        label: letters.clone(),
    };
    letters.iter().enumerate().map(lane).collect()
}

/// The heading and the axes' names.
pub(super) fn surround<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Place,
    heading: &str,
    axes: &[String; 2],
) -> Result<(), DrawError<DB>> {
    let (style, plot) = (pen.style, place.plot);
    let left = style.hairline();
    let room = plot.right() - left;
    let heading = style.shortened(&[heading, "Encoded space"], Type::Heading, room);
    pen.heading(&heading, (left, place.lines[0]))?;
    let [across, up] = [0, 1].map(|axis| style.shortened(&[&axes[axis]], Type::Label, plot.width));
    pen.note(&up, HPos::Left, (left, place.lines[1]))?;
    let below = plot.bottom() + style.em(SCALE_TITLE);
    pen.note(&across, HPos::Right, (plot.right(), below))?;
    pen.frame(plot, style.grid)
}
