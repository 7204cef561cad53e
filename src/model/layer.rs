//! Layers of a network as plain numbers.

use ndarray::{Array1, Array2, ArrayView2, Axis};

use super::Activation;
use crate::data::Shape;

/// A layer of any kind.
///
/// A new kind is a variant here. What works layer by layer takes a layer apart by
/// `let Layer::Dense(dense) = layer`, which does not compile any more once there are others: so the
/// compiler lists what has to be thought of.
#[derive(Clone, Debug, PartialEq)]
pub enum Layer {
    /// Every output depends on every input.
    Dense(Dense),
}

/// A dense layer: activation(input · weight + bias).
#[derive(Clone, Debug, PartialEq)]
pub struct Dense {
    /// Inputs × outputs.
    pub weight: Array2<f32>,
    /// One number an output.
    pub bias: Array1<f32>,
    /// Applied to every output.
    pub activation: Activation,
}

impl Layer {
    /// What it gives for rows of the shape `input`.
    ///
    /// # Errors
    /// Where it cannot take them: what a sentence says of the layer.
    pub(super) fn output(&self, input: &Shape) -> Result<Shape, String> {
        let Self::Dense(Dense { weight, bias, .. }) = self;
        let ((inputs, outputs), biases, given) = (weight.dim(), bias.len(), input.size());
        if inputs == 0 || outputs == 0 {
            Err(format!("has no weights: {inputs} × {outputs}"))
        } else if inputs != given {
            Err(format!("takes {inputs} numbers, but is given {given}"))
        } else if biases != outputs {
            Err(format!("has {biases} biases for {outputs} outputs"))
        } else {
            Ok(Shape::Numbers(outputs))
        }
    }

    /// How many numbers it gives.
    #[must_use]
    pub fn outputs(&self) -> usize {
        let Self::Dense(layer) = self;
        layer.outputs()
    }

    /// All that it has learned: matrices, of which biases are one of a single row.
    #[must_use]
    pub fn weights(&self) -> Vec<ArrayView2<'_, f32>> {
        let Self::Dense(layer) = self;
        let biases = layer.bias.view().insert_axis(Axis(0));
        vec![layer.weight.view(), biases]
    }

    /// What it does to each of its sums.
    #[must_use]
    pub fn activation(&self) -> Activation {
        let Self::Dense(layer) = self;
        layer.activation
    }

    /// Whether all of its weights, biases and parameters are finite numbers.
    pub(super) fn is_finite(&self) -> bool {
        let (_, parameters) = self.activation().key();
        let weights = self.weights();
        let mut numbers = weights.iter().flatten().chain(&parameters);
        numbers.all(|number| number.is_finite())
    }

    /// Outputs (rows × outputs) from inputs (rows × inputs).
    ///
    /// In plain loops: ndarray's matrix product would add 5 KB, compressed, to the view, which decodes
    /// one image at a time.
    pub(super) fn run(&self, rows: ArrayView2<'_, f32>) -> Array2<f32> {
        let Self::Dense(layer) = self;
        assert_eq!(rows.ncols(), layer.inputs(), "numbers for each input");
        let mut output = Array2::zeros((rows.nrows(), layer.outputs()));
        for (values, mut sums) in rows.rows().into_iter().zip(output.rows_mut()) {
            sums.assign(&layer.bias);
            for (value, weights) in values.iter().zip(layer.weight.rows()) {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += value * weight;
                }
            }
            for sum in sums {
                *sum = layer.activation.apply(*sum);
            }
        }
        output
    }
}

impl Dense {
    /// Number of inputs.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.weight.nrows()
    }

    /// Number of outputs.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.weight.ncols()
    }
}
