//! What is under a pointer on a map.

use serde::{Deserialize, Serialize};

#[cfg(feature = "general")]
use crate::report::DataForm;
use crate::report::Report;

use super::figure::FigureSpec;
use super::shown::Shown;
#[cfg(feature = "general")]
use super::vectors;

/// What is known of a pixel and a dimension.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pixel {
    /// Its row in the report's matrices, counted from 0: that of the channel that is shown, where each
    /// is permuted by itself.
    pub pixel: usize,
    /// Row in the image as it is stored, counted from 1.
    pub row: usize,
    /// Column in the image as it is stored, counted from 1.
    pub column: usize,
    /// What it is called where it is no pixel of an image: `petal width`, `t = 17`.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The channel, counted from 1, where each is permuted by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<usize>,
    /// Pixel importance V, or what else the map shows of the pixel; NaN where it shows nothing, or the direction alone.
    pub importance: f32,
    /// Its standard error, once it is known.
    pub std_error: Option<f32>,
    /// Latent units per unit of intensity, once it is known.
    pub slope: Option<f32>,
    /// Direction S: -1, 0 or 1; 0 as well where the slope is below the threshold.
    pub sign: Option<f32>,
    /// What [`Pixel::importance`] is and is measured in, where that is not V of the pixel in squared latent
    /// units.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<String>,
    /// What the group of the pixel is called; `Some(None)` where it is in none, absent where no groups are
    /// shown.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Option<String>>,
    /// V of the group over the sum of V of its pixels alone, once it is known: infinite where only the
    /// group moves the dimension, absent where neither does.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<f64>,
    /// The standard error of [`Pixel::shared`], where it is known.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared_error: Option<f64>,
    /// The number of the pixel alone, in the unit of the group's, once it is known.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub single: Option<f64>,
    /// Explained images in which the pixel has another value than in most, where errors over images are known and
    /// these are too few for one to say something.
    #[cfg(feature = "general")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub too_few: Option<u32>,
}

/// The pixel at the place (`x`, `y`) of the map of dimension `dim` (counted from 0) as it is
/// drawn: from 0, the left and the upper edge, to 1. `None` outside the map, and while neither pixel
/// importance nor direction is known.
#[must_use]
pub fn pixel(
    report: Option<&Report>,
    spec: &FigureSpec,
    dim: usize,
    (x, y): (f64, f64),
) -> Option<Pixel> {
    let shown = Shown::new(report, spec);
    let (row, column) = place(&shown, dim, (x, y))?;
    let pixel = row * spec.image.width + column;
    let found = shown.pixel_importance(dim, pixel);
    #[cfg(feature = "general")]
    let found = found.or(shown.is_known_nothing(dim).then_some((f32::NAN, None)));
    let found = found.or(shown.shows_signs().then_some((f32::NAN, None)));
    let (importance, std_error) = found?;
    #[cfg(feature = "general")]
    let facts = shown.group_facts(dim, pixel);
    Some(Pixel {
        pixel: shown.feature(pixel),
        row: row + 1,
        column: column + 1,
        #[cfg(feature = "general")]
        name: shown.named_place(pixel),
        channel: shown.channel().map(|channel| channel + 1),
        importance,
        std_error,
        slope: shown.slope(dim, pixel),
        sign: shown.sign(dim, pixel),
        #[cfg(feature = "general")]
        quantity: shown.source.as_ref().map(super::source::Source::quantity),
        #[cfg(feature = "general")]
        shared: facts.as_ref().and_then(|facts| facts.shared),
        #[cfg(feature = "general")]
        shared_error: facts.as_ref().and_then(|facts| facts.shared_error),
        #[cfg(feature = "general")]
        single: facts.as_ref().and_then(|facts| facts.single),
        #[cfg(feature = "general")]
        too_few: facts
            .is_none()
            .then(|| super::over_images::too_few(report, shown.feature(pixel)))
            .flatten()
            .filter(|_| !shown.is_of_another_method()),
        #[cfg(feature = "general")]
        group: facts.map(|facts| facts.name),
    })
}

/// Row and column, in the image as it is stored, of what is drawn at a place of a map.
fn place(shown: &Shown<'_>, dim: usize, (x, y): (f64, f64)) -> Option<(usize, usize)> {
    #[cfg(feature = "general")]
    if shown.spec.form() != DataForm::Image {
        let (rows, columns) = vectors::grid(shown.spec);
        let place = (cell(y, rows)?, cell(x, columns)?);
        return vectors::at(shown, dim, place).map(|feature| (0, feature));
    }
    #[cfg(not(feature = "general"))]
    let _ = dim;
    let orientation = shown.spec.orientation();
    let drawn = orientation.drawn();
    let row = cell(y, drawn.height)?;
    let column = cell(x, drawn.width)?;
    Some(orientation.stored(row, column))
}

/// The cell of an axis of so many cells at `place`, 0 to 1.
fn cell(place: f64, cells: usize) -> Option<usize> {
    let inside = (0.0..=1.0).contains(&place) && cells > 0;
    inside.then(|| ((place * cells as f64) as usize).min(cells - 1))
}
