//! What a layer multiplies: on the way forward, and back.
//!
//! An image is multiplied where it lies, and products leave out what is 0, which most of a digit is.

use crate::math::product::{Panels, Tiles, product};
use crate::model::Parameters;

/// Where factors are packed, so that no step has to ask for memory.
#[derive(Default)]
pub(super) struct Products {
    left: Tiles,
    right: Panels,
}

impl Products {
    /// The sums of a layer (rows × outputs) of what it is given (rows × inputs).
    pub fn forward<'a>(
        &mut self,
        layer: &Parameters,
        rows: impl ExactSizeIterator<Item = &'a [f32]>,
        sums: &mut Vec<f32>,
    ) {
        let [inputs, units] = layer.shape;
        self.left.pack(inputs, rows);
        self.right.pack(units, &layer.weight);
        product(&self.left, &self.right, Some(&layer.bias), sums);
    }

    /// The gradients in a layer's weights and biases, of that in its sums (rows × outputs) and of what it was
    /// given, row by row.
    pub fn gradients(
        &mut self,
        layer: &Parameters,
        rows: &[&[f32]],
        gradient: &[f32],
    ) -> [Vec<f32>; 2] {
        let [inputs, outputs] = layer.shape;
        let mut of_bias = vec![0.0; outputs];
        for row in gradient.chunks_exact(outputs) {
            for (sum, value) in of_bias.iter_mut().zip(row) {
                *sum += value;
            }
        }
        // Inputs transposed, times the gradient in the sums.
        self.right.pack(outputs, gradient);
        self.left.pack_transposed(inputs, rows);
        let mut of_weight = Vec::new();
        product(&self.left, &self.right, None, &mut of_weight);
        [of_weight, of_bias]
    }

    /// The gradient in what a layer was given (rows × inputs), of that in its sums (rows × outputs).
    pub fn back(&mut self, layer: &Parameters, gradient: &[f32], below: &mut Vec<f32>) {
        let [_, outputs] = layer.shape;
        self.left.pack(outputs, gradient.chunks_exact(outputs));
        self.right.pack_transposed(outputs, &layer.weight);
        product(&self.left, &self.right, None, below);
    }
}
