//! The encoder whose latents are asked about.

use ndarray::Array2;

use super::dense::Stack;
use crate::data::{ImageShape, Shape};
use crate::engine::{Engine, EngineError};
use crate::importance::probe;
use crate::importance::{Design, Feature};
use crate::model::{Form, Half};
use crate::settings::Permute;

/// An encoder of dense layers, or of others.
pub(super) enum Encoder {
    Dense(Box<Stack>),
    General(Box<General>),
}

/// An encoder whose layers are not all dense, and what runs it.
pub(super) struct General {
    pub engine: Engine,
    pub half: Half,
    /// Multiply-adds of a row.
    pub work: f64,
}

impl Encoder {
    pub(super) fn new(engine: &Engine, half: &Half) -> Self {
        match half.dense() {
            Some(layers) => Self::Dense(Box::new(Stack::new(&layers))),
            None => Self::General(Box::new(General {
                engine: engine.clone(),
                half: half.clone(),
                work: work(half),
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
    pub(super) async fn latents(
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
            Self::General(general) => general.outputs(numbers.to_vec()).await?,
        };
        let shape = (images.nrows(), self.dims());
        Ok(Array2::from_shape_vec(shape, latents).expect("one row an image"))
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
    pub(super) async fn outputs(&self, rows: Vec<f32>) -> Result<Vec<f32>, EngineError> {
        let columns = self.half.input().size();
        let rows =
            Array2::from_shape_vec((rows.len() / columns, columns), rows).expect("whole rows");
        let design = Design {
            features: vec![Feature::new(vec![0])],
            ..Design::of_pixels(rows.nrows(), ImageShape::grey(1, columns), Permute::Pixel)
        };
        let probe = probe::of_half(&self.engine, &self.half, rows, &design).await?;
        Ok(probe.outputs().iter().copied().collect())
    }
}
