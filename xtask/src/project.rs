//! Where things are.

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::Deserialize;

use crate::process;

/// The folders of this checkout.
pub struct Project {
    /// The repository's root.
    pub root: PathBuf,
    /// Cargo's target folder, wherever it was put.
    pub target: PathBuf,
}

impl Project {
    /// Finds the checkout that the working folder is in. (Where this program was compiled says
    /// nothing: two checkouts may share one target folder.)
    pub fn find() -> Result<Self> {
        #[derive(Deserialize)]
        struct Metadata {
            workspace_root: PathBuf,
            target_directory: PathBuf,
        }
        let metadata = process::output(process::cargo(Path::new("."), "metadata").args([
            "--no-deps",
            "--format-version",
            "1",
        ]))?;
        let Metadata {
            workspace_root,
            target_directory,
        } = serde_json::from_str(&metadata)?;
        Ok(Self {
            root: workspace_root,
            target: target_directory,
        })
    }

    /// The finished static site.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// Sources of the page.
    pub fn www(&self) -> PathBuf {
        self.root.join("www")
    }

    /// What the web tools make for each other: types, test bundles, screenshots.
    pub fn build(&self) -> PathBuf {
        self.root.join("build")
    }

    /// What is slow to make and good to keep, beside cargo's own files so that whoever keeps
    /// the target folder keeps these too.
    pub fn cache(&self) -> PathBuf {
        self.target.join("site-cache")
    }
}
