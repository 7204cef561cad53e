//! Small reports to draw, and what an SVG shows of them.

use ndarray::{Array2, array};

use crate::data::ImageShape;
use crate::importance::{DirectionMap, Estimate, Measured};
use crate::plot::{Colour, FigureLayout, FigureSpec, Style, figure, svg};
use crate::report::Report;

pub(in crate::plot) fn style() -> Style {
    let colour = |text: &str| Colour::try_from(text.to_string()).unwrap();
    Style {
        scale: 1.0,
        font: "sans-serif".into(),
        font_size: 13.0,
        background: colour("#ffffff"),
        text: colour("#111111"),
        muted: colour("#555555"),
        grid: colour("#dddddd"),
        accent: colour("#0b7a73"),
    }
}

pub(super) fn spec(dims: usize, height: usize, width: usize) -> FigureSpec {
    FigureSpec::new(0, dims, ImageShape::grey(height, width))
}

/// A report of which only the heading is known.
pub(super) fn heading(spec: &FigureSpec) -> Report {
    Report::blank(spec.image, spec.dims, &[0, 7])
}

pub(super) fn estimate(mean: Array2<f32>, std_error: Option<Array2<f32>>) -> Estimate {
    Estimate {
        method: Measured::Sampled,
        engine: "cpu".into(),
        mean,
        std_error,
        repeats: 4,
        fraction: 1.0,
    }
}

pub(super) fn direction(sign: Array2<f32>) -> DirectionMap {
    DirectionMap {
        slope: &sign * 0.5,
        sign,
    }
}

/// Three dimensions of 2 × 3 images: the second is the most important to class 0 and the first to
/// class 7; the third is empty.
pub(super) fn three() -> (FigureSpec, Report) {
    let spec = spec(3, 2, 3);
    let mut report = heading(&spec);
    report.pixel_importance = Some(estimate(
        array![
            [0.0, 0.4, 0.0],
            [0.1, 0.0, 0.0],
            [0.2, 0.1, 0.0],
            [0.0, 0.2, 0.0],
            [0.0, 0.0, 0.0],
            [0.05, 0.0, 0.0],
        ],
        None,
    ));
    report.direction = Some(direction(array![
        [0.0, 1.0, 0.0],
        [-1.0, 0.0, 0.0],
        [1.0, -1.0, 0.0],
        [0.0, 1.0, 0.0],
        [0.0, 0.0, 0.0],
        [1.0, 1.0, 0.0],
    ]));
    report.latent_importance = Some(estimate(
        array![[0.01, 0.02, 0.0], [0.04, 0.03, 0.0]],
        Some(array![[0.001, 0.002, 0.0], [0.001, 0.001, 0.0]]),
    ));
    (spec, report)
}

pub(super) fn draw(
    size: (u32, u32),
    report: Option<&Report>,
    spec: &FigureSpec,
) -> (String, FigureLayout) {
    svg(size, |area| figure(area, report, spec, &style())).unwrap()
}

/// Every text of an SVG with the place it is anchored at.
pub(in crate::plot) fn texts(svg: &str) -> Vec<(String, i32, i32)> {
    let mut found = Vec::new();
    for element in svg.split("<text ").skip(1) {
        let (attributes, rest) = element.split_once('>').unwrap();
        let text = rest.split_once("</text>").unwrap().0.trim().to_string();
        found.push((text, number(attributes, "x"), number(attributes, "y")));
    }
    found
}

pub(super) fn says(svg: &str, text: &str) -> bool {
    texts(svg).iter().any(|(found, _, _)| found == text)
}

/// x, y, width and height of every rectangle of one colour.
pub(super) fn rectangles(svg: &str, Colour(red, green, blue): Colour) -> Vec<[i32; 4]> {
    let fill = format!("fill=\"#{red:02X}{green:02X}{blue:02X}\"");
    svg.split("<rect ")
        .skip(1)
        .filter_map(|element| element.split_once("/>"))
        .map(|(attributes, _)| attributes)
        .filter(|attributes| attributes.contains(&fill))
        .map(|attributes| ["x", "y", "width", "height"].map(|name| number(attributes, name)))
        .collect()
}

fn number(attributes: &str, name: &str) -> i32 {
    let start = format!("{name}=\"");
    let at = attributes
        .match_indices(&start)
        .find(|(at, _)| *at == 0 || attributes[..*at].ends_with(' '))
        .unwrap()
        .0;
    let value = &attributes[at + start.len()..];
    value.split_once('"').unwrap().0.parse().unwrap()
}
