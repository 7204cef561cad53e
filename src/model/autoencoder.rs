//! A network of dense layers as a burn module.
//!
//! burn holds the parameters. It computes nothing with them: the passes
//! through the layers and back, and the steps of Adam, are those of `train::cpu`, which tests there hold
//! to burn's autodiff.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::Tensor;
use ndarray::{Array1, Array2};

#[cfg(feature = "general")]
use super::Architecture;
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
/// is the reconstruction. With the feature `general` it may be any other network of dense layers.
#[derive(Module, Debug)]
pub struct Autoencoder {
    encoder: Vec<Linear>,
    decoder: Vec<Linear>,
    /// What gives the log-variances of the latents, if the network is variational.
    #[cfg(feature = "general")]
    log_variance: Vec<Linear>,
    /// What it is, where that may be another.
    #[cfg(feature = "general")]
    #[module(skip)]
    architecture: Option<Architecture>,
}

impl Autoencoder {
    /// As `network` is, which has the activations said above, and gives no variances.
    #[must_use]
    pub fn new(network: &Network) -> Self {
        let linears = |half: &Half| {
            let dense = half.dense().expect("dense layers");
            dense.into_iter().map(linear).collect()
        };
        Self {
            encoder: linears(network.encoder()),
            decoder: linears(network.decoder()),
            #[cfg(feature = "general")]
            log_variance: Vec::new(),
            #[cfg(feature = "general")]
            architecture: None,
        }
    }

    /// As `network` is, whatever follows its layers, and with what gives log-variances.
    ///
    /// # Panics
    /// If a layer is not dense.
    #[cfg(feature = "general")]
    #[must_use]
    pub fn of_any_kind(network: &Network) -> Self {
        let head = network.encoder().log_variance();
        let layers = head.into_iter().flat_map(|head| &head.layers);
        let dense = layers.map(|layer| match layer {
            super::Layer::Dense(dense) => linear(dense),
            _ => panic!("dense layers"),
        });
        Self {
            log_variance: dense.collect(),
            architecture: Some(network.into()),
            ..Self::new(network)
        }
    }

    /// The parameters of all layers as plain numbers, from the pixels to the pixels, and those of the layers
    /// that give log-variances last.
    #[must_use]
    pub fn parameters(&self) -> Vec<Parameters> {
        let layers = self.encoder.iter().chain(&self.decoder);
        #[cfg(feature = "general")]
        let layers = layers.chain(&self.log_variance);
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
        let layers = self.encoder.iter_mut().chain(&mut self.decoder);
        #[cfg(feature = "general")]
        let layers = layers.chain(&mut self.log_variance);
        for layer in layers {
            renew(&mut layer.weight, &mut next);
            if let Some(bias) = &mut layer.bias {
                renew(bias, &mut next);
            }
        }
    }

    /// Its weights as they are now.
    #[must_use]
    pub fn network(&self) -> Network {
        #[cfg(feature = "general")]
        if let Some(architecture) = &self.architecture {
            let weights = self.parameters().into_iter().flat_map(Parameters::matrices);
            return Network::assembled(architecture, weights.collect())
                .expect("layers of a network");
        }
        let encoder = dense(&self.encoder, Activation::Relu);
        let decoder = dense(&self.decoder, Activation::Sigmoid);
        Network::dense(encoder, decoder).expect("layers of a network")
    }
}

#[cfg(feature = "general")]
impl Parameters {
    /// Weights and biases as [`Network::from_parts`] takes them.
    fn matrices(self) -> [Array2<f32>; 2] {
        let Self {
            shape,
            weight,
            bias,
        } = self;
        let matrix = |shape: [usize; 2], values: Vec<f32>| {
            Array2::from_shape_vec(shape, values).expect("a layer has as many numbers as it says")
        };
        [matrix(shape, weight), matrix([1, shape[1]], bias)]
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
