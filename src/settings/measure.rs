//! What is moved, whose values are given to whom, and what else is asked about a network.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::data::Grouping;

/// How importance is measured beyond the paper's single pixels among all images. The defaults are the
/// paper's, and what is said here concerns no training: it can be asked of a network at any time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
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
        }
    }
}

impl Measure {
    /// Whether everything is as in the paper.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
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
