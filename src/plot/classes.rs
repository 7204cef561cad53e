//! Latent importance of every class: a panel of bars each, all on one axis.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

#[cfg(feature = "general")]
use crate::attribution::Attribution;
use crate::numerals::counted;
use crate::report::Report;
#[cfg(feature = "general")]
use crate::report::Unit;

use super::bars::{self, Axis};
use super::draw::{DrawError, Pen};
use super::figure::{FigureLayout, FigureSpec, Place, places};
use super::layout::{Classes, Content};
use super::number::{significant, sort_largest_first};
use super::shown::Shown;
use super::style::{Style, Type};
use super::summary;
use super::table::{NumberTable, measured};

/// Draws the bars of every class over the whole of `area`, as far as `report` knows them. All
/// panels have one axis, so that bars compare between classes too.
///
/// # Errors
/// If the backend cannot draw.
pub fn classes<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    report: Option<&Report>,
    spec: &FigureSpec,
    style: &Style,
) -> Result<FigureLayout, DrawError<DB>> {
    let (width, height) = area.dim_in_pixel();
    let specs = specs(report, spec);
    let shown: Vec<Shown<'_>> = specs.iter().map(|spec| Shown::new(report, spec)).collect();
    let content = Content {
        dims: shown.first().map_or(0, |first| first.order.len()),
        ..spec.content()
    };
    let size = (width as i32, height as i32);
    let place = Classes::new(size, shown.len(), content, style);
    let pen = Pen { area, style };
    area.fill(&RGBColor::from(style.background))?;
    pen.heading("Latent importance by class", place.heading)?;
    let note = "a bar for each dimension, all classes on one axis";
    let note_at = (place.heading.0, place.titles);
    pen.note(note, HPos::Left, note_at)?;
    let longest = longest(&shown);
    for (panel, shown) in place.panels.iter().zip(&shown) {
        if let Some(name) = shown.class {
            let name = style.shortened(
                &[&format!("Class {name}"), name],
                Type::Heading,
                panel.width,
            );
            pen.heading(&name, panel.heading)?;
        }
        let axis = Axis {
            longest,
            labelled: panel.labelled,
        };
        bars::marks(&pen, &panel.marks, shown, axis)?;
    }
    // Below the first column, which always reaches the last row.
    if let Some(last) = place
        .panels
        .iter()
        .rfind(|panel| panel.heading.0 == place.heading.0)
    {
        bars::title(&pen, last.marks.plot, spec.metric, report)?;
    }

    let mut bars = Vec::new();
    for (class, (panel, shown)) in place.panels.iter().zip(&shown).enumerate() {
        let rows = places(&shown.order, &panel.marks.rows, style).into_iter();
        bars.extend(rows.map(|row| Place {
            class: Some(class),
            ..row
        }));
    }
    let own = shown.get(spec.class);
    Ok(FigureLayout {
        summary: classes_summary(&shown, longest),
        order: own.map_or(Vec::new(), |own| own.order.clone()),
        maps: Vec::new(),
        bars,
    })
}

/// The height, in CSS pixels, at which an area `width` CSS pixels wide shows the classes best.
#[must_use]
pub fn classes_height(
    width: f64,
    report: Option<&Report>,
    spec: &FigureSpec,
    style: &Style,
) -> f64 {
    let classes = specs(report, spec).len();
    let height = Classes::good_height(style.px(width), classes, spec.content(), style);
    (f64::from(height) / style.scale).ceil()
}

/// A row for each dimension that is shown, in natural order, and for each class its importance and
/// standard error.
#[must_use]
pub fn classes_numbers(report: Option<&Report>, spec: &FigureSpec) -> NumberTable {
    let specs = specs(report, spec);
    let shown: Vec<Shown<'_>> = specs.iter().map(|spec| Shown::new(report, spec)).collect();
    let known = longest(&shown).is_some();
    let columns = shown.iter().enumerate().flat_map(|(class, shown)| {
        let name = shown.class.map_or((class + 1).to_string(), String::from);
        [
            format!("Class {name}"),
            #[cfg(feature = "general")]
            format!("Standard error{}, class {name}", shown.over_images()),
            #[cfg(not(feature = "general"))]
            format!("Standard error, class {name}"),
        ]
    });
    let mut table = NumberTable {
        caption: if known {
            let caption = format!("Latent importance by class ({})", spec.metric.name());
            #[cfg(feature = "general")]
            let caption = caption + report.map_or("", Report::with_latents);
            caption
        } else {
            "Latent importance is not known yet".into()
        },
        columns: std::iter::once("Dimension".into()).chain(columns).collect(),
        rows: Vec::new(),
    };
    if known {
        let in_any = |dim: &usize| shown.iter().any(|shown| shown.order.contains(dim));
        let row = |dim: usize| {
            let cells = shown.iter().flat_map(|shown| measured(shown.bar(dim)));
            std::iter::once(shown[0].named(dim)).chain(cells).collect()
        };
        table.rows = (0..spec.dims).filter(in_any).map(row).collect();
    }
    table
}

/// What each panel shows: as many as there are classes, or at least the one that is asked for
/// while no report says how many.
fn specs(report: Option<&Report>, spec: &FigureSpec) -> Vec<FigureSpec> {
    let classes = report.map_or(spec.class + 1, |report| report.classes.len());
    let of = |class| FigureSpec {
        class,
        // Bars need no maps.
        #[cfg(feature = "general")]
        maps: Attribution::Permutation,
        #[cfg(feature = "general")]
        unit: Unit::Paper,
        ..spec.clone()
    };
    (0..classes).map(of).collect()
}

/// Where the longest bar of all classes ends.
fn longest(shown: &[Shown<'_>]) -> Option<f64> {
    shown.iter().filter_map(Shown::longest_bar).reduce(f64::max)
}

/// How many dimensions are named for each class.
const NAMED: usize = 3;

fn classes_summary(shown: &[Shown<'_>], longest: Option<f64>) -> String {
    let Some(first) = shown.first() else {
        return "Latent importance by class: there is no class.".into();
    };
    let dims = summary::count(first.order.len());
    let classes = counted(shown.len(), "class", "classes");
    #[cfg(feature = "general")]
    let classes = classes + first.report.map_or("", Report::with_latents);
    let Some(longest) = longest else {
        return format!("Latent importance of {dims} to {classes} is not known yet.");
    };
    let metric = first.spec.metric.name();
    let tops: Vec<String> = shown.iter().filter_map(most_important).collect();
    let sentences = [
        Some(format!(
            "Latent importance of {dims} to {classes} as {metric}, on one axis from 0 to {}.",
            significant(longest, 2)
        )),
        (!tops.is_empty()).then(|| format!("Most important {}.", tops.join("; "))),
        #[cfg(feature = "general")]
        errors_in_words(shown),
        unmeasured(shown),
        summary::empty(first),
    ];
    let said: Vec<String> = sentences.into_iter().flatten().collect();
    said.join(" ")
}

/// What is said of errors over images, class by class.
#[cfg(feature = "general")]
fn errors_in_words(shown: &[Shown<'_>]) -> Option<String> {
    let first = shown.iter().find(|shown| shown.measured)?;
    let each = || shown.iter().filter(|shown| shown.measured);
    let open: Vec<String> = each()
        .filter_map(|shown| Some((shown.class?, shown.unsettled().len())))
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| format!("{count} of class {name}"))
        .collect();
    let said = first.errors_in_words()?;
    let Some((of_errors, _)) = said.split_once(';') else {
        return Some(said);
    };
    Some(if open.is_empty() {
        format!("{of_errors}; the order of dimensions is settled in every class.")
    } else {
        format!(
            "{of_errors}; neighbours in the order of dimensions that are not settled, marked by brackets: {}.",
            open.join(", ")
        )
    })
}

fn unmeasured(shown: &[Shown<'_>]) -> Option<String> {
    if shown.iter().any(|shown| !shown.has_bars()) {
        return Some(
            "Latent importance is not known: it needs a decoder, or results that have it.".into(),
        );
    }
    let classes = shown.iter().filter(|shown| !shown.measured);
    let names: Vec<&str> = classes.filter_map(|shown| shown.class).collect();
    let spec = shown.first()?.spec;
    (!names.is_empty()).then(|| {
        let why = spec.say("It cannot be measured where a class has one image");
        format!("{why}: {}.", names.join(", "))
    })
}

/// The dimensions with the longest bars of a class.
fn most_important(shown: &Shown<'_>) -> Option<String> {
    let name = shown.class?;
    let mean = |dim: usize| shown.bar(dim).map_or(0.0, |(mean, _)| mean);
    let mut order = shown.order.clone();
    order.retain(|&dim| mean(dim) > 0.0);
    sort_largest_first(&mut order, &mean);
    let named: Vec<String> = order
        .iter()
        .take(NAMED)
        .map(|dim| (dim + 1).to_string())
        .collect();
    match named.as_slice() {
        [] => None,
        [one] => Some(format!("to class {name}: dimension {one}")),
        many => Some(format!("to class {name}: dimensions {}", many.join(", "))),
    }
}
