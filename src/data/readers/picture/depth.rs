//! Pictures of 8 and more bits on one scale, from 0, black, to 255, white.

use super::stored::{Samples, Stored};
use crate::data::Pixels;
use crate::data::readers::channels::widened;

/// How the numbers of a picture are to be understood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Depth {
    /// Of 8 bits: 255 is white.
    Bytes,
    /// Of 16 bits, of which this is the largest.
    Deep(u16),
    /// Between these.
    Floats(f32, f32),
}

impl Depth {
    pub fn of(stored: &Stored) -> Self {
        match &stored.samples {
            Samples::Bytes(_) => Self::Bytes,
            Samples::Deep(words) => Self::Deep(words.iter().copied().max().unwrap_or(0)),
            Samples::Floats(floats) => {
                let start = (f32::INFINITY, f32::NEG_INFINITY);
                let (least, most) = floats.iter().fold(start, |(least, most), &value| {
                    (least.min(value), most.max(value))
                });
                Self::Floats(least, most)
            }
        }
    }
}

/// The pixels of all pictures.
pub(super) struct Depths {
    /// Numbers of a pixel: 1 or 3.
    pub channels: usize,
    pixels: Pixels,
    all: Vec<Depth>,
}

impl Depths {
    /// With room for so many bytes; of bytes alone unless some are deep.
    pub fn new(is_deep: bool, bytes: usize) -> Self {
        Self {
            channels: 1,
            pixels: if is_deep {
                Pixels::Floats(Vec::with_capacity(bytes / 4))
            } else {
                Pixels::Bytes(Vec::with_capacity(bytes))
            },
            all: Vec::new(),
        }
    }

    /// Gives every pixel so far, which has one number, three equal ones.
    pub fn widen(&mut self) {
        self.pixels = widened(&self.pixels);
        self.channels = 3;
    }

    /// Adds a picture on its own scale. Those of 8 bits stay in steps of 1.
    pub fn push(&mut self, depth: Depth, picture: Vec<f32>) {
        if depth == Depth::Bytes {
            // Rounded: they are not negative.
            let bytes = picture.iter().map(|value| (value + 0.5) as u8);
            match &mut self.pixels {
                Pixels::Bytes(all) => all.extend(bytes),
                Pixels::Floats(all) => all.extend(bytes.map(f32::from)),
            }
        } else {
            self.pixels.append(Pixels::Floats(picture));
        }
        self.all.push(depth);
    }

    /// All pixels from 0 to 255. Tells what was taken for black and white.
    pub fn finish(mut self, told: &mut Vec<String>) -> Pixels {
        let Pixels::Floats(all) = &mut self.pixels else {
            return self.pixels;
        };
        let (mut deep, mut most_deep) = (0, 0);
        let (mut floats, mut range) = (0, (f32::INFINITY, f32::NEG_INFINITY));
        for depth in &self.all {
            match *depth {
                Depth::Bytes => {}
                Depth::Deep(most) => {
                    deep += 1;
                    most_deep = most_deep.max(most);
                }
                Depth::Floats(least, most) => {
                    floats += 1;
                    range = (range.0.min(least), range.1.max(most));
                }
            }
        }
        let white = white(most_deep);
        let (black, range_white) = black_and_white(range);
        let size = all.len() / self.all.len().max(1);
        for (picture, depth) in all.chunks_exact_mut(size.max(1)).zip(&self.all) {
            let (black, white) = match depth {
                Depth::Bytes => continue,
                Depth::Deep(_) => (0.0, white),
                Depth::Floats(..) => (black, range_white),
            };
            // In double precision, since floats of files may be as large as they come.
            let (black, white) = (f64::from(black), f64::from(white));
            let scale = if white > black {
                255.0 / (white - black)
            } else {
                0.0
            };
            for value in picture {
                *value = ((f64::from(*value) - black) * scale) as f32;
            }
        }
        if deep > 0 {
            let of = if white == 65535.0 {
                String::new()
            } else {
                format!(" Since none is above {white}, that was taken for white, not 65535.")
            };
            told.push(format!(
                "{deep} of {} pictures have 16 bits a value, and keep them as fractions of 255.{of}",
                self.all.len()
            ));
        }
        if floats > 0 {
            told.push(format!(
                "{floats} of {} pictures hold other numbers than bytes: {black} was taken for \
                 black and {range_white} for white.",
                self.all.len()
            ));
        }
        self.pixels
    }
}

/// The white of the depth that numbers up to this one use: cameras store 10, 12 or 14 bits, and some
/// programs 8, in 16.
fn white(most: u16) -> f32 {
    let depths = [8, 10, 12, 14].map(|bits| (1_u16 << bits) - 1);
    depths
        .into_iter()
        .find(|white| most <= *white)
        .map_or(65535.0, f32::from)
}

/// Black and white of floats in this range: 0 and 1 or 0 and 255 where they may be meant.
fn black_and_white((least, most): (f32, f32)) -> (f32, f32) {
    match (least, most) {
        (0.0.., ..=1.0) => (0.0, 1.0),
        (0.0.., 128.0..=255.0) => (0.0, 255.0),
        _ => (least, most),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depths_come_to_one_scale() {
        let mut all = Depths::new(true, 0);
        all.push(Depth::Bytes, vec![0.4, 254.6]);
        all.push(Depth::Deep(65535), vec![257.0, 128.5]);
        all.push(Depth::Floats(0.0, 1.0), vec![0.1, 1.0]);
        let mut notes = Vec::new();
        let pixels = all.finish(&mut notes);
        assert_eq!(
            pixels,
            Pixels::Floats(vec![0.0, 255.0, 1.0, 0.5, 25.5, 255.0])
        );
        assert_eq!(notes.len(), 2, "{notes:?}");
    }

    #[test]
    fn white_is_that_of_the_bits_in_use() {
        assert_eq!(white(4095), 4095.0);
        assert_eq!(white(4096), 16383.0);
        assert_eq!(white(255), 255.0);
        assert_eq!(white(16384), 65535.0);
        assert_eq!(black_and_white((-1.0, 3.0)), (-1.0, 3.0));
        assert_eq!(black_and_white((0.0, 200.0)), (0.0, 255.0));
    }
}
