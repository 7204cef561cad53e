//! What the readers of a model's files are given and what they give.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::File;
use super::chain::{Images, Layer, Line};
use super::error::{Fault, shortened};
use super::modules::Module;
use crate::data::Scaling;
use crate::model::Network;

/// What a reader finds in a model's files.
pub(super) struct Found {
    pub format: &'static str,
    pub content: Content,
    pub notes: Vec<String>,
}

/// How much a model's files say of its layers.
pub(super) enum Content {
    /// Everything.
    Line(Line),
    /// Everything, in a file of our own.
    Network {
        network: Box<Network>,
        /// Whether it scales the columns of a table itself.
        is_scaled: bool,
    },
    /// Nothing but weights and their names.
    Weights(Stored),
    /// The same, where not all layers are dense.
    Modules {
        modules: Vec<Module>,
        /// Whether they stand in the order of the program that made them.
        in_order: bool,
    },
}

/// Layers of which nothing is known but their weights.
pub(super) struct Stored {
    pub layers: Vec<Layer>,
    /// What the first layer took over from steps before it.
    pub images: Option<Images>,
    /// What the columns of a table are scaled by, before the layers and back after them.
    pub scaling: Option<Scaling>,
    /// Whether they stand in the order of the program that made them.
    pub in_order: bool,
}

/// The files that came together, for those that refer to others.
pub(super) struct Companions<'a> {
    files: &'a [File],
    used: RefCell<BTreeSet<usize>>,
}

impl<'a> Companions<'a> {
    /// All files that came together, none of which anything was read from.
    pub(super) fn new(files: &'a [File]) -> Self {
        Self {
            files,
            used: RefCell::default(),
        }
    }

    /// Whether something was read from a file because another refers to it.
    pub(super) fn is_used(&self, file: usize) -> bool {
        self.used.borrow().contains(&file)
    }

    /// The file that `owner` knows as `path`, relative to its own folder.
    pub(super) fn find(&self, owner: usize, path: &str) -> Result<&'a [u8], Fault> {
        let path = path.trim_start_matches("./");
        let folder = match self.files[owner].name.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/"),
            None => String::new(),
        };
        let base = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
        let exact =
            (0..self.files.len()).find(|&at| self.files[at].name == format!("{folder}{path}"));
        let found = exact.map_or_else(
            || {
                (0..self.files.len())
                    .filter(|&at| at != owner && base(&self.files[at].name) == base(path))
                    .collect()
            },
            |at| vec![at],
        );
        match *found {
            [at] => {
                self.used.borrow_mut().insert(at);
                Ok(&self.files[at].bytes)
            }
            [] => Err(Fault::new(
                format!(
                    "its weights are in \"{}\", which is not among the files",
                    shortened(path)
                ),
                "choose both files together",
            )),
            _ => Err(Fault::new(
                format!("several files are called \"{}\"", shortened(path)),
                "choose one model's files at a time",
            )),
        }
    }

    /// A file of those that `fits` and that nothing was read from, the one called like `owner` if there
    /// are several.
    pub(super) fn beside(&self, owner: usize, fits: impl Fn(&[u8]) -> bool) -> Option<&'a [u8]> {
        let stem = |name: &str| {
            let name = name.rsplit('/').next().unwrap_or(name).to_lowercase();
            let name = ["_weights", ".weights", "_model", "_architecture", "_config"]
                .iter()
                .fold(name, |name, word| name.replace(word, ""));
            name.split('.').next().unwrap_or_default().to_owned()
        };
        let mut used = self.used.borrow_mut();
        let fitting: Vec<usize> = (0..self.files.len())
            .filter(|at| *at != owner && !used.contains(at) && fits(&self.files[*at].bytes))
            .collect();
        let alike = |&&at: &&usize| stem(&self.files[at].name) == stem(&self.files[owner].name);
        let found = match fitting[..] {
            [only] => only,
            _ => *fitting.iter().find(alike)?,
        };
        used.insert(found);
        Some(&self.files[found].bytes)
    }

    /// As [`Companions::find`], for a file that may be used once.
    pub(super) fn find_once(&self, owner: usize, path: &str) -> Result<&'a [u8], Fault> {
        let before = self.used.borrow().len();
        let found = self.find(owner, path)?;
        if self.used.borrow().len() == before {
            return Err(Fault::damaged(format!(
                "it names \"{}\" twice",
                shortened(path)
            )));
        }
        Ok(found)
    }
}
