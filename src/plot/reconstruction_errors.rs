//! Images by how far off their reconstructions are: how many have which error, whose they are, where they
//! are off, and some of them with maps of their errors.

use ndarray::ArrayView1;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;
use serde::{Deserialize, Serialize};

use crate::data::{DataForm, Nouns};
use crate::numerals::{counted, grouped};
use crate::report::{ClassErrors, Pictured, ReconstructionErrors, Report};

use super::chart::{ChartLayout, Extra, Known};
use super::draw::{DrawError, Pen, SCALE_LABELS, SCALE_TITLE};
use super::figure::{FigureSpec, Place};
use super::heatmap::Heatmap;
use super::layout::Rect;
use super::maps::{ramp, unknown};
use super::number::{ceil_to_two_digits, significant, ticks};
use super::palette::{ColourScale, Kind};
use super::reconstructions::{SamplePlace, fitted, image, name};
use super::row_pairs::{SHAPE, small};
use super::style::{Style, Type};
use super::table::NumberTable;

/// How many images have an error from one to another, and where that was drawn, in CSS pixels from the
/// area's top left.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BinPlace {
    /// The least mean squared error of the step.
    pub from: f64,
    /// The least of the next.
    pub to: f64,
    /// Images of the step.
    pub count: usize,
    /// Left edge.
    pub x: f64,
    /// Upper edge of the plot, not of the bar: short bars are pointed at as easily.
    pub y: f64,
    /// From left to right.
    pub width: f64,
    /// From top to bottom.
    pub height: f64,
}

/// Where the errors of all images and of the classes were drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ErrorsPlace {
    /// The mean squared error above which images are marked.
    pub above: f64,
    /// The steps of the histogram from the left.
    pub steps: Vec<BinPlace>,
    /// The rows of the classes from the top.
    pub classes: Vec<Place>,
}

/// What is drawn.
struct Found<'a> {
    report: &'a Report,
    errors: &'a ReconstructionErrors,
    pictured: &'a Pictured,
    above: f64,
    all: ClassErrors,
    classes: Vec<ClassErrors>,
}

impl<'a> Found<'a> {
    fn of(known: &'a Known, spec: &FigureSpec, extra: &Extra) -> Option<Self> {
        let report = known
            .report
            .as_ref()
            .filter(|report| report.image == spec.image)?;
        let errors = report.errors()?;
        let above = extra
            .error_above
            .unwrap_or_else(|| errors.usual_threshold());
        let (all, classes) = report.errors_by_class(above)?;
        let fits = |pictured: &&Pictured| {
            let shape = (pictured.images.len(), spec.image.size());
            let images = errors.mean_squared.len();
            [pictured.originals.dim(), pictured.reconstructions.dim()] == [shape; 2]
                && pictured
                    .images
                    .iter()
                    .all(|&image| (image as usize) < images)
        };
        Some(Self {
            report,
            errors,
            pictured: known
                .pictured
                .as_ref()
                .filter(fits)
                .unwrap_or(&errors.worst),
            above,
            all,
            classes,
        })
    }

    /// Where the axis of the histogram ends.
    fn most(&self) -> f64 {
        match self.errors.largest() {
            0.0 => 1.0,
            largest => largest,
        }
    }

    fn nouns(&self) -> Nouns {
        self.report.nouns()
    }

    /// How many are above, as a sentence's beginning.
    fn marked(&self) -> String {
        format!(
            "{} of {} ({} %) above {}",
            grouped(self.all.above),
            self.nouns()
                .say(counted(self.all.images, "image", "images")),
            significant(100.0 * self.all.share(), 2),
            significant(self.above, 3)
        )
    }

    fn label(&self, image: usize) -> u8 {
        self.report
            .encoded
            .as_ref()
            .map_or(0, |encoded| encoded.labels[image])
    }
}

/// Lengths in ems.
mod em {
    /// Narrower areas have the panels below each other.
    pub const STACKED: f64 = 50.0;
    pub const HEAD: f64 = 3.4;
    /// From the titles of the panels to what they show.
    pub const TITLE: f64 = 1.5;
    pub const PLOT: f64 = 12.0;
    /// What stands below a panel.
    pub const FOOT: f64 = 2.9;
    pub const GAP: f64 = 2.2;
    /// A class, where there is room.
    pub const ROW: f64 = 1.5;
    pub const LEAST_ROW: f64 = 1.2;
    /// An image: at least, and at most.
    pub const IMAGE: [f64; 2] = [4.2, 6.4];
    /// Above an image its class, below its map the error.
    pub const NAMES: f64 = 1.4;
    pub const BETWEEN: f64 = 0.35;
    pub const BLOCKS: f64 = 0.9;
    /// Size of the map of all errors, at most.
    pub const MAP: f64 = 12.0;
    /// The scale's bar below maps.
    pub const BAR: f64 = 0.7;
}

/// Where things stand.
struct Layout {
    histogram: Rect,
    /// The rows of the classes, their names left out.
    classes: Rect,
    names: i32,
    row: i32,
    map: Rect,
    /// Above the images: their heading.
    heading: i32,
    /// Original, reconstruction and map of each image that is shown.
    images: Vec<[Rect; 3]>,
    /// For what is written above and below an image.
    room: i32,
    bottom: i32,
}

impl Layout {
    fn new(width: i32, classes: usize, images: usize, shape: (i32, i32), style: &Style) -> Self {
        let stacked = width < style.em(em::STACKED);
        let gap = style.em(em::GAP);
        let third = if stacked {
            width
        } else {
            (width - 2 * gap) / 3
        };
        let axis = style.label_width(5) + style.em(0.5);
        let edge = style.label_width(3);
        let top = style.em(em::HEAD) + style.em(em::TITLE);
        let histogram = Rect {
            x: axis,
            y: top,
            width: (third - axis - if stacked { edge } else { 0 }).max(1),
            height: style.em(em::PLOT),
        };
        let below = |rect: Rect| rect.bottom() + style.em(em::FOOT + em::TITLE) + gap / 2;
        let row = match (style.em(em::PLOT) / classes.max(1) as i32).min(style.em(em::ROW)) {
            low if low < style.em(em::LEAST_ROW) => style.em(em::LEAST_ROW),
            row => row,
        };
        let names = style.label_width(11) + style.em(0.6);
        let (left, y) = if stacked {
            (0, below(histogram))
        } else {
            (third + gap, top)
        };
        let classes = Rect {
            x: left + names,
            y,
            width: (third - names - style.label_width(7)).max(1),
            height: row * classes as i32,
        };
        let (left, y) = if stacked {
            (0, classes.bottom() + gap + style.em(em::TITLE))
        } else {
            (2 * (third + gap), top)
        };
        let most = style.em(em::MAP);
        let side = fitted(shape, (third.min(most).max(1), most));
        let map = Rect {
            x: left + style.hairline(),
            y,
            width: side.0,
            height: side.1.max(style.em(em::BAR)),
        };
        let lowest = histogram.bottom().max(map.bottom()) + style.em(em::FOOT + em::BAR);
        let heading = lowest.max(classes.bottom()) + gap;
        let mut place = Self {
            histogram,
            classes,
            names,
            row,
            map,
            heading,
            images: Vec::new(),
            room: 0,
            bottom: heading,
        };
        place.set(width, images, shape, style);
        place
    }

    /// Sets the images in blocks of rows.
    fn set(&mut self, width: i32, images: usize, shape: (i32, i32), style: &Style) {
        let gap = style.em(em::BETWEEN);
        let names = if width < style.em(em::STACKED) {
            0
        } else {
            style.label_width(15)
        };
        let [least, most] = em::IMAGE.map(|width| style.em(width));
        let room = width - names - 2 * style.hairline();
        let columns = ((room + gap) / (least + gap)).max(1);
        let slot = ((room + gap) / columns - gap).clamp(1, most);
        let side = fitted(shape, (slot, most));
        let side = (side.0, side.1.max(style.em(em::BAR)));
        let block = style.em(2.0 * em::NAMES + em::BLOCKS) + 3 * side.1 + 2 * gap;
        let top = self.heading + style.em(em::TITLE + em::NAMES);
        let pair = |at: usize| {
            let (row, column) = (at as i32 / columns, at as i32 % columns);
            let first = Rect {
                x: names + style.hairline() + column * (slot + gap) + (slot - side.0) / 2,
                y: top + row * block,
                width: side.0,
                height: side.1,
            };
            [0, 1, 2].map(|at| Rect {
                y: first.y + at * (side.1 + gap),
                ..first
            })
        };
        self.images = (0..images).map(pair).collect();
        self.room = slot + gap;
        let lowest = self
            .images
            .last()
            .map(|[.., map]| map.bottom() + style.em(em::NAMES));
        // The scale of the maps.
        self.bottom = lowest.map_or(self.heading, |lowest| {
            lowest + style.em(em::BLOCKS + em::BAR + em::FOOT)
        });
    }

    fn class(&self, at: usize) -> Rect {
        Rect {
            y: self.classes.y + self.row * at as i32,
            height: self.row,
            ..self.classes
        }
    }
}

/// While nothing is known there is room for ten classes and as many images.
const USUAL: usize = 10;

fn place(found: Option<&Found<'_>>, width: i32, spec: &FigureSpec, style: &Style) -> Layout {
    let classes = found.map_or(USUAL, |found| found.classes.len());
    let images = found.map_or(USUAL, |found| found.pictured.images.len());
    let shape = match found.map(|found| found.report.data.form) {
        None | Some(DataForm::Image) => {
            let drawn = spec.orientation().drawn();
            (drawn.width.max(1) as i32, drawn.height.max(1) as i32)
        }
        Some(_) => SHAPE,
    };
    Layout::new(width, classes, images, shape, style)
}

/// Draws the errors over the whole of `area`, as far as they are known.
///
/// # Errors
/// If the backend cannot draw.
pub fn reconstruction_errors<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    known: &Known,
    (spec, extra): (&FigureSpec, &Extra),
    style: &Style,
) -> Result<ChartLayout, DrawError<DB>> {
    let pen = Pen { area, style };
    area.fill(&RGBColor::from(style.background))?;
    let width = area.dim_in_pixel().0 as i32;
    let found = Found::of(known, spec, extra);
    let place = place(found.as_ref(), width, spec, style);
    let left = style.hairline();
    pen.heading("Reconstruction errors", (left, style.em(0.7)))?;
    let Some(found) = found else {
        for rect in [place.histogram, place.classes, place.map] {
            pen.fill(rect, unknown(style))?;
        }
        for rect in place.images.iter().flatten() {
            pen.fill(*rect, unknown(style))?;
        }
        return Ok(format!("{UNKNOWN}.").into());
    };
    let marked = found.marked();
    let marked = style.shortened(&[&marked], Type::Label, width);
    pen.text(
        &marked,
        Type::Label,
        style.text,
        HPos::Left,
        (left, style.em(2.1)),
    )?;
    let steps = histogram(&pen, &found, &place)?;
    classes(&pen, &found, &place)?;
    mean(&pen, &found, &place, spec)?;
    pictures(&pen, &found, &place, spec)?;
    Ok(layout(&found, &place, steps, style))
}

/// Draws how many images have which error; those above stand out.
fn histogram<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    found: &Found<'_>,
    place: &Layout,
) -> Result<Vec<BinPlace>, DrawError<DB>> {
    let (style, plot) = (pen.style, place.histogram);
    let titles = ["images by mean squared error", "images by error"];
    let titles = titles.map(|title| found.nouns().say(title));
    let title = style.shortened(
        &titles.each_ref().map(String::as_str),
        Type::Label,
        plot.width,
    );
    pen.note(&title, HPos::Left, (plot.x, plot.y - style.em(0.9)))?;
    let steps = (plot.width / style.em(0.7).max(1)).clamp(8, 40) as usize;
    let most = found.most();
    let counts = found.errors.histogram(steps, most);
    let highest = counts.iter().copied().max().unwrap_or(0).max(1);
    let x = |error: f64| {
        plot.x + ((error / most).clamp(0.0, 1.0) * f64::from(plot.width)).round() as i32
    };
    let y = |count: usize| plot.bottom() - (plot.height as usize * count / highest) as i32;
    for tick in ticks(0.0..=highest as f64, 4, 1.0) {
        let at = y(tick.value as usize);
        let colour = if tick.value == 0.0 {
            style.muted
        } else {
            style.grid
        };
        pen.level(at, (plot.x, plot.right()), colour)?;
        pen.note(&tick.label, HPos::Right, (plot.x - style.em(0.5), at))?;
    }
    let below = plot.bottom() + style.em(SCALE_LABELS);
    for tick in ticks(0.0..=most, 4, 0.0) {
        let at = x(tick.value);
        pen.upright(
            at,
            (plot.bottom(), plot.bottom() + style.px(4.0)),
            style.muted,
        )?;
        pen.note(&tick.label, HPos::Center, (at, below))?;
    }
    let quiet = style.background.mixed(style.muted, 0.5);
    let threshold = x(found.above);
    let css = |length: i32| f64::from(length) / style.scale;
    let mut places = Vec::new();
    for (step, &count) in counts.iter().enumerate() {
        let [from, to] = [step, step + 1].map(|at| most * at as f64 / steps as f64);
        let (left, right) = (x(from), x(to));
        let line = style.hairline();
        let bar = |left: i32, right: i32, colour| {
            let bar = Rect {
                x: left,
                y: y(count),
                width: right - left,
                height: plot.bottom() - y(count),
            };
            pen.fill(bar, colour)
        };
        // A step that the threshold divides is of both kinds.
        let split = threshold.clamp(left, right - line);
        bar(left, split, quiet)?;
        bar(split, right - line, style.accent)?;
        places.push(BinPlace {
            from,
            to,
            count,
            x: css(left),
            y: css(plot.y),
            width: css(right - left),
            height: css(plot.height),
        });
    }
    let top = plot.y - style.em(0.3);
    pen.upright(threshold, (top, plot.bottom() + style.px(6.0)), style.text)?;
    let said = format!("threshold {}", significant(found.above, 3));
    let at = (plot.x, plot.bottom() + style.em(SCALE_TITLE));
    let said = style.shortened(&[&said], Type::Label, plot.width);
    pen.text(&said, Type::Label, style.text, HPos::Left, at)?;
    Ok(places)
}

/// Draws which share of each class is above.
fn classes<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    found: &Found<'_>,
    place: &Layout,
) -> Result<(), DrawError<DB>> {
    let (style, plot) = (pen.style, place.classes);
    let title = style.shortened(
        &[
            "share above the threshold, by class",
            "share above, by class",
        ],
        Type::Label,
        plot.width + place.names,
    );
    let at = (
        plot.x - place.names + style.hairline(),
        plot.y - style.em(0.9),
    );
    pen.note(&title, HPos::Left, at)?;
    let largest = found
        .classes
        .iter()
        .map(ClassErrors::share)
        .fold(0.0, f64::max);
    let largest = if largest > 0.0 { largest } else { 1.0 };
    for (at, (class, errors)) in found.report.classes.iter().zip(&found.classes).enumerate() {
        let rect = place.class(at);
        let middle = rect.middle().1;
        let called = style.shortened(&[&class.name], Type::Label, place.names - style.em(0.6));
        let end = (rect.x - style.em(0.5), middle);
        pen.text(&called, Type::Label, style.text, HPos::Right, end)?;
        let bar = Rect {
            y: rect.y + rect.height / 6,
            width: (errors.share() / largest * f64::from(rect.width)).round() as i32,
            height: rect.height * 2 / 3,
            ..rect
        };
        pen.fill(bar, style.accent)?;
        let share = match errors.images {
            0 => found.nouns().say("no image"),
            _ => format!("{} %", significant(100.0 * errors.share(), 2)),
        };
        pen.note(&share, HPos::Left, (bar.right() + style.em(0.4), middle))?;
    }
    pen.upright(plot.x, (plot.y, plot.bottom()), style.muted)
}

/// Draws the mean error of every pixel.
fn mean<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    found: &Found<'_>,
    place: &Layout,
    spec: &FigureSpec,
) -> Result<(), DrawError<DB>> {
    let (style, rect) = (pen.style, place.map);
    let [what, _] = found.nouns().feature;
    let title = format!("mean squared error of each {what}");
    let title = title.as_str();
    pen.note(title, HPos::Left, (rect.x, rect.y - style.em(0.9)))?;
    let pixels = by_pixel(ArrayView1::from(&found.errors.by_value), spec);
    let scale = scale(&pixels, spec, style);
    let form = found.report.data.form;
    errors_map(pen, rect, &pixels, (spec, form, &scale))?;
    legend(pen, (rect.x, rect.bottom() + style.em(0.6)), &scale, "")
}

/// Draws the images that are pictured, their reconstructions and the squared errors between them.
fn pictures<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    found: &Found<'_>,
    place: &Layout,
    spec: &FigureSpec,
) -> Result<(), DrawError<DB>> {
    let (style, pictured) = (pen.style, found.pictured);
    let Some([.., last]) = place.images.last() else {
        return Ok(());
    };
    let full = pen.area.dim_in_pixel().0 as i32;
    let mean = super::reconstructions::mean_of(spec.image);
    let mean = mean.map_or(String::new(), |mean| format!(" ({mean})"));
    let [what, _] = found.nouns().feature;
    let many = found.nouns().say("Images");
    let titles = [
        format!("{many}{mean}, their reconstructions, and the squared error of each {what}"),
        format!("{many}{mean}, reconstructions, errors"),
        many.into(),
    ];
    let title = style.shortened(&titles.each_ref().map(String::as_str), Type::Heading, full);
    pen.heading(&title, (style.hairline(), place.heading))?;
    let maps: Vec<Vec<f64>> = (0..pictured.images.len())
        .map(|at| {
            let off = &pictured.originals.row(at) - &pictured.reconstructions.row(at);
            by_pixel(off.mapv(|off| off * off).view(), spec)
        })
        .collect();
    let scale = scale(&maps.concat(), spec, style);
    let range = found.report.shown_range();
    let form = found.report.data.form;
    let names = full >= style.em(em::STACKED);
    for (at, rects) in place.images.iter().enumerate() {
        let number = pictured.images[at] as usize;
        let [original, made, map] = *rects;
        if names && original.x == place.images[0][0].x {
            for (rect, what) in rects
                .iter()
                .zip(["input", "reconstruction", "squared error"])
            {
                let at = (rect.x - style.em(0.6), rect.middle().1);
                pen.note(what, HPos::Right, at)?;
            }
        }
        for rect in rects {
            pen.frame(*rect, style.grid)?;
        }
        for (rect, from) in [
            (original, &pictured.originals),
            (made, &pictured.reconstructions),
        ] {
            let row = from.row(at);
            if form == DataForm::Image {
                image(pen, rect, (spec, range), row)?;
            } else {
                let share = |value: &f32| f64::from((value - range.0) / (range.1 - range.0));
                small(pen, rect, form, &row.iter().map(share).collect::<Vec<_>>())?;
            }
        }
        errors_map(pen, map, &maps[at], (spec, form, &scale))?;
        let class = name(Some(found.report), found.label(number));
        let class = style.shortened(&[&class], Type::Label, place.room);
        let above = (original.middle().0, original.y - style.em(em::NAMES / 2.0));
        pen.text(&class, Type::Label, style.text, HPos::Center, above)?;
        let error = f64::from(found.errors.mean_squared[number]);
        let written = style.shortened(&[&significant(error, 3)], Type::Label, place.room);
        let below = (map.middle().0, map.bottom() + style.em(em::NAMES / 2.0));
        let colour = if error > found.above {
            style.accent
        } else {
            style.muted
        };
        pen.text(&written, Type::Label, colour, HPos::Center, below)?;
    }
    let at = (
        place.images[0][0].x,
        last.bottom() + style.em(em::NAMES + em::BLOCKS),
    );
    legend(
        pen,
        at,
        &scale,
        &format!("squared error of a {what}, one scale for all of these"),
    )
}

/// Of each pixel, the mean over its channels.
fn by_pixel(values: ArrayView1<'_, f32>, spec: &FigureSpec) -> Vec<f64> {
    let channels = spec.image.channels.max(1);
    let values: Vec<f64> = values.iter().map(|&value| f64::from(value)).collect();
    let pixels = values.chunks(channels);
    pixels
        .map(|pixel| pixel.iter().sum::<f64>() / channels as f64)
        .collect()
}

/// Up to the largest of these numbers.
fn scale(numbers: &[f64], spec: &FigureSpec, style: &Style) -> ColourScale {
    let largest = numbers.iter().copied().fold(0.0, f64::max);
    let limit = if largest > 0.0 {
        ceil_to_two_digits(largest)
    } else {
        1.0
    };
    ColourScale::new(Kind::Sequential, limit, spec.palette, style.background)
}

fn errors_map<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    rect: Rect,
    pixels: &[f64],
    (spec, form, scale): (&FigureSpec, DataForm, &ColourScale),
) -> Result<(), DrawError<DB>> {
    pen.frame(rect, pen.style.grid)?;
    if form != DataForm::Image {
        let shares: Vec<f64> = pixels.iter().map(|error| error / scale.limit).collect();
        return small(pen, rect, form, &shares);
    }
    let orientation = spec.orientation();
    let drawn = orientation.drawn();
    let value = |row: usize, column: usize| {
        let (row, column) = orientation.stored(row, column);
        pixels[row * orientation.image.width + column]
    };
    let cells = (drawn.height, drawn.width);
    pen.area.draw(&Heatmap::new(rect, cells, value, scale))
}

/// The colours from 0 to their limit, at the left upper corner given.
fn legend<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    (x, y): (i32, i32),
    scale: &ColourScale,
    title: &str,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let bar = Rect {
        x,
        y,
        width: style.em(8.0),
        height: style.em(em::BAR),
    };
    pen.frame(bar, style.grid)?;
    ramp(pen, bar, scale)?;
    let labels = bar.bottom() + style.em(SCALE_LABELS);
    pen.note("0", HPos::Left, (bar.x, labels))?;
    pen.note(
        &significant(scale.limit, 2),
        HPos::Right,
        (bar.right(), labels),
    )?;
    let room = pen.area.dim_in_pixel().0 as i32 - bar.right() - style.em(1.0);
    let titles = [title, "squared error"];
    if !title.is_empty() && room > style.label_width(titles[1].len()) {
        let title = style.shortened(&titles, Type::Label, room);
        let at = (bar.right() + style.em(1.0), bar.middle().1);
        pen.note(&title, HPos::Left, at)?;
    }
    Ok(())
}

fn layout(found: &Found<'_>, place: &Layout, steps: Vec<BinPlace>, style: &Style) -> ChartLayout {
    let css = |length: i32| f64::from(length) / style.scale;
    let rect = |dim: usize, class: Option<usize>, rect: Rect| Place {
        dim,
        class,
        method: None,
        epoch: None,
        x: css(rect.x),
        y: css(rect.y),
        width: css(rect.width),
        height: css(rect.height),
    };
    let class = |at: usize| {
        let row = place.class(at);
        let whole = Rect {
            x: row.x - place.names,
            width: row.width + place.names,
            ..row
        };
        rect(0, Some(at), whole)
    };
    let images = place.images.iter().zip(&found.pictured.images);
    let images = images.map(|([first, _, last], &image)| SamplePlace {
        sample: image as usize,
        x: css(first.x),
        y: css(first.y),
        width: css(first.width),
        height: css(last.bottom() - first.y),
    });
    ChartLayout {
        summary: summary(found),
        maps: Some(vec![rect(0, None, place.map)]),
        images: Some(images.collect()),
        errors: Some(ErrorsPlace {
            above: found.above,
            steps,
            classes: (0..found.classes.len()).map(class).collect(),
        }),
        ..ChartLayout::default()
    }
}

/// The height at which an area so wide shows it best, in CSS pixels.
#[must_use]
pub fn reconstruction_errors_height(
    width: f64,
    known: &Known,
    spec: &FigureSpec,
    style: &Style,
) -> f64 {
    let found = Found::of(known, spec, &Extra::default());
    let place = place(found.as_ref(), style.px(width), spec, style);
    (f64::from(place.bottom + style.em(SCALE_TITLE) / 2) / style.scale).ceil()
}

/// The errors of all images and of each class, and how many are above the threshold.
#[must_use]
pub fn reconstruction_errors_numbers(
    known: &Known,
    (spec, extra): (&FigureSpec, &Extra),
) -> NumberTable {
    let images = spec.say("Images");
    let head = [
        images.as_str(),
        "How many",
        "Mean of their mean squared errors",
        "Median",
        "Largest",
        "Above the threshold",
        "Share above (%)",
    ];
    let Some(found) = Found::of(known, spec, extra) else {
        return NumberTable::new(UNKNOWN, head);
    };
    let threshold = significant(found.above, 3);
    let mut table = NumberTable::new(
        format!("Reconstruction errors by class, and how many are above {threshold}"),
        head,
    );
    let row = |called: String, errors: &ClassErrors| {
        let number = |value: f64| match errors.images {
            0 => String::new(),
            _ => significant(value, 4),
        };
        vec![
            called,
            grouped(errors.images),
            number(errors.mean),
            number(errors.median),
            number(errors.largest),
            grouped(errors.above),
            number(100.0 * errors.share()),
        ]
    };
    table.rows = std::iter::once(row("All".into(), &found.all))
        .chain(
            found
                .report
                .classes
                .iter()
                .zip(&found.classes)
                .map(|(class, errors)| row(format!("Class {}", class.name), errors)),
        )
        .collect();
    table
}

const UNKNOWN: &str = "How far off the reconstructions are is not known yet";

/// How many classes are named.
const NAMED: usize = 3;

fn summary(found: &Found<'_>) -> String {
    let mut said = vec![format!(
        "Mean squared errors of {}: {} on average, half of them at most {}, the largest {}. {}.",
        counted(found.all.images, "reconstruction", "reconstructions"),
        significant(found.all.mean, 3),
        significant(found.all.median, 3),
        significant(found.all.largest, 3),
        found.marked(),
    )];
    let mut classes: Vec<_> = found.report.classes.iter().zip(&found.classes).collect();
    classes.retain(|(_, errors)| errors.above > 0);
    classes.sort_by(|(_, a), (_, b)| b.share().total_cmp(&a.share()));
    if found.classes.len() > 1 && !classes.is_empty() {
        let named = classes.iter().take(NAMED).map(|(class, errors)| {
            format!(
                "{} ({} %)",
                class.name,
                significant(100.0 * errors.share(), 2)
            )
        });
        let named: Vec<String> = named.collect();
        said.push(format!(
            "The largest shares have classes {}.",
            named.join(", ")
        ));
    }
    if let Some(worst) = found.errors.order().first() {
        let encoded = found.report.encoded.as_ref();
        let position = encoded.map_or(0, |encoded| encoded.positions[*worst]);
        let class = name(Some(found.report), found.label(*worst));
        let [row, _] = found.nouns().row;
        said.push(format!(
            "Worst is {row} {} of class {class}.",
            grouped(position as usize + 1)
        ));
    }
    said.join(" ")
}
