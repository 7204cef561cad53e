//! State dictionaries of PyTorch: zip archives, and the files of versions before 1.6.

use std::collections::HashMap;

use super::archive::Archive;
use super::error::{Fault, shortened};
use super::open::{Found, Knows};
use super::pickle::{Id, Object, Pickle};
use super::tensor::{Budget, Kind, Tensor};
use super::weights;

const ONLY_WEIGHTS: &str = "save only the weights, with torch.save(model.state_dict(), path)";
/// Dictionaries within dictionaries that are looked into.
const MAX_DEPTH: usize = 3;

/// Whether this path in an archive is that of PyTorch's pickle.
pub(super) fn is_pickle(path: &str) -> bool {
    path == "data.pkl" || path.ends_with("/data.pkl")
}

/// A state dictionary in a zip archive.
pub(super) fn read(archive: &mut Archive<'_>, budget: &mut Budget) -> Result<Found, Fault> {
    let path = archive.paths().find(|path| is_pickle(path));
    let path = path.unwrap_or_default().to_owned();
    let folder = path.strip_suffix("data.pkl").unwrap_or_default().to_owned();
    if archive
        .paths()
        .any(|path| path == format!("{folder}constants.pkl"))
    {
        return Err(Fault::new("it is a TorchScript program", ONLY_WEIGHTS));
    }
    let order = format!("{folder}byteorder");
    if archive.paths().any(|path| path == order) && archive.read(&order)? != b"little" {
        return Err(Fault::new(
            "its numbers are stored in big-endian order",
            "save it on a computer with a common processor",
        ));
    }
    let bytes = archive.read(&path)?;
    let (pickle, _) = Pickle::read(&bytes)?;
    let mut storages = HashMap::new();
    let stored = state(&pickle)?;
    for &(_, id) in &stored {
        if let Object::Tensor { storage, .. } = pickle.get(id)
            && let Object::Storage {
                kind: Some(_), key, ..
            } = pickle.get(*storage)
            && !storages.contains_key(key)
        {
            storages.insert(key.clone(), archive.read(&format!("{folder}data/{key}"))?);
        }
    }
    let storages = storages
        .iter()
        .map(|(key, bytes)| (key.as_str(), bytes.as_slice()));
    found(&pickle, &stored, &storages.collect(), budget)
}

/// A state dictionary as PyTorch saved it before version 1.6: pickles one after the other, then
/// the numbers.
pub(super) fn read_legacy(bytes: &[u8], budget: &mut Budget) -> Result<Found, Fault> {
    // A number that marks the format, its version, and facts about the computer.
    let (magic, rest) = Pickle::read(bytes)?;
    if !matches!(magic.root(), Object::Other) {
        return Err(Fault::new(
            "it is a pickle, but not one of PyTorch",
            ONLY_WEIGHTS,
        ));
    }
    let (_, rest) = Pickle::read(rest)?;
    let (_, rest) = Pickle::read(rest)?;
    let (pickle, rest) = Pickle::read(rest)?;
    let (keys, mut rest) = Pickle::read(rest)?;
    let Object::List(ids) = keys.root() else {
        return Err(Fault::damaged("it does not list its numbers"));
    };
    let kinds: HashMap<&str, usize> = pickle
        .objects()
        .filter_map(|object| match object {
            Object::Storage { kind, key, .. } => {
                // Of whole numbers none are read, but those of eight bytes stand among the others.
                Some((key.as_str(), kind.map_or(8, Kind::bytes)))
            }
            _ => None,
        })
        .collect();
    let mut storages = HashMap::new();
    for &id in ids {
        let Object::Text(key) = keys.get(id) else {
            return Err(Fault::damaged("it does not list its numbers"));
        };
        let cut = || Fault::damaged(format!("it ends before its numbers \"{}\"", shortened(key)));
        let (count, after) = rest.split_first_chunk().ok_or_else(cut)?;
        let count = usize::try_from(i64::from_le_bytes(*count)).map_err(|_| cut())?;
        let each = kinds.get(key.as_str()).copied().ok_or_else(cut)?;
        let length = count.checked_mul(each).ok_or_else(cut)?;
        let (numbers, after) = after.split_at_checked(length).ok_or_else(cut)?;
        storages.insert(key.as_str(), numbers);
        rest = after;
    }
    let stored = state(&pickle)?;
    found(&pickle, &stored, &storages, budget)
}

fn found(
    pickle: &Pickle,
    stored: &[(String, Id)],
    storages: &HashMap<&str, &[u8]>,
    budget: &mut Budget,
) -> Result<Found, Fault> {
    let mut tensors = Vec::new();
    for (name, id) in stored {
        if let Some(tensor) = tensor(pickle, name, *id, storages, budget)? {
            tensors.push((name.clone(), tensor));
        }
    }
    Ok(Found {
        format: "PyTorch state dict",
        layers: weights::dense_layers(tensors)?,
        notes: Vec::new(),
        knows: Knows::StoredOrder,
    })
}

/// The tensors of the state dictionary, which may stand in a checkpoint among other things.
fn state(pickle: &Pickle) -> Result<Vec<(String, Id)>, Fault> {
    let Object::Dict(root) = pickle.root() else {
        return Err(Fault::new(
            "it holds no dictionary of weights",
            ONLY_WEIGHTS,
        ));
    };
    search(pickle, root, 0)
        .ok_or_else(|| Fault::new("none of its dictionaries holds weights", ONLY_WEIGHTS))
}

fn search(pickle: &Pickle, dict: &[(Id, Id)], depth: usize) -> Option<Vec<(String, Id)>> {
    let named = |&(key, value): &(Id, Id)| match pickle.get(key) {
        Object::Text(name) => Some((name.clone(), value)),
        _ => None,
    };
    let mut entries: Vec<(String, Id)> = dict.iter().filter_map(named).collect();
    let is_tensor = |(_, id): &(String, Id)| matches!(pickle.get(*id), Object::Tensor { .. });
    if entries.iter().any(is_tensor) {
        entries.retain(is_tensor);
        return Some(entries);
    }
    if depth == MAX_DEPTH {
        return None;
    }
    // Moments of an optimiser have the weights' shapes, but are not weights.
    let mut inner = entries
        .iter()
        .filter(|(name, _)| !name.to_lowercase().contains("optim"));
    inner.find_map(|(_, id)| match pickle.get(*id) {
        Object::Dict(dict) => search(pickle, dict, depth + 1),
        _ => None,
    })
}

/// A tensor's numbers, row by row however they are stored; none of whole numbers.
fn tensor(
    pickle: &Pickle,
    name: &str,
    id: Id,
    storages: &HashMap<&str, &[u8]>,
    budget: &mut Budget,
) -> Result<Option<Tensor>, Fault> {
    let Object::Tensor {
        storage,
        offset,
        shape,
        strides,
    } = pickle.get(id)
    else {
        return Ok(None);
    };
    let Object::Storage { kind, key, count } = pickle.get(*storage) else {
        return Err(Fault::damaged(format!(
            "its \"{}\" has no numbers",
            shortened(name)
        )));
    };
    let Some(kind) = *kind else {
        return Ok(None);
    };
    let cut = || {
        Fault::damaged(format!(
            "its \"{}\" reaches beyond the numbers in the file",
            shortened(name)
        ))
    };
    let bytes = storages.get(key.as_str()).copied().ok_or_else(cut)?;
    let numbers = budget.take(name, shape)?;
    let stored = bytes.len() / kind.bytes();
    if shape.len() != strides.len() || stored < *count || numbers > stored || numbers == 0 {
        return Err(cut());
    }
    if is_row_by_row(shape, strides) {
        let from = offset.checked_mul(kind.bytes()).ok_or_else(cut)?;
        let numbers = bytes
            .get(from..)
            .and_then(|rest| rest.get(..numbers * kind.bytes()));
        let values = kind.read(numbers.ok_or_else(cut)?);
        return Ok(Some(Tensor::new(name, shape.clone(), values)?));
    }
    let mut places = vec![*offset];
    for (&axis, &stride) in shape.iter().zip(strides) {
        let step = |place: usize| {
            (0..axis).map(move |at| {
                at.checked_mul(stride)
                    .and_then(|step| step.checked_add(place))
            })
        };
        let next: Option<Vec<usize>> = places.into_iter().flat_map(step).collect();
        places = next.ok_or_else(cut)?;
    }
    let mut values = Vec::with_capacity(places.len());
    for place in places {
        let from = place.checked_mul(kind.bytes()).ok_or_else(cut)?;
        let number = bytes.get(from..).and_then(|rest| rest.get(..kind.bytes()));
        values.extend(kind.read(number.ok_or_else(cut)?));
    }
    Ok(Some(Tensor::new(name, shape.clone(), values)?))
}

/// Whether numbers stand as they are wanted; transposed tensors stand otherwise.
fn is_row_by_row(shape: &[usize], strides: &[usize]) -> bool {
    let mut step = 1usize;
    shape.iter().zip(strides).rev().all(|(&axis, &stride)| {
        let fits = axis == 1 || stride == step;
        step = step.saturating_mul(axis);
        fits
    })
}
