//! The few strokes all charts are made of, in device pixels.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::element::{PathElement, Rectangle};
use plotters::style::text_anchor::HPos;
use plotters::style::{Color, RGBColor};
use plotters_backend::DrawingBackend;

use super::layout::Rect;
use super::style::{Colour, Style, Type};

/// Below a scale, in ems: the middle of its labels' line, and of its title's.
pub(super) const SCALE_LABELS: f64 = 0.85;
pub(super) const SCALE_TITLE: f64 = 2.15;

/// Why a chart could not be drawn: what the backend said.
pub type DrawError<DB> = DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>;

/// Where and how a chart is drawn.
pub(super) struct Pen<'a, DB: DrawingBackend> {
    pub area: &'a DrawingArea<DB, Shift>,
    pub style: &'a Style,
}

impl<DB: DrawingBackend> Pen<'_, DB> {
    /// A filled rectangle; nothing if it has no area.
    pub fn fill(&self, rect: Rect, colour: Colour) -> Result<(), DrawError<DB>> {
        if rect.width <= 0 || rect.height <= 0 {
            return Ok(());
        }
        self.area.draw(&Rectangle::new(
            [(rect.x, rect.y), (rect.right(), rect.bottom())],
            RGBColor::from(colour).filled(),
        ))
    }

    /// A hairline around a rectangle, outside it. Four filled rectangles: a stroked one would lie
    /// half on the pixels it surrounds.
    pub fn frame(&self, rect: Rect, colour: Colour) -> Result<(), DrawError<DB>> {
        let line = self.style.hairline();
        let (x, width) = (rect.x - line, rect.width + 2 * line);
        let side = |x, y, width, height| {
            let side = Rect {
                x,
                y,
                width,
                height,
            };
            self.fill(side, colour)
        };
        side(x, rect.y - line, width, line)?;
        side(x, rect.bottom(), width, line)?;
        side(x, rect.y, line, rect.height)?;
        side(rect.right(), rect.y, line, rect.height)
    }

    /// An upright hairline at `x`.
    pub fn upright(
        &self,
        x: i32,
        (top, bottom): (i32, i32),
        colour: Colour,
    ) -> Result<(), DrawError<DB>> {
        let line = Rect {
            x,
            y: top,
            width: self.style.hairline(),
            height: bottom - top,
        };
        self.fill(line, colour)
    }

    /// A level hairline at `y`.
    pub fn level(
        &self,
        y: i32,
        (left, right): (i32, i32),
        colour: Colour,
    ) -> Result<(), DrawError<DB>> {
        let line = Rect {
            x: left,
            y,
            width: right - left,
            height: self.style.hairline(),
        };
        self.fill(line, colour)
    }

    pub fn path(&self, points: Vec<(i32, i32)>, colour: Colour) -> Result<(), DrawError<DB>> {
        let stroke = RGBColor::from(colour).stroke_width(self.style.stroke() as u32);
        self.area.draw(&PathElement::new(points, stroke))
    }

    /// One line of text whose middle is at the height of `at`.
    pub fn text(
        &self,
        text: &str,
        size: Type,
        colour: Colour,
        align: HPos,
        at: (i32, i32),
    ) -> Result<(), DrawError<DB>> {
        self.area
            .draw_text(text, &self.style.text(size, colour, align), at)
    }

    /// What a chart or a panel of it shows.
    pub fn heading(&self, text: &str, at: (i32, i32)) -> Result<(), DrawError<DB>> {
        self.text(text, Type::Heading, self.style.text, HPos::Left, at)
    }

    /// As [`Pen::text`], for the labels and notes that most text is.
    pub fn note(&self, text: &str, align: HPos, at: (i32, i32)) -> Result<(), DrawError<DB>> {
        self.text(text, Type::Label, self.style.muted, align, at)
    }
}
