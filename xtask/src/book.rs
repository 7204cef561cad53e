//! The book: Markdown of `docs/`, made into pages by mdBook, as part of the site.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::project::Project;
use crate::stamp::{self, Key};
use crate::{bundle, process, tools};

/// Its folder in the site.
const FOLDER: &str = "book";

/// Makes the pages, and brings those in the site up to date.
pub fn build(project: &Project) -> Result<()> {
    tools::npm_packages(project)?;
    process::run(
        Command::new(mdbook(project)?)
            .current_dir(&project.root)
            .env("RUST_LOG", "warn")
            .arg("build"),
    )?;
    bundle::mirror(
        &bundle::files(&made(project), |_| true)?,
        &project.dist().join(FOLDER),
    )
}

/// Follows every link of the book that leads to a file of the site.
pub fn check_links(project: &Project) -> Result<()> {
    let folder = project.dist().join(FOLDER);
    let mut broken = Vec::new();
    for (page, path) in bundle::files(&folder, |path| {
        path.extension().is_some_and(|e| e == "html")
    })? {
        let html = fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
        let from = path.parent().context("a page lies in a folder")?;
        for target in targets(&html) {
            if !from.join(target).exists() {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    ensure!(
        broken.is_empty(),
        "links to nothing:\n  {}",
        broken.join("\n  ")
    );
    Ok(())
}

/// What the links and pictures of a page lead to, as far as that is a file beside it.
fn targets(html: &str) -> impl Iterator<Item = &str> {
    // In code shown to people, tags do not begin with `<`.
    let tags = html.split('<').filter_map(|rest| rest.split('>').next());
    tags.flat_map(|tag| ["href=\"", "src=\""].map(|attribute| tag.split(attribute).skip(1)))
        .flatten()
        .filter_map(|rest| rest.split('"').next())
        .filter(|target| !target.contains(':') && !target.starts_with('/'))
        .filter_map(|target| target.split(['#', '?']).next())
        .filter(|target| !target.is_empty())
}

/// The pages as they were made last, by their path in the site; none if they never were.
pub fn files(project: &Project) -> Result<Vec<(PathBuf, PathBuf)>> {
    let made = made(project);
    if !made.exists() {
        return Ok(Vec::new());
    }
    let files = bundle::files(&made, |_| true)?;
    let inside = |(path, source): (PathBuf, PathBuf)| (Path::new(FOLDER).join(path), source);
    Ok(files.into_iter().map(inside).collect())
}

fn made(project: &Project) -> PathBuf {
    project.build().join("book")
}

/// mdBook's program, compiled here unless it has been.
pub fn mdbook(project: &Project) -> Result<PathBuf> {
    const VERSION: &str = "0.5.4";
    let root = project.cache().join("mdbook");
    fs::create_dir_all(&root)?;
    stamp::once(&root.join("installed"), &Key::new().with(VERSION), || {
        println!("Compiling mdBook {VERSION}, which takes a few minutes");
        process::run(
            process::cargo(&project.root, "install")
                .args(["mdbook", "--version", VERSION, "--locked", "--debug"])
                .args(["--no-default-features", "--features", "search"])
                .arg("--root")
                .arg(&root),
        )
    })?;
    let program = root.join("bin/mdbook");
    Ok(program.with_extension(std::env::consts::EXE_EXTENSION))
}

#[cfg(test)]
mod tests {
    use super::targets;

    #[test]
    fn links_to_files_are_found() {
        let html = r##"<a href="method.html#stage-1"><img src="images/a.svg"><a href="#top">
            <a href="https://example.org/"><a href="../?epochs=5"><a href="/404.html">
            <code>&lt;img src="b.svg"></code>"##;
        let found: Vec<_> = targets(html).collect();
        assert_eq!(found, ["method.html", "images/a.svg", "../"]);
    }
}
