//! Against the plain loops of [`Half::run`], on the adapter that this machine has: without a graphics card,
//! Mesa's software Vulkan will do. The page's tests hold the same shaders to the CPU engine in a browser.

use std::ops::Range;

use ndarray::{Array2, Axis, s};
use pollster::block_on;

use super::super::{Intervention, Values};
use super::layered::Kernel;
use crate::data::{ImageShape, Shape};
use crate::engine::{EngineError, tested as engine};
use crate::gpu::Limits;
use crate::importance::design::{Design, Exchange, Feature};
use crate::keyed::{Keyed, Purpose};
use crate::model::cases::{
    KERAS, RELU, TANH, all, convolution, dense, first, half, image, normalisation, plain, pools,
    three, windows,
};
use crate::model::{Activation, Half, Kind, Over};
use crate::settings::Permute;

/// Some numbers are 0, and the first three columns are the same in many rows.
fn inputs(rows: usize, columns: usize) -> Array2<f32> {
    let mut draws = Keyed::new(9, Purpose::Split, &[]);
    Array2::from_shape_fn((rows, columns), |(row, column)| {
        let draw = draws.uniform();
        match (column, row % 3) {
            (0..3, 1..) => 0.25,
            _ if draw < 0.3 => 0.0,
            _ => draw,
        }
    })
}

/// The definition.
fn literal(half: &Half, inputs: &Array2<f32>, intervention: &Intervention<'_>) -> Vec<f64> {
    let (recipients, donors) = (
        intervention.exchange.recipients(),
        intervention.exchange.donors(),
    );
    let sources = match &intervention.values {
        Values::Permuted(order) => {
            order.clone().permutation(donors.len())[recipients.clone()].to_vec()
        }
        Values::Of(image) => vec![*image; recipients.len()],
        Values::Given(sources) => sources.to_vec(),
    };
    let mut changed = inputs.clone();
    for (row, source) in recipients.clone().zip(sources) {
        for &column in intervention.columns {
            changed[[row, column]] = inputs[[source as usize, column]];
        }
    }
    let outputs = |inputs: &Array2<f32>| {
        let rows = inputs.slice(s![recipients.clone(), ..]);
        half.run(rows).mapv(f64::from)
    };
    let change = (outputs(&changed) - outputs(inputs)).mapv(|change| change * change);
    change.mean_axis(Axis(0)).unwrap().to_vec()
}

fn check(name: &str, half: &Half, rows: usize, features: Vec<Feature>, recipients: Range<usize>) {
    check_in(None, name, half, rows, features, recipients);
}

/// On an adapter with these limits, if they are given.
fn check_in(
    limits: Option<&Limits>,
    name: &str,
    half: &Half,
    rows: usize,
    features: Vec<Feature>,
    recipients: Range<usize>,
) {
    let inputs = inputs(rows, half.input().size());
    let exchange = Exchange::new(recipients, 0..rows);
    let design = Design {
        features: features.clone(),
        exchanges: vec![(Vec::new(), exchange.clone())],
        ..Design::of_pixels(rows, ImageShape::grey(1, 1), Permute::Pixel)
    };
    let probe = block_on(async {
        let inputs = inputs.clone();
        match limits {
            None => super::probe(engine(), half, inputs, &design).await,
            Some(limits) => super::within(engine(), half, inputs, &design, limits).await,
        }
    })
    .unwrap();
    let unchanged = half.run(inputs.view());
    let largest = unchanged
        .iter()
        .fold(0.0f32, |most, number| most.max(number.abs()));
    let off = (probe.outputs() - &unchanged).mapv(f32::abs);
    let off = off.iter().fold(0.0f32, |most, &off| most.max(off));
    assert!(
        off <= 1e-5 * largest,
        "{name}: outputs off by {off} of {largest}"
    );

    let interventions: Vec<Intervention<'_>> = features
        .iter()
        .enumerate()
        .flat_map(|(at, feature)| {
            let key = |repeat| Keyed::new(3, Purpose::Pixel, &[at as u64, repeat]);
            let given = |shift: usize| {
                let donors = exchange.recipients().map(|row| (row + shift * at) % rows);
                Values::Given(donors.map(|row| row as u32).collect())
            };
            let values = [
                Values::Permuted(key(0)),
                given(1),
                Values::Permuted(key(1)),
                Values::Of(1),
                given(5),
            ];
            values.map(|values| Intervention {
                columns: feature.columns(),
                exchange: &exchange,
                values,
            })
        })
        .collect();
    let mut found = Vec::new();
    let mut rest = &interventions[..];
    while !rest.is_empty() {
        let (next, later) = rest.split_at(probe.batch().min(rest.len()));
        found.extend(block_on(probe.measure(next)).unwrap());
        rest = later;
    }
    let expected: Vec<f64> = interventions
        .iter()
        .flat_map(|intervention| literal(half, &inputs, intervention))
        .collect();
    let most = expected.iter().copied().fold(0.0, f64::max);
    assert!(most > 0.0, "{name}: nothing changes");
    assert_eq!(found.len(), expected.len());
    for (at, (found, expected)) in found.iter().zip(&expected).enumerate() {
        let off = (found - expected).abs();
        assert!(
            off <= 1e-4 * most,
            "{name}: {found} for {expected} of {most} at {at}"
        );
        assert!(
            *expected > 0.0 || *found == 0.0,
            "{name}: {found} where nothing changes"
        );
    }
}

/// Each pixel with its channels.
fn pixels(half: &Half) -> Vec<Feature> {
    let Shape::Image(image) = half.input() else {
        return Feature::each(half.input().size());
    };
    let of = |pixel: usize| (pixel * image.channels..(pixel + 1) * image.channels).collect();
    (0..image.pixels()).map(of).map(Feature::new).collect()
}

#[test]
fn each_kind_of_layer_moves_as_it_is_defined() {
    for (name, input, forms) in all() {
        let half = half(input, &forms);
        check(name, &half, 13, pixels(&half), 0..13);
        let channels = Feature::each(half.input().size());
        check(name, &half, 13, channels, 0..13);
    }
}

#[test]
fn images_that_do_not_fit_are_taken_block_by_block_or_refused() {
    let all = [windows(), pools()];
    for (name, input, forms) in all.iter().flatten() {
        let half = half(input.clone(), forms);
        let limits = Limits {
            numbers: 1640,
            bindings: 8,
        };
        let features = pixels(&half);
        check_in(Some(&limits), name, &half, 13, features, 0..13);
        let limits = Limits {
            numbers: 32,
            ..limits
        };
        let design = Design {
            features: pixels(&half),
            ..Design::of_pixels(13, ImageShape::grey(1, 1), Permute::Pixel)
        };
        let images = inputs(13, half.input().size());
        let refused = block_on(Kernel::new(engine(), &half, images, &design, &limits)).err();
        assert!(matches!(
            refused,
            Some(EngineError::TooLarge { limit: 128, .. })
        ));
    }
}

/// Columns of the inputs stand in as many buffers as they need, and dense layers are measured block by block.
#[test]
fn explained_images_that_do_not_fit_into_a_buffer_are_divided() {
    let (_, input, forms) = &windows()[0];
    let sigmoid = |units| dense(units, Activation::Sigmoid);
    // 13 images of 64, 16, 16 and 3 numbers, the last of which become 16 each.
    let cases = [
        (half(input.clone(), forms), [500, 200]),
        (half(image(4, 4, 1), &[dense(3, RELU)]), [104, 65]),
        (
            half(image(4, 4, 1), &[dense(3, TANH), dense(5, RELU)]),
            [104, 65],
        ),
        (half(Shape::Numbers(3), &[sigmoid(16)]), [100, 64]),
    ];
    for (half, numbers) in &cases {
        for &numbers in numbers {
            let limits = Limits {
                numbers,
                bindings: 8,
            };
            let features = Feature::each(half.input().size());
            for recipients in [0..13, 4..9] {
                check_in(
                    Some(&limits),
                    "divided",
                    half,
                    13,
                    features.clone(),
                    recipients,
                );
            }
        }
    }
}

#[test]
fn columns_that_move_together_are_in_one_buffer_or_refused() {
    let (_, input, forms) = &windows()[0];
    let half = half(input.clone(), forms);
    let design = Design {
        features: vec![Feature::new(vec![9, 10])],
        ..Design::of_pixels(13, ImageShape::grey(1, 1), Permute::Pixel)
    };
    let images = inputs(13, half.input().size());
    let limits = Limits {
        numbers: images.len() - 1,
        bindings: 8,
    };
    let probe = block_on(super::within(engine(), &half, images, &design, &limits));
    let error = probe.err().map(|error| error.to_string());
    let sentence = "The explained images, or what a layer makes of them, take 1 MB in one buffer, and this \
                    graphics adapter allows 0 MB (maxStorageBufferBindingSize): explain fewer images, or \
                    choose the CPU engine.";
    assert_eq!(error.as_deref(), Some(sentence));
}

#[test]
fn any_columns_move_together_among_any_images() {
    let (_, input, forms) = &windows()[1];
    let several = half(input.clone(), forms);
    let features = vec![
        Feature::new(vec![9]),
        Feature::new(vec![10, 11, 18, 19]),
        Feature::new(vec![3, 60]),
    ];
    check("patches", &several, 13, features.clone(), 4..9);
    let colour = half(image(4, 4, 3), &[dense(7, RELU)]);
    check(
        "one dense layer of colour",
        &colour,
        13,
        pixels(&colour),
        0..13,
    );
    check(
        "patches, one dense layer",
        &colour,
        13,
        vec![Feature::new(vec![9]), Feature::new(vec![10, 11, 40])],
        2..3,
    );
    let colour = half(
        image(4, 4, 3),
        &[dense(7, TANH), dense(5, RELU), dense(3, TANH)],
    );
    check(
        "dense layers of colour",
        &colour,
        13,
        pixels(&colour),
        5..13,
    );
    let grey = half(image(4, 4, 1), &[dense(7, TANH), dense(5, RELU)]);
    check("dense layers", &grey, 13, pixels(&grey), 0..13);
    check("dense layers for some", &grey, 13, pixels(&grey), 3..4);
    let sigmoid = half(Shape::Numbers(16), &[dense(9, Activation::Sigmoid)]);
    check("a sigmoid", &sigmoid, 13, pixels(&sigmoid), 4..9);
}

/// Groups of all sizes, one of them of all columns, none in order.
#[test]
fn groups_of_any_size_move_together() {
    let halves = [
        half(image(4, 4, 3), &[dense(7, RELU)]),
        half(image(4, 4, 3), &[dense(7, TANH), dense(5, RELU)]),
        half(
            image(4, 4, 3),
            &[convolution(8, 1, three(2, KERAS), RELU), dense(5, RELU)],
        ),
        half(
            image(4, 4, 3),
            &[
                plain(Kind::Reshaping { to: image(6, 8, 1) }),
                dense(5, TANH),
            ],
        ),
        half(
            image(4, 4, 3),
            &[first(3), plain(normalisation(Over::Channels))],
        ),
    ];
    let columns = || (0..48).map(|at| at * 7 % 48);
    for half in &halves {
        let features = vec![
            Feature::new(columns().collect()),
            Feature::new(vec![47]),
            Feature::new(columns().take(25).collect()),
            Feature::new(vec![12, 3]),
            Feature::new(columns().skip(1).collect()),
        ];
        for recipients in [0..13, 4..9, 12..13] {
            check("groups", half, 13, features.clone(), recipients);
        }
        let limits = Limits {
            numbers: 640,
            bindings: 8,
        };
        if half.dense().is_none() {
            check_in(Some(&limits), "groups", half, 13, features, 2..12);
        }
    }
}
