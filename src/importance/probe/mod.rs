//! How far a network's outputs move when one input column is permuted over the images.
//!
//! Multiplying whole images again for every permutation would waste almost all of the work, so a
//! probe uses what a permutation leaves alone. Permuting column i changes the first layer's sums
//! of image s by (x̃ₛᵢ - xₛᵢ) · W[i, ..] and by nothing else, and only where the image's value
//! changed. So the sums of the unpermuted images are computed once, and each permutation costs
//! one multiply-add a unit and changed image, then the layers above the first.

#[cfg(feature = "engine-cpu")]
mod cpu;
#[cfg(feature = "engine-webgpu")]
mod device;

use ndarray::{Array2, ArrayView1};

use crate::engine::{Engine, EngineError, EngineKind};
use crate::keyed::Keyed;
use crate::model::{Dense, Half, Layer};

/// What is done to a column of the inputs: to a pixel or a latent dimension.
#[derive(Clone, Debug)]
pub enum Intervention {
    /// Its values are put in another order.
    Permuted {
        /// Column of the inputs.
        column: usize,
        /// Image s gets the value of image s of the permutation drawn from this.
        order: Keyed,
    },
    /// Every image gets the same value.
    Set {
        /// Column of the inputs.
        column: usize,
        /// The value.
        value: f32,
    },
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
    /// What is measured so, and what it is measured of.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::PerOutput => ("Pixel importance", "Latents"),
            Self::Overall => ("Latent importance", "Reconstructions"),
        }
    }
}

/// A network, or half of one, and the inputs to permute.
pub struct Probe {
    inputs: Array2<f32>,
    outputs: Array2<f32>,
    outcome: Outcome,
    kernel: Kernel,
}

enum Kernel {
    #[cfg(feature = "engine-cpu")]
    Cpu(Box<cpu::Kernel>),
    #[cfg(feature = "engine-webgpu")]
    Device(Box<device::Kernel>),
}

impl Probe {
    /// Prepares to permute the columns of `inputs` (images × inputs of the first layer).
    ///
    /// # Errors
    /// If the device stops answering, outputs are not finite, or inputs so large that their
    /// differences may not be.
    ///
    /// # Panics
    /// If the network takes another number of inputs.
    pub async fn new(
        engine: &Engine,
        network: &Half,
        inputs: Array2<f32>,
        outcome: Outcome,
    ) -> Result<Self, EngineError> {
        assert_eq!(
            network.input().size(),
            inputs.ncols(),
            "inputs do not fit the network"
        );
        let layers = network.layers().iter();
        let layers: Vec<&Dense> = layers.map(|Layer::Dense(layer)| layer).collect();
        let (importance, of) = outcome.names();
        if !inputs.iter().all(|input| input.abs() <= f32::MAX / 2.0) {
            return Err(EngineError::Overflow(importance));
        }
        let (kernel, outputs) = match engine.kind() {
            #[cfg(feature = "engine-cpu")]
            EngineKind::Cpu => {
                let (kernel, outputs) = cpu::Kernel::new(&layers, &inputs);
                (Kernel::Cpu(Box::new(kernel)), outputs)
            }
            #[cfg(feature = "engine-webgpu")]
            EngineKind::WebGpu => {
                let (kernel, outputs) = device::Kernel::new(engine, &layers, &inputs).await?;
                (Kernel::Device(Box::new(kernel)), outputs)
            }
        };
        if !outputs.iter().all(|output| output.is_finite()) {
            return Err(EngineError::Overflow(of));
        }
        Ok(Self {
            inputs,
            outputs,
            outcome,
            kernel,
        })
    }

    /// Prepares for so many interventions in every column.
    #[cfg_attr(
        not(feature = "engine-cpu"),
        expect(unused_variables, reason = "a device takes few and many alike")
    )]
    pub(super) fn expect(&mut self, interventions: usize) {
        match &mut self.kernel {
            #[cfg(feature = "engine-cpu")]
            Kernel::Cpu(kernel) => {
                kernel.expect(&self.inputs, self.outcome, interventions);
            }
            #[cfg(feature = "engine-webgpu")]
            Kernel::Device(_) => {}
        }
    }

    /// The unpermuted inputs (images × inputs of the first layer).
    #[must_use]
    pub fn inputs(&self) -> &Array2<f32> {
        &self.inputs
    }

    /// What measuring one changed image costs, in multiply-adds.
    pub(super) fn work(&self) -> f64 {
        match &self.kernel {
            #[cfg(feature = "engine-cpu")]
            Kernel::Cpu(kernel) => kernel.work(),
            #[cfg(feature = "engine-webgpu")]
            Kernel::Device(kernel) => kernel.work(),
        }
    }

    /// Outputs (images × outputs) for the unpermuted inputs.
    #[must_use]
    pub fn outputs(&self) -> &Array2<f32> {
        &self.outputs
    }

    /// Whether permuting `column` can change anything.
    #[must_use]
    pub fn varies(&self, column: usize) -> bool {
        varies(self.inputs.column(column))
    }

    /// How many interventions to measure at once: enough to fill the device, few enough to fit it.
    #[must_use]
    pub fn batch(&self) -> usize {
        match &self.kernel {
            #[cfg(feature = "engine-cpu")]
            Kernel::Cpu(kernel) => kernel.batch(),
            #[cfg(feature = "engine-webgpu")]
            Kernel::Device(kernel) => kernel.batch(),
        }
    }

    /// How many permutations of one column to measure one after the other within a batch: more than
    /// 1 where together they cost less.
    #[must_use]
    pub fn together(&self) -> usize {
        match &self.kernel {
            #[cfg(feature = "engine-cpu")]
            Kernel::Cpu(kernel) => kernel.together(),
            #[cfg(feature = "engine-webgpu")]
            Kernel::Device(_) => 1,
        }
    }

    /// Numbers in a row of [`Probe::measure`]'s result.
    #[must_use]
    pub fn width(&self) -> usize {
        match self.outcome {
            Outcome::PerOutput => self.outputs.ncols(),
            Outcome::Overall => 1,
        }
    }

    /// Measures every intervention by itself: one row each, as [`Outcome`] says.
    ///
    /// # Errors
    /// If the device stops answering.
    pub async fn measure(
        &self,
        interventions: &[Intervention],
    ) -> Result<Array2<f64>, EngineError> {
        match &self.kernel {
            #[cfg(feature = "engine-cpu")]
            Kernel::Cpu(kernel) => {
                let changes: Vec<Changes> = interventions
                    .iter()
                    .map(|intervention| Changes::of(intervention, &self.inputs))
                    .collect();
                Ok(kernel.measure(&self.inputs, &self.outputs, &changes, self.outcome))
            }
            #[cfg(feature = "engine-webgpu")]
            Kernel::Device(kernel) => kernel.measure(interventions, self.outcome).await,
        }
    }
}

/// Whether a column holds two different values.
pub(super) fn varies(column: ArrayView1<'_, f32>) -> bool {
    column
        .first()
        .is_some_and(|first| column.iter().any(|value| value != first))
}

/// The images whose value an intervention changed, and by how much.
#[cfg(feature = "engine-cpu")]
struct Changes {
    column: usize,
    rows: Vec<u32>,
    deltas: Vec<f32>,
    /// For every one of them, an image that had its new value before; empty where none had.
    sources: Vec<u32>,
}

#[cfg(feature = "engine-cpu")]
impl Changes {
    fn of(intervention: &Intervention, inputs: &Array2<f32>) -> Self {
        match intervention {
            Intervention::Permuted { column, order } => {
                let order = order.clone().permutation(inputs.nrows());
                Self::permuted(*column, inputs, &order)
            }
            Intervention::Set { column, value } => {
                let (mut changes, values) = Self::none(*column, inputs);
                let source = values.iter().position(|own| own == value);
                for (row, &own) in values.iter().enumerate() {
                    changes.add(row, own, *value, source.map(|source| source as u32));
                }
                changes
            }
        }
    }

    fn permuted(column: usize, inputs: &Array2<f32>, order: &[u32]) -> Self {
        let (mut changes, values) = Self::none(column, inputs);
        for (row, &source) in order.iter().enumerate() {
            changes.add(row, values[row], values[source as usize], Some(source));
        }
        changes
    }

    /// No changes, and the column's values: read once, in order, since the column of a row-major
    /// matrix is scattered over all of it.
    fn none(column: usize, inputs: &Array2<f32>) -> (Self, Vec<f32>) {
        let values = inputs.column(column).to_vec();
        let changes = Self {
            column,
            rows: Vec::with_capacity(values.len()),
            deltas: Vec::with_capacity(values.len()),
            sources: Vec::with_capacity(values.len()),
        };
        (changes, values)
    }

    fn add(&mut self, row: usize, from: f32, to: f32, source: Option<u32>) {
        if to != from {
            self.rows.push(row as u32);
            self.deltas.push(to - from);
            self.sources.extend(source);
        }
    }
}
