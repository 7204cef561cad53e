//! The loss on the CPU: one pass over logits and targets.

use crate::math::{LANES, cross_entropy};

/// Losses are added in f32 this far before f64 takes over: 64 factors of at most 2 are in f32's
/// range, and rounding stays below 1e-5 of the sum.
const CHUNK: usize = 64 * LANES;

/// Sum of the losses; turns each logit into the derivative of its loss, times `scale`.
///
/// Not inlined: within a larger function the compiler did not find the vectors.
#[inline(never)]
pub fn gradient(logits: &mut [f32], targets: &[f32], scale: f32) -> f64 {
    let mut sum = 0.0;
    for (logits, targets) in logits.chunks_mut(CHUNK).zip(targets.chunks(CHUNK)) {
        let (mut linear, mut factors) = ([0.0; LANES], [1.0; LANES]);
        let (logits, last) = logits.as_chunks_mut::<LANES>();
        let (targets, last_targets) = targets.as_chunks::<LANES>();
        for (logits, targets) in logits.iter_mut().zip(targets) {
            for lane in 0..LANES {
                let loss = cross_entropy(logits[lane], targets[lane]);
                linear[lane] += loss.linear;
                factors[lane] *= loss.factor;
                logits[lane] = loss.derivative * scale;
            }
        }
        for (logit, &target) in last.iter_mut().zip(last_targets) {
            let loss = cross_entropy(*logit, target);
            sum += f64::from(loss.linear) + f64::from(loss.factor).ln();
            *logit = loss.derivative * scale;
        }
        for (linear, factor) in linear.into_iter().zip(factors) {
            sum += f64::from(linear) + f64::from(factor).ln();
        }
    }
    sum
}
