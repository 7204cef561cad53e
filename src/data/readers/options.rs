//! What a person can choose where the files leave a choice.

use serde::{Deserialize, Serialize};

use crate::data::{DataForm, ImageShape};

/// The most bytes that unpacked files, and separately their pixels, may take: 512 MiB.
pub const MAX_BYTES: usize = 512 << 20;

/// How files are to be read; what is absent is found out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// CSV: whether the first line names the columns.
    pub header: Option<bool>,
    /// CSV: the column that holds the labels.
    pub label_column: Option<LabelColumn>,
    /// CSV: columns that are left out.
    pub drop: Vec<LabelColumn>,
    /// CSV: columns that are not left out, though they seem to number the rows.
    pub keep: Vec<LabelColumn>,
    /// CSV: what happens to rows in which a value is missing.
    pub gaps: Gaps,
    /// CSV: what stands before the fraction of a number; found out where absent.
    pub decimal: Option<Decimal>,
    /// NPZ and R: the name of the array that holds the images.
    pub images: Option<String>,
    /// NPZ and R: the name of the array that holds the labels.
    pub labels: Option<String>,
    /// Shape of images that are stored as rows of numbers, written as height, width and, if there are
    /// several, channels; grey squares where absent.
    #[serde(with = "sides")]
    pub shape: Option<ImageShape>,
    /// What rows of numbers are: images, signals or rows of a table; proposed from the file where absent.
    pub form: Option<DataForm>,
    /// Where the channels of a pixel stand in arrays and in rows of numbers; found out where absent.
    pub channels: Option<Channels>,
    /// Pictures: the height and width to which all are resized.
    pub size: Option<(usize, usize)>,
    /// Whether colours become grey, and how.
    pub grey: Grey,
    /// How stored values become intensities; proposed from their range where absent.
    pub normalise: Option<Normalise>,
    /// Whether what names call a training set and a test set is kept apart.
    pub roles: Roles,
    /// The most bytes that an unpacked file, and separately all pixels, may take.
    pub max_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            header: None,
            label_column: None,
            drop: Vec::new(),
            keep: Vec::new(),
            gaps: Gaps::default(),
            decimal: None,
            images: None,
            labels: None,
            shape: None,
            form: None,
            channels: None,
            size: None,
            grey: Grey::default(),
            normalise: None,
            roles: Roles::default(),
            max_bytes: MAX_BYTES,
        }
    }
}

/// A column of a CSV file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelColumn {
    /// No column holds labels.
    None,
    /// By its place, counted from 0.
    Index(usize),
    /// By its name in the header.
    Name(String),
}

/// What happens to rows in which a value is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gaps {
    /// The table is refused.
    #[default]
    Refuse,
    /// They are left out.
    Drop,
}

/// What stands before the fraction of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decimal {
    /// As in 1.5; commas may stand between thousands.
    Point,
    /// As in 1,5; points may stand between thousands.
    Comma,
}

/// Where the channels of a pixel stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channels {
    /// Before its row and column: images are stored channel by channel.
    First,
    /// After its row and column: the channels of a pixel stand side by side.
    Last,
}

/// Whether colours become grey, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grey {
    /// Not at all; images in which red, green and blue are the same everywhere are grey all the same.
    #[default]
    Keep,
    /// Not at all, and grey images get three equal channels: for a model that takes colours.
    Never,
    /// By how bright each looks (ITU-R BT.601): 0.299 red, 0.587 green, 0.114 blue.
    Luma,
    /// Their mean.
    Mean,
}

/// How colours become grey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Luma,
    Mean,
}

/// Whether what names call a training set and a test set is kept apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Roles {
    /// No: all images are one set, of which some are held out.
    #[default]
    Joined,
    /// Yes: the one is trained on, the other explained.
    ByName,
}

/// How stored values become intensities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Normalise {
    /// Not at all. Cross-entropy, and a decoder that ends in a sigmoid, are for values from 0 to 1.
    Keep,
    /// Divided by 255.
    #[serde(rename = "divide-by-255")]
    DivideBy255,
    /// The smallest of all values becomes 0, the largest 1.
    MinMax,
    /// The smallest value of each column, or pixel, becomes 0, its largest 1.
    MinMaxColumn,
    /// Each column, or pixel, comes to have the mean 0 and the standard deviation 1, that of all
    /// rows: for another loss than cross-entropy, and a linear end of the decoder.
    Standard,
}

impl Grey {
    /// How colours become grey, if they do.
    pub(super) fn tone(self) -> Option<Tone> {
        match self {
            Self::Keep | Self::Never => None,
            Self::Luma => Some(Tone::Luma),
            Self::Mean => Some(Tone::Mean),
        }
    }
}

impl Tone {
    /// The weights of red, green and blue, which sum to 1.
    pub(super) fn weights(self) -> [f32; 3] {
        match self {
            Self::Luma => [0.299, 0.587, 0.114],
            Self::Mean => [1.0 / 3.0; 3],
        }
    }

    /// Grey of red, green and blue, on their scale.
    pub(super) fn of(self, [red, green, blue]: [f32; 3]) -> f32 {
        match self {
            Self::Luma => 0.299 * red + 0.587 * green + 0.114 * blue,
            Self::Mean => (red + green + blue) / 3.0,
        }
    }
}

/// A shape as its sides: height, width and, where there are several, channels.
mod sides {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::ImageShape;

    #[expect(clippy::ref_option, reason = "it is what serde calls it with")]
    pub fn serialize<S: Serializer>(shape: &Option<ImageShape>, to: S) -> Result<S::Ok, S::Error> {
        let sides = shape.map(|shape| {
            let mut sides = vec![shape.height, shape.width];
            sides.extend((shape.channels != 1).then_some(shape.channels));
            sides
        });
        sides.serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<ImageShape>, D::Error> {
        let sides: Option<Vec<usize>> = Option::deserialize(from)?;
        let Some(sides) = sides else { return Ok(None) };
        match *sides.as_slice() {
            [height, width] => Ok(Some(ImageShape::grey(height, width))),
            [height, width, channels] => Ok(Some(ImageShape {
                height,
                width,
                channels,
            })),
            _ => Err(D::Error::custom(
                "a shape is height, width and, if there are several, channels",
            )),
        }
    }
}
