//! IDX files of grey images (the format of MNIST), plain or gzip-compressed.

use std::io::Read;

use flate2::read::GzDecoder;

use super::{DataError, ImageSet};

/// Bytes 0 and 1 are zero, 8 means unsigned bytes, 3 means three axes: image, row, column.
const MAGIC: [u8; 4] = [0, 0, 8, 3];
const HEADER: usize = 16;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// More pixels than this are refused before any memory is asked for.
const MAX_BYTES: u64 = 512 * 1024 * 1024;

/// Reads an IDX file of images, unpacking it if it is gzip-compressed.
///
/// # Errors
/// If the file is not an IDX file of images, is empty, larger than 512 MiB of pixels, or longer or
/// shorter than its header says.
pub fn read(file: &[u8]) -> Result<ImageSet, DataError> {
    if file.starts_with(&GZIP_MAGIC) {
        read_stream(GzDecoder::new(file))
    } else {
        read_stream(file)
    }
}

fn read_stream(mut stream: impl Read) -> Result<ImageSet, DataError> {
    let unpack = |error: std::io::Error| DataError::Gzip(error.to_string());

    let mut header = Vec::with_capacity(HEADER);
    stream
        .by_ref()
        .take(HEADER as u64)
        .read_to_end(&mut header)
        .map_err(unpack)?;
    if header.len() < HEADER || header[..4] != MAGIC {
        return Err(DataError::NotIdxImages);
    }
    let number = |at: usize| u32::from_be_bytes([0, 1, 2, 3].map(|byte| header[at + byte]));
    let (count, height, width) = (number(4), number(8), number(12));

    let announced = u64::from(height)
        .checked_mul(u64::from(width))
        .and_then(|pixels| pixels.checked_mul(u64::from(count)))
        .unwrap_or(u64::MAX);
    if announced == 0 {
        return Err(DataError::Empty);
    }
    if announced > MAX_BYTES {
        return Err(DataError::TooLarge {
            bytes: announced,
            limit: MAX_BYTES,
        });
    }

    // One byte more than announced is enough to notice a file that is too long.
    let mut bytes = Vec::new();
    stream
        .take(announced + 1)
        .read_to_end(&mut bytes)
        .map_err(unpack)?;
    if bytes.len() as u64 != announced {
        return Err(DataError::WrongLength {
            expected: announced as usize,
            found: bytes.len(),
        });
    }
    Ok(ImageSet {
        height: height as usize,
        width: width as usize,
        bytes,
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn file(count: u32, height: u32, width: u32, pixels: &[u8]) -> Vec<u8> {
        let mut file = MAGIC.to_vec();
        for number in [count, height, width] {
            file.extend(number.to_be_bytes());
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
        let plain = file(2, 2, 3, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        let images = read(&plain).unwrap();
        assert_eq!(
            (images.count(), images.height, images.width),
            (2, 2, 3),
            "a non-square image keeps height and width apart"
        );
        assert_eq!(images.bytes[6..], [7, 8, 9, 10, 11, 12]);
        assert_eq!(read(&gzip(&plain)).unwrap(), images);
    }

    #[test]
    fn bad_files_are_refused_with_the_reason() {
        assert_eq!(read(b""), Err(DataError::NotIdxImages));
        assert_eq!(
            read(b"\0\0\x08\x01\0\0\0\x01\0\0\0\x01\0\0\0\x01\0"),
            Err(DataError::NotIdxImages)
        );
        assert_eq!(read(&file(0, 28, 28, &[])), Err(DataError::Empty));
        assert_eq!(
            read(&file(1, 2, 2, &[0; 3])),
            Err(DataError::WrongLength {
                expected: 4,
                found: 3
            })
        );
        assert_eq!(
            read(&file(1, 2, 2, &[0; 9])),
            Err(DataError::WrongLength {
                expected: 4,
                found: 5
            })
        );
        assert!(matches!(
            read(&file(u32::MAX, u32::MAX, u32::MAX, &[])),
            Err(DataError::TooLarge { .. })
        ));
        let packed = gzip(&file(1, 2, 2, &[0; 4]));
        assert!(matches!(
            read(&packed[..packed.len() - 9]),
            Err(DataError::Gzip(_) | DataError::WrongLength { .. })
        ));
    }

    #[test]
    fn a_compressed_file_is_unpacked_no_further_than_its_header_says() {
        // 64 MB of zeros behind a header that announces one image.
        let bomb = gzip(&file(1, 1, 1, &vec![0; 64 << 20]));
        assert_eq!(
            read(&bomb),
            Err(DataError::WrongLength {
                expected: 1,
                found: 2
            })
        );
    }
}
