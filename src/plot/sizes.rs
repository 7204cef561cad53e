//! What other numbers of latent dimensions come to.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use crate::networks::{Size, Sizes};
use crate::numerals::{counted, grouped};

use super::chart::{ChartLayout, Extra, Known};
use super::draw::{DrawError, Pen, SCALE_TITLE};
use super::figure::FigureSpec;
use super::layout::Rect;
use super::loss::LossOf;
use super::maps::unknown;
use super::number::significant;
use super::steps::{FOOT, HEAD, KEYS, Line, Plot, dots, keys, labels as labels_below, stroke};
use super::style::{Colour, Style, Type};
use super::table::NumberTable;

/// Heights in ems: of the plot of losses, of what stands between, and of the plot of inactive dimensions.
const LOSSES: f64 = 13.0;
const BETWEEN: f64 = 2.6;
const INACTIVE: f64 = 4.0;
const DIGITS: usize = 4;

const UNKNOWN: &str = "What other numbers of dimensions come to is not known yet";

fn found(known: &Known) -> Option<&Sizes> {
    let sizes = known.report.as_ref()?.sizes.as_ref()?;
    (!sizes.tried.is_empty()).then_some(sizes)
}

fn unit(known: &Known, spec: &FigureSpec) -> &'static str {
    let report = known.report.as_ref();
    let of = LossOf {
        loss: report.map_or_else(Default::default, |report| report.settings.loss),
        channels: spec.image.channels,
        form: spec.form(),
    };
    of.in_words()
}

/// Draws the chart over the whole of `area`, as far as it is known.
///
/// # Errors
/// If the backend cannot draw.
pub fn sizes<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    known: &Known,
    (spec, _): (&FigureSpec, &Extra),
    style: &Style,
) -> Result<ChartLayout, DrawError<DB>> {
    area.fill(&RGBColor::from(style.background))?;
    let pen = Pen { area, style };
    let (width, height) = area.dim_in_pixel();
    let below = style.em(BETWEEN + INACTIVE + FOOT);
    let height = height as i32 - style.em(HEAD + KEYS) - below;
    pen.heading(
        "Loss by number of dimensions",
        (style.hairline(), style.em(0.7)),
    )?;
    let Some(found) = found(known) else {
        let plot = Plot::new(width as i32, height, std::iter::empty(), style);
        pen.fill(plot.rect, unknown(style))?;
        return Ok(format!("{UNKNOWN}.").into());
    };
    let tried = &found.tried;
    let losses = tried
        .iter()
        .flat_map(|size| [size.training_loss, size.held_out_loss])
        .chain([found.mean_image_loss])
        .flatten()
        .map(f64::from);
    let plot = Plot::new(width as i32, height, losses, style);
    let rect = plot.rect;
    // Twice as many dimensions are a step, wherever one stands.
    let log = |dims: usize| (dims.max(1) as f64).log2();
    let (least, most) = (log(tried[0].dims), log(tried[tried.len() - 1].dims));
    let edge = style.em(1.2);
    let x = |dims: usize| {
        let share = if most > least {
            (log(dims) - least) / (most - least)
        } else {
            0.5
        };
        rect.x + edge + (share * f64::from(rect.width - 2 * edge)).round() as i32
    };
    plot.axis(&pen, &format!("loss {}", unit(known, spec)))?;
    if let Some(mean) = found.mean_image_loss.filter(|loss| loss.is_finite()) {
        let y = plot.y(f64::from(mean));
        let ends = vec![(rect.x, y), (rect.right(), y)];
        stroke(&pen, ends, (Line::Dashed, style.muted))?;
        let at = (rect.right(), y + style.em(0.75));
        pen.note(&spec.say("the mean image"), HPos::Right, at)?;
    }
    let points = |of: fn(&Size) -> Option<f32>| -> Vec<(i32, i32)> {
        let known = tried.iter().filter_map(|size| Some((size.dims, of(size)?)));
        known
            .map(|(dims, loss)| (x(dims), plot.y(f64::from(loss))))
            .collect()
    };
    let (held_out, training) = (
        points(|size| size.held_out_loss),
        points(|size| size.training_loss),
    );
    stroke(&pen, held_out.clone(), (Line::Whole, style.accent))?;
    dots(&pen, &held_out, style.accent)?;
    stroke(&pen, training.clone(), (Line::Dashed, style.text))?;
    let lines = [
        ("held-out", Line::Whole, style.accent),
        ("training", Line::Dashed, style.text),
    ];
    keys(&pen, &lines, rect.x)?;

    let bars = Rect {
        y: rect.bottom() + style.em(BETWEEN),
        height: style.em(INACTIVE),
        ..rect
    };
    inactive(&pen, tried, (bars, &x))?;
    let labels: Vec<(i32, String)> = tried
        .iter()
        .map(|size| (x(size.dims), grouped(size.dims)))
        .collect();
    labels_below(&pen, &labels, bars.bottom())?;
    let title = style.shortened(
        &[
            "latent dimensions, on a scale that doubles",
            "latent dimensions",
        ],
        Type::Label,
        rect.width,
    );
    let at = (rect.x, bars.bottom() + style.em(SCALE_TITLE));
    pen.note(&title, HPos::Left, at)?;

    let steps: Vec<(usize, i32)> = tried.iter().map(|size| (size.dims, x(size.dims))).collect();
    Ok(ChartLayout {
        summary: summary(found, unit(known, spec)),
        steps: Some(plot.places(&steps, bars.bottom(), style)),
        ..ChartLayout::default()
    })
}

/// A bar for each number of dimensions: its length is the share that is inactive, and the number stands above.
fn inactive<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    tried: &[Size],
    (bars, x): (Rect, &dyn Fn(usize) -> i32),
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let at = (style.hairline(), bars.y - style.em(1.6));
    pen.note("inactive dimensions, as a share", HPos::Left, at)?;
    let colour: Colour = style.muted;
    for (label, share) in [("0", 0.0), ("all", 1.0)] {
        let y = bars.bottom() - (share * f64::from(bars.height)).round() as i32;
        let line = if share > 0.0 { style.grid } else { style.muted };
        pen.level(y, (bars.x, bars.right()), line)?;
        pen.note(label, HPos::Right, (bars.x - style.em(0.5), y))?;
    }
    let half = style.em(0.5).max(1);
    for size in tried {
        let share = size.inactive as f64 / size.dims.max(1) as f64;
        let height = (share * f64::from(bars.height)).round() as i32;
        let middle = x(size.dims);
        let bar = Rect {
            x: middle - half,
            y: bars.bottom() - height,
            width: 2 * half,
            height,
        };
        pen.fill(bar, colour)?;
        let at = (middle, bar.y - style.em(0.65));
        pen.note(&grouped(size.inactive), HPos::Center, at)?;
    }
    Ok(())
}

/// The height at which an area so wide shows it best, in CSS pixels.
#[must_use]
pub fn sizes_height(_width: f64, _known: &Known, _spec: &FigureSpec, style: &Style) -> f64 {
    ((HEAD + KEYS + LOSSES + BETWEEN + INACTIVE + FOOT) * style.font_size).ceil()
}

fn summary(found: &Sizes, unit: &str) -> String {
    let told = found.tried.iter().map(|size| {
        let loss = size
            .held_out_loss
            .map_or("no loss".into(), |loss| significant(f64::from(loss), 3));
        let inactive = match size.inactive {
            0 => String::new(),
            count => format!(" ({} inactive)", grouped(count)),
        };
        format!("{} with {}{inactive}", loss, grouped(size.dims))
    });
    let told: Vec<String> = told.collect();
    format!(
        "Held-out loss {unit} of {}: {}.",
        counted(
            found.tried.len(),
            "network, by its dimensions",
            "networks, by their dimensions"
        ),
        told.join(", ")
    )
}

/// Its numbers.
#[must_use]
pub fn sizes_numbers(known: &Known, (spec, _): (&FigureSpec, &Extra)) -> NumberTable {
    let Some(found) = found(known) else {
        return NumberTable::new(UNKNOWN, ["Dimensions"]);
    };
    let mut table = NumberTable::new(
        format!("Loss {} by number of dimensions", unit(known, spec)),
        [
            "Dimensions",
            "Training",
            "Held-out",
            "Inactive",
            "Diverged after epoch",
        ],
    );
    let row = |size: &Size| {
        let loss = |loss: Option<f32>| {
            loss.map_or(String::new(), |loss| significant(f64::from(loss), DIGITS))
        };
        let shown = if size.is_shown { " (as shown)" } else { "" };
        vec![
            format!("{}{shown}", size.dims),
            loss(size.training_loss),
            loss(size.held_out_loss),
            size.inactive.to_string(),
            size.diverged_after
                .map_or(String::new(), |epoch| epoch.to_string()),
        ]
    };
    table.rows = found.tried.iter().map(row).collect();
    table
}
