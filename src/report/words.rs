//! What a report is of, in words.

use super::Report;
use crate::data::Explain;

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
        report.classes[1].explained = 1;
        assert_eq!(report.unmeasured(), ["1"]);
    }
}
