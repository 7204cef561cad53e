//! Bars of every class, by what is drawn.

use ndarray::Array2;

use super::record::record;
use super::scene::{estimate, heading, rectangles, says, spec, style, texts, three};
use super::table::cells;
use crate::data::ClassSummary;
use crate::plot::layout::{Classes, Rect};
use crate::plot::{
    FigureLayout, FigureSpec, Place, Style, classes, classes_height, classes_numbers, figure, svg,
};
use crate::report::{Metric, Report};

const WIDE: (u32, u32) = (700, 300);

fn said(size: (u32, u32), report: Option<&Report>, spec: &FigureSpec) -> (String, FigureLayout) {
    svg(size, |area| classes(area, report, spec, &style())).unwrap()
}

fn of_class(layout: &FigureLayout, class: usize) -> Vec<Place> {
    let bars = layout.bars.iter().copied();
    bars.filter(|bar| bar.class == Some(class)).collect()
}

#[test]
fn a_panel_for_each_class_and_one_axis_for_all() {
    let (mut spec, report) = three();
    spec.sort = false;
    let (svg, layout) = said(WIDE, Some(&report), &spec);
    assert!(says(&svg, "Class 0") && says(&svg, "Class 7"));
    assert!(says(&svg, "importance (mean squared error)"));
    assert_eq!(layout.order, [0, 1, 2]);
    // Class 0: 0.01 and 0.02; class 7: 0.04 and 0.03.
    let bars = rectangles(&svg, style().accent);
    let lengths: Vec<f64> = bars.iter().map(|bar| f64::from(bar[2])).collect();
    for (length, expected) in lengths.iter().zip([0.01, 0.02, 0.04, 0.03]) {
        let share = length / lengths[2];
        assert!((share - expected / 0.04).abs() < 0.02, "{lengths:?}");
    }
    // Each bar lies in the row that the layout gives its class and dimension.
    let rows = [(0, 0), (0, 1), (1, 0), (1, 1)];
    for (bar, (class, dim)) in bars.iter().zip(rows) {
        let row = of_class(&layout, class)[dim];
        assert_eq!(row.dim, dim);
        let [x, y, width, height] = bar.map(f64::from);
        assert!(row.x < x && x + width <= row.x + row.width);
        assert!(row.y <= y && y + height <= row.y + row.height);
    }
    // Both panels have the numbers of the same axis.
    let ticks = texts(&svg)
        .into_iter()
        .filter(|(text, _, _)| text == "0.04");
    assert_eq!(ticks.count(), 2);
    assert_eq!(
        layout.summary,
        "Latent importance of 3 dimensions to 2 classes as mean squared error, on one axis from 0 \
         to 0.041. Most important to class 0: dimensions 2, 1; to class 7: dimensions 1, 2. \
         Dimension 3 is empty: it is always 0."
    );
}

#[test]
fn a_class_with_one_explained_image_has_words_in_place_of_bars() {
    let (mut spec, mut report) = three();
    spec.class = 1;
    report.classes[1].explained = 1;
    let (svg, layout) = said(WIDE, Some(&report), &spec);
    assert!(says(&svg, "one image: not measurable"), "{svg}");
    assert_eq!(
        rectangles(&svg, style().accent).len(),
        2,
        "those of class 0"
    );
    let last = "It cannot be measured where a class has one image: 7.";
    assert!(layout.summary.contains(last), "{}", layout.summary);
    assert!(!layout.summary.contains("to class 7"), "{}", layout.summary);
    let table = classes_numbers(Some(&report), &spec);
    assert!(
        table
            .rows
            .iter()
            .all(|row| row[3..].iter().all(String::is_empty))
    );

    let (_, layout) = svg_of_figure(&report, &spec);
    let first = "Latent importance of class 7 cannot be measured: it has one image.";
    assert!(layout.summary.starts_with(first), "{}", layout.summary);
    assert_eq!(layout.order, [0, 1, 2], "there is nothing to sort by");
}

fn svg_of_figure(report: &Report, spec: &FigureSpec) -> (String, FigureLayout) {
    svg(WIDE, |area| figure(area, Some(report), spec, &style())).unwrap()
}

#[test]
fn panels_are_sorted_each_for_its_class_if_asked() {
    let (mut spec, report) = three();
    spec.class = 1;
    spec.top = Some(2);
    let (_, layout) = said(WIDE, Some(&report), &spec);
    let dims = |class| -> Vec<usize> {
        let bars = of_class(&layout, class).into_iter();
        bars.map(|bar| bar.dim).collect()
    };
    assert_eq!((dims(0), dims(1)), (vec![1, 0], vec![0, 1]));
    assert_eq!(layout.order, [0, 1], "that of the class that is asked for");
}

#[test]
fn the_empty_chart_stands_where_the_full_one_will() {
    let (mut spec, report) = three();
    spec.sort = false;
    let bare = heading(&spec);
    for size in [WIDE, (300, 700)] {
        let (_, full) = said(size, Some(&report), &spec);
        let (svg, empty) = said(size, Some(&bare), &spec);
        assert_eq!(empty.bars, full.bars);
        assert!(rectangles(&svg, style().accent).is_empty());
        assert!(says(&svg, "Class 7"));
        assert_eq!(
            empty.summary,
            "Latent importance of 3 dimensions to 2 classes is not known yet."
        );
    }
    assert_eq!(said(WIDE, None, &spec).1.bars.len(), 3);
}

#[test]
fn the_metric_is_respected() {
    let (mut spec, mut report) = three();
    let mean = report
        .latent_importance
        .as_ref()
        .unwrap()
        .mean
        .mapv(f32::sqrt);
    report.latent_importance_rmse = Some(estimate(mean, None));
    spec.metric = Metric::Rmse;
    let (svg, layout) = said(WIDE, Some(&report), &spec);
    assert!(says(&svg, "importance (root mean squared error)"));
    assert!(
        layout
            .summary
            .contains("as root mean squared error, on one axis from 0 to 0.20.")
    );
}

/// Ten named classes of 32 dimensions.
fn ten() -> (FigureSpec, Report) {
    let spec = FigureSpec {
        sort: false,
        ..spec(32, 28, 28)
    };
    let mut report = heading(&spec);
    let class = |label: u8| ClassSummary {
        label,
        name: format!("Name {label}"),
        training: 85,
        held_out: 15,
        explained: 15,
    };
    report.classes = (0..10).map(class).collect();
    let means = Array2::from_shape_fn((10, 32), |(class, dim)| (class + dim + 1) as f32 * 1e-3);
    report.latent_importance = Some(estimate(means.clone(), Some(means * 0.1)));
    (spec, report)
}

#[test]
fn ten_classes_of_32_dimensions_are_legible_on_a_desk_and_in_a_hand() {
    let (spec, report) = ten();
    for (width, columns) in [(1100.0, 5), (390.0, 2), (300.0, 2)] {
        let height = classes_height(width, Some(&report), &spec, &style());
        let (svg, layout) = said((width as u32, height as u32), Some(&report), &spec);
        assert_eq!(layout.bars.len(), 320);
        let first = layout.bars[0];
        let abreast = layout
            .bars
            .iter()
            .filter(|bar| bar.dim == 0 && bar.y == first.y);
        assert_eq!(abreast.count(), columns, "{width}");
        // A line of type for each row, so every number of a dimension is written.
        assert!(layout.bars.iter().all(|bar| bar.height >= 12.0));
        let numbers = texts(&svg).into_iter().filter(|(text, _, _)| text == "32");
        assert_eq!(numbers.count(), 10);
        assert!(
            rectangles(&svg, style().accent)
                .iter()
                .all(|bar| bar[3] >= 4)
        );
        // The foot of a column of many panels is out of sight: each has its labels.
        let zeros = texts(&svg)
            .into_iter()
            .filter(|(text, _, _)| text == "0")
            .count();
        assert_eq!(zeros, if columns == 5 { 5 } else { 10 });
    }
}

#[test]
fn nothing_overlaps_and_nothing_leaves_the_area() {
    for scale in [1.0, 1.25, 2.0] {
        let style = Style { scale, ..style() };
        for dims in [1, 3, 12, 32, 100, 512] {
            for classes in [1, 2, 3, 7, 10, 26] {
                for width in [300.0, 390.0, 571.0, 760.0, 1280.0] {
                    check(width, classes, dims, &style);
                }
            }
        }
    }
}

fn check(width: f64, classes: usize, dims: usize, style: &Style) {
    let content = spec(dims, 28, 28).content();
    let width = style.px(width);
    let height = Classes::good_height(width, classes, content, style);
    let place = Classes::new((width, height), classes, content, style);
    let case = format!("{width} × {height}: {classes} × {dims}");
    let panels: Vec<Rect> = place
        .panels
        .iter()
        .map(|panel| {
            let top = panel.heading.1 - style.em(0.6);
            let below = if panel.labelled { 1.5 } else { 0.0 };
            Rect {
                x: panel.heading.0,
                y: top,
                width: panel.width,
                height: panel.marks.plot.bottom() + style.em(below) - top,
            }
        })
        .collect();
    assert_eq!(panels.len(), classes);
    for (position, panel) in panels.iter().enumerate() {
        assert!(panel.x >= 0 && panel.right() <= width, "{case}");
        assert!(panel.y > place.titles && panel.bottom() <= height, "{case}");
        assert!(place.panels[position].marks.plot.width > 0, "{case}");
        for other in &panels[position + 1..] {
            let apart = panel.right() < other.x
                || other.right() < panel.x
                || panel.bottom() <= other.y
                || other.bottom() <= panel.y;
            assert!(apart, "{case}");
        }
    }
}

#[test]
fn two_hundred_classes_and_many_dimensions_stay_within_bounds() {
    for (dims, most) in [(1, 6_000.0), (32, 9_000.0), (512, 9_000.0)] {
        let spec = spec(dims, 2, 3);
        let mut report = heading(&spec);
        let class = report.classes[0].clone();
        report.classes = (0..200)
            .map(|label| ClassSummary {
                label: label as u8,
                name: format!("species {label}"),
                ..class.clone()
            })
            .collect();
        let means = Array2::from_elem((200, dims), 0.5);
        report.latent_importance = Some(estimate(means, None));
        let height = classes_height(960.0, Some(&report), &spec, &style());
        assert!(height < most, "{dims}: {height}");
        let drawn = record((960, height as u32), |area| {
            classes(area, Some(&report), &spec, &style())
        });
        assert_eq!(drawn.1.bars.len(), 200 * dims);
        let inside = |bar: &Place| bar.y >= 0.0 && bar.y + bar.height <= height;
        assert!(drawn.1.bars.iter().all(inside));
    }
}

#[test]
fn the_table_has_importance_and_its_error_for_each_class() {
    let (mut spec, report) = three();
    let table = classes_numbers(Some(&report), &spec);
    assert_eq!(
        table.caption,
        "Latent importance by class (mean squared error)"
    );
    assert_eq!(
        table.columns,
        [
            "Dimension",
            "Class 0",
            "Standard error, class 0",
            "Class 7",
            "Standard error, class 7",
        ]
    );
    assert_eq!(
        cells(&table),
        [
            ["1", "0.01000", "0.0010", "0.04000", "0.0010"],
            ["2", "0.02000", "0.0020", "0.03000", "0.0010"],
            ["3", "0", "0", "0", "0"],
        ]
    );
    // The first of either class.
    spec.top = Some(1);
    assert_eq!(classes_numbers(Some(&report), &spec).rows.len(), 2);
    let unknown = classes_numbers(Some(&heading(&spec)), &spec);
    assert_eq!(unknown.caption, "Latent importance is not known yet");
    assert!(unknown.rows.is_empty());
}
