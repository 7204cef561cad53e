//! What a reader must know before reading the numbers of a report.

use serde::Serialize;

use super::Report;
use crate::train::TrainingHistory;

/// The share of the loss between the mean image and the least possible that a network has to gain
/// for a ranking of its dimensions to mean anything.
const LEAST_GAIN: f32 = 0.05;

/// Sentences that accompany a report's numbers wherever they are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Words {
    /// Which images importance is measured on, as part of a sentence.
    pub explained: String,
    /// What to know first, a sentence or two each.
    pub cautions: Vec<String>,
    /// What was moved and whose values were given to whom, where that is not as in the paper, a sentence
    /// or two each.
    #[cfg(feature = "general")]
    pub measured: Vec<String>,
    /// What the loss is added up from and of which images, where that is not as in the paper, a sentence or
    /// two each.
    #[cfg(feature = "general")]
    pub loss: Vec<String>,
    /// What one number of a row is called, and what several are.
    #[cfg(feature = "general")]
    pub features: [&'static str; 2],
}

impl Report {
    /// What to know before any number: that a part of the model is missing, that training diverged, that
    /// nothing was learned, that latent importance cannot be measured for some classes.
    #[must_use]
    pub fn cautions(&self) -> Vec<String> {
        let training = self.training.as_ref();
        let cautions = [
            self.missing_in_words(),
            training.and_then(TrainingHistory::divergence),
            self.nothing_learned(),
            #[cfg(feature = "general")]
            self.collapse_in_words().map(|said| self.nouns().say(said)),
            self.unmeasured_in_words(),
            #[cfg(feature = "general")]
            self.lonely_in_words(),
        ];
        cautions.into_iter().flatten().collect()
    }

    /// That the network has learned hardly more than the mean image, so that a ranking of its
    /// dimensions means nothing.
    #[must_use]
    pub fn nothing_learned(&self) -> Option<String> {
        let training = self.training.as_ref()?;
        let mean_image = training.mean_image_loss?;
        let least = training.least_loss?;
        // The mean image has no penalty to pay: only what is rebuilt is held against it.
        #[cfg(feature = "general")]
        let parts = training.parts.as_ref();
        #[cfg(feature = "general")]
        let rebuilt = parts.and_then(|parts| parts.held_out_reconstruction.last());
        #[cfg(not(feature = "general"))]
        let rebuilt: Option<&f32> = None;
        let of = if rebuilt.is_some() {
            " of the reconstruction"
        } else {
            ""
        };
        let reached = *rebuilt.or(training.held_out_loss.last())?;
        if mean_image - reached >= LEAST_GAIN * (mean_image - least) {
            return None;
        }
        let more = if reached < mean_image {
            "hardly more than"
        } else {
            "no more than"
        };
        Some(self.nouns().say(format!(
            "The network has learned {more} the mean image (held-out loss{of} {:.3}, that of the mean \
             image {:.3}): train longer before reading anything into the ranking.",
            f64::from(reached),
            f64::from(mean_image)
        )))
    }

    /// What is left out since a part of the model is missing.
    #[must_use]
    pub fn missing_in_words(&self) -> Option<String> {
        let part = self.model.as_ref()?.part;
        part.in_words().map(|words| self.nouns().say(words))
    }

    /// That latent importance cannot be measured for some classes, and which.
    #[must_use]
    pub fn unmeasured_in_words(&self) -> Option<String> {
        let [row, _] = self.nouns().row;
        match self.unmeasured().as_slice() {
            [] => None,
            [class] => Some(format!(
                "Of {class} one {row} is explained, so that its latent importance cannot be measured."
            )),
            classes => Some(format!(
                "Of {} one {row} each is explained, so that their latent importance cannot be measured.",
                classes.join(", ")
            )),
        }
    }

    /// Which images are explained, and what to know first.
    #[must_use]
    pub fn words(&self) -> Words {
        Words {
            explained: self.explained_in_words(),
            cautions: self.cautions(),
            #[cfg(feature = "general")]
            measured: self.measured_in_words(),
            #[cfg(feature = "general")]
            loss: self.loss_in_words(),
            #[cfg(feature = "general")]
            features: self.nouns().feature,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ImageShape;

    fn blank() -> Report {
        let image = ImageShape::grey(2, 2);
        Report::blank(image, 3, &[0, 1])
    }

    #[test]
    fn a_network_that_knows_the_mean_image_alone_is_said_to_have_learned_nothing() {
        let said = |held_out_loss: Vec<f32>, mean_image_loss| {
            let mut report = blank();
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

    #[cfg(feature = "general")]
    #[test]
    fn what_is_rebuilt_alone_is_held_against_the_mean_image() {
        let mut report = blank();
        let said = |report: &mut Report, reconstruction| {
            report.training = Some(TrainingHistory {
                training_loss: vec![0.39],
                held_out_loss: vec![0.39],
                mean_image_loss: Some(0.387),
                least_loss: Some(0.187),
                parts: Some(crate::train::LossParts {
                    held_out_reconstruction: vec![reconstruction],
                    ..crate::train::LossParts::default()
                }),
                ..TrainingHistory::default()
            });
            report.nothing_learned()
        };
        assert_eq!(said(&mut report, 0.3), None);
        let hardly = said(&mut report, 0.38).unwrap();
        assert!(hardly.contains("(held-out loss of the reconstruction 0.380, that of the mean"));
    }

    #[test]
    fn divergence_and_classes_of_one_image_are_said_too() {
        let mut report = blank();
        assert!(report.words().cautions.is_empty());
        report.classes[1].explained = 1;
        report.training = Some(TrainingHistory {
            diverged_after: Some(3),
            ..TrainingHistory::default()
        });
        let cautions = report.words().cautions;
        assert_eq!(cautions.len(), 2);
        assert!(cautions[0].starts_with("Training diverged in epoch 4"));
        assert_eq!(
            cautions[1],
            "Of 1 one image is explained, so that its latent importance cannot be measured."
        );
    }
}
