//! Other networks beside the one that is shown: the same again from other first weights, controls that have
//! nothing to learn, smaller ones, and others of more and fewer dimensions.

#[cfg(feature = "engine")]
mod comparison;
#[cfg(feature = "engine")]
mod controls;
#[cfg(feature = "engine")]
mod dimensions;
#[cfg(feature = "engine")]
mod encoding;
#[cfg(feature = "engine")]
mod job;
pub mod matching;
#[cfg(feature = "engine")]
mod measuring;
#[cfg(feature = "engine")]
mod narrowing;
#[cfg(feature = "engine")]
mod outputs;
#[cfg(feature = "engine")]
mod regression;
mod results;
#[cfg(feature = "engine")]
mod trainings;

#[cfg(feature = "engine")]
pub use controls::Controlling;
#[cfg(feature = "engine")]
pub use dimensions::Dimensions;
#[cfg(feature = "engine")]
pub use job::{Comparing, First, Other};
pub use matching::{Pair, assign};
#[cfg(feature = "engine")]
pub use measuring::{Measures, OfLatents};
#[cfg(feature = "engine")]
pub use narrowing::Narrowing;
pub use results::{
    Controls, MIXED, Match, Networks, OtherNetwork, PermutedControl, Size, Sizes, Smaller, Verdict,
};
#[cfg(feature = "engine")]
pub use trainings::{Trained, Trainings};
