//! How far a network's outputs move when one input column is permuted over the images.
//!
//! Multiplying whole images again for every permutation would waste almost all of the work, so a
//! probe uses what a permutation leaves alone. Permuting column i changes the first layer's sums
//! of image s by (x̃ₛᵢ - xₛᵢ) · W[i, ..] and by nothing else, and only where the image's value
//! changed. So the sums of the unpermuted images are computed once, and each permutation costs
//! one multiply-add a unit and changed image, then the layers above the first.

mod cpu;
mod device;

use ndarray::{Array2, ArrayView1};

use crate::engine::{Engine, EngineError, EngineKind};
use crate::model::Dense;

/// A column of the inputs and the order its values are put in.
#[derive(Clone, Debug)]
pub struct Permutation {
    /// Column of the inputs: a pixel or a latent dimension.
    pub column: usize,
    /// Image s gets the value of image `order[s]`.
    pub order: Vec<u32>,
}

/// What a probe reports for a permutation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// For every output, the mean over the images of its squared change (stage 1, Section 3.2).
    PerOutput,
    /// The mean over images and outputs of the squared change (stage 3, Section 3.3).
    Overall,
}

/// A network, or half of one, and the inputs to permute.
pub struct Probe {
    inputs: Array2<f32>,
    outputs: Array2<f32>,
    outcome: Outcome,
    kernel: Kernel,
}

enum Kernel {
    Cpu(Box<cpu::Kernel>),
    Device(Box<device::Kernel>),
}

impl Probe {
    /// Prepares to permute the columns of `inputs` (images × inputs of the first layer).
    ///
    /// # Errors
    /// If the device stops answering.
    ///
    /// # Panics
    /// If there is no layer or the first one has another number of inputs.
    pub async fn new(
        engine: &Engine,
        layers: &[Dense],
        inputs: Array2<f32>,
        outcome: Outcome,
    ) -> Result<Self, EngineError> {
        assert_eq!(
            layers[0].inputs(),
            inputs.ncols(),
            "inputs do not fit the network"
        );
        let (kernel, outputs) = match engine.kind() {
            EngineKind::Cpu => {
                let (kernel, outputs) = cpu::Kernel::new(engine, layers, &inputs);
                (Kernel::Cpu(Box::new(kernel)), outputs)
            }
            EngineKind::WebGpu => {
                let (kernel, outputs) = device::Kernel::new(engine, layers, &inputs).await?;
                (Kernel::Device(Box::new(kernel)), outputs)
            }
        };
        Ok(Self {
            inputs,
            outputs,
            outcome,
            kernel,
        })
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

    /// How many permutations to measure at once: enough to fill the device, few enough to fit it.
    #[must_use]
    pub fn batch(&self) -> usize {
        match &self.kernel {
            Kernel::Cpu(_) => cpu::batch(self.inputs.nrows()),
            Kernel::Device(kernel) => kernel.batch(self.inputs.nrows()),
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

    /// Measures every permutation by itself: one row each, as [`Outcome`] says.
    ///
    /// # Errors
    /// If the device stops answering.
    pub async fn measure(&self, permutations: &[Permutation]) -> Result<Array2<f64>, EngineError> {
        let changes: Vec<Changes> = permutations
            .iter()
            .map(|permutation| Changes::of(permutation, self.inputs.column(permutation.column)))
            .collect();
        match &self.kernel {
            Kernel::Cpu(kernel) => Ok(kernel.measure(&self.outputs, &changes, self.outcome)),
            Kernel::Device(kernel) => kernel.measure(&changes, self.outcome).await,
        }
    }
}

/// Whether a column holds two different values.
pub(super) fn varies(column: ArrayView1<'_, f32>) -> bool {
    column
        .first()
        .is_some_and(|first| column.iter().any(|value| value != first))
}

/// The images whose value a permutation changed, and by how much.
struct Changes {
    column: usize,
    rows: Vec<u32>,
    deltas: Vec<f32>,
}

impl Changes {
    fn of(permutation: &Permutation, values: ArrayView1<'_, f32>) -> Self {
        // Read once, in order: the column of a row-major matrix is scattered over all of it.
        let values = values.to_vec();
        let mut changes = Self {
            column: permutation.column,
            rows: Vec::with_capacity(values.len()),
            deltas: Vec::with_capacity(values.len()),
        };
        for (row, (&value, &other)) in values.iter().zip(&permutation.order).enumerate() {
            let permuted = values[other as usize];
            if permuted != value {
                changes.rows.push(row as u32);
                changes.deltas.push(permuted - value);
            }
        }
        changes
    }
}
