//! Training and test sets that are told apart by their names: `train.csv` and `test.csv`, `x_train`
//! and `x_test`, the folders `train` and `test`, `train-images` and `t10k-images`.

use std::collections::HashMap;

use super::error::ReadError;
use super::part::listed;
use super::source::{Entry, Kind};

/// What a name says that images are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Training,
    /// Set aside to choose among models, which nobody does here.
    Validation,
    Test,
}

/// Files of which some are called a training set and others a test set.
pub(super) struct Sides(Vec<Option<Side>>);

/// A training and a test set, and in words what is in neither.
pub(super) struct Divided {
    pub training: Vec<Entry>,
    pub test: Vec<Entry>,
    pub notes: Vec<String>,
}

impl Sides {
    /// The sides of files, where names tell a training set and a test set apart. A validation set
    /// stands in for a test set that is not there.
    pub fn of(entries: &[Entry]) -> Option<Self> {
        let of_pictures =
            |entry: &Entry| matches!(entry.kind, Kind::Png | Kind::Jpeg | Kind::Tiff | Kind::Wave);
        let paths: Vec<Vec<&str>> = entries
            .iter()
            .map(|entry| {
                let mut parts: Vec<&str> = entry.name.split('/').collect();
                // The names of single pictures are their own affair.
                if of_pictures(entry) {
                    parts.pop();
                }
                parts
            })
            .collect();
        let deepest = paths.iter().map(Vec::len).max()?;
        let outer = (0..deepest).map(|level| sides(&paths, |path| path.get(level).copied()));
        let inner = (0..deepest).map(|level| {
            let from_end = move |path: &[&str]| path.len().checked_sub(level + 1);
            sides(&paths, |path| from_end(path).map(|place| path[place]))
        });
        if entries.iter().any(of_pictures) {
            outer.chain(inner).flatten().next()
        } else {
            inner.chain(outer).flatten().next()
        }
    }

    /// Whether a file, by its name or path, is of the test set; those of neither side are not there.
    pub fn by_name(&self, entries: &[Entry]) -> HashMap<String, bool> {
        let sides = self.0.iter().zip(entries);
        let known = sides.filter_map(|(side, entry)| match side {
            Some(Side::Test) => Some((entry, true)),
            Some(Side::Training) => Some((entry, false)),
            _ => None,
        });
        known
            .flat_map(|(entry, test)| [(entry.path.clone(), test), (entry.name.clone(), test)])
            .collect()
    }

    /// Divides the files; those of neither side are left out.
    pub fn divide(&self, entries: Vec<Entry>) -> Divided {
        let mut divided = Divided {
            training: Vec::new(),
            test: Vec::new(),
            notes: Vec::new(),
        };
        let (mut validation, mut others) = (Vec::new(), Vec::new());
        for (side, entry) in self.0.iter().zip(entries) {
            match side {
                Some(Side::Training) => divided.training.push(entry),
                Some(Side::Test) => divided.test.push(entry),
                Some(Side::Validation) => validation.push(entry.name),
                None => others.push(entry.name),
            }
        }
        if !validation.is_empty() {
            divided.notes.push(format!(
                "The validation set was left out, neither trained on nor explained: {}.",
                listed(&validation)
            ));
        }
        if !others.is_empty() {
            divided.notes.push(format!(
                "Left out, since the names say neither training nor test: {}.",
                listed(&others)
            ));
        }
        divided
    }
}

/// The sides of all paths by one part of each, where they make both a training and a test set.
fn sides<'a>(
    paths: &[Vec<&'a str>],
    part: impl Fn(&[&'a str]) -> Option<&'a str>,
) -> Option<Sides> {
    let mut sides: Vec<Option<Side>> = paths.iter().map(|path| side(part(path)?)).collect();
    let has = |sides: &[Option<Side>], side| sides.contains(&Some(side));
    if !has(&sides, Side::Test) {
        for side in &mut sides {
            *side = side.map(|side| match side {
                Side::Validation => Side::Test,
                side => side,
            });
        }
    }
    (has(&sides, Side::Training) && has(&sides, Side::Test)).then_some(Sides(sides))
}

/// What a file's, an array's or a folder's own name says; nothing where it says two things.
fn side(name: &str) -> Option<Side> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut before = ' ';
    // At separators, and where a capital follows a small letter, as in `xTrain`.
    for (place, letter) in name.char_indices() {
        let new = letter.is_uppercase() && before.is_lowercase();
        if new || !letter.is_alphanumeric() {
            words.push(&name[start..place]);
            start = if new {
                place
            } else {
                place + letter.len_utf8()
            };
        }
        before = letter;
    }
    words.push(&name[start..]);
    let mut said = words
        .into_iter()
        .filter_map(|word| side_of_word(&word.to_lowercase()));
    let first = said.next()?;
    said.all(|side| side == first).then_some(first)
}

fn side_of_word(word: &str) -> Option<Side> {
    // As in `test1`, `xtrain`, `testset`.
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let word = word.strip_prefix(['x', 'y']).unwrap_or(word);
    let word = word
        .strip_suffix("set")
        .or(word.strip_suffix(['x', 'y']))
        .unwrap_or(word);
    match word {
        "train" | "training" => Some(Side::Training),
        "val" | "valid" | "validation" => Some(Side::Validation),
        "test" | "testing" | "t10k" => Some(Side::Test),
        _ => None,
    }
}

/// Why files cannot be divided by their names.
pub(super) fn no_sides() -> ReadError {
    ReadError::of_all(
        "The names do not tell a training set and a test set apart. Call files, arrays or folders \
         train and test, or give the test images apart.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_images_are_for() {
        for (name, expected) in [
            ("train-images-idx3-ubyte.gz", Some(Side::Training)),
            ("t10k-labels-idx1-ubyte", Some(Side::Test)),
            ("emnist-letters-test-images-idx3-ubyte", Some(Side::Test)),
            ("x_train.npy", Some(Side::Training)),
            ("X_test", Some(Side::Test)),
            ("xTrain", Some(Side::Training)),
            ("testY.csv", Some(Side::Test)),
            ("ytest", Some(Side::Test)),
            ("ltr_train.csv", Some(Side::Training)),
            ("seg_test", Some(Side::Test)),
            ("Test1", Some(Side::Test)),
            ("trainset", Some(Side::Training)),
            ("val_images.npy", Some(Side::Validation)),
            ("validation", Some(Side::Validation)),
            ("train_test_split.csv", None),
            ("latest.csv", None),
            ("trains.csv", None),
            ("contest", None),
            ("x.npy", None),
            ("", None),
        ] {
            assert_eq!(side(name), expected, "{name}");
        }
    }

    #[test]
    fn the_part_of_a_path_that_differs_counts() {
        let of = |paths: &[&str]| -> Option<Vec<Option<Side>>> {
            let paths: Vec<Vec<&str>> =
                paths.iter().map(|path| path.split('/').collect()).collect();
            (0..4)
                .find_map(|level| sides(&paths, |path| path.get(level).copied()))
                .map(|sides| sides.0)
        };
        let (training, test) = (Some(Side::Training), Some(Side::Test));
        assert_eq!(
            of(&["a_test/train/x", "a_test/test/x", "a_test/readme"]),
            Some(vec![training, test, None])
        );
        assert_eq!(
            of(&["train/x", "val/x"]),
            Some(vec![training, test]),
            "a validation set is better than none"
        );
        assert_eq!(
            of(&["train/x", "val/x", "test/x"]),
            Some(vec![training, Some(Side::Validation), test])
        );
        assert_eq!(of(&["test/a", "test/b"]), None);
        assert_eq!(of(&["train/a", "b"]), None);
    }
}
