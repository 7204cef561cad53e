//! Resizing by area: every new pixel is the mean of what it covers.

/// Resizes a grey image of `from` (height, width) to `to`.
pub(super) fn area(image: &[f32], from: (usize, usize), to: (usize, usize)) -> Vec<f32> {
    let resized = area_of(|place| [image[place]], from, to);
    resized.into_iter().map(|[value]| value).collect()
}

/// Resizes an image of several channels, given by the place of a pixel, from `from` (height, width)
/// to `to`.
pub(super) fn area_of<const N: usize>(
    pixel: impl Fn(usize) -> [f32; N],
    from: (usize, usize),
    to: (usize, usize),
) -> Vec<[f32; N]> {
    if from == to {
        return (0..from.0 * from.1).map(pixel).collect();
    }
    let (columns, rows) = (covers(from.1, to.1), covers(from.0, to.0));
    let add = |sum: &mut [f32; N], value: [f32; N], weight: f32| {
        for (sum, value) in sum.iter_mut().zip(value) {
            *sum += value * weight;
        }
    };
    let mut resized = vec![[0.0; N]; to.0 * to.1];
    // An old row with its new columns; new rows that meet within one both need it.
    let mut narrow = vec![[0.0; N]; to.1];
    let mut held = None;
    for (row, cover) in resized.chunks_exact_mut(to.1).zip(&rows) {
        for (old, weight) in (cover.start..).zip(&cover.weights) {
            if held != Some(old) {
                for (sum, cover) in narrow.iter_mut().zip(&columns) {
                    *sum = [0.0; N];
                    let places = old * from.1 + cover.start..;
                    for (place, weight) in places.zip(&cover.weights) {
                        add(sum, pixel(place), *weight);
                    }
                }
                held = Some(old);
            }
            for (sum, value) in row.iter_mut().zip(&narrow) {
                add(sum, *value, *weight);
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
        let colours = [[1.0, 9.0], [3.0, 5.0]];
        assert_eq!(
            area_of(|place| colours[place], (1, 2), (1, 1)),
            [[2.0, 7.0]]
        );
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
