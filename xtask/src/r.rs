//! The R package: the element in one script, and R around it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::project::Project;
use crate::{browser, bundle, packed, process, tools, version};

/// As R calls the package.
const PACKAGE: &str = "latentlens";
/// Where Debian's packages have what the package needs, and what its pages are made with.
const DEBIAN: [&str; 5] = [
    "r-base-core",
    "r-cran-htmlwidgets",
    "r-cran-knitr",
    "r-cran-rmarkdown",
    "pandoc",
];

/// Makes the package as R's tools take it, from the finished site, in `build/r/`, and returns its file.
pub fn make(project: &Project) -> Result<PathBuf> {
    tools::programs(&["R", "pandoc"], &DEBIAN)?;
    let folder = project.build().join("r");
    stage(
        project,
        &folder.join(PACKAGE),
        &project.build().join("r-parts"),
    )?;
    let name = format!("{PACKAGE}_{}.tar.gz", version::read(&project.root)?);
    process::run(
        Command::new("R")
            .current_dir(&folder)
            .args(["CMD", "build", PACKAGE]),
    )?;
    Ok(folder.join(name))
}

/// Has R check the package, makes the documents of `tests/r` with it, and opens them in a real browser.
pub fn check(project: &Project) -> Result<()> {
    let package = make(project)?;
    let folder = project.build().join("r");
    process::run(
        Command::new("R")
            .current_dir(&folder)
            // Its manual as PDF takes LaTeX.
            .args(["CMD", "check", "--no-manual"])
            .arg(&package),
    )?;
    let checked = folder.join(format!("{PACKAGE}.Rcheck"));
    let log = fs::read_to_string(checked.join("00check.log"))?;
    let status = log.lines().last().unwrap_or_default();
    ensure!(
        status.starts_with("Status: ") && !status.contains("WARNING"),
        "R's check of the package ended with: {status}"
    );

    let sources = project.root.join("tests/r");
    let pages = project.build().join("r-pages");
    process::run(
        Command::new("Rscript")
            .env("R_LIBS", &checked)
            .arg(sources.join("pages.R"))
            .arg(&pages),
    )?;
    let mut node = browser::node(project, &pages, &tools::CHROMIUM)?;
    let tests = browser::programs(project, &sources, ".test.ts")?;
    process::run(
        node.args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
            .args(tests),
    )
}

/// The sources of `r/`, with what the build has made beside them.
fn stage(project: &Project, to: &Path, made: &Path) -> Result<()> {
    fs::create_dir_all(made)?;
    let script = packed::script(project)?;
    let settings = made.join("settings.json");
    fs::write(&settings, packed::settings(project)?)?;
    let mut files = bundle::files(&project.root.join("r"), |_| true)?;
    files.extend([
        (
            "inst/htmlwidgets/lib/latent-lens/latent-lens.js".into(),
            script,
        ),
        ("inst/settings.json".into(), settings),
        (
            "inst/licences.txt".into(),
            project.dist().join("licences.txt"),
        ),
    ]);
    bundle::mirror(&files, to)
}
