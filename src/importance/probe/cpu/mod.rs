//! Dense layers on the CPU: loops over changed images, in cache.

mod layers;
mod odds;
mod one_layer;
mod powers;
mod series;
mod sigmoid;

use ndarray::Array2;

use self::layers::Layers;
use self::odds::add;
use self::sigmoid::Sigmoid;
#[cfg(feature = "general")]
use super::{ByImage, ImageProbe};
use super::{Changes, Intervention, Outcome, Probe};
use crate::engine::Answer;
use crate::importance::cost;
use crate::math::kernel::Kernel;
use crate::math::product::{Panels, Tiles, product};
use crate::model::{Activation, Dense};

/// What is measured at once, in multiply-adds as [`cost`] counts them: short enough for a slice of
/// work to end on time.
const WORK: f64 = 1e9;
/// Changed images of one layer measured at once.
const IMAGES: usize = 1024;
/// Squares are added in f32 over so many images before f64 takes over.
const SQUARES: usize = 256;
/// Interventions measured at once, at most.
const INTERVENTIONS: f64 = 64.0;
/// Permutations of a column that [`Sigmoid`] measures together: as many as the paper's method has.
const TOGETHER: usize = 4;

/// First-layer sums of the unpermuted images, and what lies above them.
pub(super) struct DenseProbe {
    kernel: Kernel,
    /// Images × columns.
    inputs: Array2<f32>,
    /// Images × outputs.
    outputs: Array2<f32>,
    outcome: Outcome,
    /// Weights of the first layer, inputs × units.
    first: Array2<f32>,
    activation: Activation,
    /// Images × units.
    sums: Array2<f32>,
    above: Above,
    /// Of one changed image, in multiply-adds.
    work: f64,
}

/// What lies above the sums of the first layer.
enum Above {
    /// An activation.
    Activation,
    /// A sigmoid.
    Sigmoid(Box<Sigmoid>),
    /// More layers.
    Layers(Layers),
}

impl DenseProbe {
    pub(super) fn new(
        kernel: Kernel,
        layers: &[&Dense],
        inputs: Array2<f32>,
        outcome: Outcome,
    ) -> Self {
        let (lowest, above) = layers.split_first().expect("a network has a layer");
        let first = lowest.weight.as_standard_layout().into_owned();
        let units = first.ncols();
        let (mut left, mut right, mut sums) = <(Tiles, Panels, Vec<f32>)>::default();
        let rows = inputs.as_standard_layout();
        left.pack(
            inputs.ncols(),
            rows.as_slice()
                .expect("row by row")
                .chunks_exact(inputs.ncols()),
        );
        right.pack(units, slice(&first));
        let bias = lowest.bias.to_vec();
        product(kernel, &left, &right, Some(&bias), &mut sums);
        let sums = Array2::from_shape_vec((inputs.nrows(), units), sums)
            .expect("a product has the rows of one factor and the columns of the other");

        // Through the same code as permuted images, so that rounding is the same.
        let (above, outputs) = if above.is_empty() {
            let mut outputs = sums.clone();
            let values = outputs.as_slice_mut().expect("row by row");
            lowest.activation.activate(values);
            let above = match lowest.activation {
                Activation::Sigmoid => Above::Sigmoid(Box::default()),
                _ => Above::Activation,
            };
            (above, outputs)
        } else {
            let layers = Layers::new(kernel, above);
            let outputs = layers.outputs(lowest.activation, &sums);
            (Above::Layers(layers), outputs)
        };
        let work = match &above {
            Above::Sigmoid(layer) => layer.work(units),
            Above::Activation | Above::Layers(_) => {
                let layers: Vec<_> = layers
                    .iter()
                    .map(|layer| cost::Layer::dense(layer))
                    .collect();
                cost::per_input(&layers)
            }
        };
        Self {
            kernel,
            inputs,
            outputs,
            outcome,
            first,
            activation: lowest.activation,
            sums,
            above,
            work,
        }
    }

    /// The squared changes of the outputs by `change`, image by image, where several columns change.
    fn of_several(&self, change: &Changes<'_>, totals: &mut [f64]) {
        let first = (&self.first, self.activation);
        let mut squares = Array2::zeros((1, self.outputs.ncols()));
        let changes = std::slice::from_ref(change);
        Layers::new(self.kernel, &[]).measure(
            first,
            &self.sums,
            &self.outputs,
            changes,
            &mut squares,
        );
        add(totals, 0, squares.as_slice().expect("a row"));
    }
}

impl Probe for DenseProbe {
    fn inputs(&self) -> &Array2<f32> {
        &self.inputs
    }

    fn outputs(&self) -> &Array2<f32> {
        &self.outputs
    }

    fn outcome(&self) -> Outcome {
        self.outcome
    }

    fn prepare(&mut self, interventions: usize) {
        if let (Above::Sigmoid(layer), Outcome::Overall) = (&mut self.above, self.outcome) {
            layer.prepare(&self.inputs, &self.first, interventions);
            self.work = layer.work(self.sums.ncols());
        }
    }

    fn batch(&self) -> usize {
        let images = self.sums.nrows();
        let most = match self.above {
            // Nothing is gained by more.
            Above::Activation => IMAGES.div_ceil(images) as f64,
            Above::Sigmoid(_) | Above::Layers(_) => WORK / (images as f64 * self.work),
        };
        most.clamp(1.0, INTERVENTIONS) as usize
    }

    fn together(&self) -> usize {
        match self.above {
            Above::Sigmoid(_) => TOGETHER,
            Above::Activation | Above::Layers(_) => 1,
        }
    }

    fn measure<'a>(&'a self, interventions: &'a [Intervention<'a>]) -> Answer<'a, Array2<f64>> {
        Box::pin(async move {
            let changes: Vec<Changes<'_>> = interventions
                .iter()
                .map(|intervention| Changes::of(intervention, &self.inputs))
                .collect();
            let outputs = self.outputs.ncols();
            // Of every output, or of all where they need not be told apart.
            let places = match (&self.above, self.outcome) {
                (Above::Sigmoid(_), Outcome::Overall) => 1,
                _ => outputs,
            };
            let mut sums = Array2::zeros((changes.len(), places));
            match &self.above {
                Above::Activation => {
                    for (change, mut sums) in changes.iter().zip(sums.rows_mut()) {
                        let sums = sums.as_slice_mut().expect("row by row");
                        match change.column() {
                            Some(column) => self.one_layer(change, column, 0, sums),
                            None => self.of_several(change, sums),
                        }
                    }
                }
                Above::Sigmoid(layer) => self.sigmoid(layer, &changes, &mut sums),
                Above::Layers(layers) => {
                    let first = (&self.first, self.activation);
                    layers.measure(first, &self.sums, &self.outputs, &changes, &mut sums);
                }
            }
            Ok(self.outcome.means(sums, outputs, interventions))
        })
    }
}

#[cfg(feature = "general")]
impl ImageProbe for DenseProbe {
    fn inputs(&self) -> &Array2<f32> {
        &self.inputs
    }

    fn outputs(&self) -> &Array2<f32> {
        &self.outputs
    }

    fn width(&self) -> usize {
        self.outcome.width(self.outputs.ncols())
    }

    fn prepare(&mut self, interventions: usize) {
        Probe::prepare(self, interventions);
    }

    fn by_image<'a>(&'a self, intervention: &'a Intervention<'a>) -> Answer<'a, ByImage> {
        Box::pin(async move {
            let change = Changes::of(intervention, &self.inputs);
            let outputs = self.outputs.ncols();
            let places = match (&self.above, self.outcome) {
                (Above::Sigmoid(_), Outcome::Overall) => 1,
                _ => outputs,
            };
            let mut squares = Array2::zeros((change.rows.len(), places));
            match &self.above {
                Above::Activation => {
                    let images = change.apart();
                    for (change, mut squares) in images.iter().zip(squares.rows_mut()) {
                        let squares = squares.as_slice_mut().expect("row by row");
                        match change.column() {
                            Some(column) => self.one_layer(change, column, 0, squares),
                            None => self.of_several(change, squares),
                        }
                    }
                }
                Above::Sigmoid(layer) => self.sigmoid_by_image(layer, &change, &mut squares),
                Above::Layers(layers) => {
                    let first = (&self.first, self.activation);
                    let images = change.apart();
                    layers.measure(first, &self.sums, &self.outputs, &images, &mut squares);
                }
            }
            Ok(ByImage::new(change, squares, self.outcome, outputs))
        })
    }
}

fn slice(matrix: &Array2<f32>) -> &[f32] {
    matrix.as_slice().expect("matrices here lie row by row")
}

fn row(matrix: &Array2<f32>, row: usize) -> &[f32] {
    let width = matrix.ncols();
    &slice(matrix)[row * width..][..width]
}

/// The least and the largest value.
fn range(values: impl Iterator<Item = f32>) -> (f32, f32) {
    let start = (f32::INFINITY, f32::NEG_INFINITY);
    values.fold(start, |(low, high), value| {
        (low.min(value), high.max(value))
    })
}
