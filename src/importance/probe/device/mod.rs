//! Half a network on a GPU: many interventions at once, drawn, applied and measured on the device.
//!
//! Only what is to be done goes to the device, and only one number an intervention and output comes
//! back, when it is asked for. Permutations are drawn there, the same ones as on the CPU.

mod dense;
#[cfg(feature = "general")]
mod layered;
mod moves;
mod pace;
#[cfg(all(test, feature = "general"))]
mod tests;

use ndarray::Array2;

use super::Probe;
use crate::engine::{Engine, EngineError};
use crate::gpu::Limits;
use crate::importance::design::Design;
use crate::model::Half;

/// Numbers in the largest memory of a batch: 16 MB, which every adapter has.
const BATCH_NUMBERS: usize = 4 << 20;
/// More interventions at once would not make better use of any adapter.
const BATCH: usize = 1024;
/// Buffers of a shader, with its parameters; WebGPU promises as many.
const BINDINGS: usize = 8;
/// Invocations in a workgroup of the shaders that go over outputs and interventions.
const ACROSS: usize = 32;
const DOWN: usize = 2;

const TOO_LARGE: EngineError = EngineError::Unsupported(
    "The graphics adapter has not the memory for so many images and a network of these sizes. Explain \
     fewer images, or choose the CPU engine.",
);

/// A probe of `half` and of these `inputs` (images × columns), in which `design` moves features.
///
/// # Errors
/// If the device stops answering, or is too small.
pub(super) async fn probe(
    engine: &Engine,
    half: &Half,
    inputs: Array2<f32>,
    design: &Design,
) -> Result<Box<dyn Probe>, EngineError> {
    let limits = Limits::of(engine);
    if limits.bindings < BINDINGS || limits.numbers < inputs.len() {
        return Err(TOO_LARGE);
    }
    match half.dense() {
        Some(layers) => {
            let kernel = dense::Kernel::new(engine, &layers, inputs, design).await?;
            Ok(Box::new(kernel))
        }
        #[cfg(feature = "general")]
        None => {
            let kernel = layered::Kernel::new(engine, half, inputs, design, &limits).await?;
            Ok(Box::new(kernel))
        }
        #[cfg(not(feature = "general"))]
        None => Err(EngineError::Unsupported(
            "This package measures dense layers alone.",
        )),
    }
}
