//! The examples, built with the tools that their readers use, and opened in a real browser.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::project::Project;
use crate::stamp::{self, Key};
use crate::{book, browser, bundle, package, process, python, quarto, tools};

/// By their folders.
const EXAMPLES: [&str; 8] = [
    "html",
    "jupyter",
    "mdbook",
    "mkdocs",
    "observable",
    "quarto",
    "react",
    "sphinx",
];

/// Those that have the npm package.
const NPM: [&str; 4] = ["html", "mdbook", "observable", "react"];

/// Those that Python's tools make, with the packages of their `requirements.txt`.
const PYTHON: [&str; 3] = ["jupyter", "mkdocs", "sphinx"];

/// How an example asks for the npm package.
const PUBLISHED: &str = "\"latent-lens\": \"";

/// Builds every example against the site in `dist/` and runs `tests/examples` on them.
pub fn check(project: &Project) -> Result<()> {
    let folder = project.build().join("examples");
    copy(&package::make(project)?, &folder.join("package"))?;
    for name in EXAMPLES {
        copy(
            &project.root.join("examples").join(name),
            &folder.join(name),
        )?;
    }
    let mdbook = book::mdbook(project)?;
    // Framework keeps what it has bundled, by its version.
    let kept = folder.join("observable/src/.observablehq");
    if kept.exists() {
        fs::remove_dir_all(kept)?;
    }
    for name in NPM {
        npm(&folder.join(name), &mdbook)?;
    }
    let lists = PYTHON.map(|name| folder.join(name).join("requirements.txt"));
    let venv = python::environment(&folder.join("venv"), &python::for_tests(project)?, &lists)?;
    process::run(
        Command::new(venv.join("sphinx-build"))
            .args(["--quiet", "--fail-on-warning"])
            .arg(folder.join("sphinx"))
            .arg(folder.join("sphinx/_build")),
    )?;
    process::run(
        Command::new(venv.join("mkdocs"))
            .args(["--quiet", "build", "--strict", "--config-file"])
            .arg(folder.join("mkdocs/mkdocs.yml")),
    )?;
    quarto(project, &folder.join("quarto"))?;

    let mut node = browser::node(project, &folder, &tools::CHROMIUM)?;
    let tests = browser::programs(project, &project.root.join("tests/examples"), ".test.ts")?;
    process::run(
        node.env("JUPYTER", venv.join("jupyter"))
            .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
            .args(tests),
    )
}

/// Brings the files of a folder up to date in another one, which may have more.
fn copy(from: &Path, to: &Path) -> Result<()> {
    for (inside, source) in bundle::files(from, |_| true)? {
        let path = to.join(inside);
        fs::create_dir_all(path.parent().context("a file lies in a folder")?)?;
        fs::copy(&source, &path).with_context(|| format!("{}", path.display()))?;
    }
    Ok(())
}

/// Installs what an example's `package.json` names, and builds it, with the program `mdbook` at hand.
fn npm(folder: &Path, mdbook: &Path) -> Result<()> {
    let file = folder.join("package.json");
    let package = fs::read_to_string(&file)?;
    // What npm would fetch is what was just built here.
    let (before, asked) = package
        .split_once(PUBLISHED)
        .with_context(|| format!("{} does not ask for latent-lens", file.display()))?;
    let (_, behind) = asked.split_once('"').context("a version ends")?;
    fs::write(
        &file,
        [before, PUBLISHED, "file:../package\"", behind].concat(),
    )?;
    let programs = mdbook.parent().map(Path::to_owned).into_iter();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(programs.chain(std::env::split_paths(&path)))?;
    let npm = || -> Result<Command> {
        let program = process::find(&["npm", "npm.cmd"]).context("npm is not installed")?;
        let mut npm = Command::new(program);
        npm.current_dir(folder)
            .env("PATH", &path)
            .env("RUST_LOG", "warn")
            // Observable Framework counts its users, unless told not to.
            .env("OBSERVABLE_TELEMETRY_DISABLE", "true");
        Ok(npm)
    };
    let key = Key::new()
        .with_file(&file)
        .with_file(&folder.join("../package/packed.js"));
    stamp::once(&folder.join("node_modules/.installed"), &key, || {
        println!("Installing the npm packages of {}", file.display());
        // An earlier one of the same version would stay.
        let earlier = folder.join("node_modules/latent-lens");
        if earlier.exists() {
            fs::remove_dir_all(earlier)?;
        }
        process::run(npm()?.args([
            "install",
            // A folder that is copied, as one from the registry is, and not linked to.
            "--install-links",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]))
    })?;
    process::run(npm()?.args(["run", "build", "--silent"]))
}

/// Quarto comes from no package registry: pandoc, on which it is built, makes its page, with a filter that stands in
/// for it.
fn quarto(project: &Project, folder: &Path) -> Result<()> {
    tools::programs(&["pandoc"], &["pandoc"])?;
    bundle::mirror(&quarto::files(project)?, &folder.join(quarto::FOLDER))?;
    let filter = project.root.join("tests/examples/quarto.lua");
    process::run(
        Command::new("pandoc")
            .current_dir(folder)
            .args(["--from=markdown-smart", "--to=html", "--standalone"])
            .arg(format!("--lua-filter={}", filter.display()))
            .args(["index.qmd", "--output=index.html"]),
    )
}
