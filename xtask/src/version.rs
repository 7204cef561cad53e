//! The one version of everything: it is set in `Cargo.toml`, and `cargo xtask version` writes it wherever else it has to
//! stand.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Where else it stands: a file, and what is before and behind it there.
const PLACES: [(&str, &str, &str); 19] = [
    ("package.json", "\n  \"version\": \"", "\""),
    ("package-lock.json", "\n  \"version\": \"", "\""),
    (
        "package-lock.json",
        "\"name\": \"latent-lens\",\n      \"version\": \"",
        "\"",
    ),
    ("CITATION.cff", "\nversion: ", "\n"),
    ("r/DESCRIPTION", "\nVersion: ", "\n"),
    ("r/inst/htmlwidgets/latentlens.yaml", " version: ", "\n"),
    ("quarto/latent-lens/_extension.yml", "\nversion: ", "\n"),
    ("quarto/latent-lens/latent-lens.lua", "version = \"", "\""),
    ("README.md", "latentlens_", ".tar.gz"),
    ("README.md", "latent-lens-quarto-", ".zip"),
    ("docs/documents.md", "latent-lens-quarto-", ".zip"),
    ("examples/quarto/README.md", "latent-lens-quarto-", ".zip"),
    ("examples/html/package.json", "\"latent-lens\": \"", "\""),
    ("examples/mdbook/package.json", "\"latent-lens\": \"", "\""),
    (
        "examples/observable/package.json",
        "\"latent-lens\": \"",
        "\"",
    ),
    ("examples/react/package.json", "\"latent-lens\": \"", "\""),
    ("examples/jupyter/requirements.txt", "\nlatent-lens==", "\n"),
    ("examples/mkdocs/requirements.txt", "latent-lens==", "\n"),
    ("examples/sphinx/requirements.txt", "latent-lens==", "\n"),
];

/// What `Cargo.toml` says.
pub fn read(root: &Path) -> Result<String> {
    let text = fs::read_to_string(root.join("Cargo.toml"))?;
    let manifest: toml::Table = text.parse()?;
    let version = manifest["package"]["version"].as_str();
    Ok(version.context("Cargo.toml has no version")?.to_owned())
}

/// Writes it wherever it stands else; returns the files that said something different.
pub fn spread(root: &Path) -> Result<Vec<&'static str>> {
    let version = read(root)?;
    let mut changed = Vec::new();
    for (file, before, behind) in PLACES {
        let path = root.join(file);
        let text = fs::read_to_string(&path).with_context(|| file)?;
        let renewed = with(&text, before, behind, &version)
            .with_context(|| format!("{file} has no version behind {before:?}"))?;
        if renewed != text {
            fs::write(&path, renewed)?;
            changed.push(file);
        }
    }
    Ok(changed)
}

/// `text` with `version` at the one place that stands between `before` and `behind`.
fn with(text: &str, before: &str, behind: &str, version: &str) -> Option<String> {
    let (head, rest) = text.split_once(before)?;
    let (_, tail) = rest.split_once(behind)?;
    Some([head, before, version, behind, tail].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_has_the_version_of_cargo_toml() {
        let root = Path::new("..");
        let version = read(root).unwrap();
        for (file, before, behind) in PLACES {
            let text = fs::read_to_string(root.join(file)).unwrap();
            assert_eq!(
                with(&text, before, behind, &version).as_ref(),
                Some(&text),
                "{file}: `cargo xtask version` writes {version} there"
            );
        }
    }

    #[test]
    fn a_version_is_written_where_it_stands() {
        let text = "name = \"lens\"\nversion = \"0.1.0\"\nsince = \"0.1.0\"\n";
        let renewed = with(text, "\nversion = \"", "\"", "1.2.3").unwrap();
        assert_eq!(
            renewed,
            "name = \"lens\"\nversion = \"1.2.3\"\nsince = \"0.1.0\"\n"
        );
        assert_eq!(with(text, "edition = \"", "\"", "1.2.3"), None);
    }
}
