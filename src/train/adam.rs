//! Adam as Keras computes it.

use burn::optim::{AdamState, AdaptiveMomentumState, LearningRate, Optimizer};
use burn::tensor::{Device, Tensor};

/// Adam (Kingma and Ba, 2014) with Keras' default settings and its place of epsilon.
///
/// Keras takes the form at the end of the paper's Section 2: it adds epsilon to the root of the
/// raw second moment, where Algorithm 1 and burn's own Adam add it to that of the corrected one.
/// The same 1e-7 is then about thirty times larger at the first step, which shows in the loss
/// while it falls fast.
#[derive(Clone)]
pub(super) struct Adam;

const FIRST_DECAY: f64 = 0.9;
const SECOND_DECAY: f64 = 0.999;
const EPSILON: f32 = 1e-7;

impl Optimizer for Adam {
    type State<const D: usize> = AdamState<D>;

    fn step<const D: usize>(
        &self,
        learning_rate: LearningRate,
        weights: Tensor<D>,
        gradient: Tensor<D>,
        state: Option<AdamState<D>>,
    ) -> (Tensor<D>, Option<AdamState<D>>) {
        let fresh_first = gradient.clone() * (1.0 - FIRST_DECAY) as f32;
        let fresh_second = gradient.clone() * gradient * (1.0 - SECOND_DECAY) as f32;
        let (step, first, second) = match state.map(|state| state.momentum) {
            None => (1, fresh_first, fresh_second),
            Some(before) => (
                before.time + 1,
                before.moment_1 * FIRST_DECAY as f32 + fresh_first,
                before.moment_2 * SECOND_DECAY as f32 + fresh_second,
            ),
        };
        let steps = step as i32;
        let correction = (1.0 - SECOND_DECAY.powi(steps)).sqrt() / (1.0 - FIRST_DECAY.powi(steps));
        let change =
            first.clone() * (learning_rate * correction) as f32 / (second.clone().sqrt() + EPSILON);
        let state = AdamState::new(AdaptiveMomentumState::new(step, first, second));
        (weights - change, Some(state))
    }

    fn to_device<const D: usize>(state: AdamState<D>, device: &Device) -> AdamState<D> {
        AdamState::new(state.momentum.to_device(device))
    }
}
