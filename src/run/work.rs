//! The current job of a run.

use super::Stage;
#[cfg(feature = "general")]
use super::beyond::Beyond;
use crate::importance::{Direction, Importance};
use crate::train::Trainer;

/// The current job, with what later ones need of earlier ones.
pub(super) enum Work {
    WarmUp(Box<Trainer>),
    Training(Box<Trainer>),
    /// The network was trained elsewhere.
    Trained,
    PixelImportance(Box<Importance>),
    /// With the latents.
    Direction(ndarray::Array2<f32>, Box<Direction>),
    /// With the latents.
    #[cfg(feature = "general")]
    GroupImportance(Box<Importance>, ndarray::Array2<f32>),
    LatentImportance(Box<Importance>),
    #[cfg(feature = "general")]
    Beyond(Beyond),
    Done,
}

impl Work {
    /// The stage that it belongs to.
    pub fn stage(&self) -> Stage {
        match self {
            Self::WarmUp(_) => Stage::WarmUp,
            Self::Training(_) => Stage::Training,
            Self::Trained | Self::PixelImportance(_) => Stage::PixelImportance,
            Self::Direction(..) => Stage::Direction,
            #[cfg(feature = "general")]
            Self::GroupImportance(..) => Stage::GroupImportance,
            Self::LatentImportance(..) => Stage::LatentImportance,
            #[cfg(feature = "general")]
            Self::Beyond(beyond) => beyond.stage(),
            Self::Done => Stage::Done,
        }
    }

    /// Units of the stage that are finished, and units in all; training has this many `epochs`.
    pub fn progress(&self, epochs: usize) -> (f64, f64) {
        match self {
            Self::WarmUp(_) | Self::Trained => (0.0, 1.0),
            Self::Training(trainer) => (trainer.epochs_done(), epochs as f64),
            Self::PixelImportance(job) | Self::LatentImportance(job) => {
                (job.done() as f64, job.total() as f64)
            }
            Self::Direction(_, job) => (job.done() as f64, job.total() as f64),
            #[cfg(feature = "general")]
            Self::GroupImportance(job, _) => (job.done() as f64, job.total() as f64),
            #[cfg(feature = "general")]
            Self::Beyond(beyond) => beyond.progress(),
            Self::Done => (1.0, 1.0),
        }
    }

    /// The measurements of stage 1, of pixels or groups, or 3; `None` in other stages.
    pub fn importance(&self) -> Option<&Importance> {
        match self {
            Self::PixelImportance(stage) | Self::LatentImportance(stage) => Some(stage),
            #[cfg(feature = "general")]
            Self::GroupImportance(stage, _) => Some(stage),
            _ => None,
        }
    }

    /// As [`Self::importance`], for what others have measured.
    pub fn importance_mut(&mut self) -> Option<&mut Importance> {
        match self {
            Self::PixelImportance(stage) | Self::LatentImportance(stage) => Some(stage),
            #[cfg(feature = "general")]
            Self::GroupImportance(stage, _) => Some(stage),
            _ => None,
        }
    }
}
