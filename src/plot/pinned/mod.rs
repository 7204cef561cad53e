//! What is pinned beside what is shown: two networks, two epochs, or two classes of one network.

mod matching;

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;
use serde::{Deserialize, Serialize};

use crate::data::ImageShape;
use crate::report::{DataForm, Report};

use super::bars::{self, Axis};
use super::chart::{ChartLayout, Extra, Known};
use super::draw::{DrawError, Pen};
use super::figure::{FigureSpec, Scale};
use super::heatmap::Heatmap;
use super::layout::{self, Content, Layout, MIDDLE_OF_TITLES, Rect};
use super::maps::{legend, unknown};
use super::number::significant;
use super::palette::{ColourScale, Kind};
use super::shown::Shown;
use super::style::{Colour, Style, Type};
use super::table::NumberTable;
use super::vectors;

pub use matching::MatchedBy;
use matching::{Row, rows};

/// A run that is kept beside the one that is shown.
#[derive(Clone, Debug)]
pub struct Pinned {
    /// What it has found.
    pub report: Report,
    /// Row of its latent importance that is shown.
    pub class: usize,
    /// Whether its network is the shown one, perhaps after another epoch: dimensions are then the same by
    /// their numbers.
    pub same: bool,
}

/// Where what stands beside each other was drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PinnedLayout {
    /// What dimensions were matched by.
    #[serde(flatten)]
    pub by: MatchedBy,
    /// One for each dimension of the shown run in its order, then those of the pinned one that have no match.
    pub rows: Vec<PairPlace>,
}

/// A dimension of the shown run and its match.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairPlace {
    /// Of the shown run, counted from 0.
    pub dim: Option<usize>,
    /// Of the pinned run, counted from 0.
    pub pinned: Option<usize>,
    /// Pearson's r of what they were matched by; absent where that is not known.
    pub r: Option<f64>,
    /// Pearson's r of the two maps over the pixels, with the sign of `r`.
    pub maps: Option<f64>,
    /// Latent importance in the shown run, and in the pinned one.
    pub importance: [Option<f64>; 2],
    /// The shown map, and the pinned one.
    pub places: [Spot; 2],
    /// The row of bars, its label included.
    pub bar: Spot,
}

/// A rectangle in CSS pixels from the area's top left.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spot {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// From left to right.
    pub width: f64,
    /// From top to bottom.
    pub height: f64,
}

/// Of a row of bars, what one of the two fills.
const THICKNESS: f64 = 0.4;
/// Below this, a correlation of one network with itself is worth a word.
const UNCHANGED: f64 = 0.9995;

/// Both runs as they are drawn: on one scale.
struct Specs {
    ours: FigureSpec,
    theirs: Option<FigureSpec>,
}

impl Specs {
    fn new(known: &Known, spec: &FigureSpec) -> Self {
        let ours = FigureSpec {
            scale: Scale::Shared,
            ..spec.clone()
        };
        let theirs = known.pinned.as_ref().map(|pinned| FigureSpec {
            class: pinned.class,
            dims: pinned.report.settings.dims,
            image: pinned.report.image,
            top: None,
            ..ours.clone()
        });
        Self { ours, theirs }
    }
}

/// What is drawn, row by row.
struct Beside<'a> {
    ours: Shown<'a>,
    theirs: Option<Shown<'a>>,
    by: MatchedBy,
    rows: Vec<Row>,
}

impl<'a> Beside<'a> {
    fn new(known: &'a Known, specs: &'a Specs) -> Self {
        let ours = Shown::new(known.report.as_ref(), &specs.ours);
        let Some((pinned, spec)) = known.pinned.as_ref().zip(specs.theirs.as_ref()) else {
            let rows = ours.order.iter().map(|&dim| Row {
                dim: Some(dim),
                pinned: None,
                r: None,
                maps: None,
            });
            return Self {
                rows: rows.collect(),
                by: MatchedBy::Nothing,
                theirs: None,
                ours,
            };
        };
        let theirs = Shown::new(Some(&pinned.report), spec);
        let (by, rows) = rows(&ours, &theirs, pinned);
        Self {
            ours,
            theirs: Some(theirs),
            by,
            rows,
        }
    }

    fn content(&self) -> Content {
        let drawn = self.ours.spec.drawn();
        let longest = self.rows.iter().map(|row| self.label(row).chars().count());
        let characters = longest.max().unwrap_or(1).clamp(1, 15) as u32;
        Content {
            dims: self.rows.len(),
            largest: 10_usize.pow(characters - 1),
            image: ImageShape {
                width: 2 * drawn.width,
                ..drawn
            },
            form: self.ours.spec.form(),
            columns: self.ours.spec.columns,
        }
    }

    /// "4" where it is the same in both, else "4 | 7".
    fn label(&self, row: &Row) -> String {
        let number = |dim: Option<usize>| dim.map_or("–".into(), |dim| (dim + 1).to_string());
        match (self.by, &self.theirs) {
            (_, None) | (MatchedBy::Network, _) => number(row.dim.or(row.pinned)),
            _ => format!("{} | {}", number(row.dim), number(row.pinned)),
        }
    }

    fn importance(&self, row: &Row) -> [Option<(f64, Option<f64>)>; 2] {
        let theirs = self.theirs.as_ref();
        [
            row.dim.and_then(|dim| self.ours.bar(dim)),
            row.pinned.and_then(|dim| theirs?.bar(dim)),
        ]
    }

    /// Where both agree to be on one scale.
    fn map_scale(&self) -> Option<(Kind, f64)> {
        let both = [
            self.ours.map_scale(),
            self.theirs.as_ref().and_then(Shown::map_scale),
        ];
        both.into_iter()
            .flatten()
            .reduce(|(kind, limit), (other, second)| {
                let kind = if other == Kind::Diverging {
                    other
                } else {
                    kind
                };
                (kind, limit.max(second))
            })
    }

    fn longest_bar(&self) -> Option<f64> {
        let theirs = self.theirs.as_ref().and_then(Shown::longest_bar);
        match (self.ours.longest_bar(), theirs) {
            (Some(ours), Some(theirs)) => Some(ours.max(theirs)),
            (ours, theirs) => ours.or(theirs),
        }
    }

    /// What the two are called: by their classes where these differ.
    fn names(&self) -> [String; 2] {
        let class = |shown: &Shown<'_>| shown.class.map(|name| format!("class {name}"));
        let ours = class(&self.ours);
        let theirs = self.theirs.as_ref().and_then(class);
        if self.by == MatchedBy::Network
            && ours != theirs
            && let (Some(ours), Some(theirs)) = (ours, theirs)
        {
            return [ours, theirs];
        }
        ["shown".into(), "pinned".into()]
    }
}

/// The colour of what is pinned, beside the accent of what is shown.
fn quiet(style: &Style) -> Colour {
    style.muted.mixed(style.background, 0.4)
}

/// Draws bars and maps of both runs over the whole of `area`, dimension beside dimension and on one scale.
///
/// # Errors
/// If the backend cannot draw.
pub fn pinned<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    known: &Known,
    (spec, _): (&FigureSpec, &Extra),
    style: &Style,
) -> Result<ChartLayout, DrawError<DB>> {
    let (width, height) = area.dim_in_pixel();
    let specs = Specs::new(known, spec);
    let beside = Beside::new(known, &specs);
    let place = Layout::new((width as i32, height as i32), beside.content(), style);
    let pen = Pen { area, style };
    area.fill(&RGBColor::from(style.background))?;
    draw_bars(&pen, &place, &beside)?;

    let maps = &place.maps;
    let feature = beside.ours.heading();
    let heading = &if beside.ours.has_directions() {
        format!("{feature} importance × direction")
    } else {
        format!("{feature} importance")
    };
    let [ours, theirs] = beside.names();
    let room = maps.legend.width + maps.notes;
    let full = format!("{heading}: {ours} | {theirs}");
    let heading = style.shortened(&[&full, heading], Type::Heading, room);
    pen.heading(&heading, maps.heading)?;
    let known_scale = beside.map_scale();
    let (kind, limit) = known_scale.unwrap_or((Kind::Sequential, 1.0));
    let scale = ColourScale::new(kind, limit, spec.palette, style.background);
    let mut places = Vec::with_capacity(beside.rows.len());
    for ((row, &image), &bar) in beside
        .rows
        .iter()
        .zip(&maps.images)
        .zip(&place.bars.marks.rows)
    {
        let halves = halves(image, style);
        let sides = [
            (Some(&beside.ours), row.dim, 1.0),
            (beside.theirs.as_ref(), row.pinned, row.sign()),
        ];
        // Beside each other stand the same columns of a table: those of the shown run.
        let lead = row.dim.map(|dim| beside.ours.columns(dim));
        for ((shown, dim, sign), half) in sides.into_iter().zip(halves) {
            map(&pen, half, shown.zip(dim), (sign, lead.as_deref()), &scale)?;
        }
        if maps.title > 0 {
            titles(&pen, &beside, row, halves)?;
        }
        let css = |rect: Rect| spot(rect, style);
        places.push(PairPlace {
            dim: row.dim,
            pinned: row.pinned,
            r: row.r,
            maps: row.maps,
            importance: beside
                .importance(row)
                .map(|found| found.map(|(mean, _)| mean)),
            places: halves.map(css),
            bar: css(bar),
        });
    }
    legend(&pen, maps, known_scale.map(|_| &scale), &beside.ours)?;
    Ok(ChartLayout {
        summary: summary(&beside),
        beside: Some(PinnedLayout {
            by: beside.by,
            rows: places,
        }),
        ..ChartLayout::default()
    })
}

fn spot(rect: Rect, style: &Style) -> Spot {
    let css = |length: i32| f64::from(length) / style.scale;
    Spot {
        x: css(rect.x),
        y: css(rect.y),
        width: css(rect.width),
        height: css(rect.height),
    }
}

/// The two places of a row's maps, with a little between them.
fn halves(image: Rect, style: &Style) -> [Rect; 2] {
    let gap = style.px(3.0).min(image.width / 4);
    let width = (image.width - gap) / 2;
    let left = Rect { width, ..image };
    let right = Rect {
        x: image.right() - width,
        width,
        ..image
    };
    [left, right]
}

/// A map as large as its place allows without being stretched.
fn map<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: Rect,
    known: Option<(&Shown<'_>, usize)>,
    (sign, lead): (f64, Option<&[usize]>),
    scale: &ColourScale,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let Some((shown, dim)) = known.filter(|(shown, _)| shown.has_maps()) else {
        pen.frame(place, style.grid)?;
        return pen.fill(place, unknown(style));
    };
    let drawn = shown.spec.drawn();
    let across = f64::from(place.width) / drawn.width.max(1) as f64;
    let down = f64::from(place.height) / drawn.height.max(1) as f64;
    let cell = across.min(down);
    let place = Rect {
        width: (cell * drawn.width as f64).round() as i32,
        height: (cell * drawn.height as f64).round() as i32,
        ..place
    };
    pen.frame(place, style.grid)?;
    if shown.spec.form() != DataForm::Image {
        let value = |feature| sign * shown.map(dim, feature);
        let all = shown.spec.image.pixels();
        let lead = lead.filter(|lead| lead.iter().all(|&feature| feature < all));
        let order = lead.map_or_else(|| shown.columns(dim), <[usize]>::to_vec);
        return vectors::draw(pen, place, shown.vector(&order, &value), scale);
    }
    let orientation = shown.spec.orientation();
    let drawn = orientation.drawn();
    let pixel = |row: usize, column: usize| {
        let (row, column) = orientation.stored(row, column);
        row * orientation.image.width + column
    };
    let cells = (drawn.height, drawn.width);
    let value = |row, column| sign * shown.map(dim, pixel(row, column));
    let map = Heatmap::new(place, cells, value, scale);
    pen.area.draw(&shown.marked(map, cells, &pixel, dim, style))
}

/// The numbers of both dimensions above their maps, and how far they go together.
fn titles<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    beside: &Beside<'_>,
    row: &Row,
    places: [Rect; 2],
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let numbers = match beside.by {
        MatchedBy::Network => [row.dim.or(row.pinned), None],
        _ => [row.dim, row.pinned],
    };
    for (dim, place) in numbers.into_iter().zip(places) {
        let Some(dim) = dim else { continue };
        let at = (place.x, place.y - style.em(MIDDLE_OF_TITLES));
        pen.text(
            &(dim + 1).to_string(),
            Type::Label,
            style.text,
            HPos::Left,
            at,
        )?;
    }
    let [_, right] = places;
    let said = row.r.filter(|_| is_worth_saying(beside.by, row));
    if let Some(r) = said {
        let text = format!("r {}", significant(r, 2));
        if style.label_width(text.chars().count() + 3) <= right.width {
            let at = (right.right(), right.y - style.em(MIDDLE_OF_TITLES));
            pen.note(&text, HPos::Right, at)?;
        }
    }
    Ok(())
}

/// Nobody asks how a dimension correlates with itself.
fn is_worth_saying(by: MatchedBy, row: &Row) -> bool {
    by != MatchedBy::Network || row.r.is_some_and(|r| r < UNCHANGED)
}

/// Two bars for each row: what is shown above what is pinned.
fn draw_bars<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Layout,
    beside: &Beside<'_>,
) -> Result<(), DrawError<DB>> {
    let (style, place) = (pen.style, &place.bars);
    let plot = place.marks.plot;
    let room = plot.right() - place.heading.0 + style.em(3.0);
    let class = beside.ours.class.unwrap_or_default();
    let other = beside.theirs.as_ref().and_then(|shown| shown.class);
    let heading = match other {
        Some(other) if other != class => format!("Latent importance, class {class} | {other}"),
        _ if class.is_empty() => "Latent importance".into(),
        _ => format!("Latent importance, class {class}"),
    };
    let heading = style.shortened(&[&heading, "Latent importance"], Type::Heading, room);
    pen.heading(&heading, place.heading)?;
    key(pen, (place.heading.0, place.titles), room, &beside.names())?;

    let longest = beside.longest_bar();
    let x = |value: f64| {
        let share = longest.map_or(0.0, |longest| (value / longest).clamp(0.0, 1.0));
        plot.x + (share * f64::from(plot.width)).round() as i32
    };
    let axis = Axis {
        longest,
        labelled: true,
    };
    bars::scale(pen, plot, axis, &x)?;
    let hairline = style.hairline();
    for (position, (row, band)) in beside.rows.iter().zip(&place.marks.rows).enumerate() {
        if position % place.marks.label_every == 0 {
            let at = (plot.x - style.em(0.45), band.y + band.height / 2);
            let label = beside.label(row);
            pen.text(&label, Type::Label, style.text, HPos::Right, at)?;
        }
        let height = ((f64::from(band.height) * THICKNESS) as i32).max(1);
        let top = band.y + (band.height - 2 * height) / 2;
        let colours = [style.accent, quiet(style)];
        for (at, (found, colour)) in beside.importance(row).into_iter().zip(colours).enumerate() {
            let Some((mean, error)) = found else { continue };
            let bar = Rect {
                x: plot.x,
                y: top + at as i32 * height,
                width: x(mean) - plot.x,
                height,
            };
            pen.fill(bar, colour)?;
            if let Some(error) = error.filter(|&error| error > 0.0 && height >= 4 * hairline) {
                bars::whisker(pen, bar, (x(mean - error), x(mean + error)))?;
            }
        }
    }
    pen.upright(plot.x - hairline, (plot.y, plot.bottom()), style.muted)?;
    bars::title(pen, plot, beside.ours.spec.metric, beside.ours.report)
}

/// Whose bars have which colour.
fn key<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    (left, middle): (i32, i32),
    room: i32,
    names: &[String; 2],
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let side = style.em(0.7);
    let mut x = left;
    for (name, colour) in names.iter().zip([style.accent, quiet(style)]) {
        let most = room / 2 - side - style.em(1.2);
        let name = style.shortened(&[name], Type::Label, most);
        let square = Rect {
            x,
            y: middle - side / 2,
            width: side,
            height: side,
        };
        pen.fill(square, colour)?;
        let at = (square.right() + style.em(0.4), middle);
        pen.note(&name, HPos::Left, at)?;
        x = at.0 + style.label_width(name.chars().count()) + style.em(0.8);
    }
    Ok(())
}

/// The height at which an area so wide shows it best, in CSS pixels.
#[must_use]
pub fn pinned_height(width: f64, known: &Known, spec: &FigureSpec, style: &Style) -> f64 {
    let specs = Specs::new(known, spec);
    let content = Beside::new(known, &specs).content();
    let height = layout::good_height(style.px(width), content, style);
    (f64::from(height) / style.scale).ceil()
}

/// Its numbers.
#[must_use]
pub fn pinned_numbers(known: &Known, (spec, _): (&FigureSpec, &Extra)) -> NumberTable {
    let specs = Specs::new(known, spec);
    let beside = Beside::new(known, &specs);
    let [ours, theirs] = beside.names();
    let caption = match &beside.theirs {
        Some(_) => format!("{ours} beside {theirs}, dimension by dimension"),
        None => NOTHING.into(),
    };
    let mut table = NumberTable::new(
        caption,
        [
            "Dimension",
            "Its match",
            "Correlation (r)",
            "Importance",
            "Importance of the match",
            "Difference",
            "Correlation of the maps",
        ],
    );
    if beside.theirs.is_none() {
        return table;
    }
    table.rows = beside
        .rows
        .iter()
        .map(|row| {
            let number =
                |dim: Option<usize>| dim.map_or("none".into(), |dim| (dim + 1).to_string());
            let digits = |value: Option<f64>| value.map_or(String::new(), |v| significant(v, 4));
            let importance = beside
                .importance(row)
                .map(|found| found.map(|(mean, _)| mean));
            let [first, second] = importance;
            vec![
                number(row.dim),
                number(row.pinned),
                digits(row.r),
                digits(first),
                digits(second),
                digits(first.zip(second).map(|(first, second)| first - second)),
                digits(row.maps),
            ]
        })
        .collect();
    table
}

const NOTHING: &str = "Nothing is pinned";

fn summary(beside: &Beside<'_>) -> String {
    if beside.theirs.is_none() {
        return format!("{NOTHING}.");
    }
    let [ours, theirs] = beside.names();
    let rows = beside.rows.iter().map(|row| {
        let name = |dim: Option<usize>| dim.map_or("none".into(), |dim| (dim + 1).to_string());
        let importance = beside.importance(row).map(|found| {
            found.map_or("importance not known".into(), |(mean, _)| {
                format!("importance {}", significant(mean, 3))
            })
        });
        let [first, second] = importance;
        let r = row.r.filter(|_| is_worth_saying(beside.by, row));
        let r = r.map_or(String::new(), |r| format!(", r {}", significant(r, 2)));
        format!(
            "{} ({first}) and {} ({second}){r}",
            name(row.dim),
            name(row.pinned)
        )
    });
    let rows: Vec<String> = rows.collect();
    format!(
        "{ours} beside {theirs}, dimension by dimension: {}.",
        rows.join("; ")
    )
}
