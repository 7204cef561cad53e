//! The network that is trained, on the engine that trains it.

use std::ops::Range;
use std::sync::Arc;

use ndarray::Array2;

#[cfg(feature = "engine-cpu")]
use super::cpu;
#[cfg(feature = "engine-webgpu")]
use super::device;
use crate::data::Dataset;
use crate::engine::{Engine, EngineError, EngineKind};
use crate::model::Network;

/// A network and the images it learns from. On the CPU everything is done when a call returns; on
/// the GPU it is queued, and done when an answer has been waited for.
pub(super) enum Learner {
    #[cfg(feature = "engine-cpu")]
    Cpu(Box<cpu::Learner>),
    #[cfg(feature = "engine-webgpu")]
    Device(Box<device::Learner>),
}

/// The losses of an epoch: means over all pixels of all its images.
#[derive(Clone, Copy, Debug)]
pub(super) struct Losses {
    pub training: f32,
    pub held_out: f32,
}

impl Losses {
    pub fn are_finite(self) -> bool {
        self.training.is_finite() && self.held_out.is_finite()
    }
}

impl Learner {
    pub(super) fn new(engine: &Engine, data: &Arc<Dataset>, network: &Network) -> Self {
        match engine.kind() {
            #[cfg(feature = "engine-cpu")]
            EngineKind::Cpu => Self::Cpu(Box::new(cpu::Learner::new(data, network))),
            #[cfg(feature = "engine-webgpu")]
            EngineKind::WebGpu => {
                Self::Device(Box::new(device::Learner::new(engine, data, network)))
            }
        }
    }

    /// Forgets everything but the images and starts from this network of the same sizes.
    pub(super) fn restart(&mut self, network: &Network) {
        match self {
            #[cfg(feature = "engine-cpu")]
            Self::Cpu(learner) => learner.restart(network),
            #[cfg(feature = "engine-webgpu")]
            Self::Device(learner) => learner.restart(network),
        }
    }

    /// Begins an epoch, which takes the training images in this order.
    pub(super) fn begin(&mut self, order: &[u32]) {
        match self {
            #[cfg(feature = "engine-cpu")]
            Self::Cpu(learner) => learner.begin(order),
            #[cfg(feature = "engine-webgpu")]
            Self::Device(learner) => learner.begin(order),
        }
    }

    /// One step of the optimiser on the images at these places of the order.
    pub(super) fn step(&mut self, batch: Range<usize>) {
        match self {
            #[cfg(feature = "engine-cpu")]
            Self::Cpu(learner) => learner.step(batch),
            #[cfg(feature = "engine-webgpu")]
            Self::Device(learner) => learner.step(batch),
        }
    }

    /// Adds the loss of these held-out images to the epoch's.
    pub(super) fn evaluate(&mut self, images: Range<usize>) {
        match self {
            #[cfg(feature = "engine-cpu")]
            Self::Cpu(learner) => learner.evaluate(images),
            #[cfg(feature = "engine-webgpu")]
            Self::Device(learner) => learner.evaluate(images),
        }
    }

    /// Ends the epoch.
    pub(super) fn end(&mut self) {
        match self {
            #[cfg(feature = "engine-cpu")]
            Self::Cpu(learner) => learner.end(),
            #[cfg(feature = "engine-webgpu")]
            Self::Device(learner) => learner.end(),
        }
    }

    /// Whether the losses have to be asked for before another epoch ends.
    pub(super) fn is_full(&self) -> bool {
        match self {
            #[cfg(feature = "engine-cpu")]
            Self::Cpu(_) => false,
            #[cfg(feature = "engine-webgpu")]
            Self::Device(learner) => learner.is_full(),
        }
    }

    /// Waits for everything queued; gives the losses of the epochs that ended since this was last
    /// asked.
    pub(super) async fn losses(&mut self) -> Result<Vec<Losses>, EngineError> {
        match self {
            #[cfg(feature = "engine-cpu")]
            Self::Cpu(learner) => Ok(learner.losses()),
            #[cfg(feature = "engine-webgpu")]
            Self::Device(learner) => learner.losses().await,
        }
    }

    /// Latents and reconstructions of a few images.
    pub(super) async fn reconstruct(
        &self,
        images: &Array2<f32>,
    ) -> Result<(Array2<f32>, Array2<f32>), EngineError> {
        match self {
            #[cfg(feature = "engine-cpu")]
            Self::Cpu(learner) => Ok(learner.reconstruct(images)),
            #[cfg(feature = "engine-webgpu")]
            Self::Device(learner) => learner.reconstruct(images).await,
        }
    }

    /// The network as it is now.
    pub(super) async fn network(&self) -> Result<Network, EngineError> {
        match self {
            #[cfg(feature = "engine-cpu")]
            Self::Cpu(learner) => Ok(learner.network()),
            #[cfg(feature = "engine-webgpu")]
            Self::Device(learner) => learner.network().await,
        }
    }
}
