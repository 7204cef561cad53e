//! What exactness costs where it means trying every value, and how much of that is affordable.
//!
//! Without a closed form, the expected value over all permutations is found by giving every image
//! each value that a column takes, weighted by how often it is taken. That is counted here before
//! it is begun, in multiply-adds of a matrix product: in a browser, 1e10 of them take about half a
//! second.

use std::fmt;

use ndarray::Array2;

use super::closed::ClosedForm;
use super::levels::Levels;
use super::plan::Plan;
use super::probe::varies;
use crate::model::{self, Activation, Dense, Half, Network};
use crate::settings::Method;

/// As much work as [`Method::Auto`](crate::settings::Method::Auto) spends for exactness: about half a
/// second.
pub(super) const AFFORDABLE: f64 = 1e10;
/// As much work as [`Method::Exact`](crate::settings::Method::Exact) is good for: about a minute.
const LIMIT: f64 = 1e12;

/// What one unit of a layer costs beside its products: a rank-one update or a bias, the
/// activation, the comparison. Measured in Chromium: 2 ns with a sigmoid, where a product's
/// multiply-add takes 0.04 ns.
fn unit(activation: Activation) -> f64 {
    if activation == Activation::Relu {
        10.0
    } else {
        50.0
    }
}

/// As [`unit`], of a sigmoid without layers below or above: on the CPU it needs no exponential for
/// each changed image. Elsewhere it does, and a software adapter takes ten seconds for what would be
/// affordable by this.
const SIGMOID_ALONE: f64 = 6.0;

/// As much of a layer as its cost depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Layer {
    inputs: usize,
    outputs: usize,
    activation: Activation,
}

impl Layer {
    fn weights(&self) -> f64 {
        self.inputs as f64 * self.outputs as f64
    }
}

impl From<&Dense> for Layer {
    fn from(layer: &Dense) -> Self {
        Self {
            inputs: layer.inputs(),
            outputs: layer.outputs(),
            activation: layer.activation,
        }
    }
}

/// As much of a network as its cost depends on: there before its weights are.
#[derive(Clone, Debug, PartialEq)]
pub struct Architecture {
    encoder: Vec<Layer>,
    decoder: Vec<Layer>,
}

impl Architecture {
    /// That of [`Network::untrained`].
    #[must_use]
    pub fn of(pixels: usize, hidden: &[usize], dims: usize) -> Self {
        let narrowing: Vec<usize> = [&[pixels], hidden, &[dims]].concat();
        let layer = |inputs, outputs| Layer {
            inputs,
            outputs,
            activation: Activation::Relu,
        };
        let sizes = || narrowing.windows(2);
        let mut decoder: Vec<Layer> = sizes().rev().map(|of| layer(of[1], of[0])).collect();
        if let Some(last) = decoder.last_mut() {
            last.activation = Activation::Sigmoid;
        }
        Self {
            encoder: sizes().map(|of| layer(of[0], of[1])).collect(),
            decoder,
        }
    }

    /// Units of all layers, and weights between them: numbers that may be too large for a page's
    /// whole numbers of 32 bits.
    #[must_use]
    pub fn size(&self) -> (f64, f64) {
        let layers = || self.encoder.iter().chain(&self.decoder);
        (
            layers().map(|layer| layer.outputs as f64).sum(),
            layers().map(Layer::weights).sum(),
        )
    }

    fn dims(&self) -> usize {
        self.encoder.last().map_or(0, |layer| layer.outputs)
    }
}

impl From<&Network> for Architecture {
    fn from(network: &Network) -> Self {
        let layers = |half: &Half| {
            let layers = half.layers().iter();
            layers
                .map(|model::Layer::Dense(layer)| layer.into())
                .collect()
        };
        Self {
            encoder: layers(network.encoder()),
            decoder: layers(network.decoder()),
        }
    }
}

/// Work of taking one changed input through `layers`.
pub(super) fn per_input(layers: impl IntoIterator<Item = impl Into<Layer>>) -> f64 {
    let mut work = 0.0;
    for (position, layer) in layers.into_iter().map(Into::into).enumerate() {
        // The first layer's product is not taken again.
        if position > 0 {
            work += layer.weights();
        }
        work += layer.outputs as f64 * unit(layer.activation);
    }
    work
}

/// Work of taking one changed input through one layer of so many sigmoids, on the CPU.
pub(super) fn of_sigmoids(outputs: usize) -> f64 {
    outputs as f64 * SIGMOID_ALONE
}

/// As [`per_input`], on the CPU, at most: it depends on the weights how much less it is.
fn per_input_at_most(layers: &[Layer]) -> f64 {
    match layers {
        [layer] if layer.activation == Activation::Sigmoid => of_sigmoids(layer.outputs),
        _ => per_input(layers.iter().copied()),
    }
}

/// Work of giving every image each value of every column of `inputs`, where one image takes
/// `per_input`. Counting ends where it passes `enough`.
pub(super) fn of_values(inputs: &Array2<f32>, per_input: f64, enough: f64) -> f64 {
    let per_value = inputs.nrows() as f64 * per_input;
    let mut work = 0.0;
    for column in inputs.columns() {
        if work > enough {
            break;
        }
        if varies(column) {
            work += Levels::of(column).len() as f64 * per_value;
        }
    }
    work
}

/// Work of `repeats` permutations of every column of `inputs`.
pub(super) fn of_permutations(inputs: &Array2<f32>, per_input: f64, repeats: usize) -> f64 {
    let varying = inputs
        .columns()
        .into_iter()
        .filter(|&column| varies(column));
    varying.count() as f64 * inputs.nrows() as f64 * repeats as f64 * per_input
}

/// What the stages of a run will take, in multiply-adds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Demand {
    /// Stage 1.
    pub pixel_importance: f64,
    /// Stage 3.
    pub latent_importance: f64,
}

impl Demand {
    /// Counts what measuring a network on `images` (images × pixels) as `plan` says will take,
    /// before anything is trained. Every class has as many of the images as `class_sizes` say.
    ///
    /// How many values a latent takes within a class is not known yet; here it is as many as the
    /// class has images, which is nearly always so.
    ///
    /// # Errors
    /// If exact importance is asked for where a stage would take minutes or more.
    pub fn count(
        network: &Architecture,
        images: &Array2<f32>,
        class_sizes: &[usize],
        plan: &Plan,
    ) -> Result<Self, TooCostly> {
        let repeats = plan.permutations;

        let closed = matches!(&*network.encoder, [layer] if ClosedForm::knows(layer.activation));
        let pixel_importance = if closed && plan.method != Method::Sampled {
            // Measured: about what a unit costs beside its products.
            let units = network.dims() as f64 * unit(Activation::Relu);
            of_permutations(images, units, 1)
        } else {
            let per_input = per_input_at_most(&network.encoder);
            let sampled = of_permutations(images, per_input, repeats);
            let exact = |enough| of_values(images, per_input, enough);
            by_method(plan.method, sampled, exact)
                .map_err(|work| TooCostly::PixelImportance { work })?
        };

        let per_input = network.dims() as f64 * per_input_at_most(&network.decoder);
        let total: usize = class_sizes.iter().sum();
        let pairs: f64 = class_sizes.iter().map(|&size| (size as f64).powi(2)).sum();
        let sampled = total as f64 * repeats as f64 * per_input;
        let latent_importance = by_method(plan.method, sampled, |_| pairs * per_input)
            .map_err(|work| TooCostly::LatentImportance { work })?;

        Ok(Self {
            pixel_importance,
            latent_importance,
        })
    }
}

/// Of the work that sampling and trying every value take, that which a stage will choose; in vain
/// is what exactness would take where that is too much. `exact` need not count further than told.
fn by_method(method: Method, sampled: f64, exact: impl Fn(f64) -> f64) -> Result<f64, f64> {
    match method {
        Method::Sampled => Ok(sampled),
        Method::Exact => {
            let work = exact(LIMIT);
            if work > LIMIT { Err(work) } else { Ok(work) }
        }
        Method::Auto => {
            let enough = sampled.max(AFFORDABLE);
            let work = exact(enough);
            Ok(if work > enough { sampled } else { work })
        }
    }
}

/// Exact importance was asked for where it would take too long. `work` is in multiply-adds, and as
/// far as it was counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TooCostly {
    /// Stage 1.
    PixelImportance {
        /// What it would take, or less.
        work: f64,
    },
    /// Stage 3.
    LatentImportance {
        /// What it would take.
        work: f64,
    },
}

impl fmt::Display for TooCostly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (work, what, instead) = match self {
            Self::PixelImportance { work } => (work, "pixel", "no hidden layers or fewer images"),
            Self::LatentImportance { work } => {
                (work, "latent", "smaller classes or fewer latent dimensions")
            }
        };
        write!(
            f,
            "Exact {what} importance would take {} billion operations or more, and at most \
             {} billion can be asked for. Choose the method auto or sampled, or {instead}.",
            (work / 1e9).round() as u64,
            (LIMIT / 1e9) as u64
        )
    }
}

impl std::error::Error for TooCostly {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::importance::Shard;

    /// Where a product of three counts is more than 32 bits hold.
    #[test]
    fn work_beyond_32_bits_is_counted_in_full() {
        let images = Array2::from_shape_fn((1000, 4500), |(image, _)| image as f32);
        let layers = [Layer {
            inputs: 4500,
            outputs: 1,
            activation: Activation::Relu,
        }];
        // 4500 columns · 1000 images · 1000 repeats are 4.5e9, by 10 for a unit of ReLU.
        let work = of_permutations(&images, per_input(layers), 1000);
        assert_eq!(work, 4.5e10);
        let plan = Plan {
            method: Method::Sampled,
            permutations: 1000,
            seed: 1,
            shard: Shard::WHOLE,
        };
        let network = Architecture::of(4500, &[], 1);
        let demand = Demand::count(&network, &images, &[5_000_000], &plan).unwrap();
        assert_eq!(demand.pixel_importance, 4.5e10);
        // 5,000,000 images · 1000 repeats, by 6 for each of 4500 sigmoids.
        assert_eq!(demand.latent_importance, 5e9 * 6.0 * 4500.0);
        // 70,000² weights on either side.
        let (_, weights) = Architecture::of(70_000, &[70_000], 1).size();
        assert_eq!(weights, 2.0 * (4.9e9 + 70_000.0));
    }
}
