//! Charts of a report, drawn with plotters on any of its backends: a canvas in the page, SVG
//! and bitmaps elsewhere.
//!
//! Charts never compute: what they draw is in the [`Report`](crate::report::Report). Each is a
//! function of an area, the parts of a report and a [`Style`], and says in words what it shows.
//!
//! - [`figure`]: latent importance beside the directional maps (the paper's Figure 3);
//! - [`loss`]: the loss while training;
//! - [`pixels`]: pixel importance whatever its direction;
//! - [`classes`]: latent importance of every class (Figures 5, 7 and 10);
//! - [`pair`]: pixel importance of one dimension beside its directional map (Figure A.1);
//! - [`space`]: every explained image as a point of the encoded space (Figure 11);
//! - [`reconstructions`]: images above what the autoencoder makes of them (Figures 4, 6 and 9);
//! - [`similarity`]: how alike the classes' importance profiles are.
//!
//! And, with the feature `general`:
//!
//! - `opinions`: what each method says of a dimension;
//! - `agreement`: how far the methods agree;
//! - `fair_test`: whose pixels move a latent soonest;
//! - `dendrogram`: how pixels are joined to clusters;
//! - `emergence`: when each map came to be what it is;
//! - `ranks`: the order of the dimensions after every epoch;
//! - `networks`: what becomes of each dimension in other networks;
//! - `controls`: maps and importance beside those of networks that have nothing to learn;
//! - `reconstruction_errors`: images by how far off their reconstructions are;
//! - `smaller`: what becomes of the loss where only some dimensions are kept;
//! - `sizes`: what other numbers of latent dimensions come to;
//! - `factors`: which dimension carries which factor of images whose factors are known;
//! - `film_strip`: the maps after some of the epochs;
//! - `decoded`: what the decoder makes of a grid of places of the latent space;
//! - `pinned`: another run, class or epoch beside the one that is shown.
//!
//! [`Chart`] is any of them, asked for in the same way; [`NumberTable`] is a chart's numbers, written
//! out.
//!
//! [`pixel`] says what is under a pointer on a map, and [`svg`] with [`described`] makes a chart a
//! document of its own.
//!
//! Inside, `layout` decides where things stand, `shown` what is known and in which order,
//! `source` what maps show beyond V of single pixels, `orientation` which way up a map is, `vectors` how maps of
//! signals and tables are drawn, `palette` which colour a number has; `bars`, `maps` and
//! `loss` draw, `summary` says the same in words and `table` in numbers.

#[cfg(feature = "general")]
mod agreement;
mod bars;
mod chart;
mod classes;
#[cfg(feature = "general")]
mod controls;
#[cfg(feature = "general")]
mod decoded;
#[cfg(feature = "general")]
mod dendrogram;
#[cfg(feature = "general")]
mod divergence;
mod draw;
#[cfg(feature = "general")]
mod emergence;
#[cfg(feature = "general")]
mod epochs;
#[cfg(feature = "general")]
mod factors;
#[cfg(feature = "general")]
mod fair_test;
mod figure;
#[cfg(feature = "general")]
mod film_strip;
mod heatmap;
mod layout;
mod loss;
mod maps;
mod marks;
#[cfg(feature = "general")]
mod networks;
mod number;
#[cfg(feature = "general")]
mod opinions;
mod orientation;
#[cfg(feature = "general")]
mod over_images;
mod pair;
mod palette;
#[cfg(feature = "general")]
mod pinned;
mod pixel;
mod pixels;
mod png;
#[cfg(feature = "general")]
mod ranks;
#[cfg(feature = "general")]
mod reconstruction_errors;
mod reconstructions;
#[cfg(feature = "general")]
mod row_pairs;
#[cfg(feature = "general")]
mod rows;
mod shown;
mod similarity;
#[cfg(feature = "general")]
mod sizes;
#[cfg(feature = "general")]
mod smaller;
#[cfg(feature = "general")]
mod source;
mod space;
#[cfg(feature = "general")]
mod steps;
mod style;
mod summary;
mod svg;
mod table;
#[cfg(feature = "general")]
mod vectors;

#[cfg(feature = "general")]
pub use agreement::{agreement, agreement_height, agreement_numbers};
pub use chart::{Chart, ChartLayout, Extra, Known};
pub use classes::{classes, classes_height, classes_numbers};
#[cfg(feature = "general")]
pub use dendrogram::{TreePlace, dendrogram, dendrogram_height, dendrogram_numbers};
pub use draw::DrawError;
#[cfg(feature = "general")]
pub use factors::{factors, factors_height, factors_numbers};
#[cfg(feature = "general")]
pub use fair_test::{
    Asked, CurvesPlace, FairTestLayout, ScorePlace, fair_test, fair_test_height, fair_test_numbers,
};
pub use figure::{FigureLayout, FigureSpec, ImageColours, Place, Scale, figure, figure_height};
pub use loss::{LossLayout, LossOf, loss, loss_height};
#[cfg(feature = "general")]
pub use opinions::{opinions, opinions_height, opinions_numbers};
pub use orientation::{NotARotation, Rotation};
pub use pair::{pair, pair_height, pair_numbers};
pub use palette::{ColourScale, Kind, Palette};
#[cfg(feature = "general")]
pub use pinned::{MatchedBy, PairPlace, Pinned, PinnedLayout, Spot};
pub use pixel::{Pixel, pixel};
pub use pixels::{pixels, pixels_height, pixels_numbers};
#[cfg(feature = "general")]
pub use reconstruction_errors::{BinPlace, ErrorsPlace};
pub use reconstructions::{
    ReconstructionsLayout, SamplePlace, reconstructions, reconstructions_height,
    reconstructions_numbers,
};
pub use similarity::{Cell, SimilarityLayout, similarity, similarity_height, similarity_numbers};
pub use space::{
    KeptPlane, LegendPlace, PlaneLayout, SpaceLayout, SpaceSpec, space, space_height, space_numbers,
};
pub use style::{Colour, NotAColour, Style};
pub use svg::{Svg, described, svg};
pub use table::{NumberTable, figure_numbers, loss_numbers};

#[cfg(feature = "general")]
pub use vectors::grid;

#[cfg(test)]
mod tests;
