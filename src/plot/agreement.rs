//! How far the methods agree: a matrix of Spearman's ρ between their maps, of one dimension or averaged
//! over all.

use ndarray::Array2;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use crate::attribution::{Agreement, Attribution};
use crate::report::{DataForm, Report};

use super::draw::{DrawError, Pen, SCALE_LABELS, SCALE_TITLE};
use super::figure::FigureSpec;
use super::heatmap::Heatmap;
use super::maps::{ramp, unknown};
use super::number::sort_largest_first;
use super::opinions::methods;
use super::palette::{ColourScale, Kind};
use super::similarity::{Cell, Place, SimilarityLayout, labels, readable};
use super::style::{Style, Type};
use super::table::NumberTable;

/// What is drawn.
struct Found {
    methods: Vec<Attribution>,
    spearman: Array2<Option<f64>>,
    overlap: Array2<Option<f64>>,
}

impl Found {
    fn of(report: Option<&Report>, spec: &FigureSpec, dim: Option<usize>) -> Option<Self> {
        let opinions = report?.opinions.as_ref()?;
        let methods = methods(report);
        let count = methods.len();
        let [mut spearman, mut overlap] = [(); 2].map(|()| Array2::from_elem((count, count), None));
        let place = |method| methods.iter().position(|&found| found == method);
        for Agreement {
            a,
            b,
            spearman: rho,
            overlap: share,
        } in &opinions.agreement
        {
            if [rho.len(), share.len()] != [spec.dims; 2] {
                return None;
            }
            for cell in [place(*a).zip(place(*b)), place(*b).zip(place(*a))] {
                let cell = cell?;
                spearman[cell] = taken(rho, dim);
                overlap[cell] = taken(share, dim);
            }
        }
        Some(Self {
            methods,
            spearman,
            overlap,
        })
    }

    fn labels(&self, form: DataForm) -> Vec<&'static str> {
        let label = |method: &Attribution| match (method, form) {
            (Attribution::Variance, DataForm::Signal | DataForm::Table) => "variance",
            _ => method.label(),
        };
        self.methods.iter().map(label).collect()
    }
}

/// That of one dimension, or the mean over those that have one.
fn taken(numbers: &[Option<f32>], dim: Option<usize>) -> Option<f64> {
    if let Some(dim) = dim {
        return Some(f64::from((*numbers.get(dim)?)?));
    }
    let known: Vec<f64> = numbers.iter().flatten().copied().map(f64::from).collect();
    (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
}

/// Draws the matrix over the whole of `area`, of a dimension (counted from 0) or averaged over all that
/// have one. Rows and columns of its cells are the methods: the run's own, then the others as they were
/// asked.
///
/// # Errors
/// If the backend cannot draw.
pub fn agreement<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    report: Option<&Report>,
    spec: &FigureSpec,
    dim: Option<usize>,
    style: &Style,
) -> Result<SimilarityLayout, DrawError<DB>> {
    let pen = Pen { area, style };
    area.fill(&RGBColor::from(style.background))?;
    let (width, height) = area.dim_in_pixel();
    let found = Found::of(report, spec, dim);
    let names = found
        .as_ref()
        .map_or(Vec::new(), |found| found.labels(spec.form()));
    let place = Place::new((width as i32, height as i32), &names, style);
    let whose = whose(dim);
    let heading = style.shortened(
        &[
            &format!("Agreement of methods, {whose}"),
            &format!("Agreement, {whose}"),
            &whose,
        ],
        Type::Heading,
        width as i32,
    );
    pen.heading(&heading, (style.hairline(), style.em(0.7)))?;
    pen.frame(place.matrix, style.grid)?;
    let scale = ColourScale::new(Kind::Diverging, 1.0, spec.palette, style.background);
    let mut cells = Vec::new();
    if let Some(found) = &found {
        let value = |row, column| at(found, row, column).unwrap_or(f64::NAN);
        let size = found.spearman.dim();
        pen.area
            .draw(&Heatmap::new(place.matrix, size, value, &scale))?;
        let css = |length: i32| f64::from(length) / style.scale;
        for ((row, column), _) in found.spearman.indexed_iter() {
            let rect = place.cell(row, column);
            let value = at(found, row, column);
            if value.is_none() {
                pen.fill(rect, unknown(style))?;
            }
            if place.side >= style.label_width(5) {
                let ground = value.map_or(unknown(style), |value| scale.colour(value));
                let colour = readable(ground, style);
                let written = written(value);
                pen.text(&written, Type::Label, colour, HPos::Center, rect.middle())?;
            }
            cells.push(Cell {
                row,
                column,
                value,
                x: css(rect.x),
                y: css(rect.y),
                width: css(rect.width),
                height: css(rect.height),
            });
        }
    } else {
        pen.fill(place.matrix, unknown(style))?;
    }
    let order: Vec<usize> = (0..names.len()).collect();
    labels(&pen, &place, &names, &order)?;
    let bar = place.legend;
    pen.frame(bar, style.grid)?;
    ramp(&pen, bar, &scale)?;
    let below = bar.bottom() + style.em(SCALE_LABELS);
    pen.note("−1", HPos::Left, (bar.x, below))?;
    pen.note("0", HPos::Center, (bar.middle().0, below))?;
    pen.note("1", HPos::Right, (bar.right(), below))?;
    let room = width as i32 - bar.x;
    let title = style.shortened(
        &[
            &spec.say("Spearman's ρ over pixels that vary"),
            "Spearman's ρ",
        ],
        Type::Label,
        room,
    );
    let title_at = (bar.x, bar.bottom() + style.em(SCALE_TITLE));
    pen.note(&title, HPos::Left, title_at)?;
    Ok(SimilarityLayout {
        summary: summary(found.as_ref(), &whose, spec),
        cells,
    })
}

fn at(found: &Found, row: usize, column: usize) -> Option<f64> {
    if row == column {
        Some(1.0)
    } else {
        found.spearman[(row, column)]
    }
}

fn whose(dim: Option<usize>) -> String {
    dim.map_or("mean over dimensions".into(), |dim| {
        format!("dimension {}", dim + 1)
    })
}

fn written(value: Option<f64>) -> String {
    let written = |value: f64| format!("{value:.2}").replace('-', "−");
    value.map_or("–".into(), written)
}

/// The height, in CSS pixels, at which an area `width` CSS pixels wide shows the matrix best.
#[must_use]
pub fn agreement_height(
    width: f64,
    report: Option<&Report>,
    spec: &FigureSpec,
    style: &Style,
) -> f64 {
    let found = Found::of(report, spec, None);
    let names = found.map_or(Vec::new(), |found| found.labels(spec.form()));
    Place::good_height(width, &names, style)
}

/// Every two methods, the most alike first: Spearman's ρ, and how many of their first pixels they share.
#[must_use]
pub fn agreement_numbers(
    report: Option<&Report>,
    spec: &FigureSpec,
    dim: Option<usize>,
) -> NumberTable {
    let found = Found::of(report, spec, dim);
    let mut table = NumberTable::new(
        match &found {
            Some(_) => format!("How far the methods agree, {}", whose(dim)),
            None => UNKNOWN.into(),
        },
        [
            "Methods",
            "Spearman's ρ",
            &spec.say("Shared of the first 5 % of pixels"),
        ],
    );
    if let Some(found) = &found {
        let row = |(a, b): &(usize, usize)| {
            let names = [*a, *b].map(|method| spec.say(found.methods[method].name()));
            let share = found.overlap[(*a, *b)];
            vec![
                names.join(" and "),
                written(found.spearman[(*a, *b)]),
                share.map_or("–".into(), |share| format!("{:.0} %", 100.0 * share)),
            ]
        };
        table.rows = pairs(found).iter().map(row).collect();
    }
    table
}

/// Every two methods, the most alike first, those that cannot be compared last.
fn pairs(found: &Found) -> Vec<(usize, usize)> {
    let count = found.methods.len();
    let all: Vec<(usize, usize)> = (0..count)
        .flat_map(|a| (a + 1..count).map(move |b| (a, b)))
        .collect();
    let mut order: Vec<usize> = (0..all.len()).collect();
    sort_largest_first(&mut order, &|pair| {
        found.spearman[all[pair]].unwrap_or(f64::NEG_INFINITY)
    });
    order.into_iter().map(|pair| all[pair]).collect()
}

const UNKNOWN: &str = "How far the methods agree is not known yet";

fn summary(found: Option<&Found>, whose: &str, spec: &FigureSpec) -> String {
    let Some(found) = found else {
        return format!("{UNKNOWN}.");
    };
    let pairs = pairs(found);
    let known = |pair: &&(usize, usize)| found.spearman[**pair].is_some();
    let said = |&(a, b): &(usize, usize)| {
        let names = [a, b].map(|method| found.methods[method].name());
        format!(
            "{} ({})",
            names.join(" and "),
            written(found.spearman[(a, b)])
        )
    };
    let most = pairs.iter().find(known);
    let most = most.map_or(String::new(), |pair| {
        format!(" Most alike: {}.", said(pair))
    });
    let least = pairs.iter().rev().find(known);
    let least = least.map_or(String::new(), |pair| {
        format!(" Least alike: {}.", said(pair))
    });
    spec.say(format!(
        "Spearman's ρ between the maps of {} methods over pixels that vary, {whose}.{most}{least}",
        found.methods.len()
    ))
}
