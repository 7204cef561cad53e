//! How maps are turned and mirrored.

use serde::{Deserialize, Serialize};

use crate::data::ImageShape;

/// Quarter turns, clockwise; written as degrees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub enum Rotation {
    /// As the image is stored.
    #[default]
    None,
    /// The image's left edge becomes the upper one.
    Quarter,
    /// Upside down.
    Half,
    /// The image's right edge becomes the upper one.
    ThreeQuarters,
}

/// An angle that is not a quarter turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotARotation(u16);

impl std::fmt::Display for NotARotation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} is not 0, 90, 180 or 270 degrees.", self.0)
    }
}

impl std::error::Error for NotARotation {}

impl TryFrom<u16> for Rotation {
    type Error = NotARotation;

    fn try_from(degrees: u16) -> Result<Self, NotARotation> {
        match degrees {
            0 => Ok(Self::None),
            90 => Ok(Self::Quarter),
            180 => Ok(Self::Half),
            270 => Ok(Self::ThreeQuarters),
            other => Err(NotARotation(other)),
        }
    }
}

impl From<Rotation> for u16 {
    fn from(rotation: Rotation) -> Self {
        match rotation {
            Rotation::None => 0,
            Rotation::Quarter => 90,
            Rotation::Half => 180,
            Rotation::ThreeQuarters => 270,
        }
    }
}

/// From the stored image to the drawn one: a rotation, then mirrors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Orientation {
    pub image: ImageShape,
    pub rotate: Rotation,
    pub flip_horizontal: bool,
    pub flip_vertical: bool,
}

impl Orientation {
    /// The shape of the image as it is drawn.
    pub fn drawn(self) -> ImageShape {
        let ImageShape { height, width, .. } = self.image;
        match self.rotate {
            Rotation::None | Rotation::Half => self.image,
            Rotation::Quarter | Rotation::ThreeQuarters => ImageShape {
                height: width,
                width: height,
                ..self.image
            },
        }
    }

    /// Row and column, in the stored image, of the pixel that is drawn in this row and column.
    pub fn stored(self, row: usize, column: usize) -> (usize, usize) {
        let drawn = self.drawn();
        let row = mirrored(row, drawn.height, self.flip_vertical);
        let column = mirrored(column, drawn.width, self.flip_horizontal);
        let ImageShape { height, width, .. } = self.image;
        match self.rotate {
            Rotation::None => (row, column),
            Rotation::Quarter => (height - 1 - column, row),
            Rotation::Half => (height - 1 - row, width - 1 - column),
            Rotation::ThreeQuarters => (column, width - 1 - row),
        }
    }
}

fn mirrored(place: usize, places: usize, flip: bool) -> usize {
    if flip { places - 1 - place } else { place }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The image `abc` over `def`, as it is drawn.
    fn drawn(rotate: u16, flip_horizontal: bool, flip_vertical: bool) -> Vec<String> {
        let orientation = Orientation {
            image: ImageShape::grey(2, 3),
            rotate: Rotation::try_from(rotate).unwrap(),
            flip_horizontal,
            flip_vertical,
        };
        let shape = orientation.drawn();
        let letter = |row, column| {
            let (row, column) = orientation.stored(row, column);
            ["abc", "def"][row].as_bytes()[column] as char
        };
        (0..shape.height)
            .map(|row| (0..shape.width).map(|column| letter(row, column)).collect())
            .collect()
    }

    #[test]
    fn rotations_are_clockwise_and_mirrors_come_after() {
        for (rotate, horizontal, vertical, expected) in [
            (0, false, false, "abc def"),
            (0, true, false, "cba fed"),
            (0, false, true, "def abc"),
            (90, false, false, "da eb fc"),
            (90, true, false, "ad be cf"),
            (90, false, true, "fc eb da"),
            (180, false, false, "fed cba"),
            (180, true, true, "abc def"),
            (270, false, false, "cf be ad"),
            (270, true, false, "fc eb da"),
        ] {
            let found = drawn(rotate, horizontal, vertical).join(" ");
            assert_eq!(found, expected, "{rotate} {horizontal} {vertical}");
        }
    }

    #[test]
    fn only_quarter_turns_are_rotations() {
        for degrees in [0, 90, 180, 270] {
            assert_eq!(u16::from(Rotation::try_from(degrees).unwrap()), degrees);
        }
        assert_eq!(
            Rotation::try_from(45).unwrap_err().to_string(),
            "45 is not 0, 90, 180 or 270 degrees."
        );
    }
}
