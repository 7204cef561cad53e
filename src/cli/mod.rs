//! The command line: what is asked for, how far it has come, and what is left behind.
//!
//! ```text
//! arguments -> files -> images, model -> the library's job -> tables, charts     -> one folder
//! arguments    files    images, model    work, progress       results, charts,      folder
//!                                                             projection
//! ```

mod analyse;
mod animation;
mod arguments;
mod charts;
mod compare;
mod decoded;
mod elsewhere;
mod failure;
mod files;
mod folder;
mod graph;
mod groups;
mod history;
mod images;
mod latents;
mod model;
mod pace;
mod program;
mod progress;
mod projection;
mod results;
mod shards;
mod stop;
mod work;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command, written_out};

/// Does what the arguments ask for. Exits with 0 when it is done, 1 when it failed, 2 when it was
/// asked for in a way that cannot work, and 130 when a person stopped it.
pub fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse_from(written_out(std::env::args_os()));
    let outcome = match command {
        Command::Analyse(request) => analyse::analyse(&request),
        Command::Train(request) => model::train(&request),
        Command::Shard(request) => shards::shard(&request),
        Command::Merge(request) => shards::merge(&request),
        Command::Compare(request) => compare::compare(&request),
        Command::Results(request) => elsewhere::show(&request),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            progress::say(&failure.to_string());
            failure.exit_code()
        }
    }
}
