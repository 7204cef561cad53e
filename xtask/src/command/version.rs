//! `cargo xtask version`: the version of `Cargo.toml`, wherever else it stands.

use anyhow::Result;

use super::Arguments;
use crate::project::Project;
use crate::version;

pub fn run(arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    let project = Project::find()?;
    for file in version::spread(&project.root)? {
        println!("{file} was brought up to date");
    }
    println!("The version is {}", version::read(&project.root)?);
    Ok(())
}
