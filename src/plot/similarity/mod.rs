//! How alike the classes' importance profiles are: a matrix of cosine similarities, class by class, in
//! an order in which classes that are alike stand side by side.

mod order;

use ndarray::Array2;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;
use serde::{Deserialize, Serialize};

use crate::numerals::counted;
use crate::report::{Metric, Report};

use super::draw::{DrawError, Pen, SCALE_LABELS, SCALE_TITLE};
use super::figure::FigureSpec;
use super::heatmap::Heatmap;
use super::layout::Rect;
use super::maps::unknown;
use super::marks::letters;
use super::number::sort_largest_first;
use super::palette::{ColourScale, Kind, contrast};
use super::style::{Colour, LABEL, Style, Type};
use super::table::NumberTable;

/// The matrix in words, and where its cells were drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct SimilarityLayout {
    /// The chart in words.
    pub summary: String,
    /// Row by row as they are drawn. Empty while the matrix is not known.
    pub cells: Vec<Cell>,
}

/// A cell of the matrix: what it says, and its rectangle in CSS pixels from the area's top left.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Row of the latent importance whose profile is compared, or place of the method.
    pub row: usize,
    /// Row of the latent importance with whose profile it is compared, or place of the method.
    pub column: usize,
    /// Cosine similarity, 0 to 1, absent where a profile is 0 throughout; or Spearman's ρ between two
    /// methods, −1 to 1, absent where a map is the same everywhere.
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
/// Colours start where the values do, and classes stand by clusters where `spec` sorts, else in the
/// order of the report. It is drawn once each class and dimension has been measured. Latent importance that does not
/// have the shape of the report's classes and the dimensions of `spec` is of another run and is
/// not drawn.
///
/// # Errors
/// If the backend cannot draw.
pub fn similarity<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    report: Option<&Report>,
    spec: &FigureSpec,
    style: &Style,
) -> Result<SimilarityLayout, DrawError<DB>> {
    let pen = Pen { area, style };
    area.fill(&RGBColor::from(style.background))?;
    let (width, height) = area.dim_in_pixel();
    let names = names(report);
    let place = Place::new((width as i32, height as i32), &names, style);
    let heading = style.shortened(
        &[
            "Similarity of importance profiles",
            "Similarity of profiles",
        ],
        Type::Heading,
        width as i32,
    );
    pen.heading(&heading, (style.hairline(), style.em(0.7)))?;
    pen.frame(place.matrix, style.grid)?;
    let found = Matrix::of(report, spec);
    let order = found
        .as_ref()
        .map_or_else(|| (0..names.len()).collect(), |found| found.order.clone());
    let scale = found.as_ref().map(|found| {
        let limit = 1.0 - found.start;
        ColourScale::new(Kind::Sequential, limit, spec.palette, style.background)
    });
    match (&found, &scale) {
        (Some(found), Some(scale)) => matrix(&pen, &place, found, scale)?,
        _ => pen.fill(place.matrix, unknown(style))?,
    }
    labels(&pen, &place, &names, &order)?;
    let known = found.as_ref().zip(scale.as_ref());
    legend(&pen, &place, known, spec.metric)?;

    let css = |length: i32| f64::from(length) / style.scale;
    let cell = |found: &Matrix, (down, across): (usize, usize)| {
        let rect = place.cell(down, across);
        let (row, column) = (found.order[down], found.order[across]);
        Cell {
            row,
            column,
            value: found.values[(row, column)],
            x: css(rect.x),
            y: css(rect.y),
            width: css(rect.width),
            height: css(rect.height),
        }
    };
    let cells = found.iter().flat_map(|found| {
        let places = found.values.indexed_iter();
        places.map(move |(at, _)| cell(found, at))
    });
    Ok(SimilarityLayout {
        cells: cells.collect(),
        summary: summary(found.as_ref(), &names, spec),
    })
}

/// The height, in CSS pixels, at which an area `width` CSS pixels wide shows the matrix best.
#[must_use]
pub fn similarity_height(width: f64, report: Option<&Report>, style: &Style) -> f64 {
    Place::good_height(width, &names(report), style)
}

/// Of more classes than these a table has the most and the least similar of each.
const MOST_COLUMNS: usize = 30;

/// The matrix as a table, in the order in which it is drawn.
#[must_use]
pub fn similarity_numbers(report: Option<&Report>, spec: &FigureSpec) -> NumberTable {
    let names = names(report);
    let metric = spec.metric.name();
    let heads = |heads: Vec<&str>| heads.into_iter().map(String::from).collect();
    let Some(found) = Matrix::of(report, spec) else {
        return NumberTable {
            caption: UNKNOWN.into(),
            columns: heads([&["Class"], names.as_slice()].concat()),
            rows: Vec::new(),
        };
    };
    let caption = format!("Cosine similarity of the classes' importance profiles ({metric})");
    if names.len() > MOST_COLUMNS {
        let row = |&class: &usize| {
            let mut others: Vec<usize> = found.order.clone();
            others.retain(|&other| other != class && found.values[(class, other)].is_some());
            let value = |other: usize| found.values[(class, other)].unwrap_or(0.0);
            sort_largest_first(&mut others, &value);
            let said = |other: Option<&usize>| {
                other.map_or("none".into(), |&other| {
                    format!("{} ({})", names[other], found.written(Some(value(other))))
                })
            };
            vec![
                names[class].into(),
                said(others.first()),
                said(others.last()),
            ]
        };
        return NumberTable {
            caption,
            columns: heads(vec!["Class", "Most similar", "Least similar"]),
            rows: found.order.iter().map(row).collect(),
        };
    }
    let row = |&class: &usize| {
        let values = found
            .order
            .iter()
            .map(|&other| found.values[(class, other)]);
        let cells = values.map(|value| found.written(value));
        std::iter::once(names[class].into()).chain(cells).collect()
    };
    let columns: Vec<&str> = found.order.iter().map(|&class| names[class]).collect();
    NumberTable {
        caption,
        columns: heads([&["Class"], columns.as_slice()].concat()),
        rows: found.order.iter().map(row).collect(),
    }
}

const UNKNOWN: &str = "The similarity of importance profiles is not known yet";

fn names(report: Option<&Report>) -> Vec<&str> {
    let classes = report.map_or(&[][..], |report| &report.classes);
    classes.iter().map(|class| class.name.as_str()).collect()
}

/// What is drawn.
struct Matrix {
    /// By the rows of the latent importance.
    values: Array2<Option<f64>>,
    /// Those rows, as they stand.
    order: Vec<usize>,
    by_clusters: bool,
    /// Where the colours start: no value lies below it, and it is written with one digit that is not 9.
    start: f64,
    /// Decimals that tell the values apart.
    decimals: usize,
}

impl Matrix {
    /// `None` while it is not known, and where it is that of another run.
    fn of(report: Option<&Report>, spec: &FigureSpec) -> Option<Self> {
        let report = report?;
        let shape = (report.classes.len(), spec.dims);
        let found = report.latent_importance_by(spec.metric)?;
        if found.repeats == 0 || found.mean.dim() != shape {
            return None;
        }
        let values = found.cosine_similarity();
        let least = values.iter().flatten().fold(1.0_f64, |a, &b| a.min(b));
        let (start, decimals) = start(least);
        let order = if spec.sort {
            order::by_clusters(&values)
        } else {
            (0..values.nrows()).collect()
        };
        Some(Self {
            values,
            order,
            by_clusters: spec.sort,
            start,
            decimals,
        })
    }

    fn written(&self, value: Option<f64>) -> String {
        let decimals = self.decimals;
        value.map_or("none".into(), |value| format!("{value:.decimals$}"))
    }

    /// The start of the colours, as its legend has it.
    fn start_written(&self) -> String {
        let decimals = (self.decimals - 1).max(1);
        match self.start {
            0.0 => "0".into(),
            start => format!("{start:.decimals$}"),
        }
    }
}

/// No finer than this: single precision has no more.
const FINEST: f64 = 1e-5;

/// Where a scale up to 1 starts whose least value is this, at a round number; and the decimals of its
/// values.
fn start(least: f64) -> (f64, usize) {
    let range = (1.0 - least).max(FINEST);
    let step = 10f64.powf(range.log10().floor().min(-1.0));
    let start = ((least + 1e-9) / step).floor() * step;
    let start = start.clamp(0.0, 1.0 - step);
    (start, (1.0 - step.log10()).round() as usize)
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

pub(super) struct Place {
    classes: usize,
    pub side: i32,
    pub matrix: Rect,
    pub legend: Rect,
    /// Whether columns go by letters, since their names do not fit.
    lettered: bool,
}

impl Place {
    pub fn new((width, height): (i32, i32), names: &[&str], style: &Style) -> Self {
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

    /// The height, in CSS pixels, at which an area `width` CSS pixels wide shows the matrix best.
    pub fn good_height(width: f64, names: &[&str], style: &Style) -> f64 {
        let place = Self::new((style.px(width), i32::MAX / 2), names, style);
        let height = place.legend.bottom() + style.em(em::BELOW);
        (f64::from(height) / style.scale).ceil()
    }

    pub fn cell(&self, row: usize, column: usize) -> Rect {
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
    found: &Matrix,
    scale: &ColourScale,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let at = |down: usize, across: usize| found.values[(found.order[down], found.order[across])];
    // Not a number where there is none, which has the colour of the start until it is filled.
    let colour = |value: f64| value - found.start;
    let value = |down, across| at(down, across).map_or(f64::NAN, colour);
    pen.area.draw(&Heatmap::new(
        place.matrix,
        found.values.dim(),
        value,
        scale,
    ))?;
    for class in (0..place.classes).filter(|&class| at(class, class).is_none()) {
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
    if place.side < style.label_width(2 * found.decimals + 3) / 2 {
        return Ok(());
    }
    for ((row, column), _) in found.values.indexed_iter() {
        let middle = place.cell(row, column).middle();
        let Some(value) = at(row, column) else {
            pen.note("–", HPos::Center, middle)?;
            continue;
        };
        let text = if row == column {
            "1".into()
        } else {
            found.written(Some(value))
        };
        let colour = readable(scale.colour(colour(value)), style);
        pen.text(&text, Type::Label, colour, HPos::Center, middle)?;
    }
    Ok(())
}

/// Of the text's colour and the page's, the one that is read more easily on `ground`.
pub(super) fn readable(ground: Colour, style: &Style) -> Colour {
    if contrast(style.text, ground) >= contrast(style.background, ground) {
        style.text
    } else {
        style.background
    }
}

/// The names of rows and columns; of every so many where there is no room for all.
pub(super) fn labels<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Place,
    names: &[&str],
    order: &[usize],
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
    for (position, &class) in order.iter().enumerate() {
        let (letters, name) = (letters[class].as_str(), names[class]);
        let cell = place.cell(position, position);
        if position % across == 0 {
            let head = if place.lettered { letters } else { name };
            let at = (cell.middle().0, middle_of_heads);
            pen.text(head, Type::Label, style.text, HPos::Center, at)?;
        }
        if position % down == 0 {
            let y = cell.middle().1;
            let short = style.shortened(&[name], Type::Label, room);
            if place.lettered && name != letters {
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
    known: Option<(&Matrix, &ColourScale)>,
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
    let Some((found, scale)) = known else {
        return pen.fill(bar, unknown(style));
    };
    let steps = bar.width.max(1) as usize;
    let value = |_: usize, step: usize| scale.limit * (step as f64 + 0.5) / steps as f64;
    pen.area
        .draw(&Heatmap::new(bar, (1, steps), value, scale))?;
    let labels = bar.bottom() + style.em(SCALE_LABELS);
    let start = found.start_written();
    let full = format!("starts at {start}");
    let start = style.shortened(&[&full, &start], Type::Label, bar.width * 3 / 4);
    pen.note(&start, HPos::Left, (bar.x, labels))?;
    pen.note("1", HPos::Right, (bar.right(), labels))
}

fn summary(found: Option<&Matrix>, names: &[&str], spec: &FigureSpec) -> String {
    let Some(found) = found else {
        return format!("{UNKNOWN}.");
    };
    let mut pairs: Vec<(f64, [&str; 2])> = found
        .values
        .indexed_iter()
        .filter(|((row, column), _)| row < column)
        .filter_map(|((row, column), value)| Some(((*value)?, [names[row], names[column]])))
        .collect();
    // The first of equals stays first.
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let said = |(value, [a, b]): &(f64, [&str; 2])| {
        format!("{a} and {b} ({})", found.written(Some(*value)))
    };
    let order = if found.by_clusters {
        "classes that are alike side by side"
    } else {
        "in the order of the classes"
    };
    let mut sentences = vec![format!(
        "Cosine similarity of the importance profiles ({}) of {}, from 0, no dimension in common, to \
         1, the same proportions; {order}; colours start at {}.",
        spec.metric.name(),
        counted(names.len(), "class", "classes"),
        found.start_written()
    )];
    if let Some(most) = pairs.first() {
        sentences.push(format!("Most alike: {}.", said(most)));
    }
    if let Some(least) = pairs.last().filter(|_| pairs.len() > 1) {
        sentences.push(format!("Least alike: {}.", said(least)));
    }
    let classes = names.iter().enumerate();
    let without: Vec<&str> = classes
        .filter(|(class, _)| found.values[(*class, *class)].is_none())
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

#[cfg(test)]
mod tests {
    use super::start;

    #[test]
    fn colours_start_at_the_round_number_below_the_least_value() {
        for (least, expected, decimals) in [
            (0.0, 0.0, 2),
            (0.07, 0.0, 2),
            (0.45, 0.4, 2),
            (0.83, 0.8, 2),
            (0.9, 0.9, 2),
            (0.932, 0.93, 3),
            (0.9987, 0.998, 4),
            (1.0, 0.999_99, 6),
            (-0.2, 0.0, 2),
        ] {
            let (found, digits) = start(least);
            assert!((found - expected).abs() < 1e-9, "{least}: {found}");
            assert_eq!(digits, decimals, "{least}");
        }
    }
}
