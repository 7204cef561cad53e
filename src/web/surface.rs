//! What charts are drawn on where there are all of them: a canvas or a file. As one backend, so that their
//! code is there once.

use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

use super::canvas::{Canvas, CanvasError, Drawn, ours};
use crate::plot::Svg;

/// A canvas of the page, or an SVG document.
pub(super) enum Surface<'a> {
    Canvas(Canvas),
    Svg(Svg<'a>),
}

impl DrawingBackend for Surface<'_> {
    type ErrorType = CanvasError;

    fn get_size(&self) -> (u32, u32) {
        match self {
            Self::Canvas(to) => to.get_size(),
            Self::Svg(to) => to.get_size(),
        }
    }

    fn ensure_prepared(&mut self) -> Drawn {
        match self {
            Self::Canvas(to) => to.ensure_prepared(),
            Self::Svg(to) => ours(to.ensure_prepared()),
        }
    }

    fn present(&mut self) -> Drawn {
        match self {
            Self::Canvas(to) => to.present(),
            Self::Svg(to) => ours(to.present()),
        }
    }

    fn draw_pixel(&mut self, point: BackendCoord, colour: BackendColor) -> Drawn {
        match self {
            Self::Canvas(to) => to.draw_pixel(point, colour),
            Self::Svg(to) => ours(to.draw_pixel(point, colour)),
        }
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        match self {
            Self::Canvas(on) => on.draw_line(from, to, style),
            Self::Svg(on) => ours(on.draw_line(from, to, style)),
        }
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        lower_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        match self {
            Self::Canvas(to) => to.draw_rect(upper_left, lower_right, style, fill),
            Self::Svg(to) => ours(to.draw_rect(upper_left, lower_right, style, fill)),
        }
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        match self {
            Self::Canvas(to) => to.draw_path(path, style),
            Self::Svg(to) => ours(to.draw_path(path, style)),
        }
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        centre: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        match self {
            Self::Canvas(to) => to.draw_circle(centre, radius, style, fill),
            Self::Svg(to) => ours(to.draw_circle(centre, radius, style, fill)),
        }
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Drawn {
        match self {
            Self::Canvas(to) => to.fill_polygon(corners, style),
            Self::Svg(to) => ours(to.fill_polygon(corners, style)),
        }
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Drawn {
        match self {
            Self::Canvas(to) => to.draw_text(text, style, at),
            Self::Svg(to) => ours(to.draw_text(text, style, at)),
        }
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<CanvasError>> {
        match self {
            Self::Canvas(to) => to.estimate_text_size(text, style),
            Self::Svg(to) => ours(to.estimate_text_size(text, style)),
        }
    }

    fn blit_bitmap(&mut self, at: BackendCoord, size: (u32, u32), pixels: &[u8]) -> Drawn {
        match self {
            Self::Canvas(to) => to.blit_bitmap(at, size, pixels),
            Self::Svg(to) => ours(to.blit_bitmap(at, size, pixels)),
        }
    }
}
