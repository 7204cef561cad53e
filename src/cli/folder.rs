//! The folder that results are written to: all of them, whole, or none.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::failure::Failure;

/// A folder that can be written to.
pub struct Folder {
    path: PathBuf,
    /// Is there, and locked, while this program has something unfinished in the folder.
    mark: Option<fs::File>,
}

/// A file's name and what is in it.
pub type File = (String, Vec<u8>);

/// The file that tells of a program which writes to the folder.
const MARK: &str = "latent-lens";
const UNFINISHED: &str = "unfinished";
/// What a file is called that another takes the place of, until all have theirs.
const BEFORE: &str = "before";

impl Folder {
    /// Makes the folder if need be, and finds out whether files can be written to it: before the
    /// work, not after it. Clears away what a program left there that was killed.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let mut folder = Self {
            path: path.into(),
            mark: None,
        };
        folder.begin().map_err(|error| folder.refusal(&error))?;
        Ok(folder)
    }

    fn begin(&mut self) -> io::Result<()> {
        fs::create_dir_all(&self.path)?;
        for id in self.left_behind()? {
            clear(&self.path, &id)?;
        }
        let mark = fs::File::create(self.hidden(MARK, UNFINISHED))?;
        // Where files cannot be locked, what is left behind stays.
        let _ = mark.lock();
        self.mark = Some(mark);
        Ok(())
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
    /// one last. Where one cannot have its own, all that was there before is there again.
    pub fn write(&self, files: &[File]) -> Result<(), Failure> {
        let written = files
            .iter()
            .try_for_each(|(name, bytes)| fs::write(self.hidden(name, UNFINISHED), bytes))
            .and_then(|()| self.put(files));
        // What cannot be done now the next program does that writes here.
        let _ = clear(&self.path, &own_id());
        written.map_err(|error| self.refusal(&error))
    }

    /// Gives files their own names. The last one tells that all are of one run, and so the one of before goes
    /// first.
    fn put(&self, files: &[File]) -> io::Result<()> {
        for (name, _) in files.iter().rev() {
            self.set_aside(name)?;
        }
        for (place, (name, _)) in files.iter().enumerate() {
            let put = fs::rename(self.hidden(name, UNFINISHED), self.path.join(name));
            if put.is_err() {
                for (name, _) in &files[..place] {
                    let _ = fs::rename(self.path.join(name), self.hidden(name, UNFINISHED));
                }
                return put;
            }
        }
        Ok(())
    }

    fn set_aside(&self, name: &str) -> io::Result<()> {
        let own = self.path.join(name);
        if own.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        match fs::rename(own, self.hidden(name, BEFORE)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }

    /// What a file is called while it is not to be seen; programs beside each other do not meet.
    fn hidden(&self, name: &str, why: &str) -> PathBuf {
        self.path.join(format!(".{name}.{}.{why}", own_id()))
    }

    /// The numbers of programs that have something unfinished here, and are no more.
    fn left_behind(&self) -> io::Result<Vec<String>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            let name = entry.file_name();
            let id = name
                .to_str()
                .and_then(|name| name.strip_prefix(&format!(".{MARK}.")))
                .and_then(|rest| rest.strip_suffix(&format!(".{UNFINISHED}")));
            // A lock goes with the program that has it.
            let is_left = || {
                let mark = fs::File::open(entry.path());
                mark.is_ok_and(|mark| mark.try_lock().is_ok())
            };
            if let Some(id) = id.filter(|_| is_left()) {
                found.push(id.to_owned());
            }
        }
        Ok(found)
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

impl Drop for Folder {
    fn drop(&mut self) {
        if self.mark.take().is_some() {
            let _ = clear(&self.path, &own_id());
        }
    }
}

fn own_id() -> String {
    std::process::id().to_string()
}

/// Removes what a program has under other names. Where not all files have their own names, those of before have
/// theirs again.
fn clear(folder: &Path, id: &str) -> io::Result<()> {
    let (mut unfinished, mut before) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let Some(text) = name.to_str().and_then(|name| name.strip_prefix('.')) else {
            continue;
        };
        if let Some(own) = text.strip_suffix(&format!(".{id}.{BEFORE}")) {
            before.push((OsString::from(own), name));
        } else if text.ends_with(&format!(".{id}.{UNFINISHED}")) {
            unfinished.push(name);
        }
    }
    // Its mark is one of them.
    let all_have_theirs = unfinished.len() <= 1;
    for (own, hidden) in before {
        if all_have_theirs {
            fs::remove_file(folder.join(hidden))?;
        } else {
            fs::rename(folder.join(hidden), folder.join(own))?;
        }
    }
    // Its mark goes last: until then it tells of the others.
    unfinished.sort_by_key(|name| {
        name.to_str()
            .is_some_and(|name| name.starts_with(&format!(".{MARK}.")))
    });
    unfinished
        .iter()
        .try_for_each(|name| fs::remove_file(folder.join(name)))
}
