//! NPY files (a NumPy array), by themselves or in an NPZ archive.

use std::io::Read;

use super::error::ReadError;
use super::labels::{Labels, TooManyClasses};
use super::options::Options;
use super::part::{self, Part};
use super::source::{Entry, Source, megabytes, unpacking};
use super::text::decode;
use crate::data::Pixels;
use crate::data::array::{Array, ArrayError, ByteOrder, Element, read_exactly, read_numbers};

/// Longer headers are refused: those of arrays of numbers take a few dozen bytes.
const MAX_HEADER: usize = 1 << 16;
/// The most bytes of one label.
const MAX_LABEL: usize = 4096;

/// What the numbers or texts of an array are stored as.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stored {
    Number(Element),
    /// Bytes that are 0 or 1.
    Truth,
    /// Text of so many characters, each 4 bytes (`U`) or 1 (`S`), filled up with zeros.
    Text {
        characters: usize,
        wide: bool,
    },
}

/// What precedes the numbers.
#[derive(Debug, PartialEq)]
struct Header {
    stored: Stored,
    order: ByteOrder,
    fortran: bool,
    shape: Vec<usize>,
}

pub(super) fn read(
    source: &mut Source<'_>,
    entry: &Entry,
    options: &Options,
) -> Result<Part, ReadError> {
    let mut stream = source.stream(entry)?;
    let header = header_of(&mut stream, entry)?;

    let count = header
        .shape
        .iter()
        .try_fold(1_usize, |count, &size| count.checked_mul(size))
        .unwrap_or(usize::MAX);
    if count == 0 {
        let message = "The array is empty. Save one that holds images.";
        return Err(ReadError::new(&entry.name, message));
    }
    let width = match header.stored {
        Stored::Number(element) => element.width(),
        Stored::Truth => 1,
        Stored::Text { characters, wide } => characters * if wide { 4 } else { 1 },
    };
    // What is held: bytes as bytes, everything else in single precision at most.
    let bytes = (count as u64).saturating_mul(width as u64);
    let held = (count as u64).saturating_mul(4).min(bytes);
    if held > options.max_bytes as u64 {
        let message = format!(
            "The array announces {} of numbers, and at most {} can be read. Save fewer images.",
            megabytes(bytes),
            megabytes(options.max_bytes as u64)
        );
        return Err(ReadError::new(&entry.name, message));
    }
    let order = header.order;
    let labels = matches!(header.shape.as_slice(), [_] | [_, 1]);
    let element = match header.stored {
        Stored::Number(element) => element,
        Stored::Truth => Element::U8,
        Stored::Text { characters, wide } => {
            let labels = texts(stream, entry, count, characters, wide, order)?;
            return Ok(Part::labels(&entry.name, labels));
        }
    };
    if labels {
        let mut labels = Labels::default();
        let truth = header.stored == Stored::Truth;
        read_exactly(stream, count, element, order, |number| {
            labels.push_number(number).map_err(Fault::from)
        })
        .map_err(|fault| fault.of(entry))?;
        if truth {
            labels.rename(|name| Some(if name == "0" { "False" } else { "True" }.into()));
        }
        return Ok(Part::labels(&entry.name, labels));
    }
    let values = read_numbers(stream, count, element, order)
        .map_err(|error| Fault::from(error).of(entry))?;
    let values = if header.fortran && header.shape.len() > 1 {
        row_major(&values, &header.shape)
    } else {
        values
    };
    let array = Array {
        shape: header.shape,
        element,
        values,
    };
    part::of_array(&entry.name, array, options)
}

/// The shape and all numbers, row by row, of an array of numbers that are no images.
pub(super) fn numbers(
    source: &mut Source<'_>,
    entry: &Entry,
    limit: usize,
) -> Result<(Vec<usize>, Vec<f32>), ReadError> {
    let mut stream = source.stream(entry)?;
    let header = header_of(&mut stream, entry)?;
    let Stored::Number(element) = header.stored else {
        let message = "The array holds no numbers. Save them as float32.";
        return Err(ReadError::new(&entry.name, message));
    };
    let sizes = header.shape.iter();
    let count = sizes.fold(1_usize, |count, &size| count.saturating_mul(size));
    if count == 0 || count > limit / 4 {
        let message = format!(
            "The array announces {count} numbers, and from 1 to {} can be read. Save it anew.",
            limit / 4
        );
        return Err(ReadError::new(&entry.name, message));
    }
    let values = read_numbers(stream, count, element, header.order)
        .map_err(|error| Fault::from(error).of(entry))?;
    let values = if header.fortran && header.shape.len() > 1 {
        row_major(&values, &header.shape)
    } else {
        values
    };
    Ok((header.shape, values.iter(0..count).collect()))
}

/// Why the numbers of an array are not read.
enum Fault {
    Array(ArrayError),
    TooManyClasses,
}

impl From<ArrayError> for Fault {
    fn from(error: ArrayError) -> Self {
        Self::Array(error)
    }
}

impl From<TooManyClasses> for Fault {
    fn from(_: TooManyClasses) -> Self {
        Self::TooManyClasses
    }
}

impl Fault {
    fn of(self, entry: &Entry) -> ReadError {
        match self {
            Self::Array(ArrayError::Unpack(error)) => unpacking(entry, &error),
            Self::Array(ArrayError::Length { expected, found }) => ReadError::new(
                &entry.name,
                format!(
                    "The array announces {expected} bytes of numbers, but {} follow. The file is \
                     cut short or damaged; save or fetch it again.",
                    if found > expected {
                        "more".into()
                    } else {
                        found.to_string()
                    }
                ),
            ),
            Self::Array(ArrayError::NotFinite(place)) => ReadError::new(
                &entry.name,
                "The number is infinite, not a number, or beyond single precision. Replace it, \
                 for instance with numpy.nan_to_num.",
            )
            .at(format!("number {}", place + 1)),
            Self::Array(ArrayError::Swapped) => ReadError::new(
                &entry.name,
                "The numbers make sense only in the other byte order. Save the array anew with \
                 numpy.save, as float32.",
            ),
            Self::TooManyClasses => ReadError::new(&entry.name, TooManyClasses::MESSAGE),
        }
    }
}

enum Problem {
    Said(&'static str),
    Unpack(std::io::Error),
}

/// What the header at the start of an entry says.
fn header_of(stream: &mut impl Read, entry: &Entry) -> Result<Header, ReadError> {
    let text = header(stream).map_err(|problem| match problem {
        Problem::Said(message) => ReadError::new(&entry.name, message),
        Problem::Unpack(error) => unpacking(entry, &error),
    })?;
    parse(&text).map_err(|message| ReadError::new(&entry.name, message).at("in its header"))
}

/// The text of the header, which says what follows.
fn header(stream: &mut impl Read) -> Result<String, Problem> {
    const SHORT: Problem =
        Problem::Said("The file ends within its header. Save or fetch it again.");
    let mut take = |count: usize| -> Result<Vec<u8>, Problem> {
        let mut bytes = Vec::with_capacity(count);
        stream
            .by_ref()
            .take(count as u64)
            .read_to_end(&mut bytes)
            .map_err(Problem::Unpack)?;
        if bytes.len() == count {
            Ok(bytes)
        } else {
            Err(SHORT)
        }
    };
    // Six bytes by which the file was recognised, and two of the version.
    let version = take(8)?[6];
    let length = match version {
        1 => {
            let bytes = take(2)?;
            usize::from(u16::from_le_bytes([bytes[0], bytes[1]]))
        }
        2 | 3 => {
            let bytes = take(4)?;
            u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize
        }
        _ => {
            return Err(Problem::Said(
                "The file is of a version of NPY that is not known. Save it with numpy.save.",
            ));
        }
    };
    if length > MAX_HEADER {
        return Err(Problem::Said(
            "The header is too long for an array of numbers. Save the images as a plain array.",
        ));
    }
    Ok(String::from_utf8_lossy(&take(length)?).into_owned())
}

/// Reads the header's three entries: a Python dictionary without nested ones.
fn parse(text: &str) -> Result<Header, String> {
    let entry = |key: &str| -> Result<&str, String> {
        let missing = || format!("There is no {key}. The file is damaged; save or fetch it again.");
        let quoted = [format!("'{key}'"), format!("\"{key}\"")];
        let (_, after) = quoted
            .iter()
            .find_map(|quoted| text.split_once(quoted.as_str()))
            .ok_or_else(missing)?;
        let after = after.trim_start().strip_prefix(':').ok_or_else(missing)?;
        Ok(after.trim_start())
    };

    let descr = entry("descr")?;
    let quote = descr.chars().next().filter(|c| matches!(c, '\'' | '"'));
    let Some((descr, _)) = quote.and_then(|quote| descr[1..].split_once(quote)) else {
        return Err(
            "The array has named fields. Save the images and the labels as arrays of their own."
                .into(),
        );
    };
    let (stored, order) = stored(descr)?;
    let fortran = entry("fortran_order")?.starts_with("True");

    let broken = || "The shape cannot be read. Save or fetch the file again.".to_owned();
    let shape = entry("shape")?.strip_prefix('(').ok_or_else(broken)?;
    let (shape, _) = shape.split_once(')').ok_or_else(broken)?;
    let shape: Vec<usize> = shape
        .split(',')
        .map(str::trim)
        .filter(|size| !size.is_empty())
        .map(|size| size.trim_end_matches('L').parse().map_err(|_| broken()))
        .collect::<Result<_, _>>()?;
    if shape.is_empty() || shape.len() > 4 {
        return Err(format!(
            "The array has {} axes. Images have two to four, labels one.",
            shape.len()
        ));
    }
    Ok(Header {
        stored,
        order,
        fortran,
        shape,
    })
}

fn stored(descr: &str) -> Result<(Stored, ByteOrder), String> {
    let (order, kind) = match descr.split_at_checked(1) {
        Some(("<" | "|" | "=", kind)) => (ByteOrder::Little, kind),
        Some((">", kind)) => (ByteOrder::Big, kind),
        _ => (ByteOrder::Little, descr),
    };
    let element = match kind {
        "b1" | "?" => return Ok((Stored::Truth, order)),
        "u1" => Element::U8,
        "i1" => Element::I8,
        "u2" => Element::U16,
        "i2" => Element::I16,
        "u4" => Element::U32,
        "i4" => Element::I32,
        "u8" => Element::U64,
        "i8" => Element::I64,
        "f2" => Element::F16,
        "f4" => Element::F32,
        "f8" => Element::F64,
        _ => {
            let characters = kind.get(1..).and_then(|count| count.parse().ok());
            return match (kind.chars().next(), characters) {
                (Some(kind @ ('U' | 'S')), Some(characters @ 1..=MAX_LABEL)) => {
                    let wide = kind == 'U';
                    Ok((Stored::Text { characters, wide }, order))
                }
                (Some('O'), _) => Err(format!(
                    "The array holds objects of Python (type {descr}), which are not read. Save \
                     numbers as float32 or uint8, and labels as text, with astype(str)."
                )),
                _ => Err(format!(
                    "Numbers of the type {descr} cannot be read. Save them as float32 or uint8."
                )),
            };
        }
    };
    Ok((Stored::Number(element), order))
}

/// Labels stored as texts of a fixed width.
fn texts(
    stream: impl Read,
    entry: &Entry,
    count: usize,
    characters: usize,
    wide: bool,
    order: ByteOrder,
) -> Result<Labels, ReadError> {
    let width = characters * if wide { 4 } else { 1 };
    let mut stream = stream.take(count as u64 * width as u64);
    let mut labels = Labels::default();
    let mut text = Vec::with_capacity(width);
    for _ in 0..count {
        text.clear();
        stream
            .by_ref()
            .take(width as u64)
            .read_to_end(&mut text)
            .map_err(|error| unpacking(entry, &error))?;
        if text.len() < width {
            let message = format!(
                "The array announces {count} labels, but {} follow. The file is cut short; save \
                 or fetch it again.",
                labels.len()
            );
            return Err(ReadError::new(&entry.name, message));
        }
        let label = if wide {
            text.chunks_exact(4)
                .map(|bytes| {
                    let bytes = [bytes[0], bytes[1], bytes[2], bytes[3]];
                    match order {
                        ByteOrder::Little => u32::from_le_bytes(bytes),
                        ByteOrder::Big => u32::from_be_bytes(bytes),
                    }
                })
                .map(char::from_u32)
                .collect::<Option<String>>()
        } else {
            let end = text.iter().rposition(|&byte| byte != 0);
            let text = &text[..end.map_or(0, |end| end + 1)];
            let decoded = decode(text).ok();
            decoded.and_then(|(text, _)| String::from_utf8(text.into_owned()).ok())
        };
        let label = label.ok_or_else(|| {
            let message = "The label is no text that can be read. Save the labels anew.";
            ReadError::new(&entry.name, message).at(format!("label {}", labels.len() + 1))
        })?;
        labels
            .push(label.trim_end_matches('\0'))
            .map_err(|TooManyClasses| ReadError::new(&entry.name, TooManyClasses::MESSAGE))?;
    }
    Ok(labels)
}

/// The numbers of an array whose first index runs fastest, in the order in which the last does.
pub(super) fn row_major(values: &Pixels, shape: &[usize]) -> Pixels {
    let mut index = vec![0; shape.len()];
    values.gathered((0..values.len()).map(|_| {
        let place = index
            .iter()
            .zip(shape)
            .rev()
            .fold(0, |place, (&at, &size)| place * size + at);
        for (at, &size) in index.iter_mut().zip(shape).rev() {
            *at += 1;
            if *at < size {
                break;
            }
            *at = 0;
        }
        place
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_numpy_are_understood() {
        let text = "{'descr': '>f8', 'fortran_order': True, 'shape': (3, 4), }       \n";
        assert_eq!(
            parse(text),
            Ok(Header {
                stored: Stored::Number(Element::F64),
                order: ByteOrder::Big,
                fortran: true,
                shape: vec![3, 4],
            })
        );
        let labels = parse("{'descr': '<U5', 'fortran_order': False, 'shape': (7,), }").unwrap();
        assert_eq!(
            labels.stored,
            Stored::Text {
                characters: 5,
                wide: true
            }
        );
        assert_eq!(labels.shape, [7]);
    }

    #[test]
    fn headers_that_are_not_are_refused() {
        for text in [
            "",
            "{'descr': '<f4'}",
            "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,)}",
            "{'descr': '|O', 'fortran_order': False, 'shape': (3,)}",
            "{'descr': '<c8', 'fortran_order': False, 'shape': (3,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': ()}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-3,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1)}",
            "{'descr': 'é', 'fortran_order': False, 'shape': (1,)}",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn fortran_order_becomes_row_major() {
        // numpy.asfortranarray([[0, 1, 2], [3, 4, 5]]) lies in memory as 0 3 1 4 2 5.
        let stored = Pixels::Bytes(vec![0, 3, 1, 4, 2, 5]);
        assert_eq!(
            row_major(&stored, &[2, 3]),
            Pixels::Bytes(vec![0, 1, 2, 3, 4, 5])
        );
    }
}
