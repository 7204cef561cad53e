//! What was moved, whose values, and by which method, in words.

use crate::attribution::{Attribution, Filler};
use crate::data::Nouns;
use crate::importance::{DonorCheck, FoundOn, Measured};
use crate::numerals::{counted, grouped};
use crate::report::{DataForm, Report, Unit};
use crate::settings::{Donors, FeatureKind, LatentDonors, Recipients};

impl Attribution {
    /// What it is called in a sentence.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Permutation => "permutation",
            Self::Gradient => "gradients",
            Self::Smoothgrad => "SmoothGrad",
            Self::IntegratedZero => "integrated gradients from 0",
            Self::IntegratedMean => "integrated gradients from the mean image",
            Self::OcclusionZero => "occlusion by 0",
            Self::OcclusionMean => "occlusion by the mean",
            Self::Variance => "the variance of pixels",
        }
    }

    /// What it is called where there is little room.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Permutation => "permutation",
            Self::Gradient => "gradient",
            Self::Smoothgrad => "SmoothGrad",
            Self::IntegratedZero => "integrated, 0",
            Self::IntegratedMean => "integrated, mean",
            Self::OcclusionZero => "occlusion, 0",
            Self::OcclusionMean => "occlusion, mean",
            Self::Variance => "pixel variance",
        }
    }

    /// Its name in settings, reports and tables.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Permutation => "permutation",
            Self::Gradient => "gradient",
            Self::Smoothgrad => "smoothgrad",
            Self::IntegratedZero => "integrated-zero",
            Self::IntegratedMean => "integrated-mean",
            Self::OcclusionZero => "occlusion-zero",
            Self::OcclusionMean => "occlusion-mean",
            Self::Variance => "variance",
        }
    }

    /// Whether its numbers are squared changes.
    #[must_use]
    pub fn is_squared(self) -> bool {
        matches!(
            self,
            Self::Permutation | Self::OcclusionZero | Self::OcclusionMean | Self::Variance
        )
    }

    /// What its numbers are, as a formula or a few words.
    #[must_use]
    pub fn quantity(self) -> &'static str {
        match self {
            Self::Permutation => "V",
            Self::Gradient => "mean |∂z/∂x|",
            Self::Smoothgrad => "mean |∂z/∂x| averaged over noise",
            Self::IntegratedZero | Self::IntegratedMean => "mean |integrated gradient|",
            Self::OcclusionZero | Self::OcclusionMean => "mean squared change",
            Self::Variance => "2·Var(pixel)",
        }
    }

    /// What its numbers are measured in, as the rest of a phrase.
    #[must_use]
    pub fn measured_in(self, unit: Unit) -> &'static str {
        match (self, unit) {
            (Self::Variance, _) => "in squared units of intensity",
            (Self::Permutation | Self::OcclusionZero | Self::OcclusionMean, Unit::Paper) => {
                "in squared latent units"
            }
            (Self::Permutation | Self::OcclusionZero | Self::OcclusionMean, Unit::Share) => {
                "as a share of 2·Var(z)"
            }
            (Self::IntegratedZero | Self::IntegratedMean, Unit::Paper) => "in latent units",
            (Self::IntegratedZero | Self::IntegratedMean, Unit::Share) => "over √(2·Var(z))",
            (Self::Gradient | Self::Smoothgrad, Unit::Paper) => {
                "in latent units a unit of intensity"
            }
            (Self::Gradient | Self::Smoothgrad, Unit::Share) => {
                "over √(2·Var(z)), a unit of intensity"
            }
        }
    }
}

impl Filler {
    /// What pixels are replaced by, as the end of a phrase.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mean => "their mean",
            Self::Zero => "0",
            Self::Donor => "those of another image",
        }
    }

    /// Its name in settings, reports and tables.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Zero => "zero",
            Self::Donor => "donor",
        }
    }
}

impl Donors {
    /// Its name in settings, reports and tables.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Class => "class",
            Self::Neighbours => "neighbours",
        }
    }

    fn those(self) -> &'static str {
        match self {
            Self::All => "all images",
            Self::Class => "images of a class",
            Self::Neighbours => "images of like neighbours",
        }
    }
}

/// Which images were taken, as the end of a sentence.
fn found_on(found: FoundOn) -> String {
    let which = if found.training {
        "images trained on"
    } else {
        "explained images"
    };
    if found.images < found.of {
        format!("{} of {} {which}", grouped(found.images), grouped(found.of))
    } else {
        format!("all {} {which}", grouped(found.of))
    }
}

impl Report {
    /// What was moved and whose values were given to whom, where that is not as in the paper, a sentence
    /// or two each; and how far that kept to images as they are.
    #[must_use]
    pub fn measured_in_words(&self) -> Vec<String> {
        let measure = &self.settings.measure;
        let to = self.recipients_in_words();
        let nouns = self.nouns();
        let [row, _] = nouns.row;
        let to = to.map(|to| {
            let heading = self.form().heading();
            format!("{heading} importance is that of {to}: no other {row} receives values.")
        });
        let moved = [self.moved(), self.groups_measured()];
        let sentences = [
            match measure.donors {
                Donors::All => None,
                Donors::Class => Some("The values given are those of images of the same class.".into()),
                Donors::Neighbours => {
                    // In one row or column of numbers nothing lies beside anything.
                    let by = if self.image.height.min(self.image.width) == 1 {
                        "other pixels, the eight that go best with what is moved,"
                    } else {
                        "neighbouring pixels"
                    };
                    Some(format!(
                        "The values given are those of images whose {by} predict a like value: of the \
                         same tenth of all images in the order of that prediction."
                    ))
                }
            },
            self.few_donors(),
            self.donors_checked(),
            self.without_gradients(),
            self.errors_in_words(),
            match measure.latent_donors {
                LatentDonors::Class => None,
                LatentDonors::All => Some(
                    "In latent importance, the images of a class receive latents of images of any class."
                        .into(),
                ),
            },
        ];
        let dimensions = self
            .smaller_in_words()
            .into_iter()
            .chain(self.sizes_in_words())
            .chain(self.kind_in_words())
            .chain(self.factors_in_words());
        let sentences = sentences.into_iter().flatten().chain(dimensions);
        let said = sentences.map(|sentence| nouns.say(sentence));
        moved
            .into_iter()
            .chain([to])
            .flatten()
            .chain(said)
            .collect()
    }

    fn without_gradients(&self) -> Option<String> {
        let why = self.opinions.as_ref()?.without_gradients.as_ref()?;
        Some(format!("Gradients of this network are not known: {why}."))
    }

    /// Whose values are changed where not all explained images receive some: `class A`, `image 17`.
    #[must_use]
    pub fn recipients_in_words(&self) -> Option<String> {
        match self.settings.measure.recipients {
            Recipients::All => None,
            Recipients::Class(label) => {
                let class = self.classes.iter().find(|class| class.label == label);
                let name = class.map_or(label.to_string(), |class| class.name.clone());
                Some(format!("class {name}"))
            }
            Recipients::Image(position) => {
                let [row, _] = self.nouns().row;
                Some(format!("{row} {}", position + 1))
            }
        }
    }

    /// How many explained images receive values.
    #[must_use]
    pub fn recipients(&self) -> usize {
        match self.settings.measure.recipients {
            Recipients::All => self.explained(),
            Recipients::Class(label) => {
                let classes = self.classes.iter().filter(|class| class.label == label);
                classes.map(|class| class.explained).sum()
            }
            Recipients::Image(_) => 1,
        }
    }

    /// Who receives values and whose they are, where that is not as in the paper: `recipients: class A,
    /// donors: same class`. Other methods give no values.
    #[must_use]
    pub fn exchange_in_words(&self, method: Attribution) -> Option<String> {
        let to = self.recipients_in_words();
        let to = to.map(|to| format!("recipients: {to}"));
        let from = match self.settings.measure.donors {
            _ if method != Attribution::Permutation => None,
            Donors::All => None,
            Donors::Class => Some("donors: same class".into()),
            Donors::Neighbours => Some("donors: like neighbours".into()),
        };
        let said: Vec<String> = to.into_iter().chain(from).collect();
        (!said.is_empty()).then(|| said.join(", "))
    }

    /// Whose latents images are given in latent importance, as the end of a phrase; empty where they are
    /// those of their own class, as in the paper.
    #[must_use]
    pub fn with_latents(&self) -> &'static str {
        match self.settings.measure.latent_donors {
            LatentDonors::Class => "",
            LatentDonors::All => ", latents of any class",
        }
    }

    /// Whether groups are moved rather than single pixels.
    #[must_use]
    pub fn is_grouped(&self) -> bool {
        self.settings.measure.features != FeatureKind::Pixels
    }

    /// What rows of numbers are drawn as. Rows of several lines are images, and a line with names of which
    /// nothing else was said is that of a table.
    #[must_use]
    pub fn form(&self) -> DataForm {
        match self.data.form {
            _ if self.image.height != 1 => DataForm::Image,
            DataForm::Image if self.image.channels == 1 && self.data.columns.is_some() => {
                DataForm::Table
            }
            form => form,
        }
    }

    /// A pixel, counted from 0, by its name: `petal width`, `t = 17`, or by its row and column, counted from 1,
    /// `3, 4`.
    #[must_use]
    pub fn pixel_in_words(&self, pixel: usize) -> String {
        let names = self.data.columns.as_ref();
        let name = names.and_then(|names| names.get(pixel));
        match (self.form(), name) {
            (DataForm::Signal, Some(name)) if name.parse::<f64>().is_err() => name.clone(),
            (DataForm::Signal, Some(name)) => format!("t = {name}"),
            (DataForm::Signal, None) => format!("t = {}", pixel + 1),
            (_, Some(name)) => name.clone(),
            (DataForm::Table, None) => format!("column {}", pixel + 1),
            (DataForm::Image, None) => {
                let width = self.image.width.max(1);
                format!("{}, {}", pixel / width + 1, pixel % width + 1)
            }
        }
    }

    fn moved(&self) -> Option<String> {
        let measure = &self.settings.measure;
        let [pixel, pixels] = self.nouns().feature;
        let what = match measure.features {
            FeatureKind::Pixels => return None,
            FeatureKind::Patches => {
                let side = measure.patch;
                let even = |length: usize| length.is_multiple_of(side.max(1));
                let rest = if even(self.image.height) && even(self.image.width) {
                    ""
                } else {
                    " (smaller at the right and lower edges)"
                };
                format!("Patches of {side} × {side} pixels{rest}")
            }
            FeatureKind::Rows => "Rows of pixels".into(),
            FeatureKind::Columns => "Columns of pixels".into(),
            FeatureKind::Clusters => format!(
                "Clusters of {pixels} no further apart than {} (mean of 1 − |Spearman's ρ|)",
                measure.threshold
            ),
            FeatureKind::OneHot => {
                "Columns of which one is 1 and the others are 0, each set of them a group,".into()
            }
            FeatureKind::Groups => "Groups that were brought".into(),
        };
        let Some(groups) = &self.groups else {
            return Some(format!("{what} are moved as a whole."));
        };
        let count = grouped(groups.grouping.names.len());
        let apart = groups
            .grouping
            .of
            .iter()
            .filter(|&&group| group == 0)
            .count();
        let apart = match apart {
            0 => String::new(),
            1 => format!(" One {pixel} is in no group and is not moved with any."),
            many => format!(
                " {} {pixels} are in no group and are not moved with any.",
                grouped(many)
            ),
        };
        let found = groups.clustered_on.map_or(String::new(), |found| {
            let on = self.nouns().say(found_on(found));
            format!(" They were found on {on}.")
        });
        Some(format!(
            "{what} are moved as a whole: {count} in all.{found}{apart}"
        ))
    }

    fn groups_measured(&self) -> Option<String> {
        let found = &self.groups.as_ref()?.importance;
        let how = match found.method {
            Measured::Exact => "exact".into(),
            Measured::Elsewhere => "computed elsewhere".into(),
            Measured::Sampled => match found.repeats {
                0 => return None,
                repeats => format!(
                    "the mean over {}",
                    counted(repeats, "random permutation", "random permutations")
                ),
            },
        };
        Some(format!("Importance of groups is {how}."))
    }

    /// That a single image's numbers rest on a few draws, or that there is nothing to draw from.
    fn few_donors(&self) -> Option<String> {
        let measure = &self.settings.measure;
        let found = self.pixel_importance.as_ref();
        let sampled = found.filter(|found| found.method == Measured::Sampled && found.repeats > 0);
        match (measure.recipients, sampled) {
            (Recipients::Image(_), Some(found)) => Some(format!(
                "Each number rests on {} for that image: see its standard error.",
                counted(found.repeats, "random donor", "random donors")
            )),
            _ => None,
        }
    }

    /// That images without another of their class keep their own values.
    pub(in crate::report) fn lonely_in_words(&self) -> Option<String> {
        let measure = &self.settings.measure;
        if measure.donors != Donors::Class {
            return None;
        }
        let classes = self.classes.iter().filter(|class| class.explained == 1);
        let names: Vec<&str> = classes
            .filter(|class| match measure.recipients {
                Recipients::Class(label) => label == class.label,
                _ => true,
            })
            .map(|class| class.name.as_str())
            .collect();
        let Nouns {
            row: [row, _],
            feature: [pixel, _],
        } = self.nouns();
        (!names.is_empty()).then(|| {
            format!(
                "Of {} one {row} is explained each: among donors of the same class it receives only its \
                 own values, and counts as unmoved in {pixel} importance.",
                names.join(", ")
            )
        })
    }

    fn donors_checked(&self) -> Option<String> {
        let checks = self.donor_checks.as_ref()?;
        let chosen = self.settings.measure.donors;
        let (own, others): (Vec<&DonorCheck>, Vec<&DonorCheck>) =
            checks.iter().partition(|check| check.donors == chosen);
        let own = *own.first()?;
        let compared = |value: &dyn Fn(&DonorCheck) -> Option<f32>| {
            let others = others.iter().filter_map(|check| {
                Some(format!(
                    "{:.2} among {}",
                    value(check)?,
                    check.donors.those()
                ))
            });
            let others: Vec<String> = others.collect();
            if others.is_empty() {
                String::new()
            } else {
                format!(" ({})", others.join(", "))
            }
        };
        let mut said = Vec::new();
        if let Some(r2) = own.r2 {
            let others = compared(&|check| check.r2);
            said.push(format!(
                "Among those who exchange values, neighbours still tell R² = {r2:.2} of a pixel{others}."
            ));
        }
        if let Some(plausibility) = own.plausibility {
            let others = compared(&|check| check.plausibility);
            said.push(format!(
                "At shuffled pixels the squared error of reconstructions is {plausibility:.2} times that \
                 of the images as they are{others}."
            ));
        }
        let groups = self.groups.as_ref();
        let all = groups.map_or(self.features(), |groups| groups.grouping.names.len());
        let rest = own.features < all || own.images < self.explained();
        if own.plausibility.is_some() && rest {
            said.push(format!(
                "That was tried with {} of {} and {} of {}.",
                grouped(own.features),
                counted(all, "feature", "features"),
                grouped(own.images),
                counted(self.explained(), "image", "images")
            ));
        }
        if own.r2.is_some() || chosen == Donors::Neighbours {
            said.push(format!(
                "What neighbours tell was fitted on {}.",
                found_on(own.fitted_on)
            ));
        }
        (!said.is_empty()).then(|| said.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::data::{Grouping, ImageShape};
    use crate::importance::{Estimate, GroupImportance};

    fn report() -> Report {
        let mut report = Report::blank(ImageShape::grey(3, 4), 2, &[0, 7]);
        report.classes[1].name = "seven".into();
        report
    }

    fn groups(method: Measured) -> GroupImportance {
        GroupImportance {
            grouping: Grouping {
                names: vec!["a".into(), "b".into()],
                of: vec![1, 1, 2, 2, 1, 1, 2, 2, 0, 0, 0, 0],
            },
            importance: Estimate {
                method,
                engine: "cpu".into(),
                mean: Array2::ones((2, 2)),
                std_error: None,
                repeats: 4,
                fraction: 1.0,
            },
            merges: Vec::new(),
            clustered_on: None,
        }
    }

    #[test]
    fn nothing_is_said_of_what_is_as_in_the_paper() {
        assert_eq!(report().measured_in_words(), [""; 0]);
        assert_eq!(report().recipients_in_words(), None);
        assert_eq!(report().exchange_in_words(Attribution::Permutation), None);
        assert_eq!(report().with_latents(), "");
        assert_eq!(report().recipients(), 30);
    }

    #[test]
    fn what_is_moved_and_whose_values_are_said() {
        let mut report = report();
        let measure = &mut report.settings.measure;
        measure.features = FeatureKind::Patches;
        measure.patch = 2;
        measure.recipients = Recipients::Class(7);
        measure.donors = Donors::Class;
        measure.latent_donors = LatentDonors::All;
        assert_eq!(
            report.measured_in_words(),
            [
                "Patches of 2 × 2 pixels (smaller at the right and lower edges) are moved as a whole.",
                "Pixel importance is that of class seven: no other image receives values.",
                "The values given are those of images of the same class.",
                "In latent importance, the images of a class receive latents of images of any class.",
            ]
        );
        let exchange = |method| report.exchange_in_words(method).unwrap();
        assert_eq!(
            exchange(Attribution::Permutation),
            "recipients: class seven, donors: same class"
        );
        assert_eq!(report.recipients(), 15);
        assert_eq!(exchange(Attribution::Gradient), "recipients: class seven");
        assert_eq!(report.with_latents(), ", latents of any class");
        report.groups = Some(groups(Measured::Exact));
        let said = report.measured_in_words();
        assert!(said[0].ends_with(
            "are moved as a whole: 2 in all. 4 pixels are in no group and are not moved with any."
        ));
        assert_eq!(said[1], "Importance of groups is exact.");
        report.groups = Some(groups(Measured::Sampled));
        let said = report.measured_in_words();
        assert_eq!(
            said[1],
            "Importance of groups is the mean over 4 random permutations."
        );
    }

    #[test]
    fn donors_are_set_beside_each_other() {
        let mut report = report();
        report.settings.measure.donors = Donors::Neighbours;
        let check = |donors, r2, plausibility| DonorCheck {
            donors,
            r2,
            plausibility,
            features: 12,
            images: 30,
            fitted_on: FoundOn {
                images: 170,
                of: 170,
                training: true,
            },
        };
        let mut checks = vec![
            check(Donors::All, Some(0.83), Some(2.4)),
            check(Donors::Class, Some(0.6), Some(1.5)),
            check(Donors::Neighbours, Some(0.1234), Some(1.04)),
        ];
        report.donor_checks = Some(checks.clone());
        let said = report.measured_in_words();
        assert_eq!(
            said[1],
            "Among those who exchange values, neighbours still tell R² = 0.12 of a pixel (0.83 among all \
             images, 0.60 among images of a class). At shuffled pixels the squared error of reconstructions \
             is 1.04 times that of the images as they are (2.40 among all images, 1.50 among images of a \
             class). What neighbours tell was fitted on all 170 images trained on."
        );
        assert!(said[0].contains("images whose neighbouring pixels predict a like value"));
        let table = report.image.pixels();
        (report.image.height, report.image.width) = (1, table);
        let of_table = &report.measured_in_words()[0];
        assert!(
            of_table
                .contains("whose other pixels, the eight that go best with what is moved, predict")
        );
        for check in &mut checks {
            (check.r2, check.features) = (None, 5);
            check.fitted_on.images = 4_000;
            check.fitted_on.of = 10_000;
        }
        report.donor_checks = Some(checks);
        let said = report.measured_in_words();
        assert!(said[1].starts_with("At shuffled pixels"));
        assert!(said[1].ends_with(
            " That was tried with 5 of 12 features and 30 of 30 images. What neighbours tell was fitted on \
             4,000 of 10,000 images trained on."
        ));
    }

    #[test]
    fn images_alone_in_their_class_are_named() {
        let mut report = report();
        report.settings.measure.donors = Donors::Class;
        assert_eq!(report.lonely_in_words(), None);
        report.classes[1].explained = 1;
        let said = report.lonely_in_words().unwrap();
        assert!(said.starts_with("Of seven one image is explained each: among donors"));
        assert!(report.cautions().contains(&said));
        report.settings.measure.recipients = Recipients::Class(0);
        assert_eq!(report.lonely_in_words(), None);
        report.settings.measure.donors = Donors::All;
        report.settings.measure.recipients = Recipients::All;
        assert_eq!(report.lonely_in_words(), None);
    }

    #[test]
    fn one_image_s_numbers_rest_on_few_draws() {
        let mut report = report();
        report.settings.measure.recipients = Recipients::Image(16);
        report.pixel_importance = Some(Estimate {
            mean: Array2::ones((12, 2)),
            ..groups(Measured::Sampled).importance
        });
        let said = report.measured_in_words();
        assert_eq!(
            said,
            [
                "Pixel importance is that of image 17: no other image receives values.",
                "Each number rests on 4 random donors for that image: see its standard error.",
            ]
        );
        report.pixel_importance.as_mut().unwrap().method = Measured::Exact;
        assert_eq!(report.measured_in_words().len(), 1);
    }

    #[test]
    fn keys_are_those_of_settings_and_reports() {
        use Attribution as A;
        for method in [
            A::Permutation,
            A::Gradient,
            A::Smoothgrad,
            A::IntegratedZero,
            A::IntegratedMean,
            A::OcclusionZero,
            A::OcclusionMean,
            A::Variance,
        ] {
            let written = serde_json::to_value(method).unwrap();
            assert_eq!(written, method.key());
        }
        for filler in [Filler::Mean, Filler::Zero, Filler::Donor] {
            assert_eq!(serde_json::to_value(filler).unwrap(), filler.key());
        }
        for donors in [Donors::All, Donors::Class, Donors::Neighbours] {
            assert_eq!(serde_json::to_value(donors).unwrap(), donors.key());
        }
    }
}
