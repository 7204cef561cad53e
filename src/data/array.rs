//! Arrays of numbers in files: their element types, read piece by piece and never further than
//! announced.

use std::io::{self, Read};

use super::Pixels;

/// Numbers with a shape, in row-major order, and what they were stored as.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Array {
    pub shape: Vec<usize>,
    pub element: Element,
    pub values: Pixels,
}

/// A number as it is stored, exactly.
#[cfg(feature = "readers")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Whole(i128),
    Single(f32),
    Double(f64),
}

/// How a number is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(any(feature = "readers", test)),
    expect(dead_code, reason = "IDX knows six of them, NPY all")
)]
pub(super) enum Element {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F16,
    F32,
    F64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ByteOrder {
    Big,
    #[cfg_attr(
        not(any(feature = "readers", test)),
        expect(dead_code, reason = "IDX is always big-endian")
    )]
    Little,
}

/// Why the numbers of an array cannot be read.
#[derive(Debug)]
pub(super) enum ArrayError {
    /// What is around the numbers cannot be unpacked.
    Unpack(io::Error),
    /// The file ends after so many bytes of numbers, or goes on behind the last.
    Length { expected: u64, found: u64 },
    /// The number at this place is infinite or not a number.
    NotFinite(usize),
    /// The numbers make sense only when their bytes are read in the other order.
    Swapped,
}

impl Element {
    /// Bytes that one number takes in the file.
    pub fn width(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 | Self::F16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }

    /// The number in the first bytes of `bytes`, which are little-endian.
    fn number(self, bytes: [u8; 8]) -> f64 {
        let [a, b, c, d, ..] = bytes;
        match self {
            Self::U8 => f64::from(a),
            Self::I8 => f64::from(a as i8),
            Self::U16 => f64::from(u16::from_le_bytes([a, b])),
            Self::I16 => f64::from(i16::from_le_bytes([a, b])),
            Self::U32 => f64::from(u32::from_le_bytes([a, b, c, d])),
            Self::I32 => f64::from(i32::from_le_bytes([a, b, c, d])),
            Self::U64 => u64::from_le_bytes(bytes) as f64,
            Self::I64 => i64::from_le_bytes(bytes) as f64,
            Self::F16 => half(u16::from_le_bytes([a, b])),
            Self::F32 => f64::from(f32::from_le_bytes([a, b, c, d])),
            Self::F64 => f64::from_le_bytes(bytes),
        }
    }
}

#[cfg(feature = "readers")]
impl Number {
    /// The number in the first bytes of `bytes`, which are little-endian.
    fn of(element: Element, bytes: [u8; 8]) -> Self {
        match element {
            Element::U64 => Self::Whole(u64::from_le_bytes(bytes).into()),
            Element::I64 => Self::Whole(i64::from_le_bytes(bytes).into()),
            Element::F16 | Element::F32 => Self::Single(element.number(bytes) as f32),
            Element::F64 => Self::Double(f64::from_le_bytes(bytes)),
            // They have at most 32 bits.
            _ => Self::Whole(element.number(bytes) as i128),
        }
    }

    fn is_finite(self) -> bool {
        match self {
            Self::Whole(_) => true,
            Self::Single(number) => number.is_finite(),
            Self::Double(number) => number.is_finite(),
        }
    }
}

/// The value of a half-precision number: 1 sign bit, 5 of exponent, 10 of fraction.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let exponent = i32::from(bits >> 10 & 0x1f);
    let fraction = f64::from(bits & 0x3ff) / 1024.0;
    sign * match exponent {
        0 => fraction * 2_f64.powi(-14),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction) * 2_f64.powi(exponent - 15),
    }
}

/// Whether no image holds such a number, but one whose bytes were read in the wrong order may.
fn is_absurd(number: f64) -> bool {
    !(1e-20..1e20).contains(&number.abs())
}

/// Reads exactly `count` numbers from `stream`, and makes sure that nothing follows. Asks for
/// memory as numbers arrive, not as they are announced.
pub(super) fn read_numbers(
    stream: impl Read,
    count: usize,
    element: Element,
    order: ByteOrder,
) -> Result<Pixels, ArrayError> {
    let width = element.width();
    let mut pixels = Pixels::default();
    let mut absurd = 0;
    let mut absurd_swapped = 0;
    let length = read_pieces(stream, count, width, |piece| {
        if element == Element::U8 {
            pixels.extend_from_bytes(piece);
            return Ok(());
        }
        for stored in piece.chunks_exact(width) {
            let mut bytes = little_endian(stored, order);
            let number = element.number(bytes);
            if matches!(element, Element::F32 | Element::F64) && number != 0.0 {
                absurd += usize::from(is_absurd(number));
                bytes[..width].reverse();
                absurd_swapped += usize::from(is_absurd(element.number(bytes)));
            }
            let number = number as f32;
            if !number.is_finite() {
                return Err(ArrayError::NotFinite(pixels.len()));
            }
            pixels.push(number);
        }
        Ok(())
    });
    let whole = matches!(length, Ok(()) | Err(ArrayError::Length { .. }));
    if whole && absurd > count / 2 && absurd_swapped == 0 {
        return Err(ArrayError::Swapped);
    }
    length.map(|()| pixels)
}

/// Reads exactly `count` numbers from `stream` one by one, as they are stored, and makes sure that
/// nothing follows.
#[cfg(feature = "readers")]
pub(super) fn read_exactly<E: From<ArrayError>>(
    stream: impl Read,
    count: usize,
    element: Element,
    order: ByteOrder,
    mut each: impl FnMut(Number) -> Result<(), E>,
) -> Result<(), E> {
    let mut place = 0;
    read_pieces(stream, count, element.width(), |piece| {
        for stored in piece.chunks_exact(element.width()) {
            let number = Number::of(element, little_endian(stored, order));
            if !number.is_finite() {
                return Err(ArrayError::NotFinite(place).into());
            }
            each(number)?;
            place += 1;
        }
        Ok(())
    })
}

/// Reads `count` numbers of so many bytes from `stream`, a piece at a time.
fn read_pieces<E: From<ArrayError>>(
    stream: impl Read,
    count: usize,
    width: usize,
    mut each: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    /// Bytes read at a time; a multiple of every width.
    const PIECE: usize = 1 << 16;
    let expected = count as u64 * width as u64;
    // One byte more than announced is enough to notice a file that is too long.
    let mut stream = stream.take(expected + 1);
    let mut piece = Vec::with_capacity(PIECE);
    let mut found = 0;
    loop {
        piece.clear();
        stream
            .by_ref()
            .take(PIECE as u64)
            .read_to_end(&mut piece)
            .map_err(ArrayError::Unpack)?;
        found += piece.len() as u64;
        if piece.is_empty() || found > expected {
            break;
        }
        each(&piece)?;
    }
    if found == expected {
        Ok(())
    } else {
        Err(ArrayError::Length { expected, found }.into())
    }
}

/// The bytes of a number, the least significant first.
fn little_endian(stored: &[u8], order: ByteOrder) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes[..stored.len()].copy_from_slice(stored);
    if order == ByteOrder::Big {
        bytes[..stored.len()].reverse();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_type_is_read_in_both_byte_orders() {
        type Bytes<'a> = (&'a [u8], &'a [u8]);
        let cases: [(Element, Bytes<'_>, f32); 11] = [
            (Element::U8, (&[200], &[200]), 200.0),
            (Element::I8, (&[0xff], &[0xff]), -1.0),
            (
                Element::U16,
                (&513_u16.to_le_bytes(), &513_u16.to_be_bytes()),
                513.0,
            ),
            (
                Element::I16,
                (&(-2_i16).to_le_bytes(), &(-2_i16).to_be_bytes()),
                -2.0,
            ),
            (
                Element::U32,
                (&70_000_u32.to_le_bytes(), &70_000_u32.to_be_bytes()),
                70_000.0,
            ),
            (
                Element::I32,
                (&(-70_000_i32).to_le_bytes(), &(-70_000_i32).to_be_bytes()),
                -70_000.0,
            ),
            (
                Element::U64,
                (&9_u64.to_le_bytes(), &9_u64.to_be_bytes()),
                9.0,
            ),
            (
                Element::I64,
                (&(-9_i64).to_le_bytes(), &(-9_i64).to_be_bytes()),
                -9.0,
            ),
            // IEEE 754: 0x3555 is 0.333251953125.
            (Element::F16, (&[0x55, 0x35], &[0x35, 0x55]), 0.333_251_95),
            (
                Element::F32,
                (&0.1_f32.to_le_bytes(), &0.1_f32.to_be_bytes()),
                0.1,
            ),
            (
                Element::F64,
                (&0.1_f64.to_le_bytes(), &0.1_f64.to_be_bytes()),
                0.1,
            ),
        ];
        for (element, (little, big), expected) in cases {
            for (bytes, order) in [(little, ByteOrder::Little), (big, ByteOrder::Big)] {
                let read = read_numbers(bytes, 1, element, order).unwrap();
                assert_eq!(read.into_floats(), [expected], "{element:?} {order:?}");
            }
        }
    }

    #[test]
    fn half_precision_has_zeros_small_numbers_and_infinities() {
        for (bits, expected) in [
            (0x0000, 0.0),
            (0x0001, 5.960_464_477_539_063e-8),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x7c00, f64::INFINITY),
        ] {
            assert_eq!(half(bits), expected, "{bits:#06x}");
        }
        assert!(half(0x7e00).is_nan());
    }

    #[test]
    fn too_few_too_many_and_not_finite_numbers_are_noticed() {
        let read = |bytes: &[u8]| read_numbers(bytes, 2, Element::F32, ByteOrder::Little);
        let mut bytes = [1.0_f32, 2.0].map(f32::to_le_bytes).concat();
        assert!(read(&bytes).is_ok());
        assert!(matches!(
            read(&bytes[..7]),
            Err(ArrayError::Length {
                expected: 8,
                found: 7
            })
        ));
        bytes.push(0);
        assert!(matches!(
            read(&bytes),
            Err(ArrayError::Length {
                expected: 8,
                found: 9
            })
        ));
        let bytes = [1.0, f32::NAN].map(f32::to_le_bytes).concat();
        assert!(matches!(read(&bytes), Err(ArrayError::NotFinite(1))));
        // Finite in the file, but beyond single precision.
        let large = 1e300_f64.to_le_bytes();
        assert!(matches!(
            read_numbers(&large[..], 1, Element::F64, ByteOrder::Little),
            Err(ArrayError::NotFinite(0))
        ));
    }
}
