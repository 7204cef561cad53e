//! How importance came about, as files beside those of a report.

use latent_lens::export::{Table, csv_of_epochs};
use latent_lens::history::History;
use latent_lens::report::{Metric, Report};
use latent_lens::run::Recorded;

use super::arguments::Look;
use super::failure::Failure;
use super::folder::File;
use super::progress::Progress;
use super::{animation, results};

/// Every file of a report and of its epochs, the report itself last. Says which epochs are missing.
pub fn files(
    report: &Report,
    recorded: &Recorded,
    look: Look,
    progress: &mut Progress,
) -> Result<Vec<File>, Failure> {
    let history = &recorded.history;
    say(recorded, progress);
    let report = Report {
        emergence: history.emergence(),
        ..report.clone()
    };
    let metric = Metric::from(look.metric);
    let mut files = Vec::new();
    for (name, table) in [
        ("history_pixel_importance.csv", Table::PixelImportance),
        ("history_direction.csv", Table::Direction),
        ("history_latent_importance.csv", Table::LatentImportance),
    ] {
        let text = csv_of_epochs(&report, history.moments(), table, metric);
        files.extend(text.map(|text| (name.into(), text.into_bytes())));
    }
    files.push(animation::file(&report, history, look, progress)?);
    files.extend(results::files(&report, Some(history), look, progress)?);
    Ok(files)
}

fn say(recorded: &Recorded, progress: &Progress) {
    let Recorded { history, refused } = recorded;
    if history.step() > 1 {
        progress.say(&format!(
            "Of every {} epochs one was kept: all would take more than {} MB.",
            history.step(),
            History::MOST_BYTES >> 20
        ));
    }
    if let Some((epoch, error)) = refused.first() {
        progress.say(&format!(
            "{} epochs could not be measured; after epoch {epoch}: {error}",
            refused.len()
        ));
    }
    let epochs: Vec<String> = history
        .moments()
        .map(|moment| moment.epoch.to_string())
        .collect();
    progress.say(&format!("Measured after epochs {}.", epochs.join(", ")));
}
