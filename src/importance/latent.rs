//! Stage 3: how far the reconstructions of a class move when a latent is permuted (Section 3.3).

use std::num::NonZeroUsize;
use std::ops::Range;
use std::time::Duration;

use ndarray::{Array2, s};

use super::job::{Feature, Job};
use super::plan::Plan;
use super::probe::{Outcome, Probe};
use super::results::Estimate;
use crate::engine::{Engine, EngineError};
use crate::keyed::Purpose;
use crate::model::Network;

/// IE (classes × dimensions): for every class and latent dimension, the mean squared change of
/// the reconstructions over the class's images, all pixels and permutations.
///
/// Only images of the class are permuted among each other. Unless sampling is asked for, it is
/// exact where the classes are small enough for every image to be given every other one's value.
/// Where it is sampled, every dimension of every class is measured once before any is measured
/// twice; on the CPU, where the decoder is one sigmoid layer, four times before any is measured again.
pub struct LatentImportance {
    /// Classes and dimensions.
    shape: (usize, usize),
    job: Job,
}

impl LatentImportance {
    /// Prepares to permute the columns of `latents` (images × dimensions) within each of `classes`
    /// (label and rows) as `plan` says.
    ///
    /// # Errors
    /// If the device stops answering, or reconstructions are not finite.
    pub async fn new(
        engine: &Engine,
        network: &Network,
        latents: &Array2<f32>,
        classes: &[(u8, Range<usize>)],
        plan: &Plan,
    ) -> Result<Self, EngineError> {
        let dims = network.dims();
        let mut features = Vec::with_capacity(classes.len() * dims);
        let mut probes = Vec::with_capacity(classes.len());
        for (class, (label, rows)) in classes.iter().enumerate() {
            let inputs = latents.slice(s![rows.clone(), ..]).to_owned();
            probes.push(Probe::new(engine, network.decoder(), inputs, Outcome::Overall).await?);
            features.extend((0..dims).map(|dim| Feature {
                probe: class,
                column: dim,
                row: class * dims + dim,
                key: vec![u64::from(*label), dim as u64],
            }));
        }
        Ok(Self {
            shape: (classes.len(), dims),
            job: Job::probed(engine, probes, features, plan, Purpose::Latent, true),
        })
    }

    /// Lets so many threads measure at once on the CPU engine; the numbers do not depend on it.
    #[must_use]
    pub fn on_threads(self, threads: NonZeroUsize) -> Self {
        Self {
            job: self.job.on_threads(threads),
            ..self
        }
    }

    /// Measures for about `budget`; true once every dimension of every class is measured.
    ///
    /// # Errors
    /// If the device stops answering.
    pub async fn advance(&mut self, budget: Duration) -> Result<bool, EngineError> {
        self.job.advance(budget).await
    }

    /// The measurements, for others to take a part in.
    #[must_use]
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// The measurements alone.
    #[must_use]
    pub fn into_job(self) -> Job {
        self.job
    }

    /// As [`Self::job`], for what others have measured.
    pub fn job_mut(&mut self) -> &mut Job {
        &mut self.job
    }

    /// Measurements finished.
    #[must_use]
    pub fn done(&self) -> usize {
        self.job.done()
    }

    /// Measurements in all: varying dimensions of every class, times repeats or values.
    #[must_use]
    pub fn total(&self) -> usize {
        self.job.total()
    }

    /// IE as far as it is known.
    #[must_use]
    pub fn estimate(&self) -> Estimate {
        self.by_class(self.job.estimate())
    }

    /// As [`LatentImportance::estimate`], with the root of the mean squared change of every
    /// repeat, or of the exact mean (RMSE).
    #[must_use]
    pub fn rmse(&self) -> Estimate {
        self.by_class(self.job.roots().expect("stage 3 keeps the roots"))
    }

    fn by_class(&self, flat: Estimate) -> Estimate {
        let square = |matrix: Array2<f32>| {
            matrix
                .into_shape_with_order(self.shape)
                .expect("one cell a class and dimension")
        };
        Estimate {
            mean: square(flat.mean),
            std_error: flat.std_error.map(square),
            ..flat
        }
    }
}
