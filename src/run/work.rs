//! The current job of a run.

use super::Stage;
use crate::importance::{Direction, Importance};
use crate::train::Trainer;

/// The current job, with what later ones need of earlier ones.
pub(super) enum Work {
    WarmUp(Box<Trainer>),
    Training(Box<Trainer>),
    /// The network was trained elsewhere.
    Trained,
    PixelImportance(Box<Importance>),
    Direction(Box<Importance>, Box<Direction>),
    LatentImportance(Box<Importance>),
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
            Self::LatentImportance(..) => Stage::LatentImportance,
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
            Self::Done => (1.0, 1.0),
        }
    }

    /// The measurements of stage 1 or 3; `None` in other stages.
    pub fn importance(&self) -> Option<&Importance> {
        match self {
            Self::PixelImportance(stage) | Self::LatentImportance(stage) => Some(stage),
            _ => None,
        }
    }

    /// As [`Self::importance`], for what others have measured.
    pub fn importance_mut(&mut self) -> Option<&mut Importance> {
        match self {
            Self::PixelImportance(stage) | Self::LatentImportance(stage) => Some(stage),
            _ => None,
        }
    }
}
