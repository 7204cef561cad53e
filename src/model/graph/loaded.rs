//! A graph in rten: loaded, and run on batches.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rten::{Model, ModelOptions, NodeId, ShapeInferenceMode, Value};
use rten_tensor::{AsView as _, Layout as _};

use super::operations;
use super::parsed::{Parsed, shown};
use super::rewritten;

/// What a tensor holds: the lengths of its axes, and its numbers; `None` if these are not floating-point numbers.
pub(super) type Made = (Vec<usize>, Option<Vec<f32>>);

/// Loads a graph that gives these tensors.
///
/// # Errors
/// One sentence: what rten says.
pub(super) fn load(parsed: &Parsed<'_>, outputs: &[&str], fast: bool) -> Result<Model, String> {
    let bytes = rewritten::file(parsed, outputs);
    guarded(|| {
        let mut options = ModelOptions::with_ops(operations::registry());
        options.enable_optimization(fast);
        // What it finds helps few graphs, and in a page it would be a tenth of what is fetched.
        if cfg!(target_arch = "wasm32") {
            options.shape_inference(ShapeInferenceMode::Off);
        }
        options.prepack_weights(fast);
        options.load(bytes).map_err(|error| error.to_string())
    })
    .map_err(|why| {
        format!(
            "The ONNX graph cannot be loaded ({}): export it with another opset, or run it elsewhere and bring it as a function.",
            tidy(&why)
        )
    })
}

/// What a tensor's name stands for in rten.
///
/// # Errors
/// One sentence if there is none.
pub(super) fn node(model: &Model, name: &str) -> Result<NodeId, String> {
    model.find_node(name).ok_or_else(|| {
        format!(
            "The ONNX graph has no tensor \"{}\": choose another.",
            shown(name)
        )
    })
}

/// Runs a graph.
///
/// # Errors
/// One sentence: what rten says.
pub(super) fn run(
    model: &Model,
    inputs: Vec<(NodeId, Vec<usize>, Vec<f32>)>,
    outputs: &[NodeId],
) -> Result<Vec<Made>, String> {
    guarded(|| {
        let mut given = Vec::new();
        for (id, axes, numbers) in inputs {
            let value = Value::from_shape(&axes, numbers).map_err(|error| error.to_string())?;
            given.push((id, value.into()));
        }
        let made = model
            .run(given, outputs, None)
            .map_err(|error| error.to_string())?;
        Ok(made.into_iter().map(taken).collect())
    })
    .map_err(|why| format!("The ONNX graph cannot be run: {}.", tidy(&why)))
}

fn taken(value: Value) -> Made {
    let Some(tensor) = value.as_tensor_view::<f32>() else {
        return (value.shape().to_vec(), None);
    };
    (tensor.shape().to_vec(), Some(tensor.to_vec()))
}

/// What a call into rten gives; that it panics is an error like others.
fn guarded<T>(call: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(call))
        .unwrap_or_else(|_| Err("an operation does not fit what it is given".into()))
}

/// What another program says, as the end of a sentence.
fn tidy(text: &str) -> String {
    const MOST: usize = 300;
    let line: String = text
        .chars()
        .map(|of| if of.is_control() { ' ' } else { of })
        .take(MOST)
        .collect();
    line.trim_end_matches(['.', ' ']).into()
}
