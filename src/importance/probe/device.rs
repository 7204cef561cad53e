//! The probe on a GPU: many permutations in one batch of tensors.

use burn::tensor::activation::{relu, sigmoid};
use burn::tensor::{Int, Tensor, TensorData};
use ndarray::Array2;

use super::{Changes, Outcome};
use crate::engine::{Engine, EngineError, download};
use crate::model::{Activation, Dense, SELU_ALPHA, SELU_SCALE};

/// Numbers in the widest tensor of a batch: 16 MB, which every adapter has.
const BATCH_NUMBERS: usize = 4 << 20;
/// Changed images of a permutation are padded to a multiple of this, so that a run meets few
/// different tensor shapes.
const PADDING: usize = 64;

/// First-layer sums and outputs of the unpermuted images, and the layers, on the device.
pub(super) struct Kernel {
    engine: Engine,
    /// Weights of the first layer, inputs × units.
    first: Tensor<2>,
    activation: Activation,
    /// Images × units.
    sums: Tensor<2>,
    above: Vec<Layer>,
    /// Images × outputs.
    outputs: Tensor<2>,
    images: usize,
    widest: usize,
}

/// A layer above the first.
struct Layer {
    weight: Tensor<2>,
    bias: Tensor<2>,
    activation: Activation,
}

impl Kernel {
    pub(super) async fn new(
        engine: &Engine,
        layers: &[Dense],
        inputs: &Array2<f32>,
    ) -> Result<(Self, Array2<f32>), EngineError> {
        let bias = |layer: &Dense| {
            let values = layer.bias.to_vec();
            Tensor::<2>::from_data(
                TensorData::new(values, [1, layer.outputs()]),
                engine.device(),
            )
        };
        let (lowest, above) = layers.split_first().expect("a network has a layer");
        let first = engine.upload(&lowest.weight);
        let sums = engine.upload(inputs).matmul(first.clone()) + bias(lowest);
        let above: Vec<Layer> = above
            .iter()
            .map(|layer| Layer {
                weight: engine.upload(&layer.weight),
                bias: bias(layer),
                activation: layer.activation,
            })
            .collect();
        let outputs = through(lowest.activation, &above, sums.clone());
        let host = download(outputs.clone()).await?;
        let kernel = Self {
            engine: engine.clone(),
            first,
            activation: lowest.activation,
            sums,
            above,
            outputs,
            images: inputs.nrows(),
            widest: layers.iter().map(Dense::outputs).max().unwrap_or(1),
        };
        Ok((kernel, host))
    }

    pub(super) fn batch(&self, images: usize) -> usize {
        (BATCH_NUMBERS / (images * self.widest)).max(1)
    }

    pub(super) async fn measure(
        &self,
        changes: &[Changes],
        outcome: Outcome,
    ) -> Result<Array2<f64>, EngineError> {
        let [_, outputs] = self.outputs.dims();
        let longest = changes.iter().map(|change| change.rows.len()).max();
        let length = longest.unwrap_or(0).next_multiple_of(PADDING);
        if length == 0 {
            let width = if outcome == Outcome::Overall {
                1
            } else {
                outputs
            };
            return Ok(Array2::zeros((changes.len(), width)));
        }

        // Padded places permute nothing: image 0 changes by 0 and adds exactly 0.
        let mut rows = vec![0i32; changes.len() * length];
        let mut deltas = vec![0f32; changes.len() * length];
        for (at, change) in changes.iter().enumerate() {
            for (place, (&row, &delta)) in change.rows.iter().zip(&change.deltas).enumerate() {
                rows[at * length + place] = row as i32;
                deltas[at * length + place] = delta;
            }
        }
        let device = self.engine.device();
        let count = rows.len();
        let columns: Vec<i32> = changes.iter().map(|change| change.column as i32).collect();
        let columns: Tensor<1, Int> =
            Tensor::from_data(TensorData::new(columns, [changes.len()]), device);
        let rows: Tensor<1, Int> = Tensor::from_data(TensorData::new(rows, [count]), device);
        let deltas: Tensor<3> =
            Tensor::from_data(TensorData::new(deltas, [changes.len(), length, 1]), device);

        let [_, units] = self.sums.dims();
        let steps = deltas
            * self
                .first
                .clone()
                .select(0, columns)
                .reshape([changes.len(), 1, units]);
        let sums = self.sums.clone().select(0, rows.clone()) + steps.reshape([count, units]);
        let permuted = through(self.activation, &self.above, sums);
        let change = permuted - self.outputs.clone().select(0, rows);
        let squares = (change.clone() * change).reshape([changes.len(), length, outputs]);
        let totals: Tensor<2> = squares.sum_dim(1).reshape([changes.len(), outputs]);
        let means = match outcome {
            Outcome::PerOutput => totals / self.images as f32,
            Outcome::Overall => totals.sum_dim(1) / (self.images * outputs) as f32,
        };
        Ok(download(means).await?.mapv(f64::from))
    }
}

/// Outputs from first-layer sums.
fn through(activation: Activation, above: &[Layer], sums: Tensor<2>) -> Tensor<2> {
    above
        .iter()
        .fold(activate(activation, sums), |input, layer| {
            let sums = input.matmul(layer.weight.clone()) + layer.bias.clone();
            activate(layer.activation, sums)
        })
}

fn activate(activation: Activation, sums: Tensor<2>) -> Tensor<2> {
    match activation {
        Activation::Linear => sums,
        Activation::Relu => relu(sums),
        Activation::LeakyRelu { slope } => relu(sums.clone()) - relu(-sums) * slope,
        Activation::Elu { alpha } => elu(sums, alpha),
        Activation::Selu => elu(sums, SELU_ALPHA) * SELU_SCALE,
        Activation::Softplus => relu(sums.clone()) + (-sums.abs()).exp().log1p(),
        Activation::Softsign => sums.clone() / (sums.abs() + 1.0),
        Activation::Silu => sums.clone() * sigmoid(sums),
        Activation::Tanh => sums.tanh(),
        Activation::Sigmoid => sigmoid(sums),
    }
}

fn elu(sums: Tensor<2>, alpha: f32) -> Tensor<2> {
    relu(sums.clone()) + (sums.clamp_max(0.0).exp() - 1.0) * alpha
}
