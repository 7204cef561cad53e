//! Learning on the CPU: burn's layers, differentiated by burn but for the loss.

mod adam;
mod loss;

use std::ops::Range;

use burn::module::Module;
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Int, Tensor, TensorData};
use ndarray::Array2;

use self::adam::Adam;
use super::learner::Losses;
use crate::data::Dataset;
use crate::engine::{Engine, EngineError, download};
use crate::model::{Autoencoder, Network};

pub(super) struct Learner {
    engine: Engine,
    model: Autoencoder,
    optimizer: ModuleOptimizer,
    /// Images × pixels.
    training: Tensor<2>,
    held_out: Tensor<2>,
    order: Vec<u32>,
    /// Sums of the losses of the running epoch.
    training_loss: f64,
    held_out_loss: f64,
    ended: Vec<Losses>,
}

impl Learner {
    pub(super) fn new(engine: &Engine, data: &Dataset, network: &Network) -> Self {
        let device = engine.device().clone().autodiff();
        Self {
            model: Autoencoder::new(network, &device),
            optimizer: ModuleOptimizer::from(Adam),
            training: engine.upload(&data.training.pixels),
            held_out: engine.upload(&data.held_out.pixels),
            engine: engine.clone(),
            order: Vec::new(),
            training_loss: 0.0,
            held_out_loss: 0.0,
            ended: Vec::new(),
        }
    }

    pub(super) fn restart(&mut self, network: &Network) {
        self.model = Autoencoder::new(network, &self.engine.device().clone().autodiff());
        self.optimizer = ModuleOptimizer::from(Adam);
        self.ended.clear();
    }

    pub(super) fn begin(&mut self, order: &[u32]) {
        self.order = order.to_vec();
        self.training_loss = 0.0;
        self.held_out_loss = 0.0;
    }

    pub(super) fn step(&mut self, batch: Range<usize>) {
        let rows: Vec<i32> = self.order[batch].iter().map(|&row| row as i32).collect();
        let count = rows.len();
        let rows: Tensor<1, Int> =
            Tensor::from_data(TensorData::new(rows, [count]), self.engine.device());
        let images = self.training.clone().select(0, rows);
        let latents = self.model.encode(images.clone().autodiff());
        let logits = self.model.decode_logits(latents);
        let shape = logits.dims();
        let mut gradient = values(logits.clone().inner());
        self.training_loss += loss::gradient(&mut gradient, &values(images));
        let gradient: Tensor<2> =
            Tensor::from_data(TensorData::new(gradient, shape), self.engine.device());
        // A sum whose gradient in the logits is the one just computed: the loss goes through the
        // network backwards without being differentiated by burn, which would cost several more
        // passes over every pixel.
        let surrogate = (logits * gradient.autodiff()).sum();
        let gradients = GradientsParams::from_grads(surrogate.backward(), &self.model);
        // Adam knows its learning rate.
        self.model = self.optimizer.step(1.0, self.model.clone(), gradients);
    }

    pub(super) fn evaluate(&mut self, images: Range<usize>) {
        let model = self.model.valid();
        let images = self.held_out.clone().slice_dim(0, images);
        let logits = model.decode_logits(model.encode(images.clone()));
        self.held_out_loss += loss::sum(&values(logits), &values(images));
    }

    pub(super) fn end(&mut self) {
        let mean = |sum: f64, images: &Tensor<2>| {
            (sum / images.dims().iter().product::<usize>() as f64) as f32
        };
        self.ended.push(Losses {
            training: mean(self.training_loss, &self.training),
            held_out: mean(self.held_out_loss, &self.held_out),
        });
    }

    pub(super) fn losses(&mut self) -> Vec<Losses> {
        std::mem::take(&mut self.ended)
    }

    pub(super) async fn reconstruct(
        &self,
        images: &Array2<f32>,
    ) -> Result<(Array2<f32>, Array2<f32>), EngineError> {
        let (latents, reconstructions) = self.model.valid().reconstruct(self.engine.upload(images));
        Ok((download(latents).await?, download(reconstructions).await?))
    }

    pub(super) async fn network(&self) -> Result<Network, EngineError> {
        self.model.valid().network().await
    }
}

fn values(tensor: Tensor<2>) -> Vec<f32> {
    tensor
        .into_data()
        .try_into_vec()
        .expect("the CPU engine computes with f32")
}
