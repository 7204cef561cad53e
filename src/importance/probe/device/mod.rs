//! Dense layers on a GPU: many interventions at once, drawn, applied and measured on the device.
//!
//! Only what is to be done goes to the device, and only one number an intervention and output comes
//! back, when it is asked for. Permutations are drawn there, the same ones as on the CPU.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ndarray::{Array2, Axis};
use web_time::Instant;

use super::{Intervention, Outcome, Probe, Values};
use crate::engine::{Answer, Engine, EngineError};
use crate::gpu::{ACTIVATION, Buffer, Constant, PRODUCT, Shader, activation, dense, tiles};
use crate::importance::design::Design;
use crate::model::{Activation, Dense};

/// Numbers in the largest memory of a batch: 16 MB, which every adapter has.
const BATCH_NUMBERS: usize = 4 << 20;
/// Places for changed images in a batch, with one layer and with several, where a dispatch of so many
/// places has to stay possible.
const PLACES_OF_ONE: usize = 1 << 20;
const PLACES_OF_MANY: usize = 1 << 18;
/// More interventions at once would not make better use of any adapter.
const BATCH: usize = 1024;
/// Units in a batch that is worth its launches on the slowest adapter: there it takes some 40 ms.
const WORTHWHILE: usize = 2 << 20;
/// How long a larger batch may take: a person who wants to pause waits until it is done.
const BATCH_TIME: Duration = Duration::from_millis(30);
/// Rows that an invocation of the shaders computes; all belong to one intervention.
const PLACES: usize = 4;
/// Invocations in a workgroup of changes.wgsl.
const GROUP: usize = 64;
/// Invocations in a workgroup of the shaders that go over outputs and interventions.
const ACROSS: usize = 32;
const DOWN: usize = 2;

/// First-layer sums and outputs of the unchanged images, and the layers, on the device.
pub(super) struct Kernel {
    engine: Engine,
    /// Images × inputs, here and there.
    inputs: Array2<f32>,
    input: Buffer,
    /// Weights of the first layer.
    first: Buffer,
    /// Images × units of the first layer, before its activation.
    sums: Buffer,
    /// Images × outputs, here and there.
    outputs: Array2<f32>,
    output: Buffer,
    outcome: Outcome,
    /// Interventions that are worthwhile at once, that fit, and that were measured in time lately.
    least: usize,
    most: usize,
    batch: AtomicUsize,
    /// Places of an intervention in `rows` and `deltas`.
    stride: usize,
    changes: Shader,
    rows: Buffer,
    deltas: Buffer,
    extents: Buffer,
    layers: Layers,
}

enum Layers {
    One {
        squares: Shader,
    },
    Many {
        first: Box<Step>,
        /// With their weights.
        above: Vec<(Buffer, Step)>,
        squares: Shader,
    },
}

/// A layer on the way of the changed images.
struct Step {
    units: usize,
    shader: Shader,
    /// Places × units.
    outputs: Buffer,
}

impl Kernel {
    /// # Errors
    /// If the device stops answering, or features have several columns or recipients other donors than
    /// themselves: the shaders know one column and one set of images.
    pub(super) async fn new(
        engine: &Engine,
        layers: &[&Dense],
        inputs: Array2<f32>,
        design: &Design,
    ) -> Result<Self, EngineError> {
        if !design.is_plain() {
            return Err(EngineError::Unsupported(
                "Importance of several pixels together, or of some images given the values of others, \
                 is measured on the CPU engine alone.",
            ));
        }
        let (images, columns) = inputs.dim();
        let (first, above) = layers.split_first().expect("a network has a layer");
        let input = Buffer::of(engine, inputs.iter().copied().collect());
        let weights = Buffer::of_layer(engine, first);

        let forward = |from: &Buffer, layer: &Dense, weights: &Buffer, after: Activation| {
            let to = Buffer::room(engine, images * layer.outputs());
            dense(layer.inputs(), layer.outputs(), after).launch(
                tiles(images, layer.outputs()),
                &[from, weights, &to],
                &[images as u32],
            );
            to
        };
        let sums = forward(&input, first, &weights, Activation::Linear);
        let mut output = forward(&input, first, &weights, first.activation);
        for layer in above {
            let weights = Buffer::of_layer(engine, layer);
            output = forward(&output, layer, &weights, layer.activation);
        }

        let stride = images.next_multiple_of(PLACES);
        let widest = layers
            .iter()
            .map(|layer| layer.outputs())
            .max()
            .unwrap_or(1);
        let most = if above.is_empty() {
            PLACES_OF_ONE
        } else {
            PLACES_OF_MANY.min(BATCH_NUMBERS / widest)
        };
        let most = (most / stride).clamp(1, BATCH);
        let places = most * stride;
        let units: usize = layers.iter().map(|layer| layer.outputs()).sum();
        let least = (WORTHWHILE / images.saturating_mul(units)).clamp(1, most);
        let width = layers.last().map_or(0, |layer| layer.outputs());
        let outputs = Array2::from_shape_vec((images, width), output.read().await?)
            .expect("one row of outputs an image");
        Ok(Self {
            layers: Layers::new(engine, first, above, stride, places),
            engine: engine.clone(),
            inputs,
            input,
            first: weights,
            sums,
            outputs,
            output,
            outcome: design.outcome,
            most,
            least,
            batch: AtomicUsize::new(least),
            stride,
            changes: Shader::new(
                &[include_str!("changes.wgsl")],
                &[
                    ("INPUTS", Constant::Count(columns)),
                    ("IMAGES", Constant::Count(images)),
                    ("STRIDE", Constant::Count(stride)),
                    ("GROUP", Constant::Count(GROUP)),
                ],
            ),
            rows: Buffer::room(engine, places),
            deltas: Buffer::room(engine, places),
            extents: Buffer::room(engine, 2 * most),
        })
    }

    /// Measures at most as many interventions as fit.
    async fn totals(&self, interventions: &[Intervention<'_>]) -> Result<Array2<f64>, EngineError> {
        let start = Instant::now();
        let count = interventions.len();
        let totals = self.queue(interventions).read().await?;
        let fitting = BATCH_TIME.as_secs_f64() / start.elapsed().as_secs_f64() * count as f64;
        // A first batch compiles shaders, and any may have waited for other work.
        let fitting = (fitting as usize).clamp(count / 2, 2 * count);
        let fitting = fitting.clamp(self.least, self.most);
        self.batch.store(fitting, Ordering::Relaxed);

        let (images, outputs) = self.outputs.dim();
        let totals = Array2::from_shape_vec((count, outputs), totals)
            .expect("one row of totals an intervention");
        let means = totals.mapv(f64::from) / images as f64;
        Ok(match self.outcome {
            Outcome::PerOutput => means,
            Outcome::Overall => means
                .mean_axis(Axis(1))
                .expect("a network has an output")
                .insert_axis(Axis(1)),
        })
    }

    /// Interventions × outputs: sums over the images of squared changes.
    fn queue(&self, interventions: &[Intervention<'_>]) -> Buffer {
        let count = interventions.len();
        let words: Vec<u32> = interventions.iter().flat_map(words).collect();
        let interventions = Buffer::of_indices(&self.engine, &words);
        let parameters = [count as u32];
        self.changes.launch(
            [count.div_ceil(GROUP), 1],
            &[
                &self.input,
                &interventions,
                &self.rows,
                &self.deltas,
                &self.extents,
            ],
            &parameters,
        );
        let width = self.outputs.ncols();
        let totals = Buffer::room(&self.engine, count * width);
        let measured = [width.div_ceil(ACROSS), count.div_ceil(DOWN)];
        let common = [&self.output, &self.rows, &self.extents, &totals];
        match &self.layers {
            Layers::One { squares } => {
                let own = [&self.deltas, &self.sums, &self.first];
                squares.launch(measured, &[&common[..], &own].concat(), &parameters);
            }
            Layers::Many {
                first,
                above,
                squares,
            } => {
                let places = count * self.stride;
                first.shader.launch(
                    [
                        first.units.div_ceil(ACROSS),
                        (places / PLACES).div_ceil(DOWN),
                    ],
                    &[
                        &self.sums,
                        &self.first,
                        &self.rows,
                        &self.deltas,
                        &self.extents,
                        &first.outputs,
                    ],
                    &parameters,
                );
                let mut below: &Step = first;
                for (weights, step) in above {
                    step.shader.launch(
                        tiles(places, step.units),
                        &[&below.outputs, weights, &self.extents, &step.outputs],
                        &parameters,
                    );
                    below = step;
                }
                squares.launch(
                    measured,
                    &[&common[..], &[&below.outputs]].concat(),
                    &parameters,
                );
            }
        }
        totals
    }
}

impl Probe for Kernel {
    fn inputs(&self) -> &Array2<f32> {
        &self.inputs
    }

    fn outputs(&self) -> &Array2<f32> {
        &self.outputs
    }

    fn outcome(&self) -> Outcome {
        self.outcome
    }

    fn batch(&self) -> usize {
        self.batch.load(Ordering::Relaxed)
    }

    fn measure<'a>(&'a self, interventions: &'a [Intervention<'a>]) -> Answer<'a, Array2<f64>> {
        Box::pin(self.totals(interventions))
    }
}

impl Layers {
    fn new(engine: &Engine, first: &Dense, above: &[&Dense], stride: usize, places: usize) -> Self {
        let squares = |moved: &str, layer: &Dense| {
            let sizes = [
                ("OUTPUTS", Constant::Count(layer.outputs())),
                ("STRIDE", Constant::Count(stride)),
                ("ACROSS", Constant::Count(ACROSS)),
                ("DOWN", Constant::Count(DOWN)),
            ];
            Shader::new(
                &[ACTIVATION, include_str!("squares.wgsl"), moved],
                &[&sizes[..], &activation(layer.activation)].concat(),
            )
        };
        let Some(last) = above.last() else {
            return Self::One {
                squares: squares(include_str!("moved_by_one.wgsl"), first),
            };
        };
        let step = |layer: &Dense, parts: &[&str], size: &[(&str, Constant)]| {
            let stride = [("STRIDE", Constant::Count(stride))];
            Step {
                units: layer.outputs(),
                shader: Shader::new(
                    parts,
                    &[&stride[..], &activation(layer.activation), size].concat(),
                ),
                outputs: Buffer::room(engine, places * layer.outputs()),
            }
        };
        Self::Many {
            first: Box::new(step(
                first,
                &[ACTIVATION, include_str!("first.wgsl")],
                &[
                    ("UNITS", Constant::Count(first.outputs())),
                    ("PLACES", Constant::Count(PLACES)),
                    ("ACROSS", Constant::Count(ACROSS)),
                    ("DOWN", Constant::Count(DOWN)),
                ],
            )),
            above: above
                .iter()
                .map(|layer| {
                    let weights = Buffer::of_layer(engine, layer);
                    let step = step(
                        layer,
                        &[ACTIVATION, PRODUCT, include_str!("above.wgsl")],
                        &[
                            ("INPUTS", Constant::Count(layer.inputs())),
                            ("OUTPUTS", Constant::Count(layer.outputs())),
                        ],
                    );
                    (weights, step)
                })
                .collect(),
            squares: squares(include_str!("moved_by_many.wgsl"), last),
        }
    }
}

/// An intervention as changes.wgsl reads it.
fn words(intervention: &Intervention<'_>) -> [u32; 4] {
    let column = intervention.columns[0] as u32;
    match &intervention.values {
        Values::Permuted(order) => {
            let key = order.key();
            [column, 0, key as u32, (key >> 32) as u32]
        }
        Values::Of(image) => [column, 1, *image, 0],
    }
}
