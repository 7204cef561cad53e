//! `compare`: the networks of saved sessions beside each other.

use std::num::NonZeroUsize;
use std::thread;
use std::time::Instant;

use latent_lens::data::{Class, File};
use latent_lens::networks::Other;
use latent_lens::run::Run;
use latent_lens::session::{self, Images, Session};
use latent_lens::settings::{Measure, Settings};

use super::arguments::Compare;
use super::failure::Failure;
use super::folder::Folder;
use super::progress::Progress;
use super::{files, images, results, work};

/// Finds the dimensions of the first session's network in those of the others.
pub fn compare(request: &Compare) -> Result<(), Failure> {
    let start = Instant::now();
    request.look.check(false, false).map_err(Failure::Usage)?;
    let mut progress = Progress::new();
    let engine = work::engine(request.place)?;
    let mut sessions = files::read(&request.sessions)?.into_iter();
    let mut open = || sessions.next().map(open).transpose();
    let (name, first) = open()?.expect("two sessions at least are asked for");
    let mut others = Vec::new();
    while let Some(other) = open()? {
        others.push(other);
    }
    let (classes, source) = images::open(&request.data, None, None, &mut progress)?;
    let known = std::iter::once((&name, &first)).chain(others.iter().map(|(name, of)| (name, of)));
    for (name, session) in known {
        if has_other_images(session, &classes) {
            progress.say(&format!(
                "{name} is of other images than these. Its network is compared on these all the same."
            ));
        }
    }
    let settings = first.settings.clone();
    let settings = Settings {
        measure: Measure {
            opinions: false,
            image_errors: false,
            controls: false,
            networks: 1,
            smaller: false,
            sizes: Vec::new(),
            ..settings.measure
        },
        ..settings
    };
    let model = first.report.and_then(|report| report.model);
    let dims = settings.dims;
    request.look.check_axes(dims).map_err(Failure::Usage)?;
    let run = match model {
        Some(model) => Run::explain(&engine, settings, &classes, first.network)?.of_model(model),
        None => Run::trained(&engine, settings, &classes, first.network)?,
    };
    let others = others.into_iter().map(|(name, session)| Other {
        name,
        settings: None,
        held_out_loss: session
            .report
            .and_then(|report| report.training?.held_out_loss.last().copied()),
        network: session.network,
    });
    let cores = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let mut run = run
        .beside(others.collect())?
        .on_data(source)
        .on_threads(request.jobs.unwrap_or_else(cores));
    let report = run.report();
    progress.say(&format!("Explained are {}.", report.explained_in_words()));
    let folder = Folder::open(&request.out)?;

    work::finish(&mut run, &mut progress)?;
    let files = results::files(run.report(), None, request.look, &mut progress)?;
    folder.write(&files)?;
    progress.wrote(files.len(), &request.out, start.elapsed());
    Ok(())
}

/// A session, with the name of its file.
fn open(file: File) -> Result<(String, Session), Failure> {
    let session = session::read(&file).map_err(|error| Failure::Failed(error.to_string()))?;
    Ok((file.name, session))
}

fn has_other_images(session: &Session, classes: &[Class]) -> bool {
    let chosen = &session.settings.classes;
    let classes = classes.iter().filter(|class| chosen.contains(&class.label));
    let classes: Vec<Class> = classes.cloned().collect();
    let known = session.images.as_ref();
    known.is_some_and(|images| images.fingerprint != Images::of(&images.name, &classes).fingerprint)
}
