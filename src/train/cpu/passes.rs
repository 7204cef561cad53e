//! Passes through the paper's network on the CPU: forward, and backward to the gradients of its parameters.
//!
//! burn keeps the network. The passes are ours, since its general
//! tape would cost more than the work: products leave out what is 0, and the loss gives its gradient in
//! the pass that adds it up.

use super::adam::Gradients;
use super::loss;
use super::products::Products;
use crate::math::kernel::Kernel;
use crate::model::{Activation, Autoencoder, Parameters};

/// What the numbers of a batch live in, so that no step has to ask for memory.
pub(super) struct Passes {
    products: Products,
    /// Outputs of every layer, images × outputs: activations, and the logits last.
    outputs: Vec<Vec<f32>>,
    /// The loss's gradient in the sums of a layer, images × outputs, and in those below.
    gradient: Vec<f32>,
    below: Vec<f32>,
}

impl Passes {
    pub(super) fn new(kernel: Kernel) -> Self {
        Self {
            products: Products::new(kernel),
            outputs: Vec::new(),
            gradient: Vec::new(),
            below: Vec::new(),
        }
    }

    /// The loss of images, added up over all of them and their pixels.
    pub(super) fn evaluate(&mut self, model: &Autoencoder, images: &[&[f32]]) -> f64 {
        self.forward(&model.parameters(), images);
        self.loss(images)
    }

    /// As [`Self::evaluate`], and gives the gradients of the mean loss in all parameters.
    pub(super) fn gradients(&mut self, model: &Autoencoder, images: &[&[f32]]) -> (f64, Gradients) {
        let layers = model.parameters();
        self.forward(&layers, images);
        let loss = self.loss(images);
        let mut gradients = vec![Default::default(); layers.len()];
        for (position, layer) in layers.iter().enumerate().rev() {
            let Some(below) = position.checked_sub(1) else {
                gradients[position] = self.products.gradients(layer, images, &self.gradient);
                break;
            };
            let rows: Vec<&[f32]> = self.outputs[below].chunks_exact(layer.shape[0]).collect();
            gradients[position] = self.products.gradients(layer, &rows, &self.gradient);
            self.products.back(layer, &self.gradient, &mut self.below);
            // Where ReLU let nothing through, nothing comes back.
            for (gradient, &output) in self.below.iter_mut().zip(&self.outputs[below]) {
                *gradient = if output > 0.0 { *gradient } else { 0.0 };
            }
            std::mem::swap(&mut self.gradient, &mut self.below);
        }
        (loss, gradients)
    }

    /// The loss of the logits, which become the gradient of the mean loss.
    fn loss(&mut self, images: &[&[f32]]) -> f64 {
        let pixels = images[0].len();
        let scale = 1.0 / (images.len() * pixels) as f32;
        let kernel = self.products.kernel();
        let logits = self.outputs.last_mut().expect("a network has layers");
        let loss = loss::of_images(logits, images, |logits, image| {
            loss::gradient(kernel, logits, image, scale)
        });
        std::mem::swap(&mut self.gradient, logits);
        loss
    }

    fn forward(&mut self, layers: &[Parameters], images: &[&[f32]]) {
        self.outputs.resize_with(layers.len(), Vec::new);
        for (position, layer) in layers.iter().enumerate() {
            let (below, outputs) = self.outputs.split_at_mut(position);
            let sums = &mut outputs[0];
            match below.last() {
                Some(below) => {
                    let rows: Vec<&[f32]> = below.chunks_exact(layer.shape[0]).collect();
                    self.products.forward(layer, &rows, sums);
                }
                None => self.products.forward(layer, images, sums),
            }
            if position + 1 < layers.len() {
                Activation::Relu.activate(sums);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::activation::{relu, sigmoid};
    use burn::tensor::{Device, Tensor, TensorData};

    use super::*;
    use crate::keyed::{Keyed, Purpose};
    use crate::model::{Dense, Half, Network};

    const PIXELS: usize = 21;
    const IMAGES: usize = 13;

    /// With biases as well, so that some units are inactive for some images.
    fn network(hidden: &[usize], draws: &mut Keyed) -> Network {
        let untrained = Network::untrained(PIXELS, hidden, 5, 3);
        let mut biased = |half: &Half| -> Vec<Dense> {
            let layers = half.dense().unwrap().into_iter().cloned();
            let biased = layers.map(|mut layer| {
                layer.bias.mapv_inplace(|_| draws.uniform() - 0.5);
                layer
            });
            biased.collect()
        };
        let encoder = biased(untrained.encoder());
        Network::dense(encoder, biased(untrained.decoder())).unwrap()
    }

    /// The mean binary cross-entropy of all pixels and its gradients in weight and bias of every layer,
    /// by burn's operations and its autodiff.
    fn by_autodiff(layers: &[Parameters], images: &[f32]) -> (f32, Vec<[Vec<f32>; 2]>) {
        let device = Device::flex().autodiff();
        let tensor = |values: &[f32], shape| {
            Tensor::<2>::from_data(TensorData::new(values.to_vec(), shape), &device)
        };
        let parameters: Vec<[Tensor<2>; 2]> = layers
            .iter()
            .map(|layer| {
                let weight = tensor(&layer.weight, layer.shape);
                let bias = tensor(&layer.bias, [1, layer.bias.len()]);
                [weight.require_grad(), bias.require_grad()]
            })
            .collect();
        let images = tensor(images, [IMAGES, PIXELS]);
        let mut values = images.clone();
        for (at, [weight, bias]) in parameters.iter().enumerate() {
            let sums = values.matmul(weight.clone()) + bias.clone();
            let is_last = at + 1 == layers.len();
            values = if is_last { sigmoid(sums) } else { relu(sums) };
        }
        let likelihood = images.clone() * values.clone().log()
            + (images.mul_scalar(-1.0) + 1.0) * (values.mul_scalar(-1.0) + 1.0).log();
        let loss = -likelihood.mean();
        let gradients = loss.backward();
        let numbers = |data: TensorData| data.try_into_vec::<f32>().unwrap();
        let of = |tensor: &Tensor<2>| numbers(tensor.grad(&gradients).unwrap().into_data());
        let all = parameters.iter().map(|both| both.each_ref().map(of));
        (numbers(loss.clone().into_data())[0], all.collect())
    }

    #[test]
    fn gradients_are_those_of_burns_autodiff() {
        let mut draws = Keyed::new(5, Purpose::Weights, &[1]);
        let kernels: Vec<Kernel> = Kernel::all().collect();
        let sizes = [&[][..], &[9], &[16, 8, 7]];
        let cases = kernels.into_iter();
        for (kernel, hidden) in cases.flat_map(|kernel| sizes.map(|hidden| (kernel, hidden))) {
            let model = Autoencoder::new(&network(hidden, &mut draws));
            // About a third of the pixels is black.
            let images: Vec<f32> = (0..IMAGES * PIXELS)
                .map(|_| (1.5 * draws.uniform() - 0.5).max(0.0))
                .collect();
            let rows: Vec<&[f32]> = images.chunks_exact(PIXELS).collect();
            let layers = model.parameters();
            let (loss, gradients) = Passes::new(kernel).gradients(&model, &rows);
            let (expected_loss, expected) = by_autodiff(&layers, &images);

            let loss = loss / images.len() as f64;
            assert!(
                (loss / f64::from(expected_loss) - 1.0).abs() < 1e-5,
                "{loss}"
            );
            for (at, (found, expected)) in gradients.iter().zip(expected).enumerate() {
                for (found, expected) in found.iter().zip(expected) {
                    assert_eq!(found.len(), expected.len());
                    let largest = expected.iter().fold(0.0f32, |most, of| most.max(of.abs()));
                    assert!(largest > 1e-4, "layer {at} of {hidden:?} learns");
                    for (found, expected) in found.iter().zip(expected) {
                        assert!(
                            (found - expected).abs() < 1e-5 * largest,
                            "layer {at} of {hidden:?}: {found} instead of {expected}"
                        );
                    }
                }
            }
        }
    }
}
