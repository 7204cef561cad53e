//! Mini-batch training as a job: Adam on the mean binary cross-entropy, as in the paper.

#[cfg(feature = "engine")]
mod adam;
#[cfg(feature = "engine")]
mod baselines;
#[cfg(feature = "engine-cpu")]
pub(crate) mod cpu;
#[cfg(feature = "engine-webgpu")]
mod device;
mod history;
#[cfg(feature = "engine")]
mod learner;
mod samples;
#[cfg(feature = "engine")]
mod trainer;

pub use history::TrainingHistory;
pub use samples::Samples;
#[cfg(feature = "engine")]
pub use trainer::Trainer;
