//! Plotters' canvas backend, made sharp and quick.

use super::stamps::{Piece, Stamps};
use std::cell::RefCell;

use plotters_backend::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontTransform,
};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// Draws on a canvas in its own pixels, which the page makes the screen's.
///
/// What is drawn goes to plotters' backend, except:
/// - small opaque circles and polygons are drawn by [`Stamps`] and put on the canvas together, so
///   that tens of thousands of points take a few milliseconds; what is left is put there when the
///   chart is presented;
/// - a bitmap is put with one call instead of one for each of its pixels;
/// - upright and level lines become rectangles, whose edges fall on whole pixels at any width
///   (plotters moves them by half a pixel, which is right for odd widths only);
/// - centred text has the middle of its capitals and digits at the given height, on a whole pixel
///   (the browser centres the font's box, which many fonts fill unevenly);
/// - text is measured by the canvas instead of a new element in the page, which would make the
///   browser lay out the page again.
pub(super) struct Canvas {
    shapes: CanvasBackend,
    context: CanvasRenderingContext2d,
    stamps: Stamps,
    /// Of the polygon that is being drawn; kept, so that the next needs no room of its own.
    corners: Vec<BackendCoord>,
}

thread_local! {
    /// Where pixels are put to be drawn on a canvas: putting them there itself would not let what
    /// lies beneath shine through.
    static LAYER: RefCell<Option<HtmlCanvasElement>> = const { RefCell::new(None) };
}

/// Why the canvas did not take what was drawn.
#[derive(Debug)]
pub(super) struct CanvasError(String);

impl std::fmt::Display for CanvasError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for CanvasError {}

type Drawn = Result<(), DrawingErrorKind<CanvasError>>;

impl Canvas {
    /// `None` if the browser gives no 2D context for the canvas.
    pub fn new(canvas: HtmlCanvasElement) -> Option<Self> {
        let context = canvas
            .get_context("2d")
            .ok()??
            .dyn_into::<CanvasRenderingContext2d>()
            .ok()?;
        let shapes = CanvasBackend::with_canvas_object(canvas)?;
        Some(Self {
            stamps: Stamps::new(shapes.get_size()),
            shapes,
            context,
            corners: Vec::new(),
        })
    }

    /// Puts what is waiting on the canvas, so that what follows lies above it.
    fn settle(&mut self) -> Drawn {
        match self.stamps.take() {
            Some(piece) => self.put(&piece).map_err(|error| refused(&error)),
            None => Ok(()),
        }
    }

    fn put(&self, piece: &Piece) -> Result<(), JsValue> {
        let [x, y, width, height] = [piece.x, piece.y, piece.width, piece.height].map(f64::from);
        let image = ImageData::new_with_u8_clamped_array_and_sh(
            Clamped(&piece.pixels),
            piece.width as u32,
            piece.height as u32,
        )?;
        LAYER.with_borrow_mut(|layer| {
            let layer = match layer {
                Some(layer) => layer,
                None => layer.insert(self.another_canvas()?),
            };
            if layer.width() < piece.width as u32 || layer.height() < piece.height as u32 {
                layer.set_width(layer.width().max(piece.width as u32));
                layer.set_height(layer.height().max(piece.height as u32));
            }
            let context = layer.get_context("2d")?.ok_or(JsValue::NULL)?;
            let context: CanvasRenderingContext2d = context.unchecked_into();
            context.put_image_data(&image, 0.0, 0.0)?;
            self.context
                .draw_image_with_html_canvas_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
                    layer, 0.0, 0.0, width, height, x, y, width, height,
                )
        })
    }

    fn another_canvas(&self) -> Result<HtmlCanvasElement, JsValue> {
        let canvas = self.context.canvas().ok_or(JsValue::NULL)?;
        let another: HtmlCanvasElement = canvas.clone_node()?.unchecked_into();
        another.set_width(1);
        another.set_height(1);
        Ok(another)
    }
}

fn css(BackendColor { rgb, alpha }: BackendColor) -> String {
    let (red, green, blue) = rgb;
    format!("rgba({red},{green},{blue},{alpha})")
}

/// Height of capitals and digits relative to the size of type, in nearly every sans-serif font.
const CAPITALS: f64 = 0.72;

fn font<S: BackendTextStyle>(style: &S) -> String {
    let (face, family) = (style.style(), style.family());
    format!("{} {}px {}", face.as_str(), style.size(), family.as_str())
}

fn refused(error: &JsValue) -> DrawingErrorKind<CanvasError> {
    DrawingErrorKind::DrawingError(CanvasError(format!("{error:?}")))
}

/// Plotters' canvas error in ours.
fn ours<E: std::error::Error + Send + Sync>(result: Result<(), DrawingErrorKind<E>>) -> Drawn {
    result.map_err(|error| DrawingErrorKind::DrawingError(CanvasError(error.to_string())))
}

impl DrawingBackend for Canvas {
    type ErrorType = CanvasError;

    fn get_size(&self) -> (u32, u32) {
        self.shapes.get_size()
    }

    fn ensure_prepared(&mut self) -> Drawn {
        ours(self.shapes.ensure_prepared())
    }

    fn present(&mut self) -> Drawn {
        self.settle()?;
        ours(self.shapes.present())
    }

    fn draw_pixel(&mut self, point: BackendCoord, colour: BackendColor) -> Drawn {
        self.settle()?;
        ours(self.shapes.draw_pixel(point, colour))
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.settle()?;
        if from.0 != to.0 && from.1 != to.1 {
            return ours(self.shapes.draw_line(from, to, style));
        }
        let width = style.stroke_width() as i32;
        let before = width / 2;
        let (left, right) = (from.0.min(to.0), from.0.max(to.0));
        let (top, bottom) = (from.1.min(to.1), from.1.max(to.1));
        let (upper_left, lower_right) = if from.1 == to.1 {
            ((left, top - before), (right, top - before + width))
        } else {
            ((left - before, top), (left - before + width, bottom))
        };
        ours(self.shapes.draw_rect(upper_left, lower_right, style, true))
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        lower_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        self.settle()?;
        ours(self.shapes.draw_rect(upper_left, lower_right, style, fill))
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        self.settle()?;
        ours(self.shapes.draw_path(path, style))
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        centre: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let opaque = fill && style.color().alpha == 1.0;
        if opaque && self.stamps.circle(style.color(), centre, radius) {
            return Ok(());
        }
        self.settle()?;
        ours(self.shapes.draw_circle(centre, radius, style, fill))
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Drawn {
        self.corners.clear();
        self.corners.extend(corners);
        let colour = style.color();
        if colour.alpha == 1.0 && self.stamps.polygon(colour, &self.corners) {
            return Ok(());
        }
        self.settle()?;
        let corners = self.corners.iter().copied();
        ours(self.shapes.fill_polygon(corners, style))
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Drawn {
        self.settle()?;
        let Pos { h_pos, v_pos } = style.anchor();
        let (VPos::Center, FontTransform::None) = (v_pos, style.transform()) else {
            return ours(self.shapes.draw_text(text, style, at));
        };
        self.context.set_fill_style_str(&css(style.color()));
        self.context.set_font(&font(style));
        self.context.set_text_align(match h_pos {
            HPos::Left => "left",
            HPos::Center => "center",
            HPos::Right => "right",
        });
        self.context.set_text_baseline("alphabetic");
        let baseline = f64::from(at.1) + (style.size() * CAPITALS / 2.0).round();
        self.context
            .fill_text(text, f64::from(at.0), baseline)
            .map_err(|error| refused(&error))
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<CanvasError>> {
        self.context.set_font(&font(style));
        let measured = self
            .context
            .measure_text(text)
            .map_err(|error| refused(&error))?;
        Ok((measured.width().ceil() as u32, style.size().ceil() as u32))
    }

    fn blit_bitmap(
        &mut self,
        at: BackendCoord,
        (width, height): (u32, u32),
        pixels: &[u8],
    ) -> Drawn {
        self.settle()?;
        let mut opaque = Vec::with_capacity(pixels.len() / 3 * 4);
        for pixel in pixels.chunks_exact(3) {
            opaque.extend([pixel[0], pixel[1], pixel[2], u8::MAX]);
        }
        ImageData::new_with_u8_clamped_array_and_sh(Clamped(&opaque), width, height)
            .and_then(|image| {
                self.context
                    .put_image_data(&image, f64::from(at.0), f64::from(at.1))
            })
            .map_err(|error| refused(&error))
    }
}
