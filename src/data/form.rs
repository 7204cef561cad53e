//! What the rows of numbers of a data set are, and what they are called.

use serde::{Deserialize, Serialize};

/// What a row of numbers is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataForm {
    /// The pixels of an image.
    #[default]
    Image,
    /// A quantity at one time after another: drawn as a line.
    Signal,
    /// Quantities that have nothing to do with each other but their row: drawn as bars by name.
    Table,
}

/// What rows and their numbers are called, with small letters: one, and several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nouns {
    /// A row: `image`, `images`.
    pub row: [&'static str; 2],
    /// A number of a row: `pixel`, `pixels`.
    pub feature: [&'static str; 2],
}

impl DataForm {
    /// What rows of this form and their numbers are called.
    #[must_use]
    pub fn nouns(self) -> Nouns {
        let (row, feature) = match self {
            Self::Image => (["image", "images"], ["pixel", "pixels"]),
            Self::Signal => (["signal", "signals"], ["time step", "time steps"]),
            Self::Table => (["row", "rows"], ["column", "columns"]),
        };
        Nouns { row, feature }
    }

    /// What one number of a row is called, as the first word of a heading.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            Self::Image => "Pixel",
            Self::Signal => "Time step",
            Self::Table => "Column",
        }
    }
}

impl Nouns {
    /// Words about images as they are said of these rows: `an image` becomes `a signal`, `pixels` become `columns`.
    /// Names that people gave may not be among the words, as they are not told apart.
    #[must_use]
    pub fn say(self, words: impl Into<String>) -> String {
        let words = words.into();
        if self == DataForm::Image.nouns() {
            return words;
        }
        self.reworded(&words)
    }

    fn reworded(self, words: &str) -> String {
        let mut said = String::with_capacity(words.len());
        let mut before = "";
        for piece in words.split_inclusive(|letter: char| !letter.is_ascii_alphanumeric()) {
            let word = piece.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric());
            if let Some(noun) = self.noun(word) {
                if matches!(before, "an " | "An ") {
                    said.truncate(said.len() - "n ".len());
                    said.push(' ');
                }
                let at = said.len();
                said.push_str(noun);
                if word.starts_with(['I', 'P']) {
                    said[at..at + 1].make_ascii_uppercase();
                }
            } else {
                said.push_str(word);
            }
            said.push_str(&piece[word.len()..]);
            before = piece;
        }
        said
    }

    fn noun(self, word: &str) -> Option<&'static str> {
        match word {
            "image" | "Image" => Some(self.row[0]),
            "images" | "Images" => Some(self.row[1]),
            "pixel" | "Pixel" => Some(self.feature[0]),
            "pixels" | "Pixels" => Some(self.feature[1]),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_about_images_are_said_of_signals_and_of_rows() {
        let words = "An image's pixels, more than images of 3 pixels. Pixel importance (an image): Images' imagery.";
        let said = |form: DataForm| form.nouns().say(words);
        assert_eq!(said(DataForm::Image), words);
        assert_eq!(
            said(DataForm::Signal),
            "A signal's time steps, more than signals of 3 time steps. Time step importance (a signal): Signals' imagery."
        );
        assert_eq!(
            said(DataForm::Table),
            "A row's columns, more than rows of 3 columns. Column importance (a row): Rows' imagery."
        );
        for form in [DataForm::Image, DataForm::Signal, DataForm::Table] {
            assert_eq!(form.nouns().say("Pixel"), form.heading());
        }
    }
}
