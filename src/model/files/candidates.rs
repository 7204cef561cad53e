//! Which of a file's dictionaries of weights are the autoencoder: a whole one, or its two halves.

use super::Hints;
use super::chain::Layer;
use super::error::{Asked, Asks, Fault, Question, Stop, shortened};
use super::weights::{self, Weights};

/// Dictionaries of one file that are compared.
const MOST: usize = 32;

/// One dictionary.
pub(super) struct Candidate {
    /// Where it lies in the file.
    pub path: String,
    /// What was read of it.
    pub weights: Result<Weights, Fault>,
}

/// The weights that are meant.
pub(super) fn choose(mut candidates: Vec<Candidate>, asked: &Asked<'_>) -> Result<Weights, Stop> {
    if candidates.len() == 1 {
        return Ok(candidates.swap_remove(0).weights?);
    }
    candidates.truncate(MOST);
    let mut failed = None;
    let mut read: Vec<(String, Weights)> = Vec::new();
    for Candidate { path, weights } in candidates {
        match weights {
            Err(fault) => failed = failed.or(Some(fault)),
            // The same under a second name.
            Ok(weights)
                if read
                    .iter()
                    .any(|(_, known)| same(&known.layers, &weights.layers)) => {}
            Ok(weights) => read.push((path, weights)),
        }
    }
    if let Some(order) = &asked.hints.order {
        let named = |path: &str, layer: &Layer| order.contains(&within(path, &layer.name));
        let meant: Vec<usize> = (0..read.len())
            .filter(|&at| {
                let (path, weights) = &read[at];
                weights.layers.iter().any(|layer| named(path, layer))
            })
            .collect();
        if !meant.is_empty() {
            return Ok(joined(read, &meant, true));
        }
    }
    let whole: Vec<Vec<usize>> = (0..read.len())
        .filter(|&at| {
            weights::ends(&read[at].1.layers).is_some_and(|(taken, given)| taken == given)
        })
        .map(|at| vec![at])
        .collect();
    let found = if whole.is_empty() {
        halves(&read)
    } else {
        whole
    };
    match found.as_slice() {
        [] if read.is_empty() => Err(failed
            .unwrap_or_else(|| Fault::damaged("none of its dictionaries holds weights"))
            .into()),
        // Perhaps every layer has a dictionary of its own.
        [] => {
            let all: Vec<usize> = (0..read.len()).collect();
            Ok(joined(read, &all, true))
        }
        [only] => Ok(joined(read, only, only.len() > 1)),
        [first, ..] => {
            let all = |(path, weights): &(String, Weights)| {
                let renamed = weights.layers.iter().map(|layer| {
                    let mut shape = weights::shape(layer);
                    shape.name = within(path, &layer.name);
                    shape
                });
                renamed.collect::<Vec<_>>()
            };
            let paths: Vec<String> = found
                .iter()
                .map(|places| {
                    let paths: Vec<&str> = places.iter().map(|&at| read[at].0.as_str()).collect();
                    format!("\"{}\"", shortened(&paths.join("\" and \"")))
                })
                .collect();
            let order = first.iter().flat_map(|&at| {
                let (path, weights) = &read[at];
                let order = weights::likely(&weights.layers);
                order
                    .into_iter()
                    .map(move |place| within(path, &weights.layers[place].name))
            });
            Err(Question {
                text: format!(
                    "{} holds several networks ({}): which one is to be explained? The layers of the \
                     others are to be left out.",
                    shortened(asked.file),
                    paths.join(", ")
                ),
                asks: Asks::Order,
                layers: found
                    .iter()
                    .flatten()
                    .flat_map(|&at| all(&read[at]))
                    .collect(),
                proposal: Hints {
                    order: Some(order.collect()),
                    ..asked.hints.clone()
                },
            }
            .into())
        }
    }
}

/// A layer's name where several dictionaries are in play.
fn within(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    }
}

fn same(one: &[Layer], other: &[Layer]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a.dense == b.dense)
}

/// Pairs of an encoder and a decoder, first those that are named alike.
fn halves(read: &[(String, Weights)]) -> Vec<Vec<usize>> {
    let mut pairs = Vec::new();
    for (at, (_, encoder)) in read.iter().enumerate() {
        for (other, (_, decoder)) in read.iter().enumerate() {
            let ends = (
                weights::ends(&encoder.layers),
                weights::ends(&decoder.layers),
            );
            if let (Some((pixels, latents)), Some((taken, given))) = ends
                && (latents, pixels) == (taken, given)
                && pixels > latents
            {
                pairs.push(vec![at, other]);
            }
        }
    }
    let key = |path: &str| {
        let mut key = path.to_lowercase();
        for word in ["encoder", "decoder", "enc", "dec"] {
            key = key.replace(word, "");
        }
        key
    };
    let alike: Vec<Vec<usize>> = pairs
        .iter()
        .filter(|pair| key(&read[pair[0]].0) == key(&read[pair[1]].0))
        .cloned()
        .collect();
    if alike.is_empty() { pairs } else { alike }
}

/// The dictionaries at these places as one, their layers named with the place if that is wanted, and a
/// note on the others.
fn joined(read: Vec<(String, Weights)>, places: &[usize], named: bool) -> Weights {
    let mut all = Weights::default();
    let mut aside = Vec::new();
    let mut read: Vec<Option<(String, Weights)>> = read.into_iter().map(Some).collect();
    for &place in places {
        let Some((path, weights)) = read[place].take() else {
            continue;
        };
        for mut layer in weights.layers {
            if named {
                layer.name = within(&path, &layer.name);
            }
            all.layers.push(layer);
        }
        all.notes.extend(weights.notes);
        all.images = all.images.or(weights.images);
        all.scaling = all.scaling.or(weights.scaling);
    }
    for (path, _) in read.into_iter().flatten() {
        aside.push(format!("\"{}\"", shortened(&path)));
    }
    if !aside.is_empty() {
        all.notes.push(format!(
            "The file also holds {}, which was left aside.",
            aside.join(", ")
        ));
    }
    all
}
