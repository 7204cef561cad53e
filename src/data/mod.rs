//! Images with labels: reading them, choosing classes, holding some out.
//!
//! [`idx`] is what the engines read. People's own files of every other form are read by
//! `readers`, which need libraries that neither the engines nor the view should carry.

mod array;
mod dataset;
mod division;
mod error;
mod form;
#[cfg(any(feature = "general", feature = "readers"))]
mod grouping;
pub mod idx;
#[cfg(any(feature = "general", feature = "readers"))]
pub mod made;
mod origin;
mod pixels;
#[cfg(feature = "readers")]
pub mod readers;
mod scaling;
mod shape;
mod training;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub use dataset::{ClassSummary, Dataset, ImageShape, Images};
pub use division::{Division, Explain};
pub use error::DataError;
pub use form::{DataForm, Nouns};
#[cfg(any(feature = "general", feature = "readers"))]
pub use grouping::Grouping;
pub use origin::{Origin, places_among_all};
pub use pixels::Pixels;
pub use scaling::Scaling;
pub use shape::Shape;
pub use training::{Rows, TrainingImages};

/// A file that a person brought: of images, labels or a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name, with folders before it where they are known, separated by `/`.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Images of one class that have one role.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// The class's number, which keys its draws. People are shown its name.
    pub label: u8,
    /// What people call it, such as `Shirt`.
    pub name: String,
    /// Its images.
    pub images: ImageSet,
    /// What they are for.
    pub role: Role,
    /// Where they stand in the files that a person brought.
    pub origin: Origin,
}

/// What images are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Some are trained on, and the others held out.
    #[default]
    Split,
    /// Trained on: there is a test set beside them.
    Training,
    /// Trained on whichever classes are chosen, since they have no labels.
    Unlabelled,
    /// The test set: never trained on.
    Explained,
}

impl Class {
    /// A class that is called by its label, as digits are.
    #[must_use]
    pub fn new(label: u8, images: ImageSet) -> Self {
        Self {
            label,
            name: label.to_string(),
            images,
            role: Role::default(),
            origin: Origin::default(),
        }
    }
}

/// Images of one shape.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageSet {
    /// Shape of every image.
    pub image: ImageShape,
    /// Image after image, row after row, with the channels of a pixel side by side: bytes from 0,
    /// black, to 255, white, or floats, of which 0 is black and 1 white; a trained model may take
    /// others.
    pub pixels: Pixels,
}

impl ImageSet {
    /// Grey images of one byte a pixel, from 0, black, to 255, white.
    #[must_use]
    pub fn from_bytes(height: usize, width: usize, bytes: Vec<u8>) -> Self {
        Self {
            image: ImageShape::grey(height, width),
            pixels: Pixels::Bytes(bytes),
        }
    }

    /// Number of images.
    #[must_use]
    pub fn count(&self) -> usize {
        self.pixels
            .len()
            .checked_div(self.image.size())
            .unwrap_or(0)
    }

    /// The numbers of one image, counted from 0, as intensities from 0 to 1.
    pub fn intensities(&self, image: usize) -> impl Iterator<Item = f32> + '_ {
        let size = self.image.size();
        let white = match self.pixels {
            Pixels::Bytes(_) => 255.0,
            Pixels::Floats(_) => 1.0,
        };
        self.pixels
            .iter(image * size..(image + 1) * size)
            .map(move |number| number / white)
    }

    /// The images at these places, counted from 0, in this order.
    #[must_use]
    pub fn select(&self, images: &[usize]) -> Self {
        let size = self.image.size();
        let spans = images.iter().map(|image| image * size..(image + 1) * size);
        let pixels = match &self.pixels {
            Pixels::Bytes(bytes) => {
                Pixels::Bytes(spans.flat_map(|span| &bytes[span]).copied().collect())
            }
            Pixels::Floats(floats) => {
                Pixels::Floats(spans.flat_map(|span| &floats[span]).copied().collect())
            }
        };
        Self { pixels, ..*self }
    }

    /// Every number as a byte to look at, from 0, black, to 255, white; floats are rounded.
    #[must_use]
    pub fn shades(&self) -> Cow<'_, [u8]> {
        match &self.pixels {
            Pixels::Bytes(bytes) => Cow::Borrowed(bytes),
            Pixels::Floats(floats) => floats
                .iter()
                .map(|intensity| (intensity * 255.0).round() as u8)
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selected_images_keep_their_kind_and_order() {
        let bytes = ImageSet::from_bytes(1, 2, vec![0, 1, 2, 3, 4, 5]);
        let expected = ImageSet::from_bytes(1, 2, vec![4, 5, 0, 1]);
        assert_eq!(bytes.select(&[2, 0]), expected);
        let floats = ImageSet {
            image: ImageShape::grey(1, 1),
            pixels: Pixels::Floats(vec![0.25, 0.5]),
        };
        assert_eq!(floats.select(&[1]).pixels, Pixels::Floats(vec![0.5]));
    }
}
