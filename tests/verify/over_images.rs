//! Errors over images, against double sums in plain loops and against a bootstrap of the images.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use latent_lens::data::ImageShape;
use latent_lens::engine::Engine;
use latent_lens::importance::{
    Design, DonorPools, ErrorsOverImages, Feature, ImageErrors, Importance, Measured, Plan, Pools,
};
use latent_lens::keyed::{Keyed, Purpose};
use latent_lens::model::{Activation, Architecture, Half, Network};
use latent_lens::settings::{Method, NetworkKind, Permute, Settings};
use ndarray::{Array1, Array2, Array3, s};
use pollster::block_on;

use crate::importance::random_case;
use crate::literal;
use crate::moves::plan;
use crate::networks::changed;
use crate::oracle::assert_close;

/// Who gives values to a row.
type DonorsOf<'a> = &'a dyn Fn(usize) -> Vec<usize>;

/// What numbers may be off by, as a share of the largest.
const TOLERANCE: f64 = 1e-4;
const IMAGES: usize = 24;

fn classes() -> Vec<(u8, Range<usize>)> {
    vec![(0, 0..9), (1, 9..23), (2, 23..24)]
}

/// h(s, t): the squared change of every output of recipient s given donor t's values of a feature
/// (recipients × donors × outputs).
fn changes(half: &Half, inputs: &Array2<f64>, columns: &[usize]) -> Array3<f64> {
    let images = inputs.nrows();
    let before = literal::forward(half, inputs);
    let mut h = Array3::zeros((images, images, before.ncols()));
    for donor in 0..images {
        let mut moved = inputs.clone();
        for &column in columns {
            let value = inputs[[donor, column]];
            moved.column_mut(column).fill(value);
        }
        let change = literal::forward(half, &moved) - &before;
        h.slice_mut(s![.., donor, ..])
            .assign(&change.mapv(|change| change * change));
    }
    h
}

/// How far each image moves the mean over recipients of the mean over their donors: by the weight that it
/// counts with in each sum that it is part of, differentiated by hand.
fn influence(
    h: &dyn Fn(usize, usize) -> f64,
    recipients: &Range<usize>,
    donors_of: &dyn Fn(usize) -> Vec<usize>,
    images: usize,
) -> Vec<f64> {
    let count = recipients.len() as f64;
    let mean_of = |recipient: usize| {
        let donors = donors_of(recipient);
        donors.iter().map(|&donor| h(recipient, donor)).sum::<f64>() / donors.len() as f64
    };
    let mean = recipients.clone().map(mean_of).sum::<f64>() / count;
    let of = |image: usize| {
        let mut influence = 0.0;
        for recipient in recipients.clone() {
            let donors = donors_of(recipient);
            if recipient == image {
                influence += (mean_of(recipient) - mean) / count;
            }
            if donors.contains(&image) {
                influence +=
                    (h(recipient, image) - mean_of(recipient)) / donors.len() as f64 / count;
            }
        }
        influence
    };
    (0..images).map(of).collect()
}

fn root(influence: &[f64]) -> f64 {
    influence.iter().map(|of| of * of).sum::<f64>().sqrt()
}

/// The standard error of `mean` over 2,000 draws of the images with repetition, in which a pair counts as often as
/// both of its images were drawn.
fn bootstrap(images: usize, seed: u64, mean: impl Fn(&[f64]) -> f64) -> f64 {
    let draws: Vec<f64> = (0..2000)
        .map(|draw| {
            let mut key = Keyed::new(7, Purpose::Weights, &[seed, draw]);
            let mut weights = vec![0.0; images];
            for _ in 0..images {
                weights[key.below(images as u32) as usize] += 1.0;
            }
            mean(&weights)
        })
        .collect();
    let mean = draws.iter().sum::<f64>() / draws.len() as f64;
    let squares = draws.iter().map(|draw| (draw - mean).powi(2));
    (squares.sum::<f64>() / (draws.len() - 1) as f64).sqrt()
}

fn finished(
    network: &Network,
    images: &Array2<f32>,
    designs: (Design, Design),
    plan: &Plan,
    threads: usize,
) -> ImageErrors {
    let engine = Engine::cpu();
    let job = block_on(ErrorsOverImages::new(
        &engine, network, images, designs, plan,
    ))
    .unwrap();
    whole(job.on_threads(NonZeroUsize::new(threads).unwrap()))
}

fn whole(mut job: ErrorsOverImages) -> ImageErrors {
    while !block_on(job.advance(Duration::ZERO)).unwrap() {
        assert!(job.done() < job.total());
    }
    assert_eq!(job.done(), job.total());
    job.finish()
}

#[track_caller]
fn assert_near(what: &str, found: f32, expected: f64, largest: f64) {
    let off = (f64::from(found) - expected).abs();
    assert!(
        off <= TOLERANCE * largest.max(1e-12),
        "{what}: {found} instead of {expected}"
    );
}

/// Errors of V against the double sums of `donors_of`, which gives the donors of an image.
fn check_pixels(
    what: &str,
    network: &Network,
    images: &Array2<f32>,
    design: &Design,
    donors_of: &dyn Fn(usize) -> Vec<usize>,
    found: &ImageErrors,
) {
    let inputs = images.mapv(f64::from);
    let (_, exchange) = &design.exchanges[0];
    for (row, feature) in design.features.iter().enumerate() {
        let h = changes(network.encoder(), &inputs, feature.columns());
        for dim in 0..network.dims() {
            let of = |s: usize, t: usize| h[[s, t, dim]];
            let expected = root(&influence(
                &of,
                &exchange.recipients(),
                donors_of,
                inputs.nrows(),
            ));
            let largest = h.iter().fold(0.0f64, |most, &of| most.max(of));
            let cell = found.pixel_importance[[row, dim]];
            assert_near(
                &format!("{what}, feature {row}, {dim}"),
                cell,
                expected,
                largest,
            );
        }
    }
}

/// One layer with ReLU, in closed form; without an activation; with a sigmoid, and several layers, value by value;
/// and convolutions.
fn networks() -> Vec<(&'static str, Network, Array2<f32>)> {
    let (relu, images) = random_case(31, &[16, 5, 16], 1, IMAGES);
    let with = |activation| changed(&relu, |encoder, _| encoder[0].activation = activation);
    let (deep, of_deep) = random_case(32, &[16, 9, 4, 7, 16], 3, IMAGES);
    let settings = Settings {
        kind: NetworkKind::Convolutional,
        filters: vec![3, 5],
        dims: 4,
        ..Settings::default()
    };
    let convolutional = Network::of(&Architecture::new(ImageShape::grey(4, 4), &settings), 3);
    vec![
        ("linear", with(Activation::Linear), images.clone()),
        ("sigmoid", with(Activation::Sigmoid), images.clone()),
        ("ReLU", relu, images.clone()),
        ("deep", deep, of_deep),
        ("convolutional", convolutional, images),
    ]
}

#[test]
fn errors_are_those_of_the_double_sums() {
    let shape = ImageShape::grey(4, 4);
    let classes = classes();
    for (name, network, images) in networks() {
        let dims = network.dims();
        let groups = vec![
            Feature::new(vec![0, 5, 6]),
            Feature::new(vec![3]),
            Feature::new(vec![9, 10]),
        ];
        let pools = Pools::new((0..IMAGES as u32).map(|row| row * 7 % 3).collect());
        let all = |_| (0..IMAGES).collect();
        let of_pool = |row: usize| -> Vec<usize> {
            let same = |other: &usize| pools.of(*other) == pools.of(row);
            (0..IMAGES).filter(same).collect()
        };
        let fixed = DonorPools::Fixed(Arc::new(pools.clone()));
        let pixels = Design::of_pixels(IMAGES, shape, Permute::Pixel);
        let of_groups = Design::of_groups(IMAGES, groups);
        let designs: [(Design, DonorsOf<'_>); 5] = [
            (pixels.clone(), &all),
            (pixels.clone().received_by(4..9), &all),
            (pixels.with_donors(fixed.clone()), &of_pool),
            (of_groups.clone(), &all),
            (of_groups.received_by(4..20).with_donors(fixed), &of_pool),
        ];
        for (at, (design, donors_of)) in designs.into_iter().enumerate() {
            let latents = Design::of_latents(&classes, dims);
            let of = (design.clone(), latents);
            let found = finished(&network, &images, of, &plan(Method::Exact), 1 + at % 2);
            assert_eq!(found.pixel_method, Measured::Exact);
            check_pixels(
                &format!("{name}, design {at}"),
                &network,
                &images,
                &design,
                donors_of,
                &found,
            );
        }
    }
}

#[test]
fn errors_of_latent_importance_are_within_the_class_and_tell_dimensions_apart() {
    for (name, network, images) in networks() {
        let classes = classes();
        let dims = network.dims();
        let inputs = images.mapv(f64::from);
        let latents = literal::forward(network.encoder(), &inputs);
        let pixels = || Design::of_pixels(IMAGES, ImageShape::grey(4, 4), Permute::Pixel);
        for among_all in [false, true] {
            let design = if among_all {
                Design::of_latents_among_all(&classes, dims)
            } else {
                Design::of_latents(&classes, dims)
            };
            let of = (pixels(), design.clone());
            let found = finished(&network, &images, of, &plan(Method::Exact), 1);
            for (class, (_, exchange)) in design.exchanges.iter().enumerate() {
                let donors: Vec<usize> = exchange.donors().collect();
                let mut importance = Vec::new();
                let mut influences = Vec::new();
                for dim in 0..dims {
                    let h = changes(network.decoder(), &latents, &[dim]);
                    let h = h.mean_axis(ndarray::Axis(2)).unwrap();
                    let of = |s: usize, t: usize| h[[s, t]];
                    let rows = exchange.recipients();
                    let influence = influence(&of, &rows, &|_| donors.clone(), IMAGES);
                    let each = rows.flat_map(|s| donors.iter().map(move |&t| (s, t)));
                    let pairs = (exchange.recipients().len() * donors.len()) as f64;
                    let mean = each.map(|(s, t)| of(s, t)).sum::<f64>() / pairs;
                    let error = root(&influence);
                    let cell = (class, dim);
                    let what = format!("{name}, {among_all}, class {class}, dimension {dim}");
                    assert_near(&what, found.latent_importance[cell], error, mean);
                    let of_root = if mean > 0.0 {
                        error / (2.0 * mean.sqrt())
                    } else {
                        0.0
                    };
                    assert_near(
                        &what,
                        found.latent_importance_rmse[cell],
                        of_root,
                        mean.sqrt(),
                    );
                    importance.push(mean);
                    influences.push(influence);
                }
                let order = &found.order[class];
                for (pair, &difference) in order.windows(2).zip(&found.differences[class]) {
                    let [one, other] = [pair[0] as usize, pair[1] as usize];
                    assert!(importance[one] >= importance[other] * (1.0 - 1e-4));
                    let apart: Vec<f64> = influences[one]
                        .iter()
                        .zip(&influences[other])
                        .map(|(one, other)| one - other)
                        .collect();
                    assert_near(name, difference, root(&apart), importance[one]);
                }
            }
        }
    }
}

/// The oracle of the method itself: draw the images again and again.
#[test]
fn errors_are_those_of_a_bootstrap() {
    let (network, images) = random_case(33, &[9, 4, 9], 1, 60);
    let inputs = images.mapv(f64::from);
    let classes = vec![(0, 0..60)];
    let designs = (
        Design::of_pixels(60, ImageShape::grey(3, 3), Permute::Pixel),
        Design::of_latents(&classes, 4),
    );
    let found = finished(&network, &images, designs, &plan(Method::Exact), 1);
    let weighted = |h: &dyn Fn(usize, usize) -> f64, weights: &[f64]| {
        let mut sum = 0.0;
        for (s, one) in weights.iter().enumerate() {
            for (t, other) in weights.iter().enumerate() {
                sum += one * other * h(s, t);
            }
        }
        sum / 3600.0
    };
    let near = |what: &str, found: f32, expected: f64| {
        let ratio = f64::from(found) / expected;
        assert!(
            (0.9..1.1).contains(&ratio),
            "{what}: {found} instead of {expected}"
        );
    };
    let mut looked = 0;
    for pixel in [1, 4, 6] {
        let h = changes(network.encoder(), &inputs, &[pixel]);
        for dim in 0..4 {
            let error = found.pixel_importance[[pixel, dim]];
            if error == 0.0 {
                assert!(h.slice(s![.., .., dim]).iter().all(|&change| change == 0.0));
                continue;
            }
            looked += 1;
            let of = |s: usize, t: usize| h[[s, t, dim]];
            let expected = bootstrap(60, pixel as u64, |weights| weighted(&of, weights));
            near("V", error, expected);
        }
    }
    assert!(looked > 4);
    let latents = literal::forward(network.encoder(), &inputs);
    let of_dims: Vec<Array2<f64>> = (0..4)
        .map(|dim| {
            let h = changes(network.decoder(), &latents, &[dim]);
            h.mean_axis(ndarray::Axis(2)).unwrap()
        })
        .collect();
    for (dim, h) in of_dims.iter().enumerate() {
        let of = |s: usize, t: usize| h[[s, t]];
        let expected = bootstrap(60, dim as u64, |weights| weighted(&of, weights));
        near("IE", found.latent_importance[[0, dim]], expected);
        let expected = bootstrap(60, dim as u64, |weights| weighted(&of, weights).sqrt());
        near("RMSE", found.latent_importance_rmse[[0, dim]], expected);
    }
    let order = &found.order[0];
    for (pair, &difference) in order.windows(2).zip(&found.differences[0]) {
        let [one, other] = [&of_dims[pair[0] as usize], &of_dims[pair[1] as usize]];
        let of = |s: usize, t: usize| one[[s, t]] - other[[s, t]];
        let expected = bootstrap(60, 9, |weights| weighted(&of, weights));
        near("a difference", difference, expected);
    }
}

/// Sampled errors scatter about the exact ones: over seeds, mean squares agree.
#[test]
fn sampled_errors_agree_with_exact_ones_on_average() {
    for (name, network, images) in networks() {
        let dims = network.dims();
        let classes = classes();
        for pools in [false, true] {
            let designs = || {
                let pixels = Design::of_pixels(IMAGES, ImageShape::grey(4, 4), Permute::Pixel);
                let pixels = pixels.received_by(3..20);
                let pixels = if pools {
                    let pools = Pools::new((0..IMAGES as u32).map(|row| row % 2).collect());
                    pixels.with_donors(DonorPools::Fixed(Arc::new(pools)))
                } else {
                    pixels
                };
                let latents = if pools {
                    Design::of_latents_among_all(&classes, dims)
                } else {
                    Design::of_latents(&classes, dims)
                };
                (pixels, latents)
            };
            let exact = finished(&network, &images, designs(), &plan(Method::Exact), 1);
            let mut of_pixels = Array1::<f64>::zeros(dims);
            let mut of_latents = Array1::<f64>::zeros(dims);
            // Many, as of a single recipient each tells of one donor.
            let seeds = 4;
            for seed in 0..seeds {
                let plan = Plan {
                    seed,
                    permutations: 80,
                    ..plan(Method::Sampled)
                };
                let found = finished(&network, &images, designs(), &plan, 2);
                assert_eq!(found.latent_method, Measured::Sampled);
                let squares = |errors: &Array2<f32>| {
                    errors
                        .mapv(|error| f64::from(error).powi(2))
                        .sum_axis(ndarray::Axis(0))
                };
                of_pixels += &squares(&found.pixel_importance);
                of_latents += &squares(&found.latent_importance);
            }
            for (found, exact) in [
                (of_pixels, &exact.pixel_importance),
                (of_latents, &exact.latent_importance),
            ] {
                let squares = exact.mapv(|error| f64::from(error).powi(2));
                let expected = squares.sum() * f64::from(seeds);
                let ratio = found.sum() / expected;
                assert!((0.85..1.15).contains(&ratio), "{name}, {pools}: {ratio}");
            }
        }
    }
}

/// What the errors are of is what the stages measure, by the same permutations.
#[test]
fn the_order_is_that_of_latent_importance() {
    for method in [Method::Exact, Method::Sampled] {
        for (_, network, images) in networks() {
            let classes = classes();
            let designs = (
                Design::of_pixels(IMAGES, ImageShape::grey(4, 4), Permute::Pixel),
                Design::of_latents(&classes, network.dims()),
            );
            let plan = plan(method);
            let found = finished(&network, &images, designs, &plan, 1);
            let latents = network.encode(images.view());
            let engine = Engine::cpu();
            let job = Importance::of_latents(&engine, &network, &latents, &classes, &plan);
            let mut job = block_on(job).unwrap();
            while !block_on(job.advance(Duration::ZERO)).unwrap() {}
            let importance = job.estimate().mean;
            for (order, importance) in found.order.iter().zip(importance.rows()) {
                for pair in order.windows(2) {
                    let [one, other] = [pair[0], pair[1]].map(|dim| importance[dim as usize]);
                    assert!(one >= other * (1.0 - 1e-5), "{one} before {other}");
                }
            }
        }
    }
}

/// Any functions for encoder and decoder: the numbers are those of the network that they are.
#[test]
fn functions_have_the_errors_of_the_network_that_they_are() {
    for method in [Method::Exact, Method::Sampled] {
        let (_, network, images) = networks().swap_remove(3);
        let network = Arc::new(network);
        let (encoder, decoder) = (network.clone(), network.clone());
        let encode = async move |images: &Array2<f32>| Ok(encoder.encode(images.view()));
        let decode = async move |latents: &Array2<f32>| Ok(decoder.decode(latents.view()));
        let classes = classes();
        let designs = || {
            (
                Design::of_pixels(IMAGES, ImageShape::grey(4, 4), Permute::Pixel),
                Design::of_latents(&classes, network.dims()),
            )
        };
        let plan = plan(method);
        let job = ErrorsOverImages::of_functions((encode, decode), &images, designs(), &plan);
        let found = whole(block_on(job).unwrap());
        let expected = finished(&network, &images, designs(), &plan, 1);
        let close = |what: &str, found: &Array2<f32>, expected: &Array2<f32>| {
            assert_close(what, found, &expected.mapv(f64::from), TOLERANCE);
        };
        close("V", &found.pixel_importance, &expected.pixel_importance);
        close("IE", &found.latent_importance, &expected.latent_importance);
        assert_eq!(found.lit, expected.lit);
        assert_eq!(found.order, expected.order);
    }
}

/// One image, one class, one dimension, pixels that never vary and a dimension that is inactive.
#[test]
fn little_to_measure_is_measured() {
    let (network, images) = random_case(35, &[9, 1, 9], 1, 5);
    let mut blank = images.clone();
    blank.column_mut(3).fill(0.5);
    blank[[0, 4]] = 0.1;
    blank.slice_mut(s![1.., 4]).fill(0.2);
    let designs = |images: usize, classes: &[(u8, Range<usize>)]| {
        (
            Design::of_pixels(images, ImageShape::grey(3, 3), Permute::Pixel),
            Design::of_latents(classes, 1),
        )
    };
    let of = designs(5, &[(0, 0..5)]);
    let found = finished(&network, &blank, of, &plan(Method::Auto), 1);
    assert_eq!(found.pixel_importance[[3, 0]], 0.0);
    assert_eq!((found.lit[3], found.lit[4]), (0, 1));
    assert_eq!(
        (found.order, found.differences),
        (vec![vec![0]], vec![vec![]])
    );
    let one = blank.slice(s![..1, ..]).to_owned();
    let found = finished(
        &network,
        &one,
        designs(1, &[(0, 0..1)]),
        &plan(Method::Auto),
        1,
    );
    assert!(found.pixel_importance.iter().all(|&error| error == 0.0));
    assert_eq!(found.latent_importance, Array2::<f32>::zeros((1, 1)));

    let inactive = changed(&network, |encoder, _| {
        encoder[0].weight.fill(0.0);
        encoder[0].bias.fill(-1.0);
    });
    let of = designs(5, &[(0, 0..2), (1, 2..5)]);
    let found = finished(&inactive, &images, of, &plan(Method::Sampled), 1);
    assert!(found.pixel_importance.iter().all(|&error| error == 0.0));
    assert!(found.latent_importance.iter().all(|&error| error == 0.0));
    assert_eq!(found.order, [[0], [0]]);
}
