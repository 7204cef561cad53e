//! Runs that measure groups, some recipients, like donors, and what other methods say: divided, lost and
//! joined, against one worker.

use std::num::NonZeroUsize;
use std::time::Duration;

use latent_lens::data::Grouping;
use latent_lens::distribute::{PartialReport, merge};
use latent_lens::engine::Engine;
use latent_lens::importance::Shard;
use latent_lens::report::Report;
use latent_lens::run::{Part, Run, RunError, Stage};
use latent_lens::settings::{
    Donors, FeatureKind, LatentDonors, Measure, Method, Permute, Recipients, Settings,
};
use pollster::block_on;

use crate::share::{alone, classes, helped, network, settings, text};

/// Every choice at least once, of images of 5 × 4 pixels of the classes 2 and 4.
fn measures() -> [Measure; 5] {
    let usual = Measure::default;
    [
        Measure {
            features: FeatureKind::Patches,
            patch: 2,
            recipients: Recipients::Class(4),
            donors: Donors::Class,
            opinions: true,
            ..usual()
        },
        Measure {
            features: FeatureKind::Clusters,
            threshold: 0.9,
            donors: Donors::Neighbours,
            latent_donors: LatentDonors::All,
            ..usual()
        },
        Measure {
            features: FeatureKind::Groups,
            groups: Some(Grouping {
                names: vec!["left".into(), "right".into()],
                of: (0..20).map(|pixel| [1, 1, 0, 2][pixel % 4]).collect(),
            }),
            recipients: Recipients::Image(3),
            ..usual()
        },
        Measure {
            features: FeatureKind::Rows,
            donors: Donors::Neighbours,
            recipients: Recipients::Class(2),
            opinions: true,
            ..usual()
        },
        Measure {
            features: FeatureKind::Columns,
            latent_donors: LatentDonors::All,
            ..usual()
        },
    ]
}

fn asked(method: Method, hidden: &[usize], measure: &Measure) -> Settings {
    Settings {
        measure: measure.clone(),
        ..settings(method, hidden)
    }
}

fn begin(settings: Settings, hidden: &[usize]) -> Run {
    Run::explain(&Engine::cpu(), settings, &classes(), network(hidden)).unwrap()
}

fn finish(run: &mut Run) -> Vec<Stage> {
    let mut stages = Vec::new();
    loop {
        let update = block_on(run.advance(Duration::from_millis(5))).unwrap();
        assert!((0.0..=update.total).contains(&update.done), "{update:?}");
        if stages.last() != Some(&update.stage) {
            stages.push(update.stage);
        }
        if update.stage == Stage::Done {
            return stages;
        }
    }
}

#[test]
fn a_run_is_the_same_on_any_number_of_workers_and_threads() {
    for method in [Method::Exact, Method::Sampled] {
        for hidden in [&[][..], &[9, 6]] {
            for measure in measures() {
                let settings = asked(method, hidden, &measure);
                let whole = text(&alone(settings.clone(), &network(hidden)));
                let divided = helped(begin(settings.clone(), hidden), &[]);
                assert_eq!(text(&divided), whole, "{method:?}, {hidden:?}, {measure:?}");
                let threads = NonZeroUsize::new(3).unwrap();
                let mut threaded = begin(settings, hidden).on_threads(threads);
                finish(&mut threaded);
                assert_eq!(
                    text(&threaded),
                    whole,
                    "{method:?}, {hidden:?}, {measure:?}"
                );
            }
        }
    }
}

#[test]
fn parts_on_machines_are_joined_to_the_run() {
    for method in [Method::Exact, Method::Sampled] {
        for measure in measures() {
            let settings = asked(method, &[6], &measure);
            let whole = text(&alone(settings.clone(), &network(&[6])));
            let parts: Vec<PartialReport> = Shard::all(3)
                .map(|shard| {
                    let mut run = begin(settings.clone(), &[6]).of(shard);
                    finish(&mut run);
                    let part = PartialReport::of(&run).unwrap();
                    serde_json::from_str(&serde_json::to_string(&part).unwrap()).unwrap()
                })
                .collect();
            let merged = merge(&[parts[2].clone(), parts[0].clone(), parts[1].clone()]).unwrap();
            let merged = serde_json::to_string(&merged).unwrap();
            assert_eq!(merged, whole, "{method:?}, {measure:?}");
            let Some(groups) = &parts[1].report.groups else {
                panic!("every part has groups: {measure:?}");
            };
            let rows = groups.importance.mean.rows();
            for (group, row) in rows.into_iter().enumerate() {
                let is_mine = Shard::new(2, 3).unwrap().holds(group);
                assert!(is_mine || row.iter().all(|&v| v == 0.0), "group {group}");
            }
            assert!(parts[1].report.donor_checks.is_none() && parts[1].report.opinions.is_none());
        }
    }
}

type Spoil = fn(&mut [PartialReport; 2]);

#[test]
fn parts_that_are_not_whole_are_not_joined() {
    let [measure, ..] = measures();
    let part = |number| {
        let settings = asked(Method::Sampled, &[], &measure);
        let mut run = begin(settings, &[]).of(Shard::new(number, 2).unwrap());
        finish(&mut run);
        PartialReport::of(&run).unwrap()
    };
    let good = [part(1), part(2)];
    let refusal = |spoil: fn(&mut [PartialReport; 2])| {
        let mut parts = good.clone();
        spoil(&mut parts);
        merge(&parts).unwrap_err().to_string()
    };
    let cases: [(Spoil, &str); 4] = [
        (
            |parts| parts[1].report.groups = None,
            "Part 2/2 is of another run than part 1/2: the groups differ",
        ),
        (
            |parts| {
                let groups = parts[1].report.groups.as_mut().unwrap();
                groups.importance.fraction = 0.5;
            },
            "Part 2/2 has not finished group importance",
        ),
        (
            |parts| parts[0].report.donor_checks = None,
            "Part 1/2 has not finished donor checks",
        ),
        (
            |parts| parts[0].report.opinions = None,
            "Part 1/2 has not finished other methods",
        ),
    ];
    for (spoil, words) in cases {
        let refusal = refusal(spoil);
        assert!(refusal.starts_with(words), "{refusal}");
    }
}

/// Takes a run up in `stage`, from `state`, with another engine.
fn taken_up(report: &Report, hidden: &[usize], stage: Stage, state: Option<&[f64]>) -> Run {
    let mut run = begin(report.settings.clone(), hidden);
    block_on(run.resume(stage, state, Duration::ZERO)).unwrap();
    run
}

#[test]
fn a_run_goes_on_in_every_stage_it_was_lost_in() {
    let numbers = |report: &Report, stage: Stage| match stage {
        Stage::Direction => serde_json::to_string(&report.direction).unwrap(),
        Stage::GroupImportance => serde_json::to_string(&report.groups).unwrap(),
        Stage::LatentImportance => serde_json::to_string(&report.latent_importance).unwrap(),
        Stage::ReconstructionErrors => {
            serde_json::to_string(&report.reconstruction_errors).unwrap()
        }
        Stage::DonorChecks => serde_json::to_string(&report.donor_checks).unwrap(),
        Stage::Attribution | Stage::FairTest => serde_json::to_string(&report.opinions).unwrap(),
        _ => serde_json::to_string(&report.pixel_importance).unwrap(),
    };
    for (method, hidden) in [(Method::Exact, &[9, 6][..]), (Method::Sampled, &[])] {
        for measure in measures() {
            let whole = alone(asked(method, hidden, &measure), &network(hidden));
            let whole = whole.report();
            let mut run = begin(whole.settings.clone(), hidden);
            let mut last = None;
            while run.stage() != Stage::Done {
                let update = block_on(run.advance(Duration::ZERO)).unwrap();
                // In the middle of a stage of measurements, at the beginning of others.
                let is_divided = run.importance().is_some();
                let is_due = !is_divided || update.done * 2.0 >= update.total;
                let (stage, state) = (run.stage(), run.state());
                if stage == Stage::Done || last == Some(stage) || !is_due {
                    continue;
                }
                last = Some(stage);
                let mut taken = taken_up(whole, hidden, stage, state.as_deref());
                finish(&mut taken);
                let taken = taken.report();
                assert_eq!(
                    numbers(taken, stage),
                    numbers(whole, stage),
                    "{stage:?}, {measure:?}"
                );
            }
        }
    }
}

#[test]
fn stages_come_in_order_and_only_where_they_are_asked_for() {
    use Stage::{
        Attribution, Direction, Done, DonorChecks, FairTest, GroupImportance, LatentImportance,
        PixelImportance, Preparation, ReconstructionErrors,
    };
    let stages = |measure: &Measure| {
        let mut run = begin(asked(Method::Exact, &[], measure), &[]);
        finish(&mut run)
    };
    let [patches, clusters, groups, rows, _] = measures();
    let usual = [
        PixelImportance,
        Direction,
        LatentImportance,
        ReconstructionErrors,
        Done,
    ];
    assert_eq!(stages(&Measure::default()), usual);
    let of_groups = [
        PixelImportance,
        Direction,
        GroupImportance,
        LatentImportance,
        ReconstructionErrors,
    ];
    let expected = |first: &[Stage], rest: &[Stage]| [first, &of_groups, rest].concat();
    assert_eq!(stages(&groups), expected(&[], &[Done]));
    assert_eq!(
        stages(&clusters),
        expected(&[Preparation], &[DonorChecks, Done])
    );
    for measure in [patches, rows] {
        assert_eq!(
            stages(&measure),
            expected(&[Preparation], &[DonorChecks, Attribution, FairTest, Done])
        );
    }
}

/// What is asked beside the paper's leaves the rest as it is, and comes as parts of its own.
#[test]
fn more_questions_change_nothing_of_the_others() {
    let plain = alone(settings(Method::Sampled, &[6]), &network(&[6]));
    let json = text(&plain);
    assert!(
        !json.contains("measure\":{") && !json.contains("groups") && !json.contains("opinions")
    );
    let measure = Measure {
        features: FeatureKind::Rows,
        opinions: true,
        ..Measure::default()
    };
    let mut run = begin(asked(Method::Sampled, &[6], &measure), &[6]);
    let mut parts = Vec::new();
    while run.stage() != Stage::Done {
        let update = block_on(run.advance(Duration::from_secs(1))).unwrap();
        parts.extend(update.changed);
    }
    let rest = |report: &Report| {
        let stages = (&report.pixel_importance, &report.direction);
        let last = (&report.latent_importance, &report.latent_importance_rmse);
        serde_json::to_string(&(stages, last, &report.encoded, &report.samples)).unwrap()
    };
    assert_eq!(rest(run.report()), rest(plain.report()));
    for part in [Part::Groups, Part::Opinions] {
        assert!(parts.contains(&part), "{part:?}");
    }
    assert!(!parts.contains(&Part::DonorChecks));
    let demand = run.demand();
    assert_eq!(demand.pixel_importance, plain.demand().pixel_importance);
    assert_eq!(demand.latent_importance, plain.demand().latent_importance);
    assert!(demand.group_importance > 0.0);
    assert_eq!(plain.demand().group_importance, 0.0);
}

#[test]
fn what_cannot_be_measured_is_refused_before_anything_is_done() {
    let refusal = |measure: Measure, permute: Permute| {
        let settings = Settings {
            permute,
            ..asked(Method::Auto, &[], &measure)
        };
        match Run::explain(&Engine::cpu(), settings, &classes(), network(&[])) {
            Err(RunError::Settings(errors)) => (errors[0].field.clone(), errors[0].message.clone()),
            other => panic!("it is refused: {:?}", other.err()),
        }
    };
    let of = |features| Measure {
        features,
        ..Measure::default()
    };
    let beyond = Measure {
        recipients: Recipients::Image(120),
        ..Measure::default()
    };
    let (field, message) = refusal(beyond, Permute::Pixel);
    assert_eq!(field, "recipients");
    assert!(
        message.contains("no image 121") && message.contains("from 1 to 120"),
        "{message}"
    );
    assert_eq!(
        refusal(of(FeatureKind::Rows), Permute::Channel).0,
        "permute"
    );
    let large = Measure {
        patch: 6,
        ..of(FeatureKind::Patches)
    };
    assert_eq!(refusal(large, Permute::Pixel).0, "patch");
    assert_eq!(refusal(of(FeatureKind::Groups), Permute::Pixel).0, "groups");
}
