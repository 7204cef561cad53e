//! What a report is of, in words, and what has to be said before its numbers.

use serde::Serialize;

use super::{Report, TrainingHistory};
use crate::data::Explain;

/// Of all that a network can do better than answer every image with the mean one, it has to do so
/// much, measured in loss, for a ranking of its dimensions to say anything.
const LEAST_GAIN: f32 = 0.05;

/// What is said of a report wherever its numbers are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Words {
    /// Which images importance is measured on, as part of a sentence.
    pub explained: String,
    /// What has to be said first, a sentence or two each.
    pub cautions: Vec<String>,
}

impl Report {
    /// Number of images that importance is measured on.
    #[must_use]
    pub fn explained(&self) -> usize {
        self.classes.iter().map(|class| class.explained).sum()
    }

    /// Which images importance is measured on, as part of a sentence: `all 60 images`, `30 held-out
    /// images of 200`.
    #[must_use]
    pub fn explained_in_words(&self) -> String {
        let (count, all) = (self.explained(), self.data.count);
        let images = if count == 1 { "image" } else { "images" };
        match (self.settings.explain, self.data.test_set) {
            _ if count == all && count == 1 => "the only image".into(),
            _ if count == all && self.model.is_some() => format!("all {count} images"),
            (Explain::All, _) if count == all => {
                format!("all {count} images, those trained on included")
            }
            (Explain::Some(_), true) => {
                format!("{count} {images} of the test set, drawn in proportion to the classes")
            }
            (Explain::Some(_), false) => {
                let which = if self.model.is_some() {
                    ""
                } else {
                    "held-out "
                };
                format!("{count} {which}{images} of {all}, drawn in proportion to the classes")
            }
            (_, true) => format!("the {count} {images} of the test set"),
            (_, false) => format!("{count} held-out {images} of {all}"),
        }
    }

    /// Classes of which latent importance cannot be measured, since they have a single image to
    /// explain; by their names.
    #[must_use]
    pub fn unmeasured(&self) -> Vec<&str> {
        let classes = self.classes.iter();
        let unmeasured = classes.filter(|class| !class.is_measured());
        unmeasured.map(|class| class.name.as_str()).collect()
    }

    /// That latent importance cannot be measured, of the classes of which it cannot.
    #[must_use]
    pub fn unmeasured_in_words(&self) -> Option<String> {
        match self.unmeasured().as_slice() {
            [] => None,
            [class] => Some(format!(
                "Of {class} one image is explained, so that its latent importance cannot be measured."
            )),
            classes => Some(format!(
                "Of {} one image each is explained, so that their latent importance cannot be measured.",
                classes.join(", ")
            )),
        }
    }

    /// That the network was trained and has learned hardly more than what all images have in common,
    /// so that a ranking of its dimensions says nothing.
    #[must_use]
    pub fn nothing_learned(&self) -> Option<String> {
        let training = self.training.as_ref()?;
        let mean_image = training.mean_image_loss?;
        let least = training.least_loss?;
        let reached = *training.held_out_loss.last()?;
        if mean_image - reached >= LEAST_GAIN * (mean_image - least) {
            return None;
        }
        let more = if reached < mean_image {
            "hardly more than"
        } else {
            "no more than"
        };
        Some(format!(
            "The network has learned {more} the mean image (held-out loss {:.3}, that of the mean \
             image {:.3}): train longer before reading anything into the ranking.",
            f64::from(reached),
            f64::from(mean_image)
        ))
    }

    /// What has to be said before any number.
    #[must_use]
    pub fn cautions(&self) -> Vec<String> {
        let training = self.training.as_ref();
        let cautions = [
            training.and_then(TrainingHistory::divergence),
            self.nothing_learned(),
            self.unmeasured_in_words(),
        ];
        cautions.into_iter().flatten().collect()
    }

    /// All of these together.
    #[must_use]
    pub fn words(&self) -> Words {
        Words {
            explained: self.explained_in_words(),
            cautions: self.cautions(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{ImageShape, ModelSource};

    #[test]
    fn it_is_said_which_images_are_explained() {
        let image = ImageShape {
            height: 2,
            width: 2,
        };
        let mut report = Report::blank(image, 3, &[0, 1]);
        report.data.count = 200;
        assert_eq!(report.explained_in_words(), "30 held-out images of 200");
        report.data.test_set = true;
        assert_eq!(report.explained_in_words(), "the 30 images of the test set");
        report.data.test_set = false;
        report.settings.explain = "30".parse().unwrap();
        report.model = Some(ModelSource::default());
        assert_eq!(
            report.explained_in_words(),
            "30 images of 200, drawn in proportion to the classes"
        );
        report.settings.explain = Explain::Auto;
        report.data.count = 30;
        assert_eq!(report.explained_in_words(), "all 30 images");
        assert!(report.words().cautions.is_empty());
        report.classes[1].explained = 1;
        assert_eq!(report.unmeasured(), ["1"]);
        assert_eq!(
            report.words().cautions,
            ["Of 1 one image is explained, so that its latent importance cannot be measured."]
        );
    }

    #[test]
    fn a_network_that_knows_the_mean_image_alone_is_said_to_have_learned_nothing() {
        let image = ImageShape {
            height: 2,
            width: 2,
        };
        let said = |held_out_loss: Vec<f32>, mean_image_loss| {
            let mut report = Report::blank(image, 3, &[0, 1]);
            report.training = Some(TrainingHistory {
                training_loss: held_out_loss.clone(),
                held_out_loss,
                mean_image_loss,
                least_loss: Some(0.187),
                ..TrainingHistory::default()
            });
            report.nothing_learned()
        };
        // A twentieth of the way from 0.387 to 0.187 is 0.377.
        let worse = said(vec![0.6, 0.391], Some(0.387)).unwrap();
        assert!(worse.starts_with("The network has learned no more than"));
        assert!(worse.contains("loss 0.391, that of the mean image 0.387"));
        let hardly = said(vec![0.6, 0.379], Some(0.387)).unwrap();
        assert!(hardly.starts_with("The network has learned hardly more than"));
        assert_eq!(said(vec![0.6, 0.375], Some(0.387)), None);
        // Before the first epoch, and in older reports.
        assert_eq!(said(Vec::new(), Some(0.387)), None);
        assert_eq!(said(vec![0.6, 0.391], None), None);
    }
}
