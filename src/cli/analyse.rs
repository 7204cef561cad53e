//! `analyse`: from images to tables and charts.

use std::time::Instant;

use latent_lens::export::{Table, csv};
use latent_lens::report::{Metric, Report};
use latent_lens::run::Run;

use super::arguments::Analyse;
use super::charts;
use super::failure::Failure;
use super::folder::{File, Folder};
use super::progress::{Progress, time};
use super::{images, work};

/// Trains, measures and writes what was found.
pub fn analyse(request: &Analyse) -> Result<(), Failure> {
    let start = Instant::now();
    let engine = work::engine(request.device)?;
    let classes = images::open(&request.data)?;
    let settings = request
        .settings
        .settings(classes.iter().map(|class| class.label));
    let mut run = Run::new(&engine, settings, &classes)?;
    // The run has its own copy.
    drop(classes);
    let folder = Folder::open(&request.out)?;

    let mut progress = Progress::new();
    work::finish(&mut run, &mut progress)?;
    let files = results(run.report(), request.metric.into())?;
    folder.write(&files)?;
    progress.finish(&format!(
        "Wrote {} files to {} in {}.",
        files.len(),
        request.out.display(),
        time(start.elapsed())
    ));
    Ok(())
}

/// Every file that a report is written to, the report itself last: where it is, all are.
fn results(report: &Report, metric: Metric) -> Result<Vec<File>, Failure> {
    let tables = [
        ("pixel_importance.csv", Table::PixelImportance),
        ("direction.csv", Table::Direction),
        ("latent_importance.csv", Table::LatentImportance),
    ];
    let mut files: Vec<File> = tables
        .into_iter()
        .filter_map(|(name, table)| {
            Some((name.into(), csv(report, None, table, metric)?.into_bytes()))
        })
        .collect();
    files.extend(charts::files(report, metric)?);
    let json = serde_json::to_vec(report).expect("a report is plain data");
    files.push(("report.json".into(), json));
    Ok(files)
}
