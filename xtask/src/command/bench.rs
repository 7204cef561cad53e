//! `cargo xtask bench`: how fast and how good the site is, in a real browser.

use anyhow::Result;

use super::{Arguments, build};
use crate::project::Project;
use crate::{browser, process};

pub fn run(mut arguments: Arguments) -> Result<()> {
    let mut names = Vec::new();
    while let Some(name) = arguments.next_word() {
        names.push(name);
    }
    arguments.finish()?;

    let project = Project::find()?;
    build::build(&project, true, &[])?;
    let mut node = browser::node(&project)?;
    let programs = browser::programs(&project, &project.root.join("benches"), "site.ts")?;
    process::run(node.args(programs).args(names))
}
