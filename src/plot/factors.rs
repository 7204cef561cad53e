//! Which dimension carries which factor: a matrix of mutual information, with a row for each dimension.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use crate::latents::Factors;

use super::chart::{ChartLayout, Known};
use super::draw::{DrawError, Pen};
use super::figure::{FigureSpec, Place};
use super::heatmap::Heatmap;
use super::layout::Rect;
use super::maps::{unit_legend, unknown};
use super::palette::{ColourScale, Kind};
use super::shown::Shown;
use super::similarity::{Cell, readable};
use super::style::{Style, Type};
use super::table::NumberTable;

/// What is drawn.
struct Found<'a> {
    factors: &'a Factors,
    /// Dimensions from the top.
    order: Vec<usize>,
}

impl<'a> Found<'a> {
    /// `None` while it is not known, and where it is of another number of dimensions.
    fn of(known: &'a Known, spec: &FigureSpec) -> Option<Self> {
        let report = known.report.as_ref()?;
        let factors = report
            .factors
            .as_ref()
            .filter(|found| found.is_of(spec.dims))?;
        let order = Shown::new(Some(report), spec).order;
        Some(Self { factors, order })
    }
}

/// Lengths in ems: the heading with the line of the factors' names, a row, what lies between the rows and the gaps,
/// and what stands below the gaps.
const HEAD: f64 = 3.6;
const ROW: f64 = 1.6;
const APART: f64 = 0.5;
const FOOT: f64 = 4.6;
/// The scale's bar: where it begins below the gaps, and its size.
const BAR: (f64, f64, f64) = (1.0, 12.0, 0.7);
/// A column is no wider than this.
const WIDEST: f64 = 7.0;
/// Rows and columns for which room is kept while nothing is known.
const USUAL: (usize, usize) = (32, 5);

/// Where things stand.
struct Layout {
    matrix: Rect,
    rows: usize,
    columns: usize,
    gaps: Rect,
    bar: Rect,
}

impl Layout {
    fn new(width: i32, (rows, columns): (usize, usize), dims: usize, style: &Style) -> Self {
        let names = style.label_width(dims.to_string().len().max(4)) + style.em(0.6);
        let column = ((width - names - style.hairline()) / columns as i32).max(1);
        let row = style.em(ROW);
        let matrix = Rect {
            x: names,
            y: style.em(HEAD),
            width: column.min(style.em(WIDEST)) * columns as i32,
            height: row * rows as i32,
        };
        let gaps = Rect {
            y: matrix.bottom() + style.em(APART),
            height: row,
            ..matrix
        };
        let (below, across, down) = BAR;
        Self {
            matrix,
            rows,
            columns,
            gaps,
            bar: Rect {
                x: matrix.x,
                y: gaps.bottom() + style.em(below),
                width: style.em(across).min(width - matrix.x - style.hairline()),
                height: style.em(down),
            },
        }
    }

    fn cell(&self, row: usize, column: usize) -> Rect {
        let (width, height) = (
            self.matrix.width / self.columns as i32,
            self.matrix.height / self.rows.max(1) as i32,
        );
        Rect {
            x: self.matrix.x + width * column as i32,
            y: self.matrix.y + height * row as i32,
            width,
            height,
        }
    }
}

/// Draws the matrix over the whole of `area`, once it is known.
///
/// # Errors
/// If the backend cannot draw.
pub fn factors<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    known: &Known,
    spec: &FigureSpec,
    style: &Style,
) -> Result<ChartLayout, DrawError<DB>> {
    let pen = Pen { area, style };
    area.fill(&RGBColor::from(style.background))?;
    let width = area.dim_in_pixel().0 as i32;
    let found = Found::of(known, spec);
    let place = Layout::new(width, size(found.as_ref(), spec), spec.dims, style);
    let heading = style.shortened(
        &[
            "Which dimension carries which factor",
            "Factors by dimension",
        ],
        Type::Heading,
        width,
    );
    pen.heading(&heading, (style.hairline(), style.em(0.7)))?;
    let scale = ColourScale::new(Kind::Sequential, 1.0, spec.palette, style.background);
    pen.frame(place.matrix, style.grid)?;
    let Some(found) = found else {
        pen.fill(place.matrix, unknown(style))?;
        legend(&pen, &place, &scale, width)?;
        return Ok(format!("{UNKNOWN}.").into());
    };
    names(&pen, &place, &found)?;
    matrix(&pen, &place, &found, &scale)?;
    gaps(&pen, &place, &found)?;
    legend(&pen, &place, &scale, width)?;
    Ok(layout(&found, &place, style))
}

/// Rows and columns.
fn size(found: Option<&Found<'_>>, spec: &FigureSpec) -> (usize, usize) {
    let (rows, columns) = USUAL;
    found.map_or((rows.min(spec.dims), columns), |found| {
        (found.order.len(), found.factors.names.len())
    })
}

/// What the columns and the rows are called.
fn names<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Layout,
    found: &Found<'_>,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let above = place.matrix.y - style.em(0.8);
    pen.note("dim.", HPos::Left, (style.hairline(), above))?;
    for (column, name) in found.factors.names.iter().enumerate() {
        let cell = place.cell(0, column);
        let name = style.shortened(&[name], Type::Label, cell.width);
        let at = (cell.middle().0, above);
        pen.text(&name, Type::Label, style.text, HPos::Center, at)?;
    }
    for (row, &dim) in found.order.iter().enumerate() {
        let end = (
            place.matrix.x - style.em(0.5),
            place.cell(row, 0).middle().1,
        );
        let colour = if found.factors.is_active(dim) {
            style.text
        } else {
            style.muted
        };
        pen.text(
            &(dim + 1).to_string(),
            Type::Label,
            colour,
            HPos::Right,
            end,
        )?;
    }
    Ok(())
}

/// The cells as one image, their numbers, and lines between the rows.
fn matrix<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Layout,
    found: &Found<'_>,
    scale: &ColourScale,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let (rows, columns) = (found.order.len(), found.factors.names.len());
    if rows == 0 {
        return Ok(());
    }
    let share = |row: usize, column: usize| found.factors.share(column, found.order[row]);
    // What is below 0 is chance, as 0 is.
    let value = |row: usize, column: usize| share(row, column).max(0.0);
    pen.area
        .draw(&Heatmap::new(place.matrix, (rows, columns), value, scale))?;
    for row in 0..rows {
        let rect = place.cell(row, 0);
        if row > 0 {
            pen.level(
                rect.y,
                (place.matrix.x, place.matrix.right()),
                style.background,
            )?;
        }
        for column in 0..columns {
            let ground = scale.colour(value(row, column));
            let words = written(share(row, column));
            let at = place.cell(row, column).middle();
            let colour = readable(ground, style);
            pen.text(&words, Type::Label, colour, HPos::Center, at)?;
        }
    }
    Ok(())
}

/// By how much the first dimension is ahead of the second, factor by factor.
fn gaps<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Layout,
    found: &Found<'_>,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let middle = place.gaps.middle().1;
    pen.text(
        "gap",
        Type::Label,
        style.text,
        HPos::Right,
        (place.gaps.x - style.em(0.5), middle),
    )?;
    for (column, &gap) in found.factors.gaps.iter().enumerate() {
        let at = (place.cell(0, column).middle().0, middle);
        pen.text(
            &written(f64::from(gap)),
            Type::Label,
            style.text,
            HPos::Center,
            at,
        )?;
    }
    Ok(())
}

/// With two decimals; `0` where nothing is left of these.
fn written(share: f64) -> String {
    let text = format!("{share:.2}");
    match text.as_str() {
        "0.00" | "-0.00" => "0".into(),
        _ => text.replace('-', "−"),
    }
}

fn legend<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Layout,
    scale: &ColourScale,
    width: i32,
) -> Result<(), DrawError<DB>> {
    let titles = [
        "Mutual information of dimension and factor, over the factor's entropy",
        "Mutual information over the factor's entropy",
        "Information over entropy",
    ];
    unit_legend(pen, place.bar, scale, &titles, width)
}

fn layout(found: &Found<'_>, place: &Layout, style: &Style) -> ChartLayout {
    let css = |length: i32| f64::from(length) / style.scale;
    let mut cells = Vec::new();
    let mut bars = Vec::new();
    for (row, &dim) in found.order.iter().enumerate() {
        let rect = place.cell(row, 0);
        bars.push(Place {
            dim,
            class: None,
            method: None,
            epoch: None,
            x: 0.0,
            y: css(rect.y),
            width: css(place.matrix.right()),
            height: css(rect.height),
        });
        for column in 0..found.factors.names.len() {
            let rect = place.cell(row, column);
            cells.push(Cell {
                row: dim,
                column,
                value: Some(found.factors.share(column, dim)),
                x: css(rect.x),
                y: css(rect.y),
                width: css(rect.width),
                height: css(rect.height),
            });
        }
    }
    ChartLayout {
        summary: found.factors.in_words().join(" "),
        order: Some(found.order.clone()),
        cells: Some(cells),
        bars: Some(bars),
        ..ChartLayout::default()
    }
}

/// The height at which an area so wide shows it best, in CSS pixels.
#[must_use]
pub fn factors_height(width: f64, known: &Known, spec: &FigureSpec, style: &Style) -> f64 {
    let found = Found::of(known, spec);
    let place = Layout::new(
        style.px(width),
        size(found.as_ref(), spec),
        spec.dims,
        style,
    );
    (f64::from(place.gaps.bottom() + style.em(FOOT)) / style.scale).ceil()
}

/// Mutual information in nats, dimension by dimension, then entropies and gaps of the factors.
#[must_use]
pub fn factors_numbers(known: &Known, spec: &FigureSpec) -> NumberTable {
    let Some(found) = Found::of(known, spec) else {
        return NumberTable::new(UNKNOWN, ["Dimension"]);
    };
    let factors = found.factors;
    let mut table = NumberTable::new(
        "Mutual information of dimensions and factors in nats, less that of shuffled factors",
        ["Dimension"],
    );
    table.columns.extend(factors.names.iter().cloned());
    let cells = |name: String, numbers: Vec<f32>| {
        let number = |number: f32| format!("{number:.3}").replace('-', "−");
        std::iter::once(name)
            .chain(numbers.into_iter().map(number))
            .collect()
    };
    let row = |&dim: &usize| {
        let numbers = factors.information.iter().map(|of| of[dim]).collect();
        cells((dim + 1).to_string(), numbers)
    };
    table.rows = found.order.iter().map(row).collect();
    table
        .rows
        .push(cells("entropy".into(), factors.entropy.clone()));
    table.rows.push(cells("gap".into(), factors.gaps.clone()));
    table
}

const UNKNOWN: &str = "Which dimension carries which factor is not known";
