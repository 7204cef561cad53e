//! How many latent dimensions it takes: networks that differ in these alone.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use super::outputs::outputs;
use super::results::{Size, Sizes};
use super::trainings::{Trained, Trainings};
use crate::data::Dataset;
use crate::engine::{Engine, EngineError};
use crate::importance::varies;
use crate::model::Network;
use crate::settings::{Measure, Settings};
use crate::train::TrainingHistory;

/// Trains a network of every number of dimensions that is asked for, on the same images, from the same seeds.
pub struct Dimensions {
    engine: Engine,
    data: Arc<Dataset>,
    trainings: Trainings,
    /// Dimensions of each that is trained.
    sizes: Vec<usize>,
    /// Those of the network that is shown.
    own: usize,
    /// That network, until its outcome is known.
    shown: Option<Trained>,
    /// Of which the outcome is known.
    is_known: Vec<bool>,
    found: Sizes,
}

impl Dimensions {
    /// Prepares to train what `settings` ask for. What is known of the network that is shown, where it was
    /// trained in this run, need not be trained again.
    #[must_use]
    pub fn new(
        engine: &Engine,
        data: &Arc<Dataset>,
        settings: &Settings,
        shown: Option<(&Network, &TrainingHistory)>,
        threads: NonZeroUsize,
    ) -> Self {
        let mut sizes = settings.measure.sizes.clone();
        sizes.sort_unstable();
        sizes.dedup();
        sizes.retain(|&dims| shown.is_none() || dims != settings.dims);
        let of = |&dims: &usize| Settings {
            dims,
            measure: Measure::default(),
            ..settings.clone()
        };
        Self {
            engine: engine.clone(),
            data: Arc::clone(data),
            trainings: Trainings::new(engine, data, sizes.iter().map(of).collect(), threads),
            is_known: vec![false; sizes.len()],
            sizes,
            own: settings.dims,
            shown: shown.map(|(network, history)| Trained {
                network: network.clone(),
                history: history.clone(),
            }),
            found: Sizes::default(),
        }
    }

    /// Works for about `budget`; whether there is something new, and whether all of it is known.
    ///
    /// # Errors
    /// If the device stops answering, or latents are not finite.
    pub async fn advance(&mut self, budget: Duration) -> Result<(bool, bool), EngineError> {
        let mut is_new = false;
        if let Some(shown) = self.shown.take() {
            self.add(&shown).await?;
            is_new = true;
        }
        let is_over = self.trainings.advance(budget).await?;
        for at in 0..self.sizes.len() {
            let Some(trained) = self.trainings.trained(at).filter(|_| !self.is_known[at]) else {
                continue;
            };
            let trained = trained.clone();
            self.is_known[at] = true;
            self.add(&trained).await?;
            is_new = true;
        }
        Ok((is_new, is_over))
    }

    async fn add(&mut self, trained: &Trained) -> Result<(), EngineError> {
        let Trained { network, history } = trained;
        let explained = self.data.explained.pixels.clone();
        let latents = outputs(&self.engine, network.encoder(), explained).await?;
        let last = |losses: &[f32]| losses.last().copied();
        let size = Size {
            dims: network.dims(),
            is_shown: network.dims() == self.own,
            training_loss: last(&history.training_loss),
            held_out_loss: last(&history.held_out_loss),
            inactive: latents
                .columns()
                .into_iter()
                .filter(|&latents| !varies(latents))
                .count(),
            diverged_after: history.diverged_after,
        };
        let found = &mut self.found;
        found.mean_image_loss = found.mean_image_loss.or(history.mean_image_loss);
        found.tried.push(size);
        found.tried.sort_by_key(|size| size.dims);
        Ok(())
    }

    /// What is known so far.
    #[must_use]
    pub fn found(&self) -> &Sizes {
        &self.found
    }

    /// The networks that are trained.
    pub fn trainings(&mut self) -> &mut Trainings {
        &mut self.trainings
    }

    /// Epochs that are over, of all networks together.
    #[must_use]
    pub fn done(&self) -> f64 {
        self.trainings.done()
    }

    /// Epochs of all networks together.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.trainings.total()
    }
}
