//! Mini-batch training as a job: Adam on the mean binary cross-entropy, as in the paper.
//!
//! A [`Trainer`] drives whatever implements the trait of `learner`. Networks of dense layers, which are
//! all so far, train by passes of our own: in loops over burn's parameters on the CPU (`cpu`), in shaders
//! on burn's tensors on WebGPU (`device`). The loops' gradients are held to burn's autodiff, and what the
//! shaders learn is held to what the loops do.

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
