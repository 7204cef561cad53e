//! TIFF pictures: the first page, in grey or colours, of integers or floats.

use std::io::Cursor;

use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

use super::PIXEL_BYTES;
use super::exif::Turn;
use super::stored::{Header, Samples, Stored, light};

/// What stands before the pixels, without their being read.
pub(super) fn header(file: &[u8]) -> Result<Header, String> {
    let mut decoder = open(file)?;
    let (width, height) = decoder.dimensions().map_err(|error| error.to_string())?;
    let colours = decoder.colortype().map_err(|error| error.to_string())?;
    let turn = decoder.find_tag_unsigned(Tag::Orientation);
    Ok(Header {
        size: (height as usize, width as usize),
        turn: Turn::new(turn.ok().flatten().unwrap_or(1)),
        is_deep: colours.bit_depth() > 8,
    })
}

fn open(file: &[u8]) -> Result<Decoder<Cursor<&[u8]>>, String> {
    if longest_field(file).is_some_and(|count| count > file.len() as u64) {
        return Err("one of its fields is longer than the file".into());
    }
    Decoder::new(Cursor::new(file)).map_err(|error| error.to_string())
}

/// How many values the longest field of the first page says it has: the decoder takes memory for
/// them before any limit can be set.
fn longest_field(file: &[u8]) -> Option<u64> {
    let little = file.starts_with(b"II");
    let number = |at: u64, bytes: u64| -> Option<u64> {
        let at = usize::try_from(at).ok()?;
        let digits = file.get(at..at.checked_add(bytes as usize)?)?;
        let value = |value: u64, &digit: &u8| value << 8 | u64::from(digit);
        Some(if little {
            digits.iter().rev().fold(0, value)
        } else {
            digits.iter().fold(0, value)
        })
    };
    // BigTIFF has 64 bits where TIFF has 32.
    let (wide, start) = match number(2, 2)? {
        43 => (8, number(8, 8)?),
        _ => (4, number(4, 4)?),
    };
    let counted = if wide == 8 { 8 } else { 2 };
    let entry = 4 + 2 * wide;
    let fields = number(start, counted)?.min(file.len() as u64 / entry);
    let count = |field| number(start.checked_add(counted + field * entry + 4)?, wide);
    (0..fields).map_while(count).max()
}

/// What the pixels may take, and the tiles or strips, which may reach beyond the picture.
fn limits(pixels: usize) -> Limits {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = pixels.saturating_mul(PIXEL_BYTES);
    limits.intermediate_buffer_size = (4 * limits.decoding_buffer_size).max(1 << 20);
    limits
}

/// The first page; whether there are more.
pub(super) fn decode(file: &[u8]) -> Result<(Stored, bool), String> {
    let mut decoder = open(file)?;
    let (width, height) = decoder.dimensions().map_err(|error| error.to_string())?;
    let size = (height as usize, width as usize);
    decoder = decoder.with_limits(limits(size.0 * size.1));
    let colours = decoder.colortype().map_err(|error| error.to_string())?;
    let has_opacity = decoder.find_tag_unsigned_vec(Tag::ExtraSamples);
    let has_opacity = matches!(has_opacity, Ok(Some(kinds)) if matches!(kinds[..], [1_u16 | 2]));
    let (channels, bits) = match colours {
        ColorType::Gray(bits) => (1, bits),
        ColorType::GrayA(bits) => (2, bits),
        ColorType::RGB(bits) => (3, bits),
        ColorType::RGBA(bits) | ColorType::CMYK(bits) => (4, bits),
        ColorType::Multiband {
            bit_depth,
            num_samples: 2,
        } if has_opacity => (2, bit_depth),
        other => {
            return Err(format!(
                "its colours are {other:?}, which cannot be read: save it as grey or RGB"
            ));
        }
    };
    let mut read = DecodingResult::U8(Vec::new());
    let layout = decoder.read_image_to_buffer(&mut read);
    let layout = layout.map_err(|error| error.to_string())?;
    let samples = match read {
        DecodingResult::U8(bytes) if bits < 8 => Samples::Bytes(unpacked(&bytes, size, bits)),
        DecodingResult::U8(bytes) => Samples::Bytes(bytes),
        DecodingResult::U16(words) => Samples::Deep(words),
        DecodingResult::U32(all) => floats(all, |value| value as f32),
        DecodingResult::F16(all) => floats(all, f32::from),
        DecodingResult::F32(floats) => Samples::Floats(floats),
        DecodingResult::F64(all) => floats(all, |value| value as f32),
        DecodingResult::I8(all) => floats(all, f32::from),
        DecodingResult::I16(all) => floats(all, f32::from),
        DecodingResult::I32(all) => floats(all, |value| value as f32),
        DecodingResult::U64(_) | DecodingResult::I64(_) => {
            return Err("its numbers have 64 bits: save it with 8 or 16".into());
        }
    };
    let pixels = size.0 * size.1;
    let samples = match samples {
        Samples::Bytes(all) => Samples::Bytes(joined(all, pixels, channels, layout.planes)?),
        Samples::Deep(all) => Samples::Deep(joined(all, pixels, channels, layout.planes)?),
        Samples::Floats(all) => {
            if all.iter().any(|value| !value.is_finite()) {
                return Err("one of its numbers is not finite".into());
            }
            Samples::Floats(joined(all, pixels, channels, layout.planes)?)
        }
    };
    let mut stored = Stored {
        size,
        channels,
        samples,
        blemish: None,
    };
    if matches!(colours, ColorType::CMYK(_)) {
        let Samples::Bytes(inks) = &stored.samples else {
            return Err("it is CMYK of more than 8 bits: save it as RGB".into());
        };
        let mixed = inks.chunks_exact(4);
        let mixed = mixed.flat_map(|ink| [0, 1, 2].map(|of| light(255 - ink[of], 255 - ink[3])));
        stored.samples = Samples::Bytes(mixed.collect());
        stored.channels = 3;
    }
    Ok((stored, decoder.more_images()))
}

fn floats<T>(all: Vec<T>, to: impl Fn(T) -> f32) -> Samples {
    Samples::Floats(all.into_iter().map(to).collect())
}

/// Grey of less than a byte, as bytes from 0 to 255. Every row starts with a byte.
fn unpacked(bytes: &[u8], (_, width): (usize, usize), bits: u8) -> Vec<u8> {
    let in_byte = 8 / usize::from(bits);
    let most = (1_u16 << bits) - 1;
    let rows = bytes.chunks_exact(width.div_ceil(in_byte).max(1));
    rows.flat_map(|row| {
        (0..width).map(move |column| {
            let shift = 8 - usize::from(bits) * (column % in_byte + 1);
            let value = u16::from(row[column / in_byte] >> shift) & most;
            (value * 255 / most) as u8
        })
    })
    .collect()
}

/// The channels of every pixel next to each other, if they were stored one after another.
fn joined<T: Copy>(
    all: Vec<T>,
    pixels: usize,
    channels: usize,
    planes: usize,
) -> Result<Vec<T>, String> {
    if all.len() != pixels * channels {
        return Err("its size and its pixels do not fit".into());
    }
    if planes < 2 {
        return Ok(all);
    }
    let places = (0..pixels).flat_map(|pixel| (0..channels).map(move |of| of * pixels + pixel));
    Ok(places.map(|place| all[place]).collect())
}
