//! A network as a burn module, whose parameters burn's autodiff knows.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::activation::sigmoid;
use ndarray::Array2;

use super::block::{Block, Values, blocks};
use crate::engine::{Engine, EngineError};
use crate::model::{Activation, Half, Network};
use crate::settings::Output;

/// An autoencoder of those layers that [`Architecture::new`](crate::model::Architecture::new) makes.
///
/// A network that is brought may have others. It is explained, not trained, and there is no module of it.
#[derive(Module, Debug)]
pub(super) struct Model {
    encoder: Vec<Block>,
    /// The activation of the last one is left to the loss.
    decoder: Vec<Block>,
    /// What gives log-variances, if the network is variational.
    log_variance: Vec<Block>,
    /// After so many of the encoder's blocks.
    #[module(skip)]
    branch: usize,
}

/// What is drawn for the images of a batch.
#[derive(Default)]
pub(super) struct Drawn {
    /// Standard normal numbers (images × dimensions); without any, latents are their means.
    pub normal: Option<Tensor<2>>,
    /// What the units of each hidden layer are multiplied by (images × units), or nothing.
    pub masks: Vec<Tensor<2>>,
}

/// What becomes of a batch of images.
pub(super) struct Passed {
    /// Latents, or their means (images × dimensions).
    pub latents: Tensor<2>,
    /// If the network is variational (images × dimensions).
    pub log_variances: Option<Tensor<2>>,
    /// Reconstructions before the last activation (images × numbers).
    pub sums: Tensor<2>,
}

impl Model {
    /// Of a network, if all of its layers are among those that are trained.
    pub(super) fn new(engine: &Engine, network: &Network) -> Option<Self> {
        let all = |half: &Half| blocks(engine, half).ok();
        let (encoder, decoder) = (all(network.encoder())?, all(network.decoder())?);
        let (mut log_variance, mut branch) = (Vec::new(), 0);
        if let Some((head, half)) = network
            .encoder()
            .log_variance()
            .zip(network.encoder().of_log_variances())
        {
            // Layers that are trained are a block each.
            branch = head.after;
            log_variance = all(&half)?.split_off(branch);
        }
        let model = Self {
            encoder,
            decoder,
            log_variance,
            branch,
        };
        let ends = [Activation::Sigmoid, Activation::Linear];
        let is_trained = model.blocks().all(Block::is_trained)
            && ends.contains(&model.decoder.last()?.activation);
        is_trained.then_some(model)
    }

    /// Of images (images × numbers).
    pub(super) fn forward(&self, images: Tensor<2>, drawn: Drawn) -> Passed {
        let mut masks = drawn.masks.into_iter();
        let mut through = |values, block: &Block| match block.units().and_then(|_| masks.next()) {
            Some(factors) => block.masked(values, factors),
            None => block.outputs(values),
        };
        let (last, hidden) = self.encoder.split_last().expect("a half has layers");
        let mut values = Values::Rows(images);
        let mut log_variances = None;
        for (at, block) in hidden.iter().enumerate() {
            if at == self.branch {
                log_variances = self.log_variances(&values);
            }
            values = through(values, block);
        }
        if self.branch == hidden.len() {
            log_variances = self.log_variances(&values);
        }
        let means = last.outputs(values).rows();
        let latents = match (&log_variances, drawn.normal) {
            (Some(logarithms), Some(normal)) => {
                means.clone() + logarithms.clone().mul_scalar(0.5).exp() * normal
            }
            _ => means.clone(),
        };
        let (last, hidden) = self.decoder.split_last().expect("a half has layers");
        let below = hidden.iter().fold(Values::Rows(latents), through);
        Passed {
            latents: means,
            log_variances,
            sums: last.sums(below).rows(),
        }
    }

    /// Of what the encoder's blocks before the branch give, which stays as it is.
    fn log_variances(&self, values: &Values) -> Option<Tensor<2>> {
        if self.log_variance.is_empty() {
            return None;
        }
        let through = |values, block: &Block| block.outputs(values);
        Some(
            self.log_variance
                .iter()
                .fold(values.clone(), through)
                .rows(),
        )
    }

    /// Units of each hidden layer that learns something, the encoder's first.
    pub(super) fn hidden(&self) -> Vec<usize> {
        let hidden = [&self.encoder, &self.decoder]
            .into_iter()
            .flat_map(|half| &half[..half.len() - 1]);
        hidden.filter_map(Block::units).collect()
    }

    /// What follows the last layer.
    pub(super) fn output(&self) -> Output {
        match self.decoder.last().map(|block| block.activation) {
            Some(Activation::Linear) => Output::Linear,
            _ => Output::Sigmoid,
        }
    }

    /// Reconstructions of [`Passed::sums`].
    pub(super) fn reconstructions(&self, sums: Tensor<2>) -> Tensor<2> {
        match self.output() {
            Output::Linear => sums,
            Output::Sigmoid => sigmoid(sums),
        }
    }

    fn blocks(&self) -> impl Iterator<Item = &Block> {
        let halves = self.encoder.iter().chain(&self.decoder);
        halves.chain(&self.log_variance)
    }

    /// The matrices of all layers as they are now, in the order of
    /// [`Network::from_parts`](crate::model::Network::from_parts).
    pub(super) async fn weights(&self, engine: &Engine) -> Result<Vec<Array2<f32>>, EngineError> {
        let mut weights = Vec::new();
        for matrix in self.blocks().flat_map(Block::matrices) {
            let shape = matrix.dims();
            let values = engine.values(matrix).await?;
            weights.push(Array2::from_shape_vec(shape, values).expect("row by row"));
        }
        Ok(weights)
    }
}
