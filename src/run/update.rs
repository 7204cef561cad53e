//! Progress of a run.

use std::time::Duration;

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The GPU compiles its shaders.
    WarmUp,
    /// The autoencoder learns; counted in epochs.
    Training,
    /// Stage 1; counted in measurements.
    PixelImportance,
    /// Stage 2; counted in pixels.
    Direction,
    /// Stage 3; counted in measurements.
    LatentImportance,
    /// Everything is in the report.
    Done,
}

impl Stage {
    /// The stage's name in updates.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WarmUp => "warm-up",
            Self::Training => "training",
            Self::PixelImportance => "pixel-importance",
            Self::Direction => "direction",
            Self::LatentImportance => "latent-importance",
            Self::Done => "done",
        }
    }
}

/// Parts of a run's results: of its [`Report`](crate::report::Report), and the network itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Version, engine, settings, image shape and classes.
    Heading,
    /// `Report::training`.
    Training,
    /// `Report::samples`.
    Samples,
    /// `Run::network`.
    Network,
    /// `Report::encoded`.
    Encoded,
    /// `Report::pixel_importance`.
    PixelImportance,
    /// `Report::direction`.
    Direction,
    /// `Report::latent_importance` and `Report::latent_importance_rmse`.
    LatentImportance,
}

/// Progress since the last update.
#[derive(Clone, Debug)]
pub struct Update {
    /// The current stage.
    pub stage: Stage,
    /// Units of the stage that are finished; parts of a unit count.
    pub done: f64,
    /// Units of the stage in all.
    pub total: f64,
    /// Time worked on the stage so far; pauses do not count.
    pub elapsed: Duration,
    /// Parts that changed.
    pub changed: Vec<Part>,
}

impl Update {
    /// Time the stage still needs at the pace so far; unknown before anything is finished.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        let left = (self.total - self.done).max(0.0) / self.done;
        Duration::try_from_secs_f64(self.elapsed.as_secs_f64() * left).ok()
    }
}
