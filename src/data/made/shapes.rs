//! Coloured shapes on black, each the product of five independent factors.

use crate::data::{Class, ImageSet, ImageShape, Pixels};
use crate::keyed::{Keyed, Purpose};

/// One of the factors that an image is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Factor {
    /// What it is called.
    pub name: &'static str,
    /// How many values it has: 0 to one less.
    pub levels: u32,
}

/// A generator of images of 32 × 32 pixels in colour.
#[derive(Clone, Copy, Debug)]
pub struct Shapes {
    seed: u32,
}

/// Height and width of an image.
const SIDE: usize = 32;
/// Of each pixel's side, so many points are looked at.
const POINTS: usize = 4;

impl Shapes {
    /// What every image is made of. All values of each are equally likely, and the factors independent.
    pub const FACTORS: [Factor; 5] = [
        Factor {
            name: "form",
            levels: 3,
        },
        Factor {
            name: "size",
            levels: 5,
        },
        Factor {
            name: "hue",
            levels: 8,
        },
        Factor {
            name: "x",
            levels: 8,
        },
        Factor {
            name: "y",
            levels: 8,
        },
    ];
    /// What the values of the form are called.
    pub const FORMS: [&str; 3] = ["square", "disc", "triangle"];
    /// Of every image.
    pub const IMAGE: ImageShape = ImageShape {
        height: SIDE,
        width: SIDE,
        channels: 3,
    };
    /// What tells the data from others in keys.
    const DATA: u64 = 0;

    /// Of a seed.
    #[must_use]
    pub fn new(seed: u32) -> Self {
        Self { seed }
    }

    /// The values of the factors of an image, in the order of [`Shapes::FACTORS`].
    #[must_use]
    pub fn factors(&self, image: u64) -> [u32; 5] {
        let mut draws = Keyed::new(self.seed, Purpose::Made, &[Self::DATA, image]);
        Self::FACTORS.map(|factor| draws.below(factor.levels))
    }

    /// The first images, in three classes by form.
    #[must_use]
    pub fn classes(&self, count: usize) -> Vec<Class> {
        let mut pixels = Self::FORMS.map(|_| Vec::new());
        for image in 0..count as u64 {
            let factors = self.factors(image);
            pixels[factors[0] as usize].extend(Self::draw(factors));
        }
        let classes = (0..).zip(Self::FORMS).zip(pixels);
        let classes = classes.filter(|(_, pixels)| !pixels.is_empty());
        let classes = classes.map(|((label, name), pixels)| Class {
            name: name.into(),
            ..Class::new(
                label,
                ImageSet {
                    image: Self::IMAGE,
                    pixels: Pixels::Bytes(pixels),
                },
            )
        });
        classes.collect()
    }

    /// The image of these values: bytes, row by row, with the channels of a pixel side by side.
    ///
    /// A side is 8, 10, 12, 14 or 16 pixels long, and the middle moves by two pixels from value to value,
    /// whatever the form.
    #[must_use]
    pub fn draw([form, size, hue, x, y]: [u32; 5]) -> Vec<u8> {
        let half = f64::from(4 + size);
        let middle = |place: u32| f64::from(9 + 2 * place);
        let colour = rgb(f64::from(hue) / f64::from(Self::FACTORS[2].levels));
        let share = |row: usize, column: usize| {
            let offset = |at: usize, point: usize, middle: f64| {
                (at as f64 + (point as f64 + 0.5) / POINTS as f64 - middle) / half
            };
            let points = (0..POINTS * POINTS).filter(|point| {
                let down = offset(row, point / POINTS, middle(y));
                let right = offset(column, point % POINTS, middle(x));
                is_within(form, right, down)
            });
            points.count() as f64 / (POINTS * POINTS) as f64
        };
        // Both are whole numbers, so no form reaches further than these pixels.
        let reach = |place: u32| {
            let (middle, half) = (middle(place) as usize, half as usize);
            middle - half..middle + half
        };
        let mut pixels = vec![0; Self::IMAGE.size()];
        for row in reach(y) {
            for column in reach(x) {
                let share = share(row, column);
                let pixel = colour.map(|value| (255.0 * share * value).round() as u8);
                let at = (row * SIDE + column) * pixel.len();
                pixels[at..at + pixel.len()].copy_from_slice(&pixel);
            }
        }
        pixels
    }
}

/// Whether a form that fills −1 to 1 covers a point.
fn is_within(form: u32, right: f64, down: f64) -> bool {
    match form {
        0 => right.abs() <= 1.0 && down.abs() <= 1.0,
        1 => right * right + down * down <= 1.0,
        // Its tip is above.
        _ => (-1.0..=1.0).contains(&down) && right.abs() <= f64::midpoint(down, 1.0),
    }
}

/// Red, green and blue of a hue from 0 to 1, fully saturated.
fn rgb(hue: f64) -> [f64; 3] {
    [5.0, 3.0, 1.0].map(|offset: f64| {
        let part = (offset + 6.0 * hue) % 6.0;
        1.0 - part.min(4.0 - part).clamp(0.0, 1.0)
    })
}
