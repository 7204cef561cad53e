//! Latents that were made elsewhere, as an encoder that knows nothing but the images they are of.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use ndarray::{Array1, Array2, ArrayView2, Axis};

use super::{BlackBox, Called, Function, Half, Layer};
use crate::data::{ImageSet, Shape};
use crate::numerals::grouped;

/// What sentences and lists of layers call it.
const NAME: &str = "matrix of latents";

/// Latents of equal images may differ by so much of the largest of their dimension: programs add up in other
/// orders from batch to batch.
const ROUNDING: f32 = 1e-4;

impl Half {
    /// An encoder that knows the latents (images × dimensions) of these images and cannot be asked about others.
    /// Each set comes with the rows of its images' latents.
    ///
    /// # Errors
    /// One sentence: if there are more or fewer rows than images, latents are not finite, or those of equal images
    /// differ.
    pub fn of_latents(
        images: &[(&ImageSet, &[usize])],
        latents: Array2<f32>,
    ) -> Result<Self, String> {
        let count: usize = images.iter().map(|(_, rows)| rows.len()).sum();
        if latents.nrows() != count {
            return Err(format!(
                "There are {} rows of latents and {} images: give a row for each image, in the order in which they \
                 are read.",
                grouped(latents.nrows()),
                grouped(count)
            ));
        }
        let Some((set, _)) = images.first().filter(|_| latents.ncols() > 0) else {
            return Err("There are no latents: give a row for each image.".into());
        };
        if let Some(((row, dim), _)) = latents.indexed_iter().find(|(_, each)| !each.is_finite()) {
            return Err(format!(
                "Latent {} of image {} is infinite, NaN or missing: give a number for each.",
                dim + 1,
                row + 1
            ));
        }
        let largest = latents.map_axis(Axis(0), |column| {
            column
                .iter()
                .fold(0.0_f32, |most, each| most.max(each.abs()))
        });
        let (input, output) = (Shape::Image(set.image), Shape::Numbers(latents.ncols()));
        let mut given = Given {
            rows: HashMap::with_capacity(count),
            latents,
        };
        for (set, rows) in images {
            for (image, &row) in rows.iter().enumerate() {
                given.add(set.intensities(image), row, &largest)?;
            }
        }
        let layer = BlackBox::new(NAME, (input.clone(), output), Arc::new(given));
        Self::new("encoder", input, vec![Layer::BlackBox(layer)])
    }
}

/// Latents by the images that they are of.
#[derive(Debug)]
struct Given {
    /// Of each image, by what is in it, the row of its latents.
    rows: HashMap<u128, usize>,
    latents: Array2<f32>,
}

impl Given {
    fn add(
        &mut self,
        image: impl Iterator<Item = f32>,
        row: usize,
        largest: &Array1<f32>,
    ) -> Result<(), String> {
        let known = *self.rows.entry(key(image)).or_insert(row);
        let (first, second) = (self.latents.row(known), self.latents.row(row));
        let pairs = first.iter().zip(second).zip(largest);
        let mut far = pairs.map(|((first, second), most)| (first - second).abs() > ROUNDING * most);
        if !far.any(|far| far) {
            return Ok(());
        }
        let (first, second) = (known.min(row) + 1, known.max(row) + 1);
        Err(format!(
            "Images {} and {} are equal, but their latents differ: give latents in the order in which the images are \
             read, without anything drawn at random.",
            grouped(first),
            grouped(second)
        ))
    }
}

/// Tells images apart by what is in them, but for one chance in 2^128.
fn key(image: impl Iterator<Item = f32>) -> u128 {
    let mut halves = [DefaultHasher::new(), DefaultHasher::new()];
    halves[1].write_u8(1);
    for number in image {
        for half in &mut halves {
            number.to_bits().hash(half);
        }
    }
    let [high, low] = halves.map(|half| u128::from(half.finish()));
    high << 64 | low
}

impl Function for Given {
    fn call<'a>(&'a self, rows: ArrayView2<'a, f32>) -> Called<'a> {
        let rows = rows.rows().into_iter();
        let found: Option<Vec<usize>> = rows
            .map(|row| self.rows.get(&key(row.iter().copied())).copied())
            .collect();
        let latents = found.map(|found| self.latents.select(Axis(0), &found));
        let latents = latents.ok_or_else(|| {
            "The latents of an image are not among those that were given: give those of all images, scaled as they are."
                .into()
        });
        Box::pin(async move { latents })
    }

    fn takes_any_row(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{array, s};
    use pollster::block_on;

    use super::*;

    /// Three images, of which the first and the last are equal.
    fn images() -> ImageSet {
        ImageSet::from_bytes(1, 2, vec![0, 255, 51, 0, 0, 255])
    }

    fn half(latents: Array2<f32>) -> Result<Half, String> {
        Half::of_latents(&[(&images(), &[2, 0, 1])], latents)
    }

    #[test]
    fn latents_are_found_by_image_and_changed_images_are_not_known() {
        let encoder = half(array![[1.0, 2.0], [3.0, 4.0], [3.0, 4.0]]).unwrap();
        assert!(encoder.is_there() && !encoder.takes_any_row());
        let images = array![[0.2, 0.0], [0.0, 1.0]];
        let found = block_on(encoder.outputs(images.view())).unwrap();
        assert_eq!(found, array![[1.0, 2.0], [3.0, 4.0]]);
        let changed = block_on(encoder.outputs(array![[0.2, 1.0]].view()));
        assert!(
            changed
                .unwrap_err()
                .starts_with("The latents of an image are not")
        );
    }

    #[test]
    fn latents_that_cannot_be_of_these_images_are_refused() {
        let latents = array![[1.0, 2.0], [3.0, 4.0], [3.5, 4.0]];
        let refused = |latents| half(latents).unwrap_err();
        assert!(
            refused(latents.clone())
                .starts_with("Images 2 and 3 are equal, but their latents differ")
        );
        assert!(
            refused(latents.slice(s![..2, ..]).to_owned())
                .starts_with("There are 2 rows of latents and 3 images")
        );
        let mut missing = latents;
        missing[[2, 1]] = f32::NAN;
        assert!(refused(missing).starts_with("Latent 2 of image 3 is infinite, NaN or missing"));
        // As rounded elsewhere.
        assert!(half(array![[1.0, 2.0], [3.0, 4.0], [3.000_01, 4.0]]).is_ok());
    }
}
