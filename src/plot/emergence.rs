//! When each map came to be what it is: for every dimension how alike its map is to the final one, epoch by
//! epoch, and from when on it stays so.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use crate::history::Emergence;
use crate::numerals::counted;
use crate::report::Report;

use super::chart::{ChartLayout, Extra, Known};
use super::draw::{DrawError, Pen, SCALE_LABELS};
use super::epochs::Epochs;
use super::figure::{FigureSpec, Place};
use super::heatmap::{Heatmap, Mark};
use super::layout::Rect;
use super::maps::{unit_legend, unknown};
use super::marks::Shape;
use super::palette::{ColourScale, Kind};
use super::shown::Shown;
use super::similarity::{Cell, readable};
use super::style::{Style, Type};
use super::table::NumberTable;

/// What is drawn.
struct Found<'a> {
    emergence: &'a Emergence,
    /// Dimensions from the top.
    order: Vec<usize>,
}

impl<'a> Found<'a> {
    fn of(known: &'a Known, (spec, extra): (&FigureSpec, &Extra)) -> Option<Self> {
        let report = known.report.as_ref()?;
        let emergence = emergence_of(report, spec)?;
        let mut order = Shown::new(Some(report), spec).order;
        if extra.earliest {
            // As they are where two came at once; last those of which no map is left in the end.
            order.sort_by_key(|&dim| emergence.emerged[dim].unwrap_or(usize::MAX));
        }
        Some(Self { emergence, order })
    }

    fn rho(&self, at: usize, dim: usize) -> Option<f64> {
        self.emergence.similarity[at][dim].map(f64::from)
    }

    /// Whether a dimension that is inactive in the end was so after this epoch already.
    fn is_inactive(&self, at: usize, dim: usize) -> bool {
        let since = self.emergence.inactive_since[dim];
        since.is_some_and(|since| self.emergence.epochs[at] >= since)
    }

    /// What became of a dimension: with room, and with little.
    fn verdict(&self, dim: usize) -> [String; 2] {
        if let Some(since) = self.emergence.inactive_since[dim] {
            return [
                format!("inactive since {}", epoch(since)),
                format!("inactive: {since}"),
            ];
        }
        match self.emergence.emerged[dim] {
            Some(first) => [epoch(first), first.to_string()],
            None => ["no map in the end".into(), "no map".into()],
        }
    }
}

/// What is known of the epochs, if it is of as many dimensions as are shown and whole.
pub(super) fn emergence_of<'a>(report: &'a Report, spec: &FigureSpec) -> Option<&'a Emergence> {
    let found = report.emergence.as_ref()?;
    let epochs = found.epochs.len();
    let classes = report.classes.len();
    let is_whole = epochs > 0
        && [
            found.similarity.len(),
            found.latent_importance.len(),
            found.pixel_importance.len(),
        ] == [epochs; 3]
        && [found.emerged.len(), found.inactive_since.len()] == [spec.dims; 2]
        && found.similarity.iter().all(|row| row.len() == spec.dims)
        && found
            .pixel_importance
            .iter()
            .all(|row| row.len() == spec.dims)
        && found
            .latent_importance
            .iter()
            .all(|rows| rows.len() == classes && rows.iter().all(|row| row.len() == spec.dims));
    is_whole.then_some(found)
}

fn epoch(epoch: usize) -> String {
    match epoch {
        0 => "before training".into(),
        epoch => format!("epoch {epoch}"),
    }
}

/// Lengths in ems: the heading with the line of titles, a row, and what stands below the rows.
const HEAD: f64 = 3.4;
const ROW: f64 = 1.5;
const FOOT: f64 = 6.2;
/// The scale's bar: where it begins below the rows, and its size.
const BAR: (f64, f64, f64) = (2.7, 9.0, 0.7);
/// Narrower areas have short words at the ends of the rows.
const NARROW: f64 = 40.0;
/// Rows for which room is kept while nothing is known.
const USUAL: usize = 32;

/// Where things stand.
struct Layout {
    rows: Rect,
    row: i32,
    bar: Rect,
    /// For the words at the ends of the rows.
    room: i32,
    narrow: bool,
}

impl Layout {
    fn new(width: i32, rows: usize, dims: usize, style: &Style) -> Self {
        let narrow = width < style.em(NARROW);
        let names = style.label_width(dims.to_string().len()) + style.em(0.6);
        let room = style.label_width(if narrow { 13 } else { 24 }) + style.em(0.6);
        let row = style.em(ROW);
        let rows = Rect {
            x: names,
            y: style.em(HEAD),
            width: (width - names - room).max(1),
            height: row * rows as i32,
        };
        let (below, across, down) = BAR;
        Self {
            rows,
            row,
            bar: Rect {
                x: rows.x,
                y: rows.bottom() + style.em(below),
                width: style.em(across).min(rows.width),
                height: style.em(down),
            },
            room,
            narrow,
        }
    }

    fn row(&self, at: usize) -> Rect {
        Rect {
            y: self.rows.y + self.row * at as i32,
            height: self.row,
            ..self.rows
        }
    }
}

/// Draws the rows of the dimensions over the whole of `area`, as far as the epochs are known.
///
/// # Errors
/// If the backend cannot draw.
pub fn emergence<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    known: &Known,
    (spec, extra): (&FigureSpec, &Extra),
    style: &Style,
) -> Result<ChartLayout, DrawError<DB>> {
    let pen = Pen { area, style };
    area.fill(&RGBColor::from(style.background))?;
    let width = area.dim_in_pixel().0 as i32;
    let found = Found::of(known, (spec, extra));
    let rows = found
        .as_ref()
        .map_or(USUAL.min(spec.dims), |found| found.order.len());
    let place = Layout::new(width, rows, spec.dims, style);
    let heading = style.shortened(
        &[
            "When each map came to be what it is",
            "Emergence of the maps",
        ],
        Type::Heading,
        width,
    );
    pen.heading(&heading, (style.hairline(), style.em(0.7)))?;
    pen.frame(place.rows, style.grid)?;
    let scale = ColourScale::new(Kind::Diverging, 1.0, spec.palette, style.background);
    let Some(found) = found else {
        pen.fill(place.rows, unknown(style))?;
        legend(&pen, &place, &scale, width)?;
        return Ok(format!("{UNKNOWN}.").into());
    };
    let titles = style.em(HEAD) - style.em(0.8);
    pen.note("dim.", HPos::Left, (style.hairline(), titles))?;
    let end = if place.narrow {
        "since"
    } else {
        "as in the end since"
    };
    let x = place.rows.right() + style.em(0.6);
    pen.note(end, HPos::Left, (x, titles))?;
    let epochs = Epochs {
        plot: place.rows,
        epochs: &found.emergence.epochs,
    };
    matrix(&pen, &found, &epochs, &scale)?;
    for (at, &dim) in found.order.iter().enumerate() {
        row(&pen, &found, &epochs, (&place, &scale), (at, dim))?;
    }
    epochs.labels(&pen, place.rows.bottom() + style.em(SCALE_LABELS))?;
    let x = x.min(width - style.label_width(6));
    let labels = place.rows.bottom() + style.em(SCALE_LABELS);
    pen.note("epochs", HPos::Left, (x, labels))?;
    legend(&pen, &place, &scale, width)?;
    Ok(layout(&found, &epochs, &place, style))
}

/// How alike the maps are, all rows as one image.
fn matrix<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    found: &Found<'_>,
    epochs: &Epochs<'_>,
    scale: &ColourScale,
) -> Result<(), DrawError<DB>> {
    let size = (found.order.len(), epochs.epochs.len());
    let value = |row: usize, at: usize| found.rho(at, found.order[row]).unwrap_or(f64::NAN);
    let mark = |row: usize, at: usize| {
        let dim = found.order[row];
        Mark {
            outline: 0,
            hatched: found.rho(at, dim).is_none() || found.is_inactive(at, dim),
        }
    };
    let map = Heatmap::new(epochs.plot, size, value, scale);
    pen.area.draw(&map.marked(size, &mark, pen.style))
}

/// A row's number, a dot where it came to be what it is, and the epoch in words.
fn row<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    found: &Found<'_>,
    epochs: &Epochs<'_>,
    (place, scale): (&Layout, &ColourScale),
    (at, dim): (usize, usize),
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let rect = place.row(at);
    let middle = rect.middle().1;
    if at > 0 {
        pen.level(rect.y, (rect.x, rect.right()), style.background)?;
    }
    let name = (dim + 1).to_string();
    let end = (rect.x - style.em(0.5), middle);
    pen.text(&name, Type::Label, style.text, HPos::Right, end)?;
    let inactive = found.emergence.inactive_since[dim].is_some();
    let first = found.emergence.emerged[dim].filter(|_| !inactive);
    let column = first.and_then(|first| epochs.epochs.iter().position(|&each| each == first));
    if let Some(column) = column {
        let ground = scale.colour(found.rho(column, dim).unwrap_or(0.0));
        let radius = f64::from(style.px(3.0).max(2));
        let middle = (epochs.middle(column), middle);
        Shape::of(0).draw(pen, middle, radius, readable(ground, style))?;
    }
    let words = found.verdict(dim);
    let words = words.each_ref().map(String::as_str);
    let words = if place.narrow {
        &words[1..]
    } else {
        &words[..]
    };
    let words = style.shortened(words, Type::Label, place.room - style.em(0.6));
    let at = (rect.right() + style.em(0.6), middle);
    let colour = if first.is_some() {
        style.text
    } else {
        style.muted
    };
    pen.text(&words, Type::Label, colour, HPos::Left, at)
}

fn legend<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Layout,
    scale: &ColourScale,
    width: i32,
) -> Result<(), DrawError<DB>> {
    let titles = [
        "Spearman's ρ with the final map; dot: from there on 0.95 or more; hatched: no map, or inactive for good",
        "ρ with the final map; dot: from there on ≥ 0.95; hatched: none",
        "ρ with the final map; dot: ≥ 0.95 on",
        "ρ with the final map",
    ];
    unit_legend(pen, place.bar, scale, &titles, width)
}

fn layout(found: &Found<'_>, epochs: &Epochs<'_>, place: &Layout, style: &Style) -> ChartLayout {
    let css = |length: i32| f64::from(length) / style.scale;
    let mut cells = Vec::new();
    let mut bars = Vec::new();
    for (at, &dim) in found.order.iter().enumerate() {
        let rect = place.row(at);
        bars.push(Place {
            dim,
            class: None,
            method: None,
            epoch: None,
            x: 0.0,
            y: css(rect.y),
            width: css(rect.right() + place.room),
            height: css(rect.height),
        });
        for column in 0..epochs.epochs.len() {
            let (left, right) = epochs.column(column);
            cells.push(Cell {
                row: dim,
                column,
                value: found.rho(column, dim),
                x: css(left),
                y: css(rect.y),
                width: css(right - left),
                height: css(rect.height),
            });
        }
    }
    ChartLayout {
        summary: summary(found),
        order: Some(found.order.clone()),
        cells: Some(cells),
        bars: Some(bars),
        ..ChartLayout::default()
    }
}

/// The height at which an area so wide shows it best, in CSS pixels.
#[must_use]
pub fn emergence_height(width: f64, known: &Known, spec: &FigureSpec, style: &Style) -> f64 {
    let extra = Extra::default();
    let found = Found::of(known, (spec, &extra));
    let rows = found.map_or(USUAL.min(spec.dims), |found| found.order.len());
    let place = Layout::new(style.px(width), rows, spec.dims, style);
    (f64::from(place.rows.bottom() + style.em(FOOT)) / style.scale).ceil()
}

/// For each dimension since when its map is as in the end, since when it is inactive, and ρ after every
/// epoch.
#[must_use]
pub fn emergence_numbers(known: &Known, asked: (&FigureSpec, &Extra)) -> NumberTable {
    let head = [
        "Dimension",
        "As in the end since epoch",
        "Inactive since epoch",
    ];
    let Some(found) = Found::of(known, asked) else {
        return NumberTable::new(UNKNOWN, head);
    };
    let mut table = NumberTable::new(
        "Since when each map is as in the end, and Spearman's ρ with the final one after every epoch",
        head,
    );
    let epochs = found.emergence.epochs.iter();
    table
        .columns
        .extend(epochs.map(|epoch| format!("ρ after epoch {epoch}")));
    let written = |epoch: Option<usize>| epoch.map_or(String::new(), |epoch| epoch.to_string());
    let row = |&dim: &usize| {
        let rhos = (0..found.emergence.epochs.len()).map(|at| {
            let rho = found.rho(at, dim);
            rho.map_or(String::new(), |rho| format!("{rho:.2}").replace('-', "−"))
        });
        [
            (dim + 1).to_string(),
            written(found.emergence.emerged[dim]),
            written(found.emergence.inactive_since[dim]),
        ]
        .into_iter()
        .chain(rhos)
        .collect()
    };
    table.rows = found.order.iter().map(row).collect();
    table
}

pub(super) const UNKNOWN: &str = "What became of the maps over the epochs is not known yet";

/// How many dimensions are named.
const NAMED: usize = 5;

fn summary(found: &Found<'_>) -> String {
    let emergence = found.emergence;
    let active = |&dim: &usize| emergence.inactive_since[dim].is_none();
    let mut by_epoch: Vec<(usize, usize)> = found
        .order
        .iter()
        .copied()
        .filter(active)
        .filter_map(|dim| Some((emergence.emerged[dim]?, dim)))
        .collect();
    by_epoch.sort_by_key(|&(epoch, _)| epoch);
    let told = |&(first, dim): &(usize, usize)| format!("{} ({})", dim + 1, epoch(first));
    let named = |some: &[(usize, usize)]| some.iter().map(told).collect::<Vec<_>>().join(", ");
    let last = emergence.epochs.last().copied().unwrap_or(0);
    let mut said = vec![format!(
        "How alike the maps of {} are to the final ones, measured after {} up to epoch {last}.",
        counted(found.order.len(), "dimension", "dimensions"),
        counted(emergence.epochs.len(), "epoch", "epochs"),
    )];
    if by_epoch.len() <= 2 * NAMED {
        if !by_epoch.is_empty() {
            let all = named(&by_epoch);
            said.push(format!("As in the end since: dimension {all}."));
        }
    } else {
        said.push(format!(
            "The first that are as in the end: dimensions {}. The last: {}.",
            named(&by_epoch[..NAMED]),
            named(&by_epoch[by_epoch.len() - NAMED..])
        ));
    }
    let inactive = found.order.iter().filter(|&dim| !active(dim));
    let inactive: Vec<String> = inactive
        .filter_map(|&dim| {
            Some(format!(
                "{} (since {})",
                dim + 1,
                epoch(emergence.inactive_since[dim]?)
            ))
        })
        .collect();
    if !inactive.is_empty() {
        said.push(format!(
            "Inactive in the end: dimension {}.",
            inactive.join(", ")
        ));
    }
    said.join(" ")
}
