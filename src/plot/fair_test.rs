//! Whose pixels move a latent soonest: they are replaced in the order of each method's map, and the area
//! beneath what the latent does is the method's score.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::DashedPathElement;
use plotters::style::text_anchor::HPos;
use plotters::style::{Color, RGBColor};
use plotters_backend::DrawingBackend;
use serde::{Deserialize, Serialize};

use crate::attribution::{Attribution, FairTest, Filler, Score};
use crate::numerals::counted;
use crate::report::Report;

use super::draw::{DrawError, Pen, SCALE_LABELS, SCALE_TITLE};
use super::figure::FigureSpec;
use super::layout::Rect;
use super::maps::unknown;
use super::marks::Shape;
use super::number::{significant, sort_largest_first, ticks};
use super::opinions::methods;
use super::pair::first;
use super::palette::category;
use super::style::{Colour, Style, Type};
use super::table::NumberTable;

/// The fillers there are, in the order in which they stand.
const FILLERS: [Filler; 3] = [Filler::Mean, Filler::Zero, Filler::Donor];

/// Where the score of a method was drawn, in CSS pixels from the area's top left.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScorePlace {
    /// Whose it is; absent for the random order.
    pub method: Option<Attribution>,
    /// Left edge of its row, its name included.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// From left to right.
    pub width: f64,
    /// From top to bottom.
    pub height: f64,
}

/// Where the curves were drawn, in CSS pixels from the area's top left.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvesPlace {
    /// Left edge, where nothing is replaced.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// From left to right, where all is replaced.
    pub width: f64,
    /// From top to bottom, where the latent is as it was.
    pub height: f64,
    /// What the upper edge stands for.
    pub most: f64,
}

/// What was drawn where.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FairTestLayout {
    /// The chart in words.
    pub summary: String,
    /// The rows of the methods from the top; none while they are not known.
    pub scores: Vec<ScorePlace>,
    /// Absent while they are not known.
    pub curves: Option<CurvesPlace>,
}

/// What is asked of the test.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    /// The dimension, counted from 0; the figure's first where absent.
    pub dim: Option<usize>,
    /// What replaces pixels in the curves; their mean where absent.
    pub filler: Option<Filler>,
}

/// The test of a dimension.
struct Found<'a> {
    test: &'a FairTest,
    dim: usize,
    filler: Filler,
    /// Methods by the area of the curves that are shown, the largest first, and last the random order;
    /// each with the place of its colour.
    order: Vec<(Option<Attribution>, usize)>,
    spec: &'a FigureSpec,
}

impl<'a> Found<'a> {
    fn of(report: Option<&'a Report>, spec: &'a FigureSpec, asked: Asked) -> Option<Self> {
        let test = report?.opinions.as_ref()?.test.as_ref()?;
        let dim = asked.dim.unwrap_or_else(|| first(report, spec));
        let shape = (spec.dims, test.shares.len());
        let fits = |score: &Score| {
            score.curves.dim() == shape
                && [score.area.len(), score.std_error.len()] == [spec.dims; 2]
        };
        if dim >= test.winners.len().min(spec.dims) || !test.scores.iter().all(fits) {
            return None;
        }
        let mut found = Self {
            test,
            dim,
            filler: asked.filler.unwrap_or(Filler::Mean),
            order: Vec::new(),
            spec,
        };
        let methods = methods(report);
        let mut order: Vec<usize> = (0..methods.len()).collect();
        order.retain(|&at| found.score(Some(methods[at]), found.filler).is_some());
        sort_largest_first(&mut order, &|at| {
            let area = found.area(Some(methods[at]), found.filler);
            area.map_or(f64::NEG_INFINITY, |(area, _)| area)
        });
        found.order = order.iter().map(|&at| (Some(methods[at]), at)).collect();
        if found.score(None, found.filler).is_some() {
            found.order.push((None, methods.len()));
        }
        Some(found)
    }

    fn score(&self, method: Option<Attribution>, filler: Filler) -> Option<&'a Score> {
        let mut scores = self.test.scores.iter();
        scores.find(|score| score.method == method && score.filler == filler)
    }

    /// The area and its standard error.
    fn area(&self, method: Option<Attribution>, filler: Filler) -> Option<(f64, Option<f64>)> {
        let score = self.score(method, filler)?;
        let error = score.std_error[self.dim].map(f64::from);
        Some((f64::from(score.area[self.dim]?), error))
    }

    fn curve(&self, method: Option<Attribution>) -> impl Iterator<Item = (f64, f64)> {
        let curve = self.score(method, self.filler).into_iter();
        let values = curve.flat_map(|score| score.curves.row(self.dim));
        let shares = self.test.shares.iter();
        shares
            .zip(values)
            .map(|(&share, &value)| (f64::from(share), f64::from(value)))
    }

    /// The largest number of all curves, or a little more than nothing.
    fn most(&self) -> f64 {
        let methods = self.order.iter();
        let values = methods.flat_map(|(method, _)| self.curve(*method));
        values
            .fold(0.0, |most: f64, (_, value)| most.max(value))
            .max(1e-6)
    }

    /// Where the longest whisker ends.
    fn longest(&self) -> f64 {
        let methods = self.order.iter();
        let areas =
            methods.flat_map(|&(method, _)| FILLERS.map(|filler| self.area(method, filler)));
        let ends = areas
            .flatten()
            .map(|(area, error)| area + 2.0 * error.unwrap_or(0.0));
        ends.fold(0.0, f64::max).max(1e-6)
    }

    /// Whether the latent is the same in all images: then there is nothing to test.
    fn is_constant(&self) -> bool {
        let mut methods = self.order.iter();
        methods.all(|&(method, _)| FILLERS.iter().all(|&f| self.area(method, f).is_none()))
    }

    /// What comes out of it: with room, with less, and with little.
    fn verdict(&self) -> [String; 3] {
        if self.is_constant() {
            let constant = "the latent is the same in all images";
            return [
                format!("{constant}: nothing to test"),
                constant.into(),
                "nothing to test".into(),
            ]
            .map(|said| self.spec.say(said));
        }
        let verdict = match self.test.winners[self.dim] {
            Some(winner) => {
                let wins = format!("the order by {} wins", winner.name());
                [
                    format!("{wins}, whatever the pixels are replaced by"),
                    wins,
                    format!("{}: wins", winner.label()),
                ]
            }
            None => [(); 3].map(|()| "they cannot be told apart here".into()),
        };
        verdict.map(|said: String| self.spec.say(said))
    }
}

/// What a method is called beside its row.
fn label(method: Option<Attribution>) -> &'static str {
    method.map_or("random order", Attribution::label)
}

fn name(method: Option<Attribution>) -> &'static str {
    method.map_or("a random order", Attribution::name)
}

/// Narrower areas set the curves above the scores.
const STACKED: f64 = 44.0;
/// Lengths in ems: the head, the curves' plot, a row of the scores, what stands below either.
const HEAD: f64 = 3.4;
const CURVES: f64 = 15.0;
const ROW: f64 = 2.2;
const FOOT: f64 = 2.9;
const GAP: f64 = 2.6;
/// Between the head and the plots: the titles of their axes.
const TITLES: f64 = 1.5;
/// The curves' share of a wide area.
const SHARE: f64 = 0.52;
/// Rows for which room is kept while nothing is known: eight methods and the random order.
const USUAL: usize = 9;

/// Where things stand.
struct Layout {
    curves: Rect,
    /// The rows, their names left out.
    scores: Rect,
    names: i32,
    row: i32,
}

impl Layout {
    fn new((width, _): (i32, i32), rows: usize, style: &Style) -> Self {
        let axis = style.label_width(5) + style.em(0.5);
        let names = style.label_width(16) + style.em(1.9);
        let edge = style.label_width(2);
        let row = style.em(ROW);
        let top = style.em(HEAD) + style.em(TITLES);
        let stacked = is_stacked(width, style);
        let own = if stacked {
            width
        } else {
            (f64::from(width) * SHARE) as i32
        };
        let height = if stacked {
            style.em(CURVES)
        } else {
            (row * rows as i32).max(style.em(CURVES))
        };
        let curves = Rect {
            x: axis,
            y: top,
            width: (own - axis - edge).max(1),
            height,
        };
        let (left, y) = if stacked {
            (
                0,
                curves.bottom() + style.em(FOOT) + style.em(GAP) + style.em(TITLES),
            )
        } else {
            (own + style.em(1.2), top)
        };
        let scores = Rect {
            x: left + names,
            y,
            width: (width - left - names - edge).max(1),
            height: row * rows as i32,
        };
        Self {
            curves,
            scores,
            names,
            row,
        }
    }

    fn bottom(&self, style: &Style) -> i32 {
        self.curves.bottom().max(self.scores.bottom()) + style.em(FOOT)
    }
}

fn is_stacked(width: i32, style: &Style) -> bool {
    width < style.em(STACKED)
}

fn rows(report: Option<&Report>, spec: &FigureSpec) -> usize {
    let found = Found::of(report, spec, Asked::default());
    found.map_or(USUAL, |found| found.order.len())
}

/// Draws the curves of a dimension over the whole of `area`, and the areas beneath them with every filler.
///
/// # Errors
/// If the backend cannot draw.
pub fn fair_test<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    report: Option<&Report>,
    spec: &FigureSpec,
    asked: Asked,
    style: &Style,
) -> Result<FairTestLayout, DrawError<DB>> {
    let pen = Pen { area, style };
    area.fill(&RGBColor::from(style.background))?;
    let (width, height) = area.dim_in_pixel();
    let size = (width as i32, height as i32);
    let Some(found) = Found::of(report, spec, asked) else {
        let place = Layout::new(size, USUAL, style);
        pen.heading("Fair test", (style.hairline(), style.em(0.7)))?;
        pen.fill(place.curves, unknown(style))?;
        pen.fill(place.scores, unknown(style))?;
        return Ok(FairTestLayout {
            summary: spec.say(format!("{UNKNOWN}.")),
            ..FairTestLayout::default()
        });
    };
    let place = Layout::new(size, found.order.len(), style);
    let heading = format!("Fair test of dimension {}", found.dim + 1);
    pen.heading(&heading, (style.hairline(), style.em(0.7)))?;
    let verdict = found.verdict();
    let verdict = verdict.each_ref().map(String::as_str);
    let verdict = style.shortened(&verdict, Type::Label, size.0);
    let at = (style.hairline(), style.em(2.15));
    pen.text(&verdict, Type::Label, style.text, HPos::Left, at)?;
    curves(&pen, &found, place.curves)?;
    scores(&pen, &found, &place)?;

    let css = |length: i32| f64::from(length) / style.scale;
    let plot = place.curves;
    let rows = found.order.iter().zip(0..);
    let rows = rows.map(|(&(method, _), row)| ScorePlace {
        method,
        x: css(place.scores.x - place.names),
        y: css(place.scores.y + row * place.row),
        width: css(place.scores.width + place.names),
        height: css(place.row),
    });
    Ok(FairTestLayout {
        summary: summary(&found),
        scores: rows.collect(),
        curves: Some(CurvesPlace {
            x: css(plot.x),
            y: css(plot.y),
            width: css(plot.width),
            height: css(plot.height),
            most: found.most(),
        }),
    })
}

fn colour(at: usize, method: Option<Attribution>, style: &Style) -> Colour {
    match method {
        Some(_) => category(at, style.background),
        None => style.muted,
    }
}

/// A line, dashed where it is the random order's.
fn line<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    points: Vec<(i32, i32)>,
    method: Option<Attribution>,
    colour: Colour,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    if points.len() < 2 {
        return Ok(());
    }
    if method.is_some() {
        return pen.path(points, colour);
    }
    let stroke = RGBColor::from(colour).stroke_width(style.stroke() as u32);
    let (dash, gap) = (style.px(4.0), style.px(4.0));
    pen.area
        .draw(&DashedPathElement::new(points, dash, gap, stroke))
}

fn curves<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    found: &Found<'_>,
    plot: Rect,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let most = found.most();
    let x = |share: f64| plot.x + (share * f64::from(plot.width)).round() as i32;
    let y = |value: f64| {
        let share = (value / most).clamp(0.0, 1.0);
        plot.bottom() - (share * f64::from(plot.height)).round() as i32
    };
    let title = "mean Δz² / 2·Var(z)";
    let at = (style.hairline(), plot.y - style.em(1.0));
    pen.note(title, HPos::Left, at)?;
    let count = (plot.height / style.em(1.5).max(1)).clamp(2, 6) as usize;
    for tick in ticks(0.0..=most, count, 0.0) {
        let at = y(tick.value);
        let zero = tick.value == 0.0;
        let colour = if zero { style.muted } else { style.grid };
        pen.level(at, (plot.x, plot.right()), colour)?;
        pen.note(&tick.label, HPos::Right, (plot.x - style.em(0.5), at))?;
    }
    let labels = plot.bottom() + style.em(SCALE_LABELS);
    for percent in [0, 25, 50, 75, 100] {
        let at = x(f64::from(percent) / 100.0);
        let tick = (plot.bottom(), plot.bottom() + style.px(4.0));
        pen.upright(at, tick, style.muted)?;
        pen.note(&percent.to_string(), HPos::Center, (at, labels))?;
    }
    let by = found.filler.name();
    let full = found
        .spec
        .say(format!("% of pixels whose values are replaced by {by}"));
    let short = found.spec.say(format!("% replaced by {by}"));
    let title = style.shortened(&[&full, &short], Type::Label, plot.width + style.em(1.0));
    let at = (plot.x, plot.bottom() + style.em(SCALE_TITLE));
    pen.note(&title, HPos::Left, at)?;
    // The best is drawn last, over the others.
    for &(method, at) in found.order.iter().rev() {
        let points = found.curve(method);
        let points = points.map(|(share, value)| (x(share), y(value))).collect();
        line(pen, points, method, colour(at, method, style))?;
    }
    Ok(())
}

/// A row for each method: its name with a sample of its line, and the areas with each filler.
fn scores<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    found: &Found<'_>,
    place: &Layout,
) -> Result<(), DrawError<DB>> {
    let (style, plot) = (pen.style, place.scores);
    let left = plot.x - place.names;
    let room = plot.width + place.names;
    let title = style.shortened(
        &["area beneath the curve ± 2 standard errors", "area ± 2 SE"],
        Type::Label,
        room,
    );
    pen.note(&title, HPos::Left, (left, plot.y - style.em(1.0)))?;
    let longest = found.longest();
    let x = |value: f64| {
        let share = (value / longest).clamp(0.0, 1.0);
        plot.x + (share * f64::from(plot.width)).round() as i32
    };
    let labels = plot.bottom() + style.em(SCALE_LABELS);
    let count = (plot.width / style.label_width(6).max(1)).clamp(2, 6) as usize;
    for tick in ticks(0.0..=longest, count, 0.0) {
        let at = x(tick.value);
        pen.upright(at, (plot.y, plot.bottom()), style.grid)?;
        pen.note(&tick.label, HPos::Center, (at, labels))?;
    }
    let sample = style.em(1.3);
    for (&(method, at), row) in found.order.iter().zip(0..) {
        let middle = plot.y + row * place.row + place.row / 2;
        let own = colour(at, method, style);
        line(
            pen,
            vec![(left, middle), (left + sample, middle)],
            method,
            own,
        )?;
        let text_at = (left + sample + style.em(0.4), middle);
        let label = found.spec.say(label(method));
        pen.text(&label, Type::Label, style.text, HPos::Left, text_at)?;
        for (filler, step) in FILLERS.into_iter().zip(-1..) {
            let Some((area, error)) = found.area(method, filler) else {
                continue;
            };
            let is_shown = filler == found.filler;
            let colour = if is_shown {
                own
            } else {
                own.mixed(style.background, 0.25)
            };
            let y = middle + step * place.row / 4;
            if let Some(error) = error {
                let (from, to) = (x(area - 2.0 * error), x(area + 2.0 * error));
                pen.level(y, (from, to + style.hairline()), colour)?;
            }
            let radius = f64::from(style.px(if is_shown { 3.6 } else { 3.0 }).max(2));
            mark(filler).draw(pen, (x(area), y), radius, colour)?;
        }
    }
    let at = (left, plot.bottom() + style.em(SCALE_TITLE));
    key(pen, found, at, room)
}

/// The shape of a filler's points.
fn mark(filler: Filler) -> Shape {
    Shape::of(match filler {
        Filler::Mean => 0,
        Filler::Zero => 1,
        Filler::Donor => 2,
    })
}

/// Which point is of which filler.
fn key<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    found: &Found<'_>,
    (mut x, y): (i32, i32),
    room: i32,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let end = x + room;
    for filler in FILLERS {
        let name = match filler {
            Filler::Mean => "by the mean",
            Filler::Zero => "by 0",
            Filler::Donor => "by another image",
        };
        let name = found.spec.say(name);
        let colour = if filler == found.filler {
            style.text
        } else {
            style.muted
        };
        let width = style.em(1.0) + style.label_width(name.len());
        let short = style.shortened(&[&name], Type::Label, end - x - style.em(1.0));
        let radius = f64::from(style.px(2.8).max(2));
        mark(filler).draw(pen, (x + style.em(0.4), y), radius, colour)?;
        let at = (x + style.em(1.0), y);
        pen.text(&short, Type::Label, colour, HPos::Left, at)?;
        x += width;
    }
    Ok(())
}

/// The height, in CSS pixels, at which an area `width` CSS pixels wide shows the test best.
#[must_use]
pub fn fair_test_height(
    width: f64,
    report: Option<&Report>,
    spec: &FigureSpec,
    style: &Style,
) -> f64 {
    let place = Layout::new((style.px(width), 0), rows(report, spec), style);
    (f64::from(place.bottom(style)) / style.scale).ceil()
}

/// The areas of every method with every filler, and twice their standard errors.
#[must_use]
pub fn fair_test_numbers(report: Option<&Report>, spec: &FigureSpec, asked: Asked) -> NumberTable {
    let by_another = spec.say("Area, by another image");
    let columns = [
        "Order by",
        "Area, replaced by the mean",
        "± 2 standard errors",
        "Area, by 0",
        "± 2 standard errors",
        &by_another,
        "± 2 standard errors",
    ];
    let Some(found) = Found::of(report, spec, asked) else {
        return NumberTable::new(spec.say(UNKNOWN), columns);
    };
    let caption = format!(
        "Fair test of dimension {}: {}",
        found.dim + 1,
        found.verdict()[0]
    );
    let mut table = NumberTable::new(caption, columns);
    let row = |&(method, _): &(Option<Attribution>, usize)| {
        let areas = FILLERS.iter().flat_map(|&filler| {
            let area = found.area(method, filler);
            let error = area.and_then(|(_, error)| error);
            [
                area.map_or(String::new(), |(area, _)| significant(area, 4)),
                error.map_or(String::new(), |error| significant(2.0 * error, 2)),
            ]
        });
        std::iter::once(name(method).into()).chain(areas).collect()
    };
    table.rows = found.order.iter().map(row).collect();
    table
}

const UNKNOWN: &str = "Whose pixels move the latent soonest is not known yet";

fn summary(found: &Found<'_>) -> String {
    let test = found.test;
    let said = found.order.iter().filter_map(|&(method, _)| {
        let (area, error) = found.area(method, found.filler)?;
        let error = error.map_or(String::new(), |error| {
            format!(" ± {}", significant(2.0 * error, 2))
        });
        Some(format!("{} {}{error}", name(method), significant(area, 3)))
    });
    let said: Vec<String> = said.collect();
    let areas = if said.is_empty() {
        String::new()
    } else {
        format!(
            " Areas with values replaced by {}, ± 2 standard errors: {}.",
            found.filler.name(),
            said.join(", ")
        )
    };
    found.spec.say(format!(
        "Fair test of dimension {}: {}. Pixels are replaced in the order of each method's map, taken from \
         {}; how far the latent moves is measured on {} others.{areas}",
        found.dim + 1,
        found.verdict()[0],
        counted(test.ordered_by, "image", "images"),
        test.measured_on,
    ))
}
