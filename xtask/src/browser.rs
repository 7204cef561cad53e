//! Programs of Node that drive the site in a real browser: the browser tests and the benchmark.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::project::Project;
use crate::server::Server;
use crate::tools::Browser;
use crate::{bundle, process, tools};

/// Serves the folder `site` as a folder of a server's, as GitHub Pages does, and gives a `node`
/// that learns from its environment where the site and the browser are.
pub fn node(project: &Project, site: &Path, browser: &Browser) -> Result<Command> {
    tools::npm_packages(project)?;
    let program = browser.program()?;

    let server = Server::bind(site, "/some/folder/", 0)?;
    let url = server.url()?;
    std::thread::spawn(move || server.run());

    let mut node = Command::new("node");
    node.current_dir(&project.root)
        .env("SITE", url)
        .env("DIST", site)
        .env(browser.variable, program)
        .env("SCREENSHOTS", project.build().join("screenshots"));
    Ok(node)
}

/// The TypeScript of `sources` whose names end in `ending`, as JavaScript that Node can run.
pub fn programs(project: &Project, sources: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let mut programs: Vec<PathBuf> = bundle::files(sources, |path| {
        path.to_str().is_some_and(|path| path.ends_with(ending))
    })?
    .into_iter()
    .map(|(_, path)| path)
    .collect();
    programs.sort();
    if programs.is_empty() {
        bail!("there is no {ending} in {}", sources.display());
    }

    let out = project.build().join("node");
    process::run(
        process::npm_program(&project.root, "esbuild")
            .args(&programs)
            .args([
                "--bundle",
                "--platform=node",
                "--format=esm",
                "--packages=external",
            ])
            .args(["--sourcemap=inline", "--log-level=warning"])
            .arg(format!("--outbase={}", project.root.display()))
            .arg(format!("--outdir={}", out.display())),
    )?;
    programs
        .into_iter()
        .map(|path| {
            Ok(out
                .join(path.strip_prefix(&project.root)?)
                .with_extension("js"))
        })
        .collect()
}
