//! Resuming a run whose worker was lost.

use std::time::Duration;

use super::work::Work;
use super::{Run, RunError, Stage, prepare};
use crate::data::Class;
use crate::engine::Engine;
use crate::importance::Importance;
use crate::model::{Architecture, Network};
use crate::settings::Settings;

impl Run {
    /// The sums of the current stage so far, for [`Run::resume`].
    #[must_use]
    pub fn state(&mut self) -> Option<Vec<f64>> {
        self.work.importance_mut().map(Importance::state)
    }

    /// As [`Run::new`], but with the network that a lost worker had trained in the same run, for
    /// [`Run::resume`].
    ///
    /// # Errors
    /// As [`Run::new`].
    pub fn trained(
        engine: &Engine,
        settings: Settings,
        classes: &[Class],
        network: Network,
    ) -> Result<Self, RunError> {
        let data = prepare::choose(&settings, classes, None)?;
        let demand = prepare::demand(engine, &Architecture::from(&network), &data, &settings)?;
        let mut run = Self::at(Work::Trained, engine, settings, data, demand);
        run.network = Some(network);
        Ok(run)
    }

    /// Continues a run of [`Run::trained`] or [`Run::explain`] in `stage`, which has already taken
    /// `elapsed`, from its `state`, or from the stage's beginning where there is none.
    ///
    /// # Errors
    /// If the device stops answering, the run does not begin with a network, the stage is not one
    /// that follows, or the state is of another run.
    pub async fn resume(
        &mut self,
        stage: Stage,
        state: Option<&[f64]>,
        elapsed: Duration,
    ) -> Result<(), RunError> {
        if !matches!(self.work, Work::Trained) {
            return Err(RunError::Resume("it does not begin with its network"));
        }
        while matches!(self.work, Work::Trained) || self.stage() != stage {
            if matches!(self.work, Work::Done) {
                return Err(RunError::Resume("no such stage follows"));
            }
            self.next().await?;
        }
        if let Some(state) = state {
            let stage = self.work.importance_mut();
            let is_restored = stage.is_some_and(|stage| stage.restore(state));
            if !is_restored {
                return Err(RunError::Resume("its state is not of this stage"));
            }
        }
        self.elapsed = elapsed;
        Ok(())
    }
}
