use super::Hints;
use super::chain::{Images, Layer};
use super::error::{Asked, Asks, Fault, Question, Stop, WeightShape, shortened};
use super::found::{Content, Stored};
use super::heads::{Head, head, reading};
use super::tensor::Tensor;
use crate::data::Scaling;
use crate::model::Dense;

pub(super) use super::groups::{Library, dense_layers, not_standardised, shared, standardises};

pub(super) const ONNX: &str = "save the model as ONNX, which holds the whole of it";

/// A tensor and its name in the file.
pub(super) type Named = (String, Tensor);

/// What dictionaries of weights come to.
#[derive(Debug, Default)]
pub(super) struct Weights {
    pub layers: Vec<Layer>,
    pub notes: Vec<String>,
    pub images: Option<Images>,
    /// What the columns of a table are scaled by.
    pub scaling: Option<Scaling>,
}

impl Weights {
    /// Takes out the layers; `in_order` tells whether they stand in the order of a program.
    pub(super) fn content(&mut self, in_order: bool) -> Content {
        Content::Weights(Stored {
            layers: std::mem::take(&mut self.layers),
            images: self.images.take(),
            scaling: self.scaling.take(),
            in_order,
        })
    }
}

/// Layers in the order in which they follow each other.
#[derive(Debug, Default)]
pub(super) struct Arranged {
    pub layers: Vec<Layer>,
    /// Those that give the log-variances of a variational encoder.
    pub spread: Option<Branch>,
    /// What was left out, or assumed.
    pub notes: Vec<String>,
}

/// Layers that go their own way.
#[derive(Debug)]
pub(super) struct Branch {
    /// After so many of the others.
    pub after: usize,
    /// So many of the others give the means.
    pub means: usize,
    pub layers: Vec<Layer>,
}

/// Puts layers in the order in which they follow each other: as the hints say; else as they stand
/// in the file (`stored`) or by name, encoder first; else the one order in which sizes fit. Of a
/// variational encoder's two heads the means stay in it; the other is beside it.
pub(super) fn arrange(
    layers: Vec<Layer>,
    stored: bool,
    asked: &Asked<'_>,
) -> Result<Arranged, Stop> {
    if let Some(order) = &asked.hints.order {
        let known = |name: &&String| layers.iter().any(|layer| layer.name == **name);
        let order: Vec<String> = order.iter().filter(known).cloned().collect();
        if !order.is_empty() {
            return Ok(in_order(layers, &order)?);
        }
    }
    let spreads = spreads(&layers);
    let (mut kept, mut aside) = (Vec::new(), Vec::new());
    for (at, layer) in layers.into_iter().enumerate() {
        if spreads.contains(&at) {
            aside.push(layer);
        } else {
            kept.push(layer);
        }
    }
    let layers = kept;
    let all: Vec<usize> = (0..layers.len()).collect();
    match ordered(&layers, &all, stored) {
        Ordered::One(order) => {
            let mut arranged = Arranged {
                layers: permuted(layers, &order),
                ..Arranged::default()
            };
            arranged.beside(aside);
            Ok(arranged)
        }
        Ordered::Several(order) => {
            let text = format!(
                "In which order do the layers of {} follow each other?",
                shortened(asked.file)
            );
            Err(question(text, &layers, &order, asked))
        }
        Ordered::None => Err(two_heads(&layers, stored, asked)),
    }
}

impl Arranged {
    /// Takes what the spread of a variational encoder comes from, where it fits the others and gives
    /// log-variances.
    fn beside(&mut self, mut spread: Vec<Layer>) {
        spread.sort_by_cached_key(|layer| natural(&layer.name));
        let Some(last) = spread.last() else {
            return;
        };
        let reading = reading(&last.name);
        let names: Vec<String> = spread
            .iter()
            .map(|layer| format!("\"{}\"", shortened(&layer.name)))
            .collect();
        let names = names.join(" and ");
        let found = match reading {
            Some((factor, how)) => self.branch(&spread).map(|place| (place, factor, how)),
            None => None,
        };
        let Some(((after, means), factor, how)) = found else {
            self.notes.push(format!(
                "{names}: the spread of a variational encoder that is not known to be given by its logarithm was \
                 left aside. The latents are the means."
            ));
            return;
        };
        if let Some(last) = spread.last_mut() {
            last.dense.weight *= factor as f32;
            last.dense.bias *= factor as f32;
        }
        self.notes.push(format!(
            "The latents are the means, which layer \"{}\" gives; {names} gives their log-variances{how}. Nothing \
             is drawn at random.",
            shortened(&self.layers[means - 1].name)
        ));
        self.spread = Some(Branch {
            after,
            means,
            layers: spread,
        });
    }

    /// Beside which of the layers others stand: after how many they begin, and end.
    fn branch(&self, spread: &[Layer]) -> Option<(usize, usize)> {
        let (first, last) = (spread.first()?, spread.last()?);
        let all: Vec<usize> = (0..spread.len()).collect();
        let inner = &self.layers[..before_images(&self.layers)];
        let least = inner.iter().map(|layer| layer.dense.outputs()).min()?;
        let means = inner
            .iter()
            .position(|layer| {
                layer.dense.outputs() == last.dense.outputs()
                    && head(&layer.name) == Some(Head::Mean)
            })
            .or_else(|| {
                let narrow = |layer: &Layer| layer.dense.outputs() == least;
                inner.iter().position(narrow)
            })?;
        let fits = inner[means].dense.outputs() == last.dense.outputs() && follow(spread, &all);
        let taken = |at: &usize| inner[*at].dense.inputs() == first.dense.inputs();
        let after = (0..=means).rev().find(taken)?;
        fits.then_some((after, means + 1))
    }
}

fn question(text: String, layers: &[Layer], order: &[usize], asked: &Asked<'_>) -> Stop {
    // Those in question first, in their order.
    let mut all: Vec<usize> = order.to_vec();
    all.extend((0..layers.len()).filter(|at| !order.contains(at)));
    Question {
        text,
        asks: Asks::Order,
        layers: all.iter().map(|&at| shape(&layers[at])).collect(),
        proposal: Hints {
            order: Some(order.iter().map(|&at| layers[at].name.clone()).collect()),
            ..asked.hints.clone()
        },
    }
    .into()
}

/// Layers that give the spread of a variational encoder by their names, each beside another of its
/// size.
fn spreads(layers: &[Layer]) -> Vec<usize> {
    let size = |at: usize| layers[at].dense.weight.dim();
    let spread: Vec<bool> = layers
        .iter()
        .map(|layer| head(&layer.name) == Some(Head::Spread))
        .collect();
    let beside =
        |&at: &usize| (0..layers.len()).any(|other| !spread[other] && size(other) == size(at));
    (0..layers.len())
        .filter(|&at| spread[at])
        .filter(beside)
        .collect()
}

/// Layers that follow each other in no order: a question if one of two of a size is too much.
fn two_heads(layers: &[Layer], stored: bool, asked: &Asked<'_>) -> Stop {
    const MOST_PAIRS: usize = 200;
    let size = |at: usize| layers[at].dense.weight.dim();
    let pairs = (0..layers.len())
        .flat_map(|one| (one + 1..layers.len()).map(move |other| (one, other)))
        .filter(|&(one, other)| size(one) == size(other));
    for (one, other) in pairs.take(MOST_PAIRS) {
        let without: Vec<usize> = (0..layers.len()).filter(|&at| at != other).collect();
        let Ordered::One(order) = ordered(layers, &without, stored) else {
            continue;
        };
        let (inputs, outputs) = size(one);
        let text = format!(
            "Two layers of {} go from {inputs} to {outputs} (\"{}\" and \"{}\"), as in a variational \
             autoencoder: which one gives the means? The other, which the answer leaves out, gives their \
             log-variances.",
            shortened(asked.file),
            shortened(&layers[one].name),
            shortened(&layers[other].name),
        );
        return question(text, layers, &order, asked);
    }
    let halved = layers.iter().find_map(|layer| {
        let outputs = layer.dense.outputs();
        let next = |next: &&Layer| outputs == 2 * next.dense.inputs();
        Some((layer, layers.iter().find(next)?))
    });
    let sizes = sizes(layers);
    match halved {
        Some((layer, next)) => Fault::new(
            format!(
                "its layer \"{}\" gives {} numbers and \"{}\" takes {}, as where means and \
                 log-variances come from one layer, and the file does not say which are which",
                shortened(&layer.name),
                layer.dense.outputs(),
                shortened(&next.name),
                next.dense.inputs()
            ),
            "keep the rows of its weights and of its bias that give the means, and save it again",
        ),
        None => Fault::beyond(
            format!("its dense layers ({sizes}) fit each other in no order"),
            "name those on the way from the images to the reconstructions in their order, and leave \
             out the others, or save the model as ONNX",
        ),
    }
    .into()
}

/// Numbers that a network of these layers takes and gives, if they follow each other.
pub(super) fn ends(layers: &[Layer]) -> Option<(usize, usize)> {
    let order = likely(layers);
    if order.is_empty() || !follow(layers, &order) {
        return None;
    }
    let (first, last) = (order[0], order[order.len() - 1]);
    Some((layers[first].dense.inputs(), layers[last].dense.outputs()))
}

/// The order of the layers, of two heads the first; their own where there is none.
pub(super) fn likely(layers: &[Layer]) -> Vec<usize> {
    let spreads = spreads(layers);
    let kept: Vec<usize> = (0..layers.len())
        .filter(|at| !spreads.contains(at))
        .collect();
    let none = Asked {
        hints: &Hints::default(),
        file: "",
        modules: false,
    };
    match ordered(layers, &kept, true) {
        Ordered::One(order) | Ordered::Several(order) => order,
        Ordered::None => match two_heads(layers, true, &none) {
            Stop::Question(question) => {
                let order = question.proposal.order.unwrap_or_default();
                let place = |name: &String| layers.iter().position(|layer| layer.name == *name);
                order.iter().filter_map(place).collect()
            }
            Stop::Fault(_) => kept,
        },
    }
}

/// In how many orders layers follow each other.
enum Ordered {
    None,
    One(Vec<usize>),
    /// And the first of them.
    Several(Vec<usize>),
}

/// The order of those layers that are `kept`.
fn ordered(layers: &[Layer], kept: &[usize], stored: bool) -> Ordered {
    let mut by_name = kept.to_vec();
    by_name.sort_by_cached_key(|&at| natural(&layers[at].name));
    let by_name = by_name.as_slice();
    let likely = if stored {
        [kept, by_name]
    } else {
        [by_name, kept]
    };
    if let Some(order) = likely.into_iter().find(|order| plausible(layers, order)) {
        return Ordered::One(order.to_vec());
    }
    let mut found = Search {
        layers,
        kept,
        orders: Vec::new(),
        steps: 0,
    };
    found.extend(&mut Vec::new());
    match found.orders.as_slice() {
        [] => likely
            .into_iter()
            .find(|order| follow(layers, order))
            .map_or(Ordered::None, |order| Ordered::One(order.to_vec())),
        [order] => Ordered::One(order.clone()),
        [order, ..] => Ordered::Several(order.clone()),
    }
}

pub(super) fn shape(layer: &Layer) -> WeightShape {
    WeightShape {
        name: layer.name.clone(),
        inputs: layer.dense.inputs(),
        outputs: layer.dense.outputs(),
        class: String::new(),
    }
}

fn sizes(layers: &[Layer]) -> String {
    const SHOWN: usize = 6;
    let mut shown: Vec<String> = layers
        .iter()
        .take(SHOWN)
        .map(|layer| format!("{} → {}", layer.dense.inputs(), layer.dense.outputs()))
        .collect();
    if layers.len() > SHOWN {
        shown.push("…".into());
    }
    shown.join(", ")
}

/// The named layers in this order, and what is said of the others.
fn in_order(layers: Vec<Layer>, names: &[String]) -> Result<Arranged, Fault> {
    let order: Vec<usize> = names
        .iter()
        .filter_map(|name| layers.iter().position(|layer| layer.name == *name))
        .collect();
    let mut once = order.clone();
    once.sort_unstable();
    once.dedup();
    if once.len() != order.len() {
        return Err(Fault::new(
            "the order that was asked for names a layer twice",
            "name every layer once, and leave out those that are not on the way",
        ));
    }
    for pair in order.windows(2) {
        let (one, next) = (&layers[pair[0]], &layers[pair[1]]);
        if one.dense.outputs() != next.dense.inputs() {
            return Err(Fault::new(
                format!(
                    "in the order that was asked for, layer \"{}\" gives {} numbers and \"{}\" takes {}",
                    shortened(&one.name),
                    one.dense.outputs(),
                    shortened(&next.name),
                    next.dense.inputs()
                ),
                "name layers that fit each other",
            ));
        }
    }
    let mut aside: Vec<usize> = (0..layers.len()).filter(|at| !order.contains(at)).collect();
    let spread = other_head(&layers, &order, &aside);
    aside.retain(|&at| Some(at) != spread);
    let mut notes: Vec<String> = Vec::new();
    for at in aside {
        let Dense { weight, .. } = &layers[at].dense;
        notes.push(format!(
            "Layer \"{}\" ({} to {}) was left out, since the order that was asked for does not name it.",
            shortened(&layers[at].name),
            weight.nrows(),
            weight.ncols()
        ));
    }
    let spread: Vec<Layer> = spread.iter().map(|&at| layers[at].clone()).collect();
    let mut arranged = Arranged {
        layers: permuted(layers, &order),
        notes,
        spread: None,
    };
    arranged.beside(spread);
    Ok(arranged)
}

/// So many layers may give latents: all of an encoder, and all but the last of a whole autoencoder.
fn before_images(layers: &[Layer]) -> usize {
    match (layers.first(), layers.last()) {
        (Some(first), Some(last)) if first.dense.inputs() == last.dense.outputs() => {
            layers.len() - 1
        }
        _ => layers.len(),
    }
}

/// The one layer that an order does not name and that is of the size of the means: those of the
/// narrowest layer, which is beside it.
fn other_head(layers: &[Layer], order: &[usize], aside: &[usize]) -> Option<usize> {
    let outputs = |&at: &usize| layers[at].dense.outputs();
    let ordered: Vec<Layer> = order.iter().map(|&at| layers[at].clone()).collect();
    let inner = &order[..before_images(&ordered)];
    let least = inner.iter().map(outputs).min()?;
    let means = inner.iter().find(|at| outputs(at) == least)?;
    let size = layers[*means].dense.weight.dim();
    if head(&layers[*means].name) == Some(Head::Spread) {
        return None;
    }
    let mut found = aside.iter().filter(|&&at| {
        layers[at].dense.weight.dim() == size && head(&layers[at].name) != Some(Head::Mean)
    });
    found.next().filter(|_| found.next().is_none()).copied()
}

fn permuted(layers: Vec<Layer>, order: &[usize]) -> Vec<Layer> {
    let mut layers: Vec<Option<Layer>> = layers.into_iter().map(Some).collect();
    order.iter().filter_map(|&at| layers[at].take()).collect()
}

fn follow(layers: &[Layer], order: &[usize]) -> bool {
    order
        .windows(2)
        .all(|pair| layers[pair[0]].dense.outputs() == layers[pair[1]].dense.inputs())
}

/// Whether the layers follow each other and do not give images back from wider layers alone, as a
/// decoder before its encoder would.
fn plausible(layers: &[Layer], order: &[usize]) -> bool {
    let outputs = |&at: &usize| layers[at].dense.outputs();
    let (Some(first), Some((last, inner))) = (order.first(), order.split_last()) else {
        return false;
    };
    let inputs = layers[*first].dense.inputs();
    follow(layers, order)
        && (outputs(last) != inputs || inner.iter().map(outputs).min() < Some(inputs))
}

/// All orders in which sizes fit and the widest input comes first, up to two: more than one is a question.
struct Search<'a> {
    layers: &'a [Layer],
    /// Those that are put in order.
    kept: &'a [usize],
    orders: Vec<Vec<usize>>,
    steps: usize,
}

impl Search<'_> {
    fn extend(&mut self, order: &mut Vec<usize>) {
        const MOST_STEPS: usize = 20_000;
        // Deeper than any dense autoencoder; a search without an end is an order not found.
        const MOST_LAYERS: usize = 64;
        self.steps += 1;
        let count = self.kept.len();
        if self.steps > MOST_STEPS || self.orders.len() > 1 || count > MOST_LAYERS {
            return;
        }
        if order.len() == count {
            if plausible(self.layers, order) {
                self.orders.push(order.clone());
            }
            return;
        }
        let inputs = |layer: &Layer| layer.dense.inputs();
        let widest = self.kept.iter().map(|&at| inputs(&self.layers[at])).max();
        for &next in self.kept {
            let wanted = match order.last() {
                Some(&last) => Some(self.layers[last].dense.outputs()),
                None => widest,
            };
            let fits = wanted == Some(inputs(&self.layers[next]));
            if fits && !order.contains(&next) {
                order.push(next);
                self.extend(order);
                order.pop();
            }
        }
    }
}

/// What sorts names as people do: encoders first, decoders last, 10 after 9.
pub(super) fn natural(name: &str) -> (u8, Vec<(String, u64)>) {
    let lower = name.to_lowercase();
    let rank = match (lower.contains("enc"), lower.contains("dec")) {
        (true, false) => 0,
        (false, true) => 2,
        _ => 1,
    };
    let mut tokens = Vec::new();
    let mut rest = lower.as_str();
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (text, after) = rest.split_at(digits);
        let end = after
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(after.len());
        let (number, after) = after.split_at(end);
        tokens.push((text.to_owned(), number.parse().unwrap_or(0)));
        rest = after;
    }
    (rank, tokens)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2};

    use super::*;
    use crate::model::Activation;

    fn arranged(layers: Vec<Layer>, hints: &Hints) -> Result<Arranged, Stop> {
        let asked = Asked {
            hints,
            file: "f",
            modules: false,
        };
        arrange(layers, false, &asked)
    }

    fn layer(name: &str, inputs: usize, outputs: usize) -> Layer {
        Layer {
            name: name.into(),
            dense: Dense {
                weight: Array2::zeros((inputs, outputs)),
                bias: Array1::zeros(outputs),
                activation: Activation::Linear,
            },
            part: None,
            slope: None,
        }
    }

    fn names(layers: &[Layer]) -> Vec<&str> {
        layers.iter().map(|layer| layer.name.as_str()).collect()
    }

    #[test]
    fn names_are_sorted_as_people_do() {
        let layers = vec![
            layer("decoder.2", 6, 16),
            layer("decoder.0", 3, 6),
            layer("encoder.10", 6, 3),
            layer("encoder.9", 6, 6),
            layer("encoder.0", 16, 6),
        ];
        let Ok(Arranged { layers, .. }) = arranged(layers, &Hints::default()) else {
            panic!("they follow each other")
        };
        assert_eq!(
            names(&layers),
            [
                "encoder.0",
                "encoder.9",
                "encoder.10",
                "decoder.0",
                "decoder.2"
            ]
        );
    }

    #[test]
    fn sizes_tell_where_names_do_not() {
        let layers = vec![layer("a", 3, 16), layer("b", 16, 6), layer("c", 6, 3)];
        let Ok(Arranged { layers, .. }) = arranged(layers, &Hints::default()) else {
            panic!("one order fits")
        };
        // a, b, c fit as well, but would widen 3 pixels to 16 and 6 dimensions.
        assert_eq!(names(&layers), ["b", "c", "a"]);
    }

    #[test]
    fn several_orders_are_asked_for() {
        let layers = || vec![layer("x", 3, 16), layer("y", 16, 3), layer("z", 9, 9)];
        assert!(matches!(
            arranged(layers(), &Hints::default()),
            Err(Stop::Fault(_))
        ));
        let layers = || {
            let inner = [layer("v", 6, 6), layer("w", 6, 6)];
            [layer("x", 16, 6), layer("y", 6, 16)]
                .into_iter()
                .chain(inner)
                .collect()
        };
        let Err(Stop::Question(question)) = arranged(layers(), &Hints::default()) else {
            panic!("v and w can change places")
        };
        assert_eq!(question.asks, Asks::Order);
        let Ok(Arranged { layers, .. }) = arranged(layers(), &question.proposal) else {
            panic!("a proposal is an answer")
        };
        assert_eq!(
            Some(names(&layers)),
            question
                .proposal
                .order
                .as_ref()
                .map(|order| { order.iter().map(String::as_str).collect() })
        );
    }

    #[test]
    fn of_two_heads_the_means_stay() {
        let heads = |mean: &str, spread: &str| {
            vec![
                layer("fc1", 16, 8),
                layer(spread, 8, 8),
                layer(mean, 8, 8),
                layer("fc3", 8, 16),
            ]
        };
        // All four would follow each other.
        let Ok(found) = arranged(heads("fc_mu", "fc_logvar"), &Hints::default()) else {
            panic!("names tell")
        };
        assert_eq!(names(&found.layers), ["fc1", "fc_mu", "fc3"]);
        let notes = &found.notes;
        assert!(
            notes[0].contains("\"fc_logvar\" gives their log-variances. Nothing"),
            "{notes:?}"
        );
        let spread = found.spread.expect("it is a head");
        assert_eq!((spread.after, spread.means), (1, 2));
        assert_eq!(names(&spread.layers), ["fc_logvar"]);

        let heads = || {
            let heads = [layer("fc21", 8, 3), layer("fc22", 8, 3)];
            let around = [layer("fc1", 16, 8), layer("fc3", 3, 8), layer("fc4", 8, 16)];
            heads.into_iter().chain(around).collect::<Vec<_>>()
        };
        let Err(Stop::Question(question)) = arranged(heads(), &Hints::default()) else {
            panic!("nothing tells")
        };
        let text = &question.text;
        assert!(text.contains("8 to 3 (\"fc21\" and \"fc22\")"), "{text}");
        assert_eq!(question.layers.len(), 5);
        let Ok(found) = arranged(heads(), &question.proposal) else {
            panic!("a proposal is an answer")
        };
        assert_eq!(names(&found.layers), ["fc1", "fc21", "fc3", "fc4"]);
        let notes = &found.notes;
        assert!(
            notes[0].contains("\"fc22\" gives their log-variances, as is usual"),
            "{notes:?}"
        );
        let spread = found.spread.expect("it is a head");
        assert_eq!((spread.after, spread.means), (1, 2));

        let hints = |names: &[&str]| Hints {
            order: Some(names.iter().map(|&name| name.into()).collect()),
            ..Hints::default()
        };
        for bad in [&["fc1", "fc3"][..], &["fc1", "fc1"]] {
            let Err(Stop::Fault(_)) = arranged(heads(), &hints(bad)) else {
                panic!("{bad:?} is no order")
            };
        }
        let Ok(found) = arranged(heads(), &hints(&["fc1", "fc22", "fc3", "fc4"])) else {
            panic!("it is an order")
        };
        assert_eq!(names(&found.layers)[1], "fc22");
    }

    #[test]
    fn spreads_of_several_layers_and_of_deviations_are_told_apart() {
        let layers = |last: &str| {
            vec![
                layer("fc1", 16, 8),
                layer("mu.0", 8, 6),
                layer("mu.2", 6, 3),
                layer(&format!("{last}.0"), 8, 6),
                layer(&format!("{last}.2"), 6, 3),
                layer("fc4", 3, 16),
            ]
        };
        let Ok(found) = arranged(layers("log_var"), &Hints::default()) else {
            panic!("names tell")
        };
        let spread = found.spread.expect("it is a branch");
        assert_eq!((spread.after, spread.means), (1, 3));
        assert_eq!(names(&spread.layers), ["log_var.0", "log_var.2"]);
        let Ok(found) = arranged(layers("sigma"), &Hints::default()) else {
            panic!("names tell")
        };
        assert!(found.spread.is_none());
        assert!(
            found.notes[0].contains("not known to be given"),
            "{:?}",
            found.notes
        );
    }

    #[test]
    fn means_and_spreads_of_one_layer_are_named() {
        let layers = vec![layer("a", 16, 8), layer("b", 8, 6), layer("c", 3, 16)];
        let Err(Stop::Fault(fault)) = arranged(layers, &Hints::default()) else {
            panic!("6 numbers do not fit 3")
        };
        let sentence = fault.of("f").to_string();
        assert!(
            sentence.contains("\"b\" gives 6 numbers and \"c\" takes 3"),
            "{sentence}"
        );
    }
}
