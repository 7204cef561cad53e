//! Stage 1 of a one-layer encoder in closed form: no permutation, no sampling error.
//!
//! Under a uniformly random permutation of pixel i, every image s sees the value of every image t
//! equally often. So the expected importance is
//!
//! ```text
//! E V[i, j] = 1/n² Σ_s Σ_t (relu(a + w (v_t - x_s)) - relu(a))²
//! ```
//!
//! with a the sum of unit j for image s, w the weight from pixel i to it, x_s the pixel's value in
//! image s and v_t in image t. Where no ReLU switches, a term is w² (v_t - x_s)² or 0, and
//! the sum over t needs only Σ 1, Σ v and Σ v². A ReLU switches on or off where v crosses
//! x_s - a / w. That takes a sum small enough for the pixel to switch it, |a| < |w| · (largest v -
//! smallest v), so the units' sums are sorted once and few images are looked at for a pixel. For
//! these, the same three sums over the values below the crossing come from a table over the
//! distinct values.
//!
//! Where several pixels move together, image s goes over to image t's values by one step of the sum of
//! unit j, from u_s to u_t with u = Σ w x over these pixels. So the same holds with u in place of the
//! pixel's value and 1 in place of its weight, unit by unit.

#[cfg(feature = "general")]
mod among;
#[cfg(feature = "general")]
mod buckets;
#[cfg(feature = "general")]
mod over_images;

use ndarray::{Array1, Array2, ArrayView2};

#[cfg(feature = "general")]
pub(super) use self::over_images::OverImages;

use super::levels::{Levels, ascending, varies};
use super::spread::{Moments, Spread};
use crate::model::{Activation, Dense, Half};

/// A one-layer encoder, ReLU or linear, and the images whose pixels are permuted.
pub(super) struct ClosedForm {
    /// Pixels × images, so that a pixel lies together.
    columns: Array2<f32>,
    weight: Array2<f32>,
    latents: Array2<f32>,
    /// 1 where a latent follows its sum, 0 where it is held at 0 (images × dimensions).
    active: Array2<f64>,
    /// For how many images each unit is active.
    counts: Vec<f64>,
    /// For every unit, the sums of all images, ascending; of no image where nothing is ever held.
    sums: Vec<Vec<(f32, u32)>>,
}

impl ClosedForm {
    /// The layer of an encoder that the closed form is known for.
    pub(super) fn layer(encoder: &Half) -> Option<&Dense> {
        match encoder.dense()?[..] {
            [layer] if Self::knows(layer.activation) => Some(layer),
            _ => None,
        }
    }

    /// Whether it is known for a layer with this activation.
    pub(super) fn knows(activation: Activation) -> bool {
        matches!(activation, Activation::Relu | Activation::Linear)
    }

    /// Prepares for the pixels of `images` (images × pixels).
    pub(super) fn new(layer: &Dense, images: ArrayView2<'_, f32>) -> Self {
        let weight = layer.weight.as_standard_layout().into_owned();
        let (count, dims) = (images.nrows(), layer.outputs());
        let mut sums = Array2::zeros((count, dims));
        let mut exact = vec![0.0f64; dims];
        for (image, mut sums) in images.rows().into_iter().zip(sums.rows_mut()) {
            for (exact, &bias) in exact.iter_mut().zip(&layer.bias) {
                *exact = bias.into();
            }
            for (&value, weights) in image
                .iter()
                .zip(weight.as_slice().unwrap_or(&[]).chunks(dims))
            {
                if value != 0.0 {
                    for (exact, &weight) in exact.iter_mut().zip(weights) {
                        *exact += f64::from(value) * f64::from(weight);
                    }
                }
            }
            sums.iter_mut()
                .zip(&exact)
                .for_each(|(sum, &exact)| *sum = exact as f32);
        }
        let held = layer.activation == Activation::Relu;
        let active = sums.mapv(|sum: f32| f64::from(u8::from(!held || sum > 0.0)));
        Self {
            columns: images.t().as_standard_layout().into_owned(),
            counts: active.sum_axis(ndarray::Axis(0)).to_vec(),
            active,
            sums: sums
                .columns()
                .into_iter()
                .map(|unit| {
                    let switching = unit.iter().copied().filter(|_| held);
                    ascending(switching).collect()
                })
                .collect(),
            latents: sums.mapv(|sum| layer.activation.apply(sum)),
            weight,
        }
    }

    /// Z (images × dimensions).
    pub(super) fn latents(&self) -> &Array2<f32> {
        &self.latents
    }

    /// Whether permuting `pixels` can change anything.
    pub(super) fn varies(&self, pixels: &[usize]) -> bool {
        pixels.iter().any(|&pixel| varies(self.columns.row(pixel)))
    }

    /// V of pixels that move together and are not the same in every image: one number a dimension.
    pub(super) fn measure(&self, pixels: &[usize]) -> Array1<f64> {
        match pixels {
            [pixel] => self.of_pixel(*pixel),
            _ => self.of_steps(pixels),
        }
    }

    fn of_pixel(&self, pixel: usize) -> Array1<f64> {
        let column = self.columns.row(pixel);
        let values = Table::new(&Levels::of(column));
        let column: Vec<f64> = column
            .iter()
            .map(|&value| f64::from(value) - values.origin)
            .collect();
        let weights = self.weight.row(pixel);
        let mut totals = self.linear(&column, &values.all);
        for ((total, &weight), sums) in totals.iter_mut().zip(weights).zip(&self.sums) {
            let weight = f64::from(weight);
            let value = |image| column[image as usize];
            let beyond = |_, point, above| values.beyond(point, above);
            let switched = Self::switched(weight, sums, value, values.range, beyond);
            *total = mean(weight * weight * *total + switched, pairs(column.len()));
        }
        totals.into()
    }

    /// V of several pixels, unit by unit, by the steps that they make of its sum.
    fn of_steps(&self, pixels: &[usize]) -> Array1<f64> {
        let mut steps = vec![0.0f64; self.columns.ncols()];
        let mut spread = Spread::default();
        let units = self.sums.iter().enumerate().map(|(unit, sums)| {
            // Less than those of the first image: what all have in common moves nothing, and takes digits.
            let mut origin = 0.0;
            steps.fill(0.0);
            for &pixel in pixels {
                let weight = f64::from(self.weight[[pixel, unit]]);
                let values = self.columns.row(pixel);
                origin += weight * values.first().copied().map_or(0.0, f64::from);
                for (step, &value) in steps.iter_mut().zip(values) {
                    *step += weight * f64::from(value);
                }
            }
            for step in &mut steps {
                *step -= origin;
            }
            if !steps.iter().all(|step| step.is_finite()) {
                return f64::INFINITY;
            }
            spread.set(&steps);
            let [count, first, second] = spread.all();
            let linear = |u: f64| second + u * (count * u - 2.0 * first);
            let linear: f64 = if sums.is_empty() {
                steps.iter().map(|&step| linear(step)).sum()
            } else {
                let active = sums.partition_point(|&(sum, _)| sum <= 0.0);
                let active = sums[active..].iter();
                active
                    .map(|&(_, image)| linear(steps[image as usize]))
                    .sum()
            };
            let step = |image| steps[image as usize];
            let beyond = |_, point, above| spread.beyond(point, above);
            let switched = Self::switched(1.0, sums, step, spread.range(), beyond);
            mean(linear + switched, pairs(steps.len()))
        });
        units.collect()
    }

    /// For every unit, Σ_s Σ_t (v_t - x_s)² over the images s for which it is active.
    fn linear(&self, column: &[f64], all: &Moments) -> Vec<f64> {
        let [count, sum, squares] = all;
        let mut totals: Vec<f64> = self.counts.iter().map(|active| active * squares).collect();
        let rows = self.active.as_slice().expect("row by row");
        for (&x, active) in column.iter().zip(rows.chunks_exact(totals.len())) {
            // The most frequent value, which is 0 here, adds nothing.
            if x != 0.0 {
                let more = x * (count * x - 2.0 * sum);
                for (total, active) in totals.iter_mut().zip(active) {
                    *total += more * active;
                }
            }
        }
        totals
    }

    /// What `linear` misses: images for which the unit is active and some value makes it inactive, or
    /// the other way round. `values` are the images' own, and `beyond` gives the moments of those that an
    /// image may be given, above a point or below it.
    #[inline(always)]
    fn switched(
        weight: f64,
        sums: &[(f32, u32)],
        values: impl Fn(u32) -> f64,
        range: f64,
        beyond: impl Fn(u32, f64, bool) -> Moments,
    ) -> f64 {
        if weight == 0.0 {
            return 0.0;
        }
        // Wide enough for the rounding of sums to f32; one image too many costs little.
        let reach = (weight.abs() * range * 1.000_001) as f32;
        let from = sums.partition_point(|&(sum, _)| sum < -reach);
        let active = from + sums[from..].partition_point(|&(sum, _)| sum <= 0.0);
        let to = active + sums[active..].partition_point(|&(sum, _)| sum <= reach);
        let per_weight = 1.0 / weight;
        let square = weight * weight;
        let mut total = 0.0;

        // Inactive: Σ (a + w (u - x))² over the values that make it active.
        for &(sum, image) in &sums[from..active] {
            let x = values(image);
            let sum = f64::from(sum);
            let [count, first, second] = beyond(image, x - sum * per_weight, weight > 0.0);
            let at_origin = sum - weight * x;
            total +=
                count * at_origin * at_origin + 2.0 * weight * at_origin * first + square * second;
        }
        // Active: Σ a² - w² (u - x)² over the values that make it inactive.
        for &(sum, image) in &sums[active..to] {
            let x = values(image);
            let sum = f64::from(sum);
            let [count, first, second] = beyond(image, x - sum * per_weight, weight < 0.0);
            total += count * sum * sum - square * (second - 2.0 * x * first + x * x * count);
        }
        total
    }
}

/// How many pairs there are of so many images.
fn pairs(images: usize) -> f64 {
    (images as f64).powi(2)
}

/// The mean over so many pairs. Rounding must not make a change of nothing negative; what is no number
/// stays none.
fn mean(total: f64, pairs: f64) -> f64 {
    let mean = total / pairs;
    if mean <= 0.0 { 0.0 } else { mean }
}

/// The distinct values u of a pixel, less their most frequent one, with moments of those below
/// and above any point.
struct Table {
    origin: f64,
    range: f64,
    values: Vec<f64>,
    /// Of the first so many values.
    below: Vec<Moments>,
    /// Of all but the first so many values.
    above: Vec<Moments>,
    all: Moments,
    /// For every one of equal intervals of the range, how many values are below its start.
    starts: Vec<u32>,
    per_interval: f64,
}

impl Table {
    fn new(levels: &Levels) -> Self {
        let most = (0..levels.len()).max_by_key(|&level| levels.counts[level]);
        let origin = most.map_or(0.0, |most| f64::from(levels.values[most]));
        let values: Vec<f64> = levels
            .values
            .iter()
            .map(|&value| f64::from(value) - origin)
            .collect();
        let add = |moments: &Moments, level: usize| {
            let (count, value) = (f64::from(levels.counts[level]), values[level]);
            let [zeroth, first, second] = moments;
            [
                zeroth + count,
                first + count * value,
                second + count * value * value,
            ]
        };
        let mut below = vec![[0.0; 3]; values.len() + 1];
        let mut above = below.clone();
        for level in 0..values.len() {
            below[level + 1] = add(&below[level], level);
        }
        for level in (0..values.len()).rev() {
            above[level] = add(&above[level + 1], level);
        }
        let range = values.last().unwrap_or(&0.0) - values.first().unwrap_or(&0.0);
        let intervals = 2 * values.len();
        let per_interval = intervals as f64 / range;
        let mut starts = vec![0; intervals + 1];
        let mut interval = 0;
        for (level, value) in values.iter().enumerate() {
            let of_value = ((value - values[0]) * per_interval) as usize;
            while interval < of_value.min(intervals) {
                interval += 1;
                starts[interval] = level as u32;
            }
        }
        starts[interval + 1..].fill(values.len() as u32);
        Self {
            origin,
            range,
            all: below[values.len()],
            values,
            below,
            above,
            starts,
            per_interval,
        }
    }

    /// Moments of the values above `point`, or of those below it.
    fn beyond(&self, point: f64, above: bool) -> Moments {
        let offset = (point - self.values[0]) * self.per_interval;
        // Casts stop at 0 and at the largest number.
        let interval = (offset as usize).min(self.starts.len() - 1);
        let mut level = self.starts[interval] as usize;
        while self.values.get(level).is_some_and(|&value| value <= point) {
            level += 1;
        }
        if above {
            self.above[level]
        } else {
            self.below[level]
        }
    }
}
