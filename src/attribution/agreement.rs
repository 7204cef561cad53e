//! How far two maps agree.

use ndarray::{Array2, ArrayView1};

use super::results::{Agreement, Attribution, Opinion};
use crate::importance::ascending;

/// Share of the features that are looked at first.
const FIRST: f64 = 0.05;

/// A dimension of a map, over the features that vary.
struct Column {
    /// Midranks less their mean, over the root of the sum of their squares.
    ranks: Vec<f64>,
    /// How much of each feature is among the first.
    first: Vec<f64>,
}

/// How far each two of the methods agree, V first. Features vary where they differ between images, as the
/// variance's map says; without it, nothing is known.
pub(crate) fn agreement(methods: &[Opinion], importance: &Array2<f32>) -> Vec<Agreement> {
    let mut maps = vec![(Attribution::Permutation, importance)];
    maps.extend(methods.iter().map(|opinion| (opinion.method, &opinion.map)));
    let variance = maps
        .iter()
        .find(|(method, _)| *method == Attribution::Variance);
    let Some(variance) = variance.and_then(|(_, map)| map.columns().into_iter().next()) else {
        return Vec::new();
    };
    let varying: Vec<usize> = (0..variance.len())
        .filter(|&at| variance[at] > 0.0)
        .collect();
    between(&maps, &varying)
}

/// How far each two of these maps (features × dimensions) agree over the features that vary.
fn between(maps: &[(Attribution, &Array2<f32>)], varying: &[usize]) -> Vec<Agreement> {
    let columns = maps.iter().map(|(_, map)| -> Vec<Option<Column>> {
        let columns = map.columns().into_iter();
        columns.map(|values| Column::new(values, varying)).collect()
    });
    let columns: Vec<Vec<Option<Column>>> = columns.collect();
    let mut agreements = Vec::new();
    for (at, a) in columns.iter().enumerate() {
        for (other, b) in columns.iter().enumerate().skip(at + 1) {
            let both = || {
                let pairs = a.iter().zip(b);
                pairs.map(|(a, b)| Some((a.as_ref()?, b.as_ref()?)))
            };
            agreements.push(Agreement {
                a: maps[at].0,
                b: maps[other].0,
                spearman: both().map(|pair| pair.map(spearman)).collect(),
                overlap: both().map(|pair| pair.map(overlap)).collect(),
            });
        }
    }
    agreements
}

fn spearman((a, b): (&Column, &Column)) -> f32 {
    let products = a.ranks.iter().zip(&b.ranks).map(|(a, b)| a * b);
    products.sum::<f64>().clamp(-1.0, 1.0) as f32
}

fn overlap((a, b): (&Column, &Column)) -> f32 {
    let common = a.first.iter().zip(&b.first).map(|(a, b)| a.min(*b));
    (common.sum::<f64>() / places(a.first.len()) as f64) as f32
}

/// How many features are the first of so many.
fn places(features: usize) -> usize {
    ((features as f64 * FIRST).round() as usize).max(1)
}

impl Column {
    /// `None` where all varying features have the same value.
    fn new(values: ArrayView1<'_, f32>, varying: &[usize]) -> Option<Self> {
        let sorted: Vec<(f32, u32)> = ascending(varying.iter().map(|&at| values[at])).collect();
        let count = sorted.len();
        let mean = (count as f64 - 1.0) / 2.0;
        let (mut ranks, mut first) = (vec![0.0; count], vec![0.0; count]);
        let places = places(count);
        let mut from = 0;
        // -0 and 0 are one value.
        for equal in sorted.chunk_by(|(a, _), (b, _)| a == b) {
            let to = from + equal.len();
            let rank = (from + to - 1) as f64 / 2.0 - mean;
            let room = (places + to).saturating_sub(count).min(equal.len());
            for &(_, at) in equal {
                ranks[at as usize] = rank;
                first[at as usize] = room as f64 / equal.len() as f64;
            }
            from = to;
        }
        let length = ranks.iter().map(|rank| rank * rank).sum::<f64>().sqrt();
        for rank in &mut ranks {
            *rank /= length;
        }
        (length > 0.0).then_some(Self { ranks, first })
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    fn agreement(a: &[f32], b: &[f32], varying: &[usize]) -> (Option<f32>, Option<f32>) {
        let map =
            |values: &[f32]| Array2::from_shape_vec((values.len(), 1), values.to_vec()).unwrap();
        let (a, b) = (map(a), map(b));
        let maps = [(Attribution::Permutation, &a), (Attribution::Gradient, &b)];
        let all = between(&maps, varying);
        assert_eq!((all.len(), all[0].a, all[0].b), (1, maps[0].0, maps[1].0));
        (all[0].spearman[0], all[0].overlap[0])
    }

    #[test]
    fn ranks_are_compared_with_midranks_for_equal_values() {
        // Ranks 1, 2.5, 2.5, 4 and 4, 1, 2, 3: by hand, Pearson's r of these.
        let all = [0, 1, 2, 3];
        let (rho, _) = agreement(&[0.0, 2.0, 2.0, 9.0], &[8.0, 1.0, 2.0, 3.0], &all);
        let expected = (-1.5 * 1.5 + 0.0 + 0.0 + 1.5 * 0.5) / (4.5f64 * 5.0).sqrt();
        assert!((f64::from(rho.unwrap()) - expected).abs() < 1e-6);
        let (rho, overlap) = agreement(&[1.0, 5.0, 3.0, 4.0], &[0.1, 7.0, 0.3, 0.4], &all);
        assert_eq!((rho, overlap), (Some(1.0), Some(1.0)));
        // Where one is the same everywhere, nothing can be said.
        assert_eq!(
            agreement(&[1.0; 4], &[0.1, 7.0, 0.3, 0.4], &all),
            (None, None)
        );
        // What does not vary is left out.
        assert_eq!(
            agreement(&[9.0, 5.0, 3.0], &[0.0, 7.0, 0.3], &[1, 2]).0,
            Some(1.0)
        );
    }

    #[test]
    fn the_first_places_are_shared_by_equal_features() {
        // Of 40 features two are the first. a has 0 and then 1, 2, 3 and 4 alike: a quarter each.
        let all: Vec<usize> = (0..40).collect();
        let mut a = vec![0.0; 40];
        a[..5].copy_from_slice(&[9.0, 5.0, 5.0, 5.0, 5.0]);
        let mut b: Vec<f32> = (0..40).map(|at| at as f32 / 100.0).collect();
        b[0] = 8.0;
        b[3] = 7.0;
        assert_eq!(agreement(&a, &b, &all).1, Some(1.25 / 2.0));
        assert_eq!(agreement(&a, &a, &all).1, Some(1.0));
    }
}
