//! What a stage's measurements add up to.

use ndarray::{Array1, ArrayView1};

use super::estimate::Running;
use super::results::Estimate;

/// Means and standard errors of a stage's rows, as far as they are known.
pub(super) struct Tally {
    means: Running,
    /// Of the measurements' square roots, where they are wanted.
    roots: Option<Running>,
    /// What the values of a feature have come to so far, where they are tried one after the other.
    sum: Array1<f64>,
}

impl Tally {
    /// Nothing yet of rows of `width` numbers.
    pub(super) fn new(means: Running, has_roots: bool, width: usize) -> Self {
        Self {
            roots: has_roots.then(|| means.clone()),
            means,
            sum: Array1::zeros(width),
        }
    }

    /// Numbers of one measurement.
    pub(super) fn width(&self) -> usize {
        self.sum.len()
    }

    /// Adds a measurement of all of `row`.
    pub(super) fn add(&mut self, row: usize, values: ArrayView1<'_, f64>) {
        self.means.add(row, values);
        if let Some(roots) = &mut self.roots {
            roots.add(row, values.mapv(f64::sqrt).view());
        }
    }

    /// Begins with the first value of a row's feature.
    pub(super) fn begin(&mut self) {
        self.sum.fill(0.0);
    }

    /// Adds what one value of the feature came to, which so large a `share` of its donors have.
    pub(super) fn add_value(&mut self, share: f64, values: ArrayView1<'_, f64>) {
        self.sum.scaled_add(share, &values);
    }

    /// Takes all values of the feature together for a measurement of `row`.
    pub(super) fn end(&mut self, row: usize) {
        let sum = std::mem::take(&mut self.sum);
        self.add(row, sum.view());
        self.sum = sum;
    }

    /// Whether a mean is larger than the numbers of a report.
    pub(super) fn is_beyond(&self) -> bool {
        self.means.is_beyond()
    }

    /// Every number that measurements change, in one order.
    pub(super) fn visit(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        self.sum.iter_mut().for_each(&mut *visit);
        for running in std::iter::once(&mut self.means).chain(&mut self.roots) {
            running.visit(visit);
        }
    }

    /// What is known so far, measured on `engine`.
    pub(super) fn estimate(&self, engine: &str) -> Estimate {
        self.means.estimate(engine)
    }

    /// As [`Tally::estimate`], of the measurements' square roots.
    pub(super) fn roots(&self, engine: &str) -> Option<Estimate> {
        Some(self.roots.as_ref()?.estimate(engine))
    }
}

/// Whether a number is a mean of squares.
#[must_use]
pub fn is_measurement(number: f64) -> bool {
    (0.0..f64::INFINITY).contains(&number)
}
