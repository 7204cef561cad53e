//! How far a choice of donors keeps to images as they are.
//!
//! Two numbers tell, for donors of all images, of the same class and by neighbours alike. R² is how much of a
//! feature is still known from its neighbours among the images that exchange its values: of the feature's value
//! and its prediction, both less their means within each pool, the square of the correlation over all images.
//! At 0, whose value an image is given says nothing about its neighbours. Plausibility compares reconstructions:
//! the squared error at the shuffled pixels of shuffled images, over that of the images as they are, there. A
//! network that has learnt how images look repairs what does not fit, and so is far from it.

use std::sync::Arc;
use std::time::Duration;

use ndarray::{Array2, ArrayView2, Axis};
use web_time::Instant;

use super::correlation::sampled;
use super::cost::{Layers, per_input};
use super::design::Feature;
use super::neighbours::Neighbours;
use super::pools::Pools;
use super::results::DonorCheck;
use crate::data::Dataset;
use crate::keyed::{Keyed, Purpose};
use crate::model::{Dense, Half, Network};
use crate::settings::Donors;

/// What is compared.
const CHOICES: [Donors; 3] = [Donors::All, Donors::Class, Donors::Neighbours];
/// Work of shuffled images, as [`super::cost`] counts it: a second at most.
const WORK: f64 = 1e10;
/// A multiply-add in plain loops costs as much as so many of a matrix product, ...
const PLAIN: f64 = 5.0;
/// ... and a unit's activation as so many.
const UNIT: f64 = 50.0;
/// Where not all can be looked at, so many features are, ...
const FEATURES: usize = 32;
/// ... in so many images at least.
const IMAGES: usize = 16;

/// Compares choices of donors, feature by feature.
pub struct DonorChecks {
    data: Arc<Dataset>,
    features: Vec<Feature>,
    neighbours: Arc<Neighbours>,
    seed: u32,
    /// Pools of all images and of classes.
    fixed: [Pools; 2],
    /// Whether each feature differs between images.
    varies: Vec<bool>,
    /// Features whose plausibility is looked at.
    looked: Vec<usize>,
    /// Rows of the images that are shuffled for that.
    rows: Vec<usize>,
    reconstructions: Reconstructions,
    done: usize,
    /// Of each choice, the sum of R² over features that vary and have neighbours; and how many these are.
    r2: [f64; 3],
    known: usize,
    /// Squared errors of the images as they are, and of each choice.
    errors: [f64; 4],
}

impl DonorChecks {
    /// Prepares to compare donors of `features` of the explained images.
    #[must_use]
    pub fn new(
        network: &Network,
        data: Arc<Dataset>,
        features: &[Feature],
        neighbours: Arc<Neighbours>,
        seed: u32,
    ) -> Self {
        let images = data.explained.pixels.view();
        let classes: Vec<_> = data
            .explained
            .classes
            .iter()
            .map(|(_, rows)| rows.clone())
            .collect();
        let varies: Vec<bool> = features
            .iter()
            .map(|feature| varies(feature, images))
            .collect();
        let varying: Vec<usize> = (0..features.len()).filter(|&at| varies[at]).collect();

        let widest = features.iter().map(|feature| feature.columns().len()).max();
        let each = CHOICES.len() as f64 * work(network, widest.unwrap_or(1));
        let of = |count: usize| (WORK / (each * count.max(1) as f64)) as usize;
        let most = of(images.nrows()).max(FEATURES.min(varying.len()));
        let looked: Vec<usize> = sampled(varying.len(), most)
            .into_iter()
            .map(|at| varying[at])
            .collect();
        let rows = sampled(images.nrows(), of(looked.len()).max(IMAGES));
        Self {
            fixed: [
                Pools::new(vec![0; images.nrows()]),
                Pools::of_ranges(&classes),
            ],
            reconstructions: Reconstructions::new(network, images, &rows),
            features: features.to_vec(),
            varies,
            looked,
            rows,
            data,
            neighbours,
            seed,
            done: 0,
            r2: [0.0; 3],
            known: 0,
            errors: [0.0; 4],
        }
    }

    /// Works for about `budget`; true once all is compared.
    pub fn advance(&mut self, budget: Duration) -> bool {
        let start = Instant::now();
        while self.done < self.total() {
            match self.done.checked_sub(self.features.len()) {
                None => self.look_up(self.done),
                Some(at) => self.shuffle(self.looked[at]),
            }
            self.done += 1;
            if start.elapsed() >= budget {
                break;
            }
        }
        self.done >= self.total()
    }

    /// Steps finished: two a feature, or one where its plausibility is not looked at.
    #[must_use]
    pub fn done(&self) -> usize {
        self.done
    }

    /// Steps in all.
    #[must_use]
    pub fn total(&self) -> usize {
        self.features.len() + self.looked.len()
    }

    /// What is known of every choice.
    #[must_use]
    pub fn finish(&self) -> Vec<DonorCheck> {
        let [unshuffled, shuffled @ ..] = self.errors;
        let checks = CHOICES.into_iter().zip(self.r2).zip(shuffled);
        checks
            .map(|((donors, r2), error)| DonorCheck {
                donors,
                r2: (self.known > 0).then(|| (r2 / self.known as f64) as f32),
                plausibility: Some((error / unshuffled) as f32).filter(|ratio| ratio.is_finite()),
                features: self.looked.len(),
                images: self.rows.len(),
                fitted_on: self.neighbours.fitted_on(),
            })
            .collect()
    }

    /// Pools of a feature under each choice.
    fn pools(&self, feature: usize) -> [Pools; 3] {
        let [all, class] = self.fixed.clone();
        let images = self.data.explained.pixels.view();
        [all, class, self.neighbours.pools(feature, images)]
    }

    /// How much of a feature is known from its neighbours.
    fn look_up(&mut self, feature: usize) {
        if !self.varies[feature] || !self.neighbours.has_neighbours(feature) {
            return;
        }
        let images = self.data.explained.pixels.view();
        let columns = self.features[feature].columns();
        let values = self.neighbours.values(feature, columns, images);
        let predictions = self.neighbours.predictions(feature, images);
        let pools = self.pools(feature);
        self.known += 1;
        for (sum, pools) in self.r2.iter_mut().zip(&pools) {
            *sum += r2(&values, &predictions, pools);
        }
    }

    /// Reconstructs images with other images' values of a feature.
    fn shuffle(&mut self, feature: usize) {
        let pools = self.pools(feature);
        let images = self.data.explained.pixels.view();
        let columns = self.features[feature].columns();
        let own: Vec<u32> = (0..images.nrows() as u32).collect();
        let mut add = |at: usize, donors: &[u32]| {
            self.errors[at] += self
                .reconstructions
                .error(images, &self.rows, donors, columns);
        };
        add(0, &own);
        for (at, pools) in pools.iter().enumerate() {
            let mut key = Keyed::new(self.seed, Purpose::Donors, &[at as u64, feature as u64]);
            let mut donors = own.clone();
            for pool in pools.members() {
                let mut order = pool.clone();
                key.shuffle(&mut order);
                for (&recipient, &donor) in pool.iter().zip(&order) {
                    donors[recipient as usize] = donor;
                }
            }
            add(at + 1, &donors);
        }
    }
}

/// Whether images have different values of a feature.
fn varies(feature: &Feature, images: ArrayView2<'_, f32>) -> bool {
    feature
        .columns()
        .iter()
        .any(|&column| super::levels::varies(images.column(column)))
}

/// Work of an image whose values of so many columns are other ones.
fn work(network: &Network, columns: usize) -> f64 {
    let halves = [network.encoder(), network.decoder()];
    let [Some(encoder), Some(decoder)] = halves.map(Half::dense) else {
        return halves.map(whole).iter().sum();
    };
    let layers = [encoder, decoder].concat();
    let [first, between @ .., last] = &layers[..] else {
        unreachable!("a network has two halves")
    };
    let units = |layer: &Dense| layer.outputs() as f64 * UNIT;
    let between = between
        .iter()
        .map(|layer| layer.weight.len() as f64 * PLAIN + units(layer));
    let each = (first.outputs() + last.inputs()) as f64 * PLAIN + UNIT;
    columns as f64 * each + units(first) + between.sum::<f64>()
}

/// Work of an image in half a network, all of it.
fn whole(half: &Half) -> f64 {
    PLAIN
        * match Layers::new(&half.forms()) {
            Layers::Dense(layers) => {
                per_input(&layers) + (half.input().size() * layers[0].outputs) as f64
            }
            Layers::General(layers) => layers.of(&(0..half.input().size()).collect::<Vec<_>>()),
            Layers::BlackBox(row) => row,
        }
}

/// R² of values on predictions within pools.
pub(super) fn r2(values: &[f64], predictions: &[f32], pools: &Pools) -> f64 {
    let [mut of_values, mut of_predictions, mut of_both] = [0.0; 3];
    for pool in pools.members() {
        let count = pool.len().max(1) as f64;
        let pairs = || {
            pool.iter()
                .map(|&row| (values[row as usize], f64::from(predictions[row as usize])))
        };
        let mean_value = pairs().map(|(value, _)| value).sum::<f64>() / count;
        let mean_prediction = pairs().map(|(_, prediction)| prediction).sum::<f64>() / count;
        for (value, prediction) in pairs() {
            let (value, prediction) = (value - mean_value, prediction - mean_prediction);
            of_values += value * value;
            of_predictions += prediction * prediction;
            of_both += value * prediction;
        }
    }
    // Where nothing differs, nothing is left to know.
    let r2 = of_both * of_both / (of_values * of_predictions);
    if r2.is_finite() { r2.min(1.0) } else { 0.0 }
}

/// What a network makes of images.
enum Reconstructions {
    Dense(Incremental),
    General(Network),
}

impl Reconstructions {
    fn new(network: &Network, images: ArrayView2<'_, f32>, rows: &[usize]) -> Self {
        match (network.encoder().dense(), network.decoder().dense()) {
            (Some(encoder), Some(decoder)) => {
                Self::Dense(Incremental::new(&[encoder, decoder].concat(), images, rows))
            }
            _ => Self::General(network.clone()),
        }
    }

    /// Squared errors at some columns, summed up over the images in `rows`, where these have the values of their
    /// donors there.
    fn error(
        &self,
        images: ArrayView2<'_, f32>,
        rows: &[usize],
        donors: &[u32],
        columns: &[usize],
    ) -> f64 {
        match self {
            Self::Dense(incremental) => incremental.error(images, rows, donors, columns),
            Self::General(network) => {
                let mut shuffled = images.select(Axis(0), rows);
                for (&row, mut image) in rows.iter().zip(shuffled.rows_mut()) {
                    let donor = images.row(donors[row] as usize);
                    for &column in columns {
                        image[column] = donor[column];
                    }
                }
                let made = network.decode(network.encode(shuffled.view()).view());
                let errors = shuffled.rows().into_iter().zip(made.rows());
                errors
                    .flat_map(|(image, made)| {
                        columns
                            .iter()
                            .map(move |&column| f64::from(image[column] - made[column]).powi(2))
                    })
                    .sum()
            }
        }
    }
}

/// A network of dense layers: of the first only what changes is computed, of the last only what is asked for.
struct Incremental {
    /// Weights of the first layer, and its sums of every image in `rows`.
    first: Dense,
    sums: Array2<f32>,
    between: Vec<Dense>,
    /// The last layer with its weights turned, outputs × inputs.
    last: Dense,
}

impl Incremental {
    fn new(layers: &[&Dense], images: ArrayView2<'_, f32>, rows: &[usize]) -> Self {
        let [first, between @ .., last] = layers else {
            unreachable!("a network has two halves")
        };
        let mut last = (*last).clone();
        last.weight = last.weight.t().as_standard_layout().into_owned();
        let mut sums = Array2::zeros((rows.len(), first.outputs()));
        for (&row, mut sums) in rows.iter().zip(sums.rows_mut()) {
            sums.assign(&first.bias);
            let sums = sums.as_slice_mut().expect("row by row");
            for (input, &value) in images.row(row).iter().enumerate() {
                add(sums, value, first, input);
            }
        }
        Self {
            sums,
            first: (*first).clone(),
            between: between.iter().map(|&layer| layer.clone()).collect(),
            last,
        }
    }

    fn error(
        &self,
        images: ArrayView2<'_, f32>,
        rows: &[usize],
        donors: &[u32],
        columns: &[usize],
    ) -> f64 {
        let mut error = 0.0;
        let (mut values, mut made) = (Vec::new(), Vec::new());
        for (&row, sums) in rows.iter().zip(self.sums.rows()) {
            let (image, donor) = (images.row(row), images.row(donors[row] as usize));
            values.clear();
            values.extend(sums.iter());
            for &column in columns {
                add(
                    &mut values,
                    donor[column] - image[column],
                    &self.first,
                    column,
                );
            }
            activate(&mut values, &self.first);
            for layer in &self.between {
                made.clear();
                made.extend(&layer.bias);
                for (at, &value) in values.iter().enumerate() {
                    add(&mut made, value, layer, at);
                }
                activate(&mut made, layer);
                std::mem::swap(&mut values, &mut made);
            }
            for &column in columns {
                let weights = self.last.weight.row(column);
                let products = weights
                    .iter()
                    .zip(&values)
                    .map(|(weight, value)| weight * value);
                let sum = self.last.bias[column] + products.sum::<f32>();
                let off = donor[column] - self.last.activation.apply(sum);
                error += f64::from(off).powi(2);
            }
        }
        error
    }
}

/// Adds an input of a layer, times its weights.
fn add(sums: &mut [f32], value: f32, layer: &Dense, input: usize) {
    if value != 0.0 {
        for (sum, weight) in sums.iter_mut().zip(layer.weight.row(input)) {
            *sum += value * weight;
        }
    }
}

fn activate(sums: &mut [f32], layer: &Dense) {
    for sum in sums {
        *sum = layer.activation.apply(*sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{ImageShape, Images, Origin, TrainingImages};
    use crate::importance::NeighbourFit;
    use crate::model::Activation;
    use ndarray::Array1;

    fn uniform(rows: usize, columns: usize, word: u64) -> Array2<f32> {
        let mut draws = Keyed::new(1, Purpose::Weights, &[word]);
        Array2::from_shape_simple_fn((rows, columns), || draws.uniform())
    }

    /// Images of two classes, half of them each.
    fn dataset(image: ImageShape, pixels: Array2<f32>) -> Arc<Dataset> {
        let rows = pixels.nrows();
        let explained = Arc::new(Images {
            classes: vec![(3, 0..rows / 2), (5, rows / 2..rows)],
            positions: (0..rows as u32).collect(),
            origin: Origin::default(),
            pixels,
        });
        Arc::new(Dataset {
            image,
            classes: Vec::new(),
            count: rows,
            test_set: false,
            training: TrainingImages::none(image),
            held_out: Arc::clone(&explained),
            explained,
        })
    }

    fn checked(network: &Network, data: &Arc<Dataset>, features: &[Feature]) -> Vec<DonorCheck> {
        let mut fit = NeighbourFit::new(Arc::clone(data), features).unwrap();
        while !fit.advance(Duration::ZERO) {}
        let fitted = Arc::new(fit.finish());
        let mut checks = DonorChecks::new(network, Arc::clone(data), features, fitted, 1);
        while !checks.advance(Duration::ZERO) {}
        checks.finish()
    }

    /// A pixel that copies another but for a little noise, and a network that knows it: it takes both for
    /// their mean. The closed forms of both numbers are in the test.
    #[test]
    fn donors_of_all_images_part_a_copy_from_its_signal_and_neighbours_do_not() {
        let (rows, noise) = (4_000, 0.1);
        let mut pixels = uniform(rows, 4, 0);
        // The classes are the darker and the brighter half.
        for (at, mut row) in pixels.rows_mut().into_iter().enumerate() {
            row[0] = 0.5 * row[0] + if at < rows / 2 { 0.0 } else { 0.5 };
            row[1] = row[0] + noise * 12.0_f32.sqrt() * (row[1] - 0.5);
        }
        let dense = |weight: Array2<f32>| Dense {
            bias: Array1::zeros(weight.ncols()),
            activation: Activation::Linear,
            weight,
        };
        let network = Network::dense(
            vec![dense(ndarray::array![[0.5], [0.5], [0.0], [0.0]])],
            vec![dense(ndarray::array![[1.0, 1.0, 0.5, 0.5]])],
        )
        .unwrap();
        let data = dataset(ImageShape::grey(2, 2), pixels);
        let features = [0, 1].map(|pixel| Feature::new(vec![pixel]));
        let checks = checked(&network, &data, &features);
        assert_eq!(
            checks.iter().map(|check| check.donors).collect::<Vec<_>>(),
            CHOICES
        );
        // Of a uniform signal, 1/12 of the squared width of what is exchanged; a shuffled pixel is off by twice
        // that and the noise, an unshuffled one by the noise.
        let noise = f64::from(noise).powi(2);
        for (check, width) in checks.iter().zip([1.0, 0.5, 0.1_f64]) {
            let signal = width * width / 12.0;
            let plausibility = (2.0 * signal + noise) / noise;
            let r2 = signal / (signal + noise);
            let (found, left) = (check.plausibility.unwrap(), check.r2.unwrap());
            // By neighbours the order is that of a pixel with noise, which mixes the tenths a little.
            let slack = if check.donors == Donors::Neighbours {
                0.25
            } else {
                0.05
            };
            assert!(
                (f64::from(found) / plausibility - 1.0).abs() < slack,
                "{check:?} {plausibility}"
            );
            assert!((f64::from(left) - r2).abs() < slack / 2.0, "{check:?} {r2}");
        }
        assert_eq!((checks[0].features, checks[0].images), (2, rows));
    }

    #[test]
    fn only_what_changes_is_computed_of_dense_layers_and_the_errors_are_the_same() {
        let images = uniform(12, 9, 2).mapv(|value| (value - 0.4).max(0.0));
        let network = Network::untrained(9, &[7, 5], 3, 4);
        let rows = [1, 4, 5, 11];
        let quick = Reconstructions::new(&network, images.view(), &rows);
        assert!(matches!(quick, Reconstructions::Dense(_)));
        let literal = Reconstructions::General(network);
        let order = Keyed::new(5, Purpose::Donors, &[]).permutation(12);
        for columns in [vec![4], vec![0, 1, 8], (0..9).collect()] {
            let error = |of: &Reconstructions| of.error(images.view(), &rows, &order, &columns);
            let (quick, literal) = (error(&quick), error(&literal));
            assert!((quick / literal - 1.0).abs() < 1e-5, "{quick} {literal}");
        }
    }

    #[test]
    fn large_networks_are_looked_at_in_part_and_empty_ones_say_nothing() {
        let image = ImageShape::grey(8, 8);
        let data = dataset(image, uniform(60, 64, 6));
        let network = Network::untrained(64, &[3_000, 2_000], 8, 1);
        let features = Feature::each(64);
        let mut fit = NeighbourFit::new(Arc::clone(&data), &features).unwrap();
        while !fit.advance(Duration::MAX) {}
        let fitted = Arc::new(fit.finish());
        let checks = DonorChecks::new(&network, Arc::clone(&data), &features, fitted, 1);
        let counts = (checks.looked.len(), checks.rows.len());
        assert!(
            (32..64).contains(&counts.0) && (16..60).contains(&counts.1),
            "{counts:?}"
        );

        let blank = dataset(image, Array2::zeros((30, 64)));
        let network = Network::untrained(64, &[], 2, 1);
        for check in checked(&network, &blank, &features) {
            assert_eq!(
                (check.r2, check.plausibility, check.features),
                (None, None, 0)
            );
        }
    }
}
