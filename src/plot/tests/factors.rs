//! The chart of factors, of made-up reports.

use super::scene::{spec, style, texts};
use crate::data::ImageShape;
use crate::latents::Factors;
use crate::plot::{Chart, ChartLayout, Extra, FigureSpec, Known, svg};
use crate::report::Report;

fn known() -> Known {
    let mut report = Report::blank(ImageShape::grey(2, 3), 3, &[0, 7]);
    report.factors = Some(Factors {
        names: ["hue", "x"].map(String::from).into(),
        entropy: vec![2.0, 1.0],
        information: vec![vec![1.0, 0.3, 0.0], vec![-0.01, 0.75, 0.0]],
        by_chance: vec![vec![0.01, 0.02, 0.0]; 2],
        gaps: vec![0.35, 0.75],
        inactive: vec![2],
        images: 10_000,
        bins: 20,
    });
    Known {
        report: Some(report),
        ..Known::default()
    }
}

fn of() -> FigureSpec {
    spec(3, 2, 3)
}

fn drawn(known: &Known, width: u32) -> (String, ChartLayout) {
    let height = Chart::Factors.height(f64::from(width), known, &of(), &style());
    svg((width, height as u32), |area| {
        Chart::Factors.draw(area, known, (&of(), &Extra::default()), &style())
    })
    .unwrap()
}

#[test]
fn every_cell_says_what_share_of_a_factor_its_dimension_has() {
    let known = known();
    for width in [320, 900] {
        let (drawn, layout) = drawn(&known, width);
        let words = texts(&drawn);
        let words: Vec<&str> = words.iter().map(|(text, ..)| text.as_str()).collect();
        for word in [
            "hue", "x", "0.50", "0.15", "0.75", "−0.01", "0.35", "gap", "3",
        ] {
            assert!(words.contains(&word), "{word}: {words:?}");
        }
        let cells = layout.cells.unwrap();
        let order = layout.order.unwrap();
        assert_eq!((cells.len(), order.len()), (6, 3));
        for (at, cell) in cells.iter().enumerate() {
            assert_eq!((cell.row, cell.column), (order[at / 2], at % 2));
            assert!(cell.x >= 0.0 && cell.x + cell.width <= f64::from(width));
        }
        let cell = cells.iter().find(|cell| (cell.row, cell.column) == (1, 1));
        assert!((cell.unwrap().value.unwrap() - 0.75).abs() < 1e-6);
        assert!(
            layout.summary.contains("Dimension 2 mixes hue and x."),
            "{}",
            layout.summary
        );
    }
}

#[test]
fn numbers_are_in_nats_with_entropies_and_gaps_below_them() {
    let table = Chart::Factors.numbers(&known(), (&of(), &Extra::default()));
    assert_eq!(table.columns, ["Dimension", "hue", "x"]);
    assert_eq!(table.rows.len(), 5);
    let row = table.rows.iter().find(|row| row[0] == "1").unwrap();
    assert_eq!(row[..], ["1", "1.000", "−0.010"]);
    assert_eq!(table.rows[3][..], ["entropy", "2.000", "1.000"]);
    assert_eq!(table.rows[4][..], ["gap", "0.350", "0.750"]);
}

#[test]
fn factors_of_other_dimensions_and_those_not_known_are_not_drawn() {
    let mut known = known();
    known
        .report
        .as_mut()
        .unwrap()
        .factors
        .as_mut()
        .unwrap()
        .information[0]
        .pop();
    let (_, layout) = drawn(&known, 600);
    assert_eq!(layout.cells, None);
    assert!(
        layout.summary.contains("is not known"),
        "{}",
        layout.summary
    );
    let table = Chart::Factors.numbers(&Known::default(), (&of(), &Extra::default()));
    assert_eq!(table.rows.len(), 0);
}
