//! Resuming a run whose worker was lost.

use std::time::Duration;

use super::work::Work;
use super::{Run, RunError, Stage, prepare};
use crate::data::Class;
use crate::engine::Engine;
use crate::importance::Importance;
use crate::model::{Architecture, Network};
use crate::report::ModelPart;
use crate::settings::Settings;

impl Run {
    /// The sums of the current stage so far, for [`Run::resume`].
    #[must_use]
    pub fn state(&mut self) -> Option<Vec<f64>> {
        self.work.importance_mut().map(Importance::state)
    }

    /// As [`Run::new`], but with the network that was trained in the same run, by a worker that was lost
    /// ([`Run::resume`]) or before other things were asked about it.
    ///
    /// # Errors
    /// As [`Run::new`], and if the network takes images of another size.
    pub fn trained(
        engine: &Engine,
        settings: Settings,
        classes: &[Class],
        network: Network,
    ) -> Result<Self, RunError> {
        // A network that was made smaller is trained on by settings that say how many it had.
        let settings = Settings {
            dims: network.dims(),
            ..settings
        };
        let data = prepare::choose(&settings, classes, None)?;
        prepare::check_takes(&network, data.image)?;
        let architecture = Architecture::from(&network);
        let prepared = prepare::known(&settings, &data)?;
        let whole = (&architecture, ModelPart::Whole);
        let demand = prepare::demand(engine, whole, &data, &settings, &prepared)?;
        let mut run = Self::at(Work::Trained, engine, settings, data, (prepared, demand));
        run.network = Some(network);
        Ok(run)
    }

    /// Continues a run of [`Run::trained`] or [`Run::explain`] in `stage`, which has already taken
    /// `elapsed`, from its `state`, or from the stage's beginning where there is none. What other methods
    /// say is held against V: a run that does not know V any more when it comes to that measures V again first.
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
        #[cfg(feature = "general")]
        let (stage, state, elapsed) = match stage {
            Stage::Attribution | Stage::FairTest => {
                self.measures_again = true;
                (Stage::PixelImportance, None, Duration::ZERO)
            }
            // They need all of what was measured before.
            Stage::ImageErrors
            | Stage::Factors
            | Stage::Smaller
            | Stage::Controls
            | Stage::Networks
            | Stage::Sizes => (Stage::PixelImportance, None, Duration::ZERO),
            _ => (stage, state, elapsed),
        };
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
