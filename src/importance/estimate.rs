//! Running means and standard errors, one a cell.

use ndarray::{Array1, Array2, ArrayView1, Zip};

use super::results::{Estimate, Measured};
use super::shard::Shard;

/// Mean and spread of repeated measurements of every cell of a matrix, row by row.
///
/// Numbers are added one repeat at a time (Welford, 1962), so that they can be shown while they
/// come in and so that no difference of large sums is ever taken.
#[derive(Clone, Debug)]
pub(super) struct Running {
    mean: Array2<f64>,
    squares: Array2<f64>,
    repeats: Array1<usize>,
    wanted: usize,
    method: Measured,
    /// Rows that are measured here; the others stay 0 and do not count.
    held: Vec<usize>,
}

impl Running {
    /// No measurement yet of a matrix of `shape`, whose rows in `shard` are to be measured
    /// `wanted` times; once is enough where `method` is exact.
    pub(super) fn new(
        (rows, columns): (usize, usize),
        wanted: usize,
        method: Measured,
        shard: Shard,
    ) -> Self {
        Self {
            method,
            held: (0..rows).filter(|&row| shard.holds(row)).collect(),
            mean: Array2::zeros((rows, columns)),
            squares: Array2::zeros((rows, columns)),
            repeats: Array1::zeros(rows),
            wanted,
        }
    }

    /// Adds one measurement of every cell of `row`.
    pub(super) fn add(&mut self, row: usize, values: ArrayView1<'_, f64>) {
        self.repeats[row] += 1;
        let count = self.repeats[row] as f64;
        Zip::from(self.mean.row_mut(row))
            .and(self.squares.row_mut(row))
            .and(values)
            .for_each(|mean, squares, &value| {
                let off = value - *mean;
                *mean += off / count;
                *squares += off * (value - *mean);
            });
    }

    /// Whether a mean is larger than the numbers of a report.
    pub(super) fn is_beyond(&self) -> bool {
        self.mean.iter().any(|&mean| mean > f32::MAX.into())
    }

    /// Marks a row as measured in full with the result 0: nothing can change it.
    pub(super) fn settle_at_zero(&mut self, row: usize) {
        self.repeats[row] = self.wanted;
    }

    /// Every number that measurements change, in one order.
    pub(super) fn visit(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        let numbers = self.mean.iter_mut().chain(&mut self.squares);
        numbers.for_each(&mut *visit);
        for repeats in &mut self.repeats {
            let mut number = *repeats as f64;
            visit(&mut number);
            *repeats = (number as usize).min(self.wanted);
        }
    }

    /// What is known so far, measured on `engine`.
    pub(super) fn estimate(&self, engine: &str) -> Estimate {
        let held = || self.held.iter().map(|&row| self.repeats[row]);
        let repeats = held().min().unwrap_or(self.wanted);
        let finished: usize = held().sum();
        let all = self.wanted * self.held.len();
        Estimate {
            method: self.method,
            engine: engine.into(),
            mean: self.mean.mapv(|mean| mean as f32),
            std_error: match self.method {
                Measured::Elsewhere => None,
                Measured::Exact => (repeats >= 1).then(|| Array2::zeros(self.mean.dim())),
                Measured::Sampled => (repeats >= 2).then(|| self.std_error()),
            },
            repeats,
            fraction: if all == 0 {
                1.0
            } else {
                finished as f32 / all as f32
            },
        }
    }

    fn std_error(&self) -> Array2<f32> {
        let mut errors = self.squares.mapv(|squares| squares as f32);
        for &row in &self.held {
            let count = self.repeats[row] as f32;
            let squares = self.squares.row(row);
            Zip::from(errors.row_mut(row))
                .and(squares)
                .for_each(|error, squares| {
                    *error = if error.is_normal() {
                        (*error / (count - 1.0) / count).sqrt()
                    } else {
                        // Squares of squares leave the range of f32 long before their root does.
                        let count = f64::from(count);
                        (squares / (count - 1.0) / count).sqrt() as f32
                    };
                });
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn mean_and_standard_error_are_those_of_the_textbook() {
        let mut running = Running::new((2, 2), 4, Measured::Sampled, Shard::WHOLE);
        running.settle_at_zero(1);
        for (repeat, value) in [2.0, 4.0, 4.0, 6.0].into_iter().enumerate() {
            running.add(0, array![value, 1.0].view());
            assert_eq!(running.estimate("cpu").std_error.is_some(), repeat >= 1);
        }
        let estimate = running.estimate("cpu");
        assert_eq!(estimate.mean, array![[4.0, 1.0], [0.0, 0.0]]);
        // Variance (4 + 0 + 0 + 4) / 3, divided by 4 repeats.
        let expected = (8.0f32 / 3.0 / 4.0).sqrt();
        let errors = estimate.std_error.unwrap();
        assert!((errors[[0, 0]] - expected).abs() < 1e-6);
        assert_eq!((errors[[0, 1]], errors[[1, 0]]), (0.0, 0.0));
        assert_eq!((estimate.repeats, estimate.fraction), (4, 1.0));
    }

    #[test]
    fn an_exact_row_is_known_once_it_is_measured() {
        let second = Shard::all(2).nth(1).unwrap();
        let held: Vec<usize> = (0..6).filter(|&row| second.holds(row)).collect();
        let mut running = Running::new((6, 1), 1, Measured::Exact, second);
        assert!(held.len() > 1 && held.len() < 6);
        for (done, &row) in held.iter().enumerate() {
            let estimate = running.estimate("cpu");
            assert_eq!((estimate.repeats, estimate.std_error), (0, None));
            assert_eq!(estimate.fraction, done as f32 / held.len() as f32);
            running.add(row, array![2.0].view());
        }
        let estimate = running.estimate("cpu");
        assert_eq!((estimate.repeats, estimate.fraction), (1, 1.0));
        assert_eq!(estimate.std_error.unwrap(), Array2::<f32>::zeros((6, 1)));
        assert_eq!(estimate.mean.sum(), 2.0 * held.len() as f32);
    }
}
