//! Errors over images: what they say of an order of dimensions, in words, and whether they are consistent with
//! the rest of a report.

use std::fmt::Write as _;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::check::is_amount;
use crate::importance::{ImageErrors, Measured};
use crate::numerals::{counted, grouped};
use crate::report::check::fits;
use crate::report::{Metric, Report};
use crate::settings::Donors;

/// Which errors charts show with the numbers of importance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorsOf {
    /// How far numbers would be off with other permutations of the same images.
    #[default]
    Repeats,
    /// How far they would be off with other images.
    Images,
}

/// Which of two dimensions is more important counts as settled where their importances differ by more than so
/// many errors of this difference.
const SETTLED: f32 = 2.0;
/// Images in which a pixel has to be lit for the error over images to say something.
const ENOUGH: u32 = 10;

impl ImageErrors {
    /// Whether a feature is lit in too few images for its error to say something.
    #[must_use]
    pub fn is_too_few(lit: u32) -> bool {
        lit < ENOUGH
    }

    /// Standard errors of IE (classes × dimensions) by a measure.
    #[must_use]
    pub fn latent_importance_by(&self, metric: Metric) -> &Array2<f32> {
        match metric {
            Metric::Mse => &self.latent_importance,
            Metric::Rmse => &self.latent_importance_rmse,
        }
    }
}

impl Report {
    /// Of a class (by its row), the dimensions next to each other in the order of their importance of which it
    /// is not settled over images which is the more important, the one that is ahead first; counted from 0.
    /// Empty as well where errors over images are not known; dimensions of no importance are in no order.
    #[must_use]
    pub fn unsettled(&self, class: usize) -> Vec<[usize; 2]> {
        let found = self.image_errors.as_ref();
        let found = found.zip(self.latent_importance.as_ref());
        let of_class = found.and_then(|(errors, importance)| {
            let order = errors.order.get(class)?;
            let differences = errors.differences.get(class)?;
            (class < importance.mean.nrows())
                .then(|| (order, differences, importance.mean.row(class)))
        });
        let Some((order, differences, importance)) = of_class else {
            return Vec::new();
        };
        let pairs = order.windows(2).zip(differences);
        let pairs = pairs.filter_map(|(pair, &error)| {
            let [one, other] = [pair[0] as usize, pair[1] as usize];
            let [ahead, behind] = [*importance.get(one)?, *importance.get(other)?];
            (ahead > 0.0 && ahead - behind <= SETTLED * error).then_some([one, other])
        });
        pairs.collect()
    }

    /// What errors over images are of, and where they say little; absent where they are not known.
    #[must_use]
    pub(in crate::report) fn errors_in_words(&self) -> Option<String> {
        let errors = self.image_errors.as_ref()?;
        let exchanges = |method| match method {
            Measured::Exact => "every exchange of two images",
            Measured::Sampled => "random exchanges of images",
            Measured::Elsewhere => "exchanges of images that are not known",
        };
        let (of_pixels, of_latents) = (errors.pixel_method, errors.latent_method);
        let from = if of_pixels == of_latents {
            format!("They are of {}", exchanges(of_pixels))
        } else {
            format!(
                "They are of {} in {} importance and of {} in latent importance",
                exchanges(of_pixels),
                self.nouns().feature[0],
                exchanges(of_latents)
            )
        };
        let mut said = format!(
            "Errors over images say how far importance would be off had other images of the same kind been \
             explained. {from}, computed on the processor."
        );
        let few = errors
            .lit
            .iter()
            .filter(|&&lit| ImageErrors::is_too_few(lit));
        let few = few.count();
        let [pixel, pixels] = self.nouns().feature;
        if few > 0 {
            let (few, all) = (grouped(few), counted(errors.lit.len(), pixel, pixels));
            let _ = write!(
                said,
                " Of {few} of {all}, fewer than {ENOUGH} images have another value than most: too few for an error."
            );
        }
        if self.recipients() == 1 {
            said.push_str(
                " The one image that receives values counts as given: errors are of the donors.",
            );
        }
        if self.is_grouped() {
            said.push_str(" Of groups they are not measured.");
        }
        if self.settings.measure.donors == Donors::Neighbours {
            said.push_str(" Which donors an image has is taken as given.");
        }
        Some(said)
    }

    /// Whether errors over images are those of this report.
    pub(in crate::report) fn check_image_errors(&self, errors: &ImageErrors) -> Result<(), String> {
        let (classes, dims) = (self.classes.len(), self.settings.dims);
        let matrices = [
            (&errors.pixel_importance, (self.features(), dims)),
            (&errors.latent_importance, (classes, dims)),
            (&errors.latent_importance_rmse, (classes, dims)),
        ];
        for (matrix, shape) in matrices {
            fits("the errors over images", matrix, shape)?;
            if !matrix.iter().copied().all(is_amount) {
                return Err("errors over images are beyond what they can be".into());
            }
        }
        let is_order = |order: &Vec<u32>| {
            let mut sorted = order.clone();
            sorted.sort_unstable();
            sorted.into_iter().eq(0..dims as u32)
        };
        let are_differences =
            |of: &Vec<f32>| of.len() + 1 == dims && of.iter().copied().all(is_amount);
        let explained = self.explained() as u32;
        let is_whole = errors.order.len() == classes
            && errors.differences.len() == classes
            && errors.order.iter().all(is_order)
            && errors.differences.iter().all(are_differences)
            && errors.lit.len() == self.features()
            && errors.lit.iter().all(|&lit| lit <= explained);
        if is_whole {
            Ok(())
        } else {
            Err("the order of its dimensions is not one of them".into())
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::data::ImageShape;
    use crate::importance::Estimate;

    /// Two pixels, three dimensions, two classes.
    fn report() -> Report {
        let mut report = Report::blank(ImageShape::grey(1, 2), 3, &[0, 7]);
        for class in &mut report.classes {
            class.explained = 20;
        }
        report.latent_importance = Some(Estimate {
            method: Measured::Exact,
            engine: "cpu".into(),
            mean: array![[0.1, 0.5, 0.4], [0.3, 0.0, 0.0]],
            std_error: None,
            repeats: 1,
            fraction: 1.0,
        });
        report.image_errors = Some(ImageErrors {
            pixel_method: Measured::Exact,
            latent_method: Measured::Sampled,
            pixel_importance: Array2::from_elem((2, 3), 0.1),
            latent_importance: Array2::from_elem((2, 3), 0.2),
            latent_importance_rmse: Array2::from_elem((2, 3), 0.3),
            order: vec![vec![1, 2, 0], vec![0, 1, 2]],
            differences: vec![vec![0.05, 0.1], vec![0.1, 0.0]],
            lit: vec![3, 12],
        });
        report
    }

    #[test]
    fn an_order_is_settled_by_more_than_two_errors_of_the_difference() {
        let mut report = report();
        // 0.1 is two errors of 0.05; 0.3 is more than two of 0.1.
        assert_eq!(report.unsettled(0), [[1, 2]]);
        // What has no importance is in no order.
        assert!(report.unsettled(1).is_empty());
        assert!(report.unsettled(2).is_empty());
        report.image_errors = None;
        assert!(report.unsettled(0).is_empty());
    }

    #[test]
    fn words_say_what_errors_are_of() {
        let mut report = report();
        let said = report.errors_in_words().unwrap();
        assert!(said.contains(
            "of every exchange of two images in pixel importance and of random exchanges of images in latent"
        ));
        assert!(said.ends_with(
            "Of 1 of 2 pixels, fewer than 10 images have another value than most: too few for an error."
        ));
        let errors = report.image_errors.as_mut().unwrap();
        errors.latent_method = Measured::Exact;
        errors.lit = vec![10, 12];
        let said = report.errors_in_words().unwrap();
        assert!(
            said.ends_with("They are of every exchange of two images, computed on the processor.")
        );
        report.settings.measure.donors = Donors::Neighbours;
        let said = report.errors_in_words().unwrap();
        assert!(said.ends_with("Which donors an image has is taken as given."));
    }

    #[test]
    fn errors_of_another_report_are_refused() {
        let good = report();
        good.check_image_errors(good.image_errors.as_ref().unwrap())
            .unwrap();
        let changes: [fn(&mut ImageErrors); 7] = [
            |of| of.pixel_importance = Array2::zeros((3, 3)),
            |of| of.latent_importance[[0, 0]] = -1.0,
            |of| of.latent_importance_rmse[[0, 0]] = f32::NAN,
            |of| of.order[0] = vec![0, 0, 1],
            |of| of.differences[1] = vec![0.5],
            |of| of.lit = vec![0],
            |of| of.lit[0] = 41,
        ];
        for change in changes {
            let mut errors = good.image_errors.clone().unwrap();
            change(&mut errors);
            assert!(good.check_image_errors(&errors).is_err());
        }
    }
}
