//! Shapes that are filled in one call, as a path in the language of SVG.

use std::fmt::Write;

use plotters_backend::{BackendColor, BackendCoord};

/// Outlines of one opaque colour, waiting to be filled together.
///
/// Where outlines overlap, both are filled: all run the same way round.
#[derive(Default)]
pub(super) struct Fills {
    waiting: Option<(BackendColor, String)>,
}

impl Fills {
    /// Adds an outline. Gives what waited in another colour, which is to be filled first.
    pub fn add(&mut self, colour: BackendColor, outline: &str) -> Option<(BackendColor, String)> {
        if let Some((_, path)) = self
            .waiting
            .as_mut()
            .filter(|(found, _)| same(*found, colour))
        {
            path.push_str(outline);
            return None;
        }
        self.waiting.replace((colour, outline.into()))
    }

    /// What waits, which waits no longer.
    pub fn take(&mut self) -> Option<(BackendColor, String)> {
        self.waiting.take()
    }
}

fn same(a: BackendColor, b: BackendColor) -> bool {
    a.rgb == b.rgb && a.alpha == b.alpha
}

/// The outline of a circle, clockwise.
pub(super) fn circle((x, y): BackendCoord, radius: u32) -> String {
    let (left, across) = (i64::from(x) - i64::from(radius), 2 * i64::from(radius));
    let half = |to: i64| format!("a{radius} {radius} 0 1 1 {to} 0");
    format!("M{left} {y}{}{}z", half(across), half(-across))
}

/// The outline of a polygon, clockwise.
pub(super) fn polygon(corners: impl IntoIterator<Item = BackendCoord>) -> String {
    let mut corners: Vec<BackendCoord> = corners.into_iter().collect();
    let next = corners.iter().cycle().skip(1);
    let area: i64 = corners
        .iter()
        .zip(next)
        .map(|(a, b)| i64::from(a.0) * i64::from(b.1) - i64::from(b.0) * i64::from(a.1))
        .sum();
    if area < 0 {
        corners.reverse();
    }
    let mut path = String::new();
    for (at, (x, y)) in corners.iter().enumerate() {
        let command = if at == 0 { 'M' } else { 'L' };
        write!(path, "{command}{x} {y}").expect("a string takes every write");
    }
    path.push('z');
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: BackendColor = BackendColor {
        alpha: 1.0,
        rgb: (255, 0, 0),
    };
    const BLUE: BackendColor = BackendColor {
        alpha: 1.0,
        rgb: (0, 0, 255),
    };

    #[test]
    fn outlines_of_one_colour_are_one_path_until_another_comes() {
        let mut fills = Fills::default();
        assert!(fills.add(RED, "a").is_none() && fills.add(RED, "b").is_none());
        let (colour, path) = fills.add(BLUE, "c").unwrap();
        assert_eq!((colour.rgb, path.as_str()), (RED.rgb, "ab"));
        let (colour, path) = fills.take().unwrap();
        assert_eq!((colour.rgb, path.as_str()), (BLUE.rgb, "c"));
        assert!(fills.take().is_none());
    }

    #[test]
    fn every_outline_runs_clockwise() {
        let square = "M0 0L2 0L2 2L0 2z";
        assert_eq!(polygon([(0, 0), (2, 0), (2, 2), (0, 2)]), square);
        assert_eq!(polygon([(0, 2), (2, 2), (2, 0), (0, 0)]), square);
        assert_eq!(polygon([]), "z");
        assert_eq!(circle((5, 7), 3), "M2 7a3 3 0 1 1 6 0a3 3 0 1 1 -6 0z");
    }
}
