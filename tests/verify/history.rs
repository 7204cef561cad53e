//! What is measured after a run's epochs: beside the run, and as a run of its own would measure it.

use std::num::NonZeroUsize;
use std::time::Duration;

use latent_lens::data::{Class, ImageSet};
use latent_lens::engine::Engine;
use latent_lens::history::{Emergence, History, MomentMaps};
use latent_lens::importance::Measured;
use latent_lens::model::Network;
use latent_lens::report::Report;
use latent_lens::run::{Recorded, Run, Stage};
use latent_lens::settings::{Donors, FeatureKind, Measure, Method, NetworkKind, Settings};
use pollster::block_on;

const SLICE: Duration = Duration::from_millis(5);

/// Two classes of 40 images of 5 × 4 pixels, each class with a bright row of its own, in noise; the last pixel is black.
fn classes() -> Vec<Class> {
    let pixel = |label: usize, at: usize, pixel: usize| match pixel {
        19 => 0,
        _ if pixel / 4 == label => 180 + ((at * 37 + pixel * 11) % 70) as u8,
        _ => ((at * 7919 + pixel * 104_729 + label) % 97) as u8,
    };
    let class = |label: u8| {
        let images = (0..40).flat_map(|at| (0..20).map(move |of| pixel(label.into(), at, of)));
        Class::new(label, ImageSet::from_bytes(5, 4, images.collect()))
    };
    vec![class(0), class(1)]
}

fn settings() -> Settings {
    Settings {
        classes: vec![0, 1],
        dims: 3,
        epochs: 9,
        learning_rate: 0.02,
        batch_size: 16,
        permutations: 3,
        ..Settings::default()
    }
}

fn finished(mut run: Run) -> Run {
    while block_on(run.advance(SLICE)).unwrap().stage != Stage::Done {}
    run
}

fn recorded(settings: &Settings, classes: &[Class], threads: usize) -> (Report, Network, Recorded) {
    let run = Run::new(&Engine::cpu(), settings.clone(), classes).unwrap();
    let run = run.on_threads(NonZeroUsize::new(threads).unwrap());
    let (mut run, mut recording) = run.recorded();
    loop {
        let mut update = block_on(run.advance(SLICE)).unwrap();
        recording.hear(&mut update);
        if update.stage == Stage::Done {
            break;
        }
    }
    let network = run.network().unwrap().clone();
    let mut heard = Vec::new();
    let goes_on = |done, total| {
        heard.push((done, total));
        true
    };
    let recorded = block_on(recording.finish(run.report(), &network, goes_on)).unwrap();
    assert!(recorded.refused.is_empty(), "{:?}", recorded.refused);
    assert!(heard.iter().all(|(done, total)| done <= total), "{heard:?}");
    (run.report().clone(), network, recorded)
}

fn epochs(history: &History) -> Vec<usize> {
    history.moments().map(|moment| moment.epoch).collect()
}

/// A report without what differs between two programs that are otherwise the same.
fn told(report: &Report) -> String {
    serde_json::to_string(report).unwrap()
}

#[test]
fn a_run_that_is_recorded_finds_the_same_to_the_last_bit() {
    for kind in [NetworkKind::Dense, NetworkKind::Convolutional] {
        let settings = Settings {
            kind,
            filters: vec![2],
            epochs: 5,
            ..settings()
        };
        let classes = classes();
        let alone = finished(Run::new(&Engine::cpu(), settings.clone(), &classes).unwrap());
        for threads in [1, 2, 3] {
            let (report, network, recorded) = recorded(&settings, &classes, threads);
            assert_eq!(told(&report), told(alone.report()), "{threads} threads");
            assert_eq!(&network, alone.network().unwrap());
            let all = match threads {
                1 => vec![0, 1, 2, 4, 5],
                _ => (0..=5).collect(),
            };
            assert_eq!(epochs(&recorded.history), all);
        }
    }
}

#[test]
fn every_moment_is_what_a_run_of_its_network_measures() {
    let classes = classes();
    let (report, _, recorded) = recorded(&settings(), &classes, 2);
    for moment in recorded.history.moments() {
        let method = match moment.epoch {
            // The run's own is exact.
            9 => Method::Auto,
            _ => Method::Sampled,
        };
        let of = |method| {
            let settings = Settings {
                method,
                ..settings()
            };
            let network = moment.network.clone();
            let run = Run::trained(&Engine::cpu(), settings, &classes, network).unwrap();
            finished(run).report().clone()
        };
        let (exact, sampled) = (of(Method::Auto), of(method));
        let v = exact.pixel_importance.as_ref().unwrap();
        assert_eq!(v.method, Measured::Exact);
        assert_eq!(moment.pixel_importance.mean, v.mean);
        assert_eq!(
            moment.direction.slope,
            exact.direction.as_ref().unwrap().slope
        );
        assert_eq!(moment.latents, exact.encoded.as_ref().unwrap().latents);
        let samples = exact.samples.as_ref().unwrap();
        assert_eq!(moment.reconstructions, samples.reconstructions);
        let ie = sampled.latent_importance.as_ref().unwrap();
        // Where V is sampled, latents are added up in another order.
        for (found, expected) in moment.latent_importance.mean.iter().zip(&ie.mean) {
            let off = (found - expected).abs();
            assert!(off <= 1e-5 * expected.abs(), "epoch {}", moment.epoch);
        }
        // And a report of that epoch holds all of it.
        let then = report.at(moment);
        assert_eq!(then.check(), Ok(()));
        assert_eq!(
            then.moment(moment.epoch, &moment.network).unwrap().latents,
            moment.latents
        );
    }
}

#[test]
fn what_is_measured_otherwise_is_measured_so_at_every_epoch() {
    let settings = Settings {
        epochs: 2,
        measure: Measure {
            features: FeatureKind::Patches,
            patch: 2,
            donors: Donors::Class,
            ..Measure::default()
        },
        ..settings()
    };
    let (report, _, recorded) = recorded(&settings, &classes(), 2);
    assert_eq!(epochs(&recorded.history), [0, 1, 2]);
    assert!(report.groups.is_some());
    let last = recorded.history.at(2).unwrap();
    assert_eq!(
        last.pixel_importance.mean,
        report.pixel_importance.unwrap().mean
    );
}

#[test]
fn one_image_one_class_and_one_dimension_have_a_history() {
    let few = |images: usize| {
        let bytes = (0..images * 6).map(|at| (at * 41 % 256) as u8).collect();
        vec![Class::new(0, ImageSet::from_bytes(2, 3, bytes))]
    };
    let settings = Settings {
        classes: vec![0],
        dims: 1,
        epochs: 3,
        ..settings()
    };
    for images in [2, 3, 12] {
        let (_, _, recorded) = recorded(&settings, &few(images), 2);
        assert_eq!(epochs(&recorded.history), [0, 1, 2, 3], "{images} images");
        let emergence = recorded.history.emergence().unwrap();
        assert_eq!(emergence.epochs, [0, 1, 2, 3]);
        assert_eq!(emergence.latent_importance[0].len(), 1);
    }
}

#[test]
fn a_run_that_trains_nothing_has_one_moment() {
    let settings = Settings {
        epochs: 0,
        ..settings()
    };
    let (report, _, recorded) = recorded(&settings, &classes(), 2);
    assert_eq!(epochs(&recorded.history), [0]);
    let emergence = recorded.history.emergence().unwrap();
    let v = report.pixel_importance.unwrap().mean;
    for (dim, emerged) in emergence.emerged.iter().enumerate() {
        let is_flat = v.column(dim).iter().all(|&value| value == 0.0);
        assert_eq!(*emerged, (!is_flat).then_some(0));
    }
}

#[test]
fn what_a_run_ends_without_is_not_waited_for() {
    let run = Run::new(&Engine::cpu(), settings(), &classes()).unwrap();
    let run = run.on_threads(NonZeroUsize::new(3).unwrap());
    let (mut run, mut recording) = run.recorded();
    for _ in 0..4 {
        let mut update = block_on(run.advance(SLICE)).unwrap();
        recording.hear(&mut update);
    }
    // Its threads end with it.
    drop(recording);

    let run = Run::new(&Engine::cpu(), settings(), &classes()).unwrap();
    let (mut run, mut recording) = run.recorded();
    while run.stage() != Stage::Done {
        recording.hear(&mut block_on(run.advance(SLICE)).unwrap());
    }
    let network = run.network().unwrap().clone();
    assert!(block_on(recording.finish(run.report(), &network, |_, _| false)).is_none());
}

#[test]
fn a_history_is_bounded_and_thinned_evenly() {
    let (_, _, recorded) = recorded(&settings(), &classes(), 2);
    let all: Vec<_> = recorded.history.moments().cloned().collect();
    let each = all[0].bytes();
    assert!(each > 4 * (3 * 20 * 3 + 2 * 20 * 3));
    let kept = |room: usize, order: &[usize]| {
        let mut history = History::new(room * each + each / 2).ending_with(9);
        for &epoch in order {
            history.add(all[epoch].clone());
        }
        (epochs(&history), history.step())
    };
    let ascending: Vec<usize> = (0..=9).collect();
    assert_eq!(kept(10, &ascending), (ascending.clone(), 1));
    assert_eq!(kept(6, &ascending), (vec![0, 2, 4, 6, 8, 9], 2));
    assert_eq!(kept(4, &ascending), (vec![0, 4, 8, 9], 4));
    // In whatever order they come.
    assert_eq!(
        kept(4, &[0, 9, 8, 4, 2, 6, 1, 3, 5, 7]),
        (vec![0, 4, 8, 9], 4)
    );
    // The first and the last stay where there is room for two.
    assert_eq!(kept(2, &ascending).0, [0, 9]);
    assert_eq!(kept(2, &ascending).1, 16);
}

#[test]
fn emergence_follows_from_the_maps() {
    let (_, _, recorded) = recorded(&settings(), &classes(), 2);
    let history = &recorded.history;
    let found = history.emergence().unwrap();
    let maps: Vec<MomentMaps> = history.moments().map(MomentMaps::from).collect();
    assert_eq!(found.epochs, epochs(history));
    for (at, row) in found.similarity.iter().enumerate() {
        for (dim, rho) in row.iter().enumerate() {
            let directional = |of: &MomentMaps| -> Vec<f64> {
                let column = of.pixel_importance.column(dim).into_iter();
                let signs = of.direction.sign.column(dim);
                // The last pixel is black in all images.
                let products = column.zip(signs).take(19);
                products.map(|(v, s)| f64::from(v * s)).collect()
            };
            let (then, last) = (directional(&maps[at]), directional(&maps[9]));
            match rho {
                Some(rho) => assert!((spearman(&then, &last) - f64::from(*rho)).abs() < 1e-5),
                None => assert!(
                    [then, last]
                        .iter()
                        .any(|map| map.iter().all(|v| *v == map[0]))
                ),
            }
        }
    }
    for dim in 0..3 {
        let settles = |at: usize| {
            found.similarity[at..]
                .iter()
                .all(|row| row[dim].is_some_and(|rho| rho >= 0.95))
        };
        let first = (0..10).find(|&at| settles(at));
        assert_eq!(found.emerged[dim], first);
    }
    assert!(Emergence::of(&[]).is_none());
}

/// Literally: ranks by counting, then Pearson's r.
fn spearman(a: &[f64], b: &[f64]) -> f64 {
    let ranks = |of: &[f64]| -> Vec<f64> {
        let rank = |v: &f64| {
            let (less, same) = of.iter().fold((0.0, 0.0), |(less, same), other| {
                (less + f64::from(other < v), same + f64::from(other == v))
            });
            less + (same - 1.0) / 2.0
        };
        of.iter().map(rank).collect()
    };
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() as f64 - 1.0) / 2.0;
    let sum = |x: &[f64], y: &[f64]| -> f64 {
        x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum()
    };
    sum(&a, &b) / (sum(&a, &a) * sum(&b, &b)).sqrt()
}
