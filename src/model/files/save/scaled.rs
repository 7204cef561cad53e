//! The scaling of a table's columns as part of a network.

use ndarray::{Array1, Array2, Axis};

use crate::data::{Scaling, Shape};
use crate::model::{Activation, Dense, General, Half, Head, Kind, Layer, Network};

/// Columns up to which a scaling after an activation is a dense layer, as from other formats.
const MOST_DENSE: usize = 1024;

/// Refuses a scaling that has not a finite number for each of a row, and a scale that is not above 0.
pub(super) fn check(network: &Network, scaling: &Scaling) -> Result<(), String> {
    let size = network.encoder().input().size();
    let Scaling { offset, scale } = scaling;
    if offset.len() != size || scale.len() != size {
        return Err(format!(
            "The scaling is of {} columns, but the network takes {size}.",
            offset.len().max(scale.len())
        ));
    }
    let good = |scale: &f32| scale.is_finite() && *scale > 0.0;
    if !offset.iter().all(|of| of.is_finite()) || !scale.iter().all(good) {
        return Err(
            "The scaling holds a number that is not finite, or a scale that is not above 0.".into(),
        );
    }
    Ok(())
}

/// The network that takes and gives numbers as they were stored.
///
/// # Errors
/// If the scaling is not of its columns.
pub(in super::super) fn joined(network: &Network, scaling: &Scaling) -> Result<Network, String> {
    check(network, scaling)?;
    let wide = |values: &[f32]| {
        values
            .iter()
            .map(|&of| f64::from(of))
            .collect::<Array1<f64>>()
    };
    let (offset, scale) = (wide(&scaling.offset), wide(&scaling.scale));
    let (factor, shift) = (scale.mapv(f64::recip), -&offset / &scale);
    let encoder = network.encoder();
    let (layers, more) = before(encoder.layers(), encoder.input(), &factor, &shift);
    let mut scaled = Half::new("encoder", encoder.input().clone(), layers)?;
    if let Some(head) = encoder.log_variance() {
        let layers = match head.after {
            0 => before(&head.layers, encoder.input(), &factor, &shift).0,
            _ => head.layers.clone(),
        };
        let after = if head.after == 0 {
            0
        } else {
            head.after + more
        };
        scaled = scaled.with_log_variance(Head { after, layers })?;
    }
    let decoder = network.decoder();
    let layers = after(decoder, &scale, &offset);
    Network::new(
        scaled,
        Half::new("decoder", decoder.input().clone(), layers)?,
    )
}

/// Layers that are given factor · x + shift, and how many there are more.
fn before(
    layers: &[Layer],
    input: &Shape,
    factor: &Array1<f64>,
    shift: &Array1<f64>,
) -> (Vec<Layer>, usize) {
    let mut layers = layers.to_vec();
    if let Some(Layer::Dense(dense)) = layers.first_mut() {
        let weight = dense.weight.mapv(f64::from);
        let bias = dense.bias.mapv(f64::from) + shift.dot(&weight);
        dense.bias = bias.mapv(|of| of as f32);
        dense.weight = (weight * factor.view().insert_axis(Axis(1))).mapv(|of| of as f32);
        return (layers, 0);
    }
    let mut first = of_rows(factor, shift);
    first.push(shaped(input.clone()));
    let more = first.len();
    first.append(&mut layers);
    (first, more)
}

/// The layers of a half whose results are multiplied by `scale` and added to `offset`.
fn after(half: &Half, scale: &Array1<f64>, offset: &Array1<f64>) -> Vec<Layer> {
    let mut layers = half.layers().to_vec();
    match layers.last_mut() {
        Some(Layer::Dense(dense)) if dense.activation == Activation::Linear => {
            let bias = dense.bias.mapv(f64::from) * scale + offset;
            dense.bias = bias.mapv(|of| of as f32);
            dense.weight = (dense.weight.mapv(f64::from) * scale).mapv(|of| of as f32);
        }
        Some(Layer::Dense(_)) if scale.len() <= MOST_DENSE => layers.push(Layer::Dense(Dense {
            weight: Array2::from_diag(&scale.mapv(|of| of as f32)),
            bias: offset.mapv(|of| of as f32),
            activation: Activation::Linear,
        })),
        _ => {
            layers.append(&mut of_rows(scale, offset));
            layers.push(shaped(half.output().clone()));
        }
    }
    layers
}

/// factor · x + shift, number by number.
fn of_rows(factor: &Array1<f64>, shift: &Array1<f64>) -> Vec<Layer> {
    let row = |values: &Array1<f64>| values.mapv(|of| of as f32).insert_axis(Axis(0));
    let scaling = General {
        kind: Kind::Scaling,
        weights: vec![row(factor), row(shift)],
        activation: Activation::Linear,
    };
    vec![
        shaped(Shape::Numbers(factor.len())),
        Layer::General(scaling),
    ]
}

/// The same numbers, taken for another shape.
fn shaped(to: Shape) -> Layer {
    Layer::General(General {
        kind: Kind::Reshaping { to },
        weights: Vec::new(),
        activation: Activation::Linear,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ImageShape;
    use crate::model::Architecture;
    use crate::settings::{NetworkKind, Settings, Variant};

    /// Against the network itself, on numbers that are scaled beforehand: dense and convolutional, variational,
    /// with a sigmoid at the end.
    #[test]
    fn what_is_joined_takes_and_gives_stored_numbers() {
        let columns = 9;
        let scaling = Scaling {
            offset: (0..columns).map(|at| 10.0 * at as f32 - 30.0).collect(),
            scale: (0..columns).map(|at| 0.5 + at as f32 * 3.0).collect(),
        };
        let stored = Array2::from_shape_fn((4, columns), |(row, at)| {
            scaling.offset[at] + scaling.scale[at] * ((row * 5 + at * 3) % 7) as f32 / 6.0
        });
        let given = Array2::from_shape_fn((4, columns), |(row, at)| {
            (stored[[row, at]] - scaling.offset[at]) / scaling.scale[at]
        });
        for (kind, hidden, filters) in [
            (NetworkKind::Dense, vec![6], vec![]),
            (NetworkKind::Dense, vec![], vec![]),
            (NetworkKind::Convolutional, vec![], vec![3]),
        ] {
            let settings = Settings {
                kind,
                hidden,
                filters,
                dims: 2,
                variant: Variant {
                    variational: true,
                    ..Variant::default()
                },
                ..Settings::default()
            };
            let network = Network::of(
                &Architecture::new(ImageShape::grey(1, columns), &settings),
                3,
            );
            let joined = joined(&network, &scaling).unwrap();
            let off = |one: Array2<f32>, other: Array2<f32>| {
                (one - other).fold(0f32, |most, off| most.max(off.abs()))
            };
            assert!(off(joined.encode(stored.view()), network.encode(given.view())) < 1e-4);
            let spread = |network: &Network| network.encoder().of_log_variances().unwrap();
            let found = spread(&joined).run(stored.view());
            assert!(off(found, spread(&network).run(given.view())) < 1e-4);
            let latents = network.encode(given.view());
            let back = network.decode(latents.view());
            let back = Array2::from_shape_fn(back.dim(), |(row, at)| {
                scaling.offset[at] + scaling.scale[at] * back[[row, at]]
            });
            assert!(off(joined.decode(latents.view()), back) < 1e-4);
        }
    }

    #[test]
    fn a_scaling_of_other_columns_is_refused() {
        let network = Network::untrained(3, &[], 2, 1);
        let of = |scale: Vec<f32>| Scaling {
            offset: vec![0.0; scale.len()],
            scale,
        };
        assert!(check(&network, &of(vec![1.0; 3])).is_ok());
        assert!(
            check(&network, &of(vec![1.0; 2]))
                .unwrap_err()
                .contains("2 columns")
        );
        assert!(
            check(&network, &of(vec![1.0, 0.0, 1.0]))
                .unwrap_err()
                .contains("above 0")
        );
    }
}
