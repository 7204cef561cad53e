//! What can be wrong with people's own files, in words for those people.

use std::fmt;

use serde::Serialize;

/// Why files cannot be read. Written out it names the file, the place and the remedy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReadError {
    /// The file, with that of the archive around it; empty where all files together are meant.
    pub file: String,
    /// Where in the file: a line, an array, a number.
    pub place: Option<String>,
    /// What is wrong and what to do about it, in a sentence or two.
    pub message: String,
    /// What the files do not tell and a person has to.
    pub needs: Option<Need>,
}

/// What the files do not tell and a person has to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Height and width of an image, whose product is this number of pixels.
    Shape {
        /// Pixels of an image.
        pixels: usize,
    },
    /// Which column of a table holds the labels: one of these names.
    Column(Vec<String>),
    /// Which array holds the images, and which the labels: some of these names.
    Array(Vec<String>),
    /// Which columns of a table to leave out, since these hold no numbers.
    Drop(Vec<String>),
    /// Whether rows in which a value is missing are left out.
    Gaps {
        /// How many there are.
        rows: usize,
    },
    /// Whether a point or a comma stands before the fraction of numbers.
    Decimal {
        /// A number that can be read in both ways.
        number: String,
    },
}

impl ReadError {
    pub(super) fn new(file: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            place: None,
            message: message.into(),
            needs: None,
        }
    }

    /// About all files together.
    pub(super) fn of_all(message: impl Into<String>) -> Self {
        Self::new("", message)
    }

    pub(super) fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    pub(super) fn needing(mut self, need: Need) -> Self {
        self.needs = Some(need);
        self
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.file.as_str(), &self.place) {
            ("", None) => write!(f, "{}", self.message),
            ("", Some(place)) => write!(f, "{place}: {}", self.message),
            (file, None) => write!(f, "{file}: {}", self.message),
            (file, Some(place)) => write!(f, "{file}, {place}: {}", self.message),
        }
    }
}

impl std::error::Error for ReadError {}
