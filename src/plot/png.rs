//! Just enough PNG to embed a map in an SVG.

use std::io::Write;

use flate2::{Compression, Crc, write::ZlibEncoder};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A PNG of `size` (width, height) from red, green and blue bytes, row after row.
///
/// Maps are blocks of equal pixels, which compress well as they are: rows are not filtered.
pub(super) fn encode(size: (u32, u32), pixels: &[u8]) -> Vec<u8> {
    let mut header = [size.0.to_be_bytes(), size.1.to_be_bytes()].concat();
    // 8 bits a channel, red-green-blue, and the only methods there are.
    header.extend([8, 2, 0, 0, 0]);

    let mut rows = ZlibEncoder::new(Vec::new(), Compression::best());
    for row in pixels.chunks((3 * size.0 as usize).max(1)) {
        rows.write_all(&[0]).expect("memory takes every write");
        rows.write_all(row).expect("memory takes every write");
    }
    let rows = rows.finish().expect("memory takes every write");

    let mut file = SIGNATURE.to_vec();
    for (kind, data) in [(b"IHDR", &header), (b"IDAT", &rows), (b"IEND", &Vec::new())] {
        let mut sum = Crc::new();
        sum.update(kind);
        sum.update(data);
        file.extend((data.len() as u32).to_be_bytes());
        file.extend(kind);
        file.extend(data);
        file.extend(sum.sum().to_be_bytes());
    }
    file
}

pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let number = (0..3).fold(0, |number, at| {
            number << 8 | u32::from(group.get(at).copied().unwrap_or(0))
        });
        for digit in 0..4 {
            text.push(if digit <= group.len() {
                char::from(DIGITS[(number >> (18 - 6 * digit)) as usize & 63])
            } else {
                '='
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::ZlibDecoder;

    use super::*;

    #[test]
    fn base64_pads_to_four() {
        let text = |bytes: &[u8]| base64(bytes);
        assert_eq!(text(b""), "");
        assert_eq!(text(b"f"), "Zg==");
        assert_eq!(text(b"fo"), "Zm8=");
        assert_eq!(text(b"foo"), "Zm9v");
        assert_eq!(text(b"foobar"), "Zm9vYmFy");
        assert_eq!(text(&[0xfb, 0xff]), "+/8=");
    }

    #[test]
    fn a_png_has_its_size_and_its_pixels() {
        let pixels: Vec<u8> = (0..2 * 3 * 3).collect();
        let file = encode((3, 2), &pixels);
        assert!(file.starts_with(SIGNATURE));
        assert_eq!(&file[12..16], b"IHDR");
        assert_eq!(file[16..24], [0, 0, 0, 3, 0, 0, 0, 2]);
        // The check sum of an empty IEND is the same in every PNG.
        assert!(file.ends_with(b"\0\0\0\0IEND\xae\x42\x60\x82"));
        let data = &file[41..];
        let mut rows = Vec::new();
        ZlibDecoder::new(data).read_to_end(&mut rows).unwrap();
        assert_eq!(rows.len(), 2 * (1 + 9));
        assert_eq!(rows[1..10], pixels[..9]);
        assert_eq!(rows[11..], pixels[9..]);
    }
}
