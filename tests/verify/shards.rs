//! Parts of a run, joined, against the whole run.

use std::time::Duration;

use latent_lens::data::{Class, ImageSet};
use latent_lens::distribute::{Features, MergeError, PartialReport, join, merge};
use latent_lens::engine::Engine;
use latent_lens::importance::{Estimate, Plan, Shard};
use latent_lens::keyed::{Keyed, Purpose};
use latent_lens::run::{Run, Stage};
use latent_lens::settings::{Method, Settings};
use pollster::block_on;

use crate::importance::{classes_of, measure, random_case, sampled};

/// Equal to the last bit.
#[track_caller]
fn assert_same(what: &str, one: &Estimate, other: &Estimate) {
    let bits = |estimate: &Estimate| {
        let mean = estimate.mean.mapv(f32::to_bits);
        let errors = estimate.std_error.as_ref();
        (mean, errors.map(|errors| errors.mapv(f32::to_bits)))
    };
    assert_eq!(bits(one), bits(other), "{what}");
    assert_eq!(
        (one.method, one.repeats, one.fraction),
        (other.method, other.repeats, other.fraction),
        "{what}"
    );
}

#[test]
fn joined_parts_are_the_whole_bit_for_bit() {
    // One layer; hidden layers, whose products depend on how images are put into blocks; a
    // bottleneck of one, whose products are no matrix's.
    let cases: [(&[usize], usize, &[usize]); 3] = [
        (&[30, 5, 30], 1, &[41, 30, 1]),
        (&[20, 70, 33, 9, 40, 20], 3, &[150, 57]),
        (&[18, 6, 1, 7, 18], 2, &[25, 8]),
    ];
    for (index, (sizes, bottleneck, counts)) in cases.into_iter().enumerate() {
        let (network, images) =
            random_case(index as u32 + 3, sizes, bottleneck, counts.iter().sum());
        let classes = classes_of(counts);
        for method in [Method::Sampled, Method::Exact] {
            let plan = Plan {
                method,
                ..sampled(3, 5)
            };
            let whole = measure(&network, &images, &classes, plan);
            for count in [1, 2, 3, 7, 50] {
                let parts: Vec<_> = Shard::all(count)
                    .map(|shard| (shard, measure(&network, &images, &classes, plan.of(shard))))
                    .collect();
                let name = format!("{sizes:?}, {method:?}, {count} parts");
                let stage1: Vec<_> = parts.iter().map(|(at, part)| (*at, &part.pixels)).collect();
                assert_same(&name, &join(&stage1, Features::Rows), &whole.pixels);
                let stage3: Vec<_> = parts.iter().map(|(at, part)| (*at, &part.latent)).collect();
                assert_same(&name, &join(&stage3, Features::Cells), &whole.latent);
            }
        }
    }
}

#[test]
fn parts_in_hand_show_what_is_known() {
    let (network, images) = random_case(4, &[30, 5, 30], 1, 40);
    let classes = classes_of(&[40]);
    let plan = sampled(2, 5);
    let whole = measure(&network, &images, &classes, plan);
    let [first, second] = [1, 2].map(|number| Shard::new(number, 2).unwrap());
    let part = measure(&network, &images, &classes, plan.of(second));
    let known = join(&[(second, &part.pixels)], Features::Rows);
    assert_eq!((known.repeats, known.fraction), (0, 0.5));
    assert!(known.std_error.is_none());
    for pixel in 0..30 {
        let row = known.mean.row(pixel);
        if first.holds(pixel) {
            assert!(row.iter().all(|&v| v == 0.0));
        } else {
            assert_eq!(row, whole.pixels.mean.row(pixel));
        }
    }
}

fn settings(method: Method) -> Settings {
    Settings {
        classes: vec![4, 2],
        dims: 3,
        epochs: 2,
        method,
        permutations: 2,
        ..Settings::default()
    }
}

fn run(settings: Settings, shade: u8) -> Run {
    let class = |label: u8| {
        let mut draws = Keyed::new(label.into(), Purpose::Weights, &[2]);
        let mut bytes: Vec<u8> = (0..60 * 20).map(|_| draws.below(256) as u8).collect();
        bytes[0] = shade;
        Class::new(label, ImageSet::from_bytes(5, 4, bytes))
    };
    Run::new(&Engine::cpu(), settings, &[class(2), class(4)]).unwrap()
}

fn finish(mut run: Run) -> Run {
    while block_on(run.advance(Duration::from_millis(20)))
        .unwrap()
        .stage
        != Stage::Done
    {}
    run
}

fn part(settings: Settings, shade: u8, number: u32, count: u32) -> PartialReport {
    let run = run(settings, shade).of(Shard::new(number, count).unwrap());
    assert!(PartialReport::of(&run).is_none(), "nothing is measured yet");
    PartialReport::of(&finish(run)).unwrap()
}

#[test]
fn merged_reports_are_the_report_of_the_whole_run() {
    for method in [Method::Auto, Method::Sampled] {
        let whole = finish(run(settings(method), 9));
        // Through JSON, in any order.
        let parts: Vec<PartialReport> = [3, 1, 2]
            .map(|number| {
                let part = part(settings(method), 9, number, 3);
                serde_json::from_str(&serde_json::to_string(&part).unwrap()).unwrap()
            })
            .into();
        let merged = merge(&parts).unwrap();
        assert_eq!(
            serde_json::to_string(&merged).unwrap(),
            serde_json::to_string(whole.report()).unwrap()
        );
    }
}

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let usual = || settings(Method::Auto);
    let first = part(usual(), 9, 1, 2);
    let second = part(usual(), 9, 2, 2);
    let refusal = |parts: &[&PartialReport]| {
        let parts: Vec<PartialReport> = parts.iter().map(|&part| part.clone()).collect();
        merge(&parts).unwrap_err()
    };
    assert_eq!(refusal(&[]), MergeError::Nothing);
    assert_eq!(
        refusal(&[&second]).to_string(),
        "Part 1/2 is missing; compute it and merge again."
    );
    assert_eq!(
        refusal(&[&first, &second, &first]).to_string(),
        "Part 1/2 is given twice; leave one out."
    );
    assert_eq!(
        refusal(&[&first, &part(usual(), 10, 2, 2)]).to_string(),
        "Part 2/2 is of another run than part 1/2: the images or the network's weights differ. \
         Compute both with the same version, settings, images and model."
    );
    let other = Settings { seed: 2, ..usual() };
    assert_eq!(
        refusal(&[&first, &part(other, 9, 2, 2)]).to_string(),
        "Part 2/2 is of another run than part 1/2: the settings differ. Compute both with the \
         same version, settings, images and model."
    );
    assert!(matches!(
        refusal(&[&first, &part(usual(), 9, 2, 3)]),
        MergeError::AnotherRun { .. }
    ));
    let mut unfinished = second.clone();
    unfinished
        .report
        .latent_importance
        .as_mut()
        .unwrap()
        .fraction = 0.5;
    assert_eq!(
        refusal(&[&first, &unfinished]).to_string(),
        "Part 2/2 has not finished latent importance; let it run to its end and merge again."
    );
}
