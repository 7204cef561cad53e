//! The loss of what the last layer gives before its activation, and its derivative there, which burn's tape
//! begins at.

use burn::tensor::Tensor;
use burn::tensor::activation::{relu, sigmoid};

#[cfg(feature = "engine-cpu")]
use super::super::cpu::loss::gradient_of;
use crate::engine::Engine;
#[cfg(feature = "engine-cpu")]
use crate::engine::{EngineKind, Kernel, host, numbers};
use crate::settings::{Loss, Output};

/// Of sums before the last activation and targets (images × numbers).
pub(super) struct Evaluated {
    /// The losses of all numbers, added up.
    pub sum: Tensor<1>,
    /// Of a number's loss, in its sum before the activation.
    pub derivative: Tensor<2>,
}

/// Cross-entropy is always of logits: settings that have it without a sigmoid are refused.
pub(super) fn evaluate(
    engine: &Engine,
    (loss, output): (Loss, Output),
    sums: Tensor<2>,
    targets: Tensor<2>,
) -> Evaluated {
    #[cfg(feature = "engine-cpu")]
    if engine.kind() == EngineKind::Cpu {
        return in_one_pass(engine.kernel(), (loss, output), sums, &targets);
    }
    let _ = engine;
    by_tensors(loss, output, sums, targets)
}

/// By burn's operations, a pass over all numbers for each.
fn by_tensors(loss: Loss, output: Output, sums: Tensor<2>, targets: Tensor<2>) -> Evaluated {
    if loss == Loss::Bce {
        let beyond = sums.clone().abs().neg().exp().log1p();
        return Evaluated {
            sum: (relu(sums.clone()) - sums.clone() * targets.clone() + beyond).sum(),
            derivative: sigmoid(sums) - targets,
        };
    }
    let found = match output {
        Output::Sigmoid => sigmoid(sums),
        Output::Linear => sums,
    };
    let off = found.clone() - targets;
    let (costs, derivative) = match loss {
        Loss::Mae => (off.clone().abs(), off.sign()),
        _ => (off.clone() * off.clone(), off.mul_scalar(2.0)),
    };
    let derivative = match output {
        Output::Sigmoid => derivative * (found.clone() - found.clone() * found),
        Output::Linear => derivative,
    };
    Evaluated {
        sum: costs.sum(),
        derivative,
    }
}

/// In loops that become SIMD: those of our own passes.
#[cfg(feature = "engine-cpu")]
fn in_one_pass(
    kernel: Kernel,
    (loss, output): (Loss, Output),
    sums: Tensor<2>,
    targets: &Tensor<2>,
) -> Evaluated {
    let shape = sums.dims();
    let (mut values, targets) = (host(sums), host(targets.clone()));
    let sum = gradient_of(kernel, loss, output, &mut values, &targets, 1.0);
    Evaluated {
        sum: numbers(vec![sum as f32], [1]),
        derivative: numbers(values, shape),
    }
}

#[cfg(all(test, feature = "engine-cpu"))]
mod tests {
    use super::*;
    use crate::keyed::{Keyed, Purpose};

    const SHAPE: [usize; 2] = [7, 333];

    fn tensors() -> [Tensor<2>; 2] {
        let mut draws = Keyed::new(8, Purpose::Weights, &[2]);
        let count = SHAPE[0] * SHAPE[1];
        let sums = (0..count).map(|_| 30.0 * draws.uniform() - 15.0).collect();
        let targets = (0..count)
            .map(|_| (1.5 * draws.uniform() - 0.25).clamp(0.0, 1.0))
            .collect();
        [numbers(sums, SHAPE), numbers(targets, SHAPE)]
    }

    fn formula(loss: Loss, output: Output, sum: f64, target: f64) -> f64 {
        let found = match output {
            Output::Sigmoid => 1.0 / (1.0 + (-sum).exp()),
            Output::Linear => sum,
        };
        match loss {
            Loss::Bce => -target * found.ln() - (1.0 - target) * (1.0 - found).ln(),
            Loss::Mse => (found - target).powi(2),
            Loss::Mae => (found - target).abs(),
        }
    }

    fn both(loss: Loss, output: Output, [sums, targets]: [Tensor<2>; 2]) -> [Evaluated; 2] {
        [
            by_tensors(loss, output, sums.clone(), targets.clone()),
            in_one_pass(Kernel::Baseline, (loss, output), sums, &targets),
        ]
    }

    #[test]
    fn losses_and_their_derivatives_are_those_of_the_formulas() {
        for (loss, output) in [
            (Loss::Bce, Output::Sigmoid),
            (Loss::Mse, Output::Sigmoid),
            (Loss::Mae, Output::Sigmoid),
            (Loss::Mse, Output::Linear),
            (Loss::Mae, Output::Linear),
        ] {
            let [sums, targets] = tensors();
            let pairs: Vec<(f64, f64)> = host(sums)
                .into_iter()
                .zip(host(targets))
                .map(|(sum, target)| (sum.into(), target.into()))
                .collect();
            let formula = |x, y| formula(loss, output, x, y);
            for found in both(loss, output, tensors()) {
                let sum: f64 = pairs.iter().map(|&(x, y)| formula(x, y)).sum();
                let off = f64::from(host(found.sum)[0]) / sum - 1.0;
                assert!(off.abs() < 1e-5, "{loss:?}, {output:?}: {off}");
                for (derivative, &(x, y)) in host(found.derivative).into_iter().zip(&pairs) {
                    let step = 1e-4;
                    let rise = formula(x + step, y) - formula(x - step, y);
                    let off = f64::from(derivative) - rise / (2.0 * step);
                    let most = 1e-5 * f64::from(derivative).abs().max(1.0);
                    assert!(off.abs() < most, "{loss:?}, {output:?} at {x}, {y}: {off}");
                }
            }
        }
    }

    #[test]
    fn what_is_not_off_at_all_has_no_slope() {
        let zeros = || {
            [
                numbers(vec![0.0; 20], [2, 10]),
                numbers(vec![0.0; 20], [2, 10]),
            ]
        };
        for found in both(Loss::Mae, Output::Linear, zeros()) {
            assert_eq!(host(found.sum), [0.0]);
            assert_eq!(host(found.derivative), [0.0; 20]);
        }
    }
}
