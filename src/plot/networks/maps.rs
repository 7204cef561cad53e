//! The maps of one dimension in several networks, each to its own limit.

use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use crate::networks::OtherNetwork;
use crate::report::{DataForm, Report};

use super::super::draw::{DrawError, Pen, SCALE_LABELS, SCALE_TITLE};
use super::super::figure::{FigureSpec, Place, places};
use super::super::heatmap::Heatmap;
use super::super::layout::{Content, MIDDLE_OF_TITLES, Maps, Rect};
use super::super::maps::{key, map, unknown};
use super::super::number::ceil_to_two_digits;
use super::super::palette::{ColourScale, Kind};
use super::super::shown::Shown;
use super::super::style::{Style, Type};
use super::super::vectors;
use super::found::{Found, name};
use super::{colour, shape};

/// Areas of these widths, in ems, have more columns than two.
const FOUR_COLUMNS: f64 = 30.0;
const SIX_COLUMNS: f64 = 60.0;
/// Other networks whose maps are drawn, at most.
const MOST: usize = 11;

fn content(width: i32, found: &Found<'_>, spec: &FigureSpec, style: &Style) -> Content {
    let columns = match width {
        narrow if narrow < style.em(FOUR_COLUMNS) => 2,
        middling if middling < style.em(SIX_COLUMNS) => 4,
        _ => 6,
    };
    Content {
        dims: 1 + drawn(found).len(),
        columns: Some(columns),
        ..spec.content()
    }
}

/// Those whose maps are drawn.
fn drawn<'a>(found: &Found<'a>) -> &'a [OtherNetwork] {
    &found.others()[..found.others().len().min(MOST)]
}

/// Of what is beside each map, in ems: what its network is called, and below it the match.
const SAID: f64 = 1.3;

fn layout((width, top): (i32, i32), content: Content, style: &Style) -> Maps {
    let height = Maps::good_height(width, content, style);
    let lower = |rect: Rect| Rect {
        y: rect.y + top,
        ..rect
    };
    let place = Maps::new((width, height), content, style);
    Maps {
        heading: (place.heading.0, place.heading.1 + top),
        images: place.images.into_iter().map(lower).collect(),
        legend: lower(place.legend),
        ..place
    }
}

pub(super) fn height(width: i32, found: &Found<'_>, spec: &FigureSpec, style: &Style) -> i32 {
    Maps::good_height(width, content(width, found, spec, style), style) + style.em(SAID)
}

/// Draws the maps from `top` on; where each is, in the order of the networks.
pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    (width, top): (i32, i32),
    found: &Found<'_>,
    report: Option<&Report>,
    spec: &FigureSpec,
) -> Result<Vec<Place>, DrawError<DB>> {
    let style = pen.style;
    let place = layout((width, top), content(width, found, spec, style), style);
    let own = Shown::one(report, spec, found.dim, true);
    let full = format!(
        "Dimension {} in each network{}",
        own.named(found.dim),
        own.of_channel()
    );
    let short = format!("Dimension {}", found.dim + 1);
    let heading = style.shortened(&[&full, &short], Type::Heading, width);
    pen.heading(&heading, place.heading)?;
    for (at, &image) in place.images.iter().enumerate() {
        let titled = place.title > 0;
        let title_at = (image.x, image.y - style.em(MIDDLE_OF_TITLES));
        let Some(other) = at.checked_sub(1).and_then(|at| drawn(found).get(at)) else {
            let (kind, limit) = own.map_scale().unwrap_or((Kind::Sequential, 1.0));
            let scale = ColourScale::new(kind, limit, spec.palette, style.background);
            map(pen, image, &own, found.dim, &scale)?;
            if titled {
                let title = style.shortened(&["this network", "this"], Type::Label, image.width);
                pen.text(&title, Type::Label, style.text, HPos::Left, title_at)?;
            }
            continue;
        };
        theirs(pen, image, other, (found.dim, &own))?;
        if titled {
            let of = &other.matches[found.dim];
            let dot = style.em(0.8);
            let mark_at = (image.x + style.em(0.3), title_at.1);
            let radius = f64::from(style.px(3.0).max(2));
            shape(of.verdict).draw(pen, mark_at, radius, colour(of.verdict, style))?;
            let long = match (of.dim, of.r) {
                (Some(dim), Some(r)) => {
                    format!("{}: {}, r {r:.2}", other.name, dim + 1).replace('-', "−")
                }
                _ => format!("{}: {}", other.name, name(of.verdict)),
            };
            let wordings = [&*long, &other.name];
            let title = style.shortened(&wordings, Type::Label, image.width - dot);
            let at = (title_at.0 + dot, title_at.1);
            pen.text(&title, Type::Label, style.text, HPos::Left, at)?;
        }
    }
    legend(pen, &place, (width, found), spec)?;
    let order: Vec<usize> = place.images.iter().map(|_| found.dim).collect();
    Ok(places(&order, &place.images, style))
}

/// The map of the match in another network; a plain ground where there is none.
fn theirs<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    image: Rect,
    other: &OtherNetwork,
    (dim, own): (usize, &Shown<'_>),
) -> Result<(), DrawError<DB>> {
    let (style, spec) = (pen.style, own.spec);
    pen.frame(image, style.grid)?;
    let is_matched = other.matches[dim].dim.is_some();
    let values = other.maps.get(dim).filter(|_| is_matched);
    let last = own.feature(spec.image.pixels().saturating_sub(1));
    let Some(values) = values.filter(|values| values.len() > last) else {
        pen.fill(image, unknown(style))?;
        if image.width > style.label_width(9) {
            pen.note("no match", HPos::Center, image.middle())?;
        }
        return Ok(());
    };
    let most = values
        .iter()
        .fold(0.0f32, |most, value| most.max(value.abs()));
    let limit = if most > 0.0 {
        ceil_to_two_digits(f64::from(most))
    } else {
        1.0
    };
    let scale = ColourScale::new(Kind::Diverging, limit, spec.palette, style.background);
    if spec.form() != DataForm::Image {
        let value = |feature: usize| f64::from(values[own.feature(feature)]);
        let order = own.columns(dim);
        return vectors::draw(pen, image, own.vector(&order, &value), &scale);
    }
    let orientation = spec.orientation();
    let cells = orientation.drawn();
    let value = |row: usize, column: usize| {
        let (row, column) = orientation.stored(row, column);
        f64::from(values[own.feature(row * orientation.image.width + column)])
    };
    let map = Heatmap::new(image, (cells.height, cells.width), value, &scale);
    pen.area.draw(&map)
}

/// The colours, up to the limit of each map.
fn legend<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Maps,
    (width, found): (i32, &Found<'_>),
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
    let more = found.others().len() - drawn(found).len();
    let more = match more {
        0 => String::new(),
        more => format!("; {more} more networks are in the table"),
    };
    let full = format!("each map to its own limit, turned where r is negative{more}");
    let title = style.shortened(
        &[&full, "own limits, turned where r < 0"],
        Type::Label,
        width,
    );
    let at = (bar.x, bar.bottom() + style.em(SCALE_TITLE));
    pen.note(&title, HPos::Left, at)
}
