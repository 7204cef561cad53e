//! The autoencoder as a burn module.

use burn::module::{Module, Param, ParamId};
use burn::nn::Linear;
use burn::tensor::{Device, TensorData};
use ndarray::{Array1, Array2};

use super::{Activation, Dense, Network};
use crate::engine::{EngineError, host, read};

/// A layer's parameters as plain numbers.
pub(crate) struct Parameters {
    /// What burn knows the weights and the bias by.
    pub ids: [ParamId; 2],
    /// Inputs and outputs.
    pub shape: [usize; 2],
    /// Inputs × outputs.
    pub weight: Vec<f32>,
    /// One number an output.
    pub bias: Vec<f32>,
}

/// A dense autoencoder on an engine's device.
///
/// Hidden layers and latents go through ReLU; the decoder's last layer gives logits, whose sigmoid
/// is the reconstruction.
#[derive(Module, Debug)]
pub struct Autoencoder {
    encoder: Vec<Linear>,
    decoder: Vec<Linear>,
}

impl Autoencoder {
    /// Puts `network` on `device`.
    #[must_use]
    pub fn new(network: &Network, device: &Device) -> Self {
        let layers = |layers: &[Dense]| layers.iter().map(|layer| linear(layer, device)).collect();
        Self {
            encoder: layers(&network.encoder),
            decoder: layers(&network.decoder),
        }
    }

    /// The parameters of all layers as plain numbers, from the pixels to the pixels.
    pub(crate) fn parameters(&self) -> Vec<Parameters> {
        let layers = self.encoder.iter().chain(&self.decoder);
        layers
            .map(|layer| {
                let bias = layer.bias.as_ref().expect("layers here have a bias");
                Parameters {
                    ids: [layer.weight.id, bias.id],
                    shape: layer.weight.dims(),
                    weight: host(layer.weight.val()),
                    bias: host(bias.val()),
                }
            })
            .collect()
    }

    /// Reads the weights back from the device.
    ///
    /// # Errors
    /// If the device no longer answers.
    pub async fn network(&self) -> Result<Network, EngineError> {
        Ok(Network {
            encoder: dense(&self.encoder, Activation::Relu).await?,
            decoder: dense(&self.decoder, Activation::Sigmoid).await?,
        })
    }
}

fn linear(layer: &Dense, device: &Device) -> Linear {
    let (inputs, outputs) = layer.weight.dim();
    let weight = TensorData::new(layer.weight.iter().copied().collect(), [inputs, outputs]);
    let bias = TensorData::new(layer.bias.to_vec(), [outputs]);
    // Not by its configuration, which would bring along every way to draw weights there is.
    Linear {
        weight: Param::from_data(weight, device),
        bias: Some(Param::from_data(bias, device)),
    }
}

/// Plain layers of `layers`; the last one is followed by `last`, the others by ReLU.
async fn dense(layers: &[Linear], last: Activation) -> Result<Vec<Dense>, EngineError> {
    let mut plain = Vec::with_capacity(layers.len());
    for (position, layer) in layers.iter().enumerate() {
        let [inputs, outputs] = layer.weight.dims();
        let weight = read(layer.weight.val()).await?;
        let bias = match &layer.bias {
            Some(bias) => read(bias.val()).await?,
            None => vec![0.0; outputs],
        };
        plain.push(Dense {
            weight: Array2::from_shape_vec((inputs, outputs), weight)
                .expect("a tensor holds as many numbers as its shape says"),
            bias: Array1::from(bias),
            activation: if position + 1 == layers.len() {
                last
            } else {
                Activation::Relu
            },
        });
    }
    Ok(plain)
}
