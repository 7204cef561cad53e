//! Which latent dimension of one network is which of another.

use ndarray::{Array2, ArrayView1};
use pathfinding::kuhn_munkres::{Weights, kuhn_munkres};
use serde::{Deserialize, Serialize};

/// A likeness of 1 as a whole number: fine enough for any r of single precision, and sums over all dimensions
/// stay far below 2⁶³.
const ONE: f64 = (1u64 << 40) as f64;

/// A dimension that another one is matched with.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// The dimension of the other network, counted from 0.
    pub dim: usize,
    /// Pearson's r of the two, -1 to 1.
    pub r: f32,
}

/// Pearson's r of each dimension of one network (rows of the result) with each of another (columns) over the
/// latents (images × dimensions) of the same images; absent where one of the two says the same of every image.
///
/// # Panics
/// If the numbers of images differ.
#[must_use]
pub fn correlations(one: &Array2<f32>, other: &Array2<f32>) -> Array2<Option<f32>> {
    assert_eq!(one.nrows(), other.nrows(), "latents of the same images");
    let [rows, columns] = [one, other].map(|latents| -> Vec<Option<Vec<f64>>> {
        latents.columns().into_iter().map(standardised).collect()
    });
    Array2::from_shape_fn((rows.len(), columns.len()), |(row, column)| {
        let (a, b) = (rows[row].as_ref()?, columns[column].as_ref()?);
        let r: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
        Some(r.clamp(-1.0, 1.0) as f32)
    })
}

/// Values less their mean, over the root of the sum of their squares; `None` where all are the same.
fn standardised(values: ArrayView1<'_, f32>) -> Option<Vec<f64>> {
    let first = *values.first()?;
    if values.iter().all(|&value| value == first) {
        return None;
    }
    let values = values.iter().map(|&value| f64::from(value));
    let mut values: Vec<f64> = values.collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    for value in &mut values {
        *value -= mean;
    }
    let length = values.iter().map(|value| value * value).sum::<f64>().sqrt();
    (length > 0.0 && length.is_finite()).then(|| {
        for value in &mut values {
            *value /= length;
        }
        values
    })
}

/// For every dimension of one network, which of the other's it is matched with: pairs, no dimension in two of
/// them, whose |r| are together the largest possible. Those that say the same of every image are in none, nor
/// are those that are left over where the other network has fewer.
#[must_use]
pub fn matched(r: &Array2<Option<f32>>) -> Vec<Option<Pair>> {
    let agreement = r.mapv(|r| r.map_or(f64::NAN, |r| f64::from(r.abs())));
    let assigned = assign(&agreement).into_iter().enumerate();
    let pair = |(row, dim): (usize, Option<usize>)| {
        let dim = dim?;
        r[[row, dim]].map(|r| Pair { dim, r })
    };
    assigned.map(pair).collect()
}

/// For every row, which column it is given: no column twice, and the sum of what is given, of `likeness` from 0
/// to 1, the largest possible. Where that is 0 or NaN, nothing is given.
#[must_use]
pub fn assign(likeness: &Array2<f64>) -> Vec<Option<usize>> {
    let mut given = vec![None; likeness.nrows()];
    let counts = |likeness: &f64| *likeness > 0.0;
    let all = |count: usize, is_of_use: &dyn Fn(usize) -> bool| -> Vec<usize> {
        (0..count).filter(|&at| is_of_use(at)).collect()
    };
    let rows = all(likeness.nrows(), &|at| likeness.row(at).iter().any(counts));
    let columns = all(likeness.ncols(), &|at| {
        likeness.column(at).iter().any(counts)
    });
    if rows.is_empty() {
        return given;
    }
    // Every one of `from` is given one of `to`, so `from` must not be the longer side.
    let is_turned = rows.len() > columns.len();
    let (from, to) = if is_turned {
        (&columns, &rows)
    } else {
        (&rows, &columns)
    };
    let cell = |a: usize, b: usize| if is_turned { [b, a] } else { [a, b] };
    let of = from
        .iter()
        .flat_map(|&a| to.iter().map(move |&b| cell(a, b)));
    let weights = Likenesses {
        columns: to.len(),
        // NaN becomes 0.
        of: of.map(|at| (likeness[at].max(0.0) * ONE) as i64).collect(),
    };
    let (_, places) = kuhn_munkres(&weights);
    for (&a, place) in from.iter().zip(places) {
        let [row, column] = cell(a, to[place]);
        if counts(&likeness[[row, column]]) {
            given[row] = Some(column);
        }
    }
    given
}

/// How alike each two are, row by row.
struct Likenesses {
    columns: usize,
    of: Vec<i64>,
}

impl Weights<i64> for Likenesses {
    fn rows(&self) -> usize {
        self.of.len() / self.columns
    }

    fn columns(&self) -> usize {
        self.columns
    }

    fn at(&self, row: usize, column: usize) -> i64 {
        self.of[row * self.columns + column]
    }

    fn neg(&self) -> Self {
        Self {
            columns: self.columns,
            of: self.of.iter().map(|weight| -weight).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};
    use serde::Deserialize;

    use super::*;
    use crate::serial::matrix;

    /// What SciPy says: `tests/oracle/matching.py`.
    #[derive(Deserialize)]
    struct Recorded {
        assignments: Vec<Assignment>,
    }

    #[derive(Deserialize)]
    struct Assignment {
        #[serde(with = "matrix")]
        one: Array2<f32>,
        #[serde(with = "matrix")]
        other: Array2<f32>,
        #[serde(with = "matrix")]
        r: Array2<f32>,
        rows: Vec<usize>,
        columns: Vec<usize>,
        total: f64,
    }

    #[test]
    fn pairs_are_those_of_scipy() {
        let text = include_str!("../../tests/oracle/matching.json");
        let recorded: Recorded = serde_json::from_str(text).unwrap();
        assert_eq!(recorded.assignments.len(), 4);
        for of in recorded.assignments {
            let r = correlations(&of.one, &of.other);
            for (found, expected) in r.iter().zip(&of.r) {
                assert!((found.unwrap() - expected).abs() < 1e-6);
            }
            let pairs = matched(&r);
            let found = pairs.iter().enumerate();
            let found = found.filter_map(|(row, pair)| pair.map(|pair| (row, pair.dim)));
            let expected = of.rows.iter().copied().zip(of.columns.iter().copied());
            assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
            let total: f64 = pairs.iter().flatten().map(|of| f64::from(of.r.abs())).sum();
            assert!((total - of.total).abs() < 1e-5);
        }
    }

    #[test]
    fn an_order_and_signs_that_were_changed_are_found_and_inactive_dimensions_left_out() {
        let one = array![
            [0.5f32, 1.0, 0.0, 2.0],
            [1.5, 3.0, 0.0, 1.0],
            [2.0, 0.5, 0.0, 7.0],
            [0.0, 2.0, 0.0, 3.0],
            [4.0, 1.0, 0.0, 0.0],
        ];
        // Its dimensions are the first's 4, one that is inactive, the first's 1 turned round, and its 2.
        let mut other = Array2::zeros((5, 4));
        for (to, from, factor) in [(0, 3, 2.0), (2, 0, -0.5), (3, 1, 1.0)] {
            other.column_mut(to).assign(&(&one.column(from) * factor));
        }
        let r = correlations(&one, &other);
        let pairs = matched(&r);
        let dims: Vec<_> = pairs.iter().map(|pair| pair.map(|pair| pair.dim)).collect();
        assert_eq!(dims, [Some(2), Some(3), None, Some(0)]);
        for (pair, sign) in [(pairs[0], -1.0), (pairs[1], 1.0), (pairs[3], 1.0)] {
            assert!((pair.unwrap().r - sign).abs() < 1e-6);
        }
    }

    #[test]
    fn few_images_and_dimensions_are_matched_without_fuss() {
        let one_image = array![[1.0f32, 2.0]];
        assert_eq!(matched(&correlations(&one_image, &one_image)), [None, None]);
        let rising = array![[1.0f32], [2.0], [4.0]];
        let r = correlations(&rising, &-&rising);
        let pair = matched(&r)[0].unwrap();
        assert_eq!((pair.dim, pair.r), (0, -1.0));
        let none = Array2::zeros((3, 0));
        assert_eq!(matched(&correlations(&rising, &none)), [None]);
        assert_eq!(matched(&correlations(&none, &rising)), []);
    }

    #[test]
    fn nothing_is_given_where_nothing_is_alike() {
        let likeness = array![[0.0, f64::NAN, 0.0], [0.9, 0.8, 0.0], [0.8, 0.1, 0.0]];
        assert_eq!(assign(&likeness), [None, Some(1), Some(0)]);
        assert_eq!(assign(&array![[0.5], [0.7], [0.0]]), [None, Some(0), None]);
    }

    /// A copied dimension: one of the two has to look elsewhere.
    #[test]
    fn no_dimension_is_given_twice() {
        let one = array![[1.0f32, 1.0], [2.0, 2.0], [4.0, 4.0], [3.0, 3.0]];
        let other = array![[1.0f32, 0.0], [2.0, 5.0], [4.0, 1.0], [3.0, 0.0]];
        let pairs = matched(&correlations(&one, &other));
        let mut dims: Vec<usize> = pairs.iter().flatten().map(|pair| pair.dim).collect();
        dims.sort_unstable();
        assert_eq!(dims, [0, 1]);
    }
}
