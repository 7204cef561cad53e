//! Adam over burn's module, in one pass over every parameter.

use std::collections::HashMap;

use burn::module::{Module, ModuleMapper, Param, ParamId};
use burn::tensor::Tensor;

use super::super::adam::{EPSILON, FIRST_DECAY, SECOND_DECAY, step_size};
use crate::engine::{host, numbers};
use crate::model::Autoencoder;

/// Gradients of the mean loss, by the parameter that they are of.
pub type Gradients = HashMap<ParamId, Vec<f32>>;

/// What Adam remembers of the steps so far.
///
/// burn's own optimisers take parameters of its tape only, and bring along whatever may be done to a
/// gradient: half as much again as the whole engine.
pub struct Adam {
    rate: f64,
    steps: i32,
    /// Running means of a parameter's gradient and of its square.
    moments: HashMap<ParamId, [Vec<f32>; 2]>,
}

impl Adam {
    /// Of this step size.
    #[must_use]
    pub fn new(rate: f64) -> Self {
        Self {
            rate,
            steps: 0,
            moments: HashMap::new(),
        }
    }

    /// Its step size.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// The model after a step against `gradients`.
    #[must_use]
    pub fn step(&mut self, model: Autoencoder, gradients: &Gradients) -> Autoencoder {
        self.steps += 1;
        model.map(&mut Step {
            size: step_size(self.rate, self.steps),
            moments: &mut self.moments,
            gradients,
        })
    }
}

struct Step<'a> {
    size: f32,
    moments: &'a mut HashMap<ParamId, [Vec<f32>; 2]>,
    gradients: &'a Gradients,
}

impl ModuleMapper for Step<'_> {
    fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let gradient = &self.gradients[&parameter.id];
        let [first, second] = self
            .moments
            .entry(parameter.id)
            .or_insert_with(|| [(); 2].map(|()| vec![0.0; gradient.len()]));
        parameter.map(|weights| {
            let shape = weights.dims();
            let mut weights = host(weights);
            let moments = first.iter_mut().zip(second);
            for ((weight, &gradient), (first, second)) in
                weights.iter_mut().zip(gradient).zip(moments)
            {
                let fresh = gradient * gradient * (1.0 - SECOND_DECAY) as f32;
                *first = *first * FIRST_DECAY as f32 + gradient * (1.0 - FIRST_DECAY) as f32;
                *second = *second * SECOND_DECAY as f32 + fresh;
                *weight -= *first * self.size / (second.sqrt() + EPSILON);
            }
            numbers(weights, shape)
        })
    }
}
