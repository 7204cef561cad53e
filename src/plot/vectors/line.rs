//! The time steps of a signal: its mean as a line, and the importance of each step under it.

use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use super::super::draw::{DrawError, Pen};
use super::super::heatmap::Cells;
use super::super::layout::Rect;
use super::super::number::significant;
use super::super::palette::{ColourScale, Kind};
use super::super::style::{LABEL, Style};
use super::{Vector, colour};
use crate::report::Report;

/// Maps lower than these, in ems, have no line, and no axis.
const LEAST_LINE: f64 = 3.0;
const LEAST_AXIS: f64 = 4.6;
/// Maps narrower than this, in ems, have no axis.
const NARROW: f64 = 7.0;
/// Maps wider than this say what the line goes from and to.
const SCALED: f64 = 12.0;
/// The line of the axis' labels.
const AXIS: f64 = 1.15;
/// Share of a map that the line gets.
const LINE: f64 = 0.42;
/// Above and below the line, and beside labels.
const GAP: f64 = 0.3;

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: Rect,
    Vector {
        report,
        spec,
        value,
        ..
    }: Vector<'_>,
    scale: &ColourScale,
) -> Result<(), DrawError<DB>> {
    let (style, steps) = (pen.style, spec.image.pixels());
    let is_wide = place.width >= style.em(NARROW) && place.height >= style.em(LEAST_AXIS);
    let axis = if is_wide { style.em(AXIS) } else { 0 };
    let mean = report.and_then(Report::mean_signal);
    let mean = mean.filter(|mean| mean.len() == steps && place.height >= style.em(LEAST_LINE));
    let body = Rect {
        height: place.height - axis,
        ..place
    };
    let upper = Rect {
        height: mean.map_or(0, |_| (f64::from(body.height) * LINE) as i32),
        ..body
    };
    let lower = Rect {
        y: upper.bottom(),
        height: body.height - upper.height,
        ..body
    };
    importance(pen, lower, (steps, value), scale)?;
    if let Some(mean) = mean {
        line(pen, upper, mean)?;
    }
    if is_wide {
        pen.level(body.bottom(), (place.x, place.right()), style.grid)?;
        labels(pen, place, report, steps)?;
    }
    Ok(())
}

/// What each time step adds above zero, and below.
fn importance<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: Rect,
    (steps, value): (usize, &dyn Fn(usize) -> f64),
    scale: &ColourScale,
) -> Result<(), DrawError<DB>> {
    let gap = pen.style.hairline();
    let (zero, reach) = match scale.kind {
        Kind::Sequential => (place.bottom(), place.height - gap),
        Kind::Diverging => (place.middle().1, place.height / 2 - gap),
    };
    let cells = Cells::new(steps, place.width);
    let mut x = 0;
    while x < place.width {
        let covered = cells.covered(x as usize);
        let mut next = x + 1;
        while next < place.width && cells.covered(next as usize) == covered {
            next += 1;
        }
        // Of several steps in one of the screen's pixels, the furthest either way.
        let (mut most, mut least) = (0.0_f64, 0.0_f64);
        for number in covered.map(value) {
            most = most.max(number);
            least = least.min(number);
        }
        for number in [most, least] {
            let share = (number / scale.limit).clamp(-1.0, 1.0);
            let end = zero - (share * f64::from(reach)).round() as i32;
            let bar = Rect {
                x: place.x + x,
                y: zero.min(end),
                width: next - x,
                height: (zero - end).abs(),
            };
            pen.fill(bar, colour(scale, number))?;
        }
        x = next;
    }
    match scale.kind {
        Kind::Sequential => Ok(()),
        Kind::Diverging => pen.level(zero, (place.x, place.right()), pen.style.muted),
    }
}

/// The mean signal from its least to its largest number.
fn line<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: Rect,
    mean: &[f32],
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let (least, most) = range(mean);
    let gap = style.em(GAP);
    let free = (place.height - 2 * gap).max(1);
    let y = |value: f32| {
        let share = match most - least {
            0.0 => 0.5,
            reach => f64::from((value - least) / reach),
        };
        place.y + gap + ((1.0 - share) * f64::from(free)).round() as i32
    };
    let cells = Cells::new(mean.len(), place.width);
    let points: Vec<(i32, i32)> = if mean.len() > place.width.max(1) as usize {
        // Of several steps in one of the screen's pixels, the least and the largest number.
        let furthest = (0..place.width).flat_map(|x| {
            let (least, most) = range(&mean[cells.covered(x as usize)]);
            [(place.x + x, y(most)), (place.x + x, y(least))]
        });
        furthest.collect()
    } else {
        let step = f64::from(place.width) / mean.len() as f64;
        let x = |at: usize| place.x + ((at as f64 + 0.5) * step) as i32;
        let steps = mean.iter().enumerate();
        steps.map(|(at, &value)| (x(at), y(value))).collect()
    };
    let hidden = |ground: &Rect| {
        let right = ground.x + ground.width;
        let bottom = ground.bottom();
        let within = |&&(x, y): &&(i32, i32)| {
            (ground.x..right).contains(&x) && (ground.y..bottom).contains(&y)
        };
        points.iter().filter(within).count()
    };
    let ends = [(place.y, most), (place.bottom(), least)].map(|(end, number)| {
        let text = significant(f64::from(number), 2);
        let (width, height) = (style.label_width(text.chars().count()), style.em(LABEL));
        let left = Rect {
            x: place.x + gap,
            y: end - if end == place.y { 0 } else { height },
            width,
            height,
        };
        let right = Rect {
            x: place.right() - gap - width,
            ..left
        };
        // On the side where less of the line lies behind it.
        let ground = if hidden(&right) < hidden(&left) {
            right
        } else {
            left
        };
        (text, ground)
    });
    pen.path(points, style.text.mixed(style.background, 0.25))?;
    if place.width < style.em(SCALED) {
        return Ok(());
    }
    // The ends of its scale.
    for (text, ground) in ends {
        pen.fill(ground, style.background)?;
        pen.note(&text, HPos::Left, (ground.x, ground.middle().1))?;
    }
    Ok(())
}

/// The least and the largest number.
pub(super) fn range(mean: &[f32]) -> (f32, f32) {
    let first = mean.first().copied().unwrap_or(0.0);
    mean.iter().fold((first, first), |(least, most), &value| {
        (least.min(value), most.max(value))
    })
}

/// The first time step, the last, and some between.
fn labels<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: Rect,
    report: Option<&Report>,
    steps: usize,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let middle = place.bottom() - style.em(AXIS / 2.0);
    let gap = style.em(GAP);
    let named = |step: usize| {
        let names = report.and_then(|report| report.data.columns.as_ref());
        let name = names.and_then(|names| names.get(step)).cloned();
        name.unwrap_or_else(|| (step + 1).to_string())
    };
    let last = steps.saturating_sub(1);
    let ends = [named(0), named(last)];
    let width = |text: &String, style: &Style| style.label_width(text.chars().count());
    let free = place.width - width(&ends[0], style) - width(&ends[1], style) - 4 * gap;
    if free < 0 {
        return Ok(());
    }
    pen.note(&ends[0], HPos::Left, (place.x + gap, middle))?;
    if last == 0 {
        return Ok(());
    }
    pen.note(&ends[1], HPos::Right, (place.right() - gap, middle))?;
    let half = last / 2;
    let between = named(half);
    // Only where it stands in the middle between both.
    let needed = 2 * width(&ends[0], style).max(width(&ends[1], style)) + 6 * gap;
    if steps > 2 && place.width >= needed + width(&between, style) {
        let step = f64::from(place.width) / steps as f64;
        let x = place.x + ((half as f64 + 0.5) * step) as i32;
        pen.note(&between, HPos::Center, (x, middle))?;
    }
    Ok(())
}
