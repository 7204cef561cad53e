//! The channels of arrays and of rows of numbers: where they stand, and what becomes of them.

use super::colour::Colours;
use super::error::ReadError;
use super::options::{Channels, Grey, Options, Tone};
use super::part::{Images, axes};
use crate::data::{ImageShape, Pixels};
use crate::numerals::grouped;

/// Images as they are used: with one number a pixel, or several side by side.
pub(super) struct Settled {
    pixels: Pixels,
    image: ImageShape,
    /// Whether they are stored in colour, whatever became of it.
    coloured: bool,
    /// What was done, in sentences.
    pub handling: Vec<String>,
}

impl Settled {
    /// Whether pixels have several numbers, or had.
    pub fn has_channels(&self) -> bool {
        self.coloured || self.image.channels > 1
    }

    /// Images of this name, of which it is known what was done before.
    pub fn images(self, name: &str, mut handling: Vec<String>) -> Images {
        handling.extend(self.handling);
        Images {
            name: name.into(),
            image: self.image,
            pixels: self.pixels,
            coloured: self.coloured,
            handling,
            ..Images::default()
        }
    }

    /// Every grey pixel with three equal channels.
    fn widened(mut self) -> Self {
        self.pixels = widened(&self.pixels);
        self.image.channels = 3;
        self.handling
            .push("The images are grey and got three equal channels.".into());
        self
    }

    /// Every pixel as the mean of its channels.
    fn mean(mut self) -> Self {
        let channels = self.image.channels;
        let mut pixels = Pixels::default();
        each_pixel(&self.pixels, channels, |pixel| {
            pixels.push(pixel.iter().sum::<f32>() / channels as f32);
        });
        self.pixels = pixels;
        self.image.channels = 1;
        self.handling.push(format!(
            "The {channels} channels became grey by their mean."
        ));
        self
    }
}

/// As [`settle`], of rows of numbers.
pub(super) fn settle_rows(
    name: &str,
    values: Pixels,
    image: ImageShape,
    bytes: bool,
    options: &Options,
) -> Result<Settled, ReadError> {
    let (first, said) = of_rows(&values, image, options.channels);
    let mut settled = settle(name, values, image, first, bytes, options)?;
    settled.handling.splice(0..0, said);
    Ok(settled)
}

/// The shape of images in an array of four axes, and whether the channels of a pixel stand before its
/// row and column; in words where that could be otherwise. `None` if no axis is one of channels.
pub(super) fn of_axes(
    shape: [usize; 4],
    asked: Option<Channels>,
) -> Option<(ImageShape, bool, Option<String>)> {
    let [_, second, third, fourth] = shape;
    let first = ImageShape {
        height: third,
        width: fourth,
        channels: second,
    };
    let last = ImageShape {
        height: second,
        width: third,
        channels: fourth,
    };
    let (may_be_first, may_be_last) = (matches!(second, 1 | 3), matches!(fourth, 1 | 3 | 4));
    match asked {
        Some(Channels::First) => Some((first, true, None)),
        Some(Channels::Last) => Some((last, false, None)),
        None if may_be_last => {
            let open = may_be_first && (second, fourth) != (1, 1);
            let said = open.then(|| {
                format!(
                    "Of the axes {} the last was taken for the channels; it could be the second.",
                    axes(&shape)
                )
            });
            Some((last, false, said))
        }
        None => may_be_first.then_some((first, true, None)),
    }
}

/// Whether rows of numbers hold such images channel by channel: if nothing was asked for, in the order
/// in which neighbouring pixels are more alike. Says how they were read where that was found out.
fn of_rows(values: &Pixels, image: ImageShape, asked: Option<Channels>) -> (bool, Option<String>) {
    if image.channels == 1 {
        return (false, None);
    }
    if let Some(asked) = asked {
        return (asked == Channels::First, None);
    }
    let [last, first] = [false, true].map(|first| roughness(values, image, first));
    let size = grouped(image.size());
    let alike = "since neighbouring pixels are more alike that way";
    if first < CLEAR * last {
        let said = format!("Rows of {size} values were read channel by channel, {alike}.");
        (true, Some(said))
    } else if last < CLEAR * first {
        let said = format!(
            "Rows of {size} values were read pixel by pixel, with its channels side by side, {alike}."
        );
        (false, Some(said))
    } else {
        let said = format!(
            "Rows of {size} values were read pixel by pixel, with its channels side by side; they could \
             hold one channel after the other."
        );
        (false, Some(said))
    }
}

/// Less of a difference may be chance.
const CLEAR: f64 = 0.9;

/// How much neighbouring pixels differ in some of the images.
fn roughness(values: &Pixels, image: ImageShape, first: bool) -> f64 {
    const LOOKED_AT: usize = 64;
    let ImageShape {
        height,
        width,
        channels,
    } = image;
    let (size, pixels) = (image.size(), image.pixels());
    let images = values.len() / size;
    let mut sum = 0.0;
    for at in (0..images).step_by(images.div_ceil(LOOKED_AT).max(1)) {
        let numbers: Vec<f32> = values.iter(at * size..(at + 1) * size).collect();
        let number = |pixel: usize, channel: usize| {
            f64::from(if first {
                numbers[channel * pixels + pixel]
            } else {
                numbers[pixel * channels + channel]
            })
        };
        for pixel in 0..pixels {
            let right = (pixel % width + 1 < width).then_some(pixel + 1);
            let below = (pixel / width + 1 < height).then_some(pixel + width);
            for other in [right, below].into_iter().flatten() {
                for channel in 0..channels {
                    sum += (number(pixel, channel) - number(other, channel)).abs();
                }
            }
        }
    }
    sum
}

/// Makes images of arrays or rows what they are used as: channels side by side, opacity over white,
/// colours grey if that was asked for, or if there are none. `bytes` says that they were stored as such.
pub(super) fn settle(
    name: &str,
    values: Pixels,
    image: ImageShape,
    first: bool,
    bytes: bool,
    options: &Options,
) -> Result<Settled, ReadError> {
    let mut settled = Settled {
        pixels: values,
        image,
        coloured: image.channels > 1,
        handling: Vec::new(),
    };
    let never = options.grey == Grey::Never;
    if image.channels == 1 {
        return Ok(if never { settled.widened() } else { settled });
    }
    if first {
        settled.pixels = side_by_side(&settled.pixels, image);
    }
    if image.channels == 4 {
        let white = white(bytes, &settled.pixels);
        settled.pixels = over_white(&settled.pixels, white);
        settled.image.channels = 3;
    }
    let tone = options.grey.tone();
    if settled.image.channels != 3 {
        return match tone {
            None => Ok(settled),
            Some(Tone::Mean) => Ok(settled.mean()),
            Some(Tone::Luma) => {
                let message = format!(
                    "Luma is of red, green and blue, and the images have {} channels. Keep them, or \
                     take their mean.",
                    image.channels
                );
                Err(ReadError::new(name, message))
            }
        };
    }
    if never {
        return Ok(settled);
    }
    if !is_coloured(&settled.pixels) {
        let places = (0..settled.pixels.len()).step_by(3);
        settled.pixels = settled.pixels.gathered(places);
        settled.image.channels = 1;
        settled.handling.push(GREY_THROUGHOUT.into());
    } else if let Some(tone) = tone {
        let pixels = image.pixels();
        let mut colours = Colours::new(pixels, settled.pixels.len() / (3 * pixels));
        settled.pixels = grey(&mut colours, &settled.pixels, pixels, tone);
        settled.handling.push(colours.told(tone));
        settled.image.channels = 1;
    }
    Ok(settled)
}

/// What is said of images in colour that have none.
pub(super) const GREY_THROUGHOUT: &str =
    "Red, green and blue are the same in every pixel: the images are grey.";

/// Three equal channels for every grey pixel.
pub(super) fn widened(pixels: &Pixels) -> Pixels {
    pixels.gathered((0..3 * pixels.len()).map(|place| place / 3))
}

/// Channels that stand one after the other, side by side.
fn side_by_side(values: &Pixels, image: ImageShape) -> Pixels {
    let (size, pixels, channels) = (image.size(), image.pixels(), image.channels);
    values.gathered((0..values.len()).map(|place| {
        let (start, within) = (place / size * size, place % size);
        start + within % channels * pixels + within / channels
    }))
}

/// What opaque means in the fourth channel: the largest value of the scale.
fn white(bytes: bool, values: &Pixels) -> f32 {
    let unit = || values.iter(0..values.len()).all(|value| value <= 1.0);
    if bytes || !unit() { 255.0 } else { 1.0 }
}

/// Red, green and blue over white, from these and opacity.
fn over_white(values: &Pixels, white: f32) -> Pixels {
    let mut pixels = Pixels::default();
    each_pixel(values, 4, |pixel| {
        let opacity = pixel[3] / white;
        for value in &pixel[..3] {
            pixels.push(value * opacity + white * (1.0 - opacity));
        }
    });
    pixels
}

/// Calls `then` with the channels of every pixel.
fn each_pixel(values: &Pixels, channels: usize, mut then: impl FnMut(&[f32])) {
    let mut pixel = Vec::with_capacity(channels);
    for start in (0..values.len()).step_by(channels) {
        pixel.clear();
        pixel.extend(values.iter(start..start + channels));
        then(&pixel);
    }
}

fn is_coloured(values: &Pixels) -> bool {
    fn differ<T: PartialEq>(values: &[T]) -> bool {
        let (pixels, _) = values.as_chunks::<3>();
        pixels
            .iter()
            .any(|[red, green, blue]| red != green || green != blue)
    }
    match values {
        Pixels::Bytes(bytes) => differ(bytes),
        Pixels::Floats(floats) => differ(floats),
    }
}

fn grey(colours: &mut Colours, values: &Pixels, size: usize, tone: Tone) -> Pixels {
    let mut pixels = Pixels::default();
    let mut image: Vec<f32> = Vec::with_capacity(3 * size);
    for start in (0..values.len()).step_by(3 * size) {
        image.clear();
        image.extend(values.iter(start..start + 3 * size));
        let (of_image, _) = image.as_chunks::<3>();
        for colour in of_image {
            pixels.push(tone.of(*colour));
        }
        colours.add(of_image.iter().copied());
    }
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREE: ImageShape = ImageShape {
        height: 1,
        width: 2,
        channels: 3,
    };

    fn settled(values: &[u8], image: ImageShape, first: bool, grey: Grey) -> Settled {
        let options = Options {
            grey,
            ..Options::default()
        };
        let values = Pixels::Bytes(values.to_vec());
        settle("x.npy", values, image, first, true, &options).unwrap()
    }

    #[test]
    fn channels_are_the_axis_that_can_be_theirs() {
        let found = |shape, asked| {
            of_axes(shape, asked).map(|(image, first, said)| {
                let ImageShape {
                    height,
                    width,
                    channels,
                } = image;
                (height, width, channels, first, said.is_some())
            })
        };
        assert_eq!(found([9, 5, 6, 3], None), Some((5, 6, 3, false, false)));
        assert_eq!(found([9, 3, 5, 6], None), Some((5, 6, 3, true, false)));
        assert_eq!(found([9, 1, 28, 1], None), Some((1, 28, 1, false, false)));
        assert_eq!(found([9, 3, 8, 3], None), Some((3, 8, 3, false, true)));
        assert_eq!(
            found([9, 3, 8, 3], Some(Channels::First)),
            Some((8, 3, 3, true, false))
        );
        // Neither two nor five channels are taken for granted, but they can be said.
        assert_eq!(found([9, 5, 6, 2], None), None);
        assert_eq!(
            found([9, 5, 6, 2], Some(Channels::Last)),
            Some((5, 6, 2, false, false))
        );
        assert_eq!(
            found([9, 5, 6, 2], Some(Channels::First)),
            Some((6, 2, 5, true, false))
        );
    }

    #[test]
    fn rows_are_read_in_the_order_in_which_neighbours_are_alike() {
        // A ramp in red from the left, in green from the top, in blue nothing.
        let image = ImageShape {
            height: 4,
            width: 4,
            channels: 3,
        };
        let colour = |pixel: usize| [10 * (pixel % 4) as u8, 200 - 9 * (pixel / 4) as u8, 90];
        let last: Vec<u8> = (0..16).flat_map(colour).collect();
        let first: Vec<u8> = (0..48)
            .map(|place| colour(place % 16)[place / 16])
            .collect();
        for (values, expected) in [(&last, false), (&first, true)] {
            let values = Pixels::Bytes(values.clone());
            let (found, said) = of_rows(&values, image, None);
            assert_eq!(found, expected);
            assert!(said.unwrap().ends_with("more alike that way."));
            let (asked, said) = of_rows(&values, image, Some(Channels::Last));
            assert!(!asked && said.is_none());
        }
        let (found, said) = of_rows(&Pixels::Bytes(vec![7; 48]), image, None);
        assert!(
            !found
                && said
                    .unwrap()
                    .contains("could hold one channel after the other")
        );
        let both = settled(&first, image, true, Grey::Keep);
        assert_eq!(both.pixels, Pixels::Bytes(last));
    }

    #[test]
    fn colours_are_kept_unless_there_are_none_or_grey_is_asked_for() {
        let kept = settled(&[1, 2, 3, 4, 4, 4], THREE, false, Grey::Keep);
        assert_eq!(kept.pixels, Pixels::Bytes(vec![1, 2, 3, 4, 4, 4]));
        assert!(kept.image.channels == 3 && kept.coloured && kept.handling.is_empty());
        let mean = settled(&[1, 2, 3, 4, 4, 4], THREE, false, Grey::Mean);
        assert_eq!(mean.pixels, Pixels::Bytes(vec![2, 4]));
        assert!(mean.image.channels == 1 && mean.coloured);
        assert!(mean.handling[0].starts_with("Colours became grey by their mean"));
        let grey = settled(&[3, 3, 3, 4, 4, 4], THREE, false, Grey::Luma);
        assert_eq!(grey.pixels, Pixels::Bytes(vec![3, 4]));
        assert!(grey.image.channels == 1 && grey.coloured);
        let never = settled(&[3, 3, 3, 4, 4, 4], THREE, false, Grey::Never);
        assert_eq!(never.pixels, Pixels::Bytes(vec![3, 3, 3, 4, 4, 4]));
        let one = ImageShape::grey(1, 2);
        let never = settled(&[3, 4], one, false, Grey::Never);
        assert_eq!(never.pixels, Pixels::Bytes(vec![3, 3, 3, 4, 4, 4]));
        assert!(never.image == THREE && !never.coloured && never.handling.len() == 1);
        assert_eq!(widened(&grey.pixels), Pixels::Bytes(vec![3, 3, 3, 4, 4, 4]));
    }

    #[test]
    fn opacity_lets_white_through_and_other_channels_have_a_mean_alone() {
        let four = ImageShape {
            channels: 4,
            ..THREE
        };
        let clear = settled(&[9, 8, 7, 0, 9, 8, 7, 255], four, false, Grey::Keep);
        assert_eq!(clear.pixels, Pixels::Bytes(vec![255, 255, 255, 9, 8, 7]));
        let two = ImageShape {
            channels: 2,
            ..THREE
        };
        assert_eq!(
            settled(&[9, 8, 7, 0], two, false, Grey::Keep)
                .image
                .channels,
            2
        );
        let mean = settled(&[9, 8, 7, 0], two, false, Grey::Mean);
        assert_eq!(mean.pixels, Pixels::Floats(vec![8.5, 3.5]));
        let luma = Options {
            grey: Grey::Luma,
            ..Options::default()
        };
        let values = Pixels::Bytes(vec![9, 8, 7, 0]);
        assert!(settle("x.npy", values, two, false, true, &luma).is_err());
    }
}
