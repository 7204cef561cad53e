//! What the figure shows of a report: which parts are known, and in which order.

use ndarray::Array2;

use crate::report::{Estimate, Report};

use super::figure::FigureSpec;
use super::number::ceil_to_two_digits;
use super::palette::Kind;

/// The report, read for one class. Parts whose shape is not the figure's belong to a run with
/// other settings and count as unknown.
pub(super) struct Shown<'a> {
    dims: usize,
    class: usize,
    /// Label of the class.
    pub label: Option<u8>,
    importance: Option<&'a Estimate>,
    pixels: Option<&'a Estimate>,
    sign: Option<&'a Array2<f32>>,
    /// Dimensions, top first.
    pub order: Vec<usize>,
    /// Dimensions that nothing depends on and that no pixel moves.
    pub empty: Vec<bool>,
}

impl<'a> Shown<'a> {
    pub fn new(report: Option<&'a Report>, spec: &FigureSpec) -> Self {
        let maps = (spec.image.pixels(), spec.dims);
        let importance = report
            .and_then(|report| report.latent_importance.as_ref())
            .filter(|found| found.mean.nrows() > spec.class && found.mean.ncols() == spec.dims);
        let pixels = report
            .and_then(|report| report.pixel_importance.as_ref())
            .filter(|found| found.mean.dim() == maps);
        let sign = report
            .and_then(|report| report.direction.as_ref())
            .map(|direction| &direction.sign)
            .filter(|sign| sign.dim() == maps);
        let mut shown = Self {
            dims: spec.dims,
            class: spec.class,
            label: report
                .and_then(|report| report.classes.get(spec.class))
                .map(|class| class.label),
            importance,
            pixels,
            sign,
            order: (0..spec.dims).collect(),
            empty: vec![false; spec.dims],
        };
        shown.sort();
        shown.find_empty();
        shown
    }

    /// Sorts once every dimension has been measured: sorting earlier would only shuffle those
    /// that have not had their turn.
    fn sort(&mut self) {
        if let Some(importance) = self.importance.filter(|found| found.repeats > 0) {
            let means = importance.mean.row(self.class);
            self.order
                .sort_by(|&a, &b| means[b].total_cmp(&means[a]).then(a.cmp(&b)));
        }
    }

    /// A column of zeros is an answer only once every pixel has been measured.
    fn find_empty(&mut self) {
        let Some(pixels) = self.pixels.filter(|found| found.repeats > 0) else {
            return;
        };
        for dim in 0..self.dims {
            let unused = self
                .importance
                .is_none_or(|found| found.mean.column(dim).iter().all(|&value| value == 0.0));
            let unmoved = pixels.mean.column(dim).iter().all(|&value| value == 0.0);
            self.empty[dim] = unused && unmoved;
        }
    }

    /// Latent importance of a dimension and its standard error.
    pub fn bar(&self, dim: usize) -> Option<(f64, Option<f64>)> {
        let found = self.importance?;
        let cell = (self.class, dim);
        let error = found.std_error.as_ref().and_then(|error| error.get(cell));
        Some((
            f64::from(found.mean[cell]),
            error.map(|&error| f64::from(error)),
        ))
    }

    /// Where the longest bar of the class ends, its standard error included; `None` while there
    /// is nothing to show.
    pub fn longest_bar(&self) -> Option<f64> {
        let reach = (0..self.dims)
            .filter_map(|dim| self.bar(dim))
            .map(|(mean, error)| mean + error.unwrap_or(0.0));
        largest(reach)
    }

    /// What the maps show: their kind and their limit, rounded up to two digits; `None` while
    /// there is nothing to show.
    pub fn map_scale(&self) -> Option<(Kind, f64)> {
        let limit = largest(self.pixels?.mean.iter().map(|&value| f64::from(value)))?;
        let kind = match self.sign {
            Some(_) => Kind::Diverging,
            None => Kind::Sequential,
        };
        Some((kind, ceil_to_two_digits(limit)))
    }

    /// Whether there is anything to show in the maps, if only zeros so far.
    pub fn has_maps(&self) -> bool {
        self.pixels.is_some()
    }

    pub fn has_directions(&self) -> bool {
        self.pixels.is_some() && self.sign.is_some()
    }

    /// Pixel importance of a dimension, signed by direction once that is known.
    pub fn map(&self, dim: usize, pixel: usize) -> f64 {
        let cell = (pixel, dim);
        let value = self.pixels.map_or(0.0, |found| found.mean[cell]);
        f64::from(value * self.sign.map_or(1.0, |sign| sign[cell]))
    }
}

/// The largest number above zero.
fn largest(values: impl Iterator<Item = f64>) -> Option<f64> {
    let largest = values.filter(|value| value.is_finite()).fold(0.0, f64::max);
    (largest > 0.0).then_some(largest)
}
