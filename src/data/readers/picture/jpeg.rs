//! JPEG pictures.

use std::io::Cursor;

use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::exif::Turn;
use super::stored::{Header, Samples, Stored, light};

/// What is shown where pixels are missing.
const FILL: u8 = 128;
/// A picture that lacks a larger share of its rows is none.
const MISSING: f64 = 0.1;

fn options(strict: bool) -> DecoderOptions {
    DecoderOptions::default()
        .set_max_width(1 << 16)
        .set_max_height(1 << 16)
        .set_strict_mode(strict)
        .jpeg_set_out_colorspace(ColorSpace::RGB)
}

/// What stands before the pixels, without their being read.
pub(super) fn header(file: &[u8]) -> Result<Option<Header>, String> {
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(file), options(false));
    let read = decoder.decode_headers();
    read.map_err(|error| error.to_string())?;
    Ok(decoder.info().map(|info| Header {
        size: (info.height.into(), info.width.into()),
        turn: decoder
            .exif()
            .map_or(Turn::NONE, |exif| Turn::of_exif(exif)),
        is_deep: false,
    }))
}

pub(super) fn decode(file: &[u8]) -> Result<Stored, String> {
    let strictly = decode_as(file, true);
    let Err(reason) = strictly else {
        return strictly;
    };
    let mut stored = decode_as(file, false).map_err(|_| reason.clone())?;
    if let Samples::Bytes(bytes) = &stored.samples {
        let missing = bytes.iter().rev().take_while(|&&byte| byte == FILL).count();
        if missing as f64 > MISSING * bytes.len() as f64 {
            return Err(reason);
        }
    }
    stored.blemish = Some("damaged or cut short near their end");
    Ok(stored)
}

fn decode_as(file: &[u8], strict: bool) -> Result<Stored, String> {
    let options = options(strict);
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(file), options);
    decoder
        .decode_headers()
        .map_err(|error| error.to_string())?;
    let colours = decoder.input_colorspace();
    let is_ink = matches!(colours, Some(ColorSpace::CMYK | ColorSpace::YCCK));
    if let (true, Some(colours)) = (is_ink, colours) {
        if !has_adobe_marker(file) {
            let reason =
                "it is CMYK and does not say whether 0 is full ink or none: save it as RGB";
            return Err(reason.into());
        }
        decoder.set_options(options.jpeg_set_out_colorspace(colours));
    }
    let mut buffer = decoder.decode().map_err(|error| error.to_string())?;
    let info = decoder.info().ok_or("it has no header")?;
    let size = (usize::from(info.height), usize::from(info.width));
    let mut channels = buffer.len() / (size.0 * size.1).max(1);
    if !matches!(channels, 1 | 3 | 4) || channels * size.0 * size.1 != buffer.len() {
        return Err("its colours cannot be read".into());
    }
    if colours == Some(ColorSpace::Luma) && channels == 3 {
        buffer = buffer.chunks_exact(3).map(|pixel| pixel[0]).collect();
        channels = 1;
    }
    if channels == 4 {
        let of_inks = |pixel: &[u8]| match colours {
            Some(ColorSpace::YCCK) => of_ycck([pixel[0], pixel[1], pixel[2]], pixel[3]),
            // Adobe's programs store inks inverted, as light.
            _ => [0, 1, 2].map(|ink| light(pixel[ink], pixel[3])),
        };
        buffer = buffer.chunks_exact(4).flat_map(of_inks).collect();
        channels = 3;
    }
    Ok(Stored {
        size,
        channels,
        samples: Samples::Bytes(buffer),
        blemish: None,
    })
}

/// Brightness and colours (JFIF) of what is the inverse of light, and light of black.
fn of_ycck([luma, blue, red]: [u8; 3], black: u8) -> [u8; 3] {
    let [luma, blue, red] = [luma, blue, red].map(f32::from);
    let (blue, red) = (blue - 128.0, red - 128.0);
    let inverse = [
        luma + 1.402 * red,
        luma - 0.344_136 * blue - 0.714_136 * red,
        luma + 1.772 * blue,
    ];
    inverse.map(|inverse| light(255 - inverse.round() as u8, black))
}

/// Whether Adobe's mark stands among the segments before the pixels.
fn has_adobe_marker(file: &[u8]) -> bool {
    let mut at = 2;
    while let Some(&[0xff, kind, high, low]) = file.get(at..at + 4) {
        let length = usize::from(u16::from_be_bytes([high, low]));
        match kind {
            0xee if file[at + 4..].starts_with(b"Adobe") => return true,
            0xda => return false,
            0xff => at += 1,
            _ => at += 2 + length,
        }
    }
    false
}
