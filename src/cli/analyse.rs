//! `analyse`: from images to tables and charts.

use std::time::Instant;

use super::arguments::Analyse;
use super::failure::Failure;
use super::folder::Folder;
use super::progress::Progress;
use super::{decoded, history, results, work};

/// Trains, measures and writes what was found.
pub fn analyse(request: &Analyse) -> Result<(), Failure> {
    let start = Instant::now();
    let asked = &request.work.measuring.moving;
    let look = request.look.check(asked.opinions, asked.image_errors);
    look.map_err(Failure::Usage)?;
    let mut progress = Progress::new();
    let mut run = work::prepare(&request.work, &mut progress)?;
    let dims = run.report().settings.dims;
    request.look.check_axes(dims).map_err(Failure::Usage)?;
    if request.decoded {
        decoded::check(&run)?;
    }
    let folder = Folder::open(&request.out)?;
    work::say_pace(&run, &request.work, &progress)?;

    let mut recorded = None;
    if request.history {
        let found = work::finish_recorded(run, &mut progress)?;
        run = found.0;
        recorded = Some(found.1);
    } else {
        work::finish(&mut run, &mut progress)?;
    }
    let mut files = Vec::new();
    if request.decoded {
        files.extend(decoded::files(&run, request.look, &mut progress)?);
    }
    files.extend(match &recorded {
        Some(recorded) => history::files(run.report(), recorded, request.look, &mut progress)?,
        None => results::files(run.report(), None, request.look, &mut progress)?,
    });
    folder.write(&files)?;
    progress.wrote(files.len(), &request.out, start.elapsed());
    Ok(())
}
