//! Where the encoded space stands in its area, and its axes.

use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use super::plane::{Kind, Plane};
use crate::plot::draw::{DrawError, Pen, SCALE_LABELS, SCALE_TITLE};
use crate::plot::layout::Rect;
use crate::plot::maps::unknown;
use crate::plot::number::{Tick, ticks};
use crate::plot::style::{Style, Type};
use crate::report::words::images_in_words;

/// Lengths in multiples of the main text's size.
mod em {
    /// Narrower areas have the legend below the plot.
    pub const NARROW: f64 = 42.0;
    /// The heading and the line of the upright axis' name.
    pub const ABOVE: f64 = 3.05;
    /// The level axis' labels and its name.
    pub const BELOW: f64 = 2.9;
    pub const LEGEND: f64 = 11.0;
    pub const BESIDE_LEGEND: f64 = 1.6;
    pub const LEGEND_ROW: f64 = 1.55;
    pub const TALLEST: f64 = 42.0;
}

/// Height of the plot relative to its width, in wide and in narrow areas.
const SHAPE: [f64; 2] = [0.64, 0.86];

pub(super) struct Place {
    pub plot: Rect,
    /// Places of the classes in the legend: left ends, at the middle of their lines.
    pub legend: Vec<(i32, i32)>,
    /// Room for a class in the legend.
    pub room: i32,
    /// Middles of the lines of the heading and of the upright axis' name.
    pub lines: [i32; 2],
}

impl Place {
    pub fn new((width, height): (i32, i32), classes: usize, style: &Style) -> Self {
        let left = style.label_width(5) + style.em(0.5);
        let right = style.em(1.0);
        let above = style.em(em::ABOVE);
        let below = style.em(em::BELOW);
        let row = style.em(em::LEGEND_ROW).max(1);
        let lines = [0.7, 2.3].map(|line| style.em(line));
        if is_narrow(width, style) {
            let columns = columns(width, style);
            let rows = classes.div_ceil(columns) as i32;
            let plot = Rect {
                x: left,
                y: above,
                width: (width - left - right).max(1),
                height: (height - above - below - rows * row).max(1),
            };
            let room = width / columns as i32;
            let top = plot.bottom() + below + row / 2;
            let place = |class: usize| {
                let (line, column) = ((class / columns) as i32, (class % columns) as i32);
                (style.em(0.2) + column * room, top + line * row)
            };
            return Self {
                plot,
                legend: (0..classes).map(place).collect(),
                room,
                lines,
            };
        }
        let legend = style.em(em::LEGEND);
        let plot = Rect {
            x: left,
            y: above,
            width: (width - left - legend - style.em(em::BESIDE_LEGEND)).max(1),
            height: (height - above - below).max(1),
        };
        let x = plot.right() + style.em(em::BESIDE_LEGEND);
        // Closer where there are more classes than lines.
        let row = row.min(plot.height / classes.max(1) as i32);
        Self {
            legend: (0..classes as i32)
                .map(|class| (x, plot.y + row / 2 + class * row))
                .collect(),
            plot,
            room: legend,
            lines,
        }
    }
}

fn is_narrow(width: i32, style: &Style) -> bool {
    width < style.em(em::NARROW)
}

/// Columns of the legend below a narrow plot.
fn columns(width: i32, style: &Style) -> usize {
    (width / style.em(em::LEGEND).max(1)).max(1) as usize
}

/// The height, in device pixels, at which an area of this width shows so many classes best.
pub(super) fn good_height(width: i32, classes: usize, style: &Style) -> i32 {
    let narrow = is_narrow(width, style);
    let plot = Place::new((width, 0), classes, style).plot;
    let tall = f64::from(plot.width) * SHAPE[usize::from(narrow)];
    let rows = if narrow {
        classes.div_ceil(columns(width, style))
    } else {
        0
    };
    (tall.round() as i32).min(style.em(em::TALLEST))
        + style.em(em::ABOVE)
        + style.em(em::BELOW)
        + rows as i32 * style.em(em::LEGEND_ROW)
}

/// Which numbers the plot's edges stand for.
pub(super) struct Axes {
    plot: Rect,
    /// From the left edge to the right, from the lower edge to the upper.
    ranges: [[f64; 2]; 2],
}

/// Share of the coordinates' range that is left free at either end.
const MARGIN: f64 = 0.04;

impl Axes {
    pub fn new(plot: Rect, plane: &Plane<'_>) -> Self {
        let mut ranges = [0, 1].map(|axis| {
            let placed = plane.by_class();
            let values = placed.iter().flatten().map(|&image| plane.at(image)[axis]);
            let (least, most) = values.fold((f64::MAX, f64::MIN), |(least, most), value| {
                (value.min(least), value.max(most))
            });
            let middle = f64::midpoint(least, most);
            match most - least {
                range if range > 0.0 => [least - MARGIN * range, most + MARGIN * range],
                // One place, or none.
                _ if least == most => [middle - 1.0, middle + 1.0],
                _ => [-1.0, 1.0],
            }
        });
        if plane.kind == Kind::Lanes {
            ranges[1] = [0.5 - plane.classes.len() as f64, 0.5];
        }
        if plane.kind == Kind::Projection {
            // Distances are the same in all directions: the roomier axis shows more.
            let pixels = [plot.width, plot.height].map(f64::from);
            let unit = |axis: usize| (ranges[axis][1] - ranges[axis][0]) / pixels[axis];
            let unit = unit(0).max(unit(1));
            for (range, pixels) in ranges.iter_mut().zip(pixels) {
                let more = (unit * pixels - (range[1] - range[0])) / 2.0;
                *range = [range[0] - more, range[1] + more];
            }
        }
        Self { plot, ranges }
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

fn lane_ticks(letters: &[String]) -> Vec<Tick> {
    let lane = |(class, letters): (usize, &String)| Tick {
        value: -(class as f64),
        label: letters.clone(),
    };
    letters.iter().enumerate().map(lane).collect()
}

/// The heading, the axes' names and, while nothing is known, the ground that will be drawn on.
pub(super) fn surround<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Place,
    plane: Option<&Plane<'_>>,
) -> Result<(), DrawError<DB>> {
    let (style, plot) = (pen.style, place.plot);
    let left = style.hairline();
    let heading = match plane {
        Some(plane) => format!(
            "Encoded space of {} {}",
            plane.images(),
            images_in_words(plane.classes)
        ),
        None => "Encoded space".into(),
    };
    let room = plot.right() - left;
    let heading = style.shortened(&[&heading, "Encoded space"], Type::Heading, room);
    pen.heading(&heading, (left, place.lines[0]))?;
    let unnamed = [
        "the dimension that varies most",
        "the dimension that varies second most",
    ];
    let names = [0, 1].map(|axis| plane.map_or(unnamed[axis], |plane| &plane.axes[axis]));
    let [across, up] = names.map(|name| style.shortened(&[name], Type::Label, plot.width));
    pen.note(&up, HPos::Left, (left, place.lines[1]))?;
    let below = plot.bottom() + style.em(SCALE_TITLE);
    pen.note(&across, HPos::Right, (plot.right(), below))?;
    pen.frame(plot, style.grid)?;
    match plane {
        Some(_) => Ok(()),
        None => pen.fill(plot, unknown(style)),
    }
}
