//! Safetensors, read and written.
//!
//! What we write loads into PyTorch by names and shapes, and says in its metadata what the layers
//! are; what others write holds weights alone.

use std::collections::HashMap;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use ::safetensors::tensor::TensorView;
use ::safetensors::{Dtype, SafeTensors};

use super::super::chain::Chain;
use super::super::error::{Asked, Fault, Stop, shortened};
use super::super::found::{Content, Found};
use super::super::modules;
use super::super::tensor::{self, Budget, Kind};
use super::super::weights::{self, Library};
use super::channels_first::{ChannelsFirst, Lies, Stored, planes, stored};
use super::{bounds, bytes, placed, scaled};
use crate::data::Scaling;
use crate::model::{Activation, Architecture, Layer, Network};

/// The one entry of the metadata; with several their order would not be certain.
const METADATA: &str = "latent-lens";

/// What a file of ours is called.
const OURS: &str = "safetensors of latent-lens";

/// Tensors of the numbers that columns were scaled by.
const COLUMNS: [&str; 2] = ["column_offset", "column_scale"];

/// What the metadata says.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Described {
    /// All but the weights.
    Whole { architecture: Architecture },
    /// Dense layers in order, as earlier versions wrote them.
    Layers { layers: Vec<Named> },
}

#[derive(Serialize, Deserialize)]
struct Named {
    name: String,
    activation: Activation,
}

/// The network as safetensors: the weights of every layer, named and laid out as in PyTorch, which has
/// images channel by channel, and in the metadata what the layers are. The `scaling` of the columns that
/// it was trained on is in two tensors of their own.
#[must_use]
pub fn write(network: &Network, scaling: Option<&Scaling>) -> Vec<u8> {
    let architecture = Architecture::from(network);
    let matrices = network.layers().flat_map(Layer::weights);
    let lowered = ChannelsFirst::of(&architecture);
    let tensors = stored(&architecture, &lowered).into_iter().zip(matrices);
    let columns = scaling.into_iter().flat_map(|scaling| {
        let shape = match lowered.images {
            Lies::Maps(image) => vec![image.channels, image.height, image.width],
            _ => vec![scaling.offset.len()],
        };
        let both = [&scaling.offset, &scaling.scale].map(|values| placed(lowered.images, values));
        let both = COLUMNS.into_iter().zip(both);
        both.map(move |(name, values)| (name.to_owned(), shape.clone(), bytes(values.iter())))
            .collect::<Vec<_>>()
    });
    let stored: Vec<(String, Vec<usize>, Vec<u8>)> = tensors
        .map(|(Stored { name, tensor, .. }, matrix)| {
            let values: Vec<f32> = matrix.iter().copied().collect();
            let values = tensor.order.iter().map(|&place| &values[place]);
            (name, tensor.shape, bytes(values))
        })
        .chain(columns)
        .collect();
    let views = stored.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes)
            .expect("a tensor has as many numbers as its shape says");
        (name.as_str(), view)
    });
    let described = Described::Whole { architecture };
    let described = serde_json::to_string(&described).expect("an architecture is JSON");
    let metadata = [(METADATA.to_owned(), described)].into_iter().collect();
    ::safetensors::serialize(views, Some(metadata)).expect("every name stands once")
}

/// The network that [`write`] wrote.
fn restored(
    architecture: &Architecture,
    mut tensors: HashMap<String, tensor::Tensor>,
) -> Result<Network, Fault> {
    bounds::check(
        architecture,
        tensors.values().map(|tensor| tensor.values().len()).sum(),
    )?;
    let stored = stored(architecture, &ChannelsFirst::of(architecture)).into_iter();
    let matrices = stored.map(
        |Stored {
             name, size, tensor, ..
         }| {
            let shown = shortened(&name);
            let lost = || Fault::damaged(format!("it lacks the weights \"{shown}\""));
            let found = tensors.remove(&name).ok_or_else(lost)?;
            if found.shape() != tensor.shape {
                return Err(Fault::damaged(format!(
                    "its \"{shown}\" has the shape {:?} and not {:?}",
                    found.shape(),
                    tensor.shape
                )));
            }
            let mut values = vec![0.0; size.0 * size.1];
            for (&place, &value) in tensor.order.iter().zip(found.values()) {
                values[place] = value;
            }
            let matrix = Array2::from_shape_vec(size, values);
            matrix.map_err(|_| Fault::damaged(format!("its \"{shown}\" is of another size")))
        },
    );
    let matrices: Vec<Array2<f32>> = matrices.collect::<Result<_, _>>()?;
    Network::from_parts(architecture, matrices).map_err(Fault::damaged)
}

/// What columns were scaled by, if a file of ours says so: of a network whose layers follow each other.
fn columns(
    architecture: &Architecture,
    [offset, scale]: [Option<tensor::Tensor>; 2],
) -> Option<Scaling> {
    let lies = ChannelsFirst::of(architecture).images;
    let back = |tensor: tensor::Tensor| match lies {
        Lies::Maps(image) if image.size() == tensor.values().len() => {
            let mut values = vec![0.0; image.size()];
            for (place, &value) in planes(image).zip(tensor.values()) {
                values[place] = value;
            }
            values
        }
        _ => tensor.values().to_vec(),
    };
    Some(Scaling {
        offset: back(offset?),
        scale: back(scale?),
    })
}

/// Whether a file starts as safetensors do: with the length of its header, then the header.
pub(in super::super) fn is_file(bytes: &[u8]) -> bool {
    let Some((length, rest)) = bytes.split_first_chunk() else {
        return false;
    };
    rest.first() == Some(&b'{') && u64::from_le_bytes(*length) < 1 << 32
}

/// The numbers of a file, and what its metadata says.
struct File {
    tensors: Vec<(String, tensor::Tensor)>,
    described: Option<Described>,
    /// Names that are left out beside those of the tensors whose numbers they share.
    shared: Vec<(String, String)>,
}

impl File {
    fn read(file: &[u8], budget: &mut Budget) -> Result<Self, Fault> {
        let broken = |error: ::safetensors::SafeTensorError| {
            Fault::damaged(format!("its safetensors header does not fit it ({error})"))
        };
        let (_, header) = SafeTensors::read_metadata(file).map_err(broken)?;
        let stored = SafeTensors::deserialize(file).map_err(broken)?;
        let mut tensors = Vec::new();
        for name in header.offset_keys() {
            let view = stored.tensor(&name).map_err(broken)?;
            let kind = match view.dtype() {
                Dtype::F16 => Kind::F16,
                Dtype::BF16 => Kind::Bf16,
                Dtype::F32 => Kind::F32,
                Dtype::F64 => Kind::F64,
                // How many batches a normalisation has seen, and the like.
                _ if view.shape().is_empty() => continue,
                other => {
                    return Err(Fault::new(
                        format!(
                            "its \"{}\" holds numbers of the type {other:?}",
                            shortened(&name)
                        ),
                        "save the model without quantisation",
                    ));
                }
            };
            budget.take(&name, view.shape())?;
            let values = kind.read(view.data());
            let tensor = tensor::Tensor::new(&name, view.shape().to_vec(), values)?;
            tensors.push((name, tensor));
        }
        let metadata = header.metadata().as_ref();
        let described = metadata.and_then(|metadata| metadata.get(METADATA));
        let described = described.map(|text| serde_json::from_str(text)).transpose();
        let described = described
            .map_err(|error| Fault::damaged(format!("its description cannot be read ({error})")))?;
        let mut shared: Vec<(String, String)> = metadata
            .into_iter()
            .flatten()
            .map(|(missing, kept)| (missing.clone(), kept.clone()))
            .collect();
        shared.sort();
        Ok(Self {
            tensors,
            described,
            shared,
        })
    }
}

/// What a file holds: the network that [`write`] wrote, or weights.
pub(in super::super) fn read(
    file: &[u8],
    asked: &Asked<'_>,
    budget: &mut Budget,
) -> Result<Found, Stop> {
    let File {
        mut tensors,
        described,
        shared,
    } = File::read(file, budget)?;
    let found = |format, content, notes| {
        Ok(Found {
            format,
            content,
            notes,
        })
    };
    let described = match described {
        Some(Described::Whole { architecture }) => {
            let mut tensors: HashMap<_, _> = tensors.into_iter().collect();
            let scaled_by = COLUMNS.map(|name| tensors.remove(name));
            let mut network = restored(&architecture, tensors)?;
            let scaling = columns(&architecture, scaled_by);
            if let Some(scaling) = &scaling {
                network = scaled::joined(&network, scaling).map_err(Fault::damaged)?;
            }
            let content = Content::Network {
                network: Box::new(network),
                is_scaled: scaling.is_some(),
            };
            return found(OURS, content, Vec::new());
        }
        Some(Described::Layers { layers }) => Some(layers),
        None => None,
    };
    let mut notes = weights::shared(&mut tensors, &shared)?;
    if described.is_none() && modules::needed(&tensors, asked) {
        let (modules, more) = modules::of(tensors, 0, "")?;
        notes.extend(more);
        let in_order = false;
        return found("safetensors", Content::Modules { modules, in_order }, notes);
    }
    let mut weights = weights::dense_layers(tensors, Library::Torch)?;
    let Some(described) = described else {
        notes.extend(weights.notes.iter().cloned());
        return found("safetensors", weights.content(false), notes);
    };
    let mut layers: HashMap<String, _> = weights
        .layers
        .into_iter()
        .map(|layer| (layer.name.clone(), layer.dense))
        .collect();
    let mut chain = Chain::default();
    for Named { name, activation } in described {
        let lost = || Fault::damaged(format!("it lacks the layer \"{}\"", shortened(&name)));
        let dense = layers.remove(&name).ok_or_else(lost)?;
        chain.enter(name.split_once('.').map(|(part, _)| part), budget)?;
        chain.dense(&name, dense.weight, Some(dense.bias))?;
        chain.activation(&name, activation, budget)?;
    }
    found(OURS, Content::Line(chain.finish(budget)?), Vec::new())
}
