//! Tables of every epoch that was measured.

use super::{Table, csv};
use crate::history::Moment;
use crate::report::{Metric, Report};

/// A table of `report` as it was after each of these epochs, one after the other: `epoch`, counted from 0 before training,
/// then the columns of the table. `None` where there are no moments, or the table is not known of each.
#[must_use]
pub fn csv_of_epochs<'a>(
    report: &Report,
    moments: impl IntoIterator<Item = &'a Moment>,
    table: Table,
    metric: Metric,
) -> Option<String> {
    let mut text = String::new();
    for moment in moments {
        let of_epoch = csv(&report.at(moment), None, table, metric)?;
        let mut lines = of_epoch.lines();
        let heading = lines.next()?;
        if text.is_empty() {
            text = format!("epoch,{heading}\n");
        }
        for line in lines {
            text.push_str(&moment.epoch.to_string());
            text.push(',');
            text.push_str(line);
            text.push('\n');
        }
    }
    (!text.is_empty()).then_some(text)
}
