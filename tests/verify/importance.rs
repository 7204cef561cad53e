//! The importance stages against independent answers, on the CPU engine.

use std::ops::Range;
use std::time::Duration;

use latent_lens::data::ImageShape;
use latent_lens::engine::Engine;
use latent_lens::importance::{Direction, DirectionMap, Estimate, Importance, Plan, Shard};
use latent_lens::keyed::{Keyed, Purpose};
use latent_lens::model::{Activation, Dense, Network};
use latent_lens::settings::{Method, Permute};
use ndarray::{Array1, Array2};
use pollster::block_on;

use crate::literal;
use crate::networks::changed;
use crate::oracle::{Literal, assert_close, matrix};

/// What V and IE of two computations may differ by, as a share of the largest value.
const TOLERANCE: f64 = 1e-4;

pub struct Measured {
    pub latents: Array2<f32>,
    pub pixels: Estimate,
    pub direction: DirectionMap,
    pub latent: Estimate,
    pub latent_rmse: Estimate,
}

/// The paper's way, for all features.
pub fn sampled(permutations: usize, seed: u32) -> Plan {
    Plan {
        method: Method::Sampled,
        permutations,
        permute: Permute::Pixel,
        seed,
        shard: Shard::WHOLE,
    }
}

/// Images whose numbers are a row of grey pixels each.
pub fn flat(images: &Array2<f32>) -> ImageShape {
    ImageShape::grey(1, images.ncols())
}

/// All three stages, in slices of one millisecond.
pub fn measure(
    network: &Network,
    images: &Array2<f32>,
    classes: &[(u8, Range<usize>)],
    plan: Plan,
) -> Measured {
    let engine = Engine::cpu();
    let slice = Duration::from_millis(1);
    block_on(async {
        let mut pixels = Importance::of_pixels(&engine, network, images, flat(images), &plan)
            .await
            .unwrap();
        while !pixels.advance(slice).await.unwrap() {}
        let mut direction = Direction::new(images, pixels.features(), pixels.latents());
        while !direction.advance(slice) {}
        let mut latent = Importance::of_latents(&engine, network, pixels.latents(), classes, &plan)
            .await
            .unwrap();
        while !latent.advance(slice).await.unwrap() {}
        Measured {
            latents: pixels.latents().clone(),
            pixels: pixels.estimate(),
            direction: direction.map(),
            latent: latent.estimate(),
            latent_rmse: latent.rmse().unwrap(),
        }
    })
}

#[test]
fn every_stage_agrees_with_the_recorded_literal_algorithm() {
    let oracle = Literal::load();
    let (images, classes) = oracle.images();
    for model in &oracle.models {
        for run in &model.runs {
            let ours = measure(
                &model.network(),
                &images,
                &classes,
                sampled(run.permutations, oracle.seed),
            );
            let name = |what: &str| format!("{}, {} repeats: {what}", model.name, run.permutations);
            let close = |what: &str, ours: &Array2<f32>, theirs: &[Vec<f64>]| {
                assert_close(&name(what), ours, &matrix(theirs), TOLERANCE);
            };
            close("latents", &ours.latents, &model.latents);
            close("V", &ours.pixels.mean, &run.pixel_importance.mean);
            close(
                "standard error of V",
                ours.pixels.std_error.as_ref().unwrap(),
                &run.pixel_importance.std_error,
            );
            close("slope", &ours.direction.slope, &model.slope);
            close("S", &ours.direction.sign, &model.sign);
            close("IE", &ours.latent.mean, &run.latent_importance.mean);
            close(
                "standard error of IE",
                ours.latent.std_error.as_ref().unwrap(),
                &run.latent_importance.std_error,
            );
            let rmse = &run.latent_importance_rmse;
            close("IE by RMSE", &ours.latent_rmse.mean, &rmse.mean);
            close(
                "standard error of IE by RMSE",
                ours.latent_rmse.std_error.as_ref().unwrap(),
                &rmse.std_error,
            );
        }
    }
}

#[test]
fn two_hundred_permutations_come_within_four_standard_errors_of_the_closed_form() {
    let oracle = Literal::load();
    let (images, classes) = oracle.images();
    for model in &oracle.models {
        let ours = measure(
            &model.network(),
            &images,
            &classes,
            sampled(200, oracle.seed),
        );
        for (what, estimate, expected) in [
            ("V", &ours.pixels, &model.expected.pixel_importance),
            ("IE", &ours.latent, &model.expected.latent_importance),
        ] {
            let errors = estimate.std_error.as_ref().unwrap();
            let expected = matrix(expected);
            for ((cell, &mean), &expected) in estimate.mean.indexed_iter().zip(&expected) {
                let off = (f64::from(mean) - expected).abs();
                // A spread of 0 leaves f32 rounding.
                let allowed = 4.0 * f64::from(errors[cell]) + 1e-6 * expected.abs();
                assert!(
                    off <= allowed,
                    "{}: {what} at {cell:?} is {mean}, not {expected} ± {allowed}",
                    model.name
                );
            }
        }
    }
}

/// A network of random weights and images of which some pixels are constant, some sparse.
pub fn random_case(
    seed: u32,
    sizes: &[usize],
    dims_at: usize,
    images: usize,
) -> (Network, Array2<f32>) {
    let mut draws = Keyed::new(seed, Purpose::Weights, &[99]);
    let last = sizes.len() - 2;
    let mut encoder: Vec<Dense> = sizes
        .windows(2)
        .enumerate()
        .map(|(layer, size)| Dense {
            weight: Array2::from_shape_simple_fn((size[0], size[1]), || {
                3.0 * (draws.uniform() - 0.5)
            }),
            bias: Array1::from_shape_simple_fn(size[1], || draws.uniform() - 0.5),
            activation: if layer == last {
                Activation::Sigmoid
            } else {
                Activation::Relu
            },
        })
        .collect();
    let decoder = encoder.split_off(dims_at);
    let pixels = sizes[0];
    let images = Array2::from_shape_fn((images, pixels), |(_, pixel)| {
        let value = draws.uniform();
        match pixel % 4 {
            0 => 0.0,
            1 => f32::from(value > 0.8),
            2 if value < 0.7 => 0.0,
            _ => value,
        }
    });
    let network = Network::dense(encoder, decoder).expect("sizes follow each other");
    (network, images)
}

/// Labels and rows of classes of these sizes.
pub fn classes_of(sizes: &[usize]) -> Vec<(u8, Range<usize>)> {
    let mut start = 0;
    sizes
        .iter()
        .enumerate()
        .map(|(label, size)| {
            start += size;
            (label as u8 * 3, start - size..start)
        })
        .collect()
}

#[test]
fn any_network_and_class_sizes_agree_with_the_literal_algorithm() {
    // (layer sizes, position of the bottleneck, class sizes): more images than a block holds,
    // one image, widths that are no multiple of a SIMD register, deep and shallow halves.
    let cases: [(&[usize], usize, &[usize]); 6] = [
        (&[16, 5, 16], 1, &[40, 7, 1]),
        (&[9, 1, 9], 1, &[2]),
        (&[30, 12, 30], 1, &[300, 290]),
        (&[12, 7, 3, 7, 12], 2, &[270, 2]),
        (&[8, 9, 10, 4, 8], 3, &[33, 44]),
        (&[8, 3, 9, 10, 8], 1, &[1, 1]),
    ];
    for (index, (sizes, bottleneck, counts)) in cases.into_iter().enumerate() {
        let seed = index as u32 + 11;
        let total = counts.iter().sum();
        let (network, images) = random_case(seed, sizes, bottleneck, total);
        let classes = classes_of(counts);
        let ours = measure(&network, &images, &classes, sampled(3, seed));
        let exact = images.mapv(f64::from);
        assert_close(
            &format!("V of {sizes:?}"),
            &ours.pixels.mean,
            &literal::pixel_importance(&network, &exact, 3, seed),
            TOLERANCE,
        );
        assert_close(
            &format!("IE of {sizes:?}"),
            &ours.latent.mean,
            &literal::latent_importance(&network, &exact, &classes, 3, seed),
            TOLERANCE,
        );
    }
}

#[test]
fn hard_sigmoids_agree_with_the_literal_algorithm() {
    for (sizes, bottleneck) in [(&[16, 5, 16][..], 1), (&[12, 7, 3, 7, 12], 2)] {
        let (network, images) = random_case(21, sizes, bottleneck, 60);
        let network = changed(&network, |encoder, decoder| {
            for (at, layer) in encoder.iter_mut().chain(decoder).enumerate() {
                let slope = [1.0 / 6.0, 0.2][at % 2];
                layer.activation = Activation::HardSigmoid { slope };
            }
        });
        let classes = classes_of(&[40, 20]);
        let ours = measure(&network, &images, &classes, sampled(3, 21));
        let exact = images.mapv(f64::from);
        assert_close(
            &format!("V of {sizes:?}"),
            &ours.pixels.mean,
            &literal::pixel_importance(&network, &exact, 3, 21),
            TOLERANCE,
        );
        assert_close(
            &format!("IE of {sizes:?}"),
            &ours.latent.mean,
            &literal::latent_importance(&network, &exact, &classes, 3, 21),
            TOLERANCE,
        );
    }
}

#[test]
fn what_cannot_change_is_exactly_zero() {
    let (network, images) = random_case(5, &[16, 6, 16], 1, 60);
    // A latent that no image can wake.
    let network = changed(&network, |encoder, _| encoder[0].bias[2] = -1e3);
    let ours = measure(&network, &images, &[(0, 0..59), (1, 59..60)], sampled(4, 5));
    for pixel in (0..16).step_by(4) {
        assert!(ours.pixels.mean.row(pixel).iter().all(|&v| v == 0.0));
        assert!(ours.direction.sign.row(pixel).iter().all(|&s| s == 0.0));
    }
    assert!(ours.pixels.mean.column(2).iter().all(|&v| v == 0.0));
    assert!(ours.direction.sign.column(2).iter().all(|&s| s == 0.0));
    assert!(ours.latent.mean.column(2).iter().all(|&v| v == 0.0));
    assert!(
        ours.latent.mean.row(1).iter().all(|&v| v == 0.0),
        "a class of one image"
    );
    assert!(ours.latent.mean.row(0).iter().any(|&v| v > 0.0));
    assert_eq!((ours.pixels.repeats, ours.pixels.fraction), (4, 1.0));
}

#[test]
fn every_pixel_is_measured_once_before_any_is_measured_twice() {
    let (network, images) = random_case(8, &[40, 6, 40], 1, 500);
    block_on(async {
        let mut job = Importance::of_pixels(
            &Engine::cpu(),
            &network,
            &images,
            flat(&images),
            &sampled(3, 1),
        )
        .await
        .unwrap();
        let mut fractions = Vec::new();
        while !job.advance(Duration::from_nanos(1)).await.unwrap() {
            let estimate = job.estimate();
            let varying = job.total() / 3;
            assert_eq!(estimate.repeats, (job.done() / varying).min(3));
            assert_eq!(estimate.std_error.is_some(), job.done() >= 2 * varying);
            fractions.push(estimate.fraction);
        }
        assert!(fractions.len() > 10, "slices end when their time is over");
        assert!(fractions.is_sorted());
    });
}
