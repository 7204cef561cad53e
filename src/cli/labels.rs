//! IDX files of labels (one byte an image), plain or gzip-compressed.

use std::io::Read;

use flate2::read::GzDecoder;

/// Bytes 0 and 1 are zero, 8 means unsigned bytes, 1 means one axis.
const MAGIC: [u8; 4] = [0, 0, 8, 1];
const HEADER: usize = 8;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// More labels than this are refused: one for every pixel that an image file may have.
const MAX_LABELS: u64 = 512 * 1024 * 1024;

/// The labels of a file; or what is wrong with it, in a sentence or two.
pub fn read(file: &[u8]) -> Result<Vec<u8>, String> {
    if !file.starts_with(&GZIP_MAGIC) {
        return labels(file);
    }
    let mut bytes = Vec::new();
    GzDecoder::new(file)
        .take(MAX_LABELS + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| {
            format!(
                "The file is damaged: its gzip data cannot be unpacked ({error}). Fetch it again."
            )
        })?;
    if bytes.len() as u64 > MAX_LABELS {
        let limit = MAX_LABELS / 1_000_000;
        return Err(format!(
            "The file unpacks to more than {limit} million labels, and no more can be read."
        ));
    }
    labels(&bytes)
}

fn labels(bytes: &[u8]) -> Result<Vec<u8>, String> {
    if bytes.len() < HEADER || bytes[..4] != MAGIC {
        return Err(
            "This is not an IDX file of labels: it should start with the bytes 00 00 08 01, \
             then the number of labels."
                .into(),
        );
    }
    let announced = u32::from_be_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]) as usize;
    let labels = &bytes[HEADER..];
    if labels.len() != announced {
        return Err(format!(
            "The file announces {announced} labels, but {} follow. It is cut short or damaged; \
             fetch it again.",
            labels.len()
        ));
    }
    Ok(labels.to_vec())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    const FILE: [u8; 11] = [0, 0, 8, 1, 0, 0, 0, 3, 7, 0, 9];

    #[test]
    fn plain_and_compressed_files_give_the_same_labels() {
        assert_eq!(read(&FILE).unwrap(), [7, 0, 9]);
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(&FILE).unwrap();
        let gzip = gzip.finish().unwrap();
        assert_eq!(read(&gzip).unwrap(), [7, 0, 9]);
        assert!(
            read(&gzip[..15])
                .unwrap_err()
                .contains("cannot be unpacked")
        );
    }

    #[test]
    fn bad_files_are_refused_with_the_reason() {
        for wrong in [&b""[..], b"\0\0\x08\x01", b"\0\0\x08\x03\0\0\0\x01\x05"] {
            assert!(
                read(wrong)
                    .unwrap_err()
                    .contains("not an IDX file of labels")
            );
        }
        let short = read(&FILE[..10]).unwrap_err();
        assert!(short.starts_with("The file announces 3 labels, but 2 follow."));
    }
}
