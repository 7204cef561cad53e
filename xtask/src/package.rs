//! The npm package: what of the finished site the element and the engine need, with their types.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::Value;

use crate::manifest::Manifest;
use crate::project::Project;
use crate::{browser, bundle, packed, process};

/// Modules that are a page's own business, and nothing that a package is for.
const OF_THE_SITE: [&str; 2] = ["page", "lesson"];
/// Files that are neither modules nor wasm packages.
const BESIDE: [&str; 4] = ["embed.html", "embed.css", "icon.svg", "licences.txt"];
/// The modules that are imported by name, with their names in the package.
const ENTRY_POINTS: [(&str, &str); 2] = [(".", "latent-lens"), ("./engine", "engine")];
/// The element with all its files in one module, for bundlers.
const PACKED: &str = "packed.js";
/// How JSX writes the element, in each framework's own words: types and no code.
const JSX: [&str; 3] = ["react", "preact", "solid"];
/// What the package's description has from the project's.
const OF_THE_PROJECT: [&str; 5] = ["name", "version", "description", "license", "engines"];
/// Files of the package that tools ask for by name.
const READ_BY_TOOLS: [&str; 2] = ["custom-elements.json", "package.json"];

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
    files.push((PACKED.into(), packed::script(project)?));
    let declared = declared(project)?;
    files.extend(types(project, &declared)?);
    let made = project.build().join("custom-elements.json");
    fs::write(&made, elements(project, &declared)?)?;
    files.push(("custom-elements.json".into(), made));
    bundle::mirror(&files, &to)?;
    Ok(to)
}

/// The package's own `package.json`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Description {
    /// What the project's says of it.
    #[serde(flatten)]
    project: BTreeMap<String, Value>,
    keywords: [&'static str; 5],
    /// Where GitHub builds it, which npm compares with its provenance.
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<String>,
    r#type: &'static str,
    types: String,
    exports: BTreeMap<String, Export>,
    custom_elements: &'static str,
    side_effects: [String; 3],
}

/// Where an import leads.
#[derive(Serialize)]
#[serde(untagged)]
enum Export {
    File(String),
    /// The first condition that holds decides, so their order counts.
    Module {
        types: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        node: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        default: Option<String>,
    },
}

fn description(project: &Project) -> Result<String> {
    let ours = fs::read(project.root.join("package.json"))?;
    let mut ours: BTreeMap<String, Value> = serde_json::from_slice(&ours)?;
    ours.retain(|field, _| OF_THE_PROJECT.contains(&&**field));
    let description = Description {
        project: ours,
        keywords: [
            "autoencoder",
            "interpretability",
            "custom-element",
            "webassembly",
            "webgpu",
        ],
        repository: std::env::var("GITHUB_REPOSITORY")
            .ok()
            .map(|repository| format!("github:{repository}")),
        r#type: "module",
        types: types_of("latent-lens"),
        exports: exports(),
        custom_elements: "./custom-elements.json",
        // Importing it registers the element.
        side_effects: [
            "./latent-lens.js".into(),
            format!("./{PACKED}"),
            format!("./{}*.js", bundle::CHUNK),
        ],
    };
    Ok(serde_json::to_string_pretty(&description)? + "\n")
}

/// All that can be imported. Everything else in the package is fetched by its address.
fn exports() -> BTreeMap<String, Export> {
    let modules = ENTRY_POINTS.iter().map(|(name, module)| {
        let node = format!("{module}-node");
        let export = Export::Module {
            types: types_of(module),
            node: bundle::modules()
                .any(|each| each == node)
                .then(|| format!("./{node}.js")),
            default: Some(format!("./{module}.js")),
        };
        ((*name).to_owned(), export)
    });
    let jsx = JSX.iter().map(|framework| {
        let export = Export::Module {
            types: types_of(&format!("jsx-{framework}")),
            node: None,
            default: None,
        };
        (format!("./jsx/{framework}"), export)
    });
    let files = READ_BY_TOOLS.map(|file| format!("./{file}"));
    let files = files.map(|file| (file.clone(), Export::File(file)));
    let packed = ("./packed".to_owned(), Export::File(format!("./{PACKED}")));
    modules.chain(jsx).chain(files).chain([packed]).collect()
}

fn types_of(module: &str) -> String {
    format!("./types/www/{module}.d.ts")
}

/// What editors and catalogues read of the element.
fn elements(project: &Project, declared: &Path) -> Result<String> {
    let programs = browser::programs(project, &project.root.join("xtask/package"), "elements.ts")?;
    process::output(
        Command::new("node")
            .current_dir(&project.root)
            .args(programs)
            .arg(declared),
    )
}

/// The types of everything in `www/`, made anew; returns their folder.
fn declared(project: &Project) -> Result<PathBuf> {
    let declared = project.build().join("declarations");
    if declared.exists() {
        fs::remove_dir_all(&declared)?;
    }
    process::run(
        process::npm_program(&project.root, "tsc")
            .current_dir(&project.root)
            .args(["--project", ".", "--noEmit", "false", "--declaration"])
            .args(["--emitDeclarationOnly", "--rootDir", "."])
            .arg("--outDir")
            .arg(&declared),
    )?;
    Ok(declared)
}

/// The types that the entry points use, and no others, by their path in the package.
fn types(project: &Project, declared: &Path) -> Result<Vec<(PathBuf, PathBuf)>> {
    let written = project.build().join("package-types");
    let mut found = BTreeSet::new();
    let entries = ENTRY_POINTS.map(|(_, module)| module.to_owned());
    let jsx = JSX.map(|framework| format!("jsx-{framework}"));
    let mut open: Vec<PathBuf> = entries
        .into_iter()
        .chain(jsx)
        .map(|module| Path::new("www").join(format!("{module}.d.ts")))
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
        let text = fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
        // Who imports something without naming anything of it has no types from there.
        let named = |line: &&str| !line.starts_with("import \"");
        let mut text: String = text.split_inclusive('\n').filter(named).collect();
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
    fn types_come_first_and_browsers_last() {
        let exports = exports();
        let names: Vec<&str> = exports.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                ".",
                "./custom-elements.json",
                "./engine",
                "./jsx/preact",
                "./jsx/react",
                "./jsx/solid",
                "./package.json",
                "./packed",
            ]
        );
        assert_eq!(
            serde_json::to_string(&exports["./engine"]).unwrap(),
            r#"{"types":"./types/www/engine.d.ts","node":"./engine-node.js","default":"./engine.js"}"#
        );
        let jsx = serde_json::to_string(&exports["./jsx/react"]).unwrap();
        assert_eq!(jsx, r#"{"types":"./types/www/jsx-react.d.ts"}"#);
    }

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
