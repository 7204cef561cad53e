//! The files that a request names, brought into memory.

use std::fs;
use std::path::{Path, PathBuf};

use latent_lens::data::File;
use latent_lens::data::readers::MAX_FILES;

use super::failure::Failure;

/// The most bytes that the files of a request may have together; their images may take as many. So
/// much that it is no limit to work with, and yet one to an archive that unpacks without end.
pub const MAX_BYTES: usize = 4 << 30;

/// The files that are named, and those in folders that are named, in the order of their names.
pub fn read(paths: &[PathBuf]) -> Result<Vec<File>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        list(path, &mut found)?;
    }
    let mut bytes = 0;
    found
        .iter()
        .map(|path| {
            let file = read_one(path)?;
            bytes += file.bytes.len();
            if bytes > MAX_BYTES {
                let message = format!(
                    "With this file they have more than {} GB, and no more can be read. Name fewer \
                     files.",
                    MAX_BYTES / 1_000_000_000
                );
                return Err(Failure::at(path, message));
            }
            Ok(file)
        })
        .collect()
}

fn read_one(path: &Path) -> Result<File, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::unreadable(path, &error))?;
    // The folder's name may be a label: see the readers.
    let name = path.display().to_string().replace('\\', "/");
    Ok(File { name, bytes })
}

/// Adds a file, or the files in a folder and in those within it.
fn list(path: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    if !path.is_dir() {
        found.push(path.into());
        return Ok(());
    }
    let entries = fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.map_err(|error| Failure::unreadable(path, &error))?;
    let mut entries: Vec<PathBuf> = entries.iter().map(fs::DirEntry::path).collect();
    entries.sort();
    for entry in entries {
        let name = entry.file_name().unwrap_or_default().to_string_lossy();
        // A link to a folder may lead back to one around it.
        let is_inner_folder = entry.is_dir() && !entry.is_symlink();
        if !name.starts_with('.') && (is_inner_folder || entry.is_file()) {
            list(&entry, found)?;
        }
        if found.len() > MAX_FILES {
            let message = format!(
                "These are more than {MAX_FILES} files. Name a folder with fewer, or put the images \
                 into one NPY file."
            );
            return Err(Failure::at(path, message));
        }
    }
    Ok(())
}
