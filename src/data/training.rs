//! The images that a network is trained on: most of all images, and needed a batch at a time.

use std::ops::Range;

use ndarray::Array2;

use super::{ImageSet, ImageShape, Images, Pixels};

/// Images that are trained on, class after class. They stay as they were brought, a byte a number where that is
/// exact, until a batch needs numbers: from 0 to 1, where networks are trained on such.
#[derive(Clone, Debug)]
pub struct TrainingImages {
    set: ImageSet,
}

/// Images that are asked for by their rows.
pub trait Rows {
    /// Number of images.
    fn count(&self) -> usize;

    /// Intensities of some of the images: images × numbers of an image ([`ImageShape::size`]).
    fn rows(&self, rows: Range<usize>) -> Array2<f32>;
}

impl TrainingImages {
    /// None, of this shape.
    #[must_use]
    pub fn none(image: ImageShape) -> Self {
        Self::new(ImageSet {
            image,
            pixels: Pixels::default(),
        })
    }

    /// None yet, of this shape, with room for the bytes of so many.
    pub(super) fn with_room(image: ImageShape, count: usize) -> Self {
        let pixels = Pixels::Bytes(Vec::with_capacity(count * image.size()));
        Self::new(ImageSet { image, pixels })
    }

    /// Those of a set.
    #[must_use]
    pub fn new(set: ImageSet) -> Self {
        Self { set }
    }

    /// Images as `intensities` has them, one a row; `image` is their shape.
    ///
    /// # Panics
    /// If a row has not as many numbers as an image of this shape.
    #[must_use]
    pub fn of_intensities(image: ImageShape, intensities: Array2<f32>) -> Self {
        assert_eq!(intensities.ncols(), image.size(), "numbers of an image");
        let (numbers, _) = intensities.into_raw_vec_and_offset();
        Self::new(ImageSet {
            image,
            pixels: Pixels::Floats(numbers),
        })
    }

    /// Adds the images of `set` at these places. Bytes and floats together are kept as intensities.
    pub(super) fn add(&mut self, set: &ImageSet, places: &[usize]) {
        let size = set.image.size();
        if let (Pixels::Bytes(bytes), Pixels::Bytes(more)) = (&mut self.set.pixels, &set.pixels) {
            for place in places {
                bytes.extend_from_slice(&more[place * size..][..size]);
            }
            return;
        }
        if matches!(self.set.pixels, Pixels::Bytes(_)) {
            self.set.pixels = Pixels::Floats(self.all().into_raw_vec_and_offset().0);
        }
        if let Pixels::Floats(floats) = &mut self.set.pixels {
            floats.reserve_exact(places.len() * size);
            for &place in places {
                append(set, place, floats);
            }
        }
    }

    /// Appends the intensities of these images, counted from 0, to `into`.
    pub fn gather(&self, images: impl IntoIterator<Item = usize>, into: &mut Vec<f32>) {
        for image in images {
            append(&self.set, image, into);
        }
    }

    /// These images, in this order.
    #[must_use]
    pub fn select(&self, images: &[usize]) -> Array2<f32> {
        let shape = (images.len(), self.size());
        let mut numbers = Vec::with_capacity(shape.0 * shape.1);
        self.gather(images.iter().copied(), &mut numbers);
        Array2::from_shape_vec(shape, numbers).expect("every image has as many numbers")
    }

    /// All images, images × numbers of an image: four bytes a number while it lasts.
    #[must_use]
    pub fn all(&self) -> Array2<f32> {
        self.rows(0..self.count())
    }

    /// The mean of each number over the images.
    #[must_use]
    pub fn means(&self) -> Vec<f64> {
        let mut means = vec![0.0; self.size()];
        self.each(|image| {
            for (sum, &pixel) in means.iter_mut().zip(image) {
                *sum += f64::from(pixel);
            }
        });
        for mean in &mut means {
            *mean /= self.count() as f64;
        }
        means
    }

    /// Number of images.
    #[must_use]
    pub fn count(&self) -> usize {
        self.set.count()
    }

    /// How many numbers an image has.
    #[must_use]
    pub fn size(&self) -> usize {
        self.set.image.size()
    }

    /// How many numbers there are in all images.
    #[must_use]
    pub fn len(&self) -> usize {
        self.set.pixels.len()
    }

    /// Bytes of memory that the numbers take.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.set.pixels.memory()
    }

    /// Whether there are no images.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.set.pixels.is_empty()
    }

    /// The smallest and the largest number; 0 and 0 where there is none.
    #[must_use]
    pub fn range(&self) -> (f32, f32) {
        let mut found = None;
        self.each(|image| {
            let (least, most) = range(image.iter().copied());
            let (before, after) = found.unwrap_or((least, most));
            found = Some((before.min(least), after.max(most)));
        });
        found.unwrap_or_default()
    }

    /// Has every image looked at.
    fn each(&self, mut look: impl FnMut(&[f32])) {
        let mut numbers = Vec::with_capacity(self.size());
        for image in 0..self.count() {
            numbers.clear();
            append(&self.set, image, &mut numbers);
            look(&numbers);
        }
    }
}

impl Rows for TrainingImages {
    fn count(&self) -> usize {
        TrainingImages::count(self)
    }

    fn rows(&self, rows: Range<usize>) -> Array2<f32> {
        self.select(&rows.collect::<Vec<_>>())
    }
}

impl Rows for Images {
    fn count(&self) -> usize {
        Images::count(self)
    }

    fn rows(&self, rows: Range<usize>) -> Array2<f32> {
        self.pixels.slice(ndarray::s![rows, ..]).to_owned()
    }
}

/// Appends the intensities of an image to `into`.
// Four copies of it would be a kilobyte that every visitor of the page loads.
#[inline(never)]
fn append(set: &ImageSet, image: usize, into: &mut Vec<f32>) {
    into.extend(set.intensities(image));
}

/// The smallest and the largest of some numbers; 0 and 0 where there is none.
pub(super) fn range(mut numbers: impl Iterator<Item = f32>) -> (f32, f32) {
    let first = numbers.next().unwrap_or(0.0);
    numbers.fold((first, first), |(least, most), number| {
        (least.min(number), most.max(number))
    })
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    const IMAGE: ImageShape = ImageShape::grey(1, 2);

    fn floats(numbers: &[f32]) -> ImageSet {
        ImageSet {
            image: IMAGE,
            pixels: Pixels::Floats(numbers.to_vec()),
        }
    }

    #[test]
    fn images_stay_bytes_and_are_given_as_intensities() {
        let mut images = TrainingImages::none(IMAGE);
        images.add(&ImageSet::from_bytes(1, 2, vec![0, 51, 255, 102]), &[1, 0]);
        assert!(matches!(images.set.pixels, Pixels::Bytes(_)));
        assert_eq!(images.all(), array![[1.0, 0.4], [0.0, 0.2]]);
        assert_eq!(images.rows(1..2), array![[0.0, 0.2]]);
        let mut gathered = Vec::new();
        images.gather([1, 0], &mut gathered);
        assert_eq!(gathered, [0.0, 0.2, 1.0, 0.4]);
        assert_eq!((images.count(), images.len()), (2, 4));
        assert_eq!(images.range(), (0.0, 1.0));
        let mean = f64::midpoint(0.4f32.into(), 0.2f32.into());
        assert_eq!(images.means(), [0.5, mean]);
    }

    #[test]
    fn bytes_beside_floats_become_intensities() {
        for floats_first in [false, true] {
            let mut images = TrainingImages::none(IMAGE);
            let bytes = ImageSet::from_bytes(1, 2, vec![0, 51]);
            let floats = floats(&[-1.5, 3.0]);
            if floats_first {
                images.add(&floats, &[0]);
                images.add(&bytes, &[0]);
                assert_eq!(images.all(), array![[-1.5, 3.0], [0.0, 0.2]]);
            } else {
                images.add(&bytes, &[0]);
                images.add(&floats, &[0]);
                assert_eq!(images.all(), array![[0.0, 0.2], [-1.5, 3.0]]);
            }
            assert_eq!(images.range(), (-1.5, 3.0));
        }
    }

    #[test]
    fn of_none_nothing_is_told() {
        let none = TrainingImages::none(IMAGE);
        assert!(none.is_empty());
        assert_eq!((none.count(), none.range()), (0, (0.0, 0.0)));
        assert_eq!(none.all().dim(), (0, 2));
    }

    #[test]
    fn intensities_are_kept_as_they_are() {
        let images = TrainingImages::of_intensities(IMAGE, array![[0.25, 2.0]]);
        assert_eq!(images.all(), array![[0.25, 2.0]]);
    }
}
