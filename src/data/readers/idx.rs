//! IDX files, of images or of labels.

use super::error::ReadError;
use super::options::Options;
use super::part::{self, Part};
use super::source::{Entry, Source};
use crate::data::{DataError, idx};

pub(super) fn read(
    source: &mut Source<'_>,
    entry: &Entry,
    options: &Options,
) -> Result<Part, ReadError> {
    let stream = source.stream(entry)?;
    let array = idx::read_array(stream, options.max_bytes as u64).map_err(|error| match error {
        DataError::NotFinite(place) => {
            let message = "The number is infinite or not a number. Replace it by a number.";
            ReadError::new(&entry.name, message).at(format!("number {}", place + 1))
        }
        error => ReadError::new(&entry.name, error.to_string()),
    })?;
    part::of_array(&entry.name, array, options)
}
