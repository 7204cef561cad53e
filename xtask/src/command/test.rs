//! `cargo xtask test`: every check and every test, or those that are named; the extended ones only
//! where they are asked for.

use std::time::Instant;

use anyhow::{Result, bail};

use super::Arguments;
use crate::checks::{ALL, Checkout};
use crate::faults::Campaign;
use crate::manifest::Manifest;
use crate::project::Project;
use crate::step;

pub fn run(mut arguments: Arguments) -> Result<()> {
    let for_browser_tests = arguments.after_dashes();
    let extended = arguments.flag("--extended");
    let campaign = Campaign::of(arguments.value("--count")?, arguments.value("--seed")?)?;
    let mut names = Vec::new();
    while let Some(name) = arguments.next_word() {
        if !ALL.iter().any(|check| check.name == name) {
            let known: Vec<_> = ALL.iter().map(|check| check.name).collect();
            bail!("there is no check `{name}`; there are {}", known.join(", "));
        }
        names.push(name);
    }
    arguments.finish()?;

    let project = Project::find()?;
    let manifest = Manifest::read(&project.root)?;
    let checkout = Checkout {
        project,
        manifest,
        for_browser_tests,
        campaign,
    };

    let chosen = ALL.iter().filter(|check| {
        let is_named = names.iter().any(|name| name == check.name);
        let by_default = names.is_empty() && !check.extended;
        is_named || by_default || (extended && check.extended)
    });
    let mut summary = Vec::new();
    let mut failed = 0;
    for check in chosen {
        println!("\n{}: {}", check.name, check.what);
        let start = Instant::now();
        let outcome = match (check.run)(&checkout) {
            Ok(()) => "passed",
            Err(error) => {
                println!("{}: {error:#}", check.name);
                failed += 1;
                "FAILED"
            }
        };
        let line = format!(
            "{:12} {outcome} in {}",
            check.name,
            step::seconds(start.elapsed())
        );
        println!("{line}");
        summary.push(line);
    }

    // Once more and together, for whoever reads only the end of a log.
    println!("\n{}", summary.join("\n"));
    println!("{} passed, {failed} failed", summary.len() - failed);
    match failed {
        0 => Ok(()),
        1 => bail!("a check failed"),
        _ => bail!("{failed} checks failed"),
    }
}
