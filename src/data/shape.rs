//! What the numbers of a row are.

use serde::{Deserialize, Serialize};

use super::ImageShape;

/// What the numbers of a row are: of one that goes into half of a network, and of one that comes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// The pixels of an image, or of feature maps, row by row, with the channels of a pixel side by
    /// side.
    Image(ImageShape),
    /// The same numbers channel by channel, each row by row: latents that are feature maps.
    Planes(ImageShape),
    /// The columns of a table, by name.
    Columns(Vec<String>),
    /// So many numbers, whatever they are: latents, and all that dense layers take and give.
    Numbers(usize),
}

impl Shape {
    /// How many numbers a row has.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::Image(image) | Self::Planes(image) => image.size(),
            Self::Columns(names) => names.len(),
            Self::Numbers(count) => *count,
        }
    }

    /// Whether rows of one shape can be taken for rows of the other: where both say what their numbers
    /// are, these are the same; else there are as many.
    #[must_use]
    pub fn agrees(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Numbers(_), _) | (_, Self::Numbers(_)) => self.size() == other.size(),
            _ => self == other,
        }
    }
}

impl From<ImageShape> for Shape {
    fn from(image: ImageShape) -> Self {
        Self::Image(image)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_agree_where_what_they_say_is_the_same() {
        let image = |height, width, channels| {
            Shape::Image(ImageShape {
                height,
                width,
                channels,
            })
        };
        let columns = |names: [&str; 2]| Shape::Columns(names.map(String::from).into());
        let sizes = [
            (image(4, 3, 1), 12),
            (image(4, 3, 3), 36),
            (columns(["age", "height"]), 2),
            (Shape::Numbers(7), 7),
        ];
        for (shape, size) in sizes {
            assert_eq!(shape.size(), size);
            assert!(shape.agrees(&shape) && shape.agrees(&Shape::Numbers(size)));
            assert!(!shape.agrees(&Shape::Numbers(size + 1)));
        }
        assert!(!image(4, 3, 1).agrees(&image(3, 4, 1)));
        assert!(!image(4, 1, 3).agrees(&image(4, 3, 1)));
        assert!(!columns(["age", "height"]).agrees(&columns(["height", "age"])));
        assert!(!columns(["age", "height"]).agrees(&image(2, 1, 1)));
    }
}
