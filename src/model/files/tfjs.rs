//! Models saved by TensorFlow.js: `model.json` and the binary files of weights that it names.

use serde_json::Value;

use super::error::{Asked, Fault, Stop, shortened};
use super::found::{Companions, Content, Found};
use super::keras::{Planned, Variable, Weights, matching, plan, steps, version};
use super::tensor::{Budget, Kind, Tensor};

pub(super) fn read(
    file: &Value,
    at: usize,
    companions: &Companions<'_>,
    asked: &Asked<'_>,
    budget: &mut Budget,
) -> Result<Found, Stop> {
    let manifest = file["weightsManifest"].as_array();
    if file["format"] == "graph-model" {
        return Err(Fault::new(
            "it is a graph model of TensorFlow.js, which has no layers",
            "convert the Keras model with --output_format=tfjs_layers_model, or bring it as ONNX: Keras's \
             model.export(\"model.onnx\", format=\"onnx\") writes it",
        )
        .into());
    }
    let topology = &file["modelTopology"];
    let model = match &topology["model_config"] {
        Value::Null => topology,
        model => model,
    };
    let plan = plan(model, version(topology), asked)?;
    let mut stored = Manifest {
        weights: Vec::new(),
        groups: Vec::new(),
    };
    for group in manifest.into_iter().flatten() {
        let mut joined = Vec::new();
        for path in group["paths"].as_array().into_iter().flatten() {
            let path = path.as_str().unwrap_or_default();
            // Each file counts once, so this cannot outgrow what was brought.
            joined.extend_from_slice(companions.find_once(at, path)?);
        }
        stored.list(group, &joined)?;
        stored.groups.push(joined);
    }
    let steps = steps(&plan, &stored, budget)?;
    Ok(Found {
        format: "TensorFlow.js layers",
        content: Content::Line(steps.line),
        notes: steps.notes,
    })
}

/// All weights of the manifest.
struct Manifest {
    weights: Vec<Stored>,
    /// The joined files of each group.
    groups: Vec<Vec<u8>>,
}

/// A tensor in a group's bytes.
struct Stored {
    name: String,
    shape: Vec<usize>,
    group: usize,
    from: usize,
    to: usize,
    numbers: Numbers,
}

/// How numbers are stored.
#[derive(Clone, Copy)]
enum Numbers {
    Float(Kind),
    /// min + scale · whole number of so many bytes.
    Quantised {
        bytes: usize,
        scale: f64,
        min: f64,
    },
}

impl Manifest {
    fn list(&mut self, group: &Value, bytes: &[u8]) -> Result<(), Fault> {
        let mut from = 0usize;
        for weight in group["weights"].as_array().into_iter().flatten() {
            let name = weight["name"].as_str().unwrap_or_default();
            let axes = weight["shape"].as_array().into_iter().flatten();
            let shape: Vec<usize> = axes
                .map(|axis| axis.as_u64().map_or(usize::MAX, |axis| axis as usize))
                .collect();
            let numbers = numbers(name, weight)?;
            let each = match numbers {
                Numbers::Float(kind) => kind.bytes(),
                Numbers::Quantised { bytes, .. } => bytes,
            };
            let to = shape
                .iter()
                .try_fold(each, |size, &axis| size.checked_mul(axis))
                .and_then(|size| size.checked_add(from))
                .filter(|&to| to <= bytes.len())
                .ok_or_else(|| {
                    Fault::damaged(format!(
                        "its weights' files end before \"{}\" does",
                        shortened(name)
                    ))
                })?;
            self.weights.push(Stored {
                name: name.into(),
                shape,
                group: self.groups.len(),
                from,
                to,
                numbers,
            });
            from = to;
        }
        Ok(())
    }
}

fn numbers(name: &str, weight: &Value) -> Result<Numbers, Fault> {
    let quantised = &weight["quantization"];
    let kind = match quantised {
        Value::Null => &weight["dtype"],
        quantised => &quantised["dtype"],
    };
    let scaled = |bytes| Numbers::Quantised {
        bytes,
        scale: quantised["scale"].as_f64().unwrap_or(1.0),
        min: quantised["min"].as_f64().unwrap_or(0.0),
    };
    match kind.as_str().unwrap_or_default() {
        "float32" => Ok(Numbers::Float(Kind::F32)),
        "float16" => Ok(Numbers::Float(Kind::F16)),
        "uint8" if !quantised.is_null() => Ok(scaled(1)),
        "uint16" if !quantised.is_null() => Ok(scaled(2)),
        other => Err(Fault::new(
            format!(
                "its \"{}\" holds numbers of the type \"{}\"",
                shortened(name),
                shortened(other)
            ),
            "save the model in single precision",
        )),
    }
}

impl Weights for Manifest {
    fn get(
        &self,
        plan: &[Planned],
        at: usize,
        variable: Variable,
        budget: &mut Budget,
    ) -> Result<Tensor, Fault> {
        let names: Vec<&str> = self
            .weights
            .iter()
            .map(|stored| stored.name.as_str())
            .collect();
        let stored = &self.weights[matching(plan, at, variable, &names, |_| true)?];
        budget.take(&stored.name, &stored.shape)?;
        let bytes = &self.groups[stored.group][stored.from..stored.to];
        let values = match stored.numbers {
            Numbers::Float(kind) => kind.read(bytes),
            Numbers::Quantised {
                bytes: each,
                scale,
                min,
            } => bytes
                .chunks_exact(each)
                .map(|number| {
                    let whole = number
                        .iter()
                        .rev()
                        .fold(0u32, |high, &low| high << 8 | u32::from(low));
                    (min + scale * f64::from(whole)) as f32
                })
                .collect(),
        };
        Tensor::new(&stored.name, stored.shape.clone(), values)
    }
}
