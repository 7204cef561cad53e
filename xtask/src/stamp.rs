//! Doing slow work only when its inputs have changed.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use anyhow::{Context, Result};

/// Stands for everything that a result depends on. Keys are compared only with keys that the same
/// build of this program wrote: another one may hash differently, which costs a rebuild at most.
pub struct Key(DefaultHasher);

impl Key {
    pub fn new() -> Self {
        Self(DefaultHasher::new())
    }

    /// Adds any value.
    pub fn with(mut self, value: impl Hash) -> Self {
        value.hash(&mut self.0);
        self
    }

    /// Adds a file's content, or that there is no such file.
    pub fn with_file(self, path: &Path) -> Self {
        self.with(fs::read(path).ok())
    }

    fn text(&self) -> String {
        format!("{:016x}", self.0.finish())
    }
}

/// Whether `stamp` says that the work for `key` is done.
pub fn is_current(stamp: &Path, key: &Key) -> bool {
    fs::read_to_string(stamp).is_ok_and(|old| old == key.text())
}

/// Notes in `stamp` that the work for `key` is done.
pub fn write(stamp: &Path, key: &Key) -> Result<()> {
    if let Some(folder) = stamp.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(stamp, key.text()).with_context(|| format!("cannot write {}", stamp.display()))
}

/// Does `work`, unless `stamp` says that it has been done for `key`. Work that is cut short
/// leaves no stamp and is done again.
pub fn once(stamp: &Path, key: &Key, work: impl FnOnce() -> Result<()>) -> Result<()> {
    if is_current(stamp, key) {
        return Ok(());
    }
    if stamp.exists() {
        fs::remove_file(stamp)?;
    }
    work()?;
    write(stamp, key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;
    use anyhow::bail;

    #[test]
    fn work_is_done_once_per_key_and_again_after_a_failure() {
        let folder = Scratch::new();
        let stamp = folder.path().join("made/stamp");
        let mut times = 0;
        let mut make = |key: u8| {
            once(&stamp, &Key::new().with(key), || {
                times += 1;
                Ok(())
            })
            .unwrap();
        };
        make(1);
        make(1);
        make(2);
        make(1);
        assert_eq!(times, 3);

        assert!(once(&stamp, &Key::new().with(3), || bail!("broken")).is_err());
        assert!(!is_current(&stamp, &Key::new().with(1)));
    }

    #[test]
    fn a_key_depends_on_content() {
        let folder = Scratch::new();
        let file = folder.path().join("input");
        let stamp = folder.path().join("stamp");
        write(&stamp, &Key::new().with_file(&file)).unwrap();
        assert!(is_current(&stamp, &Key::new().with_file(&file)));
        fs::write(&file, "now it is there").unwrap();
        assert!(!is_current(&stamp, &Key::new().with_file(&file)));
    }
}
