//! What is moved, whose values are given to whom, and what else is asked, by arguments.

use std::fs;
use std::path::Path;
use std::time::Duration;

use latent_lens::data::Grouping;
use latent_lens::engine::Engine;
use latent_lens::report::Report;
use latent_lens::run::{Run, Stage};
use latent_lens::settings::{Donors, FeatureKind, LatentDonors, Measure, Recipients, Settings};

use super::files::{classes, folder, latent_lens, said, without_sources, write};

const IMAGES: &str = "--images images.idx --labels labels.idx --dims 3 --epochs 4 --seed 5";

/// The report of a command, and what it said.
fn report(folder: &Path, arguments: &str) -> (Report, String) {
    let output = latent_lens(folder, &format!("analyse {IMAGES} {arguments} --out out"));
    let said = said(&output);
    assert!(output.status.success(), "{arguments}: {said}");
    let json = fs::read(folder.join("out/report.json")).unwrap();
    (serde_json::from_slice(&json).unwrap(), said)
}

fn refused(folder: &Path, arguments: &str, words: &str) {
    let output = latent_lens(
        folder,
        &format!("analyse {IMAGES} {arguments} --out refused"),
    );
    let said = said(&output);
    assert_eq!(output.status.code(), Some(2), "{arguments}: {said}");
    assert!(said.contains(words), "{arguments}: {said}");
}

#[test]
fn what_is_asked_for_is_what_the_library_measures() {
    let folder = folder("what_is_asked_for_is_what_the_library_measures");
    write(&folder);
    let usual = Measure::default;
    let cases = [
        (
            "--features patches --patch 2 --recipients class:7 --donors class",
            Measure {
                features: FeatureKind::Patches,
                patch: 2,
                recipients: Recipients::Class(7),
                donors: Donors::Class,
                ..usual()
            },
        ),
        (
            "--features clusters --cluster-threshold 0.5 --donors neighbours --latent-donors all",
            Measure {
                features: FeatureKind::Clusters,
                threshold: 0.5,
                donors: Donors::Neighbours,
                latent_donors: LatentDonors::All,
                ..usual()
            },
        ),
        (
            "--smaller --sizes 5,2",
            Measure {
                smaller: true,
                sizes: vec![5, 2],
                ..usual()
            },
        ),
        (
            "--groups groups.csv --recipients image:5 --opinions --image-errors",
            Measure {
                features: FeatureKind::Groups,
                groups: Some(Grouping {
                    names: vec!["left".into(), "right".into()],
                    of: (0..15).map(|pixel| [1, 1, 0, 2, 2][pixel % 5]).collect(),
                }),
                recipients: Recipients::Image(4),
                opinions: true,
                image_errors: true,
                ..usual()
            },
        ),
    ];
    let row = "left,left,,right,right\n";
    fs::write(folder.join("groups.csv"), row.repeat(3)).unwrap();
    for (arguments, measure) in cases {
        let (found, _) = report(&folder, arguments);
        assert_eq!(found.settings.measure, measure);
        let settings = Settings {
            classes: vec![2, 4, 7],
            dims: 3,
            epochs: 4,
            seed: 5,
            measure,
            ..Settings::default()
        };
        let mut run = Run::new(&Engine::cpu(), settings, &classes()).unwrap();
        let second = Duration::from_secs(1);
        while pollster::block_on(run.advance(second)).unwrap().stage != Stage::Done {}
        assert_eq!(
            without_sources(&found),
            without_sources(run.report()),
            "{arguments}"
        );
    }
}

#[test]
fn a_log_says_what_was_found() {
    let folder = folder("a_log_says_what_was_found");
    write(&folder);
    let arguments = "--features clusters --donors neighbours --opinions --image-errors";
    let (found, log) = report(&folder, arguments);
    let stages = [
        "Preparation: 100 %",
        "Pixel importance: 100 %",
        "Group importance: 100 %",
        "Latent importance: 100 %",
        "Donor checks: 100 %",
        "Other methods: 100 %",
        "Fair test: 100 %",
        "Other images: 100 %",
    ];
    let mut rest = log.as_str();
    for stage in stages {
        let at = rest.find(stage);
        rest = &rest[at.unwrap_or_else(|| panic!("{stage} in order: {log}"))..];
    }
    for sentence in found.measured_in_words() {
        assert!(log.contains(&sentence), "{sentence}: {log}");
    }
    assert!(!found.measured_in_words().is_empty());
}

#[test]
fn parts_measure_groups_and_the_first_asks_the_others() {
    let folder = folder("parts_measure_groups_and_the_first_asks_the_others");
    write(&folder);
    let arguments = "--features rows --donors class --opinions --image-errors";
    report(&folder, &format!("{arguments} --errors images"));
    for part in 1..=2 {
        let command = format!("shard --part {part}/2 {IMAGES} {arguments} --out {part}.json");
        assert!(latent_lens(&folder, &command).status.success());
    }
    let output = latent_lens(&folder, "merge 2.json 1.json --errors images --out joined");
    assert!(output.status.success(), "{}", said(&output));
    for table in ["image_errors.csv", "pixel_errors.csv"] {
        assert!(folder.join("out").join(table).exists(), "{table}");
    }
    let files = fs::read_dir(folder.join("out")).unwrap();
    for name in files.map(|entry| entry.unwrap().file_name()) {
        let read = |out: &str| fs::read(folder.join(out).join(&name)).unwrap();
        assert!(read("out") == read("joined"), "{name:?} differs");
    }
}

#[test]
fn what_contradicts_itself_is_refused() {
    let folder = folder("what_contradicts_itself_is_refused");
    write(&folder);
    fs::write(folder.join("groups.csv"), "left,right\n").unwrap();
    for (arguments, words) in [
        ("--features squares", "patches"),
        (
            "--features groups",
            "Say which pixels belong together with --groups.",
        ),
        ("--patch 3", "add --features patches"),
        ("--features rows --patch 3", "leave out --patch"),
        ("--cluster-threshold 0.2", "add --features clusters"),
        (
            "--features clusters --cluster-threshold 2",
            "a number from 0 to 1",
        ),
        ("--features patches --patch 6", "from 1 to 5"),
        (
            "--features patches --groups groups.csv",
            "leave out --groups",
        ),
        (
            "--recipients class:9",
            "There is no class 9; the classes are 2, 4, 7.",
        ),
        (
            "--classes 2,4 --recipients class:7",
            "class 7 cannot receive values",
        ),
        ("--recipients image:0", "write all, class:NAME or image:17"),
        ("--recipients image:19", "choose one from 1 to 18"),
        ("--features rows --permute channel", "all of its channels"),
        ("--donors nobody", "neighbours"),
        ("--maps gradient", "add --opinions"),
        ("--unit bits", "share"),
        ("--errors images", "add --image-errors"),
    ] {
        refused(&folder, arguments, words);
    }
    let output = latent_lens(
        &folder,
        &format!("analyse {IMAGES} --groups groups.csv --out refused"),
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("groups.csv"), "{}", said(&output));
    assert!(!folder.join("refused").exists());
}

#[test]
fn data_of_known_truth_are_made_and_factors_are_said() {
    let folder = folder("data_of_known_truth_are_made_and_factors_are_said");
    let run = |arguments: &str| {
        let output = latent_lens(&folder, &format!("analyse {arguments} --out out"));
        (output.status.code(), said(&output))
    };
    let (code, words) = run(
        "--made shapes --made-count 60 --made-seed 4 --dims 3 --epochs 2 --method sampled --permutations 1 --factors",
    );
    assert_eq!(code, Some(0), "{words}");
    for said in [
        "60 were made here from the seed 4",
        "mutual information gap is",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    let report: Report =
        serde_json::from_slice(&fs::read(folder.join("out/report.json")).unwrap()).unwrap();
    assert_eq!(
        (report.data.name.as_str(), report.data.made.as_deref()),
        ("Shapes", Some("shapes"))
    );
    let found = report.factors.unwrap();
    let table = fs::read_to_string(folder.join("out/factors.csv")).unwrap();
    assert_eq!(table.lines().count(), 1 + 5 * 3);
    assert!(
        table.contains(&format!("hue,{},", found.entropy[2])),
        "{table}"
    );
    assert!(folder.join("out/factors.svg").exists());

    for (arguments, words) in [
        (
            "--made squares",
            "possible values: shapes, waveform, rank-two",
        ),
        ("--made shapes --images images.idx", "cannot be used with"),
        ("--made shapes --made-count 1", "from 2 to 100000"),
        ("--made-seed 3 --images images.idx", "--made"),
    ] {
        let (code, said) = run(arguments);
        assert_eq!(code, Some(2), "{arguments}: {said}");
        assert!(said.contains(words), "{arguments}: {said}");
    }
}
