//! Charts as SVG, small and faithful.

use std::error::Error;
use std::fmt::Write;

use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontFamily, FontStyle, FontTransform, text_anchor,
};

use super::png;

/// Plotters' SVG backend, with two things mended: images become embedded PNGs instead of a
/// rectangle for every pixel, and text has the size that was asked for (plotters divides by
/// 1.24), so that a chart has the same proportions in SVG as on a canvas.
///
/// Made by [`svg`], which puts the images in their place.
pub struct Svg<'a> {
    shapes: SVGBackend<'a>,
    images: &'a mut String,
}

impl std::fmt::Debug for Svg<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Svg").finish_non_exhaustive()
    }
}

/// Runs `draw` on an area of so many CSS pixels and gives the SVG document; charts want a
/// [`Style`](super::Style) of scale 1 here. Images lie below every other shape, but above the
/// first: the background.
///
/// # Errors
/// Those of `draw`.
pub fn svg<T>(
    size: (u32, u32),
    draw: impl FnOnce(&DrawingArea<Svg<'_>, Shift>) -> Result<T, DrawingAreaErrorKind<std::io::Error>>,
) -> Result<(String, T), Box<dyn Error + Send + Sync>> {
    let mut shapes = String::new();
    let mut images = String::new();
    let backend = Svg {
        shapes: SVGBackend::with_string(&mut shapes, size),
        images: &mut images,
    };
    let area = backend.into_drawing_area();
    let drawn = draw(&area)?;
    area.present()?;
    drop(area);
    // Line 1 opens the document, line 2 is the background.
    let below = shapes
        .match_indices('\n')
        .nth(1)
        .map_or(0, |(at, _)| at + 1);
    shapes.insert_str(below, &images);
    Ok((shapes, drawn))
}

/// An SVG document that says what it is, to those who hear it and in a list of files.
#[must_use]
pub fn described(svg: &str, title: &str, description: &str) -> String {
    let (open, rest) = svg.split_once('\n').unwrap_or((svg, ""));
    let (title, description) = (escaped(title), escaped(description));
    format!("{open}\n<title>{title}</title>\n<desc>{description}</desc>\n{rest}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

impl DrawingBackend for Svg<'_> {
    type ErrorType = std::io::Error;

    fn get_size(&self) -> (u32, u32) {
        self.shapes.get_size()
    }

    fn ensure_prepared(&mut self) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.shapes.ensure_prepared()
    }

    fn present(&mut self) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.shapes.present()
    }

    fn draw_pixel(
        &mut self,
        point: BackendCoord,
        colour: BackendColor,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.shapes.draw_pixel(point, colour)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.shapes.draw_line(from, to, style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.shapes.draw_rect(upper_left, bottom_right, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.shapes.draw_path(path, style)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        centre: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.shapes.draw_circle(centre, radius, style, fill)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.shapes.fill_polygon(corners, style)
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        at: BackendCoord,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        let (x, y) = at;
        let lower = match style.anchor().v_pos {
            text_anchor::VPos::Center => (style.size() * HALF_CAPITALS).round() as i32,
            _ => 0,
        };
        self.shapes
            .draw_text(text, &Enlarged(style), (x, y + lower))
    }

    fn blit_bitmap(
        &mut self,
        (x, y): BackendCoord,
        (width, height): (u32, u32),
        pixels: &[u8],
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        let image = png::base64(&png::encode((width, height), pixels));
        // Cells keep their edges however far the document is enlarged.
        writeln!(
            self.images,
            "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
             style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{image}\"/>"
        )
        .map_err(|error| DrawingErrorKind::DrawingError(std::io::Error::other(error)))
    }
}

/// Plotters centres the small letters; charts centre capitals and digits, whose half height is
/// this much more, relative to the size of type.
const HALF_CAPITALS: f64 = 0.1;

/// A text style whose size survives plotters' division by 1.24.
struct Enlarged<'a, S>(&'a S);

impl<S: BackendTextStyle> BackendTextStyle for Enlarged<'_, S> {
    type FontError = S::FontError;

    fn size(&self) -> f64 {
        self.0.size() * 1.24
    }

    fn color(&self) -> BackendColor {
        self.0.color()
    }

    fn transform(&self) -> FontTransform {
        self.0.transform()
    }

    fn style(&self) -> FontStyle {
        self.0.style()
    }

    fn anchor(&self) -> text_anchor::Pos {
        self.0.anchor()
    }

    fn family(&self) -> FontFamily<'_> {
        self.0.family()
    }

    fn layout_box(&self, text: &str) -> Result<((i32, i32), (i32, i32)), Self::FontError> {
        self.0.layout_box(text)
    }

    fn draw<E, DrawFunc: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        text: &str,
        at: BackendCoord,
        draw: DrawFunc,
    ) -> Result<Result<(), E>, Self::FontError> {
        self.0.draw(text, at, draw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_opens_the_document() {
        let (plain, ()) = svg((20, 10), |_| Ok(())).unwrap();
        let said = described(&plain, "a < b", "x & y > z");
        assert!(said.starts_with("<svg "));
        let at = said.find("<title>a &lt; b</title>\n<desc>x &amp; y &gt; z</desc>\n");
        assert_eq!(at, Some(said.find('\n').unwrap() + 1));
        assert!(said.contains("xmlns=\"http://www.w3.org/2000/svg\""));
        assert_eq!(said.matches("</svg>").count(), 1);
    }
}
