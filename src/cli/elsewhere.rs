//! `results`: from results that were computed elsewhere to tables and charts.

use std::time::Instant;

use latent_lens::data::readers::{self, PixelOrder, ResultsOptions};
use latent_lens::report::{Metric, Report};

use super::arguments::Results;
use super::failure::Failure;
use super::folder::Folder;
use super::progress::Progress;
use super::{files, results};

/// Reads results and writes what is drawn of them. Says what was taken for granted.
pub fn show(request: &Results) -> Result<(), Failure> {
    let start = Instant::now();
    let look = request.look;
    look.check(false, false).map_err(Failure::Usage)?;
    let found = files::read(&request.files)?;
    let options = ResultsOptions {
        shape: request.size.map(|size| size.0),
        layout: request.layout,
    };
    let found =
        readers::results(&found, &options).map_err(|error| Failure::Failed(error.to_string()))?;
    let mut progress = Progress::new();
    for note in &found.notes {
        progress.say(note);
    }
    let is_plane = found.image.height > 1 && found.image.width > 1;
    if is_plane && request.layout == PixelOrder::RowMajor {
        progress.say(
            "Line after line, pixels are taken row by row. If maps lie on their side, say --layout column-major.",
        );
    }
    let metric = Metric::from(look.metric);
    if found.latent_importance.is_some() {
        let otherwise = match metric {
            Metric::Mse => "rmse",
            Metric::Rmse => "mse",
        };
        progress.say(&format!(
            "The files do not say by which error latent importance is: it is taken for that by {}. Choose otherwise with \
             --metric {otherwise}.",
            metric.name()
        ));
    }
    let report = Report::of_results(found, metric);
    let checked = report.check();
    checked
        .map_err(|what| Failure::Failed(format!("The results do not fit each other: {what}.")))?;
    let folder = Folder::open(&request.out)?;
    let files = results::files(&report, None, look, &mut progress)?;
    folder.write(&files)?;
    progress.wrote(files.len(), &request.out, start.elapsed());
    Ok(())
}
