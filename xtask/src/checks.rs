//! The checks and tests that `cargo xtask test` runs.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::command::build;
use crate::faults::Campaign;
use crate::manifest::Manifest;
use crate::project::Project;
use crate::tools::Browser;
use crate::{
    again, book, browser, examples, faults, fuzz, graph, lighthouse, package, process, python, r,
    release, size, tools, wasm,
};

/// What is checked, and with what.
pub struct Checkout {
    pub project: Project,
    pub manifest: Manifest,
    /// Arguments for the runner of the browser tests.
    pub for_browser_tests: Vec<String>,
    pub campaign: Campaign,
}

/// A check that can be asked for by its name.
pub struct Check {
    pub name: &'static str,
    /// What it looks at, in a few words.
    pub what: &'static str,
    /// It takes many minutes, or installs tools that nothing else needs: it runs where it is named, and
    /// with `--extended`.
    pub extended: bool,
    pub run: fn(&Checkout) -> Result<()>,
}

/// All of them. Small mistakes are told first; what stands below `build` needs what that makes.
pub const ALL: &[Check] = &[
    Check {
        name: "rustfmt",
        what: "how Rust code is laid out",
        extended: false,
        run: rustfmt,
    },
    Check {
        name: "prettier",
        what: "how everything else is laid out",
        extended: false,
        run: prettier,
    },
    Check {
        name: "graph",
        what: "no module of src/ uses one to its right, and the picture of that",
        extended: false,
        run: the_graph,
    },
    Check {
        name: "clippy",
        what: "lints of everything that runs natively",
        extended: false,
        run: clippy,
    },
    Check {
        name: "clippy-wasm",
        what: "lints of every wasm package",
        extended: false,
        run: clippy_wasm,
    },
    Check {
        name: "rust",
        what: "the Rust tests and the examples of the documentation",
        extended: false,
        run: rust_tests,
    },
    Check {
        name: "build",
        what: "the site",
        extended: false,
        run: site,
    },
    Check {
        name: "book",
        what: "the book, and where its links lead",
        extended: false,
        run: the_book,
    },
    Check {
        name: "size",
        what: "every wasm package within its budget",
        extended: false,
        run: sizes,
    },
    Check {
        name: "types",
        what: "the types of all TypeScript",
        extended: false,
        run: types,
    },
    Check {
        name: "units",
        what: "the page's TypeScript that runs without a browser",
        extended: false,
        run: unit_tests,
    },
    Check {
        name: "browser",
        what: "the site in a real browser",
        extended: false,
        run: browser_tests,
    },
    Check {
        name: "faults",
        what: "faults at random times, in the site and in a terminal",
        extended: false,
        run: faults,
    },
    Check {
        name: "package",
        what: "the npm package: packed, installed, type-checked, bundled and opened",
        extended: false,
        run: package_tests,
    },
    Check {
        name: "firefox",
        what: "a visitor's whole path in Firefox",
        extended: false,
        run: firefox_tests,
    },
    Check {
        name: "examples",
        what: "the examples, built with their tools and opened in a real browser",
        extended: true,
        run: built_examples,
    },
    Check {
        name: "python",
        what: "the Python package: made, installed in an environment of its own and tested",
        extended: true,
        run: python_tests,
    },
    Check {
        name: "r",
        what: "the R package: checked by R, and its documents in a real browser",
        extended: true,
        run: r_package,
    },
    Check {
        name: "release",
        what: "the release's zip, unpacked on a plain static server; publishing, rehearsed",
        extended: false,
        run: release_tests,
    },
    Check {
        name: "lighthouse",
        what: "Lighthouse's audits of the page, on a phone and on a desktop computer",
        extended: true,
        run: lighthouse,
    },
    Check {
        name: "day",
        what: "2,000 runs of one page, with switches and exports between them: nothing may grow",
        extended: true,
        run: a_day,
    },
    Check {
        name: "fuzz",
        what: "every reader of files, and the page's messages, a minute each against inputs guided by coverage",
        extended: true,
        run: fuzz,
    },
    Check {
        name: "schedulers",
        what: "a run divided by GNU parallel, make and Slurm, as the book says",
        extended: true,
        run: schedulers,
    },
];

/// What runs natively; the WebGPU engine is checked as a wasm package. One after the other: with
/// both at once cargo would join the features of what they depend on and compile that again.
const NATIVE: [&[&str]; 2] = [
    &["--package", "xtask"],
    &[
        "--package",
        "latent-lens",
        "--features",
        "cli,engine-cpu,kernels",
    ],
];

fn rustfmt(Checkout { project, .. }: &Checkout) -> Result<()> {
    tools::rust_checkers(&project.root)?;
    process::run(process::cargo(&project.root, "fmt").args(["--all", "--check"]))
}

fn prettier(Checkout { project, .. }: &Checkout) -> Result<()> {
    tools::npm_packages(project)?;
    process::run(process::npm_program(&project.root, "prettier").args([
        "--check",
        "--log-level=warn",
        ".",
    ]))
}

fn the_graph(Checkout { project, .. }: &Checkout) -> Result<()> {
    graph::check(project)
}

fn clippy(Checkout { project, .. }: &Checkout) -> Result<()> {
    tools::rust_checkers(&project.root)?;
    for selection in NATIVE {
        process::run(
            process::cargo(&project.root, "clippy")
                .args(selection)
                .args(["--all-targets", "--", "--deny", "warnings"]),
        )?;
    }
    Ok(())
}

fn clippy_wasm(
    Checkout {
        project, manifest, ..
    }: &Checkout,
) -> Result<()> {
    tools::rust_checkers(&project.root)?;
    tools::wasm_target()?;
    let kernels = manifest.kernels()?;
    for package in manifest.packages.iter().chain(&kernels.packages) {
        process::run(
            process::cargo(&project.root, "clippy")
                .args(wasm::selection(package))
                .args(["--", "--deny", "warnings"]),
        )?;
    }
    Ok(())
}

fn rust_tests(Checkout { project, .. }: &Checkout) -> Result<()> {
    for selection in NATIVE {
        process::run(process::cargo(&project.root, "test").args(selection))?;
    }
    Ok(())
}

fn lighthouse(Checkout { project, .. }: &Checkout) -> Result<()> {
    lighthouse::check(project)
}

/// As many runs of one page as a day in class may have; `browser` makes a few of them.
fn a_day(checkout: &Checkout) -> Result<()> {
    let project = &checkout.project;
    let tests = browser::programs(project, &project.root.join("tests/browser"), "day.test.ts")?;
    let node = || {
        let mut node = browser::node(project, &project.dist(), &tools::CHROMIUM)?;
        node.env("LATENT_LENS_DAY_RUNS", "2000");
        Ok(node)
    };
    let results = project.build().join("results.tap");
    again::run(node, &tests, &checkout.for_browser_tests, &results)
}

fn fuzz(Checkout { project, .. }: &Checkout) -> Result<()> {
    fuzz::check(project)
}

/// Needs their programs: Debian has them in `parallel`, `make`, `munge` and `slurm-wlm`.
fn schedulers(Checkout { project, .. }: &Checkout) -> Result<()> {
    let [_, of_the_crate] = NATIVE;
    process::run(
        process::cargo(&project.root, "test")
            .args(of_the_crate)
            .args(["--test", "cli", "schedulers", "--", "--ignored"]),
    )
}

fn site(Checkout { project, .. }: &Checkout) -> Result<()> {
    build::build(project, true, &[])
}

fn the_book(Checkout { project, .. }: &Checkout) -> Result<()> {
    book::build(project)?;
    book::check_links(project)
}

fn sizes(
    Checkout {
        project, manifest, ..
    }: &Checkout,
) -> Result<()> {
    let mut sizes = Vec::new();
    for package in &manifest.packages {
        let bytes = size::download(project, package)?;
        sizes.push((package.name.as_str(), bytes, package.budget));
    }
    let first_figure = size::first_figure(project)?;
    sizes.push(("first figure", first_figure, size::FIRST_FIGURE_BUDGET));

    let mut too_large = Vec::new();
    for (name, bytes, budget) in sizes {
        println!("  {name}: {bytes} of {budget} bytes, compressed with brotli");
        if bytes > budget {
            too_large.push(name);
        }
    }
    ensure!(
        too_large.is_empty(),
        "over budget: {}",
        too_large.join(", ")
    );
    Ok(())
}

fn types(Checkout { project, .. }: &Checkout) -> Result<()> {
    tools::npm_packages(project)?;
    for config in [
        ".",
        "tsconfig.node.json",
        "tsconfig.service-worker.json",
        "tests/units",
        "tests/browser",
        "tests/faults",
        "tests/package",
        "tests/firefox",
        "tests/examples",
        "tests/r",
        "tests/release",
        "benches",
        "xtask/package",
        "xtask/pictures",
    ] {
        process::run(process::npm_program(&project.root, "tsc").args(["--project", config]))?;
    }
    Ok(())
}

/// Runs the tests of `tests/units` in Node, with the wasm packages of the site.
fn unit_tests(Checkout { project, .. }: &Checkout) -> Result<()> {
    tools::npm_packages(project)?;
    let tests = browser::programs(project, &project.root.join("tests/units"), ".test.ts")?;
    process::run(
        Command::new("node")
            .current_dir(&project.root)
            .env("DIST", project.dist())
            .args(["--test", "--test-reporter=spec"])
            .args(tests),
    )
}

fn python_tests(Checkout { project, .. }: &Checkout) -> Result<()> {
    python::check(project)
}

fn r_package(Checkout { project, .. }: &Checkout) -> Result<()> {
    r::check(project)
}

fn built_examples(Checkout { project, .. }: &Checkout) -> Result<()> {
    examples::check(project)
}

/// Runs the tests of `tests/browser` against the site.
fn browser_tests(checkout: &Checkout) -> Result<()> {
    tests_in(checkout, &tools::CHROMIUM, "tests/browser")
}

fn faults(checkout: &Checkout) -> Result<()> {
    let [_, of_the_crate] = NATIVE;
    faults::run(&checkout.project, &checkout.campaign, of_the_crate)
}

/// Runs the tests of `tests/firefox` against the site.
fn firefox_tests(checkout: &Checkout) -> Result<()> {
    tests_in(checkout, &tools::FIREFOX, "tests/firefox")
}

/// Runs the tests of `tests/package` on the npm package.
fn package_tests(checkout: &Checkout) -> Result<()> {
    package::make(&checkout.project)?;
    tests_in(checkout, &tools::CHROMIUM, "tests/package")
}

/// Runs the tests of `tests/release` against what is in the zip.
fn release_tests(checkout: &Checkout) -> Result<()> {
    let project = &checkout.project;
    let release = release::make(project)?;
    release::rehearse(project, &release)?;
    let site = release::unpack(project, &release, &project.build().join("unpacked"))?;
    tests_of(checkout, &site, &tools::CHROMIUM, "tests/release")
}

fn tests_in(checkout: &Checkout, browser: &Browser, folder: &str) -> Result<()> {
    tests_of(checkout, &checkout.project.dist(), browser, folder)
}

fn tests_of(checkout: &Checkout, site: &Path, browser: &Browser, folder: &str) -> Result<()> {
    let project = &checkout.project;
    let tests = browser::programs(project, &project.root.join(folder), ".test.ts")?;
    let node = || {
        let mut node = browser::node(project, site, browser)?;
        node.env("PACKAGE", project.build().join("package"));
        Ok(node)
    };
    let results = project.build().join("results.tap");
    again::run(node, &tests, &checkout.for_browser_tests, &results)
}
