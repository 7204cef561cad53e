//! The folder that results are written to: all of them, whole, or none.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::failure::Failure;

/// A folder that can be written to.
pub struct Folder {
    path: PathBuf,
}

/// A file's name and what is in it.
pub type File = (String, Vec<u8>);

impl Folder {
    /// Makes the folder if need be, and finds out whether files can be written to it: before the
    /// work, not after it.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let folder = Self { path: path.into() };
        let trial = folder.unfinished("trial");
        fs::create_dir_all(path)
            .and_then(|()| fs::write(&trial, []))
            .and_then(|()| fs::remove_file(&trial))
            .map_err(|error| folder.refusal(&error))?;
        Ok(folder)
    }

    /// The folder that a file is to be written to, and the file's name in it.
    pub fn around(file: &Path) -> Result<(Self, String), Failure> {
        let name = file.file_name().ok_or_else(|| {
            let message = "This names no file. Give one with --out.";
            Failure::Usage(format!("{}: {message}", file.display()))
        })?;
        let parent = file.parent().filter(|parent| *parent != Path::new(""));
        let folder = Self::open(parent.unwrap_or(Path::new(".")))?;
        Ok((folder, name.to_string_lossy().into_owned()))
    }

    /// Writes files under other names first and gives them their own when all are there, the last
    /// one last.
    pub fn write(&self, files: &[File]) -> Result<(), Failure> {
        let written = files
            .iter()
            .try_for_each(|(name, bytes)| fs::write(self.unfinished(name), bytes))
            .and_then(|()| {
                files.iter().try_for_each(|(name, _)| {
                    fs::rename(self.unfinished(name), self.path.join(name))
                })
            });
        written.map_err(|error| {
            for (name, _) in files {
                // Some have their own names already, or were never begun.
                let _ = fs::remove_file(self.unfinished(name));
            }
            self.refusal(&error)
        })
    }

    /// What a file is called until it is whole; runs beside each other do not meet.
    fn unfinished(&self, name: &str) -> PathBuf {
        self.path
            .join(format!(".{name}.{}.unfinished", std::process::id()))
    }

    fn refusal(&self, error: &io::Error) -> Failure {
        Failure::at(
            &self.path,
            format!(
                "Files cannot be written here: {error}. Choose another folder with --out, or make \
                 room."
            ),
        )
    }
}
