//! Recordings of one rate from those of another.

/// Zero crossings of the filter on either side of its middle.
const CROSSINGS: usize = 32;
/// Values of the filter between two of them.
const STEPS: usize = 512;
/// The filter passes what lies below this share of half the lower rate.
const PASSED: f64 = 0.95;

/// Brings recordings to a lower rate, or a higher one: an ideal low-pass filter, cut off by a
/// Blackman window.
pub(super) struct Resampler {
    /// The filter on one side of its middle.
    filter: Vec<f32>,
    /// Old samples in one new one.
    step: f64,
    /// Zero crossings in one old sample.
    scale: f64,
}

impl Resampler {
    pub fn new(from: u32, to: u32) -> Self {
        let step = f64::from(from) / f64::from(to);
        let tap = |place: usize| {
            let crossing = place as f64 / STEPS as f64;
            let angle = std::f64::consts::PI * crossing;
            let ideal = if place == 0 { 1.0 } else { angle.sin() / angle };
            let turn = angle / CROSSINGS as f64;
            let window = 0.42 + 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos();
            (ideal * window) as f32
        };
        Self {
            filter: (0..=CROSSINGS * STEPS).map(tap).collect(),
            step,
            scale: PASSED / step.max(1.0),
        }
    }

    pub fn apply(&self, samples: &[f32]) -> Vec<f32> {
        let reach = CROSSINGS as f64 / self.scale;
        let count = (samples.len() as f64 / self.step).ceil() as usize;
        let value = |new: usize| {
            let middle = new as f64 * self.step;
            let start = (middle - reach).ceil().max(0.0) as usize;
            let end = ((middle + reach).floor() as usize + 1).min(samples.len());
            let span = samples.get(start..end).unwrap_or_default();
            let sum: f32 = (start..)
                .zip(span)
                .map(|(place, sample)| sample * self.tap((place as f64 - middle).abs()))
                .sum();
            sum * self.scale as f32
        };
        (0..count).map(value).collect()
    }

    /// The filter so many old samples from its middle.
    fn tap(&self, distance: f64) -> f32 {
        let place = distance * self.scale * STEPS as f64;
        let below = place as usize;
        match self.filter.get(below..below + 2) {
            Some(&[below, above]) => below + (above - below) * place.fract() as f32,
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone of so many hertz, sampled at a rate, for half a second.
    fn tone(hertz: f64, rate: u32) -> Vec<f32> {
        let turn = std::f64::consts::TAU * hertz / f64::from(rate);
        (0..rate / 2)
            .map(|place| (turn * f64::from(place)).sin() as f32)
            .collect()
    }

    /// The largest difference away from the ends.
    fn difference(a: &[f32], b: &[f32]) -> f32 {
        assert_eq!(a.len(), b.len());
        let inner = 400..a.len() - 400;
        let pairs = a[inner.clone()].iter().zip(&b[inner]);
        pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn tones_stay_and_those_above_half_the_new_rate_go() {
        for (from, to) in [
            (48_000, 16_000),
            (44_100, 16_000),
            (48_000, 44_100),
            (8000, 16_000),
        ] {
            let resampler = Resampler::new(from, to);
            for hertz in [200.0, 1000.0, 3300.0] {
                let difference = difference(&resampler.apply(&tone(hertz, from)), &tone(hertz, to));
                assert!(difference < 1e-3, "{from} to {to}, {hertz}: {difference}");
            }
        }
        let gone = Resampler::new(48_000, 16_000).apply(&tone(9000.0, 48_000));
        assert!(difference(&gone, &vec![0.0; gone.len()]) < 1e-3);
    }
}
