//! Training as its definitions say, in f64 and with gradients by differences: what burn's learner is held to.

use std::sync::Arc;

use pollster::block_on;

use ndarray::Array2;

use super::Learner;
use crate::data::{Class, Dataset, ImageSet};
use crate::engine::Engine;
use crate::keyed::{Keyed, Purpose};
use crate::model::{Activation, Architecture, Layer, Network};
use crate::settings::{HiddenActivation, Loss, Noise, Output, Settings, Variant};
use crate::train::draws::{Draws, When};
use crate::train::learner::{self, Losses};

const BATCH: usize = 4;
const EPOCHS: usize = 3;

/// Images of 2 × 3 pixels, none of which is black.
fn data(settings: &Settings) -> Arc<Dataset> {
    let mut draws = Keyed::new(3, Purpose::Split, &[]);
    let bytes = (0..14 * 6).map(|_| 1 + draws.below(255) as u8).collect();
    let classes = [Class::new(0, ImageSet::from_bytes(2, 3, bytes))];
    Arc::new(Dataset::new(&classes, &settings.division(true)).unwrap())
}

/// Dense layers, all numbers of which lie one after the other.
#[derive(Clone)]
struct Literal {
    settings: Settings,
    /// Inputs, outputs, and what follows: of the encoder's layers, the decoder's, and log-variances.
    layers: Vec<(usize, usize, Activation)>,
    encoder: usize,
    is_variational: bool,
    numbers: Vec<f64>,
}

/// What the loss of an image is added up from: the reconstruction's, all its numbers together; the penalty.
struct Parts {
    reconstruction: f64,
    penalty: f64,
    active: usize,
}

impl Literal {
    fn new(network: &Network, settings: &Settings) -> Self {
        let layers = network.layers().map(|layer| match layer {
            Layer::Dense(layer) => (layer.inputs(), layer.outputs(), layer.activation),
            _ => panic!("dense layers alone"),
        });
        Self {
            settings: settings.clone(),
            layers: layers.collect(),
            encoder: network.encoder().layers().len(),
            is_variational: network.is_variational(),
            numbers: numbers(network),
        }
    }

    /// What a layer gives before its activation, and that.
    fn layer(&self, at: usize, values: &[f64]) -> (Vec<f64>, Activation) {
        let start: usize = self.layers[..at]
            .iter()
            .map(|(inputs, outputs, _)| (inputs + 1) * outputs)
            .sum();
        let (inputs, outputs, activation) = self.layers[at];
        let numbers = &self.numbers[start..];
        let sums = (0..outputs).map(|output| {
            let products =
                (0..inputs).map(|input| values[input] * numbers[input * outputs + output]);
            products.sum::<f64>() + numbers[inputs * outputs + output]
        });
        (sums.collect(), activation)
    }

    fn parts(&self, clean: &[f32], when: When, draws: &Draws, trains: bool) -> Parts {
        let variant = &self.settings.variant;
        let mut seen = clean.to_vec();
        draws.corrupt(&mut seen, when);
        let mut values: Vec<f64> = seen.iter().map(|&value| value.into()).collect();
        let count = self.layers.len() - usize::from(self.is_variational);
        let mut hidden = 0;
        let (mut logarithms, mut latents) = (Vec::new(), Vec::new());
        for at in 0..count {
            if self.is_variational && at + 1 == self.encoder {
                logarithms = self.layer(count, &values).0;
            }
            let (sums, activation) = self.layer(at, &values);
            if at + 1 == count {
                values = sums;
                break;
            }
            values = sums.into_iter().map(|sum| apply(activation, sum)).collect();
            if at + 1 == self.encoder {
                latents.clone_from(&values);
                if self.is_variational {
                    let normal = draws.of_latents(values.len(), when);
                    for ((value, logarithm), normal) in
                        values.iter_mut().zip(&logarithms).zip(normal)
                    {
                        *value += (logarithm / 2.0).exp() * f64::from(normal);
                    }
                }
            } else {
                if trains && variant.dropout > 0.0 {
                    let factors = draws.of_units(values.len(), hidden, when);
                    for (value, factor) in values.iter_mut().zip(factors) {
                        *value *= f64::from(factor);
                    }
                }
                hidden += 1;
            }
        }
        let found = values.iter().map(|&sum| match variant.output {
            Output::Sigmoid => 1.0 / (1.0 + (-sum).exp()),
            Output::Linear => sum,
        });
        let costs = found.zip(clean).map(|(found, &target)| {
            let target = f64::from(target);
            match self.settings.loss {
                Loss::Bce => -target * found.ln() - (1.0 - target) * (1.0 - found).ln(),
                Loss::Mse => (found - target).powi(2),
                Loss::Mae => (found - target).abs(),
            }
        });
        let penalty = if self.is_variational {
            let both = latents.iter().zip(&logarithms);
            both.map(|(mean, logarithm)| 0.5 * (mean * mean + logarithm.exp() - logarithm - 1.0))
                .sum()
        } else {
            latents.iter().map(|latent| latent.abs()).sum()
        };
        Parts {
            reconstruction: costs.sum(),
            penalty,
            active: latents.iter().filter(|&&latent| latent != 0.0).count(),
        }
    }

    /// What a step is taken down on.
    fn whole(&self, batch: &[(&[f32], When)], draws: &Draws) -> f64 {
        let Variant { beta, sparsity, .. } = self.settings.variant;
        let of_image = |&(clean, when): &(&[f32], When)| {
            let parts = self.parts(clean, when, draws, true);
            if self.is_variational {
                parts.reconstruction + beta * parts.penalty
            } else {
                parts.reconstruction / clean.len() as f64 + sparsity * parts.penalty
            }
        };
        batch.iter().map(of_image).sum::<f64>() / batch.len() as f64
    }

    fn gradient(&self, batch: &[(&[f32], When)], draws: &Draws) -> Vec<f64> {
        let slope = |at: usize| {
            let step = 1e-6;
            let moved = |by: f64| {
                let mut other = self.clone();
                other.numbers[at] += by;
                other.whole(batch, draws)
            };
            (moved(step) - moved(-step)) / (2.0 * step)
        };
        (0..self.numbers.len()).map(slope).collect()
    }
}

fn apply(activation: Activation, sum: f64) -> f64 {
    match activation {
        Activation::Linear => sum,
        Activation::Relu => sum.max(0.0),
        Activation::Tanh => sum.tanh(),
        other => panic!("{other}"),
    }
}

/// Layer by layer, as they are trained.
fn numbers(network: &Network) -> Vec<f64> {
    let matrices = network.layers().flat_map(Layer::weights);
    let numbers = matrices.flat_map(|matrix| matrix.iter().copied().collect::<Vec<f32>>());
    numbers.map(f64::from).collect()
}

/// Biases are not 0, either: where nothing comes from below, a ReLU would be right at its bend.
fn network(data: &Dataset, settings: &Settings) -> Network {
    let architecture = Architecture::new(data.image, settings);
    let drawn = Network::of(&architecture, 4);
    let mut draws = Keyed::new(5, Purpose::Weights, &[]);
    let matrices = drawn.layers().flat_map(Layer::weights);
    let moved = matrices.map(|matrix| matrix.mapv(|number| number + 0.2 * draws.uniform() - 0.1));
    Network::from_parts(&architecture, moved.collect()).unwrap()
}

fn order(count: usize, epoch: usize) -> Vec<u32> {
    Keyed::new(9, Purpose::Batches, &[epoch as u64]).permutation(count)
}

/// Losses after each epoch, and the numbers after the last.
fn by_definition(
    data: &Dataset,
    network: &Network,
    settings: &Settings,
) -> (Vec<Losses>, Vec<f64>) {
    let draws = Draws::new(settings, data);
    let mut literal = Literal::new(network, settings);
    let (rate, decay) = (settings.learning_rate, settings.variant.weight_decay);
    let count = literal.numbers.len();
    let (mut first, mut second) = (vec![0.0; count], vec![0.0; count]);
    let mut steps = 0;
    let images = |of: &Array2<f32>| -> Vec<Vec<f32>> {
        of.rows().into_iter().map(|row| row.to_vec()).collect()
    };
    let training = images(&data.training.all());
    let held_out = images(&data.held_out.pixels);
    let width = data.image.size() as f64;
    let mut all = Vec::new();
    for epoch in 1..=EPOCHS {
        let when = |row: usize, epoch: usize| When {
            epoch: epoch as u64,
            image: row as u64,
        };
        // Reconstructions and penalties, of the images trained on and of those held out.
        let mut sums = [[0.0; 2]; 2];
        for rows in order(training.len(), epoch).chunks(BATCH) {
            let batch = rows.iter().map(|&row| row as usize);
            let batch: Vec<(&[f32], When)> = batch
                .map(|row| (&training[row][..], when(row, epoch)))
                .collect();
            for &(clean, when) in &batch {
                let parts = literal.parts(clean, when, &draws, true);
                sums[0][0] += parts.reconstruction;
                sums[0][1] += parts.penalty;
            }
            let gradient = literal.gradient(&batch, &draws);
            steps += 1;
            for (at, slope) in gradient.into_iter().enumerate() {
                first[at] = 0.9 * first[at] + 0.1 * slope;
                second[at] = 0.999 * second[at] + 0.001 * slope * slope;
                let size = rate * (1.0 - 0.999f64.powi(steps)).sqrt() / (1.0 - 0.9f64.powi(steps));
                literal.numbers[at] -= decay * rate * literal.numbers[at];
                literal.numbers[at] -= size * first[at] / (second[at].sqrt() + 1e-7);
            }
        }
        let mut active = 0;
        for (row, clean) in held_out.iter().enumerate() {
            let parts = literal.parts(clean, when(row, 0), &draws, false);
            sums[1][0] += parts.reconstruction;
            sums[1][1] += parts.penalty;
            active += parts.active;
        }
        let counts = [training.len(), held_out.len()].map(|count| count as f64);
        let reconstruction = [0, 1].map(|of| sums[of][0] / counts[of] / width);
        let penalty = [0, 1].map(|of| sums[of][1] / counts[of]);
        let variant = &settings.variant;
        let weight = if variant.variational {
            variant.beta / width
        } else {
            variant.sparsity
        };
        let [training, held_out] =
            [0, 1].map(|of| (reconstruction[of] + weight * penalty[of]) as f32);
        all.push(Losses {
            training,
            held_out,
            parts: (variant.variational || variant.sparsity > 0.0).then(|| learner::Parts {
                reconstruction: reconstruction.map(|loss| loss as f32),
                penalty: penalty.map(|penalty| penalty as f32),
                active_share: (!variant.variational)
                    .then(|| active as f32 / (counts[1] as f32 * settings.dims as f32)),
            }),
        });
    }
    (all, literal.numbers)
}

fn by(learner: &mut dyn learner::Learner, data: &Dataset) -> (Vec<Losses>, Vec<f64>) {
    let count = data.training.count();
    for epoch in 1..=EPOCHS {
        learner.begin(epoch, &order(count, epoch));
        for start in (0..count).step_by(BATCH) {
            learner.step(start..(start + BATCH).min(count));
        }
        learner.evaluate(0..1);
        learner.evaluate(1..data.held_out.count());
        learner.end();
    }
    let losses = block_on(learner.losses()).unwrap();
    (losses, numbers(&block_on(learner.network()).unwrap()))
}

/// Numbers of which losses are made, by name.
fn named(losses: &Losses) -> Vec<(&'static str, f32)> {
    let mut all = vec![("training", losses.training), ("held out", losses.held_out)];
    if let Some(parts) = losses.parts {
        all.extend([
            ("reconstruction", parts.reconstruction[0]),
            ("held-out reconstruction", parts.reconstruction[1]),
            ("penalty", parts.penalty[0]),
            ("held-out penalty", parts.penalty[1]),
        ]);
        all.extend(parts.active_share.map(|share| ("active share", share)));
    }
    all
}

fn assert_same(
    name: &str,
    (losses, numbers): &(Vec<Losses>, Vec<f64>),
    (expected, expected_numbers): &(Vec<Losses>, Vec<f64>),
) {
    assert_eq!(losses.len(), EPOCHS, "{name}");
    for (epoch, (found, expected)) in losses.iter().zip(expected).enumerate() {
        let (found, expected) = (named(found), named(expected));
        assert_eq!(found.len(), expected.len(), "{name}");
        for ((what, found), (_, expected)) in found.iter().zip(&expected) {
            let off = (found - expected).abs();
            assert!(
                off <= 1e-4 * expected.abs(),
                "{name}: {what} of epoch {} is {found}, not {expected}",
                epoch + 1
            );
        }
    }
    assert_eq!(numbers.len(), expected_numbers.len());
    for (at, (found, expected)) in numbers.iter().zip(expected_numbers).enumerate() {
        let off = (found - expected).abs();
        assert!(off < 1e-3, "{name}: number {at} is {found}, not {expected}");
    }
}

/// Networks of every variant, and what they are called.
fn cases() -> Vec<(&'static str, Settings)> {
    let base = Settings {
        classes: vec![0],
        dims: 2,
        hidden: vec![4],
        activation: HiddenActivation::Tanh,
        learning_rate: 0.01,
        ..Settings::default()
    };
    let of = |variant: Variant| Settings {
        variant,
        ..base.clone()
    };
    let plain = Variant::default;
    vec![
        ("plain", of(plain())),
        (
            "variational",
            of(Variant {
                variational: true,
                beta: 2.0,
                ..plain()
            }),
        ),
        (
            "variational of squares, of no layers, at a linear end",
            Settings {
                hidden: Vec::new(),
                loss: Loss::Mse,
                ..of(Variant {
                    variational: true,
                    beta: 0.5,
                    output: Output::Linear,
                    ..plain()
                })
            },
        ),
        (
            "sparse",
            Settings {
                activation: HiddenActivation::Relu,
                dims: 5,
                ..of(Variant {
                    sparsity: 0.05,
                    ..plain()
                })
            },
        ),
        (
            "Gaussian noise, absolute differences",
            Settings {
                loss: Loss::Mae,
                ..of(Variant {
                    noise: Noise::Gaussian,
                    noise_level: 0.3,
                    ..plain()
                })
            },
        ),
        (
            "masking, absolute differences at a linear end, weight decay",
            Settings {
                loss: Loss::Mae,
                ..of(Variant {
                    noise: Noise::Masking,
                    noise_level: 0.4,
                    weight_decay: 0.9,
                    output: Output::Linear,
                    ..plain()
                })
            },
        ),
        (
            "dropout in a deep network",
            Settings {
                hidden: vec![7, 5],
                ..of(Variant {
                    dropout: 0.4,
                    ..plain()
                })
            },
        ),
        (
            "all at once",
            Settings {
                loss: Loss::Mse,
                ..of(Variant {
                    variational: true,
                    noise: Noise::Gaussian,
                    noise_level: 0.2,
                    dropout: 0.3,
                    weight_decay: 0.1,
                    ..plain()
                })
            },
        ),
    ]
}

/// Every engine of this build.
fn engines() -> Vec<Engine> {
    vec![
        Engine::cpu(),
        #[cfg(feature = "engine-webgpu")]
        crate::engine::tested().clone(),
    ]
}

#[test]
fn every_variant_is_trained_as_defined() {
    for (name, settings) in cases() {
        let data = data(&settings);
        let network = network(&data, &settings);
        let expected = by_definition(&data, &network, &settings);
        for engine in engines() {
            let mut learner = Learner::new(&engine, &data, &network, &settings);
            let name = format!("{name}, {}", engine.name());
            assert_same(&name, &by(&mut learner, &data), &expected);
        }
    }
}

/// By our own passes, where they know the network.
#[test]
fn whatever_trains_a_network_takes_the_same_steps() {
    for (name, settings) in cases() {
        let data = data(&settings);
        let network = network(&data, &settings);
        for engine in engines() {
            let mut burn = Learner::new(&engine, &data, &network, &settings);
            let mut other = learner::learner(&engine, &data, &network, &settings);
            assert_same(name, &by(&mut burn, &data), &by(&mut *other, &data));
        }
    }
}

/// What convolutions give is left out number by number, and again from the same keys.
#[test]
fn units_of_maps_are_left_out_by_themselves() {
    let settings = Settings {
        classes: vec![0],
        kind: crate::settings::NetworkKind::Convolutional,
        filters: vec![3, 2],
        dims: 2,
        variant: Variant {
            dropout: 0.5,
            ..Variant::default()
        },
        ..Settings::default()
    };
    let data = data(&settings);
    let network = network(&data, &settings);
    for engine in engines() {
        let learner = Learner::new(&engine, &data, &network, &settings);
        // 2 × 3 pixels become 1 × 2 and 1 × 1; of the decoder, the dense layer and the first that is transposed.
        assert_eq!(learner.hidden, [6, 2, 2, 6]);
        let mut twice = [0, 1].map(|_| Learner::new(&engine, &data, &network, &settings));
        let [first, second] = twice.each_mut().map(|learner| by(learner, &data));
        assert_eq!(first.1, second.1);
    }
}
