//! The method of Inglis and Parnell: permute one input at a time and watch the outputs move.
//!
//! Stage 1 permutes a pixel over the explained images and measures how far each latent moves; stage 2
//! ([`Direction`]) tells in which direction; stage 3 permutes a latent within a class and measures how
//! far the reconstructions move. Stages 1 and 3 are one measurement ([`Importance`]) on the two halves
//! of the network: of features, which are columns that move together, between recipients and donors
//! ([`Design`]), by what knows half a network ([`probe`]).
//!
//! Both are the mean over random permutations, as in the paper, or the expected value over all of
//! them, which needs none: in closed form, or by trying every value where that is affordable. Before
//! one layer of sigmoids, as a decoder often is, a series makes that cheap.
//! [`Plan`] says which of these, and which part of the features.

mod closed;
mod cost;
mod design;
mod direction;
mod estimate;
mod exactness;
mod levels;
mod order;
mod plan;
pub mod probe;
mod slices;
mod stage;
mod tally;
mod threads;

pub use cost::Architecture;
pub use design::{Design, Exchange, Feature};
pub use direction::Direction;
pub use exactness::{Demand, TooCostly};
pub use plan::Plan;
pub use stage::Importance;
pub use tally::is_measurement;
#[cfg(feature = "kernels")]
pub use threads::at_once;
