//! Donors by neighbours: images in which the pixels around a feature say the same of it.
//!
//! A feature's value, the mean of its columns, is predicted from its neighbours by ridge regression: of
//! standardised values, with a penalty of 1 beside their sum of squares, whatever the number of images. It is
//! fitted on the images that the network is trained on; where there are none, in five folds of the explained
//! images, so that none is predicted by a fit that has seen it. The explained images are ordered by what is
//! predicted and cut into tenths, which are the [`Pools`] of the feature.
//!
//! Neighbours of pixels are those that touch them, also at a corner: eight around a pixel, a ring around a
//! group, of which no more than the 64 that go best with it. Each is as bright as its channels are on average;
//! where one channel is moved, it has the same channel of these pixels, and the other channels of its own. What
//! is only one row or one column of numbers, as a table is, has no places: there, the eight that go best with
//! it are taken.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use ndarray::{Array2, ArrayView2, Axis, Zip};
use serde::{Deserialize, Serialize};
use web_time::Instant;

use super::correlation::{MOST_IMAGES, sampled};
use super::design::Feature;
use super::levels::ascending;
use super::pools::Pools;
use super::results::FoundOn;
use crate::data::{Dataset, ImageShape};
use crate::numerals::grouped;

/// What the squares of standardised coefficients count beside squared errors.
const PENALTY: f64 = 1.0;
/// The most neighbours of a group of pixels.
const MOST_AROUND: usize = 64;
/// The most neighbours where nothing lies beside anything.
const MOST_ALIKE: usize = 8;
/// The most columns among which these can be looked for, ...
const MOST_COLUMNS: usize = 4_096;
/// ... and about how many numbers are compared for that, of as many images as this allows, ...
const COMPARED: usize = 500_000_000;
/// ... but for so many.
const LEAST_COMPARED: usize = 256;
const FOLDS: usize = 5;
const POOLS: usize = 10;
/// A pool has so many images at least: an image is among its own donors, and receives nothing from itself.
const LEAST_IN_POOL: usize = 10;
/// Below such a share of its columns' variance, the mean of a group does not vary but for rounding.
const ROUNDING: f64 = 1e-9;

/// Predictions of every feature from its neighbours, and where they are cut into tenths.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Neighbours {
    features: Vec<Ridge>,
    fitted_on: FoundOn,
}

/// The prediction of a feature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Ridge {
    /// What each of the feature's columns counts in its value; none where that is their mean.
    weights: Vec<f32>,
    /// Columns that it is predicted from.
    columns: Vec<u32>,
    /// One, or one for every fold, without the images of that.
    fits: Vec<Fit>,
    /// The largest prediction in each pool but the last.
    cuts: Vec<f32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Fit {
    intercept: f32,
    /// Of each of the columns.
    coefficients: Vec<f32>,
}

impl Ridge {
    fn predictions(&self, fitted_on: FoundOn, images: ArrayView2<'_, f32>) -> Vec<f32> {
        let columns = self
            .columns
            .iter()
            .map(|&column| images.column(column as usize));
        match &self.fits[..] {
            [] => vec![0.0; images.nrows()],
            [fit] => {
                let mut predictions = vec![fit.intercept; images.nrows()];
                for (values, &coefficient) in columns.zip(&fit.coefficients) {
                    Zip::from(&mut predictions)
                        .and(values)
                        .for_each(|prediction, &value| {
                            *prediction += coefficient * value;
                        });
                }
                predictions
            }
            fits => {
                let folds: Vec<usize> = (0..images.nrows())
                    .map(|row| fold(fitted_on, row))
                    .collect();
                let mut predictions: Vec<f32> =
                    folds.iter().map(|&fold| fits[fold].intercept).collect();
                for (at, values) in columns.enumerate() {
                    let coefficients: Vec<f32> =
                        fits.iter().map(|fit| fit.coefficients[at]).collect();
                    Zip::from(&mut predictions)
                        .and(values)
                        .and(&folds)
                        .for_each(|prediction, &value, &fold| {
                            *prediction += coefficients[fold] * value;
                        });
                }
                predictions
            }
        }
    }
}

/// The fold of the explained image in this row: images that are fitted on are of each in turn.
fn fold(fitted_on: FoundOn, row: usize) -> usize {
    let place = row as u64 * fitted_on.images as u64 / fitted_on.of as u64;
    place as usize % FOLDS
}

impl Neighbours {
    /// On which images they are fitted.
    #[must_use]
    pub fn fitted_on(&self) -> FoundOn {
        self.fitted_on
    }

    /// The pools of a feature, by its place among those that were fitted, in the explained images (images ×
    /// numbers), which have to be all of them and in their order.
    ///
    /// The images are divided by the rank of their prediction, in tenths of all of them; equal predictions share
    /// the mean of their ranks, and so are never parted, as at the edge of pictures where nothing tells one
    /// image from another. A tenth of fewer than ten images is joined with the next one; of fewer than 100
    /// images there are fewer parts than ten, with at least ten images in each.
    #[must_use]
    pub fn pools(&self, feature: usize, images: ArrayView2<'_, f32>) -> Pools {
        let cuts = &self.features[feature].cuts;
        let predictions = self.predictions(feature, images);
        let pool = |prediction: &f32| cuts.iter().map(|cut| u32::from(prediction > cut)).sum();
        // Numbered without gaps, since each cut is a prediction that was made.
        Pools::new(predictions.iter().map(pool).collect())
    }

    /// What is predicted of a feature in each of the explained images; 0 where it has no neighbours.
    #[must_use]
    pub fn predictions(&self, feature: usize, images: ArrayView2<'_, f32>) -> Vec<f32> {
        self.features[feature].predictions(self.fitted_on, images)
    }

    /// Makes sure that these are of such features of such images, and can be computed with.
    ///
    /// # Errors
    /// One sentence.
    pub fn check(&self, image: ImageShape, features: &[Feature]) -> Result<(), String> {
        let fits = |(ridge, feature): (&Ridge, &Feature)| {
            let columns = ridge.columns.len();
            let folds = if self.fitted_on.training { 1 } else { FOLDS };
            ridge.fits.len() == if columns == 0 { 0 } else { folds }
                && ridge
                    .fits
                    .iter()
                    .all(|fit| fit.coefficients.len() == columns)
                && ridge
                    .columns
                    .iter()
                    .all(|&column| (column as usize) < image.size())
                && (ridge.weights.is_empty() || ridge.weights.len() == feature.columns().len())
                && ridge.cuts.len() < POOLS
        };
        if self.fitted_on.of > 0
            && self.features.len() == features.len()
            && self.features.iter().zip(features).all(fits)
        {
            Ok(())
        } else {
            Err("The predictions from neighbours are not of these features and images.".into())
        }
    }

    /// Whether a feature has neighbours that vary.
    pub(super) fn has_neighbours(&self, feature: usize) -> bool {
        !self.features[feature].columns.is_empty()
    }

    /// The value of a feature in each of some images.
    pub(super) fn values(
        &self,
        feature: usize,
        columns: &[usize],
        images: ArrayView2<'_, f32>,
    ) -> Vec<f64> {
        let weights = &self.features[feature].weights;
        valued(images, 0..images.nrows(), columns, weights)
    }
}

/// Fits predictions of features, feature by feature.
pub struct NeighbourFit {
    data: Arc<Dataset>,
    features: Vec<Feature>,
    /// The images that it is fitted on, taken from so many.
    images: Array2<f32>,
    of: usize,
    /// Whether these are of the images that the network is trained on.
    training: bool,
    fitted: Vec<Ridge>,
}

impl NeighbourFit {
    /// Prepares to predict `features` of the images of `data`. Of more than 4,000 images to fit on, so many are
    /// taken, evenly.
    ///
    /// # Errors
    /// One sentence or two: the images are rows of more numbers than can be compared.
    pub fn new(data: Arc<Dataset>, features: &[Feature]) -> Result<Self, String> {
        let pixels = data.image.pixels();
        if is_flat(data.image) && pixels > MOST_COLUMNS {
            return Err(format!(
                "What donors of a class or by neighbours do to images is told from the columns that go best with \
                 each, which can be found among {}, and here are {}. Choose donors of all images, or fewer \
                 columns.",
                grouped(MOST_COLUMNS),
                grouped(pixels)
            ));
        }
        let training = data.training.count() > 0;
        let (of, images) = if training {
            let of = data.training.count();
            (of, data.training.select(&sampled(of, MOST_IMAGES)))
        } else {
            let explained = &data.explained.pixels;
            let rows = sampled(explained.nrows(), MOST_IMAGES);
            (explained.nrows(), explained.select(Axis(0), &rows))
        };
        Ok(Self {
            images,
            of,
            training,
            fitted: Vec::with_capacity(features.len()),
            features: features.to_vec(),
            data,
        })
    }

    /// Works for about `budget`; true once every feature is fitted.
    pub fn advance(&mut self, budget: Duration) -> bool {
        let start = Instant::now();
        while self.done() < self.total() {
            let ridge = self.fit(&self.features[self.done()]);
            self.fitted.push(ridge);
            if start.elapsed() >= budget {
                break;
            }
        }
        self.done() >= self.total()
    }

    /// Features finished.
    #[must_use]
    pub fn done(&self) -> usize {
        self.fitted.len()
    }

    /// Features in all.
    #[must_use]
    pub fn total(&self) -> usize {
        self.features.len()
    }

    /// The predictions.
    ///
    /// # Panics
    /// If features are missing.
    #[must_use]
    pub fn finish(self) -> Neighbours {
        assert_eq!(self.done(), self.total(), "every feature is fitted");
        Neighbours {
            fitted_on: self.fitted_on(),
            features: self.fitted,
        }
    }

    fn fitted_on(&self) -> FoundOn {
        FoundOn {
            images: self.images.nrows(),
            of: self.of,
            training: self.training,
        }
    }

    fn fit(&self, feature: &Feature) -> Ridge {
        let (images, columns) = (self.images.view(), feature.columns());
        let weights = self.weights(columns);
        let rows = || 0..images.nrows();
        let target = valued(images, rows(), columns, &weights);
        let terms = self.terms(columns, &weights);
        let mut values: Vec<Vec<f64>> = terms
            .iter()
            .map(|term| valued(images, rows(), term, &[]))
            .collect();
        values.push(target);
        let folds = if self.training { 1 } else { FOLDS };
        let moments: Vec<Moments> = (0..folds)
            .map(|fold| Moments::of(&values, fold, folds))
            .collect();
        let fits = (0..folds).map(|fold| {
            let seen = moments
                .iter()
                .enumerate()
                .filter(|(of, _)| folds == 1 || *of != fold);
            let seen = seen
                .map(|(_, moments)| moments)
                .fold(Moments::none(values.len()), Moments::with);
            seen.ridge()
        });
        let mut ridge = Ridge {
            fits: fits.map(|fit| fit.spread(&terms)).collect(),
            columns: terms.concat().iter().map(|&column| column as u32).collect(),
            weights,
            cuts: Vec::new(),
        };
        if ridge.columns.is_empty() {
            ridge.fits.clear();
        }
        let explained = self.data.explained.pixels.view();
        let predictions = ridge.predictions(self.fitted_on(), explained);
        ridge.cuts = cuts(&predictions);
        ridge
    }

    /// What each of a feature's columns counts in its value: none where that is the mean of them. Of columns
    /// whose mean is the same in every image, as of a one-hot set, it is their first principal component.
    fn weights(&self, columns: &[usize]) -> Vec<f32> {
        if columns.len() < 2 {
            return Vec::new();
        }
        let images = self.images.view();
        let rows = || 0..images.nrows();
        let of_mean = Spread::of(&valued(images, rows(), columns, &[]));
        let spreads: Vec<Spread> = columns
            .iter()
            .map(|&column| Spread::of(&valued(images, rows(), &[column], &[])))
            .collect();
        let all: f64 = spreads.iter().map(|spread| spread.variance).sum();
        if of_mean.variance > ROUNDING * all / columns.len() as f64 || all == 0.0 {
            return Vec::new();
        }
        let largest = spreads
            .iter()
            .enumerate()
            .max_by(|(_, a), (_, b)| a.variance.total_cmp(&b.variance));
        let mut weights = vec![0.0; columns.len()];
        weights[largest.map_or(0, |(at, _)| at)] = 1.0;
        for _ in 0..20 {
            let mut next = vec![0.0; columns.len()];
            for row in rows() {
                let image = images.row(row);
                let centred = |at: usize| f64::from(image[columns[at]]) - spreads[at].mean;
                let along: f64 = (0..columns.len()).map(|at| centred(at) * weights[at]).sum();
                for (at, next) in next.iter_mut().enumerate() {
                    *next += along * centred(at);
                }
            }
            let length = next
                .iter()
                .map(|weight| weight * weight)
                .sum::<f64>()
                .sqrt();
            if length == 0.0 {
                break;
            }
            weights = next.into_iter().map(|weight| weight / length).collect();
        }
        weights.into_iter().map(|weight| weight as f32).collect()
    }

    /// What a feature is predicted from: means of columns.
    fn terms(&self, columns: &[usize], weights: &[f32]) -> Vec<Vec<usize>> {
        let image = self.data.image;
        let channels = image.channels;
        // One channel of a pixel, or pixels with all of them.
        let single = match columns {
            [column] if channels > 1 => Some(column % channels),
            _ => None,
        };
        let mut own: Vec<usize> = columns.iter().map(|column| column / channels).collect();
        own.sort_unstable();
        own.dedup();
        let term = |pixel: usize| match single {
            Some(channel) => vec![pixel * channels + channel],
            None => (pixel * channels..(pixel + 1) * channels).collect(),
        };
        let (around, most) = if is_flat(image) {
            let others = (0..image.pixels()).filter(|pixel| own.binary_search(pixel).is_err());
            (others.collect(), MOST_ALIKE)
        } else {
            (ring(image, &own), MOST_AROUND)
        };
        let mut terms: Vec<Vec<usize>> = around.into_iter().map(term).collect();
        if terms.len() > most {
            terms = self.alike(columns, weights, terms, most);
        }
        if let ([column], Some(_)) = (columns, single) {
            let first = column / channels * channels;
            let others = (first..first + channels).filter(|other| other != column);
            terms.extend(others.map(|other| vec![other]));
        }
        let varies = |term: &Vec<usize>| {
            let mut images = self.images.rows().into_iter();
            let first = images.next();
            first.is_some_and(|first| {
                images.any(|image| term.iter().any(|&column| image[column] != first[column]))
            })
        };
        terms.retain(varies);
        terms
    }

    /// The `most` of `terms` that go best with a feature, in their order.
    fn alike(
        &self,
        columns: &[usize],
        weights: &[f32],
        terms: Vec<Vec<usize>>,
        most: usize,
    ) -> Vec<Vec<usize>> {
        let images = self.images.view();
        let compared = COMPARED / (terms.len() * self.features.len()).max(1);
        let rows = sampled(images.nrows(), compared.max(LEAST_COMPARED));
        let rows = || rows.iter().copied();
        let target = Standard::of(&valued(images, rows(), columns, weights));
        let mut ranked: Vec<(f64, usize)> = terms
            .iter()
            .map(|term| {
                Standard::of(&valued(images, rows(), term, &[]))
                    .with(&target)
                    .abs()
            })
            .enumerate()
            .map(|(at, correlation)| (correlation, at))
            .collect();
        ranked.sort_unstable_by(|(a, first), (b, second)| b.total_cmp(a).then(first.cmp(second)));
        let mut chosen: Vec<usize> = ranked.into_iter().take(most).map(|(_, at)| at).collect();
        chosen.sort_unstable();
        chosen.into_iter().map(|at| terms[at].clone()).collect()
    }
}

/// Whether images are one row or one column of numbers.
fn is_flat(image: ImageShape) -> bool {
    image.height == 1 || image.width == 1
}

/// The pixels that touch some others, which are in order, and are none of these.
fn ring(image: ImageShape, own: &[usize]) -> Vec<usize> {
    let side = |at: usize, size: usize| at.saturating_sub(1)..(at + 2).min(size);
    let mut around: Vec<usize> = Vec::new();
    for &pixel in own {
        for row in side(pixel / image.width, image.height) {
            let columns = side(pixel % image.width, image.width);
            around.extend(columns.map(|column| row * image.width + column));
        }
    }
    around.sort_unstable();
    around.dedup();
    around.retain(|pixel| own.binary_search(pixel).is_err());
    around
}

/// Columns of some images as one value each: their mean, or what their weights make of them.
fn valued(
    images: ArrayView2<'_, f32>,
    rows: impl Iterator<Item = usize>,
    columns: &[usize],
    weights: &[f32],
) -> Vec<f64> {
    let value = |row: usize| {
        let numbers = columns
            .iter()
            .map(|&column| f64::from(images[[row, column]]));
        if weights.is_empty() {
            numbers.sum::<f64>() / columns.len() as f64
        } else {
            let weighted = numbers
                .zip(weights)
                .map(|(number, &weight)| number * f64::from(weight));
            weighted.sum()
        }
    };
    rows.map(value).collect()
}

/// Where predictions are parted: the largest of each pool but the last.
fn cuts(predictions: &[f32]) -> Vec<f32> {
    if !predictions.iter().all(|prediction| prediction.is_finite()) {
        return Vec::new();
    }
    let images = predictions.len();
    let pools = (images / LEAST_IN_POOL).clamp(1, POOLS);
    let sorted: Vec<(f32, u32)> = ascending(predictions.iter().copied()).collect();
    let mut cuts = Vec::new();
    let (mut before, mut since) = (0, 0);
    let mut last: Option<(usize, f32)> = None;
    for equal in sorted.chunk_by(|(a, _), (b, _)| a == b) {
        // Twice the mean rank, counted from 0, and one more.
        let tenth = (2 * before + equal.len()) * pools / (2 * images);
        if let Some((of_last, value)) = last
            && tenth != of_last
            && before - since >= LEAST_IN_POOL
            && images - before >= LEAST_IN_POOL
        {
            cuts.push(value);
            since = before;
        }
        last = Some((tenth, equal[0].0));
        before += equal.len();
    }
    cuts
}

/// Mean and variance of some numbers.
struct Spread {
    mean: f64,
    variance: f64,
}

impl Spread {
    fn of(values: &[f64]) -> Self {
        let count = values.len().max(1) as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares = values.iter().map(|value| (value - mean).powi(2));
        Self {
            mean,
            variance: squares.sum::<f64>() / count,
        }
    }
}

/// Numbers whose mean is 0 and whose squares add up to 1; or all 0.
struct Standard(Vec<f64>);

impl Standard {
    fn of(values: &[f64]) -> Self {
        let Spread { mean, variance } = Spread::of(values);
        let size = (variance * values.len() as f64).sqrt();
        let scale = if size > 0.0 { 1.0 / size } else { 0.0 };
        Self(values.iter().map(|value| (value - mean) * scale).collect())
    }

    fn with(&self, other: &Self) -> f64 {
        self.0.iter().zip(&other.0).map(|(a, b)| a * b).sum()
    }
}

/// Sums of some rows of numbers, and of the products of every two of them.
struct Moments {
    count: f64,
    sums: Vec<f64>,
    /// Of the first with all up to it, of the second, …
    products: Vec<f64>,
    /// What was taken from all of them, so that squares lose no digits.
    origin: Vec<f64>,
}

impl Moments {
    fn none(width: usize) -> Self {
        Self {
            count: 0.0,
            sums: vec![0.0; width],
            products: vec![0.0; width * (width + 1) / 2],
            origin: Vec::new(),
        }
    }

    /// Of columns of numbers: of every so many-th from `fold` on.
    fn of(columns: &[Vec<f64>], fold: usize, folds: usize) -> Self {
        let origin: Vec<f64> = columns
            .iter()
            .map(|column| Spread::of(column).mean)
            .collect();
        let own: Vec<Vec<f64>> = columns
            .iter()
            .zip(&origin)
            .map(|(column, origin)| {
                let own = column.iter().skip(fold).step_by(folds);
                own.map(|value| value - origin).collect()
            })
            .collect();
        let mut products = Vec::with_capacity(columns.len() * (columns.len() + 1) / 2);
        for (at, a) in own.iter().enumerate() {
            for b in &own[..=at] {
                products.push(a.iter().zip(b).map(|(a, b)| a * b).sum());
            }
        }
        Self {
            count: own.first().map_or(0, Vec::len) as f64,
            sums: own.iter().map(|column| column.iter().sum()).collect(),
            products,
            origin,
        }
    }

    fn with(mut self, other: &Self) -> Self {
        self.count += other.count;
        let pairs = self.sums.iter_mut().zip(&other.sums);
        pairs.for_each(|(sum, other)| *sum += other);
        let pairs = self.products.iter_mut().zip(&other.products);
        pairs.for_each(|(product, other)| *product += other);
        self.origin.clone_from(&other.origin);
        self
    }

    /// Sum of the products of what deviates from the means.
    fn deviation(&self, a: usize, b: usize) -> f64 {
        let (a, b) = (a.max(b), a.min(b));
        let product = self.products[a * (a + 1) / 2 + b];
        product - self.sums[a] * self.sums[b] / self.count.max(1.0)
    }

    /// The last column from the others.
    fn ridge(&self) -> Line {
        let terms = self.sums.len() - 1;
        let mean = |at: usize| {
            let origin = self.origin.get(at).copied().unwrap_or(0.0);
            origin + self.sums[at] / self.count.max(1.0)
        };
        // Deviations of numbers that do not vary are rounding.
        let size = |at: usize| {
            let square = self.products[at * (at + 1) / 2 + at];
            let deviation = self.deviation(at, at);
            if deviation > ROUNDING * square {
                deviation.sqrt()
            } else {
                0.0
            }
        };
        let sizes: Vec<f64> = (0..=terms).map(size).collect();
        let over = |at: usize| {
            if sizes[at] > 0.0 {
                1.0 / sizes[at]
            } else {
                0.0
            }
        };
        // Of standardised numbers: (n R + penalty) w = n r.
        let correlation =
            |a: usize, b: usize| self.count * self.deviation(a, b) * over(a) * over(b);
        let mut matrix = Array2::from_shape_fn((terms, terms), |(a, b)| correlation(a, b));
        for at in 0..terms {
            matrix[[at, at]] += PENALTY;
        }
        let weights = solved(
            matrix,
            (0..terms).map(|at| correlation(at, terms)).collect(),
        );
        let coefficients: Vec<f64> = weights
            .iter()
            .enumerate()
            .map(|(at, weight)| weight * sizes[terms] * over(at))
            .collect();
        let explained = coefficients
            .iter()
            .enumerate()
            .map(|(at, slope)| slope * mean(at));
        Line {
            intercept: mean(terms) - explained.sum::<f64>(),
            coefficients,
        }
    }
}

/// A fit of means of columns.
struct Line {
    intercept: f64,
    coefficients: Vec<f64>,
}

impl Line {
    /// As a fit of the columns themselves.
    fn spread(&self, terms: &[Vec<usize>]) -> Fit {
        let fit = Fit {
            intercept: self.intercept as f32,
            coefficients: terms
                .iter()
                .zip(&self.coefficients)
                .flat_map(|(term, slope)| {
                    std::iter::repeat_n((slope / term.len() as f64) as f32, term.len())
                })
                .collect(),
        };
        // Of numbers that hardly differ, slopes may be larger than single precision.
        let all = fit.coefficients.iter().chain([&fit.intercept]);
        if all.into_iter().all(|number| number.is_finite()) {
            fit
        } else {
            Fit {
                intercept: 0.0,
                coefficients: vec![0.0; fit.coefficients.len()],
            }
        }
    }
}

/// The solution of matrix · x = right, of a matrix that is symmetric and positive, by Cholesky's method.
fn solved(mut matrix: Array2<f64>, mut right: Vec<f64>) -> Vec<f64> {
    let size = right.len();
    for column in 0..size {
        for row in column..size {
            let known: Range<usize> = 0..column;
            let products = known.map(|at| matrix[[row, at]] * matrix[[column, at]]);
            let rest = matrix[[row, column]] - products.sum::<f64>();
            matrix[[row, column]] = if row == column {
                rest.max(f64::MIN_POSITIVE).sqrt()
            } else {
                rest / matrix[[column, column]]
            };
        }
    }
    for row in 0..size {
        let known: f64 = (0..row).map(|at| matrix[[row, at]] * right[at]).sum();
        right[row] = (right[row] - known) / matrix[[row, row]];
    }
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size)
            .map(|at| matrix[[at, row]] * right[at])
            .sum();
        right[row] = (right[row] - known) / matrix[[row, row]];
    }
    right
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::super::donor_check::r2;
    use super::*;
    use crate::data::{Images, Origin, TrainingImages};
    use crate::keyed::{Keyed, Purpose};
    use crate::serial::matrix;
    use crate::settings::Permute;

    /// What scikit-learn says of some images: `tests/oracle/neighbours.py`.
    #[derive(Deserialize)]
    struct Recorded {
        height: usize,
        width: usize,
        /// Bytes, as of the explained ones.
        #[serde(with = "matrix")]
        training: Array2<f32>,
        #[serde(with = "matrix")]
        explained: Array2<f32>,
        answers: Vec<Answer>,
    }

    #[derive(Deserialize)]
    struct Answer {
        feature: Vec<usize>,
        by_training: Vec<f64>,
        by_folds: Vec<f64>,
        tenths: Vec<u32>,
        r2_all: f64,
        r2_tenths: f64,
    }

    fn images(pixels: Array2<f32>) -> Images {
        Images {
            classes: vec![(0, 0..pixels.nrows())],
            positions: (0..pixels.nrows() as u32).collect(),
            origin: Origin::default(),
            pixels,
        }
    }

    fn dataset(image: ImageShape, training: Array2<f32>, explained: Array2<f32>) -> Arc<Dataset> {
        let explained = Arc::new(images(explained));
        Arc::new(Dataset {
            image,
            classes: Vec::new(),
            count: 0,
            test_set: false,
            training: TrainingImages::of_intensities(image, training),
            held_out: Arc::clone(&explained),
            explained,
        })
    }

    fn fitted(data: &Arc<Dataset>, features: &[Feature]) -> Neighbours {
        let mut job = NeighbourFit::new(Arc::clone(data), features).unwrap();
        while !job.advance(Duration::ZERO) {}
        job.finish()
    }

    /// The same parts, whatever they are called.
    fn same_parts(pools: &Pools, expected: &[u32]) -> bool {
        let mut names = vec![None; pools.images()];
        (0..pools.images()).all(|row| {
            let name = names[pools.of(row)].get_or_insert(expected[row]);
            *name == expected[row]
        }) && pools.members().len() == 1 + *expected.iter().max().unwrap() as usize
    }

    #[test]
    fn predictions_and_tenths_are_those_of_scikit_learn() {
        let text = include_str!("../../tests/oracle/neighbours.json");
        let recorded: Recorded = serde_json::from_str(text).unwrap();
        let image = ImageShape::grey(recorded.height, recorded.width);
        let [training, explained] =
            [recorded.training, recorded.explained].map(|bytes| bytes / 255.0);
        let features: Vec<Feature> = recorded
            .answers
            .iter()
            .map(|answer| Feature::new(answer.feature.clone()))
            .collect();
        let by_training = fitted(&dataset(image, training, explained.clone()), &features);
        let none = Array2::zeros((0, image.size()));
        let by_folds = fitted(&dataset(image, none, explained.clone()), &features);
        let of = explained.nrows();
        assert_eq!(
            by_folds.fitted_on(),
            FoundOn {
                images: of,
                of,
                training: false
            }
        );
        for (at, answer) in recorded.answers.iter().enumerate() {
            for (found, expected) in [
                (&by_training, &answer.by_training),
                (&by_folds, &answer.by_folds),
            ] {
                let found = found.predictions(at, explained.view());
                for (found, expected) in found.iter().zip(expected) {
                    assert!(
                        (f64::from(*found) - expected).abs() < 2e-6,
                        "{found} {expected}"
                    );
                }
            }
            let pools = by_training.pools(at, explained.view());
            assert!(same_parts(&pools, &answer.tenths), "{at}: {pools:?}");
            let values = by_training.values(at, &answer.feature, explained.view());
            let predictions = by_training.predictions(at, explained.view());
            let all = Pools::new(vec![0; of]);
            for (pools, expected) in [(&all, answer.r2_all), (&pools, answer.r2_tenths)] {
                assert!((r2(&values, &predictions, pools) - expected).abs() < 1e-5);
            }
            // Of columns that lie one after the other, as some probes hold them.
            let turned = explained.t().as_standard_layout().into_owned();
            assert_eq!(pools, by_training.pools(at, turned.t()));
        }
        assert_eq!(by_folds.check(image, &features), Ok(()));
        assert!(by_folds.check(image, &features[1..]).is_err());
        assert!(
            by_training
                .check(ImageShape::grey(2, 2), &features)
                .is_err()
        );
        let text = serde_json::to_string(&by_folds).unwrap();
        assert_eq!(serde_json::from_str::<Neighbours>(&text).unwrap(), by_folds);
    }

    #[test]
    fn pools_do_not_depend_on_the_order_of_images_and_are_no_smaller_than_ten() {
        let mut draws = Keyed::new(1, Purpose::Weights, &[]);
        let image = ImageShape::grey(3, 3);
        for images in [7, 19, 35, 260] {
            // Many are blank.
            let explained = Array2::from_shape_simple_fn((images, 9), || {
                (draws.uniform() * 4.0 - 2.0).max(0.0).round()
            });
            let features = Feature::of_pixels(image, Permute::Pixel);
            let data = dataset(image, explained.clone(), explained.clone());
            let pools = fitted(&data, &features).pools(4, explained.view());
            assert!(images < 260 || pools.members().len() > 3);
            let least = pools.members().iter().map(Vec::len).min().unwrap();
            assert!(least >= images.min(10), "{least}");
            let order = Keyed::new(2, Purpose::Weights, &[images as u64]).permutation(images);
            let order: Vec<usize> = order.iter().map(|&row| row as usize).collect();
            let shuffled = explained.select(Axis(0), &order);
            let data = dataset(image, explained, shuffled.clone());
            let other = fitted(&data, &features).pools(4, shuffled.view());
            let of: Vec<usize> = (0..images).map(|row| other.of(row)).collect();
            for (row, &from) in order.iter().enumerate() {
                assert_eq!(of[row], pools.of(from));
            }
        }
    }

    #[test]
    fn neighbours_are_pixels_around_channels_or_columns_that_go_best_with_it() {
        let mut draws = Keyed::new(3, Purpose::Weights, &[]);
        let mut random =
            |rows, columns| Array2::from_shape_simple_fn((rows, columns), || draws.uniform());
        let colour = ImageShape {
            channels: 2,
            ..ImageShape::grey(3, 3)
        };
        let terms = |image: ImageShape, explained: Array2<f32>, feature: &[usize]| {
            let none = Array2::zeros((0, image.size()));
            let data = dataset(image, none, explained);
            let job = NeighbourFit::new(data, &[Feature::new(feature.to_vec())]).unwrap();
            job.terms(feature, &[])
        };
        let mut images = random(30, 18);
        // A corner with both channels; pixel 3 is always the same.
        images.column_mut(6).fill(0.5);
        images.column_mut(7).fill(0.5);
        let corner = terms(colour, images.clone(), &[0, 1]);
        assert_eq!(corner, [[2, 3], [8, 9]]);
        // The second channel of it, with the first.
        let channel = terms(colour, images, &[1]);
        assert_eq!(channel, [vec![3], vec![9], vec![0]]);

        // A table of twelve columns, of which the last ten copy the first but for noise that grows.
        let table = random(200, 12);
        let mut copies = table.clone();
        for column in 2..12 {
            let noisy = &table.column(0) + &(&table.column(column) * (0.2 * column as f32));
            copies.column_mut(column).assign(&noisy);
        }
        let best = terms(ImageShape::grey(1, 12), copies.clone(), &[0]);
        assert_eq!(best.concat(), [2, 3, 4, 5, 6, 7, 8, 9]);

        // A one-hot set has a mean that never varies, and is predicted all the same.
        let mut sets = copies;
        for mut row in sets.rows_mut() {
            let on = row[0] > 0.5;
            (row[10], row[11]) = (f32::from(on), f32::from(!on));
        }
        let none = Array2::zeros((0, 12));
        let data = dataset(ImageShape::grey(1, 12), none, sets.clone());
        let set = fitted(&data, &[Feature::new(vec![10, 11])]);
        assert!(set.pools(0, sets.view()).members().len() > 5);
        let values = set.values(0, &[10, 11], sets.view());
        assert!(values.iter().zip(sets.column(0)).all(|(value, &first)| {
            (*value > 0.0) == (first > 0.5) || (*value < 0.0) == (first > 0.5)
        }));

        let wide = ImageShape::grey(1, MOST_COLUMNS + 1);
        let data = dataset(
            wide,
            Array2::zeros((0, wide.size())),
            Array2::zeros((2, wide.size())),
        );
        let refused = NeighbourFit::new(data, &[]).err().unwrap();
        assert!(refused.contains("4,097"), "{refused}");
    }

    #[test]
    fn what_never_varies_or_stands_alone_is_in_one_pool() {
        let image = ImageShape::grey(2, 2);
        let explained = Array2::from_shape_fn(
            (40, 4),
            |(row, pixel)| {
                if pixel == 0 { row as f32 } else { 0.25 }
            },
        );
        let features = [
            Feature::new(vec![0]),
            Feature::new(vec![1]),
            Feature::new(vec![0, 1, 2, 3]),
        ];
        let none = Array2::zeros((0, 4));
        let neighbours = fitted(&dataset(image, none, explained.clone()), &features);
        let pools = |feature| neighbours.pools(feature, explained.view()).members().len();
        assert_eq!([0, 2].map(pools), [1, 1]);
        assert_eq!(
            [0, 1, 2].map(|feature| neighbours.has_neighbours(feature)),
            [false, true, false]
        );
        // Nothing tells images apart in which pixel 1 differs.
        assert_eq!(pools(1), 1);
        // Numbers as large as the engines take.
        let huge = explained.mapv(|value| value * 4e36);
        let none = Array2::zeros((0, 4));
        let neighbours = fitted(&dataset(image, none, huge.clone()), &features);
        assert_eq!(neighbours.pools(1, huge.view()).images(), 40);
    }
}
