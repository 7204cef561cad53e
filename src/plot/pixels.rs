//! Pixel importance of every dimension, whatever its direction: a map each.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::RGBColor;
use plotters_backend::DrawingBackend;

use crate::report::Report;

use super::draw::{DrawError, Pen};
use super::figure::{FigureLayout, FigureSpec, places};
use super::layout::{Content, Maps};
use super::maps;
use super::shown::Shown;
use super::style::Style;
use super::summary::pixels_summary;
use super::table::{NumberTable, measured};

/// Draws the maps over the whole of `area`, as far as `report` knows them; sorted by the range of
/// their values unless asked otherwise, once every pixel has been measured.
///
/// # Errors
/// If the backend cannot draw.
pub fn pixels<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    report: Option<&Report>,
    spec: &FigureSpec,
    style: &Style,
) -> Result<FigureLayout, DrawError<DB>> {
    let (width, height) = area.dim_in_pixel();
    let shown = Shown::pixels(report, spec);
    let content = Content {
        dims: shown.order.len(),
        ..spec.content()
    };
    let place = Maps::new((width as i32, height as i32), content, style);
    area.fill(&RGBColor::from(style.background))?;
    maps::draw(&Pen { area, style }, &place, &shown)?;
    Ok(FigureLayout {
        summary: pixels_summary(&shown),
        maps: places(&shown.order, &place.images, style),
        bars: Vec::new(),
        order: shown.order,
    })
}

/// The height, in CSS pixels, at which an area `width` CSS pixels wide shows the maps best.
#[must_use]
pub fn pixels_height(width: f64, spec: &FigureSpec, style: &Style) -> f64 {
    let height = Maps::good_height(style.px(width), spec.content(), style);
    (f64::from(height) / style.scale).ceil()
}

/// The range of each dimension's map, in the chart's order, and its most important pixel.
#[must_use]
pub fn pixels_numbers(report: Option<&Report>, spec: &FigureSpec) -> NumberTable {
    let shown = Shown::pixels(report, spec);
    let title = shown.heading();
    let mut table = NumberTable::new(
        if shown.has_maps() {
            let of = shown.of();
            format!("{title} importance: mean squared change of each dimension{of}")
        } else {
            format!("{title} importance is not known yet")
        },
        [
            "Dimension",
            "Range",
            "Largest",
            "Standard error",
            &format!("{title} of the largest{}", shown.place_names()),
        ],
    );
    let row = |&dim: &usize| {
        let (least, most) = shown.range(dim)?;
        let [range, _] = measured(Some((f64::from(most - least), None)));
        let largest = (0..spec.image.pixels()).find(|&pixel| {
            shown
                .pixel_importance(dim, pixel)
                .is_some_and(|v| v.0 == most)
        })?;
        let (most, error) = shown.pixel_importance(dim, largest)?;
        let [most, error] = measured(Some((f64::from(most), error.map(f64::from))));
        Some(vec![
            shown.named(dim),
            range,
            most,
            error,
            shown.place(largest),
        ])
    };
    table.rows = shown.order.iter().filter_map(row).collect();
    table
}
