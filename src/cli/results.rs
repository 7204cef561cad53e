//! A report as files: tables, charts, and the report itself.

use latent_lens::export::{Table, csv};
use latent_lens::report::{Metric, Report};

use super::charts;
use super::failure::Failure;
use super::folder::File;

/// Every file that a report is written to, the report itself last: where it is, all are.
pub fn files(report: &Report, metric: Metric) -> Result<Vec<File>, Failure> {
    let tables = [
        ("pixel_importance.csv", Table::PixelImportance),
        ("direction.csv", Table::Direction),
        ("latent_importance.csv", Table::LatentImportance),
    ];
    let mut files: Vec<File> = tables
        .into_iter()
        .filter_map(|(name, table)| {
            let text = csv(report, None, table, metric)?;
            Some((name.into(), text.into_bytes()))
        })
        .collect();
    files.extend(charts::files(report, metric)?);
    let json = serde_json::to_vec(report).expect("a report is plain data");
    files.push(("report.json".into(), json));
    Ok(files)
}
