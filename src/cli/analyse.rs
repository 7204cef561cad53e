//! `analyse`: from images to tables and charts.

use std::time::Instant;

use super::arguments::Analyse;
use super::failure::Failure;
use super::folder::Folder;
use super::progress::{Progress, time};
use super::{results, work};

/// Trains, measures and writes what was found.
pub fn analyse(request: &Analyse) -> Result<(), Failure> {
    let start = Instant::now();
    let asked = &request.work.measuring.moving;
    let look = request.look.check(asked.opinions, asked.image_errors);
    look.map_err(Failure::Usage)?;
    let mut progress = Progress::new();
    let mut run = work::prepare(&request.work, &mut progress)?;
    let folder = Folder::open(&request.out)?;

    work::finish(&mut run, &mut progress)?;
    let files = results::files(run.report(), request.look, &mut progress)?;
    folder.write(&files)?;
    progress.finish(&format!(
        "Wrote {} files to {} in {}.",
        files.len(),
        request.out.display(),
        time(start.elapsed())
    ));
    Ok(())
}
