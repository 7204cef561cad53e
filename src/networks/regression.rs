//! How well all latents of one network together predict each of another.

use ndarray::{Array2, ArrayView1, ArrayView2};

/// A predictor that the others leave so little of, as a share of its variance, adds nothing but rounding.
const LEFT: f64 = 1e-9;

/// Least squares of several targets on several predictors, with an intercept, of rows that are added bit by
/// bit.
#[derive(Clone, Debug)]
pub struct Regression {
    /// Predictors, then targets.
    predictors: usize,
    width: usize,
    rows: usize,
    /// The first row: sums are of differences from it.
    origin: Vec<f64>,
    sums: Vec<f64>,
    /// Of products of predictors with all (predictors × width).
    products: Array2<f64>,
}

impl Regression {
    /// Of no rows yet.
    #[must_use]
    pub fn new(predictors: usize, targets: usize) -> Self {
        let width = predictors + targets;
        Self {
            predictors,
            width,
            rows: 0,
            origin: Vec::new(),
            sums: vec![0.0; width],
            products: Array2::zeros((predictors, width)),
        }
    }

    /// Adds rows of predictors and of targets.
    ///
    /// # Panics
    /// If they are not as many of each.
    pub fn add(&mut self, predictors: ArrayView2<'_, f32>, targets: ArrayView2<'_, f32>) {
        assert_eq!(predictors.nrows(), targets.nrows());
        assert_eq!(predictors.ncols(), self.predictors);
        let mut differences = vec![0.0; self.width];
        for (predictors, targets) in predictors.rows().into_iter().zip(targets.rows()) {
            let row = || predictors.iter().chain(targets).copied().map(f64::from);
            if self.origin.is_empty() {
                self.origin = row().collect();
            }
            for ((difference, value), first) in differences.iter_mut().zip(row()).zip(&self.origin)
            {
                *difference = value - first;
            }
            for (sum, difference) in self.sums.iter_mut().zip(&differences) {
                *sum += difference;
            }
            for (at, mut products) in self.products.rows_mut().into_iter().enumerate() {
                let predictor = differences[at];
                if predictor != 0.0 {
                    let products = products.as_slice_mut().expect("row by row");
                    for (product, difference) in products[at..].iter_mut().zip(&differences[at..]) {
                        *product += predictor * difference;
                    }
                }
            }
            self.rows += 1;
        }
    }

    /// What predicts the targets best on the rows that were added. Predictors that follow from others, or are
    /// the same in every row, are left out.
    #[must_use]
    pub fn fit(&self) -> Fit {
        let count = self.rows.max(1) as f64;
        // Products of deviations from the means.
        let product = |a: usize, b: usize| {
            let (a, b) = (a.min(b), a.max(b));
            self.products[[a, b]] - self.sums[a] * self.sums[b] / count
        };
        let lengths: Vec<f64> = (0..self.predictors).map(|at| product(at, at)).collect();
        // What rounding leaves of a predictor that is the same throughout.
        let varies = |at: &usize| lengths[*at] > self.products[[*at, *at]] * LEFT;
        let kept: Vec<usize> = (0..self.predictors).filter(varies).collect();
        let lengths: Vec<f64> = kept.iter().map(|&at| lengths[at].sqrt()).collect();
        let correlations = Array2::from_shape_fn((kept.len(), kept.len()), |(a, b)| {
            product(kept[a], kept[b]) / (lengths[a] * lengths[b])
        });
        let (order, factor) = factorised(correlations);
        let targets = self.width - self.predictors;
        let mut slopes = Array2::zeros((self.predictors, targets));
        let mut intercepts = Vec::with_capacity(targets);
        let mean = |at: usize| {
            self.origin.get(at).copied().unwrap_or(0.0) + self.sums.get(at).unwrap_or(&0.0) / count
        };
        for target in 0..targets {
            let column = self.predictors + target;
            let right = order
                .iter()
                .map(|&at| product(kept[at], column) / lengths[at]);
            let solution = solved(&factor, right.collect());
            let mut intercept = mean(column);
            for (&at, value) in order.iter().zip(solution) {
                let slope = value / lengths[at];
                slopes[[kept[at], target]] = slope;
                intercept -= slope * mean(kept[at]);
            }
            intercepts.push(intercept);
        }
        Fit { slopes, intercepts }
    }
}

/// The factor L of a matrix (L · Lᵀ) by Cholesky's method, in the order in which it takes its rows, the one of
/// which the others leave most first; of those of which they leave something.
fn factorised(mut matrix: Array2<f64>) -> (Vec<usize>, Array2<f64>) {
    let size = matrix.nrows();
    let mut order: Vec<usize> = (0..size).collect();
    let mut rank = 0;
    while rank < size {
        let left = |at: &usize| matrix[[*at, *at]];
        let best = (rank..size).max_by(|a, b| left(&order[*a]).total_cmp(&left(&order[*b])));
        let best = best.expect("some are left");
        order.swap(rank, best);
        let pivot = order[rank];
        let rest = matrix[[pivot, pivot]];
        if rest <= LEFT {
            break;
        }
        let root = rest.sqrt();
        // Below the diagonal in the order of pivots stand the columns of L; what is left of the others is
        // brought up to date.
        let column: Vec<f64> = order[rank + 1..]
            .iter()
            .map(|&row| matrix[[row, pivot]] / root)
            .collect();
        matrix[[pivot, pivot]] = root;
        for (at, &row) in order[rank + 1..].iter().enumerate() {
            for (other, &column_of) in order[rank + 1..].iter().enumerate() {
                matrix[[row, column_of]] -= column[at] * column[other];
            }
            matrix[[row, pivot]] = column[at];
        }
        rank += 1;
    }
    order.truncate(rank);
    let factor = Array2::from_shape_fn((rank, rank), |(row, column)| {
        if column > row {
            0.0
        } else {
            matrix[[order[row], order[column]]]
        }
    });
    (order, factor)
}

/// The solution of L · Lᵀ · x = right.
fn solved(factor: &Array2<f64>, mut right: Vec<f64>) -> Vec<f64> {
    let size = right.len();
    for row in 0..size {
        let known: f64 = (0..row).map(|at| factor[[row, at]] * right[at]).sum();
        right[row] = (right[row] - known) / factor[[row, row]];
    }
    for row in (0..size).rev() {
        let known = (row + 1..size).map(|at| factor[[at, row]] * right[at]);
        right[row] = (right[row] - known.sum::<f64>()) / factor[[row, row]];
    }
    right
}

/// What predicts targets from predictors.
#[derive(Clone, Debug)]
pub struct Fit {
    /// Predictors × targets.
    pub slopes: Array2<f64>,
    /// Of every target.
    pub intercepts: Vec<f64>,
}

impl Fit {
    /// Squared errors of the predictions of each target, summed over rows of predictors and targets.
    #[must_use]
    pub fn squared_errors(
        &self,
        predictors: ArrayView2<'_, f32>,
        targets: ArrayView2<'_, f32>,
    ) -> Vec<f64> {
        let mut errors = vec![0.0; self.intercepts.len()];
        for (predictors, targets) in predictors.rows().into_iter().zip(targets.rows()) {
            for (target, error) in errors.iter_mut().enumerate() {
                let slopes = self.slopes.column(target);
                let products = predictors.iter().zip(slopes);
                let predicted: f64 = products.map(|(&x, slope)| f64::from(x) * slope).sum();
                *error +=
                    (f64::from(targets[target]) - predicted - self.intercepts[target]).powi(2);
            }
        }
        errors
    }
}

/// Sum of squared deviations from the mean.
#[must_use]
pub fn squared_deviations(values: ArrayView1<'_, f32>) -> f64 {
    let values = || values.iter().map(|&value| f64::from(value));
    let mean = values().sum::<f64>() / values().count().max(1) as f64;
    values().map(|value| (value - mean).powi(2)).sum()
}

/// R² of every target: 1 less the squared errors over those of the mean of these rows; absent where a target is
/// the same in all of them.
#[must_use]
pub fn r2(errors: &[f64], targets: &Array2<f32>) -> Vec<Option<f32>> {
    let columns = targets.columns().into_iter().zip(errors);
    columns
        .map(|(values, error)| {
            let first = *values.first()?;
            let varies = values.iter().any(|&value| value != first);
            let r2 = varies.then(|| 1.0 - error / squared_deviations(values));
            r2.filter(|r2| r2.is_finite())
                .map(|r2| r2.max(f64::from(f32::MIN)) as f32)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use ndarray::{array, s};
    use serde::Deserialize;

    use super::*;
    use crate::serial::matrix;

    /// What scikit-learn says: `tests/oracle/matching.py`.
    #[derive(Deserialize)]
    struct Recorded {
        regression: Answer,
    }

    #[derive(Deserialize)]
    struct Answer {
        training: Rows,
        explained: Rows,
        r2: Vec<f64>,
    }

    #[derive(Deserialize)]
    struct Rows {
        #[serde(with = "matrix")]
        predictors: Array2<f32>,
        #[serde(with = "matrix")]
        targets: Array2<f32>,
    }

    /// A predictor that follows from others and one that is constant among them, in two helpings.
    #[test]
    fn predictions_are_as_good_as_those_of_scikit_learn() {
        let text = include_str!("../../tests/oracle/matching.json");
        let recorded: Recorded = serde_json::from_str(text).unwrap();
        let Answer {
            training,
            explained,
            r2: expected,
        } = recorded.regression;
        let mut regression = Regression::new(6, 3);
        for rows in [s![..7, ..], s![7.., ..]] {
            regression.add(
                training.predictors.slice(rows),
                training.targets.slice(rows),
            );
        }
        let fit = regression.fit();
        let errors = fit.squared_errors(explained.predictors.view(), explained.targets.view());
        let found = r2(&errors, &explained.targets);
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            let found = f64::from(found.unwrap());
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
    }

    #[test]
    fn what_nothing_predicts_is_predicted_by_its_mean() {
        let mut regression = Regression::new(1, 2);
        let (x, y) = (
            array![[3.0f32], [3.0], [3.0]],
            array![[1.0f32, 5.0], [2.0, 5.0], [6.0, 5.0]],
        );
        regression.add(x.view(), y.view());
        let fit = regression.fit();
        assert_eq!(fit.intercepts, [3.0, 5.0]);
        let errors = fit.squared_errors(x.view(), y.view());
        assert_eq!(r2(&errors, &y), [Some(0.0), None]);
        // Of no rows at all, nothing is known, and nothing fails.
        let fit = Regression::new(2, 1).fit();
        assert_eq!(fit.intercepts, [0.0]);
    }
}
