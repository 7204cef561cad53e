//! How far the outputs of each image move, image by image.
//!
//! Errors over images need what a mean over them leaves out. Devices add images up before anything is read
//! back, so these probes compute on the CPU, whichever engine measures importance itself.

use ndarray::{Array2, Axis};

use super::{
    Changes, Intervention, Outcome, asked, check_inputs, cpu, image_probe_of_function, layered,
};
use crate::engine::{Answer, EngineError};
use crate::importance::design::Design;
use crate::math::kernel::Kernel;
use crate::model::Half;

/// Half a network, or any function, and the inputs whose values are exchanged, asked image by image.
pub trait ImageProbe: Sync {
    /// The unpermuted inputs (images × columns).
    fn inputs(&self) -> &Array2<f32>;

    /// Outputs (images × outputs) for the unpermuted inputs.
    fn outputs(&self) -> &Array2<f32>;

    /// Numbers that are told of an image.
    fn width(&self) -> usize;

    /// Prepares for so many interventions in every column.
    fn prepare(&mut self, _interventions: usize) {}

    /// How far an intervention moves each image.
    ///
    /// # Errors
    /// If the function fails.
    fn by_image<'a>(&'a self, intervention: &'a Intervention<'a>) -> Answer<'a, ByImage>;
}

/// How far an intervention moved the images that it changed. The outputs of others stay as they are.
pub struct ByImage {
    /// Rows of the changed images, ascending.
    pub rows: Vec<u32>,
    /// For each of them, the row of the image whose values it was given.
    pub donors: Vec<u32>,
    /// Squared change of every output, or the mean over outputs, as the probe's [`Outcome`] says (changed
    /// images × numbers).
    pub squares: Array2<f64>,
}

impl ByImage {
    /// Of a change: `squares` of its outputs, of which there are so many and which may be summed up already
    /// where they are not told apart.
    pub(super) fn new(
        change: Changes<'_>,
        squares: Array2<f64>,
        outcome: Outcome,
        outputs: usize,
    ) -> Self {
        Self {
            rows: change.rows,
            donors: change.sources,
            squares: match outcome {
                Outcome::PerOutput => squares,
                Outcome::Overall => squares.sum_axis(Axis(1)).insert_axis(Axis(1)) / outputs as f64,
            },
        }
    }
}

/// A probe of `half` for what `design` moves in `inputs` (images × inputs of the half).
///
/// # Errors
/// If inputs are so large that their differences may not be finite, or a black box fails.
pub(in crate::importance) async fn of_half(
    half: &Half,
    inputs: Array2<f32>,
    design: &Design,
) -> Result<Box<dyn ImageProbe>, EngineError> {
    if half.has_black_box() {
        return image_probe_of_function(asked(half), inputs, design.outcome).await;
    }
    check_inputs(&inputs, design.outcome)?;
    Ok(match half.dense() {
        Some(layers) => Box::new(cpu::DenseProbe::new(
            Kernel::Baseline,
            &layers,
            inputs,
            design.outcome,
        )),
        None => Box::new(layered::Layered::new(half, inputs, design)),
    })
}
