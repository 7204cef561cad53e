//! Mini-batch training as a job: Adam on the mean binary cross-entropy, as in the paper.

mod adam;
mod loss;
mod trainer;

pub use trainer::Trainer;
pub(crate) use trainer::sample_rows;
