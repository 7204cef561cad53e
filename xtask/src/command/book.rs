//! `cargo xtask book`: the book in `dist/book/`.

use anyhow::Result;

use super::Arguments;
use crate::project::Project;
use crate::{book, step};

pub fn run(arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    let project = Project::find()?;
    step::timed("book", || book::build(&project))?;
    println!("The book is in {}", project.dist().join("book").display());
    Ok(())
}
