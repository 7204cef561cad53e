//! Charts as tables.

use super::loss::BCE;
use super::scene::{heading, spec, three};
use crate::plot::{NumberTable, figure_numbers, loss_numbers};
use crate::train::TrainingHistory;

pub(super) fn cells(table: &NumberTable) -> Vec<Vec<&str>> {
    let columns = table.columns.len();
    assert!(table.rows.iter().all(|row| row.len() == columns));
    table
        .rows
        .iter()
        .map(|cells| cells.iter().map(String::as_str).collect())
        .collect()
}

#[test]
fn the_figure_is_a_row_for_each_dimension_in_its_order() {
    let (mut spec, mut report) = three();
    let table = figure_numbers(Some(&report), &spec);
    assert_eq!(
        table.caption,
        "Latent importance of class 0 (mean squared error) and the pixels that move each dimension most"
    );
    assert_eq!(
        table.columns[..3],
        ["Dimension", "Importance", "Standard error"]
    );
    // Pixels by hand: dimension 2 rises most with the first pixel (0.4) and falls with the third.
    assert_eq!(
        cells(&table),
        [
            ["2", "0.02000", "0.0020", "1, 1", "1, 3"],
            ["1", "0.01000", "0.0010", "1, 3", "1, 2"],
            ["3", "0", "0", "none", "none"],
        ]
    );
    spec.threshold = 0.6;
    report.latent_importance.as_mut().unwrap().std_error = None;
    assert_eq!(
        cells(&figure_numbers(Some(&report), &spec))[0],
        ["2", "0.02000", "", "none", "none"]
    );
    report.direction = None;
    report.latent_importance = None;
    assert_eq!(
        cells(&figure_numbers(Some(&report), &spec))[0],
        ["1", "", "", "", ""]
    );
}

#[test]
fn what_is_not_known_has_no_rows() {
    let spec = spec(3, 2, 3);
    for report in [None, Some(&heading(&spec))] {
        let table = figure_numbers(report, &spec);
        assert_eq!(table.caption, "Latent importance is not known yet");
        assert!(table.rows.is_empty());
    }
    assert!(loss_numbers(None, BCE).rows.is_empty());
}

#[test]
fn the_loss_is_a_row_for_each_epoch() {
    let history = TrainingHistory {
        training_loss: vec![0.5, 0.123_456],
        held_out_loss: vec![0.25],
        ..TrainingHistory::default()
    };
    let table = loss_numbers(Some(&history), BCE);
    assert_eq!(table.caption, "Loss in nats per pixel after each epoch");
    assert_eq!(table.columns, ["Epoch", "Training", "Held-out"]);
    assert_eq!(
        cells(&table),
        [["1", "0.5000", "0.2500"], ["2", "0.1235", ""]]
    );
}
