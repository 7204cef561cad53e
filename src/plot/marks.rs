//! How classes are told apart without colour: by a letter of their name or their number, and by the
//! shape of their points.

use plotters::element::{Drawable, PointCollection};
use plotters::style::{Color, RGBColor, ShapeStyle};
use plotters_backend::{BackendCoord, DrawingBackend, DrawingErrorKind};

use super::draw::{DrawError, Pen};
use super::style::Colour;

/// Names this long stand for themselves.
const SHORT: usize = 2;

/// More names than these have numbers: a letter that is in a name by chance says nothing.
const MOST_LETTERS: usize = 26;

/// A letter or two for each name, all different: the first letter of its name where no class before
/// has taken it, else a later one. Where there are too many names for that, those that are longer
/// than two letters have the number of their class, counted from 1.
pub(super) fn letters(names: &[&str]) -> Vec<String> {
    let is_short = |name: &str| (1..=SHORT).contains(&name.chars().count());
    let mut found: Vec<Option<String>> = vec![None; names.len()];
    let take = |found: &mut Vec<Option<String>>, class: usize, letters: String| {
        let free = !letters.is_empty() && !found.iter().flatten().any(|taken| *taken == letters);
        if free && found[class].is_none() {
            found[class] = Some(letters);
        }
    };
    let upper = |letter: char| letter.to_uppercase().collect::<String>();
    for (class, name) in names.iter().enumerate() {
        if is_short(name) {
            take(&mut found, class, name.to_string());
        }
    }
    if found.iter().filter(|letters| letters.is_none()).count() <= MOST_LETTERS {
        for (class, name) in names.iter().enumerate() {
            let first = name.chars().find(|letter| letter.is_alphanumeric());
            take(&mut found, class, first.map_or(String::new(), upper));
        }
        for (class, name) in names.iter().enumerate() {
            for letter in name.chars().filter(|letter| letter.is_alphanumeric()) {
                take(&mut found, class, upper(letter));
            }
            for letter in 'A'..='Z' {
                take(&mut found, class, letter.to_string());
            }
        }
    }
    for class in 0..names.len() {
        take(&mut found, class, (class + 1).to_string());
    }
    // Where another class is called so, the next number that no class has.
    for class in 0..names.len() {
        for number in names.len() + 1..=2 * names.len() {
            take(&mut found, class, number.to_string());
        }
    }
    found.into_iter().flatten().collect()
}

/// What is drawn at a point: an outline that is filled, or that is left open in its middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    outline: Outline,
    open: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outline {
    Circle,
    /// Corners around the point, clockwise, in twelfths of its radius.
    Polygon(&'static [(i32, i32)]),
}

/// A circle as a polygon, where its middle is left open.
const ROUND: Outline = Outline::Polygon(&[
    (12, 0),
    (10, 6),
    (6, 10),
    (0, 12),
    (-6, 10),
    (-10, 6),
    (-12, 0),
    (-10, -6),
    (-6, -10),
    (0, -12),
    (6, -10),
    (10, -6),
]);

/// Size of the opening relative to the shape, in twelfths.
const OPENING: i32 = 7;

const OUTLINES: [Outline; 10] = [
    Outline::Circle,
    Outline::Polygon(&[(-11, -11), (11, -11), (11, 11), (-11, 11)]),
    Outline::Polygon(&[(0, -15), (14, 11), (-14, 11)]),
    Outline::Polygon(&[(0, -16), (16, 0), (0, 16), (-16, 0)]),
    // An upright cross.
    Outline::Polygon(&[
        (-5, -16),
        (5, -16),
        (5, -5),
        (16, -5),
        (16, 5),
        (5, 5),
        (5, 16),
        (-5, 16),
        (-5, 5),
        (-16, 5),
        (-16, -5),
        (-5, -5),
    ]),
    Outline::Polygon(&[(-14, -11), (14, -11), (0, 15)]),
    // A cross of diagonals.
    Outline::Polygon(&[
        (0, -7),
        (8, -15),
        (15, -8),
        (7, 0),
        (15, 8),
        (8, 15),
        (0, 7),
        (-8, 15),
        (-15, 8),
        (-7, 0),
        (-15, -8),
        (-8, -15),
    ]),
    Outline::Polygon(&[(15, 0), (-11, 14), (-11, -14)]),
    // A lying bar.
    Outline::Polygon(&[(-17, -6), (17, -6), (17, 6), (-17, 6)]),
    Outline::Polygon(&[(-15, 0), (11, -14), (11, 14)]),
];

impl Shape {
    /// The shape of the class in a row of the report. After ten classes colours come again, with
    /// other outlines; after a hundred outlines come again, open in the middle.
    pub fn of(class: usize) -> Self {
        let outlines = OUTLINES.len();
        Self {
            outline: OUTLINES[(class + class / outlines) % outlines],
            open: class / (outlines * outlines) % 2 == 1,
        }
    }

    /// Draws the shape around a point.
    pub fn draw<DB: DrawingBackend>(
        self,
        pen: &Pen<'_, DB>,
        at: (i32, i32),
        radius: f64,
        colour: Colour,
    ) -> Result<(), DrawError<DB>> {
        self.draw_all(pen, vec![at], radius, colour)
    }

    /// Draws the shape around each of many points, with as little work for each as there can be.
    pub fn draw_all<DB: DrawingBackend>(
        self,
        pen: &Pen<'_, DB>,
        points: Vec<(i32, i32)>,
        radius: f64,
        colour: Colour,
    ) -> Result<(), DrawError<DB>> {
        pen.area.draw(&Marks {
            points,
            corners: self.corners(radius),
            radius: radius.round().max(1.0) as u32,
            fill: RGBColor::from(colour).filled(),
        })
    }

    /// Around a point at 0; none of a circle, which has no corners.
    fn corners(self, radius: f64) -> Vec<(i32, i32)> {
        let outline = match self.outline {
            Outline::Circle if self.open => ROUND,
            outline => outline,
        };
        let Outline::Polygon(corners) = outline else {
            return Vec::new();
        };
        let away = |twelfths: i32| (f64::from(twelfths) * radius / 12.0).round() as i32;
        let corner = |&(right, down): &(i32, i32)| (away(right), away(down));
        let mut path: Vec<(i32, i32)> = corners.iter().map(corner).collect();
        if self.open {
            // Back to where it began, then the opening, the other way round.
            let inner =
                |&(right, down): &(i32, i32)| corner(&(right * OPENING / 12, down * OPENING / 12));
            path.extend(corners.first().map(corner));
            path.extend(corners.first().map(inner));
            path.extend(corners.iter().rev().map(inner));
        }
        path
    }
}

/// One shape at many points.
struct Marks {
    points: Vec<(i32, i32)>,
    /// Around a point at 0; none where the shape is a circle.
    corners: Vec<(i32, i32)>,
    radius: u32,
    fill: ShapeStyle,
}

impl<'a> PointCollection<'a, (i32, i32)> for &'a Marks {
    type Point = &'a (i32, i32);
    type IntoIter = std::slice::Iter<'a, (i32, i32)>;

    fn point_iter(self) -> Self::IntoIter {
        self.points.iter()
    }
}

impl<DB: DrawingBackend> Drawable<DB> for Marks {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        points: I,
        backend: &mut DB,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<DB::ErrorType>> {
        for (x, y) in points {
            if self.corners.is_empty() {
                backend.draw_circle((x, y), self.radius, &self.fill, true)?;
            } else {
                let corners = self
                    .corners
                    .iter()
                    .map(|&(right, down)| (x + right, y + down));
                backend.fill_polygon(corners, &self.fill)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::svg;
    use crate::plot::tests::style;

    #[test]
    fn every_class_has_letters_of_its_own() {
        let fashion = [
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ];
        assert_eq!(letters(&fashion).concat(), "TRPDCSHNBA");
        assert_eq!(letters(&["0", "7", "10", "1"]), ["0", "7", "10", "1"]);
        assert_eq!(letters(&["a", "b", "apple", "Boot"]), ["a", "b", "A", "B"]);
        // Nothing to go by, or nothing left.
        assert_eq!(letters(&["", "!!!", "aaa", "aaa"]), ["B", "C", "A", "D"]);
        let many = vec!["same"; 60];
        let mut found = letters(&many);
        assert_eq!(found[59], "60");
        found.sort();
        found.dedup();
        assert_eq!(found.len(), 60);
    }

    #[test]
    fn many_long_names_have_numbers_that_no_class_is_called_by() {
        let mut names = vec!["species"; 200];
        names[0] = "12";
        names[1] = "";
        let mut found = letters(&names);
        assert_eq!([&found[0], &found[1], &found[2]], ["12", "2", "3"]);
        assert_eq!([&found[11], &found[199]], ["201", "200"]);
        found.sort();
        found.dedup();
        assert_eq!(found.len(), 200);
    }

    #[test]
    fn no_two_of_two_hundred_classes_share_shape_and_colour() {
        for a in 0..200 {
            for b in 0..a {
                assert!(a % 10 != b % 10 || Shape::of(a) != Shape::of(b), "{a} {b}");
            }
        }
    }

    /// How often an outline runs around a place.
    fn windings(outline: &[(f64, f64)], (x, y): (f64, f64)) -> i64 {
        let next = outline.iter().cycle().skip(1);
        let turned: f64 = outline
            .iter()
            .zip(next)
            .map(|(a, b)| {
                let (a, b) = ((a.0 - x, a.1 - y), (b.0 - x, b.1 - y));
                (a.0 * b.1 - a.1 * b.0).atan2(a.0 * b.0 + a.1 * b.1)
            })
            .sum();
        (turned / std::f64::consts::TAU).round() as i64
    }

    #[test]
    fn an_open_shape_shows_the_ground_in_its_middle() {
        let style = style();
        for class in 100..200 {
            let (drawn, ()) = svg((40, 40), |area| {
                let pen = Pen {
                    area,
                    style: &style,
                };
                Shape::of(class).draw(&pen, (20, 20), 4.0, style.text)
            })
            .unwrap();
            let (_, points) = drawn.split_once("points=\"").unwrap();
            let (points, _) = points.split_once('"').unwrap();
            let outline: Vec<(f64, f64)> = points
                .split_whitespace()
                .map(|point| point.split_once(',').unwrap())
                .map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap()))
                .collect();
            // Not on the corners' own lattice.
            assert_eq!(windings(&outline, (20.1, 20.2)), 0, "{class}: {outline:?}");
            // And is filled around it.
            let whole = &outline[..outline.len() / 2];
            assert_eq!(windings(whole, (20.1, 20.2)), 1, "{class}");
        }
    }
}
