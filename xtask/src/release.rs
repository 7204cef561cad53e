//! What a release hands out: the site in a zip that any static server can unpack, the npm package, and the extension for
//! Quarto. The same site makes the same zips, to the last byte.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::project::Project;
use crate::{bundle, package, process, quarto, version};

/// Of the repository, they go into the zip.
const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// Makes them from the finished site, in a folder of their own, and returns that.
pub fn make(project: &Project) -> Result<PathBuf> {
    let folder = project.build().join("release");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let zip = folder.join(format!("{}.zip", name(project)?));
    fs::write(&zip, zipped(project)?).with_context(|| format!("{}", zip.display()))?;

    let (name, extension) = extension(project)?;
    fs::write(folder.join(format!("{name}.zip")), extension)?;

    process::output(
        Command::new(process::find(&["npm", "npm.cmd"]).context("npm is not installed")?)
            .current_dir(package::make(project)?)
            .args(["pack", "--loglevel=error", "--pack-destination"])
            .arg(&folder),
    )?;
    Ok(folder)
}

/// Has npm and cargo do all that they do to publish, but for sending it: of what is in the folder `release`, and of the
/// crate as it stands here.
pub fn rehearse(project: &Project, release: &Path) -> Result<()> {
    let npm = process::find(&["npm", "npm.cmd"]).context("npm is not installed")?;
    process::output(
        Command::new(npm)
            .current_dir(release)
            .args(["publish", "--dry-run", "--access=public"])
            .args(["--loglevel=error", "--offline"])
            .arg(format!("./{}.tgz", name(project)?)),
    )?;
    process::run(process::cargo(&project.root, "publish").args([
        "--package=latent-lens",
        "--dry-run",
        // That would compile everything once more.
        "--no-verify",
        "--allow-dirty",
    ]))
}

/// Quarto's extension as a zip from which Quarto adds it, and the zip's name.
fn extension(project: &Project) -> Result<(String, Vec<u8>)> {
    let name = format!("latent-lens-quarto-{}", version::read(&project.root)?);
    let inside = |(path, source): (PathBuf, PathBuf)| {
        let content = fs::read(&source).with_context(|| format!("{}", source.display()))?;
        Ok((Path::new(quarto::FOLDER).join(path), content))
    };
    let files: Result<Vec<_>> = quarto::files(project)?.into_iter().map(inside).collect();
    let packed = zip(&name, files?)?;
    Ok((name, packed))
}

/// The zip of `make`, taken apart into the folder `to`; returns the folder with the site.
pub fn unpack(project: &Project, release: &Path, to: &Path) -> Result<PathBuf> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    let name = name(project)?;
    let zip = fs::File::open(release.join(format!("{name}.zip")))?;
    zip::ZipArchive::new(zip)?.extract(to)?;
    Ok(to.join(name))
}

/// `latent-lens-0.1.0`: of the zip, and of the one folder in it.
fn name(project: &Project) -> Result<String> {
    Ok(format!("latent-lens-{}", version::read(&project.root)?))
}

/// The finished site without what only debuggers read.
fn site(project: &Project) -> Result<Vec<(PathBuf, PathBuf)>> {
    let dist = project.dist();
    ensure!(
        dist.join("index.html").is_file(),
        "there is no site in {}: `cargo xtask build` makes it",
        dist.display()
    );
    bundle::files(&dist, |path| {
        path.extension().is_none_or(|ending| ending != "map")
    })
}

fn zipped(project: &Project) -> Result<Vec<u8>> {
    let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    let licences = LICENCES.map(|licence| (licence.into(), project.root.join(licence)));
    for (inside, source) in site(project)?.into_iter().chain(licences) {
        let content = fs::read(&source).with_context(|| format!("{}", source.display()))?;
        files.push((inside, content));
    }
    let name = name(project)?;
    files.push(("README.txt".into(), readme(&name).into_bytes()));
    zip(&name, files)
}

/// A zip with `files` in the folder `name`: in order, and all of the same time.
fn zip(name: &str, mut files: Vec<(PathBuf, Vec<u8>)>) -> Result<Vec<u8>> {
    files.sort();
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (inside, content) in files {
        let parts: Option<Vec<_>> = inside.iter().map(|part| part.to_str()).collect();
        let path = parts.context("a file's name is no text")?.join("/");
        zip.start_file(format!("{name}/{path}"), options)?;
        zip.write_all(&content)?;
    }
    Ok(zip.finish()?.into_inner())
}

fn readme(name: &str) -> String {
    format!(
        "{name}: see what an autoencoder looks at\n\
         \n\
         This folder is a web page. Put it on any web server, under any name, and open its address\n\
         in a browser; nothing has to be set up, and no server computes anything.\n\
         \n\
         Browsers do not run such pages straight from a disk. To try it on this computer, start a\n\
         server in this folder, for example with Python:\n\
         \n\
         \x20   python3 -m http.server\n\
         \n\
         and open http://localhost:8000/ in a browser.\n\
         \n\
         latent-lens is dual-licensed under MIT (LICENSE-MIT) or Apache 2.0 (LICENSE-APACHE), at your\n\
         option. The digits in data/mnist are from the MNIST database and come under CC BY-SA 3.0.\n\
         What else it contains is listed in licences.txt, with licences.\n"
    )
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn the_same_files_make_the_same_zip_in_whatever_order() {
        let mut files: Vec<(PathBuf, Vec<u8>)> = vec![
            ("index.html".into(), b"page".to_vec()),
            ("data/mnist/0.idx.gz".into(), vec![7; 10_000]),
            ("README.txt".into(), readme("lens").into_bytes()),
        ];
        let first = zip("lens", files.clone()).unwrap();
        files.reverse();
        assert_eq!(zip("lens", files).unwrap(), first);

        let mut archive = zip::ZipArchive::new(Cursor::new(first)).unwrap();
        let names: Vec<_> = archive
            .file_names()
            .map(|name| name.unwrap().into_owned())
            .collect();
        assert_eq!(
            names,
            [
                "lens/README.txt",
                "lens/data/mnist/0.idx.gz",
                "lens/index.html"
            ]
        );
        let mut page = String::new();
        let mut file = archive.by_name("lens/index.html").unwrap();
        file.read_to_string(&mut page).unwrap();
        assert_eq!(page, "page");
        assert_eq!(file.last_modified().map(|time| time.year()), Some(1980));
    }
}
