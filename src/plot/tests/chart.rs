//! Every chart by the one function that the page calls, with its options.

use ndarray::array;

use super::loss::BCE;
use super::scene::{style, three};
use crate::plot::{Chart, Extra, Known, Style, figure, figure_numbers, loss, svg};
use crate::report::Projection;
use crate::train::TrainingHistory;

const ALL: [&str; 5] = ["figure", "loss", "pixels", "classes", "pair"];

fn chart(name: &str) -> Chart {
    serde_json::from_value(name.into()).unwrap()
}

#[test]
fn every_chart_is_drawn_sized_titled_and_told_in_numbers_known_or_not() {
    let (spec, mut report) = three();
    report.training = Some(TrainingHistory {
        training_loss: vec![0.5, 0.4],
        held_out_loss: vec![0.5, 0.4],
        ..TrainingHistory::default()
    });
    let full = Known {
        report: Some(report),
        projection: Some(Projection {
            coordinates: array![[0.0, 1.0]],
            axes: ["t-SNE 1".into(), "t-SNE 2".into()],
            name: "tsne".into(),
        }),
        ..Known::default()
    };
    let extra = Extra::default();
    for name in ALL {
        let chart = chart(name);
        assert!(!chart.title().is_empty());
        for known in [&full, &Known::default()] {
            for scale in [1.0, 2.0] {
                let style = Style { scale, ..style() };
                let height = chart.height(500.0, known, &spec, &style);
                assert!((60.0..1500.0).contains(&height), "{name} {height}");
                let size = (style.px(500.0) as u32, style.px(height) as u32);
                let options = (&spec, &extra);
                let (svg, layout) =
                    svg(size, |area| chart.draw(area, known, options, &style)).unwrap();
                assert!(svg.contains("<text"), "{name}");
                assert!(layout.summary.ends_with('.'), "{name}: {}", layout.summary);
            }
            let table = chart.numbers(known, (&spec, &extra));
            assert_eq!(table.rows.is_empty(), known.report.is_none(), "{name}");
        }
    }
    assert!(serde_json::from_value::<Chart>("pie".into()).is_err());
}

#[test]
fn what_a_chart_alone_heeds_reaches_it() {
    let (spec, mut report) = three();
    report.settings.epochs = 50;
    let mut known = Known {
        report: Some(report),
        ..Known::default()
    };
    let summary = |chart: Chart, known: &Known, extra: &str| {
        let extra: Extra = serde_json::from_str(extra).unwrap();
        let options = (&spec, &extra);
        svg((500, 300), |area| {
            chart.draw(area, known, options, &style())
        })
        .unwrap()
        .1
        .summary
    };
    let none = "Loss over 7 epochs: no epoch is finished yet.";
    assert_eq!(
        summary(Chart::Loss, &known, r#"{"epochs":7,"class":0}"#),
        none
    );
    let planned = none.replace('7', "50");
    assert_eq!(summary(Chart::Loss, &known, "{}"), planned);
    assert!(summary(Chart::Pair, &known, r#"{"dim":2}"#).starts_with("Dimension 3"));
    known.report = None;
    assert_eq!(
        summary(Chart::Loss, &known, "{}"),
        none.replace("7 epochs", "1 epoch")
    );
}

#[test]
fn charts_draw_what_their_functions_draw_and_leave_out_what_they_lack() {
    let (spec, report) = three();
    let extra = Extra::default();
    let known = Known {
        report: Some(report.clone()),
        ..Known::default()
    };
    let size = (700, 300);
    let by_chart = |chart: Chart| {
        svg(size, |area| {
            chart.draw(area, &known, (&spec, &extra), &style())
        })
        .unwrap()
    };
    let direct = svg(size, |area| figure(area, Some(&report), &spec, &style())).unwrap();
    assert_eq!(by_chart(Chart::Figure), (direct.0, direct.1.into()));
    assert_eq!(
        Chart::Figure.numbers(&known, (&spec, &extra)),
        figure_numbers(Some(&report), &spec)
    );

    let epochs = report.settings.epochs;
    let direct = svg(size, |area| loss(area, None, (epochs, BCE), &style())).unwrap();
    let (drawn, layout) = by_chart(Chart::Loss);
    assert_eq!(drawn, direct.0);
    let said = serde_json::to_value(layout).unwrap();
    let keys: Vec<_> = said.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["plane", "summary"]);
    assert_eq!(said["summary"], direct.1.summary);
}
