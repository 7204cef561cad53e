//! Resizing by area: every new pixel is the mean of what it covers.

/// Resizes a grey image of `from` (height, width) to `to`.
pub(super) fn area(image: &[f32], from: (usize, usize), to: (usize, usize)) -> Vec<f32> {
    if from == to {
        return image.to_vec();
    }
    let (columns, rows) = (covers(from.1, to.1), covers(from.0, to.0));
    let narrow: Vec<f32> = image
        .chunks_exact(from.1)
        .flat_map(|row| {
            columns.iter().map(|cover| {
                let parts = row[cover.start..].iter().zip(&cover.weights);
                parts.map(|(value, weight)| value * weight).sum::<f32>()
            })
        })
        .collect();
    let mut resized = vec![0.0; to.0 * to.1];
    for (row, cover) in resized.chunks_exact_mut(to.1).zip(&rows) {
        let parts = narrow[cover.start * to.1..].chunks_exact(to.1);
        for (part, weight) in parts.zip(&cover.weights) {
            for (sum, value) in row.iter_mut().zip(part) {
                *sum += value * weight;
            }
        }
    }
    resized
}

/// The old pixels under a new one and how much of it each covers; the weights sum to 1.
struct Cover {
    start: usize,
    weights: Vec<f32>,
}

fn covers(from: usize, to: usize) -> Vec<Cover> {
    // In units of 1 / to of an old pixel, so that all edges are whole numbers.
    (0..to)
        .map(|new| {
            let (left, right) = (new * from, (new + 1) * from);
            let start = left / to;
            let weights = (start..right.div_ceil(to))
                .map(|old| {
                    let covered = right.min((old + 1) * to) - left.max(old * to);
                    covered as f32 / from as f32
                })
                .collect();
            Cover { start, weights }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_become_means_of_what_they_cover() {
        let image = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
        assert_eq!(area(&image, (2, 4), (1, 2)), [3.5, 5.5]);
        // Three columns into two: each covers one and a half.
        let resized = area(&[0.0, 3.0, 6.0], (1, 3), (1, 2));
        assert!((resized[0] - 1.0).abs() < 1e-6 && (resized[1] - 5.0).abs() < 1e-6);
        assert_eq!(
            area(&[2.0, 4.0], (1, 2), (2, 4)),
            [2.0, 2.0, 4.0, 4.0, 2.0, 2.0, 4.0, 4.0]
        );
    }

    #[test]
    fn the_mean_is_kept() {
        let image: Vec<f32> = (0..35).map(|place| (place * place % 17) as f32).collect();
        let mean = |image: &[f32]| image.iter().sum::<f32>() / image.len() as f32;
        for to in [(3, 3), (11, 2), (7, 5), (1, 1)] {
            assert!((mean(&area(&image, (5, 7), to)) - mean(&image)).abs() < 1e-4);
        }
    }
}
