//! What a change costs where layers are not all dense: as much as it reaches.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

use super::unit;
use crate::data::Shape;
use crate::importance::reach::{Reach, Reached};
use crate::model::{Activation, Form, Kind, Over};

// Fitted to what encoders and decoders of one to three convolutions took in Node, on one thread, of all
// images, changed or not: 8 and 16 filters, 4e-7 s for a pixel and 3e-5 s for a latent.

/// A multiply-add of an input that changed.
const MULTIPLY: f64 = 1.5;
/// What an output costs beside its products and its activation.
const OUTPUT: f64 = 10.0;
/// What a pixel that looks at others costs beside its outputs.
const PIXEL: f64 = 250.0;
/// What a layer costs, whatever it does.
const LAYER: f64 = 1000.0;

/// What an activation costs: three times as much as a sigmoid where it needs an exponential that is no
/// SIMD.
fn activated(activation: Activation) -> f64 {
    let slow = if matches!(
        activation,
        Activation::Linear | Activation::Relu | Activation::Sigmoid
    ) {
        1.0
    } else {
        3.0
    };
    slow * unit(activation)
}

/// Layers, and what each costs.
pub(in crate::importance) struct Layered {
    reach: Reach,
    costs: Vec<Cost>,
    /// What was found out of sides.
    known: RefCell<HashMap<Inputs, Outputs>>,
}

/// By side and layer, some inputs along it.
type Inputs = (usize, usize, Range<usize>);
/// The outputs that they reach, and how many pairs there are of an input and an output that looks at it.
type Outputs = (Range<usize>, usize);

/// Of a layer.
enum Cost {
    /// For every pair of pixels that one looks at the other, and for every pixel of the outputs.
    Windows(f64, f64),
    /// For every changed number of the inputs, and for all outputs.
    Dense(f64, f64),
    /// For every pixel of the outputs.
    Pixels(f64),
    /// In all.
    All(f64),
}

impl Cost {
    fn new(form: &Form, reached: &Reached) -> Self {
        let (input, output) = (reached.input, reached.output);
        let each = activated(form.activation()) + OUTPUT;
        let channels = output.channels as f64;
        let pixel = channels * each;
        let Form::General { kind, .. } = form else {
            return Self::Dense(channels * MULTIPLY, pixel);
        };
        match kind {
            Kind::Convolution { groups, .. } | Kind::Transposed { groups, .. } => {
                let seen = input.channels as f64 / *groups as f64;
                Self::Windows(seen * channels * MULTIPLY, pixel + PIXEL)
            }
            Kind::AveragePooling { .. } | Kind::Upsampling { .. } | Kind::Padding { .. } => {
                Self::Windows(channels * MULTIPLY, pixel + PIXEL)
            }
            Kind::MaxPooling { window } => {
                let [height, width] = window.size;
                Self::Pixels((height * width) as f64 * channels * MULTIPLY + pixel + PIXEL)
            }
            Kind::Scaling | Kind::Activation => Self::Pixels(pixel),
            Kind::Softmax
            | Kind::Normalisation {
                over: Over::Channels,
                ..
            } => Self::Pixels(pixel + channels * unit(Activation::Sigmoid)),
            Kind::Normalisation {
                over: Over::Row, ..
            }
            | Kind::Reshaping { .. }
            | Kind::Reordering { .. } => Self::All(output.size() as f64 * (each + OUTPUT)),
        }
    }
}

impl Layered {
    /// Of layers, each with what it takes and gives.
    pub(in crate::importance) fn new(layers: &[(Form, Shape, Shape)]) -> Self {
        let reach = Reach::new(layers);
        let cost = |reached: &Reached| Cost::new(&layers[reached.layer].0, reached);
        Self {
            costs: reach.layers.iter().map(cost).collect(),
            reach,
            known: RefCell::default(),
        }
    }

    /// Work of taking an image with other values of these columns through the layers.
    pub(in crate::importance) fn of(&self, columns: &[usize]) -> f64 {
        let mut known = self.known.borrow_mut();
        let (mut sides, _) = self.reach.locate(columns);
        let mut work = 0.0;
        for (at, (layer, cost)) in self.reach.layers.iter().zip(&self.costs).enumerate() {
            let inputs = sides.each_ref().map(Range::len);
            let mut pairs = [0; 2];
            for side in 0..2 {
                let from = sides[side].clone();
                let found = known.entry((side, at, from.clone())).or_insert_with(|| {
                    let part = layer.sides[side].part(from);
                    (part.to.clone(), part.pairs())
                });
                (sides[side], pairs[side]) = found.clone();
            }
            let count = |sides: [usize; 2]| sides[0] as f64 * sides[1] as f64;
            let outputs = count(sides.each_ref().map(Range::len));
            work += LAYER
                + match cost {
                    Cost::Windows(pair, pixel) => count(pairs) * pair + outputs * pixel,
                    Cost::Dense(input, all) => {
                        // Of the first layer, some numbers of the box are none of the feature's.
                        let channels = layer.input.channels.min(if at == 0 {
                            columns.len()
                        } else {
                            usize::MAX
                        });
                        count(inputs) * channels as f64 * input + all
                    }
                    Cost::Pixels(pixel) => outputs * pixel,
                    Cost::All(all) => *all,
                };
        }
        work
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ImageShape;
    use crate::model::Architecture;
    use crate::settings::{NetworkKind, Settings};

    /// A pixel in the middle reaches two by two pixels of each layer at most, one in the corner one; what
    /// other pixels would take does not count.
    #[test]
    fn work_is_what_a_pixel_reaches() {
        let settings = Settings {
            kind: NetworkKind::Convolutional,
            ..Settings::default()
        };
        let work = |side: usize| {
            let network = Architecture::new(ImageShape::grey(side, side), &settings);
            let layers = network.encoder();
            let layered = Layered::new(&layers);
            (layered.of(&[0]), layered.of(&[8 * side + 8]))
        };
        let (corner, middle) = work(28);
        let relu = |pixels: f64, channels: f64| pixels * (channels * 20.0 + 250.0);
        let all = 3000.0 + 12.0 * 20.0;
        // Pairs of pixels: 1 and 1, then 16 channels of one pixel go into the latents.
        let products = 1.5 * (8.0 + 8.0 * 16.0 + 16.0 * 12.0);
        assert_eq!(corner, all + relu(1.0, 8.0) + relu(1.0, 16.0) + products);
        // Rows 3 and 4 look at row 8, rows 1 and 2 at those: three pairs of rows.
        let products = 1.5 * (4.0 * 8.0 + 9.0 * 8.0 * 16.0 + 4.0 * 16.0 * 12.0);
        assert_eq!(middle, all + relu(4.0, 8.0) + relu(4.0, 16.0) + products);
        assert_eq!(work(280), (corner, middle));
    }
}
