//! Colours of an image's intensities, 0 to 1.

use plotters::style::RGBColor;
use plotters::style::colors::colormaps::{ColorMap, ViridisRGB};

use super::{ColourScale, Kind, STEPS};
use crate::plot::figure::ImageColours;
use crate::plot::style::{Colour, Style};

impl ColourScale {
    /// The colours of intensities from 0 to 1; what lies outside gets the end's colour.
    pub(in crate::plot) fn intensity(colours: ImageColours, style: &Style) -> Self {
        let colour = |share: f64| match colours {
            ImageColours::Ink => style.background.mixed(style.text, share),
            ImageColours::Bright => Colour(0, 0, 0).mixed(Colour::WHITE, share),
            ImageColours::Viridis => {
                let RGBColor(red, green, blue) = ViridisRGB.get_color(share);
                Colour(red, green, blue)
            }
        };
        let zero = colour(0.0);
        let ramp = (0..STEPS).map(|step| colour(step as f64 / (STEPS - 1) as f64));
        Self {
            kind: Kind::Sequential,
            limit: 1.0,
            zero,
            ramps: [vec![zero; STEPS], ramp.collect()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::palette::oklab;
    use crate::plot::tests::style;

    #[test]
    fn ink_goes_from_the_ground_to_the_text() {
        let style = style();
        let scale = ColourScale::intensity(ImageColours::Ink, &style);
        assert_eq!(scale.colour(0.0), style.background);
        assert_eq!(scale.colour(-0.1), style.background);
        assert_eq!(scale.colour(1.0), style.text);
        assert_eq!(scale.colour(1.2), style.text);
    }

    #[test]
    fn bright_goes_from_black_to_white_on_any_ground() {
        for ground in [Colour::WHITE, Colour(0x14, 0x18, 0x20)] {
            let style = Style {
                background: ground,
                ..style()
            };
            let scale = ColourScale::intensity(ImageColours::Bright, &style);
            assert_eq!(scale.colour(0.0), Colour(0, 0, 0));
            assert_eq!(scale.colour(1.0), Colour::WHITE);
        }
    }

    #[test]
    fn viridis_grows_lighter_evenly() {
        let scale = ColourScale::intensity(ImageColours::Viridis, &style());
        let lightness = |value| oklab(scale.colour(value))[0];
        for step in 1..=20 {
            let value = f64::from(step) / 20.0;
            let grown = lightness(value) - lightness(value - 0.05);
            assert!((0.01..0.06).contains(&grown), "{value}: {grown}");
        }
        let ends = [scale.colour(0.0), scale.colour(1.0)];
        assert_eq!(ends, [Colour(68, 1, 84), Colour(254, 232, 37)]);
    }
}
