//! What moving inputs costs, counted in multiply-adds of a matrix product: in a browser, 1e10 of them
//! take about half a second.

use crate::model::{self, Activation, Dense, Half, Network};

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
    inputs: usize,
    pub outputs: usize,
    pub activation: Activation,
}

impl Layer {
    /// Those of `half`.
    pub(super) fn all(half: &Half) -> Vec<Self> {
        let layers = half.layers().iter();
        layers
            .map(|model::Layer::Dense(layer)| layer.into())
            .collect()
    }

    fn weights(&self) -> f64 {
        self.inputs as f64 * self.outputs as f64
    }

    /// What its units cost beside their products.
    fn units(&self) -> f64 {
        self.outputs as f64 * unit(self.activation)
    }
}

impl From<&Dense> for Layer {
    fn from(layer: &Dense) -> Self {
        Self {
            inputs: layer.inputs(),
            outputs: layer.outputs(),
            activation: layer.activation,
        }
    }
}

/// As much of a network as its cost depends on: there before its weights are.
#[derive(Clone, Debug, PartialEq)]
pub struct Architecture {
    pub(super) encoder: Vec<Layer>,
    pub(super) decoder: Vec<Layer>,
}

impl Architecture {
    /// That of [`Network::untrained`].
    #[must_use]
    pub fn of(pixels: usize, hidden: &[usize], dims: usize) -> Self {
        let narrowing: Vec<usize> = [&[pixels], hidden, &[dims]].concat();
        let layer = |inputs, outputs| Layer {
            inputs,
            outputs,
            activation: Activation::Relu,
        };
        let sizes = || narrowing.windows(2);
        let mut decoder: Vec<Layer> = sizes().rev().map(|of| layer(of[1], of[0])).collect();
        if let Some(last) = decoder.last_mut() {
            last.activation = Activation::Sigmoid;
        }
        Self {
            encoder: sizes().map(|of| layer(of[0], of[1])).collect(),
            decoder,
        }
    }

    /// Units of all layers, and weights between them: numbers that may be too large for a page's
    /// whole numbers of 32 bits.
    #[must_use]
    pub fn size(&self) -> (f64, f64) {
        let layers = || self.encoder.iter().chain(&self.decoder);
        (
            layers().map(|layer| layer.outputs as f64).sum(),
            layers().map(Layer::weights).sum(),
        )
    }

    pub(super) fn dims(&self) -> usize {
        self.encoder.last().map_or(0, |layer| layer.outputs)
    }
}

impl From<&Network> for Architecture {
    fn from(network: &Network) -> Self {
        Self {
            encoder: Layer::all(network.encoder()),
            decoder: Layer::all(network.decoder()),
        }
    }
}

/// Work of taking one changed input through `layers`.
pub(super) fn per_input(layers: impl IntoIterator<Item = impl Into<Layer>>) -> f64 {
    let mut work = 0.0;
    for (position, layer) in layers.into_iter().map(Into::into).enumerate() {
        // The first layer's product is not taken again.
        if position > 0 {
            work += layer.weights();
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
