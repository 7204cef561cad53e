//! Pixels that are set to another value.

use ndarray::{Array2, aview1};

use super::dense::Stack;
use super::encoder::General;
use super::ground::Ground;
use super::maps::{Current, TOGETHER};
use super::tally::Tally;
use crate::data::ImageShape;
use crate::engine::EngineError;
use crate::importance::probe::{self, Intervention, Probe, Values};
use crate::importance::{Design, Exchange, Feature};
use crate::settings::Permute;

/// Adds what occluding every feature of the next images does, by our own loops.
pub(super) fn add(ground: &Ground, stack: &mut Stack, current: &mut Current, images: usize) {
    let to = (current.done + images).min(current.rows.len());
    for &row in &current.rows[current.done..to] {
        let image = ground.image(row);
        let sums = stack.sums(std::iter::once(image));
        let pairs = image.iter().zip(&current.baseline);
        let changes: Vec<f32> = pairs.map(|(x, filler)| filler - x).collect();
        if stack.is_single() {
            occlude_one_layer(ground, stack, &sums, &changes, &mut current.tally);
        } else {
            occlude_layers(ground, stack, &sums, &changes, &mut current.tally);
        }
    }
    current.done = to;
}

fn occlude_one_layer(
    ground: &Ground,
    stack: &Stack,
    sums: &[f32],
    changes: &[f32],
    tally: &mut Tally,
) {
    let changed: Vec<(usize, &Feature)> = changed(ground, changes).collect();
    let units = stack.units.chunks_exact(stack.inputs).zip(sums);
    let rows = tally
        .map
        .rows_mut()
        .into_iter()
        .zip(tally.signed.rows_mut());
    for ((weights, &sum), (mut map, mut signed)) in units.zip(rows) {
        let before = stack.activation.apply(sum);
        for &(at, feature) in &changed {
            let (mut step, mut change) = (0.0, 0.0);
            for &column in feature.columns() {
                step += changes[column] * weights[column];
                change += changes[column];
            }
            let moved = f64::from(stack.activation.apply(sum + step) - before);
            map[at] += moved * moved;
            signed[at] += f64::from(change) * moved;
        }
    }
}

fn occlude_layers(
    ground: &Ground,
    stack: &mut Stack,
    sums: &[f32],
    changes: &[f32],
    tally: &mut Tally,
) {
    let mut before = sums.to_vec();
    stack.finish(&mut before);
    let changed: Vec<(usize, &Feature)> = changed(ground, changes).collect();
    let width = stack.width;
    for block in changed.chunks(TOGETHER) {
        let mut values = Vec::with_capacity(block.len() * width);
        for (_, feature) in block {
            let start = values.len();
            values.extend_from_slice(sums);
            for &column in feature.columns() {
                let weights = &stack.weights[column * width..][..width];
                for (value, weight) in values[start..].iter_mut().zip(weights) {
                    *value += changes[column] * weight;
                }
            }
        }
        stack.finish(&mut values);
        for (&(at, feature), after) in block.iter().zip(values.chunks_exact(before.len())) {
            let change = feature
                .columns()
                .iter()
                .map(|&column| changes[column])
                .sum();
            let moved = after
                .iter()
                .zip(&before)
                .map(|(after, before)| after - before);
            tally.add_change(at, change, moved);
        }
    }
}

/// Features that change, with their places.
fn changed<'a>(
    ground: &'a Ground,
    changes: &'a [f32],
) -> impl Iterator<Item = (usize, &'a Feature)> {
    let features = ground.features.iter().enumerate();
    features.filter(|(_, feature)| {
        let mut columns = feature.columns().iter();
        columns.any(|&column| changes[column] != 0.0)
    })
}

/// Features of images are replaced by those of one that is all filler, and a probe tells what that does.
pub(super) struct Occluding {
    probe: Box<dyn Probe>,
    design: Design,
}

impl Occluding {
    /// Of the images in these rows.
    pub(super) async fn new(
        ground: &Ground,
        general: &General,
        rows: &[usize],
        filler: &[f32],
    ) -> Result<Self, EngineError> {
        let count = rows.len();
        // The filler stands after the images, as one that only gives values.
        let mut inputs = Array2::zeros((count + 1, filler.len()));
        let given = rows.iter().map(|&row| ground.image(row)).chain([filler]);
        for (mut input, values) in inputs.rows_mut().into_iter().zip(given) {
            input.assign(&aview1(values));
        }
        let design = Design {
            features: ground.features.clone(),
            exchanges: vec![(Vec::new(), Exchange::new(0..count, 0..count + 1))],
            ..Design::of_pixels(count, ImageShape::grey(1, filler.len()), Permute::Pixel)
        };
        let mut probe = probe::of_half(&general.engine, &general.half, inputs, &design).await?;
        probe.prepare(1);
        Ok(Self { probe, design })
    }

    /// Adds what occluding the next features does, from the one at this place on, and tells how many are
    /// done.
    pub(super) async fn add(&self, tally: &mut Tally, done: usize) -> Result<usize, EngineError> {
        let exchange = &self.design.exchanges[0].1;
        let images = exchange.recipients().len();
        let features = &self.design.features;
        let to = (done + self.probe.batch().max(1)).min(features.len());
        let moved = features[done..to].iter().map(|feature| Intervention {
            columns: feature.columns(),
            exchange,
            values: Values::Of(images as u32),
        });
        let moved: Vec<Intervention<'_>> = moved.collect();
        let means = self.probe.measure(&moved).await?;
        for (at, means) in (done..to).zip(means.rows()) {
            let mut map = tally.map.column_mut(at);
            map.assign(&means);
            map *= images as f64;
        }
        Ok(to)
    }
}
