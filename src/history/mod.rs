//! How importance comes about while a network learns: what is measured of it after each epoch, and what
//! follows from all of these together.

mod results;

pub use results::{Emergence, Moment};
