//! Features of images are replaced, one after the other, and the latents move.

use std::time::Duration;

use ndarray::{Array2, Axis};
use web_time::Instant;

use super::dense::Stack;
use super::encoder::{Encoder, General};
use super::ground::{Ground, spread};
use super::results::{FairTest, Filler};
use super::score::{Curves, FILLERS, Measured, steps, weights};
use super::trial::{Draw, Orders, draw};
use crate::engine::EngineError;
use crate::importance::{Feature, varies};

/// As much work, in multiply-adds, as the curves are worth: some seconds. They are of fewer images where
/// half of all would take more.
const LIMIT: f64 = 5e10;
/// Images, at most: their standard errors are small.
const IMAGES: usize = 1000;
/// And at least, if there are so many.
const LEAST: usize = 10;
/// Numbers of all images, at most, unless they are the least.
const NUMBERS: usize = 1 << 24;
/// Numbers of images that go through layers of any kind at once.
const TOGETHER: usize = 1 << 22;

/// Replaces the features of images in several orders, with each filler, and measures how far the latents
/// move.
pub(super) struct Replacing {
    encoder: Encoder,
    features: Vec<Feature>,
    /// Those that are measured (images × columns).
    images: Array2<f32>,
    /// What each is given by a filler of other images: one of all that curves could be of.
    donors: Array2<f32>,
    /// What it is given by the mean.
    mean: Vec<f32>,
    latents: Array2<f32>,
    /// Sums of the first layer, if layers are dense.
    sums: Vec<f32>,
    /// By how much each number of each image changes with the filler at hand: images × columns, or the other
    /// way round where there is one dense layer.
    changes: Vec<f32>,
    /// 1 / 2 Var(z) of every dimension, 0 where that is 0.
    scales: Vec<f64>,
    steps: Vec<usize>,
    weights: Vec<f64>,
    orders: Orders,
    measured: Measured,
    /// Pairs of filler and order that are done.
    done: usize,
}

impl Replacing {
    /// Prepares to replace features of these `images`, which stand in these `rows` among the explained ones;
    /// `ground` is what the orders are from.
    pub(super) async fn new(
        mut encoder: Encoder,
        ground: &Ground,
        images: Array2<f32>,
        rows: &[usize],
        orders: Orders,
    ) -> Result<Self, EngineError> {
        let (count, dims) = (images.nrows(), encoder.dims());
        let all = encoder.latents(&images).await?;
        let variances = all.columns().into_iter().map(|latents| {
            let mean = latents.iter().map(|&z| f64::from(z)).sum::<f64>() / count as f64;
            let squares = latents.iter().map(|&z| (f64::from(z) - mean).powi(2));
            let variance = squares.sum::<f64>() / count as f64;
            if varies(latents) { variance } else { 0.0 }
        });
        let scales: Vec<f64> = variances
            .map(|variance| if variance > 0.0 { 0.5 / variance } else { 0.0 })
            .collect();
        let places: Vec<usize> = (0..count).collect();
        let features = ground.features.clone();
        let chosen = spread(&places, affordable(&encoder, features.len(), count));
        let donors = chosen.iter().map(|&place| {
            let other = draw(ground.seed, Draw::Donor, rows[place] as u64).below(count as u32 - 1);
            let other = other as usize;
            other + usize::from(other >= place)
        });
        let donors = images.select(Axis(0), &donors.collect::<Vec<_>>());
        let images = images.select(Axis(0), &chosen);
        let sums = match &mut encoder {
            Encoder::Dense(stack) => stack.sums(numbers(&images).chunks_exact(stack.inputs)),
            Encoder::General(_) => Vec::new(),
        };
        let steps = steps(features.len());
        let curves = Curves::new(chosen.len(), dims, steps.len());
        Ok(Self {
            encoder,
            features,
            donors,
            mean: ground.mean(),
            latents: all.select(Axis(0), &chosen),
            images,
            sums,
            changes: Vec::new(),
            measured: Measured {
                methods: orders.methods.clone(),
                curves: vec![curves; orders.methods.len() * FILLERS.len()],
                varies: scales.iter().map(|&scale| scale > 0.0).collect(),
            },
            scales,
            weights: weights(&steps),
            steps,
            orders,
            done: 0,
        })
    }

    /// Multiply-adds, about, of replacing so many features of as many of `images` as are affordable.
    pub(super) fn work(encoder: &Encoder, features: usize, images: usize) -> f64 {
        per_image(encoder, features) * affordable(encoder, features, images) as f64
    }

    /// How much is done, 0 to 1.
    pub(super) fn fraction(&self) -> f64 {
        self.done as f64 / self.total() as f64
    }

    fn total(&self) -> usize {
        self.orders.orders.len() * FILLERS.len()
    }

    /// Works for about `budget`; true once all curves are known.
    pub(super) async fn advance(&mut self, budget: Duration) -> Result<bool, EngineError> {
        let start = Instant::now();
        while self.done < self.total() {
            self.step().await?;
            self.done += 1;
            if start.elapsed() >= budget {
                break;
            }
        }
        Ok(self.done >= self.total())
    }

    /// What the curves come to, once all are known.
    pub(super) fn test(mut self, ordered_by: usize) -> FairTest {
        for at in 0..self.orders.methods.len() {
            let orders = self.orders.orders.iter().filter(|order| order.at == at);
            let of_all = orders.filter(|order| order.dims.start == 0).count();
            for filler in 0..FILLERS.len() {
                self.measured.curves[at * FILLERS.len() + filler].share(of_all.max(1));
            }
        }
        self.measured.test(ordered_by, &self.steps)
    }

    /// One order with one filler.
    async fn step(&mut self) -> Result<(), EngineError> {
        let orders = self.orders.orders.len();
        let (filler, at) = (self.done / orders, self.done % orders);
        if at == 0 {
            self.changes = self.changes(FILLERS[filler]);
        }
        let of = self.orders.orders[at].at;
        let mut moved = Moved {
            curves: &mut self.measured.curves[of * FILLERS.len() + filler],
            latents: &self.latents,
            scales: &self.scales,
            weights: &self.weights,
        };
        let order = &self.orders.orders[at];
        // Columns that change at each step but the first, at which nothing has changed.
        let columns = self.steps.windows(2).map(|pair| {
            let features = order.features[pair[0]..pair[1]].iter();
            let features = features.map(|&feature| self.features[feature as usize].columns());
            features.flatten().copied().collect::<Vec<usize>>()
        });
        let columns: Vec<Vec<usize>> = columns.collect();
        let (sums, changes) = (&self.sums, &self.changes);
        match &mut self.encoder {
            Encoder::Dense(stack) if stack.is_single() => {
                for dim in order.dims.clone() {
                    in_one_layer(stack, dim, sums, changes, &columns, &mut moved);
                }
            }
            Encoder::Dense(stack) => {
                let dims = order.dims.clone();
                in_layers(stack, dims, sums, changes, &columns, &mut moved);
            }
            Encoder::General(general) => {
                let images = numbers(&self.images);
                let dims = order.dims.clone();
                in_any(general, dims, images, changes, &columns, &mut moved).await?;
            }
        }
        Ok(())
    }

    /// By how much `filler` changes every number.
    fn changes(&self, filler: Filler) -> Vec<f32> {
        let mut changes = -&self.images;
        match filler {
            Filler::Mean => changes += &ndarray::aview1(&self.mean),
            Filler::Zero => {}
            Filler::Donor => changes += &self.donors,
        }
        match &self.encoder {
            Encoder::Dense(stack) if stack.is_single() => changes.t().iter().copied().collect(),
            _ => changes.iter().copied().collect(),
        }
    }
}

/// Where it is noted how far latents moved.
struct Moved<'a> {
    curves: &'a mut Curves,
    latents: &'a Array2<f32>,
    scales: &'a [f64],
    weights: &'a [f64],
}

impl Moved<'_> {
    /// A latent of an image after a step.
    fn to(&mut self, image: usize, dim: usize, step: usize, latent: f32) {
        let moved = f64::from(latent) - f64::from(self.latents[[image, dim]]);
        let height = moved * moved * self.scales[dim];
        self.curves
            .add(image, dim, step, height, self.weights[step]);
    }
}

/// Of all images at once, a unit by itself.
fn in_one_layer(
    stack: &Stack,
    dim: usize,
    sums: &[f32],
    changes: &[f32],
    columns: &[Vec<usize>],
    moved: &mut Moved<'_>,
) {
    let weights = &stack.units[dim * stack.inputs..][..stack.inputs];
    let mut sums: Vec<f32> = sums
        .iter()
        .skip(dim)
        .step_by(stack.width)
        .copied()
        .collect();
    let images = sums.len();
    for (step, columns) in (1..).zip(columns) {
        for &column in columns {
            add(
                &mut sums,
                &changes[column * images..][..images],
                weights[column],
            );
        }
        for (image, &sum) in sums.iter().enumerate() {
            moved.to(image, dim, step, stack.activation.apply(sum));
        }
    }
}

fn in_layers(
    stack: &mut Stack,
    dims: std::ops::Range<usize>,
    sums: &[f32],
    changes: &[f32],
    columns: &[Vec<usize>],
    moved: &mut Moved<'_>,
) {
    let width = stack.width;
    let mut sums = sums.to_vec();
    for (step, columns) in (1..).zip(columns) {
        for (sums, changes) in sums
            .chunks_exact_mut(width)
            .zip(changes.chunks_exact(stack.inputs))
        {
            for &column in columns {
                if changes[column] != 0.0 {
                    let weights = &stack.weights[column * width..][..width];
                    add(sums, weights, changes[column]);
                }
            }
        }
        let mut values = sums.clone();
        if dims.len() == 1 {
            stack.finish_one(&mut values, dims.start);
        } else {
            stack.finish(&mut values);
        }
        for (image, latents) in values.chunks_exact(dims.len()).enumerate() {
            for (dim, &latent) in dims.clone().zip(latents) {
                moved.to(image, dim, step, latent);
            }
        }
    }
}

async fn in_any(
    general: &General,
    dims: std::ops::Range<usize>,
    images: &[f32],
    changes: &[f32],
    columns: &[Vec<usize>],
    moved: &mut Moved<'_>,
) -> Result<(), EngineError> {
    let size = general.half.input().size();
    let (count, outputs) = (images.len() / size, general.half.output().size());
    let mut rows = images.to_vec();
    let mut waiting = Vec::new();
    let mut first = 1;
    let last = columns.len();
    for (step, columns) in (1..).zip(columns) {
        for (row, changes) in rows.chunks_exact_mut(size).zip(changes.chunks_exact(size)) {
            for &column in columns {
                row[column] += changes[column];
            }
        }
        waiting.extend_from_slice(&rows);
        if waiting.len() >= TOGETHER || step == last {
            let latents = general.outputs(&waiting).await?;
            waiting.clear();
            for (at, latents) in latents.chunks_exact(outputs).enumerate() {
                for dim in dims.clone() {
                    moved.to(at % count, dim, first + at / count, latents[dim]);
                }
            }
            first = step + 1;
        }
    }
    Ok(())
}

/// sums += values · factor
fn add(sums: &mut [f32], values: &[f32], factor: f32) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value * factor;
    }
}

fn numbers(matrix: &Array2<f32>) -> &[f32] {
    matrix.as_slice().expect("row by row")
}

/// Multiply-adds of all orders and fillers for an image.
fn per_image(encoder: &Encoder, features: usize) -> f64 {
    let dims = encoder.dims() as f64;
    let stretches = steps(features).len() as f64;
    // Of six methods and V a dimension each; of the variance and random ones.
    let (of_dims, of_all) = (7.0 * dims, 5.0);
    let orders = match encoder {
        Encoder::Dense(stack) if stack.is_single() => {
            (of_dims + of_all * dims) * (stack.inputs as f64 + stretches * 50.0)
        }
        Encoder::Dense(stack) => {
            (of_dims + of_all) * (stack.first_work() + stretches * stack.above_work())
        }
        Encoder::General(general) => (of_dims + of_all) * stretches * general.work,
    };
    orders * FILLERS.len() as f64
}

/// Of how many of `images` curves are measured.
fn affordable(encoder: &Encoder, features: usize, images: usize) -> usize {
    let affordable = (LIMIT / per_image(encoder, features)) as usize;
    let most = affordable.min(IMAGES).min(NUMBERS / encoder.inputs());
    most.max(LEAST).min(images)
}

#[cfg(test)]
mod tests {
    use ndarray::Array1;
    use pollster::block_on;

    use super::super::results::Attribution;
    use super::super::trial::Order;
    use super::*;
    use crate::keyed::{Keyed, Purpose};
    use crate::model::{Activation, Dense};

    const PIXELS: usize = 12;

    /// Two sums of independent pixels, of which each has half the weight of the one before, from pixel 0 on in
    /// the first and from pixel 6 on in the second.
    fn tested(orders: &[(Option<Attribution>, [Vec<u32>; 2])]) -> FairTest {
        let weight = |(pixel, dim): (usize, usize)| {
            let place = (pixel + dim * (PIXELS - 6)) % PIXELS;
            0.5f32.powi(place as i32)
        };
        let layer = Dense {
            weight: Array2::from_shape_fn((PIXELS, 2), weight),
            bias: Array1::zeros(2),
            activation: Activation::Linear,
        };
        let mut draws = Keyed::new(1, Purpose::Weights, &[]);
        let mut images =
            || -> Array2<f32> { Array2::from_shape_simple_fn((150, PIXELS), || draws.uniform()) };
        let ground = Ground {
            images: images(),
            keys: Vec::new(),
            recipients: Vec::new(),
            features: Feature::each(PIXELS),
            direction: Array2::zeros((0, 0)),
            seed: 1,
        };
        let encoder = Encoder::Dense(Box::new(Stack::new(&[&layer])));
        let methods = orders.iter().map(|(method, _)| *method).collect();
        let of = orders.iter().enumerate().flat_map(|(at, (_, orders))| {
            (0..2).map(move |dim| Order {
                at,
                dims: dim..dim + 1,
                features: orders[dim].clone(),
            })
        });
        let orders = Orders {
            methods,
            orders: of.collect(),
        };
        let rows: Vec<usize> = (150..300).collect();
        let job = Replacing::new(encoder, &ground, images(), &rows, orders);
        let mut job = block_on(job).unwrap();
        while !block_on(job.advance(Duration::ZERO)).unwrap() {}
        job.test(150)
    }

    fn from(first: u32) -> Vec<u32> {
        (0..12).map(|place| (first + place) % 12).collect()
    }

    #[test]
    fn the_order_of_the_truth_wins_and_equal_orders_cannot_be_told_apart() {
        let truth = (Some(Attribution::Permutation), [from(0), from(6)]);
        // Right of the first sum alone.
        let half = (Some(Attribution::Gradient), [from(0), from(3)]);
        let other = (Some(Attribution::OcclusionZero), [from(3), from(9)]);
        let floor = (
            None,
            [3, 8].map(|seed| Keyed::new(seed, Purpose::FairTest, &[]).permutation(12)),
        );
        let test = tested(&[truth.clone(), other.clone(), floor.clone()]);
        assert_eq!(test.winners, [Some(Attribution::Permutation); 2]);
        let test = tested(&[truth, half, other, floor]);
        assert_eq!(test.winners, [None, Some(Attribution::Permutation)]);
        for score in &test.scores {
            let curve = score.curves.row(0);
            assert_eq!((curve.len(), curve[0]), (13, 0.0));
            // All pixels replaced: by another image's, as much as two images differ on average; by the mean, half.
            let whole = curve[12];
            match score.filler {
                Filler::Donor => assert!((whole - 1.0).abs() < 0.3, "{whole}"),
                Filler::Mean => assert!((whole - 0.5).abs() < 0.15, "{whole}"),
                Filler::Zero => assert!(whole > 1.0, "{whole}"),
            }
        }
    }
}
