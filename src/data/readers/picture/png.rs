//! PNG pictures.

use std::io::Cursor;

use png::{BitDepth, ColorType, Decoder, Limits, Transformations};

use super::MAX_PIXELS;
use super::exif::Turn;
use super::stored::{Header, Samples, Stored};

/// The most bytes of a pixel as stored: four numbers of two bytes.
const PIXEL: usize = 8;

/// What stands before the pixels, without their being read.
pub(super) fn header(file: &[u8]) -> Option<Header> {
    let number = |at: usize| -> Option<usize> {
        let bytes = file.get(at..at.checked_add(4)?)?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?) as usize)
    };
    let mut header = Header {
        size: (number(20)?, number(16)?),
        turn: Turn::NONE,
        is_deep: *file.get(24)? == 16,
    };
    let mut at = 8;
    while let (Some(length), Some(kind)) = (number(at), file.get(at + 4..at + 8)) {
        match kind {
            b"eXIf" => {
                let exif = file.get(at + 8..(at + 8).checked_add(length)?);
                header.turn = Turn::of_exif(exif.unwrap_or_default());
                break;
            }
            b"IDAT" | b"IEND" => break,
            _ => at = at.checked_add(length)?.checked_add(12)?,
        }
    }
    Some(header)
}

pub(super) fn decode(file: &[u8]) -> Result<Stored, String> {
    // Of the bytes of all pixels and some working space.
    let limits = Limits {
        bytes: MAX_PIXELS * PIXEL + (16 << 20),
    };
    let mut decoder = Decoder::new_with_limits(Cursor::new(file), limits);
    decoder.set_transformations(Transformations::EXPAND);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let mut reader = decoder.read_info().map_err(|error| error.to_string())?;
    // png 0.18.1 panics on such palettes (image-rs/image-png#694).
    let palette = reader.info().palette.as_ref();
    if palette.is_some_and(|palette| !palette.len().is_multiple_of(3)) {
        return Err("a colour of its palette is not whole".into());
    }
    let length = reader
        .output_buffer_size()
        .filter(|&length| length <= MAX_PIXELS * PIXEL)
        .ok_or("its size cannot be held")?;
    let mut buffer = vec![0; length];
    let frame = reader
        .next_frame(&mut buffer)
        .map_err(|error| error.to_string())?;
    buffer.truncate(frame.buffer_size());
    let words = || {
        buffer
            .chunks_exact(2)
            .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
    };
    Ok(Stored {
        size: (frame.height as usize, frame.width as usize),
        channels: match frame.color_type {
            ColorType::Grayscale | ColorType::Indexed => 1,
            ColorType::GrayscaleAlpha => 2,
            ColorType::Rgb => 3,
            ColorType::Rgba => 4,
        },
        samples: match frame.bit_depth {
            BitDepth::Sixteen => Samples::Deep(words().collect()),
            _ => Samples::Bytes(buffer),
        },
        blemish: None,
    })
}
