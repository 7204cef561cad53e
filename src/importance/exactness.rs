//! Exact or sampled, decided by counted work alone.
//!
//! Without a closed form, the expected value over all permutations is found by giving every image each
//! value that a feature takes, weighted by how often it is taken. What that would take is counted from
//! the network's sizes, the images, the plan and the engine: before a run begins, to announce it, and
//! again where its stages begin, to do it. Nothing that only training tells enters, neither weights nor
//! latents, and no clock is asked; so what was announced is what is done, and a page, a terminal and
//! every helper choose alike.
//!
//! Of layers other than dense ones, what a feature reaches is counted, pixel by pixel. Where images
//! exchange values within pools that each feature has of its own, these are not found for the sake of
//! counting: it counts as if all donors were one pool, which is never less.
//!
//! The engine counts, as one layer of sigmoids, which decoders often are, costs a graphics card eight
//! times what it costs the CPU's kernels: what takes the CPU half a second would take seconds there, and
//! minutes where the adapter is software.

use std::fmt;
use std::ops::Range;

use ndarray::{Array2, s};

use super::closed::ClosedForm;
use super::cost::{self, Layers};
use super::design::{Design, Exchange, Feature};
use super::levels::{Level, varies};
use super::plan::Plan;
#[cfg(feature = "general")]
use super::pools::DonorPools;
use super::probe::Outcome;
use crate::data::ImageShape;
use crate::engine::Engine;
#[cfg(feature = "general")]
use crate::model::Network;
use crate::model::{Activation, Architecture, Half};
use crate::settings::Method;

/// As much work as [`Method::Auto`] spends for exactness: about half a second.
const AFFORDABLE: f64 = 1e10;
/// The same of one layer of sigmoids whose outputs are not told apart, on the CPU. It is counted as if every
/// sigmoid were computed; a series makes of that a tenth or so unless weights are very large, so that the latent
/// importance of ten digits with 32 dimensions, counted as 3.4e10, takes a quarter of a second.
const AFFORDABLE_IN_SERIES: f64 = 5e10;
/// As much work as [`Method::Exact`] is good for: about a minute.
const LIMIT: f64 = 1e12;

/// How a stage is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// Exactly, in closed form.
    Closed,
    /// Exactly, by every value that a feature takes.
    Values,
    /// By permutations.
    Sampled,
}

impl Choice {
    /// Of a stage that moves `inputs` of `half` on `engine`.
    pub(super) fn of(
        engine: &Engine,
        half: &Half,
        inputs: &Array2<f32>,
        design: &Design,
        plan: &Plan,
    ) -> Self {
        let layers = Layers::new(&half.forms());
        let images = (design.outcome == Outcome::PerOutput).then_some(inputs);
        Count::new(engine, &layers, images, design).choose(plan)
    }
}

/// What a stage's work is counted from.
struct Count<'a> {
    layers: &'a Layers,
    is_on_cpu: bool,
    design: &'a Design,
    /// Inputs, if they are images. Latents are not known before training and count as if each were a
    /// value of its own, which is nearly always so.
    images: Option<&'a Array2<f32>>,
}

impl<'a> Count<'a> {
    fn new(
        engine: &Engine,
        layers: &'a Layers,
        images: Option<&'a Array2<f32>>,
        design: &'a Design,
    ) -> Self {
        Self {
            layers,
            is_on_cpu: engine.name() == "cpu",
            design,
            images,
        }
    }

    fn choose(&self, plan: &Plan) -> Choice {
        match plan.method {
            Method::Sampled => Choice::Sampled,
            _ if self.is_closed() => Choice::Closed,
            Method::Exact => Choice::Values,
            Method::Auto => {
                let affordable = if self.is_in_series() {
                    AFFORDABLE_IN_SERIES
                } else {
                    AFFORDABLE
                };
                let enough = self.of_permutations(plan.permutations).max(affordable);
                if self.of_values(enough) > enough {
                    Choice::Sampled
                } else {
                    Choice::Values
                }
            }
        }
    }

    /// Whether there is a closed form.
    fn is_closed(&self) -> bool {
        let exchanges = || self.design.exchanges.iter().map(|(_, exchange)| exchange);
        self.units().is_some()
            && self.design.outcome == Outcome::PerOutput
            && (cfg!(feature = "general")
                || exchanges().all(|exchange| exchange.recipients() == exchange.donors()))
    }

    /// Whether a series sums up the squared changes of all outputs, as far as weights allow.
    fn is_in_series(&self) -> bool {
        let is_sigmoid = |layer: &cost::Layer| layer.activation == Activation::Sigmoid;
        let layers = self.layers.dense().unwrap_or_default();
        self.is_on_cpu
            && self.design.outcome == Outcome::Overall
            && layers.len() == 1
            && layers.iter().all(is_sigmoid)
    }

    /// Work of what was chosen; in vain is what exactness would take where that is too much.
    fn work(&self, plan: &Plan) -> Result<f64, f64> {
        match self.choose(plan) {
            Choice::Closed => Ok(self.of_closed_form()),
            Choice::Sampled => Ok(self.of_permutations(plan.permutations)),
            Choice::Values => {
                let work = self.of_values(LIMIT);
                if work > LIMIT { Err(work) } else { Ok(work) }
            }
        }
    }

    /// Of one layer that a closed form is known for.
    fn units(&self) -> Option<usize> {
        match self.layers.dense() {
            Some([layer]) if ClosedForm::knows(layer.activation) => Some(layer.outputs),
            _ => None,
        }
    }

    /// Work of the closed form.
    fn of_closed_form(&self) -> f64 {
        let units = self.units().unwrap_or(0);
        self.of_moves(|feature| match feature.columns().len() {
            1 => cost::of_closed_form(units),
            _ => cost::of_sorted_steps(units),
        })
    }

    /// Work of so many permutations of every feature.
    fn of_permutations(&self, repeats: usize) -> f64 {
        self.of_moves(|feature| self.per_image(feature)) * repeats as f64
    }

    /// Work of moving every feature that varies once, where an image takes `per_image`.
    fn of_moves(&self, per_image: impl Fn(&Feature) -> f64) -> f64 {
        let mut work = 0.0;
        for (_, exchange) in &self.design.exchanges {
            let recipients = exchange.recipients().len() as f64;
            for feature in &self.design.features {
                if self.varies(feature, exchange) {
                    work += recipients * per_image(feature);
                }
            }
        }
        work
    }

    /// Work of giving every recipient each value of every feature. Counting images' values ends where
    /// it passes `enough`.
    fn of_values(&self, enough: f64) -> f64 {
        let mut work = 0.0;
        for (_, exchange) in &self.design.exchanges {
            for feature in &self.design.features {
                if self.images.is_some() && work > enough {
                    return work;
                }
                if self.varies(feature, exchange) {
                    work += self.pairs(feature, exchange) * self.per_image(feature);
                }
            }
        }
        work
    }

    /// Pairs of a recipient and a value that it may be given, at most.
    fn pairs(&self, feature: &Feature, exchange: &Exchange) -> f64 {
        let values = self.values(feature, exchange);
        #[cfg(feature = "general")]
        if let DonorPools::Fixed(pools) = &self.design.pools {
            let recipients = exchange.recipients();
            let of_pool = |members: &Vec<u32>| {
                let receives = |&&row: &&u32| recipients.contains(&(row as usize));
                members.iter().filter(receives).count() as f64 * values.min(members.len()) as f64
            };
            return pools.members().iter().map(of_pool).sum();
        }
        values as f64 * exchange.recipients().len() as f64
    }

    /// Work of taking an image with other values of `feature` through the layers, at most.
    fn per_image(&self, feature: &Feature) -> f64 {
        let columns = feature.columns().len();
        #[cfg(feature = "general")]
        match self.layers {
            Layers::General(layers) => return layers.of(feature.columns()),
            Layers::BlackBox(row) => return *row,
            Layers::Dense(_) => {}
        }
        let layers = self.layers.dense().unwrap_or_default();
        match *layers {
            [layer]
                if self.is_on_cpu && columns == 1 && layer.activation == Activation::Sigmoid =>
            {
                cost::of_sigmoids(layer.outputs)
            }
            _ => {
                let step = layers.first().map_or(0, |layer| layer.outputs) * (columns - 1);
                cost::per_input(layers) + step as f64
            }
        }
    }

    fn varies(&self, feature: &Feature, exchange: &Exchange) -> bool {
        let donors = exchange.donors();
        self.images.is_none_or(|images| {
            let images = images.slice(s![donors, ..]);
            feature
                .columns()
                .iter()
                .any(|&column| varies(images.column(column)))
        })
    }

    fn values(&self, feature: &Feature, exchange: &Exchange) -> usize {
        let donors = exchange.donors();
        self.images.map_or(donors.len(), |images| {
            Level::all(images, feature.columns(), donors.clone()).len()
        })
    }
}

/// Rows that a black box is asked for.
#[cfg(feature = "general")]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RowsAsked {
    /// How many, at most: exchanges that leave an image as it is ask for nothing.
    pub rows: f64,
    /// For how many [`Method::Auto`] is exact.
    pub exact: f64,
}

/// What the stages of a run will take, in multiply-adds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Demand {
    /// Stage 1.
    pub pixel_importance: f64,
    /// Stage 1 of groups of pixels, where there are any.
    #[cfg(feature = "general")]
    pub group_importance: f64,
    /// Stage 3.
    pub latent_importance: f64,
}

/// What the stages of a run move.
#[cfg(feature = "general")]
#[derive(Clone, Copy)]
pub struct Designs<'a> {
    /// Stage 1, where there is an encoder to be asked.
    pub pixels: Option<&'a Design>,
    /// Stage 1 of groups of pixels, where there are any.
    pub groups: Option<&'a Design>,
    /// Stage 3, where there is a decoder.
    pub latents: Option<&'a Design>,
}

impl Demand {
    /// Counts what measuring a network on `images` (images × numbers), each of the shape `image`, as
    /// `plan` says will take on `engine`, before anything is trained. Every class has as many of the
    /// images as `class_sizes` say.
    ///
    /// # Errors
    /// If exact importance is asked for where a stage would take minutes or more.
    pub fn count(
        engine: &Engine,
        network: &Architecture,
        images: &Array2<f32>,
        image: ImageShape,
        class_sizes: &[usize],
        plan: &Plan,
    ) -> Result<Self, TooCostly> {
        let pixels = Design::of_pixels(images.nrows(), image, plan.permute);
        let mut end = 0;
        let classes: Vec<(u8, Range<usize>)> = class_sizes
            .iter()
            .map(|size| {
                end += size;
                (0, end - size..end)
            })
            .collect();
        let latents = Design::of_latents(&classes, network.dims());
        Self::of(
            engine,
            network,
            images,
            (Some(&pixels), Some(&latents)),
            plan,
        )
    }

    /// As [`Demand::count`], of stages that measure what `designs` say.
    ///
    /// # Errors
    /// If exact importance is asked for where a stage would take minutes or more.
    #[cfg(feature = "general")]
    pub fn of_designs(
        engine: &Engine,
        network: &Architecture,
        images: &Array2<f32>,
        designs: Designs<'_>,
        plan: &Plan,
    ) -> Result<Self, TooCostly> {
        let stages = (designs.pixels, designs.latents);
        let mut demand = Self::of(engine, network, images, stages, plan)?;
        if let Some(groups) = designs.groups {
            let encoder = Layers::new(&network.encoder());
            let is_dense = encoder.dense().is_some();
            demand.group_importance = Count::new(engine, &encoder, Some(images), groups)
                .work(plan)
                .map_err(|work| TooCostly::GroupImportance { work, is_dense })?;
        }
        Ok(demand)
    }

    /// What stages 1 and 3 ask the encoder and the decoder of a network for where these are black boxes.
    #[cfg(feature = "general")]
    #[must_use]
    pub fn of_black_boxes(&self, network: &Network) -> [RowsAsked; 2] {
        let asked = |work: f64, half: &Half| match Layers::new(&half.forms()) {
            Layers::BlackBox(row) => RowsAsked {
                rows: work / row,
                exact: AFFORDABLE / row,
            },
            _ => RowsAsked::default(),
        };
        let encoded = self.pixel_importance + self.group_importance;
        [
            asked(encoded, network.encoder()),
            asked(self.latent_importance, network.decoder()),
        ]
    }

    /// Of stages 1 and 3 as these designs say; what has none is not measured.
    fn of(
        engine: &Engine,
        network: &Architecture,
        images: &Array2<f32>,
        (pixels, latents): (Option<&Design>, Option<&Design>),
        plan: &Plan,
    ) -> Result<Self, TooCostly> {
        let encoder = Layers::new(&network.encoder());
        let decoder = Layers::new(&network.decoder());
        let work = |layers, images, design: Option<&Design>| {
            design.map_or(Ok(0.0), |design| {
                Count::new(engine, layers, images, design).work(plan)
            })
        };
        Ok(Self {
            pixel_importance: work(&encoder, Some(images), pixels).map_err(|work| {
                TooCostly::PixelImportance {
                    work,
                    is_dense: encoder.dense().is_some(),
                }
            })?,
            #[cfg(feature = "general")]
            group_importance: 0.0,
            latent_importance: work(&decoder, None, latents)
                .map_err(|work| TooCostly::LatentImportance { work })?,
        })
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
        /// Whether the encoder is dense throughout.
        is_dense: bool,
    },
    /// Stage 1 of groups of pixels.
    #[cfg(feature = "general")]
    GroupImportance {
        /// What it would take, or less.
        work: f64,
        /// Whether the encoder is dense throughout.
        is_dense: bool,
    },
    /// Stage 3.
    LatentImportance {
        /// What it would take.
        work: f64,
    },
}

impl fmt::Display for TooCostly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_encoder = |is_dense: bool| {
            if is_dense {
                "no hidden layers or fewer images"
            } else {
                "fewer images or smaller layers"
            }
        };
        let (work, what, instead) = match self {
            Self::PixelImportance { work, is_dense } => (work, "pixel", of_encoder(*is_dense)),
            #[cfg(feature = "general")]
            Self::GroupImportance { work, is_dense } => (work, "group", of_encoder(*is_dense)),
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
    use crate::settings::Permute;

    /// Where a product of three counts is more than 32 bits hold.
    #[test]
    fn work_beyond_32_bits_is_counted_in_full() {
        let images = Array2::from_shape_fn((1000, 4500), |(image, _)| image as f32);
        // 4500 columns · 1000 images · 1000 repeats are 4.5e9, by 10 for a unit of ReLU.
        let plan = Plan {
            method: Method::Sampled,
            permutations: 1000,
            permute: Permute::Pixel,
            seed: 1,
            shard: Shard::WHOLE,
        };
        let network = Architecture::dense(4500, &[], 1);
        let cpu = Engine::cpu();
        let demand = Demand::count(
            &cpu,
            &network,
            &images,
            ImageShape::grey(1, 4500),
            &[5_000_000],
            &plan,
        )
        .unwrap();
        assert_eq!(demand.pixel_importance, 4.5e10);
        // 5,000,000 images · 1000 repeats, by 6 for each of 4500 sigmoids.
        assert_eq!(demand.latent_importance, 5e9 * 6.0 * 4500.0);
        // 70,000² weights on either side; three layers of 70,000 biases, one of 1.
        let (_, weights) = Architecture::dense(70_000, &[70_000], 1).size();
        assert_eq!(weights, 2.0 * (4.9e9 + 70_000.0) + 3.0 * 70_000.0 + 1.0);
    }
    /// The CPU's kernels take an image through sigmoids in less than a graphics card's shaders do, so an
    /// engine may sample what the other tries in full; nothing else tells them apart.
    #[test]
    fn the_engine_counts_for_a_layer_of_sigmoids_alone() {
        let classes = [(0, 0..150), (1, 150..320)];
        let design = Design::of_latents(&classes, 12);
        let plan = Plan {
            method: Method::Auto,
            permutations: 4,
            permute: Permute::Pixel,
            seed: 1,
            shard: Shard::WHOLE,
        };
        let pairs = f64::from(150 * 150 + 170 * 170) * 12.0;
        let choose = |hidden: &[usize], is_on_cpu| {
            let network = Architecture::dense(784, hidden, 12);
            let count = Count {
                layers: &Layers::new(&network.decoder()),
                is_on_cpu,
                design: &design,
                images: None,
            };
            (count.choose(&plan), count.of_values(LIMIT))
        };
        assert_eq!(choose(&[], true), (Choice::Values, pairs * 784.0 * 6.0));
        assert_eq!(choose(&[], false), (Choice::Sampled, pairs * 784.0 * 50.0));
        let hidden = pairs * (16.0 * 784.0 + 16.0 * 10.0 + 784.0 * 50.0);
        assert_eq!(choose(&[16], true), (Choice::Sampled, hidden));
        assert_eq!(choose(&[16], false), choose(&[16], true));
    }

    /// A column more is a rank-one update of the first layer's sums more.
    #[test]
    fn features_of_several_columns_are_counted_column_by_column() {
        let images = Array2::from_shape_fn((10, 6), |(image, pixel)| (image % (pixel + 1)) as f32);
        let network = Architecture::dense(6, &[5], 2);
        let work = |features| {
            let design = Design {
                features,
                ..Design::of_pixels(10, ImageShape::grey(1, 6), Permute::Pixel)
            };
            let count = Count {
                layers: &Layers::new(&network.encoder()),
                is_on_cpu: true,
                design: &design,
                images: Some(&images),
            };
            (count.of_permutations(1), count.of_values(LIMIT))
        };
        // Units of 5 and 2 ReLUs, a product of 5 × 2.
        let alone = 70.0 + 10.0;
        let of_all = vec![Feature::new(vec![1, 2]), Feature::new(vec![0])];
        // Pixels 1 and 2 take 2 · 3 values together; pixel 0 is blank.
        let together = alone + 5.0;
        assert_eq!(work(of_all), (10.0 * together, 6.0 * 10.0 * together));
        assert_eq!(
            work(vec![Feature::new(vec![2])]),
            (10.0 * alone, 3.0 * 10.0 * alone)
        );
    }
}
