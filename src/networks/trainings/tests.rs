use super::*;
use crate::data::{ImageShape, Images, Origin, TrainingImages};
use crate::settings::Variant;
use crate::train::Penalty;
use ndarray::Array2;

fn images(count: usize) -> Images {
    Images {
        pixels: Array2::from_shape_fn((count, 6), |(image, pixel)| {
            ((image * 7 + pixel * 5) % 11) as f32 / 10.0
        }),
        classes: vec![(0, 0..count)],
        positions: (0..count as u32).collect(),
        origin: Origin::default(),
    }
}

fn data() -> Arc<Dataset> {
    let held_out = Arc::new(images(9));
    Arc::new(Dataset {
        image: ImageShape::grey(2, 3),
        classes: Vec::new(),
        count: 49,
        test_set: false,
        training: TrainingImages::of_intensities(ImageShape::grey(2, 3), images(40).pixels),
        explained: Arc::clone(&held_out),
        held_out,
    })
}

/// Three networks, the last of other sizes.
fn settings() -> Vec<Settings> {
    let of = |seed, dims| Settings {
        seed,
        dims,
        epochs: 3,
        batch_size: 16,
        ..Settings::default()
    };
    vec![of(1, 2), of(2, 2), of(3, 4)]
}

fn job(threads: usize) -> Trainings {
    let threads = NonZeroUsize::new(threads).unwrap();
    Trainings::new(&Engine::cpu(), &data(), settings(), threads)
}

fn finish(job: &mut Trainings) {
    let mut last = 0.0;
    while !at_once(job.advance(Duration::from_millis(5))).unwrap() {
        assert!(job.done() >= last && job.done() <= job.total());
        last = job.done();
    }
    assert!((job.done() - job.total()).abs() < 1e-9);
}

/// Networks are compared by what they have learned to the last bit.
fn told(job: &Trainings) -> Vec<String> {
    let all = (0..job.count()).map(|at| format!("{:?}", job.trained(at).unwrap().history));
    all.collect()
}

#[test]
fn networks_are_the_same_whoever_trains_them() {
    let mut alone = job(1);
    assert_eq!((alone.count(), alone.total() as usize), (3, 9));
    finish(&mut alone);
    let trainer = |settings: &Settings| {
        let mut trainer = Trainer::new(&Engine::cpu(), &data(), settings);
        while !at_once(trainer.advance(Duration::MAX)).unwrap() {}
        format!("{:?}", trainer.history())
    };
    assert_eq!(
        told(&alone),
        settings().iter().map(trainer).collect::<Vec<_>>()
    );
    assert_eq!(alone.trained(2).unwrap().network.dims(), 4);
    for threads in [2, 8] {
        let mut beside = job(threads);
        finish(&mut beside);
        assert_eq!(told(&beside), told(&alone), "on {threads} threads");
    }

    // Another worker trains one of them.
    let mut lead = job(1);
    let (at, _) = lead.hand_out().unwrap();
    assert_eq!(at, 2);
    for (epochs, said) in [(1.5, 1.5), (1.0, 1.5), (f64::NAN, 1.5), (99.0, 3.0)] {
        lead.come(at, epochs);
        assert!((lead.done() - said).abs() < 1e-9, "{epochs}");
    }
    let trained = alone.trained(at).unwrap().clone();
    assert!(lead.take(at, trained.clone()));
    assert!(!lead.take(at, trained), "once only");
    finish(&mut lead);
    assert_eq!(told(&lead), told(&alone));
    // Each is told of once, with what it was trained with.
    let mut seeds = Vec::new();
    while let Some((settings, trained)) = lead.news() {
        assert_eq!(trained.network.dims(), settings.dims);
        seeds.push(settings.seed);
    }
    assert_eq!(seeds, [1, 2, 3]);
}

#[test]
fn others_are_of_the_same_kind() {
    let variant = Variant {
        variational: true,
        beta: 0.5,
        ..Variant::default()
    };
    let shown = Settings {
        dims: 2,
        epochs: 2,
        batch_size: 16,
        variant: variant.clone(),
        ..Settings::default()
    };
    let replica = shown.replica(1);
    assert_eq!(replica.variant, variant);
    let threads = NonZeroUsize::MIN;
    let mut job = Trainings::new(&Engine::cpu(), &data(), vec![shown, replica], threads);
    finish(&mut job);
    let trained: Vec<&Trained> = (0..2).map(|at| job.trained(at).unwrap()).collect();
    for Trained { network, history } in &trained {
        assert!(network.is_variational());
        let parts = history
            .parts
            .as_ref()
            .expect("a divergence beside the loss");
        assert_eq!(
            (parts.penalty, parts.held_out_penalty.len()),
            (Penalty::Divergence, 2)
        );
        assert!(parts.held_out_penalty.iter().all(|&nats| nats > 0.0));
    }
    assert_ne!(trained[0].history, trained[1].history, "of other seeds");
}

#[test]
fn what_is_wanted_here_is_not_handed_out_and_what_is_lost_is_done_here() {
    let mut lead = job(1);
    assert_eq!(lead.hand_out().map(|(at, _)| at), Some(2));
    assert_eq!(lead.hand_out().map(|(at, _)| at), Some(1));
    // The last one is this one's own.
    assert_eq!(lead.hand_out().map(|(at, _)| at), None);
    assert!(!lead.waits());
    while lead.trained(0).is_none() {
        at_once(lead.advance(Duration::ZERO)).unwrap();
    }
    assert!(lead.waits());
    assert!(!at_once(lead.advance(Duration::ZERO)).unwrap());
    // What is no network of these sizes is not taken.
    let wrong = lead.trained(0).unwrap().clone();
    assert!(!lead.take(2, wrong));
    lead.take_back(1);
    assert!(!lead.waits());
    at_once(lead.advance(Duration::ZERO)).unwrap();
    lead.take_back(2);
    // While it trains here, others may have what is left.
    assert_eq!(lead.hand_out().map(|(at, _)| at), Some(2));
    lead.take_back(2);
    lead.take_back(9);
    finish(&mut lead);
}

#[test]
fn threads_end_when_nobody_wants_what_they_train() {
    let mut job = Trainings::new(
        &Engine::cpu(),
        &data(),
        vec![
            Settings {
                epochs: 1_000_000,
                ..Settings::default()
            };
            2
        ],
        NonZeroUsize::new(2).unwrap(),
    );
    assert!(!at_once(job.advance(Duration::ZERO)).unwrap());
    let shared = Arc::clone(&job.threaded.as_ref().unwrap().shared);
    drop(job);
    // They let go of what they share.
    while Arc::strong_count(&shared) > 1 {
        thread::yield_now();
    }
}
