//! Pictures, PNG and JPEG, made grey and brought to one size.

use std::collections::HashMap;
use std::io::Cursor;

use png::{ColorType, Limits, Transformations};
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::error::ReadError;
use super::options::{Grey, Options};
use super::part::Images;
use super::paths::{self, Found};
use super::resize;
use super::source::{Entry, Kind, Source, megabytes};
use crate::data::Pixels;

/// Larger sides are proposed to be made so small: an autoencoder of dense layers grows with the
/// number of pixels.
pub const PROPOSED_SIDE: usize = 64;
/// The longest side to which pictures can be resized.
pub const MAX_SIDE: usize = 1024;
/// The most pixels of a picture as stored: 33 million. Less where less memory is allowed.
pub const MAX_PIXELS: usize = 1 << 25;
/// No pixel takes more bytes while a picture is being read.
const PIXEL_BYTES: usize = 16;
/// The most bytes of the file of a picture.
const MAX_FILE: u64 = 64 << 20;
/// No byte of compressed data holds more bytes than this (the deflate format).
const MAX_RATIO: usize = 1032;

/// A grey picture, from 0, black, to 255, white.
struct Picture {
    size: (usize, usize),
    pixels: Vec<f32>,
}

/// Reads all pictures among `entries`, which are nothing else.
pub(super) fn read(
    source: &mut Source<'_>,
    entries: &[Entry],
    options: &Options,
    notes: &mut Vec<String>,
    progress: &mut dyn FnMut(f64),
) -> Result<Images, ReadError> {
    let count = entries.len() as f64;
    // A tenth of the time, by guess: only the headers are looked at.
    let mut sizes = Vec::with_capacity(entries.len());
    for (place, entry) in entries.iter().enumerate() {
        let bytes = source.bytes(entry, MAX_FILE)?;
        sizes.push(size(entry, &bytes, options.max_bytes)?);
        progress(0.1 * place as f64 / count);
    }
    let to = target(&sizes, options, notes)?;
    let pixels_of_all = (to.0 * to.1).saturating_mul(entries.len());
    if pixels_of_all > options.max_bytes {
        let message = format!(
            "{} pictures of {} × {} pixels take more than the {} that can be held. Choose fewer \
             pictures or a smaller size.",
            entries.len(),
            to.0,
            to.1,
            megabytes(options.max_bytes as u64)
        );
        return Err(ReadError::of_all(message));
    }

    let mut all = Vec::with_capacity(pixels_of_all);
    for (place, entry) in entries.iter().enumerate() {
        let bytes = source.bytes(entry, MAX_FILE)?;
        let picture = decode(entry, &bytes, options.grey)?;
        let resized = resize::area(&picture.pixels, picture.size, to);
        all.extend(resized.iter().map(|value| value.round() as u8));
        progress(0.1 + 0.9 * (place + 1) as f64 / count);
    }
    let paths: Vec<String> = entries.iter().map(|entry| entry.path.clone()).collect();
    let (labels, found) = paths::of_files(&paths, Found::Folder);
    notes.push(paths::told(found, "pictures"));
    Ok(Images {
        name: String::new(),
        height: to.0,
        width: to.1,
        pixels: Pixels::Bytes(all),
        labels: Some(labels),
    })
}

/// The size to which all are brought: the chosen one, or the commonest, made smaller if it is large.
fn target(
    sizes: &[(usize, usize)],
    options: &Options,
    notes: &mut Vec<String>,
) -> Result<(usize, usize), ReadError> {
    let mut counts: HashMap<(usize, usize), usize> = HashMap::new();
    for &size in sizes {
        *counts.entry(size).or_default() += 1;
    }
    // Of sizes that are equally common the larger one, so that the choice is always the same.
    let commonest = counts.iter().max_by_key(|&(size, count)| (*count, *size));
    let &(height, width) = commonest.expect("there are pictures").0;
    let to = match options.size {
        Some((height @ 1..=MAX_SIDE, width @ 1..=MAX_SIDE)) => (height, width),
        Some((height, width)) => {
            let message = format!(
                "Pictures cannot be resized to {height} × {width} pixels. Choose sides from 1 to \
                 {MAX_SIDE}."
            );
            return Err(ReadError::of_all(message));
        }
        None if height.max(width) > PROPOSED_SIDE => {
            let largest = height.max(width);
            let scaled = |side: usize| (side * PROPOSED_SIDE).div_ceil(largest);
            (scaled(height), scaled(width))
        }
        None => (height, width),
    };
    let resized = sizes.iter().filter(|size| **size != to).count();
    if resized > 0 {
        notes.push(format!(
            "{resized} of {} pictures were resized to {} × {} pixels.",
            sizes.len(),
            to.0,
            to.1
        ));
    }
    // Of another shape by more than rounding explains.
    let stretched = sizes.iter().filter(|(height, width)| {
        let (a, b) = ((height * to.1) as f64, (width * to.0) as f64);
        (a - b).abs() > 0.05 * a.max(b)
    });
    let stretched = stretched.count();
    if stretched > 0 {
        notes.push(format!(
            "{stretched} of them are of another shape and were stretched."
        ));
    }
    Ok(to)
}

/// Height and width by the header, within limits.
fn size(entry: &Entry, bytes: &[u8], max_bytes: usize) -> Result<(usize, usize), ReadError> {
    let size = if entry.kind == Kind::Png {
        bytes.get(16..24).map(|sizes| {
            let side = |at: usize| {
                sizes[at..at + 4]
                    .iter()
                    .fold(0, |side, &byte| side << 8 | u64::from(byte))
            };
            (side(4) as usize, side(0) as usize)
        })
    } else {
        let mut decoder = JpegDecoder::new_with_options(Cursor::new(bytes), jpeg_options());
        decoder
            .decode_headers()
            .map_err(|error| damaged(entry, error))?;
        let info = decoder.info();
        info.map(|info| (usize::from(info.height), usize::from(info.width)))
    };
    let (height, width) = size.ok_or_else(|| damaged(entry, "it ends within its header"))?;
    let limit = MAX_PIXELS.min(max_bytes / PIXEL_BYTES);
    if height == 0 || width == 0 || height.saturating_mul(width) > limit {
        let message = format!(
            "The picture announces {height} × {width} pixels, and from 1 to {limit} can be read. \
             Make it smaller or leave it out."
        );
        return Err(ReadError::new(&entry.name, message));
    }
    // A bit is the least that a pixel takes.
    if entry.kind == Kind::Png && height * width / 8 > bytes.len().saturating_mul(MAX_RATIO) {
        return Err(damaged(entry, "it is too short for the size it announces"));
    }
    Ok((height, width))
}

fn damaged(entry: &Entry, reason: impl std::fmt::Display) -> ReadError {
    let reason = reason.to_string();
    let reason = reason.trim_end_matches('.');
    let message =
        format!("The picture is damaged or cut short ({reason}). Fetch it again or leave it out.");
    ReadError::new(&entry.name, message)
}

fn decode(entry: &Entry, bytes: &[u8], grey: Grey) -> Result<Picture, ReadError> {
    match entry.kind {
        Kind::Png => decode_png(entry, bytes, grey),
        _ => decode_jpeg(entry, bytes, grey),
    }
}

fn decode_png(entry: &Entry, bytes: &[u8], grey: Grey) -> Result<Picture, ReadError> {
    // Of the four bytes of a colour and some working space.
    let limits = Limits {
        bytes: MAX_PIXELS * 4 + (16 << 20),
    };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let mut reader = decoder.read_info().map_err(|error| damaged(entry, error))?;
    // png 0.18.1 panics on such palettes (image-rs/image-png#694).
    let palette = reader.info().palette.as_ref();
    if palette.is_some_and(|palette| !palette.len().is_multiple_of(3)) {
        return Err(damaged(entry, "a colour of its palette is not whole"));
    }
    let length = reader
        .output_buffer_size()
        .filter(|&length| length <= MAX_PIXELS * 4)
        .ok_or_else(|| damaged(entry, "its size cannot be held"))?;
    let mut buffer = vec![0; length];
    let frame = reader
        .next_frame(&mut buffer)
        .map_err(|error| damaged(entry, error))?;
    let channels = match frame.color_type {
        ColorType::Grayscale | ColorType::Indexed => 1,
        ColorType::GrayscaleAlpha => 2,
        ColorType::Rgb => 3,
        ColorType::Rgba => 4,
    };
    Ok(Picture {
        size: (frame.height as usize, frame.width as usize),
        pixels: greyed(&buffer[..frame.buffer_size()], channels, grey),
    })
}

fn jpeg_options() -> DecoderOptions {
    DecoderOptions::default()
        .set_max_width(1 << 16)
        .set_max_height(1 << 16)
        .set_strict_mode(true)
        .jpeg_set_out_colorspace(ColorSpace::RGB)
}

fn decode_jpeg(entry: &Entry, bytes: &[u8], grey: Grey) -> Result<Picture, ReadError> {
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(bytes), jpeg_options());
    let buffer = decoder.decode().map_err(|error| damaged(entry, error))?;
    let info = decoder
        .info()
        .ok_or_else(|| damaged(entry, "it has no header"))?;
    let size = (usize::from(info.height), usize::from(info.width));
    let channels = buffer.len() / (size.0 * size.1).max(1);
    if !matches!(channels, 1 | 3) || channels * size.0 * size.1 != buffer.len() {
        return Err(damaged(entry, "its colours cannot be read"));
    }
    Ok(Picture {
        size,
        pixels: greyed(&buffer, channels, grey),
    })
}

/// Grey pixels from 1 to 4 channels; the second or fourth is opacity, over white.
fn greyed(bytes: &[u8], channels: usize, grey: Grey) -> Vec<f32> {
    let over_white = |value: f32, opacity: u8| {
        let opacity = f32::from(opacity) / 255.0;
        value * opacity + 255.0 * (1.0 - opacity)
    };
    bytes
        .chunks_exact(channels)
        .map(|pixel| match *pixel {
            [red, green, blue] => grey.of([red, green, blue].map(f32::from)),
            [red, green, blue, opacity] => {
                over_white(grey.of([red, green, blue].map(f32::from)), opacity)
            }
            [value, opacity] => over_white(value.into(), opacity),
            _ => pixel[0].into(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commonest_size_is_taken_and_made_smaller_if_it_is_large() {
        let target = |sizes: &[(usize, usize)], size| {
            let options = Options {
                size,
                ..Options::default()
            };
            let mut notes = Vec::new();
            (target(sizes, &options, &mut notes), notes)
        };
        assert_eq!(
            target(&[(28, 28), (28, 28)], None),
            (Ok((28, 28)), Vec::new())
        );
        let (size, notes) = target(&[(20, 10), (20, 10), (9, 9)], None);
        assert_eq!(size, Ok((20, 10)));
        assert_eq!(
            notes,
            [
                "1 of 3 pictures were resized to 20 × 10 pixels.",
                "1 of them are of another shape and were stretched."
            ]
        );
        assert_eq!(target(&[(480, 640)], None).0, Ok((48, 64)));
        assert_eq!(target(&[(480, 640)], Some((32, 16))).0, Ok((32, 16)));
        assert!(target(&[(480, 640)], Some((0, 16))).0.is_err());
    }

    #[test]
    fn opacity_is_over_white() {
        assert_eq!(
            greyed(&[0, 255, 0, 0, 100, 51], 2, Grey::Luma),
            [0.0, 255.0, 224.0]
        );
        assert_eq!(greyed(&[30, 60, 90, 255], 4, Grey::Mean), [60.0]);
    }
}
