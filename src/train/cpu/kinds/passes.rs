//! Passes through a dense network of any kind: forward, and backward to the gradients of its parameters.

use std::ops::AddAssign;

use super::super::adam::Gradients;
use super::super::loss::{gradient_of, of_images};
use super::super::products::Products;
use super::latents::{Drawn, activity, add_sparsity};
use crate::data::Dataset;
use crate::math::kernel::Kernel;
use crate::model::{Activation, Autoencoder, Layer, Network, Parameters};
use crate::settings::{Loss, Noise, Output, Settings};
use crate::train::draws::{Draws, When};
use crate::train::history::{LossParts, Penalty};

/// Images that pass at once.
pub(super) struct Batch<'a> {
    pub images: Vec<&'a [f32]>,
    /// Which they are, for what is drawn.
    pub whens: Vec<When>,
}

/// Added up over images.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    /// Losses of all numbers of their reconstructions.
    pub reconstruction: f64,
    /// Their penalties, before the weight of these.
    pub penalty: f64,
    /// Latents that are not 0.
    pub active: usize,
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.reconstruction += other.reconstruction;
        self.penalty += other.penalty;
        self.active += other.active;
    }
}

/// What is asked of a network, and what the numbers of a batch live in.
pub(super) struct Passes {
    plan: Plan,
    products: Products,
    way: Way,
    /// The loss's gradient in the sums of a layer, images × outputs, and in those below.
    gradient: Vec<f32>,
    below: Vec<f32>,
}

/// What is asked of a network.
struct Plan {
    loss: Loss,
    output: Output,
    /// What is added to the loss of the reconstruction, and what that is multiplied by.
    penalty: Option<(Penalty, f32)>,
    draws: Draws,
    has_noise: bool,
    has_dropout: bool,
    /// What follows each layer of encoder and decoder.
    activations: Vec<Activation>,
    /// Layers of the encoder.
    encoder: usize,
}

/// What a batch leaves on its way through the network.
#[derive(Default)]
struct Way {
    /// Of every layer of encoder and decoder, images × outputs: what it gives to the next one, and the last
    /// one's sums.
    outputs: Vec<Vec<f32>>,
    /// The derivatives of these in the layer's sums, but for the last one's.
    slopes: Vec<Vec<f32>>,
    /// Of a variational network, what the decoder is given in place of the means.
    drawn: Drawn,
}

impl Passes {
    /// Of networks with the layers of `network`.
    pub(super) fn new(
        kernel: Kernel,
        network: &Network,
        settings: &Settings,
        data: &Dataset,
    ) -> Self {
        let numbers = network.encoder().input().size();
        let layers = network.encoder().layers().iter();
        let layers = layers.chain(network.decoder().layers());
        let parts = LossParts::of(settings, numbers);
        let plan = Plan {
            loss: settings.loss,
            output: settings.variant.output,
            penalty: parts.map(|parts| (parts.penalty, parts.weight as f32)),
            draws: Draws::new(settings, data),
            has_noise: settings.variant.noise != Noise::None,
            has_dropout: settings.variant.dropout > 0.0,
            activations: layers.map(Layer::activation).collect(),
            encoder: network.encoder().layers().len(),
        };
        Self {
            plan,
            products: Products::new(kernel),
            way: Way::default(),
            gradient: Vec::new(),
            below: Vec::new(),
        }
    }

    /// The losses of held-out images. Latents are drawn and images get noise as in training, but no unit is
    /// left out.
    pub(super) fn evaluate(&mut self, model: &Autoencoder, batch: &Batch<'_>) -> Sums {
        let seen = self.plan.seen(batch);
        let seen = rows(seen.as_deref(), &batch.images);
        self.forward(&model.parameters(), &seen, batch, false);
        self.losses(batch)
    }

    /// The losses of training images, and the gradients of their mean in all parameters.
    pub(super) fn gradients(
        &mut self,
        model: &Autoencoder,
        batch: &Batch<'_>,
    ) -> (Sums, Gradients) {
        let layers = model.parameters();
        let seen = self.plan.seen(batch);
        let seen = rows(seen.as_deref(), &batch.images);
        self.forward(&layers, &seen, batch, true);
        let losses = self.losses(batch);
        (losses, self.backward(&layers, &seen))
    }

    fn forward(
        &mut self,
        layers: &[Parameters],
        seen: &[&[f32]],
        batch: &Batch<'_>,
        is_training: bool,
    ) {
        let (plan, way) = (&self.plan, &mut self.way);
        let count = plan.activations.len();
        way.outputs.resize_with(count, Vec::new);
        way.slopes.resize_with(count - 1, Vec::new);
        for (position, layer) in layers[..count].iter().enumerate() {
            let mut outputs = std::mem::take(&mut way.outputs[position]);
            let mut log_variances = std::mem::take(&mut way.drawn.log_variances);
            let given = way.given(plan, position, layer, seen);
            self.products.forward(layer, &given, &mut outputs);
            let has_head = position + 1 == plan.encoder && plan.is_variational();
            if has_head {
                self.products
                    .forward(&layers[count], &given, &mut log_variances);
            }
            way.drawn.log_variances = log_variances;
            if has_head {
                let dims = layer.shape[1];
                let noise = batch.whens.iter();
                let noise = noise.flat_map(|&when| plan.draws.of_latents(dims, when));
                way.drawn.noise = noise.collect();
                way.drawn.draw(&outputs);
            }
            if position + 1 < count {
                let activation = plan.activations[position];
                if is_training {
                    way.slopes[position].clone_from(&outputs);
                    activation.differentiate(&mut way.slopes[position]);
                }
                activation.activate(&mut outputs);
                if is_training && let Some(number) = plan.dropout(position) {
                    let units = layer.shape[1];
                    let rows = outputs.chunks_exact_mut(units);
                    let slopes = way.slopes[position].chunks_exact_mut(units);
                    for ((outputs, slopes), &when) in rows.zip(slopes).zip(&batch.whens) {
                        let factors = plan.draws.of_units(units, number, when);
                        multiply(outputs, &factors);
                        multiply(slopes, &factors);
                    }
                }
            }
            way.outputs[position] = outputs;
        }
    }

    /// The losses of a batch; the sums of the last layer become the gradient of the mean loss in them.
    fn losses(&mut self, batch: &Batch<'_>) -> Sums {
        let (plan, way) = (&self.plan, &mut self.way);
        let kernel = self.products.kernel();
        let numbers = batch.images[0].len();
        let scale = if plan.is_variational() {
            1.0 / batch.images.len() as f32
        } else {
            1.0 / (batch.images.len() * numbers) as f32
        };
        let last = way.outputs.last_mut().expect("a network has layers");
        let reconstruction = of_images(last, &batch.images, |sums, image| {
            gradient_of(kernel, plan.loss, plan.output, sums, image, scale)
        });
        std::mem::swap(&mut self.gradient, last);
        let latents = &way.outputs[plan.encoder - 1];
        let (penalty, active) = match plan.penalty {
            None => (0.0, 0),
            Some((Penalty::Divergence, _)) => (way.drawn.divergence(latents), 0),
            Some((Penalty::Sparsity, _)) => activity(latents),
        };
        Sums {
            reconstruction,
            penalty,
            active,
        }
    }

    /// The gradients in all parameters, of that in the last layer's sums.
    fn backward(&mut self, layers: &[Parameters], seen: &[&[f32]]) -> Gradients {
        let (plan, way) = (&self.plan, &self.way);
        let count = plan.activations.len();
        let share = 1.0 / seen.len() as f32;
        let mut gradients = vec![Default::default(); layers.len()];
        for (position, layer) in layers[..count].iter().enumerate().rev() {
            let given = way.given(plan, position, layer, seen);
            // In the log-variances, where they branch off.
            let mut branch = None;
            if position + 1 == plan.encoder {
                let latents = &way.outputs[position];
                match plan.penalty {
                    None => {}
                    Some((Penalty::Divergence, weight)) => {
                        let weight = weight * share;
                        branch = Some(way.drawn.back(latents, weight, &mut self.gradient));
                    }
                    Some((Penalty::Sparsity, weight)) => {
                        add_sparsity(latents, weight * share, &mut self.gradient);
                    }
                }
            }
            if position + 1 < count {
                multiply(&mut self.gradient, &way.slopes[position]);
            }
            gradients[position] = self.products.gradients(layer, &given, &self.gradient);
            if let Some(branch) = &branch {
                gradients[count] = self.products.gradients(&layers[count], &given, branch);
            }
            if position == 0 {
                break;
            }
            self.products.back(layer, &self.gradient, &mut self.below);
            std::mem::swap(&mut self.gradient, &mut self.below);
            if let Some(branch) = &branch {
                self.products.back(&layers[count], branch, &mut self.below);
                for (sum, more) in self.gradient.iter_mut().zip(&self.below) {
                    *sum += more;
                }
            }
        }
        gradients
    }
}

impl Plan {
    fn is_variational(&self) -> bool {
        matches!(self.penalty, Some((Penalty::Divergence, _)))
    }

    /// What the encoder is given, where that is not the images themselves.
    fn seen(&self, batch: &Batch<'_>) -> Option<Vec<f32>> {
        self.has_noise.then(|| {
            let mut seen = batch.images.concat();
            let images = seen.chunks_exact_mut(batch.images[0].len());
            for (image, &when) in images.zip(&batch.whens) {
                self.draws.corrupt(image, when);
            }
            seen
        })
    }

    /// Which hidden layer stands at this position, if units of it are left out.
    fn dropout(&self, position: usize) -> Option<usize> {
        let is_hidden = position + 1 != self.encoder && position + 1 < self.activations.len();
        // Latents are no hidden layer.
        let number = position - usize::from(position >= self.encoder);
        (self.has_dropout && is_hidden).then_some(number)
    }
}

impl Way {
    /// What the layer at this position is given, row by row.
    fn given<'a>(
        &'a self,
        plan: &Plan,
        position: usize,
        layer: &Parameters,
        seen: &[&'a [f32]],
    ) -> Vec<&'a [f32]> {
        let values = match position.checked_sub(1) {
            None => return seen.to_vec(),
            Some(_) if position == plan.encoder && plan.is_variational() => &self.drawn.latents,
            Some(below) => &self.outputs[below],
        };
        values.chunks_exact(layer.shape[0]).collect()
    }
}

/// The rows of `seen`, or the images themselves.
fn rows<'a>(seen: Option<&'a [f32]>, images: &[&'a [f32]]) -> Vec<&'a [f32]> {
    seen.map_or_else(
        || images.to_vec(),
        |seen| seen.chunks_exact(images[0].len()).collect(),
    )
}

fn multiply(values: &mut [f32], factors: &[f32]) {
    for (value, factor) in values.iter_mut().zip(factors) {
        *value *= factor;
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::activation::{relu, sigmoid, silu, softplus, tanh};
    use burn::tensor::{Device, Tensor, TensorData};
    use ndarray::Array2;

    use super::super::super::TrainingBatch;
    use super::*;
    use crate::data::{Class, ImageSet, ImageShape, Pixels};
    use crate::keyed::{Keyed, Purpose};
    use crate::model::Architecture;
    use crate::settings::{HiddenActivation, Variant};

    const SHAPE: ImageShape = ImageShape {
        height: 3,
        width: 7,
        channels: 1,
    };
    const NUMBERS: usize = 21;
    const IMAGES: usize = 13;
    const EPOCH: u64 = 3;

    const ACTIVATIONS: [HiddenActivation; 9] = [
        HiddenActivation::Relu,
        HiddenActivation::Elu,
        HiddenActivation::Selu,
        HiddenActivation::Silu,
        HiddenActivation::Gelu,
        HiddenActivation::Softplus,
        HiddenActivation::Tanh,
        HiddenActivation::Sigmoid,
        HiddenActivation::Linear,
    ];
    const LOSSES: [(Loss, Output); 5] = [
        (Loss::Bce, Output::Sigmoid),
        (Loss::Mse, Output::Sigmoid),
        (Loss::Mse, Output::Linear),
        (Loss::Mae, Output::Sigmoid),
        (Loss::Mae, Output::Linear),
    ];

    /// What a network is and what it learns from.
    struct Case {
        settings: Settings,
        data: Dataset,
        model: Autoencoder,
        network: Network,
    }

    impl Case {
        fn new(settings: Settings) -> Self {
            let mut draws = Keyed::new(5, Purpose::Weights, &[1]);
            // About a third of the numbers is 0.
            let numbers = (0..2 * IMAGES * NUMBERS)
                .map(|_| (1.5 * draws.uniform() - 0.5).max(0.0))
                .collect();
            let images = ImageSet {
                image: SHAPE,
                pixels: Pixels::Floats(numbers),
            };
            let settings = Settings {
                held_out: 50,
                ..settings
            };
            let classes = [Class::new(0, images)];
            let data = Dataset::new(&classes, &settings.division(true)).unwrap();
            assert_eq!([data.training.count(), data.held_out.count()], [IMAGES; 2]);
            // With biases as well, so that some units are inactive for some images.
            let architecture = Architecture::new(SHAPE, &settings);
            let mut weights = Vec::new();
            for half in architecture.halves() {
                for (form, input, _) in half {
                    for shape in form.weights(&input) {
                        let limit = 2.0 / (shape.0 as f32).sqrt();
                        weights.push(Array2::from_shape_simple_fn(shape, || {
                            limit * (draws.uniform() - 0.5)
                        }));
                    }
                }
            }
            let network = Network::from_parts(&architecture, weights).unwrap();
            Self {
                model: Autoencoder::of_any_kind(&network),
                settings,
                data,
                network,
            }
        }

        fn passes(&self) -> Passes {
            Passes::new(Kernel::Baseline, &self.network, &self.settings, &self.data)
        }

        /// Training images, last first, or held-out ones where the epoch is 0; `kept` is theirs.
        fn batch<'a>(&'a self, epoch: u64, kept: &'a mut TrainingBatch) -> Batch<'a> {
            let of: Vec<usize> = (0..IMAGES).rev().collect();
            let images = if epoch > 0 {
                kept.gather(&self.data.training, of.iter().copied())
            } else {
                super::super::rows(&self.data.held_out.pixels, of.iter().copied())
            };
            super::super::batch(images, &of, epoch)
        }
    }

    fn activate(activation: HiddenActivation, sums: Tensor<2>) -> Tensor<2> {
        let elu = |sums: Tensor<2>, alpha: f64| {
            relu(sums.clone()) + sums.clamp_max(0.0).exp().sub_scalar(1.0).mul_scalar(alpha)
        };
        match activation {
            HiddenActivation::Relu => relu(sums),
            HiddenActivation::Elu => elu(sums, 1.0),
            HiddenActivation::Selu => {
                elu(sums, 1.673_263_242_354_377).mul_scalar(1.050_700_987_355_480_5)
            }
            HiddenActivation::Silu => silu(sums),
            HiddenActivation::Gelu => {
                let below = sums.clone().div_scalar(std::f64::consts::SQRT_2).erf();
                sums * below.add_scalar(1.0).div_scalar(2.0)
            }
            HiddenActivation::Softplus => softplus(sums, 1.0),
            HiddenActivation::Tanh => tanh(sums),
            HiddenActivation::Sigmoid => sigmoid(sums),
            HiddenActivation::Linear => sums,
        }
    }

    fn numbers(tensor: Tensor<2>) -> Vec<f32> {
        tensor.into_data().try_into_vec::<f32>().unwrap()
    }

    /// What burn's operations and its autodiff make of a batch.
    struct Expected {
        /// The mean loss of a number, and the mean penalty of an image.
        reconstruction: f32,
        penalty: f32,
        gradients: Vec<[Vec<f32>; 2]>,
    }

    fn by_autodiff(case: &Case, epoch: u64) -> Expected {
        let device = Device::flex().autodiff();
        let tensor = |values: Vec<f32>, shape: [usize; 2]| {
            Tensor::<2>::from_data(TensorData::new(values, shape), &device)
        };
        let Case { settings, data, .. } = case;
        let variant = &settings.variant;
        let draws = Draws::new(settings, data);
        let mut kept = TrainingBatch::default();
        let batch = case.batch(epoch, &mut kept);
        let layers = case.model.parameters();
        let parameters: Vec<[Tensor<2>; 2]> = layers
            .iter()
            .map(|layer| {
                let weight = tensor(layer.weight.clone(), layer.shape).require_grad();
                let bias = tensor(layer.bias.clone(), [1, layer.shape[1]]).require_grad();
                [weight, bias]
            })
            .collect();
        let sums = |values: Tensor<2>, at: usize| {
            let [weight, bias] = parameters[at].clone();
            values.matmul(weight) + bias
        };
        let hidden = settings.hidden.len();
        let layer = |values: Tensor<2>, at: usize, number: usize| {
            let outputs = activate(settings.activation, sums(values, at));
            if variant.dropout == 0.0 || epoch == 0 {
                return outputs;
            }
            let units = outputs.dims()[1];
            let factors = batch.whens.iter();
            let factors = factors.flat_map(|&when| draws.of_units(units, number, when));
            outputs * tensor(factors.collect(), [IMAGES, units])
        };

        let targets = tensor(batch.images.concat(), [IMAGES, NUMBERS]);
        let mut seen = batch.images.concat();
        for (image, &when) in seen.chunks_exact_mut(NUMBERS).zip(&batch.whens) {
            draws.corrupt(image, when);
        }
        let mut values = tensor(seen, [IMAGES, NUMBERS]);
        for number in 0..hidden {
            values = layer(values, number, number);
        }
        let penalty = if variant.variational {
            let means = sums(values.clone(), hidden);
            let log_variances = sums(values, layers.len() - 1);
            let noise = batch.whens.iter();
            let noise = noise.flat_map(|&when| draws.of_latents(settings.dims, when));
            let noise = tensor(noise.collect(), [IMAGES, settings.dims]);
            values = means.clone() + log_variances.clone().mul_scalar(0.5).exp() * noise;
            let each = log_variances.clone().exp() + means.clone() * means - log_variances;
            each.sub_scalar(1.0).div_scalar(2.0).sum()
        } else {
            values = activate(settings.activation, sums(values, hidden));
            values.clone().abs().sum()
        };
        let penalty = penalty.div_scalar(IMAGES as f32);
        for number in hidden..2 * hidden {
            values = layer(values, number + 1, number);
        }
        values = sums(values, 2 * hidden + 1);
        if variant.output == Output::Sigmoid {
            values = sigmoid(values);
        }
        let one = |values: Tensor<2>| values.neg().add_scalar(1.0);
        let off = values.clone() - targets.clone();
        let reconstruction = match settings.loss {
            Loss::Bce => {
                let lit = targets.clone() * values.clone().log();
                -(lit + one(targets) * one(values).log()).mean()
            }
            Loss::Mse => (off.clone() * off).mean(),
            Loss::Mae => off.abs().mean(),
        };
        let loss = if variant.variational {
            reconstruction.clone().mul_scalar(NUMBERS as f32)
                + penalty.clone().mul_scalar(variant.beta)
        } else {
            reconstruction.clone() + penalty.clone().mul_scalar(variant.sparsity)
        };
        let gradients = loss.backward();
        let of = |tensor: &Tensor<2>| numbers(tensor.grad(&gradients).unwrap());
        let one = |tensor: Tensor<1>| numbers(tensor.reshape([1, 1]))[0];
        Expected {
            reconstruction: one(reconstruction),
            penalty: one(penalty),
            gradients: parameters
                .iter()
                .map(|both| both.each_ref().map(of))
                .collect(),
        }
    }

    fn assert_sums(case: &Case, found: Sums, expected: &Expected, name: &str) {
        let close = |found: f64, expected: f32| {
            let off = (found - f64::from(expected)).abs();
            assert!(
                off <= 1e-5 * f64::from(expected.abs()) + 1e-6,
                "{name}: {found} instead of {expected}"
            );
        };
        close(
            found.reconstruction / (IMAGES * NUMBERS) as f64,
            expected.reconstruction,
        );
        let variant = &case.settings.variant;
        if variant.variational || variant.sparsity > 0.0 {
            close(found.penalty / IMAGES as f64, expected.penalty);
        } else {
            assert_eq!(found.penalty, 0.0);
        }
    }

    fn assert_gradients(found: &Gradients, expected: &Expected, name: &str) {
        assert_eq!(found.len(), expected.gradients.len());
        for (at, (found, expected)) in found.iter().zip(&expected.gradients).enumerate() {
            for (found, expected) in found.iter().zip(expected) {
                assert_eq!(found.len(), expected.len());
                let largest = expected.iter().fold(0.0f32, |most, of| most.max(of.abs()));
                assert!(largest > 1e-7, "{name}: layer {at} learns, {largest}");
                for (found, expected) in found.iter().zip(expected) {
                    assert!(
                        (found - expected).abs() < 2e-5 * largest,
                        "{name}: layer {at}: {found} instead of {expected}, of {largest}"
                    );
                }
            }
        }
    }

    /// Every variant of passes, each with its name.
    fn variants() -> Vec<(String, Variant)> {
        let mut variants = Vec::new();
        for (kind, variational, sparsity) in [
            ("plain", false, 0.0),
            ("variational", true, 0.0),
            ("sparse", false, 0.05),
        ] {
            for dropout in [0.0, 0.3] {
                for (noise, noise_level) in [
                    (Noise::None, 0.5),
                    (Noise::Gaussian, 0.3),
                    (Noise::Masking, 0.4),
                ] {
                    let name = format!("{kind}, dropout {dropout}, {noise:?}");
                    let variant = Variant {
                        variational,
                        beta: 0.7,
                        sparsity,
                        noise,
                        noise_level,
                        dropout,
                        ..Variant::default()
                    };
                    variants.push((name, variant));
                }
            }
        }
        variants
    }

    #[test]
    fn gradients_of_every_kind_are_those_of_burns_autodiff() {
        let mut turn = 0;
        for activation in ACTIVATIONS {
            for (loss, output) in LOSSES {
                for (name, variant) in variants() {
                    // Another one for the same variant in the next turn.
                    let hidden = match (turn + turn / 18) % 3 {
                        0 => vec![8, 6],
                        1 if variant.dropout == 0.0 => vec![],
                        _ => vec![9],
                    };
                    turn += 1;
                    let name = format!("{activation:?} {loss:?} {output:?} {hidden:?} {name}");
                    let case = Case::new(Settings {
                        dims: 4,
                        hidden,
                        activation,
                        loss,
                        variant: Variant { output, ..variant },
                        ..Settings::default()
                    });
                    let expected = by_autodiff(&case, EPOCH);
                    let (sums, gradients) = case.passes().gradients(
                        &case.model,
                        &case.batch(EPOCH, &mut TrainingBatch::default()),
                    );
                    assert_sums(&case, sums, &expected, &name);
                    assert_gradients(&gradients, &expected, &name);
                    // Held-out images, of which no unit is left out.
                    let expected = by_autodiff(&case, 0);
                    let sums = case
                        .passes()
                        .evaluate(&case.model, &case.batch(0, &mut TrainingBatch::default()));
                    assert_sums(&case, sums, &expected, &format!("held out, {name}"));
                }
            }
        }
    }

    fn everything() -> Case {
        Case::new(Settings {
            dims: 4,
            hidden: vec![8, 6],
            activation: HiddenActivation::Tanh,
            variant: Variant {
                variational: true,
                noise: Noise::Gaussian,
                dropout: 0.3,
                ..Variant::default()
            },
            ..Settings::default()
        })
    }

    #[test]
    fn however_images_are_divided_their_losses_and_gradients_are_the_same() {
        let case = everything();
        let mut passes = case.passes();
        let mut kept = TrainingBatch::default();
        let batch = case.batch(EPOCH, &mut kept);
        let (whole, gradients) = passes.gradients(&case.model, &batch);
        let (mut sums, mut parts) = (Sums::default(), Vec::new());
        for part in [0..5, 5..IMAGES] {
            let part = Batch {
                images: batch.images[part.clone()].to_vec(),
                whens: batch.whens[part].to_vec(),
            };
            let (losses, gradients) = passes.gradients(&case.model, &part);
            sums += losses;
            parts.push((part.images.len() as f32 / IMAGES as f32, gradients));
        }
        let off = sums.reconstruction / whole.reconstruction - 1.0;
        assert!(off.abs() < 1e-6, "{off}");
        let off = sums.penalty / whole.penalty - 1.0;
        assert!(off.abs() < 1e-12, "{off}");
        for (layer, of) in gradients.iter().enumerate() {
            for (which, of) in of.iter().enumerate() {
                let largest = of.iter().fold(0.0f32, |most, of| most.max(of.abs()));
                for (at, &gradient) in of.iter().enumerate() {
                    let shares = parts.iter();
                    let mean: f32 = shares
                        .map(|(share, gradients)| share * gradients[layer][which][at])
                        .sum();
                    assert!((mean - gradient).abs() < 1e-5 * largest);
                }
            }
        }
    }

    #[test]
    fn the_paper_s_network_has_the_gradients_of_its_own_passes() {
        let case = Case::new(Settings {
            dims: 4,
            hidden: vec![9],
            ..Settings::default()
        });
        let mut kept = TrainingBatch::default();
        let batch = case.batch(1, &mut kept);
        let (sums, gradients) = case.passes().gradients(&case.model, &batch);
        let mut own = super::super::super::passes::Passes::new(Kernel::Baseline);
        let (loss, expected) = own.gradients(&case.model, &batch.images);
        assert_eq!(sums.reconstruction, loss);
        assert_eq!(gradients, expected);
    }

    #[test]
    fn latents_that_are_not_0_are_counted() {
        let case = Case::new(Settings {
            dims: 4,
            variant: Variant {
                sparsity: 0.1,
                ..Variant::default()
            },
            ..Settings::default()
        });
        let held_out = &case.data.held_out.pixels;
        let latents = case.network.encode(held_out.view());
        let active = latents.iter().filter(|latent| **latent != 0.0).count();
        assert!(0 < active && active < latents.len());
        let sums = case
            .passes()
            .evaluate(&case.model, &case.batch(0, &mut TrainingBatch::default()));
        assert_eq!(sums.active, active);
    }
}
