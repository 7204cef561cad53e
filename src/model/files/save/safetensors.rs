//! Safetensors, read and written.
//!
//! What we write loads into PyTorch by names and shapes, and says in its metadata what the layers
//! are; what others write holds weights alone.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use ::safetensors::tensor::TensorView;
use ::safetensors::{Dtype, SafeTensors};

use super::super::chain::Chain;
use super::super::error::{Fault, shortened};
use super::super::found::{Content, Found};
use super::super::tensor::{Budget, Kind, Tensor};
use super::super::weights::{self, Library};
use super::{bytes, named};
use crate::model::{Activation, Network};

/// The one entry of the metadata; with several their order would not be certain.
const METADATA: &str = "latent-lens";

/// What the metadata says.
#[derive(Serialize, Deserialize)]
struct Layers {
    layers: Vec<Described>,
}

#[derive(Serialize, Deserialize)]
struct Described {
    name: String,
    activation: Activation,
}

/// The network as safetensors: for every layer its `weight` (outputs × inputs) and its `bias`,
/// named as in PyTorch.
#[must_use]
pub fn write(network: &Network) -> Vec<u8> {
    let layers = named(network);
    let mut stored = Vec::new();
    for (name, layer) in &layers {
        let shape = vec![layer.outputs(), layer.inputs()];
        stored.push((
            format!("{name}.weight"),
            shape,
            bytes(layer.weight.t().iter()),
        ));
        let shape = vec![layer.outputs()];
        stored.push((format!("{name}.bias"), shape, bytes(layer.bias.iter())));
    }
    let views = stored.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes)
            .expect("a tensor has as many numbers as its shape says");
        (name.as_str(), view)
    });
    let described = Layers {
        layers: layers
            .iter()
            .map(|(name, layer)| Described {
                name: name.clone(),
                activation: layer.activation,
            })
            .collect(),
    };
    let described = serde_json::to_string(&described).expect("names and activations are JSON");
    let metadata = [(METADATA.to_owned(), described)].into_iter().collect();
    ::safetensors::serialize(views, Some(metadata)).expect("every name stands once")
}

/// Whether a file starts as safetensors do: with the length of its header, then the header.
pub(in super::super) fn is_file(bytes: &[u8]) -> bool {
    let Some((length, rest)) = bytes.split_first_chunk() else {
        return false;
    };
    rest.first() == Some(&b'{') && u64::from_le_bytes(*length) < 1 << 32
}

pub(in super::super) fn read(file: &[u8], budget: &mut Budget) -> Result<Found, Fault> {
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
        let tensor = Tensor::new(&name, view.shape().to_vec(), kind.read(view.data()))?;
        tensors.push((name, tensor));
    }
    let metadata = header.metadata().as_ref();
    let described = metadata.and_then(|metadata| metadata.get(METADATA));
    // Names that are left out beside those of the tensors whose numbers they share.
    let mut names: Vec<(String, String)> = metadata
        .into_iter()
        .flatten()
        .map(|(missing, kept)| (missing.clone(), kept.clone()))
        .collect();
    names.sort();
    let mut notes = weights::shared(&mut tensors, &names)?;
    let mut weights = weights::dense_layers(tensors, Library::Torch)?;
    notes.append(&mut weights.notes);
    let Some(described) = described else {
        return Ok(Found {
            format: "safetensors",
            content: weights.content(false),
            notes,
        });
    };
    let described: Layers = serde_json::from_str(described)
        .map_err(|error| Fault::damaged(format!("its description is not JSON ({error})")))?;
    let mut layers: HashMap<String, _> = weights
        .layers
        .into_iter()
        .map(|layer| (layer.name.clone(), layer.dense))
        .collect();
    let mut chain = Chain::default();
    for Described { name, activation } in described.layers {
        let lost = || Fault::damaged(format!("it lacks the layer \"{}\"", shortened(&name)));
        let dense = layers.remove(&name).ok_or_else(lost)?;
        chain.enter(name.split_once('.').map(|(part, _)| part), budget)?;
        chain.dense(&name, dense.weight, Some(dense.bias))?;
        chain.activation(&name, activation, budget)?;
    }
    Ok(Found {
        format: "safetensors of latent-lens",
        content: Content::Line(chain.finish(budget)?),
        notes: Vec::new(),
    })
}
