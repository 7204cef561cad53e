//! Running other programs.

use std::ffi::OsStr;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Runs `command`; its output goes where ours goes. An exit status other than 0 is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("{} could not be started", describe(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", describe(command));
    }
    Ok(())
}

/// Runs `command` and returns what it printed.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("{} could not be started", describe(command)))?;
    if !output.status.success() {
        bail!("{} ended with {}", describe(command), output.status);
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// The cargo that runs us, in `root`; on a terminal it shows its progress, in a log it keeps quiet.
pub fn cargo(root: &Path, subcommand: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root).arg(subcommand);
    if !std::io::stderr().is_terminal() {
        command.arg("--quiet");
    }
    command
}

/// A program of an npm package of this project.
pub fn npm_program(root: &Path, name: &str) -> Command {
    let ending = if cfg!(windows) { ".cmd" } else { "" };
    let mut command = Command::new(
        root.join("node_modules/.bin")
            .join(format!("{name}{ending}")),
    );
    command.current_dir(root);
    command
}

/// Where the first of `names` stands on the PATH.
pub fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().find_map(|name| {
        folders
            .iter()
            .map(|folder| {
                folder
                    .join(name)
                    .with_extension(std::env::consts::EXE_EXTENSION)
            })
            .find(|candidate| candidate.is_file())
    })
}

pub fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(OsStr::to_string_lossy).collect();
    format!("`{}`", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_program_is_an_error_that_names_it() {
        let error = run(Command::new("cargo")
            .arg("no-such-command")
            .stderr(Stdio::null()))
        .unwrap_err()
        .to_string();
        assert!(
            error.starts_with("`cargo no-such-command` ended with"),
            "{error}"
        );
    }
}
