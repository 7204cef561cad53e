//! One training run, advanced in slices.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use burn::module::Module;
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Int, Tensor, TensorData};
use ndarray::{Array2, s};
use web_time::Instant;

use super::adam::Adam;
use super::loss::LossSum;
use crate::data::Dataset;
use crate::engine::{Engine, EngineError, download};
use crate::keyed::{Keyed, Purpose};
use crate::model::{Autoencoder, Network};
use crate::report::{Samples, TrainingHistory};
use crate::settings::{BATCH_SIZE, Settings};

/// Adam's step size, Keras' default.
const LEARNING_RATE: f64 = 1e-3;
/// Held-out images evaluated at once; a slice can end between two batches of them.
const EVALUATION_BATCH: usize = 512;
/// Held-out images shown above their reconstructions.
const SAMPLES: usize = 10;

/// Trains an autoencoder on the training images of a data set.
///
/// The initial weights and the order of the images are keyed by the seed, so both engines take
/// the same steps, up to rounding.
pub struct Trainer {
    engine: Engine,
    data: Arc<Dataset>,
    seed: u32,
    epochs: usize,
    model: Autoencoder,
    optimizer: ModuleOptimizer,
    training: Tensor<2>,
    held_out: Tensor<2>,
    epoch: usize,
    order: Vec<u32>,
    position: Position,
    training_loss: LossSum,
    held_out_loss: LossSum,
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
        let network = Network::untrained(
            data.image.pixels(),
            &settings.hidden,
            settings.dims,
            settings.seed,
        );
        let device = engine.device().clone().autodiff();
        Self {
            model: Autoencoder::new(&network, &device),
            optimizer: ModuleOptimizer::from(Adam),
            training: engine.upload(&data.training.pixels),
            held_out: engine.upload(&data.held_out.pixels),
            engine: engine.clone(),
            data: Arc::clone(data),
            seed: settings.seed,
            epochs: settings.epochs,
            epoch: 0,
            order: Vec::new(),
            position: Position::Training(0),
            training_loss: LossSum::default(),
            held_out_loss: LossSum::default(),
            history: TrainingHistory::default(),
            steps_per_slice: 1,
        }
    }

    /// Takes one step and evaluates one batch on a copy of the model and throws both away, so that
    /// a GPU has compiled its shaders before the clock of training starts.
    ///
    /// # Errors
    /// If the device stops answering.
    pub async fn warm_up(&mut self) -> Result<(), EngineError> {
        let (model, optimizer) = (self.model.clone(), self.optimizer.clone());
        self.train(0);
        self.training_loss.mean().await?;
        self.evaluate(0).await?;
        self.samples().await?;
        self.model = model;
        self.optimizer = optimizer;
        self.epoch = 0;
        self.position = Position::Training(0);
        self.history = TrainingHistory::default();
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
                Position::Evaluating(done) => self.evaluate(done).await?,
            }
            steps += 1;
            if start.elapsed() >= budget || (queues && steps >= self.steps_per_slice) {
                break;
            }
        }
        if queues && steps > 0 {
            self.settle(start, steps, budget).await?;
        }
        Ok(self.epoch >= self.epochs)
    }

    /// Waits for the queued steps, then fits the next slice's number of steps into `budget`.
    async fn settle(
        &mut self,
        start: Instant,
        steps: usize,
        budget: Duration,
    ) -> Result<(), EngineError> {
        let queued = match self.position {
            Position::Training(0) => None,
            Position::Training(_) => Some(&self.training_loss),
            Position::Evaluating(_) => Some(&self.held_out_loss),
        };
        if let Some(sum) = queued.filter(|sum| sum.has_terms()) {
            sum.mean().await?;
        }
        let per_step = start.elapsed().as_secs_f64() / steps as f64;
        self.steps_per_slice = (budget.as_secs_f64() / per_step).clamp(1.0, 256.0) as usize;
        Ok(())
    }

    /// One optimiser step on the next mini-batch.
    fn train(&mut self, done: usize) {
        let count = self.data.training.count();
        if done == 0 {
            let key = Keyed::new(self.seed, Purpose::Batches, &[self.epoch as u64]);
            self.order = key.permutation(count);
            self.training_loss = LossSum::default();
        }
        let end = (done + BATCH_SIZE).min(count);
        self.model = self.step(done..end);
        self.position = if end < count {
            Position::Training(end)
        } else {
            Position::Evaluating(0)
        };
    }

    fn step(&mut self, batch: Range<usize>) -> Autoencoder {
        let rows: Vec<i32> = self.order[batch].iter().map(|&row| row as i32).collect();
        let count = rows.len();
        let rows: Tensor<1, Int> =
            Tensor::from_data(TensorData::new(rows, [count]), self.engine.device());
        let images = self.training.clone().select(0, rows);
        let latents = self.model.encode(images.clone().autodiff());
        let logits = self.model.decode_logits(latents);
        let gradient =
            self.training_loss
                .add_with_gradient(&self.engine, logits.clone().inner(), images);
        // A sum whose gradient in the logits is the one just computed: the loss goes through the
        // network backwards without being differentiated by burn, which would cost several more
        // passes over every pixel.
        let surrogate = (logits * gradient.autodiff()).sum();
        let gradients = GradientsParams::from_grads(surrogate.backward(), &self.model);
        self.optimizer
            .step(LEARNING_RATE, self.model.clone(), gradients)
    }

    /// Adds the next held-out images to the loss; after the last one the epoch is over.
    async fn evaluate(&mut self, done: usize) -> Result<(), EngineError> {
        if done == 0 {
            self.held_out_loss = LossSum::default();
        }
        let count = self.data.held_out.count();
        let end = (done + EVALUATION_BATCH).min(count);
        let model = self.model.valid();
        let images = self.held_out.clone().slice_dim(0, done..end);
        let logits = model.decode_logits(model.encode(images.clone()));
        self.held_out_loss.add(&self.engine, logits, images);
        if end < count {
            self.position = Position::Evaluating(end);
            return Ok(());
        }
        self.history
            .training_loss
            .push(self.training_loss.mean().await?);
        self.history
            .held_out_loss
            .push(self.held_out_loss.mean().await?);
        self.epoch += 1;
        self.position = Position::Training(0);
        Ok(())
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

    /// What the autoencoder makes of a few held-out images, classes in turn.
    ///
    /// # Errors
    /// If the device stops answering.
    pub async fn samples(&self) -> Result<Samples, EngineError> {
        let (rows, labels) = sample_rows(&self.data);
        let mut images = Array2::zeros((rows.len(), self.data.image.pixels()));
        for (sample, &row) in rows.iter().enumerate() {
            images
                .slice_mut(s![sample, ..])
                .assign(&self.data.held_out.pixels.slice(s![row, ..]));
        }
        let (latents, reconstructions) =
            self.model.valid().reconstruct(self.engine.upload(&images));
        Ok(Samples {
            labels,
            images,
            latents: download(latents).await?,
            reconstructions: download(reconstructions).await?,
        })
    }

    /// The network as trained so far.
    ///
    /// # Errors
    /// If the device stops answering.
    pub async fn network(&self) -> Result<Network, EngineError> {
        self.model.valid().network().await
    }
}

/// Rows and labels of the sample images: the first held-out image of every class, then the
/// second of every class, and so on.
pub(crate) fn sample_rows(data: &Dataset) -> (Vec<usize>, Vec<u8>) {
    let most = data
        .held_out
        .classes
        .iter()
        .map(|(_, rows)| rows.len())
        .max();
    (0..most.unwrap_or(0))
        .flat_map(|turn| {
            data.held_out
                .classes
                .iter()
                .filter_map(move |(label, rows)| {
                    let row = rows.start + turn;
                    (row < rows.end).then_some((row, *label))
                })
        })
        .take(SAMPLES)
        .unzip()
}
