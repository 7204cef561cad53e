//! The Python package: the element with all its files, the program of the terminal, and Python around them, in
//! one wheel of this system.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::project::Project;
use crate::stamp::{self, Key};
use crate::{bundle, licences, packed, process};

/// The program of the terminal, as cargo calls it.
pub const PROGRAM: &str = "latent-lens";
/// The package's folder in what is made for it.
const PACKAGE: &str = "latent_lens";
/// Of the repository, its own licences.
const LICENCES: [&str; 2] = ["LICENSE-MIT", "LICENSE-APACHE"];

/// Makes the wheel from the finished site and the finished `program`, and returns its path.
pub fn make(project: &Project, program: &Path) -> Result<PathBuf> {
    stage(project, program)?;
    let wheels = project.build().join("wheel");
    if wheels.exists() {
        fs::remove_dir_all(&wheels)?;
    }
    process::run(
        Command::new(python()?)
            .args([
                "-m",
                "pip",
                "wheel",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .args(["--no-deps", "--wheel-dir"])
            .arg(&wheels)
            .arg(project.root.join("python")),
    )?;
    let found = bundle::files(&wheels, |path| {
        path.extension().is_some_and(|ending| ending == "whl")
    })?;
    let (_, wheel) = found.into_iter().next().context("pip made no wheel")?;
    Ok(wheel)
}

/// Makes it for tests, with the program as it is compiled for them: that gives the same numbers.
pub fn for_tests(project: &Project) -> Result<PathBuf> {
    process::run(process::cargo(&project.root, "build").args(["--bin", PROGRAM]))?;
    make(project, &program(project, "debug"))
}

/// Where cargo puts the program, in the folder `profile`.
pub fn program(project: &Project, profile: &str) -> PathBuf {
    let path = project.target.join(profile).join(PROGRAM);
    path.with_extension(std::env::consts::EXE_EXTENSION)
}

/// A virtual environment with the wheel and with what the lists of requirements name; returns its programs'
/// folder.
pub fn environment(venv: &Path, wheel: &Path, lists: &[PathBuf]) -> Result<PathBuf> {
    let programs = venv.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let key = lists
        .iter()
        .fold(Key::new(), |key, list| key.with_file(list))
        .with_file(wheel);
    stamp::once(&venv.join("installed"), &key, || {
        println!("Installing Python packages into {}", venv.display());
        process::run(Command::new(python()?).args(["-m", "venv"]).arg(venv))?;
        let pip = || {
            let mut pip = Command::new(programs.join("pip"));
            pip.args(["install", "--quiet", "--disable-pip-version-check"]);
            pip
        };
        // What is asked for by its version is the one that was just made.
        let mut listed = pip();
        listed.arg("--find-links").arg(folder_of(wheel)?);
        for list in lists {
            listed.arg("--requirement").arg(list);
        }
        process::run(listed.arg(wheel))?;
        // An earlier one of the same version would stay.
        process::run(pip().args(["--force-reinstall", "--no-deps"]).arg(wheel))
    })?;
    Ok(programs)
}

/// Runs `python/tests` in an environment that has the wheel and what tests need, and nothing else; checks
/// its types, and that it asks of a system no more than its name says.
pub fn check(project: &Project) -> Result<()> {
    let python = project.root.join("python");
    let tests = python.join("tests");
    let venv = project.build().join("python-venv");
    let lists = [tests.join("requirements.txt")];
    let wheel = for_tests(project)?;
    let programs = environment(&venv, &wheel, &lists)?;
    let module = |name: &str| {
        let mut module = Command::new(programs.join("python"));
        module.current_dir(&python).args(["-m", name]);
        module
    };
    if cfg!(target_os = "linux") {
        let told = process::output(module("auditwheel").arg("show").arg(&wheel))?;
        let (_, platform) = wheel
            .file_stem()
            .and_then(|name| name.to_str()?.rsplit_once('-'))
            .context("a wheel's name ends with its platform")?;
        ensure!(
            told.contains(&format!("\"{platform}\"")),
            "the wheel is not one for {platform}: {told}"
        );
    }
    process::run(module("twine").args(["check", "--strict"]).arg(&wheel))?;
    process::run(
        module("mypy")
            .arg("--cache-dir")
            .arg(project.build().join("mypy"))
            .arg("src"),
    )?;
    process::run(
        module("pytest")
            .args(["--quiet", "-p", "no:cacheprovider"])
            .arg(tests),
    )
}

/// The Python that this computer has.
fn python() -> Result<PathBuf> {
    process::find(&["python3", "python"]).context("Python is not installed")
}

fn folder_of(file: &Path) -> Result<&Path> {
    file.parent().context("a file lies in a folder")
}

/// Puts into `build/python` what the wheel has beside the sources in `python/`.
fn stage(project: &Project, program: &Path) -> Result<()> {
    ensure!(
        program.is_file(),
        "there is no program {}: `cargo build --release` makes it",
        program.display()
    );
    let made = project.build().join("python-parts");
    let mut files = Vec::new();
    for (inside, content) in packed::files(project, &made.join("element"))? {
        let name = format!("site/{inside}.gz");
        let file = made.join(&name);
        fs::create_dir_all(folder_of(&file)?)?;
        fs::write(&file, content)?;
        files.push((name.into(), file));
    }
    let settings = made.join("settings.json");
    fs::write(&settings, packed::settings(project)?)?;
    files.push(("settings.json".into(), settings));
    for licence in LICENCES {
        files.push((
            Path::new("licences").join(licence),
            project.root.join(licence),
        ));
    }
    files.push((
        "licences/licences.txt".into(),
        project.dist().join("licences.txt"),
    ));
    let of_program = made.join("licences-of-the-program.txt");
    licences::write_of_program(project, &of_program)?;
    files.push(("licences/licences-of-the-program.txt".into(), of_program));
    let name = program.file_name().context("a program has a name")?;
    files.push((Path::new("bin").join(name), program.to_owned()));
    let to = project.build().join("python").join(PACKAGE);
    bundle::mirror(&files, &to)?;
    // The mirror copies contents; a program must be one that can be run.
    fs::copy(program, to.join("bin").join(name))?;
    Ok(())
}
