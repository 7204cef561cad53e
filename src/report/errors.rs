//! Images by how far off their reconstructions are: what users of anomaly detectors ask for.

use ndarray::{Array2, ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

use super::Report;
use super::derived::error;
use crate::serial::{finite, matrix};

/// How far the reconstruction of each explained image is from it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ReconstructionErrors {
    /// Of each explained image, in the order of [`Report::encoded`], the mean of (x − x̂)² over its numbers, in
    /// squared units of intensity.
    #[serde(serialize_with = "finite::all")]
    pub mean_squared: Vec<f32>,
    /// Of each explained image, the mean of −x ln x̂ − (1 − x) ln(1 − x̂) over its numbers, in nats.
    #[serde(serialize_with = "finite::all")]
    pub cross_entropy: Vec<f32>,
    /// Of each number of an image, the mean of (x − x̂)² over the explained images.
    #[serde(serialize_with = "finite::all")]
    pub by_value: Vec<f32>,
    /// A few images of the largest mean squared error, the largest first.
    pub worst: Pictured,
}

/// Some explained images and what the network makes of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Pictured {
    /// Which they are, counted from 0 in the order of [`Report::encoded`].
    pub images: Vec<u32>,
    /// As the network is given them (images × numbers).
    #[serde(with = "matrix")]
    pub originals: Array2<f32>,
    /// What it makes of them (images × numbers).
    #[serde(with = "matrix")]
    pub reconstructions: Array2<f32>,
}

/// The errors of the images of a class, or of all.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassErrors {
    /// How many images there are.
    pub images: usize,
    /// Mean of their mean squared errors.
    pub mean: f64,
    /// Half of the images have no larger one.
    pub median: f64,
    /// The largest.
    pub largest: f64,
    /// How many images have a larger one than was asked for.
    pub above: usize,
}

impl ReconstructionErrors {
    /// The least mean squared error that at least this share (0 to 1) of the images does not exceed; 0 where
    /// there is no image.
    #[must_use]
    pub fn quantile(&self, share: f64) -> f64 {
        quantile(&mut self.mean_squared.clone(), share)
    }

    /// The error above which images are marked where nobody says otherwise: one in twenty exceeds it.
    #[must_use]
    pub fn usual_threshold(&self) -> f64 {
        self.quantile(0.95)
    }

    /// The largest mean squared error.
    #[must_use]
    pub fn largest(&self) -> f64 {
        self.mean_squared
            .iter()
            .fold(0.0, |most, &error| f64::from(error).max(most))
    }

    /// How many images there are in each of so many equal steps from 0 to `most`; those that exceed it are in
    /// the last.
    #[must_use]
    pub fn histogram(&self, steps: usize, most: f64) -> Vec<usize> {
        let mut counts = vec![0; steps];
        for &error in &self.mean_squared {
            let step = (f64::from(error) / most * steps as f64) as usize;
            if let Some(count) = counts.get_mut(step.min(steps.saturating_sub(1))) {
                *count += 1;
            }
        }
        counts
    }

    /// The images, the largest mean squared error first; the first of equals.
    #[must_use]
    pub fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.mean_squared.len()).collect();
        order.sort_by(|&a, &b| self.mean_squared[b].total_cmp(&self.mean_squared[a]));
        order
    }
}

fn quantile(errors: &mut [f32], share: f64) -> f64 {
    errors.sort_by(f32::total_cmp);
    let at = (share * errors.len() as f64).ceil() as usize;
    let found = errors.get(at.saturating_sub(1));
    found.map_or(0.0, |&error| f64::from(error))
}

impl Report {
    /// The reconstruction errors, where they are of its explained images.
    #[must_use]
    pub fn errors(&self) -> Option<&ReconstructionErrors> {
        let found = self.reconstruction_errors.as_ref()?;
        let images = self.encoded.as_ref()?.labels.len();
        let fits = [found.mean_squared.len(), found.cross_entropy.len()] == [images; 2]
            && found.by_value.len() == self.image.size();
        (fits && images > 0).then_some(found)
    }

    /// The errors of all explained images, and then of each class, whose images may be none; how many exceed
    /// `above`.
    #[must_use]
    pub fn errors_by_class(&self, above: f64) -> Option<(ClassErrors, Vec<ClassErrors>)> {
        let (found, encoded) = (self.errors()?, self.encoded.as_ref()?);
        let of = |label: Option<u8>| {
            let images = encoded.labels.iter().zip(&found.mean_squared);
            let own = images.filter(|(own, _)| label.is_none_or(|label| label == **own));
            ClassErrors::of(own.map(|(_, &error)| error).collect(), above)
        };
        let classes = self.classes.iter();
        Some((
            of(None),
            classes.map(|class| of(Some(class.label))).collect(),
        ))
    }

    /// As [`Report::check`], of reconstruction errors.
    pub(super) fn check_errors(&self) -> Result<(), String> {
        let Some(found) = &self.reconstruction_errors else {
            return Ok(());
        };
        let Some(all) = self.errors() else {
            return Err("the reconstruction errors are not of its explained images".into());
        };
        let numbers = [&all.mean_squared, &all.cross_entropy, &all.by_value];
        let is_amount = |number: &f32| number.is_finite() && *number >= 0.0;
        let worst = &found.worst;
        let shape = (worst.images.len(), self.image.size());
        let shown = worst
            .images
            .iter()
            .all(|&image| (image as usize) < all.mean_squared.len())
            && [worst.originals.dim(), worst.reconstructions.dim()] == [shape; 2]
            && worst
                .originals
                .iter()
                .chain(&worst.reconstructions)
                .all(|number| number.is_finite());
        // Cross-entropy of values beyond 0 to 1, which a model may take, may be below 0.
        if !all.mean_squared.iter().chain(&all.by_value).all(is_amount)
            || !numbers
                .into_iter()
                .flatten()
                .all(|number| number.is_finite())
            || !shown
        {
            return Err("of the reconstruction errors, a number is beyond what it can be".into());
        }
        Ok(())
    }
}

impl ClassErrors {
    fn of(mut errors: Vec<f32>, above: f64) -> Self {
        let numbers = || errors.iter().map(|&error| f64::from(error));
        let images = errors.len();
        Self {
            images,
            mean: numbers().sum::<f64>() / images.max(1) as f64,
            largest: numbers().fold(0.0, f64::max),
            above: numbers().filter(|&error| error > above).count(),
            median: quantile(&mut errors, 0.5),
        }
    }

    /// The share of the images above what was asked for; 0 where there is none.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.above as f64 / self.images.max(1) as f64
    }
}

/// The worst images are so many at most, and fewer where so many numbers do not hold them.
const WORST: usize = 12;
const NUMBERS: usize = 100_000;

/// Measures reconstruction errors, some images after the others.
#[derive(Debug, Default)]
pub struct MeasuredErrors {
    found: ReconstructionErrors,
    /// Squared errors of each number, added up.
    sums: Vec<f64>,
    /// The worst so far, the worst first: which, the image and its reconstruction.
    worst: Vec<(u32, Vec<f32>, Vec<f32>)>,
}

impl MeasuredErrors {
    /// How many images have been added.
    #[must_use]
    pub fn images(&self) -> usize {
        self.found.mean_squared.len()
    }

    /// Adds the next images (images × numbers) in the order of [`Report::encoded`], and their reconstructions.
    ///
    /// # Panics
    /// If the two are not of one shape, or not of that of those before.
    pub fn add(&mut self, originals: ArrayView2<'_, f32>, made: ArrayView2<'_, f32>) {
        assert_eq!(
            originals.dim(),
            made.dim(),
            "a reconstruction for each image"
        );
        self.sums.resize(originals.ncols(), 0.0);
        for (image, made) in originals.rows().into_iter().zip(made.rows()) {
            let measured = error(image, made);
            let at = self.images() as u32;
            self.found.mean_squared.push(measured.mean_squared as f32);
            self.found.cross_entropy.push(measured.cross_entropy as f32);
            for ((sum, &x), &y) in self.sums.iter_mut().zip(image).zip(made) {
                *sum += (f64::from(x) - f64::from(y)).powi(2);
            }
            self.keep(at, image, made);
        }
    }

    /// Keeps an image if it is among the worst.
    fn keep(&mut self, at: u32, image: ArrayView1<'_, f32>, made: ArrayView1<'_, f32>) {
        let most = (NUMBERS / image.len().max(1)).clamp(1, WORST);
        let errors = &self.found.mean_squared;
        let own = errors[at as usize];
        let place = self
            .worst
            .partition_point(|(other, ..)| errors[*other as usize] >= own);
        if place < most {
            self.worst
                .insert(place, (at, image.to_vec(), made.to_vec()));
            self.worst.truncate(most);
        }
    }

    /// What was found of all images that were added; `None` where a number is not finite.
    #[must_use]
    pub fn finish(self) -> Option<ReconstructionErrors> {
        let Self {
            mut found,
            sums,
            worst,
        } = self;
        let images = found.mean_squared.len().max(1) as f64;
        found.by_value = sums.iter().map(|sum| (sum / images) as f32).collect();
        let shape = (worst.len(), sums.len());
        let mut rows = [Vec::new(), Vec::new()];
        for (at, original, made) in worst {
            found.worst.images.push(at);
            rows[0].extend(original);
            rows[1].extend(made);
        }
        let [originals, made] =
            rows.map(|rows| Array2::from_shape_vec(shape, rows).expect("rows of one length"));
        found.worst.originals = originals;
        found.worst.reconstructions = made;
        let numbers = found.mean_squared.iter().chain(&found.by_value);
        let is_finite = numbers
            .chain(&found.cross_entropy)
            .all(|number| number.is_finite());
        is_finite.then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{array, s};

    use super::*;
    use crate::data::ImageShape;
    use crate::report::Encoded;

    fn measured() -> ReconstructionErrors {
        let originals = array![[1.0, 0.0], [0.5, 0.5], [0.0, 1.0], [1.0, 1.0]];
        let made = array![[1.0, 0.5], [0.5, 0.5], [1.0, 0.0], [1.0, 0.0]];
        let mut all = MeasuredErrors::default();
        all.add(originals.slice(s![..3, ..]), made.slice(s![..3, ..]));
        all.add(originals.slice(s![3.., ..]), made.slice(s![3.., ..]));
        all.finish().unwrap()
    }

    fn report() -> Report {
        Report {
            reconstruction_errors: Some(measured()),
            encoded: Some(Encoded {
                labels: vec![0, 0, 7, 7],
                positions: vec![0, 1, 0, 1],
                latents: Array2::zeros((4, 1)),
                ..Encoded::default()
            }),
            ..Report::blank(ImageShape::grey(1, 2), 1, &[0, 7])
        }
    }

    #[test]
    fn errors_are_of_images_and_of_pixels() {
        let found = measured();
        assert_eq!(found.mean_squared, [0.125, 0.0, 1.0, 0.5]);
        // Column by column: (0 + 0 + 1 + 0) / 4 and (0.25 + 0 + 1 + 1) / 4.
        assert_eq!(found.by_value, [0.25, 0.5625]);
        assert_eq!(found.order(), [2, 3, 0, 1]);
        assert_eq!(found.worst.images, [2, 3, 0, 1]);
        assert_eq!(found.worst.originals.row(1), array![1.0, 1.0]);
        assert_eq!(found.worst.reconstructions.row(1), array![1.0, 0.0]);
        assert_eq!(found.largest(), 1.0);
        assert_eq!(found.histogram(4, 1.0), [2, 0, 1, 1]);
        assert_eq!(
            [0.25, 0.5, 0.51, 0.95, 1.0].map(|share| found.quantile(share)),
            [0.0, 0.125, 0.5, 1.0, 1.0]
        );
        // ln 2 for a number at one half, whatever it should be.
        let entropy = f64::from(found.cross_entropy[1]);
        assert!((entropy - 2f64.ln()).abs() < 1e-6);
    }

    #[test]
    fn few_of_the_worst_are_kept_and_the_first_of_equals() {
        let originals = Array2::from_shape_fn((40, 1), |(image, _)| (image % 20) as f32);
        let mut all = MeasuredErrors::default();
        all.add(originals.view(), Array2::zeros((40, 1)).view());
        let found = all.finish().unwrap();
        assert_eq!(
            found.worst.images,
            [19, 39, 18, 38, 17, 37, 16, 36, 15, 35, 14, 34]
        );
        // Large images are fewer.
        let mut all = MeasuredErrors::default();
        all.add(
            Array2::ones((3, 60_000)).view(),
            Array2::zeros((3, 60_000)).view(),
        );
        assert_eq!(all.finish().unwrap().worst.images, [0]);
    }

    #[test]
    fn classes_have_shares_of_their_own() {
        let report = report();
        let (all, classes) = report.errors_by_class(0.25).unwrap();
        assert_eq!((all.images, all.above, all.median), (4, 2, 0.125));
        assert_eq!((classes[0].above, classes[1].above), (0, 2));
        assert_eq!([classes[0].mean, classes[1].mean], [0.0625, 0.75]);
        assert_eq!([classes[0].share(), classes[1].share()], [0.0, 1.0]);
        assert!(report.check().is_ok());
    }

    #[test]
    fn what_is_not_of_these_images_is_refused() {
        let mut other = report();
        other.encoded.as_mut().unwrap().labels.pop();
        assert!(other.errors().is_none() && other.errors_by_class(0.0).is_none());
        let damaged: [fn(&mut ReconstructionErrors); 5] = [
            |found| found.mean_squared[0] = -1.0,
            |found| found.by_value[0] = f32::NAN,
            |found| found.worst.images[0] = 4,
            |found| found.cross_entropy.clear(),
            |found| found.worst.originals = Array2::zeros((1, 2)),
        ];
        for damage in damaged {
            let mut report = report();
            damage(report.reconstruction_errors.as_mut().unwrap());
            assert!(
                report
                    .check()
                    .unwrap_err()
                    .contains("reconstruction errors")
            );
        }
        let mut all = MeasuredErrors::default();
        all.add(array![[1.0]].view(), array![[f32::INFINITY]].view());
        assert!(all.finish().is_none());
    }
}
