//! The loss: one pass over logits and targets.

use crate::math::{LANES, cross_entropy};

/// Sum of the losses.
pub(super) fn sum(logits: &[f32], targets: &[f32]) -> f64 {
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
pub(super) fn gradient(logits: &mut [f32], targets: &[f32]) -> f64 {
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
