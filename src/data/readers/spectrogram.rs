//! The paper's spectrograms: a recording of a spoken digit as an image of 32 × 32 pixels.
//!
//! Section 5 and the authors' code give the recipe; where they leave something open, the choice is
//! told here. Time runs to the right, frequency up.

use microfft::{Complex32, complex, inverse, real};

/// Height and width of a spectrogram in pixels.
pub const SIDE: usize = 32;

/// Edges of the band that is let through, in hertz.
const BAND: (f64, f64) = (1000.0, 8000.0);
/// Taps of the filter: an odd number, so that it shifts by whole samples.
const TAPS: usize = 511;
/// Samples of a window; windows do not overlap.
const WINDOW: usize = 512;
/// The lowest frequency shown, in hertz.
const BOTTOM: f64 = 100.0;
/// Below the loudest by so much, in decibels, everything is equally quiet.
const FLOOR: f32 = -30.0;
/// Weights of a pixel's neighbour, itself and the other neighbour in the smoothing, along either axis.
const SMOOTHING: [f32; 3] = [0.25, 0.5, 0.25];
/// Samples that the filter works on at a time.
const BLOCK: usize = 2048;
/// Samples of a block that come out filtered.
const FILTERED: usize = BLOCK - (TAPS - 1);

/// Rates at which voices are recorded, in hertz.
const RATES: std::ops::RangeInclusive<u32> = 4000..=384_000;

/// All that depends on the rate of a recording only.
pub struct Recipe {
    rate: u32,
    /// The filter in the frequency domain.
    filter: Box<[Complex32; BLOCK]>,
    window: Vec<f32>,
    /// The frequencies shown, by their number in the transform.
    bins: std::ops::Range<usize>,
}

impl Recipe {
    /// The highest frequency shown, in hertz, for recordings that reach so far.
    pub const TOP: f64 = BAND.1;

    /// The recipe for recordings of so many samples a second.
    ///
    /// # Errors
    /// If no voice is recorded at such a rate.
    pub fn new(rate: u32) -> Result<Self, String> {
        check(rate)?;
        let hertz_per_bin = f64::from(rate) / WINDOW as f64;
        let mut filter = Box::new([Complex32::default(); BLOCK]);
        for (place, tap) in taps(rate).into_iter().enumerate() {
            filter[place].re = tap as f32;
        }
        // In place, as the other transforms are.
        let _ = complex::cfft_2048(&mut filter);
        let recipe = Self {
            rate,
            filter,
            window: hann(WINDOW).into_iter().map(|value| value as f32).collect(),
            bins: (BOTTOM / hertz_per_bin).ceil() as usize
                ..((top(rate) / hertz_per_bin).floor() as usize + 1).min(WINDOW / 2),
        };
        Ok(recipe)
    }

    /// Samples a second.
    #[must_use]
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// The highest frequency shown, in hertz: 8 kHz, or half the rate where that is less.
    #[must_use]
    pub fn top(&self) -> f64 {
        top(self.rate)
    }

    /// The spectrogram of a recording: 32 × 32 intensities from 0 to 1, row by row from the top,
    /// the highest frequency. A recording without any sound in the band is black.
    ///
    /// # Errors
    /// If there are no samples, or one is not a finite number.
    pub fn image(&self, samples: &[f32]) -> Result<Vec<f32>, String> {
        if samples.is_empty() {
            return Err("The recording has no samples. Record it again or leave it out.".into());
        }
        if let Some(place) = samples.iter().position(|sample| !sample.is_finite()) {
            return Err(format!(
                "Sample {} is not a finite number. Record it again or leave it out.",
                place + 1
            ));
        }
        // Only ratios of loudness count, and a scale of its own keeps squares from overflowing.
        let loudest = samples
            .iter()
            .fold(0.0, |most: f32, sample| most.max(sample.abs()));
        if loudest == 0.0 {
            return Ok(vec![0.0; SIDE * SIDE]);
        }
        let samples: Vec<f32> = samples.iter().map(|sample| sample / loudest).collect();
        let (decibels, frames) = self.decibels(&self.band_passed(&samples));
        let image = super::resize::area(&decibels, (self.bins.len(), frames), (SIDE, SIDE));
        Ok(spread(smooth(&image)))
    }

    /// The recording through the filter, as long as it was and in time with it.
    fn band_passed(&self, samples: &[f32]) -> Vec<f32> {
        let at = |place: usize| {
            // The filter's delay, and the samples before the block that it still remembers.
            let place = (place + TAPS / 2).checked_sub(TAPS - 1)?;
            samples.get(place).copied()
        };
        let mut filtered = Vec::with_capacity(samples.len() + 2 * FILTERED);
        while filtered.len() < samples.len() {
            // Overlap-save, two blocks at once: one as real, one as imaginary parts.
            let first = filtered.len();
            let mut block = [Complex32::default(); BLOCK];
            for (offset, value) in block.iter_mut().enumerate() {
                value.re = at(first + offset).unwrap_or(0.0);
                value.im = at(first + FILTERED + offset).unwrap_or(0.0);
            }
            let block = complex::cfft_2048(&mut block);
            for (value, factor) in block.iter_mut().zip(self.filter.iter()) {
                *value *= factor;
            }
            let block = inverse::ifft_2048(block);
            filtered.extend(block[TAPS - 1..].iter().map(|value| value.re));
            filtered.extend(block[TAPS - 1..].iter().map(|value| value.im));
        }
        filtered.truncate(samples.len());
        filtered
    }

    /// Loudness in decibels below the loudest, from [`FLOOR`] to 0: frequencies × frames, the
    /// highest frequency first. A last window that is not full is left out unless it is the only.
    fn decibels(&self, samples: &[f32]) -> (Vec<f32>, usize) {
        let frames = (samples.len() / WINDOW).max(1);
        let height = self.bins.len();
        let mut power = vec![0.0; height * frames];
        for frame in 0..frames {
            let mut block = [0.0; WINDOW];
            let part = samples[frame * WINDOW..].iter().zip(&self.window);
            for (value, (sample, weight)) in block.iter_mut().zip(part) {
                *value = sample * weight;
            }
            let spectrum = real::rfft_512(&mut block);
            for (row, bin) in self.bins.clone().rev().enumerate() {
                power[row * frames + frame] = spectrum[bin].norm_sqr();
            }
        }
        let loudest = power.iter().copied().fold(0.0, f32::max);
        for value in &mut power {
            *value = if *value > 0.0 {
                (10.0 * (*value / loudest).log10()).max(FLOOR)
            } else {
                FLOOR
            };
        }
        (power, frames)
    }
}

/// Whether voices are recorded at this rate.
pub(super) fn check(rate: u32) -> Result<(), String> {
    if RATES.contains(&rate) {
        return Ok(());
    }
    Err(format!(
        "A rate of {rate} Hz is not between {} and {}. Resample the recording, for instance to \
         48000 Hz.",
        RATES.start(),
        RATES.end()
    ))
}

fn top(rate: u32) -> f64 {
    Recipe::TOP.min(f64::from(rate) / 2.0)
}

/// A symmetric Hann window.
fn hann(length: usize) -> Vec<f64> {
    let turn = std::f64::consts::TAU / (length - 1) as f64;
    (0..length)
        .map(|place| 0.5 - 0.5 * (turn * place as f64).cos())
        .collect()
}

/// The ideal band-pass, cut off by a Hann window. Where the band reaches beyond half the rate, all
/// above its lower edge passes.
fn taps(rate: u32) -> Vec<f64> {
    let pass_below = |hertz: f64, place: f64| {
        // Twice the edge as a fraction of the rate.
        let width = (2.0 * hertz / f64::from(rate)).min(1.0);
        let angle = std::f64::consts::PI * width * place;
        width
            * if angle == 0.0 {
                1.0
            } else {
                angle.sin() / angle
            }
    };
    hann(TAPS)
        .into_iter()
        .enumerate()
        .map(|(tap, weight)| {
            let place = tap as f64 - (TAPS / 2) as f64;
            weight * (pass_below(BAND.1, place) - pass_below(BAND.0, place))
        })
        .collect()
}

/// Every pixel averaged with its neighbours; at the edges with those there are.
fn smooth(image: &[f32]) -> Vec<f32> {
    let along = |image: &[f32], step: usize, place: fn(usize) -> usize| -> Vec<f32> {
        (0..image.len())
            .map(|pixel| {
                let (mut sum, mut weights) = (0.0, 0.0);
                for (offset, weight) in SMOOTHING.iter().enumerate() {
                    let neighbour = place(pixel) + offset;
                    if (1..=SIDE).contains(&neighbour) {
                        sum += weight * image[pixel + offset * step - step];
                        weights += weight;
                    }
                }
                sum / weights
            })
            .collect()
    };
    let rows = along(image, 1, |pixel| pixel % SIDE);
    along(&rows, SIDE, |pixel| pixel / SIDE)
}

/// The darkest pixel becomes 0, the brightest 1; where all are equal, all become 0.
fn spread(mut image: Vec<f32>) -> Vec<f32> {
    let least = image.iter().copied().fold(f32::INFINITY, f32::min);
    let most = image.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    for value in &mut image {
        *value = if most > least {
            (*value - least) / (most - least)
        } else {
            0.0
        };
    }
    image
}
