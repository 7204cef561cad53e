//! Maps: an image of pixel importance, with its direction or without, for each dimension, on one
//! shared scale or each on its own.

use std::fmt::Write as _;

use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use super::draw::{DrawError, Pen, SCALE_LABELS, SCALE_TITLE};
use super::figure::{FigureSpec, Scale};
use super::heatmap::Heatmap;
use super::layout::{MIDDLE_OF_TITLES, Maps, Rect};
use super::number::significant;
use super::palette::{ColourScale, Kind};
use super::shown::Shown;
use super::style::{Colour, Style, Type};
#[cfg(feature = "general")]
use super::vectors;
#[cfg(feature = "general")]
use crate::report::DataForm;

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Maps,
    shown: &Shown<'_>,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let mut heading = format!("{} importance", shown.heading());
    if shown.directional {
        if shown.has_maps() && !shown.has_directions() {
            heading += ", direction not yet known";
        } else {
            if shown.shows_signs() {
                heading = format!("{} direction", shown.heading());
            } else {
                heading += " × direction";
            }
            if shown.threshold() > 0.0 {
                let _ = write!(heading, " (|slope| ≥ {})", shown.threshold());
            }
        }
    }
    heading += &shown.of_channel();
    #[cfg(feature = "general")]
    let heading = shown.titled(heading, place.legend.width + place.notes, style);
    pen.heading(&heading, place.heading)?;

    let known = shown.drawn_scale();
    let (kind, limit) = known.unwrap_or((Kind::Sequential, 1.0));
    let scale = ColourScale::new(kind, limit, shown.spec.palette, style.background);
    for (&dim, &place_of_map) in shown.order.iter().zip(&place.images) {
        map(pen, place_of_map, shown, dim, &scale)?;
        let empty = shown.empty[dim];
        if empty && place_of_map.width > style.label_width(6) {
            pen.note("empty", HPos::Center, place_of_map.middle())?;
        }
        if place.title > 0 {
            let colour = if empty { style.muted } else { style.text };
            let at = (place_of_map.x, place_of_map.y - style.em(MIDDLE_OF_TITLES));
            let number = (dim + 1).to_string();
            pen.text(&number, Type::Label, colour, HPos::Left, at)?;
            if let Some(limit) = shown.own_limit(dim) {
                let limit = match kind {
                    Kind::Sequential => significant(limit, 2),
                    Kind::Diverging => format!("±{}", significant(limit, 2)),
                };
                let needed = style.label_width(number.len() + 1 + limit.chars().count());
                if needed <= place_of_map.width {
                    pen.note(&limit, HPos::Right, (place_of_map.right(), at.1))?;
                }
            }
        }
    }
    legend(pen, place, known.map(|_| &scale), shown)
}

/// The image of a dimension, or its place while it is not known.
pub(super) fn map<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: Rect,
    shown: &Shown<'_>,
    dim: usize,
    scale: &ColourScale,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    pen.frame(place, style.grid)?;
    if !shown.has_maps() && !shown.shows_signs() {
        return pen.fill(place, unknown(style));
    }
    let own = shown.own_limit(dim).map(|limit| scale.up_to(limit));
    let scale = own.as_ref().unwrap_or(scale);
    #[cfg(feature = "general")]
    if shown.spec.form() != DataForm::Image {
        let order = shown.columns(dim);
        return vectors::draw(
            pen,
            place,
            shown.vector(&order, &|at| shown.map(dim, at)),
            scale,
        );
    }
    let orientation = shown.spec.orientation();
    let drawn = orientation.drawn();
    let pixel = |row: usize, column: usize| {
        let (row, column) = orientation.stored(row, column);
        row * orientation.image.width + column
    };
    let value = |row, column| shown.map(dim, pixel(row, column));
    let cells = (drawn.height, drawn.width);
    let map = Heatmap::new(place, cells, value, scale);
    #[cfg(feature = "general")]
    let map = shown.marked(map, cells, &pixel, dim, style);
    pen.area.draw(&map)
}

/// The ground of a map of which nothing is known: neither the colour of zero nor the page's.
pub(super) fn unknown(style: &Style) -> Colour {
    style.background.mixed(style.grid, 0.35)
}

/// The colours with the numbers at their ends, and what they mean.
pub(super) fn legend<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Maps,
    scale: Option<&ColourScale>,
    shown: &Shown<'_>,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let bar = place.legend;
    pen.frame(bar, style.grid)?;
    let labels = bar.bottom() + style.em(SCALE_LABELS);
    let title = bar.bottom() + style.em(SCALE_TITLE);
    let kind = scale.map_or(Kind::Sequential, |scale| scale.kind);
    let meaning = if shown.shows_signs() {
        "direction"
    } else {
        meaning(shown.scale(), kind)
    };
    #[cfg(feature = "general")]
    let meaning = &shown.measuring(meaning, kind, bar.width + place.notes, style);
    let Some(scale) = scale else {
        pen.fill(bar, unknown(style))?;
        return pen.note(meaning, HPos::Left, (bar.x, title));
    };
    key(pen, bar, scale, shown.spec)?;
    let end = match shown.scale() {
        _ if shown.shows_signs() => "1".into(),
        Scale::Shared => significant(scale.limit, 2),
        Scale::Each => "limit".into(),
    };
    match scale.kind {
        Kind::Sequential => {
            pen.note("0", HPos::Left, (bar.x, labels))?;
            pen.note(meaning, HPos::Left, (bar.x, title))?;
        }
        Kind::Diverging => {
            pen.note(&format!("−{end}"), HPos::Left, (bar.x, labels))?;
            pen.note("0", HPos::Center, (bar.middle().0, labels))?;
            pen.note(meaning, HPos::Left, (bar.x, title))?;
            let [above, below] = shown.spec.palette.names();
            let falls = format!("{below}: latent falls as the value rises");
            if place.notes > style.label_width(falls.len()) {
                let x = bar.right() + style.em(1.2);
                pen.note(&falls, HPos::Left, (x, bar.middle().1))?;
                let rises = format!("{above}: latent rises as the value rises");
                pen.note(&rises, HPos::Left, (x, labels))?;
            }
        }
    }
    pen.note(&end, HPos::Right, (bar.right(), labels))
}

/// What the colours measure; a scale with a sign has that of the direction.
fn meaning(scale: Scale, kind: Kind) -> &'static str {
    match (scale, kind) {
        (Scale::Shared, Kind::Sequential) => "mean squared change of the latent",
        (Scale::Shared, Kind::Diverging) => "mean squared change of the latent × direction",
        (Scale::Each, Kind::Sequential) => "each map to its own limit (mean squared change)",
        (Scale::Each, Kind::Diverging) => {
            "each map to its own limit (mean squared change × direction)"
        }
    }
}

/// The colours of maps as these are drawn.
pub(super) fn key<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    bar: Rect,
    scale: &ColourScale,
    spec: &FigureSpec,
) -> Result<(), DrawError<DB>> {
    #[cfg(feature = "general")]
    if spec.form() != DataForm::Image {
        return vectors::key(pen, bar, scale);
    }
    #[cfg(not(feature = "general"))]
    let _ = spec;
    ramp(pen, bar, scale)
}

pub(super) fn ramp<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    bar: Rect,
    scale: &ColourScale,
) -> Result<(), DrawError<DB>> {
    let steps = bar.width.max(1) as usize;
    let value = |_: usize, step: usize| {
        let share = (step as f64 + 0.5) / steps as f64;
        match scale.kind {
            Kind::Sequential => scale.limit * share,
            Kind::Diverging => scale.limit * (2.0 * share - 1.0),
        }
    };
    pen.area.draw(&Heatmap::new(bar, (1, steps), value, scale))
}

/// The legend of numbers up to 1, and of signed ones from −1: what they are stands below, the longest of
/// `titles` that fits into a chart of this width.
#[cfg(feature = "general")]
pub(super) fn unit_legend<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    bar: Rect,
    scale: &ColourScale,
    titles: &[&str],
    width: i32,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    pen.frame(bar, style.grid)?;
    ramp(pen, bar, scale)?;
    let labels = bar.bottom() + style.em(SCALE_LABELS);
    let is_signed = matches!(scale.kind, Kind::Diverging);
    let least = if is_signed { "−1" } else { "0" };
    pen.note(least, HPos::Left, (bar.x, labels))?;
    if is_signed {
        pen.note("0", HPos::Center, (bar.middle().0, labels))?;
    }
    pen.note("1", HPos::Right, (bar.right(), labels))?;
    let title = style.shortened(titles, Type::Label, width - bar.x);
    let at = (bar.x, bar.bottom() + style.em(SCALE_TITLE));
    pen.note(&title, HPos::Left, at)
}
