//! Maps and importance beside those of networks that have nothing to learn from the images, as a job.

use std::sync::Arc;
use std::time::Duration;

use ndarray::{Array2, ArrayView1};

use super::encoding::encode;
use super::measuring::Measures;
use super::results::{Controls, PermutedControl};
use super::trainings::Trainings;
use crate::attribution::Encoder;
use crate::data::{Dataset, Images, TrainingImages};
use crate::engine::EngineError;
use crate::importance::{Feature, Importance};
use crate::keyed::{Keyed, Purpose};
use crate::math::ranks::spearman;
use crate::model::{Architecture, Network};
use crate::settings::{Permute, Settings};

/// What measuring costs in epochs of training: about, for progress alone.
const MEASURING: f64 = 5.0;

/// Holds the maps of a network against those of the same network before training and against the variance of
/// the pixels, and trains another network on images each pixel of which was permuted over the images.
pub struct Controlling {
    measures: Measures,
    /// V of the network that is shown (features × dimensions).
    importance: Array2<f32>,
    /// 2 · Var of every feature.
    variance: Vec<f32>,
    trainings: Trainings,
    /// The same, on images whose pixels were permuted.
    permuted: Arc<Dataset>,
    found: Controls,
    phase: Phase,
}

enum Phase {
    Untrained(Box<Importance>),
    Training,
    Latents(f32, Box<Importance>),
    Done,
    /// Between two of them.
    Changing,
}

impl Controlling {
    /// Prepares the controls of a network of `settings`, whose V (features × dimensions) is `importance`; of one
    /// that was trained elsewhere (`trains` is false), the variance of the pixels is the only one.
    ///
    /// # Errors
    /// If the device stops answering.
    pub async fn new(
        measures: Measures,
        settings: &Settings,
        importance: Array2<f32>,
        trains: bool,
    ) -> Result<Self, EngineError> {
        let (engine, data) = (&measures.engine, &measures.data);
        let features = Feature::of_pixels(data.image, settings.permute);
        let variance: Vec<f32> = features
            .iter()
            .map(|feature| twice_the_variance(&data.explained, feature))
            .collect();
        let columns = importance.columns().into_iter();
        let found = Controls {
            untrained: vec![None; importance.ncols()],
            variance: columns
                .map(|map| likeness(map, &variance, &variance))
                .collect(),
            permuted: None,
        };
        let (phase, permuted) = if trains {
            let architecture = Architecture::new(data.image, settings);
            let untrained = Network::of(&architecture, settings.seeds().weights);
            let job = measures.pixel_importance(&untrained).await?;
            let permuted = permuted(data, settings.seed);
            (Phase::Untrained(job), Arc::new(permuted))
        } else {
            (Phase::Done, Arc::clone(data))
        };
        let wanted = if trains && settings.epochs > 0 {
            vec![settings.clone()]
        } else {
            Vec::new()
        };
        Ok(Self {
            trainings: Trainings::new(engine, &permuted, wanted, measures.threads),
            measures,
            importance,
            variance,
            permuted,
            found,
            phase,
        })
    }

    /// Works for about `budget`; true once everything is known.
    ///
    /// # Errors
    /// If the device stops answering, or numbers leave the range of a report's.
    pub async fn advance(&mut self, budget: Duration) -> Result<bool, EngineError> {
        let is_over = match &mut self.phase {
            Phase::Untrained(job) | Phase::Latents(_, job) => job.advance(budget).await?,
            Phase::Training => self.trainings.advance(budget).await?,
            Phase::Done | Phase::Changing => return Ok(true),
        };
        if is_over {
            self.phase = match std::mem::replace(&mut self.phase, Phase::Changing) {
                Phase::Untrained(job) => {
                    let untrained = job.estimate().mean;
                    let maps = self.importance.columns().into_iter();
                    self.found.untrained = maps
                        .zip(untrained.columns())
                        .map(|(map, before)| likeness(map, &before.to_vec(), &self.variance))
                        .collect();
                    Phase::Training
                }
                Phase::Training => self.explaining().await?,
                Phase::Latents(held_out_loss, job) => {
                    let rows = |matrix: &Array2<f32>| -> Vec<Vec<f32>> {
                        matrix.rows().into_iter().map(|row| row.to_vec()).collect()
                    };
                    let rmse = job.rmse().map(|rmse| rows(&rmse.mean));
                    self.found.permuted = Some(PermutedControl {
                        held_out_loss,
                        latent_importance: rows(&job.estimate().mean),
                        latent_importance_rmse: rmse.expect("stage 3 has roots"),
                    });
                    Phase::Done
                }
                phase => phase,
            };
        }
        Ok(matches!(self.phase, Phase::Done))
    }

    /// Stage 3 of the network that was trained on permuted images, if one was.
    async fn explaining(&self) -> Result<Phase, EngineError> {
        let trained = self.trainings.trained(0);
        let Some((trained, loss)) =
            trained.and_then(|trained| Some((trained, *trained.history.held_out_loss.last()?)))
        else {
            return Ok(Phase::Done);
        };
        let mut encoder = Encoder::new(&self.measures.engine, trained.network.encoder());
        let latents = encode(&mut encoder, &self.permuted.explained).await?;
        let job = self.measures.latent_importance(&trained.network, &latents);
        Ok(Phase::Latents(loss, job.await?))
    }

    /// What was found so far.
    #[must_use]
    pub fn found(&self) -> &Controls {
        &self.found
    }

    /// Work done, about, of [`Controlling::total`].
    #[must_use]
    pub fn done(&self) -> f64 {
        let share = |job: &Importance| MEASURING * job.done() as f64 / job.total().max(1) as f64;
        match &self.phase {
            Phase::Untrained(job) => share(job),
            Phase::Training => MEASURING + self.trainings.done(),
            Phase::Latents(_, job) => MEASURING + self.trainings.done() + share(job),
            Phase::Done | Phase::Changing => self.total(),
        }
    }

    /// Work in all, about, in epochs of training.
    #[must_use]
    pub fn total(&self) -> f64 {
        match self.trainings.count() {
            0 => MEASURING,
            _ => 2.0 * MEASURING + self.trainings.total(),
        }
    }
}

/// Which images are permuted: a word of the keys.
enum Side {
    Training = 0,
    HeldOut = 1,
    Explained = 2,
}

/// The same data, with the values of each pixel, all of its channels together, permuted over the images of
/// each side.
fn permuted(data: &Dataset, seed: u32) -> Dataset {
    let permute = |images: &Array2<f32>, side: Side| {
        let word = side as u64;
        let mut pixels = images.clone();
        for (pixel, feature) in Feature::of_pixels(data.image, Permute::Pixel)
            .iter()
            .enumerate()
        {
            let key = Keyed::new(seed, Purpose::Control, &[pixel as u64, word]);
            let order = key.permutation(images.nrows());
            for &column in feature.columns() {
                for (row, &from) in order.iter().enumerate() {
                    pixels[[row, column]] = images[[from as usize, column]];
                }
            }
        }
        pixels
    };
    let side = |images: &Images, side: Side| Images {
        pixels: permute(&images.pixels, side),
        ..images.clone()
    };
    let explained = Arc::new(side(&data.explained, Side::Explained));
    let held_out = if Arc::ptr_eq(&data.held_out, &data.explained) {
        Arc::clone(&explained)
    } else {
        Arc::new(side(&data.held_out, Side::HeldOut))
    };
    Dataset {
        training: TrainingImages::of_intensities(
            data.image,
            permute(&data.training.all(), Side::Training),
        ),
        held_out,
        explained,
        classes: data.classes.clone(),
        ..*data
    }
}

/// 2 · Var, over the images, of the columns of a feature together: what replacing it by that of another image
/// changes on average, squared.
fn twice_the_variance(images: &Images, feature: &Feature) -> f32 {
    let columns = feature.columns().iter();
    let variances = columns.map(|&column| {
        let values = images.pixels.column(column);
        // Exactly 0 where all are the same.
        let first = f64::from(values.first().copied().unwrap_or(0.0));
        let values = || values.iter().map(|&value| f64::from(value) - first);
        let count = values().count().max(1) as f64;
        let mean = values().sum::<f64>() / count;
        values().map(|value| (value - mean).powi(2)).sum::<f64>() / count
    });
    (2.0 * variances.sum::<f64>()) as f32
}

/// Spearman's ρ of a map with another one, over the features that vary.
fn likeness(map: ArrayView1<'_, f32>, other: &[f32], variance: &[f32]) -> Option<f32> {
    let varying = map.iter().zip(other).zip(variance);
    let varying = varying.filter(|(_, variance)| **variance > 0.0);
    let (a, b): (Vec<f32>, Vec<f32>) = varying.map(|((&a, &b), _)| (a, b)).unzip();
    spearman(&a, &b).map(|rho| rho as f32)
}
