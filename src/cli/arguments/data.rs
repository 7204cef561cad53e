//! What to look at, and how its files are read.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use latent_lens::data::readers::{Channels, Decimal, Gaps, Grey, LabelColumn, Normalise, Roles};
use latent_lens::data::{DataForm, ImageShape};

/// What to look at.
#[derive(Debug, Args)]
pub struct Data {
    /// The images: IDX, CSV, NPY, NPZ, RData or rds files, PNG, JPEG or TIFF pictures, or WAV
    /// recordings, which become spectrograms; plain, in gzip or zip files, or folders of them. Labels
    /// are those in a column or array beside the images, or the names of the folders or files.
    #[arg(long, value_name = "FILE", num_args = 1.., required_unless_present = "made")]
    pub images: Vec<PathBuf>,

    /// Images or rows whose truth is known, made here instead of read: shapes in colour whose form, size, hue, x
    /// and y are independent; the waveforms of Breiman and others beside columns of noise; or signals of rank 2
    /// beside columns of noise. For the last two, say --loss mse and --output linear.
    #[arg(long, value_name = "NAME", value_parser = ["shapes", "waveform", "rank-two"], conflicts_with_all = ["images", "labels", "test_images", "normalise"])]
    pub made: Option<String>,

    /// The seed that they are made from.
    #[arg(
        long,
        value_name = "NUMBER",
        requires = "made",
        conflicts_with = "images",
        default_value_t = 1
    )]
    pub made_seed: u32,

    /// How many of them; without it, 3,000 shapes, 5,000 waveforms or 2,000 signals.
    #[arg(
        long,
        value_name = "NUMBER",
        requires = "made",
        conflicts_with = "images"
    )]
    pub made_count: Option<usize>,

    /// A label for each image, in a file of their own: IDX, NPY, CSV, RData or rds; for pictures and
    /// recordings a table of their names and labels. Without labels anywhere, all images are one class.
    #[arg(long, value_name = "FILE")]
    pub labels: Option<PathBuf>,

    /// A test set: images that are explained and never trained on, in the forms that --images takes.
    /// All of --images are trained on then.
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "roles")]
    pub test_images: Vec<PathBuf>,

    /// A label for each image of --test-images, in a file of their own.
    #[arg(long, value_name = "FILE", requires = "test_images")]
    pub test_labels: Option<PathBuf>,

    /// Whether files, arrays or folders that are called train and test are kept apart: trained on the
    /// one, the other explained.
    #[arg(long, value_enum, default_value_t = ByRoles::Joined)]
    pub roles: ByRoles,

    /// CSV: the column of the labels, by its name or by its place, counted from 1; or none.
    #[arg(long, value_name = "COLUMN")]
    pub label_column: Option<Column>,

    /// CSV: a column to leave out, by its name or by its place, counted from 1; may be said several
    /// times.
    #[arg(long, value_name = "COLUMN")]
    pub drop: Vec<Column>,

    /// CSV: a column to keep that seems only to number the rows; may be said several times.
    #[arg(long, value_name = "COLUMN")]
    pub keep: Vec<Column>,

    /// CSV: what happens to rows in which a value is missing.
    #[arg(long, value_enum, default_value_t = ByGaps::Refuse)]
    pub gaps: ByGaps,

    /// CSV: what stands before the fraction of a number; without it, that is found out.
    #[arg(long, value_enum)]
    pub decimal: Option<ByDecimal>,

    /// CSV: whether the first line names the columns; without it, that is found out.
    #[arg(long, value_name = "true|false")]
    pub header: Option<bool>,

    /// NPZ and RData: the name of the array of the images, where there are several.
    #[arg(long, value_name = "NAME")]
    pub images_array: Option<String>,

    /// NPZ and RData: the name of the array of the labels, where there are several.
    #[arg(long, value_name = "NAME")]
    pub labels_array: Option<String>,

    /// Height and width of an image, and channels where there are several, such as 28x28 or 32x32x3: of
    /// those stored as rows of numbers, which else are taken for grey squares; pictures are resized to it.
    #[arg(long, value_name = "HEIGHTxWIDTH[xCHANNELS]")]
    pub size: Option<Size>,

    /// What rows of numbers are; without it, that is found out from their names and from what their numbers have
    /// in common, and said.
    #[arg(long, value_enum)]
    pub form: Option<ByForm>,

    /// Where the channels of a pixel stand in arrays and in rows of numbers; without it, that is found
    /// out.
    #[arg(long, value_enum)]
    pub channels: Option<ByChannels>,

    /// Whether colours become grey, and how.
    #[arg(long, value_enum, default_value_t = ByGrey::Keep)]
    pub grey: ByGrey,

    /// How values become intensities; without it, their range decides.
    #[arg(long, value_enum)]
    pub normalise: Option<ByNormalise>,
}

/// [`LabelColumn`], as it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column(pub LabelColumn);

impl FromStr for Column {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(Self(match (text, text.parse::<usize>()) {
            ("none", _) => LabelColumn::None,
            (_, Ok(0)) => return Err("columns are counted from 1".into()),
            (_, Ok(place)) => LabelColumn::Index(place - 1),
            (name, Err(_)) => LabelColumn::Name(name.into()),
        }))
    }
}

/// The shape of an image, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(pub ImageShape);

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let side = |side: &str| side.parse().ok().filter(|side| *side > 0);
        let sides: Option<Vec<usize>> = text.split('x').map(side).collect();
        match sides.as_deref() {
            Some(&[height, width]) => Ok(Self(ImageShape::grey(height, width))),
            // More are rather a width, after channels and height.
            Some(&[height, width, channels]) if channels <= 4 || height > 4 => {
                Ok(Self(ImageShape {
                    height,
                    width,
                    channels,
                }))
            }
            Some(&[channels, height, width]) => Err(format!(
                "write the channels last, {height}x{width}x{channels}; where they stand in the file is \
                 said with --channels"
            )),
            _ => Err(
                "write height and width in pixels, and channels where there are several, such as 28x28 or \
                 32x32x3"
                    .into(),
            ),
        }
    }
}

/// [`DataForm`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ByForm {
    /// The pixels of an image.
    Image,
    /// One quantity at one place after another, such as a heartbeat or a spectrum.
    Signal,
    /// Quantities of their own, such as the columns of a table.
    Table,
}

impl From<ByForm> for DataForm {
    fn from(form: ByForm) -> Self {
        match form {
            ByForm::Image => Self::Image,
            ByForm::Signal => Self::Signal,
            ByForm::Table => Self::Table,
        }
    }
}

/// [`Channels`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ByChannels {
    /// Images are stored channel by channel: all of red, then all of green, then all of blue.
    First,
    /// The channels of a pixel stand side by side.
    Last,
}

impl From<ByChannels> for Channels {
    fn from(channels: ByChannels) -> Self {
        match channels {
            ByChannels::First => Self::First,
            ByChannels::Last => Self::Last,
        }
    }
}

/// [`Grey`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ByGrey {
    /// Colours are kept; images in which red, green and blue are the same everywhere are grey all the
    /// same.
    Keep,
    /// Colours are kept, and grey images get three equal channels: for a model that takes colours.
    Never,
    /// By how bright colours look.
    Luma,
    /// By the mean of red, green and blue.
    Mean,
}

impl From<ByGrey> for Grey {
    fn from(grey: ByGrey) -> Self {
        match grey {
            ByGrey::Keep => Self::Keep,
            ByGrey::Never => Self::Never,
            ByGrey::Luma => Self::Luma,
            ByGrey::Mean => Self::Mean,
        }
    }
}

/// [`Gaps`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ByGaps {
    /// The table is refused.
    Refuse,
    /// They are left out.
    Drop,
}

impl From<ByGaps> for Gaps {
    fn from(gaps: ByGaps) -> Self {
        match gaps {
            ByGaps::Refuse => Self::Refuse,
            ByGaps::Drop => Self::Drop,
        }
    }
}

/// [`Decimal`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ByDecimal {
    /// As in 1.5.
    Point,
    /// As in 1,5.
    Comma,
}

impl From<ByDecimal> for Decimal {
    fn from(decimal: ByDecimal) -> Self {
        match decimal {
            ByDecimal::Point => Self::Point,
            ByDecimal::Comma => Self::Comma,
        }
    }
}

/// [`Normalise`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ByNormalise {
    /// Not at all.
    Keep,
    /// Divided by 255.
    #[value(name = "divide-by-255")]
    DivideBy255,
    /// The smallest of all values becomes 0, the largest 1.
    MinMax,
    /// The smallest value of each column, or pixel, becomes 0, its largest 1.
    MinMaxColumn,
    /// Each column, or pixel, comes to have the mean 0 and the standard deviation 1: for --loss mse or mae
    /// with --output linear, or for a model that was trained on such.
    Standard,
}

impl From<ByNormalise> for Normalise {
    fn from(normalise: ByNormalise) -> Self {
        match normalise {
            ByNormalise::Keep => Self::Keep,
            ByNormalise::DivideBy255 => Self::DivideBy255,
            ByNormalise::MinMax => Self::MinMax,
            ByNormalise::MinMaxColumn => Self::MinMaxColumn,
            ByNormalise::Standard => Self::Standard,
        }
    }
}

/// [`Roles`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ByRoles {
    /// They are one set of images, of which some are held out.
    Joined,
    /// They are kept apart by their names.
    ByName,
}

impl From<ByRoles> for Roles {
    fn from(roles: ByRoles) -> Self {
        match roles {
            ByRoles::Joined => Self::Joined,
            ByRoles::ByName => Self::ByName,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_from_1_or_named() {
        let column = |text: &str| text.parse::<Column>().map(|Column(column)| column);
        assert_eq!(column("none"), Ok(LabelColumn::None));
        assert_eq!(column("1"), Ok(LabelColumn::Index(0)));
        assert_eq!(column("letter"), Ok(LabelColumn::Name("letter".into())));
        assert!(column("0").is_err());
    }

    #[test]
    fn sizes_are_two_sides_and_channels() {
        assert_eq!("28x32".parse(), Ok(Size(ImageShape::grey(28, 32))));
        let colour = ImageShape {
            channels: 3,
            ..ImageShape::grey(32, 30)
        };
        assert_eq!("32x30x3".parse(), Ok(Size(colour)));
        let first = "3x32x30".parse::<Size>().unwrap_err();
        assert!(first.contains("32x30x3"), "{first}");
        for bad in ["28", "x", "28x", "0x4", "28x28x0", "ax2", "-1x2", "2x2x3x1"] {
            assert!(bad.parse::<Size>().is_err(), "{bad}");
        }
    }
}
