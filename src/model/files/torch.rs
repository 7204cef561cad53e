//! State dictionaries of PyTorch: zip archives, and the files of versions before 1.6.

use std::collections::{HashMap, HashSet};

use super::archive::Archive;
use super::candidates::{Candidate, choose};
use super::error::{Asked, Fault, Stop, shortened};
use super::found::{Content, Found};
use super::modules;
use super::pickle::{Id, Object, Pickle};
use super::tensor::{Budget, Kind, Tensor};
use super::weights::{self, Library, Named};

const ONLY_WEIGHTS: &str = "save only the weights, with torch.save(model.state_dict(), path)";
const FORMAT: &str = "PyTorch state dict";
/// Objects within objects that are looked into.
const MAX_DEPTH: usize = 24;

/// Whether this path in an archive is that of PyTorch's pickle.
pub(super) fn is_pickle(path: &str) -> bool {
    path == "data.pkl" || path.ends_with("/data.pkl")
}

/// A state dictionary in a zip archive.
pub(super) fn read(
    archive: &mut Archive<'_>,
    asked: &Asked<'_>,
    budget: &mut Budget,
) -> Result<Found, Stop> {
    let path = archive.paths().find(|path| is_pickle(path));
    let path = path.unwrap_or_default().to_owned();
    let folder = path.strip_suffix("data.pkl").unwrap_or_default().to_owned();
    if archive
        .paths()
        .any(|path| path == format!("{folder}constants.pkl"))
    {
        return Err(Fault::beyond("it is a TorchScript program", ONLY_WEIGHTS).into());
    }
    let order = format!("{folder}byteorder");
    if archive.paths().any(|path| path == order) && archive.read(&order)? != b"little" {
        return Err(Fault::new(
            "its numbers are stored in big-endian order",
            "save it on a computer with a common processor",
        )
        .into());
    }
    let bytes = archive.read(&path)?;
    let (pickle, _) = Pickle::read(&bytes)?;
    let mut storages = HashMap::new();
    let state = State::of(&pickle)?;
    for &(_, id) in state.dictionaries.iter().flat_map(|(_, stored)| stored) {
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
    state.found(&pickle, &storages.collect(), asked, budget)
}

/// A state dictionary as PyTorch saved it before version 1.6: pickles one after the other, then
/// the numbers.
pub(super) fn read_legacy(
    bytes: &[u8],
    asked: &Asked<'_>,
    budget: &mut Budget,
) -> Result<Found, Stop> {
    // A number that marks the format, its version, and facts about the computer.
    let (magic, rest) = Pickle::read(bytes)?;
    if !matches!(magic.root(), Object::Other) {
        return Err(Fault::new("it is a pickle, but not one of PyTorch", ONLY_WEIGHTS).into());
    }
    let (_, rest) = Pickle::read(rest)?;
    let (_, rest) = Pickle::read(rest)?;
    let (pickle, rest) = Pickle::read(rest)?;
    let (keys, mut rest) = Pickle::read(rest)?;
    let Object::List(ids) = keys.root() else {
        return Err(Fault::damaged("it does not list its numbers").into());
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
            return Err(Fault::damaged("it does not list its numbers").into());
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
    State::of(&pickle)?.found(&pickle, &storages, asked, budget)
}

/// What a pickle holds of weights.
struct State {
    /// Dictionaries of tensors, by where they lie.
    dictionaries: Vec<(String, Vec<(String, Id)>)>,
    /// Names of tensors beside them that standardise.
    beside: Vec<String>,
    /// The class of a whole network whose weights these are.
    class: Option<String>,
}

impl State {
    /// Looks for dictionaries of weights wherever they lie; optimisers' are left out.
    fn of(pickle: &Pickle) -> Result<Self, Fault> {
        let mut state = Self {
            dictionaries: Vec::new(),
            beside: Vec::new(),
            class: None,
        };
        let mut seen = HashSet::new();
        state.search(pickle, pickle.root_id(), "", 0, &mut seen);
        if !state.dictionaries.is_empty() {
            return Ok(state);
        }
        let held = match pickle.root() {
            Object::Instance { class, .. } | Object::Class(class) => format!(
                "it holds \"{}\", of which nothing is executed here, and no weights",
                shortened(class)
            ),
            Object::Dict(_) => "none of its dictionaries holds weights".into(),
            _ => "it holds no dictionary of weights".into(),
        };
        Err(Fault::beyond(held, ONLY_WEIGHTS))
    }

    fn search(
        &mut self,
        pickle: &Pickle,
        id: Id,
        path: &str,
        depth: usize,
        seen: &mut HashSet<Id>,
    ) {
        if depth > MAX_DEPTH || !seen.insert(id) {
            return;
        }
        let within = |name: &str| match path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        match pickle.get(id) {
            Object::Dict(entries) => {
                let entries = named(pickle, entries);
                if entries.iter().any(|(name, _)| of_optimiser(name)) {
                    return;
                }
                let is_tensor =
                    |(_, id): &&(String, Id)| matches!(pickle.get(*id), Object::Tensor { .. });
                let tensors: Vec<(String, Id)> =
                    entries.iter().filter(is_tensor).cloned().collect();
                self.add(pickle, path, tensors);
                for (name, id) in entries {
                    if !name.to_lowercase().contains("optim") {
                        self.search(pickle, id, &within(&name), depth + 1, seen);
                    }
                }
            }
            Object::List(items) | Object::Tuple(items) => {
                for (at, &id) in items.iter().enumerate() {
                    self.search(pickle, id, &within(&at.to_string()), depth + 1, seen);
                }
            }
            Object::Instance {
                class,
                items,
                state,
            } => {
                let mut tensors = Vec::new();
                module(pickle, id, "", 0, &mut tensors, seen);
                if tensors.is_empty() {
                    let state = state.iter().copied();
                    let items = items.iter().map(|&(_, value)| value);
                    for id in state.chain(items) {
                        self.search(pickle, id, path, depth + 1, seen);
                    }
                } else {
                    self.class.get_or_insert_with(|| class.clone());
                    self.add(pickle, path, tensors);
                }
            }
            _ => {}
        }
    }

    /// Adds a dictionary of tensors if one of them may be a layer's.
    fn add(&mut self, pickle: &Pickle, path: &str, tensors: Vec<(String, Id)>) {
        let layer = |(name, id): &(String, Id)| {
            let axes = match pickle.get(*id) {
                Object::Tensor { shape, .. } => shape.len(),
                _ => 0,
            };
            axes > 1 && !weights::standardises(name)
        };
        if tensors.iter().any(layer) {
            self.dictionaries.push((path.into(), tensors));
        } else {
            let standardising = tensors.into_iter().map(|(name, _)| name);
            self.beside
                .extend(standardising.filter(|name| weights::standardises(name)));
        }
    }

    fn found(
        &self,
        pickle: &Pickle,
        storages: &HashMap<&str, &[u8]>,
        asked: &Asked<'_>,
        budget: &mut Budget,
    ) -> Result<Found, Stop> {
        let mut dictionaries: Vec<(String, Vec<Named>)> = Vec::new();
        for (path, stored) in &self.dictionaries {
            let mut tensors = Vec::new();
            for (name, id) in stored {
                if let Some(tensor) = tensor(pickle, name, *id, storages, budget)? {
                    tensors.push((name.clone(), tensor));
                }
            }
            dictionaries.push((path.clone(), tensors));
        }
        let needed = |(_, tensors): &(String, Vec<Named>)| modules::needed(tensors, asked);
        let mut found = if dictionaries.iter().any(needed) {
            let (modules, notes) = modules::of_several(dictionaries)?;
            let in_order = true;
            Found {
                format: FORMAT,
                content: Content::Modules { modules, in_order },
                notes,
            }
        } else {
            let candidates = dictionaries.into_iter().map(|(path, tensors)| Candidate {
                path,
                weights: weights::dense_layers(tensors, Library::Torch),
            });
            let mut weights = choose(candidates.collect(), asked)?;
            Found {
                format: FORMAT,
                notes: weights.notes.clone(),
                content: weights.content(true),
            }
        };
        let notes = &mut found.notes;
        if let Some(class) = &self.class {
            notes.push(format!(
                "The network \"{}\" was not executed: its weights were taken by their names.",
                shortened(class)
            ));
        }
        if !self.beside.is_empty() {
            notes.push(weights::not_standardised(&self.beside));
        }
        Ok(found)
    }
}

/// A dictionary's entries that have names; later ones count.
fn named(pickle: &Pickle, entries: &[(Id, Id)]) -> Vec<(String, Id)> {
    let named = |&(key, value): &(Id, Id)| match pickle.get(key) {
        Object::Text(name) => Some((name.clone(), value)),
        Object::Int(number) => Some((number.to_string(), value)),
        _ => None,
    };
    entries.iter().filter_map(named).collect()
}

/// Whether a dictionary with an entry of this name is of an optimiser.
fn of_optimiser(name: &str) -> bool {
    const OWN: [&str; 6] = [
        "param_groups",
        "exp_avg",
        "exp_avg_sq",
        "momentum_buffer",
        "square_avg",
        "acc_delta",
    ];
    OWN.contains(&name)
}

/// The tensors of a module and of those within it, named as in its state dictionary.
fn module(
    pickle: &Pickle,
    id: Id,
    path: &str,
    depth: usize,
    tensors: &mut Vec<(String, Id)>,
    seen: &mut HashSet<Id>,
) {
    let Object::Instance {
        state: Some(state), ..
    } = pickle.get(id)
    else {
        return;
    };
    let Object::Dict(state) = pickle.get(*state) else {
        return;
    };
    let part = |wanted: &str| {
        let state = named(pickle, state);
        let found = state
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|&(_, id)| id);
        match found.map(|id| pickle.get(id)) {
            Some(Object::Dict(entries)) => named(pickle, entries),
            _ => Vec::new(),
        }
    };
    for (name, id) in part("_parameters").into_iter().chain(part("_buffers")) {
        if matches!(pickle.get(id), Object::Tensor { .. }) {
            tensors.push((format!("{path}{name}"), id));
        }
    }
    for (name, id) in part("_modules") {
        if depth < MAX_DEPTH && seen.insert(id) {
            module(
                pickle,
                id,
                &format!("{path}{name}."),
                depth + 1,
                tensors,
                seen,
            );
        }
    }
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
