//! The same pipeline from a terminal: files in, tables and figures out.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
