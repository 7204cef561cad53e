//! What other numbers of latent dimensions come to.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::RGBColor;
use plotters_backend::DrawingBackend;

use super::chart::{ChartLayout, Extra, Known};
use super::draw::DrawError;
use super::figure::FigureSpec;
use super::style::Style;
use super::table::NumberTable;

/// Draws the chart over the whole of `area`, as far as it is known.
///
/// # Errors
/// If the backend cannot draw.
pub fn sizes<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    _known: &Known,
    _asked: (&FigureSpec, &Extra),
    style: &Style,
) -> Result<ChartLayout, DrawError<DB>> {
    area.fill(&RGBColor::from(style.background))?;
    Ok(ChartLayout::default())
}

/// The height at which an area so wide shows it best, in CSS pixels.
#[must_use]
pub fn sizes_height(_width: f64, _known: &Known, _spec: &FigureSpec, _style: &Style) -> f64 {
    200.0
}

/// Its numbers.
#[must_use]
pub fn sizes_numbers(_known: &Known, _asked: (&FigureSpec, &Extra)) -> NumberTable {
    NumberTable::new("", ["", ""])
}
