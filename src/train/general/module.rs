//! A network as a burn module, whose parameters burn's autodiff knows.

use burn::module::Module;
use burn::tensor::Tensor;
use ndarray::Array2;

use super::block::{Block, Values, blocks};
use crate::engine::{Engine, EngineError};
use crate::model::{Activation, Half, Network};

/// An autoencoder of those layers that [`Architecture::new`](crate::model::Architecture::new) makes.
///
/// A network that is brought may have others. It is explained, not trained, and there is no module of it.
#[derive(Module, Debug)]
pub(super) struct Model {
    encoder: Vec<Block>,
    /// The last one ends in a sigmoid, which is left to the loss.
    decoder: Vec<Block>,
}

impl Model {
    /// Of a network, if all of its layers are among those that are trained.
    pub(super) fn new(engine: &Engine, network: &Network) -> Option<Self> {
        let trained = |half: &Half| {
            let blocks = blocks(engine, half).ok()?;
            blocks.iter().all(Block::is_trained).then_some(blocks)
        };
        let (encoder, decoder) = (trained(network.encoder())?, trained(network.decoder())?);
        let ends = decoder.last()?.activation == Activation::Sigmoid;
        ends.then_some(Self { encoder, decoder })
    }

    /// Latents (images × dimensions) and logits (images × numbers) of images (images × numbers).
    pub(super) fn forward(&self, images: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let through = |values, block: &Block| block.outputs(values);
        let latents = self.encoder.iter().fold(Values::Rows(images), through);
        let latents = latents.rows();
        let (last, hidden) = self.decoder.split_last().expect("a half has layers");
        let below = Values::Rows(latents.clone());
        let below = hidden.iter().fold(below, through);
        (latents, last.sums(below).rows())
    }

    /// The matrices of all layers as they are now, in the order of
    /// [`Network::from_parts`](crate::model::Network::from_parts).
    pub(super) async fn weights(&self, engine: &Engine) -> Result<Vec<Array2<f32>>, EngineError> {
        let mut weights = Vec::new();
        let blocks = self.encoder.iter().chain(&self.decoder);
        for matrix in blocks.flat_map(Block::matrices) {
            let shape = matrix.dims();
            let values = engine.values(matrix).await?;
            weights.push(Array2::from_shape_vec(shape, values).expect("row by row"));
        }
        Ok(weights)
    }
}
