//! Learning of dense networks on the CPU: burn keeps the network; the passes through it and Adam's steps are
//! ours. Those of the paper's network stand here, those of all others in `kinds`.

pub(crate) mod adam;
#[cfg(feature = "general")]
pub(super) mod kinds;
pub(crate) mod loss;
mod passes;
mod products;

use std::future::ready;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Arc;

use ndarray::Array2;

use self::adam::Adam;
use self::passes::Passes;
use super::learner::{self, Losses};
use crate::data::{Dataset, TrainingImages};
use crate::engine::Answer;
use crate::math::kernel::Kernel;
use crate::math::threads::Threads;
use crate::model::{Autoencoder, Network};
use crate::settings::Settings;

pub(super) struct Learner {
    model: Autoencoder,
    optimizer: Adam,
    passes: Passes,
    data: Arc<Dataset>,
    order: Vec<u32>,
    batch: TrainingBatch,
    threads: Threads,
    /// Sums of the losses of the running epoch.
    training_loss: f64,
    held_out_loss: f64,
    ended: Vec<Losses>,
}

impl Learner {
    pub(super) fn new(
        kernel: Kernel,
        data: &Arc<Dataset>,
        network: &Network,
        settings: &Settings,
    ) -> Self {
        Self {
            model: Autoencoder::new(network),
            optimizer: Adam::new(kernel, settings.learning_rate),
            passes: Passes::new(kernel),
            data: Arc::clone(data),
            order: Vec::new(),
            batch: TrainingBatch::default(),
            threads: Threads::default(),
            training_loss: 0.0,
            held_out_loss: 0.0,
            ended: Vec::new(),
        }
    }
}

impl learner::Learner for Learner {
    fn on_threads(&mut self, threads: NonZeroUsize) {
        self.threads = Threads::new(threads);
    }

    fn restart(&mut self, network: &Network) {
        self.model = Autoencoder::new(network);
        self.optimizer.restart();
        self.ended.clear();
    }

    fn begin(&mut self, _: usize, order: &[u32]) {
        self.order = order.to_vec();
        self.training_loss = 0.0;
        self.held_out_loss = 0.0;
    }

    fn step(&mut self, batch: Range<usize>) {
        let order = self.order[batch].iter().map(|&row| row as usize);
        let images = self.batch.gather(&self.data.training, order);
        self.training_loss += self.threads.run(|| {
            let (loss, gradients) = self.passes.gradients(&self.model, &images);
            self.optimizer.step(&mut self.model, &gradients);
            loss
        });
    }

    fn evaluate(&mut self, images: Range<usize>) {
        let images = rows(&self.data.held_out.pixels, images);
        let evaluate = || self.passes.evaluate(&self.model, &images);
        self.held_out_loss += self.threads.run(evaluate);
    }

    fn end(&mut self) {
        let mean = |sum: f64, numbers: usize| (sum / numbers as f64) as f32;
        self.ended.push(Losses {
            training: mean(self.training_loss, self.data.training.len()),
            held_out: mean(self.held_out_loss, self.data.held_out.pixels.len()),
            #[cfg(feature = "general")]
            parts: None,
        });
    }

    fn losses(&mut self) -> Answer<'_, Vec<Losses>> {
        Box::pin(ready(Ok(std::mem::take(&mut self.ended))))
    }

    fn reconstruct<'a>(
        &'a self,
        images: &'a Array2<f32>,
    ) -> Answer<'a, (Array2<f32>, Array2<f32>)> {
        // They are few.
        let network = self.model.network();
        let latents = network.encode(images.view());
        let reconstructions = network.decode(latents.view());
        Box::pin(ready(Ok((latents, reconstructions))))
    }

    fn network(&self) -> Answer<'_, Network> {
        Box::pin(ready(Ok(self.model.network())))
    }
}

/// The images that are trained on at once; their memory is kept for the next ones.
#[derive(Default)]
struct TrainingBatch {
    /// Intensities, image after image.
    numbers: Vec<f32>,
}

impl TrainingBatch {
    /// The images of these rows.
    fn gather(
        &mut self,
        images: &TrainingImages,
        rows: impl IntoIterator<Item = usize>,
    ) -> Vec<&[f32]> {
        self.numbers.clear();
        images.gather(rows, &mut self.numbers);
        self.numbers.chunks_exact(images.size()).collect()
    }
}

/// Some rows of a matrix whose rows lie one after the other.
fn rows(matrix: &Array2<f32>, rows: impl Iterator<Item = usize>) -> Vec<&[f32]> {
    let values = matrix.as_slice().expect("images lie row by row");
    let width = matrix.ncols();
    rows.map(|row| &values[row * width..][..width]).collect()
}
