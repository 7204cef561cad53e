//! Learning by burn: its modules, its autodiff and its optimiser, on either engine; and the derivatives of
//! networks of any layers with respect to their inputs.
//!
//! Of what is trained here, our own passes know nothing: convolutions, and on WebGPU all that is beyond the
//! paper. On the way into burn's convolutions and out of them, images and kernels change their order; rows of
//! images have the channels of a pixel side by side, as everywhere.

mod activate;
mod adam;
mod block;
mod fixed;
mod gradients;
#[cfg(all(test, feature = "engine-cpu"))]
mod literal;
mod loss;
mod module;

use std::ops::Range;
use std::sync::Arc;

use burn::module::Module;
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::Tensor;
use ndarray::Array2;

use self::adam::Adam;
pub(crate) use self::gradients::Gradients;
use self::module::{Drawn, Model, Passed};
use super::draws::{Draws, When};
use super::history::Penalty;
use super::learner::{self, Losses, Parts};
use crate::data::Dataset;
use crate::engine::{Answer, Engine};
use crate::model::{Architecture, Network};
use crate::settings::{Loss, Noise, Settings};

pub(super) struct Learner {
    engine: Engine,
    data: Arc<Dataset>,
    architecture: Architecture,
    loss: Loss,
    penalty: Option<(Penalty, f64)>,
    has_noise: bool,
    has_dropout: bool,
    draws: Draws,
    rate: f64,
    decay: f64,
    model: Model,
    optimizer: ModuleOptimizer,
    /// Units of the hidden layers.
    hidden: Vec<usize>,
    epoch: u64,
    order: Vec<u32>,
    /// Of the running epoch.
    sums: Sums,
    /// The same of epochs that have ended, whose losses were not asked for.
    ended: Vec<Tensor<1>>,
}

/// What is added up over the images of an epoch: of the training images, then of the held-out ones.
#[derive(Default)]
struct Sums {
    /// Losses of all numbers of the reconstructions.
    losses: [Option<Tensor<1>>; 2],
    /// Of all images, where the loss has one.
    penalties: [Option<Tensor<1>>; 2],
    /// How many latents are not 0, of the held-out images of a network that is to be sparse.
    active: Option<Tensor<1>>,
}

impl Sums {
    /// What was added up, if there is anything of both.
    fn all(self) -> Option<impl Iterator<Item = Tensor<1>>> {
        let [training, held_out] = self.losses;
        let losses = [training?, held_out?].into_iter();
        let penalties = self.penalties.into_iter().flatten();
        Some(losses.chain(penalties).chain(self.active))
    }
}

/// Which images.
#[derive(Clone, Copy)]
enum Which {
    Training,
    HeldOut,
}

impl Learner {
    pub(super) fn new(
        engine: &Engine,
        data: &Arc<Dataset>,
        network: &Network,
        settings: &Settings,
    ) -> Self {
        let variant = &settings.variant;
        let decay = variant.weight_decay;
        let model = model(engine, network);
        Self {
            engine: engine.clone(),
            data: Arc::clone(data),
            architecture: network.into(),
            loss: settings.loss,
            penalty: Penalty::of(variant),
            has_noise: variant.noise != Noise::None,
            has_dropout: variant.dropout > 0.0,
            draws: Draws::new(settings, data),
            rate: settings.learning_rate,
            decay,
            hidden: model.hidden(),
            model,
            optimizer: Adam { decay }.into(),
            epoch: 0,
            order: Vec::new(),
            sums: Sums::default(),
            ended: Vec::new(),
        }
    }

    fn count(&self, which: Which) -> usize {
        match which {
            Which::Training => self.data.training.count(),
            Which::HeldOut => self.data.held_out.count(),
        }
    }

    /// Rows of the images as the encoder sees them, and as they are.
    fn rows(&self, which: Which, rows: &[usize]) -> [Tensor<2>; 2] {
        let width = self.data.image.size();
        let shape = [rows.len(), width];
        let mut values = Vec::with_capacity(rows.len() * width);
        match which {
            Which::Training => self.data.training.gather(rows.iter().copied(), &mut values),
            Which::HeldOut => {
                let held_out = &self.data.held_out.pixels;
                values.extend(rows.iter().flat_map(|&row| held_out.row(row)));
            }
        }
        if !self.has_noise {
            let clean = self.engine.tensor(values, shape);
            return [clean.clone(), clean];
        }
        let clean = self.engine.tensor(values.clone(), shape);
        for (values, &row) in values.chunks_mut(width).zip(rows) {
            self.draws.corrupt(values, self.when(which, row));
        }
        [self.engine.tensor(values, shape), clean]
    }

    fn when(&self, which: Which, row: usize) -> When {
        When {
            epoch: match which {
                Which::Training => self.epoch,
                Which::HeldOut => 0,
            },
            image: row as u64,
        }
    }

    /// What is drawn for some images: no unit is left out for those held out.
    fn drawn(&self, which: Which, rows: &[usize]) -> Drawn {
        let of_images = |count: usize, draw: &dyn Fn(When) -> Vec<f32>| {
            let draws = rows.iter().flat_map(|&row| draw(self.when(which, row)));
            self.engine.tensor(draws.collect(), [rows.len(), count])
        };
        let dims = self.architecture.dims();
        let is_variational = self.architecture.log_variance.is_some();
        let normal =
            is_variational.then(|| of_images(dims, &|when| self.draws.of_latents(dims, when)));
        let masks = match which {
            Which::Training if self.has_dropout => {
                let layers = self.hidden.iter().enumerate();
                let of_layer = |(layer, &units): (usize, &usize)| {
                    of_images(units, &|when| self.draws.of_units(units, layer, when))
                };
                layers.map(of_layer).collect()
            }
            _ => Vec::new(),
        };
        Drawn { normal, masks }
    }

    /// The penalty of a batch, all its images added up.
    fn penalty(&self, passed: &Passed) -> Option<Tensor<1>> {
        let means = passed.latents.clone();
        let (penalty, _) = self.penalty?;
        Some(match penalty {
            Penalty::Divergence => {
                let logarithms = passed.log_variances.clone()?;
                let squares = means.clone() * means;
                let beyond = squares + logarithms.clone().exp() - logarithms;
                beyond.sub_scalar(1.0).sum().mul_scalar(0.5)
            }
            Penalty::Sparsity => means.abs().sum(),
        })
    }

    /// Of an epoch's [`Sums::all`].
    fn losses_of(&self, sums: &[f32]) -> Losses {
        let images = [Which::Training, Which::HeldOut].map(|which| self.count(which));
        let size = self.data.image.size();
        let mean = |sum: f32, count: usize| f64::from(sum) / count as f64;
        let reconstruction = [0, 1].map(|of| mean(sums[of], images[of] * size));
        let Some((penalty, weight)) = self.penalty else {
            let [training, held_out] = reconstruction.map(|loss| loss as f32);
            return Losses {
                training,
                held_out,
                parts: None,
            };
        };
        let found = [0, 1].map(|of| mean(sums[2 + of], images[of]));
        let weight = match penalty {
            Penalty::Divergence => weight / size as f64,
            Penalty::Sparsity => weight,
        };
        let [training, held_out] =
            [0, 1].map(|of| (reconstruction[of] + weight * found[of]) as f32);
        let latents = images[1] * self.architecture.dims();
        Losses {
            training,
            held_out,
            parts: Some(Parts {
                reconstruction: reconstruction.map(|loss| loss as f32),
                penalty: found.map(|penalty| penalty as f32),
                active_share: sums.get(4).map(|&active| mean(active, latents) as f32),
            }),
        }
    }
}

/// Adds to a sum.
fn add(sum: &mut Option<Tensor<1>>, more: Tensor<1>) {
    *sum = Some(match sum.take() {
        Some(before) => before + more,
        None => more,
    });
}

fn model(engine: &Engine, network: &Network) -> Model {
    Model::new(engine, network).expect("networks that are trained are of such layers")
}

impl learner::Learner for Learner {
    fn restart(&mut self, network: &Network) {
        self.model = model(&self.engine, network);
        self.optimizer = Adam { decay: self.decay }.into();
        self.sums = Sums::default();
        self.ended.clear();
    }

    fn begin(&mut self, epoch: usize, order: &[u32]) {
        self.epoch = epoch as u64;
        self.order = order.to_vec();
        self.sums = Sums::default();
    }

    fn step(&mut self, batch: Range<usize>) {
        let rows: Vec<usize> = self.order[batch].iter().map(|&row| row as usize).collect();
        let [images, targets] = self.rows(Which::Training, &rows);
        let [count, width] = images.dims();
        let passed = self
            .model
            .forward(images, self.drawn(Which::Training, &rows));
        let kind = (self.loss, self.model.output());
        let found = loss::evaluate(&self.engine, kind, passed.sums.clone().inner(), targets);
        add(&mut self.sums.losses[0], found.sum);
        // The loss of a variational network is one of whole images, that of others one of their numbers.
        let parts = match self.architecture.log_variance {
            Some(_) => count,
            None => count * width,
        };
        // Its gradient in the sums is the derivative, so the tape need not know the loss.
        let share = found.derivative.div_scalar(parts as f32);
        let penalty = self.penalty(&passed);
        let mut whole = (passed.sums * share).sum();
        if let (Some(penalty), Some((_, weight))) = (penalty, self.penalty) {
            add(&mut self.sums.penalties[0], penalty.clone().inner());
            whole = whole + penalty.mul_scalar(weight / count as f64);
        }
        let gradients = GradientsParams::from_grads(whole.backward(), &self.model);
        let model = self.model.clone();
        self.model = self.optimizer.step(self.rate, model, gradients);
    }

    fn evaluate(&mut self, images: Range<usize>) {
        let rows: Vec<usize> = images.collect();
        let [images, targets] = self.rows(Which::HeldOut, &rows);
        let drawn = self.drawn(Which::HeldOut, &rows);
        let passed = self.model.valid().forward(images, drawn);
        if let Some(penalty) = self.penalty(&passed) {
            add(&mut self.sums.penalties[1], penalty);
        }
        if let Some((Penalty::Sparsity, _)) = self.penalty {
            let signs = passed.latents.sign();
            add(&mut self.sums.active, (signs.clone() * signs).sum());
        }
        let kind = (self.loss, self.model.output());
        let found = loss::evaluate(&self.engine, kind, passed.sums, targets);
        add(&mut self.sums.losses[1], found.sum);
    }

    fn end(&mut self) {
        // A warm-up ends the epoch that its images have ended.
        if let Some(sums) = std::mem::take(&mut self.sums).all() {
            self.ended.extend(sums);
        }
    }

    fn losses(&mut self) -> Answer<'_, Vec<Losses>> {
        Box::pin(async move {
            if self.ended.is_empty() {
                return Ok(Vec::new());
            }
            let sums = std::mem::take(&mut self.ended);
            let sums = self.engine.all_values(sums).await?;
            let each = match self.penalty {
                None => 2,
                Some((Penalty::Divergence, _)) => 4,
                Some((Penalty::Sparsity, _)) => 5,
            };
            let epochs = sums.chunks_exact(each).map(|sums| self.losses_of(sums));
            Ok(epochs.collect())
        })
    }

    fn reconstruct<'a>(
        &'a self,
        images: &'a Array2<f32>,
    ) -> Answer<'a, (Array2<f32>, Array2<f32>)> {
        Box::pin(async move {
            let values = images.iter().copied().collect();
            let images = self.engine.tensor(values, images.dim().into());
            let model = self.model.valid();
            let passed = model.forward(images, Drawn::default());
            let matrix = async |values: Tensor<2>| {
                let shape = values.dims();
                let values = self.engine.values(values).await?;
                Ok(Array2::from_shape_vec(shape, values).expect("row by row"))
            };
            let reconstructions = model.reconstructions(passed.sums);
            Ok((
                matrix(passed.latents).await?,
                matrix(reconstructions).await?,
            ))
        })
    }

    fn network(&self) -> Answer<'_, Network> {
        Box::pin(async move {
            let weights = self.model.weights(&self.engine).await?;
            Ok(Network::assembled(&self.architecture, weights).expect("layers of a network"))
        })
    }
}
