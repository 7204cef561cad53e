//! What a layer does to each of its sums, in burn's operations.

use burn::tensor::Tensor;
use burn::tensor::activation::{relu, sigmoid, silu, softplus, tanh};

use crate::model::Activation;

/// The activations that a trained network may have.
pub(super) const TRAINED: [Activation; 9] = [
    Activation::Linear,
    Activation::Relu,
    Activation::Elu { alpha: 1.0 },
    Activation::Selu,
    Activation::Silu,
    Activation::Gelu,
    Activation::Softplus,
    Activation::Tanh,
    Activation::Sigmoid,
];

/// Where an activation bends, its derivative is that of PyTorch: of the side below.
pub(super) fn activate<const D: usize>(activation: Activation, sums: Tensor<D>) -> Tensor<D> {
    match activation {
        Activation::Linear => sums,
        Activation::Relu => relu(sums),
        Activation::LeakyRelu { slope } => leaky(sums, slope),
        Activation::Elu { alpha: 1.0 } => relu(sums.clone()) + negative(sums),
        Activation::Elu { alpha } => relu(sums.clone()) + negative(sums).mul_scalar(alpha),
        Activation::ScaledElu { alpha, scale } => {
            (relu(sums.clone()) + negative(sums).mul_scalar(alpha)).mul_scalar(scale)
        }
        Activation::Selu => {
            let (alpha, scale) = (1.673_263_242_354_377, 1.050_700_987_355_480_5);
            (relu(sums.clone()) + negative(sums).mul_scalar(alpha)).mul_scalar(scale)
        }
        Activation::Softsign => {
            // |x| + 1
            let size = relu(sums.clone()).mul_scalar(2.0) - sums.clone();
            sums / size.add_scalar(1.0)
        }
        Activation::Swish { beta } => sums.clone() * sigmoid(sums.mul_scalar(beta)),
        Activation::ClippedRelu {
            max,
            slope,
            threshold,
        } => clipped(sums, max, slope, threshold),
        Activation::HardSigmoid { slope } => {
            let line = sums.mul_scalar(slope).add_scalar(0.5);
            relu(line.clone()) - relu(line.sub_scalar(1.0))
        }
        Activation::GeluTanh => {
            // Cubes of larger numbers may be infinite.
            let x = sums.clone().clamp(-10.0, 10.0);
            let cubic = (x.clone() * x.clone() * x.clone()).mul_scalar(0.044_715) + x;
            sums * sigmoid(cubic.mul_scalar(1.595_769_121_605_731))
        }
        Activation::Silu => silu(sums),
        // burn's own has the gradient of its approximation by tanh.
        Activation::Gelu => {
            let below = sums.clone().div_scalar(std::f64::consts::SQRT_2).erf();
            sums * (below.add_scalar(1.0)).mul_scalar(0.5)
        }
        Activation::Softplus => softplus(sums, 1.0),
        Activation::Tanh => tanh(sums),
        Activation::Sigmoid => sigmoid(sums),
    }
}

/// exp(x) - 1 where x is negative, else 0. In burn's own ELU and SELU, exp of large sums, which they then
/// leave out, is infinite, and its gradient no number.
fn negative<const D: usize>(sums: Tensor<D>) -> Tensor<D> {
    sums.clamp_max(0.0).exp().sub_scalar(1.0)
}

fn leaky<const D: usize>(sums: Tensor<D>, slope: f32) -> Tensor<D> {
    sums.clone().mul_scalar(slope) + relu(sums).mul_scalar(1.0 - slope)
}

/// As [`Activation::ClippedRelu`].
fn clipped<const D: usize>(sums: Tensor<D>, max: f32, slope: f32, threshold: f32) -> Tensor<D> {
    if threshold == 0.0 {
        return leaky(sums, slope).clamp_max(max);
    }
    // 1 from the threshold on, else 0: there it jumps.
    let below = relu(sums.clone().inner().neg().add_scalar(threshold));
    let above = below
        .mul_scalar(f32::MAX)
        .clamp_max(1.0)
        .neg()
        .add_scalar(1.0);
    let line = sums.clone().sub_scalar(threshold).mul_scalar(slope);
    above.clone() * sums.clamp_max(max) + above.neg().add_scalar(1.0) * line
}
