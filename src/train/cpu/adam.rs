//! Adam over burn's module, in one pass over every parameter.

use super::super::adam::{EPSILON, FIRST_DECAY, SECOND_DECAY, step_size};
use crate::model::Autoencoder;

/// Gradients of the mean loss: of every layer, in its weights and in its biases.
pub type Gradients = Vec<[Vec<f32>; 2]>;

/// What Adam remembers of the steps so far.
///
/// burn's own optimisers take parameters of its tape only, and bring along whatever may be done to a
/// gradient: half as much again as the whole engine.
pub struct Adam {
    rate: f64,
    steps: i32,
    /// Running means of every parameter's gradient and of its square.
    moments: Vec<[Vec<f32>; 2]>,
}

impl Adam {
    /// Of this step size.
    #[must_use]
    pub fn new(rate: f64) -> Self {
        Self {
            rate,
            steps: 0,
            moments: Vec::new(),
        }
    }

    /// Its step size.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Takes a step against `gradients`.
    pub fn step(&mut self, model: &mut Autoencoder, gradients: &Gradients) {
        self.steps += 1;
        let size = step_size(self.rate, self.steps);
        let gradients: Vec<&Vec<f32>> = gradients.iter().flatten().collect();
        model.change(|at, weights| {
            let gradient = gradients[at];
            if self.moments.len() == at {
                self.moments
                    .push([(); 2].map(|()| vec![0.0; gradient.len()]));
            }
            let [first, second] = &mut self.moments[at];
            let moments = first.iter_mut().zip(second);
            for ((weight, &gradient), (first, second)) in
                weights.iter_mut().zip(gradient).zip(moments)
            {
                let fresh = gradient * gradient * (1.0 - SECOND_DECAY) as f32;
                *first = *first * FIRST_DECAY as f32 + gradient * (1.0 - FIRST_DECAY) as f32;
                *second = *second * SECOND_DECAY as f32 + fresh;
                *weight -= *first * size / (second.sqrt() + EPSILON);
            }
        });
    }
}
