//! The subject of a report in words.

use super::{ModelPart, Report};
use crate::data::{ClassSummary, DataForm, Explain, Nouns};
use crate::numerals::{counted, grouped};

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
        if self.is_of_results() {
            return "images that are not known".into();
        }
        let (count, all) = (self.explained(), self.data.count);
        let nouns = self.nouns();
        let images = counted(count, "image", "images");
        let of_all = grouped(all);
        nouns.say(match (self.settings.explain, self.data.test_set) {
            _ if count == all && count == 1 => "the only image".into(),
            _ if count == all && self.model.is_some() => format!("all {images}"),
            (Explain::All, _) if count == all => {
                format!("all {images}, those trained on included")
            }
            (Explain::Some(_), true) => {
                format!("{images} of the test set, drawn in proportion to the classes")
            }
            (Explain::Some(_), false) => {
                let which = if self.model.is_some() {
                    ""
                } else {
                    "held-out "
                };
                let images = counted(count, &format!("{which}image"), &format!("{which}images"));
                format!("{images} of {of_all}, drawn in proportion to the classes")
            }
            (_, true) => format!("the {images} of the test set"),
            (_, false) => {
                let images = counted(count, "held-out image", "held-out images");
                format!("{images} of {of_all}")
            }
        })
    }

    /// What its rows are called, and their numbers: pixels may be the columns of a table, or the time steps of a
    /// signal.
    #[must_use]
    #[cfg_attr(
        not(feature = "general"),
        expect(clippy::unused_self, reason = "images are all there is then")
    )]
    pub fn nouns(&self) -> Nouns {
        #[cfg(feature = "general")]
        {
            let nouns = self.form().nouns();
            match (self.form(), &self.data.columns) {
                (DataForm::Image, Some(_)) => Nouns {
                    feature: DataForm::Table.nouns().feature,
                    ..nouns
                },
                _ => nouns,
            }
        }
        #[cfg(not(feature = "general"))]
        DataForm::Image.nouns()
    }

    /// The subject in a sentence: which images, through which network.
    #[must_use]
    pub fn subject_in_words(&self) -> String {
        if self.is_of_results() {
            let files = self.model.as_ref().map_or(&[][..], |model| &model.files);
            return format!("The results are those in {}.", files.join(", "));
        }
        let of = match self.data.name.as_str() {
            "" => String::new(),
            name => format!(" of {name}"),
        };
        let network = match &self.model {
            Some(model) if model.part == ModelPart::Latents => {
                return format!(
                    "Explained are {}{of}, by latents that were made elsewhere{}.",
                    self.explained_in_words(),
                    match model.files.as_slice() {
                        [] => String::new(),
                        files => format!(" ({})", files.join(", ")),
                    }
                );
            }
            Some(model) if model.files.is_empty() => "a model that was brought".into(),
            Some(model) => format!("the model {}", model.files.join(" and ")),
            None => match self
                .training
                .as_ref()
                .map(|history| history.held_out_loss.len())
            {
                None | Some(0) => "a network that has not been trained".into(),
                Some(epochs) => format!(
                    "a network trained for {}",
                    counted(epochs, "epoch", "epochs")
                ),
            },
        };
        format!(
            "Explained are {}{of}, through {network}.",
            self.explained_in_words()
        )
    }

    /// What the explained images are: `held-out images`, or `images` where some were trained on or the model was
    /// trained elsewhere. [`Nouns::say`] has what they are called.
    #[must_use]
    pub fn images_in_words(&self) -> &'static str {
        if self.is_of_results() {
            return "images";
        }
        images_in_words(&self.classes)
    }

    /// The values that are shown black and white: 0 and 1, or the smallest and the largest where a
    /// model takes values outside these.
    #[must_use]
    pub fn shown_range(&self) -> (f32, f32) {
        let (least, most) = self.data.range;
        if (least >= 0.0 && most <= 1.0) || least == most {
            (0.0, 1.0)
        } else {
            (least, most)
        }
    }

    /// Where a dimension, counted from 0, stands in latents that are feature maps: `channel 1, row 2,
    /// column 1`. Absent where they are plain numbers.
    #[must_use]
    pub fn dimension_in_words(&self, dim: usize) -> Option<String> {
        let [channel, row, column] = self.dimension_place(dim)?;
        Some(format!("channel {channel}, row {row}, column {column}"))
    }

    /// Channel, row and column, counted from 1, of a dimension, counted from 0, of latents that are
    /// feature maps.
    #[must_use]
    pub fn dimension_place(&self, dim: usize) -> Option<[usize; 3]> {
        let latent = self.latent?;
        let pixel = dim % latent.pixels();
        let place = [
            dim / latent.pixels(),
            pixel / latent.width,
            pixel % latent.width,
        ];
        Some(place.map(|place| place + 1))
    }

    /// Whether latent importance of the class of a row can be measured, or was measured elsewhere.
    #[must_use]
    pub fn is_measured(&self, row: usize) -> bool {
        let class = self.classes.get(row);
        class.is_some_and(|class| self.is_of_results() || class.is_measured())
    }

    /// Classes of which latent importance cannot be measured, since they have a single image to
    /// explain; by their names.
    #[must_use]
    pub fn unmeasured(&self) -> Vec<&str> {
        let classes = self.classes.iter();
        let unmeasured = classes.filter(|class| !self.is_of_results() && !class.is_measured());
        unmeasured.map(|class| class.name.as_str()).collect()
    }
}

/// As [`Report::images_in_words`], of these classes.
pub(crate) fn images_in_words(classes: &[ClassSummary]) -> &'static str {
    let held_out = |class: &ClassSummary| class.held_out == class.explained;
    if classes.iter().all(held_out) {
        "held-out images"
    } else {
        "images"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ImageShape;
    use crate::report::ModelSource;

    #[test]
    fn dimensions_of_feature_maps_are_named_channel_by_channel() {
        let mut report = Report::blank(ImageShape::grey(4, 4), 12, &[0]);
        assert_eq!(report.dimension_in_words(5), None);
        report.latent = Some(ImageShape {
            height: 2,
            width: 3,
            channels: 2,
        });
        // numpy.unravel_index(dim, (2, 2, 3)), counted from 1.
        for (dim, place) in [
            (0, [1, 1, 1]),
            (5, [1, 2, 3]),
            (6, [2, 1, 1]),
            (10, [2, 2, 2]),
        ] {
            assert_eq!(report.dimension_place(dim), Some(place));
        }
        let named = report.dimension_in_words(4).unwrap();
        assert_eq!(named, "channel 1, row 2, column 2");
    }

    #[test]
    fn it_is_said_which_images_are_explained() {
        let image = ImageShape::grey(2, 2);
        let mut report = Report::blank(image, 3, &[0, 1]);
        report.data.count = 200;
        assert_eq!(report.explained_in_words(), "30 held-out images of 200");
        report.data.test_set = true;
        assert_eq!(report.explained_in_words(), "the 30 images of the test set");
        assert_eq!(report.images_in_words(), "held-out images");
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
        report.data.name = "digits.npz".into();
        report.model = Some(ModelSource {
            files: vec!["encoder.keras".into(), "decoder.keras".into()],
            ..ModelSource::default()
        });
        assert_eq!(
            report.subject_in_words(),
            "Explained are all 30 images of digits.npz, through the model encoder.keras and \
             decoder.keras."
        );
        report.classes[1].explained = 1;
        assert_eq!(report.unmeasured(), ["1"]);
        assert_eq!(report.images_in_words(), "images");
    }
}
