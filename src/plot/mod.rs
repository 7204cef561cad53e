//! Charts of a report, drawn with plotters on any of its backends: a canvas in the page, SVG
//! and bitmaps elsewhere.
//!
//! Charts never compute: what they draw is in the [`Report`](crate::report::Report). Each is a
//! function of an area, the parts of a report and a [`Style`], and says in words what it shows.
//!
//! - [`figure`]: latent importance beside the directional maps (the paper's Figure 3);
//! - [`loss`]: the loss while training.
//!
//! Inside, `layout` decides where things stand, `shown` what is known and in which order,
//! `palette` which colour a number has, and `bars`, `maps` and `loss` draw.

mod bars;
mod draw;
mod figure;
mod heatmap;
mod layout;
mod loss;
mod maps;
mod number;
mod palette;
mod png;
mod shown;
mod style;
mod svg;

pub use draw::DrawError;
pub use figure::{FigureLayout, FigureSpec, Place, figure, figure_height};
pub use loss::loss;
pub use palette::{ColourScale, Kind};
pub use style::{Colour, NotAColour, Style};
pub use svg::{Svg, svg};

#[cfg(test)]
mod tests;
