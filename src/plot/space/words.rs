//! The encoded space in words and as a table.

use super::plane::{Kind, Plane, plane};
use crate::plot::chart::Projection;
use crate::plot::figure::FigureSpec;
use crate::plot::number::significant;
use crate::plot::table::NumberTable;
use crate::report::Report;
use crate::report::words::images_in_words;

const UNKNOWN: &str = "The encoded space is not known yet";

pub(super) fn summary(plane: Option<&Plane<'_>>, selected: Option<usize>) -> String {
    let Some(plane) = plane else {
        return format!("{UNKNOWN}.");
    };
    let deviations = plane.encoded.standard_deviations();
    let deviation = |dim: usize| significant(deviations[dim], 3);
    let [across, up] = &plane.axes;
    let axes = match plane.kind {
        Kind::Dimensions([x, y]) => format!(
            "by the two dimensions that vary most, dimension {} (standard deviation {}) and \
             dimension {} ({})",
            x + 1,
            deviation(x),
            y + 1,
            deviation(y)
        ),
        Kind::Lanes => format!(
            "by the only dimension (standard deviation {}), a line for each class",
            deviation(0)
        ),
        Kind::Projection => format!("by {across} and {up}"),
    };
    let counts = plane.by_class();
    let medians: Vec<String> = plane
        .classes
        .iter()
        .zip(plane.medians())
        .zip(counts)
        .filter_map(|((class, median), images)| {
            let [x, y] = median?.map(|value| significant(value, 2));
            let name = &class.name;
            let at = match plane.kind {
                Kind::Lanes => x,
                _ => format!("({x}, {y})"),
            };
            Some(format!("{name} {at} of {}", count(images.len())))
        })
        .collect();
    let ringed = selected
        .and_then(|image| {
            let label = *plane.encoded.labels.get(image)?;
            let class = plane.classes.iter().find(|class| class.label == label)?;
            let number = plane.encoded.positions[image] + 1;
            Some(format!(
                " Image {number} of class {} is ringed.",
                class.name
            ))
        })
        .unwrap_or_default();
    format!(
        "Encoded space of {} {} {axes}. Medians of the classes: {}.{ringed}",
        plane.images(),
        images_in_words(plane.classes),
        medians.join(", ")
    )
}

fn count(images: usize) -> String {
    match images {
        1 => "1 image".into(),
        many => format!("{many} images"),
    }
}

/// How many images each class has, and their median place on the plane that is shown.
#[must_use]
pub fn space_numbers(
    report: Option<&Report>,
    projection: Option<&Projection>,
    spec: &FigureSpec,
) -> NumberTable {
    let columns = |names: Vec<String>| ["Class".into(), "Images".into()].into_iter().chain(names);
    let Some(plane) = plane(report, projection, spec) else {
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
    let row = |((class, median), images): ((&_, Option<[f64; 2]>), Vec<usize>)| {
        let class: &crate::report::ClassSummary = class;
        let median = |axis: usize| median.map_or("none".into(), |at| significant(at[axis], 3));
        let place = (0..axes.len()).map(median);
        let head = [class.name.clone(), images.len().to_string()];
        head.into_iter().chain(place).collect()
    };
    NumberTable {
        caption: format!(
            "Median place of each class among {} encoded {}",
            plane.images(),
            images_in_words(plane.classes)
        ),
        columns: columns(medians.collect()).collect(),
        rows: plane
            .classes
            .iter()
            .zip(plane.medians())
            .zip(plane.by_class())
            .map(row)
            .collect(),
    }
}
