//! What is found of encoders of which it is known what they carry, and the numbers beside those of scikit-learn.

use ndarray::{Array1, Array2};
use serde::Deserialize;

use super::*;
use crate::model::{Activation, Dense};

/// A network whose dimensions are weighted sums of an image's numbers, as `weight` says of a number's row, column
/// and channel.
fn network(dims: usize, weight: impl Fn(usize, usize, usize, usize) -> f32) -> Network {
    let pixels = Shapes::IMAGE.size();
    let weight = |(at, dim): (usize, usize)| weight(at / 96, at / 3 % 32, at % 3, dim);
    let encoder = Dense {
        weight: Array2::from_shape_fn((pixels, dims), weight),
        bias: Array1::zeros(dims),
        activation: Activation::Linear,
    };
    let decoder = Dense {
        weight: Array2::ones((dims, pixels)),
        bias: Array1::zeros(pixels),
        activation: Activation::Sigmoid,
    };
    Network::dense(vec![encoder], vec![decoder]).unwrap()
}

/// Fewer than a run looks at: enough to tell what is so from chance.
const IMAGES: usize = 2000;

fn found(network: &Network, forms: &[u8], threads: usize) -> Factors {
    let threads = NonZeroUsize::new(threads).unwrap();
    let mut job = Factoring::new(network, forms, 1.0, 3, threads);
    job.images = IMAGES;
    let mut before = -1.0;
    while !job.advance(Duration::ZERO).unwrap() {
        assert!(job.done() >= before && job.done() <= 1.0);
        before = job.done();
        assert_eq!(job.finish(), None);
    }
    job.finish().unwrap()
}

/// Of the factor of a name, what each dimension has of its entropy.
fn shares(found: &Factors, name: &str) -> Vec<f64> {
    let factor = found.names.iter().position(|each| each == name).unwrap();
    let dims = found.information[factor].len();
    (0..dims).map(|dim| found.share(factor, dim)).collect()
}

/// Where a pixel is counted, and what of its channels: weights whose sum over an image is above 0 or below it.
type Sign = Box<dyn Fn(usize, usize, usize) -> f32>;

/// A network of these signs, 1 or 0 each, of which each dimension is a weighted sum.
fn of_signs(signs: &[Sign], dims: &[&[f32]]) -> Network {
    let pixels = Shapes::IMAGE.size();
    let hidden = Dense {
        weight: Array2::from_shape_fn((pixels, signs.len()), |(at, sign)| {
            signs[sign](at / 96, at / 3 % 32, at % 3)
        }),
        bias: Array1::zeros(signs.len()),
        activation: Activation::Sigmoid,
    };
    let last = Dense {
        weight: Array2::from_shape_fn((signs.len(), dims.len()), |(sign, dim)| dims[dim][sign]),
        bias: Array1::zeros(dims.len()),
        activation: Activation::Linear,
    };
    let decoder = Dense {
        weight: Array2::ones((dims.len(), pixels)),
        bias: Array1::zeros(pixels),
        activation: Activation::Sigmoid,
    };
    Network::dense(vec![hidden, last], vec![decoder]).unwrap()
}

/// Whether the middle of what is drawn lies to the right of a column, or below a row, for all between two places.
fn is_beyond(down: bool) -> impl Iterator<Item = Sign> {
    (0..7).map(move |place| {
        let edge = 9.5 + 2.0 * place as f32;
        Box::new(move |row: usize, column: usize, _: usize| {
            (if down { row } else { column }) as f32 - edge
        }) as Sign
    })
}

/// On which side of four lines through grey the colour lies.
fn is_on_side() -> impl Iterator<Item = Sign> {
    (0..4).map(|line| {
        let angle = (22.5 + 45.0 * line as f32).to_radians();
        let (sin, cos) = angle.sin_cos();
        let root = 0.75_f32.sqrt();
        let weights = [cos, root * sin - cos / 2.0, -root * sin - cos / 2.0];
        Box::new(move |_: usize, _: usize, channel: usize| 50.0 * weights[channel]) as Sign
    })
}

#[test]
fn a_dimension_that_is_hue_carries_hue_and_nothing_else_and_one_of_nothing_carries_none() {
    let signs: Vec<Sign> = is_on_side().collect();
    let network = of_signs(&signs, &[&[1.0, 2.0, 4.0, 8.0], &[0.0; 4]]);
    let found = found(&network, &[0, 1, 2], 1);
    assert_eq!(found.names, ["form", "size", "hue", "x", "y"]);
    assert_eq!(
        (found.images, found.bins, &found.inactive[..]),
        (IMAGES, 20, &[1][..])
    );
    for (factor, levels) in [3.0_f32, 5.0, 8.0, 8.0, 8.0].into_iter().enumerate() {
        // All values are equally likely.
        assert!((found.entropy[factor] - levels.ln()).abs() < 0.01);
        assert_eq!(
            (found.information[factor][1], found.by_chance[factor][1]),
            (0.0, 0.0)
        );
        // On average (bins − 1)(levels − 1) / 2n, of the eight bins that hues are in.
        let chance = 7.0 * (levels - 1.0) / (2.0 * IMAGES as f32);
        let by_chance = found.by_chance[factor][0];
        assert!(
            (by_chance / chance - 1.0).abs() < 0.6,
            "{by_chance}, about {chance}"
        );
    }
    assert!(shares(&found, "hue")[0] > 0.99, "{found:?}");
    assert!(found.gaps[2] > 0.99);
    for name in ["form", "size", "x", "y"] {
        let of = shares(&found, name)[0];
        assert!(of.abs() < 0.006, "{name}: {of}");
    }
}

#[test]
fn dimensions_that_are_x_and_y_are_ahead_by_all_there_is_and_two_of_one_factor_by_nothing() {
    let signs: Vec<Sign> = is_beyond(false).chain(is_beyond(true)).collect();
    let (x, y) = ([[1.0; 7], [0.0; 7]].concat(), [[0.0; 7], [1.0; 7]].concat());
    let one = found(&of_signs(&signs, &[&x, &y]), &[0], 1);
    assert_eq!(
        one.names,
        ["size", "hue", "x", "y"],
        "one form is no factor"
    );
    let of = |name: &str| shares(&one, name);
    assert!(
        of("x")[0] > 0.99 && of("x")[1].abs() < 0.006,
        "{:?}",
        of("x")
    );
    assert!(
        of("y")[1] > 0.99 && of("y")[0].abs() < 0.006,
        "{:?}",
        of("y")
    );
    assert!(one.gaps[2] > 0.99 && one.gaps[3] > 0.99, "{:?}", one.gaps);
    assert!(one.gaps[0] < 0.006 && one.gaps[1] < 0.006, "{:?}", one.gaps);
    assert!(one.carries(2, 0) && !one.carries(2, 1));
    // The third dimension says what the second does: neither is ahead.
    let twice: Vec<f32> = y.iter().map(|weight| -2.0 * weight).collect();
    let shared = found(&of_signs(&signs, &[&x, &y, &twice]), &[0], 1);
    assert!((shared.information[3][1] - shared.information[3][2]).abs() < 1e-5);
    assert!(
        shared.gaps[3] < 1e-5 && shared.gaps[2] > 0.99,
        "{:?}",
        shared.gaps
    );
}

#[test]
fn the_numbers_depend_neither_on_threads_nor_on_how_bytes_are_stored() {
    let weight = |row: usize, column: usize, channel: usize, dim: usize| {
        ((row * 7 + column * 3 + channel * 5 + dim * 11) % 13) as f32 - 6.0
    };
    let network = network(4, weight);
    let one = found(&network, &[0, 2], 1);
    assert_eq!(one, found(&network, &[0, 2], 3));
    let threads = NonZeroUsize::MIN;
    let mut stored = Factoring::new(&network, &[0, 2], 255.0, 3, threads);
    stored.images = IMAGES;
    while !stored.advance(Duration::from_secs(1)).unwrap() {}
    let stored = stored.finish().unwrap();
    for (one, stored) in one
        .information
        .iter()
        .flatten()
        .zip(stored.information.iter().flatten())
    {
        // Bins of equal width move with the numbers, but for rounding at their edges.
        assert!((one - stored).abs() < 0.01, "{one} {stored}");
    }
}

#[test]
fn a_dimension_of_a_variational_network_that_hardly_varies_is_inactive() {
    use crate::model::{Architecture, Form};
    use crate::settings::{Settings, Variant};
    let settings = Settings {
        dims: 2,
        variant: Variant {
            variational: true,
            ..Variant::default()
        },
        ..Settings::default()
    };
    let architecture = Architecture::new(Shapes::IMAGE, &settings);
    assert!(matches!(architecture.encoder[0], Form::Dense { .. }));
    let drawn = Network::of(&architecture, 1);
    let weights = drawn.layers().flat_map(|layer| layer.weights());
    let mut weights: Vec<Array2<f32>> = weights.map(|of| of.to_owned()).collect();
    // The means: the first dimension as drawn, the second a thousandth of it.
    let first = weights[0].column(0).mapv(|weight| weight / 1000.0);
    weights[0].column_mut(1).assign(&first);
    let network = Network::from_parts(&architecture, weights).unwrap();
    let found = found(&network, &[0, 1, 2], 1);
    assert_eq!(found.inactive, [1]);
    assert!(found.information.iter().all(|of| of[1] == 0.0));
    assert!(found.information.iter().any(|of| of[0] > 0.05));
}

#[test]
fn latents_that_leave_single_precision_are_refused() {
    let network = network(1, |_, _, _, _| f32::MAX);
    let mut job = Factoring::new(&network, &[0], 255.0, 1, NonZeroUsize::MIN);
    assert!(matches!(
        job.advance(Duration::ZERO),
        Err(EngineError::Overflow("Latents"))
    ));
}

/// What `tests/oracle/factors.py` recorded.
#[derive(Deserialize)]
struct Recorded {
    bins: usize,
    levels: Vec<usize>,
    /// Of each factor, image by image.
    factors: Vec<Vec<u32>>,
    /// Of each dimension, image by image, in multiples of 1/1024.
    latents: Vec<Vec<i32>>,
    entropy: Vec<f64>,
    /// Factors × dimensions.
    information: Vec<Vec<f64>>,
    gaps: Vec<f64>,
}

#[test]
fn information_entropy_and_gaps_are_those_of_scikit_learn() {
    let text = include_str!("../../../tests/oracle/factors.json");
    let recorded: Recorded = serde_json::from_str(text).unwrap();
    let binned: Vec<Vec<u32>> = recorded
        .latents
        .iter()
        .map(|latents| {
            let latents: Vec<f32> = latents
                .iter()
                .map(|&latent| latent as f32 / 1024.0)
                .collect();
            bins(&latents, recorded.bins)
        })
        .collect();
    for (factor, values) in recorded.factors.iter().enumerate() {
        let levels = recorded.levels[factor];
        let entropy = entropy(values, levels);
        assert!((f64::from(entropy) - recorded.entropy[factor]).abs() < 1e-6);
        let of = |bins: &Vec<u32>| mutual_information((bins, recorded.bins), (values, levels));
        let information: Vec<f64> = binned.iter().map(of).collect();
        for (found, expected) in information.iter().zip(&recorded.information[factor]) {
            assert!(
                (found - expected).abs() < 1e-9,
                "{factor}: {found}, not {expected}"
            );
        }
        let information: Vec<f32> = information.into_iter().map(|of| of as f32).collect();
        let gap = gap(&information, entropy);
        assert!((f64::from(gap) - recorded.gaps[factor]).abs() < 1e-5);
    }
}
