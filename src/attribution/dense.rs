//! Dense layers, run and differentiated in batches on the CPU.
//!
//! All points that are looked at for one image differ in the sums of the first layer, and what follows
//! depends on these alone. So the derivatives of the latents in the first layer's sums are averaged over an
//! image's points, and only their mean goes through the first layer's weights, by far the most.

use crate::math::LANES;
use crate::math::kernel::Kernel;
use crate::math::product::{Panels, Tiles, product};
use crate::model::{Activation, Dense};

/// Dense layers.
pub(crate) struct Stack {
    /// Numbers that they take.
    pub inputs: usize,
    /// Units of the first layer.
    pub width: usize,
    /// Numbers that they give.
    pub dims: usize,
    /// The first layer's weights, unit by unit (units × inputs).
    pub units: Vec<f32>,
    /// The same, input by input.
    pub weights: Vec<f32>,
    first: Panels,
    /// The first layer's weights, to go back through them; empty where it is the only one.
    back: Panels,
    bias: Vec<f32>,
    /// Of the first layer.
    pub activation: Activation,
    above: Vec<Above>,
    tiles: Tiles,
    next: Vec<f32>,
}

/// A layer above the first.
struct Above {
    inputs: usize,
    /// Unit by unit.
    units: Vec<f32>,
    weights: Panels,
    /// To go back through them.
    back: Panels,
    bias: Vec<f32>,
    activation: Activation,
}

impl Stack {
    pub(super) fn new(layers: &[&Dense]) -> Self {
        let (first, above) = layers.split_first().expect("a half has layers");
        let weights: Vec<f32> = first.weight.iter().copied().collect();
        let (inputs, width) = first.weight.dim();
        let mut made = Self {
            inputs,
            width,
            dims: layers.last().map_or(width, |layer| layer.outputs()),
            units: first.weight.t().iter().copied().collect(),
            first: Panels::default(),
            back: Panels::default(),
            bias: first.bias.to_vec(),
            activation: first.activation,
            above: above.iter().map(|layer| Above::new(layer)).collect(),
            tiles: Tiles::default(),
            next: Vec::new(),
            weights,
        };
        made.first.pack(width, &made.weights);
        if !above.is_empty() {
            made.back.pack_transposed(width, &made.weights);
        }
        made
    }

    /// Whether there is one layer alone.
    pub(super) fn is_single(&self) -> bool {
        self.above.is_empty()
    }

    /// Multiply-adds of the first layer for an image.
    pub(super) fn first_work(&self) -> f64 {
        self.inputs as f64 * self.width as f64
    }

    /// Multiply-adds of the layers above for a row.
    pub(super) fn above_work(&self) -> f64 {
        let products = self.above.iter().map(|layer| layer.units.len() as f64);
        products.sum::<f64>() + 10.0 * self.width as f64
    }

    /// Multiply-adds of going back from every output to the first layer's sums, for a point.
    pub(super) fn back_work(&self) -> f64 {
        let hidden = self.above.iter().rev().skip(1);
        let products = hidden.map(|layer| layer.units.len() as f64).sum::<f64>();
        if self.is_single() {
            self.width as f64
        } else {
            self.dims as f64 * (products + 2.0 * self.width as f64)
        }
    }

    /// Sums of the first layer (rows × units) of rows of `inputs` numbers.
    pub(super) fn sums<'a>(&mut self, rows: impl ExactSizeIterator<Item = &'a [f32]>) -> Vec<f32> {
        let mut sums = Vec::new();
        self.tiles.pack(self.inputs, rows);
        product(
            Kernel::Baseline,
            &self.tiles,
            &self.first,
            Some(&self.bias),
            &mut sums,
        );
        sums
    }

    /// Turns the first layer's sums (rows × units) into outputs (rows × dims).
    pub(super) fn finish(&mut self, values: &mut Vec<f32>) {
        self.activation.activate(values);
        for layer in &self.above {
            layer.sums(&mut self.tiles, values, &mut self.next);
            layer.activation.activate(&mut self.next);
            std::mem::swap(values, &mut self.next);
        }
    }

    /// As [`Stack::finish`], of the output `dim` alone, a number a row, where there are layers above.
    pub(super) fn finish_one(&mut self, values: &mut Vec<f32>, dim: usize) {
        self.activation.activate(values);
        let (last, hidden) = self.above.split_last().expect("more than one layer");
        for layer in hidden {
            layer.sums(&mut self.tiles, values, &mut self.next);
            layer.activation.activate(&mut self.next);
            std::mem::swap(values, &mut self.next);
        }
        let weights = &last.units[dim * last.inputs..][..last.inputs];
        let rows = values.chunks_exact(last.inputs);
        let outputs = rows.map(|row| last.activation.apply(dot(row, weights) + last.bias[dim]));
        *values = outputs.collect();
    }

    /// From the first layer's sums at points, of which each image has `each`, one image after the other: for
    /// every image, the mean over its points of the derivative of the outputs in these sums. Of one layer,
    /// where an output depends on its own sum alone, images × units; else images × dims × units.
    pub(super) fn slopes(&mut self, mut sums: Vec<f32>, each: usize) -> Vec<f32> {
        let width = self.width;
        if self.is_single() {
            self.activation.differentiate(&mut sums);
            return means(&sums, width, each);
        }
        let mut values = sums.clone();
        self.activation.differentiate(&mut sums);
        self.activation.activate(&mut values);
        let mut slopes = Vec::with_capacity(self.above.len());
        for layer in &self.above {
            layer.sums(&mut self.tiles, &values, &mut self.next);
            let mut slope = self.next.clone();
            layer.activation.differentiate(&mut slope);
            slopes.push(slope);
            layer.activation.activate(&mut self.next);
            std::mem::swap(&mut values, &mut self.next);
        }
        // Points × dims × units of the layer below: back through the last layer from every output.
        let (last, hidden) = self.above.split_last().expect("more than one layer");
        let at_end = slopes.pop().expect("one a layer");
        let mut rows = Vec::with_capacity(at_end.len() * last.inputs);
        for (&slope, weights) in at_end
            .iter()
            .zip(last.units.chunks_exact(last.inputs).cycle())
        {
            rows.extend(weights.iter().map(|weight| weight * slope));
        }
        for (layer, slopes) in hidden.iter().zip(&slopes).rev() {
            let units = layer.bias.len();
            scale(&mut rows, slopes, units, self.dims);
            self.tiles.pack(units, rows.chunks_exact(units));
            product(
                Kernel::Baseline,
                &self.tiles,
                &layer.back,
                None,
                &mut self.next,
            );
            std::mem::swap(&mut rows, &mut self.next);
        }
        scale(&mut rows, &sums, width, self.dims);
        means(&rows, self.dims * width, each)
    }

    /// From derivatives in the first layer's sums (rows × units), those in the inputs (rows × inputs).
    pub(super) fn back(&mut self, slopes: &[f32]) -> Vec<f32> {
        let mut derivatives = Vec::new();
        self.tiles.pack(self.width, slopes.chunks_exact(self.width));
        product(
            Kernel::Baseline,
            &self.tiles,
            &self.back,
            None,
            &mut derivatives,
        );
        derivatives
    }
}

impl Above {
    fn new(layer: &Dense) -> Self {
        let weight: Vec<f32> = layer.weight.iter().copied().collect();
        let mut made = Self {
            inputs: layer.inputs(),
            units: layer.weight.t().iter().copied().collect(),
            weights: Panels::default(),
            back: Panels::default(),
            bias: layer.bias.to_vec(),
            activation: layer.activation,
        };
        made.weights.pack(layer.outputs(), &weight);
        made.back.pack_transposed(layer.outputs(), &weight);
        made
    }

    /// Its sums for rows of `values`.
    fn sums(&self, tiles: &mut Tiles, values: &[f32], sums: &mut Vec<f32>) {
        tiles.pack(self.inputs, values.chunks_exact(self.inputs));
        product(
            Kernel::Baseline,
            tiles,
            &self.weights,
            Some(&self.bias),
            sums,
        );
    }
}

/// Multiplies each row (points × `dims` rows of `width` numbers) by the `slopes` of its point.
fn scale(rows: &mut [f32], slopes: &[f32], width: usize, dims: usize) {
    let points = rows.chunks_exact_mut(dims * width);
    for (rows, slopes) in points.zip(slopes.chunks_exact(width)) {
        for row in rows.chunks_exact_mut(width) {
            for (value, slope) in row.iter_mut().zip(slopes) {
                *value *= slope;
            }
        }
    }
}

/// The mean of every `each` rows of `width` numbers.
fn means(rows: &[f32], width: usize, each: usize) -> Vec<f32> {
    if each == 1 {
        return rows.to_vec();
    }
    let share = 1.0 / each as f32;
    let groups = rows.chunks_exact(width * each).flat_map(|group| {
        let mut sums = vec![0.0f32; width];
        for row in group.chunks_exact(width) {
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += value;
            }
        }
        sums.into_iter().map(move |sum| sum * share)
    });
    groups.collect()
}

/// Eight sums at a time, so that it becomes SIMD.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; LANES];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}
