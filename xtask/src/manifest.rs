//! `wasm-pack.toml`: which wasm packages there are, how they are built, how large they may be.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// Features of WebAssembly that the compiler may use, as wasm-opt names them.
    pub wasm_features: Vec<String>,
    /// The packages, in the order in which they are built.
    #[serde(rename = "package")]
    pub packages: Vec<Package>,
}

/// One wasm package: a crate, the library unless another is named, built with certain features.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Package {
    /// Its files in the site, see [`files`], are called after it.
    pub name: String,
    /// The crate; of this repository.
    #[serde(skip, default = "library")]
    pub source: &'static str,
    /// Cargo features; the default ones are off.
    pub features: Vec<String>,
    /// Cargo profile.
    pub profile: String,
    /// Functions that can be called, but never are, since what they are for does not happen here: their
    /// bodies are left out, see [`crate::emptied`].
    #[serde(default)]
    pub never_runs: Vec<String>,
    /// Arguments of wasm-opt; none: it does not run.
    pub wasm_opt: Vec<String>,
    /// Largest number of bytes that a visitor may have to download for it, compressed with
    /// brotli: wasm and JavaScript together.
    pub budget: u64,
}

/// The crate of which the site's packages are.
fn library() -> &'static str {
    "latent-lens"
}

/// The files in the site of the package called `name`: its script and its WebAssembly.
pub fn files(name: &str) -> [String; 2] {
    [format!("{name}.js"), format!("{name}_bg.wasm")]
}

impl Manifest {
    /// Reads `wasm-pack.toml` in `root`.
    pub fn read(root: &Path) -> Result<Self> {
        let path = root.join("wasm-pack.toml");
        let text = fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
        Self::parse(&text).with_context(|| format!("{}", path.display()))
    }

    /// The package that the benchmark's page alone loads: `benches/kernels`, built as the CPU engine is.
    pub fn kernels(&self) -> Result<Self> {
        let engine = self
            .packages
            .iter()
            .find(|package| package.name == "engine-cpu")
            .context("there is no package engine-cpu")?;
        Ok(Self {
            wasm_features: self.wasm_features.clone(),
            packages: vec![Package {
                name: "kernels".into(),
                source: "kernels",
                features: Vec::new(),
                ..engine.clone()
            }],
        })
    }

    fn parse(text: &str) -> Result<Self> {
        let manifest: Self = toml::from_str(text)?;
        ensure!(!manifest.packages.is_empty(), "there is no [[package]]");
        for (position, package) in manifest.packages.iter().enumerate() {
            let name = &package.name;
            // The name becomes part of file names.
            ensure!(
                !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'),
                "`{name}` is no name for a package: letters, digits and hyphens make one"
            );
            ensure!(
                manifest.packages[..position]
                    .iter()
                    .all(|other| other.name != *name),
                "two packages are named `{name}`"
            );
        }
        Ok(manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        wasm-features = ["simd"]
        [[package]]
        name = "view"
        features = ["view"]
        profile = "site"
        wasm-opt = ["-Os"]
        budget = 1000
    "#;

    #[test]
    fn a_package_is_read() {
        let manifest = Manifest::parse(GOOD).unwrap();
        assert_eq!(manifest.wasm_features, ["simd"]);
        let package = &manifest.packages[0];
        assert_eq!(package.name, "view");
        assert_eq!(package.features, ["view"]);
        assert_eq!(package.profile, "site");
        assert_eq!(package.wasm_opt, ["-Os"]);
        assert_eq!(package.budget, 1000);
    }

    #[test]
    fn mistakes_are_refused() {
        for (from, to) in [
            ("budget = 1000", ""),
            ("budget = 1000", "budget = -1"),
            ("budget = 1000", "budget = 1000\ncolour = 1"),
            (r#"name = "view""#, r#"name = "../view""#),
            (r#"name = "view""#, r#"name = """#),
            ("[[package]]", "[package]"),
        ] {
            assert!(Manifest::parse(&GOOD.replace(from, to)).is_err(), "{to}");
        }
        let (_, package) = GOOD.split_once("[[package]]").unwrap();
        assert!(Manifest::parse(&format!("{GOOD}\n[[package]]\n{package}")).is_err());
    }

    #[test]
    fn the_projects_own_file_is_good() {
        // Cargo runs tests in their package's folder.
        Manifest::read(Path::new("..")).unwrap();
    }
}
