//! The wasm packages: compiled by cargo, given their JavaScript by wasm-bindgen, made smaller and
//! faster by esbuild and wasm-opt.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::manifest::{Manifest, Package};
use crate::project::Project;
use crate::stamp::Key;
use crate::{bundle, emptied, process, stamp, step, tools};

/// Builds every package and returns the folders that hold their files, in the manifest's order.
///
/// While cargo compiles a package, the one before it is finished on another core, and then given to
/// `finished`, there. Where `only` names packages, cargo's last output serves for the others.
pub fn build(
    project: &Project,
    manifest: &Manifest,
    optimise: bool,
    only: &[String],
    finished: &(dyn Fn(&Package, &Path) -> Result<()> + Sync),
) -> Result<Vec<PathBuf>> {
    std::thread::scope(|scope| {
        let mut finishing = Vec::new();
        for package in &manifest.packages {
            let last = project.cache().join(&package.name).join("compiled.wasm");
            let wanted = only.is_empty() || only.contains(&package.name);
            let compiled = if wanted || !last.exists() {
                compile(project, package)?
            } else {
                last
            };
            finishing.push(scope.spawn(move || {
                let folder = finish(project, manifest, package, &compiled, optimise)?;
                finished(package, &folder)?;
                Ok(folder)
            }));
        }
        finishing
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .expect("a thread that finishes a package panicked")
            })
            .collect()
    })
}

/// Compiles a package and returns the path of cargo's wasm file.
///
/// Nearly all packages are the same crate with other features, and cargo gives them the same file
/// name. So their files are copied, and cargo is asked only when a source has changed.
fn compile(project: &Project, package: &Package) -> Result<PathBuf> {
    let name = &package.name;
    let folder = project.cache().join(name);
    let (wasm, sources) = (folder.join("compiled.wasm"), folder.join("sources"));
    let stamp = folder.join("compiled.stamp");
    if wasm.exists() && stamp::is_current(&stamp, &inputs(project, package, &sources)?) {
        return Ok(wasm);
    }

    fs::create_dir_all(&folder)?;
    step::timed(&format!("{name}: compile"), || {
        let output = project
            .target
            .join(tools::WASM)
            .join(profile_folder(&package.profile));
        let compiled = package.source.replace('-', "_");
        // Cargo would take the file for this package's own, though another one may have made it.
        let shared = output.join(format!("deps/{compiled}.wasm"));
        if shared.exists() {
            fs::remove_file(shared)?;
        }
        let mut cargo = process::cargo(&project.root, "build");
        cargo.args(selection(package));
        if !package.never_runs.is_empty() {
            cargo.args(["--config", emptied::TYPED_NAMES]);
        }
        process::run(&mut cargo)?;
        fs::copy(output.join(format!("{compiled}.wasm")), &wasm)?;
        fs::copy(output.join(format!("{compiled}.d")), &sources)?;
        Ok(())
    })?;
    stamp::write(&stamp, &inputs(project, package, &sources)?)?;
    Ok(wasm)
}

/// The arguments with which cargo works on a package.
pub fn selection(package: &Package) -> Vec<String> {
    let features = package.features.join(",");
    [
        ["--package", package.source],
        ["--target", tools::WASM],
        ["--profile", &package.profile],
        ["--features", &features],
        ["--no-default-features", "--lib"],
    ]
    .concat()
    .into_iter()
    .map(str::to_owned)
    .collect()
}

/// Everything that cargo's output depends on; `sources` is cargo's list of the source files that
/// went into it the last time.
fn inputs(project: &Project, package: &Package, sources: &Path) -> Result<Key> {
    let rustc = process::output(Command::new("rustc").arg("-vV"))?;
    let mut key = Key::new()
        .with(rustc)
        .with(&project.root)
        .with(std::env::var_os("RUSTFLAGS"))
        .with(&package.features)
        .with(&package.profile)
        .with(!package.never_runs.is_empty());
    for file in ["Cargo.toml", "Cargo.lock", ".cargo/config.toml"] {
        key = key.with_file(&project.root.join(file));
    }
    for source in prerequisites(&fs::read_to_string(sources).unwrap_or_default()) {
        key = key.with_file(Path::new(&source)).with(source);
    }
    Ok(key)
}

/// The files that the first rule of a makefile, as cargo writes them, depends on.
fn prerequisites(makefile: &str) -> Vec<String> {
    let rule = makefile.lines().next().unwrap_or_default();
    let (_, files) = rule.split_once(": ").unwrap_or_default();
    let mut paths = Vec::new();
    let mut path = String::new();
    let mut characters = files.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            // A space within a path.
            ('\\', Some(' ')) => path.extend(characters.next()),
            (' ', _) => paths.push(std::mem::take(&mut path)),
            _ => path.push(character),
        }
    }
    paths.push(path);
    paths.retain(|path| !path.is_empty());
    paths
}

/// Where cargo puts the output of a profile.
fn profile_folder(profile: &str) -> &str {
    match profile {
        "dev" => "debug",
        other => other,
    }
}

/// Runs wasm-bindgen, esbuild and wasm-opt over `compiled`, and returns the folder with the result.
fn finish(
    project: &Project,
    manifest: &Manifest,
    package: &Package,
    compiled: &Path,
    optimise: bool,
) -> Result<PathBuf> {
    let name = &package.name;
    let kind = if optimise { "finished" } else { "plain" };
    let folder = project.cache().join(name).join(kind);
    let passes = if optimise { &package.wasm_opt[..] } else { &[] };
    let key = Key::new()
        .with_file(compiled)
        .with(passes)
        .with(&package.never_runs)
        .with(&manifest.wasm_features)
        .with_file(&project.root.join("node_modules/binaryen/package.json"))
        .with_file(&project.root.join("node_modules/esbuild/package.json"));

    stamp::once(&folder.with_extension("stamp"), &key, || {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        step::timed(&format!("{name}: wasm-bindgen"), || {
            bind(package, compiled, &folder, optimise)
        })?;
        if optimise {
            minify(project, &folder.join(format!("{name}.js")))?;
        }
        if passes.is_empty() {
            return Ok(());
        }
        step::timed(&format!("{name}: wasm-opt"), || {
            let wasm = folder.join(format!("{name}_bg.wasm"));
            process::run(
                process::npm_program(&project.root, "wasm-opt")
                    .args(
                        manifest
                            .wasm_features
                            .iter()
                            .map(|f| format!("--enable-{f}")),
                    )
                    .args(passes)
                    .arg(&wasm)
                    .arg("-o")
                    .arg(&wasm),
            )
        })
    })?;
    Ok(folder)
}

fn bind(package: &Package, compiled: &Path, folder: &Path, optimise: bool) -> Result<()> {
    let name = &package.name;
    let mut bindgen = Bindgen::new();
    if package.never_runs.is_empty() {
        bindgen.input_path(compiled).out_name(name);
    } else {
        let module = emptied::read(compiled, &package.never_runs, !optimise)?;
        bindgen.input_module(name, module);
    }
    bindgen
        .web(true)?
        // The script finds its wasm file beside itself.
        .omit_default_module_path(false)
        .typescript(true)
        .remove_name_section(optimise)
        .remove_producers_section(true)
        .generate(folder)
        .with_context(|| format!("wasm-bindgen cannot read what was compiled for {name}"))
}

/// Leaves out of a script what only readers need.
fn minify(project: &Project, script: &Path) -> Result<()> {
    process::run(
        bundle::esbuild(&project.root)
            .arg(script)
            .args(["--minify", "--format=esm", "--allow-overwrite"])
            .arg(format!("--outfile={}", script.display())),
    )
}

#[cfg(test)]
mod tests {
    use super::prerequisites;

    #[test]
    fn the_sources_of_a_makefile_are_found() {
        let makefile = "/t/latent_lens.wasm: /my\\ files/lib.rs /src/keyed.rs\n\n/src/other.rs:\n";
        assert_eq!(
            prerequisites(makefile),
            ["/my files/lib.rs", "/src/keyed.rs"]
        );
        assert!(prerequisites("/t/latent_lens.wasm:\n").is_empty());
        assert!(prerequisites("").is_empty());
    }
}
