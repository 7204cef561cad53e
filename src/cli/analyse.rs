//! `analyse`: from images to tables and charts.

use std::time::Instant;

use super::arguments::Analyse;
use super::failure::Failure;
use super::folder::Folder;
use super::progress::{Progress, time};
use super::{history, results, work};

/// Trains, measures and writes what was found.
pub fn analyse(request: &Analyse) -> Result<(), Failure> {
    let start = Instant::now();
    let asked = &request.work.measuring.moving;
    let look = request.look.check(asked.opinions, asked.image_errors);
    look.map_err(Failure::Usage)?;
    let mut progress = Progress::new();
    let mut run = work::prepare(&request.work, &mut progress)?;
    let folder = Folder::open(&request.out)?;
    work::say_pace(&run, &request.work, &progress)?;

    let files = if request.history {
        let (run, recorded) = work::finish_recorded(run, &mut progress)?;
        history::files(run.report(), &recorded, request.look, &mut progress)?
    } else {
        work::finish(&mut run, &mut progress)?;
        results::files(run.report(), None, request.look, &mut progress)?
    };
    folder.write(&files)?;
    progress.finish(&format!(
        "Wrote {} files to {} in {}.",
        files.len(),
        request.out.display(),
        time(start.elapsed())
    ));
    Ok(())
}
