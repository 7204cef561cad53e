//! Losses over whole numbers, of dimensions say: the axes, and where each number stands.

use plotters::element::{Circle, DashedPathElement};
use plotters::style::text_anchor::HPos;
use plotters::style::{Color, RGBColor};
use plotters_backend::DrawingBackend;
use serde::{Deserialize, Serialize};

use super::draw::{DrawError, Pen};
use super::layout::Rect;
use super::number::ticks;
use super::style::{Colour, Style};

/// Where a number of dimensions was drawn, in CSS pixels from the area's top left.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepPlace {
    /// The number of dimensions.
    pub step: usize,
    /// Left edge of what is nearest to it.
    pub x: f64,
    /// Upper edge of the plot.
    pub y: f64,
    /// From left to right.
    pub width: f64,
    /// From top to bottom.
    pub height: f64,
}

/// Lengths in ems: the head, the titles of the axes with the keys below them, and what stands below.
pub(super) const HEAD: f64 = 1.6;
pub(super) const KEYS: f64 = 3.2;
pub(super) const FOOT: f64 = 2.9;
/// The sample of a line beside its name.
const SAMPLE: f64 = 1.3;

/// How a line is drawn.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Line {
    Whole,
    Dashed,
}

/// A plot of losses from 0 upwards.
pub(super) struct Plot {
    pub rect: Rect,
    /// What the upper edge stands for.
    pub most: f64,
}

impl Plot {
    /// Over an area so wide, so high, below head and keys.
    pub fn new(width: i32, height: i32, losses: impl Iterator<Item = f64>, style: &Style) -> Self {
        let left = style.label_width(5) + style.em(0.5);
        let most = losses.filter(|loss| loss.is_finite()).fold(0.0, f64::max);
        Self {
            rect: Rect {
                x: left,
                y: style.em(HEAD + KEYS),
                width: (width - left - style.label_width(2)).max(1),
                height: height.max(1),
            },
            most: if most > 0.0 { most } else { 1.0 },
        }
    }

    pub fn y(&self, loss: f64) -> i32 {
        let share = (loss / self.most).clamp(0.0, 1.0);
        self.rect.bottom() - (share * f64::from(self.rect.height)).round() as i32
    }

    /// The axis of the losses, and what it is.
    pub fn axis<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        title: &str,
    ) -> Result<(), DrawError<DB>> {
        let (style, rect) = (pen.style, self.rect);
        pen.note(title, HPos::Left, (style.hairline(), style.em(HEAD + 0.6)))?;
        let count = (rect.height / style.em(1.5).max(1)).clamp(2, 6) as usize;
        for tick in ticks(0.0..=self.most, count, 0.0) {
            let at = self.y(tick.value);
            let colour = if tick.value == 0.0 {
                style.muted
            } else {
                style.grid
            };
            pen.level(at, (rect.x, rect.right()), colour)?;
            pen.note(&tick.label, HPos::Right, (rect.x - style.em(0.5), at))?;
        }
        Ok(())
    }

    /// What is nearest to each of these numbers, which stand at these places, from the left.
    pub fn places(&self, steps: &[(usize, i32)], bottom: i32, style: &Style) -> Vec<StepPlace> {
        let css = |length: i32| f64::from(length) / style.scale;
        let middle = |a: usize, b: usize| i32::midpoint(steps[a].1, steps[b].1);
        let end = steps.len().saturating_sub(1);
        let place = |(at, &(step, x)): (usize, &(usize, i32))| {
            let reach = style.em(1.0);
            let left = if at == 0 {
                x - reach
            } else {
                middle(at - 1, at)
            };
            let right = if at == end {
                x + reach
            } else {
                middle(at, at + 1)
            };
            StepPlace {
                step,
                x: css(left),
                y: css(self.rect.y),
                width: css(right - left),
                height: css(bottom - self.rect.y),
            }
        };
        steps.iter().enumerate().map(place).collect()
    }
}

/// Labels below the plot at these places, from the left, as many as have room.
pub(super) fn labels<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    labels: &[(i32, String)],
    bottom: i32,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let mut free = i32::MIN;
    for (x, label) in labels {
        pen.upright(*x, (bottom, bottom + style.px(4.0)), style.muted)?;
        let half = style.label_width(label.chars().count()) / 2;
        if x - half < free {
            continue;
        }
        pen.note(
            label,
            HPos::Center,
            (*x, bottom + style.em(super::draw::SCALE_LABELS)),
        )?;
        free = x + half + style.em(0.5);
    }
    Ok(())
}

/// A line through points.
pub(super) fn stroke<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    points: Vec<(i32, i32)>,
    (line, colour): (Line, Colour),
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    if points.len() < 2 {
        return Ok(());
    }
    if line == Line::Whole {
        return pen.path(points, colour);
    }
    let stroke = RGBColor::from(colour).stroke_width(style.stroke() as u32);
    let (dash, gap) = (style.px(4.0), style.px(4.0));
    pen.area
        .draw(&DashedPathElement::new(points, dash, gap, stroke))
}

pub(super) fn dots<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    points: &[(i32, i32)],
    colour: Colour,
) -> Result<(), DrawError<DB>> {
    let radius = pen.style.px(2.5).max(1);
    for &at in points {
        pen.area
            .draw(&Circle::new(at, radius, RGBColor::from(colour).filled()))?;
    }
    Ok(())
}

/// Samples of lines and their names, side by side above the plot.
pub(super) fn keys<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    keys: &[(&str, Line, Colour)],
    from: i32,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let (mut x, y) = (from, style.em(HEAD + 2.0));
    for (name, line, colour) in keys {
        let end = x + style.em(SAMPLE);
        stroke(pen, vec![(x, y), (end, y)], (*line, *colour))?;
        let at = end + style.em(0.4);
        pen.text(
            name,
            super::style::Type::Label,
            style.text,
            HPos::Left,
            (at, y),
        )?;
        x = at + style.label_width(name.chars().count()) + style.em(1.2);
    }
    Ok(())
}
