//! Maps and importance beside those of networks that have nothing to learn: how alike each map is to the one
//! before training and to the variance of the pixels, and importance in order beside that of a network that
//! was trained on permuted pixels.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use crate::attribution::Attribution;
use crate::networks::Controls;
use crate::report::{Metric, Report, Unit};

use super::chart::{ChartLayout, Extra, Known};
use super::draw::{DrawError, Pen, SCALE_LABELS, SCALE_TITLE};
use super::figure::{FigureSpec, Place};
use super::layout::Rect;
use super::maps::unknown;
use super::marks::Shape;
use super::number::{significant, sort_largest_first, ticks};
use super::palette::category;
use super::rows::{Axis, Key, Rows, keys, keys_height};
use super::shown::Shown;
use super::style::{Colour, Style, Type};
use super::table::NumberTable;

/// Lengths in ems: the heading, a line of titles, what stands below an axis, between the two panels, the
/// plot of importance.
const HEADING: f64 = 1.75;
const TITLES: f64 = 1.3;
const FOOT: f64 = 2.9;
const GAP: f64 = 2.6;
const PLOT: f64 = 17.0;
/// Narrower areas set importance below the maps.
const STACKED: f64 = 44.0;
/// The rows' share of a wide area.
const SHARE: f64 = 0.5;

/// What is known of the controls, where it is of the figure's dimensions.
struct Found<'a> {
    controls: &'a Controls,
    order: Vec<usize>,
    /// Importance of the class in order, the largest first: own, and the control's.
    sorted: [Vec<f64>; 2],
    class: Option<&'a str>,
    metric: Metric,
    /// The numbers of the rows are those of V in the paper.
    known: Vec<[Option<f32>; 2]>,
    spec: &'a FigureSpec,
}

/// The figure as the paper has it: controls are of V of single pixels.
fn papers(spec: &FigureSpec) -> FigureSpec {
    FigureSpec {
        maps: Attribution::Permutation,
        single: true,
        unit: Unit::Paper,
        ..spec.clone()
    }
}

impl<'a> Found<'a> {
    fn of(report: Option<&'a Report>, spec: &'a FigureSpec) -> Option<Self> {
        let controls = report?.controls.as_ref()?;
        if [controls.untrained.len(), controls.variance.len()] != [spec.dims; 2] {
            return None;
        }
        let shown = Shown::new(report, spec);
        let own = (0..spec.dims).filter_map(|dim| shown.bar(dim).map(|(mean, _)| mean));
        let permuted = controls.permuted.as_ref();
        let theirs = permuted.and_then(|control| {
            let rows = match spec.metric {
                Metric::Mse => &control.latent_importance,
                Metric::Rmse => &control.latent_importance_rmse,
            };
            rows.get(spec.class).filter(|_| shown.measured)
        });
        let theirs = theirs.map_or(Vec::new(), |row| {
            row.iter().copied().map(f64::from).collect()
        });
        let known = controls.untrained.iter().zip(&controls.variance);
        Some(Self {
            controls,
            sorted: [own.collect(), theirs].map(sorted),
            class: shown.class,
            metric: spec.metric,
            known: known
                .map(|(&before, &variance)| [before, variance])
                .collect(),
            order: shown.order,
            spec,
        })
    }

    /// The largest number of both networks; `None` where nothing is known or everything is 0.
    fn longest(&self) -> Option<f64> {
        let longest = self.sorted.iter().flatten().copied().fold(0.0, f64::max);
        (longest > 0.0).then_some(longest)
    }

    fn class(&self) -> &str {
        self.class.unwrap_or_default()
    }

    /// Of how many dimensions importance is above the control's largest.
    fn above(&self) -> Option<usize> {
        let [own, theirs] = &self.sorted;
        let most = *theirs.first()?;
        Some(own.iter().filter(|value| **value > most).count())
    }
}

fn sorted(numbers: Vec<f64>) -> Vec<f64> {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    sort_largest_first(&mut order, &|at| numbers[at]);
    order.into_iter().map(|at| numbers[at]).collect()
}

/// Draws the controls over the whole of `area`, as far as they are known. Bars are the rows.
///
/// # Errors
/// If the backend cannot draw.
pub fn controls<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    known: &Known,
    (spec, _): (&FigureSpec, &Extra),
    style: &Style,
) -> Result<ChartLayout, DrawError<DB>> {
    let pen = Pen { area, style };
    area.fill(&RGBColor::from(style.background))?;
    let (width, _) = area.dim_in_pixel();
    let width = width as i32;
    let spec = &papers(spec);
    let found = Found::of(known.report.as_ref(), spec);
    let order = found.as_ref().map_or_else(
        || (0..spec.most_shown()).collect(),
        |found| found.order.clone(),
    );
    let place = Layout::new(width, order.len(), spec, style);
    let edge = style.hairline();
    let heading = style.shortened(
        &["Maps beside controls", "Maps"],
        Type::Heading,
        place.rows_end,
    );
    pen.heading(&heading, (edge, style.em(0.6)))?;
    let at = (
        place.plot_left,
        place.plot.y - style.em(HEADING + TITLES - 0.6),
    );
    let room = width - place.plot_left;
    let heading = style.shortened(
        &["Importance beside a control", "Importance"],
        Type::Heading,
        room,
    );
    pen.heading(&heading, at)?;
    let Some(found) = &found else {
        pen.fill(place.rows.plot, unknown(style))?;
        pen.fill(place.plot, unknown(style))?;
        return Ok(format!("{UNKNOWN}.").into());
    };
    maps(&pen, &place, found)?;
    importance(&pen, &place, found)?;
    let bars: Vec<Place> = place.rows.places(&order, place.rows_end - edge, style);
    Ok(ChartLayout {
        summary: summary(found),
        order: Some(order),
        bars: Some(bars),
        ..ChartLayout::default()
    })
}

/// Where things stand.
struct Layout {
    rows: Rows,
    rows_end: i32,
    keys: i32,
    plot: Rect,
    /// Where the panel of the plot begins, the numbers of its axis included.
    plot_left: i32,
    bottom: i32,
}

impl Layout {
    fn new(width: i32, count: usize, spec: &FigureSpec, style: &Style) -> Self {
        let edge = style.hairline();
        let top = style.em(HEADING) + style.em(TITLES);
        let is_stacked = width < style.em(STACKED);
        // Numbers at the ends of axes reach beyond them.
        let end = style.label_width(3);
        let rows_end = if is_stacked {
            width
        } else {
            (f64::from(width) * SHARE) as i32
        };
        let panel = Rect {
            x: edge,
            y: top,
            width: rows_end - edge - end,
            height: 0,
        };
        let rows = Rows::new(panel, count, spec.dims, style);
        let keys = rows.plot.bottom() + style.em(FOOT) + style.em(0.7);
        let variance = with_variance(spec);
        let below = keys + keys_height(&key(style, &variance), rows_end, style);
        let (plot_left, y) = if is_stacked {
            (
                edge,
                below + style.em(GAP) + style.em(HEADING) + style.em(TITLES),
            )
        } else {
            (rows_end + style.em(GAP), top)
        };
        let axis = style.label_width(7) + style.em(0.5);
        let plot = Rect {
            x: plot_left + axis,
            y,
            width: (width - plot_left - axis - end).max(1),
            height: style.em(PLOT),
        };
        // Two lines of words stand below the plot's axis.
        let bottom = below.max(plot.bottom() + style.em(FOOT + 2.4));
        Self {
            rows,
            rows_end,
            keys,
            plot,
            plot_left,
            bottom,
        }
    }
}

/// The marks of the map before training, and of the variance of the pixels.
fn marks(style: &Style) -> [(Shape, Colour); 2] {
    [
        (Shape::of(0), style.accent),
        (Shape::of(3), category(1, style.background)),
    ]
}

fn with_variance(spec: &FigureSpec) -> String {
    spec.say("with 2 · Var(pixel)")
}

fn key<'a>(style: &Style, with_variance: &'a str) -> [Key<'a>; 2] {
    let [before, variance] = marks(style);
    [
        (before, "with its map before training"),
        (variance, with_variance),
    ]
    .map(|((shape, colour), name)| Key {
        shape,
        colour,
        name,
    })
}

fn maps<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Layout,
    found: &Found<'_>,
) -> Result<(), DrawError<DB>> {
    let (style, rows) = (pen.style, &place.rows);
    let axis = Axis {
        range: -1.0..=1.0,
        plot: rows.plot,
    };
    let full = found
        .spec
        .say("Spearman's ρ of its map over pixels that vary");
    let titles = [full.as_str(), "Spearman's ρ of its map", "Spearman's ρ"];
    axis.draw(pen, &titles, rows.plot.width + style.em(1.0))?;
    let title_at = (style.hairline(), rows.plot.y - style.em(0.65));
    pen.note("dimension", HPos::Left, title_at)?;
    let is_known = |dim: usize| found.known[dim].iter().any(Option::is_some);
    let colour = |dim| {
        if is_known(dim) {
            style.text
        } else {
            style.muted
        }
    };
    rows.labels(pen, &found.order, colour)?;
    let (_, height) = rows.span(0);
    for (row, &dim) in found.order.iter().enumerate() {
        for ((shape, colour), rho) in marks(style).into_iter().zip(found.known[dim]) {
            if let Some(rho) = rho {
                let at = (axis.x(f64::from(rho)), rows.middle(row));
                shape.draw(pen, at, rows.radius(style), colour)?;
            }
        }
        if !is_known(dim) && height >= style.em(0.86) {
            let at = (axis.x(0.0) + style.em(0.45), rows.middle(row));
            pen.note("the same everywhere", HPos::Left, at)?;
        }
    }
    let at = (style.hairline(), place.keys);
    keys(
        pen,
        &key(style, &with_variance(found.spec)),
        at,
        place.rows_end,
    )
}

/// Importance of the class in order: bars of this network, and a line of the control's.
fn importance<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Layout,
    found: &Found<'_>,
) -> Result<(), DrawError<DB>> {
    let (style, plot) = (pen.style, place.plot);
    let [own, theirs] = &found.sorted;
    let count = own.len().max(theirs.len()).max(1);
    let title = format!(
        "importance, class {} ({})",
        found.class(),
        found.metric.name()
    );
    let room = plot.right() - place.plot_left;
    let title = style.shortened(&[&title, "importance"], Type::Label, room);
    let title_at = (place.plot_left, plot.y - style.em(1.05));
    pen.note(&title, HPos::Left, title_at)?;
    let Some(longest) = found.longest() else {
        pen.level(plot.bottom(), (plot.x, plot.right()), style.muted)?;
        return pen.note("not measurable", HPos::Center, plot.middle());
    };
    let y = |value: f64| {
        let share = (value / longest).clamp(0.0, 1.0);
        plot.bottom() - (share * f64::from(plot.height)).round() as i32
    };
    let x =
        |position: usize| plot.x + (i64::from(plot.width) * position as i64 / count as i64) as i32;
    for tick in ticks(0.0..=longest, 5, 0.0) {
        let at = y(tick.value);
        let zero = tick.value == 0.0;
        let colour = if zero { style.muted } else { style.grid };
        pen.level(at, (plot.x, plot.right()), colour)?;
        pen.note(&tick.label, HPos::Right, (plot.x - style.em(0.5), at))?;
    }
    for (position, &value) in own.iter().enumerate() {
        let (left, right) = (x(position), x(position + 1));
        let gap = ((right - left) / 5).max(i32::from(right - left > 2));
        let bar = Rect {
            x: left + gap / 2,
            y: y(value),
            width: (right - left - gap).max(1),
            height: plot.bottom() - y(value),
        };
        pen.fill(bar, style.accent)?;
    }
    // Steps, so that each of its numbers stands over the bar that it is compared with.
    let control = category(1, style.background);
    let steps = theirs.iter().enumerate();
    let steps =
        steps.flat_map(|(position, &value)| [(x(position), y(value)), (x(position + 1), y(value))]);
    let steps: Vec<(i32, i32)> = steps.collect();
    if !steps.is_empty() {
        pen.path(steps, control)?;
    }
    let labels = plot.bottom() + style.em(SCALE_LABELS);
    for position in [1, count] {
        let middle = i32::midpoint(x(position - 1), x(position));
        pen.note(&position.to_string(), HPos::Center, (middle, labels))?;
        if count == 1 {
            break;
        }
    }
    let room = plot.right() - plot.x + style.em(1.0);
    let title = style.shortened(&["place in the order", "place"], Type::Label, room);
    let y = plot.bottom() + style.em(SCALE_TITLE);
    pen.note(&title, HPos::Left, (plot.x, y))?;
    let say = |words: &str| found.spec.say(words);
    let legend = [
        (
            Some(style.accent),
            ["bars: this network"; 2].map(String::from),
        ),
        if theirs.is_empty() {
            let none = "no network could be trained on permuted pixels";
            (None, [none, "no control could be trained"].map(say))
        } else {
            let long = "line: trained on permuted pixels";
            (Some(control), [long, "line: on permuted pixels"].map(say))
        },
    ];
    for ((colour, names), line) in legend.into_iter().zip(1..) {
        let y = y + style.em(1.25) * line;
        let sample = Rect {
            x: plot.x,
            y: y - style.em(0.2),
            width: style.em(0.9),
            height: if line == 1 {
                style.em(0.4)
            } else {
                style.stroke()
            },
        };
        let sample = Rect {
            y: y - sample.height / 2,
            ..sample
        };
        if let Some(colour) = colour {
            pen.fill(sample, colour)?;
        }
        let names = names.each_ref().map(String::as_str);
        let name = style.shortened(&names, Type::Label, room - style.em(1.3));
        let at = (plot.x + style.em(1.3), y);
        pen.text(&name, Type::Label, style.text, HPos::Left, at)?;
    }
    Ok(())
}

/// The height at which an area so wide shows it best, in CSS pixels.
#[must_use]
pub fn controls_height(width: f64, known: &Known, spec: &FigureSpec, style: &Style) -> f64 {
    let spec = &papers(spec);
    let found = Found::of(known.report.as_ref(), spec);
    let count = found.map_or(spec.most_shown(), |found| found.order.len());
    let place = Layout::new(style.px(width), count, spec, style);
    (f64::from(place.bottom) / style.scale).ceil()
}

/// A row for each dimension: how alike its map is to each control, and its importance beside that of the
/// control's dimension of the same place in the order.
#[must_use]
pub fn controls_numbers(known: &Known, (spec, _): (&FigureSpec, &Extra)) -> NumberTable {
    let columns = [
        "Dimension",
        "ρ of its map with that before training",
        &spec.say("ρ with 2 · Var(pixel)"),
        "Importance",
        "Place in the order",
        "The control's at this place",
    ];
    let report = known.report.as_ref();
    let spec = &papers(spec);
    let Some(found) = Found::of(report, spec) else {
        return NumberTable::new(UNKNOWN, columns);
    };
    let own = Shown::new(report, spec);
    let caption = format!(
        "Maps and importance beside controls; importance is of class {} ({})",
        found.class(),
        found.metric.name()
    );
    let mut table = NumberTable::new(caption, columns);
    let number = |value: Option<f64>| value.map_or(String::new(), |value| significant(value, 3));
    let bar = |dim: usize| own.bar(dim).map(|(mean, _)| mean);
    let mut places: Vec<usize> = (0..spec.dims).collect();
    sort_largest_first(&mut places, &|dim| bar(dim).unwrap_or(0.0));
    let row = |&dim: &usize| {
        let [before, variance] = found.known[dim].map(|rho| number(rho.map(f64::from)));
        let place = places.iter().position(|&at| at == dim);
        let place = place.filter(|_| bar(dim).is_some());
        let theirs = place.and_then(|place| found.sorted[1].get(place).copied());
        vec![
            own.named(dim),
            before,
            variance,
            number(bar(dim)),
            place.map_or(String::new(), |place| (place + 1).to_string()),
            number(theirs),
        ]
    };
    table.rows = found.order.iter().map(row).collect();
    table
}

const UNKNOWN: &str = "What networks show that have nothing to learn is not known yet";

fn summary(found: &Found<'_>) -> String {
    let range = |which: usize| {
        let all = found.known.iter().filter_map(|rhos| rhos[which]);
        let mut all: Vec<f64> = all.map(f64::from).collect();
        all.sort_unstable_by(f64::total_cmp);
        let written = |value: &f64| significant(*value, 2);
        all.first()
            .zip(all.last())
            .map(|(least, most)| format!("from {} to {}", written(least), written(most)))
    };
    let said = |which: usize, with: &str| {
        range(which).map_or_else(
            || format!("with {with}: not known"),
            |range| format!("with {with} {range}"),
        )
    };
    let alike = format!(
        "Spearman's ρ of each dimension's map over pixels that vary: {}; {}.",
        said(0, "its map before training"),
        said(1, "2 · Var(pixel)")
    );
    let alike = found.spec.say(alike);
    let control = found.controls.permuted.as_ref();
    let importance = control.and_then(|_| {
        let above = found.above()?;
        let permuted = found.spec.say("images with permuted pixels");
        Some(format!(
            " Importance to class {}: {above} of {} dimensions are above the largest of a network that was trained on \
             {permuted}, {}.",
            found.class(),
            found.sorted[0].len(),
            significant(found.sorted[1][0], 3)
        ))
    });
    alike + &importance.unwrap_or_default()
}
