//! Adam as Keras computes it, without the arithmetic that each engine does in its own way.
//!
//! Keras takes the form at the end of Section 2 of Kingma and Ba (2014): it adds epsilon to the root
//! of the raw second moment, where Algorithm 1 and burn's own Adam add it to that of the corrected
//! one. The same 1e-7 is then about thirty times larger at the first step, which shows in the loss
//! while it falls fast.

/// Keras' defaults.
pub(super) const FIRST_DECAY: f64 = 0.9;
pub(super) const SECOND_DECAY: f64 = 0.999;
pub(super) const EPSILON: f32 = 1e-7;

/// By what the ratio of the first moment to the root of the second is multiplied in a step, counted
/// from 1: the learning rate, corrected for moments that start at 0.
pub(super) fn step_size(rate: f64, step: i32) -> f32 {
    let correction = (1.0 - SECOND_DECAY.powi(step)).sqrt() / (1.0 - FIRST_DECAY.powi(step));
    (rate * correction) as f32
}
