//! Dividing a stage of a run among several workers while it runs.
//!
//! Where [`shard`](crate::shard) divides a run once and for all among machines that never hear of
//! each other, here one worker has the run and others help: whoever is free makes the next stretch
//! of the stage's measurements. [`Run::share`](crate::run::Run::share) says what helpers need;
//! [`Share::job`] makes of it the same [`Job`] that the run has, whose
//! [`measure`](Job::measure) gives the same numbers; and
//! [`Run::add`](crate::run::Run::add) takes them over in order. So results are those of one worker,
//! to the last bit, however many there are and whatever becomes of them.

use std::ops::Range;

use ndarray::Array2;

use crate::engine::{Engine, EngineError};
use crate::importance::{Job, LatentImportance, PixelImportance, Plan};
use crate::model::Network;
use crate::run::Stage;
use crate::settings::Settings;

/// Everything that a stage's measurements depend on.
#[derive(Clone, Copy, Debug)]
pub struct Share<'a> {
    /// Stage 1 or stage 3.
    pub stage: Stage,
    /// Settings of the run.
    pub settings: &'a Settings,
    /// As trained.
    pub network: &'a Network,
    /// What is permuted: the held-out images (images × pixels) in stage 1, their latents (images ×
    /// dimensions) in stage 3.
    pub inputs: &'a Array2<f32>,
    /// Label and rows of each class.
    pub classes: &'a [(u8, Range<usize>)],
}

impl Share<'_> {
    /// The stage's measurements.
    ///
    /// # Errors
    /// If the device stops answering.
    ///
    /// # Panics
    /// If the stage is another one, or the inputs do not fit the network.
    pub async fn job(&self, engine: &Engine) -> Result<Job, EngineError> {
        let Self {
            network, inputs, ..
        } = self;
        let plan = Plan::new(self.settings);
        Ok(match self.stage {
            Stage::PixelImportance => PixelImportance::new(engine, network, inputs, &plan)
                .await?
                .into_job(),
            Stage::LatentImportance => {
                LatentImportance::new(engine, network, inputs, self.classes, &plan)
                    .await?
                    .into_job()
            }
            other => panic!("{} is not shared", other.name()),
        })
    }
}
