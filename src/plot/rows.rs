//! A row for each dimension, with marks on an axis that all rows share.

use std::ops::RangeInclusive;

use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use super::draw::{DrawError, Pen, SCALE_LABELS, SCALE_TITLE};
use super::figure::{Place, places};
use super::layout::Rect;
use super::marks::Shape;
use super::number::ticks;
use super::style::{Colour, Style, Type};

/// Lengths in ems: a row where there is room, and all rows together at most.
const ROW: f64 = 1.6;
const TALLEST: f64 = 72.0;
/// Between the numbers of the dimensions and the axis.
const LABELS: f64 = 0.5;

/// Where rows stand: from the top one under the other, each as high as the others.
pub(super) struct Rows {
    /// Where marks are, without the numbers of the dimensions.
    pub plot: Rect,
    count: usize,
    label: i32,
}

impl Rows {
    /// How much all of `count` rows ask for, in device pixels.
    pub fn height(count: usize, style: &Style) -> i32 {
        let count = count.max(1) as i32;
        (count * style.em(ROW)).min(style.em(TALLEST)).max(count)
    }

    /// Rows in a panel; `largest` is the largest number that a dimension is labelled with.
    pub fn new(panel: Rect, count: usize, largest: usize, style: &Style) -> Self {
        let label = style.label_width(largest.to_string().len()) + style.em(LABELS);
        let plot = Rect {
            x: panel.x + label,
            y: panel.y,
            width: (panel.width - label).max(1),
            height: Self::height(count, style),
        };
        Self { plot, count, label }
    }

    /// The same rows further to the right, without labels.
    pub fn beside(&self, x: i32, width: i32) -> Self {
        Self {
            plot: Rect {
                x,
                width: width.max(1),
                ..self.plot
            },
            count: self.count,
            label: 0,
        }
    }

    /// Upper edge and height of a row.
    pub fn span(&self, row: usize) -> (i32, i32) {
        let edge = |row: usize| {
            let height = i64::from(self.plot.height);
            self.plot.y + (height * row as i64 / self.count.max(1) as i64) as i32
        };
        (edge(row), (edge(row + 1) - edge(row)).max(1))
    }

    pub fn middle(&self, row: usize) -> i32 {
        let (y, height) = self.span(row);
        y + height / 2
    }

    /// What the largest mark of a row may measure from its middle, in device pixels.
    pub fn radius(&self, style: &Style) -> f64 {
        let (_, height) = self.span(0);
        (f64::from(height) * 0.3).clamp(1.0, f64::from(style.px(4.0)))
    }

    /// The row of each dimension, its label and `width` device pixels from the left edge on included.
    pub fn places(&self, order: &[usize], width: i32, style: &Style) -> Vec<Place> {
        let rects: Vec<Rect> = (0..order.len())
            .map(|row| {
                let (y, height) = self.span(row);
                Rect {
                    x: self.plot.x - self.label,
                    y,
                    width,
                    height,
                }
            })
            .collect();
        places(order, &rects, style)
    }

    /// The numbers of the dimensions, as many as there is room for.
    pub fn labels<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        order: &[usize],
        colour: impl Fn(usize) -> Colour,
    ) -> Result<(), DrawError<DB>> {
        let style = pen.style;
        let (_, height) = self.span(0);
        let every = (style.em(1.1) / height.max(1)).max(0) as usize + 1;
        for (row, &dim) in order.iter().enumerate().step_by(every) {
            let at = (self.plot.x - style.em(LABELS), self.middle(row));
            let number = (dim + 1).to_string();
            pen.text(&number, Type::Label, colour(dim), HPos::Right, at)?;
        }
        Ok(())
    }
}

/// An axis under rows.
pub(super) struct Axis {
    pub range: RangeInclusive<f64>,
    pub plot: Rect,
}

impl Axis {
    pub fn x(&self, value: f64) -> i32 {
        let (from, to) = (*self.range.start(), *self.range.end());
        let share = ((value - from) / (to - from)).clamp(0.0, 1.0);
        self.plot.x + (share * f64::from(self.plot.width)).round() as i32
    }

    /// Grid, numbers and the first of the titles that fits.
    pub fn draw<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        titles: &[&str],
        room: i32,
    ) -> Result<(), DrawError<DB>> {
        let (style, plot) = (pen.style, self.plot);
        let most = (plot.width / style.label_width(6).max(1)).clamp(2, 6) as usize;
        let labels = plot.bottom() + style.em(SCALE_LABELS);
        for tick in ticks(self.range.clone(), most, 0.0) {
            let x = self.x(tick.value);
            let colour = if tick.value == 0.0 {
                style.muted
            } else {
                style.grid
            };
            pen.upright(x, (plot.y, plot.bottom()), colour)?;
            pen.note(&tick.label, HPos::Center, (x, labels))?;
        }
        let title = style.shortened(titles, Type::Label, room);
        let at = (plot.x, plot.bottom() + style.em(SCALE_TITLE));
        pen.note(&title, HPos::Left, at)
    }
}

/// What a mark means, in a line of such keys.
pub(super) struct Key<'a> {
    pub shape: Shape,
    pub colour: Colour,
    pub name: &'a str,
}

/// Marks with their names from left to right, in as many lines as they need.
pub(super) fn keys<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    keys: &[Key<'_>],
    (left, top): (i32, i32),
    room: i32,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    for (key, (x, y)) in keys.iter().zip(key_places(keys, room, style)) {
        let (x, y) = (left + x, top + y);
        let radius = f64::from(style.px(3.4).max(2));
        key.shape
            .draw(pen, (x + style.em(0.4), y), radius, key.colour)?;
        let name_room = room - (x - left) - style.em(1.0);
        let name = style.shortened(&[key.name], Type::Label, name_room);
        let at = (x + style.em(1.0), y);
        pen.text(&name, Type::Label, style.text, HPos::Left, at)?;
    }
    Ok(())
}

/// How many lines of keys there are, in device pixels.
pub(super) fn keys_height(keys: &[Key<'_>], room: i32, style: &Style) -> i32 {
    let last = key_places(keys, room, style).pop();
    last.map_or(0, |(_, y)| y + style.em(KEY_LINE))
}

const KEY_LINE: f64 = 1.4;

fn key_places(keys: &[Key<'_>], room: i32, style: &Style) -> Vec<(i32, i32)> {
    let (mut x, mut y) = (0, 0);
    let place = |key: &Key<'_>| {
        let width = style.em(1.8) + style.label_width(key.name.chars().count());
        if x > 0 && x + width > room {
            (x, y) = (0, y + style.em(KEY_LINE));
        }
        let at = (x, y);
        x += width;
        at
    };
    keys.iter().map(place).collect()
}
