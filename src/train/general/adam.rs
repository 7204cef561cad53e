//! Adam in Keras' form as one of burn's optimisers, with decoupled weight decay (Loshchilov and Hutter, 2019).

use burn::optim::{self, LearningRate, RecordState, StateSink, StateSource};
use burn::tensor::{Device, Tensor};

use super::super::adam::{EPSILON, FIRST_DECAY, SECOND_DECAY, step_size};

/// Of each parameter.
#[derive(Clone)]
pub(super) struct Adam {
    /// By how much of itself a parameter shrinks before each step, times the learning rate. As in Keras, that is
    /// of biases, too.
    pub decay: f64,
}

/// What is remembered of a parameter's steps so far.
#[derive(Clone)]
pub(super) struct Moments<const D: usize> {
    steps: i32,
    /// Running means of its gradient and of its square.
    first: Tensor<D>,
    second: Tensor<D>,
}

impl optim::Optimizer for Adam {
    type State<const D: usize> = Moments<D>;

    fn step<const D: usize>(
        &self,
        rate: LearningRate,
        weights: Tensor<D>,
        gradient: Tensor<D>,
        before: Option<Moments<D>>,
    ) -> (Tensor<D>, Option<Moments<D>>) {
        let share = |of: Tensor<D>, decay: f64| of.mul_scalar(1.0 - decay);
        let first = share(gradient.clone(), FIRST_DECAY);
        let second = share(gradient.clone() * gradient, SECOND_DECAY);
        let moments = match before {
            None => Moments {
                steps: 1,
                first,
                second,
            },
            Some(before) => Moments {
                steps: before.steps + 1,
                first: before.first.mul_scalar(FIRST_DECAY) + first,
                second: before.second.mul_scalar(SECOND_DECAY) + second,
            },
        };
        let size = step_size(rate, moments.steps);
        let root = moments.second.clone().sqrt().add_scalar(EPSILON);
        let step = moments.first.clone().mul_scalar(size) / root;
        let weights = if self.decay == 0.0 {
            weights
        } else {
            weights.mul_scalar(1.0 - self.decay * rate)
        };
        (weights - step, Some(moments))
    }

    fn to_device<const D: usize>(moments: Moments<D>, device: &Device) -> Moments<D> {
        Moments {
            steps: moments.steps,
            first: moments.first.to_device(device),
            second: moments.second.to_device(device),
        }
    }
}

/// Training begins and ends in one piece, so nothing is stored.
impl<const D: usize> RecordState for Moments<D> {
    fn state_flatten(&self, _: &str, _: &mut StateSink) {}

    fn state_unflatten(_: &str, _: &mut StateSource, _: &Device) -> Option<Self> {
        None
    }
}
