//! The extension for Quarto: a shortcode, and the element in one script.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::project::Project;
use crate::{bundle, packed};

/// Where a project has it.
pub const FOLDER: &str = "_extensions/latent-lens";
/// Attributes of the element that are no settings.
const BESIDE: [&str; 4] = ["link", "loading", "poster", "preset"];

/// The extension's files, by their paths in its folder.
pub fn files(project: &Project) -> Result<Vec<(PathBuf, PathBuf)>> {
    let made = project.build().join("quarto-parts");
    fs::create_dir_all(&made)?;
    let settings = made.join("settings.lua");
    fs::write(&settings, self::settings(project)?)?;
    let mut files = bundle::files(&project.root.join("quarto/latent-lens"), |_| true)?;
    files.push(("settings.lua".into(), settings));
    files.push((bundle::ELEMENT.into(), packed::script(project)?));
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        files.push((licence.into(), project.root.join(licence)));
    }
    files.push(("licences.txt".into(), project.dist().join("licences.txt")));
    Ok(files)
}

/// A table in Lua that has all that may be said of the element.
fn settings(project: &Project) -> Result<String> {
    let table: Vec<Value> = serde_json::from_str(&packed::settings(project)?)?;
    let named = table.iter().map(|row| row["name"].as_str());
    let names: Option<Vec<&str>> = named.chain(BESIDE.map(Some)).collect();
    let lines = names
        .context("a setting has no name")?
        .into_iter()
        .map(|name| format!("  [\"{name}\"] = true,\n"));
    Ok(format!("return {{\n{}}}\n", lines.collect::<String>()))
}
