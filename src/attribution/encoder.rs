//! The encoder whose latents are asked about.

use ndarray::{Array2, ArrayView2, Axis};

use super::dense::Stack;
use crate::data::{ImageShape, Shape};
use crate::engine::{Engine, EngineError};
use crate::importance::probe;
use crate::importance::{Design, Feature};
use crate::model::{Form, Half};
use crate::settings::Permute;
use crate::train::Gradients;

/// An encoder of dense layers, or of others.
pub(crate) enum Encoder {
    Dense(Box<Stack>),
    General(Box<General>),
}

/// An encoder whose layers are not all dense, and what runs it.
pub(crate) struct General {
    pub engine: Engine,
    pub half: Half,
    /// Multiply-adds of a row.
    pub work: f64,
    /// Or what a sentence says of a layer that cannot be differentiated.
    pub gradients: Result<Gradients, String>,
}

impl Encoder {
    pub(crate) fn new(engine: &Engine, half: &Half) -> Self {
        match half.dense() {
            Some(layers) => Self::Dense(Box::new(Stack::new(&layers))),
            None => Self::General(Box::new(General {
                engine: engine.clone(),
                half: half.clone(),
                work: work(half),
                gradients: Gradients::new(engine, half),
            })),
        }
    }

    /// Numbers of an image.
    pub(super) fn inputs(&self) -> usize {
        match self {
            Self::Dense(stack) => stack.inputs,
            Self::General(general) => general.half.input().size(),
        }
    }

    /// Multiply-adds, about, of a changed image.
    pub(super) fn work(&self) -> f64 {
        match self {
            Self::Dense(stack) => stack.above_work(),
            Self::General(general) => general.work,
        }
    }

    /// Latents (images × dims) of `images`.
    pub(crate) async fn latents(
        &mut self,
        images: &Array2<f32>,
    ) -> Result<Array2<f32>, EngineError> {
        let numbers = images.as_slice().expect("row by row");
        let latents = match self {
            Self::Dense(stack) => {
                let mut values = stack.sums(numbers.chunks_exact(stack.inputs));
                stack.finish(&mut values);
                values
            }
            Self::General(general) => general.outputs(numbers).await?,
        };
        let shape = (images.nrows(), self.dims());
        Ok(Array2::from_shape_vec(shape, latents).expect("one row an image"))
    }

    /// Why it has no gradients, if so.
    pub(super) fn refusal(&self) -> Option<&String> {
        match self {
            Self::Dense(_) => None,
            Self::General(general) => general.gradients.as_ref().err(),
        }
    }

    /// Number of latent dimensions.
    pub(super) fn dims(&self) -> usize {
        match self {
            Self::Dense(stack) => stack.dims,
            Self::General(general) => general.half.output().size(),
        }
    }
}

/// Multiply-adds of taking a row through `half`, and as many again for each number that a layer gives as
/// that costs beside products.
fn work(half: &Half) -> f64 {
    let layers = half.layers().iter().zip(half.forms());
    let layers = layers.map(|(layer, (form, _, output))| {
        let weights: f64 = layer
            .weights()
            .iter()
            .map(|matrix| matrix.len() as f64)
            .sum();
        let places = match (form, &output) {
            (Form::General { .. }, Shape::Image(image)) => image.pixels() as f64,
            _ => 1.0,
        };
        weights * places + 50.0 * output.size() as f64
    });
    layers.sum()
}

impl General {
    /// Latents (rows × dims) of `rows`.
    pub(super) async fn outputs(&self, rows: &[f32]) -> Result<Vec<f32>, EngineError> {
        let rows = self.rows(rows);
        let Ok(gradients) = &self.gradients else {
            // Another way that knows every layer, made for more.
            let image = ImageShape::grey(1, rows.ncols());
            let design = Design {
                features: vec![Feature::new(vec![0])],
                ..Design::of_pixels(rows.nrows(), image, Permute::Pixel)
            };
            let probe = probe::of_half(&self.engine, &self.half, rows.to_owned(), &design).await?;
            return Ok(probe.outputs().iter().copied().collect());
        };
        let mut latents = Vec::with_capacity(rows.nrows() * self.half.output().size());
        for rows in rows.axis_chunks_iter(Axis(0), gradients.rows()) {
            latents.extend(gradients.outputs(rows).await?);
        }
        Ok(latents)
    }

    /// For every image, the mean over its `each` points (rows of `points`, image after image) of the
    /// derivative of a latent in its numbers (images × numbers).
    pub(super) async fn slopes(
        &self,
        points: &[f32],
        each: usize,
        dim: usize,
    ) -> Result<Vec<f32>, EngineError> {
        let points = self.rows(points);
        let gradients = self
            .gradients
            .as_ref()
            .expect("asked for where there are some");
        let mut sums = vec![0.0f32; points.len() / each];
        let mut point = 0;
        for rows in points.axis_chunks_iter(Axis(0), gradients.rows()) {
            for slopes in gradients.of(rows, dim).await?.rows() {
                let sums = &mut sums[point / each * slopes.len()..][..slopes.len()];
                for (sum, slope) in sums.iter_mut().zip(slopes) {
                    *sum += slope / each as f32;
                }
                point += 1;
            }
        }
        Ok(sums)
    }

    /// How many rows derivatives are best taken of at once.
    pub(super) fn rows_at_once(&self) -> usize {
        self.gradients.as_ref().map_or(1, Gradients::rows)
    }

    fn rows<'a>(&self, numbers: &'a [f32]) -> ArrayView2<'a, f32> {
        let columns = self.half.input().size();
        ArrayView2::from_shape((numbers.len() / columns, columns), numbers).expect("whole rows")
    }
}
