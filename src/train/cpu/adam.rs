//! Adam as an optimiser of burn's.

use burn::optim::{AdamState, AdaptiveMomentumState, LearningRate, Optimizer};
use burn::tensor::{Device, Tensor};

use super::super::adam::{EPSILON, FIRST_DECAY, SECOND_DECAY, step_size};

/// The learning rate is Adam's own; the one that a step is given is not used.
#[derive(Clone)]
pub(super) struct Adam;

impl Optimizer for Adam {
    type State<const D: usize> = AdamState<D>;

    fn step<const D: usize>(
        &self,
        _: LearningRate,
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
        let change = first.clone() * step_size(step as i32) / (second.clone().sqrt() + EPSILON);
        let state = AdamState::new(AdaptiveMomentumState::new(step, first, second));
        (weights - change, Some(state))
    }

    fn to_device<const D: usize>(state: AdamState<D>, device: &Device) -> AdamState<D> {
        AdamState::new(state.momentum.to_device(device))
    }
}
