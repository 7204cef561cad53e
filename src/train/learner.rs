//! A network that is trained, on whatever trains it.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Arc;

use ndarray::Array2;

#[cfg(feature = "engine-cpu")]
use super::cpu;
#[cfg(feature = "engine-webgpu")]
use super::device;
#[cfg(feature = "general")]
use super::general;
use crate::data::Dataset;
use crate::engine::{Answer, Engine, EngineKind};
use crate::model::Network;
use crate::settings::{HiddenActivation, Loss, NetworkKind, Settings};

/// A network and the images it learns from. On the CPU everything is done when a call returns; on
/// the GPU it is queued, and done when an answer has been waited for.
pub(super) trait Learner {
    /// Forgets everything but the images and starts from this network of the same sizes.
    fn restart(&mut self, network: &Network);

    /// Has so many threads share each step, where it is one that our own passes take on the CPU.
    fn on_threads(&mut self, _: NonZeroUsize) {}

    /// Begins an epoch, counted from 1, which takes the training images in this order.
    fn begin(&mut self, epoch: usize, order: &[u32]);

    /// One step of the optimiser on the images at these places of the order.
    fn step(&mut self, batch: Range<usize>);

    /// Adds the loss of these held-out images to the epoch's.
    fn evaluate(&mut self, images: Range<usize>);

    /// Ends the epoch.
    fn end(&mut self);

    /// Whether the losses have to be asked for before another epoch ends.
    fn is_full(&self) -> bool {
        false
    }

    /// Waits for everything queued; gives the losses of the epochs that ended since this was last
    /// asked.
    fn losses(&mut self) -> Answer<'_, Vec<Losses>>;

    /// Latents and reconstructions of a few images.
    fn reconstruct<'a>(&'a self, images: &'a Array2<f32>)
    -> Answer<'a, (Array2<f32>, Array2<f32>)>;

    /// The network as it is now.
    fn network(&self) -> Answer<'_, Network>;
}

/// What trains `network` on this engine.
///
/// # Panics
/// In a package without the feature `general`, if our own passes do not.
pub(super) fn learner(
    engine: &Engine,
    data: &Arc<Dataset>,
    network: &Network,
    settings: &Settings,
) -> Box<dyn Learner> {
    if !is_usual(settings) {
        #[cfg(all(feature = "engine-cpu", feature = "general"))]
        if engine.kind() == EngineKind::Cpu && settings.kind == NetworkKind::Dense {
            return Box::new(cpu::kinds::Learner::new(
                engine.kernel(),
                data,
                network,
                settings,
            ));
        }
        #[cfg(feature = "general")]
        return Box::new(general::Learner::new(engine, data, network, settings));
        #[cfg(not(feature = "general"))]
        unreachable!("only the usual networks reach this package");
    }
    match engine.kind() {
        #[cfg(feature = "engine-cpu")]
        EngineKind::Cpu => Box::new(cpu::Learner::new(engine.kernel(), data, network, settings)),
        #[cfg(feature = "engine-webgpu")]
        EngineKind::WebGpu => Box::new(device::Learner::new(engine, data, network, settings)),
    }
}

/// Whether a network of these settings is trained as in the paper: a dense one with ReLU, by binary
/// cross-entropy alone. Passes of our own do that on either engine, and on the CPU they train all other dense
/// networks; burn trains the rest.
fn is_usual(settings: &Settings) -> bool {
    #[cfg(feature = "general")]
    let usual = settings.variant.is_default();
    #[cfg(not(feature = "general"))]
    let usual = true;
    usual
        && settings.kind == NetworkKind::Dense
        && settings.activation == HiddenActivation::Relu
        && settings.loss == Loss::Bce
}

/// The losses of an epoch: means over all numbers of all its images.
#[derive(Clone, Copy, Debug)]
pub(super) struct Losses {
    pub training: f32,
    pub held_out: f32,
    #[cfg(feature = "general")]
    pub parts: Option<Parts>,
}

/// What the losses of an epoch are added up from, as [`LossParts`](super::LossParts) has it.
#[cfg(feature = "general")]
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts {
    /// Mean over all numbers, of the training and of the held-out images.
    pub reconstruction: [f32; 2],
    /// Mean over images, of both.
    pub penalty: [f32; 2],
    /// Of the held-out images' latents, the share that is not 0; of sparse networks.
    pub active_share: Option<f32>,
}

impl Losses {
    pub fn are_finite(self) -> bool {
        self.training.is_finite() && self.held_out.is_finite()
    }
}
