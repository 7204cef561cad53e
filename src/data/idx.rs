//! IDX files (the format of MNIST), plain or gzip-compressed.

use std::io::Read;

use flate2::read::GzDecoder;

use super::array::{Array, ArrayError, ByteOrder, Element, read_numbers};
use super::{DataError, ImageSet, ImageShape, Pixels};

/// Axes of a file of images: image, row, column.
const IMAGE_AXES: usize = 3;
pub(super) const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// More bytes of pixels than this are refused before any memory is asked for.
const MAX_BYTES: u64 = 512 * 1024 * 1024;

/// The element types by their number, the third byte of a file.
const ELEMENTS: [(u8, Element); 6] = [
    (0x08, Element::U8),
    (0x09, Element::I8),
    (0x0b, Element::I16),
    (0x0c, Element::I32),
    (0x0d, Element::F32),
    (0x0e, Element::F64),
];

/// Reads an IDX file of images, unpacking it if it is gzip-compressed. Its pixels are bytes, from 0,
/// black, to 255, white, or floats.
///
/// # Errors
/// If the file is not an IDX file of images, is empty, larger than 512 MiB of pixels, longer or
/// shorter than its header says, or has floats that are not finite.
pub fn read(file: &[u8]) -> Result<ImageSet, DataError> {
    let array = if file.starts_with(&GZIP_MAGIC) {
        read_array(GzDecoder::new(file), MAX_BYTES)?
    } else {
        read_array(file, MAX_BYTES)?
    };
    let image = match *array.shape.as_slice() {
        [_, height, width] => ImageShape::grey(height, width),
        [_, height, width, channels] => ImageShape {
            height,
            width,
            channels,
        },
        _ => return Err(DataError::NotIdxImages),
    };
    let pixels = match array.element {
        Element::U8 => array.values,
        Element::F32 | Element::F64 => Pixels::Floats(array.values.into_floats()),
        _ => return Err(DataError::NotIdxImages),
    };
    Ok(ImageSet { image, pixels })
}

/// Writes images as a plain IDX file, of bytes or of single-precision floats: images × height × width,
/// and × channels where a pixel has several numbers.
#[must_use]
pub fn write(images: &ImageSet) -> Vec<u8> {
    let element = match &images.pixels {
        Pixels::Bytes(_) => 0x08,
        Pixels::Floats(_) => 0x0d,
    };
    let ImageShape {
        height,
        width,
        channels,
    } = images.image;
    let sizes = [images.count(), height, width, channels];
    let sizes = &sizes[..if channels == 1 {
        IMAGE_AXES
    } else {
        IMAGE_AXES + 1
    }];
    let header = 4 + 4 * sizes.len();
    let mut file = Vec::with_capacity(header + images.pixels.memory());
    file.extend([0, 0, element, sizes.len() as u8]);
    for &size in sizes {
        file.extend((size as u32).to_be_bytes());
    }
    match &images.pixels {
        Pixels::Bytes(bytes) => file.extend(bytes),
        Pixels::Floats(floats) => file.extend(floats.iter().flat_map(|float| float.to_be_bytes())),
    }
    file
}

/// Whether a file that starts like this is an IDX file: two zeros, a type, a number of axes.
#[cfg(feature = "readers")]
pub(super) fn recognises(start: &[u8]) -> bool {
    matches!(start, [0, 0, element, 1..=4, ..]
        if ELEMENTS.iter().any(|(number, _)| number == element))
}

/// Reads an IDX file of any element type and of up to four axes, whose numbers take at most `limit`
/// bytes here and there.
pub(super) fn read_array(mut stream: impl Read, limit: u64) -> Result<Array, DataError> {
    let (shape, element) = read_header(&mut stream, limit)?;
    let count = shape.iter().product();
    let values = read_numbers(stream, count, element, ByteOrder::Big)?;
    Ok(Array {
        shape,
        element,
        values,
    })
}

/// The shape of the array that follows in `stream`, and what its numbers are stored as; they take at
/// most `limit` bytes.
pub(super) fn read_header(
    stream: &mut impl Read,
    limit: u64,
) -> Result<(Vec<usize>, Element), DataError> {
    let unpack = |error: std::io::Error| DataError::Gzip(error.to_string());
    let mut header = |bytes: usize| -> Result<Vec<u8>, DataError> {
        let mut header = Vec::with_capacity(bytes);
        let mut part = stream.by_ref().take(bytes as u64);
        part.read_to_end(&mut header).map_err(unpack)?;
        if header.len() == bytes {
            Ok(header)
        } else {
            Err(DataError::NotIdxImages)
        }
    };

    let magic = header(4)?;
    let &[0, 0, number, axes @ 1..=4] = magic.as_slice() else {
        return Err(DataError::NotIdxImages);
    };
    let (_, element) = *ELEMENTS
        .iter()
        .find(|(known, _)| *known == number)
        .ok_or(DataError::NotIdxImages)?;
    let sizes = header(4 * usize::from(axes))?;
    let product = |read: fn([u8; 4]) -> u32| -> (Vec<usize>, u64) {
        let shape: Vec<u32> = sizes
            .chunks_exact(4)
            .map(|bytes| read([bytes[0], bytes[1], bytes[2], bytes[3]]))
            .collect();
        let count = shape
            .iter()
            .try_fold(1_u64, |count, &size| count.checked_mul(size.into()))
            .unwrap_or(u64::MAX);
        (shape.iter().map(|&size| size as usize).collect(), count)
    };

    let (shape, count) = product(u32::from_be_bytes);
    if count == 0 {
        return Err(DataError::Empty);
    }
    let bytes = count.saturating_mul(element.width() as u64);
    if bytes > limit {
        let (_, swapped) = product(u32::from_le_bytes);
        let swapped = swapped.saturating_mul(element.width() as u64);
        return Err(if (1..=limit).contains(&swapped) {
            DataError::LittleEndian
        } else {
            DataError::TooLarge { bytes, limit }
        });
    }
    Ok((shape, element))
}

impl From<ArrayError> for DataError {
    fn from(error: ArrayError) -> Self {
        match error {
            ArrayError::Unpack(error) => Self::Gzip(error.to_string()),
            ArrayError::Length { expected, found } => Self::WrongLength {
                expected: expected as usize,
                found: found as usize,
            },
            ArrayError::NotFinite(place) => Self::NotFinite(place),
            ArrayError::Swapped => Self::LittleEndian,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    const BYTES: [u8; 4] = [0, 0, 0x08, 3];

    fn file(magic: [u8; 4], sizes: &[u32], pixels: &[u8]) -> Vec<u8> {
        let mut file = magic.to_vec();
        for size in sizes {
            file.extend(size.to_be_bytes());
        }
        file.extend(pixels);
        file
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn plain_and_compressed_files_give_the_same_images() {
        let plain = file(BYTES, &[2, 2, 3], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        let images = read(&plain).unwrap();
        assert_eq!(
            (images.count(), images.image),
            (2, ImageShape::grey(2, 3)),
            "a non-square image keeps height and width apart"
        );
        assert_eq!(images.shades()[6..], [7, 8, 9, 10, 11, 12]);
        assert_eq!(read(&gzip(&plain)).unwrap(), images);
    }

    #[test]
    fn what_is_written_is_read_back_exactly() {
        let bytes = ImageSet::from_bytes(1, 3, vec![0, 128, 255, 1, 2, 3]);
        assert_eq!(read(&write(&bytes)).unwrap(), bytes);
        let floats = ImageSet {
            image: ImageShape::grey(2, 1),
            pixels: Pixels::Floats(vec![0.0, 1.0, 0.1, f32::MIN_POSITIVE]),
        };
        let read = read(&write(&floats)).unwrap();
        assert_eq!(read, floats);
        assert_eq!(read.intensities(1).next(), Some(0.1));
        let colours = ImageSet {
            image: ImageShape {
                height: 1,
                width: 2,
                channels: 3,
            },
            pixels: Pixels::Bytes((0..12).collect()),
        };
        assert_eq!(super::read(&write(&colours)).unwrap(), colours);
    }

    #[test]
    fn floats_that_are_only_black_and_white_stay_floats() {
        let images = ImageSet {
            image: ImageShape::grey(1, 2),
            pixels: Pixels::Floats(vec![0.0, 1.0]),
        };
        let read = read(&write(&images)).unwrap();
        assert_eq!(read.intensities(0).collect::<Vec<_>>(), [0.0, 1.0]);
    }

    #[test]
    fn labels_and_other_element_types_are_arrays_too() {
        let labels = file([0, 0, 0x08, 1], &[3], &[7, 0, 2]);
        let labels = read_array(labels.as_slice(), 3).unwrap();
        assert_eq!(labels.shape, [3]);
        assert_eq!(labels.values.into_floats(), [7.0, 0.0, 2.0]);

        let shorts = file([0, 0, 0x0b, 2], &[1, 2], &[0xff, 0xfe, 1, 0]);
        let shorts = read_array(shorts.as_slice(), 4).unwrap();
        assert_eq!(shorts.shape, [1, 2]);
        assert_eq!(shorts.values.into_floats(), [-2.0, 256.0]);
    }

    #[test]
    fn bad_files_are_refused_with_the_reason() {
        assert_eq!(read(b""), Err(DataError::NotIdxImages));
        assert_eq!(
            read(b"\0\0\x08\x01\0\0\0\x01\0"),
            Err(DataError::NotIdxImages)
        );
        assert_eq!(read(&file(BYTES, &[0, 28, 28], &[])), Err(DataError::Empty));
        assert_eq!(
            read(&file(BYTES, &[1, 2, 2], &[0; 3])),
            Err(DataError::WrongLength {
                expected: 4,
                found: 3
            })
        );
        assert_eq!(
            read(&file(BYTES, &[1, 2, 2], &[0; 9])),
            Err(DataError::WrongLength {
                expected: 4,
                found: 5
            })
        );
        assert!(matches!(
            read(&file(BYTES, &[u32::MAX; 3], &[])),
            Err(DataError::TooLarge { .. })
        ));
        let packed = gzip(&file(BYTES, &[1, 2, 2], &[0; 4]));
        assert!(matches!(
            read(&packed[..packed.len() - 9]),
            Err(DataError::Gzip(_) | DataError::WrongLength { .. })
        ));
    }

    #[test]
    fn floats_that_are_not_finite_or_swapped_are_refused() {
        let floats = |value: f32| file([0, 0, 0x0d, 3], &[1, 1, 1], &value.to_be_bytes());
        assert_eq!(read(&floats(1.5)).unwrap().intensities(0).next(), Some(1.5));
        assert_eq!(read(&floats(f32::NAN)), Err(DataError::NotFinite(0)));
        let swapped = [10_u32, 28, 28].map(u32::swap_bytes);
        assert_eq!(
            read(&file(BYTES, &swapped, &[0; 7840])),
            Err(DataError::LittleEndian)
        );
    }

    #[test]
    fn a_compressed_file_is_unpacked_no_further_than_its_header_says() {
        // 64 MB of zeros behind a header that announces one image.
        let bomb = gzip(&file(BYTES, &[1, 1, 1], &vec![0; 64 << 20]));
        assert_eq!(
            read(&bomb),
            Err(DataError::WrongLength {
                expected: 1,
                found: 2
            })
        );
    }
}
