//! Whole runs on images and networks of which it is known what is right.

use std::time::Duration;

use latent_lens::data::{Class, Grouping, ImageSet, Origin};
use latent_lens::engine::Engine;
use latent_lens::keyed::{Keyed, Purpose};
use latent_lens::model::{Activation, Dense, Network};
use latent_lens::report::Report;
use latent_lens::run::{Run, Stage};
use latent_lens::settings::{
    Donors, FeatureKind, LatentDonors, Measure, Method, Recipients, Settings,
};
use ndarray::{Array1, Array2, Axis};
use pollster::block_on;

/// Explains a network by what a run is asked to measure.
fn explained(network: &Network, classes: &[Class], measure: Measure) -> Report {
    let settings = Settings {
        classes: classes.iter().map(|class| class.label).collect(),
        method: Method::Exact,
        measure,
        ..Settings::default()
    };
    let mut run = Run::explain(&Engine::cpu(), settings, classes, network.clone()).unwrap();
    while block_on(run.advance(Duration::from_millis(20)))
        .unwrap()
        .stage
        != Stage::Done
    {}
    run.report().clone()
}

/// A network whose encoder is these layers, each inputs × outputs with its biases, the last linear and
/// those before ReLU; its decoder adds up the latents for every pixel.
fn network(layers: &[(&[&[f32]], &[f32])]) -> Network {
    let dense = |(at, (weights, bias)): (usize, &(&[&[f32]], &[f32]))| Dense {
        weight: Array2::from_shape_fn((weights.len(), bias.len()), |(row, column)| {
            weights[row][column]
        }),
        bias: Array1::from(bias.to_vec()),
        activation: if at + 1 == layers.len() {
            Activation::Linear
        } else {
            Activation::Relu
        },
    };
    let encoder: Vec<Dense> = layers.iter().enumerate().map(dense).collect();
    let (pixels, dims) = (layers[0].0.len(), layers[layers.len() - 1].1.len());
    let decoder = Dense {
        weight: Array2::ones((dims, pixels)),
        bias: Array1::zeros(pixels),
        activation: Activation::Sigmoid,
    };
    Network::dense(encoder, vec![decoder]).unwrap()
}

/// So many images of 3 × 4 pixels, each as `paint` says from its number and random numbers of its own.
fn class(label: u8, images: u64, paint: impl Fn(u64, &mut Keyed) -> [u8; 12]) -> Class {
    let image = |number| {
        let mut draws = Keyed::new(label.into(), Purpose::Weights, &[number]);
        paint(number, &mut draws)
    };
    Class::new(
        label,
        ImageSet::from_bytes(3, 4, (0..images).flat_map(image).collect()),
    )
}

/// Weights of 12 pixels on latents, 0 but for these.
fn weights<const DIMS: usize>(of: &[(usize, [f32; DIMS])]) -> Vec<[f32; DIMS]> {
    let mut weights = vec![[0.0; DIMS]; 12];
    for (pixel, weight) in of {
        weights[*pixel] = *weight;
    }
    weights
}

fn rows<const DIMS: usize>(weights: &[[f32; DIMS]]) -> Vec<&[f32]> {
    weights.iter().map(|row| &row[..]).collect()
}

fn grouping(groups: &[(&str, &[usize])]) -> Grouping {
    let mut of = vec![0; 12];
    for (number, (_, pixels)) in (1..).zip(groups) {
        for &pixel in *pixels {
            of[pixel] = number;
        }
    }
    Grouping {
        names: groups.iter().map(|(name, _)| (*name).into()).collect(),
        of,
    }
}

fn groups_of(groups: &[(&str, &[usize])]) -> Measure {
    Measure {
        features: FeatureKind::Groups,
        groups: Some(grouping(groups)),
        ..Measure::default()
    }
}

fn v(report: &Report, pixel: usize, dim: usize) -> f64 {
    report.pixel_importance.as_ref().unwrap().mean[[pixel, dim]].into()
}

fn v_of_group(report: &Report, group: usize, dim: usize) -> f64 {
    report.groups.as_ref().unwrap().importance.mean[[group, dim]].into()
}

fn close(found: f64, expected: f64) {
    let off = (found - expected).abs();
    assert!(off <= 1e-4 * expected.abs(), "{found} is not {expected}");
}

/// Population variance of a latent.
fn variance(report: &Report, dim: usize) -> f64 {
    let latents = &report.encoded.as_ref().unwrap().latents;
    latents.mapv(f64::from).var_axis(Axis(0), 0.0)[dim]
}

#[test]
fn equal_pixels_share_credit_and_their_group_has_all_of_it() {
    // Pixels 5 and 6 are equal, pixel 0 is a third.
    let images = class(2, 60, |_, draws| {
        let (twin, lone) = (draws.below(256) as u8, draws.below(256) as u8);
        let mut image = [0; 12];
        (image[0], image[5], image[6]) = (lone, twin, twin);
        image
    });
    // Their sum, their difference, the third.
    let weights = weights(&[
        (5, [1.0, 1.0, 0.0]),
        (6, [1.0, -1.0, 0.0]),
        (0, [0.0, 0.0, 1.0]),
    ]);
    let network = network(&[(&rows(&weights), &[0.0; 3])]);
    let measure = groups_of(&[("pair", &[5, 6]), ("lone", &[0]), ("blank", &[1, 2, 3])]);
    let report = explained(&network, &[images], measure);
    let single = v(&report, 5, 0);
    close(v(&report, 6, 0), single);
    // Each alone has 2 · Var of a twin; both move the sum twice as far.
    close(v_of_group(&report, 0, 0), 4.0 * single);
    close(v_of_group(&report, 0, 0), 2.0 * variance(&report, 0));
    let shared = v_of_group(&report, 0, 0) / (v(&report, 5, 0) + v(&report, 6, 0));
    close(shared, 2.0);
    // The difference is the same in every image, so that nothing depends on the pair.
    close(v(&report, 5, 1), single);
    assert_eq!(v_of_group(&report, 0, 1), 0.0);
    close(v_of_group(&report, 1, 2), v(&report, 0, 2));
    assert_eq!(v_of_group(&report, 2, 0), 0.0);
}

#[test]
fn pixels_that_matter_only_together_are_found_by_their_group() {
    // Pixels 1, 2 and 3 are equal, on or off; the latent is what two of three are.
    let images = class(2, 50, |_, draws| {
        let on = if draws.below(3) == 0 { 255 } else { 0 };
        let mut image = [draws.below(256) as u8; 12];
        image[1..4].fill(on);
        image
    });
    let first = weights(&[(1, [1.0; 2]), (2, [1.0; 2]), (3, [1.0; 2])]);
    let second: [&[f32]; 2] = [&[1.0], &[-1.0]];
    let network = network(&[(&rows(&first), &[-1.0, -2.0]), (&second, &[0.0])]);
    let measure = groups_of(&[("two", &[1, 3]), ("one", &[2]), ("others", &[0, 4, 5])]);
    let report = explained(&network, &[images], measure);
    for pixel in 0..12 {
        assert_eq!(v(&report, pixel, 0), 0.0, "pixel {pixel} alone");
    }
    // Whoever is given another value of both is read as that: 2 p (1 − p), twice the variance.
    close(v_of_group(&report, 0, 0), 2.0 * variance(&report, 0));
    assert!(v_of_group(&report, 0, 0) > 0.3);
    assert_eq!(v_of_group(&report, 1, 0), 0.0);
    assert_eq!(v_of_group(&report, 2, 0), 0.0);
}

#[test]
fn a_copy_matters_by_itself_and_not_beside_what_it_copies() {
    // Pixel 6 is pixel 5 and some noise; pixel 0 is of its own, and not beside them.
    let images = class(2, 400, |_, draws| {
        let signal = draws.below(250) as u8;
        let mut image = [0; 12];
        image[5] = signal;
        image[6] = signal + draws.below(6) as u8;
        image[3] = draws.below(256) as u8;
        image
    });
    let weights = weights(&[(6, [1.0, 0.0]), (3, [0.0, 1.0])]);
    let network = network(&[(&rows(&weights), &[0.0; 2])]);
    let classes = [images];
    let all = explained(&network, &classes, Measure::default());
    let measure = Measure {
        donors: Donors::Neighbours,
        ..Measure::default()
    };
    let like = explained(&network, &classes, measure);
    close(v(&all, 6, 0), 2.0 * variance(&all, 0));
    // Within a tenth of an even spread there is a hundredth of its variance.
    let left = v(&like, 6, 0) / v(&all, 6, 0);
    assert!((0.005..0.02).contains(&left), "{left}");
    let left = v(&like, 3, 1) / v(&all, 3, 1);
    assert!((0.8..1.1).contains(&left), "{left}");
    assert!(all.donor_checks.is_none());
    let checks = like.donor_checks.unwrap();
    let r2: Vec<f32> = checks.iter().filter_map(|check| check.r2).collect();
    let donors: Vec<Donors> = checks.iter().map(|check| check.donors).collect();
    assert_eq!(donors, [Donors::All, Donors::Class, Donors::Neighbours]);
    // Of three pixels that vary, two are known from each other.
    assert!((0.6..0.72).contains(&r2[0]), "{r2:?}");
    assert!(r2[2] < r2[0], "{r2:?}");
}

#[test]
fn what_tells_classes_apart_matters_among_all_images_and_not_within_a_class() {
    // Pixel 0 is bright in one class and dark in the other, and hardly differs within either.
    let shade = |base: u8| {
        move |_: u64, draws: &mut Keyed| {
            let mut image = [0; 12];
            image[0] = base + draws.below(3) as u8;
            image[7] = draws.below(256) as u8;
            image
        }
    };
    let classes = [class(2, 40, shade(0)), class(5, 40, shade(250))];
    let weights = weights(&[(0, [1.0, 0.0]), (7, [0.0, 1.0])]);
    let network = network(&[(&rows(&weights), &[0.0; 2])]);
    let within = explained(&network, &classes, Measure::default());
    let among_all = Measure {
        latent_donors: LatentDonors::All,
        ..Measure::default()
    };
    let among_all = explained(&network, &classes, among_all);
    let ie = |report: &Report, class: usize, dim: usize| -> f64 {
        report.latent_importance.as_ref().unwrap().mean[[class, dim]].into()
    };
    for class in 0..2 {
        let (own, all) = (ie(&within, class, 0), ie(&among_all, class, 0));
        assert!(own < 1e-4 * all, "{own} within, {all} among all");
        // The other pixel is alike in both classes.
        let ratio = ie(&among_all, class, 1) / ie(&within, class, 1);
        assert!((0.7..1.4).contains(&ratio), "{ratio}");
    }
    // Stage 1 and the images are the same.
    let rest = |report: &Report| {
        serde_json::to_string(&(&report.pixel_importance, &report.encoded)).unwrap()
    };
    assert_eq!(rest(&among_all), rest(&within));
}

#[test]
fn importance_is_of_those_who_receive_values() {
    // The images of both classes stand by turns in one file, and so in the report.
    let mut draws = Keyed::new(3, Purpose::Weights, &[]);
    let images: Vec<[u8; 12]> = (0..23)
        .map(|_| std::array::from_fn(|_| draws.below(256) as u8))
        .collect();
    let class = |label: u8, places: Vec<u32>| Class {
        origin: Origin {
            files: vec!["images.idx".into()],
            of: places.iter().map(|&place| (0, place)).collect(),
        },
        ..Class::new(
            label,
            ImageSet::from_bytes(
                3,
                4,
                places
                    .iter()
                    .flat_map(|&place| images[place as usize])
                    .collect(),
            ),
        )
    };
    let of_class = [
        (0..9).map(|image| 2 * image).collect::<Vec<u32>>(),
        (0..23)
            .filter(|&image| image % 2 == 1 || image > 16)
            .collect(),
    ];
    let classes = [class(2, of_class[0].clone()), class(5, of_class[1].clone())];
    let weights: Vec<[f32; 1]> = (0..12).map(|pixel| [pixel as f32 / 4.0]).collect();
    let network = network(&[(&rows(&weights), &[0.0])]);
    // The mean, over those who receive values, of the mean over all whose values they may be given.
    let expected = |recipients: &[u32], pixel: usize| {
        let value = |image: usize| f64::from(images[image][pixel]) / 255.0 * pixel as f64 / 4.0;
        let donors = |recipient: u32| {
            let changes = (0..23).map(|donor| (value(donor) - value(recipient as usize)).powi(2));
            changes.sum::<f64>() / 23.0
        };
        recipients.iter().map(|&image| donors(image)).sum::<f64>() / recipients.len() as f64
    };
    for (recipients, rows) in [
        (Recipients::All, (0..23).collect()),
        (Recipients::Class(2), of_class[0].clone()),
        (Recipients::Class(5), of_class[1].clone()),
        (Recipients::Image(0), vec![0]),
        (Recipients::Image(7), vec![7]),
        (Recipients::Image(22), vec![22]),
    ] {
        let measure = Measure {
            recipients,
            ..Measure::default()
        };
        let report = explained(&network, &classes, measure);
        for pixel in 0..12 {
            close(v(&report, pixel, 0), expected(&rows, pixel));
        }
    }
}
