//! `cargo xtask graph`: draws who uses whom among the modules of `src/`, for `docs/design.md`.

use std::fs;

use anyhow::Result;

use super::Arguments;
use crate::graph;
use crate::project::Project;

pub fn run(arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    let project = Project::find()?;
    let drawn = graph::read(&project)?;
    println!("{}", drawn.lines.join("\n"));
    fs::write(graph::file(&project), drawn.picture)?;
    Ok(())
}
