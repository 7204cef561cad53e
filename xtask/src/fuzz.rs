//! The readers and messages against inputs that libFuzzer changes, guided by the code that they reach.

use std::env;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::process;
use crate::project::Project;

/// The compiler counts which code is reached, and what numbers are compared with; both are LLVM's, and no nightly
/// compiler is needed for them.
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
                        -Cllvm-args=-sanitizer-coverage-pc-table \
                        -Cllvm-args=-sanitizer-coverage-trace-compares";
/// A target is named, so that what compiles for this machine alone (macros) is not counted.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// What each target may take: memory that is asked for at once or in all, in MB, and seconds for one input.
const MEGABYTES: u32 = 2048;
const SECONDS: u32 = 20;
/// Bytes of an input, at most.
const LONGEST: u32 = 1 << 16;

/// Tries every target for as many seconds as `LATENT_LENS_FUZZ_SECONDS` says, a minute where it is not set, and only those
/// that `LATENT_LENS_FUZZ_TARGETS` names, where it is. Inputs that reached
/// something new are kept in `build/fuzz/corpus`, as few as reach all of it, and gone on from.
pub fn check(project: &Project) -> Result<()> {
    ensure!(
        cfg!(all(target_os = "linux", target_arch = "x86_64")),
        "Guided fuzzing runs on Linux on x86-64 alone: `cargo test --test fuzz` breaks files at random anywhere."
    );
    ensure!(
        process::find(&["c++", "g++", "clang++"]).is_some(),
        "Guided fuzzing compiles libFuzzer, which needs a C++ compiler: install one (Debian: g++)."
    );
    let seconds = env::var("LATENT_LENS_FUZZ_SECONDS").unwrap_or_else(|_| "60".into());
    let chosen = env::var("LATENT_LENS_FUZZ_TARGETS").ok();
    let folder = project.build().join("fuzz");
    let program = build(project)?;

    let seeds = folder.join("seeds");
    if seeds.exists() {
        fs::remove_dir_all(&seeds)?;
    }
    process::run(Command::new(&program).env("LATENT_LENS_FUZZ_SEEDS", &seeds))?;
    let mut names: Vec<String> = fs::read_dir(&seeds)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<_>>()?;
    names.sort();
    if let Some(chosen) = &chosen {
        let chosen: Vec<&str> = chosen.split(',').collect();
        names.retain(|name| chosen.contains(&name.as_str()));
        ensure!(
            !names.is_empty(),
            "LATENT_LENS_FUZZ_TARGETS names no target."
        );
    }

    let mut broken = Vec::new();
    for name in &names {
        if let Some(input) = fuzz(&program, &folder, name, &seconds)? {
            broken.push(format!("{name}: {input}"));
        }
    }
    ensure!(
        broken.is_empty(),
        "an input did what none may; with LATENT_LENS_FUZZ_TARGET set to the target's name, `{} INPUT` does it again:\n  {}",
        program.display(),
        broken.join("\n  ")
    );
    Ok(())
}

/// Builds the program, apart from all that is built otherwise.
fn build(project: &Project) -> Result<std::path::PathBuf> {
    let target = project.root.join("target/fuzz");
    process::run(
        process::cargo(&project.root, "build")
            .args(["--package", "fuzz", "--profile", "fuzz", "--target", TARGET])
            .arg("--target-dir")
            .arg(&target)
            .env("RUSTFLAGS", COVERAGE),
    )
    .context("The fuzz targets were not built: this compiler has to know -Cpasses=sancov-module, as every one with LLVM does.")?;
    Ok(target.join(TARGET).join("fuzz/fuzz"))
}

/// Tries one target; the input that ended it, where one did.
fn fuzz(program: &Path, folder: &Path, name: &str, seconds: &str) -> Result<Option<String>> {
    let (corpus, found) = (folder.join("corpus").join(name), folder.join("found"));
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&found)?;
    minimise(program, &corpus, name)?;
    let log = folder.join(format!("{name}.log"));
    let start = Instant::now();
    let status = Command::new(program)
        .arg(&corpus)
        .arg(folder.join("seeds").join(name))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={LONGEST}"))
        .arg(format!("-timeout={SECONDS}"))
        .arg(format!("-rss_limit_mb={MEGABYTES}"))
        .arg(format!("-artifact_prefix={}/{name}-", found.display()))
        .arg("-print_final_stats=1")
        .env("LATENT_LENS_FUZZ_TARGET", name)
        .stderr(File::create(&log)?)
        .status()
        .with_context(|| format!("{} could not be started", program.display()))?;
    let said = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    let last = |key: &str| {
        let line = said.lines().rfind(|line| line.contains(key));
        let words = line.and_then(|line| line.split(key).nth(1));
        words
            .and_then(|rest| rest.split_whitespace().next())
            .unwrap_or("?")
            .to_owned()
    };
    println!(
        "  {name}: {} inputs in {:.0} s, {} branches reached, {} kept",
        last("stat::number_of_executed_units:"),
        start.elapsed().as_secs_f64(),
        last(" cov: "),
        last(" corp: ")
    );
    if status.success() {
        return Ok(None);
    }
    let input = said
        .lines()
        .rev()
        .find_map(|line| line.split("Test unit written to ").nth(1));
    Ok(Some(input.map_or_else(
        || format!("see {}", log.display()),
        Into::into,
    )))
}

/// Leaves in the corpus of a target only what reaches more than the rest of it does.
fn minimise(program: &Path, corpus: &Path, name: &str) -> Result<()> {
    let smaller = corpus.with_extension("smaller");
    if smaller.exists() {
        fs::remove_dir_all(&smaller)?;
    }
    fs::create_dir(&smaller)?;
    process::run(
        Command::new(program)
            .args(["-merge=1", "-verbosity=0"])
            .args([smaller.as_path(), corpus])
            .env("LATENT_LENS_FUZZ_TARGET", name),
    )?;
    fs::remove_dir_all(corpus)?;
    fs::rename(&smaller, corpus)?;
    Ok(())
}
