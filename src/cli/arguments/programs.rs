//! A model that is a program of its own.

use std::num::NonZeroU64;
use std::time::Duration;

use clap::Args;

/// A model that is a program of its own.
#[derive(Debug, Args)]
pub struct Programs {
    /// A program to be explained instead of a new network: it encodes. It is started once, is given arrays of images
    /// (images × height × width × channels, float32, in NumPy's format) on its standard input, and writes an array of
    /// latents (images × dimensions) for each to its standard output, such as "python encode.py".
    #[arg(
        long,
        value_name = "COMMAND",
        conflicts_with_all = ["model", "dims", "hidden", "epochs"]
    )]
    pub command: Option<String>,

    /// The program that decodes: it is given arrays of latents, and writes arrays of reconstructions. Without it,
    /// what needs reconstructions is left out.
    #[arg(long, value_name = "COMMAND", requires = "command")]
    pub decode_command: Option<String>,

    /// How many seconds a program may take for its first answer, and for 256 images.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "600",
        requires = "command"
    )]
    pub command_timeout: NonZeroU64,
}

impl Programs {
    /// How long a program may take.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.command_timeout.get())
    }
}
