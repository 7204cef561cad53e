//! `cargo xtask`: builds, serves and tests the site. One file per command.

mod address;
mod again;
mod book;
mod browser;
mod bundle;
mod checks;
mod command;
mod declarations;
mod digits;
mod emptied;
mod examples;
mod faults;
mod fuzz;
mod graph;
mod idx;
mod licences;
mod lighthouse;
mod manifest;
mod mime;
mod offline;
mod package;
mod packed;
mod process;
mod project;
mod python;
mod quarto;
mod r;
mod release;
#[cfg(test)]
mod scratch;
mod server;
mod size;
mod stamp;
mod step;
mod tools;
mod version;
mod wasm;

use std::process::ExitCode;

fn main() -> ExitCode {
    match command::run(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
