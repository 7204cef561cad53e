//! Learning on the GPU: a handful of shaders a step, and nothing read back until it is asked for.
//!
//! With the layers' sums go their activation, with the last layer's the loss and its gradient, with a
//! weight's gradient its update. Memory is taken once and written in place.

use std::ops::Range;

use ndarray::{Array1, Array2};

use super::adam::{EPSILON, FIRST_DECAY, SECOND_DECAY, step_size};
use super::learner::{self, Losses};
use super::samples::SAMPLES;
use super::trainer::EVALUATION_BATCH;
use crate::data::{Dataset, Rows};
use crate::engine::{Answer, Engine};
use crate::gpu::{Buffer, Constant, INVOCATIONS, Limits, PRODUCT, Shader, dense, tiles};
use crate::model::{Activation, Dense, Half, Network};
use crate::settings::Settings;

/// Epochs that can end before their losses are asked for.
const EPOCHS: usize = 16;
/// To how many numbers the losses are added up on the device.
const TOTALS: usize = 64;
/// Of a batch, copied by one invocation: enough to be worth its start.
const ROWS: usize = 32;
/// Invocations in a workgroup of gather.wgsl.
const ACROSS: usize = 64;

pub(super) struct Learner {
    engine: Engine,
    layers: Vec<Layer>,
    /// How many of them encode.
    encoder: usize,
    gather: Shader,
    output: Shader,
    total: Shader,
    /// Images × pixels.
    training: Images,
    held_out: Images,
    batch: Pass,
    /// Of the loss in the sums of each layer, images × outputs.
    gradients: Vec<Buffer>,
    totals: Buffer,
    /// Step size of Adam.
    rate: f64,
    /// Steps of the optimiser so far.
    steps: i32,
    /// Epochs ended whose losses were not asked for.
    ended: usize,
}

struct Layer {
    inputs: usize,
    outputs: usize,
    activation: Activation,
    weights: Buffer,
    first_moments: Buffer,
    second_moments: Buffer,
    /// The layer with its activation.
    forward: Shader,
    backward: Shader,
    update: Shader,
}

/// Images, the order in which they are taken, and the loss over those taken in an epoch.
struct Images {
    /// As many in each as fit into a buffer.
    pieces: Vec<Piece>,
    count: usize,
    order: Buffer,
    /// One sum an invocation of output.wgsl.
    losses: Buffer,
    /// How many of the sums are in use.
    sums: usize,
}

/// Images that follow each other.
struct Piece {
    pixels: Buffer,
    images: Range<usize>,
}

/// Images on their way through the network: the images themselves and every layer's outputs.
struct Pass {
    images: Buffer,
    outputs: Vec<Buffer>,
}

impl Learner {
    pub(super) fn new(
        engine: &Engine,
        data: &Dataset,
        network: &Network,
        settings: &Settings,
    ) -> Self {
        Self::within(engine, data, network, settings, Limits::of(engine).numbers)
    }

    /// With at most so many numbers in a buffer of images.
    fn within(
        engine: &Engine,
        data: &Dataset,
        network: &Network,
        settings: &Settings,
        numbers: usize,
    ) -> Self {
        // Most images that go through the network at once.
        let capacity = settings.batch_size.max(EVALUATION_BATCH);
        let pixels = data.image.size();
        let layers = layers(engine, network);
        let last = layers.last().expect("a network has layers");
        let size = [
            ("INPUTS", Constant::Count(last.inputs)),
            ("OUTPUTS", Constant::Count(last.outputs)),
        ];
        Self {
            encoder: network.encoder().layers().len(),
            gather: Shader::new(
                &[include_str!("gather.wgsl")],
                &[
                    ("PIXELS", Constant::Count(pixels)),
                    ("ROWS", Constant::Count(ROWS)),
                    ("ACROSS", Constant::Count(ACROSS)),
                ],
            ),
            output: Shader::new(&[PRODUCT, include_str!("output.wgsl")], &size),
            total: Shader::new(
                &[include_str!("total.wgsl")],
                &[("TOTALS", Constant::Count(TOTALS))],
            ),
            training: Images::new(engine, &data.training, (pixels, capacity), numbers),
            held_out: Images::new(engine, &*data.held_out, (pixels, capacity), numbers),
            batch: Pass::new(engine, &layers, capacity),
            gradients: outputs(engine, &layers, capacity),
            totals: Buffer::of(engine, vec![0.0; 2 * EPOCHS * TOTALS]),
            layers,
            engine: engine.clone(),
            rate: settings.learning_rate,
            steps: 0,
            ended: 0,
        }
    }

    /// Adds the loss of images at these places of their order, and leaves its gradient in the logits.
    fn loss(&mut self, training: bool, places: Range<usize>) {
        let images = if training {
            &mut self.training
        } else {
            &mut self.held_out
        };
        let count = places.len();
        let pixels = self.layers[0].inputs;
        for piece in &images.pieces {
            let of_piece = [piece.images.start as u32, piece.images.len() as u32];
            self.gather.launch(
                [pixels.div_ceil(ACROSS), count.div_ceil(ROWS)],
                &[&piece.pixels, &images.order, &self.batch.images],
                &[&[places.start as u32, count as u32], &of_piece[..]].concat(),
            );
        }
        let (last, hidden) = self.layers.split_last().expect("a network has layers");
        self.batch.forward(hidden, count);
        let workgroups = tiles(count, pixels);
        if places.start == 0 {
            images.sums = workgroups.iter().product::<usize>() * INVOCATIONS;
        }
        self.output.launch(
            workgroups,
            &[
                self.batch.inputs(hidden.len()),
                &last.weights,
                &self.batch.images,
                &self.gradients[hidden.len()],
                &images.losses,
            ],
            &[count as u32, u32::from(places.start == 0)],
        );
    }
}

impl learner::Learner for Learner {
    fn restart(&mut self, network: &Network) {
        self.layers = layers(&self.engine, network);
        self.steps = 0;
        self.ended = 0;
    }

    fn begin(&mut self, _: usize, order: &[u32]) {
        self.training.order = Buffer::of_indices(&self.engine, order);
    }

    fn step(&mut self, batch: Range<usize>) {
        let count = batch.len() as u32;
        self.loss(true, batch);
        self.steps += 1;
        for at in (0..self.layers.len()).rev() {
            let layer = &self.layers[at];
            let inputs = self.batch.inputs(at);
            let gradient = &self.gradients[at];
            // Before the weights change.
            if at > 0 {
                layer.backward.launch(
                    tiles(count as usize, layer.inputs),
                    &[gradient, &layer.weights, inputs, &self.gradients[at - 1]],
                    &[count],
                );
            }
            layer.update.launch(
                tiles(layer.inputs + 1, layer.outputs),
                &[
                    inputs,
                    gradient,
                    &layer.weights,
                    &layer.first_moments,
                    &layer.second_moments,
                ],
                &[count, step_size(self.rate, self.steps).to_bits()],
            );
        }
    }

    fn evaluate(&mut self, images: Range<usize>) {
        self.loss(false, images);
    }

    fn end(&mut self) {
        for (at, images) in [&self.training, &self.held_out].into_iter().enumerate() {
            self.total.launch(
                [1, 1],
                &[&images.losses, &self.totals],
                &[images.sums as u32, ((2 * self.ended + at) * TOTALS) as u32],
            );
        }
        self.ended += 1;
    }

    fn is_full(&self) -> bool {
        self.ended == EPOCHS
    }

    fn losses(&mut self) -> Answer<'_, Vec<Losses>> {
        Box::pin(async move {
            let totals = self.totals.read().await?;
            let mean = |totals: &[f32], images: &Images| {
                let sum: f64 = totals.iter().copied().map(f64::from).sum();
                (sum / (images.count * self.layers[0].inputs) as f64) as f32
            };
            let losses = totals
                .chunks_exact(2 * TOTALS)
                .take(self.ended)
                .map(|epoch| {
                    let (training, held_out) = epoch.split_at(TOTALS);
                    Losses {
                        training: mean(training, &self.training),
                        held_out: mean(held_out, &self.held_out),
                        #[cfg(feature = "general")]
                        parts: None,
                    }
                })
                .collect();
            self.ended = 0;
            Ok(losses)
        })
    }

    fn reconstruct<'a>(
        &'a self,
        images: &'a Array2<f32>,
    ) -> Answer<'a, (Array2<f32>, Array2<f32>)> {
        Box::pin(async move {
            let count = images.nrows();
            let pass = Pass {
                images: Buffer::of(&self.engine, images.iter().copied().collect()),
                outputs: outputs(&self.engine, &self.layers, SAMPLES),
            };
            pass.forward(&self.layers, count);
            let read = async |at: usize| {
                let mut values = pass.outputs[at].read().await?;
                let width = self.layers[at].outputs;
                values.truncate(count * width);
                Ok(Array2::from_shape_vec((count, width), values).expect("one row an image"))
            };
            Ok((
                read(self.encoder - 1).await?,
                read(self.layers.len() - 1).await?,
            ))
        })
    }

    fn network(&self) -> Answer<'_, Network> {
        Box::pin(async move {
            let mut layers = Vec::with_capacity(self.layers.len());
            for layer in &self.layers {
                let mut weight = layer.weights.read().await?;
                let bias = weight.split_off(layer.inputs * layer.outputs);
                layers.push(Dense {
                    weight: Array2::from_shape_vec((layer.inputs, layer.outputs), weight)
                        .expect("a layer has as many weights as its sizes say"),
                    bias: Array1::from(bias),
                    activation: layer.activation,
                });
            }
            let decoder = layers.split_off(self.encoder);
            Ok(Network::dense(layers, decoder).expect("layers of a network"))
        })
    }
}

fn layers(engine: &Engine, network: &Network) -> Vec<Layer> {
    let halves = [network.encoder(), network.decoder()];
    let dense = halves.into_iter().filter_map(Half::dense).flatten();
    dense.map(|layer| Layer::new(engine, layer)).collect()
}

impl Layer {
    fn new(engine: &Engine, layer: &Dense) -> Self {
        let size = [
            ("INPUTS", Constant::Count(layer.inputs())),
            ("OUTPUTS", Constant::Count(layer.outputs())),
        ];
        let adam = [
            ("FIRST_DECAY", Constant::Number(FIRST_DECAY as f32)),
            ("FIRST_SHARE", Constant::Number((1.0 - FIRST_DECAY) as f32)),
            ("SECOND_DECAY", Constant::Number(SECOND_DECAY as f32)),
            (
                "SECOND_SHARE",
                Constant::Number((1.0 - SECOND_DECAY) as f32),
            ),
            ("EPSILON", Constant::Number(EPSILON)),
        ];
        let zeros = || Buffer::of(engine, vec![0.0; (layer.inputs() + 1) * layer.outputs()]);
        Self {
            inputs: layer.inputs(),
            outputs: layer.outputs(),
            activation: layer.activation,
            weights: Buffer::of_layer(engine, layer),
            first_moments: zeros(),
            second_moments: zeros(),
            forward: dense(layer.inputs(), layer.outputs(), layer.activation),
            backward: Shader::new(&[PRODUCT, include_str!("backward.wgsl")], &size),
            update: Shader::new(
                &[PRODUCT, include_str!("update.wgsl")],
                &[&size[..], &adam].concat(),
            ),
        }
    }
}

impl Images {
    /// `images` of so many numbers each, of which so many go through the network at once.
    fn new(
        engine: &Engine,
        images: &dyn Rows,
        (width, capacity): (usize, usize),
        numbers: usize,
    ) -> Self {
        let count = images.count();
        let workgroups: usize = tiles(capacity, width).iter().product();
        let natural: Vec<u32> = (0..count as u32).collect();
        let most = (numbers / width).max(1);
        let starts = (0..count).step_by(most);
        let pieces = starts.map(|start| {
            let images_of_piece = start..count.min(start + most);
            let pixels = images.rows(images_of_piece.clone());
            Piece {
                pixels: Buffer::of(engine, pixels.into_raw_vec_and_offset().0),
                images: images_of_piece,
            }
        });
        Self {
            pieces: pieces.collect(),
            count,
            order: Buffer::of_indices(engine, &natural),
            losses: Buffer::room(engine, workgroups * INVOCATIONS),
            sums: 0,
        }
    }
}

impl Pass {
    /// Room for so many images.
    fn new(engine: &Engine, layers: &[Layer], capacity: usize) -> Self {
        Self {
            images: Buffer::room(engine, capacity * layers[0].inputs),
            outputs: outputs(engine, layers, capacity),
        }
    }

    /// What goes into a layer.
    fn inputs(&self, layer: usize) -> &Buffer {
        match layer.checked_sub(1) {
            Some(below) => &self.outputs[below],
            None => &self.images,
        }
    }

    /// Takes the first `count` images through `layers`, the lowest ones.
    fn forward(&self, layers: &[Layer], count: usize) {
        for (at, layer) in layers.iter().enumerate() {
            layer.forward.launch(
                tiles(count, layer.outputs),
                &[self.inputs(at), &layer.weights, &self.outputs[at]],
                &[count as u32],
            );
        }
    }
}

/// Room for every layer's outputs for so many images.
fn outputs(engine: &Engine, layers: &[Layer], images: usize) -> Vec<Buffer> {
    let widths = layers.iter().map(|layer| layer.outputs);
    widths
        .map(|width| Buffer::room(engine, images * width))
        .collect()
}

#[cfg(all(test, feature = "general"))]
mod tests {
    use pollster::block_on;

    use super::learner::Learner as _;
    use super::*;
    use crate::data::{Class, ImageSet};
    use crate::engine::tested;

    #[test]
    fn images_in_many_buffers_are_learned_from_as_those_in_one() {
        let settings = Settings {
            classes: vec![0],
            dims: 3,
            batch_size: 8,
            ..Settings::default()
        };
        let bytes = (0..40 * 12)
            .map(|at: u32| (at * 7919 % 251) as u8)
            .collect();
        let class = Class::new(0, ImageSet::from_bytes(3, 4, bytes));
        let data = Dataset::new(&[&class], &settings.division(true)).unwrap();
        let network = Network::untrained(12, &[], 3, 1);
        let learned = |numbers| {
            let mut learner = Learner::within(tested(), &data, &network, &settings, numbers);
            let count = data.training.count();
            let order: Vec<u32> = (0..count as u32).rev().collect();
            for epoch in 1..=2 {
                learner.begin(epoch, &order);
                for start in (0..count).step_by(8) {
                    learner.step(start..count.min(start + 8));
                }
                learner.evaluate(0..data.held_out.count());
                learner.end();
            }
            let losses = block_on(learner.losses()).unwrap();
            let losses: Vec<[f32; 2]> =
                losses.iter().map(|of| [of.training, of.held_out]).collect();
            (losses, block_on(learner.network()).unwrap())
        };
        let whole = learned(1 << 20);
        // Five images in a buffer, and one.
        assert_eq!(learned(5 * 12), whole);
        assert_eq!(learned(12), whole);
        assert!(whole.0.iter().flatten().all(|loss| loss.is_finite()));
    }
}
