//! Networks of data whose truth is known find that truth, and nothing where there is none.

use std::time::Duration;

use latent_lens::data::made::{self, Shapes};
use latent_lens::data::{Class, ImageSet, Pixels};
use latent_lens::engine::Engine;
use latent_lens::model::{Activation, Dense, Network};
use latent_lens::report::{DataSource, Report};
use latent_lens::run::{Run, Stage};
use latent_lens::settings::{Loss, Measure, Method, Output, Permute, Settings, Variant};
use ndarray::{Array1, Array2};
use pollster::block_on;

fn done(mut run: Run) -> Report {
    while block_on(run.advance(Duration::from_millis(50)))
        .unwrap()
        .stage
        != Stage::Done
    {}
    run.report().clone()
}

/// What the columns from `first` on have of all pixel importance, after training on the data of this name.
fn share_of_noise(name: &str, count: usize, first: usize, dims: usize, seed: u32) -> f32 {
    let made = made::make(name, seed, count).unwrap();
    let settings = Settings {
        classes: made.classes.iter().map(|class| class.label).collect(),
        dims,
        epochs: 100,
        learning_rate: 0.005,
        seed,
        loss: Loss::Mse,
        variant: Variant {
            output: Output::Linear,
            ..Variant::default()
        },
        ..Settings::default()
    };
    let report = done(Run::new(&Engine::cpu(), settings, &made.classes).unwrap());
    let importance = report.pixel_importance.unwrap().mean;
    let of_noise: f32 = importance.slice(ndarray::s![first.., ..]).sum();
    of_noise / importance.sum()
}

#[test]
fn where_there_is_room_for_the_signal_alone_noise_matters_to_nobody() {
    for seed in [1, 2, 3] {
        let rank_two = share_of_noise("rank-two", 2000, 20, 2, seed);
        assert!(rank_two < 0.02, "rank two, seed {seed}: {rank_two}");
        let waveform = share_of_noise("waveform", 2000, 21, 2, seed);
        assert!(waveform < 0.02, "waveform, seed {seed}: {waveform}");
    }
}

#[test]
fn dimensions_to_spare_take_noise_up_as_every_column_counts_alike_in_the_loss() {
    for seed in [1, 2, 3] {
        let rank_two = share_of_noise("rank-two", 2000, 20, 12, seed);
        assert!(rank_two > 0.15, "rank two, seed {seed}: {rank_two}");
        let waveform = share_of_noise("waveform", 2000, 21, 12, seed);
        assert!(waveform > 0.1, "waveform, seed {seed}: {waveform}");
    }
}

/// One layer of these weights (pixel, dimension) to linear latents, and ones back.
fn by_hand(dims: usize, weight: impl Fn((usize, usize)) -> f32) -> Network {
    let pixels = Shapes::IMAGE.size();
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

fn class(images: impl Iterator<Item = [u32; 5]>) -> Class {
    let pixels = images.flat_map(Shapes::draw).collect();
    let pixels = Pixels::Bytes(pixels);
    Class::new(
        0,
        ImageSet {
            image: Shapes::IMAGE,
            pixels,
        },
    )
}

fn explained(network: &Network, class: Class, permute: Permute) -> Report {
    let settings = Settings {
        classes: vec![0],
        method: Method::Exact,
        permute,
        ..Settings::default()
    };
    done(Run::explain(&Engine::cpu(), settings, &[class], network.clone()).unwrap())
}

#[test]
fn the_map_moves_by_as_much_as_the_images() {
    // All pixels count alike, so that a pixel's importance is a matter of the images alone.
    let network = by_hand(1, |_| 1.0);
    let drawn = Shapes::new(4);
    // Without those that would leave the picture.
    let factors: Vec<[u32; 5]> = (0..400).map(|image| drawn.factors(image)).collect();
    let factors = || {
        factors
            .iter()
            .copied()
            .filter(|[.., x, y]| *x < 7 && *y < 7)
    };
    let map = |images: Class| {
        let report = explained(&network, images, Permute::Pixel);
        report
            .pixel_importance
            .unwrap()
            .mean
            .into_shape_with_order((32, 32))
            .unwrap()
    };
    let before = map(class(factors()));
    let right = map(class(
        factors().map(|[form, size, hue, x, y]| [form, size, hue, x + 1, y]),
    ));
    let down = map(class(
        factors().map(|[form, size, hue, x, y]| [form, size, hue, x, y + 1]),
    ));
    assert!(before.iter().any(|&importance| importance > 0.1));
    for row in 0..32 {
        for column in 0..30 {
            let near = |a: f32, b: f32| (a - b).abs() <= 1e-5 * a.max(b).max(1.0);
            assert!(near(right[(row, column + 2)], before[(row, column)]));
            assert!(near(down[(column + 2, row)], before[(column, row)]));
        }
    }
}

#[test]
fn where_hue_alone_varies_importance_is_of_channels_and_the_same_in_every_covered_pixel() {
    // The dimensions are the sums of red, green and blue.
    let network = by_hand(3, |(at, dim)| f32::from(u8::from(at % 3 == dim)));
    let images = (0..160).map(|image| [0, 2, image % 8, 3, 4]);
    let report = explained(&network, class(images), Permute::Channel);
    let importance = report.pixel_importance.unwrap().mean;
    // Squares of 12 pixels around (17, 15), from 9 to 21 and from 11 to 23.
    let covered = |at: usize| {
        let (row, column) = (at / 3 / 32, at / 3 % 32);
        (11..23).contains(&row) && (9..21).contains(&column)
    };
    let first = |channel: usize| importance[((11 * 32 + 9) * 3 + channel, channel)];
    for (at, of) in importance.rows().into_iter().enumerate() {
        for (dim, &found) in of.iter().enumerate() {
            let expected = if covered(at) && at % 3 == dim {
                first(dim)
            } else {
                0.0
            };
            assert!(
                (found - expected).abs() < 1e-6,
                "{at} {dim}: {found}, not {expected}"
            );
        }
    }
    assert!((0..3).all(|channel| first(channel) > 0.05));
    // Twice the variance of the channel over the eight hues, which are equally many.
    let red: Vec<f64> = (0..8)
        .map(|hue| f64::from(Shapes::draw([0, 2, hue, 3, 4])[(11 * 32 + 9) * 3]) / 255.0)
        .collect();
    let mean = red.iter().sum::<f64>() / 8.0;
    let variance = red.iter().map(|red| (red - mean).powi(2)).sum::<f64>() / 8.0;
    assert!((f64::from(first(0)) - 2.0 * variance).abs() < 1e-5);
}

#[test]
fn a_run_on_shapes_says_which_dimension_carries_which_factor_where_it_is_asked() {
    let made = made::make("shapes", 1, 60).unwrap();
    let network = by_hand(2, |(at, dim)| {
        let (row, column) = (at / 96, at / 3 % 32);
        (if dim == 0 { column } else { row }) as f32 / 32.0 - 0.5
    });
    let of = |source: DataSource| {
        let settings = Settings {
            classes: vec![0, 1, 2],
            measure: Measure {
                factors: true,
                ..Measure::default()
            },
            ..Settings::default()
        };
        let run = Run::explain(&Engine::cpu(), settings, &made.classes, network.clone()).unwrap();
        done(run.on_data(source))
    };
    let report = of(DataSource {
        made: Some("shapes".into()),
        ..DataSource::default()
    });
    report.check().unwrap();
    let found = report.factors.as_ref().unwrap();
    assert_eq!((found.names.len(), found.images), (5, 10_000));
    let share = |name: &str, dim| {
        let factor = found.names.iter().position(|each| each == name).unwrap();
        found.share(factor, dim)
    };
    assert!(share("x", 0) > 5.0 * share("x", 1).max(0.01), "{found:?}");
    assert!(share("y", 1) > 5.0 * share("y", 0).max(0.01), "{found:?}");
    let words = report.measured_in_words().join(" ");
    assert!(words.contains("The mutual information gap is"), "{words}");
    let report = of(DataSource::default());
    assert_eq!(report.factors, None);
    let words = report.measured_in_words().join(" ");
    assert!(words.contains("cannot be measured"), "{words}");
}
