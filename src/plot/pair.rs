//! One dimension: its pixel importance beside its directional map (the paper's Figure A.1).

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::RGBColor;
use plotters_backend::DrawingBackend;

use crate::report::Report;

use super::draw::{DrawError, Pen};
use super::figure::{FigureLayout, FigureSpec, places};
use super::layout::Pair;
use super::maps;
use super::number::{significant, sort_largest_first};
use super::shown::Shown;
use super::style::Style;
use super::summary::pair_summary;
use super::table::{NumberTable, measured};

/// How many pixels the table has.
const PIXELS: usize = 20;

/// Draws both maps of a dimension (counted from 0) over the whole of `area`, as far as `report`
/// knows them, each with its own scale. Without a dimension it is the figure's first.
///
/// # Errors
/// If the backend cannot draw.
pub fn pair<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    report: Option<&Report>,
    spec: &FigureSpec,
    dim: Option<usize>,
    style: &Style,
) -> Result<FigureLayout, DrawError<DB>> {
    let (width, height) = area.dim_in_pixel();
    let dim = dim.unwrap_or_else(|| first(report, spec));
    let [plain, directional] = [false, true].map(|shown| Shown::one(report, spec, dim, shown));
    let place = Pair::new((width as i32, height as i32), spec.content(), style);
    let pen = Pen { area, style };
    area.fill(&RGBColor::from(style.background))?;
    pen.heading(&format!("Dimension {}", plain.named(dim)), place.heading)?;
    for (panel, shown) in place.panels.iter().zip([&plain, &directional]) {
        maps::draw(&pen, panel, shown)?;
    }
    let maps = place.panels.iter();
    Ok(FigureLayout {
        summary: pair_summary(dim, &directional),
        maps: maps
            .flat_map(|panel| places(&plain.order, &panel.images, style))
            .collect(),
        bars: Vec::new(),
        order: plain.order,
    })
}

/// The height, in CSS pixels, at which an area `width` CSS pixels wide shows the two maps best.
#[must_use]
pub fn pair_height(width: f64, spec: &FigureSpec, style: &Style) -> f64 {
    let height = Pair::good_height(style.px(width), spec.content(), style);
    (f64::from(height) / style.scale).ceil()
}

/// The pixels that matter most to a dimension (counted from 0; the figure's first without one),
/// the most important first.
#[must_use]
pub fn pair_numbers(report: Option<&Report>, spec: &FigureSpec, dim: Option<usize>) -> NumberTable {
    let dim = dim.unwrap_or_else(|| first(report, spec));
    let shown = Shown::one(report, spec, dim, true);
    let importance = |pixel| {
        let found = shown.pixel_importance(dim, pixel);
        found.map_or(0.0, |(mean, _)| f64::from(mean))
    };
    let mut pixels: Vec<usize> = (0..spec.image.pixels())
        .filter(|&pixel| importance(pixel) > 0.0)
        .collect();
    sort_largest_first(&mut pixels, &importance);
    pixels.truncate(PIXELS);
    let (number, of) = (shown.named(dim), shown.of());
    let [feature, features] = shown.feature_names();
    let mut table = NumberTable::new(
        match pixels.len() {
            0 if shown.has_maps() => format!("No {feature} matters to dimension {number}{of}"),
            0 => format!("{} importance is not known yet", shown.heading()),
            1 => format!("The {feature} that matters to dimension {number}{of}"),
            many => format!("The {many} {features} that matter most to dimension {number}{of}"),
        },
        [
            &format!("{}{}", shown.heading(), shown.place_names()),
            "Importance",
            "Standard error",
            "Slope",
            "As its value rises, the latent",
        ],
    );
    let row = |pixel: usize| {
        let found = shown.pixel_importance(dim, pixel);
        let [mean, error] =
            measured(found.map(|(mean, error)| (f64::from(mean), error.map(f64::from))));
        let slope = shown.slope(dim, pixel);
        let direction = shown.sign(dim, pixel).map_or("", |sign| match sign {
            sign if sign > 0.0 => "rises",
            sign if sign < 0.0 => "falls",
            _ => "has no direction",
        });
        vec![
            shown.place(pixel),
            mean,
            error,
            slope.map_or(String::new(), |slope| significant(f64::from(slope), 3)),
            direction.into(),
        ]
    };
    table.rows = pixels.into_iter().map(row).collect();
    table
}

/// The dimension that is shown where none is asked for.
pub(super) fn first(report: Option<&Report>, spec: &FigureSpec) -> usize {
    let shown = Shown::new(report, spec);
    shown.order.first().copied().unwrap_or(0)
}
