//! Ranks, and how far two rankings agree.

/// Ranks of `values` from 0, equal ones at the mean of theirs. NaN comes last.
#[must_use]
pub fn midranks(values: &[f32]) -> Vec<f64> {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    // -0 and 0 are one value.
    let value = |at: u32| values[at as usize] + 0.0;
    order.sort_unstable_by(|&a, &b| value(a).total_cmp(&value(b)));
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    for equal in order.chunk_by(|&a, &b| value(a) == value(b)) {
        let rank = from as f64 + (equal.len() as f64 - 1.0) / 2.0;
        for &at in equal {
            ranks[at as usize] = rank;
        }
        from += equal.len();
    }
    ranks
}

/// Spearman's ρ: the correlation of the ranks. `None` where the values of one side are all the same.
#[must_use]
pub fn spearman(a: &[f32], b: &[f32]) -> Option<f64> {
    pearson(&midranks(a), &midranks(b))
}

/// Pearson's r. `None` where the values of one side are all the same.
#[must_use]
pub fn pearson(a: &[f64], b: &[f64]) -> Option<f64> {
    let count = a.len().min(b.len()) as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / count;
    let (of_a, of_b) = (mean(a), mean(b));
    let [mut products, mut squares_a, mut squares_b] = [0.0; 3];
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a - of_a, b - of_b);
        products += a * b;
        squares_a += a * a;
        squares_b += b * b;
    }
    let scale = (squares_a * squares_b).sqrt();
    (scale > 0.0).then(|| (products / scale).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_the_mean_of_their_ranks() {
        assert_eq!(
            midranks(&[3.0, -1.0, 3.0, 0.0, -0.0]),
            [3.5, 0.0, 3.5, 1.5, 1.5]
        );
        assert_eq!(midranks(&[]), [0.0; 0]);
    }

    #[test]
    fn rankings_agree_as_statistics_say() {
        // As scipy.stats.spearmanr has it.
        let rho = spearman(&[1.0, 2.0, 2.0, 4.0, 9.0], &[2.0, 1.0, 5.0, 5.0, 7.0]).unwrap();
        assert!((rho - 0.763_157_894_7).abs() < 1e-9, "{rho}");
        assert_eq!(
            spearman(&[1.0, 2.0, 3.0], &[-1.0, -20.0, -300.0]),
            Some(-1.0)
        );
        assert_eq!(spearman(&[1.0, 2.0], &[5.0, 5.0]), None);
        let r = pearson(&[1.0, 2.0, 4.0], &[1.0, 3.0, 2.0]).unwrap();
        assert!((r - 0.327_326_835_3).abs() < 1e-9, "{r}");
    }
}
