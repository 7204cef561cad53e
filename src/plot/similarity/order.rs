//! An order in which classes that are alike stand side by side.

use ndarray::Array2;

/// A group of classes, in the order in which they stand.
type Cluster = Vec<usize>;

/// Classes by average linkage: the two groups that are most alike on average become one, over and over,
/// turned so that its most similar ends meet. Classes without a profile come last. Equals keep the
/// order that is given, so that the same numbers always give the same order.
pub(super) fn by_clusters(similarity: &Array2<Option<f64>>) -> Vec<usize> {
    let value = |a: usize, b: usize| similarity[(a, b)].unwrap_or(0.0);
    let classes = 0..similarity.nrows();
    let (with, without): (Vec<usize>, Vec<usize>) =
        classes.partition(|&class| similarity[(class, class)].is_some());
    let mut between =
        Array2::from_shape_fn((with.len(), with.len()), |(a, b)| value(with[a], with[b]));
    let mut clusters: Vec<Option<Cluster>> =
        with.into_iter().map(|class| Some(vec![class])).collect();
    while let Some((a, b)) = most_alike(&clusters, &between) {
        let (Some(first), Some(second)) = (clusters[a].take(), clusters[b].take()) else {
            unreachable!("both are groups");
        };
        let [of_first, of_second] = [first.len(), second.len()].map(|count| count as f64);
        for other in 0..clusters.len() {
            let sum = of_first * between[(a, other)] + of_second * between[(b, other)];
            let mean = sum / (of_first + of_second);
            between[(a, other)] = mean;
            between[(other, a)] = mean;
        }
        clusters[a] = Some(joined(first, second, &value));
    }
    let mut order = clusters.into_iter().flatten().next().unwrap_or_default();
    // Of the two directions, the one that begins with the class that is given first.
    if order.first() > order.last() {
        order.reverse();
    }
    order.extend(without);
    order
}

/// The first two groups of largest mean similarity; `None` where there is one group, or none.
fn most_alike(clusters: &[Option<Cluster>], between: &Array2<f64>) -> Option<(usize, usize)> {
    let left: Vec<usize> = (0..clusters.len())
        .filter(|&at| clusters[at].is_some())
        .collect();
    let mut most: Option<((usize, usize), f64)> = None;
    for (at, &b) in left.iter().enumerate() {
        for &a in &left[..at] {
            let found = between[(a, b)];
            if most.is_none_or(|(_, largest)| found > largest) {
                most = Some(((a, b), found));
            }
        }
    }
    most.map(|(pair, _)| pair)
}

/// Two groups side by side, each turned or not, so that those who meet are most alike.
fn joined(first: Cluster, second: Cluster, value: &impl Fn(usize, usize) -> f64) -> Cluster {
    let turned = |cluster: &Cluster, turn: bool| {
        let mut cluster = cluster.clone();
        if turn {
            cluster.reverse();
        }
        cluster
    };
    let mut best: Option<(f64, Cluster)> = None;
    for (of_first, of_second) in [(false, false), (true, false), (false, true), (true, true)] {
        let (mut left, right) = (turned(&first, of_first), turned(&second, of_second));
        let (Some(&end), Some(&start)) = (left.last(), right.first()) else {
            continue;
        };
        let meet = value(end, start);
        if best.as_ref().is_none_or(|(largest, _)| meet > *largest) {
            left.extend(right);
            best = Some((meet, left));
        }
    }
    best.map_or(Vec::new(), |(_, cluster)| cluster)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: &[&[f64]]) -> Array2<Option<f64>> {
        Array2::from_shape_fn((rows.len(), rows.len()), |(a, b)| {
            let value = if b < a { rows[a][b] } else { rows[b][a] };
            (!value.is_nan()).then_some(value)
        })
    }

    #[test]
    fn classes_that_are_alike_stand_side_by_side() {
        // 0 is like 3, 1 is like 4, and of the four 3 and 4 are the nearest; 2 is like none.
        let found = by_clusters(&matrix(&[
            &[1.0],
            &[0.2, 1.0],
            &[0.0, 0.1, 1.0],
            &[0.9, 0.3, 0.0, 1.0],
            &[0.3, 0.8, 0.0, 0.5, 1.0],
        ]));
        assert_eq!(found, [0, 3, 4, 1, 2]);
    }

    #[test]
    fn equals_keep_their_order_and_what_has_no_profile_comes_last() {
        let half = [0.5; 4];
        let alike: Vec<Vec<f64>> = (0..4).map(|row| [&half[..row], &[1.0]].concat()).collect();
        let rows: Vec<&[f64]> = alike.iter().map(Vec::as_slice).collect();
        assert_eq!(by_clusters(&matrix(&rows)), [0, 1, 2, 3]);
        let none = f64::NAN;
        let found = by_clusters(&matrix(&[
            &[none],
            &[none, 1.0],
            &[none, 0.1, 1.0],
            &[none, 0.9, 0.0, 1.0],
        ]));
        assert_eq!(found, [2, 1, 3, 0]);
        assert_eq!(by_clusters(&matrix(&[&[none]])), [0]);
        assert!(by_clusters(&matrix(&[])).is_empty());
    }
}
