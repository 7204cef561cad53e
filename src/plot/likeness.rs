//! How alike the classes' importance profiles are: a matrix of cosine similarities, class by class.

use ndarray::Array2;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;
use serde::{Deserialize, Serialize};

use crate::report::{Metric, Report};

use super::draw::{DrawError, Pen, SCALE_LABELS, SCALE_TITLE};
use super::figure::FigureSpec;
use super::heatmap::Heatmap;
use super::layout::Rect;
use super::maps::unknown;
use super::marks::letters;
use super::palette::{ColourScale, Kind, contrast};
use super::style::{Colour, LABEL, Style, Type};
use super::table::NumberTable;

/// The matrix in words, and where its cells were drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct LikenessLayout {
    /// The chart in words.
    pub summary: String,
    /// Row by row. Empty while the matrix is not known.
    pub cells: Vec<Cell>,
}

/// A cell of the matrix: what it says, and its rectangle in CSS pixels from the area's top left.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Row of the latent importance whose profile is compared.
    pub row: usize,
    /// Row of the latent importance with whose profile it is compared.
    pub column: usize,
    /// Cosine similarity, 0 to 1; absent where a profile is 0 throughout.
    pub value: Option<f64>,
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// From left to right.
    pub width: f64,
    /// From top to bottom.
    pub height: f64,
}

/// Draws the matrix over the whole of `area`, of latent importance by the metric of `spec`.
///
/// It is drawn once each class and dimension has been measured. Latent importance that does not
/// have the shape of the report's classes and the dimensions of `spec` is of another run and is
/// not drawn.
///
/// # Errors
/// If the backend cannot draw.
pub fn likeness<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    report: Option<&Report>,
    spec: &FigureSpec,
    style: &Style,
) -> Result<LikenessLayout, DrawError<DB>> {
    let pen = Pen { area, style };
    area.fill(&RGBColor::from(style.background))?;
    let (width, height) = area.dim_in_pixel();
    let names = names(report);
    let place = Place::new((width as i32, height as i32), &names, style);
    let heading = style.shortened(
        &["Likeness of importance profiles", "Likeness of profiles"],
        Type::Heading,
        width as i32,
    );
    pen.heading(&heading, (style.hairline(), style.em(0.7)))?;
    pen.frame(place.matrix, style.grid)?;
    let found = similarity(report, spec);
    let scale = ColourScale::new(Kind::Sequential, 1.0, spec.palette, style.background);
    match &found {
        Some(found) => matrix(&pen, &place, found, &scale)?,
        None => pen.fill(place.matrix, unknown(style))?,
    }
    labels(&pen, &place, &names)?;
    legend(&pen, &place, found.is_some().then_some(&scale), spec.metric)?;

    let css = |length: i32| f64::from(length) / style.scale;
    let cells = found.iter().flat_map(|found| found.indexed_iter());
    let cells = cells.map(|((row, column), &value)| {
        let rect = place.cell(row, column);
        Cell {
            row,
            column,
            value,
            x: css(rect.x),
            y: css(rect.y),
            width: css(rect.width),
            height: css(rect.height),
        }
    });
    Ok(LikenessLayout {
        cells: cells.collect(),
        summary: summary(found.as_ref(), &names, spec),
    })
}

/// The height, in CSS pixels, at which an area `width` CSS pixels wide shows the matrix best.
#[must_use]
pub fn likeness_height(width: f64, report: Option<&Report>, style: &Style) -> f64 {
    let place = Place::new((style.px(width), i32::MAX / 2), &names(report), style);
    let height = place.legend.bottom() + style.em(em::BELOW);
    (f64::from(height) / style.scale).ceil()
}

/// The matrix as a table.
#[must_use]
pub fn likeness_numbers(report: Option<&Report>, spec: &FigureSpec) -> NumberTable {
    let names = names(report);
    let found = similarity(report, spec);
    let metric = spec.metric.name();
    let row = |(name, values): (&&str, ndarray::ArrayView1<'_, Option<f64>>)| {
        let cells = values.iter().map(|value| written(*value));
        std::iter::once((*name).to_string()).chain(cells).collect()
    };
    let heads = names.iter().map(|name| (*name).to_string());
    NumberTable {
        caption: match found {
            Some(_) => format!("Cosine similarity of the classes' importance profiles ({metric})"),
            None => UNKNOWN.into(),
        },
        columns: std::iter::once("Class".into()).chain(heads).collect(),
        rows: found.map_or(Vec::new(), |found| {
            names.iter().zip(found.rows()).map(row).collect()
        }),
    }
}

const UNKNOWN: &str = "The likeness of importance profiles is not known yet";

fn written(value: Option<f64>) -> String {
    value.map_or("none".into(), |value| format!("{value:.2}"))
}

fn names(report: Option<&Report>) -> Vec<&str> {
    let classes = report.map_or(&[][..], |report| &report.classes);
    classes.iter().map(|class| class.name.as_str()).collect()
}

fn similarity(report: Option<&Report>, spec: &FigureSpec) -> Option<Array2<Option<f64>>> {
    let report = report?;
    let shape = (report.classes.len(), spec.dims);
    let found = report.latent_importance_by(spec.metric)?;
    (found.repeats > 0 && found.mean.dim() == shape).then(|| found.cosine_similarity())
}

/// Lengths in multiples of the main text's size.
mod em {
    pub const HEADING: f64 = 1.75;
    /// The line of the columns' names.
    pub const COLUMNS: f64 = 1.5;
    /// Between the matrix and its legend.
    pub const ABOVE_LEGEND: f64 = 0.9;
    pub const LEGEND: f64 = 0.7;
    pub const WIDEST_LEGEND: f64 = 15.0;
    /// The legend's labels and its title.
    pub const BELOW: f64 = 2.75;
    pub const LARGEST_CELL: f64 = 4.4;
    /// Between the rows' names and the matrix.
    pub const GAP: f64 = 0.5;
}

/// The rows' names take up this share of the width at most.
const NAMES_SHARE: f64 = 0.3;
/// Classes of a matrix of which nothing is known.
const USUAL: usize = 10;

struct Place {
    classes: usize,
    side: i32,
    matrix: Rect,
    legend: Rect,
    /// Whether columns go by letters, since their names do not fit.
    lettered: bool,
}

impl Place {
    fn new((width, height): (i32, i32), names: &[&str], style: &Style) -> Self {
        let classes = if names.is_empty() { USUAL } else { names.len() };
        let longest = names.iter().map(|name| name.chars().count()).max();
        let longest = style.label_width(longest.unwrap_or(1));
        let widest = (f64::from(width) * NAMES_SHARE) as i32;
        let (hairline, gap) = (style.hairline(), style.em(em::GAP));
        let side = |names: i32| {
            let left = hairline + names + gap;
            let top = style.em(em::HEADING) + style.em(em::COLUMNS);
            let below = style.em(em::ABOVE_LEGEND) + style.em(em::LEGEND) + style.em(em::BELOW);
            let across = (width - left - hairline) / classes as i32;
            let down = (height - top - below) / classes as i32;
            (
                left,
                top,
                across.min(down).clamp(1, style.em(em::LARGEST_CELL)),
            )
        };
        let (mut left, mut top, mut cell) = side(longest.min(widest));
        let lettered = longest > cell;
        if lettered {
            // The letters stand beside the rows' names, too.
            (left, top, cell) = side(longest.min(widest) + style.label_width(2));
        }
        let length = cell * classes as i32;
        let matrix = Rect {
            x: left,
            y: top,
            width: length,
            height: length,
        };
        Self {
            classes,
            side: cell,
            legend: Rect {
                x: matrix.x,
                y: matrix.bottom() + style.em(em::ABOVE_LEGEND),
                width: (width - matrix.x - hairline).clamp(1, style.em(em::WIDEST_LEGEND)),
                height: style.em(em::LEGEND),
            },
            matrix,
            lettered,
        }
    }

    fn cell(&self, row: usize, column: usize) -> Rect {
        Rect {
            x: self.matrix.x + column as i32 * self.side,
            y: self.matrix.y + row as i32 * self.side,
            width: self.side,
            height: self.side,
        }
    }
}

/// The cells' colours as one image, and their numbers where they fit.
fn matrix<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Place,
    found: &Array2<Option<f64>>,
    scale: &ColourScale,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let value = |row, column| found[(row, column)].unwrap_or(f64::NAN);
    pen.area
        .draw(&Heatmap::new(place.matrix, found.dim(), value, scale))?;
    for class in (0..place.classes).filter(|&class| found[(class, class)].is_none()) {
        let (column, row) = (place.cell(0, class), place.cell(class, 0));
        let column = Rect {
            height: place.matrix.height,
            ..column
        };
        let row = Rect {
            width: place.matrix.width,
            ..row
        };
        pen.fill(column, unknown(style))?;
        pen.fill(row, unknown(style))?;
    }
    // The point is narrow: four characters take the room of three and a half.
    if place.side < style.label_width(7) / 2 {
        return Ok(());
    }
    for ((row, column), &value) in found.indexed_iter() {
        let middle = place.cell(row, column).middle();
        let Some(value) = value else {
            pen.note("–", HPos::Center, middle)?;
            continue;
        };
        let text = if row == column {
            "1".into()
        } else {
            written(Some(value))
        };
        let colour = readable(scale.colour(value), style);
        pen.text(&text, Type::Label, colour, HPos::Center, middle)?;
    }
    Ok(())
}

/// Of the text's colour and the page's, the one that is read more easily on `ground`.
fn readable(ground: Colour, style: &Style) -> Colour {
    if contrast(style.text, ground) >= contrast(style.background, ground) {
        style.text
    } else {
        style.background
    }
}

/// The names of rows and columns; of every so many where there is no room for all.
fn labels<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Place,
    names: &[&str],
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let letters = letters(names);
    let line = (1.25 * f64::from(style.em(LABEL))) as i32;
    let every = |room: i32| (room / place.side.max(1) + 1).max(1) as usize;
    let longest = letters.iter().map(|letters| letters.chars().count()).max();
    let wide = style.label_width(longest.unwrap_or(1));
    let (down, across) = (
        every(line - 1),
        every(if place.lettered { wide } else { 0 }),
    );
    let middle_of_heads = place.matrix.y - style.em(0.75);
    let right = place.matrix.x - style.em(em::GAP);
    let room = right
        - if place.lettered {
            style.label_width(2)
        } else {
            0
        };
    for (class, name) in names.iter().enumerate() {
        let letters = letters[class].as_str();
        let cell = place.cell(class, class);
        if class % across == 0 {
            let head = if place.lettered { letters } else { name };
            let at = (cell.middle().0, middle_of_heads);
            pen.text(head, Type::Label, style.text, HPos::Center, at)?;
        }
        if class % down == 0 {
            let y = cell.middle().1;
            let short = style.shortened(&[name], Type::Label, room);
            if place.lettered && *name != letters {
                let at = (right - style.em(0.3), y);
                pen.text(letters, Type::Label, style.text, HPos::Center, at)?;
                pen.note(&short, HPos::Right, (room, y))?;
            } else {
                pen.text(&short, Type::Label, style.text, HPos::Right, (right, y))?;
            }
        }
    }
    Ok(())
}

fn legend<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Place,
    scale: Option<&ColourScale>,
    metric: Metric,
) -> Result<(), DrawError<DB>> {
    let (style, bar) = (pen.style, place.legend);
    pen.frame(bar, style.grid)?;
    let room = pen.area.dim_in_pixel().0 as i32 - bar.x;
    let full = format!("cosine similarity of importance ({})", metric.name());
    let title = style.shortened(&[&full, "cosine similarity"], Type::Label, room);
    pen.note(
        &title,
        HPos::Left,
        (bar.x, bar.bottom() + style.em(SCALE_TITLE)),
    )?;
    let Some(scale) = scale else {
        return pen.fill(bar, unknown(style));
    };
    let steps = bar.width.max(1) as usize;
    let value = |_: usize, step: usize| (step as f64 + 0.5) / steps as f64;
    pen.area
        .draw(&Heatmap::new(bar, (1, steps), value, scale))?;
    let labels = bar.bottom() + style.em(SCALE_LABELS);
    pen.note("0", HPos::Left, (bar.x, labels))?;
    pen.note("1", HPos::Right, (bar.right(), labels))
}

fn summary(found: Option<&Array2<Option<f64>>>, names: &[&str], spec: &FigureSpec) -> String {
    let Some(found) = found else {
        return format!("{UNKNOWN}.");
    };
    let mut pairs: Vec<(f64, [&str; 2])> = found
        .indexed_iter()
        .filter(|((row, column), _)| row < column)
        .filter_map(|((row, column), value)| Some(((*value)?, [names[row], names[column]])))
        .collect();
    // The first of equals stays first.
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let said =
        |(value, [a, b]): &(f64, [&str; 2])| format!("{a} and {b} ({})", written(Some(*value)));
    let mut sentences = vec![format!(
        "Cosine similarity of the importance profiles ({}) of {} classes, from 0, no dimension in \
         common, to 1, the same proportions.",
        spec.metric.name(),
        names.len()
    )];
    if let Some(most) = pairs.first() {
        sentences.push(format!("Most alike: {}.", said(most)));
    }
    if let Some(least) = pairs.last().filter(|_| pairs.len() > 1) {
        sentences.push(format!("Least alike: {}.", said(least)));
    }
    let without: Vec<&str> = names
        .iter()
        .enumerate()
        .filter(|(class, _)| found[(*class, *class)].is_none())
        .map(|(_, name)| *name)
        .collect();
    if !without.is_empty() {
        let all = without.join(", ");
        sentences.push(format!(
            "Without a profile, since every importance is 0: {all}."
        ));
    }
    sentences.join(" ")
}
