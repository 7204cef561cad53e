//! One training run, advanced in slices.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use web_time::Instant;

use super::baselines::{least_loss, mean_image_loss};
#[cfg(feature = "general")]
use super::draws::Draws;
#[cfg(feature = "general")]
use super::history::LossParts;
use super::history::TrainingHistory;
use super::learner::{Learner, Losses, learner};
use super::samples::{self, Samples};
use crate::data::Dataset;
use crate::engine::{Engine, EngineError};
use crate::keyed::{Keyed, Purpose};
use crate::model::{Architecture, Network};
use crate::settings::Settings;

/// Held-out images evaluated at once; a slice can end between two batches of them.
pub(crate) const EVALUATION_BATCH: usize = 512;

/// Trains an autoencoder on the training images of a data set.
///
/// The initial weights and the order of the images are keyed by the seed, so both engines take
/// the same steps, up to rounding.
///
/// Where a loss or a weight stops being a finite number, training has diverged. Then the steps are
/// taken once more, and the network of the last good epoch is kept: keeping one after every epoch
/// would cost those that never diverge, and on a GPU more than the epoch.
pub struct Trainer {
    engine: Engine,
    data: Arc<Dataset>,
    seed: u32,
    epochs: usize,
    batch_size: usize,
    untrained: Network,
    learner: Box<dyn Learner>,
    epoch: usize,
    position: Position,
    history: TrainingHistory,
    steps_per_slice: usize,
    /// The network of the last good epoch, while the steps are taken once more.
    kept: Option<Network>,
    /// Whether a slice ends with every epoch.
    stops: bool,
    /// What noise the samples have.
    #[cfg(feature = "general")]
    draws: Draws,
}

/// Where in an epoch the run stands.
#[derive(Clone, Copy)]
enum Position {
    /// Number of training images already used.
    Training(usize),
    /// Number of held-out images already evaluated.
    Evaluating(usize),
}

impl Trainer {
    /// Prepares a run: uploads the images and draws the initial weights.
    ///
    /// # Panics
    /// In a package without the feature `general`, if the network is not dense with ReLU, or the loss is
    /// not binary cross-entropy.
    #[must_use]
    pub fn new(engine: &Engine, data: &Arc<Dataset>, settings: &Settings) -> Self {
        let untrained = Network::of(
            &Architecture::new(data.image, settings),
            settings.seeds().weights,
        );
        Self::going_on(engine, data, settings, untrained)
    }

    /// As [`Trainer::new`], from the weights of `network`, which has the layers that the settings say.
    ///
    /// # Panics
    /// As there.
    #[must_use]
    pub fn going_on(
        engine: &Engine,
        data: &Arc<Dataset>,
        settings: &Settings,
        network: Network,
    ) -> Self {
        Self {
            learner: learner(engine, data, &network, settings),
            untrained: network,
            engine: engine.clone(),
            data: Arc::clone(data),
            seed: settings.seeds().order,
            epochs: settings.epochs,
            batch_size: settings.batch_size,
            epoch: 0,
            position: Position::Training(0),
            history: TrainingHistory {
                loss: settings.loss,
                mean_image_loss: finite(mean_image_loss(
                    settings.loss,
                    &data.training.means(),
                    &data.held_out.pixels,
                )),
                least_loss: finite(least_loss(settings.loss, &data.held_out.pixels)),
                #[cfg(feature = "general")]
                parts: LossParts::of(settings, data.image.size()),
                ..TrainingHistory::default()
            },
            steps_per_slice: 1,
            kept: None,
            stops: false,
            #[cfg(feature = "general")]
            draws: Draws::new(settings, data),
        }
    }

    /// Trains on so many threads where the engine is the CPU and the network dense. The numbers do not depend on it.
    pub fn on_threads(&mut self, threads: NonZeroUsize) {
        self.learner.on_threads(threads);
    }

    /// Takes one step, evaluates one batch and begins again, so that a GPU has compiled its shaders
    /// before the clock of training starts.
    ///
    /// # Errors
    /// If the device stops answering.
    pub async fn warm_up(&mut self) -> Result<(), EngineError> {
        self.train(0);
        self.evaluate(0);
        // Few images are evaluated at once, and that has ended the epoch.
        if self.epoch == 0 {
            self.learner.end();
        }
        self.learner.losses().await?;
        self.samples().await?;
        self.learner.restart(&self.untrained);
        self.epoch = 0;
        self.position = Position::Training(0);
        Ok(())
    }

    /// Trains for about `budget`; true once every epoch is done.
    ///
    /// # Errors
    /// If the device stops answering.
    pub async fn advance(&mut self, budget: Duration) -> Result<bool, EngineError> {
        let start = Instant::now();
        let queues = self.engine.queues();
        let mut steps = 0;
        while self.epoch < self.epochs {
            match self.position {
                Position::Training(done) => self.train(done),
                Position::Evaluating(done) => self.evaluate(done),
            }
            steps += 1;
            let enough = queues && (steps >= self.steps_per_slice || self.learner.is_full());
            let keeps = (self.kept.is_some() || self.stops)
                && matches!(self.position, Position::Training(0));
            if enough || keeps || start.elapsed() >= budget {
                break;
            }
        }
        let losses = self.learner.losses().await?;
        if self.kept.is_some() {
            self.keep(&losses).await?;
        } else if self.diverges(&losses).await? {
            self.begin_again();
        } else {
            self.record(&losses);
        }
        if queues && steps > 0 {
            // What was queued is done: the next slice's steps can be fitted into its budget.
            let per_step = start.elapsed().as_secs_f64() / steps as f64;
            self.steps_per_slice = (budget.as_secs_f64() / per_step).clamp(1.0, 256.0) as usize;
        }
        Ok(self.epoch >= self.epochs)
    }

    /// Whether epochs of these losses, or the weights in the end, are not of finite numbers.
    async fn diverges(&self, losses: &[Losses]) -> Result<bool, EngineError> {
        let is_over = self.epoch >= self.epochs;
        Ok(!losses.iter().copied().all(Losses::are_finite)
            || is_over && !self.learner.network().await?.is_finite())
    }

    /// Takes the same steps once more, with an eye on every epoch.
    fn begin_again(&mut self) {
        self.history.training_loss.clear();
        self.history.held_out_loss.clear();
        #[cfg(feature = "general")]
        if let Some(parts) = &mut self.history.parts {
            parts.clear();
        }
        self.learner.restart(&self.untrained);
        self.epoch = 0;
        self.position = Position::Training(0);
        self.kept = Some(self.untrained.clone());
    }

    /// Keeps the network if an epoch has ended well; if badly, goes back to the last one and ends.
    async fn keep(&mut self, losses: &[Losses]) -> Result<(), EngineError> {
        for epoch in losses {
            let network = self.learner.network().await?;
            if epoch.are_finite() && network.is_finite() {
                self.kept = Some(network);
                self.record(&[*epoch]);
            } else if let Some(kept) = &self.kept {
                self.learner.restart(kept);
                self.history.diverged_after = Some(self.history.held_out_loss.len());
                self.epoch = self.epochs;
            }
        }
        Ok(())
    }

    fn record(&mut self, losses: &[Losses]) {
        let history = &mut self.history;
        #[cfg(feature = "general")]
        if let Some(parts) = &mut history.parts {
            for of in losses.iter().filter_map(|losses| losses.parts) {
                parts.add(of);
            }
        }
        history
            .training_loss
            .extend(losses.iter().map(|of| of.training));
        history
            .held_out_loss
            .extend(losses.iter().map(|of| of.held_out));
    }

    /// One optimiser step on the next mini-batch.
    fn train(&mut self, done: usize) {
        let count = self.data.training.count();
        if done == 0 {
            let key = Keyed::new(self.seed, Purpose::Batches, &[self.epoch as u64]);
            self.learner.begin(self.epoch + 1, &key.permutation(count));
        }
        let end = (done + self.batch_size).min(count);
        self.learner.step(done..end);
        self.position = if end < count {
            Position::Training(end)
        } else {
            Position::Evaluating(0)
        };
    }

    /// Adds the next held-out images to the loss; after the last one the epoch is over.
    fn evaluate(&mut self, done: usize) {
        let count = self.data.held_out.count();
        let end = (done + EVALUATION_BATCH).min(count);
        self.learner.evaluate(done..end);
        if end < count {
            self.position = Position::Evaluating(end);
            return;
        }
        self.learner.end();
        self.epoch += 1;
        self.position = Position::Training(0);
    }

    /// Ends a slice with every epoch from now on.
    pub fn stop_after_epochs(&mut self) {
        self.stops = true;
    }

    /// Whether a slice ends with every epoch.
    #[must_use]
    pub fn stops_after_epochs(&self) -> bool {
        self.stops
    }

    /// The epoch that has just ended, counted from 1; `None` within one, and before the first.
    #[must_use]
    pub fn ended_epoch(&self) -> Option<usize> {
        let known = self.history.held_out_loss.len();
        let is_between = matches!(self.position, Position::Training(0));
        (is_between && known > 0 && known == self.epoch).then_some(known)
    }

    /// Epochs finished, the running one counted by its share of batches.
    #[must_use]
    pub fn epochs_done(&self) -> f64 {
        let share = match self.position {
            Position::Training(done) => done as f64 / self.data.training.count() as f64,
            Position::Evaluating(_) => 1.0,
        };
        (self.epoch as f64 + share).min(self.epochs as f64)
    }

    /// Losses of the finished epochs.
    #[must_use]
    pub fn history(&self) -> &TrainingHistory {
        &self.history
    }

    /// What the autoencoder makes of a few of the explained images, classes in turn; `None` where that
    /// is beyond numbers.
    ///
    /// # Errors
    /// If the device stops answering.
    pub async fn samples(&self) -> Result<Option<Samples>, EngineError> {
        #[cfg_attr(not(feature = "general"), expect(unused_variables))]
        let (labels, rows, images) = samples::choose(&self.data.explained);
        #[cfg(feature = "general")]
        let noisy = samples::with_noise(&images, &rows, &self.draws);
        #[cfg(feature = "general")]
        let seen = noisy.as_ref().unwrap_or(&images);
        #[cfg(not(feature = "general"))]
        let seen = &images;
        let (latents, reconstructions) = self.learner.reconstruct(seen).await?;
        let samples = Samples {
            labels,
            images,
            latents,
            reconstructions,
            #[cfg(feature = "general")]
            noisy,
        };
        Ok(samples.are_finite().then_some(samples))
    }

    /// The network as trained so far.
    ///
    /// # Errors
    /// If the device stops answering.
    pub async fn network(&self) -> Result<Network, EngineError> {
        self.learner.network().await
    }
}

/// As reports hold it.
fn finite(loss: f64) -> Option<f32> {
    let loss = loss as f32;
    loss.is_finite().then_some(loss)
}
