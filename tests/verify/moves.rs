//! Features of several columns, recipients beside other donors, and functions that nothing is known of,
//! against every pair of images and against permutations one by one.

use std::ops::Range;
use std::time::Duration;

use latent_lens::engine::Engine;
use latent_lens::importance::probe::Outcome;
use latent_lens::importance::{Design, Exchange, Feature, Importance, Measured, Plan};
use latent_lens::keyed::{Keyed, Purpose};
use latent_lens::model::{Activation, Half};
use latent_lens::settings::{Method, Permute};
use ndarray::{Array1, Array2, Axis, s};
use pollster::block_on;

use crate::importance::{flat, random_case, sampled};
use crate::literal;
use crate::networks::changed;
use crate::oracle::assert_close;

/// What numbers may be off by, as a share of the largest.
const TOLERANCE: f64 = 1e-5;
const SEED: u32 = 9;
const REPEATS: usize = 3;

pub fn plan(method: Method) -> Plan {
    Plan {
        method,
        ..sampled(REPEATS, SEED)
    }
}

/// Squared changes (recipients × outputs) when each recipient gets the values of the donor beside it.
fn squares(
    half: &Half,
    inputs: &Array2<f64>,
    columns: &[usize],
    pairs: &[(usize, usize)],
) -> Array2<f64> {
    let recipients: Vec<usize> = pairs.iter().map(|&(recipient, _)| recipient).collect();
    let unmoved = inputs.select(Axis(0), &recipients);
    let mut moved = unmoved.clone();
    for (mut row, &(_, donor)) in moved.rows_mut().into_iter().zip(pairs) {
        for &column in columns {
            row[column] = inputs[[donor, column]];
        }
    }
    let change = literal::forward(half, &moved) - literal::forward(half, &unmoved);
    change.mapv(|change| change * change)
}

/// The mean squared change of every output, over all recipients and all donors, or over permutations
/// of the donors that `key` names.
pub fn importance(
    half: &Half,
    inputs: &Array2<f64>,
    columns: &[usize],
    (recipients, donors): (Range<usize>, Range<usize>),
    key: Option<(Purpose, &[u64])>,
) -> Array1<f64> {
    let mut rounds: Vec<Vec<(usize, usize)>> = Vec::new();
    match key {
        None => {
            for donor in donors {
                rounds.push(recipients.clone().map(|row| (row, donor)).collect());
            }
        }
        Some((purpose, words)) => {
            for repeat in 0..REPEATS as u64 {
                let words = [words, &[repeat]].concat();
                let order = Keyed::new(SEED, purpose, &words).permutation(donors.len());
                let donor = |row: usize| donors.start + order[row - donors.start] as usize;
                rounds.push(recipients.clone().map(|row| (row, donor(row))).collect());
            }
        }
    }
    let mut total = Array1::zeros(half.output().size());
    for pairs in &rounds {
        total += &squares(half, inputs, columns, pairs)
            .mean_axis(Axis(0))
            .unwrap();
    }
    total / rounds.len() as f64
}

pub fn finished(mut stage: Importance) -> Importance {
    while !block_on(stage.advance(Duration::from_millis(1))).unwrap() {}
    stage
}

pub fn measured(half: &Half, inputs: &Array2<f32>, design: Design, method: Method) -> Array2<f32> {
    let (engine, plan) = (Engine::cpu(), plan(method));
    let stage = Importance::new(&engine, half, inputs, design, &plan);
    finished(block_on(stage).unwrap()).estimate().mean
}

fn features(columns: &[&[usize]]) -> Vec<Feature> {
    let feature = |columns: &&[usize]| Feature::new(columns.to_vec());
    columns.iter().map(feature).collect()
}

/// Networks by their first halves: no hidden layer, with ReLU, without an activation and with a sigmoid,
/// and two hidden layers.
fn halves() -> Vec<(&'static str, Half, Array2<f32>)> {
    let one = |activation| {
        let (network, images) = random_case(21, &[12, 5, 12], 1, 40);
        let network = changed(&network, |encoder, _| encoder[0].activation = activation);
        (network.encoder().clone(), images)
    };
    let (deep, few) = random_case(22, &[12, 9, 7, 4, 12], 3, 30);
    let (relu, images) = one(Activation::Relu);
    let (linear, _) = one(Activation::Linear);
    let (sigmoid, _) = one(Activation::Sigmoid);
    vec![
        ("ReLU", relu, images.clone()),
        ("linear", linear, images.clone()),
        ("sigmoid", sigmoid, images),
        ("deep", deep.encoder().clone(), few),
    ]
}

/// If all pixels go together, an image becomes another one, and so do its latents.
#[test]
fn all_pixels_together_are_worth_twice_the_variance_of_the_latents() {
    for (name, half, images) in halves() {
        let pixels: Vec<usize> = (0..images.ncols()).collect();
        let design = Design {
            features: vec![Feature::new(pixels)],
            ..Design::of_pixels(images.nrows(), flat(&images), Permute::Pixel)
        };
        let found = measured(&half, &images, design, Method::Exact);
        let latents = literal::forward(&half, &images.mapv(f64::from));
        let twice = 2.0 * latents.var_axis(Axis(0), 0.0);
        assert!(twice.sum() > 0.0, "{name}");
        assert_close(name, &found, &twice.insert_axis(Axis(0)), TOLERANCE);
    }
}

#[test]
fn pixels_that_move_together_are_the_literal_computation() {
    let groups: [&[usize]; 4] = [&[2, 3], &[3], &[0, 4], &[1, 2, 7, 11]];
    for (name, half, images) in halves() {
        let precise = images.mapv(f64::from);
        let all = || (0..images.nrows(), 0..images.nrows());
        for method in [Method::Exact, Method::Sampled] {
            let design = Design {
                features: features(&groups),
                ..Design::of_pixels(images.nrows(), flat(&images), Permute::Pixel)
            };
            let found = measured(&half, &images, design, method);
            let mut expected = Array2::zeros(found.dim());
            for (group, columns) in groups.iter().enumerate() {
                let words = [group as u64];
                let key = (method == Method::Sampled).then_some((Purpose::Pixel, &words[..]));
                let row = importance(&half, &precise, columns, all(), key);
                expected.row_mut(group).assign(&row);
            }
            let name = format!("{name}, {method:?}");
            assert_close(&name, &found, &expected, TOLERANCE);
            assert!(
                found.row(2).iter().all(|&v| v == 0.0),
                "{name}: two blank pixels"
            );
        }
    }
}

#[test]
fn a_single_pixel_is_measured_alike_beside_groups_and_beside_single_pixels() {
    for (name, half, images) in halves() {
        let among_groups = |columns: &[&[usize]]| {
            let design = Design {
                features: features(columns),
                ..Design::of_pixels(images.nrows(), flat(&images), Permute::Pixel)
            };
            measured(&half, &images, design, Method::Exact)
        };
        let mixed = among_groups(&[&[5], &[2, 3], &[6, 7, 9], &[10]]);
        let alone = among_groups(&[&[5], &[10]]);
        let bits = |row: ndarray::ArrayView1<'_, f32>| row.mapv(f32::to_bits);
        assert_eq!(bits(mixed.row(0)), bits(alone.row(0)), "{name}");
        assert_eq!(bits(mixed.row(3)), bits(alone.row(1)), "{name}");
    }
}

/// Dimensions that move together before a decoder of sigmoids, whose outputs are not told apart.
#[test]
fn dimensions_that_move_together_are_the_literal_computation() {
    let (network, images) = random_case(31, &[20, 6, 20], 1, 50);
    let latents = network.encode(images.view());
    let classes = [(4, 0..30), (7, 30..50)];
    let groups: [&[usize]; 3] = [&[0, 1], &[5], &[2, 3, 4]];
    for method in [Method::Exact, Method::Sampled] {
        let design = Design {
            features: features(&groups),
            ..Design::of_latents(&classes, 6)
        };
        let found = measured(network.decoder(), &latents, design, method);
        let precise = latents.mapv(f64::from);
        let expected = Array2::from_shape_fn((2, 3), |(class, group)| {
            let (label, rows) = &classes[class];
            let words = [u64::from(*label), group as u64];
            let key = (method == Method::Sampled).then_some((Purpose::Latent, &words[..]));
            let among = (rows.clone(), rows.clone());
            let each = importance(network.decoder(), &precise, groups[group], among, key);
            each.mean().unwrap()
        });
        assert_close(&format!("{method:?}"), &found, &expected, TOLERANCE);
    }
}

/// A class is given the values of all images; so is a single image.
#[test]
fn recipients_may_have_other_donors_than_themselves() {
    let (network, images) = random_case(41, &[16, 6, 16], 1, 60);
    let (deep, _) = random_case(42, &[16, 8, 5, 6, 16], 2, 60);
    let latents = network.encode(images.view());
    let recipients = [(3, 0..35), (6, 35..60), (8, 17..18)];
    for (name, half, inputs, outcome, purpose) in [
        (
            "stage 1",
            network.encoder(),
            &images,
            Outcome::PerOutput,
            Purpose::Pixel,
        ),
        (
            "stage 1, deep",
            deep.encoder(),
            &images,
            Outcome::PerOutput,
            Purpose::Pixel,
        ),
        (
            "stage 3",
            network.decoder(),
            &latents,
            Outcome::Overall,
            Purpose::Latent,
        ),
    ] {
        let columns = inputs.ncols();
        for method in [Method::Exact, Method::Sampled] {
            let exchange = |(label, rows): &(u64, Range<usize>)| {
                (vec![*label], Exchange::new(rows.clone(), 0..60))
            };
            let design = Design {
                features: Feature::each(columns),
                exchanges: recipients.iter().map(exchange).collect(),
                outcome,
                purpose,
                ..Design::of_latents(&[], columns)
            };
            let found = measured(half, inputs, design, method);
            let precise = inputs.mapv(f64::from);
            let each: Vec<Array1<f64>> = recipients
                .iter()
                .flat_map(|(label, rows)| (0..columns).map(move |column| (label, rows, column)))
                .map(|(label, rows, column)| {
                    let words = [*label, column as u64];
                    let key = (method == Method::Sampled).then_some((purpose, &words[..]));
                    importance(half, &precise, &[column], (rows.clone(), 0..60), key)
                })
                .collect();
            let expected = Array2::from_shape_fn(found.dim(), |(row, at)| match outcome {
                Outcome::PerOutput => each[row][at],
                Outcome::Overall => each[row * columns + at].mean().unwrap(),
            });
            assert_close(&format!("{name}, {method:?}"), &found, &expected, TOLERANCE);
        }
    }
}

/// Nothing is known of the encoder but what it makes of images.
#[test]
fn a_function_is_measured_as_the_network_that_it_is() {
    let (network, images) = random_case(51, &[14, 8, 5, 8, 14], 2, 35);
    let precise = images.mapv(f64::from);
    let half = network.encoder().clone();
    let encode = async move |images: &Array2<f32>| {
        let latents = literal::forward(&half, &images.mapv(f64::from));
        Ok(latents.mapv(|latent| latent as f32))
    };
    for (method, expected) in [
        (
            Method::Exact,
            literal::expected_pixel_importance(&network, &precise),
        ),
        (
            Method::Sampled,
            literal::pixel_importance(&network, &precise, REPEATS, SEED),
        ),
    ] {
        let design = Design::of_pixels(images.nrows(), flat(&images), Permute::Pixel);
        let plan = plan(method);
        let stage = Importance::of_function(encode.clone(), &images, design, &plan);
        let stage = finished(block_on(stage).unwrap());
        let found = stage.estimate();
        assert_close(&format!("{method:?}"), &found.mean, &expected, 1e-6);
        let latents = literal::forward(network.encoder(), &precise);
        assert_close("latents", stage.latents(), &latents, 1e-6);
        assert!(
            found.mean.slice(s![0, ..]).iter().all(|&v| v == 0.0),
            "a blank pixel"
        );
        let is_exact = method == Method::Exact;
        assert_eq!(found.method == Measured::Exact, is_exact);
        assert_eq!((found.engine.as_str(), found.fraction), ("function", 1.0));
    }
}
