//! Whether a report is consistent: one read from a file may not be.

use ndarray::Array2;

use super::Report;
use crate::data::ImageShape;
use crate::importance::Estimate;
use crate::train::TrainingHistory;

/// Rows and columns.
type Shape = (usize, usize);

impl Report {
    /// Refuses a report whose parts do not fit its images, classes and dimensions, or hold a number
    /// that is not finite.
    ///
    /// # Errors
    /// What is wrong, as the rest of a sentence.
    pub fn check(&self) -> Result<(), String> {
        let image = self.image;
        let numbers = numbers_of(image).ok_or("the images have no possible size")?;
        let (dims, classes) = (self.settings.dims, self.classes.len());
        if self
            .latent
            .is_some_and(|latent| numbers_of(latent) != Some(dims))
        {
            return Err("the latents' shape is not that of its dimensions".into());
        }
        let known = |labels: &[u8]| {
            let is_known = |label| self.classes.iter().any(|class| class.label == label);
            labels.iter().all(|&label| is_known(label))
        };

        if let Some(training) = &self.training {
            check_training(training)?;
        }
        if let Some(samples) = &self.samples {
            let images = samples.labels.len();
            fits("sample images", &samples.images, (images, numbers))?;
            fits("samples' latents", &samples.latents, (images, dims))?;
            let made = &samples.reconstructions;
            fits("reconstructions", made, (images, numbers))?;
            if !known(&samples.labels) {
                return Err("samples are of a class that it does not have".into());
            }
        }
        if let Some(encoded) = &self.encoded {
            let images = encoded.labels.len();
            fits("latents", &encoded.latents, (images, dims))?;
            if encoded.positions.len() != images || !known(&encoded.labels) {
                return Err("the latents' labels or positions are not theirs".into());
            }
            let places = (encoded.file.len(), encoded.place.len());
            let mut files = encoded.file.iter();
            if ![(0, 0), (images, images)].contains(&places)
                || files.any(|&file| file as usize >= encoded.files.len())
            {
                return Err("the images' files or places are not theirs".into());
            }
        }
        let (by_feature, by_class) = ((self.features(), dims), (classes, dims));
        if let Some(direction) = &self.direction {
            if !direction.slope.is_empty() {
                fits("slopes", &direction.slope, by_feature)?;
            }
            fits("directions", &direction.sign, by_feature)?;
        }
        for (name, found, shape) in [
            ("pixel importance", &self.pixel_importance, by_feature),
            ("latent importance", &self.latent_importance, by_class),
            (
                "latent importance (RMSE)",
                &self.latent_importance_rmse,
                by_class,
            ),
        ] {
            if let Some(estimate) = found {
                check_estimate(name, estimate, shape)?;
            }
        }
        #[cfg(feature = "general")]
        self.check_measured()?;
        #[cfg(feature = "general")]
        self.check_errors()?;
        Ok(())
    }
}

/// The numbers of such an image, if there can be one.
fn numbers_of(image: ImageShape) -> Option<usize> {
    let pixels = image.height.checked_mul(image.width)?;
    let numbers = pixels.checked_mul(image.channels)?;
    Some(numbers).filter(|&numbers| numbers > 0)
}

fn check_training(training: &TrainingHistory) -> Result<(), String> {
    let losses = training
        .training_loss
        .iter()
        .chain(&training.held_out_loss)
        .chain(&training.mean_image_loss)
        .chain(&training.least_loss);
    if training.training_loss.len() != training.held_out_loss.len() {
        Err("the two kinds of loss are not of the same epochs".into())
    } else if !losses.into_iter().all(|loss| loss.is_finite()) {
        Err("a loss is not a finite number".into())
    } else {
        Ok(())
    }
}

pub(super) fn check_estimate(name: &str, estimate: &Estimate, shape: Shape) -> Result<(), String> {
    fits(name, &estimate.mean, shape)?;
    if let Some(error) = &estimate.std_error {
        fits(&format!("{name}'s error"), error, shape)?;
    }
    let numbers = || {
        estimate
            .mean
            .iter()
            .chain(estimate.std_error.iter().flatten())
    };
    if numbers().any(|&number| number < 0.0) || !(0.0..=1.0).contains(&estimate.fraction) {
        return Err(format!(
            "numbers of the {name} are below 0 or beyond what they can be"
        ));
    }
    Ok(())
}

pub(super) fn fits(name: &str, matrix: &Array2<f32>, (rows, columns): Shape) -> Result<(), String> {
    let found = matrix.dim();
    if found != (rows, columns) {
        let (found_rows, found_columns) = found;
        return Err(format!(
            "of {name}, it has {found_rows} × {found_columns} numbers where {rows} × {columns} belong"
        ));
    }
    if !are_finite(matrix) {
        return Err(format!("of {name}, a number is infinite or NaN"));
    }
    Ok(())
}

fn are_finite(matrix: &Array2<f32>) -> bool {
    matrix.iter().all(|number| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::importance::{DirectionMap, Measured};
    use crate::report::Encoded;
    use crate::settings::Permute;
    use crate::train::Samples;

    /// Two images of 2 × 3 pixels of two classes, three dimensions; every part of it is there.
    fn whole() -> Report {
        let shape = ImageShape::grey(2, 3);
        let matrix = |rows, columns| Array2::from_elem((rows, columns), 0.5);
        let estimate = |rows| Estimate {
            method: Measured::Sampled,
            engine: "cpu".into(),
            mean: matrix(rows, 3),
            std_error: Some(matrix(rows, 3)),
            repeats: 2,
            fraction: 1.0,
        };
        let mut report = Report::blank(shape, 3, &[4, 7]);
        report.training = Some(TrainingHistory {
            training_loss: vec![0.5, 0.4],
            held_out_loss: vec![0.6, 0.5],
            mean_image_loss: Some(0.4),
            least_loss: Some(0.1),
            ..TrainingHistory::default()
        });
        report.samples = Some(Samples {
            labels: vec![4, 7],
            images: matrix(2, 6),
            latents: matrix(2, 3),
            reconstructions: matrix(2, 6),
            #[cfg(feature = "general")]
            noisy: None,
        });
        report.encoded = Some(Encoded {
            labels: vec![4, 7],
            positions: vec![0, 1],
            files: vec!["images.npz".into()],
            file: vec![0, 0],
            place: vec![3, 9],
            latents: matrix(2, 3),
        });
        report.direction = Some(DirectionMap {
            slope: matrix(6, 3),
            sign: matrix(6, 3),
        });
        report.pixel_importance = Some(estimate(6));
        report.latent_importance = Some(estimate(2));
        report.latent_importance_rmse = Some(estimate(2));
        report
    }

    type Spoil = fn(&mut Report);
    type Matrix = fn(&mut Report) -> &mut Array2<f32>;

    fn samples(report: &mut Report) -> &mut Samples {
        report.samples.as_mut().unwrap()
    }

    fn direction(report: &mut Report) -> &mut DirectionMap {
        report.direction.as_mut().unwrap()
    }

    fn training(report: &mut Report) -> &mut TrainingHistory {
        report.training.as_mut().unwrap()
    }

    /// Every matrix that there is.
    const MATRICES: [Matrix; 12] = [
        |report| &mut samples(report).images,
        |report| &mut samples(report).latents,
        |report| &mut samples(report).reconstructions,
        |report| &mut report.encoded.as_mut().unwrap().latents,
        |report| &mut direction(report).slope,
        |report| &mut direction(report).sign,
        |report| &mut report.pixel_importance.as_mut().unwrap().mean,
        |report| error(&mut report.pixel_importance),
        |report| &mut report.latent_importance.as_mut().unwrap().mean,
        |report| error(&mut report.latent_importance),
        |report| &mut report.latent_importance_rmse.as_mut().unwrap().mean,
        |report| error(&mut report.latent_importance_rmse),
    ];

    fn error(estimate: &mut Option<Estimate>) -> &mut Array2<f32> {
        estimate.as_mut().unwrap().std_error.as_mut().unwrap()
    }

    #[test]
    fn a_number_that_is_none_is_refused_and_never_written_as_null() {
        let good = whole();
        good.check().unwrap();
        let json = serde_json::to_string(&good).unwrap();
        let (_, found) = json.split_once("\"training\":").unwrap();
        let nulls: Vec<&str> = found.matches("null").collect();
        assert_eq!(nulls.len(), 1, "training did not diverge: {found}");

        for none in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            for matrix in MATRICES {
                let mut report = whole();
                matrix(&mut report)[[1, 2]] = none;
                assert!(report.check().is_err() && serde_json::to_string(&report).is_err());
            }
            let losses: [fn(&mut Report, f32); 5] = [
                |report, none| training(report).training_loss[1] = none,
                |report, none| training(report).held_out_loss[0] = none,
                |report, none| training(report).mean_image_loss = Some(none),
                |report, none| training(report).least_loss = Some(none),
                |report, none| report.pixel_importance.as_mut().unwrap().fraction = none,
            ];
            for spoil in losses {
                let mut report = whole();
                spoil(&mut report, none);
                assert!(report.check().is_err() && serde_json::to_string(&report).is_err());
            }
        }
    }

    #[test]
    fn rows_are_features_and_dimensions_may_be_feature_maps() {
        let mut report = whole();
        // Of two pixels with three channels.
        report.image = ImageShape {
            channels: 3,
            ..ImageShape::grey(1, 2)
        };
        let refusal = report.check().unwrap_err();
        assert!(
            refusal.ends_with("6 × 3 numbers where 2 × 3 belong"),
            "{refusal}"
        );
        report.settings.permute = Permute::Channel;
        report.check().unwrap();
        report.latent = Some(ImageShape {
            channels: 3,
            ..ImageShape::grey(1, 1)
        });
        report.check().unwrap();
        report.latent = Some(ImageShape::grey(2, 2));
        let refusal = report.check().unwrap_err();
        assert_eq!(refusal, "the latents' shape is not that of its dimensions");
    }

    #[test]
    fn parts_that_do_not_fit_are_refused_with_their_name() {
        for matrix in MATRICES {
            let mut report = whole();
            let (rows, columns) = matrix(&mut report).dim();
            *matrix(&mut report) = Array2::zeros((columns, rows));
            let refusal = report.check().unwrap_err();
            let shapes =
                format!("it has {columns} × {rows} numbers where {rows} × {columns} belong");
            assert!(refusal.ends_with(&shapes), "{refusal}");
        }
        let spoils: [(Spoil, &str); 8] = [
            (
                |of| of.encoded.as_mut().unwrap().file[1] = 1,
                "the images' files or places are not theirs",
            ),
            (
                |of| of.image.height = usize::MAX,
                "the images have no possible size",
            ),
            (|of| of.image.width = 0, "the images have no possible size"),
            (|of| of.settings.dims = 4, "of samples' latents, it has"),
            (
                |of| of.classes.truncate(1),
                "samples are of a class that it does not have",
            ),
            (
                |of| training(of).training_loss.truncate(1),
                "the two kinds of loss",
            ),
            (
                |of| of.encoded.as_mut().unwrap().positions.clear(),
                "the latents' labels or positions are not theirs",
            ),
            (
                |of| of.latent_importance.as_mut().unwrap().mean[[0, 0]] = -1.0,
                "numbers of the latent importance are below 0",
            ),
        ];
        for (spoil, words) in spoils {
            let mut report = whole();
            spoil(&mut report);
            let refusal = report.check().unwrap_err();
            assert!(refusal.starts_with(words), "{refusal}");
        }
    }
}
