//! The page: TypeScript bundled by esbuild, everything else as it is; and the finished `dist/`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::process;
use crate::project::Project;

/// The modules that are files of their own in the site.
const ENTRIES: [&str; 11] = [
    "latent-lens.ts",
    "engine.ts",
    "page.ts",
    "lesson.ts",
    "embed.ts",
    "worker.ts",
    "embedding-worker.ts",
    "data-worker.ts",
    "graph-worker.ts",
    "black-boxes.ts",
    "microphone-worklet.ts",
];

/// Of them, those of the first figure: what they share, and parts that are fetched when they are wanted,
/// are files beside them.
const IN_CHUNKS: [&str; 2] = ["latent-lens.ts", "page.ts"];

/// The element's code in the site.
pub const ELEMENT: &str = "latent-lens.js";

/// How the names of such files begin, and those of what they share with each other or with the entry
/// itself.
pub const CHUNK: &str = "chunk-";
const SHARED_CHUNK: &str = "chunk-chunk-";

/// Whether a file is one that the `element`'s code cannot begin without.
pub fn is_imported(element: &str, name: &str) -> bool {
    // Beside each file lies its source map.
    name.starts_with(SHARED_CHUNK) && element.contains(&format!("\"./{name}\""))
}

/// The same for Node, by their names there.
const NODE_ENTRIES: [(&str, &str); 2] = [
    ("engine-node", "node/engine.ts"),
    ("worker-node", "node/worker.ts"),
];

/// The names of all of them, without their ending.
pub fn modules() -> impl Iterator<Item = &'static str> {
    let sources = ENTRIES.iter().filter_map(|entry| entry.strip_suffix(".ts"));
    sources.chain(NODE_ENTRIES.iter().map(|(name, _)| *name))
}

/// Bundles the page's TypeScript into the folder `to`, and returns the paths of the source files
/// that went into it.
pub fn page(project: &Project, to: &Path, minify: bool) -> Result<BTreeSet<PathBuf>> {
    let www = project.www();
    // Chunks are named after their content: those of earlier sources would stay.
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    let mut sources = bundle(project, to, minify, "page", |esbuild| {
        let entries = ENTRIES.iter().filter(|entry| !IN_CHUNKS.contains(entry));
        esbuild.args(entries.map(|entry| www.join(entry)));
    })?;
    sources.extend(bundle(project, to, minify, "chunks", |esbuild| {
        esbuild
            .args(IN_CHUNKS.map(|entry| www.join(entry)))
            .arg("--splitting")
            .arg(format!("--chunk-names={CHUNK}[name]-[hash]"));
    })?);
    sources.extend(bundle(project, to, minify, "node", |esbuild| {
        esbuild
            .args(NODE_ENTRIES.map(|(name, entry)| format!("{name}={}", www.join(entry).display())))
            .arg("--platform=node");
    })?);
    Ok(sources)
}

/// The pages that have the element, and where they ask for its code.
const PAGES: [&str; 2] = ["index.html", "embed.html"];
const ELEMENT_TAG: &str = r#"<script type="module" src="latent-lens.js""#;

/// Has the pages among the site's `files` ask at once for what the element's code imports, which they
/// would otherwise know of only when that has come in; the new ones are written into `folder`.
pub fn preload(files: &mut [(PathBuf, PathBuf)], folder: &Path) -> Result<()> {
    let at = |name: &str| {
        let found = files
            .iter()
            .position(|(inside, _)| inside == Path::new(name));
        found.with_context(|| format!("the site has no {name}"))
    };
    let pages = [at(PAGES[0])?, at(PAGES[1])?];
    let element = fs::read_to_string(&files[at(ELEMENT)?].1)?;
    let chunks = files.iter().filter_map(|(inside, _)| inside.to_str());
    let mut links = String::new();
    for name in chunks.filter(|name| is_imported(&element, name)) {
        links.extend(["<link rel=\"modulepreload\" href=\"", name, "\" />\n    "]);
    }
    fs::create_dir_all(folder)?;
    for (name, at) in PAGES.into_iter().zip(pages) {
        let text = fs::read_to_string(&files[at].1)?;
        ensure!(
            text.contains(ELEMENT_TAG),
            "{name} does not have `{ELEMENT_TAG}`"
        );
        let path = folder.join(name);
        fs::write(
            &path,
            text.replace(ELEMENT_TAG, &format!("{links}{ELEMENT_TAG}")),
        )?;
        files[at].1 = path;
    }
    Ok(())
}

/// Esbuild, as it is run for everything that browsers load.
pub fn esbuild(root: &Path) -> Command {
    let mut esbuild = process::npm_program(root, "esbuild");
    esbuild.args(["--target=es2022", "--charset=utf8", "--log-level=warning"]);
    esbuild
}

/// One run of esbuild over the `entries` that are given to it.
fn bundle(
    project: &Project,
    to: &Path,
    minify: bool,
    name: &str,
    entries: impl FnOnce(&mut Command),
) -> Result<BTreeSet<PathBuf>> {
    /// What esbuild tells of its work.
    #[derive(Deserialize)]
    struct Account {
        inputs: serde_json::Map<String, serde_json::Value>,
    }
    let account = to.with_extension(format!("{name}.json"));
    let mut esbuild = esbuild(&project.root);
    entries(&mut esbuild);
    process::run(
        esbuild
            .args(["--bundle", "--format=esm", "--sourcemap"])
            .args(minify.then_some("--minify"))
            .arg(format!("--outdir={}", to.display()))
            .arg(format!("--metafile={}", account.display())),
    )?;
    let Account { inputs } = serde_json::from_slice(&fs::read(account)?)?;
    // Esbuild names them from where it was run.
    Ok(inputs.keys().map(|path| project.root.join(path)).collect())
}

/// Makes the folder `to` hold the finished site and beside it the benchmark's page with the package
/// in the folders `kernels`, TensorFlow.js and ONNX Runtime Web, so that both sides are served alike.
pub fn bench(project: &Project, kernels: &[PathBuf], to: &Path) -> Result<()> {
    let sources = project.root.join("benches/page");
    let bundled = project.build().join("bench-page");
    process::run(
        esbuild(&project.root)
            .args(["bench.ts", "tensorflow.ts", "onnx-worker.ts"].map(|entry| sources.join(entry)))
            .args(["--bundle", "--minify", "--format=esm"])
            .arg(format!("--outdir={}", bundled.display())),
    )?;
    let ending = |ending: &'static str| {
        move |path: &Path| path.extension().is_some_and(|found| found == ending)
    };
    let tensorflow = project
        .root
        .join("node_modules/@tensorflow/tfjs-backend-wasm/dist");
    let onnxruntime = project.root.join("node_modules/onnxruntime-web/dist");
    // What runs without WebGPU and without other threads.
    let plain = |path: &Path| path.ends_with("ort-wasm-simd-threaded.wasm");
    let mut all = files(&project.dist(), |_| true)?;
    all.extend(files(&sources, ending("html"))?);
    let graphs = project.root.join("tests/models/fixtures/graphs");
    let graphs = ["convolutions.onnx", "transformer.onnx"]
        .map(|name| (Path::new("graphs").join(name), graphs.join(name)));
    all.extend(graphs);
    all.extend(files(&bundled, ending("js"))?);
    all.extend(files(&tensorflow, ending("wasm"))?);
    all.extend(files(&onnxruntime, plain)?);
    for folder in kernels {
        all.extend(files(folder, |path| {
            ending("js")(path) || ending("wasm")(path)
        })?);
    }
    mirror(&all, to)
}

/// The files of the folder `from` that belong into the site as they are, by their path in it.
pub fn files(from: &Path, belongs: impl Fn(&Path) -> bool) -> Result<Vec<(PathBuf, PathBuf)>> {
    let mut found = Vec::new();
    let mut folders = vec![from.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).with_context(|| format!("{}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if belongs(&path) {
                found.push((path.strip_prefix(from)?.to_owned(), path));
            }
        }
    }
    Ok(found)
}

/// Makes the folder `to` hold exactly `files`, given as pairs of the path in it and where the
/// content is. Files that are right already are left alone.
pub fn mirror(files: &[(PathBuf, PathBuf)], to: &Path) -> Result<()> {
    let mut wanted = BTreeSet::new();
    for (inside, source) in files {
        let path = to.join(inside);
        if !wanted.insert(path.clone()) {
            bail!("two files of the site are named {}", inside.display());
        }
        let content = fs::read(source).with_context(|| format!("{}", source.display()))?;
        if fs::read(&path).is_ok_and(|old| old == content) {
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, content).with_context(|| format!("{}", path.display()))?;
    }
    for (_, path) in self::files(to, |path| !wanted.contains(path))? {
        fs::remove_file(path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn the_site_holds_what_it_should_and_nothing_else() {
        let folder = Scratch::new();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(from.join("data")).unwrap();
        fs::create_dir_all(to.join("old")).unwrap();
        fs::write(from.join("index.html"), "page").unwrap();
        fs::write(from.join("data/0.gz"), "digits").unwrap();
        fs::write(from.join("element.ts"), "source").unwrap();
        fs::write(to.join("old/stale.js"), "stale").unwrap();
        fs::write(to.join("index.html"), "last week's page").unwrap();

        let ending = |path: &Path| path.extension().is_none_or(|ending| ending != "ts");
        mirror(&files(&from, ending).unwrap(), &to).unwrap();

        let mut left: Vec<_> = files(&to, |_| true).unwrap();
        left.sort();
        let left: Vec<_> = left.iter().map(|(inside, _)| inside.as_path()).collect();
        assert_eq!(left, [Path::new("data/0.gz"), Path::new("index.html")]);
        assert_eq!(fs::read(to.join("index.html")).unwrap(), b"page");
    }

    #[test]
    fn pages_ask_at_once_for_what_the_element_imports() {
        let folder = Scratch::new();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            (PathBuf::from(name), path)
        };
        let page = format!("<head>\n    {ELEMENT_TAG}></script>");
        let mut files = [
            write("latent-lens.js", r#"import{a}from"./chunk-chunk-A.js";"#),
            write("chunk-chunk-A.js", ""),
            write("chunk-chunk-B.js", ""),
            write("index.html", &page),
            write("embed.html", &page),
        ];
        let to = folder.path().join("preloading");
        preload(&mut files, &to).unwrap();
        for (inside, source) in &files[3..] {
            assert_eq!(*source, to.join(inside));
            let text = fs::read_to_string(source).unwrap();
            let link = r#"<link rel="modulepreload" href="chunk-chunk-A.js" />"#;
            assert_eq!(
                text,
                format!("<head>\n    {link}\n    {ELEMENT_TAG}></script>")
            );
        }
    }

    #[test]
    fn two_files_cannot_be_one() {
        let folder = Scratch::new();
        let file = folder.path().join("a");
        fs::write(&file, "").unwrap();
        let files = [("x".into(), file.clone()), ("x".into(), file)];
        assert!(mirror(&files, &folder.path().join("to")).is_err());
    }
}
