//! Errors over images in bars, words and tables.

use ndarray::array;

use super::scene::{draw, rectangles, style, three};
use super::table::cells;
use crate::importance::{ImageErrors, Measured};
use crate::plot::{FigureSpec, classes, classes_numbers, figure_numbers, pixel, svg};
use crate::report::{ErrorsOf, Metric, Report};

const WIDE: (u32, u32) = (1000, 300);

/// To class 0, it is open whether dimension 2 is before 1; to class 7 nothing is.
fn case() -> (FigureSpec, Report) {
    let (mut spec, mut report) = three();
    for class in &mut report.classes {
        class.explained = 20;
    }
    spec.errors = ErrorsOf::Images;
    report.image_errors = Some(ImageErrors {
        pixel_method: Measured::Exact,
        latent_method: Measured::Exact,
        pixel_importance: array![
            [0.0, 0.05, 0.0],
            [0.01, 0.0, 0.0],
            [0.02, 0.01, 0.0],
            [0.0, 0.02, 0.0],
            [0.0, 0.0, 0.0],
            [0.005, 0.0, 0.0],
        ],
        latent_importance: array![[0.003, 0.004, 0.0], [0.003, 0.002, 0.0]],
        latent_importance_rmse: array![[0.015, 0.014, 0.0], [0.0075, 0.006, 0.0]],
        order: vec![vec![1, 0, 2], vec![0, 1, 2]],
        differences: vec![vec![0.006, 0.003], vec![0.004, 0.002]],
        lit: vec![30, 9, 12, 30, 0, 10],
    });
    (spec, report)
}

#[test]
fn bars_have_the_errors_that_are_asked_for_and_brackets_where_order_is_open() {
    let (mut spec, mut report) = case();
    let (open, layout) = draw(WIDE, Some(&report), &spec);
    assert!(
        layout.summary.starts_with(
            "Latent importance of class 0 as mean squared error: dimension 2 0.0200 ± 0.0040, dimension 1 0.0100 ± \
             0.0030, dimension 3 0 ± 0. Errors are over images: how far importance would be off had other images \
             been explained; not settled is dimension 2 over 1."
        ),
        "{}",
        layout.summary
    );
    let errors = report.image_errors.as_mut().unwrap();
    errors.differences[0][0] = 0.004;
    let (settled, layout) = draw(WIDE, Some(&report), &spec);
    assert!(
        layout
            .summary
            .contains("; the order of dimensions is settled.")
    );
    let lines = |svg: &str| rectangles(svg, style().muted).len();
    assert_eq!(lines(&open), lines(&settled) + 3);

    report.image_errors = None;
    let (_, layout) = draw(WIDE, Some(&report), &spec);
    assert!(
        layout
            .summary
            .contains("dimension 2 0.0200, dimension 1 0.0100")
    );
    assert!(
        layout
            .summary
            .contains("Errors over images are not known yet.")
    );
    spec.errors = ErrorsOf::Repeats;
    let (_, layout) = draw(WIDE, Some(&report), &spec);
    assert!(layout.summary.contains("dimension 2 0.0200 ± 0.0020"));
}

#[test]
fn tables_say_which_errors_and_what_is_settled() {
    let (mut spec, report) = case();
    let table = figure_numbers(Some(&report), &spec);
    assert_eq!(table.columns[2], "Standard error over images");
    assert_eq!(table.columns[5], "Settled to be above the next");
    assert_eq!(
        cells(&table),
        [
            ["2", "0.02000", "0.0040", "1, 1", "1, 3", "no"],
            ["1", "0.01000", "0.0030", "1, 3", "1, 2", "yes"],
            ["3", "0", "0", "none", "none", ""],
        ]
    );
    let table = classes_numbers(Some(&report), &spec);
    assert_eq!(table.columns[2], "Standard error over images, class 0");
    let (_, layout) = svg(WIDE, |area| classes(area, Some(&report), &spec, &style())).unwrap();
    assert!(layout.summary.contains("marked by brackets: 1 of class 0."));
    spec.metric = Metric::Rmse;
    let mut report = report;
    report.latent_importance_rmse = report.latent_importance.clone();
    let table = figure_numbers(Some(&report), &spec);
    assert_eq!(cells(&table)[0][2], "0.014");
}

#[test]
fn a_pixel_that_few_images_light_says_so() {
    let (spec, mut report) = case();
    // 2 rows of 3 pixels; the places of the second and the last.
    let at = |report: &Report, x, y| pixel(Some(report), &spec, 0, (x, y)).unwrap();
    let few = at(&report, 0.5, 0.25);
    assert_eq!((few.std_error, few.too_few), (Some(0.01), Some(9)));
    let enough = at(&report, 0.9, 0.75);
    assert_eq!((enough.std_error, enough.too_few), (Some(0.005), None));
    report.image_errors = None;
    assert_eq!(at(&report, 0.5, 0.25).too_few, None);
}
