//! Images with labels: reading them, choosing classes, holding some out.

mod dataset;
mod error;
pub mod idx;

pub use dataset::{Dataset, Images};
pub use error::DataError;

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
