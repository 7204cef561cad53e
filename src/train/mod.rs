//! Mini-batch training as a job: Adam on the mean binary cross-entropy, as in the paper.

mod adam;
mod baselines;
#[cfg(feature = "engine-cpu")]
pub(crate) mod cpu;
#[cfg(feature = "engine-webgpu")]
mod device;
mod learner;
mod trainer;

pub use trainer::Trainer;
pub(crate) use trainer::sample_rows;
