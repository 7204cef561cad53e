//! `cargo xtask pictures`: draws the pictures in `www/` anew, which are kept in the repository so
//! that a build needs no browser: the preview of links to the page, and its icons.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use super::{Arguments, build};
use crate::project::Project;
use crate::{browser, process, tools};

/// The crate with the type of the figures.
const TYPE: &str = "notosans";

pub fn run(arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    let project = Project::find()?;
    build::build(&project, true, &[])?;
    let mut node = browser::node(&project, &project.dist(), &tools::CHROMIUM)?;
    let programs = browser::programs(&project, &project.root.join("xtask/pictures"), "draw.ts")?;
    process::run(
        node.env("FONTS", fonts(&project.root)?)
            .args(programs)
            .arg(project.www()),
    )
}

/// The folder with the font files of the crate that the command line draws with.
fn fonts(root: &Path) -> Result<PathBuf> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        name: String,
        manifest_path: PathBuf,
    }
    let metadata =
        process::output(process::cargo(root, "metadata").args(["--format-version", "1"]))?;
    let Metadata { packages } = serde_json::from_str(&metadata)?;
    let package = packages.into_iter().find(|package| package.name == TYPE);
    let manifest = package.with_context(|| format!("the crate {TYPE} is not used any more"))?;
    Ok(manifest.manifest_path.with_file_name("fonts"))
}
