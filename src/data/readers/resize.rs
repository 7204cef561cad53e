//! Resizing by area: every new pixel is the mean of what it covers.

/// Resizes a grey image of `from` (height, width) to `to`.
pub(super) fn area(image: &[f32], from: (usize, usize), to: (usize, usize)) -> Vec<f32> {
    let add_row = |row: usize, weight: f32, sums: &mut [f32]| {
        for (sum, value) in sums.iter_mut().zip(&image[row * from.1..]) {
            *sum += weight * value;
        }
    };
    let resized = area_of(add_row, from, to);
    resized.into_iter().map(|[value]| value).collect()
}

/// Resizes an image of `N` channels from `from` (height, width) to `to`. `add_row` adds a row of it,
/// times a weight, to sums of all channels of one pixel after another.
pub(super) fn area_of<const N: usize>(
    add_row: impl Fn(usize, f32, &mut [f32]),
    from: (usize, usize),
    to: (usize, usize),
) -> Vec<[f32; N]> {
    let (columns, rows) = (covers(from.1, to.1), covers(from.0, to.0));
    let mut resized = Vec::with_capacity(to.0 * to.1);
    let mut sums = vec![0.0; from.1 * N];
    for rows in &rows {
        sums.fill(0.0);
        for (row, weight) in (rows.start..).zip(&rows.weights) {
            add_row(row, *weight, &mut sums);
        }
        let (pixels, _) = sums.as_chunks::<N>();
        if from.1 == to.1 {
            resized.extend_from_slice(pixels);
            continue;
        }
        resized.extend(columns.iter().map(|columns| {
            let mut mean = [0.0; N];
            for (pixel, weight) in pixels[columns.start..].iter().zip(&columns.weights) {
                for (mean, value) in mean.iter_mut().zip(pixel) {
                    *mean += value * weight;
                }
            }
            mean
        }));
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
        let colours = [1.0, 9.0, 3.0, 5.0];
        let add_row = |_, weight: f32, sums: &mut [f32]| {
            for (sum, value) in sums.iter_mut().zip(colours) {
                *sum += weight * value;
            }
        };
        assert_eq!(area_of(add_row, (1, 2), (1, 1)), [[2.0, 7.0]]);
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
