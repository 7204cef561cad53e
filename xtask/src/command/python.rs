//! `cargo xtask python`: the Python package as a wheel of this system, in `build/wheel/`.

use anyhow::Result;

use super::{Arguments, build};
use crate::project::Project;
use crate::{process, python, step};

pub fn run(mut arguments: Arguments) -> Result<()> {
    let as_built = arguments.flag("--as-built");
    arguments.finish()?;
    let project = Project::find()?;
    if !as_built {
        build::build(&project, true, &[])?;
        step::timed("program", || {
            let mut cargo = process::cargo(&project.root, "build");
            process::run(cargo.args(["--release", "--bin", python::PROGRAM]))
        })?;
    }
    let program = python::program(&project, "release");
    let wheel = step::timed("wheel", || python::make(&project, &program))?;
    println!("The wheel is {}", wheel.display());
    Ok(())
}
