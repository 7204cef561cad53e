//! Dense layers on a GPU.

use ndarray::Array2;
use web_time::Instant;

use super::super::{Intervention, Outcome, Probe};
use super::moves::{Moves, Piece, Places, columns};
use super::pace::Pace;
use super::{ACROSS, BATCH, BATCH_NUMBERS, DOWN};
use crate::engine::{Answer, Engine, EngineError};
use crate::gpu::{ACTIVATION, Buffer, Constant, PRODUCT, Shader, activation, dense, tiles};
use crate::importance::design::Design;
use crate::model::{Activation, Dense};

/// Places for changed images in a batch, with one layer and with several, where a dispatch of so many
/// places has to stay possible.
const PLACES_OF_ONE: usize = 1 << 20;
const PLACES_OF_MANY: usize = 1 << 18;
/// Units in a batch that is worth its launches on the slowest adapter: there it takes some 40 ms.
const WORTHWHILE: usize = 2 << 20;
/// Rows that an invocation of the shaders computes; all belong to one intervention.
const PLACES: usize = 4;

/// First-layer sums and outputs of the unchanged images, and the layers, on the device.
pub(super) struct Kernel {
    engine: Engine,
    /// Images × inputs, here and there.
    inputs: Array2<f32>,
    /// Weights of the first layer.
    first: Buffer,
    /// Images × units of the first layer, before its activation.
    sums: Buffer,
    /// Images × outputs, here and there.
    outputs: Array2<f32>,
    output: Buffer,
    outcome: Outcome,
    pace: Pace,
    /// Places of an intervention.
    stride: usize,
    moves: Moves,
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
    /// If the device stops answering.
    pub(super) async fn new(
        engine: &Engine,
        layers: &[&Dense],
        inputs: Array2<f32>,
        design: &Design,
    ) -> Result<Self, EngineError> {
        let images = inputs.nrows();
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
        let columns = columns(design);
        let most = (most / stride).min(BATCH_NUMBERS / columns).clamp(1, BATCH);
        let places = Places {
            images,
            block: stride,
            blocks: 1,
        };
        let whole = Piece {
            values: input,
            columns: 0..inputs.ncols(),
        };
        let moves = Moves::new(engine, vec![whole], design, 0, places, most);
        let units: usize = layers.iter().map(|layer| layer.outputs()).sum();
        let units = units + (columns - 1) * first.outputs();
        let least = WORTHWHILE / images.saturating_mul(units);
        let width = layers.last().map_or(0, |layer| layer.outputs());
        let outputs = Array2::from_shape_vec((images, width), output.read().await?)
            .expect("one row of outputs an image");
        Ok(Self {
            layers: Layers::new(engine, first, above, &moves, stride, most * stride),
            engine: engine.clone(),
            inputs,
            first: weights,
            sums,
            outputs,
            output,
            outcome: design.outcome,
            pace: Pace::new(least, most),
            stride,
            moves,
        })
    }

    /// Measures at most as many interventions as fit.
    async fn totals(&self, interventions: &[Intervention<'_>]) -> Result<Array2<f64>, EngineError> {
        let start = Instant::now();
        let count = interventions.len();
        let totals = self.queue(interventions).read().await?;
        self.pace.took(count, start.elapsed());
        let outputs = self.outputs.ncols();
        let totals = Array2::from_shape_vec((count, outputs), totals)
            .expect("one row of totals an intervention");
        let sums = totals.mapv(f64::from);
        Ok(self.outcome.means(sums, outputs, interventions))
    }

    /// Interventions × outputs: sums over the images of squared changes.
    fn queue(&self, interventions: &[Intervention<'_>]) -> Buffer {
        let count = interventions.len();
        self.moves
            .queue(&self.engine, interventions, |_| Vec::new());
        let Moves {
            rows,
            values,
            extents,
            ..
        } = &self.moves;
        let parameters = [count as u32];
        let width = self.outputs.ncols();
        let totals = Buffer::room(&self.engine, count * width);
        let measured = [width.div_ceil(ACROSS), count.div_ceil(DOWN)];
        let common = [&self.output, rows, extents, &totals];
        match &self.layers {
            Layers::One { squares } => {
                let own = [values, &self.sums, &self.first];
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
                        rows,
                        values,
                        extents,
                        &first.outputs,
                    ],
                    &parameters,
                );
                let mut below: &Step = first;
                for (weights, step) in above {
                    step.shader.launch(
                        tiles(places, step.units),
                        &[&below.outputs, weights, extents, &step.outputs],
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
        self.pace.batch()
    }

    fn measure<'a>(&'a self, interventions: &'a [Intervention<'a>]) -> Answer<'a, Array2<f64>> {
        Box::pin(self.totals(interventions))
    }
}

impl Layers {
    fn new(
        engine: &Engine,
        first: &Dense,
        above: &[&Dense],
        moves: &Moves,
        stride: usize,
        places: usize,
    ) -> Self {
        let common = [
            &moves.constants()[..],
            &[("STRIDE", Constant::Count(stride))],
        ]
        .concat();
        let delta = moves.delta.source();
        let squares = |moved: &[&str], layer: &Dense| {
            let sizes = [
                ("OUTPUTS", Constant::Count(layer.outputs())),
                ("ACROSS", Constant::Count(ACROSS)),
                ("DOWN", Constant::Count(DOWN)),
            ];
            Shader::new(
                &[&[ACTIVATION, include_str!("squares.wgsl")], moved].concat(),
                &[&sizes[..], &common, &activation(layer.activation)].concat(),
            )
        };
        let Some(last) = above.last() else {
            return Self::One {
                squares: squares(&[include_str!("moved_by_one.wgsl"), delta], first),
            };
        };
        let step = |layer: &Dense, parts: &[&str], size: &[(&str, Constant)]| Step {
            units: layer.outputs(),
            shader: Shader::new(
                parts,
                &[&common[..], &activation(layer.activation), size].concat(),
            ),
            outputs: Buffer::room(engine, places * layer.outputs()),
        };
        Self::Many {
            first: Box::new(step(
                first,
                &[ACTIVATION, include_str!("first.wgsl"), delta],
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
            squares: squares(&[include_str!("moved_by_many.wgsl")], last),
        }
    }
}
