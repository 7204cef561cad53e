//! The autoencoder as a burn module.

use burn::module::{Module, Param};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::{relu, sigmoid};
use burn::tensor::{Device, Tensor, TensorData};
use ndarray::{Array1, Array2};

use super::{Activation, Dense, Network};
use crate::engine::{EngineError, read};

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

    /// Latents (images × dimensions) of images (images × pixels).
    #[must_use]
    pub fn encode(&self, images: Tensor<2>) -> Tensor<2> {
        self.encoder
            .iter()
            .fold(images, |input, layer| relu(layer.forward(input)))
    }

    /// Logits (images × pixels) of the reconstructions from latents (images × dimensions).
    #[must_use]
    pub fn decode_logits(&self, latents: Tensor<2>) -> Tensor<2> {
        let (last, hidden) = self.decoder.split_last().expect("a decoder has a layer");
        let input = hidden
            .iter()
            .fold(latents, |input, layer| relu(layer.forward(input)));
        last.forward(input)
    }

    /// Latents and reconstructions (images × pixels, 0 to 1) of images.
    #[must_use]
    pub fn reconstruct(&self, images: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let latents = self.encode(images);
        let reconstructions = sigmoid(self.decode_logits(latents.clone()));
        (latents, reconstructions)
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
    let mut linear = LinearConfig::new(inputs, outputs).init(device);
    linear.weight = Param::from_data(weight, device);
    linear.bias = Some(Param::from_data(
        TensorData::new(layer.bias.to_vec(), [outputs]),
        device,
    ));
    linear
}

/// Plain layers of `layers`; the last one is followed by `last`, the others by ReLU.
async fn dense(layers: &[Linear], last: Activation) -> Result<Vec<Dense>, EngineError> {
    let mut plain = Vec::with_capacity(layers.len());
    for (position, layer) in layers.iter().enumerate() {
        let [inputs, outputs] = layer.weight.dims();
        let weight = read(layer.weight.val().inner()).await?;
        let bias = match &layer.bias {
            Some(bias) => read(bias.val().inner()).await?,
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
