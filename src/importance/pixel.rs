//! Stage 1: how far each latent moves when a pixel is permuted (Section 3.2).

use std::num::NonZeroUsize;
use std::time::Duration;

use ndarray::Array2;

use super::closed::ClosedForm;
use super::job::{Feature, Job};
use super::plan::Plan;
use super::probe::{Outcome, Probe};
use super::results::Estimate;
use crate::engine::{Engine, EngineError};
use crate::keyed::Purpose;
use crate::model::Network;
use crate::settings::Method;

/// V (pixels × dimensions): for every pixel, the mean squared change of each latent over images
/// and permutations.
///
/// Unless sampling is asked for, the encoders that a closed form is known for are measured by it,
/// on the CPU whatever the engine. Others are exact where every value of every pixel can be tried.
/// Where it is sampled, every pixel is measured once before any is measured twice, so a whole
/// picture is there early and sharpens. Pixels that are the same in every image are 0 exactly and
/// cost nothing.
pub struct PixelImportance {
    latents: Array2<f32>,
    job: Job,
}

impl PixelImportance {
    /// Prepares to permute the pixels of `images` (images × pixels) as `plan` says.
    ///
    /// # Errors
    /// If the device stops answering, or latents are not finite.
    pub async fn new(
        engine: &Engine,
        network: &Network,
        images: &Array2<f32>,
        plan: &Plan,
    ) -> Result<Self, EngineError> {
        if plan.method != Method::Sampled
            && let Some(layer) = ClosedForm::layer(network.encoder())
        {
            let form = ClosedForm::new(layer, images);
            if !form.latents().iter().all(|latent| latent.is_finite()) {
                return Err(EngineError::Overflow("Latents"));
            }
            return Ok(Self {
                latents: form.latents().clone(),
                job: Job::closed(form, plan),
            });
        }
        let probe = Probe::new(
            engine,
            network.encoder(),
            images.clone(),
            Outcome::PerOutput,
        )
        .await?;
        let features = (0..images.ncols())
            .map(|pixel| Feature {
                probe: 0,
                column: pixel,
                row: pixel,
                key: vec![pixel as u64],
            })
            .collect();
        Ok(Self {
            latents: probe.outputs().clone(),
            job: Job::probed(engine, vec![probe], features, plan, Purpose::Pixel, false),
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

    /// Measures for about `budget`; true once every pixel is measured.
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

    /// Measurements in all: varying pixels, times repeats or values where there are several.
    #[must_use]
    pub fn total(&self) -> usize {
        self.job.total()
    }

    /// V as far as it is known.
    #[must_use]
    pub fn estimate(&self) -> Estimate {
        self.job.estimate()
    }

    /// Z (images × dimensions): the latents of the unpermuted images.
    #[must_use]
    pub fn latents(&self) -> &Array2<f32> {
        &self.latents
    }
}
