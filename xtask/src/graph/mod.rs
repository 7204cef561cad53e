//! Who uses whom: the modules of `src/`, drawn from the code and held to their order.

mod order;
mod picture;
mod uses;

use std::fs;
use std::path::PathBuf;

use anyhow::{Result, ensure};

use crate::project::Project;

/// Every module with those that it uses, a line each, and the picture of them.
pub struct Graph {
    pub lines: Vec<String>,
    pub picture: String,
}

/// Reads the code.
///
/// # Errors
/// If a module uses one that stands to its right.
pub fn read(project: &Project) -> Result<Graph> {
    let uses = uses::read(&project.root.join("src"))?;
    let design = fs::read_to_string(project.root.join("docs/design.md"))?;
    let order = order::read(&design);
    order::check(&order, &uses)?;
    let line = |module: &String| {
        let used: Vec<&str> = uses[module].iter().map(String::as_str).collect();
        format!("{module}: {}", used.join(", "))
    };
    Ok(Graph {
        lines: order.iter().map(line).collect(),
        picture: picture::draw(&order, &uses),
    })
}

/// Where the picture is kept.
pub fn file(project: &Project) -> PathBuf {
    project.root.join("docs/images/modules.svg")
}

/// Refuses code whose modules use what stands to their right, and a picture of other code.
pub fn check(project: &Project) -> Result<()> {
    let graph = read(project)?;
    let kept = fs::read_to_string(file(project)).unwrap_or_default();
    ensure!(
        kept == graph.picture,
        "docs/images/modules.svg is not of this code: draw it with cargo xtask graph"
    );
    Ok(())
}
