//! Other networks beside the one that is shown: the same again from other first weights, controls that have
//! nothing to learn, smaller ones, and others of more and fewer dimensions.

mod results;

pub use results::{
    Controls, Match, Networks, OtherNetwork, PermutedControl, Size, Sizes, Smaller, Verdict,
};
