//! What is lost with fewer dimensions, and how many it takes, against literal loops and networks of which it is
//! known which dimensions carry everything.

use std::num::NonZeroUsize;
use std::time::Duration;

use latent_lens::data::{Class, Dataset, ImageSet};
use latent_lens::engine::Engine;
use latent_lens::keyed::{Keyed, Purpose};
use latent_lens::model::{Activation, Architecture, Dense, Network};
use latent_lens::networks::{Sizes, Smaller};
use latent_lens::report::Report;
use latent_lens::run::{Part, Run, RunError, Stage};
use latent_lens::settings::{HiddenActivation, Loss, Measure, NetworkKind, Settings};
use ndarray::{Array1, Array2, Axis};
use pollster::block_on;

use crate::share::{classes, settings};

fn measure() -> Measure {
    Measure {
        smaller: true,
        ..Measure::default()
    }
}

fn finish(mut run: Run) -> (Report, Network) {
    loop {
        let update = block_on(run.advance(Duration::from_millis(5))).unwrap();
        assert!((0.0..=update.total).contains(&update.done), "{update:?}");
        if update.stage == Stage::Done {
            return (run.report().clone(), run.network().unwrap().clone());
        }
    }
}

fn mean(images: &Array2<f32>) -> Array1<f64> {
    images.mapv(f64::from).mean_axis(Axis(0)).unwrap()
}

/// The loss as it is defined, image by image and number by number.
fn literal(network: &Network, images: &Array2<f32>, smaller: &Smaller, order: &[u32]) -> Vec<f64> {
    (0..=order.len())
        .map(|kept| {
            let mut latents = network.encode(images.view());
            for &dim in &order[kept..] {
                latents
                    .column_mut(dim as usize)
                    .fill(smaller.means[dim as usize]);
            }
            let made = network.decode(latents.view());
            let loss = |(&made, &pixel): (&f32, &f32)| {
                let (made, pixel) = (f64::from(made), f64::from(pixel));
                match smaller.kind {
                    Loss::Mse => (made - pixel).powi(2),
                    Loss::Mae => (made - pixel).abs(),
                    Loss::Bce => {
                        let made = made.clamp(1e-7, 1.0 - 1e-7);
                        -pixel * made.ln() - (1.0 - pixel) * (1.0 - made).ln()
                    }
                }
            };
            made.iter().zip(images).map(loss).sum::<f64>() / images.len() as f64
        })
        .collect()
}

fn check(settings: Settings, classes: &[Class]) -> (Smaller, Network) {
    let settings = Settings {
        measure: measure(),
        ..settings
    };
    let data = Dataset::new(classes, &settings.division(true)).unwrap();
    let seed = settings.seed;
    let (report, network) = finish(Run::new(&Engine::cpu(), settings, classes).unwrap());
    report.check().unwrap();
    let smaller = report.smaller.unwrap();
    let dims = network.dims();
    assert_eq!(smaller.ordered_on, data.training.count());
    assert!(smaller.of_training);
    assert_eq!(smaller.explained, data.explained.count());
    let means = mean(&network.encode(data.training.all().view()));
    for (found, expected) in smaller.means.iter().zip(means) {
        assert!((f64::from(*found) - expected).abs() < 1e-5 * expected.abs().max(1.0));
    }
    let importance = |at: usize| smaller.importance[smaller.order[at] as usize];
    assert!((1..dims).all(|at| importance(at - 1) >= importance(at)));
    let near = |found: &[f32], order: &[u32]| {
        let expected = literal(&network, &data.explained.pixels, &smaller, order);
        for (found, expected) in found.iter().zip(&expected) {
            let off = (f64::from(*found) - expected).abs();
            assert!(off < 1e-5 * expected.max(0.1), "{found} for {expected}");
        }
    };
    near(&smaller.loss, &smaller.order);
    assert_eq!(smaller.random.len(), if dims > 1 { 8 } else { 0 });
    for (at, random) in smaller.random.iter().enumerate() {
        let order = Keyed::new(seed, Purpose::Smaller, &[at as u64]).permutation(dims);
        near(random, &order);
    }
    (smaller, network)
}

#[test]
fn every_loss_is_that_of_a_literal_loop() {
    let usual = || settings(latent_lens::settings::Method::Auto, &[]);
    for (hidden, dims) in [(vec![], 5), (vec![7], 4), (vec![], 1)] {
        check(
            Settings {
                hidden,
                dims,
                ..usual()
            },
            &classes(),
        );
    }
    check(
        Settings {
            loss: Loss::Mse,
            activation: HiddenActivation::Tanh,
            dims: 3,
            ..usual()
        },
        &classes(),
    );
    check(
        Settings {
            kind: NetworkKind::Convolutional,
            filters: vec![2],
            hidden: Vec::new(),
            dims: 3,
            ..usual()
        },
        &classes(),
    );
}

/// Images of eight pixels that are drawn by themselves, and eight that are dark.
fn drawn(images: u64) -> Class {
    let image = |number| {
        let mut draws = Keyed::new(5, Purpose::Weights, &[number]);
        (0..16).map(move |pixel| {
            if pixel < 8 {
                (draws.uniform() * 255.0) as u8
            } else {
                0
            }
        })
    };
    Class::new(
        0,
        ImageSet::from_bytes(4, 4, (0..images).flat_map(image).collect()),
    )
}

/// 32 dimensions, of which every fourth has a pixel of its own, the first of them the most contrast; the others
/// hold pixels as well, and the decoder looks at none of them.
fn planted() -> Network {
    let encoder = Array2::from_shape_fn((16, 32), |(pixel, dim)| {
        f32::from(if dim % 4 == 0 {
            pixel == dim / 4
        } else {
            pixel == dim % 8
        })
    });
    let decoder = Array2::from_shape_fn((32, 16), |(dim, pixel)| {
        if dim % 4 == 0 && pixel == dim / 4 {
            4.0 - 0.4 * pixel as f32
        } else {
            0.0
        }
    });
    let layer = |weight: Array2<f32>, bias, activation| Dense {
        bias: Array1::from_elem(weight.ncols(), bias),
        weight,
        activation,
    };
    Network::dense(
        vec![layer(encoder, 0.0, Activation::Relu)],
        vec![layer(decoder, -2.0, Activation::Sigmoid)],
    )
    .unwrap()
}

#[test]
fn eight_of_thirty_two_dimensions_carry_everything() {
    let settings = Settings {
        classes: vec![0],
        measure: measure(),
        ..Settings::default()
    };
    let run = Run::explain(&Engine::cpu(), settings, &[drawn(400)], planted()).unwrap();
    let (report, network) = finish(run);
    report.check().unwrap();
    let smaller = report.smaller.unwrap();
    assert!(!smaller.of_training);
    assert_eq!(smaller.ordered_on, 400);
    let mut first: Vec<u32> = smaller.order[..8].to_vec();
    // Contrast falls from pixel to pixel by more than chance.
    assert_eq!(first[..2], [0, 4]);
    first.sort_unstable();
    assert_eq!(first, [0, 4, 8, 12, 16, 20, 24, 28]);
    assert!(smaller.loss[..9].windows(2).all(|pair| pair[0] > pair[1]));
    assert!(smaller.loss[8..].windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(smaller.enough(), 8);
    // What the first eight bring, eight drawn at random bring in part.
    let at_random = smaller.at_random(8).unwrap();
    assert!(at_random > f64::from(smaller.loss[8]) + 1e-3);

    // The network that is made of them gives the same.
    let dims: Vec<usize> = first.iter().map(|&dim| dim as usize).collect();
    let made = network.keeping(&dims, &smaller.means).unwrap();
    let images = Array2::from_shape_fn((5, 16), |(row, pixel)| {
        if pixel < 8 {
            ((row * 7 + pixel * 3) % 10) as f32 / 10.0
        } else {
            0.0
        }
    });
    let through = |network: &Network| network.decode(network.encode(images.view()).view());
    let off = &through(&made) - &through(&network);
    assert!(off.iter().all(|off| off.abs() < 1e-6));
}

#[test]
fn a_smaller_network_is_trained_on_from_where_it_is() {
    let usual = settings(latent_lens::settings::Method::Auto, &[]);
    let usual = Settings {
        epochs: 3,
        dims: 5,
        ..usual
    };
    let (smaller, network) = check(usual.clone(), &classes());
    let mut dims: Vec<usize> = smaller.order[..3].iter().map(|&dim| dim as usize).collect();
    dims.sort_unstable();
    let made = network.keeping(&dims, &smaller.means).unwrap();
    let engine = Engine::cpu();

    // After no epoch it is as it was.
    let rest = Settings {
        epochs: 0,
        ..usual.clone()
    };
    let run = Run::train_on(&engine, rest, &classes(), made.clone()).unwrap();
    let (report, same) = finish(run);
    assert_eq!(report.settings.dims, 3);
    assert_eq!(
        same.encode(Array2::ones((1, 20)).view()),
        made.encode(Array2::ones((1, 20)).view())
    );

    let run = Run::train_on(&engine, usual.clone(), &classes(), made.clone()).unwrap();
    let (report, trained) = finish(run);
    assert_ne!(trained, made);
    let history = report.training.unwrap();
    assert_eq!(history.held_out_loss.len(), 3);
    // All training images are one step, whose loss is that of the network it begins with.
    let data = Dataset::new(&classes(), &usual.division(true)).unwrap();
    let images = &data.training.all();
    let whole = Smaller {
        means: vec![0.0; 3],
        ..smaller
    };
    let expected = literal(&made, images, &whole, &[0, 1, 2])[3];
    assert!((f64::from(history.training_loss[0]) - expected).abs() < 1e-5);

    let hidden = Network::of(&Architecture::dense(20, &[4], 3), 1);
    let refused = Run::train_on(&engine, usual, &classes(), hidden);
    assert_eq!(refused.err(), Some(RunError::Untrainable));
}

fn tried(settings: &Settings, threads: usize) -> Sizes {
    let run = Run::new(&Engine::cpu(), settings.clone(), &classes()).unwrap();
    let (report, _) = finish(run.on_threads(NonZeroUsize::new(threads).unwrap()));
    report.check().unwrap();
    report.sizes.unwrap()
}

#[test]
fn every_size_is_what_a_run_of_its_own_comes_to() {
    for hidden in [vec![], vec![6]] {
        let usual = Settings {
            epochs: 2,
            dims: 4,
            ..settings(latent_lens::settings::Method::Auto, &hidden)
        };
        let asked = Settings {
            measure: Measure {
                sizes: vec![8, 2, 4, 2],
                ..Measure::default()
            },
            ..usual.clone()
        };
        let sizes = tried(&asked, 1);
        let written = |sizes: &Sizes| serde_json::to_string(sizes).unwrap();
        assert_eq!(written(&sizes), written(&tried(&asked, 3)));
        let found: Vec<usize> = sizes.tried.iter().map(|size| size.dims).collect();
        assert_eq!(found, [2, 4, 8]);
        for size in &sizes.tried {
            let own = Settings {
                dims: size.dims,
                ..usual.clone()
            };
            let (report, _) = finish(Run::new(&Engine::cpu(), own, &classes()).unwrap());
            let history = report.training.unwrap();
            assert_eq!(size.held_out_loss.as_ref(), history.held_out_loss.last());
            assert_eq!(size.training_loss.as_ref(), history.training_loss.last());
            assert_eq!(sizes.mean_image_loss, history.mean_image_loss);
            let encoded = report.encoded.unwrap();
            let same = |values: ndarray::ArrayView1<'_, f32>| {
                values.iter().all(|&value| value == values[0])
            };
            let inactive = encoded
                .latents
                .columns()
                .into_iter()
                .filter(|&of| same(of))
                .count();
            assert_eq!(size.inactive, inactive);
            assert_eq!(size.is_shown, size.dims == 4);
        }
    }
}

#[test]
fn what_is_found_of_sizes_is_told_as_it_comes_and_nothing_beside_a_brought_model() {
    let asked = Settings {
        epochs: 2,
        measure: Measure {
            sizes: vec![1, 2, 3],
            ..Measure::default()
        },
        ..settings(latent_lens::settings::Method::Auto, &[])
    };
    let mut run = Run::new(&Engine::cpu(), asked.clone(), &classes()).unwrap();
    let mut told = 0;
    loop {
        let update = block_on(run.advance(Duration::from_millis(1))).unwrap();
        told += usize::from(update.changed.contains(&Part::Sizes));
        if update.stage == Stage::Done {
            break;
        }
    }
    assert!(told > 1, "{told}");
    let brought = Run::explain(
        &Engine::cpu(),
        asked,
        &classes(),
        crate::share::network(&[]),
    )
    .unwrap();
    assert!(finish(brought).0.sizes.is_none());
}
