//! What a layer multiplies: on the way forward, and back.
//!
//! An image is multiplied where it lies, and products leave out what is 0, which most of a digit is. Their rows are
//! divided among the threads that there are.

use std::ops::Range;

use crate::math::kernel::Kernel;
use crate::math::product::{Panels, Tiles};
use crate::model::Parameters;

#[cfg(target_arch = "wasm32")]
use crate::math::product::product;
#[cfg(not(target_arch = "wasm32"))]
use crate::math::{product::product_into, threads::each};

/// Rows of a product that a thread takes at once, of whole tiles.
#[cfg(not(target_arch = "wasm32"))]
const BLOCK: usize = 64;

/// Left factors: of every block; in a page, which has no threads, of all.
#[cfg(not(target_arch = "wasm32"))]
type Left = Vec<Tiles>;
#[cfg(target_arch = "wasm32")]
type Left = Tiles;

/// Where factors are packed, so that no step has to ask for memory.
pub(super) struct Products {
    kernel: Kernel,
    left: Left,
    right: Panels,
}

impl Products {
    pub fn new(kernel: Kernel) -> Self {
        Self {
            kernel,
            left: Left::default(),
            right: Panels::default(),
        }
    }

    /// What it multiplies with.
    pub fn kernel(&self) -> Kernel {
        self.kernel
    }

    /// The sums of a layer (rows × outputs) of what it is given (rows × inputs).
    pub fn forward(&mut self, layer: &Parameters, rows: &[&[f32]], sums: &mut Vec<f32>) {
        let [inputs, units] = layer.shape;
        self.right.pack(units, &layer.weight);
        let pack = |left: &mut Tiles, block: Range<usize>| {
            left.pack(inputs, rows[block].iter().copied());
        };
        self.multiply(rows.len(), pack, Some(&layer.bias), sums);
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
        let pack = |left: &mut Tiles, block: Range<usize>| {
            #[cfg(not(target_arch = "wasm32"))]
            let rows: &[&[f32]] = &rows
                .iter()
                .map(|row| &row[block.clone()])
                .collect::<Vec<_>>();
            left.pack_transposed(block.len(), rows);
        };
        let mut of_weight = Vec::new();
        self.multiply(inputs, pack, None, &mut of_weight);
        [of_weight, of_bias]
    }

    /// The gradient in what a layer was given (rows × inputs), of that in its sums (rows × outputs).
    pub fn back(&mut self, layer: &Parameters, gradient: &[f32], below: &mut Vec<f32>) {
        let [_, outputs] = layer.shape;
        self.right.pack_transposed(outputs, &layer.weight);
        let pack = |left: &mut Tiles, block: Range<usize>| {
            let rows = &gradient[block.start * outputs..block.end * outputs];
            left.pack(outputs, rows.chunks_exact(outputs));
        };
        self.multiply(gradient.len() / outputs, pack, None, below);
    }

    /// A product of so many rows with the right factor: `pack` packs some rows of the left one.
    #[cfg(target_arch = "wasm32")]
    fn multiply(
        &mut self,
        rows: usize,
        pack: impl Fn(&mut Tiles, Range<usize>),
        bias: Option<&[f32]>,
        output: &mut Vec<f32>,
    ) {
        pack(&mut self.left, 0..rows);
        product(self.kernel, &self.left, &self.right, bias, output);
    }

    /// A product of so many rows with the right factor: `pack` packs some rows of the left one.
    #[cfg(not(target_arch = "wasm32"))]
    fn multiply(
        &mut self,
        rows: usize,
        pack: impl Fn(&mut Tiles, Range<usize>) + Sync,
        bias: Option<&[f32]>,
        output: &mut Vec<f32>,
    ) {
        let (kernel, right) = (self.kernel, &self.right);
        let width = right.columns();
        output.clear();
        output.resize(rows * width, 0.0);
        self.left.resize_with(rows.div_ceil(BLOCK), Tiles::default);
        let blocks = output.chunks_mut(BLOCK * width).zip(&mut self.left);
        each(blocks.enumerate(), |(block, (output, left))| {
            let first = block * BLOCK;
            pack(left, first..rows.min(first + BLOCK));
            product_into(kernel, left, right, bias, output);
        });
    }
}
