//! What has to be known of a variational, sparse or denoising network, in words.

use std::borrow::Cow;

use crate::latents::Divergence;
use crate::numerals::{counted, grouped};
use crate::report::Report;
use crate::settings::{Loss, Noise};
use crate::train::{LossParts, Penalty};

impl Divergence {
    /// How many dimensions are used: `4 of 20 dimensions are active`.
    #[must_use]
    pub fn active_in_words(&self) -> String {
        let dims = self.mean.len();
        let active = self.active();
        let verb = if active == 1 && dims != 1 {
            "is"
        } else {
            "are"
        };
        match active {
            _ if dims == 1 && active == 1 => "The only dimension is active".into(),
            _ if dims == 1 => "The only dimension is not active".into(),
            0 => format!("None of {dims} dimensions is active"),
            _ if active == dims => format!(
                "All {} are active",
                counted(dims, "dimension", "dimensions")
            ),
            _ => format!(
                "{} of {} dimensions {verb} active",
                grouped(active),
                grouped(dims)
            ),
        }
    }
}

impl Report {
    /// Whether the network gives a mean and a variance of every latent dimension.
    #[must_use]
    pub fn is_variational(&self) -> bool {
        self.divergence.is_some() || (self.model.is_none() && self.settings.variant.variational)
    }

    /// Whether training saw images with noise on them.
    #[must_use]
    pub fn is_denoising(&self) -> bool {
        self.model.is_none() && self.settings.variant.noise != Noise::None
    }

    /// That no dimension says anything of an image, so that a ranking of them means nothing.
    #[must_use]
    pub fn collapse_in_words(&self) -> Option<String> {
        let found = self.divergence.as_ref()?;
        if found.active() > 0 || self.explained() < 2 {
            return None;
        }
        let what = "No dimension is active: the divergence has won, and the decoder makes much the same of \
                    every image (posterior collapse).";
        Some(if self.model.is_some() {
            format!("{what} Do not read anything into the ranking.")
        } else {
            let beta = self.settings.variant.beta;
            format!(
                "{what} Lower β, which is {beta} here, or train longer, before reading anything into the \
                 ranking."
            )
        })
    }

    /// What importance is of where a network is variational or saw noise, and what is known of its latents.
    pub(in crate::report) fn kind_in_words(&self) -> Vec<String> {
        let mut said = Vec::new();
        if self.is_variational() {
            said.push(
                "The network is variational: pixel importance and direction are of the means of its \
                 latents, and latent importance exchanges means."
                    .into(),
            );
        }
        if let Some(found) = &self.divergence {
            said.push(format!(
                "{}: their means vary over the images by more than {} (variance). The latents of an image \
                 are {:.1} nats from the standard normal distribution on average, all dimensions added up.",
                found.active_in_words(),
                Divergence::ACTIVE,
                found.total()
            ));
        }
        if self.is_denoising() {
            said.push(
                "Importance is of the images as they are, without the noise that the network was trained \
                 with."
                    .into(),
            );
        }
        said
    }

    /// What the loss is added up from: as training has it, or as it is going to.
    fn parts(&self) -> Option<Cow<'_, LossParts>> {
        let training = self.training.as_ref();
        if let Some(parts) = training.and_then(|training| training.parts.as_ref()) {
            return Some(Cow::Borrowed(parts));
        }
        let variant = &self.settings.variant;
        let (penalty, weight) = if variant.variational {
            (Penalty::Divergence, variant.beta)
        } else if variant.sparsity > 0.0 {
            (Penalty::Sparsity, variant.sparsity)
        } else {
            return None;
        };
        // Of a model that was brought there is no loss.
        (self.model.is_none() && training.is_none()).then(|| {
            Cow::Owned(LossParts {
                penalty,
                weight,
                numbers: self.image.size(),
                ..LossParts::default()
            })
        })
    }

    /// What the loss is added up from and of which images, where that is not as in the paper.
    #[must_use]
    pub fn loss_in_words(&self) -> Vec<String> {
        let mut said = Vec::new();
        if let Some(parts) = self.parts() {
            said.push(parts.in_words(self.settings.loss));
            if parts.penalty == Penalty::Divergence {
                said.push(
                    "The held-out loss, too, is with latents that are drawn, by the same draws after every \
                     epoch."
                        .into(),
                );
            }
            if let Some(share) = parts.active_share.last() {
                said.push(format!(
                    "Of the latents of held-out images, {:.0} % are not 0.",
                    100.0 * f64::from(*share)
                ));
            }
        }
        let variant = &self.settings.variant;
        let level = variant.noise_level;
        let noise = match variant.noise {
            _ if self.model.is_some() => None,
            Noise::None => None,
            Noise::Gaussian => Some(format!(
                "to which normal noise of deviation {level} was added"
            )),
            Noise::Masking => Some(format!(
                "of which {:.0} % of the numbers were set to 0",
                100.0 * level
            )),
        };
        if let Some(noise) = noise {
            said.push(format!(
                "The loss is of what the network makes of images {noise}, compared with the images without \
                 it; held-out images have the same noise after every epoch."
            ));
        }
        if self.model.is_none() && variant.dropout > 0.0 {
            said.push(format!(
                "While training, {:.0} % of the units of hidden layers are left out in every step; in the \
                 held-out loss none is.",
                100.0 * variant.dropout
            ));
        }
        let nouns = self.nouns();
        said.into_iter().map(|said| nouns.say(said)).collect()
    }
}

impl LossParts {
    /// What the loss is added up from.
    fn in_words(&self, loss: Loss) -> String {
        let of = match loss {
            Loss::Bce => "cross-entropy",
            Loss::Mse => "squared error",
            Loss::Mae => "absolute error",
        };
        let weight = self.weight;
        match self.penalty {
            Penalty::Divergence => format!(
                "The loss of an image is the {of} of its reconstruction, summed over its {}, plus β = {weight} \
                 times the divergence of its latents; it is shown divided by {}.",
                counted(self.numbers, "number", "numbers"),
                grouped(self.numbers)
            ),
            Penalty::Sparsity => format!(
                "The loss is the mean {of} of the reconstruction plus λ = {weight} times the sum of an \
                 image's absolute latents."
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ImageShape;
    use crate::report::ModelSource;
    use crate::train::TrainingHistory;

    fn divergence(variance_of_means: Vec<f32>) -> Divergence {
        let dims = variance_of_means.len();
        Divergence {
            mean: vec![0.5; dims],
            by_class: vec![vec![0.5; dims]; 2],
            variance_of_means,
            mean_variance: vec![0.5; dims],
        }
    }

    fn report() -> Report {
        Report::blank(ImageShape::grey(2, 2), 3, &[0, 1])
    }

    #[test]
    fn dimensions_are_counted_as_people_do() {
        let said = |found: &[f32]| divergence(found.to_vec()).active_in_words();
        assert_eq!(said(&[0.5, 0.0, 0.01]), "1 of 3 dimensions is active");
        assert_eq!(said(&[0.5, 0.011, 0.01]), "2 of 3 dimensions are active");
        assert_eq!(said(&[0.5, 0.5]), "All 2 dimensions are active");
        assert_eq!(said(&[0.0, 0.0]), "None of 2 dimensions is active");
        assert_eq!(said(&[0.5]), "The only dimension is active");
        assert_eq!(said(&[0.0]), "The only dimension is not active");
    }

    #[test]
    fn collapse_is_a_caution_and_says_what_to_do() {
        let mut report = report();
        assert_eq!(report.collapse_in_words(), None);
        report.settings.variant.variational = true;
        report.divergence = Some(divergence(vec![0.5, 0.0, 0.0]));
        assert_eq!(report.collapse_in_words(), None);
        report.divergence = Some(divergence(vec![0.0; 3]));
        let said = report.collapse_in_words().unwrap();
        assert!(said.starts_with("No dimension is active: the divergence has won"));
        assert!(said.contains("Lower β, which is 1 here"));
        assert!(report.cautions().contains(&said));
        // Nothing of a model that was brought can be trained otherwise here.
        report.model = Some(ModelSource::default());
        assert!(!report.collapse_in_words().unwrap().contains('β'));
        // One image has no variance.
        report.classes.truncate(1);
        report.classes[0].explained = 1;
        assert_eq!(report.collapse_in_words(), None);
    }

    #[test]
    fn a_plain_network_is_said_nothing_of() {
        let mut report = report();
        report.training = Some(TrainingHistory::default());
        assert_eq!(report.kind_in_words(), [""; 0]);
        assert_eq!(report.loss_in_words(), [""; 0]);
    }

    #[test]
    fn what_importance_and_loss_are_of_is_said() {
        let mut report = report();
        report.settings.variant.variational = true;
        report.settings.variant.noise = Noise::Masking;
        report.settings.variant.noise_level = 0.25;
        report.divergence = Some(divergence(vec![0.5, 0.0, 0.0]));
        report.training = Some(TrainingHistory {
            parts: Some(LossParts {
                weight: 4.0,
                numbers: 784,
                ..LossParts::default()
            }),
            ..TrainingHistory::default()
        });
        let said = report.kind_in_words();
        assert_eq!(said.len(), 3);
        assert!(said[0].contains("latent importance exchanges means"));
        assert_eq!(
            said[1],
            "1 of 3 dimensions is active: their means vary over the images by more than 0.01 (variance). The \
             latents of an image are 1.5 nats from the standard normal distribution on average, all \
             dimensions added up."
        );
        assert!(said[2].starts_with("Importance is of the images as they are"));
        assert_eq!(report.measured_in_words(), said);
        let said = report.loss_in_words();
        assert_eq!(
            said[0],
            "The loss of an image is the cross-entropy of its reconstruction, summed over its 784 numbers, \
             plus β = 4 times the divergence of its latents; it is shown divided by 784."
        );
        assert!(said[1].starts_with("The held-out loss, too, is with latents that are drawn"));
        assert!(said[2].contains("of which 25 % of the numbers were set to 0"));
        assert_eq!(said.len(), 3);
        // Of a model that was brought nobody knows how it was trained.
        report.model = Some(ModelSource::default());
        assert_eq!(report.kind_in_words().len(), 2);
    }

    #[test]
    fn a_sparse_network_s_active_share_is_said() {
        let mut report = report();
        report.training = Some(TrainingHistory {
            parts: Some(LossParts {
                penalty: Penalty::Sparsity,
                weight: 0.001,
                numbers: 4,
                active_share: vec![0.5, 0.234],
                ..LossParts::default()
            }),
            ..TrainingHistory::default()
        });
        let said = report.loss_in_words();
        assert!(said[0].contains("plus λ = 0.001 times the sum"));
        assert_eq!(
            said[1],
            "Of the latents of held-out images, 23 % are not 0."
        );
        assert_eq!(said.len(), 2);
    }
}
