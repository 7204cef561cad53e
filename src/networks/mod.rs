//! Other networks beside the one that is shown: the same again from other first weights, controls that have
//! nothing to learn, smaller ones, and others of more and fewer dimensions.

#[cfg(feature = "engine")]
mod dimensions;
pub mod matching;
#[cfg(feature = "engine")]
mod narrowing;
#[cfg(feature = "engine")]
mod outputs;
pub mod regression;
mod results;
#[cfg(feature = "engine")]
mod trainings;

#[cfg(feature = "engine")]
pub use dimensions::Dimensions;
pub use matching::{Pair, assign};
#[cfg(feature = "engine")]
pub use narrowing::Narrowing;
pub use results::{
    Controls, Match, Networks, OtherNetwork, PermutedControl, Size, Sizes, Smaller, Verdict,
};
#[cfg(feature = "engine")]
pub use trainings::{Trained, Trainings};
