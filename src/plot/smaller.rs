//! What becomes of the loss where only some dimensions are kept.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use crate::networks::Smaller;
use crate::numerals::{counted, grouped};

use super::chart::{ChartLayout, Extra, Known};
use super::draw::{DrawError, Pen, SCALE_TITLE};
use super::figure::FigureSpec;
use super::loss::LossOf;
use super::maps::unknown;
use super::number::{significant, ticks};
use super::steps::{FOOT, HEAD, KEYS, Line, Plot, dots, keys, labels as labels_below, stroke};
use super::style::{Style, Type};
use super::table::NumberTable;

/// Height of the plot, in ems.
const PLOT: f64 = 16.0;
const DIGITS: usize = 4;

/// What is known, if its numbers belong together.
fn found<'a>(known: &'a Known, spec: &FigureSpec) -> Option<&'a Smaller> {
    let smaller = known.report.as_ref()?.smaller.as_ref()?;
    let dims = smaller.order.len();
    let fits = dims == spec.dims && smaller.loss.len() == dims + 1;
    fits.then_some(smaller)
}

/// How many are kept: what is asked for, else as many as are enough.
fn kept(smaller: &Smaller, extra: &Extra) -> usize {
    let dims = smaller.order.len();
    extra.kept.unwrap_or_else(|| smaller.enough()).min(dims)
}

fn unit(smaller: &Smaller, spec: &FigureSpec) -> &'static str {
    let of = LossOf {
        loss: smaller.kind,
        channels: spec.image.channels,
        form: spec.form(),
    };
    of.in_words()
}

/// Draws the chart over the whole of `area`, as far as it is known.
///
/// # Errors
/// If the backend cannot draw.
pub fn smaller<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    known: &Known,
    (spec, extra): (&FigureSpec, &Extra),
    style: &Style,
) -> Result<ChartLayout, DrawError<DB>> {
    area.fill(&RGBColor::from(style.background))?;
    let pen = Pen { area, style };
    let (width, height) = area.dim_in_pixel();
    let height = height as i32 - style.em(HEAD + KEYS + FOOT);
    pen.heading(
        "Loss with fewer dimensions",
        (style.hairline(), style.em(0.7)),
    )?;
    let Some(found) = found(known, spec) else {
        let plot = Plot::new(width as i32, height, std::iter::empty(), style);
        pen.fill(plot.rect, unknown(style))?;
        return Ok(format!("{UNKNOWN}.").into());
    };
    let dims = found.order.len();
    let losses = || found.loss.iter().chain(found.random.iter().flatten());
    let plot = Plot::new(
        width as i32,
        height,
        losses().copied().map(f64::from),
        style,
    );
    let rect = plot.rect;
    let x =
        |kept: usize| rect.x + (kept as f64 / dims as f64 * f64::from(rect.width)).round() as i32;
    plot.axis(&pen, &format!("loss {}", unit(found, spec)))?;
    let most = (rect.width / style.label_width(5).max(1)).clamp(2, 12) as usize;
    let labels: Vec<(i32, String)> = ticks(0.0..=dims as f64, most, 1.0)
        .into_iter()
        .map(|tick| (x(tick.value as usize), tick.label))
        .collect();
    labels_below(&pen, &labels, rect.bottom())?;
    let title = style.shortened(
        &[
            "dimensions that are kept, the others at their means",
            "dimensions kept",
        ],
        Type::Label,
        rect.width,
    );
    let at = (rect.x, rect.bottom() + style.em(SCALE_TITLE));
    pen.note(&title, HPos::Left, at)?;

    let points = |losses: &[f32]| -> Vec<(i32, i32)> {
        let losses = losses.iter().enumerate();
        let finite = losses.filter(|(_, loss)| loss.is_finite());
        finite
            .map(|(kept, &loss)| (x(kept), plot.y(f64::from(loss))))
            .collect()
    };
    for random in &found.random {
        stroke(&pen, points(random), (Line::Whole, style.grid))?;
    }
    let mean: Vec<f32> = (0..=dims)
        .filter_map(|kept| found.at_random(kept))
        .map(|loss| loss as f32)
        .collect();
    stroke(&pen, points(&mean), (Line::Dashed, style.text))?;
    let kept = kept(found, extra);
    pen.upright(x(kept), (rect.y, rect.bottom()), style.accent)?;
    let own = points(&found.loss);
    stroke(&pen, own.clone(), (Line::Whole, style.accent))?;
    dots(&pen, &own, style.accent)?;
    let mut named = vec![("the most important", Line::Whole, style.accent)];
    if !found.random.is_empty() {
        named.push(("at random", Line::Dashed, style.text));
    }
    keys(&pen, &named, rect.x)?;

    let steps: Vec<(usize, i32)> = (0..=dims).map(|kept| (kept, x(kept))).collect();
    Ok(ChartLayout {
        summary: summary(found, kept, spec),
        steps: Some(plot.places(&steps, rect.bottom(), style)),
        ..ChartLayout::default()
    })
}

/// The height at which an area so wide shows it best, in CSS pixels.
#[must_use]
pub fn smaller_height(_width: f64, _known: &Known, _spec: &FigureSpec, style: &Style) -> f64 {
    ((HEAD + KEYS + PLOT + FOOT) * style.font_size).ceil()
}

const UNKNOWN: &str = "What fewer dimensions cost is not known yet";

fn summary(found: &Smaller, kept: usize, spec: &FigureSpec) -> String {
    let dims = found.order.len();
    let loss = |kept: usize| significant(f64::from(found.loss[kept]), 3);
    let mut sentences = vec![spec.say(format!(
        "Loss {} over {} with the most important of {}: {} with none, {} with {}, {} with all.",
        unit(found, spec),
        counted(found.explained, "explained image", "explained images"),
        counted(dims, "dimension", "dimensions"),
        loss(0),
        loss(kept),
        grouped(kept),
        loss(dims),
    ))];
    if let Some(random) = found.at_random(kept) {
        sentences.push(format!(
            "With {} drawn at random it is {} on average.",
            grouped(kept),
            significant(random, 3)
        ));
    }
    sentences.join(" ")
}

/// Its numbers.
#[must_use]
pub fn smaller_numbers(known: &Known, (spec, _): (&FigureSpec, &Extra)) -> NumberTable {
    let Some(found) = found(known, spec) else {
        return NumberTable::new(UNKNOWN, ["Dimensions kept"]);
    };
    let caption = format!(
        "Loss {} over {}, with the most important dimensions and as many at random",
        unit(found, spec),
        counted(found.explained, "explained image", "explained images")
    );
    let mut table = NumberTable::new(
        spec.say(caption),
        [
            "Dimensions kept",
            "The last of them",
            "Its importance",
            "Loss",
            "At random, mean",
        ],
    );
    let row = |(kept, &loss): (usize, &f32)| {
        let last = kept.checked_sub(1).map(|at| found.order[at] as usize);
        let importance = last.and_then(|dim| found.importance.get(dim));
        let number = |value: f64| significant(value, DIGITS);
        vec![
            kept.to_string(),
            last.map_or(String::new(), |dim| format!("Dimension {}", dim + 1)),
            importance.map_or(String::new(), |&value| number(f64::from(value))),
            number(f64::from(loss)),
            found.at_random(kept).map_or(String::new(), number),
        ]
    };
    table.rows = found.loss.iter().enumerate().map(row).collect();
    table
}
