//! Mean binary cross-entropy from logits, with its gradient, on either engine.

use burn::tensor::activation::{relu, sigmoid};
use burn::tensor::{Tensor, TensorData};

use crate::engine::{Engine, EngineError, EngineKind, read};
use crate::math::{LANES, cross_entropy};

/// A sum of losses that grows where the losses are computed.
///
/// On the GPU it stays there until it is asked for: reading every step back would make the device
/// wait for the page.
pub(super) struct LossSum {
    host: f64,
    device: Option<Tensor<1>>,
    terms: usize,
}

impl LossSum {
    pub(super) fn new() -> Self {
        Self {
            host: 0.0,
            device: None,
            terms: 0,
        }
    }

    /// Adds the loss of every pixel of `logits` against `targets` (both images × pixels).
    pub(super) fn add(&mut self, engine: &Engine, logits: Tensor<2>, targets: Tensor<2>) {
        match engine.kind() {
            EngineKind::Cpu => {
                let (logits, targets) = (values(logits), values(targets));
                self.host += sum_on_host(&logits, &targets);
                self.terms += logits.len();
            }
            EngineKind::WebGpu => {
                self.terms += logits.dims().iter().product::<usize>();
                self.add_on_device(value_on_device(&logits, &targets));
            }
        }
    }

    /// As [`Self::add`], and gives the gradient of the mean loss in the logits.
    pub(super) fn add_with_gradient(
        &mut self,
        engine: &Engine,
        logits: Tensor<2>,
        targets: Tensor<2>,
    ) -> Tensor<2> {
        let shape = logits.dims();
        let terms: usize = shape.iter().product();
        self.terms += terms;
        match engine.kind() {
            EngineKind::Cpu => {
                let (mut gradient, targets) = (values(logits), values(targets));
                self.host += gradient_on_host(&mut gradient, &targets);
                Tensor::from_data(TensorData::new(gradient, shape), engine.device())
            }
            EngineKind::WebGpu => {
                self.add_on_device(value_on_device(&logits, &targets));
                (sigmoid(logits) - targets) / terms as f32
            }
        }
    }

    pub(super) fn has_terms(&self) -> bool {
        self.terms > 0
    }

    fn add_on_device(&mut self, value: Tensor<1>) {
        self.device = Some(match self.device.take() {
            Some(sum) => sum + value,
            None => value,
        });
    }

    /// The mean over everything added so far; waits until the device has computed it.
    pub(super) async fn mean(&self) -> Result<f32, EngineError> {
        let device = match &self.device {
            Some(sum) => read(sum.clone()).await?[0],
            None => 0.0,
        };
        Ok(((self.host + f64::from(device)) / self.terms as f64) as f32)
    }
}

fn values(tensor: Tensor<2>) -> Vec<f32> {
    tensor
        .into_data()
        .try_into_vec()
        .expect("the engines compute with f32")
}

fn value_on_device(logits: &Tensor<2>, targets: &Tensor<2>) -> Tensor<1> {
    let tail = logits.clone().abs().neg().exp().log1p();
    (relu(logits.clone()) - logits.clone() * targets.clone() + tail).sum()
}

/// Sum of the losses.
fn sum_on_host(logits: &[f32], targets: &[f32]) -> f64 {
    let mut sums = [0.0f64; LANES];
    for (logits, targets) in logits.chunks(CHUNK).zip(targets.chunks(CHUNK)) {
        let mut chunk = [0.0f32; LANES];
        for (logits, targets) in logits.chunks(LANES).zip(targets.chunks(LANES)) {
            for ((sum, &logit), &target) in chunk.iter_mut().zip(logits).zip(targets) {
                *sum += cross_entropy(logit, target).0;
            }
        }
        add_lanes(&mut sums, &chunk);
    }
    sums.iter().sum()
}

/// Sum of the losses; turns each logit into the gradient of the mean loss.
fn gradient_on_host(logits: &mut [f32], targets: &[f32]) -> f64 {
    let scale = 1.0 / logits.len() as f32;
    let mut sums = [0.0f64; LANES];
    for (logits, targets) in logits.chunks_mut(CHUNK).zip(targets.chunks(CHUNK)) {
        let mut chunk = [0.0f32; LANES];
        for (logits, targets) in logits.chunks_mut(LANES).zip(targets.chunks(LANES)) {
            for ((sum, logit), &target) in chunk.iter_mut().zip(logits).zip(targets) {
                let (value, derivative) = cross_entropy(*logit, target);
                *sum += value;
                *logit = derivative * scale;
            }
        }
        add_lanes(&mut sums, &chunk);
    }
    sums.iter().sum()
}

/// Losses are added in f32 this far before f64 takes over, so that rounding stays below 1e-5 of
/// the sum.
const CHUNK: usize = 128 * LANES;

fn add_lanes(sums: &mut [f64; LANES], chunk: &[f32; LANES]) {
    for (sum, &part) in sums.iter_mut().zip(chunk) {
        *sum += f64::from(part);
    }
}
