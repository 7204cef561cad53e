//! How importance comes about while a network learns: what is measured of it after each epoch, and what
//! follows from all of these together.

mod emergence;
mod kept;
mod maps;
mod results;

pub use kept::History;
pub use maps::{MomentMaps, inactive};
pub use results::{Emergence, Moment};
