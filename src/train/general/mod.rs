//! Learning by burn: its modules, its autodiff and its optimiser, on either engine; and the derivatives of
//! networks of any layers with respect to their inputs.
//!
//! Of what is trained here, our own passes know nothing: convolutions, activations other than ReLU, and
//! other losses than binary cross-entropy. On the way into burn's convolutions and out of them, images and
//! kernels change their order; rows of images have the channels of a pixel side by side, as everywhere.

mod activate;
mod adam;
mod block;
mod fixed;
mod gradients;
mod loss;
mod module;

use std::ops::Range;
use std::sync::Arc;

use burn::module::Module;
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::Tensor;
use burn::tensor::activation::sigmoid;
use ndarray::Array2;

use self::adam::Adam;
pub(crate) use self::gradients::Gradients;
use self::module::Model;
use super::learner::{self, Losses};
use crate::data::{Dataset, Images};
use crate::engine::{Answer, Engine};
use crate::model::{Architecture, Network};
use crate::settings::{Loss, Settings};

pub(super) struct Learner {
    engine: Engine,
    data: Arc<Dataset>,
    architecture: Architecture,
    loss: Loss,
    rate: f64,
    model: Model,
    optimizer: ModuleOptimizer,
    order: Vec<u32>,
    /// Sums of the losses of the running epoch, of the training and the held-out images.
    sums: [Option<Tensor<1>>; 2],
    /// The same of epochs that have ended, whose losses were not asked for.
    ended: Vec<Tensor<1>>,
}

impl Learner {
    pub(super) fn new(
        engine: &Engine,
        data: &Arc<Dataset>,
        network: &Network,
        settings: &Settings,
    ) -> Self {
        Self {
            engine: engine.clone(),
            data: Arc::clone(data),
            architecture: network.into(),
            loss: settings.loss,
            rate: settings.learning_rate,
            model: model(engine, network),
            optimizer: Adam.into(),
            order: Vec::new(),
            sums: [None, None],
            ended: Vec::new(),
        }
    }

    /// Some rows of the images.
    fn rows(&self, images: &Images, rows: impl ExactSizeIterator<Item = usize>) -> Tensor<2> {
        let pixels = images.pixels.as_slice().expect("images lie row by row");
        let shape = [rows.len(), images.pixels.ncols()];
        let mut values = Vec::with_capacity(shape[0] * shape[1]);
        for row in rows {
            values.extend_from_slice(&pixels[row * shape[1]..][..shape[1]]);
        }
        self.engine.tensor(values, shape)
    }

    fn add(&mut self, which: usize, sum: Tensor<1>) {
        let before = self.sums[which].take();
        self.sums[which] = Some(match before {
            Some(before) => before + sum,
            None => sum,
        });
    }
}

fn model(engine: &Engine, network: &Network) -> Model {
    Model::new(engine, network).expect("networks that are trained are of such layers")
}

impl learner::Learner for Learner {
    fn restart(&mut self, network: &Network) {
        self.model = model(&self.engine, network);
        self.optimizer = Adam.into();
        self.sums = [None, None];
        self.ended.clear();
    }

    fn begin(&mut self, _: usize, order: &[u32]) {
        self.order = order.to_vec();
        self.sums = [None, None];
    }

    fn step(&mut self, batch: Range<usize>) {
        let order = self.order[batch].iter().map(|&row| row as usize);
        let images = self.rows(&self.data.training, order);
        let [count, width] = images.dims();
        let (_, logits) = self.model.forward(images.clone());
        let found = loss::evaluate(&self.engine, self.loss, logits.clone().inner(), images);
        self.add(0, found.sum);
        // Its gradient in the logits is the derivative, so the tape need not know the loss.
        let share = found.derivative.div_scalar((count * width) as f32);
        let gradients = (logits * share).sum().backward();
        let gradients = GradientsParams::from_grads(gradients, &self.model);
        let model = self.model.clone();
        self.model = self.optimizer.step(self.rate, model, gradients);
    }

    fn evaluate(&mut self, images: Range<usize>) {
        let images = self.rows(&self.data.held_out, images);
        let (_, logits) = self.model.valid().forward(images.clone());
        let found = loss::evaluate(&self.engine, self.loss, logits, images);
        self.add(1, found.sum);
    }

    fn end(&mut self) {
        // A warm-up ends the epoch that its images have ended.
        if let [Some(training), Some(held_out)] = std::mem::take(&mut self.sums) {
            self.ended.extend([training, held_out]);
        }
    }

    fn losses(&mut self) -> Answer<'_, Vec<Losses>> {
        Box::pin(async move {
            if self.ended.is_empty() {
                return Ok(Vec::new());
            }
            let sums = std::mem::take(&mut self.ended);
            let sums = self.engine.all_values(sums).await?;
            let mean =
                |sum: f32, images: &Images| (f64::from(sum) / images.pixels.len() as f64) as f32;
            let epochs = sums.chunks_exact(2).map(|sums| Losses {
                training: mean(sums[0], &self.data.training),
                held_out: mean(sums[1], &self.data.held_out),
                parts: None,
            });
            Ok(epochs.collect())
        })
    }

    fn reconstruct<'a>(
        &'a self,
        images: &'a Array2<f32>,
    ) -> Answer<'a, (Array2<f32>, Array2<f32>)> {
        Box::pin(async move {
            let values = images.iter().copied().collect();
            let images = self.engine.tensor(values, images.dim().into());
            let (latents, logits) = self.model.valid().forward(images);
            let matrix = async |values: Tensor<2>| {
                let shape = values.dims();
                let values = self.engine.values(values).await?;
                Ok(Array2::from_shape_vec(shape, values).expect("row by row"))
            };
            Ok((matrix(latents).await?, matrix(sigmoid(logits)).await?))
        })
    }

    fn network(&self) -> Answer<'_, Network> {
        Box::pin(async move {
            let weights = self.model.weights(&self.engine).await?;
            Ok(Network::assembled(&self.architecture, weights).expect("layers of a network"))
        })
    }
}
