//! The probe on the CPU: loops over changed images, block by block, in cache.

use burn::tensor::{Tensor, TensorData};
use ndarray::{Array1, Array2};

use super::{Changes, Outcome};
use crate::engine::Engine;
use crate::math::{greater, sigmoid};
use crate::model::{Activation, Dense};

/// Changed images taken through the layers above the first at once: enough for the matrix product
/// to run at speed, few enough to stay in the second-level cache.
const BLOCK: usize = 256;
/// Blocks are filled up to a multiple of this: a matrix product may sum in another order where it
/// has few rows, and an image's outputs must not depend on what else is measured beside it.
const PADDING: usize = 128;

/// First-layer sums of the unpermuted images, and the layers.
pub(super) struct Kernel {
    /// Weights of the first layer, inputs × units.
    first: Array2<f32>,
    activation: Activation,
    /// Images × units.
    sums: Array2<f32>,
    above: Vec<Layer>,
}

/// A layer above the first, on the CPU engine.
struct Layer {
    weight: Tensor<2>,
    bias: Array1<f32>,
    activation: Activation,
}

/// How many permutations of so many images to measure at once: a few blocks, small enough for a
/// slice of work to end on time.
pub(super) fn batch(images: usize) -> usize {
    (4 * BLOCK).div_ceil(images).clamp(1, 64)
}

impl Kernel {
    pub(super) fn new(
        engine: &Engine,
        layers: &[Dense],
        inputs: &Array2<f32>,
    ) -> (Self, Array2<f32>) {
        let (first, above) = layers.split_first().expect("a network has a layer");
        let product = values(engine.upload(inputs).matmul(engine.upload(&first.weight)));
        let mut sums = Array2::from_shape_vec((inputs.nrows(), first.outputs()), product)
            .expect("a product has the rows of one factor and the columns of the other");
        sums += &first.bias;
        let kernel = Self {
            first: first.weight.as_standard_layout().into_owned(),
            activation: first.activation,
            sums,
            above: above
                .iter()
                .map(|layer| Layer {
                    weight: engine.upload(&layer.weight),
                    bias: layer.bias.clone(),
                    activation: layer.activation,
                })
                .collect(),
        };
        // Through the same code as permuted images, so that rounding is the same.
        let all: Vec<u32> = (0..inputs.nrows() as u32).collect();
        let unchanged = Changes {
            column: 0,
            deltas: vec![0.0; all.len()],
            rows: all,
        };
        let width = layers.last().map_or(0, Dense::outputs);
        let mut outputs = Vec::with_capacity(inputs.nrows() * width);
        for block in (0..inputs.nrows()).step_by(BLOCK) {
            let end = (block + BLOCK).min(inputs.nrows());
            outputs.extend(kernel.outputs(&[(&unchanged, block..end)]));
        }
        let outputs = Array2::from_shape_vec((inputs.nrows(), width), outputs)
            .expect("every image has one row of outputs");
        (kernel, outputs)
    }

    pub(super) fn measure(
        &self,
        outputs: &Array2<f32>,
        changes: &[Changes],
        outcome: Outcome,
    ) -> Array2<f64> {
        let mut sums = Array2::zeros((changes.len(), outputs.ncols()));
        if self.above.is_empty() {
            for (change, mut sums) in changes.iter().zip(sums.rows_mut()) {
                let sums = sums.as_slice_mut().expect("rows lie together");
                self.one_layer(outputs, change, sums);
            }
        } else {
            self.many_layers(outputs, changes, &mut sums);
        }
        sums /= outputs.nrows() as f64;
        match outcome {
            Outcome::PerOutput => sums,
            Outcome::Overall => sums
                .mean_axis(ndarray::Axis(1))
                .expect("a network has an output")
                .insert_axis(ndarray::Axis(1)),
        }
    }

    /// Adds the squared change of every output over the changed images to `sums`.
    fn one_layer(&self, outputs: &Array2<f32>, change: &Changes, sums: &mut [f64]) {
        match self.activation {
            Activation::Relu => self.one_layer_with(outputs, change, sums, |sum| greater(sum, 0.0)),
            Activation::Sigmoid => self.one_layer_with(outputs, change, sums, sigmoid),
            other => self.one_layer_with(outputs, change, sums, |sum| other.apply(sum)),
        }
    }

    #[inline(always)]
    fn one_layer_with(
        &self,
        outputs: &Array2<f32>,
        change: &Changes,
        sums: &mut [f64],
        activation: impl Fn(f32) -> f32 + Copy,
    ) {
        let units = sums.len();
        let weight = row(&self.first, change.column, units);
        let mut block = vec![0.0f32; units];
        for (rows, deltas) in change.rows.chunks(BLOCK).zip(change.deltas.chunks(BLOCK)) {
            block.fill(0.0);
            for (&image, &delta) in rows.iter().zip(deltas) {
                let before = row(outputs, image as usize, units);
                let sum = row(&self.sums, image as usize, units);
                for unit in 0..units {
                    let change = activation(sum[unit] + delta * weight[unit]) - before[unit];
                    block[unit] += change * change;
                }
            }
            for (sum, &part) in sums.iter_mut().zip(&block) {
                *sum += f64::from(part);
            }
        }
    }

    /// As [`Self::one_layer`] for every change, blocks filled across permutations.
    fn many_layers(&self, outputs: &Array2<f32>, changes: &[Changes], sums: &mut Array2<f64>) {
        let width = outputs.ncols();
        for block in blocks(changes) {
            let parts: Vec<_> = block
                .iter()
                .map(|(change, range)| (&changes[*change], range.clone()))
                .collect();
            let permuted = self.outputs(&parts);
            let mut permuted = permuted.chunks_exact(width);
            for (change, range) in block {
                let mut sums = sums.row_mut(change);
                for &image in &changes[change].rows[range] {
                    let before = row(outputs, image as usize, width);
                    let after = permuted.next().expect("one row of outputs an image");
                    for ((sum, before), after) in sums.iter_mut().zip(before).zip(after) {
                        *sum += f64::from((after - before) * (after - before));
                    }
                }
            }
        }
    }

    /// Outputs, row by row, of the images in the given ranges of changes.
    fn outputs(&self, parts: &[(&Changes, std::ops::Range<usize>)]) -> Vec<f32> {
        let units = self.first.ncols();
        let count: usize = parts.iter().map(|(_, range)| range.len()).sum();
        let mut values = Vec::with_capacity(count * units);
        for (change, range) in parts {
            let weight = row(&self.first, change.column, units);
            for at in range.clone() {
                let sums = row(&self.sums, change.rows[at] as usize, units);
                let delta = change.deltas[at];
                values.extend(
                    sums.iter()
                        .zip(weight)
                        .map(|(sum, weight)| sum + delta * weight),
                );
            }
        }
        activate(self.activation, &mut values);
        if let Some(last) = self.above.last() {
            let padded = count.next_multiple_of(PADDING);
            values.resize(padded * units, 0.0);
            for layer in &self.above {
                values = layer.outputs(values, padded);
            }
            values.truncate(count * last.bias.len());
        }
        values
    }
}

impl Layer {
    fn outputs(&self, inputs: Vec<f32>, rows: usize) -> Vec<f32> {
        let [width, units] = self.weight.dims();
        let inputs = Tensor::<2>::from_data(
            TensorData::new(inputs, [rows, width]),
            &self.weight.device(),
        );
        let mut outputs = values(inputs.matmul(self.weight.clone()));
        let bias = self.bias.as_slice().expect("a bias lies together");
        for row in outputs.chunks_exact_mut(units) {
            for (sum, bias) in row.iter_mut().zip(bias) {
                *sum += bias;
            }
        }
        activate(self.activation, &mut outputs);
        outputs
    }
}

fn activate(activation: Activation, values: &mut [f32]) {
    match activation {
        Activation::Relu => values
            .iter_mut()
            .for_each(|value| *value = greater(*value, 0.0)),
        Activation::Sigmoid => values.iter_mut().for_each(|value| *value = sigmoid(*value)),
        other => values
            .iter_mut()
            .for_each(|value| *value = other.apply(*value)),
    }
}

/// Ranges of changed images, cut so that each block holds at most [`BLOCK`] of them.
fn blocks(changes: &[Changes]) -> Vec<Vec<(usize, std::ops::Range<usize>)>> {
    let mut blocks = Vec::new();
    let mut block = Vec::new();
    let mut free = BLOCK;
    for (index, change) in changes.iter().enumerate() {
        let mut from = 0;
        while from < change.rows.len() {
            let to = (from + free).min(change.rows.len());
            block.push((index, from..to));
            free -= to - from;
            from = to;
            if free == 0 {
                blocks.push(std::mem::take(&mut block));
                free = BLOCK;
            }
        }
    }
    if !block.is_empty() {
        blocks.push(block);
    }
    blocks
}

fn row(matrix: &Array2<f32>, row: usize, width: usize) -> &[f32] {
    &matrix.as_slice().expect("matrices here lie row by row")[row * width..][..width]
}

fn values(tensor: Tensor<2>) -> Vec<f32> {
    tensor
        .into_data()
        .try_into_vec()
        .expect("the CPU engine computes with f32")
}
