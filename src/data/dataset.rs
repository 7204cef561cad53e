//! The images of a run: chosen classes, some held out.

use std::ops::Range;

use ndarray::Array2;

use super::{Class, DataError, ImageSet};
use crate::keyed::{Keyed, Purpose};
use crate::report::{ClassSummary, ImageShape};

/// Images of the chosen classes, split into those trained on and those held out.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Height and width of every image.
    pub image: ImageShape,
    /// The names of the classes, in order.
    pub names: Vec<String>,
    /// Images trained on.
    pub training: Images,
    /// Images never trained on: losses and importance are measured on these.
    pub held_out: Images,
}

/// Images as numbers in [0, 1], class after class.
#[derive(Clone, Debug)]
pub struct Images {
    /// Intensities, images × pixels, row by row.
    pub pixels: Array2<f32>,
    /// Label and rows of each class, in order.
    pub classes: Vec<(u8, Range<usize>)>,
    /// Where each image stands among all of its class, counted from 0.
    pub positions: Vec<u32>,
}

impl Images {
    /// Number of images.
    #[must_use]
    pub fn count(&self) -> usize {
        self.pixels.nrows()
    }
}

/// Of every hundred images of a class, this many are trained on (Section 4: 85 to 15).
const TRAINING_PERCENT: usize = 85;

impl Dataset {
    /// Splits every class by itself, so that each is held out in the same proportion. Which images
    /// are held out depends on `seed` and the label only: choosing other classes beside a class
    /// leaves its split as it is.
    ///
    /// # Errors
    /// If no class is given, sizes differ, or a class has fewer than two images.
    pub fn split(classes: &[Class], seed: u32) -> Result<Self, DataError> {
        let Class { images: first, .. } = classes.first().ok_or(DataError::Empty)?;
        let expected = (first.height, first.width);
        let mut training = Collector::default();
        let mut held_out = Collector::default();

        for Class {
            label, images: set, ..
        } in classes
        {
            let (label, count) = (*label, set.count());
            if (set.height, set.width) != expected {
                return Err(DataError::MixedSizes {
                    label,
                    found: (set.height, set.width),
                    expected,
                });
            }
            if count == 0 {
                return Err(DataError::MissingClass(label));
            }
            if count < 2 {
                return Err(DataError::TooFewImages { label, count });
            }
            let trained_on = (count * TRAINING_PERCENT / 100).max(1);
            let order = Keyed::new(seed, Purpose::Split, &[label.into()]).permutation(count);
            let (out, keep) = order.split_at(count - trained_on);
            held_out.add(label, set, out);
            training.add(label, set, keep);
        }
        Ok(Self {
            image: ImageShape {
                height: expected.0,
                width: expected.1,
            },
            names: classes.iter().map(|class| class.name.clone()).collect(),
            training: training.finish(expected.0 * expected.1),
            held_out: held_out.finish(expected.0 * expected.1),
        })
    }

    /// The classes and how many of their images are trained on and held out.
    #[must_use]
    pub fn summary(&self) -> Vec<ClassSummary> {
        self.training
            .classes
            .iter()
            .zip(&self.held_out.classes)
            .zip(&self.names)
            .map(|(((label, training), (_, held_out)), name)| ClassSummary {
                label: *label,
                name: name.clone(),
                training: training.len(),
                held_out: held_out.len(),
            })
            .collect()
    }
}

/// Images being gathered, class after class.
#[derive(Default)]
struct Collector {
    pixels: Vec<f32>,
    positions: Vec<u32>,
    classes: Vec<(u8, Range<usize>)>,
}

impl Collector {
    /// Adds the images of `set` named by `chosen`, in the file's order.
    fn add(&mut self, label: u8, set: &ImageSet, chosen: &[u32]) {
        let mut chosen = chosen.to_vec();
        chosen.sort_unstable();
        for &image in &chosen {
            self.pixels.extend(set.intensities(image as usize));
        }
        let first = self.positions.len();
        self.positions.extend(chosen);
        self.classes.push((label, first..self.positions.len()));
    }

    fn finish(self, size: usize) -> Images {
        Images {
            pixels: Array2::from_shape_vec((self.positions.len(), size), self.pixels)
                .expect("every image has the same number of pixels"),
            classes: self.classes,
            positions: self.positions,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `count` images of 1 × 2 pixels that carry their number in both pixels.
    fn numbered(count: u8) -> ImageSet {
        let bytes = (0..count).flat_map(|number| [number, number]).collect();
        ImageSet::from_bytes(1, 2, bytes)
    }

    fn class(label: u8, count: u8) -> Class {
        Class::new(label, numbered(count))
    }

    fn numbers(images: &Images, rows: &Range<usize>) -> Vec<u8> {
        rows.clone()
            .map(|row| (images.pixels[[row, 1]] * 255.0).round() as u8)
            .collect()
    }

    #[test]
    fn every_image_is_on_exactly_one_side_and_each_class_is_split_85_to_15() {
        let dataset = Dataset::split(&[class(4, 100), class(7, 31)], 1).unwrap();
        let summary = dataset.summary();
        assert_eq!((summary[0].training, summary[0].held_out), (85, 15));
        assert_eq!((summary[1].training, summary[1].held_out), (26, 5));
        assert_eq!(dataset.training.count(), 111);
        let held_out = &dataset.held_out;
        let second = held_out.classes[1].1.clone();
        let positions: Vec<u8> = held_out.positions[second.clone()]
            .iter()
            .map(|&position| position as u8)
            .collect();
        assert_eq!(positions, numbers(held_out, &second));

        for (class, count) in [(0, 100), (1, 31)] {
            let mut all = numbers(&dataset.training, &dataset.training.classes[class].1);
            all.extend(numbers(
                &dataset.held_out,
                &dataset.held_out.classes[class].1,
            ));
            all.sort_unstable();
            assert_eq!(all, (0..count).collect::<Vec<u8>>());
        }
    }

    #[test]
    fn the_split_of_a_class_depends_on_seed_and_label_only() {
        let held_out = |classes: &[Class], seed, class: usize| {
            let dataset = Dataset::split(classes, seed).unwrap();
            numbers(&dataset.held_out, &dataset.held_out.classes[class].1)
        };
        let alone = held_out(&[class(7, 60)], 1, 0);
        assert_eq!(alone, held_out(&[class(4, 60), class(7, 60)], 1, 1));
        assert_ne!(alone, held_out(&[class(7, 60)], 2, 0));
        assert_ne!(alone, held_out(&[class(4, 60)], 1, 0));
    }

    #[test]
    fn classes_that_cannot_be_split_are_named() {
        assert_eq!(
            Dataset::split(&[class(3, 0)], 1).unwrap_err(),
            DataError::MissingClass(3)
        );
        assert_eq!(
            Dataset::split(&[class(3, 1)], 1).unwrap_err(),
            DataError::TooFewImages { label: 3, count: 1 }
        );
        assert_eq!(Dataset::split(&[], 1).unwrap_err(), DataError::Empty);
        let wide = ImageSet::from_bytes(2, 1, vec![0; 8]);
        assert!(matches!(
            Dataset::split(&[class(0, 9), Class::new(1, wide)], 1),
            Err(DataError::MixedSizes { label: 1, .. })
        ));
    }
}
