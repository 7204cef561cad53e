//! When maps and importance came to be what they are in the end.

use ndarray::Array2;

use super::{Emergence, MomentMaps};
use crate::math::ranks::{midranks, pearson};

/// A map counts as what it will be from this correlation with the final one on.
const SETTLED: f32 = 0.95;

impl Emergence {
    /// From moments in the order of their epochs, of which the last is the final one. `None` where there is none, or
    /// they are not of one run.
    #[must_use]
    pub fn of(moments: &[&MomentMaps]) -> Option<Self> {
        let last = moments.last()?;
        let sizes = last.sizes();
        let are_one = moments
            .iter()
            .all(|moment| moment.sizes() == sizes && moment.is_consistent())
            && moments.is_sorted_by(|a, b| a.epoch < b.epoch);
        if !are_one {
            return None;
        }
        let epochs: Vec<usize> = moments.iter().map(|moment| moment.epoch).collect();
        let dims = 0..sizes.2;
        let moved = moved(moments, sizes.0);
        let ranked = |moment: &MomentMaps| -> Vec<Vec<f64>> {
            let rank = |dim| midranks(&directional(moment, dim, &moved));
            dims.clone().map(rank).collect()
        };
        let final_ranks = ranked(last);
        let similarity: Vec<Vec<Option<f32>>> = moments
            .iter()
            .map(|moment| {
                let pairs = ranked(moment);
                let pairs = pairs.iter().zip(&final_ranks);
                pairs
                    .map(|(a, b)| pearson(a, b).map(|rho| rho as f32))
                    .collect()
            })
            .collect();
        let is_settled = |at: usize, dim: usize| {
            similarity[at][dim].is_some_and(|similarity| similarity >= SETTLED)
        };
        let is_inactive = |at: usize, dim: usize| moments[at].inactive[dim];
        let since = |holds: &dyn Fn(usize, usize) -> bool, dim: usize| {
            let held = (0..epochs.len()).rev().take_while(|&at| holds(at, dim));
            held.last().map(|at| epochs[at])
        };
        Some(Self {
            emerged: dims.clone().map(|dim| since(&is_settled, dim)).collect(),
            inactive_since: dims.map(|dim| since(&is_inactive, dim)).collect(),
            latent_importance: moments
                .iter()
                .map(|moment| {
                    let rows = moment.latent_importance.rows().into_iter();
                    rows.map(|row| row.to_vec()).collect()
                })
                .collect(),
            pixel_importance: moments
                .iter()
                .map(|moment| {
                    let columns = moment.pixel_importance.columns().into_iter();
                    let sum = |column: ndarray::ArrayView1<'_, f32>| -> f64 {
                        column.iter().map(|&value| f64::from(value)).sum()
                    };
                    columns.map(|column| sum(column) as f32).collect()
                })
                .collect(),
            similarity,
            epochs,
        })
    }
}

/// The features that move a latent in any of the moments: of the others every map says 0.
fn moved(moments: &[&MomentMaps], features: usize) -> Vec<usize> {
    let moves = |importance: &Array2<f32>, feature: usize| {
        importance.row(feature).iter().any(|&value| value != 0.0)
    };
    let in_any = |&feature: &usize| {
        moments
            .iter()
            .any(|moment| moves(&moment.pixel_importance, feature))
    };
    (0..features).filter(in_any).collect()
}

/// V × S of a dimension, of these features.
fn directional(moment: &MomentMaps, dim: usize, features: &[usize]) -> Vec<f32> {
    let at = |&feature: &usize| {
        moment.pixel_importance[[feature, dim]] * moment.direction.sign[[feature, dim]]
    };
    features.iter().map(at).collect()
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;
    use crate::importance::DirectionMap;

    fn moment(epoch: usize, maps: Array2<f32>, inactive: &[bool]) -> MomentMaps {
        MomentMaps {
            epoch,
            pixel_importance: maps.mapv(f32::abs),
            direction: DirectionMap {
                sign: maps.mapv(|value| if value == 0.0 { 0.0 } else { value.signum() }),
                slope: maps.clone(),
            },
            latent_importance: Array2::from_elem((2, maps.ncols()), epoch as f32),
            inactive: inactive.to_vec(),
        }
    }

    fn of(moments: &[MomentMaps]) -> Option<Emergence> {
        Emergence::of(&moments.iter().collect::<Vec<_>>())
    }

    #[test]
    fn a_map_emerges_where_it_stays_as_it_will_be() {
        // Of the first dimension the map is final from epoch 4 on, and was once before; the second is
        // upside down until the end; the third never moves. The last feature moves nothing.
        let done = array![
            [1.0, 1.0, 0.0],
            [2.0, 2.0, 0.0],
            [-3.0, 3.0, 0.0],
            [0.0, 0.0, 0.0]
        ];
        let upside = array![
            [1.0, -1.0, 0.0],
            [2.0, -2.0, 0.0],
            [-3.0, -3.0, 0.0],
            [0.0, 0.0, 0.0]
        ];
        let other = array![
            [3.0, -1.0, 0.5],
            [2.0, -2.0, 0.0],
            [1.0, -3.0, 0.0],
            [0.0, 0.0, 0.0]
        ];
        let found = of(&[
            moment(0, other.clone(), &[false, false, false]),
            moment(1, upside.clone(), &[false, false, true]),
            moment(2, other, &[false, false, false]),
            moment(4, upside, &[false, false, true]),
            moment(8, done, &[false, false, true]),
        ])
        .unwrap();
        assert_eq!(found.epochs, [0, 1, 2, 4, 8]);
        assert_eq!(found.emerged, [Some(4), Some(8), None]);
        assert_eq!(found.inactive_since, [None, None, Some(4)]);
        let first: Vec<_> = found.similarity.iter().map(|row| row[0]).collect();
        // By hand: ranks 2, 1, 0 against 1, 2, 0.
        assert_eq!(
            first,
            [Some(0.5), Some(1.0), Some(0.5), Some(1.0), Some(1.0)]
        );
        assert_eq!(found.similarity[0][1..], [Some(-1.0), None]);
        assert_eq!(found.pixel_importance[0], [6.0, 6.0, 0.5]);
        assert_eq!(found.latent_importance[3], [[4.0; 3], [4.0; 3]]);
    }

    #[test]
    fn one_moment_is_final_and_none_is_nothing() {
        let found = of(&[moment(3, array![[1.0], [2.0]], &[false])]).unwrap();
        assert_eq!(
            (found.emerged, found.similarity),
            (vec![Some(3)], vec![vec![Some(1.0)]])
        );
        assert!(of(&[]).is_none());
    }

    #[test]
    fn moments_of_other_runs_have_no_emergence() {
        let first = moment(0, array![[1.0], [2.0]], &[false]);
        let larger = moment(1, array![[1.0], [2.0], [3.0]], &[false]);
        assert!(of(&[first.clone(), larger]).is_none());
        assert!(of(&[first.clone(), first]).is_none());
    }
}
