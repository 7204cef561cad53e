//! The service worker: `www/offline/service-worker.ts` with the list of this build's files, by
//! which it keeps the site in a visitor's browser.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::project::Project;
use crate::{bundle, process};

/// What stands between opening the page and the default figure, where there is no WebGPU.
pub const FIRST_FIGURE: [&str; 12] = [
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
    "data/mnist/0.idx.gz",
    "data/mnist/1.idx.gz",
];
/// What else is kept from the first visit on.
const FIRST_BESIDE: [&str; 6] = [
    "charts.js",
    "charts_bg.wasm",
    "icon.svg",
    "manifest.webmanifest",
    "lesson.js",
    "lessons/autoencoders.md",
];

/// What no page asks for: the worker itself, and files for search engines, previews and debuggers.
const NOT_KEPT: [&str; 4] = ["service-worker.js", "404.html", "robots.txt", "preview.png"];

/// A build as the service worker knows it.
#[derive(Serialize)]
struct Build {
    version: String,
    files: BTreeMap<String, String>,
    first: Vec<String>,
}

/// Adds the service worker to the site's `files`; unless the site is optimised, one that keeps
/// nothing, so that whoever works on the page sees every change at once.
pub fn add(project: &Project, files: &mut Vec<(PathBuf, PathBuf)>, optimise: bool) -> Result<()> {
    let folder = project.build().join("offline");
    let bundled = folder.join("bundled.js");
    process::run(
        bundle::esbuild(&project.root)
            .arg(project.www().join("offline/service-worker.ts"))
            .args(["--bundle", "--format=iife"])
            .args(optimise.then_some("--minify"))
            .arg(format!("--outfile={}", bundled.display())),
    )?;
    let code = fs::read_to_string(bundled)?;
    let build = if optimise {
        Build::of(files, &code)?
    } else {
        Build::nothing()
    };
    let worker = folder.join("service-worker.js");
    let list = serde_json::to_string(&build)?;
    fs::write(&worker, format!("const BUILD={list};\n{code}"))?;
    files.push(("service-worker.js".into(), worker));
    Ok(())
}

impl Build {
    fn nothing() -> Self {
        Self {
            version: "none".to_owned(),
            files: BTreeMap::new(),
            first: Vec::new(),
        }
    }

    /// The build with these `files` and the service worker's `code`.
    fn of(files: &[(PathBuf, PathBuf)], code: &str) -> Result<Self> {
        let mut hashes = BTreeMap::new();
        for (inside, source) in files {
            let path = address(inside)?;
            if NOT_KEPT.contains(&path.as_str())
                || inside.extension().is_some_and(|ending| ending == "map")
            {
                continue;
            }
            let content = fs::read(source).with_context(|| format!("{}", source.display()))?;
            hashes.insert(path, hash(&content));
        }
        let mut first: Vec<String> = first().into_iter().map(str::to_owned).collect();
        for file in &first {
            ensure!(
                hashes.contains_key(file),
                "the site has no {file}, which the service worker is to keep"
            );
        }
        // Whoever has the page has its parts and the lesson's translations, wanted or not yet: they
        // are small.
        let small = |file: &&String| file.starts_with(bundle::CHUNK) || is_translation(file);
        first.extend(hashes.keys().filter(small).cloned());
        let version = hash(format!("{hashes:?} {code}").as_bytes());
        Ok(Self {
            version,
            files: hashes,
            first,
        })
    }
}

fn first() -> Vec<&'static str> {
    [&FIRST_FIGURE[..], &FIRST_BESIDE].concat()
}

/// Whether a file is the lesson in another language; the notes for teachers are fetched by those who
/// want them.
fn is_translation(file: &str) -> bool {
    let name = file.strip_prefix("lessons/autoencoders.");
    let language = name.and_then(|name| name.strip_suffix(".md"));
    language.is_some_and(|language| !language.starts_with("notes"))
}

/// A file's path as it stands in an address.
fn address(inside: &Path) -> Result<String> {
    let parts: Option<Vec<_>> = inside.iter().map(|part| part.to_str()).collect();
    let path = parts
        .with_context(|| format!("{} is no text", inside.display()))?
        .join("/");
    ensure!(
        path.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte)),
        "{path}: in an address this name would be written differently"
    );
    Ok(path)
}

/// The first 16 hexadecimal digits of the SHA-256.
fn hash(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    digest[..8].iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes every write");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    fn site(folder: &Path) -> Vec<(PathBuf, PathBuf)> {
        let extra = [
            "404.html",
            "page.js.map",
            "data/mnist/9.idx.gz",
            "chunk-space-ABCDEFGH.js",
            "lessons/autoencoders.de.md",
            "lessons/autoencoders.notes.md",
        ];
        let names = first().into_iter().chain(extra);
        names
            .map(|name| {
                let path = folder.join(name.replace('/', "-"));
                fs::write(&path, name).unwrap();
                (PathBuf::from(name), path)
            })
            .collect()
    }

    #[test]
    fn a_hash_is_the_start_of_sha_256() {
        // Of the standard's own example.
        assert_eq!(hash(b"abc"), "ba7816bf8f01cfea");
    }

    #[test]
    fn a_build_has_every_file_that_a_page_asks_for() {
        let folder = Scratch::new();
        let Build { files, first, .. } = Build::of(&site(folder.path()), "").unwrap();
        assert_eq!(files.len(), super::first().len() + 4);
        assert_eq!(files["data/mnist/9.idx.gz"], hash(b"data/mnist/9.idx.gz"));
        assert!(first.iter().all(|file| files.contains_key(file)));
        let kept = |wanted: &str| first.iter().any(|file| file == wanted);
        assert!(kept("chunk-space-ABCDEFGH.js") && kept("lessons/autoencoders.de.md"));
        assert!(!kept("lessons/autoencoders.notes.md"));
    }

    #[test]
    fn a_version_depends_on_every_file_and_on_the_code() {
        let folder = Scratch::new();
        let mut site = site(folder.path());
        let version = |site: &[_], code| Build::of(site, code).unwrap().version;
        let before = version(&site, "");
        assert_eq!(version(&site, ""), before);
        assert_ne!(version(&site, "more"), before);
        fs::write(&site[0].1, "another page").unwrap();
        assert_ne!(version(&site, ""), before);
        site.remove(0);
        assert!(Build::of(&site, "").is_err(), "the page is missing");
    }
}
