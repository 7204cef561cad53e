//! How far a network's outputs move when some images are given other images' values of a feature.
//!
//! A [`Probe`] knows half a network and its inputs, and answers one question: by how much the outputs
//! change. [`of_half`] makes one of layers, for either engine, [`black_box`] one of any function.
//!
//! Multiplying whole images again for every permutation would waste almost all of the work, so those
//! of dense layers use what a permutation leaves alone. Permuting column i changes the first layer's sums
//! of image s by (x̃ₛᵢ - xₛᵢ) · W[i, ..] and by nothing else, and only where the image's value changed;
//! where several columns move, these add up. So the sums of the unpermuted images are computed once,
//! and each permutation costs one multiply-add a unit, column and changed image, then the layers above
//! the first. Of other layers, only what a column reaches is computed again.

mod black_box;
#[cfg(feature = "general")]
mod by_image;
mod changes;
#[cfg(any(feature = "engine-cpu", feature = "general"))]
mod cpu;
#[cfg(feature = "engine-webgpu")]
mod device;
#[cfg(feature = "general")]
mod layered;

#[cfg(feature = "general")]
use std::sync::Arc;

use ndarray::{Array2, Axis};

pub use self::black_box::black_box;
#[cfg(feature = "general")]
pub(super) use self::black_box::by_image as image_probe_of_function;
#[cfg(feature = "general")]
pub(super) use self::by_image::of_half as image_probe;
#[cfg(feature = "general")]
pub use self::by_image::{ByImage, ImageProbe};
use self::changes::Changes;
#[cfg(all(feature = "engine-cpu", feature = "general"))]
pub(crate) use self::layered::KEPT;
use super::design::{Design, Exchange};
use crate::engine::{Answer, Engine, EngineError, EngineKind};
use crate::keyed::Keyed;
use crate::model::Half;

/// Half a network, or all of it, and the inputs whose values are exchanged.
pub trait Probe: Sync {
    /// The unpermuted inputs (images × columns).
    fn inputs(&self) -> &Array2<f32>;

    /// Outputs (images × outputs) for the unpermuted inputs.
    fn outputs(&self) -> &Array2<f32>;

    /// What is reported of an intervention.
    fn outcome(&self) -> Outcome;

    /// Prepares for so many interventions in every column.
    fn prepare(&mut self, _interventions: usize) {}

    /// How many interventions to measure at once: enough to fill the device, few enough to fit it.
    fn batch(&self) -> usize;

    /// How many permutations of one feature to measure one after the other within a batch: more than
    /// 1 where together they cost less.
    fn together(&self) -> usize {
        1
    }

    /// Measures every intervention by itself: one row each, as [`Outcome`] says.
    ///
    /// # Errors
    /// If the device stops answering.
    fn measure<'a>(&'a self, interventions: &'a [Intervention<'a>]) -> Answer<'a, Array2<f64>>;
}

/// Images are given other values of a feature.
#[derive(Clone, Debug)]
pub struct Intervention<'a> {
    /// Columns of the inputs that move together.
    pub columns: &'a [usize],
    /// Which images receive values, and whose.
    pub exchange: &'a Exchange,
    /// Which of them.
    pub values: Values,
}

/// Which donor's values a recipient is given.
#[derive(Clone, Debug)]
pub enum Values {
    /// Those of the donor that the permutation of all donors drawn from this has in its place.
    Permuted(Keyed),
    /// Those of the image in this row, whoever receives them.
    Of(u32),
    /// For every recipient, in order, those of the donor in this row.
    #[cfg(feature = "general")]
    Given(Arc<[u32]>),
}

/// What a probe reports for an intervention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// For every output, the mean over the images of its squared change (stage 1, Section 3.2).
    PerOutput,
    /// The mean over images and outputs of the squared change (stage 3, Section 3.3).
    Overall,
}

impl Outcome {
    /// Numbers that are reported of an intervention, where there are so many outputs.
    pub(super) fn width(self, outputs: usize) -> usize {
        match self {
            Self::PerOutput => outputs,
            Self::Overall => 1,
        }
    }

    /// The means of squared changes from their `sums`, a row for each of `interventions`. Where
    /// `outputs` are not told apart, these may be summed up already.
    fn means(
        self,
        sums: Array2<f64>,
        outputs: usize,
        interventions: &[Intervention<'_>],
    ) -> Array2<f64> {
        let (mut means, each) = match self {
            Self::PerOutput => (sums, 1),
            Self::Overall => (sums.sum_axis(Axis(1)).insert_axis(Axis(1)), outputs),
        };
        for (mut means, intervention) in means.rows_mut().into_iter().zip(interventions) {
            let images = intervention.exchange.recipients().len();
            means /= (images * each) as f64;
        }
        means
    }

    /// What is measured so, and what it is measured of.
    pub(super) fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::PerOutput => ("Pixel importance", "Latents"),
            Self::Overall => ("Latent importance", "Reconstructions"),
        }
    }
}

/// A probe of `half` for what `design` moves in `inputs` (images × inputs of the half), on `engine`.
///
/// # Errors
/// If the device stops answering, outputs are not finite, inputs so large that their differences may
/// not be, or the engine cannot measure what is asked for.
///
/// # Panics
/// If the half takes another number of inputs.
pub async fn of_half(
    engine: &Engine,
    half: &Half,
    inputs: Array2<f32>,
    design: &Design,
) -> Result<Box<dyn Probe>, EngineError> {
    assert_eq!(
        half.input().size(),
        inputs.ncols(),
        "inputs do not fit the network"
    );
    #[cfg(feature = "general")]
    if half.has_black_box() {
        return black_box(asked(half), inputs, design.outcome).await;
    }
    check_inputs(&inputs, design.outcome)?;
    let probe: Box<dyn Probe> = match engine.kind() {
        #[cfg(feature = "engine-cpu")]
        EngineKind::Cpu => match half.dense() {
            Some(layers) => Box::new(cpu::DenseProbe::new(
                engine.kernel(),
                &layers,
                inputs,
                design.outcome,
            )),
            #[cfg(feature = "general")]
            None => Box::new(layered::Layered::new(half, inputs, design)),
            #[cfg(not(feature = "general"))]
            None => unreachable!("only dense layers reach this package"),
        },
        #[cfg(feature = "engine-webgpu")]
        EngineKind::WebGpu => device::probe(engine, half, inputs, design).await?,
    };
    check_outputs(&*probe)?;
    Ok(probe)
}

/// Half a network as a function of a batch of inputs.
#[cfg(feature = "general")]
fn asked(
    half: &Half,
) -> impl AsyncFn(&Array2<f32>) -> Result<Array2<f32>, EngineError> + Clone + Sync + 'static {
    let half = half.clone();
    async move |inputs: &Array2<f32>| {
        let made = half.outputs(inputs.view()).await;
        made.map_err(EngineError::BlackBox)
    }
}

fn check_inputs(inputs: &Array2<f32>, outcome: Outcome) -> Result<(), EngineError> {
    let (importance, _) = outcome.names();
    let is_small = |input: &f32| input.abs() <= f32::MAX / 2.0;
    if inputs.iter().all(is_small) {
        Ok(())
    } else {
        Err(EngineError::Overflow(importance))
    }
}

fn check_outputs(probe: &dyn Probe) -> Result<(), EngineError> {
    let (_, of) = probe.outcome().names();
    if probe.outputs().iter().all(|output| output.is_finite()) {
        Ok(())
    } else {
        Err(EngineError::Overflow(of))
    }
}
