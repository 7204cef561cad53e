//! Two runs beside each other: which dimension is set beside which, and on which scale.

use ndarray::{Array2, array};

use super::scene::{direction, estimate, rectangles, says, style, three};
use crate::plot::{
    Chart, ChartLayout, Extra, FigureSpec, Known, MatchedBy, PairPlace, Pinned, svg,
};
use crate::report::{Encoded, Report};

/// Latents of so many images that every dimension tells apart in its own way.
fn latents(images: usize, dims: usize) -> Array2<f32> {
    Array2::from_shape_fn((images, dims), |(image, dim)| {
        let x = (image as f32 + 0.5) / images as f32;
        (std::f32::consts::PI * (dim + 1) as f32 * x).cos()
    })
}

fn encoded(latents: Array2<f32>, from: usize) -> Encoded {
    let images = latents.nrows();
    Encoded {
        labels: vec![0; images],
        positions: (from..from + images).map(|at| at as u32).collect(),
        files: Vec::new(),
        file: Vec::new(),
        place: Vec::new(),
        latents,
    }
}

/// The report of `three` with latents of 40 images.
fn shown() -> (FigureSpec, Report) {
    let (spec, mut report) = three();
    report.encoded = Some(encoded(latents(40, 3), 0));
    (spec, report)
}

fn beside(report: &Report, pinned: &Report, same: bool) -> Known {
    Known {
        report: Some(report.clone()),
        pinned: Some(Pinned {
            report: pinned.clone(),
            class: 0,
            same,
        }),
        ..Known::default()
    }
}

fn drawn(known: &Known, spec: &FigureSpec) -> (String, ChartLayout) {
    let extra = Extra::default();
    svg((700, 260), |area| {
        Chart::Pinned.draw(area, known, (spec, &extra), &style())
    })
    .unwrap()
}

fn rows(known: &Known, spec: &FigureSpec) -> (MatchedBy, Vec<PairPlace>) {
    let found = drawn(known, spec).1.beside.unwrap();
    (found.by, found.rows)
}

fn pairs(rows: &[PairPlace]) -> Vec<(Option<usize>, Option<usize>)> {
    rows.iter().map(|row| (row.dim, row.pinned)).collect()
}

/// The same report with its dimensions in another order, and one of them with the opposite sign.
fn shuffled(report: &Report, order: &[usize; 3]) -> Report {
    let columns = |matrix: &Array2<f32>| matrix.select(ndarray::Axis(1), order);
    let mut other = report.clone();
    let pixels = report.pixel_importance.as_ref().unwrap();
    let importance = report.latent_importance.as_ref().unwrap();
    other.pixel_importance = Some(estimate(columns(&pixels.mean), None));
    other.latent_importance = Some(estimate(columns(&importance.mean), None));
    let mut sign = columns(&report.direction.as_ref().unwrap().sign);
    sign.column_mut(0).mapv_inplace(|sign| -sign);
    other.direction = Some(direction(sign));
    let mut latents = columns(&report.encoded.as_ref().unwrap().latents);
    latents
        .column_mut(0)
        .mapv_inplace(|value| 3.0 - 2.0 * value);
    other.encoded = Some(encoded(latents, 0));
    other
}

#[test]
fn dimensions_in_another_order_are_found_again_whatever_their_sign() {
    let (spec, report) = shown();
    let known = beside(&report, &shuffled(&report, &[2, 0, 1]), false);
    let (by, rows) = rows(&known, &spec);
    assert_eq!(by, MatchedBy::Latents { images: 40 });
    // Dimension 2 comes first, as it matters most to class 0.
    let expected = [(Some(1), Some(2)), (Some(0), Some(1)), (Some(2), Some(0))];
    assert_eq!(pairs(&rows), expected);
    for (row, r) in rows.iter().zip([1.0, 1.0, -1.0]) {
        assert!((row.r.unwrap() - r).abs() < 1e-5, "{row:?}");
    }
    // Its sign taken into account, a map is like itself; that of zeros is like nothing.
    let likeness: Vec<Option<f64>> = rows.iter().map(|row| row.maps).collect();
    assert!(
        likeness[..2]
            .iter()
            .all(|r| (r.unwrap() - 1.0).abs() < 1e-6)
    );
    assert_eq!(likeness[2], None);
}

#[test]
fn images_that_both_explain_are_told_by_their_places() {
    let (spec, report) = shown();
    let mut other = shuffled(&report, &[0, 1, 2]);
    // Ten of its images are others, and they come first.
    let whole = latents(50, 3);
    let mut all = encoded(whole.clone(), 0);
    let order: Vec<usize> = (40..50).chain(10..40).collect();
    all.positions = order.iter().map(|&at| at as u32).collect();
    all.labels.truncate(order.len());
    all.latents = whole.select(ndarray::Axis(0), &order);
    other.encoded = Some(all);
    let mut report = report;
    report.encoded = Some(encoded(whole.slice(ndarray::s![..40, ..]).to_owned(), 0));
    let (by, rows) = rows(&beside(&report, &other, false), &spec);
    assert_eq!(by, MatchedBy::Latents { images: 30 });
    assert!(rows.iter().all(|row| row.dim == row.pinned));
    assert!(rows.iter().all(|row| row.r.unwrap() > 0.999));
}

#[test]
fn an_inactive_dimension_has_no_match_and_one_too_many_comes_last() {
    let (spec, mut report) = shown();
    let own = report.encoded.as_mut().unwrap();
    own.latents.column_mut(2).fill(0.0);
    let mut other = shuffled(&report, &[1, 0, 2]);
    other.encoded = Some(encoded(latents(40, 3), 0));
    let (_, rows) = rows(&beside(&report, &other, false), &spec);
    let last = rows.len() - 1;
    assert_eq!(rows.len(), 4);
    assert_eq!((rows[2].dim, rows[2].pinned), (Some(2), None));
    assert_eq!((rows[last].dim, rows[last].pinned), (None, Some(2)));
}

#[test]
fn runs_on_other_images_are_matched_by_their_maps_and_other_sizes_not_at_all() {
    let (spec, report) = shown();
    let mut other = shuffled(&report, &[1, 0, 2]);
    other.data.name = "others".into();
    let (by, found) = rows(&beside(&report, &other, false), &spec);
    assert_eq!(by, MatchedBy::Maps);
    assert_eq!(pairs(&found)[..2], [(Some(1), Some(0)), (Some(0), Some(1))]);
    assert!(found[0].r.unwrap() < -0.999, "{:?}", found[0]);

    let larger = super::scene::spec(2, 4, 4);
    let mut other = super::scene::heading(&larger);
    other.pixel_importance = Some(estimate(Array2::ones((16, 2)), None));
    other.latent_importance = Some(estimate(array![[0.1, 0.2], [0.1, 0.2]], None));
    let (by, found) = rows(&beside(&report, &other, false), &spec);
    assert_eq!(by, MatchedBy::Nothing);
    assert_eq!(found.len(), 5);
}

#[test]
fn one_network_has_the_same_dimensions_and_other_classes_other_bars() {
    let (spec, report) = shown();
    let mut known = beside(&report, &report, true);
    known.pinned.as_mut().unwrap().class = 1;
    let (svg, layout) = drawn(&known, &spec);
    let found = layout.beside.unwrap();
    assert_eq!(found.by, MatchedBy::Network);
    assert!(found.rows.iter().all(|row| row.dim == row.pinned));
    let [first, second] = found.rows[0].importance;
    assert!((first.unwrap() - 0.02).abs() < 1e-6 && (second.unwrap() - 0.03).abs() < 1e-6);
    assert!(says(&svg, "class 0") && says(&svg, "class 7"), "{svg}");
    // Nobody asks how a dimension goes together with itself.
    assert!(!svg.contains(">r 1"));

    let summary = layout.summary;
    assert!(summary.starts_with("class 0 beside class 7, dimension by dimension: 2 (importance"));
    let table = Chart::Pinned.numbers(&known, (&spec, &Extra::default()));
    assert_eq!(table.rows.len(), 3);
    assert_eq!(table.rows[0][..2], ["2", "2"].map(String::from));
    assert_eq!(
        table.rows[0][3..6],
        ["0.02000", "0.03000", "−0.01000"].map(String::from)
    );
}

#[test]
fn bars_of_both_end_where_their_common_axis_has_their_values() {
    let (spec, report) = shown();
    let mut other = report.clone();
    // Twice as important: its longest bar is the longest of all, and has no errors.
    let doubled = report
        .latent_importance
        .as_ref()
        .unwrap()
        .mean
        .mapv(|value| 2.0 * value);
    other.latent_importance = Some(estimate(doubled, None));
    let (svg, _) = drawn(&beside(&report, &other, true), &spec);
    let style = style();
    let ours = rectangles(&svg, style.accent)
        .into_iter()
        .map(|[.., width, _]| width);
    let longest = ours.max().unwrap();
    let quiet = style.muted.mixed(style.background, 0.4);
    let theirs = rectangles(&svg, quiet)
        .into_iter()
        .map(|[.., width, _]| width);
    let other = theirs.max().unwrap();
    assert!((other - 2 * longest).abs() <= 2, "{longest} {other}");
}

#[test]
fn nothing_is_pinned_at_first() {
    let (spec, report) = shown();
    for report in [None, Some(report)] {
        let known = Known {
            report,
            ..Known::default()
        };
        let (_, layout) = drawn(&known, &spec);
        assert_eq!(layout.summary, "Nothing is pinned.");
        assert!(
            layout
                .beside
                .unwrap()
                .rows
                .iter()
                .all(|row| row.pinned.is_none())
        );
        let height = Chart::Pinned.height(700.0, &known, &spec, &style());
        assert!((100.0..900.0).contains(&height), "{height}");
    }
}

#[test]
fn golden_pinned() {
    let (spec, report) = shown();
    let known = beside(&report, &shuffled(&report, &[2, 0, 1]), false);
    super::golden::compare("pinned.svg", &drawn(&known, &spec).0);
    let single = super::scene::spec(1, 2, 3);
    let (svg, _) = drawn(&Known::default(), &single);
    super::golden::compare("pinned-empty.svg", &svg);
}
