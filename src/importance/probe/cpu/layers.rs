//! Layers above the first, for the images that changed.
//!
//! Changes are taken image by image. ReLU makes about half of the units inactive, and for one image
//! nearly the same ones whatever pixel is changed; so the rows of a tile have the same inactive units,
//! and products leave those out.

use ndarray::Array2;

use super::{Changes, row, slice};
use crate::math::kernel::Kernel;
use crate::math::product::{Panels, Tiles, product};
use crate::model::{Activation, Dense};

/// Changed images that go through the layers together: as many as fit, with a layer's tiles, in the
/// second-level cache.
const BLOCK: usize = 64;

pub(super) struct Layers {
    kernel: Kernel,
    layers: Vec<Layer>,
}

struct Layer {
    weight: Panels,
    bias: Vec<f32>,
    activation: Activation,
}

/// An image that a change changed.
struct Changed {
    image: u32,
    /// Which of the changes.
    change: u32,
    /// The place of its deltas among those of the change.
    at: u32,
}

/// Room for a block's numbers between layers.
#[derive(Default)]
struct Buffers {
    tiles: Tiles,
    values: Vec<f32>,
    next: Vec<f32>,
}

impl Layers {
    pub(super) fn new(kernel: Kernel, layers: &[&Dense]) -> Self {
        let pack = |layer: &&Dense| {
            let mut weight = Panels::default();
            weight.pack(
                layer.outputs(),
                slice(&layer.weight.as_standard_layout().into_owned()),
            );
            Layer {
                weight,
                bias: layer.bias.to_vec(),
                activation: layer.activation,
            }
        };
        Self {
            kernel,
            layers: layers.iter().map(pack).collect(),
        }
    }

    /// Outputs (images × outputs) from the sums of the first layer (images × units).
    pub(super) fn outputs(&self, activation: Activation, sums: &Array2<f32>) -> Array2<f32> {
        let width = self.layers.last().map_or(0, |layer| layer.bias.len());
        let mut outputs = Vec::with_capacity(sums.nrows() * width);
        let mut buffers = Buffers::default();
        for block in slice(sums).chunks(BLOCK * sums.ncols()) {
            buffers.values.clear();
            buffers.values.extend_from_slice(block);
            activation.activate(&mut buffers.values);
            self.take(sums.ncols(), &mut buffers);
            outputs.extend_from_slice(&buffers.values);
        }
        Array2::from_shape_vec((sums.nrows(), width), outputs)
            .expect("every image has one row of outputs")
    }

    /// Adds to every change's row of `totals` the squared change of every output.
    pub(super) fn measure(
        &self,
        (first, activation): (&Array2<f32>, Activation),
        sums: &Array2<f32>,
        outputs: &Array2<f32>,
        changes: &[Changes<'_>],
        totals: &mut Array2<f64>,
    ) {
        let mut changed: Vec<Changed> = Vec::new();
        for (change, found) in (0..).zip(changes) {
            let images = (0..).zip(&found.rows);
            changed.extend(images.map(|(at, &image)| Changed { image, change, at }));
        }
        changed.sort_unstable_by_key(|changed| (changed.image, changed.change));

        let mut buffers = Buffers::default();
        for block in changed.chunks(BLOCK) {
            buffers.values.clear();
            for changed in block {
                let Changes {
                    columns, deltas, ..
                } = &changes[changed.change as usize];
                let start = buffers.values.len();
                buffers
                    .values
                    .extend_from_slice(row(sums, changed.image as usize));
                let permuted = &mut buffers.values[start..];
                let deltas = &deltas[changed.at as usize * columns.len()..];
                for (&column, delta) in columns.iter().zip(deltas) {
                    for (sum, weight) in permuted.iter_mut().zip(row(first, column)) {
                        *sum += delta * weight;
                    }
                }
            }
            activation.activate(&mut buffers.values);
            self.take(first.ncols(), &mut buffers);
            let permuted = buffers.values.chunks_exact(outputs.ncols());
            for (changed, after) in block.iter().zip(permuted) {
                let mut totals = totals.row_mut(changed.change as usize);
                let before = row(outputs, changed.image as usize);
                for ((total, before), after) in totals.iter_mut().zip(before).zip(after) {
                    let change = after - before;
                    let square = change * change;
                    *total += if square.is_finite() {
                        f64::from(square)
                    } else {
                        f64::from(change) * f64::from(change)
                    };
                }
            }
        }
    }

    /// Takes a block through all layers, from `width` numbers a row.
    fn take(&self, width: usize, buffers: &mut Buffers) {
        let Buffers {
            tiles,
            values,
            next,
        } = buffers;
        let mut width = width;
        for layer in &self.layers {
            tiles.pack(width, values.chunks_exact(width));
            product(self.kernel, tiles, &layer.weight, Some(&layer.bias), next);
            layer.activation.activate(next);
            std::mem::swap(values, next);
            width = layer.bias.len();
        }
    }
}
