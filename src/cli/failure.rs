//! Why a command ends early, in words for the person who gave it.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use latent_lens::run::RunError;

use super::stop;

/// Why a command ends early.
#[derive(Debug)]
pub enum Failure {
    /// What was asked for cannot be done.
    Usage(String),
    /// It can be, but was not.
    Failed(String),
    /// A person or a scheduler stopped it.
    Stopped,
}

impl Failure {
    /// About a file or folder.
    pub fn at(path: &Path, what: impl fmt::Display) -> Self {
        Self::Failed(format!("{}: {what}", path.display()))
    }

    /// About a file that cannot be read.
    pub fn unreadable(path: &Path, error: &io::Error) -> Self {
        let remedy = "Check its path and who may read it.";
        Self::at(path, format!("The file cannot be read: {error}. {remedy}"))
    }

    /// About a report that JSON cannot hold.
    pub fn unwritable(error: serde_json::Error) -> Self {
        Self::Failed(format!("The report cannot be written: {error}."))
    }

    /// As shells expect it; 130 is what a program ends with that was interrupted.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Failed(_) => 1,
            Self::Usage(_) => 2,
            Self::Stopped => 130,
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) | Self::Failed(message) => write!(f, "error: {message}"),
            Self::Stopped => write!(f, "Stopped; nothing was written."),
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        let message = error.to_string();
        match error {
            // A model that is a program is left while it works.
            _ if stop::asked() => Self::Stopped,
            RunError::Settings(_) => Self::Usage(message),
            _ => Self::Failed(message),
        }
    }
}
