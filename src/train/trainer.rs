//! One training run, advanced in slices.

use std::sync::Arc;
use std::time::Duration;

use ndarray::Axis;
use web_time::Instant;

use super::learner::Learner;
use crate::data::{Dataset, Images};
use crate::engine::{Engine, EngineError};
use crate::keyed::{Keyed, Purpose};
use crate::model::Network;
use crate::report::{Samples, TrainingHistory};
use crate::settings::{BATCH_SIZE, Settings};

/// Held-out images evaluated at once; a slice can end between two batches of them.
pub(super) const EVALUATION_BATCH: usize = 512;
/// Images shown above their reconstructions.
pub(super) const SAMPLES: usize = 10;

/// Trains an autoencoder on the training images of a data set.
///
/// The initial weights and the order of the images are keyed by the seed, so both engines take
/// the same steps, up to rounding.
pub struct Trainer {
    engine: Engine,
    data: Arc<Dataset>,
    seed: u32,
    epochs: usize,
    untrained: Network,
    learner: Learner,
    epoch: usize,
    position: Position,
    history: TrainingHistory,
    steps_per_slice: usize,
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
    #[must_use]
    pub fn new(engine: &Engine, data: &Arc<Dataset>, settings: &Settings) -> Self {
        let untrained = Network::untrained(
            data.image.pixels(),
            &settings.hidden,
            settings.dims,
            settings.seed,
        );
        Self {
            learner: Learner::new(engine, data, &untrained),
            untrained,
            engine: engine.clone(),
            data: Arc::clone(data),
            seed: settings.seed,
            epochs: settings.epochs,
            epoch: 0,
            position: Position::Training(0),
            history: TrainingHistory::default(),
            steps_per_slice: 1,
        }
    }

    /// Takes one step, evaluates one batch and begins again, so that a GPU has compiled its shaders
    /// before the clock of training starts.
    ///
    /// # Errors
    /// If the device stops answering.
    pub async fn warm_up(&mut self) -> Result<(), EngineError> {
        self.train(0);
        self.evaluate(0);
        self.learner.end();
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
            if enough || start.elapsed() >= budget {
                break;
            }
        }
        for losses in self.learner.losses().await? {
            self.history.training_loss.push(losses.training);
            self.history.held_out_loss.push(losses.held_out);
        }
        if queues && steps > 0 {
            // What was queued is done: the next slice's steps can be fitted into its budget.
            let per_step = start.elapsed().as_secs_f64() / steps as f64;
            self.steps_per_slice = (budget.as_secs_f64() / per_step).clamp(1.0, 256.0) as usize;
        }
        Ok(self.epoch >= self.epochs)
    }

    /// One optimiser step on the next mini-batch.
    fn train(&mut self, done: usize) {
        let count = self.data.training.count();
        if done == 0 {
            let key = Keyed::new(self.seed, Purpose::Batches, &[self.epoch as u64]);
            self.learner.begin(&key.permutation(count));
        }
        let end = (done + BATCH_SIZE).min(count);
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

    /// What the autoencoder makes of a few of the explained images, classes in turn.
    ///
    /// # Errors
    /// If the device stops answering.
    pub async fn samples(&self) -> Result<Samples, EngineError> {
        let (rows, labels) = sample_rows(&self.data.explained);
        let images = self.data.explained.pixels.select(Axis(0), &rows);
        let (latents, reconstructions) = self.learner.reconstruct(&images).await?;
        Ok(Samples {
            labels,
            images,
            latents,
            reconstructions,
        })
    }

    /// The network as trained so far.
    ///
    /// # Errors
    /// If the device stops answering.
    pub async fn network(&self) -> Result<Network, EngineError> {
        self.learner.network().await
    }
}

/// Rows and labels of the sample images: the first image of every class, then the second of every
/// class, and so on.
pub(crate) fn sample_rows(images: &Images) -> (Vec<usize>, Vec<u8>) {
    let most = images.classes.iter().map(|(_, rows)| rows.len()).max();
    (0..most.unwrap_or(0))
        .flat_map(|turn| {
            images.classes.iter().filter_map(move |(label, rows)| {
                let row = rows.start + turn;
                (row < rows.end).then_some((row, *label))
            })
        })
        .take(SAMPLES)
        .unzip()
}
