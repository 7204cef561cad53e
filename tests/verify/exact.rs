//! Exact importance against every pair of images, and the choice between exact and sampled.

use std::time::Duration;

use latent_lens::data::{Class, ImageSet};
use latent_lens::engine::Engine;
use latent_lens::importance::{Demand, Importance, Measured as How, Plan};
use latent_lens::keyed::{Keyed, Purpose};
use latent_lens::model::{Activation, Architecture};
use latent_lens::run::Run;
use latent_lens::settings::{Method, Settings};
use ndarray::{Array2, s};
use pollster::block_on;

use crate::importance::{classes_of, flat, measure, random_case, sampled};
use crate::literal;
use crate::networks::changed;
use crate::oracle::{Literal, assert_close, matrix};

/// What exact V and IE may be off by, as a share of the largest value.
const TOLERANCE: f64 = 1e-5;

fn exact() -> Plan {
    Plan {
        method: Method::Exact,
        ..sampled(4, 1)
    }
}

#[test]
fn exact_importance_is_the_recorded_closed_form() {
    let oracle = Literal::load();
    let (images, classes) = oracle.images();
    for model in &oracle.models {
        let ours = measure(&model.network(), &images, &classes, exact());
        let expected = &model.expected;
        let latent = matrix(&expected.latent_importance);
        for (what, found, expected) in [
            ("V", &ours.pixels, &matrix(&expected.pixel_importance)),
            ("IE", &ours.latent, &latent),
            ("IE by RMSE", &ours.latent_rmse, &latent.mapv(f64::sqrt)),
        ] {
            let name = format!("{}: exact {what}", model.name);
            assert_close(&name, &found.mean, expected, TOLERANCE);
            assert_eq!(found.method, How::Exact, "{name}");
            assert_eq!((found.repeats, found.fraction), (1, 1.0), "{name}");
            let errors = found.std_error.as_ref().expect(&name);
            assert!(errors.iter().all(|&error| error == 0.0), "{name}");
        }
        assert_close("latents", &ours.latents, &matrix(&model.latents), TOLERANCE);
    }
}

#[test]
fn exact_importance_is_the_mean_over_all_pairs_of_images() {
    // (layer sizes, position of the bottleneck, class sizes), as for the sampled one; one image in
    // all, too.
    let cases: [(&[usize], usize, &[usize]); 7] = [
        (&[16, 5, 16], 1, &[40, 7, 1]),
        (&[9, 1, 9], 1, &[2]),
        (&[6, 4, 6], 1, &[1]),
        (&[24, 12, 24], 1, &[90, 31]),
        (&[12, 7, 3, 7, 12], 2, &[40, 2]),
        (&[8, 9, 10, 4, 8], 3, &[17, 20]),
        (&[8, 3, 9, 10, 8], 1, &[1, 1]),
    ];
    for (index, (sizes, bottleneck, counts)) in cases.into_iter().enumerate() {
        let (network, images) =
            random_case(index as u32 + 31, sizes, bottleneck, counts.iter().sum());
        let classes = classes_of(counts);
        let ours = measure(&network, &images, &classes, exact());
        let precise = images.mapv(f64::from);
        let v = literal::expected_pixel_importance(&network, &precise);
        assert_close(&format!("V of {sizes:?}"), &ours.pixels.mean, &v, TOLERANCE);
        let ie = literal::expected_latent_importance(&network, &precise, &classes);
        assert_close(
            &format!("IE of {sizes:?}"),
            &ours.latent.mean,
            &ie,
            TOLERANCE,
        );
    }
}

#[test]
fn a_linear_encoder_is_exact_as_well() {
    let (network, images) = random_case(6, &[16, 5, 16], 1, 50);
    let network = changed(&network, |encoder, _| {
        encoder[0].activation = Activation::Linear;
    });
    let ours = measure(&network, &images, &classes_of(&[30, 20]), exact());
    let precise = images.mapv(f64::from);
    let v = literal::expected_pixel_importance(&network, &precise);
    assert_close("V", &ours.pixels.mean, &v, TOLERANCE);
    let z = literal::forward(network.encoder(), &precise);
    assert_close("latents", &ours.latents, &z, TOLERANCE);
    assert!(z.iter().any(|&latent| latent < 0.0));
}

/// Where the closed form takes differences of large numbers: values that hardly differ, far from
/// 0; a weight so large that most values put the units to sleep; units that are always on the
/// verge; below 0; bytes, of which many are alike.
#[test]
fn the_closed_form_keeps_its_digits() {
    let mut draws = Keyed::new(3, Purpose::Weights, &[5]);
    let kinds: [fn(&mut Keyed) -> f32; 5] = [
        |draws| 0.9 + 1e-4 * draws.uniform(),
        |draws| -0.5 * draws.uniform(),
        |draws| (draws.uniform() * 255.0).floor() / 255.0,
        |draws| (draws.uniform() * 3.0).floor() / 2.0,
        |draws| {
            if draws.uniform() < 0.9 {
                1.0
            } else {
                draws.uniform()
            }
        },
    ];
    for (kind, value) in kinds.into_iter().enumerate() {
        let images = Array2::from_shape_simple_fn((150, 6), || value(&mut draws));
        for scale in [1e-3, 1.0, 1e3] {
            let (network, _) = random_case(kind as u32 + 51, &[6, 7, 6], 1, 1);
            let network = changed(&network, |encoder, _| {
                let layer = &mut encoder[0];
                layer.weight.row_mut(2).mapv_inplace(|w| w * scale);
                // Sums around 0.
                let mean = images.mean_axis(ndarray::Axis(0)).unwrap();
                layer.bias = -mean.dot(&layer.weight);
            });
            let ours = measure(&network, &images, &[(0, 0..150)], exact());
            let precise = images.mapv(f64::from);
            let v = literal::expected_pixel_importance(&network, &precise);
            // Every pixel by itself, so that the small ones count as well.
            for pixel in 0..6 {
                assert_close(
                    &format!("kind {kind}, scale {scale}: V of pixel {pixel}"),
                    &ours
                        .pixels
                        .mean
                        .row(pixel)
                        .to_owned()
                        .insert_axis(ndarray::Axis(0)),
                    &v.row(pixel).to_owned().insert_axis(ndarray::Axis(0)),
                    TOLERANCE,
                );
            }
        }
    }
}

#[test]
fn what_cannot_change_is_exactly_zero_when_computed_exactly() {
    let (network, images) = random_case(5, &[16, 6, 16], 1, 60);
    let network = changed(&network, |encoder, _| encoder[0].bias[2] = -1e3);
    let ours = measure(&network, &images, &[(0, 0..59), (1, 59..60)], exact());
    for pixel in (0..16).step_by(4) {
        assert!(ours.pixels.mean.row(pixel).iter().all(|&v| v == 0.0));
    }
    assert!(ours.pixels.mean.column(2).iter().all(|&v| v == 0.0));
    assert!(ours.latent.mean.column(2).iter().all(|&v| v == 0.0));
    assert!(ours.latent.mean.row(1).iter().all(|&v| v == 0.0));
}

/// By whatever means the decoder's sigmoids are measured: few permutations and many, exactly, pixel by
/// pixel where weights are large.
#[test]
fn a_dimension_that_the_decoder_leaves_aside_rebuilds_nothing() {
    for scale in [0.1, 1.0, 30.0] {
        let (network, images) = random_case(11, &[20, 4, 20], 1, 60);
        let network = changed(&network, |_, decoder| {
            decoder[0].weight.mapv_inplace(|w| w * scale);
            decoder[0].weight.row_mut(1).fill(0.0);
        });
        let classes = [(0, 0..60)];
        for plan in [exact(), sampled(1, 3), sampled(40, 3)] {
            let ours = measure(&network, &images, &classes, plan);
            let mean = &ours.latent.mean;
            assert_eq!(mean[[0, 1]], 0.0);
            assert!([0, 2, 3].iter().all(|&dim| mean[[0, dim]] > 0.0));
            let precise = images.mapv(f64::from);
            let ie = match plan.method {
                Method::Exact => literal::expected_latent_importance(&network, &precise, &classes),
                _ => literal::latent_importance(
                    &network,
                    &precise,
                    &classes,
                    plan.permutations,
                    plan.seed,
                ),
            };
            assert_close(&format!("IE, weights times {scale}"), mean, &ie, TOLERANCE);
        }
    }
}

#[test]
fn sampling_comes_within_four_standard_errors_of_the_exact_value() {
    let (network, images) = random_case(77, &[20, 8, 20], 1, 90);
    let classes = classes_of(&[50, 40]);
    let exact = measure(&network, &images, &classes, exact());
    let many = measure(&network, &images, &classes, sampled(400, 2));
    for (what, exact, many) in [
        ("V", &exact.pixels, &many.pixels),
        ("IE", &exact.latent, &many.latent),
    ] {
        assert_eq!(many.method, How::Sampled);
        let errors = many.std_error.as_ref().unwrap();
        for ((cell, &mean), &value) in many.mean.indexed_iter().zip(&exact.mean) {
            let allowed = 4.0 * errors[cell] + 1e-5 * value;
            assert!(
                (mean - value).abs() <= allowed,
                "{what} at {cell:?}: {mean} sampled, {value} exact, {allowed} allowed"
            );
        }
    }
}

#[test]
fn exact_pixels_come_in_one_by_one() {
    let (network, images) = random_case(8, &[40, 6, 40], 1, 300);
    block_on(async {
        let mut job =
            Importance::of_pixels(&Engine::cpu(), &network, &images, flat(&images), &exact())
                .await
                .unwrap();
        assert_eq!(job.total(), 30, "a quarter of the pixels is constant");
        for done in 1..=30 {
            let finished = job.advance(Duration::ZERO).await.unwrap();
            assert_eq!((job.done(), finished), (done, done == 30));
            let estimate = job.estimate();
            assert_eq!(estimate.repeats, usize::from(finished));
            assert_eq!(estimate.fraction, (10 + done) as f32 / 40.0);
            let known = estimate.mean.rows().into_iter();
            let known = known.filter(|row| row.iter().any(|&v| v > 0.0)).count();
            assert_eq!(known, done);
        }
    });
}

#[test]
fn auto_is_exact_where_that_is_affordable() {
    let auto = Plan {
        method: Method::Auto,
        ..sampled(2, 1)
    };
    // One layer, whatever the number of images; pairs of 2 × 20 images; hidden layers and few
    // images.
    let (network, images) = random_case(1, &[16, 4, 16], 1, 40);
    let found = measure(&network, &images, &classes_of(&[20, 20]), auto);
    assert_eq!(found.pixels.method, How::Exact);
    assert_eq!(found.latent.method, How::Exact);
    let (deep, few) = random_case(2, &[16, 9, 4, 9, 16], 2, 10);
    let found = measure(&deep, &few, &classes_of(&[10]), auto);
    assert_eq!(found.pixels.method, How::Exact);

    // 784 pixels of some 200 values each, 200 images, 16,000 products: 5e11.
    let (deep, images) = random_case(3, &[784, 400, 40, 4, 784], 3, 200);
    let engine = Engine::cpu();
    let job = Importance::of_pixels(&engine, &deep, &images, flat(&images), &auto);
    assert_eq!(block_on(job).unwrap().estimate().method, How::Sampled);
}

/// Whether stage 3 is exact is known before anything is: no weights, no latents and no clock decide it.
#[test]
fn what_is_announced_is_what_is_done() {
    // 16 dimensions of pairs of 900 images, by 6 for each of 784 sigmoids, are 6.1e10: too much. Small
    // weights would make it less than 1e10, dead dimensions nothing.
    let (network, _) = random_case(4, &[784, 16, 784], 1, 1);
    let latents = Array2::from_shape_fn((900, 16), |(image, dim)| {
        (image * (dim + 3) % 41) as f32 / 41.0
    });
    let auto = Plan {
        method: Method::Auto,
        ..sampled(1, 1)
    };
    let images = Array2::zeros((900, 784));
    let engine = Engine::cpu();
    let architecture = Architecture::from(&network);
    let demand = |sizes: &[usize]| {
        Demand::count(&engine, &architecture, &images, flat(&images), sizes, &auto)
    };
    for (scale, alive) in [(1e-3, 16), (30.0, 16), (1e-3, 1)] {
        let network = changed(&network, |_, decoder| decoder[0].weight *= scale);
        let mut latents = latents.clone();
        latents.slice_mut(s![.., alive..]).fill(0.0);
        for (sizes, how, work) in [
            (&[900][..], How::Sampled, 900.0 * 16.0 * 784.0 * 6.0),
            (
                &[450, 450],
                How::Exact,
                2.0 * 450.0 * 450.0 * 16.0 * 784.0 * 6.0,
            ),
        ] {
            let classes = classes_of(sizes);
            let stage = Importance::of_latents(&engine, &network, &latents, &classes, &auto);
            assert_eq!(
                block_on(stage).unwrap().estimate().method,
                how,
                "{scale}, {alive}"
            );
            assert_eq!(demand(sizes).unwrap().latent_importance, work);
        }
    }
}

/// `count` images of noise, 28 × 28.
fn noise(label: u8, count: usize) -> Class {
    let mut draws = Keyed::new(label.into(), Purpose::Weights, &[1]);
    Class::new(
        label,
        ImageSet::from_bytes(
            28,
            28,
            (0..count * 784).map(|_| draws.below(256) as u8).collect(),
        ),
    )
}

#[test]
fn exactness_that_would_take_minutes_is_refused_at_the_door() {
    let refusal = |hidden: Vec<usize>, dims, images| {
        let settings = Settings {
            classes: vec![0],
            hidden,
            dims,
            method: Method::Exact,
            ..Settings::default()
        };
        let run = Run::new(&Engine::cpu(), settings, &[noise(0, images)]);
        run.err().map(|error| error.to_string())
    };
    assert_eq!(refusal(vec![], 12, 2000), None);
    assert_eq!(
        refusal(vec![], 512, 8000).unwrap(),
        "Exact latent importance would take 3468 billion operations or more, and at most 1000 \
         billion can be asked for. Choose the method auto or sampled, or smaller classes or fewer \
         latent dimensions."
    );
    let deep = refusal(vec![512, 256], 12, 2000).unwrap();
    assert!(
        deep.starts_with("Exact pixel importance would take 10"),
        "{deep}"
    );
}
