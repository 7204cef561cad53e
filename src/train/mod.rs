//! Mini-batch training as a job: Adam on the mean binary cross-entropy, as in the paper, or on another loss.
//!
//! A [`Trainer`] drives whatever implements the trait of `learner`. Networks of dense layers with ReLU
//! train on binary cross-entropy by passes of our own: in loops over burn's parameters on the CPU (`cpu`),
//! in shaders on burn's tensors on WebGPU (`device`). On the CPU, dense networks of every other kind do so, too
//! (`cpu::kinds`). The loops' gradients are held to burn's autodiff, and what the shaders learn is held to what
//! the loops do. All else is trained by burn's modules, autodiff and optimiser (`general`); all of it is held
//! to Keras. Of the same modules, with operations for layers that are only explained, are the derivatives of
//! any network (`Gradients`). What is drawn at random for an image is the same whatever trains (`draws`).

#[cfg(feature = "engine")]
mod adam;
#[cfg(feature = "engine")]
mod baselines;
#[cfg(feature = "engine-cpu")]
pub(crate) mod cpu;
#[cfg(feature = "engine-webgpu")]
mod device;
#[cfg(all(feature = "engine", feature = "general"))]
mod draws;
#[cfg(all(feature = "engine", feature = "general"))]
mod general;
mod history;
#[cfg(feature = "engine")]
mod learner;
mod samples;
#[cfg(feature = "engine")]
mod trainer;

#[cfg(all(feature = "engine", feature = "general"))]
pub(crate) use general::Gradients;
pub use history::TrainingHistory;
#[cfg(feature = "general")]
pub use history::{LossParts, Penalty};
pub use samples::Samples;
#[cfg(all(feature = "engine", any(test, feature = "engine-webgpu")))]
pub(crate) use trainer::EVALUATION_BATCH;
#[cfg(feature = "engine")]
pub use trainer::Trainer;
