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

const TOO_FEW_BUFFERS: EngineError = EngineError::Unsupported(
    "This graphics adapter gives a shader fewer than 8 buffers (maxStorageBuffersPerShaderStage): choose the CPU \
     engine.",
);

/// What may be too large for a buffer, and what would fit.
const IMAGES: &str = "The explained images, or what a layer makes of them,";
const FEWER: &str = "explain fewer images";
const WEIGHTS: &str = "The weights of a layer";
const SMALLER: &str = "choose a smaller network";

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
    within(engine, half, inputs, design, &Limits::of(engine)).await
}

/// As [`probe`], within these limits: where what dense layers make of the images does not fit into a buffer, they are
/// measured as layers of any kind are, block by block.
async fn within(
    engine: &Engine,
    half: &Half,
    inputs: Array2<f32>,
    design: &Design,
    limits: &Limits,
) -> Result<Box<dyn Probe>, EngineError> {
    if limits.bindings < BINDINGS {
        return Err(TOO_FEW_BUFFERS);
    }
    if let Some(layers) = half.dense() {
        let outputs = layers.iter().map(|layer| layer.outputs());
        let made = inputs.nrows().saturating_mul(outputs.max().unwrap_or(0));
        let fits = limits.check(made.max(inputs.len()), IMAGES, FEWER);
        if fits.is_ok() || cfg!(not(feature = "general")) {
            fits?;
            let weights = layers
                .iter()
                .map(|layer| (layer.inputs() + 1) * layer.outputs());
            limits.check(weights.max().unwrap_or(0), WEIGHTS, SMALLER)?;
            let kernel = dense::Kernel::new(engine, &layers, inputs, design).await?;
            return Ok(Box::new(kernel));
        }
    }
    #[cfg(feature = "general")]
    {
        let kernel = layered::Kernel::new(engine, half, inputs, design, limits).await?;
        Ok(Box::new(kernel))
    }
    #[cfg(not(feature = "general"))]
    Err(EngineError::Unsupported(
        "This package measures dense layers alone.",
    ))
}
