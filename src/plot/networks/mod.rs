//! What becomes of each dimension in other networks: a row each with the correlations of its matches and its
//! importance over the networks, and below them the maps of one dimension in all of them.

mod found;
mod maps;

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use crate::networks::Verdict;
use crate::numerals::counted;
use crate::report::Report;

use super::chart::{ChartLayout, Extra, Known};
use super::draw::{DrawError, Pen};
use super::figure::FigureSpec;
use super::layout::Rect;
use super::maps::unknown;
use super::marks::Shape;
use super::number::{ceil_to_two_digits, significant};
use super::palette::category;
use super::rows::{Axis, Key, Rows, keys, keys_height};
use super::shown::Shown;
use super::style::{Colour, Style, Type};
use super::table::NumberTable;
use found::{Found, matched, name, papers};

/// Lengths in ems: the heading, a line of titles, what stands below an axis, between panels.
const HEADING: f64 = 1.75;
const TITLES: f64 = 1.3;
const FOOT: f64 = 2.9;
const GAP: f64 = 2.4;
/// Narrower areas set importance below the correlations.
const STACKED: f64 = 44.0;
/// Shares of a wide area: the correlations and importance; the rest is for what that comes to.
const SHARES: [f64; 2] = [0.42, 0.3];

/// Draws the comparison over the whole of `area`, as far as it is known, with the maps of the dimension of
/// `extra` or, without one, of the figure's first. Bars are the rows, maps those of the dimension: first
/// that of the network which is shown, then one for each other that has a match.
///
/// # Errors
/// If the backend cannot draw.
pub fn networks<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    known: &Known,
    (spec, extra): (&FigureSpec, &Extra),
    style: &Style,
) -> Result<ChartLayout, DrawError<DB>> {
    let pen = Pen { area, style };
    area.fill(&RGBColor::from(style.background))?;
    let (width, _) = area.dim_in_pixel();
    let width = width as i32;
    let report = known.report.as_ref();
    let spec = &papers(spec);
    let found = Found::of(report, spec, extra.dim);
    let order = found.as_ref().map_or_else(
        || (0..spec.most_shown()).collect(),
        |found| found.order.clone(),
    );
    let place = Layout::new(width, order.len(), spec.dims, style);
    let edge = style.hairline();
    let heading = style.shortened(
        &["Dimensions in other networks", "Other networks"],
        Type::Heading,
        width,
    );
    pen.heading(&heading, (edge, style.em(0.6)))?;
    let Some(found) = &found else {
        pen.fill(place.matches.plot, unknown(style))?;
        pen.fill(place.importance.plot, unknown(style))?;
        return Ok(format!("{UNKNOWN}.").into());
    };
    matches(&pen, &place, found)?;
    importance(&pen, &place, found, report, spec)?;
    let keys_at = (edge, place.keys);
    keys(&pen, &key(style), keys_at, width)?;
    let maps = maps::draw(&pen, (width, place.bottom), found, report, spec)?;
    Ok(ChartLayout {
        summary: summary(found),
        bars: Some(place.matches.places(&order, place.row_width, style)),
        order: Some(order),
        maps: Some(maps),
        ..ChartLayout::default()
    })
}

/// Where things stand.
struct Layout {
    /// Correlations, with the numbers of the dimensions before them.
    matches: Rows,
    /// What is said of each dimension begins here, where there is room.
    verdicts: Option<i32>,
    importance: Rows,
    is_stacked: bool,
    row_width: i32,
    keys: i32,
    /// Where the maps begin.
    bottom: i32,
}

impl Layout {
    fn new(width: i32, count: usize, largest: usize, style: &Style) -> Self {
        let edge = style.hairline();
        let top = style.em(HEADING) + style.em(TITLES);
        let is_stacked = width < style.em(STACKED);
        let share = |of: f64| (f64::from(width) * of) as i32;
        // Numbers at the ends of axes reach beyond them.
        let end = style.label_width(2);
        let verdict_room = style.label_width(if is_stacked { 8 } else { 30 });
        let panel = |y: i32, right: i32| Rect {
            x: edge,
            y,
            width: right - edge,
            height: 0,
        };
        let matches_end = if is_stacked {
            width - verdict_room - end
        } else {
            share(SHARES[0]).min(width - verdict_room)
        };
        let matches = Rows::new(panel(top, matches_end), count, largest, style);
        let foot = matches.plot.bottom() + style.em(FOOT);
        let (importance, verdicts, below) = if is_stacked {
            let y = foot + style.em(TITLES);
            let rows = Rows::new(panel(y, width - end), count, largest, style);
            let below = rows.plot.bottom() + style.em(FOOT);
            (rows, matches_end + style.em(0.6), below)
        } else {
            let x = matches_end + style.em(GAP);
            let own = share(SHARES[1]).min(width - matches_end - verdict_room);
            let rows = matches.beside(x, own - style.em(GAP));
            (rows, x + own - style.em(1.2), foot)
        };
        let row_width = if is_stacked { width - edge } else { width };
        let keys_height = keys_height(&key(style), width, style);
        let keys = below + style.em(0.7);
        Self {
            matches,
            verdicts: (verdicts < width).then_some(verdicts),
            importance,
            is_stacked,
            row_width,
            keys,
            bottom: keys + keys_height + style.em(0.6),
        }
    }
}

fn colour(verdict: Verdict, style: &Style) -> Colour {
    match verdict {
        Verdict::FoundAgain => style.accent,
        Verdict::Mixed => category(1, style.background),
        Verdict::NotFound | Verdict::Inactive => style.muted,
    }
}

fn shape(verdict: Verdict) -> Shape {
    Shape::of(match verdict {
        Verdict::FoundAgain => 0,
        Verdict::Mixed => 3,
        Verdict::NotFound | Verdict::Inactive => 2,
    })
}

fn key(style: &Style) -> Vec<Key<'static>> {
    let of = |verdict, name| Key {
        shape: shape(verdict),
        colour: colour(verdict, style),
        name,
    };
    vec![
        of(Verdict::FoundAgain, "found again: |r| above chance"),
        of(Verdict::Mixed, "mixed: R² at least 0.9"),
        of(Verdict::NotFound, "not found"),
        Key {
            shape: Shape::of(8),
            colour: style.text,
            name: "chance, by untrained networks",
        },
    ]
}

/// |r| of every dimension with its match in each other network, and the chance of as much.
fn matches<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Layout,
    found: &Found<'_>,
) -> Result<(), DrawError<DB>> {
    let (style, rows) = (pen.style, &place.matches);
    let axis = Axis {
        range: 0.0..=1.0,
        plot: rows.plot,
    };
    let room = rows.plot.width + style.em(1.0);
    axis.draw(pen, &["|r| with its match", "|r|"], room)?;
    let muted = |dim: usize| {
        if found.is_inactive(dim) {
            style.muted
        } else {
            style.text
        }
    };
    let title_at = (style.hairline(), rows.plot.y - style.em(0.65));
    pen.note("dimension", HPos::Left, title_at)?;
    rows.labels(pen, &found.order, muted)?;
    let (_, height) = rows.span(0);
    for (row, &dim) in found.order.iter().enumerate() {
        let (y, row_height) = rows.span(row);
        let inset = row_height / 6;
        if !found.is_inactive(dim) {
            let x = axis.x(f64::from(found.networks.chance[dim]));
            let tick = Rect {
                x: x - style.stroke() / 2,
                y: y + inset,
                width: style.stroke(),
                height: (row_height - 2 * inset).max(1),
            };
            pen.fill(tick, style.text)?;
        }
        // What is found again is drawn last, over the others.
        let mut all: Vec<_> = found.matches(dim).collect();
        all.sort_by_key(|of| std::cmp::Reverse(of.verdict as u8));
        for of in all {
            if let Some(r) = of.r {
                let at = (axis.x(f64::from(r.abs())), rows.middle(row));
                let own = colour(of.verdict, style);
                shape(of.verdict).draw(pen, at, rows.radius(style), own)?;
            }
        }
        let readable = f64::from(height) >= f64::from(style.em(0.86));
        if let Some(x) = place.verdicts.filter(|_| readable) {
            let (width, _) = pen.area.dim_in_pixel();
            let [long, short] = found.verdict(dim);
            let said = style.shortened(&[&long, &short], Type::Label, width as i32 - x);
            let at = (x, rows.middle(row));
            pen.text(&said, Type::Label, muted(dim), HPos::Left, at)?;
        }
    }
    Ok(())
}

/// IE of the class in the network that is shown, as bars, and over all networks: each, their mean and
/// deviation.
fn importance<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Layout,
    found: &Found<'_>,
    report: Option<&Report>,
    spec: &FigureSpec,
) -> Result<(), DrawError<DB>> {
    let (style, rows) = (pen.style, &place.importance);
    let own = Shown::new(report, spec);
    let class = own.class.unwrap_or_default();
    let longest = found.longest(&own);
    let axis = Axis {
        range: 0.0..=longest.map_or(1.0, ceil_to_two_digits),
        plot: rows.plot,
    };
    let room = rows.plot.width + style.em(1.0);
    let long = format!("importance, class {class}: bar, this network; line, mean ± SD of all");
    let middling = format!("importance, class {class}; line: mean ± SD");
    let short = format!("importance, class {class}");
    axis.draw(pen, &[&long, &middling, &short, "importance"], room)?;
    if place.is_stacked {
        rows.labels(pen, &found.order, |_| style.text)?;
    }
    if longest.is_none() {
        let at = (rows.plot.x + style.em(0.45), rows.plot.middle().1);
        return pen.note("not measurable", HPos::Left, at);
    }
    for (row, &dim) in found.order.iter().enumerate() {
        let (y, height) = rows.span(row);
        let middle = rows.middle(row);
        if let Some((value, _)) = own.bar(dim) {
            let thick = (height * 2 / 3).max(1);
            let bar = Rect {
                x: rows.plot.x,
                y: y + (height - thick) / 2,
                width: axis.x(value) - rows.plot.x,
                height: thick,
            };
            pen.fill(bar, style.accent.mixed(style.background, 0.55))?;
        }
        for value in found.elsewhere(dim) {
            let at = (axis.x(value), middle);
            Shape::of(0).draw(pen, at, rows.radius(style) * 0.6, style.muted)?;
        }
        if let Some((mean, Some(deviation))) = found.importance(dim) {
            let ends = (axis.x(mean - deviation), axis.x(mean + deviation));
            let line = Rect {
                x: ends.0,
                y: middle - style.stroke() / 2,
                width: ends.1 - ends.0,
                height: style.stroke(),
            };
            pen.fill(line, style.text)?;
            let cap = (height / 4).max(1);
            pen.upright(axis.x(mean), (middle - cap, middle + cap), style.text)?;
        }
    }
    Ok(())
}

/// The height at which an area so wide shows it best, in CSS pixels.
#[must_use]
pub fn networks_height(width: f64, known: &Known, spec: &FigureSpec, style: &Style) -> f64 {
    let report = known.report.as_ref();
    let spec = &papers(spec);
    let found = Found::of(report, spec, None);
    let count = found
        .as_ref()
        .map_or(spec.most_shown(), |found| found.order.len());
    let width = style.px(width);
    let place = Layout::new(width, count, spec.dims, style);
    let maps = found.map_or(0, |found| maps::height(width, &found, spec, style));
    (f64::from(place.bottom + maps) / style.scale).ceil()
}

/// A row for each dimension and each other network: its match, r, R² and what that comes to.
#[must_use]
pub fn networks_numbers(known: &Known, (spec, extra): (&FigureSpec, &Extra)) -> NumberTable {
    let columns = [
        "Dimension",
        "Other network",
        "Its match",
        "r",
        "Chance of |r|",
        "R² from all its latents",
        "Chance of R²",
        "Verdict",
        "Similarity of maps (r)",
        "Similarity of profiles (cosine)",
        "Importance there",
    ];
    let report = known.report.as_ref();
    let spec = &papers(spec);
    let Some(found) = Found::of(report, spec, extra.dim) else {
        return NumberTable::new(UNKNOWN, columns);
    };
    let own = Shown::new(report, spec);
    let class = own.class.unwrap_or_default();
    let caption = format!(
        "Dimensions in other networks; importance is of class {class} (mean squared error)"
    );
    let mut table = NumberTable::new(caption, columns);
    let number =
        |value: Option<f32>| value.map_or(String::new(), |value| significant(f64::from(value), 3));
    for &dim in &found.order {
        for other in found.others() {
            let of = &other.matches[dim];
            let there = other.latent_importance.get(spec.class);
            let there = there.and_then(|row| row.get(dim).copied().flatten());
            table.rows.push(vec![
                own.named(dim),
                other.name.clone(),
                of.dim.map_or("none".into(), |at| (at + 1).to_string()),
                number(of.r),
                number(Some(found.networks.chance[dim])),
                number(of.r2),
                number(found.networks.chance_r2.get(dim).copied().flatten()),
                name(of.verdict).into(),
                number(of.map_similarity),
                number(of.profile_similarity),
                number(there),
            ]);
        }
    }
    table
}

const UNKNOWN: &str = "What becomes of the dimensions in other networks is not known yet";
/// How many dimensions are named.
const NAMED: usize = 12;

fn summary(found: &Found<'_>) -> String {
    let networks = found.networks;
    let all = networks.others.len();
    let said: Vec<String> = found
        .order
        .iter()
        .take(NAMED)
        .map(|&dim| format!("{}: {}", dim + 1, found.verdict(dim)[0]))
        .collect();
    let more = found.order.len().saturating_sub(NAMED);
    let more = match more {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let own: Vec<String> = found
        .others()
        .iter()
        .map(|of| format!("{}: {}", of.name, matched(&of.matches[found.dim])))
        .collect();
    format!(
        "Each dimension in {}, matched by the correlation of latents over {}. {}{more}. Below, the maps \
         of dimension {}, each to its own limit: this network; {}.",
        counted(all, "other network", "other networks"),
        found.nouns.say(counted(
            networks.explained,
            "explained image",
            "explained images"
        )),
        said.join("; "),
        found.dim + 1,
        own.join("; "),
    )
}
