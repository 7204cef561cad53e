//! The order of the dimensions after every epoch: by how much a class needs them.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::PathElement;
use plotters::style::text_anchor::HPos;
use plotters::style::{Color, RGBColor};
use plotters_backend::DrawingBackend;

use crate::data::ClassSummary;
use crate::history::Emergence;
use crate::numerals::counted;

use super::chart::{ChartLayout, Extra, Known};
use super::draw::{DrawError, Pen, SCALE_LABELS};
use super::emergence::emergence_of;
use super::epochs::Epochs;
use super::figure::FigureSpec;
use super::layout::Rect;
use super::maps::unknown;
use super::marks::Shape;
use super::number::{significant, sort_largest_first};
use super::palette::category;
use super::similarity::Cell;
use super::style::{Colour, Style, Type};
use super::table::NumberTable;

/// The first so many in the end have colours of their own.
const COLOURED: usize = 10;

/// What is drawn.
struct Found<'a> {
    emergence: &'a Emergence,
    class: usize,
    name: &'a str,
    /// Rank of every dimension after every epoch, from 0; absent where the class does not need it.
    ranks: Vec<Vec<Option<usize>>>,
    /// How many lines there is room for.
    most: usize,
}

impl<'a> Found<'a> {
    fn of(known: &'a Known, spec: &FigureSpec) -> Option<Self> {
        let report = known.report.as_ref()?;
        let emergence = emergence_of(report, spec)?;
        let class = report
            .classes
            .get(spec.class)
            .filter(|class| ClassSummary::is_measured(class))?;
        let of_class = emergence
            .latent_importance
            .iter()
            .map(|rows| &rows[spec.class]);
        let ranks: Vec<_> = of_class.map(|row| ranked(row)).collect();
        let needed = |row: &Vec<Option<usize>>| row.iter().flatten().count();
        let most = ranks.iter().map(needed).max().unwrap_or(0);
        Some(Self {
            emergence,
            class: spec.class,
            name: &class.name,
            ranks,
            most: most.max(1),
        })
    }

    /// IE after an epoch.
    fn importance(&self, at: usize, dim: usize) -> f64 {
        f64::from(self.emergence.latent_importance[at][self.class][dim])
    }

    fn last(&self) -> usize {
        self.ranks.len() - 1
    }

    /// Dimensions in their order after an epoch; those that the class does not need are left out.
    fn order(&self, at: usize) -> Vec<usize> {
        let ranks = &self.ranks[at];
        let mut order: Vec<usize> = (0..ranks.len())
            .filter(|&dim| ranks[dim].is_some())
            .collect();
        order.sort_by_key(|&dim| ranks[dim]);
        order
    }

    fn colour(&self, dim: usize, style: &Style) -> Option<Colour> {
        let rank = self.ranks[self.last()][dim]?;
        (rank < COLOURED).then(|| category(rank, style.background))
    }
}

/// The rank of each number above 0, the largest first; the first of equals.
fn ranked(numbers: &[f32]) -> Vec<Option<usize>> {
    let mut order: Vec<usize> = (0..numbers.len())
        .filter(|&dim| numbers[dim] > 0.0)
        .collect();
    sort_largest_first(&mut order, &|dim| f64::from(numbers[dim]));
    let mut ranks = vec![None; numbers.len()];
    for (rank, dim) in order.into_iter().enumerate() {
        ranks[dim] = Some(rank);
    }
    ranks
}

/// Lengths in ems: the heading with a line below it, from one rank to the next, and what stands below them.
const HEAD: f64 = 3.6;
const STEP: f64 = 1.5;
const FOOT: f64 = 2.2;
/// Ranks for which room is kept while nothing is known.
const USUAL: usize = 32;

/// Where the lines are, from the first rank to the last.
fn plot(width: i32, most: usize, dims: usize, style: &Style) -> Rect {
    let ranks = style.label_width(dims.to_string().len()) + style.em(0.9);
    let names = style.label_width("dim. ".len() + dims.to_string().len()) + style.em(0.6);
    Rect {
        x: ranks,
        y: style.em(HEAD),
        width: (width - ranks - names).max(1),
        height: style.em(STEP) * most as i32,
    }
}

/// Draws the ranks of the dimensions to the class of `spec` over the whole of `area`.
///
/// # Errors
/// If the backend cannot draw.
pub fn ranks<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    known: &Known,
    (spec, _): (&FigureSpec, &Extra),
    style: &Style,
) -> Result<ChartLayout, DrawError<DB>> {
    let pen = Pen { area, style };
    area.fill(&RGBColor::from(style.background))?;
    let width = area.dim_in_pixel().0 as i32;
    let Some(found) = Found::of(known, spec) else {
        pen.heading("Order over epochs", (style.hairline(), style.em(0.7)))?;
        pen.fill(
            plot(width, USUAL.min(spec.dims), spec.dims, style),
            unknown(style),
        )?;
        return Ok(format!("{UNKNOWN}.").into());
    };
    let plot = plot(width, found.most, spec.dims, style);
    let heading = style.shortened(
        &[
            &format!(
                "Order of the dimensions by their importance to class {}",
                found.name
            ),
            &format!("Order of the dimensions, class {}", found.name),
            &format!("Order, class {}", found.name),
        ],
        Type::Heading,
        width,
    );
    pen.heading(&heading, (style.hairline(), style.em(0.7)))?;
    let note = style.shortened(
        &[
            "1: most important; no line where the class does not need the dimension at all",
            "no line where the class does not need it",
            "1: most important",
        ],
        Type::Label,
        width,
    );
    pen.note(&note, HPos::Left, (style.hairline(), style.em(2.1)))?;
    let lines = Lines {
        found: &found,
        epochs: Epochs {
            plot,
            epochs: &found.emergence.epochs,
        },
    };
    lines.draw(&pen)?;
    Ok(ChartLayout {
        summary: summary(&found),
        order: Some(found.order(found.last())),
        cells: Some(lines.cells(style)),
        ..ChartLayout::default()
    })
}

/// A line for each dimension.
struct Lines<'a> {
    found: &'a Found<'a>,
    epochs: Epochs<'a>,
}

impl Lines<'_> {
    fn at(&self, epoch: usize, dim: usize, style: &Style) -> Option<(i32, i32)> {
        let rank = self.found.ranks[epoch][dim]? as i32;
        let step = style.em(STEP);
        let y = self.epochs.plot.y + rank * step + step / 2;
        Some((self.epochs.middle(epoch), y))
    }

    fn draw<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>) -> Result<(), DrawError<DB>> {
        let (style, found, plot) = (pen.style, self.found, self.epochs.plot);
        for rank in 0..found.most {
            let y = plot.y + rank as i32 * style.em(STEP) + style.em(STEP) / 2;
            pen.level(
                y,
                (plot.x, plot.right()),
                style.background.mixed(style.grid, 0.6),
            )?;
            let at = (plot.x - style.em(0.6), y);
            pen.note(&(rank + 1).to_string(), HPos::Right, at)?;
        }
        // The first are drawn last.
        let mut order: Vec<usize> = (0..found.ranks[0].len()).collect();
        let last = &found.ranks[found.last()];
        order.sort_by_key(|&dim| {
            let rank = last[dim].map_or(usize::MAX, |rank| rank);
            usize::MAX - rank
        });
        for dim in order {
            self.line(pen, dim)?;
        }
        for dim in found.order(found.last()) {
            let Some((_, y)) = self.at(found.last(), dim, style) else {
                continue;
            };
            let name = format!("dim. {}", dim + 1);
            let at = (plot.right() + style.em(0.5), y);
            pen.text(&name, Type::Label, style.text, HPos::Left, at)?;
        }
        let labels = plot.bottom() + style.em(SCALE_LABELS);
        self.epochs.labels(pen, labels)?;
        pen.note("epochs", HPos::Left, (plot.right() + style.em(0.5), labels))
    }

    /// In pieces, where there are epochs after which the class does not need the dimension.
    fn line<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, dim: usize) -> Result<(), DrawError<DB>> {
        let style = pen.style;
        let grey = style.background.mixed(style.muted, 0.45);
        let colour = self.found.colour(dim, style).unwrap_or(grey);
        let stroke = RGBColor::from(colour).stroke_width(style.stroke() as u32);
        let mut piece: Vec<(i32, i32)> = Vec::new();
        let epochs = self.found.ranks.len();
        for epoch in 0..=epochs {
            let at = (epoch < epochs)
                .then(|| self.at(epoch, dim, style))
                .flatten();
            if let Some(at) = at {
                piece.push(at);
                continue;
            }
            let ended = std::mem::take(&mut piece);
            if ended.is_empty() {
                continue;
            }
            // Where it begins, ends, or is alone.
            let radius = f64::from(style.px(2.6).max(2));
            let ends = vec![ended[0], ended[ended.len() - 1]];
            Shape::of(0).draw_all(pen, ends, radius, colour)?;
            if ended.len() > 1 {
                pen.area.draw(&PathElement::new(ended, stroke))?;
            }
        }
        Ok(())
    }

    /// A place for every dimension and epoch at which it has a rank.
    fn cells(&self, style: &Style) -> Vec<Cell> {
        let css = |length: i32| f64::from(length) / style.scale;
        let step = style.em(STEP);
        let mut cells = Vec::new();
        for (epoch, ranks) in self.found.ranks.iter().enumerate() {
            let (left, right) = self.epochs.column(epoch);
            for dim in 0..ranks.len() {
                let Some((_, y)) = self.at(epoch, dim, style) else {
                    continue;
                };
                cells.push(Cell {
                    row: dim,
                    column: epoch,
                    value: Some(self.found.importance(epoch, dim)),
                    x: css(left),
                    y: css(y - step / 2),
                    width: css(right - left),
                    height: css(step),
                });
            }
        }
        cells
    }
}

/// The height at which an area so wide shows it best, in CSS pixels.
#[must_use]
pub fn ranks_height(width: f64, known: &Known, spec: &FigureSpec, style: &Style) -> f64 {
    let most = Found::of(known, spec).map_or(USUAL.min(spec.dims), |found| found.most);
    let plot = plot(style.px(width), most, spec.dims, style);
    (f64::from(plot.bottom() + style.em(FOOT)) / style.scale).ceil()
}

/// The rank of every dimension after every epoch, those first that are first in the end.
#[must_use]
pub fn ranks_numbers(known: &Known, (spec, _): (&FigureSpec, &Extra)) -> NumberTable {
    let head = ["Dimension", "Importance in the end"];
    let Some(found) = Found::of(known, spec) else {
        return NumberTable::new(UNKNOWN, head);
    };
    let caption = format!(
        "Ranks of the dimensions by their importance to class {} after every epoch",
        found.name
    );
    let mut table = NumberTable::new(caption, head);
    let epochs = found.emergence.epochs.iter();
    table
        .columns
        .extend(epochs.map(|epoch| format!("Rank after epoch {epoch}")));
    let mut order = found.order(found.last());
    let absent = (0..spec.dims).filter(|dim| !order.contains(dim));
    let absent: Vec<usize> = absent.collect();
    order.extend(absent);
    table.rows = order
        .into_iter()
        .map(|dim| {
            let ranks = found
                .ranks
                .iter()
                .map(|ranks| ranks[dim].map_or(String::new(), |rank| (rank + 1).to_string()));
            let importance = significant(found.importance(found.last(), dim), 4);
            [(dim + 1).to_string(), importance]
                .into_iter()
                .chain(ranks)
                .collect()
        })
        .collect();
    table
}

const UNKNOWN: &str = "The order of the dimensions over the epochs is not known yet";

/// How many dimensions are named.
const NAMED: usize = 5;

fn summary(found: &Found<'_>) -> String {
    let last = found.last();
    let order = found.order(last);
    let epochs = &found.emergence.epochs;
    let after = |at: usize| match epochs[at] {
        0 => "before training".to_owned(),
        epoch => format!("after epoch {epoch}"),
    };
    let first = |at: usize| {
        let named = found.order(at).into_iter().take(NAMED);
        named
            .map(|dim| (dim + 1).to_string())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let mut said = vec![format!(
        "The order of {} by their importance to class {}, measured after {}.",
        counted(found.emergence.emerged.len(), "dimension", "dimensions"),
        found.name,
        counted(epochs.len(), "epoch", "epochs"),
    )];
    if order.is_empty() {
        said.push("In the end the class needs none of them.".into());
        return said.join(" ");
    }
    said.push(format!(
        "First {}: {}; {}: {}.",
        after(0),
        first(0),
        after(last),
        first(last)
    ));
    // Since when the first in the end is first.
    let leader = order[0];
    let since = (0..=last)
        .rev()
        .take_while(|&at| found.ranks[at][leader] == Some(0))
        .last();
    if let Some(since) = since {
        let when = match epochs[since] {
            0 => "all the time".into(),
            epoch => format!("since epoch {epoch}"),
        };
        said.push(format!("Dimension {} is first {when}.", leader + 1));
    }
    said.join(" ")
}
