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
//!
//! With the feature `general`, what moves together may also be a group of pixels (`grouping`), such as a
//! cluster of those that go with each other in the images (`clusters`); and an image may be given values only of
//! images in which the neighbours of the feature say the same of it (`neighbours`), or of its class. How far
//! that keeps to images as they are, `donor_check` tells. How far importance would be off had other images
//! been explained, `over_images` does.

#[cfg(feature = "engine")]
mod closed;
#[cfg(all(feature = "engine", feature = "general"))]
mod clusters;
#[cfg(all(feature = "engine", feature = "general"))]
mod correlation;
#[cfg(feature = "engine")]
mod cost;
#[cfg(feature = "engine")]
mod design;
#[cfg(feature = "engine")]
mod direction;
#[cfg(all(feature = "engine", feature = "general"))]
mod donor_check;
#[cfg(feature = "engine")]
mod estimate;
#[cfg(feature = "engine")]
mod exactness;
#[cfg(all(feature = "engine", feature = "general"))]
mod grouping;
#[cfg(feature = "engine")]
mod levels;
#[cfg(all(feature = "engine", feature = "general"))]
mod neighbours;
#[cfg(feature = "engine")]
mod order;
#[cfg(all(feature = "engine", feature = "general"))]
mod over_images;
#[cfg(feature = "engine")]
mod plan;
#[cfg(all(feature = "engine", feature = "general"))]
mod pools;
#[cfg(feature = "engine")]
pub mod probe;
#[cfg(all(feature = "engine", feature = "general"))]
mod reach;
mod results;
#[cfg(feature = "engine")]
mod shard;
#[cfg(feature = "engine")]
mod slices;
#[cfg(feature = "engine")]
mod spread;
#[cfg(feature = "engine")]
mod stage;
#[cfg(feature = "engine")]
mod tally;
#[cfg(feature = "engine")]
mod threads;

#[cfg(all(feature = "engine", feature = "general"))]
pub use clusters::Clusters;
#[cfg(feature = "engine")]
pub use design::{Design, Exchange, Feature};
#[cfg(feature = "engine")]
pub use direction::Direction;
#[cfg(all(feature = "engine", feature = "general"))]
pub(crate) use direction::sign;
#[cfg(all(feature = "engine", feature = "general"))]
pub use donor_check::DonorChecks;
#[cfg(feature = "engine")]
pub use exactness::{Demand, TooCostly};
#[cfg(all(feature = "engine", feature = "general"))]
pub use exactness::{Designs, RowsAsked};
#[cfg(all(feature = "engine", feature = "general"))]
pub(crate) use levels::{ascending, varies};
#[cfg(all(feature = "engine", feature = "general"))]
pub use neighbours::{NeighbourFit, Neighbours};
#[cfg(all(feature = "engine", feature = "general"))]
pub use over_images::ErrorsOverImages;
#[cfg(feature = "engine")]
pub use plan::Plan;
#[cfg(all(feature = "engine", feature = "general"))]
pub use pools::{DonorPools, FeaturePools, Pools};
#[cfg(all(feature = "engine-cpu", feature = "general"))]
pub(crate) use probe::KEPT;
pub use results::{DirectionMap, Estimate, Measured};
#[cfg(feature = "general")]
pub use results::{DonorCheck, FoundOn, GroupImportance, ImageErrors, Merge};
#[cfg(feature = "engine")]
pub use shard::{Shard, ShardError};
#[cfg(feature = "engine")]
pub use stage::Importance;
#[cfg(feature = "engine")]
pub use tally::is_measurement;
#[cfg(feature = "kernels")]
pub use threads::at_once;
#[cfg(all(feature = "engine", feature = "general", not(feature = "kernels")))]
pub(crate) use threads::at_once;
