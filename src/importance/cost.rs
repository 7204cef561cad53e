//! What moving inputs costs, counted in multiply-adds of a matrix product: in a browser, 1e10 of them
//! take about half a second.

#[cfg(feature = "general")]
pub(super) mod layered;

use crate::data::Shape;
#[cfg(any(feature = "engine-cpu", feature = "general"))]
use crate::model::Dense;
use crate::model::{Activation, Form};

/// A row through a black box of which nothing is known before it is asked: a guess. With this, exactness is chosen
/// where it takes up to ten thousand rows, and may be asked for up to a million.
#[cfg(feature = "general")]
const BLACK_BOX: f64 = 1e6;

/// A row through black boxes, each with what a row of it takes where that is known.
#[cfg(feature = "general")]
fn of_black_boxes(layers: &[(Form, Shape, Shape)]) -> Option<f64> {
    let each = layers.iter().filter_map(|(form, ..)| match form {
        Form::BlackBox { work, .. } => Some(work.map_or(BLACK_BOX, |work| work as f64)),
        _ => None,
    });
    each.reduce(|sum, each| sum + each)
}

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

/// A step of one unit's sum, made, sorted and added up: 12 ns natively, for three columns.
const STEP: f64 = 300.0;

/// As much of a dense layer as its cost depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Layer {
    /// Multiply-adds of its product, all of it.
    product: f64,
    pub outputs: usize,
    pub activation: Activation,
}

impl Layer {
    /// Of a layer of this form that takes rows of this shape; `None` if it is not dense.
    fn new(form: &Form, input: &Shape) -> Option<Self> {
        match form {
            Form::Dense {
                outputs,
                activation,
            } => Some(Self {
                product: input.size() as f64 * *outputs as f64,
                outputs: *outputs,
                activation: *activation,
            }),
            Form::General { .. } => None,
            #[cfg(feature = "general")]
            Form::BlackBox { .. } => None,
        }
    }

    /// Of a dense layer.
    #[cfg(any(feature = "engine-cpu", feature = "general"))]
    pub(super) fn dense(layer: &Dense) -> Self {
        Self {
            product: layer.weight.len() as f64,
            outputs: layer.outputs(),
            activation: layer.activation,
        }
    }

    /// What its units cost beside their products.
    fn units(&self) -> f64 {
        self.outputs as f64 * unit(self.activation)
    }
}

/// As much of half a network as its cost depends on.
pub(super) enum Layers {
    /// Of dense layers alone.
    Dense(Vec<Layer>),
    /// Of others, too.
    #[cfg(feature = "general")]
    General(layered::Layered),
    /// Some are black boxes: what a row takes, whatever is changed in it.
    #[cfg(feature = "general")]
    BlackBox(f64),
}

impl Layers {
    /// Of layers, each with what it takes and gives.
    pub(super) fn new(layers: &[(Form, Shape, Shape)]) -> Self {
        #[cfg(feature = "general")]
        if let Some(row) = of_black_boxes(layers) {
            return Self::BlackBox(row);
        }
        let dense = layers.iter();
        let dense = dense.map(|(form, input, _)| Layer::new(form, input));
        match dense.collect() {
            Some(dense) => Self::Dense(dense),
            #[cfg(feature = "general")]
            None => Self::General(layered::Layered::new(layers)),
            #[cfg(not(feature = "general"))]
            None => unreachable!("only dense layers reach this package"),
        }
    }

    /// The layers where all are dense.
    #[cfg_attr(not(feature = "general"), allow(clippy::unnecessary_wraps))]
    pub(super) fn dense(&self) -> Option<&[Layer]> {
        match self {
            Self::Dense(layers) => Some(layers),
            #[cfg(feature = "general")]
            Self::General(_) | Self::BlackBox(_) => None,
        }
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

/// As [`of_closed_form`], of several columns that move together: their steps are sorted for each unit.
pub(super) fn of_sorted_steps(units: usize) -> f64 {
    units as f64 * STEP
}

/// Work of taking one changed input through one layer of so many sigmoids, on the CPU, at most.
pub(super) fn of_sigmoids(outputs: usize) -> f64 {
    outputs as f64 * SIGMOID_ALONE
}
