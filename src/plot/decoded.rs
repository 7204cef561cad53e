//! What the decoder makes of a grid of places of the latent space: of a plane of two dimensions, or of draws from
//! the standard normal distribution.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use crate::data::DataForm;
use crate::latents::{Decoded, Plane};
use crate::numerals::{counted, grouped};
use crate::report::Report;

use super::chart::{ChartLayout, Known};
use super::draw::{DrawError, Pen, SCALE_LABELS, SCALE_TITLE};
use super::figure::FigureSpec;
use super::layout::Rect;
use super::maps::unknown;
use super::number::significant;
use super::reconstructions::{fitted, image, mean_of};
use super::row_pairs::{SHAPE, small};
use super::similarity::Cell;
use super::space::PlaneLayout;
use super::style::{Style, Type};
use super::table::NumberTable;

/// Lengths in ems: above the grid, and below it where it has axes.
const HEADING: f64 = 1.75;
const TITLE: f64 = 1.4;
const BELOW: f64 = 3.0;
/// The widest image of the grid, and the widest grid.
const WIDEST: f64 = 6.0;
const GRID: f64 = 46.0;
/// Images are at least so high that they are not more than so many times as wide.
const LOWEST: usize = 6;
/// The grid that is drawn empty.
const USUAL: (usize, usize) = (1, 9);
const UNKNOWN: &str = "What the decoder makes of places of the latent space is not known yet";

/// Where the grid stands.
struct Place {
    left: i32,
    top: i32,
    cell: (i32, i32),
    gap: i32,
}

impl Place {
    fn new(
        width: i32,
        height: i32,
        (grid, has_axes): ((usize, usize), bool),
        spec: &FigureSpec,
        style: &Style,
    ) -> Self {
        let (rows, columns) = (grid.0.max(1) as i32, grid.1.max(1) as i32);
        let (left, title, below) = if has_axes {
            (
                style.label_width(6) + style.em(0.5),
                style.em(TITLE),
                style.em(BELOW),
            )
        } else {
            (style.hairline(), 0, style.hairline())
        };
        let gap = if has_axes && spec.form() == DataForm::Image {
            style.hairline()
        } else {
            style.px(4.0)
        };
        let top = style.em(HEADING) + title;
        let shape = if spec.form() == DataForm::Image {
            let drawn = spec.orientation().drawn();
            // A row of pixels is to be seen, too.
            (
                drawn.width.max(1) as i32,
                drawn.height.max(drawn.width / LOWEST).max(1) as i32,
            )
        } else {
            SHAPE
        };
        let free = |length: i32, count: i32| (length - (count - 1) * gap) / count;
        let room = (
            free((width - left - style.em(0.5)).min(style.em(GRID)), columns).min(style.em(WIDEST)),
            free((height - top - below).min(style.em(GRID)), rows).min(style.em(WIDEST)),
        );
        Self {
            left,
            top,
            cell: fitted(shape, (room.0.max(1), room.1.max(1))),
            gap,
        }
    }

    fn rect(&self, (row, column): (usize, usize)) -> Rect {
        Rect {
            x: self.left + column as i32 * (self.cell.0 + self.gap),
            y: self.top + row as i32 * (self.cell.1 + self.gap),
            width: self.cell.0,
            height: self.cell.1,
        }
    }
}

/// Draws the grid over the whole of `area`, as far as it is decoded.
///
/// # Errors
/// If the backend cannot draw.
pub fn decoded<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    known: &Known,
    spec: &FigureSpec,
    style: &Style,
) -> Result<ChartLayout, DrawError<DB>> {
    area.fill(&RGBColor::from(style.background))?;
    let pen = Pen { area, style };
    let (width, height) = area.dim_in_pixel();
    let found = known.decoded.as_ref();
    let plane = found.and_then(Decoded::plane);
    let (rows, columns) = found.map_or(USUAL, Decoded::grid);
    let place = Place::new(
        width as i32,
        height as i32,
        ((rows, columns), plane.is_some()),
        spec,
        style,
    );
    let heading = match (found, plane) {
        (Some(_), None) => "Decoded draws from the standard normal distribution",
        (Some(_), Some(_)) => "Decoded plane of two dimensions",
        (None, _) => "Decoded latents",
    };
    let heading = style.shortened(
        &[heading, "Decoded"],
        Type::Heading,
        width as i32 - style.hairline(),
    );
    pen.heading(&heading, (style.hairline(), style.em(0.7)))?;
    let range = known
        .report
        .as_ref()
        .map_or((0.0, 1.0), Report::shown_range);
    let css = |length: i32| f64::from(length) / style.scale;
    let mut cells = Vec::with_capacity(rows * columns);
    for at in 0..rows * columns {
        let (row, column) = (at / columns, at % columns);
        let rect = place.rect((row, column));
        let made = found.and_then(|found| found.image(at));
        match made.filter(|made| made.len() == spec.image.size()) {
            Some(made) if spec.form() == DataForm::Image => {
                image(&pen, rect, (spec, range), made)?;
            }
            Some(made) => {
                let share = |value: &f32| f64::from((value - range.0) / (range.1 - range.0));
                let shares: Vec<f64> = made.iter().map(share).collect();
                pen.frame(rect, style.grid)?;
                small(&pen, rect, spec.form(), &shares)?;
            }
            None => pen.fill(rect, unknown(style))?,
        }
        cells.push(Cell {
            row,
            column,
            value: None,
            x: css(rect.x),
            y: css(rect.y),
            width: css(rect.width),
            height: css(rect.height),
        });
    }
    if let Some(plane) = plane {
        axes(&pen, &place, plane, (rows, columns))?;
    }
    Ok(ChartLayout {
        summary: summary(found, spec),
        plane: plane.map(|plane| PlaneLayout {
            x: css(place.left),
            y: css(place.top),
            width: css(place.rect((0, columns.saturating_sub(1))).right() - place.left),
            height: css(place.rect((rows.saturating_sub(1), 0)).bottom() - place.top),
            window: plane.window,
            whole: plane.window,
            dims: Some(plane.dims),
            legend: Vec::new(),
        }),
        cells: found.is_some().then_some(cells),
        ..ChartLayout::default()
    })
}

/// The values at the ends and the middle of both axes, and what they are.
fn axes<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Place,
    plane: &Plane,
    (rows, columns): (usize, usize),
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let [across, up] = plane.dims.map(|dim| dim + 1);
    let bottom = place.rect((rows.saturating_sub(1), 0)).bottom();
    for column in shown_along(columns) {
        let [value, _] = plane.place((0, column), (rows, columns));
        let at = place.rect((0, column)).middle().0;
        let label = significant(value, 2);
        pen.note(&label, HPos::Center, (at, bottom + style.em(SCALE_LABELS)))?;
    }
    for row in shown_along(rows) {
        let [_, value] = plane.place((row, 0), (rows, columns));
        let at = place.rect((row, 0)).middle().1;
        let label = significant(value, 2);
        pen.note(&label, HPos::Right, (place.left - style.em(0.4), at))?;
    }
    let title = format!("dimension {across}, from left to right");
    pen.note(
        &title,
        HPos::Left,
        (place.left, bottom + style.em(SCALE_TITLE)),
    )?;
    let title = format!("dimension {up}, upwards");
    let above = place.top - style.em(TITLE / 2.0);
    pen.note(&title, HPos::Left, (style.hairline(), above))
}

/// The first, the middle and the last of so many steps.
fn shown_along(steps: usize) -> Vec<usize> {
    let mut shown = vec![0, steps.saturating_sub(1) / 2, steps.saturating_sub(1)];
    if steps.is_multiple_of(2) {
        shown.remove(1);
    }
    shown.dedup();
    shown
}

/// The height at which an area so wide shows it best, in CSS pixels.
#[must_use]
pub fn decoded_height(width: f64, known: &Known, spec: &FigureSpec, style: &Style) -> f64 {
    let found = known.decoded.as_ref();
    let grid = found.map_or(USUAL, Decoded::grid);
    let has_axes = found.is_none_or(|found| found.plane().is_some());
    let place = Place::new(style.px(width), i32::MAX / 2, (grid, has_axes), spec, style);
    let last = place.rect((grid.0.saturating_sub(1), 0)).bottom();
    let below = if has_axes {
        style.em(BELOW)
    } else {
        style.hairline()
    };
    (f64::from(last + below) / style.scale).ceil()
}

fn summary(found: Option<&Decoded>, spec: &FigureSpec) -> String {
    let Some(found) = found else {
        return format!("{UNKNOWN}.");
    };
    let (rows, columns) = found.grid();
    let places = rows * columns;
    let pending = if found.done() < places {
        format!(" {} of them are decoded so far.", grouped(found.done()))
    } else {
        String::new()
    };
    let shown = mean_of(spec.image).map_or(String::new(), |mean| format!(" Shown is {mean}."));
    let Some(plane) = found.plane() else {
        return format!(
            "What the decoder makes of {} from the standard normal distribution of {}.{pending}{shown}",
            counted(places, "draw", "draws"),
            counted(spec.dims, "dimension", "dimensions"),
        );
    };
    let [across, up] = plane.dims.map(|dim| dim + 1);
    let [[left, right], [lower, upper]] =
        plane.window.map(|ends| ends.map(|end| significant(end, 2)));
    let others = match (plane.held.len().saturating_sub(2), plane.of_prior) {
        (0, _) => String::new(),
        (_, true) => ", the others at 0".into(),
        (_, false) => ", the others at their means".into(),
    };
    format!(
        "What the decoder makes of {columns} × {rows} places: dimension {across} from {left} to {right} from \
         left to right, dimension {up} from {lower} to {upper} upwards{others}.{pending}{shown}"
    )
}

/// The places, and the mean of what is made of each.
#[must_use]
pub fn decoded_numbers(known: &Known) -> NumberTable {
    let Some(found) = &known.decoded else {
        return NumberTable::new(UNKNOWN, ["Place"]);
    };
    let (rows, columns) = found.grid();
    let mut table = NumberTable::new(
        "Places of the latent space, row by row from the upper left, and the mean of the numbers that the \
         decoder makes of each",
        ["Row, column"],
    );
    let dims: Vec<usize> = match found.plane() {
        Some(plane) => plane.dims.to_vec(),
        None => (0..found.latents(0).len().min(MOST)).collect(),
    };
    let heads = dims.iter().map(|dim| format!("Dimension {}", dim + 1));
    table.columns.extend(heads);
    table.columns.push("Mean".into());
    let row = |at: usize| {
        let latents = found.latents(at);
        let mut cells = vec![format!("{}, {}", at / columns + 1, at % columns + 1)];
        cells.extend(
            dims.iter()
                .map(|&dim| significant(f64::from(latents[dim]), 3)),
        );
        let mean = found.image(at).map(|image| {
            let sum: f64 = image.iter().copied().map(f64::from).sum();
            sum / image.len().max(1) as f64
        });
        cells.push(mean.map_or(String::new(), |mean| significant(mean, 3)));
        cells
    };
    table.rows = (0..rows * columns).map(row).collect();
    table
}

/// So many dimensions of draws are written out.
const MOST: usize = 8;
