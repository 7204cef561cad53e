//! Signals and rows of tables: each over its reconstruction, as lines, or number by number, by name; and small,
//! where images would stand.

use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use crate::data::DataForm;
use crate::report::Report;
use crate::train::Samples;

use super::draw::{DrawError, Pen};
use super::layout::Rect;
use super::number::significant;
use super::reconstructions::{SamplePlace, name};
use super::style::{Colour, Style, Type};

/// Width to height of what stands for an image.
pub(super) const SHAPE: (i32, i32) = (8, 5);
/// So many columns of a row are told, those that differ most.
const COLUMNS: usize = 6;
/// More bars than these are not told apart: each is then the mean of several columns.
const BARS: usize = 60;

/// Lengths in ems.
mod em {
    pub const TOP: f64 = 3.15;
    /// A panel, at least.
    pub const PANEL: f64 = 19.0;
    pub const GAP: f64 = 1.6;
    /// The lines of the class' name and of the error.
    pub const NAME: f64 = 1.5;
    pub const ERROR: f64 = 1.5;
    pub const ROW: f64 = 1.35;
    /// A signal.
    pub const LINES: f64 = 6.0;
    pub const BELOW: f64 = 0.5;
}

/// Where each sample stands.
pub(super) struct Panels {
    form: DataForm,
    rects: Vec<Rect>,
}

impl Panels {
    /// In an area of this width, of `count` rows of so many numbers.
    pub fn new(
        width: i32,
        count: usize,
        (form, numbers): (DataForm, usize),
        style: &Style,
    ) -> Self {
        let gap = style.em(em::GAP);
        let left = style.hairline();
        let columns =
            ((width - left + gap) / (style.em(em::PANEL) + gap)).clamp(1, count.max(1) as i32);
        let each = ((width - left + gap) / columns - gap).max(1);
        let height = match form {
            DataForm::Table => {
                let lines = numbers.min(COLUMNS) + usize::from(numbers > COLUMNS);
                style.em(em::ROW) * lines as i32
            }
            _ => style.em(em::LINES),
        };
        let block = style.em(em::NAME) + height + style.em(em::ERROR) + gap / 2;
        let rect = |at: i32| Rect {
            x: left + at % columns * (each + gap),
            y: style.em(em::TOP) + at / columns * block + style.em(em::NAME),
            width: each,
            height,
        };
        Self {
            form,
            rects: (0..count as i32).map(rect).collect(),
        }
    }

    /// Down to the last line, in device pixels.
    pub fn bottom(&self, style: &Style) -> i32 {
        let lowest = self.rects.last().map_or(0, |rect| rect.bottom());
        lowest + style.em(em::ERROR + em::BELOW)
    }

    /// Draws all of the report's samples.
    pub fn draw<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        report: &Report,
        samples: &Samples,
    ) -> Result<Vec<SamplePlace>, DrawError<DB>> {
        let style = pen.style;
        let said = match self.form {
            DataForm::Table => "value → reconstruction, difference; the columns that differ most",
            _ => "the signal, grey, and its reconstruction",
        };
        let (width, _) = pen.area.dim_in_pixel();
        let said = style.shortened(&[said], Type::Label, width as i32 - style.hairline());
        pen.note(&said, HPos::Left, (style.hairline(), style.em(2.2)))?;
        let errors = samples.errors();
        for (sample, rect) in self.rects.iter().enumerate() {
            let row = Row {
                report,
                values: samples.images.row(sample).to_vec(),
                rebuilt: samples.reconstructions.row(sample).to_vec(),
            };
            let class = name(Some(report), samples.labels[sample]);
            let class = style.shortened(&[&class], Type::Label, rect.width);
            let at = (rect.x, rect.y - style.em(0.75));
            pen.text(&class, Type::Label, style.text, HPos::Left, at)?;
            match self.form {
                DataForm::Table => row.told(pen, *rect)?,
                _ => row.lines(pen, *rect)?,
            }
            let error = significant(errors[sample].mean_squared, 3);
            let error = style.shortened(
                &[&format!("mean squared error {error}"), &error],
                Type::Label,
                rect.width,
            );
            let at = (rect.x, rect.bottom() + style.em(em::ERROR / 2.0));
            pen.note(&error, HPos::Left, at)?;
        }
        let css = |length: i32| f64::from(length) / style.scale;
        let places = self
            .rects
            .iter()
            .enumerate()
            .map(|(sample, rect)| SamplePlace {
                sample,
                x: css(rect.x),
                y: css(rect.y),
                width: css(rect.width),
                height: css(rect.height),
            });
        Ok(places.collect())
    }
}

/// A row of numbers as the network is given it, and gives it.
struct Row<'a> {
    report: &'a Report,
    values: Vec<f32>,
    rebuilt: Vec<f32>,
}

impl Row<'_> {
    /// The name of a number, or its place, counted from 1.
    fn name(&self, at: usize) -> String {
        let names = self.report.data.columns.as_ref();
        let name = names.and_then(|names| names.get(at));
        name.cloned()
            .unwrap_or_else(|| format!("column {}", at + 1))
    }

    /// A number in the unit in which it was stored, as far as that is known.
    fn stored(&self, at: usize, value: f32) -> f64 {
        let scaling = self.report.data.scaling.as_ref();
        let of_column = scaling.and_then(|scaling| {
            let (offset, scale) = (scaling.offset.get(at)?, scaling.scale.get(at)?);
            Some(f64::from(*offset) + f64::from(*scale) * f64::from(value))
        });
        of_column.unwrap_or_else(|| f64::from(value))
    }

    /// The places of the numbers that differ most, as the network has them; of equals the first.
    fn most_different(&self) -> Vec<usize> {
        let off = |at: usize| (self.values[at] - self.rebuilt[at]).abs();
        let mut all: Vec<usize> = (0..self.values.len()).collect();
        all.sort_by(|&a, &b| off(b).total_cmp(&off(a)));
        all.truncate(COLUMNS);
        all
    }

    /// A line of words for each of them.
    fn told<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, rect: Rect) -> Result<(), DrawError<DB>> {
        let style = pen.style;
        let line = |at: usize| rect.y + style.em(em::ROW * (at as f64 + 0.5));
        let room = style.label_width(27);
        for (at, column) in self.most_different().into_iter().enumerate() {
            let value = self.stored(column, self.values[column]);
            let rebuilt = self.stored(column, self.rebuilt[column]);
            let off = rebuilt - value;
            let sign = if off > 0.0 { "+" } else { "" };
            let numbers = format!(
                "{} → {}, {sign}{}",
                significant(value, 3),
                significant(rebuilt, 3),
                significant(off, 2)
            );
            pen.note(&numbers, HPos::Right, (rect.right(), line(at)))?;
            let left = (rect.width - room).max(style.label_width(6));
            let name = style.shortened(&[&self.name(column)], Type::Label, left);
            pen.text(
                &name,
                Type::Label,
                style.text,
                HPos::Left,
                (rect.x, line(at)),
            )?;
        }
        let more = self.values.len().saturating_sub(COLUMNS);
        if more == 0 {
            return Ok(());
        }
        let more = format!("{} more", crate::numerals::grouped(more));
        pen.note(&more, HPos::Left, (rect.x, line(COLUMNS)))
    }

    /// Both as lines over each other.
    fn lines<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        rect: Rect,
    ) -> Result<(), DrawError<DB>> {
        let both = [&self.values, &self.rebuilt].map(|row| -> Vec<f64> {
            let row = row.iter().enumerate();
            row.map(|(at, &value)| self.stored(at, value)).collect()
        });
        let all = || both.iter().flatten().copied();
        let (least, most) = (
            all().fold(f64::INFINITY, f64::min),
            all().fold(f64::NEG_INFINITY, f64::max),
        );
        let share = |value: f64| {
            if most > least {
                (value - least) / (most - least)
            } else {
                0.5
            }
        };
        pen.frame(rect, pen.style.grid)?;
        for (numbers, colour) in both.iter().zip([pen.style.muted, pen.style.accent]) {
            let shares: Vec<f64> = numbers.iter().map(|&value| share(value)).collect();
            path(pen, rect, &shares, colour)?;
        }
        Ok(())
    }
}

/// A row in place of an image, of numbers from 0, at the lower edge, to 1.
pub(super) fn small<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    rect: Rect,
    form: DataForm,
    shares: &[f64],
) -> Result<(), DrawError<DB>> {
    let colour = pen.style.text;
    if form == DataForm::Signal {
        return path(pen, rect, shares, colour);
    }
    let bars = shares.len().clamp(1, BARS);
    for bar in 0..bars {
        let edge = |at: usize| at * shares.len() / bars;
        let own = &shares[edge(bar)..edge(bar + 1)];
        let mean = own.iter().sum::<f64>() / own.len().max(1) as f64;
        let height = (mean.clamp(0.0, 1.0) * f64::from(rect.height)).round() as i32;
        let x = |at: usize| rect.x + (i64::from(rect.width) * at as i64 / bars as i64) as i32;
        let gap = pen.style.hairline() * i32::from(rect.width / bars as i32 > 3);
        let bar = Rect {
            x: x(bar),
            y: rect.bottom() - height,
            width: (x(bar + 1) - x(bar) - gap).max(1),
            height,
        };
        pen.fill(bar, colour)?;
    }
    Ok(())
}

/// A line through numbers from 0, at the lower edge, to 1.
fn path<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    rect: Rect,
    shares: &[f64],
    colour: Colour,
) -> Result<(), DrawError<DB>> {
    let steps = shares.len().saturating_sub(1).max(1) as f64;
    let edge = pen.style.px(2.0);
    let height = f64::from((rect.height - 2 * edge).max(1));
    let point = |(at, share): (usize, &f64)| {
        let x = f64::from(rect.width - 1) * at as f64 / steps;
        let y = height * (1.0 - share.clamp(0.0, 1.0));
        (rect.x + x.round() as i32, rect.y + edge + y.round() as i32)
    };
    pen.path(shares.iter().enumerate().map(point).collect(), colour)
}
