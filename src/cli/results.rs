//! A report as files: tables, charts, and the report itself.

use latent_lens::export::{Table, csv};
use latent_lens::history::History;
use latent_lens::report::{Metric, Report};

use super::arguments::Look;
use super::charts;
use super::failure::Failure;
use super::folder::File;
use super::progress::Progress;
use super::projection::project;

/// Every file that a report is written to, the report itself last: where it is, all are. Says what has
/// to be said before its numbers. `history` is what was measured of it after its epochs.
pub fn files(
    report: &Report,
    history: Option<&History>,
    look: Look,
    progress: &mut Progress,
) -> Result<Vec<File>, Failure> {
    let metric = Metric::from(look.metric);
    for sentence in report.cautions().iter().chain(&report.measured_in_words()) {
        progress.say(sentence);
    }
    for sentence in report.loss_in_words() {
        progress.say(&sentence);
    }
    let beside = [report.controls_in_words(), report.networks_in_words()];
    for sentence in beside.iter().flatten() {
        progress.say(sentence);
    }
    let projection = project(report, progress)?;
    let mut tables = vec![
        ("pixel_importance.csv", Table::PixelImportance),
        ("direction.csv", Table::Direction),
        ("latent_importance.csv", Table::LatentImportance),
        ("encoded_space.csv", Table::EncodedSpace),
        ("group_importance.csv", Table::Groups),
        ("donor_checks.csv", Table::DonorChecks),
        ("opinions.csv", Table::Opinions),
        ("agreement.csv", Table::Agreement),
        ("fair_test.csv", Table::FairTest),
        ("image_errors.csv", Table::ImageErrors),
        ("pixel_errors.csv", Table::PixelErrors),
        ("networks.csv", Table::Networks),
        ("controls.csv", Table::Controls),
        ("reconstruction_errors.csv", Table::ReconstructionErrors),
        ("divergence.csv", Table::Divergence),
        ("smaller.csv", Table::Smaller),
        ("sizes.csv", Table::Sizes),
        ("factors.csv", Table::Factors),
    ];
    // A class is like itself.
    if report.classes.len() > 1 && report.has_latent_importance() {
        progress.say("similarity.csv and similarity.svg were called likeness before.");
        tables.push(("similarity.csv", Table::Similarity));
    }
    let mut files: Vec<File> = tables
        .into_iter()
        .filter_map(|(name, table)| {
            let text = csv(report, projection.as_ref(), table, metric)?;
            Some((name.into(), text.into_bytes()))
        })
        .collect();
    files.extend(charts::files(report, history, projection.as_ref(), look)?);
    let json = serde_json::to_vec(report).map_err(Failure::unwritable)?;
    files.push(("report.json".into(), json));
    Ok(files)
}
