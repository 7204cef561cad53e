//! Running means and standard errors, one a cell.

use ndarray::{Array1, Array2, ArrayView1, Zip};

use crate::report::Estimate;

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
}

impl Running {
    /// No measurement yet of `rows` × `columns` cells, each to be measured `wanted` times.
    pub(super) fn new(rows: usize, columns: usize, wanted: usize) -> Self {
        Self {
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

    /// Marks a row as measured in full with the result 0: nothing can change it.
    pub(super) fn settle_at_zero(&mut self, row: usize) {
        self.repeats[row] = self.wanted;
    }

    /// What is known so far.
    pub(super) fn estimate(&self) -> Estimate {
        let repeats = self.repeats.iter().copied().min().unwrap_or(0);
        let finished: usize = self.repeats.iter().sum();
        let std_error = (repeats >= 2).then(|| {
            let mut errors = self.squares.mapv(|squares| squares as f32);
            for (row, mut errors) in errors.rows_mut().into_iter().enumerate() {
                let count = self.repeats[row] as f32;
                errors.mapv_inplace(|squares| (squares / (count - 1.0) / count).sqrt());
            }
            errors
        });
        Estimate {
            mean: self.mean.mapv(|mean| mean as f32),
            std_error,
            repeats,
            fraction: finished as f32 / (self.wanted * self.repeats.len()).max(1) as f32,
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn mean_and_standard_error_are_those_of_the_textbook() {
        let mut running = Running::new(2, 2, 4);
        running.settle_at_zero(1);
        for (repeat, value) in [2.0, 4.0, 4.0, 6.0].into_iter().enumerate() {
            running.add(0, array![value, 1.0].view());
            assert_eq!(running.estimate().std_error.is_some(), repeat >= 1);
        }
        let estimate = running.estimate();
        assert_eq!(estimate.mean, array![[4.0, 1.0], [0.0, 0.0]]);
        // Variance (4 + 0 + 0 + 4) / 3, divided by 4 repeats.
        let expected = (8.0f32 / 3.0 / 4.0).sqrt();
        let errors = estimate.std_error.unwrap();
        assert!((errors[[0, 0]] - expected).abs() < 1e-6);
        assert_eq!((errors[[0, 1]], errors[[1, 0]]), (0.0, 0.0));
        assert_eq!((estimate.repeats, estimate.fraction), (4, 1.0));
    }
}
