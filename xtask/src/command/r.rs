//! `cargo xtask r`: the R package in `build/r/`.

use anyhow::Result;

use super::{Arguments, build};
use crate::project::Project;
use crate::{r, step};

pub fn run(arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    let project = Project::find()?;
    build::build(&project, true, &[])?;
    let package = step::timed("R package", || r::make(&project))?;
    println!("The R package is {}", package.display());
    Ok(())
}
