//! Learning of dense networks that are not the paper's: of any activation and loss, variational, sparse or
//! denoising, with dropout and weight decay.

mod latents;
mod passes;

use std::future::ready;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Arc;

use ndarray::Array2;

use self::passes::{Batch, Passes, Sums};
use super::adam::Adam;
use super::{TrainingBatch, rows};
use crate::data::Dataset;
use crate::engine::Answer;
use crate::math::kernel::Kernel;
use crate::math::threads::Threads;
use crate::model::{Autoencoder, Network};
use crate::settings::Settings;
use crate::train::draws::When;
use crate::train::history::{LossParts, Penalty};
use crate::train::learner::{self, Losses, Parts};

pub(in crate::train) struct Learner {
    model: Autoencoder,
    optimizer: Adam,
    /// The share of themselves that parameters lose in a step, times its size.
    decay: f64,
    passes: Passes,
    data: Arc<Dataset>,
    /// How the loss is added up, where it has several parts.
    parts: Option<LossParts>,
    /// Of the latents.
    dims: usize,
    /// The running epoch, counted from 1.
    epoch: u64,
    order: Vec<u32>,
    batch: TrainingBatch,
    threads: Threads,
    /// Of the running epoch.
    training: Sums,
    held_out: Sums,
    ended: Vec<Losses>,
}

impl Learner {
    pub(in crate::train) fn new(
        kernel: Kernel,
        data: &Arc<Dataset>,
        network: &Network,
        settings: &Settings,
    ) -> Self {
        Self {
            model: Autoencoder::of_any_kind(network),
            optimizer: Adam::new(kernel, settings.learning_rate),
            decay: settings.variant.weight_decay,
            passes: Passes::new(kernel, network, settings, data),
            data: Arc::clone(data),
            parts: LossParts::of(settings, data.image.size()),
            dims: network.dims(),
            epoch: 0,
            order: Vec::new(),
            batch: TrainingBatch::default(),
            threads: Threads::default(),
            training: Sums::default(),
            held_out: Sums::default(),
            ended: Vec::new(),
        }
    }
}

/// These images, which are those of the rows `of`.
fn batch<'a>(images: Vec<&'a [f32]>, of: &[usize], epoch: u64) -> Batch<'a> {
    let whens = of.iter().map(|&row| When {
        epoch,
        image: row as u64,
    });
    Batch {
        images,
        whens: whens.collect(),
    }
}

impl learner::Learner for Learner {
    fn on_threads(&mut self, threads: NonZeroUsize) {
        self.threads = Threads::new(threads);
    }

    fn restart(&mut self, network: &Network) {
        self.model = Autoencoder::of_any_kind(network);
        self.optimizer.restart();
        self.ended.clear();
    }

    fn begin(&mut self, epoch: usize, order: &[u32]) {
        self.epoch = epoch as u64;
        self.order = order.to_vec();
        self.training = Sums::default();
        self.held_out = Sums::default();
    }

    fn step(&mut self, images: Range<usize>) {
        let of: Vec<usize> = self.order[images].iter().map(|&row| row as usize).collect();
        let images = self.batch.gather(&self.data.training, of.iter().copied());
        let batch = batch(images, &of, self.epoch);
        self.training += self.threads.run(|| {
            let (losses, gradients) = self.passes.gradients(&self.model, &batch);
            if self.decay > 0.0 {
                self.optimizer.decay(&mut self.model, self.decay);
            }
            self.optimizer.step(&mut self.model, &gradients);
            losses
        });
    }

    fn evaluate(&mut self, images: Range<usize>) {
        // Held-out images are the same after every epoch, and so is what is drawn for them.
        let of: Vec<usize> = images.collect();
        let images = rows(&self.data.held_out.pixels, of.iter().copied());
        let batch = batch(images, &of, 0);
        let evaluate = || self.passes.evaluate(&self.model, &batch);
        self.held_out += self.threads.run(evaluate);
    }

    fn end(&mut self) {
        let sums = [
            (self.training, self.data.training.count()),
            (self.held_out, self.data.held_out.count()),
        ];
        let reconstruction = sums.map(|(sums, images)| {
            let mean = sums.reconstruction / (images * self.data.image.size()) as f64;
            mean as f32
        });
        let Some(parts) = &self.parts else {
            let [training, held_out] = reconstruction;
            self.ended.push(Losses {
                training,
                held_out,
                parts: None,
            });
            return;
        };
        let penalty = sums.map(|(sums, images)| {
            let mean = sums.penalty / images as f64;
            mean as f32
        });
        let latents = self.data.held_out.count() * self.dims;
        let active_share = self.held_out.active as f64 / latents as f64;
        let [training, held_out] = [0, 1].map(|of| parts.total(reconstruction[of], penalty[of]));
        self.ended.push(Losses {
            training,
            held_out,
            parts: Some(Parts {
                reconstruction,
                penalty,
                active_share: (parts.penalty == Penalty::Sparsity).then_some(active_share as f32),
            }),
        });
    }

    fn losses(&mut self) -> Answer<'_, Vec<Losses>> {
        Box::pin(ready(Ok(std::mem::take(&mut self.ended))))
    }

    fn reconstruct<'a>(
        &'a self,
        images: &'a Array2<f32>,
    ) -> Answer<'a, (Array2<f32>, Array2<f32>)> {
        // They are few. Of a variational network, latents are the means.
        let network = self.model.network();
        let latents = network.encode(images.view());
        let reconstructions = network.decode(latents.view());
        Box::pin(ready(Ok((latents, reconstructions))))
    }

    fn network(&self) -> Answer<'_, Network> {
        Box::pin(ready(Ok(self.model.network())))
    }
}
