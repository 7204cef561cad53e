//! The element with all that it asks for, packed for pages that have no folder of its files: in notebooks, in R.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, GzBuilder};

use crate::manifest::{self, Manifest};
use crate::project::Project;
use crate::{browser, bundle, process};

/// Of the site, what is no module but a part of the element all the same.
const DATA: &str = "data";

/// Modules that are something else than the element, and its own code, which is made anew.
const OF_ENTRIES: [&str; 5] = ["latent-lens", "engine", "page", "lesson", "embed"];

/// The files that the element asks for, by their names in the site, as gzip. Its own code is made in `folder`.
pub fn files(project: &Project, folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let found = site(project, folder)?.into_iter().map(|(inside, source)| {
        let name = inside.display().to_string();
        Ok((name, compressed(&fs::read(source)?)?))
    });
    found.collect()
}

/// One plain script that holds them and registers the element; returns its path. The files of the WebGPU engine, as
/// large as all others together, are left out.
pub fn script(project: &Project) -> Result<PathBuf> {
    let folder = project.build().join("packed");
    let files: BTreeMap<String, String> = files(project, &folder.join("element"))?
        .into_iter()
        .filter(|(name, _)| !name.contains("-webgpu"))
        .map(|(name, content)| (name, STANDARD.encode(content)))
        .collect();
    let unpacking = process::output(
        bundle::esbuild(&project.root)
            .arg(project.www().join("packed.ts"))
            .args(["--bundle", "--format=iife", "--minify"])
            // Where it lies itself is of no use to it.
            .arg("--log-override:empty-import-meta=silent"),
    )?;
    let packed = serde_json::to_string(&files)?;
    let to = folder.join(bundle::ELEMENT);
    fs::write(&to, format!("{{const PACKED={packed};\n{unpacking}}}\n"))?;
    Ok(to)
}

/// Its own code is one file: without a folder parts of it could not find each other.
fn site(project: &Project, folder: &Path) -> Result<Vec<(PathBuf, PathBuf)>> {
    process::run(
        bundle::esbuild(&project.root)
            .arg(project.www().join("latent-lens.ts"))
            .args(["--bundle", "--format=esm", "--minify"])
            .arg(format!("--outdir={}", folder.display())),
    )?;
    let dist = project.dist();
    let mut files = vec![(bundle::ELEMENT.into(), folder.join(bundle::ELEMENT))];
    let others = bundle::modules()
        .filter(|name| !OF_ENTRIES.contains(name) && !name.ends_with("-node"))
        .map(|name| format!("{name}.js"));
    let packages = Manifest::read(&project.root)?.packages;
    let packages = packages.iter().flat_map(|one| manifest::files(&one.name));
    for name in others.chain(packages) {
        files.push((PathBuf::from(&name), dist.join(name)));
    }
    for (inside, source) in bundle::files(&dist.join(DATA), |_| true)? {
        files.push((Path::new(DATA).join(inside), source));
    }
    Ok(files)
}

/// As gzip, the same for the same bytes.
fn compressed(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut gzip = GzBuilder::new().write(Vec::new(), Compression::best());
    gzip.write_all(bytes)?;
    Ok(gzip.finish()?)
}

/// The table of settings as JSON.
pub fn settings(project: &Project) -> Result<String> {
    let programs = browser::programs(project, &project.root.join("xtask/package"), "settings.ts")?;
    process::output(
        Command::new("node")
            .current_dir(&project.root)
            .args(programs),
    )
}
