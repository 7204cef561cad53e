//! How many bytes a visitor downloads, compressed with brotli as web servers do.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::manifest::Package;
use crate::project::Project;
use crate::{bundle, offline, process, stamp};

/// Bytes that a visitor downloads for `package`: its JavaScript and its wasm.
pub fn download(project: &Project, package: &Package) -> Result<u64> {
    let dist = project.dist();
    let name = &package.name;
    let javascript = compressed(project, &dist.join(format!("{name}.js")))?;
    let wasm = compressed(project, &dist.join(format!("{name}_bg.wasm")))?;
    Ok(javascript + wasm)
}

/// What a visitor may have to download for the default figure.
pub const FIRST_FIGURE_BUDGET: u64 = 724_000;

/// Bytes that it is. What lies there compressed is sent as it is.
pub fn first_figure(project: &Project) -> Result<u64> {
    let dist = project.dist();
    let element = fs::read_to_string(dist.join(bundle::ELEMENT))?;
    let shared = bundle::files(&dist, |path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        bundle::is_imported(&element, &name)
    })?;
    let named = offline::FIRST_FIGURE.map(|name| dist.join(name));
    named
        .into_iter()
        .chain(shared.into_iter().map(|(_, file)| file))
        .map(|file| {
            if file.extension().is_some_and(|ending| ending == "gz") {
                Ok(fs::metadata(file)?.len())
            } else {
                compressed(project, &file)
            }
        })
        .sum()
}

/// The compressed size of a file of the site. For the largest this takes a minute, so it is kept
/// for as long as the file stays the same.
fn compressed(project: &Project, file: &Path) -> Result<u64> {
    let name = file.file_name().context("a file without a name")?;
    let kept = project.cache().join("brotli").join(name);
    let stamp = kept.with_added_extension("stamp");
    stamp::once(&stamp, &stamp::Key::new().with_file(file), || {
        let script = project.root.join("xtask/src/brotli.mjs");
        let size = process::output(Command::new("node").arg(script).arg(file))?;
        fs::create_dir_all(project.cache().join("brotli"))?;
        Ok(fs::write(&kept, size)?)
    })?;
    Ok(fs::read_to_string(&kept)?.trim().parse()?)
}
