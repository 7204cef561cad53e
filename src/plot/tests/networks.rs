//! Other networks and controls, of made-up reports.

use ndarray::array;

use super::record::record;
use super::scene::{estimate, heading, says, spec, style, texts, three};
use crate::networks::{Controls, Match, Networks, OtherNetwork, PermutedControl, Verdict};
use crate::plot::{Chart, ChartLayout, ColourScale, Extra, FigureSpec, Kind, Known, svg};
use crate::report::{Metric, Report};

fn of(dim: Option<usize>, r: Option<f32>, r2: Option<f32>, verdict: Verdict) -> Match {
    Match {
        dim,
        r,
        r2,
        verdict,
        map_similarity: dim.map(|_| 0.75),
        profile_similarity: dim.map(|_| 0.5),
    }
}

/// [`three`] with two others: the first dimension is found again in both, turned in the second; the second
/// one is mixed in the first other and not found in the second; the third is inactive.
pub(super) fn compared() -> (FigureSpec, Report) {
    let (spec, mut report) = three();
    let inactive = || of(None, None, None, Verdict::Inactive);
    let map = |sign: f32| vec![0.0, sign * 0.1, -sign * 0.2, 0.0, 0.0, sign * 0.05];
    report.networks = Some(Networks {
        untrained: 5,
        chance: vec![0.4, 0.5, 0.0],
        chance_r2: vec![Some(0.3), Some(0.4), None],
        explained: 30,
        training: 170,
        others: vec![
            OtherNetwork {
                name: "seed 2".into(),
                seeds: None,
                held_out_loss: Some(0.21),
                dims: 3,
                matches: vec![
                    of(Some(1), Some(0.95), Some(0.97), Verdict::FoundAgain),
                    of(Some(0), Some(0.45), Some(0.93), Verdict::Mixed),
                    inactive(),
                ],
                maps: vec![map(1.0), map(-1.0), vec![0.0; 6]],
                latent_importance: vec![
                    vec![Some(0.012), Some(0.018), None],
                    vec![Some(0.05), Some(0.02), None],
                ],
            },
            OtherNetwork {
                name: "anna.zip".into(),
                seeds: None,
                held_out_loss: None,
                dims: 5,
                matches: vec![
                    of(Some(4), Some(-0.8), Some(0.7), Verdict::FoundAgain),
                    of(None, None, Some(0.1), Verdict::NotFound),
                    inactive(),
                ],
                maps: vec![map(-1.0), Vec::new(), Vec::new()],
                latent_importance: vec![vec![Some(0.02), None, None], vec![None, None, None]],
            },
        ],
        mean: vec![vec![0.014, 0.019, 0.0], vec![0.045, 0.025, 0.0]],
        deviation: vec![vec![Some(0.005), Some(0.001), None], vec![None; 3]],
    });
    (spec, report)
}

/// [`three`] with controls.
pub(super) fn controlled() -> (FigureSpec, Report) {
    let (spec, mut report) = three();
    report.controls = Some(Controls {
        untrained: vec![Some(0.12), Some(-0.34), None],
        variance: vec![Some(0.56), Some(0.78), None],
        permuted: Some(PermutedControl {
            held_out_loss: 0.69,
            latent_importance: vec![vec![0.001, 0.015, 0.003], vec![0.0; 3]],
            latent_importance_rmse: vec![vec![0.01, 0.11, 0.02], vec![0.0; 3]],
        }),
    });
    (spec, report)
}

fn draw(
    chart: Chart,
    (width, extra): (f64, &Extra),
    report: Option<&Report>,
    spec: &FigureSpec,
) -> (String, ChartLayout) {
    let known = Known {
        report: report.cloned(),
        ..Known::default()
    };
    let height = chart.height(width, &known, spec, &style());
    let (svg, layout) = svg((width as u32, height as u32), |area| {
        chart.draw(area, &known, (spec, extra), &style())
    })
    .unwrap();
    // Nothing lies outside.
    for (text, x, y) in texts(&svg) {
        assert!(
            (0..=width as i32).contains(&x) && (0..height as i32).contains(&y),
            "{width}: {text} at {x}, {y} of {height}"
        );
    }
    (svg, layout)
}

fn numbers(chart: Chart, report: Option<&Report>, spec: &FigureSpec) -> (String, Vec<String>) {
    let known = Known {
        report: report.cloned(),
        ..Known::default()
    };
    let table = chart.numbers(&known, (spec, &Extra::default()));
    for row in &table.rows {
        assert_eq!(row.len(), table.columns.len());
    }
    let rows = table.rows.iter().map(|row| row.join("|")).collect();
    (table.caption, rows)
}

#[test]
fn each_dimension_is_told_by_how_many_networks_have_it() {
    let (spec, report) = compared();
    for width in [320.0, 390.0, 900.0, 1280.0] {
        let (svg, layout) = draw(
            Chart::Networks,
            (width, &Extra::default()),
            Some(&report),
            &spec,
        );
        assert_eq!(layout.order, Some(vec![1, 0, 2]));
        let bars = layout.bars.unwrap();
        assert_eq!(
            bars.iter().map(|bar| bar.dim).collect::<Vec<_>>(),
            [1, 0, 2]
        );
        // One under the other, without a gap.
        for pair in bars.windows(2) {
            assert!((pair[0].y + pair[0].height - pair[1].y).abs() < 1e-9);
        }
        let maps = layout.maps.unwrap();
        assert_eq!(maps.len(), 3, "this network and two others");
        assert!(maps.iter().all(|map| map.dim == 1 && map.width >= 20.0));
        let long = width >= 900.0;
        assert_eq!(says(&svg, "found again in 2 of 2"), long, "{width}");
        assert_eq!(says(&svg, "found again in 0 of 2, mixed in 1"), long);
        assert!(says(&svg, "inactive"));
        assert!(says(&svg, "not found"));
    }
    let (_, layout) = draw(
        Chart::Networks,
        (900.0, &Extra::default()),
        Some(&report),
        &spec,
    );
    let summary = layout.summary;
    for said in [
        "2: found again in 0 of 2, mixed in 1; 1: found again in 2 of 2; 3: inactive.",
        "2 other networks, matched by the correlation of latents over 30 explained images",
        "seed 2: dimension 1, r 0.45; anna.zip: no match.",
    ] {
        assert!(summary.contains(said), "{said}: {summary}");
    }
}

#[test]
fn a_map_of_a_match_is_drawn_as_it_is_given_up_to_its_own_limit() {
    let (spec, report) = compared();
    let extra = Extra {
        dim: Some(0),
        ..Extra::default()
    };
    let known = Known {
        report: Some(report),
        ..Known::default()
    };
    let (drawn, _) = record((900, 600), |area| {
        Chart::Networks.draw(area, &known, (&spec, &extra), &style())
    });
    // Of the three networks, and the colours' own bar.
    assert_eq!(drawn.len(), 4);
    let scale = ColourScale::new(Kind::Diverging, 0.2, spec.palette, style().background);
    for (map, sign) in [(1, 1.0), (2, -1.0)] {
        for (column, value) in [(0, 0.0), (1, 0.1), (2, -0.2)] {
            let found = drawn[map].cell((2, 3), 0, column);
            assert_eq!(
                found,
                scale.colour(sign * f64::from(value as f32)),
                "{map} {column}"
            );
        }
    }
}

#[test]
fn the_numbers_of_other_networks_stand_in_a_row_for_each_of_them() {
    let (spec, report) = compared();
    let (caption, rows) = numbers(Chart::Networks, Some(&report), &spec);
    assert!(caption.ends_with("importance is of class 0 (mean squared error)"));
    assert_eq!(
        rows,
        [
            "2|seed 2|1|0.450|0.500|0.930|0.400|mixed|0.750|0.500|0.0180",
            "2|anna.zip|none||0.500|0.100|0.400|not found|||",
            "1|seed 2|2|0.950|0.400|0.970|0.300|found again|0.750|0.500|0.0120",
            "1|anna.zip|5|−0.800|0.400|0.700|0.300|found again|0.750|0.500|0.0200",
            "3|seed 2|none||0|||inactive|||",
            "3|anna.zip|none||0|||inactive|||",
        ]
    );
}

#[test]
fn controls_stand_beside_each_map_and_importance() {
    let (mut spec, report) = controlled();
    for width in [320.0, 390.0, 900.0, 1280.0] {
        let (svg, layout) = draw(
            Chart::Controls,
            (width, &Extra::default()),
            Some(&report),
            &spec,
        );
        assert_eq!(layout.order, Some(vec![1, 0, 2]));
        assert_eq!(layout.bars.unwrap().len(), 3);
        assert!(says(&svg, "with 2 · Var(pixel)"));
        assert!(says(&svg, "line: trained on permuted pixels"));
    }
    let (_, layout) = draw(
        Chart::Controls,
        (900.0, &Extra::default()),
        Some(&report),
        &spec,
    );
    let summary = layout.summary;
    for said in [
        "with its map before training from −0.34 to 0.12; with 2 · Var(pixel) from 0.56 to 0.78.",
        "Importance to class 0: 1 of 3 dimensions are above the largest of a network",
        "with permuted pixels, 0.0150.",
    ] {
        assert!(summary.contains(said), "{said}: {summary}");
    }
    let (caption, rows) = numbers(Chart::Controls, Some(&report), &spec);
    assert!(
        caption.ends_with("importance is of class 0 (mean squared error)"),
        "{caption}"
    );
    assert_eq!(
        rows,
        [
            "2|−0.340|0.780|0.0200|1|0.0150",
            "1|0.120|0.560|0.0100|2|0.00300",
            "3|||0|3|0.00100",
        ]
    );
    // By the measure that is asked for, in the order that is.
    spec.sort = false;
    spec.metric = Metric::Rmse;
    let mut roots = report;
    roots.latent_importance_rmse = Some(estimate(array![[0.1, 0.2, 0.0], [0.2, 0.1, 0.0]], None));
    let (_, rows) = numbers(Chart::Controls, Some(&roots), &spec);
    assert_eq!(rows[0], "1|0.120|0.560|0.100|2|0.0200");
}

#[test]
fn without_a_trained_control_there_are_the_maps_alone() {
    let (spec, mut report) = controlled();
    let controls = report.controls.as_mut().unwrap();
    controls.permuted = None;
    controls.untrained = vec![None; 3];
    let (svg, layout) = draw(
        Chart::Controls,
        (900.0, &Extra::default()),
        Some(&report),
        &spec,
    );
    assert!(says(&svg, "no network could be trained on permuted pixels"));
    assert!(
        layout
            .summary
            .contains("with its map before training: not known")
    );
    assert!(!layout.summary.contains("Importance"));
}

#[test]
fn a_place_is_kept_for_what_is_not_known_or_of_another_run() {
    let spec = spec(3, 2, 3);
    let blank = heading(&spec);
    let (_, mut other) = compared();
    other.networks.as_mut().unwrap().chance.pop();
    other.controls = controlled().1.controls;
    other.controls.as_mut().unwrap().variance.pop();
    for chart in [Chart::Networks, Chart::Controls] {
        for report in [None, Some(&blank), Some(&other)] {
            let (_, layout) = draw(chart, (700.0, &Extra::default()), report, &spec);
            assert!(layout.summary.ends_with("is not known yet."));
            assert_eq!(layout.bars, None);
            assert!(numbers(chart, report, &spec).1.is_empty());
        }
        assert!(!chart.is_of(&blank));
    }
}

/// One class of one image, one dimension, colours, and two hundred of each.
#[test]
fn extremes_are_drawn_too() {
    for (dims, height) in [(1, 1), (200, 28)] {
        let spec = spec(dims, height, height);
        let mut report = heading(&spec);
        report.networks = Some(Networks {
            untrained: 5,
            chance: vec![0.3; dims],
            chance_r2: vec![Some(0.2); dims],
            explained: 1,
            training: 1,
            others: (0..30)
                .map(|at| OtherNetwork {
                    name: format!("student-{at}.zip"),
                    seeds: None,
                    held_out_loss: None,
                    dims,
                    matches: vec![of(Some(0), Some(1.0), None, Verdict::FoundAgain); dims],
                    maps: vec![vec![0.0; height * height]; dims],
                    latent_importance: vec![vec![None; dims]; 2],
                })
                .collect(),
            mean: vec![vec![0.0; dims]; 2],
            deviation: vec![vec![None; dims]; 2],
        });
        report.controls = Some(Controls {
            untrained: vec![None; dims],
            variance: vec![Some(1.0); dims],
            permuted: None,
        });
        for width in [200.0, 1280.0] {
            for chart in [Chart::Networks, Chart::Controls] {
                let (_, layout) = draw(chart, (width, &Extra::default()), Some(&report), &spec);
                assert_eq!(layout.bars.unwrap().len(), dims);
            }
        }
    }
}
