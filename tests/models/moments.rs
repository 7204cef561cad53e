//! Sessions that hold what networks showed while they learned.

use std::io::{Cursor, Read, Write};
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use latent_lens::data::{Class, ImageSet};
use latent_lens::engine::Engine;
use latent_lens::history::Moment;
use latent_lens::model::files::File;
use latent_lens::run::{Run, Stage};
use latent_lens::session::{self, Session};
use latent_lens::settings::{NetworkKind, Settings};
use pollster::block_on;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::fuzz::{Draws, damage, seconds};

/// A run of three epochs, each of which was measured.
fn recorded(kind: NetworkKind) -> Session {
    let image = |at: usize| (0..16).map(move |pixel| ((at * 31 + pixel * 47) % 251) as u8);
    let class = |label: u8| {
        let bytes = (0..24).flat_map(|at| image(at * 3 + label as usize * 100));
        Class::new(label, ImageSet::from_bytes(4, 4, bytes.collect()))
    };
    let settings = Settings {
        classes: vec![3, 5],
        dims: 2,
        kind,
        filters: vec![3],
        epochs: 3,
        ..Settings::default()
    };
    let classes = [class(3), class(5)];
    let run = Run::new(&Engine::cpu(), settings.clone(), &classes).unwrap();
    let run = run.on_threads(NonZeroUsize::new(2).unwrap());
    let (mut run, mut recording) = run.recorded();
    loop {
        let mut update = block_on(run.advance(Duration::from_millis(20))).unwrap();
        recording.hear(&mut update);
        if update.stage == Stage::Done {
            break;
        }
    }
    let network = run.network().unwrap().clone();
    let recorded = block_on(recording.finish(run.report(), &network, |_, _| true)).unwrap();
    assert!(recorded.refused.is_empty());
    Session {
        version: "0.1.0".into(),
        settings,
        network,
        images: None,
        report: Some(run.report().clone()),
        moments: recorded.history.moments().cloned().collect(),
    }
}

fn file(session: &Session) -> File {
    File {
        name: "mine.session".into(),
        bytes: session::write(session),
    }
}

/// Everything of a moment, to the last bit.
fn told(moment: &Moment) -> String {
    format!("{moment:?}")
}

#[test]
fn moments_come_back_as_they_were_kept() {
    for kind in [NetworkKind::Dense, NetworkKind::Convolutional] {
        let session = recorded(kind);
        let epochs: Vec<usize> = session.moments.iter().map(|moment| moment.epoch).collect();
        assert_eq!(epochs, [0, 1, 2, 3]);
        let opened = session::read(&file(&session)).expect("it opens");
        assert_eq!(opened.moments.len(), 4);
        for (found, kept) in opened.moments.iter().zip(&session.moments) {
            assert_eq!(told(found), told(kept));
        }
        assert_eq!(opened.moments[3].network, session.network);
    }
}

#[test]
fn moments_of_another_run_are_refused() {
    let session = recorded(NetworkKind::Dense);
    let refused = |change: &dyn Fn(&mut Session)| {
        let mut session = session.clone();
        change(&mut session);
        let here = session
            .check_moments()
            .expect_err("it is refused when it is kept");
        let there = session::read(&file(&session)).expect_err("and when it is read");
        assert!(there.to_string().starts_with("mine.session: "), "{there}");
        here
    };
    let twice = refused(&|session| session.moments[1] = session.moments[2].clone());
    assert_eq!(twice, "the epochs are not those of a run");
    refused(&|session| session.moments[1].pixel_importance.mean[[0, 0]] = -1.0);
    refused(&|session| session.moments[0].latents[[0, 0]] = f32::NAN);
    let whose = refused(&|session| session.report.as_mut().unwrap().encoded = None);
    assert_eq!(whose, "there is no report that they belong to");
    let other = recorded(NetworkKind::Convolutional);
    let network = refused(&|session| session.moments[2] = other.moments[2].clone());
    assert_eq!(network, "after epoch 2, the network is another");
}

/// The files of a session with one of those of its history damaged.
fn with_damage(bytes: &[u8], draws: &mut Draws) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names = archive.file_names().map(|name| name.unwrap().into_owned());
    let names: Vec<String> = names.collect();
    let of_history: Vec<&String> = names
        .iter()
        .filter(|name| name.contains("history"))
        .collect();
    let damaged = of_history[draws.below(of_history.len())];
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for name in &names {
        let mut content = Vec::new();
        archive
            .by_name(name)
            .unwrap()
            .read_to_end(&mut content)
            .unwrap();
        if name == damaged {
            damage(&mut content, draws);
        }
        writer
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(&content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn damaged_moments_are_refused_or_other_numbers() {
    let whole = session::write(&recorded(NetworkKind::Dense));
    let mut draws = Draws(1);
    let (start, limit) = (Instant::now(), seconds());
    let (mut tried, mut opened) = (0u64, 0u64);
    while start.elapsed() < limit {
        let bytes = with_damage(&whole, &mut draws);
        let name = "damaged".into();
        if let Ok(session) = session::read(&File { name, bytes }) {
            assert_eq!(session.check_moments(), Ok(()));
            opened += 1;
        }
        tried += 1;
    }
    println!("moments: {tried} damaged, {opened} opened");
}
