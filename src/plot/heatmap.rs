//! A matrix of numbers as one image.

use plotters::element::{Drawable, PointCollection};
use plotters_backend::{BackendCoord, DrawingBackend, DrawingErrorKind};

use super::layout::Rect;
use super::palette::ColourScale;
use super::style::Colour;
#[cfg(feature = "general")]
use super::style::Style;

/// An image of numbers, ready to be drawn: a plotters element that is one blit, whatever its
/// number of cells. (A rectangle for every cell would be one call into JavaScript for each.)
pub(super) struct Heatmap {
    corner: BackendCoord,
    size: (u32, u32),
    /// Red, green and blue of every device pixel, row after row.
    pixels: Vec<u8>,
}

impl Heatmap {
    /// Paints `value(row, column)` over `place`, which is any whole number of device pixels:
    /// a cell gets the pixels whose middles it covers, and where a pixel covers several cells it
    /// shows their mean.
    pub fn new(
        place: Rect,
        cells: (usize, usize),
        value: impl Fn(usize, usize) -> f64,
        scale: &ColourScale,
    ) -> Self {
        let values = |row, column| [value(row, column)];
        Self::painted(place, cells, values, |[mean]| scale.colour(mean))
    }

    /// As [`Heatmap::new`] of several numbers a cell, which together have a colour.
    pub fn painted<const N: usize>(
        place: Rect,
        (rows, columns): (usize, usize),
        values: impl Fn(usize, usize) -> [f64; N],
        colour: impl Fn([f64; N]) -> Colour,
    ) -> Self {
        let across = Cells::new(columns, place.width);
        let down = Cells::new(rows, place.height);
        let mut pixels = Vec::with_capacity(3 * across.pixels * down.pixels);
        let mut painted = None;
        for y in 0..down.pixels {
            let covered = down.covered(y);
            if painted.as_ref() == Some(&covered) {
                pixels.extend_from_within(pixels.len() - 3 * across.pixels..);
                continue;
            }
            let mut previous = None;
            let mut last = Colour(0, 0, 0);
            for x in 0..across.pixels {
                let columns = across.covered(x);
                if previous.as_ref() != Some(&columns) {
                    let count = (covered.len() * columns.len()) as f64;
                    let mut sums = [0.0; N];
                    for row in covered.clone() {
                        for column in columns.clone() {
                            for (sum, value) in sums.iter_mut().zip(values(row, column)) {
                                *sum += value;
                            }
                        }
                    }
                    last = colour(sums.map(|sum| sum / count));
                    previous = Some(columns);
                }
                pixels.extend([last.0, last.1, last.2]);
            }
            painted = Some(covered);
        }
        Self {
            corner: (place.x, place.y),
            size: (across.pixels as u32, down.pixels as u32),
            pixels,
        }
    }
}

#[cfg(feature = "general")]
impl Heatmap {
    /// The same with outlines between cells of different marks, where cells are large enough to have any,
    /// and hatched where a cell has none.
    pub fn marked(
        mut self,
        (rows, columns): (usize, usize),
        mark: &dyn Fn(usize, usize) -> Mark,
        style: &Style,
    ) -> Self {
        let (width, height) = (self.size.0 as usize, self.size.1 as usize);
        let (across, down) = (
            Cells::new(columns, width as i32),
            Cells::new(rows, height as i32),
        );
        let marks: Vec<Mark> = (0..rows * columns)
            .map(|cell| mark(cell / columns, cell % columns))
            .collect();
        let [column_of, row_of] = [(&across, width), (&down, height)].map(|(cells, length)| {
            (0..length)
                .map(|at| cells.covered(at).start)
                .collect::<Vec<_>>()
        });
        let at = |x: usize, y: usize| marks[row_of[y] * columns + column_of[x]];
        let line = style.hairline() as usize;
        let outlined = width >= LEAST_CELL * line * columns && height >= LEAST_CELL * line * rows;
        let ground = style.background.mixed(style.grid, 0.35);
        for y in 0..height {
            for x in 0..width {
                let here = at(x, y);
                let mut colour = self.colour(x, y);
                if here.hatched {
                    let stripe = (x + y) % (HATCH * line) < line;
                    colour = ground.mixed(style.muted, if stripe { 0.55 } else { 0.0 });
                }
                let differs = |x, y| {
                    let there = at(x, y);
                    there.outline != here.outline && !(there.hatched && here.hatched)
                };
                let (right, below) = ((x + line).min(width - 1), (y + line).min(height - 1));
                if outlined && (differs(right, y) || differs(x, below)) {
                    colour = colour.mixed(style.text, OUTLINE);
                }
                let pixel = 3 * (y * width + x);
                self.pixels[pixel..pixel + 3].copy_from_slice(&[colour.0, colour.1, colour.2]);
            }
        }
        self
    }

    fn colour(&self, x: usize, y: usize) -> Colour {
        let at = 3 * (y * self.size.0 as usize + x);
        Colour(self.pixels[at], self.pixels[at + 1], self.pixels[at + 2])
    }
}

/// What a cell belongs to.
#[cfg(feature = "general")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// Neighbours of another have a line between them.
    pub outline: u32,
    /// Whether there is no number to show.
    pub hatched: bool,
}

/// How much of the text's colour an outline has.
#[cfg(feature = "general")]
const OUTLINE: f64 = 0.3;
/// Sides of a cell that has room for an outline, in hairlines.
#[cfg(feature = "general")]
const LEAST_CELL: usize = 3;
/// From one stripe to the next, in hairlines.
#[cfg(feature = "general")]
const HATCH: usize = 4;

/// Which cells of an axis a device pixel shows.
pub(super) struct Cells {
    cells: usize,
    pixels: usize,
}

impl Cells {
    pub fn new(cells: usize, pixels: i32) -> Self {
        let pixels = if cells == 0 { 0 } else { pixels.max(0) };
        Self {
            cells,
            pixels: pixels as usize,
        }
    }

    /// The cells that a device pixel, counted from 0, covers.
    pub fn covered(&self, pixel: usize) -> std::ops::Range<usize> {
        if self.pixels >= self.cells {
            let cell = (2 * pixel + 1) * self.cells / (2 * self.pixels);
            cell..cell + 1
        } else {
            let first = pixel * self.cells / self.pixels;
            first..(pixel + 1) * self.cells / self.pixels
        }
    }
}

impl<'a> PointCollection<'a, BackendCoord> for &'a Heatmap {
    type Point = &'a BackendCoord;
    type IntoIter = std::iter::Once<&'a BackendCoord>;

    fn point_iter(self) -> Self::IntoIter {
        std::iter::once(&self.corner)
    }
}

impl<DB: DrawingBackend> Drawable<DB> for Heatmap {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        mut corner: I,
        backend: &mut DB,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<DB::ErrorType>> {
        match corner.next() {
            Some(corner) if !self.pixels.is_empty() => {
                backend.blit_bitmap(corner, self.size, &self.pixels)
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::palette::{Kind, Palette};
    use super::super::style::Colour;
    use super::*;

    fn paint(width: i32, height: i32, cells: &[&[f64]]) -> (Vec<Colour>, ColourScale) {
        let scale = ColourScale::new(Kind::Diverging, 1.0, Palette::Paper, Colour::WHITE);
        let place = Rect {
            x: 0,
            y: 0,
            width,
            height,
        };
        let size = (cells.len(), cells[0].len());
        let map = Heatmap::new(place, size, |row, column| cells[row][column], &scale);
        assert_eq!(map.size, (width as u32, height as u32));
        let colours = map.pixels.chunks(3).map(|p| Colour(p[0], p[1], p[2]));
        (colours.collect(), scale)
    }

    #[test]
    fn cells_become_blocks_of_whole_pixels() {
        let (pixels, scale) = paint(6, 4, &[&[0.0, 1.0, -1.0], &[0.5, -0.25, 0.0]]);
        let expected = [
            [0.0, 0.0, 1.0, 1.0, -1.0, -1.0],
            [0.0, 0.0, 1.0, 1.0, -1.0, -1.0],
            [0.5, 0.5, -0.25, -0.25, 0.0, 0.0],
            [0.5, 0.5, -0.25, -0.25, 0.0, 0.0],
        ];
        assert_eq!(
            pixels,
            expected
                .concat()
                .iter()
                .map(|&v| scale.colour(v))
                .collect::<Vec<_>>()
        );
        assert_eq!(pixels[0], Colour::WHITE);
    }

    #[test]
    fn uneven_sizes_split_cells_at_the_nearest_pixel() {
        let (pixels, scale) = paint(5, 1, &[&[1.0, -1.0]]);
        let values = [1.0, 1.0, -1.0, -1.0, -1.0];
        assert_eq!(pixels, values.map(|v| scale.colour(v)));
    }

    #[test]
    fn pixels_smaller_than_the_image_show_means() {
        let (pixels, scale) = paint(1, 1, &[&[1.0, 0.0], &[0.5, 0.5]]);
        assert_eq!(pixels, [scale.colour(0.5)]);
    }
}
