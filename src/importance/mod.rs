//! The method of Inglis and Parnell: permute one input at a time and watch the outputs move.
//!
//! Stage 1 ([`PixelImportance`]) permutes a pixel over the held-out images and measures how far
//! each latent moves; stage 2 ([`Direction`]) tells in which direction; stage 3
//! ([`LatentImportance`]) permutes a latent within a class and measures how far the
//! reconstructions move. Stages 1 and 3 are the same measurement ([`probe`]) on the two halves of
//! the network.
//!
//! Both are the mean over random permutations, as in the paper, or the expected value over all of
//! them, which needs none: in closed form, or by trying every value where that is affordable. Before
//! one layer of sigmoids, as a decoder often is, a series makes that cheap.
//! [`Plan`] says which of these, and which part of the features.

#[cfg(feature = "engine")]
mod closed;
#[cfg(feature = "engine")]
mod cost;
#[cfg(feature = "engine")]
mod direction;
#[cfg(feature = "engine")]
mod estimate;
#[cfg(feature = "engine")]
mod job;
#[cfg(feature = "engine")]
mod latent;
#[cfg(feature = "engine")]
mod levels;
#[cfg(feature = "engine")]
mod pixel;
#[cfg(feature = "engine")]
mod plan;
#[cfg(feature = "engine")]
pub mod probe;
mod results;
#[cfg(feature = "engine")]
mod shard;

#[cfg(feature = "engine")]
pub use cost::{Architecture, Demand, TooCostly};
#[cfg(feature = "engine")]
pub use direction::Direction;
#[cfg(feature = "kernels")]
pub(crate) use job::at_once;
#[cfg(feature = "engine")]
pub use job::{Job, is_measurement};
#[cfg(feature = "engine")]
pub use latent::LatentImportance;
#[cfg(feature = "engine")]
pub use pixel::PixelImportance;
#[cfg(feature = "engine")]
pub use plan::Plan;
pub use results::{DirectionMap, Estimate, Measured};
#[cfg(feature = "engine")]
pub use shard::{Shard, ShardError};
