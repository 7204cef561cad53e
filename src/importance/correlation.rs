//! Correlations between pixels over images.

use ndarray::{Array2, ArrayView1};

use super::levels::ascending;
use crate::data::ImageShape;
use crate::math::kernel::Kernel;
use crate::math::product::{Panels, Tiles, product};

/// Correlations, and predictions that are fitted, take no more images: of more, so many are taken, evenly.
pub(super) const MOST_IMAGES: usize = 4_000;
/// Pixels whose correlations are computed at once.
const BLOCK: usize = 64;

/// Which of so many images are taken, evenly: the one in place `at` is the first row of those for which
/// row · taken / images, rounded down, is `at`.
pub(super) fn sampled(images: usize, most: usize) -> Vec<usize> {
    let taken = images.min(most);
    let row = |at: usize| (at as u64 * images as u64).div_ceil(taken as u64) as usize;
    (0..taken).map(row).collect()
}

/// How bright each pixel of an image is: the mean of its channels.
pub(super) fn brightness(image: ImageShape, row: ArrayView1<'_, f32>) -> impl Iterator<Item = f32> {
    let channels = image.channels;
    (0..image.pixels()).map(move |pixel| {
        let numbers = (pixel * channels..(pixel + 1) * channels).map(|at| f64::from(row[at]));
        (numbers.sum::<f64>() / channels as f64) as f32
    })
}

/// The pixels of some images, each with its values in these: only those that vary.
pub(super) struct Pixels {
    /// Their numbers, ascending.
    pub numbers: Vec<usize>,
    images: usize,
    /// Of every pixel, its value in each image.
    values: Vec<f32>,
}

impl Pixels {
    /// Of these rows of `images` (images × numbers).
    ///
    /// # Errors
    /// With how many pixels vary, if these are more than `most`.
    pub fn of(
        images: &Array2<f32>,
        image: ImageShape,
        rows: &[usize],
        most: usize,
    ) -> Result<Self, usize> {
        let mut varies = vec![false; image.pixels()];
        if let Some((&first, others)) = rows.split_first() {
            let first: Vec<f32> = brightness(image, images.row(first)).collect();
            for &row in others {
                let row = brightness(image, images.row(row));
                for ((varies, value), first) in varies.iter_mut().zip(row).zip(&first) {
                    *varies |= value != *first;
                }
            }
        }
        let numbers: Vec<usize> = (0..varies.len()).filter(|&pixel| varies[pixel]).collect();
        if numbers.len() > most {
            return Err(numbers.len());
        }
        let mut values = vec![0.0; numbers.len() * rows.len()];
        for (at, &row) in rows.iter().enumerate() {
            let row = brightness(image, images.row(row)).zip(&varies);
            let varying = row.filter(|(_, varies)| **varies);
            for (pixel, (value, _)) in varying.enumerate() {
                values[pixel * rows.len() + at] = value;
            }
        }
        Ok(Self {
            numbers,
            images: rows.len(),
            values,
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Puts ranks in the place of a pixel's values; equal ones share the mean of theirs.
    pub fn rank(&mut self, pixel: usize) {
        let values = &mut self.values[pixel * self.images..][..self.images];
        let sorted: Vec<(f32, u32)> = ascending(values.iter().copied()).collect();
        let mut before = 0;
        for equal in sorted.chunk_by(|(a, _), (b, _)| a == b) {
            let rank = before as f32 + (equal.len() - 1) as f32 / 2.0;
            for &(_, image) in equal {
                values[image as usize] = rank;
            }
            before += equal.len();
        }
    }

    /// Makes the mean of a pixel's values 0, and the sum of their squares 1.
    pub fn standardise(&mut self, pixel: usize) {
        let values = &mut self.values[pixel * self.images..][..self.images];
        let mean = values.iter().copied().map(f64::from).sum::<f64>() / values.len() as f64;
        let squares = values
            .iter()
            .map(|&value| (f64::from(value) - mean).powi(2));
        let size = squares.sum::<f64>().sqrt();
        for value in values {
            *value = ((f64::from(*value) - mean) / size) as f32;
        }
    }

    /// The values of a pixel.
    pub fn values(&self, pixel: usize) -> &[f32] {
        &self.values[pixel * self.images..][..self.images]
    }

    /// Blocks of pixels.
    pub fn blocks(&self) -> usize {
        self.len().div_ceil(BLOCK)
    }

    /// Gives the correlation of each pixel of one block with each of another, which are standardised, to
    /// `take`.
    pub fn correlate(
        &self,
        (a, b): (usize, usize),
        room: &mut Room,
        mut take: impl FnMut(usize, usize, f32),
    ) {
        let pixels = |block: usize| block * BLOCK..self.len().min((block + 1) * BLOCK);
        if room.packed != Some(a) {
            let rows = pixels(a).map(|pixel| self.values(pixel));
            room.left.pack(self.images, rows);
            room.packed = Some(a);
        }
        let columns = pixels(b).start * self.images..pixels(b).end * self.images;
        room.right
            .pack_transposed(self.images, &self.values[columns]);
        product(
            Kernel::Baseline,
            &room.left,
            &room.right,
            None,
            &mut room.products,
        );
        let mut products = room.products.iter();
        for left in pixels(a) {
            for (right, product) in pixels(b).zip(&mut products) {
                take(left, right, *product);
            }
        }
    }
}

/// Room to correlate in.
#[derive(Default)]
pub(super) struct Room {
    left: Tiles,
    /// The block that lies there.
    packed: Option<usize>,
    right: Panels,
    products: Vec<f32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_sampled_evenly() {
        assert_eq!(sampled(3, 5), [0, 1, 2]);
        assert_eq!(sampled(10, 4), [0, 3, 5, 8]);
        assert!(
            sampled(9_001, 4_000)
                .iter()
                .enumerate()
                .all(|(at, row)| row * 4_000 / 9_001 == at)
        );
        assert!(sampled(0, 4).is_empty());
    }

    #[test]
    fn correlations_of_ranks_are_those_of_the_definition() {
        // 1 − 6 Σ d² / n (n² − 1) without ties, over more pixels than a block holds.
        let image = ImageShape::grey(1, 70);
        let images = Array2::from_shape_fn((11, 70), |(row, pixel)| {
            ((row * (pixel % 7 + 2) + pixel) % 11) as f32 * if pixel == 3 { 0.0 } else { 0.5 }
        });
        let rows: Vec<usize> = (0..11).collect();
        let mut pixels = Pixels::of(&images, image, &rows, 69).ok().unwrap();
        assert_eq!(Pixels::of(&images, image, &rows, 68).err(), Some(69));
        assert_eq!((pixels.len(), pixels.numbers[3]), (69, 4));
        for pixel in 0..69 {
            pixels.rank(pixel);
        }
        let ranks = |pixels: &Pixels, pixel: usize| pixels.values(pixel).to_vec();
        let expected = |a: usize, b: usize| {
            let (a, b) = (ranks(&pixels, a), ranks(&pixels, b));
            let squares: f32 = a.iter().zip(&b).map(|(a, b)| (a - b) * (a - b)).sum();
            1.0 - 6.0 * squares / (11.0 * 120.0)
        };
        let expected: Vec<f32> = (0..69 * 69).map(|at| expected(at / 69, at % 69)).collect();
        (0..69).for_each(|pixel| pixels.standardise(pixel));
        let (mut room, mut seen) = (Room::default(), 0);
        for blocks in [(0, 0), (0, 1), (1, 1)] {
            pixels.correlate(blocks, &mut room, |a, b, found| {
                seen += 1;
                let expected = expected[a * 69 + b];
                assert!(
                    (found - expected).abs() < 1e-5,
                    "{a} {b}: {found} {expected}"
                );
            });
        }
        assert_eq!(seen, 64 * 64 + 64 * 5 + 5 * 5);
    }

    #[test]
    fn equal_values_share_the_mean_of_their_ranks() {
        let images = ndarray::array![[0.5_f32], [0.0], [-0.0], [2.0], [0.5], [0.5]];
        let rows: Vec<usize> = (0..6).collect();
        let mut pixels = Pixels::of(&images, ImageShape::grey(1, 1), &rows, 1)
            .ok()
            .unwrap();
        pixels.rank(0);
        assert_eq!(pixels.values(0), [3.0, 0.5, 0.5, 5.0, 3.0, 3.0]);
    }
}
