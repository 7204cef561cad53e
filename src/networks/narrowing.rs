//! What becomes of the loss where only some dimensions are kept.
//!
//! Dimensions are put in order by their importance to training images: that of stage 3, with the values of any
//! of these images, as what is left out is held at its mean over all of them. The loss is then that of explained
//! images, on which nothing was decided. It is found for every number of dimensions at once: one after the other
//! moves from its mean to what the image has.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use ndarray::{Array2, Axis};
use web_time::Instant;

use super::outputs::outputs;
use super::results::Smaller;
use crate::data::{Dataset, Shape};
use crate::engine::{Engine, EngineError};
use crate::importance::{Design, Importance, Plan};
use crate::keyed::{Keyed, Purpose};
use crate::math::kernel::Plain;
use crate::math::{LANES, NEAREST, cross_entropy};
use crate::model::{Activation, Dense, Form, Half, Layer, Network};
use crate::settings::{Loss, Method, Settings};

/// Random orders beside that by importance.
const RANDOM: usize = 8;
/// Training images that the order and the means are of, at most.
const TRAINING: usize = 2000;
/// Outputs of a decoder of one layer that are looked at, at most: about half a second.
const OUTPUTS: f64 = 4e8;
/// Multiply-adds of other decoders, at most: a few seconds, ...
const WORK: f64 = 2e10;
/// ... but so many images are looked at if there are as many.
const IMAGES: usize = 64;
/// Rows that a decoder takes at once, at most, ...
const ROWS: usize = 2048;
/// ... and multiply-adds of a slice of work, if it can be as short.
const SLICE: f64 = 2e8;
/// Images that go through the encoder at once.
const ENCODED: usize = 128;
/// The share of the work that latents are taken for.
const ENCODING: f64 = 0.1;
/// The share of the work that finding the order is taken for.
const ORDERING: f64 = 0.3;

/// Leaves out one dimension after the other.
pub struct Narrowing {
    engine: Engine,
    network: Network,
    data: Arc<Dataset>,
    settings: Settings,
    threads: NonZeroUsize,
    /// Rows of the images that the order is found on, and of those that the loss is of.
    ordered_on: Vec<usize>,
    measured_on: Vec<usize>,
    loss: Loss,
    step: Step,
    found: Option<Smaller>,
}

enum Step {
    /// Latents, row by row, of the images that the order is found on, then of those that the loss is of.
    Encode(Vec<f32>),
    /// With the means of the latents, and the latents of images that the loss is of.
    Order(Box<Importance>, Vec<f32>, Array2<f32>),
    Losses(Box<Losses>),
    Done,
}

impl Narrowing {
    /// Prepares to narrow `network`. Where there are no training images, as beside a model that was brought, the
    /// order is found on the explained ones.
    #[must_use]
    pub fn new(
        engine: &Engine,
        network: &Network,
        data: &Arc<Dataset>,
        settings: &Settings,
        threads: NonZeroUsize,
    ) -> Self {
        let explained = data.explained.count();
        let dims = network.dims() as f64;
        let each = (dims + 1.0) + RANDOM as f64 * (dims - 1.0);
        let most = if Layered::one(network.decoder()).is_some() {
            OUTPUTS / (each * network.decoder().output().size() as f64)
        } else {
            WORK / (each * work(network.decoder()))
        };
        let ordered_on = match data.training.count() {
            0 => explained,
            training => training,
        };
        Self {
            engine: engine.clone(),
            network: network.clone(),
            data: Arc::clone(data),
            settings: settings.clone(),
            threads,
            ordered_on: evenly(ordered_on, TRAINING),
            measured_on: evenly(explained, (most as usize).max(IMAGES)),
            loss: loss_of(network, data, settings),
            step: Step::Encode(Vec::new()),
            found: None,
        }
    }

    /// Works for about `budget`; true once everything is known.
    ///
    /// # Errors
    /// If the device stops answering, or outputs are not finite.
    pub async fn advance(&mut self, budget: Duration) -> Result<bool, EngineError> {
        let start = Instant::now();
        loop {
            self.step = match std::mem::replace(&mut self.step, Step::Done) {
                Step::Encode(latents) => self.encode(latents).await?,
                Step::Order(mut job, means, latents) => {
                    if job.advance(budget.saturating_sub(start.elapsed())).await? {
                        self.losses(&job, &means, latents)?
                    } else {
                        Step::Order(job, means, latents)
                    }
                }
                Step::Losses(mut losses) => {
                    if losses.advance(&self.engine).await? {
                        self.found = Some(losses.finish(self.data.training.count()));
                        Step::Done
                    } else {
                        Step::Losses(losses)
                    }
                }
                Step::Done => return Ok(true),
            };
            if start.elapsed() >= budget {
                return Ok(matches!(self.step, Step::Done));
            }
        }
    }

    /// The share of the work that is done, of 1.
    #[must_use]
    pub fn done(&self) -> f64 {
        match &self.step {
            Step::Encode(latents) => {
                let images = self.ordered_on.len() + self.measured_on.len();
                let numbers = images * self.network.dims();
                ENCODING * latents.len() as f64 / numbers.max(1) as f64
            }
            Step::Order(job, ..) => {
                ENCODING + ORDERING * job.done() as f64 / job.total().max(1) as f64
            }
            Step::Losses(losses) => {
                let before = ENCODING + ORDERING;
                before + (1.0 - before) * losses.share()
            }
            Step::Done => 1.0,
        }
    }

    /// What was found, once it is.
    #[must_use]
    pub fn finish(&self) -> Option<&Smaller> {
        self.found.as_ref()
    }

    /// Takes some more images through the encoder; after the last of them the order is to be found.
    async fn encode(&self, mut latents: Vec<f32>) -> Result<Step, EngineError> {
        let (dims, ordered) = (self.network.dims(), self.ordered_on.len());
        let done = latents.len() / dims;
        let some = match done.checked_sub(ordered) {
            None => self.deciding(following(&self.ordered_on[done..])),
            Some(done) => {
                let explained = &self.data.explained.pixels;
                explained.select(Axis(0), following(&self.measured_on[done..]))
            }
        };
        latents.extend(outputs(&self.engine, self.network.encoder(), some).await?);
        if latents.len() < (ordered + self.measured_on.len()) * dims {
            return Ok(Step::Encode(latents));
        }
        let matrix = |numbers: &[f32]| {
            Array2::from_shape_vec((numbers.len() / dims, dims), numbers.to_vec())
                .expect("a row an image")
        };
        let (ordered, measured) = latents.split_at(ordered * dims);
        let (ordered, measured) = (matrix(ordered), matrix(measured));
        let design = Design::of_latents(&[(0, 0..ordered.nrows())], dims);
        let mut plan = Plan::new(&self.settings);
        // What is affordable is decided anew: these are other images.
        if plan.method == Method::Exact {
            plan.method = Method::Auto;
        }
        let decoder = self.network.decoder();
        let job = Importance::new(&self.engine, decoder, &ordered, design, &plan).await?;
        let job = Box::new(job.on_threads(self.threads));
        Ok(Step::Order(job, means(&ordered), measured))
    }

    /// Some of the images that decide the order: trained on, where there are such.
    fn deciding(&self, rows: &[usize]) -> Array2<f32> {
        match self.data.training.count() {
            0 => self.data.explained.pixels.select(Axis(0), rows),
            _ => self.data.training.select(rows),
        }
    }

    fn losses(
        &self,
        job: &Importance,
        means: &[f32],
        latents: Array2<f32>,
    ) -> Result<Step, EngineError> {
        job.check()?;
        let importance: Vec<f32> = job.estimate().mean.iter().copied().collect();
        let dims = importance.len();
        let mut order: Vec<u32> = (0..dims as u32).collect();
        order.sort_by(|&a, &b| importance[b as usize].total_cmp(&importance[a as usize]));
        let mut orders = vec![order];
        if dims > 1 {
            let key = |at: u64| Keyed::new(self.settings.seed, Purpose::Smaller, &[at]);
            orders.extend((0..RANDOM as u64).map(|at| key(at).permutation(dims)));
        }
        let decoder = self.network.decoder();
        let most = (ROWS / (dims + 1)).max(1);
        let each = (orders.len() * (dims + 1)) as f64 * work(decoder);
        let at_once = match Layered::one(decoder) {
            Some(_) => most,
            None => ((SLICE / each) as usize).clamp(1, most),
        };
        let explained = &self.data.explained.pixels;
        Ok(Step::Losses(Box::new(Losses {
            decoder: Layered::of(decoder, means),
            targets: explained.select(Axis(0), &self.measured_on),
            latents,
            means: means.to_vec(),
            importance,
            sums: Array2::zeros((orders.len(), dims + 1)),
            orders,
            loss: self.loss,
            ordered_on: self.ordered_on.len(),
            at_once,
            done: 0,
        })))
    }
}

/// Of so many rows, at most `most`, evenly.
/// The rows of those that are left that are encoded next.
fn following(rows: &[usize]) -> &[usize] {
    &rows[..rows.len().min(ENCODED)]
}

fn evenly(rows: usize, most: usize) -> Vec<usize> {
    let taken = rows.min(most);
    (0..taken)
        .map(|at| (at as u64 * rows as u64 / taken as u64) as usize)
        .collect()
}

/// Of every column.
fn means(latents: &Array2<f32>) -> Vec<f32> {
    let count = latents.nrows().max(1) as f64;
    let mean = |column: ndarray::ArrayView1<'_, f32>| {
        let sum: f64 = column.iter().copied().map(f64::from).sum();
        (sum / count) as f32
    };
    latents.columns().into_iter().map(mean).collect()
}

/// What the settings make small, where the network's outputs and the images are of 0 to 1; else the squared
/// error: a network that was brought may have learned to make anything small.
fn loss_of(network: &Network, data: &Dataset, settings: &Settings) -> Loss {
    let last = network.decoder().layers().last().map(Layer::activation);
    let (least, most) = data.explained.range();
    let in_range = last == Some(Activation::Sigmoid) && least >= 0.0 && most <= 1.0;
    if in_range || settings.loss == Loss::Mae {
        settings.loss
    } else {
        Loss::Mse
    }
}

/// Multiply-adds, about, of taking a row through `half`.
fn work(half: &Half) -> f64 {
    let layers = half.layers().iter().zip(half.forms());
    let layers = layers.map(|(layer, (form, _, output))| {
        let weights = layer.weights();
        let weights: f64 = weights.iter().map(|matrix| matrix.len() as f64).sum();
        let places = match (form, &output) {
            (Form::General { .. }, Shape::Image(image)) => image.pixels() as f64,
            _ => 1.0,
        };
        weights * places + 50.0 * output.size() as f64
    });
    layers.sum()
}

/// A decoder, of which the commonest, of one layer, is not run as a whole for every dimension that moves.
enum Layered {
    One {
        /// Dimensions × outputs.
        weight: Array2<f32>,
        /// Sums of the outputs where all latents are at their means.
        held: Vec<f32>,
        activation: Activation,
    },
    Any(Half),
}

impl Layered {
    fn one(half: &Half) -> Option<&Dense> {
        match half.dense()?[..] {
            [layer] => Some(layer),
            _ => None,
        }
    }

    fn of(half: &Half, means: &[f32]) -> Self {
        let Some(layer) = Self::one(half) else {
            return Self::Any(half.clone());
        };
        let mut held: Vec<f64> = layer.bias.iter().copied().map(f64::from).collect();
        for (&mean, weights) in means.iter().zip(layer.weight.rows()) {
            for (sum, &weight) in held.iter_mut().zip(weights) {
                *sum += f64::from(mean) * f64::from(weight);
            }
        }
        Self::One {
            weight: layer.weight.as_standard_layout().into_owned(),
            held: held.into_iter().map(|sum| sum as f32).collect(),
            activation: layer.activation,
        }
    }
}

/// The losses of explained images, for every order and every number of dimensions.
struct Losses {
    decoder: Layered,
    /// Images × numbers.
    targets: Array2<f32>,
    /// Images × dimensions.
    latents: Array2<f32>,
    means: Vec<f32>,
    importance: Vec<f32>,
    /// The first of them is that by importance.
    orders: Vec<Vec<u32>>,
    /// Orders × numbers of dimensions. No order has a say in the first and the last number, which are found
    /// for the first order alone.
    sums: Array2<f64>,
    loss: Loss,
    ordered_on: usize,
    /// Images that are looked at in one step.
    at_once: usize,
    /// Images.
    done: usize,
}

impl Losses {
    /// A few images; true after the last of them.
    async fn advance(&mut self, engine: &Engine) -> Result<bool, EngineError> {
        let dims = self.means.len();
        let count = self.at_once.min(self.targets.nrows() - self.done);
        let images = self.done..self.done + count;
        let mut sums = std::mem::take(&mut self.sums);
        match &self.decoder {
            Layered::One {
                weight,
                held,
                activation,
            } => {
                for image in images {
                    self.one(image, (weight, held, *activation), &mut sums);
                }
            }
            Layered::Any(half) => {
                for (order, mut sums) in self.orders.iter().zip(sums.rows_mut()) {
                    let rows = self.rows(order, images.clone());
                    let made = outputs(engine, half, rows).await?;
                    for (at, image) in images.clone().enumerate() {
                        let target = self.targets.row(image);
                        let target = target.as_slice().expect("row by row");
                        let made =
                            made.slice(ndarray::s![at * (dims + 1)..(at + 1) * (dims + 1), ..]);
                        for (sum, made) in sums.iter_mut().zip(made.rows()) {
                            let made = made.to_slice().expect("row by row");
                            *sum += of_outputs(self.loss, made, target);
                        }
                    }
                }
            }
        }
        self.sums = sums;
        self.done += count;
        Ok(self.done == self.targets.nrows())
    }

    /// Latents of some images with none, the first, the first two and so on of an order at what the image has,
    /// image after image.
    fn rows(&self, order: &[u32], images: std::ops::Range<usize>) -> Array2<f32> {
        let dims = order.len();
        let mut rows = Array2::zeros((images.len() * (dims + 1), dims));
        let mut at = 0;
        for image in images {
            let mut row = self.means.clone();
            for kept in 0..=dims {
                if let Some(&dim) = kept.checked_sub(1).and_then(|last| order.get(last)) {
                    row[dim as usize] = self.latents[(image, dim as usize)];
                }
                rows.row_mut(at)
                    .iter_mut()
                    .zip(&row)
                    .for_each(|(to, &from)| *to = from);
                at += 1;
            }
        }
        rows
    }

    /// An image, by a decoder of one layer.
    fn one(
        &self,
        image: usize,
        (weight, held, activation): (&Array2<f32>, &[f32], Activation),
        sums: &mut Array2<f64>,
    ) {
        let target = self.targets.row(image);
        let target = target.as_slice().expect("row by row");
        let latents = self.latents.row(image);
        let mut made = Vec::new();
        let mut loss = |logits: &[f32]| {
            if self.loss == Loss::Bce && activation == Activation::Sigmoid {
                return of_logits(logits, target);
            }
            made.clear();
            made.extend_from_slice(logits);
            activation.activate(&mut made);
            of_outputs(self.loss, &made, target)
        };
        let dims = self.means.len();
        let none = loss(held);
        let mut logits = Vec::with_capacity(held.len());
        for (at, (order, mut sums)) in self.orders.iter().zip(sums.rows_mut()).enumerate() {
            logits.clear();
            logits.extend_from_slice(held);
            let mut last = none;
            sums[0] += none;
            for (kept, &dim) in (1..).zip(order) {
                let dim = dim as usize;
                if at > 0 && kept == dims {
                    break;
                }
                let by = latents[dim] - self.means[dim];
                if by != 0.0 {
                    let weights = weight.row(dim);
                    let weights = weights.as_slice().expect("row by row");
                    for (logit, weight) in logits.iter_mut().zip(weights) {
                        *logit += by * weight;
                    }
                    last = loss(&logits);
                }
                sums[kept] += last;
            }
        }
    }

    fn share(&self) -> f64 {
        self.done as f64 / self.targets.nrows().max(1) as f64
    }

    fn finish(&self, training: usize) -> Smaller {
        let dims = self.means.len();
        let numbers = self.targets.len() as f64;
        let mean = |sum: f64| (sum / numbers) as f32;
        let mut losses = self
            .sums
            .rows()
            .into_iter()
            .map(|sums| sums.mapv(mean).to_vec());
        let loss = losses.next().unwrap_or_default();
        let ends = |mut random: Vec<f32>| {
            random[0] = loss[0];
            random[dims] = loss[dims];
            random
        };
        let random = losses.map(ends).collect();
        Smaller {
            order: self.orders[0].clone(),
            importance: self.importance.clone(),
            means: self.means.clone(),
            kind: self.loss,
            random,
            loss,
            ordered_on: self.ordered_on,
            of_training: training > 0,
            explained: self.targets.nrows(),
        }
    }
}

/// Losses are added in f32 this far before f64 takes over: 64 factors of at most 2 are in f32's range.
const CHUNK: usize = 64 * LANES;

/// Binary cross-entropy of the sigmoids of `logits`, added up. Not inlined: so the compiler finds the vectors.
#[inline(never)]
fn of_logits(logits: &[f32], targets: &[f32]) -> f64 {
    let mut sum = 0.0;
    for (logits, targets) in logits.chunks(CHUNK).zip(targets.chunks(CHUNK)) {
        let (mut linear, mut factors) = ([0.0; LANES], [1.0; LANES]);
        let (logits, last) = logits.as_chunks::<LANES>();
        let (targets, last_targets) = targets.as_chunks::<LANES>();
        for (logits, targets) in logits.iter().zip(targets) {
            for lane in 0..LANES {
                let loss = cross_entropy::<Plain>(logits[lane], targets[lane]);
                linear[lane] += loss.linear;
                factors[lane] *= loss.factor;
            }
        }
        for (&logit, &target) in last.iter().zip(last_targets) {
            let loss = cross_entropy::<Plain>(logit, target);
            sum += f64::from(loss.linear) + f64::from(loss.factor).ln();
        }
        for (linear, factor) in linear.into_iter().zip(factors) {
            sum += f64::from(linear) + f64::from(factor).ln();
        }
    }
    sum
}

/// The loss of outputs as they are, added up.
fn of_outputs(loss: Loss, outputs: &[f32], targets: &[f32]) -> f64 {
    let numbers = outputs.iter().zip(targets);
    let numbers = numbers.map(|(&output, &target)| (f64::from(output), f64::from(target)));
    match loss {
        Loss::Bce => numbers
            .map(|(output, target)| {
                let output = output.clamp(NEAREST, 1.0 - NEAREST);
                -target * output.ln() - (1.0 - target) * (1.0 - output).ln()
            })
            .sum(),
        Loss::Mse => numbers
            .map(|(output, target)| (output - target).powi(2))
            .sum(),
        Loss::Mae => numbers
            .map(|(output, target)| (output - target).abs())
            .sum(),
    }
}
