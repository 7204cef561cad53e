//! Charts tested by what they draw: shapes and text in SVG, colours on a backend that records.

mod chart;
mod classes;
mod colours;
mod dimensions;
mod divergence;
mod emergence;
mod factors;
mod figure;
mod golden;
mod loss;
mod measured;
mod networks;
mod options;
mod over_images;
mod pair;
mod parts;
mod pinned;
mod pixels;
mod reconstructions;
mod record;
mod scene;
mod similarity;
mod space;
mod table;
mod vectors;

pub(in crate::plot) use measured::joined;
pub(in crate::plot) use scene::{style, texts};
