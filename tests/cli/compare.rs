//! Other networks and controls by arguments, and sessions beside each other.

use std::fs;
use std::path::Path;
use std::time::Duration;

use latent_lens::engine::Engine;
use latent_lens::networks::Verdict;
use latent_lens::report::Report;
use latent_lens::run::{Run, Stage};
use latent_lens::session::{self, Images, Session};
use latent_lens::settings::Settings;

use super::files::{classes, folder, latent_lens, said, write};

const IMAGES: &str = "--images images.idx --labels labels.idx";

fn report(folder: &Path) -> Report {
    let json = fs::read(folder.join("out/report.json")).unwrap();
    serde_json::from_slice(&json).unwrap()
}

fn text(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join("out").join(name)).unwrap()
}

#[test]
fn other_networks_and_controls_are_told_and_listed() {
    let folder = folder("other_networks_and_controls_are_told_and_listed");
    write(&folder);
    let command =
        format!("analyse {IMAGES} --dims 3 --epochs 4 --networks 3 --controls --jobs 2 --out out");
    let output = latent_lens(&folder, &command);
    let log = said(&output);
    assert!(output.status.success(), "{log}");
    for stage in ["Controls: 100 %", "Other networks: 100 %"] {
        assert!(log.contains(stage), "{log}");
    }
    let report = report(&folder);
    let others = &report.networks.as_ref().unwrap().others;
    let names: Vec<&str> = others.iter().map(|other| other.name.as_str()).collect();
    assert_eq!(names, ["seed 2", "seed 3"]);
    for sentence in report
        .networks_in_words()
        .iter()
        .chain(&report.controls_in_words())
    {
        assert!(log.contains(sentence), "{sentence}: {log}");
    }
    // Three dimensions in two networks, their means and deviations.
    assert_eq!(text(&folder, "networks.csv").lines().count(), 1 + 3 * 4);
    assert_eq!(text(&folder, "controls.csv").lines().count(), 1 + 3);
}

/// Writes a session of a network of this seed.
fn save(folder: &Path, name: &str, seed: u32) {
    let settings = Settings {
        classes: vec![2, 4, 7],
        dims: 3,
        epochs: 4,
        seed,
        ..Settings::default()
    };
    let mut run = Run::new(&Engine::cpu(), settings.clone(), &classes()).unwrap();
    let second = Duration::from_secs(1);
    while pollster::block_on(run.advance(second)).unwrap().stage != Stage::Done {}
    let session = Session {
        version: "0.0.0".into(),
        settings,
        network: run.network().unwrap().clone(),
        images: Some(Images::of("images", &classes())),
        report: Some(run.report().clone()),
        moments: Vec::new(),
    };
    fs::write(folder.join(name), session::write(&session)).unwrap();
}

#[test]
fn sessions_are_compared_on_images() {
    let folder = folder("sessions_are_compared_on_images");
    write(&folder);
    for (name, seed) in [("anna.zip", 1), ("ben.zip", 2)] {
        save(&folder, name, seed);
    }
    fs::copy(folder.join("anna.zip"), folder.join("copy.zip")).unwrap();
    let command = format!("compare anna.zip ben.zip copy.zip {IMAGES} --out out");
    let output = latent_lens(&folder, &command);
    let log = said(&output);
    assert!(output.status.success(), "{log}");
    assert!(!log.contains("other images"), "{log}");
    let report = report(&folder);
    let found = report.networks.as_ref().unwrap();
    let names: Vec<&str> = found
        .others
        .iter()
        .map(|other| other.name.as_str())
        .collect();
    assert_eq!(names, ["ben.zip", "copy.zip"]);
    assert!(
        found
            .others
            .iter()
            .all(|other| other.held_out_loss.is_some())
    );
    for (dim, of) in found.others[1].matches.iter().enumerate() {
        let is_found = of.verdict == Verdict::FoundAgain && of.dim == Some(dim);
        assert!(is_found || of.verdict == Verdict::Inactive);
    }
    assert!(report.training.is_none() && report.model.is_none());
    assert_eq!(
        found.training,
        report
            .classes
            .iter()
            .map(|class| class.training)
            .sum::<usize>()
    );

    // Other images than those of the sessions are said to be so.
    let mut bytes = fs::read(folder.join("images.idx")).unwrap();
    *bytes.last_mut().unwrap() = 9;
    fs::write(folder.join("others.idx"), bytes).unwrap();
    let command = "compare anna.zip ben.zip --images others.idx --labels labels.idx --out out";
    let log = said(&latent_lens(&folder, command));
    assert!(
        log.contains("ben.zip is of other images than these"),
        "{log}"
    );

    let one = latent_lens(&folder, &format!("compare anna.zip {IMAGES} --out out"));
    assert_eq!(one.status.code(), Some(2));
    let no_session = latent_lens(
        &folder,
        &format!("compare images.idx anna.zip {IMAGES} --out out"),
    );
    assert_eq!(no_session.status.code(), Some(1));
    assert!(said(&no_session).contains("images.idx"));
}
