//! Progress of a run.

use std::time::Duration;

use crate::model::Network;

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The GPU compiles its shaders.
    WarmUp,
    /// The autoencoder learns; counted in epochs.
    Training,
    /// What features, donors and groups are known from is found; counted as its jobs do.
    #[cfg(feature = "general")]
    Preparation,
    /// Stage 1; counted in measurements.
    PixelImportance,
    /// Stage 2; counted in pixels.
    Direction,
    /// Stage 1 of groups; counted in measurements.
    #[cfg(feature = "general")]
    GroupImportance,
    /// Stage 3; counted in measurements.
    LatentImportance,
    /// How far off the reconstructions of the explained images are; counted in images.
    #[cfg(feature = "general")]
    ReconstructionErrors,
    /// How far each choice of donors keeps to images as they are; counted in features.
    #[cfg(feature = "general")]
    DonorChecks,
    /// What other methods say; counted in multiply-adds.
    #[cfg(feature = "general")]
    Attribution,
    /// Which method is right; counted in multiply-adds.
    #[cfg(feature = "general")]
    FairTest,
    /// How far importance would be off had other images been explained; counted as its job does.
    #[cfg(feature = "general")]
    ImageErrors,
    /// How far each latent of a variational network is from the standard normal distribution; counted in
    /// images.
    #[cfg(feature = "general")]
    Divergence,
    /// Which dimension carries which factor; counted in images.
    #[cfg(feature = "general")]
    Factors,
    /// What becomes of the loss where only some dimensions are kept; counted as its job does.
    #[cfg(feature = "general")]
    Smaller,
    /// Maps and importance of networks that have nothing to learn; counted as its job does.
    #[cfg(feature = "general")]
    Controls,
    /// Other networks are trained and compared; counted as its job does.
    #[cfg(feature = "general")]
    Networks,
    /// Networks of other numbers of dimensions are trained; counted as its job does.
    #[cfg(feature = "general")]
    Sizes,
    /// Everything is in the report.
    Done,
}

impl Stage {
    /// Whether its measurements move what images are made of.
    #[must_use]
    pub fn moves_images(self) -> bool {
        match self {
            Self::PixelImportance => true,
            #[cfg(feature = "general")]
            Self::GroupImportance => true,
            _ => false,
        }
    }

    /// The stage's name in updates.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WarmUp => "warm-up",
            Self::Training => "training",
            #[cfg(feature = "general")]
            Self::Preparation => "preparation",
            Self::PixelImportance => "pixel-importance",
            Self::Direction => "direction",
            #[cfg(feature = "general")]
            Self::GroupImportance => "group-importance",
            Self::LatentImportance => "latent-importance",
            #[cfg(feature = "general")]
            Self::ReconstructionErrors => "reconstruction-errors",
            #[cfg(feature = "general")]
            Self::DonorChecks => "donor-checks",
            #[cfg(feature = "general")]
            Self::Attribution => "attribution",
            #[cfg(feature = "general")]
            Self::FairTest => "fair-test",
            #[cfg(feature = "general")]
            Self::ImageErrors => "image-errors",
            #[cfg(feature = "general")]
            Self::Divergence => "divergence",
            #[cfg(feature = "general")]
            Self::Factors => "factors",
            #[cfg(feature = "general")]
            Self::Smaller => "smaller",
            #[cfg(feature = "general")]
            Self::Controls => "controls",
            #[cfg(feature = "general")]
            Self::Networks => "networks",
            #[cfg(feature = "general")]
            Self::Sizes => "sizes",
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
    /// `Report::groups`.
    #[cfg(feature = "general")]
    Groups,
    /// `Report::reconstruction_errors`.
    #[cfg(feature = "general")]
    ReconstructionErrors,
    /// `Report::donor_checks`.
    #[cfg(feature = "general")]
    DonorChecks,
    /// `Report::opinions`.
    #[cfg(feature = "general")]
    Opinions,
    /// `Report::image_errors`.
    #[cfg(feature = "general")]
    ImageErrors,
    /// `Report::divergence`.
    #[cfg(feature = "general")]
    Divergence,
    /// `Report::factors`.
    #[cfg(feature = "general")]
    Factors,
    /// `Report::smaller`.
    #[cfg(feature = "general")]
    Smaller,
    /// `Report::controls`.
    #[cfg(feature = "general")]
    Controls,
    /// `Report::networks`.
    #[cfg(feature = "general")]
    Networks,
    /// `Report::sizes`.
    #[cfg(feature = "general")]
    Sizes,
}

/// A network while it is trained.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Epochs that it has been trained for; 0 before training.
    pub epoch: usize,
    /// As trained so far.
    pub network: Network,
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
    /// The network as it was after an epoch that has just ended, where a run takes snapshots.
    pub snapshot: Option<Snapshot>,
}

impl Update {
    /// Time the stage still needs at the pace so far; unknown before anything is finished.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        let left = (self.total - self.done).max(0.0) / self.done;
        Duration::try_from_secs_f64(self.elapsed.as_secs_f64() * left).ok()
    }
}
