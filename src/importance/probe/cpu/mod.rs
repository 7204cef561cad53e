//! The probe on the CPU: loops over changed images, in cache.

mod layers;
mod odds;
mod one_layer;

use ndarray::{Array2, Axis};

use self::layers::Layers;
use self::odds::Odds;
use super::{Changes, Outcome};
use crate::importance::cost;
use crate::math::product::{Panels, Tiles, activate, product};
use crate::model::{Activation, Dense};

/// What is measured at once, in multiply-adds as [`cost`] counts them: short enough for a slice of
/// work to end on time.
const WORK: f64 = 1e9;
/// Changed images of one layer measured at once.
const IMAGES: usize = 1024;
/// Interventions measured at once, at most.
const INTERVENTIONS: f64 = 64.0;
/// Permutations of a column that [`Odds`] measures together: as many as the paper's method has.
const TOGETHER: usize = 4;

/// First-layer sums of the unpermuted images, and what lies above them.
pub(super) struct Kernel {
    /// Weights of the first layer, inputs × units.
    first: Array2<f32>,
    activation: Activation,
    /// Images × units.
    sums: Array2<f32>,
    above: Above,
    batch: usize,
}

/// What lies above the sums of the first layer.
enum Above {
    /// An activation.
    Activation,
    /// A sigmoid, whose exponentials are known.
    Sigmoid(Odds),
    /// More layers.
    Layers(Layers),
}

impl Kernel {
    pub(super) fn new(layers: &[Dense], inputs: &Array2<f32>) -> (Self, Array2<f32>) {
        let (lowest, above) = layers.split_first().expect("a network has a layer");
        let inputs = inputs.as_standard_layout();
        let first = lowest.weight.as_standard_layout().into_owned();
        let units = first.ncols();
        let (mut left, mut right, mut sums) = <(Tiles, Panels, Vec<f32>)>::default();
        let pixels = inputs.as_slice().expect("row by row");
        left.pack(inputs.ncols(), pixels.chunks_exact(inputs.ncols()));
        right.pack(units, slice(&first));
        product(&left, &right, Some(&lowest.bias.to_vec()), &mut sums);
        let sums = Array2::from_shape_vec((inputs.nrows(), units), sums)
            .expect("a product has the rows of one factor and the columns of the other");

        // Through the same code as permuted images, so that rounding is the same.
        let (above, outputs) = if above.is_empty() {
            let mut outputs = sums.clone();
            let values = outputs.as_slice_mut().expect("row by row");
            activate(lowest.activation, values);
            let above = match lowest.activation {
                Activation::Sigmoid => Above::Sigmoid(Odds::new(&sums)),
                _ => Above::Activation,
            };
            (above, outputs)
        } else {
            let layers = Layers::new(above);
            let outputs = layers.outputs(lowest.activation, &sums);
            (Above::Layers(layers), outputs)
        };
        let most = match above {
            // Nothing is gained by more.
            Above::Activation => IMAGES.div_ceil(inputs.nrows()) as f64,
            Above::Sigmoid(_) | Above::Layers(_) => {
                WORK / (inputs.nrows() as f64 * cost::per_input(layers))
            }
        };
        let kernel = Self {
            first,
            activation: lowest.activation,
            sums,
            above,
            batch: most.clamp(1.0, INTERVENTIONS) as usize,
        };
        (kernel, outputs)
    }

    /// How many interventions to measure at once.
    pub(super) fn batch(&self) -> usize {
        self.batch
    }

    /// How many permutations of one column to measure at once, because together they cost less.
    pub(super) fn together(&self) -> usize {
        match self.above {
            Above::Sigmoid(_) => TOGETHER,
            Above::Activation | Above::Layers(_) => 1,
        }
    }

    pub(super) fn measure(
        &self,
        inputs: &Array2<f32>,
        outputs: &Array2<f32>,
        changes: &[Changes],
        outcome: Outcome,
    ) -> Array2<f64> {
        let mut sums = Array2::zeros((changes.len(), outputs.ncols()));
        match &self.above {
            Above::Activation => {
                for (change, mut sums) in changes.iter().zip(sums.rows_mut()) {
                    self.one_layer(outputs, change, sums.as_slice_mut().expect("row by row"));
                }
            }
            Above::Sigmoid(odds) => {
                let mut rest = sums.view_mut();
                for changes in changes.chunk_by(|one, other| one.column == other.column) {
                    let (mut sums, after) = rest.split_at(Axis(0), changes.len());
                    rest = after;
                    let column = inputs.column(changes[0].column).to_vec();
                    let weight = row(&self.first, changes[0].column);
                    if Odds::cover(&column, weight, changes) {
                        odds.measure(&column, weight, changes, &mut sums);
                    } else {
                        for (change, mut sums) in changes.iter().zip(sums.rows_mut()) {
                            let sums = sums.as_slice_mut().expect("row by row");
                            self.one_layer(outputs, change, sums);
                        }
                    }
                }
            }
            Above::Layers(layers) => {
                let first = (&self.first, self.activation);
                layers.measure(first, &self.sums, outputs, changes, &mut sums);
            }
        }
        sums /= outputs.nrows() as f64;
        match outcome {
            Outcome::PerOutput => sums,
            Outcome::Overall => sums
                .mean_axis(Axis(1))
                .expect("a network has an output")
                .insert_axis(Axis(1)),
        }
    }
}

fn slice(matrix: &Array2<f32>) -> &[f32] {
    matrix.as_slice().expect("matrices here lie row by row")
}

fn row(matrix: &Array2<f32>, row: usize) -> &[f32] {
    let width = matrix.ncols();
    &slice(matrix)[row * width..][..width]
}
