//! How classes are told apart without colour: by a letter of their name, and by the shape of their
//! points.

use plotters::element::{Circle, Polygon};
use plotters::style::{Color, RGBColor};
use plotters_backend::DrawingBackend;

use super::draw::{DrawError, Pen};
use super::style::Colour;

/// Names this long stand for themselves.
const SHORT: usize = 2;

/// A letter or two for each name, all different: the first letter of its name where no class before
/// has taken it, else a later one.
pub(super) fn letters(names: &[&str]) -> Vec<String> {
    let mut found: Vec<Option<String>> = vec![None; names.len()];
    let take = |found: &mut Vec<Option<String>>, class: usize, letters: String| {
        let free = !letters.is_empty() && !found.iter().flatten().any(|taken| *taken == letters);
        if free && found[class].is_none() {
            found[class] = Some(letters);
        }
    };
    let upper = |letter: char| letter.to_uppercase().collect::<String>();
    for (class, name) in names.iter().enumerate() {
        if name.chars().count() <= SHORT {
            take(&mut found, class, name.to_string());
        }
    }
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
    let numbered = |(class, letters): (usize, Option<String>)| {
        letters.unwrap_or_else(|| (class + 1).to_string())
    };
    found.into_iter().enumerate().map(numbered).collect()
}

/// What is filled around a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Circle,
    /// Corners around the point, in twelfths of its radius.
    Polygon(&'static [(i32, i32)]),
}

const SHAPES: [Shape; 10] = [
    Shape::Circle,
    Shape::Polygon(&[(-11, -11), (11, -11), (11, 11), (-11, 11)]),
    Shape::Polygon(&[(0, -15), (14, 11), (-14, 11)]),
    Shape::Polygon(&[(0, -16), (16, 0), (0, 16), (-16, 0)]),
    // An upright cross.
    Shape::Polygon(&[
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
    Shape::Polygon(&[(-14, -11), (14, -11), (0, 15)]),
    // A cross of diagonals.
    Shape::Polygon(&[
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
    Shape::Polygon(&[(15, 0), (-11, 14), (-11, -14)]),
    // A lying bar.
    Shape::Polygon(&[(-17, -6), (17, -6), (17, 6), (-17, 6)]),
    Shape::Polygon(&[(-15, 0), (11, -14), (11, 14)]),
];

impl Shape {
    /// The shape of the class in a row of the report. After ten classes colours come again, with
    /// other shapes.
    pub fn of(class: usize) -> Self {
        SHAPES[(class + class / SHAPES.len()) % SHAPES.len()]
    }

    /// Fills the shape around a point. Shapes of one colour that are drawn in succession are one
    /// call on a canvas.
    pub fn draw<DB: DrawingBackend>(
        self,
        pen: &Pen<'_, DB>,
        (x, y): (i32, i32),
        radius: f64,
        colour: Colour,
    ) -> Result<(), DrawError<DB>> {
        let fill = RGBColor::from(colour).filled();
        match self {
            Self::Circle => {
                let radius = (radius.round() as i32).max(1);
                pen.area.draw(&Circle::new((x, y), radius, fill))
            }
            Self::Polygon(corners) => {
                let away = |twelfths: i32| (f64::from(twelfths) * radius / 12.0).round() as i32;
                let corner = |&(right, down): &(i32, i32)| (x + away(right), y + away(down));
                let corners: Vec<(i32, i32)> = corners.iter().map(corner).collect();
                pen.area.draw(&Polygon::new(corners, fill))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn no_two_of_a_hundred_classes_share_shape_and_colour() {
        for a in 0..100 {
            for b in 0..a {
                assert!(a % 10 != b % 10 || Shape::of(a) != Shape::of(b), "{a} {b}");
            }
        }
    }
}
