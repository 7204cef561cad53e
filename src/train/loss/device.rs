//! The loss on the GPU: queued, and read back when it is asked for.

use burn::tensor::Tensor;
use burn::tensor::activation::{relu, sigmoid};

/// Sum of the losses.
pub(super) fn sum(logits: &Tensor<2>, targets: &Tensor<2>) -> Tensor<1> {
    let tail = logits.clone().abs().neg().exp().log1p();
    (relu(logits.clone()) - logits.clone() * targets.clone() + tail).sum()
}

/// The gradient of the mean loss in the logits.
pub(super) fn gradient(logits: Tensor<2>, targets: Tensor<2>) -> Tensor<2> {
    let terms: usize = logits.dims().iter().product();
    (sigmoid(logits) - targets) / terms as f32
}
