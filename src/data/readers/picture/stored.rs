//! A picture as its file stores it.

use super::exif::Turn;

/// What is known of a picture before its pixels are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Height and width as stored, before any turn.
    pub size: (usize, usize),
    pub turn: Turn,
    /// Whether its numbers take more than a byte.
    pub is_deep: bool,
}

/// The numbers of a picture: channels next to each other, row after row.
pub(super) enum Samples {
    Bytes(Vec<u8>),
    /// Of 16 bits.
    Deep(Vec<u16>),
    /// Of any range.
    Floats(Vec<f32>),
}

/// A picture that was read.
pub(super) struct Stored {
    pub size: (usize, usize),
    /// From 1 to 4; the second or the fourth is opacity.
    pub channels: usize,
    pub samples: Samples,
    /// What is wrong with it, though it can be read.
    pub blemish: Option<&'static str>,
}

impl Stored {
    /// Adds a row, times a weight, to sums of red, green and blue over white of one pixel after
    /// another, or where `N` is 1, of the first of them.
    pub fn add_row<const N: usize>(&self, row: usize, weight: f32, sums: &mut [f32]) {
        let length = self.size.1 * self.channels;
        let span = row * length..(row + 1) * length;
        match &self.samples {
            Samples::Bytes(bytes) => {
                add::<_, N>(&bytes[span], self.channels, 255.0, weight, sums);
            }
            Samples::Deep(words) => {
                add::<_, N>(&words[span], self.channels, 65535.0, weight, sums);
            }
            Samples::Floats(floats) => {
                add::<_, N>(&floats[span], self.channels, 1.0, weight, sums);
            }
        }
    }

    /// Red, green and blue of every pixel, as stored and whatever shines through; `None` where nothing but that
    /// is to be seen.
    pub fn colours(&self) -> Vec<Option<[f32; 3]>> {
        fn all<T: Copy + Into<f32>>(samples: &[T], channels: usize) -> Vec<Option<[f32; 3]>> {
            let pixel = |pixel: &[T]| {
                let at = |channel: usize| pixel[channel].into();
                let opaque = channels % 2 == 1 || at(channels - 1) > 0.0;
                let colour = if channels < 3 {
                    [at(0); 3]
                } else {
                    [at(0), at(1), at(2)]
                };
                opaque.then_some(colour)
            };
            samples.chunks_exact(channels).map(pixel).collect()
        }
        match &self.samples {
            Samples::Bytes(bytes) => all(bytes, self.channels),
            Samples::Deep(words) => all(words, self.channels),
            Samples::Floats(floats) => all(floats, self.channels),
        }
    }

    /// Whether every pixel is grey by itself.
    pub fn is_grey(&self) -> bool {
        fn all_grey<T: PartialEq>(samples: &[T], channels: usize) -> bool {
            let mut pixels = samples.chunks_exact(channels);
            pixels.all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2])
        }
        let channels = self.channels;
        channels < 3
            || match &self.samples {
                Samples::Bytes(bytes) => all_grey(bytes, channels),
                Samples::Deep(words) => all_grey(words, channels),
                Samples::Floats(floats) => all_grey(floats, channels),
            }
    }
}

fn add<T: Copy + Into<f32>, const N: usize>(
    row: &[T],
    channels: usize,
    white: f32,
    weight: f32,
    sums: &mut [f32],
) {
    if channels == N {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += weight * (*value).into();
        }
        return;
    }
    let (sums, _) = sums.as_chunks_mut::<N>();
    if channels == 3 {
        for (sums, pixel) in sums.iter_mut().zip(row.as_chunks::<3>().0) {
            sums[0] += weight * pixel[0].into();
        }
        return;
    }
    for (sums, pixel) in sums.iter_mut().zip(row.chunks_exact(channels)) {
        for (sum, value) in sums.iter_mut().zip(over_white(pixel, white)) {
            *sum += weight * value;
        }
    }
}

/// Red, green and blue from 1 to 4 channels; opacity lets white shine through.
fn over_white<T: Copy + Into<f32>>(pixel: &[T], white: f32) -> [f32; 3] {
    let through = |value: T, opacity: T| {
        let opacity = opacity.into() / white;
        value.into() * opacity + white * (1.0 - opacity)
    };
    match *pixel {
        [red, green, blue] => [red, green, blue].map(Into::into),
        [red, green, blue, opacity] => [red, green, blue].map(|value| through(value, opacity)),
        [value, opacity] => [through(value, opacity); 3],
        _ => [pixel[0].into(); 3],
    }
}

/// A light mixed from inks that are on white paper, all from 0, no light, to 255.
pub(super) fn light(ink: u8, black: u8) -> u8 {
    ((u32::from(ink) * u32::from(black) + 127) / 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opacity_is_over_white() {
        assert_eq!(over_white(&[100_u8, 51], 255.0), [224.0; 3]);
        assert_eq!(over_white(&[0_u8, 255], 255.0), [0.0; 3]);
        assert_eq!(over_white(&[9_u8, 8, 7, 0], 255.0), [255.0; 3]);
        assert_eq!(over_white(&[30_u8, 60, 90, 255], 255.0), [30.0, 60.0, 90.0]);
    }
}
