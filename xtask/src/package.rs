//! The npm package: what of the finished site the element and the engine need, with their types.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::bundle;
use crate::manifest::Manifest;
use crate::process;
use crate::project::Project;

/// Modules that are a page's own business, and nothing that a package is for.
const OF_THE_SITE: [&str; 2] = ["page", "lesson"];
/// Files that are neither modules nor wasm packages.
const BESIDE: [&str; 4] = ["embed.html", "embed.css", "icon.svg", "licences.txt"];
/// The types of the modules that are imported by name.
const DOORS: [&str; 2] = ["latent-lens.d.ts", "engine.d.ts"];

/// Makes the package's folder from `dist/`, and returns it.
pub fn make(project: &Project) -> Result<PathBuf> {
    let to = project.build().join("package");
    let dist = project.dist();
    let manifest = Manifest::read(&project.root)?;
    let wasm: BTreeSet<&str> = manifest.packages.iter().map(|one| &*one.name).collect();

    let mut files = bundle::files(&dist, |path| {
        let inside = path.strip_prefix(&dist).unwrap_or(path);
        let name = inside.to_string_lossy();
        let module = name.strip_suffix(".js").unwrap_or_default();
        let source = name.strip_suffix(".js.map").unwrap_or(module);
        inside.starts_with("data")
            || BESIDE.contains(&&*name)
            || name
                .strip_suffix("_bg.wasm")
                .is_some_and(|name| wasm.contains(name))
            || wasm.contains(module)
            || source.starts_with(bundle::CHUNK)
            || bundle::modules().any(|each| each == source && !OF_THE_SITE.contains(&each))
    })?;
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        files.push((licence.into(), project.root.join(licence)));
    }
    files.push(("README.md".into(), project.root.join("docs/package.md")));
    let made = project.build().join("package.json");
    fs::write(&made, description(project)?)?;
    files.push(("package.json".into(), made));
    files.extend(types(project)?);
    bundle::mirror(&files, &to)?;
    Ok(to)
}

/// The package's own `package.json`, with what the project's says of it.
fn description(project: &Project) -> Result<String> {
    let ours = fs::read(project.root.join("package.json"))?;
    let ours: Value = serde_json::from_slice(&ours)?;
    let package = json!({
        "name": ours["name"],
        "version": ours["version"],
        "description": ours["description"],
        "license": ours["license"],
        "keywords": ["autoencoder", "interpretability", "custom-element", "webassembly", "webgpu"],
        "type": "module",
        "engines": ours["engines"],
        "types": "./types/www/latent-lens.d.ts",
        "exports": {
            ".": { "types": "./types/www/latent-lens.d.ts", "default": "./latent-lens.js" },
            "./engine": {
                "types": "./types/www/engine.d.ts",
                "node": "./engine-node.js",
                "default": "./engine.js",
            },
            "./*": "./*",
        },
        "sideEffects": ["./latent-lens.js"],
    });
    Ok(serde_json::to_string_pretty(&package)? + "\n")
}

/// The types that the doors speak of, and no others, by their path in the package.
fn types(project: &Project) -> Result<Vec<(PathBuf, PathBuf)>> {
    let declared = project.build().join("declarations");
    process::run(
        process::npm_program(&project.root, "tsc")
            .current_dir(&project.root)
            .args(["--project", ".", "--noEmit", "false", "--declaration"])
            .args(["--emitDeclarationOnly", "--rootDir", "."])
            .arg("--outDir")
            .arg(&declared),
    )?;
    let written = project.build().join("package-types");
    let mut found = BTreeSet::new();
    let mut open: Vec<PathBuf> = DOORS
        .iter()
        .map(|source| Path::new("www").join(source))
        .collect();
    while let Some(inside) = open.pop() {
        if !found.insert(inside.clone()) {
            continue;
        }
        // Made from a source, or there as it is.
        let made = declared.join(&inside);
        let path = if made.exists() {
            made
        } else {
            project.root.join(&inside)
        };
        let mut text = fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
        let folder = inside.parent().unwrap_or(Path::new(""));
        let imports: BTreeSet<String> = imports(&text).map(str::to_owned).collect();
        for import in imports {
            open.push(plain(&folder.join(format!("{import}.d.ts"))));
            // Node wants the whole name.
            text = text.replace(&format!("\"{import}\""), &format!("\"{import}.js\""));
        }
        let to = written.join(&inside);
        fs::create_dir_all(to.parent().unwrap_or(&written))?;
        fs::write(to, text)?;
    }
    Ok(found
        .into_iter()
        .map(|inside| (Path::new("types").join(&inside), written.join(&inside)))
        .collect())
}

/// The files of the same package that a file of types imports from, as it writes them.
fn imports(text: &str) -> impl Iterator<Item = &str> {
    ["from \"", "import(\""]
        .into_iter()
        .flat_map(|before| text.split(before).skip(1))
        .filter_map(|rest| rest.split('"').next())
        .filter(|import| import.starts_with('.'))
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut plain, part| {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            other => plain.push(other),
        }
        plain
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_followed_through_every_form_of_import() {
        let text = r#"import type { A } from "./a";
            export { b } from "../x/b";
            declare const c: import("./c").C;
            import { d } from "elsewhere";"#;
        let mut found: Vec<&str> = imports(text).collect();
        found.sort_unstable();
        assert_eq!(found, ["../x/b", "./a", "./c"]);
        assert_eq!(
            plain(Path::new("www/element/../x/./b")),
            Path::new("www/x/b")
        );
    }
}
