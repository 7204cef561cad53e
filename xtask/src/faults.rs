//! The campaign of faults: what goes wrong at random times in the site and in a terminal (`tests/faults`).

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::project::Project;
use crate::{browser, process, tools};

/// As many are in every run of the tests.
const COUNT: u32 = 50;

/// How many faults, and which: each follows from its number.
pub struct Campaign {
    count: u32,
    /// The number of the first.
    seed: u32,
}

impl Campaign {
    /// As it was asked for.
    pub fn of(count: Option<String>, seed: Option<String>) -> Result<Self> {
        let number = |text: Option<String>, otherwise, name| match text {
            Some(text) => text
                .parse()
                .with_context(|| format!("{name} {text} is no whole number")),
            None => Ok(otherwise),
        };
        Ok(Self {
            count: number(count, COUNT, "--count")?,
            seed: number(seed, 1, "--seed")?,
        })
    }
}

/// Runs a campaign; `selection` names the crate's program and its features.
pub fn run(project: &Project, campaign: &Campaign, selection: &[&str]) -> Result<()> {
    let programs = browser::programs(project, &project.root.join("tests/faults"), "campaign.ts")?;
    // As the tests of the program need it, so that nothing is compiled twice.
    process::run(
        process::cargo(&project.root, "test")
            .args(selection)
            .args(["--test", "cli", "--no-run"]),
    )?;
    let program = project.target.join("debug/latent-lens");
    process::run(
        browser::node(project, &project.dist(), &tools::CHROMIUM)?
            .args(programs)
            .env(
                "PROGRAM",
                program.with_extension(std::env::consts::EXE_EXTENSION),
            )
            .env("DISK", disk(project)?)
            .env("RESULTS", project.build().join("faults.json"))
            .env("COUNT", campaign.count.to_string())
            .env("SEED", campaign.seed.to_string()),
    )
}

/// The disk that fails, as a library to load before the system's own; only Linux loads it so.
fn disk(project: &Project) -> Result<PathBuf> {
    if !cfg!(target_os = "linux") {
        return Ok(PathBuf::new());
    }
    let library = project.build().join("libdisk.so");
    process::run(
        Command::new("rustc")
            .args(["--edition=2024", "--crate-type=cdylib", "-O", "-o"])
            .arg(&library)
            .arg(project.root.join("tests/faults/disk.rs")),
    )?;
    Ok(library)
}
