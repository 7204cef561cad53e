//! `cargo xtask release`: what a release hands out, in `build/release/`.

use anyhow::Result;

use super::{Arguments, build};
use crate::project::Project;
use crate::release;

pub fn run(arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    let project = Project::find()?;
    build::build(&project, true, &[])?;
    let folder = release::make(&project)?;
    println!("The release is in {}", folder.display());
    Ok(())
}
