//! The examples, built with the tools that their readers use, and opened in a real browser.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::project::Project;
use crate::stamp::{self, Key};
use crate::{book, browser, bundle, package, process, python, tools};

/// An example, by its folder, and where it wants the site's files, if it has a place for them.
struct Example {
    name: &'static str,
    site: Option<&'static str>,
}

const fn example(name: &'static str, site: Option<&'static str>) -> Example {
    Example { name, site }
}

const EXAMPLES: [Example; 8] = [
    example("html", Some("latent-lens")),
    example("react", None),
    example("observable", None),
    example("jupyter", None),
    example("mdbook", Some("src/latent-lens")),
    example("sphinx", Some("_static/latent-lens")),
    example("mkdocs", Some("docs/latent-lens")),
    example("quarto", Some("latent-lens")),
];

/// Those that Python's tools make, with the packages of their `requirements.txt`.
const PYTHON: [&str; 3] = ["jupyter", "mkdocs", "sphinx"];

/// The version by which an example asks for the npm package.
const PUBLISHED: &str = r#""latent-lens": "0.1.0""#;

/// Builds every example against the site in `dist/` and runs `tests/examples` on them.
pub fn check(project: &Project) -> Result<()> {
    let folder = project.build().join("examples");
    copy(&package::make(project)?, &folder.join("package"))?;
    for Example { name, site } in &EXAMPLES {
        let to = folder.join(name);
        copy(&project.root.join("examples").join(name), &to)?;
        if let Some(site) = site {
            copy(&project.dist(), &to.join(site))?;
        }
    }

    npm(&folder.join("react"), &[])?;
    // It counts its users, unless told not to.
    npm(
        &folder.join("observable"),
        &[("OBSERVABLE_TELEMETRY_DISABLE", "true")],
    )?;
    process::run(
        Command::new(book::mdbook(project)?)
            .env("RUST_LOG", "warn")
            .arg("build")
            .arg(folder.join("mdbook")),
    )?;
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
    quarto(&folder.join("quarto"))?;

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

/// Installs what an example's `package.json` names, and builds it.
fn npm(folder: &Path, environment: &[(&str, &str)]) -> Result<()> {
    let file = folder.join("package.json");
    let package = fs::read_to_string(&file)?;
    // What npm would fetch is what was just built here.
    fs::write(
        &file,
        package.replace(PUBLISHED, r#""latent-lens": "file:../package""#),
    )?;
    let npm = || -> Result<Command> {
        let program = process::find(&["npm", "npm.cmd"]).context("npm is not installed")?;
        let mut npm = Command::new(program);
        npm.current_dir(folder).envs(environment.iter().copied());
        Ok(npm)
    };
    let key = Key::new().with_file(&file);
    stamp::once(&folder.join("node_modules/.installed"), &key, || {
        println!("Installing the npm packages of {}", file.display());
        process::run(npm()?.args(["install", "--no-audit", "--no-fund", "--loglevel=error"]))
    })?;
    process::run(npm()?.args(["run", "build", "--silent"]))
}

/// Quarto comes from no package registry: its page's HTML is looked at without what stands around it.
fn quarto(folder: &Path) -> Result<()> {
    let page = fs::read_to_string(folder.join("index.qmd"))?;
    let block = page
        .split_once("```{=html}\n")
        .and_then(|(_, rest)| rest.split_once("```"))
        .context("index.qmd has a block of HTML")?
        .0;
    let html = format!("<!doctype html>\n<meta charset=\"utf-8\">\n<title>Quarto</title>\n{block}");
    Ok(fs::write(folder.join("index.html"), html)?)
}
