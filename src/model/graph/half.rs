//! A part of a graph as a function of rows.

use std::sync::Arc;

use ndarray::{Array2, ArrayView2, Axis, s};
use rten::{Model, NodeId};

use super::layout::Layout;
use super::loaded;
use super::skips::Skips;
use crate::data::Shape;
use crate::model::{Called, Function};
use crate::numerals::counted;

/// Numbers that a batch takes in or gives, about: 16 MB.
const BATCH: usize = 1 << 22;
/// How many multiply-adds of our own kernels one of rten's takes as long as.
const SLOWER: u64 = 5;
/// What a row takes that hardly anything is computed for.
const LEAST: u64 = 100_000;
/// Rows of a batch, at most.
const ROWS: usize = 256;

/// A part of a graph as a function of rows.
#[derive(Debug)]
pub struct GraphHalf {
    pub(super) model: Arc<Model>,
    /// What takes the rows, and what gives them.
    pub(super) ends: [NodeId; 2],
    pub(super) input: Layout,
    pub(super) output: Layout,
    /// Rows that it takes at once: no more and no fewer. `None` if any number.
    pub(super) batch: Option<usize>,
    /// A tensor of which it needs the shape alone, with the lengths of its axes but the first.
    pub(super) shape_of: Option<(NodeId, Vec<usize>)>,
    /// The images of which it keeps what goes round the latents.
    pub(super) skips: Option<Skips>,
    /// Whether what it gives is the mean of each channel.
    pub(super) means: Option<Shape>,
    /// Multiply-adds that a row takes, where they could be counted.
    pub(super) work: Option<u64>,
}

impl GraphHalf {
    /// What a row is that it takes.
    #[must_use]
    pub fn input(&self) -> &Shape {
        &self.input.row
    }

    /// What a row is that it gives.
    #[must_use]
    pub fn output(&self) -> &Shape {
        self.means.as_ref().unwrap_or(&self.output.row)
    }

    /// What a row takes, in multiply-adds as [`importance`](crate::importance) counts them; `None` where that could not
    /// be counted.
    #[must_use]
    pub fn work(&self) -> Option<u64> {
        self.work.map(|work| LEAST.max(SLOWER * work))
    }

    /// Whether it cannot be asked before [`GraphHalves::with_images`](super::GraphHalves::with_images).
    #[must_use]
    pub fn waits_for_images(&self) -> bool {
        self.skips.as_ref().is_some_and(|skips| !skips.is_known())
    }

    /// What it gives (rows × numbers) for each row (rows × numbers), of which there are as many as wanted.
    ///
    /// # Errors
    /// One sentence: what cannot be run.
    pub fn outputs(&self, rows: ArrayView2<'_, f32>) -> Result<Array2<f32>, String> {
        let mut all = Array2::zeros((rows.nrows(), self.output().size()));
        let widest = self.input.size().max(self.output.size()).max(1);
        let at_once = self
            .batch
            .unwrap_or_else(|| (BATCH / widest).clamp(1, ROWS));
        let parts = rows.axis_chunks_iter(Axis(0), at_once);
        for (rows, mut into) in parts.zip(all.axis_chunks_iter_mut(Axis(0), at_once)) {
            let made = self.once(rows, self.batch.unwrap_or(rows.nrows()))?;
            for (mut row, tensor) in into
                .rows_mut()
                .into_iter()
                .zip(made.chunks_exact(self.output.size().max(1)))
            {
                match &self.means {
                    None => row
                        .iter_mut()
                        .zip(self.output.take(tensor))
                        .for_each(|(to, from)| *to = from),
                    Some(channels) => {
                        let cells = tensor.len() / channels.size();
                        let means = tensor.chunks_exact(cells);
                        let means =
                            means.map(|cells| cells.iter().sum::<f32>() / cells.len() as f32);
                        row.iter_mut().zip(means).for_each(|(to, from)| *to = from);
                    }
                }
            }
        }
        Ok(all)
    }

    /// What the tensor holds for these rows, filled up to so many with the last of them.
    fn once(&self, rows: ArrayView2<'_, f32>, count: usize) -> Result<Vec<f32>, String> {
        let numbers = self.input.size();
        let mut tensor = vec![0.0; count * numbers];
        for (at, tensor) in tensor.chunks_exact_mut(numbers.max(1)).enumerate() {
            let row = rows.slice(s![at.min(rows.nrows() - 1), ..]);
            self.input.put(row.iter().copied(), tensor);
        }
        let axes = |of: &[usize]| -> Vec<usize> {
            std::iter::once(count).chain(of.iter().copied()).collect()
        };
        let mut given = vec![(self.ends[0], axes(&self.input.axes), tensor)];
        if let Some((id, of)) = &self.shape_of {
            let axes = axes(of);
            let zeros = vec![0.0; axes.iter().product()];
            given.push((*id, axes, zeros));
        }
        if let Some(skips) = &self.skips {
            let numbers = skips.layout.size();
            let mut tensor = vec![0.0; count * numbers];
            for (at, tensor) in tensor.chunks_exact_mut(numbers.max(1)).enumerate() {
                let image = skips.image_of(rows.row(at.min(rows.nrows() - 1)))?;
                skips.layout.put(image.iter().copied(), tensor);
            }
            given.push((skips.at, axes(&skips.layout.axes), tensor));
        }
        let made = loaded::run(&self.model, given, &[self.ends[1]])?;
        let expected = axes(&self.output.axes);
        match made.into_iter().next() {
            Some((axes, Some(numbers))) if axes == expected => Ok(numbers),
            Some((axes, _)) => {
                let why = if axes.first() == Some(&count) {
                    "how many numbers it gives depends on the batch, or on what the images show. Export it so that it gives as many for every image, or choose another tensor"
                } else {
                    "it cannot be run on batches"
                };
                Err(format!(
                    "The ONNX graph gave a tensor of {} for {}, where it should be {}: {why}.",
                    shape(&axes),
                    counted(count, "image", "images"),
                    shape(&expected)
                ))
            }
            None => Err("The ONNX graph gave nothing: choose another output.".into()),
        }
    }
}

pub(super) fn shape(axes: &[usize]) -> String {
    let axes: Vec<String> = axes.iter().map(ToString::to_string).collect();
    axes.join(" × ")
}

impl Function for GraphHalf {
    fn call<'a>(&'a self, rows: ArrayView2<'a, f32>) -> Called<'a> {
        Box::pin(async move { self.outputs(rows) })
    }
}
