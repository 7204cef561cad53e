//! Training other networks, and comparing them and those that were brought with the first, as a job.

use std::collections::VecDeque;
use std::time::Duration;

use ndarray::Array2;

use super::comparison::{Chance, Heading, Known, compare};
use super::encoding::{Encoding, Predicting, encode};
use super::measuring::{Measures, Measuring};
use super::results::Networks;
use super::trainings::Trainings;
use crate::attribution::Encoder;
use crate::engine::EngineError;
use crate::importance::varies;
use crate::model::{Architecture, Network};
use crate::settings::Settings;

/// Untrained networks that chance is read off.
const UNTRAINED: u32 = 5;
/// Seeds of their weights lie so far from those of networks that are trained.
const FAR: u32 = 1000;
/// Networks that are drawn to find one that says anything of the images: with ReLU, one of few dimensions may
/// say nothing.
const DRAWS: u32 = 20;
/// What it costs to measure a network, and to take the training images through it, in epochs of training:
/// about, for progress alone.
const MEASURING: f64 = 10.0;
const ENCODING: f64 = 1.0;

/// Another network, to be compared with the first.
#[derive(Clone, Debug)]
pub struct Other {
    /// What it is called.
    pub name: String,
    /// As trained.
    pub network: Network,
    /// What it was trained with, on the images of the run that it is compared in; absent where that is not known.
    pub settings: Option<Settings>,
    /// Its loss on the images that were held out while it was trained; absent where that is not known.
    pub held_out_loss: Option<f32>,
}

impl Other {
    fn part(self) -> (Network, Heading) {
        let heading = Heading {
            name: self.name,
            seeds: self.settings.as_ref().map(Settings::seeds),
            held_out_loss: self.held_out_loss,
        };
        (self.network, heading)
    }
}

/// The network that others are compared with.
pub struct First<'a> {
    /// As trained.
    pub network: &'a Network,
    /// Its V · S (features × dimensions).
    pub map: Array2<f32>,
    /// Its IE (classes × dimensions).
    pub latent_importance: Array2<f32>,
}

/// Trains as many networks as are asked for, then measures each of them and of those that were given, and
/// finds the dimensions of the first one in it.
pub struct Comparing {
    measures: Measures,
    trainings: Trainings,
    /// What each that is trained is trained with.
    wanted: Vec<Settings>,
    /// Given, to be compared after those that are trained.
    given: VecDeque<Other>,
    network: Network,
    first: Known,
    /// Latents of the training images (images × dimensions).
    training: Array2<f32>,
    /// Seed of the weights of the next untrained network.
    seed: u32,
    chance: Chance,
    found: Networks,
    phase: Phase,
    total: f64,
}

enum Phase {
    Training,
    /// The training images go through the first network.
    First(Box<Encoding>),
    /// They, and those explained, go through an untrained one.
    Untrained(u32, Array2<f32>, Box<Predicting>),
    Measuring(Heading, Box<Measuring>),
    Predicting(Heading, Box<Known>, Box<Predicting>),
    Done,
    /// Between two of them.
    Changing,
}

impl Comparing {
    /// Prepares to train others of `settings` (none where these ask for one network), but for those of `given`
    /// that were trained with the same settings and seeds, and to compare them and `given` with `first`.
    ///
    /// # Errors
    /// If the device stops answering, or numbers leave the range of a report's.
    pub async fn new(
        measures: Measures,
        settings: &Settings,
        first: First<'_>,
        given: Vec<Other>,
    ) -> Result<Self, EngineError> {
        let (engine, data) = (&measures.engine, &measures.data);
        let is_given = |settings: &Settings| {
            let mut known = given.iter().filter_map(|other| other.settings.as_ref());
            known.any(|known| known.trains_same(settings))
        };
        let wanted: u32 = match data.training.count() {
            0 => 0,
            _ => settings.measure.networks.saturating_sub(1) as u32,
        };
        let wanted: Vec<Settings> = (1..=wanted)
            .map(|k| settings.replica(k))
            .filter(|settings| !is_given(settings))
            .collect();
        let trainings = Trainings::new(engine, data, wanted.clone(), measures.threads);
        let others = (wanted.len() + given.len()) as f64;
        let trained = if wanted.is_empty() {
            0.0
        } else {
            trainings.total()
        };
        let explained = &data.explained;
        let mut encoder = Encoder::new(engine, first.network.encoder());
        let latents = encode(&mut encoder, explained).await?;
        let dims = first.network.dims();
        Ok(Self {
            total: trained + others * (MEASURING + ENCODING) + f64::from(UNTRAINED + 1) * ENCODING,
            wanted,
            given: given.into(),
            network: first.network.clone(),
            first: Known {
                latents,
                map: first.map,
                latent_importance: first.latent_importance,
            },
            training: Array2::zeros((0, dims)),
            seed: settings.seeds().weights.wrapping_add(FAR),
            chance: Chance::none(dims),
            found: Networks {
                untrained: UNTRAINED as usize,
                chance: Vec::new(),
                chance_r2: Vec::new(),
                explained: explained.count(),
                training: data.training.count(),
                others: Vec::new(),
                mean: Vec::new(),
                deviation: Vec::new(),
            },
            phase: Phase::Training,
            trainings,
            measures,
        })
    }

    /// Works for about `budget`; true once everything is known.
    ///
    /// # Errors
    /// If the device stops answering, or numbers leave the range of a report's.
    pub async fn advance(&mut self, budget: Duration) -> Result<bool, EngineError> {
        let measures = &self.measures;
        let is_over = match &mut self.phase {
            Phase::Training => self.trainings.advance(budget).await?,
            Phase::First(job) => job.advance(&measures.data.training, budget).await?,
            Phase::Untrained(_, _, job) | Phase::Predicting(_, _, job) => {
                let images = &measures.data.training;
                job.advance(images, &self.training, budget).await?
            }
            Phase::Measuring(_, job) => job.advance(measures, budget).await?,
            Phase::Done | Phase::Changing => return Ok(true),
        };
        if is_over {
            let phase = std::mem::replace(&mut self.phase, Phase::Changing);
            self.phase = self.next(phase).await?;
        }
        Ok(matches!(self.phase, Phase::Done))
    }

    async fn next(&mut self, phase: Phase) -> Result<Phase, EngineError> {
        let measures = &self.measures;
        Ok(match phase {
            Phase::Training => Phase::First(Box::new(Encoding::new(Encoder::new(
                &measures.engine,
                self.network.encoder(),
            )))),
            Phase::First(job) => {
                self.training = job.finish();
                self.untrained(0).await?
            }
            Phase::Untrained(which, latents, job) => {
                let r2 = job.r2(&latents, &self.first.latents);
                self.chance.add(&self.first.latents, &latents, &r2);
                if which + 1 < UNTRAINED {
                    self.untrained(which + 1).await?
                } else {
                    self.found.chance = self.chance.r.clone();
                    self.found.chance_r2 = self.chance.r2.clone();
                    self.following().await?
                }
            }
            Phase::Measuring(heading, job) => {
                let (network, known) = job.finish();
                let encoder = Encoder::new(&measures.engine, network.encoder());
                let job = Predicting::new(encoder, (network.dims(), self.network.dims()));
                Phase::Predicting(heading, Box::new(known), Box::new(job))
            }
            Phase::Predicting(heading, known, job) => {
                let r2 = job.r2(&known.latents, &self.first.latents);
                let other = compare(heading, &self.first, &known, &r2, &self.chance);
                self.found.add(other, &self.first.latent_importance);
                self.following().await?
            }
            phase @ (Phase::Done | Phase::Changing) => phase,
        })
    }

    /// Begins with an untrained network, of which a latent differs between images.
    async fn untrained(&mut self, which: u32) -> Result<Phase, EngineError> {
        let dims = self.network.dims();
        let mut draws = 0;
        loop {
            let network = Network::of(&Architecture::from(&self.network), self.seed);
            self.seed = self.seed.wrapping_add(1);
            draws += 1;
            let mut encoder = Encoder::new(&self.measures.engine, network.encoder());
            let latents = encode(&mut encoder, &self.measures.data.explained).await?;
            let says = latents.columns().into_iter().any(varies);
            if says || draws == DRAWS {
                let job = Predicting::new(encoder, (dims, dims));
                return Ok(Phase::Untrained(which, latents, Box::new(job)));
            }
        }
    }

    /// Begins with the next of the others.
    async fn following(&mut self) -> Result<Phase, EngineError> {
        let at = self.found.others.len();
        let next = match (self.trainings.trained(at), self.wanted.get(at)) {
            (Some(trained), Some(settings)) => Some(Other {
                name: settings.seeds().name(),
                network: trained.network.clone(),
                settings: Some(settings.clone()),
                held_out_loss: trained.history.held_out_loss.last().copied(),
            }),
            _ => self.given.pop_front(),
        };
        let Some(other) = next else {
            return Ok(Phase::Done);
        };
        let (network, heading) = other.part();
        let job = Measuring::new(&self.measures, network).await?;
        Ok(Phase::Measuring(heading, Box::new(job)))
    }

    /// The networks that are trained.
    pub fn trainings(&mut self) -> &mut Trainings {
        &mut self.trainings
    }

    /// What was found so far; chance is known once there are others.
    #[must_use]
    pub fn found(&self) -> &Networks {
        &self.found
    }

    /// Work done, about, of [`Comparing::total`].
    #[must_use]
    pub fn done(&self) -> f64 {
        let trained = self.trainings.done();
        let rows = self.measures.data.training.count();
        let share = |job: &Predicting| job.done as f64 / rows.max(1) as f64;
        let compared = self.found.others.len() as f64 * (MEASURING + ENCODING);
        let untrained = f64::from(UNTRAINED + 1) * ENCODING;
        trained
            + match &self.phase {
                Phase::Training | Phase::Changing => 0.0,
                Phase::First(job) => ENCODING * job.done as f64 / rows.max(1) as f64,
                Phase::Untrained(which, _, job) => ENCODING * (f64::from(which + 1) + share(job)),
                Phase::Measuring(_, job) => untrained + compared + MEASURING * job.fraction(),
                Phase::Predicting(_, _, job) => {
                    untrained + compared + MEASURING + ENCODING * share(job)
                }
                Phase::Done => self.total - trained,
            }
    }

    /// Work in all, about, in epochs of training.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.total
    }
}
