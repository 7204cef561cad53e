//! Kernels beside each other: between them numbers differ in their last digits alone, and each gives its own again on
//! any number of threads.

use std::num::NonZeroUsize;
use std::time::Duration;

use latent_lens::engine::{Engine, Kernel};
use latent_lens::report::Report;
use latent_lens::run::{Run, Stage};
use latent_lens::settings::{Method, Settings};
use pollster::block_on;

use crate::share::{classes, network, settings};

/// What results of two kernels may differ by, as a share of the largest.
const TOLERANCE: f32 = 1e-5;

fn finished(run: Run, threads: usize) -> Report {
    let mut run = run.on_threads(NonZeroUsize::new(threads).unwrap());
    let slice = Duration::from_millis(5);
    while block_on(run.advance(slice)).unwrap().stage != Stage::Done {}
    run.report().clone()
}

/// The explained images' importance for a network, and the losses of one that is trained.
fn numbers(report: &Report) -> Vec<Vec<f32>> {
    let found = [
        &report.pixel_importance,
        &report.latent_importance,
        &report.latent_importance_rmse,
    ];
    let found = found.into_iter().flatten();
    let found = found.map(|estimate| estimate.mean.iter().copied().collect());
    let training = report.training.iter();
    let losses = training.flat_map(|of| [of.training_loss.clone(), of.held_out_loss.clone()]);
    found.chain(losses).collect()
}

fn assert_agree(kernel: Kernel, settings: &Settings, make: impl Fn(&Engine) -> Run) {
    let engine = Engine::of_kernel(kernel);
    let found = finished(make(&engine), 1);
    assert_eq!(found.kernel.as_deref(), Some(kernel.name()));
    let again = finished(make(&engine), 3);
    assert_eq!(numbers(&found), numbers(&again), "{kernel:?}, {settings:?}");
    let expected = finished(make(&Engine::of_kernel(Kernel::Baseline)), 1);
    for (found, expected) in numbers(&found).iter().zip(numbers(&expected)) {
        let largest = expected.iter().fold(0.0f32, |most, of| most.max(of.abs()));
        assert!(largest > 0.0 && found.len() == expected.len());
        for (found, expected) in found.iter().zip(expected) {
            let off = (found - expected).abs();
            assert!(
                off <= TOLERANCE * largest,
                "{kernel:?}, {settings:?}: {found} instead of {expected}, of {largest}"
            );
        }
    }
}

#[test]
fn the_last_kernel_is_the_one_that_every_processor_has() {
    let names: Vec<&str> = Kernel::all().map(Kernel::name).collect();
    assert_eq!(names.last(), Some(&"baseline"));
    assert_eq!(Engine::cpu().kernel_name(), Some(names[0]));
}

#[test]
fn kernels_measure_the_same_but_for_rounding() {
    for kernel in Kernel::all() {
        for method in [Method::Exact, Method::Sampled] {
            for hidden in [&[][..], &[9], &[16, 10]] {
                let settings = settings(method, hidden);
                let network = network(hidden);
                assert_agree(kernel, &settings, |engine| {
                    Run::explain(engine, settings.clone(), &classes(), network.clone()).unwrap()
                });
            }
        }
    }
}

#[test]
fn kernels_train_the_same_but_for_rounding() {
    for kernel in Kernel::all() {
        for hidden in [&[][..], &[9]] {
            let settings = Settings {
                epochs: 3,
                batch_size: 16,
                ..settings(Method::Exact, hidden)
            };
            assert_agree(kernel, &settings, |engine| {
                Run::new(engine, settings.clone(), &classes()).unwrap()
            });
        }
    }
}
