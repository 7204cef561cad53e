//! Lighthouse's audits of the page, as a phone and as a desktop computer meet it on the Internet.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::project::Project;
use crate::server::Server;
use crate::stamp::{self, Key};
use crate::{process, tools};

/// The newest that runs on Node 20. It brings more than a hundred packages, so it is installed
/// apart, by who asks for it.
const VERSION: &str = "12.8.2";

const CATEGORIES: [&str; 4] = ["performance", "accessibility", "best-practices", "seo"];
/// Of a hundred.
const LEAST: f64 = 95.0;
/// Other work on the machine makes a page look slower than it is, and never faster.
const ATTEMPTS: usize = 3;

const CHROMIUM: &str = "--headless=new --no-sandbox --disable-gpu --disable-background-networking \
                        --disable-component-update --disable-sync --no-first-run";

/// Audits the site in `dist/`: every category has to reach `LEAST` on both.
pub fn check(project: &Project) -> Result<()> {
    let program = install(project)?;
    let chromium = tools::CHROMIUM.program()?;
    let server = Server::bind(&project.dist(), "/some/folder/", 0)?.compressing();
    let url = server.url()?;
    std::thread::spawn(move || server.run());

    let mut missed = Vec::new();
    for device in ["mobile", "desktop"] {
        let mut best = [0.0_f64; CATEGORIES.len()];
        for _ in 0..ATTEMPTS {
            let report = project.build().join(format!("lighthouse-{device}.json"));
            let mut node = Command::new("node");
            node.arg(&program)
                .args([url.as_str(), "--quiet", "--output=json"])
                .arg(format!("--output-path={}", report.display()))
                .arg(format!("--only-categories={}", CATEGORIES.join(",")))
                .arg(format!("--chrome-flags={CHROMIUM}"))
                .args((device == "desktop").then_some("--preset=desktop"))
                .env("CHROME_PATH", &chromium);
            process::run(&mut node)?;
            for (best, score) in best.iter_mut().zip(scores(&report)?) {
                *best = best.max(score);
            }
            if best.iter().all(|score| *score >= LEAST) {
                break;
            }
        }
        for (name, score) in CATEGORIES.iter().zip(best) {
            println!("  {device}: {name} {score:.0}");
            if score < LEAST {
                missed.push(format!("{name} on {device}"));
            }
        }
    }
    ensure!(
        missed.is_empty(),
        "below {LEAST}: {}; see {}",
        missed.join(", "),
        project.build().join("lighthouse-*.json").display()
    );
    Ok(())
}

/// Of a hundred, in the order of `CATEGORIES`.
fn scores(report: &Path) -> Result<Vec<f64>> {
    let report: Value = serde_json::from_slice(&fs::read(report)?)?;
    if let Some(error) = report["runtimeError"]["message"].as_str() {
        bail!("Lighthouse could not look at the page: {error}");
    }
    let score = |category: &&str| report["categories"][category]["score"].as_f64();
    CATEGORIES
        .iter()
        .map(|category| {
            let score = score(category).with_context(|| format!("no score for {category}"))?;
            Ok(100.0 * score)
        })
        .collect()
}

/// The script that runs Lighthouse.
fn install(project: &Project) -> Result<PathBuf> {
    let folder = project.build().join("lighthouse");
    fs::create_dir_all(&folder)?;
    stamp::once(&folder.join("installed"), &Key::new().with(VERSION), || {
        println!("Installing Lighthouse {VERSION}");
        let npm = process::find(&["npm", "npm.cmd"]).context("npm is not installed")?;
        process::run(
            Command::new(npm)
                .current_dir(&folder)
                .args(["install", "--no-save", "--no-audit", "--no-fund"])
                .args(["--loglevel=error", "--prefix"])
                .arg(&folder)
                .arg(format!("lighthouse@{VERSION}")),
        )
    })?;
    Ok(folder.join("node_modules/lighthouse/cli/index.js"))
}
