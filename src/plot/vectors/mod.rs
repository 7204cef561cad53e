//! Maps of rows of numbers that are no images: a signal is a line with the importance of its time steps under it,
//! a table has its columns as bars by name, the most important first.
//!
//! A map has one place for each of its features, side by side or one below the other, so that what is under a
//! pointer is known from the map's edges alone.

mod bars;
mod line;

use plotters_backend::DrawingBackend;

use crate::data::ImageShape;
use crate::numerals::grouped;
use crate::report::{DataForm, Report};

use super::draw::{DrawError, Pen};
use super::figure::FigureSpec;
use super::layout::Rect;
use super::number::{significant, sort_largest_first};
use super::palette::{ColourScale, Kind};
use super::shown::Shown;
use super::style::Colour;

/// Width and height of a signal's map, in units.
const SIGNAL: [usize; 2] = [16, 9];
/// Width of a table's map in the heights of its rows.
const TABLE: usize = 12;
/// How many columns of a table a map shows where nothing is asked for: of few maps more than of many. Each line is
/// for so many dimensions.
const COLUMNS: [(usize, usize); 3] = [(4, 12), (12, 8), (usize::MAX, 6)];
/// The share of the scale's limit whose colour bars have.
const STRENGTH: f64 = 0.7;

/// What a vector of features is drawn of.
#[derive(Clone, Copy)]
pub(super) struct Vector<'a> {
    pub report: Option<&'a Report>,
    pub spec: &'a FigureSpec,
    /// The features of a table that are drawn, top first. Of a signal all are.
    pub order: &'a [usize],
    /// The number of a feature; NaN where there is none.
    pub value: &'a dyn Fn(usize) -> f64,
}

impl FigureSpec {
    /// What a row of numbers is drawn as.
    #[must_use]
    pub fn form(&self) -> DataForm {
        match self.image.height {
            1 => self.form,
            _ => DataForm::Image,
        }
    }

    /// How many columns of a table a map shows.
    pub(super) fn columns_shown(&self) -> usize {
        let usual = COLUMNS.iter().find(|(dims, _)| self.dims <= *dims);
        let usual = usual.map_or(1, |&(_, columns)| columns);
        let asked = self.top_columns.unwrap_or(usual).max(1);
        asked.min(self.image.pixels().max(1))
    }

    /// How many features of a row are not drawn.
    pub(super) fn columns_left_out(&self) -> usize {
        match self.form() {
            DataForm::Table => self.image.pixels() - self.columns_shown(),
            _ => 0,
        }
    }
}

/// The shape of a map, in units: the height of a table's row, and a part of a signal's map.
pub(super) fn shape(spec: &FigureSpec) -> ImageShape {
    match spec.form() {
        DataForm::Table => ImageShape::grey(spec.columns_shown(), TABLE),
        _ => ImageShape::grey(SIGNAL[1], SIGNAL[0]),
    }
}

/// The places of a map that can be pointed at: how many from top to bottom, and how many from left to right.
#[must_use]
pub fn grid(spec: &FigureSpec) -> (usize, usize) {
    match spec.form() {
        DataForm::Image => {
            let drawn = spec.drawn();
            (drawn.height, drawn.width)
        }
        DataForm::Signal => (1, spec.image.pixels()),
        DataForm::Table => (spec.columns_shown(), 1),
    }
}

/// The features that a map of a dimension shows: of a table the most important first, whatever their directions,
/// once all have been measured.
pub(super) fn order(shown: &Shown<'_>, dim: usize) -> Vec<usize> {
    let mut features: Vec<usize> = (0..shown.spec.image.pixels()).collect();
    if shown.spec.form() != DataForm::Table {
        return features;
    }
    if shown.is_measured() {
        let values: Vec<f64> = features
            .iter()
            .map(|&feature| {
                let found = shown.pixel_importance(dim, feature);
                found.map_or(-1.0, |(value, _)| f64::from(value))
            })
            .collect();
        sort_largest_first(&mut features, &|feature| values[feature]);
    }
    features.truncate(shown.spec.columns_shown());
    features
}

impl Shown<'_> {
    /// The columns of a table that the map of a dimension shows, top first.
    pub(super) fn columns(&self, dim: usize) -> Vec<usize> {
        self.lead.clone().unwrap_or_else(|| order(self, dim))
    }

    /// A vector of features with these numbers.
    pub(super) fn vector<'v>(
        &'v self,
        order: &'v [usize],
        value: &'v dyn Fn(usize) -> f64,
    ) -> Vector<'v> {
        Vector {
            report: self.report,
            spec: self.spec,
            order,
            value,
        }
    }

    /// What a feature is called where it is no pixel of an image.
    pub(super) fn named_place(&self, feature: usize) -> Option<String> {
        let report = self.report?;
        (self.spec.form() != DataForm::Image).then(|| report.pixel_in_words(feature))
    }

    /// How many columns of a table each map shows, where these are not all: `the 12 strongest of 6,000
    /// columns`.
    pub(super) fn cut(&self) -> Option<String> {
        let all = self.spec.image.pixels();
        let shown = self.spec.columns_shown();
        (self.spec.columns_left_out() > 0).then(|| match (shown, self.is_measured()) {
            (1, true) => format!("the strongest of {} columns", grouped(all)),
            (_, true) => format!("the {shown} strongest of {} columns", grouped(all)),
            (_, false) => format!("{shown} of {} columns", grouped(all)),
        })
    }

    /// How maps of what is no image are drawn.
    pub(super) fn drawn_in_words(&self) -> Option<String> {
        let cut = self.cut().map(|cut| format!(" Drawn are {cut}."));
        match self.spec.form() {
            DataForm::Image => None,
            DataForm::Table => Some(format!(
                "Each map has columns as bars, the most important first.{}",
                cut.unwrap_or_default()
            )),
            DataForm::Signal => {
                let mean = self.report.and_then(Report::mean_signal);
                let mean = mean.filter(|mean| mean.len() == self.spec.image.pixels())?;
                let (least, most) = line::range(mean);
                let of = self.report.and_then(Report::recipients_in_words);
                let of = of.filter(|of| of.starts_with("class"));
                let of = of.unwrap_or_else(|| "all explained signals".into());
                Some(format!(
                    "The line above is the mean of {of}, from {} to {}; the bars under it are importance.",
                    significant(f64::from(least), 3),
                    significant(f64::from(most), 3)
                ))
            }
        }
    }
}

/// The feature at the place (`row`, `column`) of [`grid`] of a map of a dimension.
pub(super) fn at(shown: &Shown<'_>, dim: usize, (row, column): (usize, usize)) -> Option<usize> {
    match shown.spec.form() {
        DataForm::Table => shown.columns(dim).get(row).copied(),
        _ => Some(column),
    }
}

/// Draws a map of what is no image.
pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: Rect,
    vector: Vector<'_>,
    scale: &ColourScale,
) -> Result<(), DrawError<DB>> {
    pen.fill(place, pen.style.background)?;
    match vector.spec.form() {
        DataForm::Table => bars::draw(pen, place, vector, scale),
        _ => line::draw(pen, place, vector, scale),
    }
}

/// The colours of bars above and below zero, whose lengths say how far.
fn colour(scale: &ColourScale, value: f64) -> Colour {
    scale.colour((STRENGTH * scale.limit).copysign(value))
}

/// The key of bars: each sign's colour, up to the limit.
pub(super) fn key<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: Rect,
    scale: &ColourScale,
) -> Result<(), DrawError<DB>> {
    if scale.kind == Kind::Sequential {
        return pen.fill(place, colour(scale, 1.0));
    }
    let (middle, _) = place.middle();
    let left = Rect {
        width: middle - place.x,
        ..place
    };
    let right = Rect {
        x: middle,
        width: place.right() - middle,
        ..place
    };
    pen.fill(left, colour(scale, -1.0))?;
    pen.fill(right, colour(scale, 1.0))
}
