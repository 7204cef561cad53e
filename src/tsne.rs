//! t-SNE of the latents: a plane in which images whose latents are alike lie close together.
//!
//! After van der Maaten and Hinton, "Visualizing Data using t-SNE" (2008), by Barnes-Hut
//! approximation. The first arrangement is the caller's, and nothing here is drawn at random: the
//! nearest neighbours are exact, however the tree that finds them is built.

use bhtsne::tSNE;
use ndarray::ArrayView2;

/// About how many neighbours an image is compared with: the default of scikit-learn and of Rtsne.
const PERPLEXITY: usize = 30;
/// So many neighbours per unit of perplexity are looked up; an image has at most all the others.
const NEIGHBOURS_PER_PERPLEXITY: usize = 3;
/// The default of scikit-learn and of Rtsne.
const EPOCHS: usize = 1000;
/// A cell of images counts as one if it appears smaller than this (size over distance): the
/// default of scikit-learn and of Rtsne.
const THETA: f32 = 0.5;

/// The fewest images that have neighbours enough: with a perplexity below two, an image has one.
pub const FEWEST: usize = 2 * NEIGHBOURS_PER_PERPLEXITY + 1;

/// Arranges the rows of `latents` in a plane, from the arrangement `start` (x, y for each row;
/// best with a standard deviation of about 1e-4), and returns the last arrangement in that form.
///
/// `step` hears how many epochs of how many are done, and of the arrangement then: first of
/// `start`, then after each epoch.
///
/// # Panics
///
/// If there are fewer than [`FEWEST`] rows or `start` has not two numbers for each.
pub fn tsne(
    latents: ArrayView2<'_, f32>,
    start: &[f32],
    mut step: impl FnMut(usize, usize, &[f32]) + Send,
) -> Vec<f32> {
    let latents = latents.as_standard_layout();
    let images: Vec<&[f32]> = latents
        .rows()
        .into_iter()
        .map(|row| {
            row.to_slice()
                .expect("rows of the standard layout are slices")
        })
        .collect();
    assert!(images.len() >= FEWEST, "t-SNE needs {FEWEST} images");
    assert_eq!(start.len(), 2 * images.len(), "two coordinates for each");

    step(0, EPOCHS, start);
    let perplexity = PERPLEXITY.min((images.len() - 1) / NEIGHBOURS_PER_PERPLEXITY);
    on_one_thread(|| {
        tSNE::<f32, &[f32], 2>::new(&images)
            .perplexity(perplexity as f32)
            .epochs(EPOCHS)
            .initial_embedding(start)
            .epoch_callback(|epoch, arrangement| step(epoch + 1, EPOCHS, arrangement))
            .barnes_hut(THETA, |a, b| distance(a, b))
            .embedding()
    })
}

/// On several threads sums are taken in the order in which these come to it, and after a thousand
/// epochs of rounding no two arrangements are the same.
#[cfg(not(target_arch = "wasm32"))]
fn on_one_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    pool.expect("a system that runs programs has a thread for one")
        .install(work)
}

/// A browser gives it one.
#[cfg(target_arch = "wasm32")]
fn on_one_thread<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// Euclidean. Eight sums at a time: the compiler may not reorder a single one into vectors.
fn distance(a: &[f32], b: &[f32]) -> f32 {
    let (in_eights, rest) = a.as_chunks::<8>();
    let (others_in_eights, others_rest) = b.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (a, b) in in_eights.iter().zip(others_in_eights) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += (a - b) * (a - b);
        }
    }
    let rest: f32 = rest
        .iter()
        .zip(others_rest)
        .map(|(a, b)| (a - b) * (a - b))
        .sum();
    (sums.iter().sum::<f32>() + rest).sqrt()
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, s};

    use super::*;
    use crate::keyed::{Keyed, Purpose};

    /// Clouds far from each other; images take turns. A start without any order.
    fn clouds(images: usize, dims: usize, clouds: usize) -> (Array2<f32>, Vec<f32>) {
        let mut random = Keyed::new(1, Purpose::Weights, &[]);
        let centres = Array2::from_shape_simple_fn((clouds, dims), || 20.0 * random.uniform());
        let latents = Array2::from_shape_fn((images, dims), |(image, dim)| {
            centres[[image % clouds, dim]] + random.uniform()
        });
        let start = (0..2 * images)
            .map(|_| 2e-4 * (random.uniform() - 0.5))
            .collect();
        (latents, start)
    }

    fn between(arrangement: &[f32], a: usize, b: usize) -> f32 {
        distance(
            &arrangement[2 * a..2 * a + 2],
            &arrangement[2 * b..2 * b + 2],
        )
    }

    #[test]
    fn the_same_start_leads_to_the_same_arrangement() {
        let (latents, start) = clouds(600, 8, 5);
        let [one, other] = [0, 1].map(|_| tsne(latents.view(), &start, |_, _, _| {}));
        assert_eq!(one, other);
    }

    #[test]
    fn what_lies_apart_stays_apart() {
        let (latents, start) = clouds(150, 12, 3);
        let arrangement = tsne(latents.view(), &start, |_, _, _| {});
        for image in 0..150 {
            let nearest = (0..150)
                .filter(|&other| other != image)
                .min_by(|&a, &b| {
                    between(&arrangement, image, a).total_cmp(&between(&arrangement, image, b))
                })
                .unwrap();
            assert_eq!(
                nearest % 3,
                image % 3,
                "the nearest to {image} is {nearest}"
            );
        }
    }

    #[test]
    fn every_number_of_images_from_the_fewest_on_has_a_perplexity() {
        for images in [FEWEST, 8, 9, 10, 30, 90, 91, 92] {
            let (latents, start) = clouds(images, 3, 2);
            let mut epochs = Vec::new();
            let arrangement = tsne(latents.view(), &start, |done, total, points| {
                assert_eq!((total, points.len()), (EPOCHS, 2 * images));
                epochs.push(done);
            });
            assert!(epochs.into_iter().eq(0..=EPOCHS));
            assert!(arrangement.iter().all(|value| value.is_finite()));
        }
    }

    #[test]
    fn images_that_are_all_alike_do_not_break_it() {
        let (_, start) = clouds(40, 1, 1);
        let arrangement = tsne(Array2::ones((40, 5)).view(), &start, |_, _, _| {});
        assert!(arrangement.iter().all(|value| value.is_finite()));
    }

    #[test]
    fn rows_need_not_lie_one_after_the_other() {
        let (latents, start) = clouds(20, 6, 2);
        let every_other = latents.slice(s![.., ..;2]);
        let packed = every_other.to_owned();
        let arrange = |latents| tsne(latents, &start, |_, _, _| {});
        assert_eq!(arrange(every_other), arrange(packed.view()));
    }

    #[test]
    fn distances_are_euclidean() {
        for dims in [0, 1, 7, 8, 9, 16, 33] {
            let (a, b): (Vec<f32>, Vec<f32>) = (0..dims).map(|i| (i as f32, 3.0)).unzip();
            let literally: f32 = (0..dims).map(|i| (i as f32 - 3.0).powi(2)).sum();
            assert!((distance(&a, &b) - literally.sqrt()).abs() < 1e-4);
        }
    }
}
