//! Ten colours for classes, told apart with and without the cones for red and for green.

use super::linear;
use crate::plot::style::Colour;

/// On a light ground. Each stands out from white at least 3 : 1.
const LIGHT: [Colour; 10] = [
    Colour(0x0e, 0x36, 0xa3),
    Colour(0x5d, 0x99, 0x6e),
    Colour(0x9e, 0x5d, 0x06),
    Colour(0x31, 0x88, 0xf3),
    Colour(0xa9, 0x16, 0x4a),
    Colour(0xab, 0x80, 0xb5),
    Colour(0x15, 0x71, 0x8c),
    Colour(0x6c, 0x1b, 0x6c),
    Colour(0x3f, 0x4b, 0x04),
    Colour(0x7b, 0x50, 0xc9),
];

/// On a dark ground: of the same hues where they can be.
const DARK: [Colour; 10] = [
    Colour(0x4f, 0x82, 0xf5),
    Colour(0x66, 0xba, 0x7f),
    Colour(0xbb, 0x55, 0x0e),
    Colour(0x8d, 0xd5, 0xfb),
    Colour(0xd5, 0x98, 0x00),
    Colour(0xbe, 0x92, 0xc8),
    Colour(0x38, 0x88, 0x6d),
    Colour(0xad, 0x47, 0xac),
    Colour(0xe9, 0xd9, 0x19),
    Colour(0x41, 0xf7, 0xab),
];

/// The colour of the class in a row of the report; the eleventh class has that of the
/// first, and another shape ([`Shape::of`](crate::plot::marks::Shape::of)).
pub(in crate::plot) fn category(class: usize, background: Colour) -> Colour {
    let colours = if background.is_dark() { DARK } else { LIGHT };
    colours[class % colours.len()]
}

/// How strongly two colours stand out from each other, as WCAG 2 measures it: 1 (not at all) to 21.
pub(in crate::plot) fn contrast(a: Colour, b: Colour) -> f64 {
    let [a, b] = [a, b].map(luminance);
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(colour: Colour) -> f64 {
    let [red, green, blue] = linear(colour);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::palette::oklab;
    use crate::plot::palette::tests::{DARK as DARK_GROUND, WITHOUT_GREEN, WITHOUT_RED, seen};

    #[test]
    fn contrast_goes_from_one_to_twenty_one() {
        let black = Colour(0, 0, 0);
        assert!((contrast(black, Colour::WHITE) - 21.0).abs() < 1e-9);
        assert!((contrast(Colour::WHITE, black) - 21.0).abs() < 1e-9);
        assert_eq!(contrast(DARK_GROUND, DARK_GROUND), 1.0);
        // The darkest grey that WCAG allows for small text on white.
        assert!((contrast(Colour(0x76, 0x76, 0x76), Colour::WHITE) - 4.54).abs() < 0.005);
    }

    #[test]
    fn classes_are_told_apart_by_everyone_and_stand_out_from_their_ground() {
        for ground in [Colour::WHITE, DARK_GROUND] {
            let colours: Vec<Colour> = (0..10).map(|class| category(class, ground)).collect();
            for (at, &a) in colours.iter().enumerate() {
                let found = contrast(a, ground);
                assert!(found >= 3.0, "{a:?} on {ground:?}: {found}");
                for &b in &colours[at + 1..] {
                    let views = [
                        [oklab(a), oklab(b)],
                        [seen(a, WITHOUT_RED), seen(b, WITHOUT_RED)],
                        [seen(a, WITHOUT_GREEN), seen(b, WITHOUT_GREEN)],
                    ];
                    for [a_seen, b_seen] in views {
                        let squares = a_seen.iter().zip(b_seen).map(|(a, b)| (a - b).powi(2));
                        let apart = squares.sum::<f64>().sqrt();
                        assert!(apart > 0.08, "{a:?} and {b:?}: {apart}");
                    }
                }
            }
            assert_eq!(category(10, ground), category(0, ground));
        }
    }
}
