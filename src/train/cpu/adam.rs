//! Adam as an optimiser of burn's, in one pass over every parameter.

use burn::optim::{AdamState, AdaptiveMomentumState, LearningRate, Optimizer};
use burn::tensor::{Device, Tensor};

use super::super::adam::{EPSILON, FIRST_DECAY, SECOND_DECAY, step_size};
use crate::engine::{host, numbers};

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
        let (shape, device) = (weights.dims(), weights.device());
        let (mut weights, gradient) = (host(weights), host(gradient));
        let (before, mut first, mut second) = match state.map(|state| state.momentum) {
            None => (0, vec![0.0; weights.len()], vec![0.0; weights.len()]),
            Some(state) => (state.time, host(state.moment_1), host(state.moment_2)),
        };
        let size = step_size(before as i32 + 1);
        let moments = first.iter_mut().zip(&mut second);
        for ((weight, &gradient), (first, second)) in weights.iter_mut().zip(&gradient).zip(moments)
        {
            let fresh = gradient * gradient * (1.0 - SECOND_DECAY) as f32;
            *first = *first * FIRST_DECAY as f32 + gradient * (1.0 - FIRST_DECAY) as f32;
            *second = *second * SECOND_DECAY as f32 + fresh;
            *weight -= *first * size / (second.sqrt() + EPSILON);
        }
        let tensor = |values| numbers(values, shape, &device);
        let momentum = AdaptiveMomentumState::new(before + 1, tensor(first), tensor(second));
        (tensor(weights), Some(AdamState::new(momentum)))
    }

    fn to_device<const D: usize>(state: AdamState<D>, device: &Device) -> AdamState<D> {
        AdamState::new(state.momentum.to_device(device))
    }
}
