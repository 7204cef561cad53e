//! The licences of everything that the site, or the program of the terminal, contains and others wrote, in one
//! text file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::manifest::Manifest;
use crate::project::Project;
use crate::stamp::{self, Key};
use crate::{process, tools};

/// How the files begin that hold licences.
const FILES: [&str; 6] = [
    "license",
    "licence",
    "copying",
    "copyright",
    "notice",
    "unlicense",
];

/// Something of somebody else's that is part of the site.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    name: String,
    version: String,
    /// An SPDX expression, as its author wrote it.
    licence: String,
    folder: PathBuf,
}

/// Writes the file `to`: every crate of the wasm packages, and every npm package of which a file is
/// among `bundled`.
pub fn write(
    project: &Project,
    manifest: &Manifest,
    bundled: &BTreeSet<PathBuf>,
    to: &Path,
) -> Result<()> {
    let npm: BTreeSet<PathBuf> = bundled
        .iter()
        .filter_map(|path| npm_package(path))
        .collect();
    let features: BTreeSet<&str> = manifest
        .packages
        .iter()
        .flat_map(|package| &package.features)
        .map(String::as_str)
        .collect();
    let key = Key::new()
        .with_file(&project.root.join("Cargo.lock"))
        .with_file(&project.root.join("package-lock.json"))
        .with(&features)
        .with(&npm);
    stamp::once(&to.with_extension("stamp"), &key, || {
        let features: Vec<&str> = features.iter().copied().collect();
        let features = features.join(",");
        let of_site = [
            "--target",
            tools::WASM,
            "--no-default-features",
            "--features",
        ];
        let mut parts = crates(project, of_site.into_iter().chain([&*features]))?;
        for folder in &npm {
            parts.insert(npm_part(folder)?);
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(fs::write(to, text(&parts)?)?)
    })
}

/// Writes the file `to`: every crate of the program of the terminal, on this system.
pub fn write_of_program(project: &Project, to: &Path) -> Result<()> {
    Ok(fs::write(to, text(&crates(project, [])?)?)?)
}

/// The crates that become part of what cargo makes with these arguments.
fn crates<'a>(
    project: &Project,
    arguments: impl IntoIterator<Item = &'a str>,
) -> Result<BTreeSet<Part>> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        name: String,
        version: String,
        license: Option<String>,
        license_file: Option<PathBuf>,
        manifest_path: PathBuf,
        source: Option<String>,
    }
    // The metadata also lists what no chosen feature needs; the tree does not say where things lie.
    let tree = process::output(
        process::cargo(&project.root, "tree")
            .args(["--package", "latent-lens", "--edges=normal,no-proc-macro"])
            .args(["--prefix=none", "--format={p}"])
            .args(arguments),
    )?;
    let used: BTreeSet<(&str, &str)> = tree
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            Some((words.next()?, words.next()?.strip_prefix('v')?))
        })
        .collect();
    let metadata = process::output(process::cargo(&project.root, "metadata").args([
        "--format-version",
        "1",
        "--locked",
    ]))?;
    let Metadata { packages } = serde_json::from_str(&metadata)?;
    packages
        .into_iter()
        .filter(|package| package.source.is_some())
        .filter(|package| used.contains(&(&*package.name, &*package.version)))
        .map(|package| {
            let file = package.license_file.map(|path| path.display().to_string());
            Ok(Part {
                licence: package
                    .license
                    .or(file)
                    .with_context(|| format!("the crate {} names no licence", package.name))?,
                folder: package
                    .manifest_path
                    .parent()
                    .context("a manifest lies in a folder")?
                    .to_owned(),
                name: package.name,
                version: package.version,
            })
        })
        .collect()
}

/// The folder of the npm package that a file belongs to.
fn npm_package(file: &Path) -> Option<PathBuf> {
    let mut folder = PathBuf::new();
    let mut words = file.iter();
    let mut found = false;
    // Of packages within packages, the innermost.
    while let Some(word) = words.next() {
        folder.push(word);
        if word == "node_modules" {
            let name = words.next()?;
            folder.push(name);
            if name.to_string_lossy().starts_with('@') {
                folder.push(words.next()?);
            }
            found = true;
            if !words.clone().any(|word| word == "node_modules") {
                break;
            }
        }
    }
    found.then_some(folder)
}

fn npm_part(folder: &Path) -> Result<Part> {
    #[derive(Deserialize)]
    struct Package {
        name: String,
        version: String,
        license: String,
    }
    let path = folder.join("package.json");
    let package = fs::read(&path).with_context(|| format!("{}", path.display()))?;
    let Package {
        name,
        version,
        license,
    } = serde_json::from_slice(&package).with_context(|| format!("{}", path.display()))?;
    Ok(Part {
        name,
        version,
        licence: license,
        folder: folder.to_owned(),
    })
}

/// A list of the parts, then every licence once with the parts that come under it.
fn text(parts: &BTreeSet<Part>) -> Result<String> {
    let mut text = String::from(
        "latent-lens itself comes under MIT or Apache-2.0, at your option. It contains the work of \
         others:\n\n",
    );
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for part in parts {
        let name = format!("{} {}", part.name, part.version);
        writeln!(text, "{name}: {}", part.licence)?;
        for file in licence_files(&part.folder)? {
            // Some are not quite UTF-8, or end their lines as Windows does.
            let bytes = fs::read(&file).with_context(|| format!("{}", file.display()))?;
            let licence = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
            texts
                .entry(licence.trim().to_owned())
                .or_default()
                .push(name.clone());
        }
    }
    for (licence, of) in texts {
        let line = "-".repeat(72);
        writeln!(text, "\n{line}\n{}\n{line}\n\n{licence}", of.join(", "))?;
    }
    Ok(text)
}

/// The files of a folder that hold licences, by name.
fn licence_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("{}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_lowercase();
        let is_licence = FILES.iter().any(|beginning| name.starts_with(beginning));
        if is_licence && entry.file_type()?.is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn a_file_is_of_the_innermost_package() {
        for (file, package) in [
            (
                "/x/node_modules/umap-js/dist/a.js",
                Some("/x/node_modules/umap-js"),
            ),
            (
                "/x/node_modules/@noble/hashes/md.js",
                Some("/x/node_modules/@noble/hashes"),
            ),
            (
                "/x/node_modules/a/node_modules/b/c.js",
                Some("/x/node_modules/a/node_modules/b"),
            ),
            ("/x/www/page.ts", None),
        ] {
            assert_eq!(
                npm_package(Path::new(file)),
                package.map(PathBuf::from),
                "{file}"
            );
        }
    }

    #[test]
    fn a_licence_stands_once_with_all_who_come_under_it() {
        let folder = Scratch::new();
        let part = |name: &str, licence: &str| {
            let folder = folder.path().join(name);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("LICENSE-MIT"), licence).unwrap();
            fs::write(folder.join("lib.rs"), "no licence").unwrap();
            Part {
                name: name.into(),
                version: "1.0.0".into(),
                licence: "MIT".into(),
                folder,
            }
        };
        let parts = [
            part("a", "Permission\r\n"),
            part("b", "Permission\n"),
            part("c", "Other"),
        ];
        let text = text(&BTreeSet::from(parts)).unwrap();
        assert_eq!(text.matches("Permission").count(), 1);
        assert!(text.contains("\na 1.0.0, b 1.0.0\n"));
        assert!(text.contains("\nc 1.0.0: MIT\n"));
        assert!(!text.contains("no licence"));
    }
}
