//! V, S and IE of another network, as a job.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use ndarray::Array2;

use super::comparison::Known;
use crate::data::Dataset;
use crate::engine::{Engine, EngineError};
use crate::importance::{Design, Direction, Importance, Plan};
use crate::model::Network;
use crate::settings::Settings;

/// What stage 3 moves in a network of so many dimensions.
pub type OfLatents = Box<dyn Fn(usize) -> Design + Send + Sync>;

/// How the first network was measured, and so all others are.
pub struct Measures {
    /// What computes.
    pub engine: Engine,
    /// The explained images are what is measured on.
    pub data: Arc<Dataset>,
    /// How, and by which permutations.
    pub plan: Plan,
    /// How many threads measure on the CPU.
    pub threads: NonZeroUsize,
    /// What stage 1 moves.
    pub pixels: Design,
    /// What stage 3 moves.
    pub latents: OfLatents,
}

impl Measures {
    /// As `settings` say, on the explained images of `data`, features and dimensions being moved as these designs
    /// have it.
    #[must_use]
    pub fn new(
        engine: &Engine,
        data: &Arc<Dataset>,
        settings: &Settings,
        threads: NonZeroUsize,
        (pixels, latents): (Design, OfLatents),
    ) -> Self {
        Self {
            engine: engine.clone(),
            data: Arc::clone(data),
            plan: Plan::new(settings),
            threads,
            pixels,
            latents,
        }
    }

    /// Stage 1 of another network.
    pub(super) async fn pixel_importance(
        &self,
        network: &Network,
    ) -> Result<Box<Importance>, EngineError> {
        let (engine, images) = (&self.engine, &self.data.explained.pixels);
        let (half, design) = (network.encoder(), self.pixels.clone());
        let job = Importance::new(engine, half, images, design, &self.plan).await?;
        Ok(Box::new(job.on_threads(self.threads)))
    }

    /// Stage 3 of another network, whose latents these are.
    pub(super) async fn latent_importance(
        &self,
        network: &Network,
        latents: &Array2<f32>,
    ) -> Result<Box<Importance>, EngineError> {
        let (half, design) = (network.decoder(), (self.latents)(network.dims()));
        let job = Importance::new(&self.engine, half, latents, design, &self.plan).await?;
        Ok(Box::new(job.on_threads(self.threads)))
    }
}

/// The stages of another network, one after the other.
pub(super) struct Measuring {
    network: Network,
    phase: Phase,
}

enum Phase {
    Pixels(Box<Importance>),
    Direction(Box<Importance>, Box<Direction>),
    /// With V · S.
    Latents(Array2<f32>, Box<Importance>),
    Done(Box<Known>),
    /// Between two of them.
    Changing,
}

impl Measuring {
    pub async fn new(measures: &Measures, network: Network) -> Result<Self, EngineError> {
        let pixels = measures.pixel_importance(&network).await?;
        Ok(Self {
            network,
            phase: Phase::Pixels(pixels),
        })
    }

    /// Works for about `budget`; true once everything is known.
    pub async fn advance(
        &mut self,
        measures: &Measures,
        budget: Duration,
    ) -> Result<bool, EngineError> {
        let is_over = match &mut self.phase {
            Phase::Pixels(job) | Phase::Latents(_, job) => job.advance(budget).await?,
            Phase::Direction(_, job) => job.advance(budget),
            Phase::Done(_) | Phase::Changing => true,
        };
        if is_over {
            self.phase = match std::mem::replace(&mut self.phase, Phase::Changing) {
                Phase::Pixels(job) => {
                    let images = &measures.data.explained.pixels;
                    let direction = Direction::new(images, job.features(), job.latents());
                    Phase::Direction(job, Box::new(direction))
                }
                Phase::Direction(pixels, direction) => {
                    direction.check()?;
                    let map = pixels.estimate().mean * direction.map().sign;
                    let latents = pixels.latents();
                    let job = measures.latent_importance(&self.network, latents).await?;
                    Phase::Latents(map, job)
                }
                Phase::Latents(map, job) => Phase::Done(Box::new(Known {
                    latents: job.latents().clone(),
                    map,
                    latent_importance: job.estimate().mean,
                })),
                phase => phase,
            };
        }
        Ok(matches!(self.phase, Phase::Done(_)))
    }

    /// How much of it is done, 0 to 1: a third a stage.
    pub fn fraction(&self) -> f64 {
        let share = |done: usize, total: usize| done as f64 / total.max(1) as f64;
        let (before, now) = match &self.phase {
            Phase::Pixels(job) => (0.0, share(job.done(), job.total())),
            Phase::Direction(_, job) => (1.0, share(job.done(), job.total())),
            Phase::Latents(_, job) => (2.0, share(job.done(), job.total())),
            Phase::Done(_) | Phase::Changing => (3.0, 0.0),
        };
        (before + now) / 3.0
    }

    /// What was found, once everything is, and the network.
    ///
    /// # Panics
    /// If it is not over.
    pub fn finish(self) -> (Network, Known) {
        match self.phase {
            Phase::Done(known) => (self.network, *known),
            _ => panic!("it is not over"),
        }
    }
}
