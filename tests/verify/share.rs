//! A stage measured by several, in stretches of any size and in any order, against one worker.

use std::time::Duration;

use latent_lens::data::{Class, Explain, ImageSet};
use latent_lens::distribute::SharedStage;
use latent_lens::engine::Engine;
use latent_lens::importance::Importance;
use latent_lens::keyed::{Keyed, Purpose};
use latent_lens::model::Network;
use latent_lens::run::{Part, Run, RunError, Stage};
use latent_lens::settings::{Method, Settings};
use ndarray::Array2;
use pollster::block_on;

use crate::importance::flat;

pub fn settings(method: Method, hidden: &[usize]) -> Settings {
    Settings {
        classes: vec![4, 2],
        dims: 3,
        hidden: hidden.to_vec(),
        epochs: 1,
        method,
        permutations: 3,
        ..Settings::default()
    }
}

pub fn classes() -> Vec<Class> {
    let class = |label: u8| {
        let mut draws = Keyed::new(label.into(), Purpose::Weights, &[2]);
        // A third of the pixels are blank.
        let bytes: Vec<u8> = (0..60 * 20)
            .map(|at| {
                if at % 3 == 0 {
                    0
                } else {
                    draws.below(12) as u8 * 20
                }
            })
            .collect();
        Class::new(label, ImageSet::from_bytes(5, 4, bytes))
    };
    vec![class(2), class(4)]
}

pub fn network(hidden: &[usize]) -> Network {
    Network::untrained(20, hidden, 3, 7)
}

pub fn alone(settings: Settings, network: &Network) -> Run {
    let mut run = Run::explain(&Engine::cpu(), settings, &classes(), network.clone()).unwrap();
    while block_on(run.advance(Duration::from_millis(5)))
        .unwrap()
        .stage
        != Stage::Done
    {}
    run
}

/// Everything in a report, numbers to their last digit.
pub fn text(run: &Run) -> String {
    serde_json::to_string(run.report()).unwrap()
}

/// Works on `run` until it is done; its stages 1 and 3 are measured by two helpers, in stretches
/// of 1 to 7, of which the second is made first. After `losses` such pairs the run is lost, and
/// taken up by another engine from its state.
pub fn helped(mut run: Run, losses: &[usize]) -> Run {
    let engine = Engine::cpu();
    let mut sizes = Keyed::new(9, Purpose::Split, &[1]);
    let mut pairs = 0;
    loop {
        let Some(share) = SharedStage::of(&run) else {
            let update = block_on(run.advance(Duration::ZERO)).unwrap();
            if update.stage == Stage::Done {
                return run;
            }
            continue;
        };
        let stage = share.stage;
        let helpers = [(); 2].map(|()| block_on(share.importance(&engine)).unwrap());
        while SharedStage::of(&run).is_some_and(|share| share.stage == stage) {
            let (done, total) = run
                .importance()
                .map(|job| (job.done(), job.total()))
                .unwrap();
            let [first, second] = [(); 2].map(|()| 1 + sizes.below(7) as usize);
            let first = first.min(total - done);
            let second = second.min(total - done - first);
            let ahead = block_on(helpers[1].measure(done + first, second)).unwrap();
            let next = block_on(helpers[0].measure(done, first)).unwrap();
            let told = block_on(run.add(next.view(), Duration::from_millis(10))).unwrap();
            assert_eq!((told.stage, told.done), (stage, (done + first) as f64));
            if second > 0 {
                let told = block_on(run.add(ahead.view(), Duration::from_millis(10))).unwrap();
                assert_eq!(told.done, (done + first + second) as f64);
                assert_eq!(told.total, total as f64);
            }
            pairs += 1;
            if losses.contains(&pairs)
                && SharedStage::of(&run).is_some_and(|share| share.stage == stage)
            {
                run = taken_up(run);
            }
        }
    }
}

/// The run as another engine goes on with it.
fn taken_up(mut lost: Run) -> Run {
    let (stage, state) = (lost.stage(), lost.state());
    let report = lost.report().clone();
    let network = lost.network().unwrap().clone();
    let mut run =
        Run::explain(&Engine::cpu(), report.settings.clone(), &classes(), network).unwrap();
    let spent = Duration::from_secs(3);
    block_on(run.resume(stage, state.as_deref(), spent)).unwrap();
    assert_eq!(run.stage(), stage);
    let known = lost.importance().unwrap().done();
    assert_eq!(run.importance().unwrap().done(), known);
    run
}

#[test]
fn a_run_with_helpers_is_the_run_of_one_bit_for_bit() {
    for method in [Method::Auto, Method::Sampled, Method::Exact] {
        for hidden in [&[][..], &[9, 6]] {
            let network = network(hidden);
            let run = |settings| {
                Run::explain(&Engine::cpu(), settings, &classes(), network.clone()).unwrap()
            };
            let whole = alone(settings(method, hidden), &network);
            let divided = helped(run(settings(method, hidden)), &[]);
            assert_eq!(text(&divided), text(&whole), "{method:?}, {hidden:?}");
        }
    }
}

#[test]
fn a_run_that_was_lost_goes_on_from_its_state() {
    for method in [Method::Exact, Method::Sampled] {
        let network = network(&[9, 6]);
        let settings = settings(method, &[9, 6]);
        let whole = alone(settings.clone(), &network);
        let run = Run::explain(&Engine::cpu(), settings, &classes(), network.clone()).unwrap();
        // In both stages, whose measurements are more than a hundred.
        let taken = helped(run, &[1, 4, 21, 22, 23]);
        let (whole, taken) = (whole.report(), taken.report());
        // What was told before it was lost, such as the samples, is known to who was told.
        let numbers =
            |found: &latent_lens::importance::Estimate| serde_json::to_string(found).unwrap();
        let last = |report: &latent_lens::report::Report| {
            let stage3 = report.latent_importance.as_ref().map(numbers);
            (stage3, report.latent_importance_rmse.as_ref().map(numbers))
        };
        assert_eq!(last(taken), last(whole), "{method:?}");
    }
}

#[test]
fn a_state_in_mid_stage_holds_all_that_was_added() {
    let network = network(&[9]);
    let images = Array2::from_shape_fn((40, 20), |(image, pixel)| {
        ((image * 7 + pixel * 3) % 11) as f32 / 10.0
    });
    let classes = [(1, 0..15), (3, 15..40)];
    for method in [Method::Exact, Method::Sampled] {
        let plan = crate::importance::sampled(3, 5);
        let plan = latent_lens::importance::Plan { method, ..plan };
        let engine = Engine::cpu();
        let fresh = || {
            block_on(Importance::of_pixels(
                &engine,
                &network,
                &images,
                flat(&images),
                &plan,
            ))
            .unwrap()
        };
        let latents = fresh().latents().clone();
        let stage3 = || {
            block_on(Importance::of_latents(
                &engine, &network, &latents, &classes, &plan,
            ))
            .unwrap()
        };
        let mut jobs = [fresh(), stage3()];
        for (job, again) in jobs.iter_mut().zip([fresh(), stage3()]) {
            let total = job.total();
            let all = block_on(job.measure(0, total)).unwrap();
            let (before, after) = all.view().split_at(ndarray::Axis(0), total / 2 + 1);
            assert!(!job.add(before));
            let mut other = again;
            assert!(other.restore(&job.state()));
            assert_eq!(other.done(), total / 2 + 1);
            assert!(job.add(after) && other.add(after));
            assert_eq!(job.state(), other.state());
            assert!(!other.restore(&job.state()[1..]), "a state of another size");
            assert!(!other.restore(&[]), "no state at all");
        }
    }
}

#[test]
fn what_a_run_will_take_is_counted_before_it_begins() {
    let run = |settings| Run::new(&Engine::cpu(), settings, &classes()).unwrap();
    let few = run(settings(Method::Sampled, &[])).demand();
    let many = run(Settings {
        permutations: 300,
        ..settings(Method::Sampled, &[])
    })
    .demand();
    // Sampled work is in proportion to the permutations.
    assert!((many.pixel_importance / few.pixel_importance - 100.0).abs() < 1e-6);
    assert!((many.latent_importance / few.latent_importance - 100.0).abs() < 1e-6);
    // 18 images are held out; 2 of 3 pixels vary; three ReLUs.
    let varying = SharedStage::of(&run(settings(Method::Sampled, &[]))).is_none();
    assert!(varying, "there is nothing to share before training is over");
    // Hidden layers of 9 and 6 units: products of 9 × 6 and 6 × 3 and the units' own cost.
    let deep = run(settings(Method::Sampled, &[9, 6])).demand();
    let shallow = run(settings(Method::Sampled, &[])).demand();
    let per_input = |deep: f64| deep / shallow.pixel_importance * 30.0;
    assert!((per_input(deep.pixel_importance) - (9.0 * 6.0 + 6.0 * 3.0 + 180.0)).abs() < 1e-6);
    // A network that is brought is counted like one of its sizes that is trained.
    let brought = Run::explain(
        &Engine::cpu(),
        Settings {
            explain: Explain::HeldOut,
            ..settings(Method::Exact, &[9, 6])
        },
        &classes(),
        network(&[9, 6]),
    )
    .unwrap();
    let trained = run(settings(Method::Exact, &[9, 6]));
    assert_eq!(brought.demand(), trained.demand());
    assert!(trained.room() > 10, "small images have room for many");
}

#[test]
fn a_run_that_trained_its_network_goes_on_elsewhere_as_the_run_it_was() {
    let settings = Settings {
        epochs: 1,
        ..settings(Method::Exact, &[])
    };
    let finish = |run: &mut Run| {
        while block_on(run.advance(Duration::from_millis(5)))
            .unwrap()
            .stage
            != Stage::Done
        {}
    };
    let mut whole = Run::new(&Engine::cpu(), settings.clone(), &classes()).unwrap();
    finish(&mut whole);
    let network = whole.network().unwrap().clone();
    let mut taken = Run::trained(&Engine::cpu(), settings, &classes(), network).unwrap();
    block_on(taken.resume(Stage::PixelImportance, None, Duration::ZERO)).unwrap();
    finish(&mut taken);
    let (whole, taken) = (whole.report(), taken.report());
    assert_eq!(taken.settings, whole.settings);
    assert_eq!(taken.classes, whole.classes);
    assert_eq!((&taken.data, &taken.model), (&whole.data, &None));
    let numbers = |report: &latent_lens::report::Report| {
        let found = (&report.pixel_importance, &report.latent_importance);
        serde_json::to_string(&found).unwrap()
    };
    assert_eq!(numbers(taken), numbers(whole));
}

#[test]
fn a_network_is_taken_up_by_its_own_size_on_images_of_its_own_size() {
    let settings = Settings {
        dims: 5,
        epochs: 1,
        ..settings(Method::Exact, &[])
    };
    let trained =
        |images: &[Class], network| Run::trained(&Engine::cpu(), settings.clone(), images, network);
    let image = classes()[0].images.image;
    let smaller = Network::untrained(image.size(), &[], 3, 1);
    let run = trained(&classes(), smaller.clone()).unwrap();
    assert_eq!(run.report().settings.dims, 3);

    let other = Network::untrained(image.size() + 1, &[], 5, 1);
    let Err(error) = trained(&classes(), other) else {
        panic!("images of another size were taken");
    };
    let (pixels, inputs) = (image.size(), image.size() + 1);
    assert_eq!(error, RunError::Misfit { inputs, pixels });
}

#[test]
fn an_update_after_a_helper_says_what_is_new() {
    let network = network(&[]);
    let mut run = Run::explain(
        &Engine::cpu(),
        settings(Method::Sampled, &[]),
        &classes(),
        network,
    )
    .unwrap();
    while SharedStage::of(&run).is_none() {
        block_on(run.advance(Duration::ZERO)).unwrap();
    }
    let job = block_on(SharedStage::of(&run).unwrap().importance(&Engine::cpu())).unwrap();
    let mut add = |first: usize| {
        let values = block_on(job.measure(first, 5)).unwrap();
        block_on(run.add(values.view(), Duration::from_millis(20))).unwrap()
    };
    let parts = |changed: &[Part]| changed.to_vec();
    let first = add(0);
    assert_eq!(
        parts(&first.changed),
        [Part::Network, Part::Encoded, Part::PixelImportance]
    );
    let second = add(5);
    assert_eq!(parts(&second.changed), [Part::PixelImportance]);
    assert_eq!(
        (second.done, second.elapsed),
        (10.0, Duration::from_millis(40))
    );
    let left = second.remaining().unwrap().as_secs_f64() * 1000.0;
    assert!(
        (left - 4.0 * (second.total - 10.0)).abs() < 1e-3,
        "4 ms each"
    );
}
