//! What can be wrong with images, in words for the person who brought them.

use std::fmt;

use super::ImageShape;

/// Why images cannot be read or used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataError {
    /// The gzip stream around the file is damaged.
    Gzip(String),
    /// The file does not start as an IDX file of images does.
    NotIdxImages,
    /// The header promises more images or larger ones than can be held.
    TooLarge {
        /// Bytes of pixels announced.
        bytes: u64,
        /// Bytes of pixels that can be read.
        limit: u64,
    },
    /// The header promises another number of pixel bytes than follow it.
    WrongLength {
        /// Bytes announced.
        expected: usize,
        /// Bytes there.
        found: usize,
    },
    /// The sizes in the header, or the pixels, make sense only when read as little-endian.
    LittleEndian,
    /// The number at this place is infinite or not a number.
    NotFinite(usize),
    /// The images have no pixels, or there are none.
    Empty,
    /// Images of two sizes were given together.
    MixedSizes {
        /// Name of the class whose images differ.
        class: String,
        /// Their size.
        found: ImageShape,
        /// That of the images before them.
        expected: ImageShape,
    },
    /// A class has too few images to train on some and hold others out.
    TooFewImages {
        /// The class's name.
        class: String,
        /// How many images it has.
        count: usize,
    },
    /// No images of a class, by its name, that was asked for.
    MissingClass(String),
    /// All images are of a test set.
    NothingToTrainOn,
    /// Fewer images are to be explained than there are classes.
    TooFewToExplain {
        /// Images that are to be explained.
        wanted: usize,
        /// Classes.
        classes: usize,
    },
    /// Pixels of the images to train on lie outside 0 to 1.
    Untrainable {
        /// The smallest.
        least: String,
        /// The largest.
        most: String,
    },
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gzip(reason) => write!(
                f,
                "The file is damaged: its gzip data cannot be unpacked ({reason}). Fetch it again."
            ),
            Self::NotIdxImages => write!(
                f,
                "This is not an IDX file of images: it should start with the bytes 00 00 08 03, \
                 or 00 00 0D 03 for floats, then the number of images, their height and their width; \
                 in colour with 04 instead of 03, and the number of channels."
            ),
            Self::TooLarge { bytes, limit } => write!(
                f,
                "The file announces {} MB of pixels; at most {} MB can be read.",
                bytes / 1_000_000,
                limit / 1_000_000
            ),
            Self::WrongLength { expected, found } => write!(
                f,
                "The file announces {expected} bytes of pixels, but {found} follow. \
                 It is cut short or damaged; fetch it again."
            ),
            Self::LittleEndian => write!(
                f,
                "The numbers are written little-endian; those of IDX files are big-endian. \
                 Write them with the most significant byte first."
            ),
            Self::NotFinite(place) => write!(
                f,
                "Value {} is infinite or not a number. Replace it by a number.",
                place + 1
            ),
            Self::Empty => write!(f, "The file holds no images."),
            Self::MixedSizes {
                class,
                found,
                expected,
            } if found.channels != expected.channels => write!(
                f,
                "The images of {class} have {} numbers a pixel, those before them {}. All images must \
                 be grey, or all in colour.",
                found.channels, expected.channels
            ),
            Self::MixedSizes {
                class,
                found,
                expected,
            } => write!(
                f,
                "The images of {class} are {} × {} pixels, those before them {} × {}. All images \
                 must have one size.",
                found.height, found.width, expected.height, expected.width
            ),
            Self::TooFewImages { class, count } => write!(
                f,
                "{class} has {count} image{}; at least 2 are needed, one to train on and one to \
                 hold out. Leave the class out, or bring more images of it.",
                if *count == 1 { "" } else { "s" }
            ),
            Self::MissingClass(class) => write!(f, "There are no images of {class}."),
            Self::NothingToTrainOn => write!(
                f,
                "All images are of the test set, and none is left to train on. Bring images to \
                 train on, or a trained model."
            ),
            Self::TooFewToExplain { wanted, classes } => write!(
                f,
                "{wanted} image{} cannot stand for {classes} classes. Explain at least one of each.",
                if *wanted == 1 { "" } else { "s" }
            ),
            Self::Untrainable { least, most } => write!(
                f,
                "The values lie between {least} and {most}, and a network is trained here on values \
                 from 0 to 1 unless its loss is mse or mae and its output linear. Choose these, or have the values \
                 scaled to that range; a trained model takes others."
            ),
        }
    }
}

impl std::error::Error for DataError {}
