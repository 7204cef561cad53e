//! Latent importance of one class: a bar for each dimension.

use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use crate::report::{Metric, Report};

use super::draw::{DrawError, Pen, SCALE_LABELS, SCALE_TITLE};
use super::layout::{BarMarks, Bars, Rect};
use super::number::ticks;
use super::shown::Shown;
use super::style::{LABEL, Type};

/// Share of a row that its bar fills.
const THICKNESS: f64 = 0.66;
/// How far a heading may reach beyond the bars, in ems: into the gap between panels.
const BEYOND_PLOT: f64 = 3.0;
/// Bars do not get thicker than this many ems.
const THICKEST: f64 = 1.3;

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Bars,
    shown: &Shown<'_>,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let room = place.marks.plot.right() + style.em(BEYOND_PLOT) - place.heading.0;
    let heading = match shown.class {
        Some(name) => style.shortened(
            &[
                &format!("Latent importance, class {name}"),
                &format!("Importance, class {name}"),
                &format!("class {name}"),
            ],
            Type::Heading,
            room,
        ),
        None => "Latent importance".into(),
    };
    pen.heading(&heading, place.heading)?;
    pen.note("dimension", HPos::Left, (place.heading.0, place.titles))?;
    let axis = Axis {
        longest: shown.longest_bar(),
        labelled: true,
    };
    marks(pen, &place.marks, shown, axis)?;
    #[cfg(feature = "general")]
    super::divergence::mark(pen, place, shown, axis)?;
    title(pen, place.marks.plot, shown.spec.metric, shown.report)
}

/// The axis that bars stand on.
#[derive(Clone, Copy)]
pub(super) struct Axis {
    /// Where the longest bar that is measured on it ends, if there is one.
    pub longest: Option<f64>,
    /// Whether its numbers stand below it.
    pub labelled: bool,
}

/// Bars on their axis, with the numbers of their dimensions.
pub(super) fn marks<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &BarMarks,
    shown: &Shown<'_>,
    axis: Axis,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let plot = place.plot;
    let x = |value: f64| {
        let share = |longest: f64| (value / longest).clamp(0.0, 1.0);
        let share = axis.longest.map_or(0.0, share);
        plot.x + (share * f64::from(plot.width)).round() as i32
    };
    scale(pen, plot, axis, &x)?;

    let hairline = style.hairline();
    for (position, (&dim, row)) in shown.order.iter().zip(&place.rows).enumerate() {
        let middle = row.y + row.height / 2;
        if position % place.label_every == 0 {
            let colour = if shown.empty[dim] {
                style.muted
            } else {
                style.text
            };
            let at = (plot.x - style.em(0.45), middle);
            pen.text(&(dim + 1).to_string(), Type::Label, colour, HPos::Right, at)?;
        }
        if shown.empty[dim] {
            if f64::from(row.height) >= f64::from(style.em(LABEL)) {
                pen.note("empty", HPos::Left, (plot.x + style.em(0.45), middle))?;
            }
            continue;
        }
        let Some((mean, error)) = shown.bar(dim) else {
            continue;
        };
        // Gaps of a pixel between rows of a few would be all that is seen.
        let height = if row.height < 4 * hairline {
            row.height.max(1)
        } else {
            ((f64::from(row.height) * THICKNESS).round() as i32).min(style.em(THICKEST))
        };
        let bar = Rect {
            x: plot.x,
            y: row.y + (row.height - height) / 2,
            width: x(mean) - plot.x,
            height,
        };
        pen.fill(bar, style.accent)?;
        if let Some(error) = error.filter(|&error| error > 0.0 && height >= 4 * hairline) {
            whisker(pen, bar, (x(mean - error), x(mean + error)))?;
        }
    }
    #[cfg(feature = "general")]
    super::over_images::mark_unsettled(pen, place, shown)?;
    if !shown.measured {
        let (x, y) = (plot.x + style.em(0.45), plot.y + plot.height / 2);
        let why = if shown.has_bars() {
            "one image: not measurable"
        } else {
            "no decoder: not measured"
        };
        pen.note(&shown.spec.say(why), HPos::Left, (x, y))?;
    }
    // Zero, drawn last: the line all bars stand on.
    pen.upright(plot.x - hairline, (plot.y, plot.bottom()), style.muted)
}

/// One standard error either way: a line with small ends, in the text's colour on the page and
/// in the page's colour on the bar, so that both halves are seen.
pub(super) fn whisker<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    bar: Rect,
    (from, to): (i32, i32),
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let line = style.hairline();
    let (_, middle) = bar.middle();
    let cap = (bar.height / 4).clamp(line, style.px(4.0).max(line));
    let end = |x: i32| (x - line / 2, (middle - cap, middle + cap + line));
    let inside = style.background;
    pen.level(middle, (from, bar.right()), inside)?;
    let (x, span) = end(from);
    pen.upright(x, span, inside)?;
    pen.level(middle, (bar.right(), to), style.text)?;
    let (x, span) = end(to);
    pen.upright(x, span, style.text)
}

/// Grid lines and their labels.
pub(super) fn scale<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plot: Rect,
    axis: Axis,
    x: &impl Fn(f64) -> i32,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let labels = plot.bottom() + style.em(SCALE_LABELS);
    let most = (plot.width / style.label_width(7).max(1)).clamp(2, 6) as usize;
    match axis.longest {
        Some(longest) => {
            for tick in ticks(0.0..=longest, most, 0.0) {
                let x = x(tick.value);
                if tick.value > 0.0 {
                    pen.upright(x, (plot.y, plot.bottom()), style.grid)?;
                }
                if axis.labelled {
                    pen.note(&tick.label, HPos::Center, (x, labels))?;
                }
            }
        }
        None if axis.labelled => pen.note("0", HPos::Center, (plot.x, labels))?,
        None => (),
    }
    Ok(())
}

/// What the axis below `plot` measures.
pub(super) fn title<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plot: Rect,
    metric: Metric,
    report: Option<&Report>,
) -> Result<(), DrawError<DB>> {
    let title = plot.bottom() + pen.style.em(SCALE_TITLE);
    let measure = format!("importance ({})", metric.name());
    #[cfg(feature = "general")]
    let measure = measure + report.map_or("", Report::with_latents);
    #[cfg(not(feature = "general"))]
    let _ = report;
    pen.note(&measure, HPos::Left, (plot.x, title))
}
