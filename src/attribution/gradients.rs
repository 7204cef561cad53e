//! Gradients, at images, near them and on the way to them.

use super::dense::Stack;
use super::encoder::General;
use super::ground::Ground;
use super::maps::Current;
use super::results::Attribution;
use super::tally::Tally;
use super::{COPIES, STEPS, noise};
use crate::engine::EngineError;
use crate::math::kernel::Kernel;
use crate::math::product::{Panels, Tiles, product};

fn is_integrated(method: Attribution) -> bool {
    matches!(
        method,
        Attribution::IntegratedZero | Attribution::IntegratedMean
    )
}

/// By how much each number of an image counts beside its derivative.
fn change(method: Attribution, baseline: &[f32], image: &[f32]) -> Vec<f32> {
    if !is_integrated(method) {
        return vec![1.0; image.len()];
    }
    let pairs = image.iter().zip(baseline);
    pairs.map(|(value, from)| value - from).collect()
}

/// Whether all that the images add up to is still to be multiplied by the weights: |derivative · weight ·
/// change| of one layer, column by column, is a product of three.
pub(super) fn is_product(ground: &Ground, stack: &Stack) -> bool {
    stack.is_single() && ground.is_by_column()
}

/// Multiplies by the weights.
pub(super) fn weigh(tally: &mut Tally, stack: &Stack, slopes: &[f64]) {
    let rows = tally.map.rows_mut().into_iter();
    let rows = rows.zip(tally.signed.rows_mut());
    let units = stack.units.chunks_exact(stack.inputs).zip(slopes);
    for ((weights, slope), (mut map, mut signed)) in units.zip(rows) {
        for ((map, signed), &weight) in map.iter_mut().zip(&mut signed).zip(weights) {
            *map *= f64::from(weight.abs());
            *signed = f64::from(weight) * slope;
        }
    }
}

/// Adds those of the next images, by our own loops.
pub(super) fn add(
    ground: &Ground,
    stack: &mut Stack,
    current: &mut Current,
    points: usize,
    images: usize,
) {
    let to = (current.done + images).min(current.rows.len());
    let rows: Vec<usize> = current.rows[current.done..to].to_vec();
    let sums = match current.method {
        Attribution::Smoothgrad => {
            let noisy = noisy(ground, &rows);
            stack.sums(noisy.chunks_exact(stack.inputs))
        }
        method => {
            let sums = stack.sums(rows.iter().map(|&row| ground.image(row)));
            if is_integrated(method) {
                let start = stack.sums(std::iter::once(&current.baseline[..]));
                along(&start, &sums)
            } else {
                sums
            }
        }
    };
    let slopes = stack.slopes(sums, points);
    let changes = rows
        .iter()
        .map(|&row| change(current.method, &current.baseline, ground.image(row)));
    let changes: Vec<f32> = changes.flatten().collect();
    let inputs = stack.inputs;
    if is_product(ground, stack) {
        for slopes in slopes.chunks_exact(stack.dims) {
            for (sum, &slope) in current.slopes.iter_mut().zip(slopes) {
                *sum += f64::from(slope);
            }
        }
        let size =
            |values: &[f32]| -> Vec<f32> { values.iter().map(|value| value.abs()).collect() };
        let (slopes, changes) = (size(&slopes), size(&changes));
        let slopes: Vec<&[f32]> = slopes.chunks_exact(stack.dims).collect();
        let (mut left, mut right) = (Tiles::default(), Panels::default());
        left.pack_transposed(stack.dims, &slopes);
        right.pack(inputs, &changes);
        let mut sums = Vec::new();
        product(Kernel::Baseline, &left, &right, None, &mut sums);
        for (sum, &more) in current.tally.map.iter_mut().zip(&sums) {
            *sum += f64::from(more);
        }
    } else {
        let each = slopes.len() / rows.len();
        for (slopes, changes) in slopes.chunks_exact(each).zip(changes.chunks_exact(inputs)) {
            let derivatives = if stack.is_single() {
                let units = stack.units.chunks_exact(inputs).zip(slopes);
                let units = units.flat_map(|(unit, slope)| unit.iter().map(move |w| w * slope));
                units.collect()
            } else {
                stack.back(slopes)
            };
            current.tally.add(&ground.features, &derivatives, changes);
        }
    }
    current.done = to;
}

/// The noisy copies of some images, one image after the other.
fn noisy(ground: &Ground, rows: &[usize]) -> Vec<f32> {
    let deviation = ground.deviation();
    let mut copies = Vec::with_capacity(rows.len() * COPIES * ground.images.ncols());
    for &row in rows {
        for copy in 0..COPIES {
            let start = copies.len();
            copies.extend_from_slice(ground.image(row));
            noise::add(
                &mut copies[start..],
                deviation,
                ground.seed,
                ground.keys[row],
                copy as u64,
            );
        }
    }
    copies
}

/// The middles of the steps from one row of numbers to each of others.
fn along(start: &[f32], ends: &[f32]) -> Vec<f32> {
    let mut points = Vec::with_capacity(ends.len() * STEPS);
    for end in ends.chunks_exact(start.len()) {
        for step in 0..STEPS {
            let share = (step as f32 + 0.5) / STEPS as f32;
            points.extend(
                start
                    .iter()
                    .zip(end)
                    .map(|(from, to)| from + share * (to - from)),
            );
        }
    }
    points
}

/// Adds those of the next images, by burn: a block of images at a time, one dimension of it after the other.
/// What is counted as done are pairs of an image and a dimension.
pub(super) async fn add_general(
    ground: &Ground,
    general: &General,
    current: &mut Current,
    points: usize,
) -> Result<(), EngineError> {
    let dims = general.half.output().size();
    let block = general.rows_at_once() / points;
    let block = block.clamp(1, current.rows.len());
    let first = current.done / (block * dims) * block;
    let images = block.min(current.rows.len() - first);
    let dim = (current.done - first * dims) / images;
    let rows = &current.rows[first..first + images];
    let mut at = Vec::new();
    for &row in rows {
        let image = ground.image(row);
        match current.method {
            Attribution::Smoothgrad => at.extend(noisy(ground, &[row])),
            method if is_integrated(method) => at.extend(along(&current.baseline, image)),
            _ => at.extend_from_slice(image),
        }
    }
    let slopes = general.slopes(&at, points, dim).await?;
    let columns = slopes.len() / images;
    for (&row, slopes) in rows.iter().zip(slopes.chunks_exact(columns)) {
        let changes = change(current.method, &current.baseline, ground.image(row));
        current
            .tally
            .add_one(dim, &ground.features, slopes, &changes);
    }
    current.done += images;
    Ok(())
}
