//! Colours of a number: white at 0, red above, blue below, as in the paper's Figure 3; or orange
//! above and blue below, which people who do not tell red from green see as well.
//!
//! On a dark page 0 is the page's own colour instead of white. Zero means "this pixel has no
//! bearing", so it should be the absence of ink; a grid of glaring white squares would draw the
//! eye to exactly the pixels that do not matter. The order stays the same: the further from
//! zero, the stronger a cell stands out from its ground.
//!
//! Colours are blended in `OKLab` (Ottosson, 2020), where equal steps look equally large, so the
//! strength of a colour can be read as a number and both signs weigh the same.

mod categories;
mod intensity;

pub(super) use categories::{category, contrast};

use serde::{Deserialize, Serialize};

use super::style::Colour;

/// Steps from 0 to the limit. More than a screen can tell apart.
const STEPS: usize = 256;

/// A place in `OKLCh`: lightness, chroma and hue (degrees).
type Lch = (f64, f64, f64);

/// Colours of a map on white: at half the limit and at the limit.
const LIGHT_RED: [Lch; 2] = [(0.68, 0.182, 31.0), (0.42, 0.158, 24.0)];
const LIGHT_BLUE: [Lch; 2] = [(0.68, 0.135, 247.0), (0.40, 0.135, 262.0)];
/// The same on a dark ground.
const DARK_RED: [Lch; 2] = [(0.57, 0.190, 27.0), (0.84, 0.100, 47.0)];
const DARK_BLUE: [Lch; 2] = [(0.57, 0.140, 255.0), (0.85, 0.085, 225.0)];

/// The same for the palette whose signs are told apart without seeing red or green.
const LIGHT_ORANGE: [Lch; 2] = [(0.73, 0.150, 62.0), (0.48, 0.115, 50.0)];
const LIGHT_SKY: [Lch; 2] = [(0.73, 0.120, 240.0), (0.46, 0.150, 258.0)];
const DARK_ORANGE: [Lch; 2] = [(0.57, 0.125, 55.0), (0.85, 0.125, 80.0)];

/// The two colours of a map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Palette {
    /// Red above zero, blue below, as in the paper.
    #[default]
    Paper,
    /// Orange above zero, blue below.
    ColourBlind,
}

impl Palette {
    /// What the colours above and below zero are called.
    pub(super) fn names(self) -> [&'static str; 2] {
        match self {
            Self::Paper => ["red", "blue"],
            Self::ColourBlind => ["orange", "blue"],
        }
    }

    /// The colours above and below zero.
    fn stops(self, dark: bool) -> [[Lch; 2]; 2] {
        match (self, dark) {
            (Self::Paper, false) => [LIGHT_RED, LIGHT_BLUE],
            (Self::Paper, true) => [DARK_RED, DARK_BLUE],
            (Self::ColourBlind, false) => [LIGHT_ORANGE, LIGHT_SKY],
            (Self::ColourBlind, true) => [DARK_ORANGE, DARK_BLUE],
        }
    }
}

/// Which numbers a scale shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 0 to the limit: pixel importance alone.
    Sequential,
    /// Minus the limit to the limit: pixel importance signed by direction.
    Diverging,
}

/// The colours of the numbers from minus `limit` to `limit`. What lies outside, by rounding,
/// gets the end's colour.
#[derive(Clone, Debug)]
pub struct ColourScale {
    /// Which numbers are shown.
    pub kind: Kind,
    /// The number of the strongest colour.
    pub limit: f64,
    /// The colour of 0.
    pub zero: Colour,
    /// Colours of 0 to minus the limit, then of 0 to the limit.
    ramps: [Vec<Colour>; 2],
}

impl ColourScale {
    /// The scale up to `limit`, to be seen on a page of colour `background`.
    #[must_use]
    pub fn new(kind: Kind, limit: f64, palette: Palette, background: Colour) -> Self {
        let dark = background.is_dark();
        let zero = if dark { background } else { Colour::WHITE };
        let [positive, negative] = palette.stops(dark);
        Self {
            kind,
            limit,
            zero,
            ramps: [ramp(zero, negative), ramp(zero, positive)],
        }
    }

    /// The same colours up to another limit.
    #[must_use]
    pub fn up_to(&self, limit: f64) -> Self {
        Self {
            limit,
            ..self.clone()
        }
    }

    /// The colour of `value`; of 0 where it is not a number.
    #[must_use]
    pub fn colour(&self, value: f64) -> Colour {
        let share = value.abs() / self.limit;
        if share.is_nan() {
            return self.zero;
        }
        let share = share.min(1.0);
        let step = (share * (STEPS - 1) as f64).round() as usize;
        self.ramps[usize::from(value >= 0.0)][step]
    }
}

/// [`STEPS`] colours from `zero` through the two given ones.
fn ramp(zero: Colour, [middle, end]: [Lch; 2]) -> Vec<Colour> {
    let stops = [oklab(zero), from_polar(middle), from_polar(end)];
    let mut colours: Vec<Colour> = (0..STEPS)
        .map(|step| {
            let place = 2.0 * step as f64 / (STEPS - 1) as f64;
            let from = (place as usize).min(1);
            let share = place - from as f64;
            let mix = |axis: usize| {
                stops[from][axis] + (stops[from + 1][axis] - stops[from][axis]) * share
            };
            srgb([mix(0), mix(1), mix(2)])
        })
        .collect();
    // Exactly zero, not zero after a round trip through OKLab.
    colours[0] = zero;
    colours
}

fn from_polar((lightness, chroma, hue): Lch) -> [f64; 3] {
    let (sin, cos) = hue.to_radians().sin_cos();
    [lightness, chroma * cos, chroma * sin]
}

fn oklab(colour: Colour) -> [f64; 3] {
    let [r, g, b] = linear(colour);
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    [
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    ]
}

/// Red, green and blue as amounts of light, 0 to 1.
fn linear(Colour(red, green, blue): Colour) -> [f64; 3] {
    [red, green, blue].map(|channel| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    })
}

fn srgb([lightness, a, b]: [f64; 3]) -> Colour {
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    let channel = |linear: f64| {
        let value = if linear <= 0.003_130_8 {
            12.92 * linear
        } else {
            1.055 * linear.powf(1.0 / 2.4) - 0.055
        };
        (value.clamp(0.0, 1.0) * 255.0).round() as u8
    };
    Colour(
        channel(4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s),
        channel(-1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s),
        channel(-0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) const DARK: Colour = Colour(0x14, 0x18, 0x20);
    const ALL: [(Palette, Colour); 4] = [
        (Palette::Paper, Colour::WHITE),
        (Palette::Paper, DARK),
        (Palette::ColourBlind, Colour::WHITE),
        (Palette::ColourBlind, DARK),
    ];

    #[test]
    fn zero_is_white_on_light_and_the_ground_on_dark() {
        let paper = |ground| ColourScale::new(Kind::Diverging, 2.0, Palette::Paper, ground);
        let light = paper(Colour(0xfa, 0xfa, 0xf7));
        assert_eq!(light.colour(0.0), Colour::WHITE);
        assert_eq!(light.colour(-0.0), Colour::WHITE);
        assert_eq!(light.colour(f64::NAN), Colour::WHITE);
        assert_eq!(paper(DARK).colour(0.0), DARK);
    }

    #[test]
    fn warm_is_positive_blue_is_negative_and_strength_grows_evenly() {
        for (palette, ground) in ALL {
            let scale = ColourScale::new(Kind::Diverging, 2.0, palette, ground);
            let lightness = |value| oklab(scale.colour(value))[0];
            for step in 1..=40 {
                let value = f64::from(step) / 20.0;
                // How much redder than the ground, which may itself be bluish.
                let redness = |colour: Colour| i32::from(colour.0) - i32::from(colour.2);
                assert!(redness(scale.colour(value)) > redness(ground), "{value}");
                assert!(redness(scale.colour(-value)) < redness(ground), "-{value}");
                for sign in [1.0, -1.0] {
                    let moved = lightness(sign * value) - lightness(sign * (value - 0.05));
                    let towards = if ground.is_dark() { 1.0 } else { -1.0 };
                    assert!(
                        (0.006..0.03).contains(&(moved * towards)),
                        "{value}: {moved}"
                    );
                }
                assert_eq!(scale.up_to(1.0).colour(value / 2.0), scale.colour(value));
                // Neither sign looks stronger than the other.
                assert!((lightness(value) - lightness(-value)).abs() < 0.03);
            }
            assert_eq!(scale.colour(2.0), scale.colour(f64::INFINITY));
        }
    }

    /// How a colour is seen without the cones for red, or without those for green (Machado,
    /// Oliveira and Fernandes, 2009, at full severity).
    pub(super) const WITHOUT_RED: [[f64; 3]; 3] = [
        [0.152_286, 1.052_583, -0.204_868],
        [0.114_503, 0.786_281, 0.099_216],
        [-0.003_882, -0.048_116, 1.051_998],
    ];
    pub(super) const WITHOUT_GREEN: [[f64; 3]; 3] = [
        [0.367_322, 0.860_646, -0.227_968],
        [0.280_085, 0.672_501, 0.047_413],
        [-0.011_820, 0.042_940, 0.968_881],
    ];

    pub(super) fn seen(colour: Colour, sight: [[f64; 3]; 3]) -> [f64; 3] {
        let linear = |channel: u8| (f64::from(channel) / 255.0).powf(2.2);
        let from = [linear(colour.0), linear(colour.1), linear(colour.2)];
        let [red, green, blue] = sight.map(|weights| {
            let sum: f64 = weights.iter().zip(from).map(|(w, c)| w * c).sum();
            (sum.clamp(0.0, 1.0).powf(1.0 / 2.2) * 255.0).round() as u8
        });
        oklab(Colour(red, green, blue))
    }

    #[test]
    fn signs_are_told_apart_without_seeing_red_or_green() {
        for ground in [Colour::WHITE, DARK] {
            let scale = ColourScale::new(Kind::Diverging, 1.0, Palette::ColourBlind, ground);
            for sight in [WITHOUT_RED, WITHOUT_GREEN] {
                for value in [0.25, 0.5, 0.75, 1.0] {
                    let above = seen(scale.colour(value), sight);
                    let below = seen(scale.colour(-value), sight);
                    let hue = (above[1] - below[1]).hypot(above[2] - below[2]);
                    assert!(hue > 0.1, "{value} on {ground:?}: {hue}");
                    // Nor does either sign look stronger to them.
                    assert!(
                        (above[0] - below[0]).abs() < 0.1,
                        "{value} {above:?} {below:?}"
                    );
                }
            }
        }
    }
}
