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
    /// Red, green and blue over white, or grey thrice, of the pixel at this place.
    pub fn pixel(&self, place: usize) -> [f32; 3] {
        let start = place * self.channels;
        let span = start..start + self.channels;
        match &self.samples {
            Samples::Bytes(bytes) => over_white(&bytes[span], 255.0),
            Samples::Deep(words) => over_white(&words[span], 65535.0),
            Samples::Floats(floats) => over_white(&floats[span], 1.0),
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
