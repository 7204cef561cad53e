//! Adam over burn's module, in one pass over every parameter.

use super::super::adam::{EPSILON, FIRST_DECAY, SECOND_DECAY, step_size};
use crate::math::kernel::{Arithmetic, Kernel, work};
#[cfg(not(target_arch = "wasm32"))]
use crate::math::threads::each;
use crate::model::Autoencoder;

/// Numbers that a thread changes at once.
#[cfg(not(target_arch = "wasm32"))]
const BLOCK: usize = 8192;

/// Gradients of the mean loss: of every layer, in its weights and in its biases.
pub type Gradients = Vec<[Vec<f32>; 2]>;

/// What Adam remembers of the steps so far.
///
/// burn's own optimisers take parameters of its tape only, and bring along whatever may be done to a
/// gradient: half as much again as the whole engine.
pub struct Adam {
    kernel: Kernel,
    rate: f64,
    steps: i32,
    /// Running means of every parameter's gradient and of its square.
    moments: Vec<[Vec<f32>; 2]>,
}

impl Adam {
    /// Of this step size.
    #[must_use]
    pub fn new(kernel: Kernel, rate: f64) -> Self {
        Self {
            kernel,
            rate,
            steps: 0,
            moments: Vec::new(),
        }
    }

    /// Forgets the steps so far.
    pub fn restart(&mut self) {
        *self = Self::new(self.kernel, self.rate);
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
            let kernel = self.kernel;
            let step =
                |weights: &mut [f32], gradient: &[f32], first: &mut [f32], second: &mut [f32]| {
                    kernel.run(Step {
                        size,
                        gradient,
                        first,
                        second,
                        weights,
                    });
                };
            #[cfg(target_arch = "wasm32")]
            step(weights, gradient, first, second);
            #[cfg(not(target_arch = "wasm32"))]
            {
                let blocks = weights.chunks_mut(BLOCK).zip(gradient.chunks(BLOCK));
                let blocks = blocks.zip(first.chunks_mut(BLOCK).zip(second.chunks_mut(BLOCK)));
                each(blocks, |((weights, gradient), (first, second))| {
                    step(weights, gradient, first, second);
                });
            }
        });
    }
}

work!(Step<'a> is step(
    size: f32,
    gradient: &'a [f32],
    first: &'a mut [f32],
    second: &'a mut [f32],
    weights: &'a mut [f32]
) -> ());

/// A step of a parameter's numbers.
#[inline(always)]
fn step<A: Arithmetic>(
    size: f32,
    gradient: &[f32],
    first: &mut [f32],
    second: &mut [f32],
    weights: &mut [f32],
) {
    let moments = first.iter_mut().zip(second);
    let weights = weights.iter_mut().zip(gradient);
    for ((weight, &gradient), (first, second)) in weights.zip(moments) {
        let fresh = gradient * (1.0 - FIRST_DECAY) as f32;
        *first = A::multiply_add(*first, FIRST_DECAY as f32, fresh);
        let fresh = gradient * gradient * (1.0 - SECOND_DECAY) as f32;
        *second = A::multiply_add(*second, SECOND_DECAY as f32, fresh);
        *weight -= *first * size / (second.sqrt() + EPSILON);
    }
}

#[cfg(feature = "general")]
impl Adam {
    /// What a step of AdamW (Loshchilov and Hutter, 2019) begins with, as in Keras: every weight and bias loses
    /// this share of itself, times the step size.
    pub fn decay(&self, model: &mut Autoencoder, share: f64) {
        let (share, rate) = (share as f32, self.rate as f32);
        model.change(|_, weights| {
            for weight in weights {
                *weight -= *weight * share * rate;
            }
        });
    }
}

#[cfg(all(test, feature = "general"))]
mod tests {
    use super::*;
    use crate::keyed::{Keyed, Purpose};
    use crate::model::Network;

    /// AdamW as Keras has it, number by number in double precision.
    #[test]
    fn steps_with_decay_are_those_of_a_literal_loop() {
        let (rate, share) = (0.01, 0.3);
        let mut draws = Keyed::new(4, Purpose::Weights, &[9]);
        let mut model = Autoencoder::new(&Network::untrained(6, &[4], 3, 2));
        let numbers = |model: &Autoencoder| -> Vec<f64> {
            let layers = model.parameters().into_iter();
            let numbers = layers.flat_map(|layer| layer.weight.into_iter().chain(layer.bias));
            numbers.map(f64::from).collect()
        };
        let mut expected = numbers(&model);
        let untrained = expected.clone();
        let mut moments = vec![[0.0; 2]; expected.len()];
        let mut adam = Adam::new(Kernel::Baseline, rate);
        for step in 1..=20 {
            let shapes = model.parameters().into_iter();
            let gradients: Gradients = shapes
                .map(|layer| {
                    let [weights, biases] = [layer.weight.len(), layer.bias.len()];
                    [weights, biases]
                        .map(|count| (0..count).map(|_| draws.uniform() - 0.4).collect())
                })
                .collect();
            adam.decay(&mut model, share);
            adam.step(&mut model, &gradients);
            let all = gradients.iter().flatten().flatten();
            for ((weight, [first, second]), &gradient) in
                expected.iter_mut().zip(&mut moments).zip(all)
            {
                let gradient = f64::from(gradient);
                *weight -= *weight * share * rate;
                *first = 0.9 * *first + 0.1 * gradient;
                *second = 0.999 * *second + 0.001 * gradient * gradient;
                let corrections = [1.0 - 0.9f64.powi(step), 1.0 - 0.999f64.powi(step)];
                let size = rate * corrections[1].sqrt() / corrections[0];
                *weight -= size * *first / (second.sqrt() + 1e-7);
            }
        }
        let found = numbers(&model);
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected).abs() < 2e-6, "{found}, not {expected}");
        }
        let moved = found.iter().zip(untrained);
        assert!(
            moved
                .filter(|(found, before)| (*found - before).abs() > 0.01)
                .count()
                > 40
        );
    }
}
