//! What moving inputs costs, counted in multiply-adds of a matrix product: in a browser, 1e10 of them
//! take about half a second.

use std::borrow::Borrow;

use crate::data::Shape;
use crate::model::{Activation, Dense, Form};

/// What one unit of a layer costs beside its products: a rank-one update or a bias, the
/// activation, the comparison. Measured in Chromium: 2 ns with a sigmoid, where a product's
/// multiply-add takes 0.04 ns.
fn unit(activation: Activation) -> f64 {
    if activation == Activation::Relu {
        10.0
    } else {
        50.0
    }
}

/// As [`unit`], of a sigmoid without layers below or above, on the CPU, at most: there it needs no
/// exponential for each changed image. It depends on the weights how much less it is.
const SIGMOID_ALONE: f64 = 6.0;

/// As much of a layer as its cost depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Layer {
    /// Multiply-adds of its product, all of it.
    product: f64,
    pub outputs: usize,
    pub activation: Activation,
    pub is_dense: bool,
}

impl Layer {
    /// Of a layer of this form that takes and gives rows of these shapes.
    pub(super) fn new(form: &Form, input: &Shape, output: &Shape) -> Self {
        let kernel = form.weights(input).first().map_or(0, |of| of.0 * of.1) as f64;
        let pixels = |shape: &Shape| match shape {
            Shape::Image(image) => image.pixels() as f64,
            _ => 1.0,
        };
        let product = match form {
            Form::Dense { .. } => kernel,
            Form::General { .. } => kernel * pixels(input).max(pixels(output)),
        };
        Self {
            product,
            outputs: output.size(),
            activation: form.activation(),
            is_dense: matches!(form, Form::Dense { .. }),
        }
    }

    /// Of a dense layer.
    pub(super) fn dense(layer: &Dense) -> Self {
        Self {
            product: layer.weight.len() as f64,
            outputs: layer.outputs(),
            activation: layer.activation,
            is_dense: true,
        }
    }

    /// Those of a network's half.
    pub(super) fn all<F: Borrow<Form>>(
        layers: impl IntoIterator<Item = (F, Shape, Shape)>,
    ) -> Vec<Self> {
        let layers = layers.into_iter();
        layers
            .map(|(form, input, output)| Self::new(form.borrow(), &input, &output))
            .collect()
    }

    /// What its units cost beside their products.
    fn units(&self) -> f64 {
        self.outputs as f64 * unit(self.activation)
    }
}

/// Work of taking one changed input through `layers`.
pub(super) fn per_input(layers: &[Layer]) -> f64 {
    let mut work = 0.0;
    for (position, layer) in layers.iter().enumerate() {
        // The first layer's product is not taken again.
        if position > 0 {
            work += layer.product;
        }
        work += layer.units();
    }
    work
}

/// Work of a closed form for an image and so many units: about what a unit of ReLU costs beside its
/// products, as was measured.
pub(super) fn of_closed_form(units: usize) -> f64 {
    units as f64 * unit(Activation::Relu)
}

/// Work of taking one changed input through one layer of so many sigmoids, on the CPU, at most.
pub(super) fn of_sigmoids(outputs: usize) -> f64 {
    outputs as f64 * SIGMOID_ALONE
}
