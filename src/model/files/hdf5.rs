//! HDF5 files, read within bounds.

use hdf5_pure::{AttrValue, Dataset, Group};

use super::error::{Fault, shortened};
use super::tensor::{Budget, Tensor};

pub(super) const MAGIC: &[u8] = b"\x89HDF\r\n\x1a\n";

/// Groups within groups that are followed, and how many in all.
const MAX_DEPTH: usize = 24;
const MAX_GROUPS: usize = 20_000;

/// An open file.
pub(super) struct File {
    file: hdf5_pure::File,
    bytes: u64,
}

fn broken(error: &hdf5_pure::Error) -> Fault {
    Fault::damaged(format!("its HDF5 structure cannot be read ({error})"))
}

impl File {
    pub(super) fn open(bytes: Vec<u8>) -> Result<Self, Fault> {
        let length = bytes.len() as u64;
        Ok(Self {
            file: hdf5_pure::File::from_bytes(bytes).map_err(|error| broken(&error))?,
            bytes: length,
        })
    }

    /// An attribute of the group at `path` as text; the root's path is empty.
    pub(super) fn text(&self, path: &str, name: &str) -> Result<Option<String>, Fault> {
        let attribute = self.attribute(path, name)?;
        Ok(attribute.and_then(|value| value.as_str().map(String::from)))
    }

    /// An attribute that is a list of names, which Keras cuts into `name0`, `name1`, … where it is
    /// long.
    pub(super) fn names(&self, path: &str, name: &str) -> Result<Option<Vec<String>>, Fault> {
        let list = |value: AttrValue| value.as_strings().map(<[String]>::to_vec);
        if let Some(value) = self.attribute(path, name)? {
            // No names at all are kept as an empty list of numbers.
            return Ok(Some(list(value).unwrap_or_default()));
        }
        let mut names = Vec::new();
        for piece in 0.. {
            match self.attribute(path, &format!("{name}{piece}"))? {
                Some(value) => names.extend(list(value).unwrap_or_default()),
                None => break,
            }
        }
        Ok((!names.is_empty()).then_some(names))
    }

    fn attribute(&self, path: &str, name: &str) -> Result<Option<AttrValue>, Fault> {
        let group = self.group(path)?;
        let mut attributes = group.attrs().map_err(|error| broken(&error))?;
        Ok(attributes.remove(name))
    }

    fn group(&self, path: &str) -> Result<Group, Fault> {
        if path.is_empty() {
            return Ok(self.file.root());
        }
        self.file
            .group(path)
            .map_err(|error| Fault::damaged(format!("it lacks \"{}\" ({error})", shortened(path))))
    }

    /// Whether there are numbers at `path`.
    pub(super) fn has(&self, path: &str) -> bool {
        self.file.dataset(path).is_ok()
    }

    /// The numbers at `path`.
    pub(super) fn tensor(&self, path: &str, budget: &mut Budget) -> Result<Tensor, Fault> {
        let shown = shortened(path);
        let dataset = self.file.dataset(path).map_err(|error| {
            Fault::damaged(format!("it lacks the weights \"{shown}\" ({error})"))
        })?;
        let shape = self.shape(path, &dataset)?;
        budget.take(path, &shape)?;
        let values = dataset.read_f32().map_err(|error| {
            Fault::damaged(format!("its weights \"{shown}\" cannot be read ({error})"))
        })?;
        Tensor::new(path, shape, values)
    }

    /// The shape of a dataset whose storage is not larger than its numbers.
    fn shape(&self, path: &str, dataset: &Dataset) -> Result<Vec<usize>, Fault> {
        let axes = dataset.shape().map_err(|error| broken(&error))?;
        let chunk = dataset.chunk_shape().map_err(|error| broken(&error))?;
        let count = |axes: &[u64]| {
            axes.iter()
                .try_fold(1u64, |count, &axis| count.checked_mul(axis))
        };
        let numbers = count(&axes).unwrap_or(u64::MAX);
        let chunk = chunk
            .map_or(Some(0), |chunk| count(&chunk))
            .unwrap_or(u64::MAX);
        // Chunks are unpacked whole. Packed numbers take at least a thousandth of their size.
        if chunk > numbers.max(1 << 20) || numbers / 1100 > self.bytes {
            return Err(Fault::damaged(format!(
                "its \"{}\" announces more numbers than the file can hold",
                shortened(path)
            )));
        }
        Ok(axes.iter().map(|&axis| axis as usize).collect())
    }

    /// The paths of all datasets.
    pub(super) fn datasets(&self) -> Result<Vec<String>, Fault> {
        let mut found = Vec::new();
        let mut groups = vec![(String::new(), self.file.root(), 0)];
        let mut seen = 0;
        while let Some((path, group, depth)) = groups.pop() {
            seen += 1;
            if depth > MAX_DEPTH || seen > MAX_GROUPS {
                return Err(Fault::damaged("its groups are nested without end"));
            }
            for name in group.datasets().map_err(|error| broken(&error))? {
                found.push(format!("{path}{name}"));
            }
            for name in group.groups().map_err(|error| broken(&error))? {
                let inner = group.group(&name).map_err(|error| broken(&error))?;
                groups.push((format!("{path}{name}/"), inner, depth + 1));
            }
        }
        found.sort();
        Ok(found)
    }
}
