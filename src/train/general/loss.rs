//! The loss of logits, and its derivative in them, which burn's tape begins at.

use burn::tensor::Tensor;
use burn::tensor::activation::{relu, sigmoid};

#[cfg(feature = "engine-cpu")]
use super::super::cpu::loss::gradient;
use crate::engine::Engine;
#[cfg(feature = "engine-cpu")]
use crate::engine::{EngineKind, host, numbers};
use crate::settings::Loss;

/// Of logits and targets (images × numbers).
pub(super) struct Evaluated {
    /// The losses of all numbers, added up.
    pub sum: Tensor<1>,
    /// Of a number's loss, in its logit.
    pub derivative: Tensor<2>,
}

pub(super) fn evaluate(
    engine: &Engine,
    loss: Loss,
    logits: Tensor<2>,
    targets: Tensor<2>,
) -> Evaluated {
    #[cfg(feature = "engine-cpu")]
    if engine.kind() == EngineKind::Cpu {
        return in_one_pass(loss, logits, targets);
    }
    let _ = engine;
    by_tensors(loss, logits, targets)
}

/// By burn's operations, a pass over all numbers for each.
fn by_tensors(loss: Loss, logits: Tensor<2>, targets: Tensor<2>) -> Evaluated {
    let found = sigmoid(logits.clone());
    let off = found.clone() - targets.clone();
    match loss {
        Loss::Bce => {
            let beyond = logits.clone().abs().neg().exp().log1p();
            Evaluated {
                sum: (relu(logits.clone()) - logits * targets + beyond).sum(),
                derivative: off,
            }
        }
        Loss::Mse => {
            let slope = found.clone() - found.clone() * found;
            Evaluated {
                sum: (off.clone() * off.clone()).sum(),
                derivative: off * slope.mul_scalar(2.0),
            }
        }
        Loss::Mae => {
            let slope = found.clone() - found.clone() * found;
            Evaluated {
                sum: off.clone().abs().sum(),
                derivative: off.sign() * slope,
            }
        }
    }
}

/// In loops that become SIMD.
#[cfg(feature = "engine-cpu")]
fn in_one_pass(loss: Loss, logits: Tensor<2>, targets: Tensor<2>) -> Evaluated {
    let shape = logits.dims();
    let (mut values, targets) = (host(logits), host(targets));
    let sum = match loss {
        Loss::Bce => gradient(&mut values, &targets, 1.0),
        Loss::Mse => differences(&mut values, &targets, |off| (off * off, 2.0 * off)),
        Loss::Mae => differences(&mut values, &targets, |off| (off.abs(), off.signum())),
    };
    Evaluated {
        sum: numbers(vec![sum as f32], [1]),
        derivative: numbers(values, shape),
    }
}

/// Sum of what each difference costs; turns each logit into the derivative of its own. `cost` gives what a
/// difference costs, and the derivative of that.
#[cfg(feature = "engine-cpu")]
fn differences(
    logits: &mut [f32],
    targets: &[f32],
    cost: impl Fn(f32) -> (f32, f32) + Copy,
) -> f64 {
    use crate::math::{LANES, sigmoid};

    let mut total = 0.0;
    let rows = logits.chunks_mut(CHUNK).zip(targets.chunks(CHUNK));
    for (logits, targets) in rows {
        let mut sums = [0.0; LANES];
        let (logits, last) = logits.as_chunks_mut::<LANES>();
        let (targets, last_targets) = targets.as_chunks::<LANES>();
        let differ = |logit: &mut f32, target: f32| {
            let found = sigmoid(*logit);
            let (costs, derivative) = cost(found - target);
            *logit = derivative * (found - found * found);
            costs
        };
        for (logits, targets) in logits.iter_mut().zip(targets) {
            for lane in 0..LANES {
                sums[lane] += differ(&mut logits[lane], targets[lane]);
            }
        }
        let rest = last.iter_mut().zip(last_targets);
        let rest: f32 = rest.map(|(logit, target)| differ(logit, *target)).sum();
        total += f64::from(sums.iter().sum::<f32>() + rest);
    }
    total
}

/// Squares are added in f32 this far before f64 takes over.
#[cfg(feature = "engine-cpu")]
const CHUNK: usize = 1024;

#[cfg(all(test, feature = "engine-cpu"))]
mod tests {
    use super::*;
    use crate::keyed::{Keyed, Purpose};

    const SHAPE: [usize; 2] = [7, 333];

    fn tensors() -> [Tensor<2>; 2] {
        let mut draws = Keyed::new(8, Purpose::Weights, &[2]);
        let count = SHAPE[0] * SHAPE[1];
        let logits = (0..count).map(|_| 30.0 * draws.uniform() - 15.0).collect();
        let targets = (0..count)
            .map(|_| (1.5 * draws.uniform() - 0.25).clamp(0.0, 1.0))
            .collect();
        [numbers(logits, SHAPE), numbers(targets, SHAPE)]
    }

    fn formula(loss: Loss, logit: f64, target: f64) -> f64 {
        let found = 1.0 / (1.0 + (-logit).exp());
        match loss {
            Loss::Bce => -target * found.ln() - (1.0 - target) * (1.0 - found).ln(),
            Loss::Mse => (found - target).powi(2),
            Loss::Mae => (found - target).abs(),
        }
    }

    #[test]
    fn losses_and_their_derivatives_are_those_of_the_formulas() {
        for loss in [Loss::Bce, Loss::Mse, Loss::Mae] {
            for evaluate in [by_tensors, in_one_pass] {
                let [logits, targets] = tensors();
                let found = evaluate(loss, logits.clone(), targets.clone());
                let pairs: Vec<(f64, f64)> = host(logits)
                    .into_iter()
                    .zip(host(targets))
                    .map(|(logit, target)| (logit.into(), target.into()))
                    .collect();
                let sum: f64 = pairs.iter().map(|&(x, y)| formula(loss, x, y)).sum();
                let off = f64::from(host(found.sum)[0]) / sum - 1.0;
                assert!(off.abs() < 1e-5, "{loss:?}: {off}");
                for (derivative, &(x, y)) in host(found.derivative).into_iter().zip(&pairs) {
                    let step = 1e-4;
                    let rise = formula(loss, x + step, y) - formula(loss, x - step, y);
                    let off = f64::from(derivative) - rise / (2.0 * step);
                    assert!(off.abs() < 1e-5, "{loss:?} at {x}, {y}: {off}");
                }
            }
        }
    }
}
