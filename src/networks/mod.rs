//! Other networks beside the one that is shown: the same again from other first weights, controls that have
//! nothing to learn, smaller ones, and others of more and fewer dimensions.

pub mod matching;
pub mod regression;
mod results;
#[cfg(feature = "engine")]
mod trainings;

pub use matching::{Pair, assign};
pub use results::{
    Controls, Match, Networks, OtherNetwork, PermutedControl, Size, Sizes, Smaller, Verdict,
};
#[cfg(feature = "engine")]
pub use trainings::{Trained, Trainings};
