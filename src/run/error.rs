//! Why a run cannot start or go on.

use std::fmt;

use super::memory;
use crate::data::DataError;
use crate::engine::EngineError;
use crate::importance::TooCostly;
use crate::settings::SettingError;

/// Why a run cannot start or go on, as a sentence for the person who started it.
#[derive(Clone, Debug, PartialEq)]
pub enum RunError {
    /// Settings out of range.
    Settings(Vec<SettingError>),
    /// Images that cannot be used.
    Data(DataError),
    /// The network takes images of another size.
    Misfit {
        /// Pixels that it expects.
        inputs: usize,
        /// Pixels that the images have.
        pixels: usize,
    },
    /// The run would need more memory than a page gets.
    Memory {
        /// Bytes needed.
        bytes: f64,
    },
    /// The network's layers are others than those that are trained here.
    #[cfg(feature = "general")]
    Untrainable,
    /// There is neither an encoder nor latents that were made elsewhere.
    #[cfg(feature = "general")]
    NoLatents,
    /// The run cannot be resumed from this state.
    Resume(&'static str),
    /// Exact importance would take too long.
    Costly(TooCostly),
    /// The engine failed.
    Engine(EngineError),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(errors) => {
                let reasons: Vec<&str> =
                    errors.iter().map(|error| error.message.as_str()).collect();
                write!(f, "{}", reasons.join(" "))
            }
            Self::Data(error) => error.fmt(f),
            Self::Memory { bytes } => {
                // By whole numbers: to write rounded ones takes a library of its own.
                let gigabytes = |bytes: f64| {
                    let tenths = (bytes / 1e8).round() as u64;
                    format!("{}.{}", tenths / 10, tenths % 10)
                };
                write!(
                    f,
                    "This run needs about {} GB of memory and a page gets about {} GB. Choose \
                     smaller hidden layers or fewer images, or use the program for the terminal.",
                    gigabytes(*bytes),
                    gigabytes(memory::LIMIT)
                )
            }
            #[cfg(feature = "general")]
            Self::Untrainable => write!(
                f,
                "The network cannot be trained on: its layers, or what follows them, are others than those of \
                 a network that is trained with these settings."
            ),
            #[cfg(feature = "general")]
            Self::NoLatents => write!(
                f,
                "The model is a decoder alone: bring the latents of these images as well, as a matrix with a row for \
                 each image."
            ),
            Self::Resume(why) => write!(f, "The run cannot be taken up: {why}."),
            Self::Costly(error) => error.fmt(f),
            Self::Misfit { inputs, pixels } if inputs == pixels => write!(
                f,
                "The model takes images of another height, width or number of channels, though of as many \
                 numbers ({inputs}): bring the images it was trained on, or say the size of those in a table."
            ),
            Self::Misfit { inputs, pixels } => {
                let (inputs, pixels) = (*inputs, *pixels);
                let (of, how) = if inputs == 3 * pixels {
                    (
                        "values",
                        "give grey images three channels if it takes colours, or ",
                    )
                } else if pixels == 3 * inputs {
                    (
                        "values",
                        "have colours turned grey if it takes grey images, or ",
                    )
                } else {
                    ("pixels", "")
                };
                write!(
                    f,
                    "The model takes images of {inputs} {of}, but these have {pixels}: {how}bring the \
                     images it was trained on, in the same size."
                )
            }
            Self::Engine(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RunError {}

impl From<DataError> for RunError {
    fn from(error: DataError) -> Self {
        Self::Data(error)
    }
}

impl From<TooCostly> for RunError {
    fn from(error: TooCostly) -> Self {
        Self::Costly(error)
    }
}

impl From<EngineError> for RunError {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}
