//! A network of dense layers as a burn module.
//!
//! burn holds the parameters. It computes nothing with them: the passes
//! through the layers and back, and the steps of Adam, are those of `train::cpu`, which a test there holds
//! to burn's autodiff.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::Tensor;
use ndarray::{Array1, Array2};

use super::{Activation, Dense, Half, Network};
use crate::engine::{host, numbers};

/// A layer's parameters as plain numbers.
pub struct Parameters {
    /// Inputs and outputs.
    pub shape: [usize; 2],
    /// Inputs × outputs.
    pub weight: Vec<f32>,
    /// One number an output.
    pub bias: Vec<f32>,
}

/// A dense autoencoder on the CPU engine.
///
/// Hidden layers and latents go through ReLU; the decoder's last layer gives logits, whose sigmoid
/// is the reconstruction.
#[derive(Module, Debug)]
pub struct Autoencoder {
    encoder: Vec<Linear>,
    decoder: Vec<Linear>,
}

impl Autoencoder {
    /// As `network` is.
    #[must_use]
    pub fn new(network: &Network) -> Self {
        let linear = |half: &Half| {
            let dense = half.dense().expect("dense layers");
            dense.into_iter().map(linear).collect()
        };
        Self {
            encoder: linear(network.encoder()),
            decoder: linear(network.decoder()),
        }
    }

    /// The parameters of all layers as plain numbers, from the pixels to the pixels.
    #[must_use]
    pub fn parameters(&self) -> Vec<Parameters> {
        let layers = self.encoder.iter().chain(&self.decoder);
        layers
            .map(|layer| {
                let bias = layer.bias.as_ref().expect("layers here have a bias");
                Parameters {
                    shape: layer.weight.dims(),
                    weight: host(layer.weight.val()),
                    bias: host(bias.val()),
                }
            })
            .collect()
    }

    /// Lets `change` change the numbers of every parameter, by its number: of every layer the weights, then
    /// the biases.
    ///
    /// burn's own way through a module, a `ModuleMapper`, brings along all that may stand between a
    /// parameter and its value: 26 KB of the engine.
    pub fn change(&mut self, mut change: impl FnMut(usize, &mut [f32])) {
        let mut count = 0..;
        let mut next = |values: &mut [f32]| {
            if let Some(at) = count.next() {
                change(at, values);
            }
        };
        for layer in self.encoder.iter_mut().chain(&mut self.decoder) {
            renew(&mut layer.weight, &mut next);
            if let Some(bias) = &mut layer.bias {
                renew(bias, &mut next);
            }
        }
    }

    /// Its weights as they are now.
    #[must_use]
    pub fn network(&self) -> Network {
        let encoder = dense(&self.encoder, Activation::Relu);
        let decoder = dense(&self.decoder, Activation::Sigmoid);
        Network::dense(encoder, decoder).expect("layers of a network")
    }
}

fn renew<const D: usize>(parameter: &mut Param<Tensor<D>>, change: &mut impl FnMut(&mut [f32])) {
    let tensor = parameter.val();
    let shape = tensor.dims();
    let mut values = host(tensor);
    change(&mut values);
    *parameter = Param::initialized(parameter.id, numbers(values, shape));
}

fn linear(layer: &Dense) -> Linear {
    let weight = layer.weight.iter().copied().collect();
    // Not by its configuration, which would bring along every way to draw weights there is.
    Linear {
        weight: Param::from_tensor(numbers(weight, layer.weight.dim().into())),
        bias: Some(Param::from_tensor(numbers(
            layer.bias.to_vec(),
            [layer.outputs()],
        ))),
    }
}

/// Plain layers of `layers`; the last one is followed by `last`, the others by ReLU.
fn dense(layers: &[Linear], last: Activation) -> Vec<Dense> {
    let plain = |(position, layer): (usize, &Linear)| {
        let shape = layer.weight.dims();
        let bias = layer.bias.as_ref().expect("layers here have a bias");
        Dense {
            weight: Array2::from_shape_vec(shape, host(layer.weight.val()))
                .expect("a tensor holds as many numbers as its shape says"),
            bias: Array1::from(host(bias.val())),
            activation: if position + 1 == layers.len() {
                last
            } else {
                Activation::Relu
            },
        }
    };
    layers.iter().enumerate().map(plain).collect()
}
