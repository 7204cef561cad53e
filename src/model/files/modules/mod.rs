//! State dictionaries of PyTorch whose layers are not all dense ones: modules by the names of their
//! tensors. What stands between them and what their layers are given, no such file says: a person does,
//! in one [`text`].
//!
//! ```text
//! tensors -> modules -> proposed text -> a person -> steps -> network
//! ```

mod assemble;
mod open;
mod propose;
mod text;

pub(super) use self::open::open;

use super::chain::Seen;
use super::error::{Asked, Fault, WeightShape, shortened};
use super::groups::{plain, standardises, stem};
use super::tensor::Tensor;
use super::weights::{Named, ONNX};
use crate::model::Pair;

/// A module of PyTorch.
#[derive(Clone, Debug)]
pub(super) struct Module {
    /// The name of its tensors but for the last part.
    pub name: String,
    /// The dictionary of the file that holds it.
    pub dictionary: usize,
    pub class: Class,
    weight: Vec<f32>,
    bias: Option<Vec<f32>>,
    /// Running means and variances.
    seen: Option<(Vec<f32>, Vec<f32>)>,
}

/// What a module can be by its tensors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Linear {
        inputs: usize,
        outputs: usize,
    },
    /// A convolution of as many filters and inputs of a group, or a transposed one of as many inputs and
    /// filters of a group.
    Convolution {
        first: usize,
        second: usize,
        window: Pair,
        /// Of signals, whose height is 1.
        flat: bool,
        /// Whether it is a transposed one, where that can be told.
        transposed: Option<bool>,
    },
    /// Normalises so many channels by what it saw in training.
    Batch {
        channels: usize,
    },
    /// Normalises by the numbers themselves, with factors and offsets of this shape.
    Layer {
        shape: Vec<usize>,
    },
    /// The slopes of a PReLU.
    Slope {
        count: usize,
    },
}

/// Whether tensors are of more than dense layers, so that a text is needed.
pub(super) fn needed(tensors: &[Named], asked: &Asked<'_>) -> bool {
    let has = |stem: &str, last: &str| {
        tensors
            .iter()
            .any(|(name, _)| *name == format!("{stem}{last}"))
    };
    let is_layer_norm = |name: &str, tensor: &Tensor| {
        let Some(stem) = name.strip_suffix("weight") else {
            return false;
        };
        let long = tensor.shape().iter().any(|&axis| axis > 1);
        tensor.shape().len() == 1 && long && has(stem, "bias") && !has(stem, "running_mean")
    };
    asked.modules
        || asked.hints.layers.is_some()
        || tensors.iter().any(|(name, tensor)| {
            !standardises(name) && (tensor.shape().len() > 2 || is_layer_norm(name, tensor))
        })
}

/// Tensors of one module.
struct Group {
    name: String,
    tensors: Vec<Named>,
}

impl Group {
    fn take(&mut self, last: &str) -> Option<Tensor> {
        let at = self.tensors.iter().position(|(name, _)| name == last)?;
        Some(self.tensors.remove(at).1)
    }
}

/// The modules of all dictionaries of a file, with where these lie in their names if there are several; one
/// that stands twice counts once.
pub(super) fn of_several(
    dictionaries: Vec<(String, Vec<Named>)>,
) -> Result<(Vec<Module>, Vec<String>), Fault> {
    /// Dictionaries of one file.
    const MOST: usize = 32;
    let mut known: Vec<Vec<Module>> = Vec::new();
    let mut notes = Vec::new();
    let several = dictionaries.len() > 1;
    for (path, tensors) in dictionaries.into_iter().take(MOST) {
        let path = if several { path.as_str() } else { "" };
        let (modules, more) = of(tensors, known.len(), path)?;
        let twice = |other: &Vec<Module>| {
            other.len() == modules.len()
                && other
                    .iter()
                    .zip(&modules)
                    .all(|(one, other)| one.is_same(other))
        };
        if !known.iter().any(twice) {
            known.push(modules);
            notes.extend(more);
        }
    }
    Ok((known.into_iter().flatten().collect(), notes))
}

/// The modules of one dictionary, in the order of the file, and what is said of other tensors.
pub(super) fn of(
    tensors: Vec<Named>,
    dictionary: usize,
    path: &str,
) -> Result<(Vec<Module>, Vec<String>), Fault> {
    let mut groups: Vec<Group> = Vec::new();
    for (name, tensor) in tensors {
        let name = plain(&name);
        let (module, last) = stem(&name);
        let full = match (path, module) {
            ("", module) => module.to_owned(),
            (path, "") => path.to_owned(),
            (path, module) => format!("{path}.{module}"),
        };
        let at = groups.iter().position(|group| group.name == full);
        let at = at.unwrap_or_else(|| {
            groups.push(Group {
                name: full,
                tensors: Vec::new(),
            });
            groups.len() - 1
        });
        groups[at].tensors.push((last.into(), tensor));
    }
    let (mut modules, mut notes) = (Vec::new(), Vec::new());
    for mut group in groups {
        modules.extend(module(&mut group, dictionary)?);
        for (last, tensor) in group.tensors {
            let name = match group.name.as_str() {
                "" => last.clone(),
                stem => format!("{stem}.{last}"),
            };
            let shown = shortened(&name);
            if standardises(&last) {
                notes.push(super::weights::not_standardised(&[name]));
            } else if tensor.values().len() == 1 {
                notes.push(format!(
                    "\"{shown}\" is a single number that belongs to no layer, and was left aside."
                ));
            } else {
                return Err(Fault::beyond(
                    format!("its \"{shown}\" belongs to no layer that is known here"),
                    ONNX,
                ));
            }
        }
    }
    Ok((modules, notes))
}

fn module(group: &mut Group, dictionary: usize) -> Result<Option<Module>, Fault> {
    let name = group.name.clone();
    let of = |class, weight, bias, seen| Module {
        name: name.clone(),
        dictionary,
        class,
        weight,
        bias,
        seen,
    };
    if let (Some(mean), Some(variance)) = (group.take("running_mean"), group.take("running_var")) {
        let channels = mean.values().len();
        let vector = |tensor: Option<Tensor>| {
            tensor
                .map(|tensor| tensor.vector(&name, channels).map(|values| values.to_vec()))
                .transpose()
        };
        let variance = vector(Some(variance))?.unwrap_or_default();
        let weight = vector(group.take("weight"))?.unwrap_or_else(|| vec![1.0; channels]);
        let bias = vector(group.take("bias"))?;
        let seen = Some((mean.values().to_vec(), variance));
        return Ok(Some(of(Class::Batch { channels }, weight, bias, seen)));
    }
    let lengths = group.take("weight_g");
    let directions = group.take("weight_v");
    let weight = match (lengths, directions, group.take("weight")) {
        (Some(lengths), Some(directions), None) => normed(&name, &lengths, directions)?,
        (None, None, Some(weight)) => weight,
        (None, None, None) => return Ok(None),
        _ => {
            return Err(Fault::damaged(format!(
                "its layer \"{}\" has weights twice",
                shortened(&name)
            )));
        }
    };
    let bias = group.take("bias");
    let shape = weight.shape().to_vec();
    // Factors and offsets, however many axes they have.
    let normalises = bias.as_ref().is_some_and(|bias| bias.shape() == shape);
    let bias = bias.map(|bias| bias.values().to_vec());
    let class = match (&shape[..], &bias) {
        _ if normalises => Class::Layer {
            shape: shape.clone(),
        },
        (&[outputs, inputs], _) => Class::Linear { inputs, outputs },
        (&[first, second, ref window @ ..], bias) if matches!(window.len(), 1 | 2) => {
            let told = bias.as_ref().map(Vec::len);
            let transposed = match told {
                Some(length) if first != second && length == first => Some(false),
                Some(length) if length != first && length.is_multiple_of(second) => Some(true),
                _ => None,
            };
            let window = match *window {
                [width] => [1, width],
                [height, width] => [height, width],
                _ => [0; 2],
            };
            Class::Convolution {
                first,
                second,
                window,
                flat: shape.len() == 3,
                transposed,
            }
        }
        (&[count], None) => Class::Slope { count },
        _ => {
            return Err(Fault::new(
                format!(
                    "its \"{}\" has {} axes, as of a volume, and images have two",
                    shortened(&name),
                    shape.len()
                ),
                "bring a model of images or signals",
            ));
        }
    };
    let outputs = match class {
        Class::Linear { outputs, .. } => Some(outputs),
        Class::Layer { .. } => Some(weight.values().len()),
        _ => None,
    };
    if let (Some(outputs), Some(bias)) = (outputs, &bias)
        && bias.len() != outputs
    {
        return Err(Fault::damaged(format!(
            "its layer \"{}\" has {} biases for {outputs} outputs",
            shortened(&name),
            bias.len()
        )));
    }
    Ok(Some(of(class, weight.values().to_vec(), bias, None)))
}

/// Weights of these lengths along their first axis: how PyTorch keeps what it calls weight normalisation.
fn normed(name: &str, lengths: &Tensor, directions: Tensor) -> Result<Tensor, Fault> {
    let count = directions.shape().first().copied().unwrap_or(0);
    let each = directions.values().len().checked_div(count).unwrap_or(0);
    if lengths.values().len() != count || each == 0 {
        return Err(Fault::beyond(
            format!(
                "the weights of its \"{}\" are normalised otherwise than by outputs",
                shortened(name)
            ),
            ONNX,
        ));
    }
    let rows = directions.values().chunks_exact(each).zip(lengths.values());
    let values = rows.flat_map(|(row, &length)| {
        let own = row
            .iter()
            .map(|&of| f64::from(of) * f64::from(of))
            .sum::<f64>()
            .sqrt();
        row.iter()
            .map(move |&of| (f64::from(of) * f64::from(length) / own) as f32)
    });
    let values = values.collect();
    Tensor::new(name, directions.shape().to_vec(), values)
}

impl Module {
    /// For a question.
    pub(super) fn shape(&self) -> WeightShape {
        let sides = |[height, width]: Pair, flat: bool| {
            if flat {
                width.to_string()
            } else {
                format!("{height} × {width}")
            }
        };
        let (inputs, outputs, class) = match &self.class {
            Class::Linear { inputs, outputs } => (*inputs, *outputs, "Linear".to_owned()),
            Class::Convolution {
                first,
                second,
                window,
                flat,
                transposed,
            } => {
                let dimensions = if *flat { "1d" } else { "2d" };
                let window = sides(*window, *flat);
                match transposed {
                    Some(true) => (
                        *first,
                        *second,
                        format!("ConvTranspose{dimensions} {window}"),
                    ),
                    Some(false) => (*second, *first, format!("Conv{dimensions} {window}")),
                    None => (
                        *second,
                        *first,
                        format!("Conv{dimensions} or ConvTranspose{dimensions} {window}"),
                    ),
                }
            }
            Class::Batch { channels } => (*channels, *channels, "BatchNorm".to_owned()),
            Class::Layer { shape } => {
                let count = shape.iter().product();
                (count, count, "LayerNorm or GroupNorm".to_owned())
            }
            Class::Slope { count } => (*count, *count, "PReLU".to_owned()),
        };
        WeightShape {
            name: self.name.clone(),
            inputs,
            outputs,
            class,
        }
    }

    /// Whether it is another by its name alone.
    fn is_same(&self, other: &Self) -> bool {
        self.class == other.class
            && self.weight == other.weight
            && self.bias == other.bias
            && self.seen == other.seen
    }

    /// Whether it has weights that are multiplied.
    fn is_layer(&self) -> bool {
        matches!(self.class, Class::Linear { .. } | Class::Convolution { .. })
    }

    /// Factors and offsets of a batch normalisation.
    fn scaling(&self, epsilon: f32) -> Result<(Vec<f64>, Vec<f64>), Fault> {
        let Some((mean, variance)) = &self.seen else {
            return Ok((Vec::new(), Vec::new()));
        };
        let wide = |values: &[f32]| values.iter().copied().map(f64::from).collect();
        let seen = Seen {
            mean: wide(mean),
            variance: wide(variance),
        };
        let beta = self
            .bias
            .as_deref()
            .map_or_else(|| vec![0.0; mean.len()].into(), wide);
        let (scale, shift) = super::chain::normalisation(
            &self.name,
            &wide(&self.weight),
            &beta,
            &seen,
            f64::from(epsilon),
        )?;
        Ok((scale.to_vec(), shift.to_vec()))
    }
}
