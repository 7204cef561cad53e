//! Whole charts, compared with the ones kept beside this file. After a change that is meant,
//! look at the new ones: `LATENT_LENS_GOLDEN=write cargo test golden` writes them.

use std::path::Path;

use super::loss::BCE;
use super::scene::{draw, style, three};
use super::{emergence, measured, reconstructions, similarity, space};
use crate::plot::{
    self, Asked, Chart, Extra, SpaceSpec, agreement, classes, dendrogram, fair_test, loss,
    opinions, pair, pixels, svg,
};
use crate::train::TrainingHistory;

pub(super) fn compare(name: &str, drawn: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/plot/tests/golden")
        .join(name);
    if std::env::var_os("LATENT_LENS_GOLDEN").is_some_and(|value| value == "write") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, drawn).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == drawn, "{name} has changed:\n{drawn}");
}

#[test]
fn golden_figure() {
    let (spec, report) = three();
    compare("figure.svg", &draw((620, 230), Some(&report), &spec).0);
    compare("figure-empty.svg", &draw((620, 230), None, &spec).0);
}

#[test]
fn golden_pixels() {
    let (spec, report) = three();
    let drawn = svg((500, 170), |area| {
        pixels(area, Some(&report), &spec, &style())
    })
    .unwrap();
    compare("pixels.svg", &drawn.0);
}

#[test]
fn golden_classes() {
    let (mut spec, report) = three();
    spec.sort = false;
    let drawn = svg((500, 200), |area| {
        classes(area, Some(&report), &spec, &style())
    })
    .unwrap();
    compare("classes.svg", &drawn.0);
}

#[test]
fn golden_pair() {
    let (spec, report) = three();
    let drawn = svg((500, 200), |area| {
        pair(area, Some(&report), &spec, Some(0), &style())
    })
    .unwrap();
    compare("pair.svg", &drawn.0);
}

#[test]
fn golden_loss() {
    let history = TrainingHistory {
        training_loss: vec![0.52, 0.31, 0.24, 0.2, 0.18, 0.17],
        held_out_loss: vec![0.4, 0.28, 0.23, 0.2, 0.185, 0.178],
        ..TrainingHistory::default()
    };
    let drawn = svg((500, 160), |area| {
        loss(area, Some(&history), (8, BCE), &style())
    })
    .unwrap();
    compare("loss.svg", &drawn.0);
}

#[test]
fn golden_space() {
    let (spec, report) = space::four();
    let drawn = svg((620, 300), |area| {
        let spec = SpaceSpec {
            selected: Some(1),
            ..space::of(&spec, None)
        };
        plot::space(area, Some(&report), &spec, &style())
    })
    .unwrap();
    compare("space.svg", &drawn.0);
    let (spec, report) = space::many(420, 12);
    let drawn = svg((390, 500), |area| {
        plot::space(area, Some(&report), &space::of(&spec, None), &style())
    })
    .unwrap();
    compare("space-many.svg", &drawn.0);
}

#[test]
fn golden_reconstructions() {
    let (spec, report) = reconstructions::two();
    let drawn = svg((620, 180), |area| {
        plot::reconstructions(area, Some(&report), &spec, &style())
    })
    .unwrap();
    compare("reconstructions.svg", &drawn.0);
}

#[test]
fn golden_similarity() {
    let (spec, report) = similarity::four();
    let drawn = svg((500, 340), |area| {
        plot::similarity(area, Some(&report), &spec, &style())
    })
    .unwrap();
    compare("similarity.svg", &drawn.0);
}

#[test]
fn golden_groups() {
    let (spec, report) = measured::grouped();
    let (drawn, _) = draw((760, 260), Some(&report), &spec);
    compare("figure-groups.svg", &drawn);
}

#[test]
fn golden_charts_of_several_methods() {
    let (spec, report) = measured::asked();
    let report = Some(&report);
    let drawn = svg((500, 260), |area| {
        opinions(area, report, &spec, Some(0), &style())
    });
    compare("opinions.svg", &drawn.unwrap().0);
    let drawn = svg((400, 300), |area| {
        agreement(area, report, &spec, Some(1), &style())
    });
    compare("agreement.svg", &drawn.unwrap().0);
    let drawn = svg((700, 290), |area| {
        fair_test(area, report, &spec, Asked::default(), &style())
    });
    compare("fair-test.svg", &drawn.unwrap().0);
}

#[test]
fn golden_dendrogram() {
    let report = measured::joined();
    let drawn = svg((400, 220), |area| {
        dendrogram(area, Some(&report), Some(0.25), &style())
    });
    compare("dendrogram.svg", &drawn.unwrap().0);
}

#[test]
fn golden_emergence_and_ranks() {
    let (spec, known) = emergence::emerged();
    let draw = |chart, size| emergence::drawn(chart, size, &known, &spec, &Extra::default()).0;
    compare("emergence.svg", &draw(Chart::Emergence, (640, 190)));
    compare("ranks.svg", &draw(Chart::Ranks, (640, 140)));
}

#[test]
fn golden_reconstruction_errors() {
    let (spec, known) = emergence::rebuilt();
    let draw = |size| {
        let chart = Chart::ReconstructionErrors;
        emergence::drawn(chart, size, &known, &spec, &Extra::default()).0
    };
    compare("reconstruction-errors.svg", &draw((960, 560)));
    compare("reconstruction-errors-narrow.svg", &draw((390, 980)));
}
