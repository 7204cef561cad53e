//! Other networks and controls in whole runs, against runs of their own and the definitions.

use std::num::NonZeroUsize;
use std::time::Duration;

use latent_lens::data::{Class, ImageSet};
use latent_lens::engine::Engine;
use latent_lens::keyed::{Keyed, Purpose};
use latent_lens::model::Network;
use latent_lens::networks::{Networks, Other, Verdict};
use latent_lens::run::{Run, RunError, Stage};
use latent_lens::settings::{Loss, Measure, Method, NetworkKind, Noise, Settings, Variant};
use ndarray::{Array2, ArrayView1};
use pollster::block_on;

/// Images of 4 × 4 pixels, in `channels`: blobs at places that differ by class.
fn classes(channels: usize) -> Vec<Class> {
    let class = |label: u8| {
        let bytes = (0..60u64).flat_map(|image| {
            let mut draws = Keyed::new(label.into(), Purpose::Weights, &[image]);
            let row = f32::from(label) + 1.5 * draws.uniform();
            let column = 3.0 * draws.uniform();
            let bright = 120.0 + 100.0 * draws.uniform();
            (0..16 * channels).map(move |at| {
                let pixel = at / channels;
                let (down, across) = ((pixel / 4) as f32 - row, (pixel % 4) as f32 - column);
                (bright * (-(down * down + across * across)).exp()) as u8
            })
        });
        let mut set = ImageSet::from_bytes(4, 4 * channels, bytes.collect());
        set.image.width = 4;
        set.image.channels = channels;
        Class::new(label, set)
    };
    vec![class(0), class(2)]
}

fn settings(measure: Measure) -> Settings {
    Settings {
        classes: vec![0, 2],
        dims: 3,
        epochs: 12,
        batch_size: 16,
        held_out: 30,
        learning_rate: 0.02,
        method: Method::Exact,
        measure,
        ..Settings::default()
    }
}

fn finish(mut run: Run) -> Run {
    let mut progress = (run.stage(), 0.0);
    loop {
        let update = block_on(run.advance(Duration::from_millis(5))).unwrap();
        assert!(update.done <= update.total + 1e-9, "{update:?}");
        if update.stage == progress.0 {
            assert!(update.done >= progress.1, "{update:?}");
        }
        progress = (update.stage, update.done);
        if update.stage == Stage::Done {
            return run;
        }
    }
}

fn trained(settings: &Settings, channels: usize) -> Run {
    let run = Run::new(&Engine::cpu(), settings.clone(), &classes(channels));
    finish(run.unwrap())
}

fn networks(count: usize) -> Measure {
    Measure {
        networks: count,
        ..Measure::default()
    }
}

fn pearson(a: ArrayView1<'_, f32>, b: ArrayView1<'_, f32>) -> Option<f64> {
    let mean = |of: ArrayView1<'_, f32>| of.mapv(f64::from).mean().unwrap();
    let (mean_a, mean_b) = (mean(a), mean(b));
    let [mut ab, mut aa, mut bb] = [0.0; 3];
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (f64::from(*a) - mean_a, f64::from(*b) - mean_b);
        ab += a * b;
        aa += a * a;
        bb += b * b;
    }
    (aa > 1e-12 && bb > 1e-12).then(|| ab / (aa * bb).sqrt())
}

/// The pairs of three dimensions whose |r| are together the largest, by trying all orders.
fn best(r: &Array2<f64>) -> [usize; 3] {
    let orders = [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ];
    let total = |order: &[usize; 3]| -> f64 { (0..3).map(|dim| r[[dim, order[dim]]].abs()).sum() };
    let best = orders.iter().max_by(|a, b| total(a).total_cmp(&total(b)));
    *best.unwrap()
}

/// Each other network, held against a run of its own.
fn check(settings: &Settings, channels: usize) -> Networks {
    let run = trained(settings, channels);
    let report = run.report();
    report.check().unwrap();
    let found = report.networks.clone().unwrap();
    let latents = &report.encoded.as_ref().unwrap().latents;
    assert_eq!(found.explained, latents.nrows());
    assert_eq!(found.others.len(), settings.measure.networks - 1);
    for (k, other) in (1..).zip(&found.others) {
        let own = trained(&settings.replica(k), channels);
        let seeds = own.report().settings.seeds();
        assert_eq!(other.seeds, Some(seeds));
        assert_eq!(seeds.split, settings.seeds().split);
        assert_eq!(other.name, format!("seed {}", 1 + k));
        let history = own.report().training.as_ref().unwrap();
        assert_eq!(other.held_out_loss, history.held_out_loss.last().copied());

        let theirs = &own.report().encoded.as_ref().unwrap().latents;
        let r = Array2::from_shape_fn((3, 3), |(a, b)| {
            pearson(latents.column(a), theirs.column(b)).unwrap_or(0.0)
        });
        let map = own.report().directional_importance().unwrap();
        let importance = &own.report().latent_importance.as_ref().unwrap().mean;
        let order = best(&r);
        // As many are matched as either network has dimensions that say something.
        let says = |latents: &Array2<f32>| {
            let columns = latents.columns().into_iter();
            columns.filter(|of| pearson(*of, *of).is_some()).count()
        };
        let matched = other.matches.iter().filter(|of| of.dim.is_some()).count();
        assert_eq!(matched, says(latents).min(says(theirs)));
        for (dim, of) in other.matches.iter().enumerate() {
            let Some(matched) = of.dim else {
                continue;
            };
            if order.iter().all(|&to| r[[dim, to]] != 0.0) {
                assert_eq!(matched, order[dim]);
            }
            let r = r[[dim, matched]];
            assert!((f64::from(of.r.unwrap()) - r).abs() < 1e-5);
            let chance = f64::from(found.chance[dim]);
            assert_eq!(of.verdict == Verdict::FoundAgain, r.abs() > chance);
            for (value, own) in other.maps[dim].iter().zip(map.column(matched)) {
                assert_eq!(f64::from(*value), f64::from(*own) * r.signum());
            }
            for (class, row) in other.latent_importance.iter().enumerate() {
                assert_eq!(row[dim], Some(importance[[class, matched]]));
            }
        }
    }
    found
}

#[test]
fn other_networks_are_those_of_runs_with_their_seeds() {
    check(&settings(networks(3)), 1);
}

#[test]
fn convolutional_networks_of_colours_are_compared_as_well() {
    let settings = Settings {
        kind: NetworkKind::Convolutional,
        filters: vec![2],
        epochs: 2,
        ..settings(networks(2))
    };
    check(&settings, 3);
    let settings = Settings {
        loss: Loss::Mse,
        kind: NetworkKind::Dense,
        ..settings
    };
    check(&settings, 3);
}

/// Who trains the others makes no difference, nor does who gives those that are trained already.
#[test]
fn threads_and_given_networks_find_the_same() {
    let settings = settings(networks(3));
    let alone = trained(&settings, 1);
    let text = |run: &Run| serde_json::to_string(run.report().networks.as_ref().unwrap()).unwrap();
    let engine = Engine::cpu();
    let threads = NonZeroUsize::new(3).unwrap();
    let run = Run::new(&engine, settings.clone(), &classes(1)).unwrap();
    assert_eq!(text(&finish(run.on_threads(threads))), text(&alone));

    let given = (1..3).map(|k| {
        let own = trained(&settings.replica(k), 1);
        let seeds = settings.replica(k).seeds();
        let history = own.report().training.as_ref().unwrap();
        Other {
            name: seeds.name(),
            network: own.network().unwrap().clone(),
            settings: Some(settings.replica(k)),
            held_out_loss: history.held_out_loss.last().copied(),
        }
    });
    let network = alone.network().unwrap().clone();
    let run = Run::trained(&engine, settings.clone(), &classes(1), network).unwrap();
    let run = finish(run.beside(given.collect()).unwrap());
    assert_eq!(text(&run), text(&alone));
}

/// A network that was given stands for one that would be trained only where all is the same that it learns from.
#[test]
fn networks_are_the_same_where_all_that_they_learn_from_is() {
    let own = settings(networks(3));
    let other = own.replica(1);
    let measured = Settings {
        permutations: 9,
        method: Method::Sampled,
        seed: 77,
        measure: Measure::default(),
        ..other.clone()
    };
    assert!(other.trains_same(&measured) && !own.trains_same(&other));
    let variant = |variant: Variant| Settings {
        variant,
        ..other.clone()
    };
    let sparse = Variant {
        sparsity: 0.1,
        ..Variant::default()
    };
    let noisy = Variant {
        noise: Noise::Masking,
        ..Variant::default()
    };
    let unlike = [
        variant(sparse),
        variant(noisy),
        Settings {
            loss: Loss::Mse,
            ..other.clone()
        },
        Settings {
            epochs: 13,
            ..other.clone()
        },
        Settings {
            classes: vec![0],
            ..other.clone()
        },
    ];
    assert!(unlike.iter().all(|unlike| !other.trains_same(unlike)));
}

/// A network whose latents are another's in another order is found in it exactly; beside a model that was
/// brought there are no training images, and nothing is trained.
#[test]
fn a_model_that_was_brought_is_compared_with_those_given() {
    let first = trained(&settings(networks(1)), 1);
    assert!(first.report().networks.is_none());
    let network = first.network().unwrap().clone();
    let engine = Engine::cpu();
    let explain = |network: &Network| {
        let settings = settings(networks(4));
        Run::explain(&engine, settings, &classes(1), network.clone()).unwrap()
    };
    let run = finish(explain(&network));
    assert!(run.report().networks.is_none());
    assert!(run.report().networks_in_words()[0].contains("were trained"));

    let order = [2, 0, 1];
    let mut layers = network.clone();
    let turned = {
        let encoder = layers.encoder().dense().unwrap().into_iter().cloned();
        let mut encoder: Vec<_> = encoder.collect();
        let last = encoder.last_mut().unwrap();
        last.weight = last.weight.select(ndarray::Axis(1), &order);
        last.bias = last.bias.select(ndarray::Axis(0), &order);
        let decoder = layers.decoder().dense().unwrap().into_iter().cloned();
        let mut decoder: Vec<_> = decoder.collect();
        decoder[0].weight = decoder[0].weight.select(ndarray::Axis(0), &order);
        Network::dense(encoder, decoder).unwrap()
    };
    layers = turned;
    let other = Other {
        name: "order.zip".into(),
        network: layers,
        settings: None,
        held_out_loss: None,
    };
    let run = finish(explain(&network).beside(vec![other.clone()]).unwrap());
    let report = run.report();
    report.check().unwrap();
    let found = report.networks.as_ref().unwrap();
    assert_eq!((found.training, found.explained), (0, 120));
    let matches = &found.others[0].matches;
    for (dim, of) in matches.iter().enumerate() {
        if of.verdict != Verdict::Inactive {
            assert_eq!(order[of.dim.unwrap()], dim);
            assert!(of.r.unwrap() > 0.999_999 && of.r2.unwrap() > 0.999);
            assert!(of.map_similarity.unwrap() > 0.999_999);
        }
    }
    let active = matches.iter().filter(|of| of.dim.is_some()).count();
    assert!(active > 0);

    let other = Other {
        network: Network::untrained(25, &[], 3, 1),
        ..other
    };
    let refusal = explain(&network).beside(vec![other]).err().unwrap();
    assert!(matches!(
        refusal,
        RunError::Misfit {
            inputs: 25,
            pixels: 16
        }
    ));
}

#[test]
fn maps_are_held_against_the_untrained_network_and_the_variance() {
    let settings = settings(Measure {
        controls: true,
        ..Measure::default()
    });
    let run = trained(&settings, 1);
    let report = run.report();
    report.check().unwrap();
    let found = report.controls.as_ref().unwrap();
    let importance = &report.pixel_importance.as_ref().unwrap().mean;
    let before = Settings {
        epochs: 0,
        measure: Measure::default(),
        ..settings.clone()
    };
    let before = trained(&before, 1);
    let before = &before.report().pixel_importance.as_ref().unwrap().mean;
    let pixels = &run.explained().pixels;
    let variance: Vec<f64> = (0..16)
        .map(|pixel| {
            let values = pixels.column(pixel).mapv(f64::from);
            2.0 * values.var(0.0)
        })
        .collect();
    let varying: Vec<usize> = (0..16).filter(|&at| variance[at] > 0.0).collect();
    // Ranks by counting.
    let rho = |a: &dyn Fn(usize) -> f64, b: &dyn Fn(usize) -> f64| {
        let ranks = |of: &dyn Fn(usize) -> f64| -> Vec<f32> {
            let rank = |at: &usize| {
                let less = varying.iter().filter(|&&to| of(to) < of(*at)).count();
                let same = varying.iter().filter(|&&to| of(to) == of(*at)).count();
                (2 * less + same) as f32
            };
            varying.iter().map(rank).collect()
        };
        let (a, b) = (ranks(a), ranks(b));
        pearson(ArrayView1::from(&a), ArrayView1::from(&b))
    };
    for dim in 0..3 {
        let own = |at: usize| f64::from(importance[[at, dim]]);
        let checks = [
            (
                found.untrained[dim],
                rho(&own, &|at| f64::from(before[[at, dim]])),
            ),
            (
                found.variance[dim],
                rho(&own, &|at| f64::from(variance[at] as f32)),
            ),
        ];
        for (found, expected) in checks {
            assert_eq!(found.is_some(), expected.is_some());
            if let (Some(found), Some(expected)) = (found, expected) {
                assert!(
                    (f64::from(found) - expected).abs() < 1e-5,
                    "{found} {expected}"
                );
            }
        }
    }
    // Without what pixels say of each other there is less to learn.
    let control = found.permuted.as_ref().unwrap();
    let history = report.training.as_ref().unwrap();
    assert!(control.held_out_loss > *history.held_out_loss.last().unwrap());
    assert!(report.controls_in_words().len() == 3);
}

/// Pixels that say nothing of each other are as they were when each is permuted.
#[test]
fn permuting_noise_changes_nothing_that_can_be_learned() {
    let mut draws = Keyed::new(3, Purpose::Weights, &[]);
    let bytes = (0..200 * 16).map(|_| draws.below(256) as u8).collect();
    let noise = Class::new(0, ImageSet::from_bytes(4, 4, bytes));
    let settings = Settings {
        classes: vec![0],
        ..settings(Measure {
            controls: true,
            networks: 2,
            ..Measure::default()
        })
    };
    let run = Run::new(&Engine::cpu(), settings, &[noise]).unwrap();
    let run = finish(run);
    let report = run.report();
    let control = report.controls.as_ref().unwrap().permuted.as_ref().unwrap();
    let loss = *report
        .training
        .as_ref()
        .unwrap()
        .held_out_loss
        .last()
        .unwrap();
    assert!(
        (control.held_out_loss / loss - 1.0).abs() < 0.02,
        "{} {loss}",
        control.held_out_loss
    );
    // And with one class alone profiles have nothing to be like.
    let other = &report.networks.as_ref().unwrap().others[0];
    assert!(
        other
            .matches
            .iter()
            .all(|of| of.profile_similarity.is_none())
    );
}
