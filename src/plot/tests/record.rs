//! A backend that remembers the bitmaps it is asked to draw.

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle};
use plotters_backend::{BackendTextStyle, DrawingBackend, DrawingErrorKind};

use crate::plot::{Colour, DrawError, FigureLayout, FigureSpec, Style, figure};
use crate::report::Report;

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

pub(super) struct Bitmap {
    pub at: BackendCoord,
    pub size: (u32, u32),
    pixels: Vec<u8>,
}

impl Bitmap {
    pub fn pixel(&self, x: u32, y: u32) -> Colour {
        let at = 3 * (y * self.size.0 + x) as usize;
        Colour(self.pixels[at], self.pixels[at + 1], self.pixels[at + 2])
    }

    /// The colour in the middle of a cell of an image of so many rows and columns.
    pub fn cell(&self, (rows, columns): (u32, u32), row: u32, column: u32) -> Colour {
        let middle = |cell, cells, pixels| (2 * cell + 1) * pixels / (2 * cells);
        let x = middle(column, columns, self.size.0);
        self.pixel(x, middle(row, rows, self.size.1))
    }
}

pub(super) struct Recorder {
    size: (u32, u32),
    bitmaps: Rc<RefCell<Vec<Bitmap>>>,
}

/// The bitmaps of a figure: its maps in order, then the legend.
pub(super) fn bitmaps(
    size: (u32, u32),
    report: Option<&Report>,
    spec: &FigureSpec,
    style: &Style,
) -> (Vec<Bitmap>, FigureLayout) {
    record(size, |area| figure(area, report, spec, style))
}

/// The bitmaps of whatever `draw` draws, and what it gives.
pub(super) fn record<T>(
    size: (u32, u32),
    draw: impl FnOnce(&DrawingArea<Recorder, Shift>) -> Result<T, DrawError<Recorder>>,
) -> (Vec<Bitmap>, T) {
    let bitmaps = Rc::new(RefCell::new(Vec::new()));
    let recorder = Recorder {
        size,
        bitmaps: Rc::clone(&bitmaps),
    };
    let layout = draw(&recorder.into_drawing_area()).unwrap();
    (bitmaps.take(), layout)
}

impl DrawingBackend for Recorder {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Drawn {
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        lower_right: BackendCoord,
        _: &S,
        _: bool,
    ) -> Drawn {
        assert!(upper_left.0 <= lower_right.0 && upper_left.1 <= lower_right.1);
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, _: &str, _: &S, _: BackendCoord) -> Drawn {
        Ok(())
    }

    fn blit_bitmap(&mut self, at: BackendCoord, size: (u32, u32), pixels: &[u8]) -> Drawn {
        assert_eq!(pixels.len(), 3 * (size.0 * size.1) as usize);
        self.bitmaps.borrow_mut().push(Bitmap {
            at,
            size,
            pixels: pixels.to_vec(),
        });
        Ok(())
    }
}
