//! What is lost where colours become grey.

use super::options::Tone;

const TONES: [Tone; 2] = [Tone::Luma, Tone::Mean];
/// Of more images than these, so many are looked at, or half as many, spread evenly.
const LOOKED_AT: usize = 500;

/// How much images differ in colour, and how much of it grey keeps.
///
/// The variance between images of a colour is that of red, green and blue, by their weights in the
/// grey, summed over all pixels. That of the grey is never more, and as much only where all three
/// change alike: in every pixel, the weighted mean of squares is the square of the mean and the
/// spread around it. The grey keeps the quotient of the two.
pub(super) struct Colours {
    /// Of every pixel.
    sums: Vec<[f64; 3]>,
    /// Of all pixels.
    squares: [f64; 3],
    squares_of_grey: [f64; 2],
    /// How many images are counted, of how many there were, one of so many.
    counted: usize,
    images: usize,
    step: usize,
}

impl Colours {
    /// Of so many images of so many pixels.
    pub fn new(pixels: usize, images: usize) -> Self {
        Self {
            sums: vec![[0.0; 3]; pixels],
            squares: [0.0; 3],
            squares_of_grey: [0.0; 2],
            counted: 0,
            images: 0,
            step: images.div_ceil(LOOKED_AT).max(1),
        }
    }

    /// Adds an image: the colours of its pixels in order.
    pub fn add(&mut self, image: impl Iterator<Item = [f32; 3]>) {
        self.images += 1;
        if !(self.images - 1).is_multiple_of(self.step) {
            return;
        }
        self.counted += 1;
        for (sums, colour) in self.sums.iter_mut().zip(image) {
            let wide = colour.map(f64::from);
            for ((sum, square), value) in sums.iter_mut().zip(&mut self.squares).zip(wide) {
                *sum += value;
                *square += value * value;
            }
            for (square, tone) in self.squares_of_grey.iter_mut().zip(TONES) {
                *square += f64::from(tone.of(colour)).powi(2);
            }
        }
    }

    /// The share that this grey keeps of what differs between images; absent where nothing differs.
    fn kept(&self, tone: Tone) -> Option<f64> {
        let count = self.counted as f64;
        let weights = tone.weights().map(f64::from);
        let weighted = |values: [f64; 3]| -> f64 {
            let parts = values.iter().zip(weights);
            parts.map(|(value, weight)| value * weight).sum()
        };
        let (mut colour, mut of_grey) = (weighted(self.squares), {
            let place = TONES.iter().position(|known| *known == tone)?;
            self.squares_of_grey[place]
        });
        let all = colour;
        for sums in &self.sums {
            colour -= weighted(sums.map(|sum| sum * sum)) / count;
            of_grey -= weighted(*sums).powi(2) / count;
        }
        // Less is rounding.
        (colour > 1e-9 * all).then(|| (of_grey / colour).clamp(0.0, 1.0))
    }

    /// What became of colours, in a sentence.
    pub fn told(&self, tone: Tone) -> String {
        let (name, other, other_name) = match tone {
            Tone::Luma => ("luma", Tone::Mean, "their mean"),
            Tone::Mean => ("their mean", Tone::Luma, "luma"),
        };
        let percent = |share: f64| match 100.0 * share {
            percent if percent < 1.0 => "less than 1 %".into(),
            percent => format!("{percent:.0} %"),
        };
        let left = match (self.kept(tone), self.kept(other)) {
            (Some(kept), Some(by_other)) => {
                let other = if by_other > kept + 0.05 {
                    format!("; by {other_name} it would be {}", percent(by_other))
                } else {
                    String::new()
                };
                let kept = percent(kept);
                format!(": {kept} of what differs between images is left{other}")
            }
            _ => String::new(),
        };
        format!("Colours became grey by {name}{left}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(images: &[[f32; 3]], tone: Tone) -> String {
        let mut colours = Colours::new(1, images.len());
        for image in images {
            colours.add([*image].into_iter());
        }
        colours.told(tone)
    }

    #[test]
    fn the_share_that_grey_keeps_is_that_of_the_variances() {
        // Only green differs: 0.587² of 0.587 is left, or 1/3² of 1/3.
        let green = [[9.0, 0.0, 3.0], [9.0, 200.0, 3.0]];
        assert_eq!(
            told(&green, Tone::Luma),
            "Colours became grey by luma: 59 % of what differs between images is left."
        );
        assert_eq!(
            told(&green, Tone::Mean),
            "Colours became grey by their mean: 33 % of what differs between images is left; by \
             luma it would be 59 %."
        );
        // Of one luma within rounding.
        let hues = [[200.0, 40.0, 0.0], [0.0, 141.9, 0.0]];
        assert!(told(&hues, Tone::Luma).contains("less than 1 %"));
        // All change alike: nothing is lost. And nothing differs.
        let alike = [[10.0, 20.0, 30.0], [40.0, 50.0, 60.0]];
        assert!(told(&alike, Tone::Luma).contains("100 %"));
        let same = [[10.0, 20.0, 30.0]; 2];
        assert_eq!(told(&same, Tone::Luma), "Colours became grey by luma.");
    }
}
