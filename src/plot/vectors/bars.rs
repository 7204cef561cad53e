//! The columns of a table: a bar each, with its name.

use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use super::super::draw::{DrawError, Pen};
use super::super::layout::Rect;
use super::super::palette::{ColourScale, Kind};
use super::super::style::{LABEL, Style, Type};
use super::{Vector, colour};

/// Names have at most this share of a map.
const NAMES: f64 = 0.52;
/// Maps narrower than this, in ems, are of bars alone.
const NARROW: f64 = 6.0;
/// Around a name, and around the bars.
const GAP: f64 = 0.3;
/// Share of a row that its bar fills.
const THICKNESS: f64 = 0.62;

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: Rect,
    Vector {
        report,
        spec,
        order,
        value,
    }: Vector<'_>,
    scale: &ColourScale,
) -> Result<(), DrawError<DB>> {
    let (style, rows) = (pen.style, spec.columns_shown() as i32);
    let gap = style.em(GAP);
    let is_named = place.width >= style.em(NARROW) && place.height >= rows * style.em(LABEL);
    let names: Vec<String> = if is_named {
        let room = (f64::from(place.width) * NAMES) as i32 - 2 * gap;
        let named =
            |&feature: &usize| report.map_or(String::new(), |of| of.pixel_in_words(feature));
        shortened(order.iter().map(named).collect(), room, style)
    } else {
        Vec::new()
    };
    let longest = names.iter().map(|name| name.chars().count()).max();
    let label = longest.map_or(0, |longest| style.label_width(longest) + gap);
    let plot = Rect {
        x: place.x + label + gap,
        width: (place.width - label - 2 * gap).max(1),
        ..place
    };
    let (zero, reach) = match scale.kind {
        Kind::Sequential => (plot.x, plot.width),
        Kind::Diverging => (plot.middle().0, plot.width / 2),
    };
    let edge = |row: i32| place.y + row * place.height / rows;
    for (row, &feature) in (0..).zip(order) {
        let (top, bottom) = (edge(row), edge(row + 1));
        let middle = i32::midpoint(top, bottom);
        if let Some(name) = names.get(row as usize) {
            let at = (place.x + gap, middle);
            pen.text(name, Type::Label, style.text, HPos::Left, at)?;
        }
        let number = value(feature);
        if number.is_nan() {
            pen.note("–", HPos::Left, (zero + gap, middle))?;
            continue;
        }
        let share = (number / scale.limit).clamp(-1.0, 1.0);
        let end = zero + (share * f64::from(reach)).round() as i32;
        let height = ((f64::from(bottom - top) * THICKNESS).round() as i32).max(1);
        let bar = Rect {
            x: zero.min(end),
            y: middle - height / 2,
            width: (end - zero).abs(),
            height,
        };
        pen.fill(bar, colour(scale, number))?;
    }
    pen.upright(zero, (place.y, place.bottom()), style.muted)
}

/// Names that are too long are cut at their ends, or, where they would then be the same, in their middles.
fn shortened(names: Vec<String>, room: i32, style: &Style) -> Vec<String> {
    let cut = |name: &String| style.shortened(&[name], Type::Label, room);
    let short: Vec<String> = names.iter().map(cut).collect();
    let is_alone = |text: &String| short.iter().filter(|other| *other == text).count() == 1;
    short
        .iter()
        .zip(&names)
        .map(|(short, name)| {
            let kept = short.chars().count();
            if short == name || is_alone(short) || kept < 4 {
                return short.clone();
            }
            let tail = kept / 2;
            let letters: Vec<char> = name.chars().collect();
            let head: String = letters[..kept - 1 - tail].iter().collect();
            let tail: String = letters[letters.len() - tail..].iter().collect();
            format!("{}…{}", head.trim_end(), tail.trim_start())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::tests::style;

    #[test]
    fn long_names_are_cut_where_they_can_still_be_told_apart() {
        let style = style();
        let room = style.label_width(12);
        let short = |names: &[&str]| {
            let names = names.iter().map(|name| String::from(*name)).collect();
            shortened(names, room, &style)
        };
        assert_eq!(
            short(&["age", "petal length", "concave points of the worst"]),
            ["age", "petal length", "concave poi…"]
        );
        assert_eq!(
            short(&["mean concave points", "mean concave area"]),
            ["mean…points", "mean…e area"]
        );
    }
}
