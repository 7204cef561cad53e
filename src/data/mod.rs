//! Images with labels: reading them, choosing classes, holding some out.

mod dataset;
mod error;
pub mod idx;

pub use dataset::{Dataset, Images};
pub use error::DataError;

/// The images of one class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// What tells the class from the others.
    pub label: u8,
    /// What people call it, such as `Shirt`.
    pub name: String,
    /// Its images.
    pub images: ImageSet,
}

impl Class {
    /// A class that is called by its label, as digits are.
    #[must_use]
    pub fn new(label: u8, images: ImageSet) -> Self {
        Self {
            label,
            name: label.to_string(),
            images,
        }
    }
}

/// Grey images of one size, as read from one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageSet {
    /// Height of every image in pixels.
    pub height: usize,
    /// Width of every image in pixels.
    pub width: usize,
    /// One byte a pixel, 0 black to 255 white: image after image, row after row.
    pub bytes: Vec<u8>,
}

impl ImageSet {
    /// Number of images.
    #[must_use]
    pub fn count(&self) -> usize {
        self.bytes
            .len()
            .checked_div(self.height * self.width)
            .unwrap_or(0)
    }
}
