//! How many bytes a visitor downloads, compressed with brotli as web servers do.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::manifest::Package;
use crate::project::Project;
use crate::{process, stamp};

/// Bytes that a visitor downloads for `package`: its JavaScript and its wasm.
pub fn download(project: &Project, package: &Package) -> Result<u64> {
    let dist = project.dist();
    let name = &package.name;
    let javascript = compressed(project, &dist.join(format!("{name}.js")))?;
    let wasm = compressed(project, &dist.join(format!("{name}_bg.wasm")))?;
    Ok(javascript + wasm)
}

/// What stands between opening the page and the default figure, where there is no WebGPU.
const FIRST_FIGURE: [&str; 10] = [
    "index.html",
    "style.css",
    "page.js",
    "latent-lens.js",
    "view.js",
    "view_bg.wasm",
    "worker.js",
    "engine-cpu.js",
    "engine-cpu_bg.wasm",
    "data/mnist/mnist.json",
];
/// The same; compressed as they lie there.
const FIRST_DIGITS: [&str; 2] = ["data/mnist/0.idx.gz", "data/mnist/1.idx.gz"];
/// What both may come to.
pub const FIRST_FIGURE_BUDGET: u64 = 700_000;

/// Bytes that a visitor downloads for the default figure.
pub fn first_figure(project: &Project) -> Result<u64> {
    let dist = project.dist();
    let mut bytes = 0;
    for file in FIRST_FIGURE {
        bytes += compressed(project, &dist.join(file))?;
    }
    for file in FIRST_DIGITS {
        bytes += fs::metadata(dist.join(file))?.len();
    }
    Ok(bytes)
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
