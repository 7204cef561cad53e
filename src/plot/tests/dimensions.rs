//! Charts of fewer dimensions and of other numbers of them, of made-up reports.

use super::scene::{spec, style, texts};
use crate::data::ImageShape;
use crate::networks::{Size, Sizes, Smaller};
use crate::plot::{Chart, ChartLayout, Extra, FigureSpec, Known, svg};
use crate::report::Report;
use crate::settings::Loss;

fn known(change: impl FnOnce(&mut Report)) -> Known {
    let mut report = Report::blank(ImageShape::grey(2, 3), 3, &[0, 7]);
    change(&mut report);
    Known {
        report: Some(report),
        ..Known::default()
    }
}

fn smaller() -> Known {
    known(|report| {
        report.smaller = Some(Smaller {
            order: vec![2, 0, 1],
            importance: vec![0.02, 0.0, 0.05],
            means: vec![0.5, -1.0, 0.25],
            kind: Loss::Bce,
            loss: vec![0.4, 0.2, 0.1, 0.1],
            random: vec![vec![0.4, 0.3, 0.3, 0.1], vec![0.4, 0.4, 0.2, 0.1]],
            ordered_on: 85,
            of_training: true,
            explained: 10,
        });
    })
}

fn sizes() -> Known {
    let size = |dims, loss, inactive| Size {
        dims,
        is_shown: dims == 4,
        training_loss: Some(loss - 0.01),
        held_out_loss: Some(loss),
        inactive,
        diverged_after: None,
    };
    known(|report| {
        report.sizes = Some(Sizes {
            tried: vec![size(2, 0.3, 0), size(4, 0.2, 1), size(16, 0.15, 8)],
            mean_image_loss: Some(0.4),
        });
    })
}

fn drawn(chart: Chart, known: &Known, width: u32, extra: &Extra) -> (String, ChartLayout) {
    let spec = of();
    let height = chart.height(f64::from(width), known, &spec, &style());
    svg((width, height as u32), |area| {
        chart.draw(area, known, (&spec, extra), &style())
    })
    .unwrap()
}

fn of() -> FigureSpec {
    spec(3, 2, 3)
}

#[test]
fn losses_fall_over_the_numbers_of_dimensions_that_are_kept() {
    let known = smaller();
    for width in [320, 900] {
        let (drawn, layout) = drawn(Chart::Smaller, &known, width, &Extra::default());
        let words = texts(&drawn);
        for word in [
            "the most important",
            "at random",
            "loss in nats per pixel",
            "0",
            "3",
        ] {
            assert!(
                words.iter().any(|(text, ..)| text == word),
                "{word}: {words:?}"
            );
        }
        let steps = layout.steps.unwrap();
        let numbers: Vec<usize> = steps.iter().map(|place| place.step).collect();
        assert_eq!(numbers, [0, 1, 2, 3]);
        for pair in steps.windows(2) {
            assert!((pair[0].x + pair[0].width - pair[1].x).abs() < 1.5);
        }
        let last = steps.last().unwrap();
        assert!(last.x + last.width <= f64::from(width));
        // Two are enough: 99 % of what all three bring.
        assert_eq!(
            layout.summary,
            "Loss in nats per pixel over 10 explained images with the most important of 3 dimensions: 0.400 with \
             none, 0.100 with 2, 0.100 with all. With 2 drawn at random it is 0.250 on average."
        );
    }
    let asked = Extra {
        kept: Some(1),
        ..Extra::default()
    };
    let (_, layout) = drawn(Chart::Smaller, &known, 600, &asked);
    assert!(
        layout.summary.contains("0.200 with 1,"),
        "{}",
        layout.summary
    );
}

#[test]
fn numbers_of_fewer_dimensions_are_a_row_each() {
    let table = Chart::Smaller.numbers(&smaller(), (&of(), &Extra::default()));
    assert_eq!(table.rows.len(), 4);
    assert_eq!(table.rows[0], ["0", "", "", "0.4000", "0.4000"]);
    assert_eq!(
        table.rows[1],
        ["1", "Dimension 3", "0.05000", "0.2000", "0.3500"]
    );
}

#[test]
fn other_numbers_of_dimensions_stand_on_a_scale_that_doubles() {
    let known = sizes();
    for width in [320, 900] {
        let (drawn, layout) = drawn(Chart::Sizes, &known, width, &Extra::default());
        let words = texts(&drawn);
        for word in [
            "held-out",
            "training",
            "the mean image",
            "2",
            "4",
            "16",
            "8",
        ] {
            assert!(
                words.iter().any(|(text, ..)| text == word),
                "{word}: {words:?}"
            );
        }
        let steps = layout.steps.unwrap();
        let numbers: Vec<usize> = steps.iter().map(|place| place.step).collect();
        assert_eq!(numbers, [2, 4, 16]);
        assert_eq!(
            layout.summary,
            "Held-out loss in nats per pixel of 3 networks, by their dimensions: 0.300 with 2, 0.200 with 4 (1 \
             inactive), 0.150 with 16 (8 inactive)."
        );
    }
    let table = Chart::Sizes.numbers(&known, (&of(), &Extra::default()));
    assert_eq!(table.rows[1], ["4 (as shown)", "0.1900", "0.2000", "1", ""]);
}

#[test]
fn what_is_not_known_or_of_another_network_is_not_drawn() {
    for chart in [Chart::Smaller, Chart::Sizes] {
        for known in [Box::default(), Box::new(known(|_| ()))] {
            let (_, layout) = drawn(chart, &known, 600, &Extra::default());
            assert!(
                layout.summary.ends_with("is not known yet."),
                "{}",
                layout.summary
            );
            assert_eq!(layout.steps, None);
            let table = chart.numbers(&known, (&of(), &Extra::default()));
            assert!(table.rows.is_empty());
        }
    }
    let mut known = smaller();
    let found = known.report.as_mut().unwrap().smaller.as_mut().unwrap();
    found.loss.truncate(2);
    let (_, layout) = drawn(Chart::Smaller, &known, 600, &Extra::default());
    assert_eq!(layout.steps, None);
}

#[test]
fn one_dimension_and_one_size_are_drawn() {
    let known = known(|report| {
        report.settings.dims = 1;
        report.smaller = Some(Smaller {
            order: vec![0],
            importance: vec![0.5],
            means: vec![1.0],
            kind: Loss::Mse,
            loss: vec![0.2, 0.1],
            random: Vec::new(),
            ordered_on: 2,
            of_training: false,
            explained: 2,
        });
        report.sizes = Some(Sizes {
            tried: vec![Size {
                dims: 1,
                is_shown: true,
                training_loss: None,
                held_out_loss: None,
                inactive: 1,
                diverged_after: Some(0),
            }],
            mean_image_loss: None,
        });
    });
    let one = spec(1, 2, 3);
    for chart in [Chart::Smaller, Chart::Sizes] {
        let (_, layout) = svg((400, 300), |area| {
            chart.draw(area, &known, (&one, &Extra::default()), &style())
        })
        .unwrap();
        assert!(layout.steps.is_some());
    }
}
