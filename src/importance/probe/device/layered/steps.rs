//! A half of a network as what the shaders do, one after the other.

use ndarray::{Array2, Axis};

use crate::data::{ImageShape, Shape};
use crate::model::{Activation, Dense, Half, Kind, Layer, Window, as_image};

/// A layer that takes images, or feature maps, to such.
pub(super) struct Step {
    pub kind: Kind,
    pub weights: Vec<Array2<f32>>,
    pub activation: Activation,
    pub from: ImageShape,
    pub to: ImageShape,
}

impl Step {
    /// The steps of `half`. A dense layer is a convolution whose window is the whole image. Layers that
    /// do nothing but take numbers for another shape, or put them into another order, become part of
    /// the dense layer that follows them.
    pub(super) fn all(half: &Half) -> Vec<Self> {
        let mut steps: Vec<Self> = Vec::new();
        let mut pending: Option<Order> = None;
        for (layer, (_, input, output)) in half.layers().iter().zip(half.forms()) {
            let (from, to) = (as_image(&input), as_image(&output));
            match layer {
                Layer::Dense(dense) => {
                    let order = pending.take().unwrap_or_else(|| Order::none(from));
                    steps.push(Self::dense(dense, order, to));
                }
                Layer::General(layer) if layer.activation == Activation::Linear => {
                    let order = match &layer.kind {
                        Kind::Activation => continue,
                        Kind::Reshaping { .. } => None,
                        Kind::Reordering { order, .. } => Some(order),
                        _ => {
                            steps.extend(pending.take().and_then(|order| order.step(from)));
                            steps.push(Self::general(layer.kind.clone(), layer, from, to));
                            continue;
                        }
                    };
                    let before = pending.take().unwrap_or_else(|| Order::none(from));
                    pending = Some(before.then(order));
                }
                Layer::General(layer) => {
                    steps.extend(pending.take().and_then(|order| order.step(from)));
                    steps.push(Self::general(layer.kind.clone(), layer, from, to));
                }
                Layer::BlackBox(_) => unreachable!("black boxes have a probe of their own"),
            }
        }
        let end = as_image(half.output());
        steps.extend(pending.take().and_then(|order| order.step(end)));
        steps
    }

    fn general(
        kind: Kind,
        layer: &crate::model::General,
        from: ImageShape,
        to: ImageShape,
    ) -> Self {
        Self {
            kind,
            weights: layer.weights.clone(),
            activation: layer.activation,
            from,
            to,
        }
    }

    fn dense(layer: &Dense, order: Order, to: ImageShape) -> Self {
        let from = order.from;
        let window = Window {
            size: [from.height, from.width],
            stride: [1; 2],
            dilation: [1; 2],
            padding: [[0; 2]; 2],
        };
        let mut weight = layer.weight.as_standard_layout().into_owned();
        if let Some(order) = order.order {
            for (row, &place) in layer.weight.rows().into_iter().zip(&order) {
                weight.row_mut(place as usize).assign(&row);
            }
        }
        Self {
            kind: Kind::Convolution {
                filters: layer.outputs(),
                groups: 1,
                window,
            },
            weights: vec![weight, layer.bias.clone().insert_axis(Axis(0))],
            activation: layer.activation,
            from,
            to,
        }
    }

    /// Whether each of its outputs depends on all that it takes, by weights of its own.
    pub(super) fn is_dense(&self) -> bool {
        matches!(&self.kind, Kind::Convolution { groups: 1, window, .. }
            if window.size == [self.from.height, self.from.width] && self.to.pixels() == 1
                && window.padding == [[0; 2]; 2] && window.dilation == [1; 2])
    }

    /// Whether the change of its sums is the sum of the changes that each input makes.
    pub(super) fn is_linear(&self) -> bool {
        !matches!(
            self.kind,
            Kind::MaxPooling { .. } | Kind::Normalisation { .. } | Kind::Softmax
        )
    }

    /// Whether it gives the same numbers in the same order.
    pub(super) fn changes_nothing(&self) -> bool {
        matches!(self.kind, Kind::Reshaping { .. }) && self.activation == Activation::Linear
    }
}

/// Numbers that are taken for another shape, in another order.
struct Order {
    from: ImageShape,
    /// Output number i is input number `order[i]`; the same order if there is none.
    order: Option<Vec<u32>>,
}

impl Order {
    fn none(from: ImageShape) -> Self {
        Self { from, order: None }
    }

    fn then(self, next: Option<&Vec<u32>>) -> Self {
        let order = match (self.order, next) {
            (order, None) => order,
            (None, Some(next)) => Some(next.clone()),
            (Some(order), Some(next)) => {
                Some(next.iter().map(|&place| order[place as usize]).collect())
            }
        };
        Self { order, ..self }
    }

    /// As a step of its own, if it is any.
    fn step(self, to: ImageShape) -> Option<Step> {
        let shape = Shape::Image(to);
        let kind = match self.order {
            Some(order) => Kind::Reordering { to: shape, order },
            None if self.from == to => return None,
            None => Kind::Reshaping { to: shape },
        };
        Some(Step {
            kind,
            weights: Vec::new(),
            activation: Activation::Linear,
            from: self.from,
            to,
        })
    }
}
