//! What can be wrong with images, in words for the person who brought them.

use std::fmt;

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
    /// A float is below 0 or above 1.
    OutsideUnitRange(String),
    /// The images have no pixels, or there are none.
    Empty,
    /// Images of two sizes were given together.
    MixedSizes {
        /// Class whose images differ.
        label: u8,
        /// Their height and width.
        found: (usize, usize),
        /// Height and width of the images before them.
        expected: (usize, usize),
    },
    /// A class has too few images to train on some and hold others out.
    TooFewImages {
        /// The class.
        label: u8,
        /// How many images it has.
        count: usize,
    },
    /// No images of a class that was asked for.
    MissingClass(u8),
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
                 or 00 00 0D 03 for floats, then the number of images, their height and their width."
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
            Self::OutsideUnitRange(value) => write!(
                f,
                "A pixel is {value}; floats must lie between 0, black, and 1, white. \
                 Normalise the images first."
            ),
            Self::Empty => write!(f, "The file holds no images."),
            Self::MixedSizes {
                label,
                found,
                expected,
            } => write!(
                f,
                "The images of class {label} are {} × {} pixels, those before it {} × {}. \
                 All images must have one size.",
                found.0, found.1, expected.0, expected.1
            ),
            Self::TooFewImages { label, count } => write!(
                f,
                "Class {label} has {count} image{}; at least 2 are needed, \
                 one to train on and one to hold out.",
                if *count == 1 { "" } else { "s" }
            ),
            Self::MissingClass(label) => write!(f, "There are no images of class {label}."),
        }
    }
}

impl std::error::Error for DataError {}
