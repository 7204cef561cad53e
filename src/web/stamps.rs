//! Small opaque shapes, drawn into pixels of our own: tens of thousands of them within a frame.

use plotters_backend::{BackendColor, BackendCoord};

/// Shapes that reach further than this are left to the browser, in pixels.
const LARGEST: i32 = 64;
/// Places along each side of a pixel that are asked whether they are inside.
const SAMPLES: i32 = 4;

/// Shapes that wait to be put on the canvas together.
#[derive(Default)]
pub(super) struct Stamps {
    width: i32,
    height: i32,
    /// Red, green, blue and opacity of each pixel; empty while no shape has come.
    pixels: Vec<[u8; 4]>,
    /// What of the pixels has been drawn on: left, top, and the ends to the right and below.
    drawn: Option<[i32; 4]>,
    /// The shape that came last: mostly the next is the same elsewhere.
    stamp: Stamp,
}

/// A shape around a place: how much of each pixel it covers.
#[derive(Default)]
struct Stamp {
    shape: Shape,
    left: i32,
    top: i32,
    width: i32,
    height: i32,
    cover: Vec<u8>,
}

#[derive(Default, PartialEq)]
enum Shape {
    #[default]
    Nothing,
    Circle(u32),
    /// Corners relative to the first.
    Polygon(Vec<BackendCoord>),
}

/// A piece of the canvas: red, green, blue and opacity of its pixels, row by row.
pub(super) struct Piece {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
    pub pixels: Vec<u8>,
}

impl Stamps {
    pub fn new((width, height): (u32, u32)) -> Self {
        Self {
            width: width as i32,
            height: height as i32,
            ..Self::default()
        }
    }

    /// Whether it has been taken: a large one is not.
    pub fn circle(&mut self, colour: BackendColor, at: BackendCoord, radius: u32) -> bool {
        if radius as i32 > LARGEST {
            return false;
        }
        if self.stamp.shape != Shape::Circle(radius) {
            self.stamp = Stamp::circle(radius);
        }
        self.put(colour, at);
        true
    }

    /// Whether it has been taken: a large one is not. Where an outline runs around a place twice, that
    /// is left open.
    pub fn polygon(&mut self, colour: BackendColor, corners: &[BackendCoord]) -> bool {
        let Some(&(x, y)) = corners.first() else {
            return true;
        };
        let away = |&(right, down): &BackendCoord| (right - x, down - y);
        let same = match &self.stamp.shape {
            Shape::Polygon(known) => is_moved(known, corners, (x, y)),
            _ => false,
        };
        if !same {
            let corners: Vec<BackendCoord> = corners.iter().map(away).collect();
            let far = |&(right, down): &BackendCoord| right.abs().max(down.abs()) > 2 * LARGEST;
            if corners.iter().any(far) {
                return false;
            }
            self.stamp = Stamp::polygon(corners);
        }
        self.put(colour, (x, y));
        true
    }

    /// What waits, which waits no longer.
    pub fn take(&mut self) -> Option<Piece> {
        let [left, top, right, bottom] = self.drawn.take()?;
        let (width, height) = (right - left, bottom - top);
        let mut pixels = Vec::with_capacity(4 * (width * height) as usize);
        for y in top..bottom {
            let from = (y * self.width + left) as usize;
            let row = &mut self.pixels[from..from + width as usize];
            pixels.extend_from_slice(row.as_flattened());
            row.fill([0; 4]);
        }
        Some(Piece {
            x: left,
            y: top,
            width,
            height,
            pixels,
        })
    }

    fn put(&mut self, colour: BackendColor, (x, y): BackendCoord) {
        let stamp = &self.stamp;
        let (left, top) = (x + stamp.left, y + stamp.top);
        let columns = left.max(0)..(left + stamp.width).min(self.width);
        let rows = top.max(0)..(top + stamp.height).min(self.height);
        if columns.is_empty() || rows.is_empty() {
            return;
        }
        if self.pixels.is_empty() {
            self.pixels = vec![[0; 4]; (self.width * self.height) as usize];
        }
        let (red, green, blue) = colour.rgb;
        let full = [red, green, blue, u8::MAX];
        // Plain loops: this is compiled for size, and done for tens of millions of pixels a second.
        for row in rows.clone() {
            let mut from = ((row - top) * stamp.width + columns.start - left) as usize;
            let mut to = (row * self.width + columns.start) as usize;
            let end = to + columns.len();
            while to < end {
                let cover = stamp.cover[from];
                if cover == u8::MAX {
                    self.pixels[to] = full;
                } else if cover > 0 {
                    self.pixels[to] = over(full, cover, self.pixels[to]);
                }
                from += 1;
                to += 1;
            }
        }
        let [a, b, c, d] = self
            .drawn
            .unwrap_or([columns.start, rows.start, columns.end, rows.end]);
        self.drawn = Some([
            a.min(columns.start),
            b.min(rows.start),
            c.max(columns.end),
            d.max(rows.end),
        ]);
    }
}

/// Whether corners are those of a known shape, so far away. A plain loop, as in [`Stamps::put`].
fn is_moved(known: &[BackendCoord], corners: &[BackendCoord], (x, y): BackendCoord) -> bool {
    if known.len() != corners.len() {
        return false;
    }
    let mut at = 0;
    while at < known.len() && known[at].0 + x == corners[at].0 && known[at].1 + y == corners[at].1 {
        at += 1;
    }
    at == known.len()
}

/// A colour that covers so much of a pixel, over what the pixel has.
fn over(colour: [u8; 4], cover: u8, ground: [u8; 4]) -> [u8; 4] {
    let [red, green, blue, opacity] = ground;
    if opacity == 0 {
        return [colour[0], colour[1], colour[2], cover];
    }
    let cover = u32::from(cover);
    if opacity == u8::MAX {
        // Most pixels are. Divided by 255 and rounded, without the time that a division takes.
        let mix = |new: u8, old: u8| {
            let sum = u32::from(new) * cover + u32::from(old) * (255 - cover) + 128;
            ((sum + (sum >> 8)) >> 8) as u8
        };
        return [
            mix(colour[0], red),
            mix(colour[1], green),
            mix(colour[2], blue),
            opacity,
        ];
    }
    let left = u32::from(opacity) * (255 - cover) / 255;
    let whole = cover + left;
    let mix = |new: u8, old: u8| {
        let sum = u32::from(new) * cover + u32::from(old) * left;
        ((sum + whole / 2) / whole) as u8
    };
    [
        mix(colour[0], red),
        mix(colour[1], green),
        mix(colour[2], blue),
        whole as u8,
    ]
}

impl Stamp {
    fn circle(radius: u32) -> Self {
        let reach = radius as i32;
        let square = f64::from(reach).powi(2);
        let inside = |x: f64, y: f64| x * x + y * y <= square;
        Self::sampled(
            Shape::Circle(radius),
            [-reach, -reach, reach, reach],
            inside,
        )
    }

    fn polygon(corners: Vec<BackendCoord>) -> Self {
        let mut bounds = [0; 4];
        for &(x, y) in &corners {
            bounds = [
                x.min(bounds[0]),
                y.min(bounds[1]),
                x.max(bounds[2]),
                y.max(bounds[3]),
            ];
        }
        let sides: Vec<[(f64, f64); 2]> = (0..corners.len())
            .map(|at| {
                let ends = [corners[at], corners[(at + 1) % corners.len()]];
                ends.map(|(x, y)| (f64::from(x), f64::from(y)))
            })
            .collect();
        let inside = |x: f64, y: f64| {
            let crossed = |&&[a, b]: &&[(f64, f64); 2]| {
                (a.1 > y) != (b.1 > y) && x < a.0 + (b.0 - a.0) * (y - a.1) / (b.1 - a.1)
            };
            sides.iter().filter(crossed).count() % 2 == 1
        };
        Self::sampled(Shape::Polygon(corners), bounds, inside)
    }

    fn sampled(
        shape: Shape,
        [left, top, right, bottom]: [i32; 4],
        inside: impl Fn(f64, f64) -> bool,
    ) -> Self {
        let (width, height) = (right - left, bottom - top);
        let sample = |pixel: i32, sample: i32| {
            f64::from(pixel) + (f64::from(sample) + 0.5) / f64::from(SAMPLES)
        };
        let mut cover = Vec::with_capacity((width * height) as usize);
        for y in top..bottom {
            for x in left..right {
                let samples = (0..SAMPLES * SAMPLES)
                    .filter(|at| inside(sample(x, at % SAMPLES), sample(y, at / SAMPLES)))
                    .count() as i32;
                cover.push((255 * samples / (SAMPLES * SAMPLES)) as u8);
            }
        }
        Self {
            shape,
            left,
            top,
            width,
            height,
            cover,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: BackendColor = colour(255, 0, 0);
    const BLUE: BackendColor = colour(0, 0, 255);

    const fn colour(red: u8, green: u8, blue: u8) -> BackendColor {
        BackendColor {
            alpha: 1.0,
            rgb: (red, green, blue),
        }
    }

    fn pixel(piece: &Piece, x: i32, y: i32) -> [u8; 4] {
        let at = 4 * ((y - piece.y) * piece.width + x - piece.x) as usize;
        piece.pixels[at..at + 4].try_into().unwrap()
    }

    #[test]
    fn later_shapes_lie_above_earlier_ones_in_one_piece() {
        let mut stamps = Stamps::new((20, 10));
        assert!(stamps.polygon(RED, &[(2, 2), (6, 2), (6, 6), (2, 6)]));
        assert!(stamps.polygon(BLUE, &[(4, 4), (8, 4), (8, 8), (4, 8)]));
        let piece = stamps.take().unwrap();
        assert_eq!((piece.x, piece.y, piece.width, piece.height), (2, 2, 6, 6));
        assert_eq!(pixel(&piece, 3, 3), [255, 0, 0, 255]);
        assert_eq!(pixel(&piece, 4, 4), [0, 0, 255, 255]);
        assert_eq!(pixel(&piece, 2, 7), [0; 4]);
        assert!(stamps.take().is_none());
        // What was taken is gone.
        stamps.polygon(BLUE, &[(2, 2), (3, 2), (3, 7), (2, 7)]);
        assert_eq!(stamps.take().unwrap().pixels.len(), 4 * 5);
    }

    #[test]
    fn a_circle_covers_its_area() {
        for radius in [1_u32, 2, 5, 24] {
            let mut stamps = Stamps::new((64, 64));
            assert!(stamps.circle(RED, (30, 30), radius));
            let piece = stamps.take().unwrap();
            let opacity = piece.pixels.chunks(4).map(|pixel| f64::from(pixel[3]));
            let covered = opacity.sum::<f64>() / 255.0;
            let area = std::f64::consts::PI * f64::from(radius * radius);
            assert!(
                (covered / area - 1.0).abs() < 0.06,
                "{radius}: {covered} of {area}"
            );
        }
    }

    #[test]
    fn an_opening_is_left_open_and_half_a_pixel_is_half_covered() {
        let mut stamps = Stamps::new((20, 20));
        let outer = [(0, 0), (9, 0), (9, 9), (0, 9), (0, 0)];
        let inner = [(3, 3), (3, 6), (6, 6), (6, 3), (3, 3)];
        stamps.polygon(RED, &[outer, inner].concat());
        let piece = stamps.take().unwrap();
        assert_eq!(pixel(&piece, 4, 4), [0; 4]);
        assert_eq!(pixel(&piece, 1, 1)[3], 255);
        stamps.polygon(RED, &[(0, 0), (4, 0), (4, 4)]);
        let piece = stamps.take().unwrap();
        let half = pixel(&piece, 1, 1)[3];
        assert!((90..=165).contains(&half), "{half}");
    }

    #[test]
    fn what_is_outside_is_cut_off_and_what_is_large_is_left() {
        let mut stamps = Stamps::new((10, 10));
        assert!(stamps.circle(RED, (0, 0), 3));
        let piece = stamps.take().unwrap();
        assert_eq!((piece.x, piece.y, piece.width, piece.height), (0, 0, 3, 3));
        assert!(stamps.circle(RED, (-50, 4), 3) && stamps.take().is_none());
        assert!(!stamps.circle(RED, (5, 5), 65));
        assert!(!stamps.polygon(RED, &[(0, 0), (500, 0), (0, 9)]));
        assert!(stamps.polygon(RED, &[]) && stamps.take().is_none());
    }

    #[test]
    fn colours_mix_by_how_much_they_cover() {
        assert_eq!(
            over([200, 0, 0, 255], 128, [0, 0, 0, 255]),
            [100, 0, 0, 255]
        );
        assert_eq!(over([200, 10, 0, 255], 51, [0; 4]), [200, 10, 0, 51]);
        for cover in 0..=255 {
            let exact = (f64::from(cover) * 201.0 + f64::from(255 - cover) * 7.0) / 255.0;
            let found = over([201, 0, 0, 255], cover, [7, 0, 0, 255]);
            assert_eq!(found[0], exact.round() as u8);
        }
    }
}
