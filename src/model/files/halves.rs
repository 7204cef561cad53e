//! A line of layers as a network: two halves between which the latents are numbers in the library's
//! order, those of feature maps channel by channel. Log-variances have a line of their own; where it is no
//! longer that of the means, they go their own way.

use ndarray::{Array1, Array2};

use super::chain::{Channels, Order, Rows, Step};
use crate::data::{ImageShape, Shape};
use crate::model::{Activation, Dense, General, Half, Head, Kind, Layer, Network};

/// A network whose encoder takes `start`, and whose decoder takes what `between` says in place of what the
/// encoder gives, if they come from two files. `spread` leads to the log-variances of its latents.
pub(super) fn network(
    start: &Rows,
    encoder: Vec<Step>,
    between: Option<Rows>,
    decoder: Vec<Step>,
    spread: Option<Vec<Step>>,
) -> Result<Network, String> {
    let given = after(&encoder, start);
    let taken = between.unwrap_or_else(|| given.clone());
    let end = after(&decoder, &taken);
    let mut encoder = layers(encoder);
    let latents = Latents::between(&given, &taken);
    moved(&mut encoder, &given, &latents.order(&given), &latents.shape);
    let spread = spread.map(|steps| latents.log_variances(steps, &given));
    let mut decoder = latents.taken_by(&taken, layers(decoder));
    if end.size() == start.size() {
        moved(&mut decoder, &end, &start.order, &start.shape);
    }
    let latent = latents.shape;
    let [encoder, decoder] = [encoder, decoder].map(joined);
    let network = if let (Some(encoder), Some(decoder)) = (all_dense(&encoder), all_dense(&decoder))
    {
        Network::dense(encoder, decoder)?
    } else {
        let encoder = Half::new("encoder", start.shape.clone(), encoder)?;
        Network::new(encoder, Half::new("decoder", latent, decoder)?)?
    };
    match spread {
        Some(spread) => with_log_variances(&network, spread),
        None => Ok(network),
    }
}

/// The network of an encoder alone, which takes `start`; its decoder is absent.
pub(super) fn encoder(
    start: &Rows,
    steps: Vec<Step>,
    spread: Option<Vec<Step>>,
) -> Result<Network, String> {
    let given = after(&steps, start);
    let latents = Latents::between(&given, &given);
    let mut encoder = layers(steps);
    moved(&mut encoder, &given, &latents.order(&given), &latents.shape);
    let spread = spread.map(|steps| latents.log_variances(steps, &given));
    let encoder = Half::new("encoder", start.shape.clone(), joined(encoder))?;
    let decoder = Half::absent("decoder", (latents.shape, start.shape.clone()));
    let network = Network::new(encoder, decoder)?;
    match spread {
        Some(spread) => with_log_variances(&network, spread),
        None => Ok(network),
    }
}

/// The network of a decoder alone, which takes `start`; its encoder is absent.
pub(super) fn decoder(start: &Rows, steps: Vec<Step>) -> Result<Network, String> {
    let end = after(&steps, start);
    let latents = Latents::between(start, start);
    let mut decoder = latents.taken_by(start, layers(steps));
    let order = match end.shape {
        Shape::Image(image) if end.maps() == Some(image) => end.order.clone(),
        _ => Order::Same,
    };
    moved(&mut decoder, &end, &order, &end.shape);
    let decoder = Half::new("decoder", latents.shape.clone(), joined(decoder))?;
    let encoder = Half::absent("encoder", (end.shape, latents.shape));
    Network::new(encoder, decoder)
}

/// What the last of these steps gives, where the first takes `start`.
fn after(steps: &[Step], start: &Rows) -> Rows {
    steps.last().map_or(start, |step| &step.after).clone()
}

fn layers(steps: Vec<Step>) -> Vec<Layer> {
    steps.into_iter().map(|step| step.layer).collect()
}

/// What stands between the halves.
struct Latents {
    shape: Shape,
    /// Where they are feature maps.
    maps: Option<ImageShape>,
}

impl Latents {
    /// Of what an encoder gives and a decoder takes.
    fn between(given: &Rows, taken: &Rows) -> Self {
        let maps = given.maps().filter(|maps| taken.maps() == Some(*maps));
        Self {
            shape: maps.map_or(Shape::Numbers(given.size()), Shape::Planes),
            maps,
        }
    }

    fn order(&self, rows: &Rows) -> Order {
        self.maps.map_or(Order::Same, |maps| in_planes(rows, maps))
    }

    /// The layers to the log-variances, which lie as the means do.
    fn log_variances(&self, steps: Vec<Step>, means: &Rows) -> Vec<Layer> {
        let given = after(&steps, means);
        let mut spread = layers(steps);
        moved(&mut spread, &given, &self.order(&given), &self.shape);
        joined(spread)
    }

    /// A decoder's layers, before which latents come to lie as it takes them.
    fn taken_by(&self, taken: &Rows, mut decoder: Vec<Layer>) -> Vec<Layer> {
        let mut first = Vec::new();
        let latents = Rows {
            axes: Vec::new(),
            shape: self.shape.clone(),
            order: self.order(taken),
        };
        moved(&mut first, &latents, &taken.order, &taken.shape);
        if let Some(Layer::Dense(dense)) = decoder.first_mut() {
            if let Some(Layer::General(General {
                kind: Kind::Reordering { order, .. },
                ..
            })) = first.first()
            {
                dense.weight = placed(&dense.weight, order);
            }
            first.clear();
        }
        first.append(&mut decoder);
        first
    }
}

/// The network with log-variances, which `spread` gives from the images on.
fn with_log_variances(network: &Network, mut spread: Vec<Layer>) -> Result<Network, String> {
    let encoder = network.encoder();
    let means = encoder.layers();
    let most = means.len().min(spread.len()).saturating_sub(1);
    let shared = means.iter().zip(&spread).take(most);
    let after = shared.take_while(|(one, other)| one == other).count();
    let head = Head {
        after,
        layers: spread.split_off(after),
    };
    let encoder = encoder.clone().with_log_variance(head)?;
    Network::new(encoder, network.decoder().clone())
}

/// Where a library's numbers lie channel by channel: as they are in it, or from pixel by pixel.
fn in_planes(rows: &Rows, maps: ImageShape) -> Order {
    let (pixels, channels) = (maps.pixels(), maps.channels);
    if channels == 1 || rows.order == Order::of(maps, Channels::First) {
        return Order::Same;
    }
    Order::Planes {
        pixels: channels,
        channels: pixels,
    }
}

/// Has the last of `layers`, which give `rows`, give them in another order and as another shape.
fn moved(layers: &mut Vec<Layer>, rows: &Rows, order: &Order, shape: &Shape) {
    let kind = match rows.order.moves_to(order, rows.size()) {
        Some(from) => {
            if let Some(Layer::Dense(dense)) = layers.last_mut() {
                turn(dense, &from);
                return;
            }
            Kind::Reordering {
                to: shape.clone(),
                order: from,
            }
        }
        // Numbers agree with whatever has as many.
        None if rows.shape == *shape || matches!(shape, Shape::Numbers(_)) => return,
        None if is_plain(&rows.shape) && is_plain(shape) => return,
        None if matches!(layers.last(), Some(Layer::Dense(_))) => return,
        None => Kind::Reshaping { to: shape.clone() },
    };
    layers.push(Layer::General(General {
        kind,
        weights: Vec::new(),
        activation: Activation::Linear,
    }));
}

/// Whether these are numbers without places, or one pixel.
fn is_plain(shape: &Shape) -> bool {
    match shape {
        Shape::Image(image) => image.pixels() == 1,
        Shape::Planes(_) => false,
        Shape::Columns(_) | Shape::Numbers(_) => true,
    }
}

/// The rows of a matrix that is given its inputs in another order.
fn placed(weight: &Array2<f32>, order: &[u32]) -> Array2<f32> {
    let mut placed = Array2::zeros(weight.dim());
    for (to, &from) in order.iter().enumerate() {
        placed.row_mut(from as usize).assign(&weight.row(to));
    }
    placed
}

/// Has a dense layer give in this order what it gives.
fn turn(dense: &mut Dense, order: &[u32]) {
    let columns: Vec<usize> = order.iter().map(|&from| from as usize).collect();
    dense.weight = dense.weight.select(ndarray::Axis(1), &columns);
    dense.bias = columns
        .iter()
        .map(|&from| dense.bias[from])
        .collect::<Array1<f32>>();
}

/// Layers without orders that the dense layer before them can give by itself.
fn joined(layers: Vec<Layer>) -> Vec<Layer> {
    let mut joined: Vec<Layer> = Vec::with_capacity(layers.len());
    for mut layer in layers {
        if let (Some(Layer::Dense(dense)), Layer::General(general)) =
            (joined.last_mut(), &mut layer)
            && let Kind::Reordering { to, order } = &general.kind
        {
            turn(dense, order);
            general.kind = Kind::Reshaping { to: to.clone() };
        }
        joined.push(layer);
    }
    joined
}

fn all_dense(layers: &[Layer]) -> Option<Vec<Dense>> {
    let dense = |layer: &Layer| match layer {
        Layer::Dense(dense) => Some(dense.clone()),
        _ => None,
    };
    layers.iter().map(dense).collect()
}
