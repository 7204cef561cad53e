//! Arrays of numbers in NumPy's format, one after the other in a stream.
//!
//! The format is version 1.0 to 3.0 of NEP 1: a magic text, the length of a header, a header that is a Python
//! dictionary, and the numbers. What is written here is version 1.0, little-endian float32, row by row.

use std::io::{self, Read};

const MAGIC: &[u8; 6] = b"\x93NUMPY";
/// A header of more bytes than this is none.
const LONGEST_HEADER: usize = 1 << 16;
/// More numbers at once than this are not what was asked for: 512 MB.
const MOST_NUMBERS: usize = 1 << 27;

/// An array of numbers.
#[derive(Debug, PartialEq)]
pub struct Array {
    pub shape: Vec<usize>,
    pub numbers: Vec<f32>,
    /// Whether it had twice as many digits.
    pub was_double: bool,
}

/// Why there is no array.
#[derive(Debug)]
pub enum Fault {
    /// The stream ended where one could have begun.
    Ended,
    /// It is something else, as said after "it".
    Other(String),
    /// The stream ended within one, or cannot be read.
    Cut,
}

impl From<io::Error> for Fault {
    fn from(_: io::Error) -> Self {
        Self::Cut
    }
}

/// The bytes of an array of float32.
pub fn bytes(shape: &[usize], numbers: impl Iterator<Item = f32>) -> Vec<u8> {
    let sizes: Vec<String> = shape.iter().map(ToString::to_string).collect();
    let sizes = sizes.join(", ");
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({sizes},), }}");
    // With what stands before it, a multiple of 64 bytes.
    let end = (MAGIC.len() + 4 + header.len() + 1).next_multiple_of(64) - MAGIC.len() - 4 - 1;
    header.extend(std::iter::repeat_n(' ', end - header.len()));
    header.push('\n');
    let length = u16::try_from(header.len()).expect("a header is short");
    let mut bytes = Vec::from(MAGIC);
    bytes.extend([1, 0]);
    bytes.extend(length.to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(numbers.flat_map(f32::to_le_bytes));
    bytes
}

/// The next array of a stream.
pub fn read(stream: &mut impl Read) -> Result<Array, Fault> {
    let mut magic = Vec::new();
    stream.take(MAGIC.len() as u64).read_to_end(&mut magic)?;
    if magic.is_empty() {
        return Err(Fault::Ended);
    }
    if magic != MAGIC {
        let begins = String::from_utf8_lossy(&magic).escape_debug().to_string();
        return Err(Fault::Other(format!("begins with \"{begins}\"")));
    }
    let mut version = [0; 2];
    stream.read_exact(&mut version)?;
    let length = if version[0] == 1 {
        let mut length = [0; 2];
        stream.read_exact(&mut length)?;
        u16::from_le_bytes(length) as usize
    } else {
        let mut length = [0; 4];
        stream.read_exact(&mut length)?;
        u32::from_le_bytes(length) as usize
    };
    if length > LONGEST_HEADER {
        return Err(Fault::Other(format!("has a header of {length} bytes")));
    }
    let mut header = vec![0; length];
    stream.read_exact(&mut header)?;
    let header = String::from_utf8_lossy(&header).into_owned();
    let no_header = || Fault::Other("has a header that does not say type and shape".into());
    let kind = quoted(after(&header, "descr").ok_or_else(no_header)?).ok_or_else(no_header)?;
    let shape = shape(after(&header, "shape").ok_or_else(no_header)?).ok_or_else(no_header)?;
    let by_columns = after(&header, "fortran_order").is_some_and(|rest| rest.starts_with("True"));
    if by_columns && shape.iter().filter(|&&size| size > 1).count() > 1 {
        let remedy = "write numpy.ascontiguousarray of it";
        return Err(Fault::Other(format!("lies column by column: {remedy}")));
    }
    let count = shape
        .iter()
        .try_fold(1usize, |all, &size| all.checked_mul(size));
    let Some(count) = count.filter(|&count| count <= MOST_NUMBERS) else {
        return Err(Fault::Other(format!("has the shape {shape:?}")));
    };
    let was_double = kind == "<f8";
    let numbers = if was_double {
        let mut bytes = vec![0; 8 * count];
        stream.read_exact(&mut bytes)?;
        let numbers = bytes.as_chunks::<8>().0.iter();
        numbers
            .map(|&bytes| f64::from_le_bytes(bytes) as f32)
            .collect()
    } else if kind == "<f4" {
        let mut bytes = vec![0; 4 * count];
        stream.read_exact(&mut bytes)?;
        let numbers = bytes.as_chunks::<4>().0.iter();
        numbers.map(|&bytes| f32::from_le_bytes(bytes)).collect()
    } else {
        return Err(Fault::Other(format!(
            "holds numbers of type {}: write float32",
            kind.escape_debug()
        )));
    };
    Ok(Array {
        shape,
        numbers,
        was_double,
    })
}

/// What follows a key of a dictionary.
fn after<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = header.split_once(&format!("'{key}'"))?;
    Some(rest.trim_start().strip_prefix(':')?.trim_start())
}

fn quoted(text: &str) -> Option<&str> {
    let (quoted, _) = text.strip_prefix('\'')?.split_once('\'')?;
    Some(quoted)
}

fn shape(text: &str) -> Option<Vec<usize>> {
    let (sizes, _) = text.strip_prefix('(')?.split_once(')')?;
    let sizes = sizes.split(',').map(str::trim);
    sizes
        .filter(|size| !size.is_empty())
        .map(|size| size.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut stream = bytes(&[2, 3], [0.5, -1.0, 2.0, 3.5, 0.0, 1e-9].into_iter());
        assert_eq!(stream.len() % 4, 0);
        assert_eq!((stream.len() - 24) % 64, 0);
        stream.extend(bytes(&[1], std::iter::once(7.0)));
        let mut stream = &stream[..];
        let first = read(&mut stream).unwrap();
        assert_eq!(first.shape, [2, 3]);
        assert_eq!(first.numbers, [0.5, -1.0, 2.0, 3.5, 0.0, 1e-9]);
        assert_eq!(read(&mut stream).unwrap().numbers, [7.0]);
        assert!(matches!(read(&mut stream), Err(Fault::Ended)));
    }

    /// As NumPy writes them.
    #[test]
    fn other_versions_and_doubles_are_read() {
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }\n";
        let mut stream = b"\x93NUMPY\x02\x00".to_vec();
        stream.extend((header.len() as u32).to_le_bytes());
        stream.extend(header.bytes());
        stream.extend(
            [0.25f64, 1.0 / 3.0]
                .iter()
                .flat_map(|number| number.to_le_bytes()),
        );
        let found = read(&mut &stream[..]).unwrap();
        assert_eq!(found.numbers, [0.25, 1.0 / 3.0]);
        assert!(found.was_double);
    }

    #[test]
    fn anything_else_is_told_by_what_it_is() {
        let said = |header: &str| {
            let mut stream = b"\x93NUMPY\x01\x00".to_vec();
            stream.extend((header.len() as u16).to_le_bytes());
            stream.extend(header.bytes());
            match read(&mut &stream[..]) {
                Err(Fault::Other(what)) => what,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(
            said("{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }"),
            "holds numbers of type <i8: write float32"
        );
        assert!(
            said("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }")
                .starts_with("lies column")
        );
        assert_eq!(said("{}"), "has a header that does not say type and shape");
        assert_eq!(
            said("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999, 99999999), }"),
            "has the shape [99999999, 99999999]"
        );
        let Err(Fault::Other(what)) = read(&mut &b"Loading the model\n"[..]) else {
            panic!("it is no array")
        };
        assert_eq!(what, "begins with \"Loadin\"");
        let cut = bytes(&[3], [1.0, 2.0, 3.0].into_iter());
        let cut = read(&mut &cut[..cut.len() - 1]);
        assert!(matches!(cut, Err(Fault::Cut)));
    }
}
