//! What the page decides about a chart: its colours, its type and how sharp it is drawn.

use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, RGBColor, TextStyle};
use serde::{Deserialize, Serialize};

/// The look of a chart. Lengths are CSS pixels; they are multiplied by `scale` when drawn, so
/// that one layout is sharp on every screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Style {
    /// Device pixels per CSS pixel: the page's `devicePixelRatio`; 1 for SVG.
    pub scale: f64,
    /// CSS font family.
    pub font: String,
    /// Size of the chart's main text, in CSS pixels.
    pub font_size: f64,
    /// The page behind the chart.
    pub background: Colour,
    /// Headings and the labels of marks.
    pub text: Colour,
    /// Axis labels, titles and notes.
    pub muted: Colour,
    /// Grid lines and frames.
    pub grid: Colour,
    /// Bars and the main line.
    pub accent: Colour,
}

/// A colour, written `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour(pub u8, pub u8, pub u8);

/// A colour that is not written `#rrggbb`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAColour(String);

impl std::fmt::Display for NotAColour {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "\"{}\" is not a colour like #1a2b3c.", self.0)
    }
}

impl std::error::Error for NotAColour {}

impl TryFrom<String> for Colour {
    type Error = NotAColour;

    fn try_from(text: String) -> Result<Self, NotAColour> {
        let parse = || {
            let digits = text.strip_prefix('#').filter(|digits| {
                digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
            })?;
            let number = u32::from_str_radix(digits, 16).ok()?;
            let [_, red, green, blue] = number.to_be_bytes();
            Some(Self(red, green, blue))
        };
        parse().ok_or_else(|| NotAColour(text.clone()))
    }
}

impl From<Colour> for String {
    fn from(Colour(red, green, blue): Colour) -> Self {
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}

impl From<Colour> for RGBColor {
    fn from(Colour(red, green, blue): Colour) -> Self {
        RGBColor(red, green, blue)
    }
}

impl Colour {
    /// The colour of zero on a light page.
    pub const WHITE: Self = Self(255, 255, 255);

    /// That of light whose red, green and blue are from 0 to 1; what lies outside is the nearest of
    /// these.
    #[must_use]
    pub fn light(light: [f64; 3]) -> Self {
        let [red, green, blue] = light.map(|light| (light.clamp(0.0, 1.0) * 255.0).round() as u8);
        Self(red, green, blue)
    }

    /// This colour with `share` (0 to 1) of `other` in it.
    #[must_use]
    pub fn mixed(self, other: Self, share: f64) -> Self {
        let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round();
        Self(
            mix(self.0, other.0) as u8,
            mix(self.1, other.1) as u8,
            mix(self.2, other.2) as u8,
        )
    }

    /// Whether white text would be read more easily on this colour than black text.
    #[must_use]
    pub fn is_dark(self) -> bool {
        let Self(red, green, blue) = self;
        0.299 * f64::from(red) + 0.587 * f64::from(green) + 0.114 * f64::from(blue) < 128.0
    }
}

/// Sizes of type in charts, relative to [`Style::font_size`].
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Type {
    /// A panel's heading.
    Heading,
    /// Everything else.
    Label,
}

impl Type {
    fn relative(self) -> f64 {
        match self {
            Self::Heading => 1.0,
            Self::Label => LABEL,
        }
    }
}

/// Size of [`Type::Label`] relative to the heading.
pub(super) const LABEL: f64 = 0.86;
/// A generous width of one character relative to the size of its type: text is never measured,
/// so that a layout is the same on every backend.
const CHARACTER: f64 = 0.64;

impl Style {
    /// Device pixels of a length in CSS pixels.
    pub(super) fn px(&self, css: f64) -> i32 {
        (css * self.scale).round() as i32
    }

    /// Device pixels of a multiple of the main text's size.
    pub(super) fn em(&self, multiple: f64) -> i32 {
        self.px(multiple * self.font_size)
    }

    /// The thinnest line that is drawn, in device pixels: whole, so that it is crisp.
    pub(super) fn hairline(&self) -> i32 {
        (self.scale.floor() as i32).max(1)
    }

    /// Device pixels of a line that carries data.
    pub(super) fn stroke(&self) -> i32 {
        self.px(1.75).max(1)
    }

    /// About how wide a label of so many characters is, in device pixels; rather too wide.
    pub(super) fn label_width(&self, characters: usize) -> i32 {
        self.em(LABEL * CHARACTER * characters as f64)
    }

    /// The first of the wordings that is sure to fit into so many device pixels; if none is, the
    /// last, cut short.
    pub(super) fn shortened(&self, wordings: &[&str], size: Type, room: i32) -> String {
        let character = f64::from(self.em(1.0)) * CHARACTER * size.relative();
        let fitting = (f64::from(room) / character.max(1e-9)) as usize;
        let fits = |text: &&&str| text.chars().count() <= fitting;
        if let Some(text) = wordings.iter().find(fits) {
            return (*text).into();
        }
        let last = wordings.last().copied().unwrap_or_default();
        let kept: String = last.chars().take(fitting.saturating_sub(1)).collect();
        format!("{}…", kept.trim_end())
    }

    pub(super) fn text(&self, size: Type, colour: Colour, align: HPos) -> TextStyle<'_> {
        let weight = match size {
            Type::Heading => FontStyle::Bold,
            Type::Label => FontStyle::Normal,
        };
        // Charts place text by the middle of its line: the one anchor that all backends draw at
        // the same height.
        TextStyle {
            font: FontDesc::new(
                FontFamily::Name(&self.font),
                size.relative() * self.font_size * self.scale,
                weight,
            ),
            color: plotters::style::Color::to_backend_color(&RGBColor::from(colour)),
            pos: Pos::new(align, VPos::Center),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::tests::style;

    #[test]
    fn what_does_not_fit_is_worded_shorter_and_then_cut() {
        let style = style();
        let fitted = |ems: f64| {
            let wordings = ["Latent importance", "Importance"];
            style.shortened(&wordings, Type::Heading, style.em(ems))
        };
        assert_eq!(fitted(12.0), "Latent importance");
        assert_eq!(fitted(10.0), "Importance");
        assert_eq!(fitted(4.0), "Impor…");
        assert_eq!(fitted(0.0), "…");
    }

    #[test]
    fn colours_are_read_and_written() {
        let colour = Colour::try_from("#1a2B3c".to_string()).unwrap();
        assert_eq!(colour, Colour(0x1a, 0x2b, 0x3c));
        assert_eq!(String::from(colour), "#1a2b3c");
        for wrong in ["", "red", "#12345", "#1234567", "#+12345", "#12345é"] {
            let error = Colour::try_from(wrong.to_string()).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("\"{wrong}\" is not a colour like #1a2b3c.")
            );
        }
    }
}
