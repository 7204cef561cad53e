//! Files that hold weights and nothing else: which of them make a layer, and in which order.

use ndarray::Array1;

use super::error::{Asks, Fault, Question, WeightShape, shortened};
use super::tensor::Tensor;
use super::{Hints, chain::Layer};
use crate::model::{Activation, Dense};

const ONNX: &str = "save the model as ONNX, which holds the whole of it";

/// A tensor and its name in the file.
pub(super) type Named = (String, Tensor);

/// Joins kernels and biases by their names: `encoder.0.weight` and `encoder.0.bias`, or
/// `dense/kernel` and `dense/bias`. A kernel called weight is outputs × inputs, as PyTorch keeps
/// it, unless its bias shows otherwise.
pub(super) fn dense_layers(mut tensors: Vec<Named>) -> Result<Vec<Layer>, Fault> {
    let mut layers = Vec::new();
    while let Some(at) = tensors
        .iter()
        .position(|(_, tensor)| tensor.shape().len() == 2)
    {
        let (name, tensor) = tensors.remove(at);
        let (stem, last) = stem(&name);
        let bias = tensors
            .iter()
            .position(|(other, _)| {
                let (other_stem, other_last) = self::stem(other);
                other_stem == stem && matches!(other_last, "bias" | "b")
            })
            .map(|at| tensors.remove(at).1);
        let weight = tensor.matrix(&name)?;
        let (rows, columns) = weight.dim();
        let transposed = match bias.as_ref().map(Tensor::shape) {
            Some([length]) if rows != columns && *length == rows => true,
            Some([length]) if rows != columns && *length == columns => false,
            _ => !matches!(last, "kernel" | "w" | "W"),
        };
        let weight = if transposed {
            weight.reversed_axes()
        } else {
            weight
        };
        let weight = weight.as_standard_layout().into_owned();
        let outputs = weight.ncols();
        let bias = match bias {
            Some(bias) => bias.vector(stem, outputs)?,
            None => Array1::zeros(outputs),
        };
        layers.push(Layer {
            name: stem.into(),
            dense: Dense {
                weight,
                bias,
                activation: Activation::Linear,
            },
            part: None,
        });
    }
    if let Some((name, tensor)) = tensors.first() {
        let name = shortened(name);
        return Err(match tensor.shape().len() {
            0 | 1 => Fault::new(
                format!("its \"{name}\" belongs to no dense layer (perhaps to a normalisation)"),
                ONNX,
            ),
            axes => Fault::new(
                format!(
                    "its \"{name}\" has {axes} axes, as of a convolution, and only dense layers \
                     can be used"
                ),
                "train an autoencoder of dense layers",
            ),
        });
    }
    if layers.is_empty() {
        return Err(Fault::new(
            "it holds no weights of a dense layer",
            "save the weights of an autoencoder of dense layers",
        ));
    }
    Ok(layers)
}

/// The name without its last part, and that part.
fn stem(name: &str) -> (&str, &str) {
    let name = name.strip_suffix(":0").unwrap_or(name);
    name.rsplit_once(['.', '/']).unwrap_or(("", name))
}

/// Puts layers in the order in which they follow each other: as the hints say; else as they stand
/// in the file (`stored`) or by name, encoder first; else the one order in which sizes fit.
pub(super) fn arrange(
    layers: Vec<Layer>,
    stored: bool,
    hints: &Hints,
    file: &str,
) -> Result<Vec<Layer>, Arranged> {
    if let Some(order) = &hints.order {
        return in_order(layers, order).map_err(Arranged::Fault);
    }
    let as_stored: Vec<usize> = (0..layers.len()).collect();
    let mut by_name = as_stored.clone();
    by_name.sort_by_cached_key(|&at| natural(&layers[at].name));
    let likely = if stored {
        [&as_stored, &by_name]
    } else {
        [&by_name, &as_stored]
    };
    if let Some(order) = likely.into_iter().find(|order| plausible(&layers, order)) {
        let order = order.clone();
        return Ok(permuted(layers, &order));
    }
    let mut found = Search {
        layers: &layers,
        orders: Vec::new(),
        steps: 0,
    };
    found.extend(&mut Vec::new());
    if found.orders.is_empty()
        && let Some(order) = likely.into_iter().find(|order| follow(&layers, order))
    {
        let order = order.clone();
        return Ok(permuted(layers, &order));
    }
    match found.orders.as_slice() {
        [] => Err(Arranged::Fault(Fault::new(
            format!(
                "its dense layers ({}) fit each other in no order",
                sizes(&layers)
            ),
            "save an autoencoder whose dense layers follow each other",
        ))),
        [order] => {
            let order = order.clone();
            Ok(permuted(layers, &order))
        }
        [order, ..] => {
            let shapes = order.iter().map(|&at| shape(&layers[at])).collect();
            let order = order.iter().map(|&at| layers[at].name.clone()).collect();
            Err(Arranged::Question(Box::new(Question {
                text: format!(
                    "In which order do the layers of {} follow each other?",
                    shortened(file)
                ),
                asks: Asks::Order,
                layers: shapes,
                proposal: Hints {
                    order: Some(order),
                    ..hints.clone()
                },
            })))
        }
    }
}

/// Why layers are in no order yet.
pub(super) enum Arranged {
    Fault(Fault),
    Question(Box<Question>),
}

pub(super) fn shape(layer: &Layer) -> WeightShape {
    WeightShape {
        name: layer.name.clone(),
        inputs: layer.dense.inputs(),
        outputs: layer.dense.outputs(),
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

fn in_order(layers: Vec<Layer>, names: &[String]) -> Result<Vec<Layer>, Fault> {
    let order: Vec<usize> = names
        .iter()
        .filter_map(|name| layers.iter().position(|layer| layer.name == *name))
        .collect();
    let mut once = order.clone();
    once.sort_unstable();
    once.dedup();
    if once.len() != layers.len() || order.len() != names.len() {
        return Err(Fault::new(
            "the order that was asked for does not name each of its layers once",
            "name every layer once",
        ));
    }
    Ok(permuted(layers, &order))
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
    orders: Vec<Vec<usize>>,
    steps: usize,
}

impl Search<'_> {
    fn extend(&mut self, order: &mut Vec<usize>) {
        const MOST_STEPS: usize = 20_000;
        // Deeper than any dense autoencoder; a search without an end is an order not found.
        const MOST_LAYERS: usize = 64;
        self.steps += 1;
        let count = self.layers.len();
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
        let widest = self.layers.iter().map(inputs).max();
        for next in 0..count {
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
fn natural(name: &str) -> (u8, Vec<(String, u64)>) {
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
    use ndarray::Array2;

    use super::*;

    fn layer(name: &str, inputs: usize, outputs: usize) -> Layer {
        Layer {
            name: name.into(),
            dense: Dense {
                weight: Array2::zeros((inputs, outputs)),
                bias: Array1::zeros(outputs),
                activation: Activation::Linear,
            },
            part: None,
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
        let Ok(arranged) = arrange(layers, false, &Hints::default(), "f") else {
            panic!("they follow each other")
        };
        assert_eq!(
            names(&arranged),
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
        let Ok(arranged) = arrange(layers, false, &Hints::default(), "f") else {
            panic!("one order fits")
        };
        // a, b, c fit as well, but would widen 3 pixels to 16 and 6 dimensions.
        assert_eq!(names(&arranged), ["b", "c", "a"]);
    }

    #[test]
    fn several_orders_are_asked_for() {
        let layers = || vec![layer("x", 3, 16), layer("y", 16, 3), layer("z", 9, 9)];
        assert!(matches!(
            arrange(layers(), false, &Hints::default(), "f"),
            Err(Arranged::Fault(_))
        ));
        let layers = || {
            let inner = [layer("v", 6, 6), layer("w", 6, 6)];
            [layer("x", 16, 6), layer("y", 6, 16)]
                .into_iter()
                .chain(inner)
                .collect()
        };
        let Err(Arranged::Question(question)) = arrange(layers(), false, &Hints::default(), "f")
        else {
            panic!("v and w can change places")
        };
        assert_eq!(question.asks, Asks::Order);
        let Ok(arranged) = arrange(layers(), false, &question.proposal, "f") else {
            panic!("a proposal is an answer")
        };
        assert_eq!(
            Some(names(&arranged)),
            question
                .proposal
                .order
                .as_ref()
                .map(|order| { order.iter().map(String::as_str).collect() })
        );
    }
}
