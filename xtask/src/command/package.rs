//! `cargo xtask package`: the npm package in `build/package/`, ready for `npm publish`.

use anyhow::Result;

use super::{Arguments, build};
use crate::package;
use crate::project::Project;

pub fn run(arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    let project = Project::find()?;
    build::build(&project, true, &[])?;
    println!("The package is in {}", package::make(&project)?.display());
    Ok(())
}
