//! IDX files, of images or of labels.

use super::error::ReadError;
use super::labels::{Labels, TooManyClasses};
use super::options::Options;
use super::part::{self, Part};
use super::source::{Entry, Source};
use crate::data::array::{Array, ByteOrder, read_exactly, read_numbers};
use crate::data::{DataError, idx};

pub(super) fn read(
    source: &mut Source<'_>,
    entry: &Entry,
    options: &Options,
) -> Result<Part, ReadError> {
    let mut stream = source.stream(entry)?;
    let wrong = |error: DataError| match error {
        DataError::NotFinite(place) => {
            let message = "The number is infinite or not a number. Replace it by a number.";
            ReadError::new(&entry.name, message).at(format!("number {}", place + 1))
        }
        error => ReadError::new(&entry.name, error.to_string()),
    };
    let (shape, element) =
        idx::read_header(&mut stream, options.max_bytes as u64).map_err(wrong)?;
    let count = shape.iter().product();
    if let [_] | [_, 1] = *shape.as_slice() {
        let mut labels = Labels::default();
        let mut too_many = false;
        let read = read_exactly(stream, count, element, ByteOrder::Big, |number| {
            too_many |= labels.push_number(number).is_err();
            Ok(())
        });
        read.map_err(wrong)?;
        if too_many {
            return Err(ReadError::new(&entry.name, TooManyClasses::MESSAGE));
        }
        return Ok(Part::labels(&entry.name, labels));
    }
    let values = read_numbers(stream, count, element, ByteOrder::Big);
    let values = values.map_err(|error| wrong(error.into()))?;
    let array = Array {
        shape,
        element,
        values,
    };
    part::of_array(&entry.name, array, options)
}
