//! What is moved, whose values are given to whom, and what else is asked about a network.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{MAX_DIMS, Permute, SettingError, Settings};
use crate::data::{Grouping, ImageShape};

/// Sides of a patch, at most: no image has longer ones.
const MAX_PATCH: usize = 4096;
/// Networks that are compared with each other, at most.
const MAX_NETWORKS: usize = 50;
/// Numbers of dimensions that are tried, at most.
const MAX_SIZES: usize = 64;

/// How importance is measured beyond the paper's single pixels among all images. The defaults are the
/// paper's, and what is said here concerns no training: it can be asked of a network at any time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question of its own"
)]
pub struct Measure {
    /// What moves together.
    pub features: FeatureKind,
    /// Sides of a patch, in pixels.
    pub patch: usize,
    /// Pixels whose clusters are no further apart than this belong together; the distance is the mean of
    /// 1 − |Spearman's ρ| over their pairs, 0 to 1.
    pub threshold: f64,
    /// What belongs together where [`Measure::features`] are groups of one's own.
    pub groups: Option<Grouping>,
    /// Which explained images receive values in stage 1.
    pub recipients: Recipients,
    /// Whose values they receive.
    pub donors: Donors,
    /// Whose latents the images of a class receive in stage 3.
    pub latent_donors: LatentDonors,
    /// Whether other methods are asked as well, and compared.
    pub opinions: bool,
    /// Whether it is measured how far importance would be off had other images been explained.
    pub image_errors: bool,
    /// Whether maps are held against those of an untrained network, of a network that was trained on
    /// images whose pixels were permuted, and against the variance of the pixels.
    pub controls: bool,
    /// How many networks are trained in all, from other first weights and in another order, and compared
    /// with the first.
    pub networks: usize,
    /// Whether it is measured what becomes of the loss where only the most important dimensions are kept.
    pub smaller: bool,
    /// The numbers of latent dimensions with which further networks are trained, to see how many are needed.
    pub sizes: Vec<usize>,
    /// Whether it is measured which dimension carries which factor of images whose factors are known.
    pub factors: bool,
}

impl Default for Measure {
    fn default() -> Self {
        Self {
            features: FeatureKind::Pixels,
            patch: 4,
            threshold: 0.3,
            groups: None,
            recipients: Recipients::All,
            donors: Donors::All,
            latent_donors: LatentDonors::Class,
            opinions: false,
            image_errors: false,
            controls: false,
            networks: 1,
            smaller: false,
            sizes: Vec::new(),
            factors: false,
        }
    }
}

impl Measure {
    /// Whether everything is as in the paper.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Whether groups of features are measured beside single ones.
    #[must_use]
    pub fn has_groups(&self) -> bool {
        self.features != FeatureKind::Pixels
    }

    /// Every reason why this cannot be asked for beside the rest of `settings`, whatever the images, where
    /// there are classes of these labels and names.
    pub(super) fn check(
        &self,
        settings: &Settings,
        available: &[(u8, String)],
    ) -> Vec<SettingError> {
        let mut errors = Vec::new();
        if !(1..=MAX_PATCH).contains(&self.patch) {
            let message =
                format!("The side of a patch must be a whole number from 1 to {MAX_PATCH}.");
            errors.push(refusal("patch", message));
        }
        if !(0.0..=1.0).contains(&self.threshold) {
            let message = "The threshold of clusters must be a number from 0 to 1.";
            errors.push(refusal("threshold", message.into()));
        }
        if !(1..=MAX_NETWORKS).contains(&self.networks) {
            let message = format!(
                "The number of networks must be a whole number from 1, which is the one that is shown alone, \
                 to {MAX_NETWORKS}."
            );
            errors.push(refusal("networks", message));
        }
        let is_size = |size: &usize| (1..=MAX_DIMS).contains(size);
        if self.sizes.len() > MAX_SIZES || !self.sizes.iter().all(is_size) {
            let message = format!(
                "The numbers of dimensions to try are at most {MAX_SIZES} whole numbers from 1 to {MAX_DIMS}."
            );
            errors.push(refusal("sizes", message));
        }
        if self.has_groups() && settings.permute == Permute::Channel {
            let message = "A group moves with all of its channels: permute pixels, or measure single \
                           pixels.";
            errors.push(refusal("permute", message.into()));
        }
        if self.features == FeatureKind::Groups && self.groups.is_none() {
            let message =
                "Say which pixels belong together, or measure other features than groups.";
            errors.push(refusal("groups", message.into()));
        }
        if let Recipients::Class(label) = self.recipients
            && !settings.classes.contains(&label)
        {
            let name = available.iter().find(|(known, _)| *known == label);
            let name = name.map_or_else(|| label.to_string(), |(_, name)| name.clone());
            let message = format!(
                "Images of class {name} cannot receive values, as the class is not among those that are \
                 chosen."
            );
            errors.push(refusal("recipients", message));
        }
        errors
    }

    /// Every reason why this cannot be asked of so many `explained` images of the shape `image`.
    #[must_use]
    pub fn misfits(&self, image: ImageShape, explained: usize) -> Vec<SettingError> {
        let mut errors = Vec::new();
        let side = image.height.max(image.width);
        if self.features == FeatureKind::Patches && self.patch > side {
            let message = format!(
                "Patches of {0} × {0} pixels are larger than the images: choose a side from 1 to {side}.",
                self.patch
            );
            errors.push(refusal("patch", message));
        }
        if let (FeatureKind::Groups, Some(groups)) = (self.features, &self.groups)
            && let Err(what) = groups.check(image)
        {
            errors.push(refusal("groups", what));
        }
        if let Recipients::Image(position) = self.recipients
            && position >= explained
        {
            let message = format!(
                "There is no image {} among those that are explained: choose one from 1 to {explained}.",
                position + 1
            );
            errors.push(refusal("recipients", message));
        }
        errors
    }
}

fn refusal(field: &str, message: String) -> SettingError {
    SettingError {
        field: field.into(),
        message,
    }
}

/// What moves together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeatureKind {
    /// Every pixel by itself, as in the paper.
    #[default]
    Pixels,
    /// Squares of pixels.
    Patches,
    /// Rows of pixels: of a spectrogram, bands of frequency.
    Rows,
    /// Columns of pixels: of a spectrogram, moments of time.
    Columns,
    /// Pixels that go with each other in the images.
    Clusters,
    /// Columns of a table of which one is 1 and the others are 0 in every row; other columns alone.
    OneHot,
    /// As [`Measure::groups`] says.
    Groups,
}

/// Which explained images receive values in stage 1. In text, `all`, `class:3` (a label) or `image:17`
/// (counted from 1, in the order in which the explained images stand in the report).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Recipients {
    /// All, as in the paper.
    #[default]
    All,
    /// Those of the class with this label.
    Class(u8),
    /// This one, counted from 0.
    Image(usize),
}

impl fmt::Display for Recipients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => write!(f, "all"),
            Self::Class(label) => write!(f, "class:{label}"),
            Self::Image(position) => write!(f, "image:{}", position + 1),
        }
    }
}

impl FromStr for Recipients {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || format!("{text:?} are no recipients; write all, class:3 or image:17.");
        match text.split_once(':') {
            None if text == "all" => Ok(Self::All),
            Some(("class", label)) => label.parse().map(Self::Class).map_err(|_| refused()),
            Some(("image", number)) => match number.parse::<usize>() {
                Ok(number) if number > 0 => Ok(Self::Image(number - 1)),
                _ => Err(refused()),
            },
            _ => Err(refused()),
        }
    }
}

impl Serialize for Recipients {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Recipients {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Whose values an image is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Donors {
    /// Those of any image, as in the paper.
    #[default]
    All,
    /// Those of images of the same class.
    Class,
    /// Those of images whose neighbouring pixels predict a like value: of the same tenth of all images in
    /// the order of that prediction.
    Neighbours,
}

/// Whose latents an image is given in stage 3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LatentDonors {
    /// Those of images of the same class, as in the paper.
    #[default]
    Class,
    /// Those of any image.
    All,
}

#[cfg(test)]
mod tests {
    use super::*;

    type Spoil = fn(&mut Settings);

    fn refusals(settings: &Settings, image: ImageShape) -> Vec<(String, String)> {
        let available = [(0, "cat".to_owned()), (3, "dog".to_owned())];
        let errors = settings.check(&available, false).into_iter();
        let misfits = settings.measure.misfits(image, 20);
        let all = errors.chain(misfits);
        all.map(|SettingError { field, message }| (field, message))
            .collect()
    }

    #[test]
    fn what_cannot_be_measured_is_refused_by_its_field() {
        let image = ImageShape::grey(3, 5);
        let groups = |of: &[u32]| {
            Some(Grouping {
                names: vec!["left".into(), "right".into()],
                of: of.to_vec(),
            })
        };
        let good = Settings {
            classes: vec![3, 0],
            measure: Measure {
                features: FeatureKind::Groups,
                groups: groups(&[1, 1, 0, 2, 2, 1, 1, 0, 2, 2, 1, 1, 0, 2, 2]),
                recipients: Recipients::Class(3),
                donors: Donors::Neighbours,
                ..Measure::default()
            },
            ..Settings::default()
        };
        assert_eq!(refusals(&good, image), []);
        let whole = Measure {
            features: FeatureKind::Patches,
            patch: 5,
            recipients: Recipients::Image(19),
            ..Measure::default()
        };
        let of = |measure: Measure| Settings {
            measure,
            ..good.clone()
        };
        assert_eq!(refusals(&of(whole.clone()), image), []);

        let cases: [(Spoil, &str, &str); 10] = [
            (|of| of.measure.patch = 0, "patch", "from 1 to 4096"),
            (|of| of.measure.patch = 6, "patch", "6 × 6 pixels"),
            (|of| of.measure.threshold = 1.01, "threshold", "from 0 to 1"),
            (|of| of.measure.networks = 0, "networks", "from 1"),
            (|of| of.measure.sizes = vec![2, 0], "sizes", "from 1 to 512"),
            (
                |of| of.measure.threshold = f64::NAN,
                "threshold",
                "from 0 to 1",
            ),
            (
                |of| of.permute = Permute::Channel,
                "permute",
                "all of its channels",
            ),
            (
                |of| of.measure.features = FeatureKind::Groups,
                "groups",
                "Say which pixels",
            ),
            (
                |of| of.measure.recipients = Recipients::Class(1),
                "recipients",
                "of class 1 cannot receive",
            ),
            (
                |of| of.measure.recipients = Recipients::Image(20),
                "recipients",
                "no image 21 among",
            ),
        ];
        for (spoil, field, words) in cases {
            let mut settings = of(whole.clone());
            spoil(&mut settings);
            let [(found, message)] = &refusals(&settings, image)[..] else {
                panic!("{field} is refused once");
            };
            assert_eq!(found, field);
            assert!(message.contains(words), "{message}");
        }
        let mut short = good.clone();
        short.measure.groups = groups(&[1, 2]);
        let [(field, _)] = &refusals(&short, image)[..] else {
            panic!("groups of another image are refused");
        };
        assert_eq!(field, "groups");
    }

    #[test]
    fn recipients_are_written_as_people_count() {
        for (text, recipients) in [
            ("all", Recipients::All),
            ("class:3", Recipients::Class(3)),
            ("image:17", Recipients::Image(16)),
        ] {
            assert_eq!(text.parse(), Ok(recipients));
            assert_eq!(recipients.to_string(), text);
        }
        for bad in [
            "",
            "class",
            "class:",
            "class:300",
            "image:0",
            "image:-1",
            "images:1",
        ] {
            let refusal = bad.parse::<Recipients>().unwrap_err();
            assert!(
                refusal.ends_with("write all, class:3 or image:17."),
                "{refusal}"
            );
        }
    }
}
