//! Passes through the network on the CPU: forward, and backward to the gradients of its parameters.
//!
//! burn keeps the network. The passes are ours, since its general
//! tape would cost more than the work: an image is multiplied where it lies, products leave out what
//! is 0, which most of a digit is, and the loss gives its gradient in the pass that adds it up.

use super::adam::Gradients;
use super::loss;
use crate::math::product::{Panels, Tiles, product};
use crate::model::{Activation, Autoencoder, Parameters};

/// What the numbers of a batch live in, so that no step has to ask for memory.
#[derive(Default)]
pub(super) struct Passes {
    left: Tiles,
    right: Panels,
    /// Outputs of every layer, images × outputs: activations, and the logits last.
    outputs: Vec<Vec<f32>>,
    /// The loss's gradient in the sums of a layer, images × outputs, and in those below.
    gradient: Vec<f32>,
    below: Vec<f32>,
}

impl Passes {
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
        let mut gradients = Gradients::new();
        for (position, layer) in layers.iter().enumerate().rev() {
            let [inputs, outputs] = layer.shape;
            let mut of_bias = vec![0.0; outputs];
            for row in self.gradient.chunks_exact(outputs) {
                for (sum, value) in of_bias.iter_mut().zip(row) {
                    *sum += value;
                }
            }
            // Inputs transposed, times the gradient in the sums.
            self.right.pack(outputs, &self.gradient);
            if let Some(below) = position.checked_sub(1) {
                let rows: Vec<&[f32]> = self.outputs[below].chunks_exact(inputs).collect();
                self.left.pack_transposed(inputs, &rows);
            } else {
                self.left.pack_transposed(inputs, images);
            }
            let mut of_weight = Vec::new();
            product(&self.left, &self.right, None, &mut of_weight);
            let [weight, bias] = layer.ids;
            gradients.insert(weight, of_weight);
            gradients.insert(bias, of_bias);
            if let Some(below) = position.checked_sub(1) {
                self.left.pack(outputs, self.gradient.chunks_exact(outputs));
                self.right.pack_transposed(outputs, &layer.weight);
                product(&self.left, &self.right, None, &mut self.below);
                // Where ReLU let nothing through, nothing comes back.
                for (gradient, &output) in self.below.iter_mut().zip(&self.outputs[below]) {
                    *gradient = if output > 0.0 { *gradient } else { 0.0 };
                }
                std::mem::swap(&mut self.gradient, &mut self.below);
            }
        }
        (loss, gradients)
    }

    /// The loss of the logits, which become the gradient of the mean loss.
    fn loss(&mut self, images: &[&[f32]]) -> f64 {
        let pixels = images[0].len();
        let scale = 1.0 / (images.len() * pixels) as f32;
        let logits = self.outputs.last_mut().expect("a network has layers");
        let rows = logits.chunks_exact_mut(pixels).zip(images);
        let loss = rows
            .map(|(logits, image)| loss::gradient(logits, image, scale))
            .sum();
        std::mem::swap(&mut self.gradient, logits);
        loss
    }

    fn forward(&mut self, layers: &[Parameters], images: &[&[f32]]) {
        self.outputs.resize_with(layers.len(), Vec::new);
        for (position, layer) in layers.iter().enumerate() {
            let [inputs, units] = layer.shape;
            let (below, outputs) = self.outputs.split_at_mut(position);
            match below.last() {
                Some(below) => self.left.pack(inputs, below.chunks_exact(inputs)),
                None => self.left.pack(inputs, images.iter().copied()),
            }
            self.right.pack(units, &layer.weight);
            product(&self.left, &self.right, Some(&layer.bias), &mut outputs[0]);
            if position + 1 < layers.len() {
                Activation::Relu.activate(&mut outputs[0]);
            }
        }
    }
}
