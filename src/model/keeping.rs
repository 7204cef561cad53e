//! A network with some of its latent dimensions left out.
//!
//! What is left out is held at a number of its own for every image, its mean say, and what the decoder's first
//! layer makes of that goes into the layer's biases. So the smaller network's reconstructions are those of the
//! whole one whose other latents never move.

use ndarray::{Array1, Array2, Axis};

use super::{Dense, General, Half, Head, Kind, Layer, Network};
use crate::data::Shape;

impl Network {
    /// The network that has these latent dimensions alone (counted from 0, in this order), all others being
    /// held at their `values`, of which there is one for every dimension.
    ///
    /// # Errors
    /// One sentence where dimensions cannot be taken out of these layers, none is kept, or one is kept that
    /// there is not, or twice.
    ///
    /// # Panics
    /// If there are fewer or more values than dimensions.
    pub fn keeping(&self, dims: &[usize], values: &[f32]) -> Result<Self, String> {
        assert_eq!(values.len(), self.dims(), "a value for every dimension");
        if dims.is_empty() {
            return Err("A network needs at least one latent dimension.".into());
        }
        for (at, &dim) in dims.iter().enumerate() {
            if dim >= self.dims() {
                let there = self.dims();
                return Err(format!("There is no dimension {} of {there}.", dim + 1));
            }
            if dims[..at].contains(&dim) {
                return Err(format!("Dimension {} is named twice.", dim + 1));
            }
        }
        let encoder = ending(self.encoder().layers(), dims)?;
        let decoder = beginning(self.decoder().layers(), dims, values)?;
        let mut encoder = Half::new("encoder", self.encoder().input().clone(), encoder)?;
        if let Some(head) = self.encoder().log_variance() {
            encoder = encoder.with_log_variance(Head {
                after: head.after,
                layers: ending(&head.layers, dims)?,
            })?;
        }
        Self::new(
            encoder,
            Half::new("decoder", Shape::Numbers(dims.len()), decoder)?,
        )
    }
}

/// Whether it does the same to every number by itself, or to every channel: to each of plain numbers.
fn is_by_number(layer: &General) -> bool {
    matches!(layer.kind, Kind::Activation | Kind::Scaling)
}

/// Factors and shifts of the numbers that are kept, where the layer has any.
fn scaled(layer: &General, dims: &[usize]) -> Layer {
    let weights = layer.weights.iter();
    Layer::General(General {
        weights: weights
            .map(|row| row.select(Axis(1), dims))
            .collect::<Vec<_>>(),
        ..layer.clone()
    })
}

/// The encoder's layers, the last of which give these dimensions alone.
fn ending(layers: &[Layer], dims: &[usize]) -> Result<Vec<Layer>, String> {
    let mut made = layers.to_vec();
    for layer in made.iter_mut().rev() {
        match layer {
            Layer::Dense(dense) => {
                dense.weight = standard(dense.weight.select(Axis(1), dims));
                dense.bias = dense.bias.select(Axis(0), dims);
                return Ok(made);
            }
            Layer::General(general) if is_by_number(general) => *layer = scaled(general, dims),
            _ => break,
        }
    }
    Err(
        "No dimension can be left out: the encoder does not end in a dense layer, whose outputs stand for \
         themselves."
            .into(),
    )
}

/// The decoder's layers, the first of which take these dimensions alone.
fn beginning(layers: &[Layer], dims: &[usize], values: &[f32]) -> Result<Vec<Layer>, String> {
    let mut values = values.to_vec();
    let mut made = layers.to_vec();
    for layer in &mut made {
        match layer {
            Layer::Dense(dense) => {
                *dense = folded(dense, dims, &values);
                return Ok(made);
            }
            Layer::General(general) if is_by_number(general) => {
                if let [factors, shifts] = &general.weights[..] {
                    let numbers = factors.iter().zip(shifts);
                    for (value, (factor, shift)) in values.iter_mut().zip(numbers) {
                        *value = *value * factor + shift;
                    }
                }
                for value in &mut values {
                    *value = general.activation.apply(*value);
                }
                *layer = scaled(general, dims);
            }
            _ => break,
        }
    }
    Err(
        "No dimension can be left out: the decoder does not begin with a dense layer, in whose biases it \
         could go on."
            .into(),
    )
}

/// A layer that takes these inputs alone, all others having their `values`.
fn folded(layer: &Dense, dims: &[usize], values: &[f32]) -> Dense {
    let mut bias: Array1<f64> = layer.bias.mapv(f64::from);
    for (input, (&value, weights)) in values.iter().zip(layer.weight.rows()).enumerate() {
        if dims.contains(&input) {
            continue;
        }
        for (sum, &weight) in bias.iter_mut().zip(weights) {
            *sum += f64::from(value) * f64::from(weight);
        }
    }
    Dense {
        weight: standard(layer.weight.select(Axis(0), dims)),
        bias: bias.mapv(|sum| sum as f32),
        activation: layer.activation,
    }
}

/// Row by row, as weights lie everywhere.
fn standard(matrix: Array2<f32>) -> Array2<f32> {
    matrix.as_standard_layout().into_owned()
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::data::ImageShape;
    use crate::keyed::{Keyed, Purpose};
    use crate::model::{Activation, Architecture};
    use crate::settings::{NetworkKind, Settings};

    fn images(count: usize, size: usize) -> Array2<f32> {
        let mut draws = Keyed::new(3, Purpose::Noise, &[]);
        Array2::from_shape_simple_fn((count, size), || draws.uniform())
    }

    /// What the whole network makes of images whose other latents are held.
    fn held(
        network: &Network,
        images: &Array2<f32>,
        dims: &[usize],
        values: &[f32],
    ) -> Array2<f32> {
        let mut latents = network.encode(images.view());
        for (dim, mut column) in latents.columns_mut().into_iter().enumerate() {
            if !dims.contains(&dim) {
                column.fill(values[dim]);
            }
        }
        network.decode(latents.view())
    }

    fn check(network: &Network, dims: &[usize]) {
        let images = images(7, network.encoder().input().size());
        let latents = network.encode(images.view());
        let values = latents.mean_axis(Axis(0)).unwrap().to_vec();
        let smaller = network.keeping(dims, &values).unwrap();
        assert_eq!(smaller.dims(), dims.len());
        let kept = smaller.encode(images.view());
        assert_eq!(kept, latents.select(Axis(1), dims));
        let found = smaller.decode(kept.view());
        let expected = held(network, &images, dims, &values);
        let off = (&found - &expected).mapv(f32::abs);
        assert!(off.iter().all(|off| *off < 1e-5), "{off}");
    }

    #[test]
    fn reconstructions_are_those_of_latents_that_are_held() {
        check(&Network::untrained(12, &[], 5, 1), &[0, 3]);
        check(&Network::untrained(12, &[9], 5, 2), &[4, 1, 2]);
        check(&Network::untrained(12, &[9, 7], 1, 3), &[0]);
        let settings = Settings {
            kind: NetworkKind::Convolutional,
            filters: vec![3, 4],
            dims: 6,
            ..Settings::default()
        };
        let colour = ImageShape {
            height: 8,
            width: 6,
            channels: 3,
        };
        let convolutional = Network::of(&Architecture::new(colour, &settings), 5);
        check(&convolutional, &[5, 0, 2]);
    }

    /// Three latents, each scaled and bent on its way out and in.
    fn scaled() -> Network {
        let general = |kind, weights: Vec<Array2<f32>>, activation| {
            Layer::General(General {
                kind,
                weights,
                activation,
            })
        };
        let dense = |weight: Array2<f32>, activation| {
            Layer::Dense(Dense {
                bias: Array1::from_elem(weight.ncols(), 0.25),
                weight,
                activation,
            })
        };
        let factors = vec![array![[2.0, -1.0, 0.5]], array![[0.25, 0.5, -1.0]]];
        let encoder = vec![
            dense(
                array![[1.0, 0.5, -0.5], [-1.0, 0.25, 2.0]],
                Activation::Linear,
            ),
            general(Kind::Scaling, factors.clone(), Activation::Linear),
            general(Kind::Activation, Vec::new(), Activation::Tanh),
        ];
        let decoder = vec![
            general(Kind::Scaling, factors, Activation::Sigmoid),
            dense(
                array![[1.0, 0.5], [0.5, -1.0], [2.0, 0.25]],
                Activation::Sigmoid,
            ),
        ];
        Network::new(
            Half::new("encoder", Shape::Numbers(2), encoder).unwrap(),
            Half::new("decoder", Shape::Numbers(3), decoder).unwrap(),
        )
        .unwrap()
    }

    #[test]
    fn factors_and_activations_on_the_way_are_those_of_what_is_kept() {
        check(&scaled(), &[2, 0]);
        check(&scaled(), &[1]);
    }

    #[test]
    fn what_cannot_be_taken_out_is_refused() {
        let network = Network::untrained(4, &[], 3, 1);
        let refusal = |dims: &[usize]| network.keeping(dims, &[0.0; 3]).unwrap_err();
        assert_eq!(
            refusal(&[]),
            "A network needs at least one latent dimension."
        );
        assert_eq!(refusal(&[3]), "There is no dimension 4 of 3.");
        assert_eq!(refusal(&[1, 0, 1]), "Dimension 2 is named twice.");
        let softmax = Layer::General(General {
            kind: Kind::Softmax,
            weights: Vec::new(),
            activation: Activation::Linear,
        });
        let with = |half: &Half, softmax: [Option<Layer>; 2]| {
            let [before, after] = softmax;
            let layers = before
                .into_iter()
                .chain(half.layers().to_vec())
                .chain(after);
            Half::new("half", half.input().clone(), layers.collect()).unwrap()
        };
        let ends = Network::new(
            with(network.encoder(), [None, Some(softmax.clone())]),
            network.decoder().clone(),
        );
        let refused = ends.unwrap().keeping(&[0], &[0.0; 3]).unwrap_err();
        assert!(refused.contains("the encoder does not end"), "{refused}");
        let begins = Network::new(
            network.encoder().clone(),
            with(network.decoder(), [Some(softmax), None]),
        );
        let refused = begins.unwrap().keeping(&[0], &[0.0; 3]).unwrap_err();
        assert!(refused.contains("the decoder does not begin"), "{refused}");
    }
}
