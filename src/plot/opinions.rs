//! What each method says of one dimension: a map each, beginning with the run's own.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use crate::attribution::Attribution;
use crate::report::{DataForm, Report};

use super::draw::{DrawError, Pen, SCALE_LABELS, SCALE_TITLE};
use super::figure::{FigureLayout, FigureSpec, Place, places};
use super::layout::{Content, MIDDLE_OF_TITLES, Maps};
use super::maps::{key, map, unknown};
use super::number::significant;
use super::pair::first;
use super::palette::{ColourScale, Kind};
use super::shown::Shown;
use super::style::{Style, Type};
use super::table::NumberTable;

/// The methods, in the order in which they stand: that of the run itself, then the others as they were
/// asked.
pub(super) fn methods(report: Option<&Report>) -> Vec<Attribution> {
    let opinions = report.and_then(|report| report.opinions.as_ref());
    let others = opinions.map_or(&[][..], |opinions| &opinions.methods);
    let others = others.iter().map(|opinion| opinion.method);
    std::iter::once(Attribution::Permutation)
        .chain(others)
        .collect()
}

/// The methods there usually are: room for them is kept while they are not known.
const USUAL: usize = 8;

/// The same figure with the maps of each method, all of single pixels.
fn specs(report: Option<&Report>, spec: &FigureSpec) -> Vec<FigureSpec> {
    let methods = methods(report).into_iter();
    let of = |maps| FigureSpec {
        maps,
        single: true,
        ..spec.clone()
    };
    methods.map(of).collect()
}

/// Areas of these widths, in ems, have more columns than two.
const FOUR_COLUMNS: f64 = 36.0;
const EIGHT_COLUMNS: f64 = 90.0;

fn content(width: i32, report: Option<&Report>, spec: &FigureSpec, style: &Style) -> Content {
    let known = report.is_some_and(|report| report.opinions.is_some());
    let columns = match width {
        narrow if narrow < style.em(FOUR_COLUMNS) => 2,
        middling if middling < style.em(EIGHT_COLUMNS) => 4,
        _ => 8,
    };
    Content {
        dims: if known { methods(report).len() } else { USUAL },
        columns: spec.columns.or(Some(columns)),
        ..spec.content()
    }
}

/// Draws the maps of a dimension (counted from 0) over the whole of `area`, each with its own scale;
/// without a dimension, of the figure's first.
///
/// # Errors
/// If the backend cannot draw.
pub fn opinions<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    report: Option<&Report>,
    spec: &FigureSpec,
    dim: Option<usize>,
    style: &Style,
) -> Result<FigureLayout, DrawError<DB>> {
    let (width, height) = area.dim_in_pixel();
    let pen = Pen { area, style };
    area.fill(&RGBColor::from(style.background))?;
    let dim = dim.unwrap_or_else(|| first(report, spec));
    let specs = specs(report, spec);
    // Beside each other stand the same columns of a table.
    let lead = (dim < spec.dims).then(|| Shown::one(report, spec, dim, true).columns(dim));
    let all: Vec<Shown<'_>> = specs
        .iter()
        .map(|spec| {
            let mut shown = Shown::one(report, spec, dim, true);
            shown.lead.clone_from(&lead);
            shown
        })
        .collect();
    let size = (width as i32, height as i32);
    let place = Maps::new(size, content(size.0, report, spec, style), style);
    let (number, of) = (all[0].named(dim), all[0].of_channel());
    let heading = format!("Dimension {number}: what each method says{of}");
    let short = format!("Dimension {}", dim + 1);
    let room = place.legend.width + place.notes;
    let heading = style.shortened(&[&heading, &short], Type::Heading, room);
    pen.heading(&heading, place.heading)?;

    for (at, &image) in place.images.iter().enumerate() {
        let Some(shown) = all.get(at).filter(|_| dim < spec.dims) else {
            pen.frame(image, style.grid)?;
            pen.fill(image, unknown(style))?;
            continue;
        };
        let (kind, limit) = shown.map_scale().unwrap_or((Kind::Sequential, 1.0));
        let scale = ColourScale::new(kind, limit, spec.palette, style.background);
        map(&pen, image, shown, dim, &scale)?;
        if place.title > 0 {
            let at = (image.x, image.y - style.em(MIDDLE_OF_TITLES));
            let title = shown.spec.say(shown.spec.maps.label());
            let title = style.shortened(&[&title], Type::Label, image.width);
            pen.text(&title, Type::Label, style.text, HPos::Left, at)?;
        }
    }
    legend(&pen, &place, spec)?;

    let order: Vec<usize> = all.iter().map(|_| dim).collect();
    let maps = places(&order, &place.images, style);
    let maps = maps.into_iter().zip(&specs).map(|(place, spec)| Place {
        method: Some(spec.maps),
        ..place
    });
    Ok(FigureLayout {
        summary: summary(&all, dim),
        order: vec![dim],
        maps: maps.collect(),
        bars: Vec::new(),
    })
}

/// The colours, up to the limit of each map.
fn legend<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Maps,
    spec: &FigureSpec,
) -> Result<(), DrawError<DB>> {
    let (style, bar) = (pen.style, place.legend);
    pen.frame(bar, style.grid)?;
    let scale = ColourScale::new(Kind::Diverging, 1.0, spec.palette, style.background);
    key(pen, bar, &scale, spec)?;
    let labels = bar.bottom() + style.em(SCALE_LABELS);
    pen.note("−limit", HPos::Left, (bar.x, labels))?;
    pen.note("0", HPos::Center, (bar.middle().0, labels))?;
    pen.note("limit", HPos::Right, (bar.right(), labels))?;
    let [above, below] = spec.palette.names();
    let full = format!(
        "each map to its own limit; {above}: latent rises as the value rises, {below}: it falls"
    );
    let room = bar.width + place.notes;
    let title = style.shortened(&[&full, "each map to its own limit"], Type::Label, room);
    let at = (bar.x, bar.bottom() + style.em(SCALE_TITLE));
    pen.note(&title, HPos::Left, at)
}

/// The height, in CSS pixels, at which an area `width` CSS pixels wide shows the maps best.
#[must_use]
pub fn opinions_height(
    width: f64,
    report: Option<&Report>,
    spec: &FigureSpec,
    style: &Style,
) -> f64 {
    let width = style.px(width);
    let height = Maps::good_height(width, content(width, report, spec, style), style);
    (f64::from(height) / style.scale).ceil()
}

/// For each method the largest number of a dimension (counted from 0; the figure's first without one),
/// where it is, and how far the method agrees with the run's own.
#[must_use]
pub fn opinions_numbers(
    report: Option<&Report>,
    spec: &FigureSpec,
    dim: Option<usize>,
) -> NumberTable {
    let dim = dim.unwrap_or_else(|| first(report, spec));
    let specs = specs(report, spec);
    let all: Vec<Shown<'_>> = specs
        .iter()
        .map(|spec| Shown::one(report, spec, dim, true))
        .collect();
    let mut table = NumberTable::new(
        if all.len() > 1 {
            format!("What each method says of dimension {}", all[0].named(dim))
        } else {
            UNKNOWN.into()
        },
        [
            "Method",
            "Largest",
            "What it is",
            &format!(
                "{} of the largest{}",
                all[0].heading(),
                all[0].place_names()
            ),
            "Spearman's ρ with permutation",
        ],
    );
    if all.len() > 1 {
        table.rows = all.iter().map(|shown| row(shown, dim)).collect();
    }
    table
}

const UNKNOWN: &str = "What other methods say is not known yet";

fn row(shown: &Shown<'_>, dim: usize) -> Vec<String> {
    let method = shown.spec.maps;
    let (value, place) = largest(shown, dim).unzip();
    let opinions = shown.report.and_then(|report| report.opinions.as_ref());
    let agreement = opinions.map_or(&[][..], |opinions| &opinions.agreement);
    let agreement = agreement.iter().find(|found| {
        let pair = [found.a, found.b];
        pair.contains(&method) && pair.contains(&Attribution::Permutation)
    });
    let rho = agreement.and_then(|found| *found.spearman.get(dim)?);
    vec![
        shown.spec.say(method.name()),
        value.map_or(String::new(), |value| significant(value, 4)),
        shown.quantity(),
        place.unwrap_or_default(),
        rho.map_or(String::new(), |rho| significant(f64::from(rho), 3)),
    ]
}

/// The largest number of a map, and its pixel.
fn largest(shown: &Shown<'_>, dim: usize) -> Option<(f64, String)> {
    let value = |pixel| {
        let found = shown.pixel_importance(dim, pixel);
        found.map_or(0.0, |(value, _)| f64::from(value))
    };
    let pixels = 0..shown.spec.image.pixels();
    let most = pixels.reduce(|most, next| {
        if value(next) > value(most) {
            next
        } else {
            most
        }
    })?;
    (value(most) > 0.0).then(|| (value(most), shown.place(most)))
}

fn summary(all: &[Shown<'_>], dim: usize) -> String {
    if all.len() < 2 {
        return format!("{UNKNOWN}.");
    }
    let said = all.iter().map(|shown| {
        let most = match largest(shown, dim) {
            Some((value, place)) => {
                let [feature, _] = shown.feature_names();
                let what = match shown.spec.form() {
                    DataForm::Image => format!("{feature} "),
                    DataForm::Signal | DataForm::Table => String::new(),
                };
                format!("up to {}, most at {what}{place}", significant(value, 3))
            }
            None => "0 everywhere".into(),
        };
        let name = shown.spec.say(shown.spec.maps.name());
        format!("{name} ({}) {most}", shown.quantity())
    });
    let said: Vec<String> = said.collect();
    format!(
        "Dimension {}, a map for each method, each to its own limit: {}.",
        all[0].named(dim),
        said.join("; ")
    )
}
