//! A few of the explained images above what the autoencoder makes of them (the paper's Figures 4, 6 and 9).

use ndarray::ArrayView1;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;
use serde::{Deserialize, Serialize};

#[cfg(feature = "general")]
use crate::data::DataForm;
use crate::data::ImageShape;
use crate::numerals::grouped;
use crate::report::Report;
use crate::train::Samples;

use super::draw::{DrawError, Pen};
use super::figure::FigureSpec;
use super::heatmap::Heatmap;
use super::layout::Rect;
use super::maps::unknown;
use super::number::significant;
use super::palette::ColourScale;
#[cfg(feature = "general")]
use super::row_pairs::Panels;
use super::style::{Colour, Style, Type};
use super::table::NumberTable;

/// The chart in words, and where its images were drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct ReconstructionsLayout {
    /// The chart in words.
    pub summary: String,
    /// The input of each sample. Empty while the samples are not known.
    pub images: Vec<SamplePlace>,
}

/// Where the input of a sample was drawn: a rectangle in CSS pixels from the area's top left.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SamplePlace {
    /// Row of the report's samples; of reconstruction errors, the place among the explained images.
    pub sample: usize,
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// From left to right.
    pub width: f64,
    /// From top to bottom.
    pub height: f64,
}

/// Draws the report's samples over the whole of `area`: inputs in a row, their reconstructions
/// beneath, turned and mirrored as `spec` has it. Samples of another size are of another run and
/// are not drawn.
///
/// # Errors
/// If the backend cannot draw.
pub fn reconstructions<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    report: Option<&Report>,
    spec: &FigureSpec,
    style: &Style,
) -> Result<ReconstructionsLayout, DrawError<DB>> {
    let pen = Pen { area, style };
    area.fill(&RGBColor::from(style.background))?;
    let (width, height) = area.dim_in_pixel();
    let samples = samples(report, spec);
    #[cfg(feature = "general")]
    if let (Some(report), Some(samples)) = (report, samples)
        && report.data.form != DataForm::Image
    {
        let of = (report.data.form, spec.image.size());
        let panels = Panels::new(width as i32, samples.labels.len(), of, style);
        let heading = rows_heading(report);
        let heading = style.shortened(&[&heading], Type::Heading, width as i32);
        pen.heading(&heading, (style.hairline(), style.em(0.7)))?;
        return Ok(ReconstructionsLayout {
            images: panels.draw(&pen, report, samples)?,
            summary: summary(Some(report), Some(samples), spec),
        });
    }
    let count = samples.map_or(USUAL, |samples| samples.labels.len());
    let each = together(samples);
    let place = Place::new((width as i32, height as i32), (count, each), spec, style);
    let errors = samples.map(Samples::errors);
    headings(&pen, &place, report, spec)?;
    let range = report.map_or((0.0, 1.0), Report::shown_range);
    for (sample, pair) in place.pairs.iter().enumerate() {
        for (rect, made) in pair.iter().zip([false, true]) {
            pen.frame(*rect, style.grid)?;
            match samples {
                Some(samples) => {
                    let from = if made {
                        &samples.reconstructions
                    } else {
                        &samples.images
                    };
                    image(&pen, *rect, (spec, range), from.row(sample))?;
                }
                None => pen.fill(*rect, unknown(style))?,
            }
        }
        if let Some(samples) = samples {
            let name = name(report, samples.labels[sample]);
            let [input, _] = pair;
            let name = style.shortened(&[&name], Type::Label, place.room);
            let at = (input.middle().0, input.y - style.em(0.7));
            pen.text(&name, Type::Label, style.text, HPos::Center, at)?;
        }
        if let Some(error) = errors.as_ref().map(|errors| errors[sample].mean_squared) {
            let [_, made] = pair;
            let at = (made.middle().0, made.bottom() + style.em(em::ERROR / 2.0));
            let error = style.shortened(&[&significant(error, 3)], Type::Label, place.room);
            pen.note(&error, HPos::Center, at)?;
        }
    }
    let css = |length: i32| f64::from(length) / style.scale;
    let place_of = |(sample, pair): (usize, &[Rect; 2])| SamplePlace {
        sample,
        x: css(pair[0].x),
        y: css(pair[0].y),
        width: css(pair[0].width),
        height: css(pair[0].height),
    };
    let known = place.pairs.iter().enumerate().filter(|_| samples.is_some());
    Ok(ReconstructionsLayout {
        images: known.map(place_of).collect(),
        summary: summary(report, samples, spec),
    })
}

/// The height, in CSS pixels, at which an area `width` CSS pixels wide shows the samples best.
#[must_use]
pub fn reconstructions_height(
    width: f64,
    report: Option<&Report>,
    spec: &FigureSpec,
    style: &Style,
) -> f64 {
    let count = samples(report, spec).map_or(USUAL, |samples| samples.labels.len());
    #[cfg(feature = "general")]
    if let Some(form) = report.map(|report| report.data.form)
        && form != DataForm::Image
        && samples(report, spec).is_some()
    {
        let panels = Panels::new(style.px(width), count, (form, spec.image.size()), style);
        return (f64::from(panels.bottom(style)) / style.scale).ceil();
    }
    let each = together(samples(report, spec));
    let place = Place::new((style.px(width), i32::MAX / 2), (count, each), spec, style);
    let lowest = place.pairs.last().map_or(0, |pair| pair[1].bottom());
    (f64::from(lowest + style.em(em::ERROR + em::BELOW)) / style.scale).ceil()
}

/// How far each sample's reconstruction is from it.
#[must_use]
pub fn reconstructions_numbers(report: Option<&Report>, spec: &FigureSpec) -> NumberTable {
    let cross_entropy = spec.say(match spec.image.channels {
        1 => "Cross-entropy (nats per pixel)",
        _ => "Cross-entropy (nats per value)",
    });
    let image = spec.say("Image");
    let mut table = NumberTable::new(
        UNKNOWN,
        [&image, "Class", "Mean squared error", &cross_entropy],
    );
    let Some(samples) = samples(report, spec) else {
        return table;
    };
    table.caption = spec.say(match report.map(Report::images_in_words) {
        Some("images") => "Images and how far their reconstructions are from them",
        _ => "Held-out images and how far their reconstructions are from them",
    });
    let numbers = numbers(report, samples);
    let is_wide = report.is_some_and(|report| report.shown_range() != (0.0, 1.0));
    let errors = samples.errors().into_iter().zip(&samples.labels);
    let rows = errors.enumerate().map(|(sample, (error, &label))| {
        vec![
            grouped(numbers[sample]),
            name(report, label),
            significant(error.mean_squared, 3),
            // Of numbers outside 0 to 1 there is none.
            if is_wide {
                "–".into()
            } else {
                significant(error.cross_entropy, 3)
            },
        ]
    });
    table.rows = rows.collect();
    table
}

/// The place of each sample in its class, counted from 1: a class' samples are the first of its
/// explained images. Where these are not known, its place among the samples.
fn numbers(report: Option<&Report>, samples: &Samples) -> Vec<usize> {
    let encoded = report.and_then(|report| report.encoded.as_ref());
    let place = |sample: usize| {
        let encoded = encoded?;
        let label = samples.labels[sample];
        let of_class = |found: &&u8| **found == label;
        let before = samples.labels[..sample].iter().filter(of_class).count();
        let images = encoded.labels.iter().zip(&encoded.positions);
        let mut own = images.filter(|(found, _)| **found == label);
        own.nth(before).map(|(_, &position)| position as usize + 1)
    };
    (0..samples.labels.len())
        .map(|sample| place(sample).unwrap_or(sample + 1))
        .collect()
}

/// How many samples of a class stand in a row, if as many of each do: they are not parted then.
fn together(samples: Option<&Samples>) -> usize {
    let Some(samples) = samples else { return 1 };
    let runs = samples.labels.chunk_by(|a, b| a == b).map(<[u8]>::len);
    let (least, most) = runs.fold((usize::MAX, 1), |(least, most), length| {
        (length.min(least), length.max(most))
    });
    if least == most { most } else { 1 }
}

const UNKNOWN: &str = "Reconstructions are not known yet";

/// Images of a report of which nothing is known.
const USUAL: usize = 10;

fn samples<'a>(report: Option<&'a Report>, spec: &FigureSpec) -> Option<&'a Samples> {
    let found = report?.samples.as_ref()?;
    let shape = (found.labels.len(), spec.image.size());
    let fits = found.images.dim() == shape && found.reconstructions.dim() == shape;
    (fits && shape.0 > 0).then_some(found)
}

/// What people call the class with a label.
pub(super) fn name(report: Option<&Report>, label: u8) -> String {
    let mut classes = report.iter().flat_map(|report| &report.classes);
    let class = classes.find(|class| class.label == label);
    class.map_or_else(|| label.to_string(), |class| class.name.clone())
}

/// Lengths in multiples of the main text's size.
mod em {
    /// Narrower areas have no names beside the rows.
    pub const NARROW: f64 = 42.0;
    pub const HEADING: f64 = 1.75;
    /// What stands for the rows' names in narrow areas.
    pub const NOTE: f64 = 1.4;
    /// The line of the classes' names.
    pub const NAMES: f64 = 1.5;
    pub const BETWEEN: f64 = 0.6;
    /// The line of the errors.
    pub const ERROR: f64 = 1.4;
    /// Between two blocks of rows.
    pub const BLOCKS: f64 = 0.7;
    /// Width of an image: at least, and at most.
    pub const IMAGE: [f64; 2] = [4.4, 7.8];
    pub const BELOW: f64 = 0.5;
}

/// Name of the lower row, the longer one.
const LOWER: &str = "reconstruction";

struct Place {
    /// Input and reconstruction of each sample.
    pairs: Vec<[Rect; 2]>,
    /// For what is written above and below an image.
    room: i32,
    narrow: bool,
}

impl Place {
    fn new(
        (width, height): (i32, i32),
        (count, each): (usize, usize),
        spec: &FigureSpec,
        style: &Style,
    ) -> Self {
        let narrow = width < style.em(em::NARROW);
        let hairline = style.hairline();
        let left = hairline
            + if narrow {
                0
            } else {
                style.label_width(LOWER.len() + 1)
            };
        let top = style.em(em::HEADING) + if narrow { style.em(em::NOTE) } else { 0 };
        let gap = style.em(em::BETWEEN);
        let room = width - left - hairline;
        let across = |columns: usize| (room + gap) / columns.max(1) as i32 - gap;
        // As few blocks as leave images large enough to be seen.
        let [least, most] = em::IMAGE.map(|width| style.em(width));
        let blocks = (1..=count.max(1)).find(|blocks| across(count.div_ceil(*blocks)) >= least);
        let columns = count.div_ceil(blocks.unwrap_or(count.max(1))).max(1);
        let columns = match columns / each * each {
            0 => columns,
            whole => whole,
        };
        let blocks = count.div_ceil(columns).max(1);

        let drawn = spec.orientation().drawn();
        let around = style.em(em::NAMES) + gap + style.em(em::ERROR);
        let between = style.em(em::BLOCKS);
        let each = (height - top - style.em(em::BELOW) + between) / blocks as i32;
        let down = (each - around - between) / 2;
        let shape = (drawn.width.max(1) as i32, drawn.height.max(1) as i32);
        let side = fitted(shape, (across(columns).min(most), down.min(most)));

        // Narrow images keep room for what is written above and below them.
        let slot = across(columns).min(least).max(side.0);
        let block = around + 2 * side.1 + between;
        let pair = |sample: usize| {
            let (block_at, column) = ((sample / columns) as i32, (sample % columns) as i32);
            let input = Rect {
                x: left + column * (slot + gap) + (slot - side.0) / 2,
                y: top + block_at * block + style.em(em::NAMES),
                width: side.0,
                height: side.1,
            };
            let made = Rect {
                y: input.bottom() + gap,
                ..input
            };
            [input, made]
        };
        Self {
            pairs: (0..count).map(pair).collect(),
            room: slot + gap,
            narrow,
        }
    }
}

/// Below this share of the room, whole numbers of the screen's pixels waste too much of it.
const WASTE: f64 = 0.85;

/// The largest size of an image of this shape that fits into a rectangle: each of its pixels as
/// the same whole number of the screen's unless that wastes much of the room.
pub(super) fn fitted(shape: (i32, i32), room: (i32, i32)) -> (i32, i32) {
    let share = |room: i32, length: i32| f64::from(room.max(1)) / f64::from(length);
    let share = share(room.0, shape.0).min(share(room.1, shape.1));
    let share = if share.floor() >= WASTE * share {
        share.floor()
    } else {
        share
    };
    let scaled = |length: i32| ((f64::from(length) * share) as i32).max(1);
    (scaled(shape.0), scaled(shape.1))
}

fn headings<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Place,
    report: Option<&Report>,
    spec: &FigureSpec,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let left = style.hairline();
    let room = pen.area.dim_in_pixel().0 as i32 - left;
    let mean = mean_of(spec.image).map_or(String::new(), |mean| format!(", {mean}"));
    let wordings = [
        match report.map(Report::images_in_words) {
            Some("images") => "Images and their reconstructions",
            _ => "Held-out images and their reconstructions",
        },
        "Reconstructions",
    ]
    .map(|wording| format!("{}{mean}", spec.say(wording)));
    let heading = style.shortened(
        &wordings.each_ref().map(String::as_str),
        Type::Heading,
        room,
    );
    pen.heading(&heading, (left, style.em(0.7)))?;
    if place.narrow {
        let at = (left, style.em(em::HEADING + em::NOTE / 2.0));
        return pen.note("each input above its reconstruction", HPos::Left, at);
    }
    let blocks = place
        .pairs
        .iter()
        .filter(|pair| pair[0].x == place.pairs[0][0].x);
    for [input, made] in blocks {
        let x = input.x - style.em(0.6);
        pen.note("input", HPos::Right, (x, input.middle().1))?;
        pen.note(LOWER, HPos::Right, (x, made.middle().1))?;
    }
    Ok(())
}

#[cfg(feature = "general")]
fn rows_heading(report: &Report) -> String {
    report.nouns().say(match report.images_in_words() {
        "images" => "Images and their reconstructions",
        _ => "Held-out images and their reconstructions",
    })
}

/// Draws the numbers of an image, of which the second are shown darkest and brightest.
pub(super) fn image<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    rect: Rect,
    (spec, (least, most)): (&FigureSpec, (f32, f32)),
    from: ArrayView1<'_, f32>,
) -> Result<(), DrawError<DB>> {
    let scale = ColourScale::intensity(spec.images, pen.style);
    let orientation = spec.orientation();
    let ImageShape {
        height,
        width,
        channels,
    } = orientation.drawn();
    let value = |row: usize, column: usize, channel: usize| {
        let (row, column) = orientation.stored(row, column);
        let pixel = row * orientation.image.width + column;
        let value = from[pixel * channels + channel];
        f64::from((value - least) / (most - least))
    };
    let cells = (height, width);
    if channels == 3 {
        let colours = |row, column| [0, 1, 2].map(|channel| value(row, column, channel));
        return pen
            .area
            .draw(&Heatmap::painted(rect, cells, colours, Colour::light));
    }
    let mean = |row, column| {
        let sum: f64 = (0..channels)
            .map(|channel| value(row, column, channel))
            .sum();
        sum / channels as f64
    };
    pen.area.draw(&Heatmap::new(rect, cells, mean, &scale))
}

/// What is shown of pixels that have neither one number nor red, green and blue.
pub(super) fn mean_of(image: ImageShape) -> Option<String> {
    (!matches!(image.channels, 1 | 3)).then(|| format!("the mean of {} channels", image.channels))
}

fn summary(report: Option<&Report>, samples: Option<&Samples>, spec: &FigureSpec) -> String {
    let Some(samples) = samples else {
        return format!("{UNKNOWN}.");
    };
    let names: Vec<String> = samples
        .labels
        .iter()
        .map(|&label| name(report, label))
        .collect();
    let errors: Vec<f64> = samples
        .errors()
        .iter()
        .map(|error| error.mean_squared)
        .collect();
    let mean = errors.iter().sum::<f64>() / errors.len() as f64;
    let worst = (0..errors.len()).max_by(|&a, &b| errors[a].total_cmp(&errors[b]));
    let numbers = numbers(report, samples);
    let worst = worst.map_or(String::new(), |worst| {
        let error = significant(errors[worst], 3);
        let (number, name) = (grouped(numbers[worst]), &names[worst]);
        let of = spec.say(format!(", the largest {error} of image {number}"));
        format!("{of} of class {name}")
    });
    // Each once, in their order.
    let mut classes = names.clone();
    let mut seen = std::collections::BTreeSet::new();
    classes.retain(|name| seen.insert(name.clone()));
    let shown = mean_of(spec.image).map_or(String::new(), |mean| format!(" Shown is {mean}."));
    format!(
        "{} {} above their reconstructions, of classes {}. Their mean squared error is {} on \
         average{worst}.{shown}",
        grouped(names.len()),
        spec.say(report.map_or("images", Report::images_in_words)),
        classes.join(", "),
        significant(mean, 3)
    )
}
