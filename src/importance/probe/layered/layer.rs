//! A layer, for what changes of some of its inputs do to its outputs.
//!
//! Layers that add up (convolutions, means, dense layers and the like) are asked what a difference of their
//! inputs adds to their sums; others (largest numbers, norms, softmax) get all of their inputs, the changed
//! ones among them, and the sums are compared. An activation is applied to the sums before and after.

use super::sums::{Dense, Sparse, Sums, pixels};
use crate::data::ImageShape;
use crate::importance::reach::{Part, Reached};
use crate::math::kernel::Plain;
use crate::math::{exp, greater};
use crate::model::{Activation, General, Kind, Layer as Trained, Over};

/// What the outputs are before the activation.
enum Step {
    Sums(Sums),
    Dense(Dense),
    /// Shares of inputs, channel by channel.
    Shares,
    /// Inputs, times a factor for each channel.
    Scaled(Vec<f32>),
    Same,
    /// In another order: the input that each output is.
    Moved(Option<Vec<u32>>),
    Largest([Part; 2]),
    Softmax,
    Normalised {
        /// As one, rather than pixel by pixel.
        row: bool,
        epsilon: f32,
        factors: Vec<f32>,
    },
}

/// A layer, and where what is kept of it for an image lies among all that is.
pub(super) struct Layer {
    input: ImageShape,
    output: ImageShape,
    step: Step,
    /// What is added to the outputs of a pixel, or to all of them; none where nothing is.
    bias: Vec<f32>,
    activation: Activation,
    /// Its inputs, where it needs them.
    inputs: Option<usize>,
    /// Sums, where they are needed.
    sums: Option<usize>,
    /// Outputs, where they are needed.
    outputs: Option<usize>,
}

/// Room for numbers on their way through a layer.
#[derive(Default)]
pub(super) struct Room {
    sparse: Sparse,
    row: Vec<f32>,
}

/// What changed: rows and columns of a layer's inputs and of its outputs.
pub(super) type Parts<'a> = [&'a Part; 2];

impl Layer {
    /// Of a trained one, which is `reached` so.
    pub fn new(trained: &Trained, reached: &Reached) -> Self {
        let (input, output) = (reached.input, reached.output);
        let row = |at: usize| -> Vec<f32> {
            let weights = trained.weights();
            weights[at].iter().copied().collect()
        };
        let (step, bias) = match trained {
            Trained::Dense(layer) => {
                let weight = |input, output| layer.weight[[input, output]];
                let dense = Dense::new(layer.inputs(), layer.outputs(), &weight);
                (Step::Dense(dense), layer.bias.to_vec())
            }
            Trained::General(layer) => match &layer.kind {
                Kind::Convolution { .. } | Kind::Transposed { .. } => {
                    (Step::Sums(kernel(layer, input, output)), row(1))
                }
                Kind::AveragePooling { .. } | Kind::Upsampling { .. } | Kind::Padding { .. } => {
                    (Step::Shares, Vec::new())
                }
                Kind::MaxPooling { .. } => {
                    let whole = [reached.sides[0].whole(), reached.sides[1].whole()];
                    (Step::Largest(whole), Vec::new())
                }
                Kind::Scaling => (Step::Scaled(row(0)), row(1)),
                Kind::Normalisation { over, epsilon } => {
                    let step = Step::Normalised {
                        row: *over == Over::Row,
                        epsilon: *epsilon,
                        factors: row(0),
                    };
                    (step, row(1))
                }
                Kind::Softmax => (Step::Softmax, Vec::new()),
                Kind::Activation => (Step::Same, Vec::new()),
                Kind::Reshaping { .. } => (Step::Moved(None), Vec::new()),
                Kind::Reordering { order, .. } => (Step::Moved(Some(order.clone())), Vec::new()),
            },
            Trained::BlackBox(_) => unreachable!("black boxes have a probe of their own"),
        };
        Self {
            input,
            output,
            step,
            bias,
            activation: trained.activation(),
            inputs: None,
            sums: None,
            outputs: None,
        }
    }

    /// Whether it needs all of its inputs to tell what a change does.
    pub fn needs_inputs(&self) -> bool {
        matches!(
            self.step,
            Step::Largest(_) | Step::Softmax | Step::Normalised { .. }
        )
    }

    /// Shape of its outputs.
    pub fn output(&self) -> ImageShape {
        self.output
    }

    /// Says what is to be kept of it, from a place on, where its inputs are kept, and whether its outputs
    /// have to be; gives the place after what it keeps.
    pub fn keep(&mut self, from: usize, inputs: Option<usize>, outputs: bool) -> usize {
        let size = self.output.size();
        let mut end = from;
        let mut next = || {
            end += size;
            Some(end - size)
        };
        self.inputs = inputs;
        let is_linear = self.activation == Activation::Linear;
        if self.needs_inputs() || !is_linear || outputs {
            self.sums = next();
        }
        self.outputs = match self.activation {
            Activation::Linear => self.sums,
            Activation::Relu if !outputs => None,
            _ => next(),
        };
        end
    }

    /// Where its outputs are kept.
    pub fn kept_outputs(&self) -> Option<usize> {
        self.outputs
    }

    /// Takes an image through: `values` are all of its inputs, and become its outputs. `kept` gets what is
    /// to be kept.
    pub fn run(
        &self,
        whole: Parts<'_>,
        values: &mut Vec<f32>,
        next: &mut Vec<f32>,
        room: &mut Room,
        kept: &mut [f32],
    ) {
        // The difference to nothing.
        let nothing = vec![0.0; if self.needs_inputs() { values.len() } else { 0 }];
        self.step(whole, values, &nothing, next, room);
        let biases = self.bias.len().max(1);
        for sums in next.chunks_exact_mut(biases) {
            for (sum, bias) in sums.iter_mut().zip(&self.bias) {
                *sum += bias;
            }
        }
        if let Some(at) = self.sums {
            kept[at..][..next.len()].copy_from_slice(next);
        }
        self.activation.activate(next);
        if let Some(at) = self.outputs {
            kept[at..][..next.len()].copy_from_slice(next);
        }
        std::mem::swap(values, next);
    }

    /// As [`Layer::run`], of differences: `values` are by how much some of its inputs changed, and become
    /// by how much its outputs do. `kept` is what was kept of the image.
    pub fn change(
        &self,
        parts: Parts<'_>,
        values: &mut Vec<f32>,
        next: &mut Vec<f32>,
        room: &mut Room,
        kept: &[f32],
    ) {
        let size = self.input.size();
        let inputs = self.inputs.map_or(&kept[..0], |at| &kept[at..][..size]);
        self.step(parts, values, inputs, next, room);
        std::mem::swap(values, next);
        let Some(sums) = self.sums else { return };
        let sums = &kept[sums..][..self.output.size()];
        if self.needs_inputs() {
            // What came of the changed inputs, without the bias.
            self.runs(parts, values, |at, values| {
                let biases = self.bias.len();
                if biases > 0 {
                    for (value, place) in values.iter_mut().zip(at..) {
                        *value += self.bias[place % biases];
                    }
                }
                for (value, sum) in values.iter_mut().zip(&sums[at..]) {
                    *value -= sum;
                }
            });
        }
        match self.activation {
            Activation::Linear => {}
            Activation::Relu => self.runs(parts, values, |at, values| {
                for (value, &sum) in values.iter_mut().zip(&sums[at..]) {
                    *value = greater(sum + *value, 0.0) - greater(sum, 0.0);
                }
            }),
            other => {
                let outputs = &kept[self.outputs.expect("kept where they are needed")..];
                self.runs(parts, values, |at, values| {
                    for (value, sum) in values.iter_mut().zip(&sums[at..]) {
                        *value += sum;
                    }
                    other.activate(values);
                    for (value, output) in values.iter_mut().zip(&outputs[at..]) {
                        *value -= output;
                    }
                });
            }
        }
    }

    /// Visits changed outputs, as many at a time as lie side by side, with the place of the first among all.
    fn runs(
        &self,
        [rows, columns]: Parts<'_>,
        values: &mut [f32],
        mut visit: impl FnMut(usize, &mut [f32]),
    ) {
        let ImageShape {
            width, channels, ..
        } = self.output;
        let run = columns.to.len() * channels;
        if run == 0 {
            return;
        }
        for (values, row) in values.chunks_exact_mut(run).zip(rows.to.clone()) {
            visit((row * width + columns.to.start) * channels, values);
        }
    }

    /// What its step makes of some inputs, without the bias: of differences, or of all `inputs` with the
    /// differences added where it takes these. `outputs` is set to that.
    fn step(
        &self,
        [rows, columns]: Parts<'_>,
        values: &[f32],
        inputs: &[f32],
        outputs: &mut Vec<f32>,
        room: &mut Room,
    ) {
        let channels = self.output.channels;
        let width = columns.from.len();
        outputs.clear();
        outputs.resize(rows.to.len() * columns.to.len() * channels, 0.0);
        match &self.step {
            Step::Sums(sums) => sums.add([rows, columns], values, &mut room.sparse, outputs),
            Step::Dense(dense) => {
                let (run, starts) = self.places([rows, columns]);
                dense.set(values, run, starts, &mut room.sparse, outputs);
            }
            Step::Shares => pixels([rows, columns], channels, outputs, |row, column, sums| {
                for down in rows.looks(row) {
                    for along in columns.looks(column) {
                        let share = down.share * along.share;
                        let pixel = (down.at as usize * width + along.at as usize) * channels;
                        for (sum, value) in sums.iter_mut().zip(&values[pixel..]) {
                            *sum += share * value;
                        }
                    }
                }
            }),
            Step::Scaled(factors) => {
                for (outputs, values) in outputs
                    .chunks_exact_mut(channels)
                    .zip(values.chunks_exact(channels))
                {
                    for ((output, value), factor) in outputs.iter_mut().zip(values).zip(factors) {
                        *output = value * factor;
                    }
                }
            }
            Step::Same => outputs.copy_from_slice(values),
            Step::Moved(order) => {
                room.row.clear();
                room.row.resize(self.input.size(), 0.0);
                self.put([rows, columns], values, &mut room.row, |place, value| {
                    *place = value;
                });
                match order {
                    None => outputs.copy_from_slice(&room.row),
                    Some(order) => {
                        for (output, &place) in outputs.iter_mut().zip(order) {
                            *output = room.row[place as usize];
                        }
                    }
                }
            }
            Step::Largest(whole) => self.largest([rows, columns], whole, values, inputs, outputs),
            Step::Softmax => {
                self.gather([rows, columns], values, inputs, outputs);
                outputs.chunks_exact_mut(channels).for_each(softmax);
            }
            Step::Normalised {
                row: false,
                epsilon,
                factors,
            } => {
                self.gather([rows, columns], values, inputs, outputs);
                for pixel in outputs.chunks_exact_mut(channels) {
                    normalise(pixel, *epsilon, factors);
                }
            }
            Step::Normalised {
                epsilon, factors, ..
            } => {
                outputs.copy_from_slice(inputs);
                self.put([rows, columns], values, outputs, |place, value| {
                    *place += value;
                });
                normalise(outputs, *epsilon, factors);
            }
        }
    }

    /// Where changed inputs are among all: how many lie side by side, and where each of these runs begins.
    fn places(&self, [rows, columns]: Parts<'_>) -> (usize, impl Iterator<Item = usize> + use<>) {
        let ImageShape {
            width, channels, ..
        } = self.input;
        let first = columns.from.start;
        let starts = rows
            .from
            .clone()
            .map(move |row| (row * width + first) * channels);
        (columns.from.len() * channels, starts)
    }

    /// Goes through changed inputs with their places among all.
    fn put(&self, parts: Parts<'_>, values: &[f32], row: &mut [f32], put: impl Fn(&mut f32, f32)) {
        let (run, starts) = self.places(parts);
        if run > 0 {
            for (values, start) in values.chunks_exact(run).zip(starts) {
                for (place, &value) in row[start..].iter_mut().zip(values) {
                    put(place, value);
                }
            }
        }
    }

    /// Changed inputs as they are after the change, of a layer that works pixel by pixel.
    fn gather(&self, parts: Parts<'_>, values: &[f32], inputs: &[f32], outputs: &mut [f32]) {
        let (run, starts) = self.places(parts);
        if run > 0 {
            let rows = values.chunks_exact(run).zip(starts);
            for (outputs, (values, start)) in outputs.chunks_exact_mut(run).zip(rows) {
                for ((output, value), input) in outputs.iter_mut().zip(values).zip(&inputs[start..])
                {
                    *output = input + value;
                }
            }
        }
    }

    fn largest(
        &self,
        [rows, columns]: Parts<'_>,
        whole: &[Part; 2],
        values: &[f32],
        inputs: &[f32],
        outputs: &mut [f32],
    ) {
        let ImageShape {
            width, channels, ..
        } = self.input;
        let changed = columns.from.len();
        pixels(
            [rows, columns],
            channels,
            outputs,
            |row, column, largest| {
                largest.fill(f32::NEG_INFINITY);
                for down in whole[0].looks(rows.to.start + row) {
                    let down = down.at as usize;
                    for along in whole[1].looks(columns.to.start + column) {
                        let along = along.at as usize;
                        let inputs = &inputs[(down * width + along) * channels..];
                        if rows.from.contains(&down) && columns.from.contains(&along) {
                            let pixel =
                                (down - rows.from.start) * changed + along - columns.from.start;
                            let values = &values[pixel * channels..];
                            for ((largest, input), value) in
                                largest.iter_mut().zip(inputs).zip(values)
                            {
                                *largest = greater(*largest, input + value);
                            }
                        } else {
                            for (largest, &input) in largest.iter_mut().zip(inputs) {
                                *largest = greater(*largest, input);
                            }
                        }
                    }
                }
            },
        );
    }
}

/// Weights of a convolution or a transposed one.
fn kernel(layer: &General, input: ImageShape, output: ImageShape) -> Sums {
    let weights = &layer.weights[0];
    let (inputs, outputs) = (input.channels, output.channels);
    match &layer.kind {
        Kind::Transposed { kernel, groups, .. } => {
            let seen = inputs / groups;
            let of = |group: usize, output: usize, place: usize, input: usize| {
                weights[[place * inputs + group * seen + input, output]]
            };
            Sums::new(*kernel, (inputs, outputs), *groups, &of)
        }
        Kind::Convolution { window, groups, .. } => {
            let (seen, each) = (inputs / groups, outputs / groups);
            let of = |group: usize, output: usize, place: usize, input: usize| {
                weights[[place * seen + input, group * each + output]]
            };
            Sums::new(window.size, (inputs, outputs), *groups, &of)
        }
        other => unreachable!("{other:?} has no kernel"),
    }
}

fn softmax(numbers: &mut [f32]) {
    let largest = numbers.iter().copied().fold(f32::NEG_INFINITY, greater);
    let mut sum = 0.0;
    for number in &mut *numbers {
        *number = exp::<Plain>(greater(*number - largest, -86.0));
        sum += *number;
    }
    let share = 1.0 / sum;
    for number in numbers {
        *number *= share;
    }
}

/// Takes off the mean, divides by the deviation, and multiplies by factors.
fn normalise(numbers: &mut [f32], epsilon: f32, factors: &[f32]) {
    let count = numbers.len() as f64;
    let mean = numbers.iter().map(|&number| f64::from(number)).sum::<f64>() / count;
    let squares = numbers
        .iter()
        .map(|&number| (f64::from(number) - mean).powi(2));
    let per_deviation = 1.0 / (squares.sum::<f64>() / count + f64::from(epsilon)).sqrt();
    let (mean, per_deviation) = (mean as f32, per_deviation as f32);
    for (number, factor) in numbers.iter_mut().zip(factors) {
        *number = (*number - mean) * per_deviation * factor;
    }
}
