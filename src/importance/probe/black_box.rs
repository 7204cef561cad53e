//! Any function of a batch of inputs: it is asked again for every image that changed.

use ndarray::{Array2, Axis};

#[cfg(feature = "general")]
use super::{ByImage, ImageProbe};
use super::{Changes, Intervention, Outcome, Probe, check_inputs, check_outputs};
use crate::engine::{Answer, EngineError};

/// Changed images that the function is given at once, about.
const IMAGES: usize = 1024;

struct BlackBox<F> {
    function: F,
    inputs: Array2<f32>,
    outputs: Array2<f32>,
    outcome: Outcome,
}

/// A probe of `function`, which takes inputs (images × columns) to outputs (images × outputs), each
/// image by itself, and of these `inputs`.
///
/// # Errors
/// If the function fails, outputs are not finite, or inputs so large that their differences may not
/// be.
///
/// # Panics
/// Later, if the function gives another number of rows than it was given, or of another width than
/// before.
pub async fn black_box<F>(
    function: F,
    inputs: Array2<f32>,
    outcome: Outcome,
) -> Result<Box<dyn Probe>, EngineError>
where
    F: AsyncFn(&Array2<f32>) -> Result<Array2<f32>, EngineError> + Sync + 'static,
{
    Ok(Box::new(BlackBox::new(function, inputs, outcome).await?))
}

/// As [`black_box`], asked image by image.
///
/// # Errors
/// As [`black_box`].
///
/// # Panics
/// As [`black_box`].
#[cfg(feature = "general")]
pub(in crate::importance) async fn by_image<F>(
    function: F,
    inputs: Array2<f32>,
    outcome: Outcome,
) -> Result<Box<dyn ImageProbe>, EngineError>
where
    F: AsyncFn(&Array2<f32>) -> Result<Array2<f32>, EngineError> + Sync + 'static,
{
    Ok(Box::new(BlackBox::new(function, inputs, outcome).await?))
}

impl<F> BlackBox<F>
where
    F: AsyncFn(&Array2<f32>) -> Result<Array2<f32>, EngineError> + Sync,
{
    async fn new(function: F, inputs: Array2<f32>, outcome: Outcome) -> Result<Self, EngineError> {
        check_inputs(&inputs, outcome)?;
        let probe = Self {
            outputs: function(&inputs).await?,
            function,
            inputs,
            outcome,
        };
        check_outputs(&probe)?;
        Ok(probe)
    }

    /// Outputs for the changed images of all `changes`, one after the other.
    async fn outputs_after(&self, changes: &[Changes<'_>]) -> Result<Array2<f32>, EngineError> {
        let changed = changes.iter().flat_map(|of| of.rows.iter().copied());
        let rows: Vec<usize> = changed.map(|row| row as usize).collect();
        let mut images = self.inputs.select(Axis(0), &rows);
        let moved = changes.iter().flat_map(|of| {
            let sources = of.sources.iter();
            sources.map(|&source| (of.columns, source as usize))
        });
        for (mut image, (columns, source)) in images.rows_mut().into_iter().zip(moved) {
            for &column in columns {
                image[column] = self.inputs[[source, column]];
            }
        }
        let outputs = self.outputs.ncols();
        // Not all functions know what to do with no image.
        let after = if rows.is_empty() {
            Array2::zeros((0, outputs))
        } else {
            (self.function)(&images).await?
        };
        assert_eq!(after.dim(), (rows.len(), outputs), "a row for each image");
        Ok(after)
    }
}

impl<F> Probe for BlackBox<F>
where
    F: AsyncFn(&Array2<f32>) -> Result<Array2<f32>, EngineError> + Sync,
{
    fn inputs(&self) -> &Array2<f32> {
        &self.inputs
    }

    fn outputs(&self) -> &Array2<f32> {
        &self.outputs
    }

    fn outcome(&self) -> Outcome {
        self.outcome
    }

    fn batch(&self) -> usize {
        IMAGES.div_ceil(self.inputs.nrows().max(1))
    }

    fn measure<'a>(&'a self, interventions: &'a [Intervention<'a>]) -> Answer<'a, Array2<f64>> {
        Box::pin(async move {
            let changes: Vec<Changes<'_>> = interventions
                .iter()
                .map(|intervention| Changes::of(intervention, &self.inputs))
                .collect();
            let after = self.outputs_after(&changes).await?;
            let outputs = self.outputs.ncols();
            let rows = changes.iter().flat_map(|of| of.rows.iter().copied());
            let mut pairs = rows.map(|row| row as usize).zip(after.rows());
            let mut sums = Array2::zeros((changes.len(), outputs));
            for (change, mut sums) in changes.iter().zip(sums.rows_mut()) {
                for (row, after) in pairs.by_ref().take(change.rows.len()) {
                    for ((sum, after), before) in
                        sums.iter_mut().zip(after).zip(self.outputs.row(row))
                    {
                        *sum += (f64::from(*after) - f64::from(*before)).powi(2);
                    }
                }
            }
            Ok(self.outcome.means(sums, outputs, interventions))
        })
    }
}

#[cfg(feature = "general")]
impl<F> ImageProbe for BlackBox<F>
where
    F: AsyncFn(&Array2<f32>) -> Result<Array2<f32>, EngineError> + Sync,
{
    fn inputs(&self) -> &Array2<f32> {
        &self.inputs
    }

    fn outputs(&self) -> &Array2<f32> {
        &self.outputs
    }

    fn width(&self) -> usize {
        self.outcome.width(self.outputs.ncols())
    }

    fn by_image<'a>(&'a self, intervention: &'a Intervention<'a>) -> Answer<'a, ByImage> {
        Box::pin(async move {
            let change = Changes::of(intervention, &self.inputs);
            let after = self.outputs_after(std::slice::from_ref(&change)).await?;
            let mut squares = Array2::zeros(after.dim());
            let pairs = squares.rows_mut().into_iter().zip(after.rows());
            for ((mut squares, after), &row) in pairs.zip(&change.rows) {
                let before = self.outputs.row(row as usize);
                for ((square, after), before) in squares.iter_mut().zip(after).zip(before) {
                    *square = (f64::from(*after) - f64::from(*before)).powi(2);
                }
            }
            Ok(ByImage::new(
                change,
                squares,
                self.outcome,
                self.outputs.ncols(),
            ))
        })
    }
}
