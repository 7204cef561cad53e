//! The encoded space in words and as a table.

use super::plane::{Kind, Plane, plane};
use super::{Seen, SpaceSpec};
use crate::data::ClassSummary;
use crate::numerals::{counted, grouped};
use crate::plot::number::significant;
use crate::plot::table::NumberTable;
use crate::report::Report;
use crate::report::words::images_in_words;

const UNKNOWN: &str = "The encoded space is not known yet";

pub(super) fn summary(known: Option<(&Plane<'_>, &Seen)>, spec: &SpaceSpec<'_>) -> String {
    let Some((plane, seen)) = known else {
        return format!("{UNKNOWN}.");
    };
    let parts = [
        format!("{} {}.", heading(plane, seen), axes(plane)),
        medians(plane),
        chosen(plane, spec),
        hidden(plane, spec),
        ringed(plane, spec),
    ];
    let said: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    said.join(" ")
}

/// Of which images the encoded space is, and how many of them are in view where that is not all.
pub(super) fn heading(plane: &Plane<'_>, seen: &Seen) -> String {
    let images = plane.images();
    let what = match images_in_words(plane.classes) {
        words if images == 1 => words.trim_end_matches('s'),
        words => words,
    };
    let view = if seen.images < plane.by_class.iter().map(Vec::len).sum() {
        format!(", {} of them in view,", grouped(seen.images))
    } else {
        String::new()
    };
    let images = grouped(images);
    plane
        .nouns
        .say(format!("Encoded space of {images} {what}{view}"))
}

fn axes(plane: &Plane<'_>) -> String {
    let [first, second] = plane.deviations.map(|deviation| significant(deviation, 3));
    let both = |[x, y]: [usize; 2]| {
        format!(
            "dimension {} (standard deviation {first}) and dimension {} ({second})",
            x + 1,
            y + 1
        )
    };
    match plane.kind {
        Kind::Widest(dims) => format!("by the two dimensions that vary most, {}", both(dims)),
        Kind::Asked(dims) => format!("by {}", both(dims)),
        Kind::Lanes => {
            format!("by the only dimension (standard deviation {first}), a line for each class")
        }
        Kind::Projection => format!("by {} and {}", plane.axes[0], plane.axes[1]),
    }
}

fn medians(plane: &Plane<'_>) -> String {
    let classes = plane
        .classes
        .iter()
        .zip(&plane.medians)
        .zip(&plane.by_class);
    let medians: Vec<String> = classes
        .filter_map(|((class, median), images)| {
            let [x, y] = (*median)?.map(|value| significant(value, 2));
            let name = &class.name;
            let at = match plane.kind {
                Kind::Lanes => x,
                _ => format!("({x}, {y})"),
            };
            let of = plane.nouns.say(counted(images.len(), "image", "images"));
            Some(format!("{name} {at} of {of}"))
        })
        .collect();
    if medians.is_empty() {
        return String::new();
    }
    format!("Medians of the classes: {}.", medians.join(", "))
}

fn chosen(plane: &Plane<'_>, spec: &SpaceSpec<'_>) -> String {
    let Some(chosen) = spec.chosen else {
        return String::new();
    };
    let number = chosen
        .iter()
        .take(plane.images())
        .filter(|each| **each)
        .count();
    plane
        .nouns
        .say(format!("{number} of the images are chosen and stand out."))
}

fn hidden(plane: &Plane<'_>, spec: &SpaceSpec<'_>) -> String {
    let classes = plane.classes.iter().enumerate();
    let names: Vec<&str> = classes
        .filter(|(row, _)| spec.hidden.contains(row))
        .map(|(_, class)| class.name.as_str())
        .collect();
    if names.is_empty() {
        return String::new();
    }
    format!("Hidden: {}.", names.join(", "))
}

fn ringed(plane: &Plane<'_>, spec: &SpaceSpec<'_>) -> String {
    let encoded = plane.encoded;
    let Some((image, label)) = spec
        .selected
        .and_then(|image| Some((image, encoded.labels.get(image)?)))
    else {
        return String::new();
    };
    let class = plane.classes.iter().find(|class| class.label == *label);
    let name = class.map_or("", |class| class.name.as_str());
    let number = encoded.positions[image] + 1;
    let [row, _] = plane.nouns.row;
    let file = encoded.file.get(image).zip(encoded.place.get(image));
    let file = file.and_then(|(&file, place)| Some((encoded.files.get(file as usize)?, place + 1)));
    let file = file.map_or(String::new(), |(file, place)| {
        format!("; {row} {place} of {file}")
    });
    format!("Ringed: {row} {number} of class {name}{file}.")
}

/// How many images each class has, and their median place on the plane that is shown.
#[must_use]
pub fn space_numbers(report: Option<&Report>, spec: &SpaceSpec<'_>) -> NumberTable {
    let images = report.map_or("Images".into(), |report| report.nouns().say("Images"));
    let columns = |names: Vec<String>| ["Class".into(), images.clone()].into_iter().chain(names);
    let Some(plane) = plane(report, spec) else {
        return NumberTable {
            caption: UNKNOWN.into(),
            columns: columns(vec!["Median".into()]).collect(),
            rows: Vec::new(),
        };
    };
    let axes: &[String] = match plane.kind {
        Kind::Lanes => &plane.axes[..1],
        _ => &plane.axes,
    };
    let medians = axes.iter().map(|axis| format!("Median of {axis}"));
    let row = |((class, median), images): ((&ClassSummary, &Option<[f64; 2]>), &Vec<usize>)| {
        let median = |axis: usize| median.map_or("none".into(), |at| significant(at[axis], 3));
        let place = (0..axes.len()).map(median);
        let head = [class.name.clone(), images.len().to_string()];
        head.into_iter().chain(place).collect()
    };
    NumberTable {
        caption: format!(
            "Median place of each class among {} encoded {}",
            plane.images(),
            plane.nouns.say(images_in_words(plane.classes))
        ),
        columns: columns(medians.collect()).collect(),
        rows: plane
            .classes
            .iter()
            .zip(&plane.medians)
            .zip(&plane.by_class)
            .map(row)
            .collect(),
    }
}
