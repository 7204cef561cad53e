//! Installing what a fresh machine lacks, with one printed line each.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::{process, stamp};

/// The target of the browser.
pub const WASM: &str = "wasm32-unknown-unknown";

/// A browser that the tests drive.
pub struct Browser {
    name: &'static str,
    /// The variable of the environment with the path of its program.
    pub variable: &'static str,
    /// Names that the program has where it is installed.
    programs: &'static [&'static str],
    /// Paths that it has on a Mac.
    applications: &'static [&'static str],
    /// Debian's package of it.
    package: &'static str,
}

pub const CHROMIUM: Browser = Browser {
    name: "Chromium or Chrome",
    variable: "CHROMIUM",
    programs: &[
        "chromium",
        "chromium-browser",
        "google-chrome-stable",
        "google-chrome",
        "chrome",
    ],
    applications: &[
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ],
    package: "chromium",
};

pub const FIREFOX: Browser = Browser {
    name: "Firefox",
    variable: "FIREFOX",
    programs: &["firefox-esr", "firefox"],
    applications: &["/Applications/Firefox.app/Contents/MacOS/firefox"],
    package: "firefox-esr",
};

/// Rust's standard library for the browser.
pub fn wasm_target() -> Result<()> {
    let folder = process::output(Command::new("rustc").args([
        "--print",
        "target-libdir",
        "--target",
        WASM,
    ]))?;
    if Path::new(folder.trim()).exists() {
        return Ok(());
    }
    println!("Installing Rust's target {WASM}");
    process::run(Command::new("rustup").args(["--quiet", "target", "add", WASM]))
}

/// The components that check Rust code.
pub fn rust_checkers(root: &Path) -> Result<()> {
    for (component, subcommand) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        let there = process::cargo(root, subcommand)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if !there {
            println!("Installing Rust's component {component}");
            process::run(Command::new("rustup").args(["--quiet", "component", "add", component]))?;
        }
    }
    Ok(())
}

/// The npm packages, at the versions of the lock file.
pub fn npm_packages(project: &Project) -> Result<()> {
    let root = &project.root;
    let key = stamp::Key::new()
        .with_file(&root.join("package.json"))
        .with_file(&root.join("package-lock.json"));
    stamp::once(&root.join("node_modules/.installed"), &key, || {
        println!("Installing the npm packages of package-lock.json");
        let npm = process::find(&["npm", "npm.cmd"])
            .context("npm is not installed; it comes with Node.js, https://nodejs.org")?;
        process::run(Command::new(npm).current_dir(root).args([
            "ci",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]))
    })
}

impl Browser {
    /// Its program: the variable's if that is set, or the first that is found, or Debian's.
    pub fn program(&self) -> Result<PathBuf> {
        let Self {
            name,
            variable,
            package,
            ..
        } = self;
        if let Some(chosen) = std::env::var_os(variable) {
            return Ok(chosen.into());
        }
        if let Some(found) = self.find() {
            return Ok(found);
        }
        // Without any font a page shows no letter.
        if debian(&[package, "fonts-liberation"])?
            && let Some(found) = self.find()
        {
            return Ok(found);
        }
        bail!("{name} was not found: install it, or set {variable} to the path of its program")
    }

    fn find(&self) -> Option<PathBuf> {
        process::find(self.programs).or_else(|| {
            let mut paths = self.applications.iter().map(PathBuf::from);
            paths.find(|path| path.is_file())
        })
    }
}

/// Installs `packages` where no program of `names` may be missing and one is.
pub fn programs(names: &[&str], packages: &[&str]) -> Result<()> {
    let missing = || names.iter().find(|name| process::find(&[**name]).is_none());
    if missing().is_some() {
        debian(packages)?;
    }
    match missing() {
        Some(name) => bail!("{name} was not found: install it"),
        None => Ok(()),
    }
}

/// Installs Debian's `packages`, where that is possible; whether it was.
fn debian(packages: &[&str]) -> Result<bool> {
    let Some(apt) = process::find(&["apt-get"]).filter(|_| is_root()) else {
        return Ok(false);
    };
    println!("Installing Debian's packages {}", packages.join(", "));
    let apt = || {
        let mut command = Command::new(&apt);
        command
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdout(Stdio::null());
        command
    };
    process::run(apt().args(["-qq", "update"]))?;
    process::run(
        apt()
            .args(["-qq", "install", "--yes", "--no-install-recommends"])
            .args(packages),
    )?;
    Ok(true)
}

fn is_root() -> bool {
    process::output(Command::new("id").arg("-u")).is_ok_and(|user| user.trim() == "0")
}
