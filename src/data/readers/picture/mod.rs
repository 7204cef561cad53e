//! Pictures, PNG, JPEG and TIFF, brought to one size and to one number of channels.

mod depth;
mod exif;
mod jpeg;
mod png;
mod stored;
mod tiff;

use std::collections::HashMap;

use super::channels::GREY_THROUGHOUT;
use super::colour::Colours;
use super::error::ReadError;
use super::labelled::{Labelled, LeftOut};
use super::labels::{Labels, TooManyClasses};
use super::options::{Grey, Options, Tone};
use super::part::{Images, listed};
use super::resize;
use super::source::{Entry, Kind, Source, megabytes};
use crate::data::ImageShape;
use depth::{Depth, Depths};
use stored::{Header, Samples, Stored};

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
/// No byte of compressed data holds more bytes than this (the deflate format, and twice that of LZW).
const MAX_RATIO: usize = 2730;

/// Reads pictures, which are `files` and nothing else.
pub(super) fn read(
    source: &mut Source<'_>,
    files: Vec<Labelled>,
    options: &Options,
    notes: &mut Vec<String>,
    progress: &mut dyn FnMut(f64),
) -> Result<Images, ReadError> {
    let count = files.len();
    let mut left_out = LeftOut::default();
    // A tenth of the time, by guess: only the headers are looked at.
    let mut pictures = Vec::with_capacity(count);
    for (place, file) in files.into_iter().enumerate() {
        let header = header(source, &file.entry, options.max_bytes);
        if let Some(header) = left_out.keep(header, source)? {
            pictures.push((file, header));
        }
        progress(0.1 * place as f64 / count as f64);
    }
    if pictures.is_empty() {
        left_out.told(count, "pictures", notes)?;
        return Err(ReadError::of_all("There is no picture to read."));
    }
    let seen = |(_, header): &(Labelled, Header)| header.turn.size(header.size);
    let sizes: Vec<(usize, usize)> = pictures.iter().map(seen).collect();
    let to = target(&sizes, options, notes)?;
    let is_deep = pictures.iter().any(|(_, header)| header.is_deep);
    let bytes = (to.0 * to.1 * if is_deep { 4 } else { 1 }).saturating_mul(pictures.len());
    let fits = |bytes: usize| {
        if bytes <= options.max_bytes {
            return Ok(());
        }
        let message = format!(
            "{} pictures of {} × {} pixels take more than the {} that can be held. Choose fewer \
             pictures or a smaller size.",
            pictures.len(),
            to.0,
            to.1,
            megabytes(options.max_bytes as u64)
        );
        Err(ReadError::of_all(message))
    };
    fits(bytes)?;

    let mut labels = Labels::default();
    let mut read = Vec::with_capacity(pictures.len());
    let mut all = Depths::new(is_deep, bytes);
    let mut tones = Tones::new(options.grey, to.0 * to.1, pictures.len());
    let (mut turned, mut blemished, mut paged) = (0, Vec::new(), Vec::new());
    for (place, (file, header)) in pictures.iter().enumerate() {
        let entry = &file.entry;
        let decoded = decode(source, entry);
        if let Some((stored, has_pages)) = left_out.keep(decoded, source)? {
            let picture = tones.add(resized(&stored, header, to), stored.channels > 2);
            if picture.channels() > all.channels {
                fits(3 * bytes)?;
                all.widen();
            }
            all.push(Depth::of(&stored), picture.of_channels(all.channels));
            read.push((entry.path.clone(), 1));
            labels
                .push(&file.class)
                .map_err(|TooManyClasses| ReadError::new(&entry.name, TooManyClasses::MESSAGE))?;
            turned += usize::from(header.turn != exif::Turn::NONE);
            blemished.extend(stored.blemish.map(|what| (entry.name.as_str(), what)));
            paged.extend(has_pages.then_some(entry.name.as_str()));
        }
        progress(0.1 + 0.9 * (place + 1) as f64 / pictures.len() as f64);
    }
    left_out.told(count, "pictures", notes)?;
    let coloured = tones.coloured > 0 || tones.as_colours > 0;
    let channels = all.channels;
    let mut handling: Vec<String> = tones.told().into_iter().collect();
    let pixels = all.finish(&mut handling);
    if turned > 0 {
        handling.push(format!(
            "{turned} pictures were turned as their files say (EXIF)."
        ));
    }
    notes.extend(handling.iter().cloned());
    if let Some((_, what)) = blemished.first() {
        let names: Vec<&str> = blemished.iter().map(|(name, _)| *name).collect();
        notes.push(format!("Read, though {what}: {}.", listed(&names)));
    }
    if !paged.is_empty() {
        notes.push(format!(
            "Only the first page was read of {}.",
            listed(&paged)
        ));
    }
    Ok(Images {
        image: ImageShape {
            height: to.0,
            width: to.1,
            channels,
        },
        pixels,
        coloured,
        labels: Some(labels).filter(Labels::tell),
        handling,
        files: read,
        ..Images::default()
    })
}

/// The colours of a picture of this height and width, row by row, as they are stored; `None` where it is
/// see-through.
pub(super) fn colours(
    source: &mut Source<'_>,
    entry: &Entry,
    size: (usize, usize),
    max_bytes: usize,
) -> Result<Vec<Option<[f32; 3]>>, ReadError> {
    let header = header(source, entry, max_bytes)?;
    let (height, width) = header.turn.size(header.size);
    if (height, width) != size {
        let message = format!(
            "The mask has {height} × {width} pixels, the images have {} × {}. Save it in the size of the \
             images.",
            size.0, size.1
        );
        return Err(ReadError::new(&entry.name, message));
    }
    let (stored, _) = decode(source, entry)?;
    Ok(header.turn.apply(stored.colours(), stored.size))
}

/// The pixels of a picture, turned and resized.
enum Picture {
    Grey(Vec<f32>),
    Colour(Vec<[f32; 3]>),
}

impl Picture {
    fn channels(&self) -> usize {
        match self {
            Self::Grey(_) => 1,
            Self::Colour(_) => 3,
        }
    }

    /// The same with three numbers of each pixel.
    fn coloured(self) -> Self {
        match self {
            Self::Grey(pixels) => {
                Self::Colour(pixels.into_iter().map(|value| [value; 3]).collect())
            }
            colour @ Self::Colour(_) => colour,
        }
    }

    /// Its numbers, with 1 or 3 of each pixel.
    fn of_channels(self, channels: usize) -> Vec<f32> {
        match self {
            Self::Grey(pixels) if channels == 1 => pixels,
            Self::Grey(pixels) => pixels.into_iter().flat_map(|value| [value; 3]).collect(),
            Self::Colour(pixels) => pixels.into_flattened(),
        }
    }
}

/// What becomes of colours.
struct Tones {
    /// How they become grey, if they do, and how much is lost.
    tone: Option<(Tone, Colours)>,
    /// Whether grey ones get three channels in any case.
    never: bool,
    coloured: usize,
    grey: usize,
    /// Of those that are grey, how many are stored in colour.
    as_colours: usize,
}

impl Tones {
    fn new(grey: Grey, pixels: usize, pictures: usize) -> Self {
        let with = |tone| (tone, Colours::new(pixels, pictures));
        Self {
            tone: grey.tone().map(with),
            never: grey == Grey::Never,
            coloured: 0,
            grey: 0,
            as_colours: 0,
        }
    }

    /// The picture in grey, if that was asked for.
    fn add(&mut self, picture: Picture, in_colour: bool) -> Picture {
        match &picture {
            Picture::Grey(_) => {
                self.grey += 1;
                self.as_colours += usize::from(in_colour);
            }
            Picture::Colour(_) => self.coloured += 1,
        }
        let Some((tone, colours)) = &mut self.tone else {
            return if self.never {
                picture.coloured()
            } else {
                picture
            };
        };
        match picture {
            Picture::Grey(pixels) => {
                colours.add(pixels.iter().map(|&value| [value; 3]));
                Picture::Grey(pixels)
            }
            Picture::Colour(pixels) => {
                colours.add(pixels.iter().copied());
                Picture::Grey(pixels.into_iter().map(|colour| tone.of(colour)).collect())
            }
        }
    }

    fn told(self) -> Option<String> {
        let Self { grey, coloured, .. } = self;
        match self.tone {
            Some((tone, colours)) if coloured > 0 => Some(colours.told(tone)),
            None if self.never || coloured > 0 => (grey > 0).then(|| {
                let since = if self.never {
                    ""
                } else {
                    ", since the others are in colour"
                };
                let all = grey + coloured;
                format!("{grey} of {all} pictures are grey and got three equal channels{since}.")
            }),
            _ => (coloured == 0 && self.as_colours > 0).then(|| GREY_THROUGHOUT.into()),
        }
    }
}

/// The picture turned and resized.
fn resized(stored: &Stored, header: &Header, to: (usize, usize)) -> Picture {
    let is_grey = stored.is_grey();
    let lying = header.turn.size(to);
    // Most pictures of small images need no more than this.
    if let (Samples::Bytes(bytes), exif::Turn::NONE) = (&stored.samples, header.turn)
        && stored.size == to
        && matches!(stored.channels, 1 | 3)
    {
        let (pixels, _) = bytes.as_chunks::<3>();
        return match stored.channels {
            1 => Picture::Grey(bytes.iter().map(|&byte| byte.into()).collect()),
            _ if is_grey => Picture::Grey(pixels.iter().map(|pixel| pixel[0].into()).collect()),
            _ => Picture::Colour(pixels.iter().map(|pixel| pixel.map(f32::from)).collect()),
        };
    }
    if is_grey {
        let add_row = |row, weight, sums: &mut [f32]| stored.add_row::<1>(row, weight, sums);
        let resized: Vec<[f32; 1]> = resize::area_of(add_row, stored.size, lying);
        return Picture::Grey(header.turn.apply(resized, lying).into_flattened());
    }
    let add_row = |row, weight, sums: &mut [f32]| stored.add_row::<3>(row, weight, sums);
    let resized = resize::area_of(add_row, stored.size, lying);
    Picture::Colour(header.turn.apply(resized, lying))
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

/// What stands before a picture's pixels, within limits.
fn header(source: &mut Source<'_>, entry: &Entry, max_bytes: usize) -> Result<Header, ReadError> {
    let bytes = source.bytes(entry, MAX_FILE)?;
    let header = match entry.kind {
        Kind::Png => Ok(png::header(&bytes)),
        Kind::Jpeg => jpeg::header(&bytes),
        _ => tiff::header(&bytes).map(Some),
    };
    let header = header.map_err(|reason| damaged(entry, &reason))?;
    let header = header.ok_or_else(|| damaged(entry, "it ends within its header"))?;
    let (height, width) = header.size;
    let limit = MAX_PIXELS.min(max_bytes / PIXEL_BYTES);
    if height == 0 || width == 0 || height.saturating_mul(width) > limit {
        let message = format!(
            "The picture announces {height} × {width} pixels, and from 1 to {limit} can be read. \
             Make it smaller or leave it out."
        );
        return Err(ReadError::new(&entry.name, message));
    }
    // A bit is the least that a pixel takes.
    let is_packed = matches!(entry.kind, Kind::Png | Kind::Tiff);
    if is_packed && height * width / 8 > bytes.len().saturating_mul(MAX_RATIO) {
        return Err(damaged(entry, "it is too short for the size it announces"));
    }
    Ok(header)
}

/// A picture, and whether its file has more pages.
fn decode(source: &mut Source<'_>, entry: &Entry) -> Result<(Stored, bool), ReadError> {
    let bytes = source.bytes(entry, MAX_FILE)?;
    let decoded = match entry.kind {
        Kind::Png => png::decode(&bytes).map(|stored| (stored, false)),
        Kind::Jpeg => jpeg::decode(&bytes).map(|stored| (stored, false)),
        _ => tiff::decode(&bytes),
    };
    decoded.map_err(|reason| damaged(entry, &reason))
}

fn damaged(entry: &Entry, reason: &str) -> ReadError {
    let reason = reason.trim_end_matches('.');
    let message =
        format!("The picture is damaged or cut short ({reason}). Fetch it again or leave it out.");
    ReadError::new(&entry.name, message)
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
}
