use ndarray::{Array2, array};

use super::record::record;
use super::scene::{estimate, heading, says, spec, style, texts};
use crate::data::ClassSummary;
use crate::plot::{
    Colour, FigureSpec, SimilarityLayout, similarity, similarity_height, similarity_numbers, svg,
};
use crate::report::{Metric, Report};

/// Four classes: the first two are alike, the third is unlike, the last has no profile.
pub(super) fn four() -> (FigureSpec, Report) {
    let spec = spec(2, 2, 3);
    let mut report = heading(&spec);
    let names = ["T-shirt/top", "Shirt", "Ankle boot", "Bag"];
    report.classes = names
        .iter()
        .enumerate()
        .map(|(label, name)| ClassSummary {
            label: label as u8,
            name: (*name).into(),
            training: 85,
            held_out: 15,
            explained: 15,
        })
        .collect();
    let means = array![[0.3, 0.4], [0.4, 0.3], [0.0, 0.1], [0.0, 0.0]];
    report.latent_importance = Some(estimate(means, None));
    (spec, report)
}

fn draw(
    size: (u32, u32),
    report: Option<&Report>,
    spec: &FigureSpec,
) -> (String, SimilarityLayout) {
    svg(size, |area| similarity(area, report, spec, &style())).unwrap()
}

#[test]
fn every_pair_has_a_cell_with_its_similarity() {
    let (mut spec, report) = four();
    spec.sort = false;
    let (svg, layout) = draw((700, 400), Some(&report), &spec);
    assert_eq!(layout.cells.len(), 16);
    let cell = |row: usize, column: usize| layout.cells[4 * row + column];
    assert!((cell(0, 1).value.unwrap() - 0.96).abs() < 1e-6);
    assert_eq!(cell(0, 3).value, None);
    assert_eq!(cell(3, 3).value, None);
    for (found, (row, column)) in layout
        .cells
        .iter()
        .zip((0..4).flat_map(|r| (0..4).map(move |c| (r, c))))
    {
        assert_eq!((found.row, found.column), (row, column));
        let middle = (found.x + found.width / 2.0, found.y + found.height / 2.0);
        let said = texts(&svg).into_iter().find(|(_, x, y)| {
            (f64::from(*x) - middle.0).abs() < 2.0 && (f64::from(*y) - middle.1).abs() < 4.0
        });
        let expected = match found.value {
            None => "–".into(),
            Some(_) if row == column => "1".into(),
            Some(value) => format!("{value:.2}"),
        };
        assert_eq!(said.unwrap().0, expected);
    }
}

#[test]
fn classes_that_are_alike_stand_side_by_side_unless_the_given_order_is_wanted() {
    let (mut spec, report) = four();
    let rows = |spec: &FigureSpec| -> Vec<usize> {
        let (_, layout) = draw((700, 400), Some(&report), spec);
        let cells = layout.cells.chunks(4);
        cells.map(|row| row[0].row).collect()
    };
    // The third is 0.8 like the first, 0.6 like the second.
    assert_eq!(rows(&spec), [1, 0, 2, 3]);
    let (_, layout) = draw((700, 400), Some(&report), &spec);
    let columns: Vec<usize> = layout.cells[..4].iter().map(|cell| cell.column).collect();
    assert_eq!(columns, [1, 0, 2, 3]);
    assert!(layout.cells[0].x < layout.cells[1].x);
    spec.sort = false;
    assert_eq!(rows(&spec), [0, 1, 2, 3]);
    let table = similarity_numbers(Some(&report), &spec);
    assert_eq!(table.rows[0][0], "T-shirt/top");
}

#[test]
fn colours_start_where_the_values_do_and_differ() {
    let (spec, mut report) = four();
    let means = array![[0.5, 0.5], [0.52, 0.5], [0.55, 0.5], [0.6, 0.5]];
    report.latent_importance = Some(estimate(means, None));
    let size = (700, 400);
    let (bitmaps, layout) = record(size, |area| {
        similarity(area, Some(&report), &spec, &style())
    });
    // The first and the last are the least alike: cos = 0.9959.
    let colour = |row: u32, column: u32| bitmaps[0].cell((4, 4), row, column);
    let ends = [colour(0, 3), colour(0, 0)];
    let apart = |a: Colour, b: Colour| a.1.abs_diff(b.1).max(a.2.abs_diff(b.2));
    assert!(apart(ends[0], ends[1]) > 100, "{ends:?}");
    assert!(apart(colour(0, 1), colour(0, 2)) > 10);
    let said = "colours start at 0.995";
    assert!(layout.summary.contains(said), "{}", layout.summary);
    let (svg, _) = draw(size, Some(&report), &spec);
    assert!(says(&svg, "starts at 0.995") && says(&svg, "0.9959") && says(&svg, "1"));
}

#[test]
fn two_hundred_classes_are_a_matrix_and_a_table_of_the_nearest() {
    let spec = spec(2, 2, 3);
    let mut report = heading(&spec);
    let class = report.classes[0].clone();
    report.classes = (0..200)
        .map(|label| ClassSummary {
            label: label as u8,
            name: format!("species {label}"),
            ..class.clone()
        })
        .collect();
    let means = Array2::from_shape_fn((200, 2), |(class, dim)| {
        let angle = class as f32 / 200.0;
        [angle.cos(), angle.sin()][dim]
    });
    report.latent_importance = Some(estimate(means, None));
    let height = similarity_height(960.0, Some(&report), &style());
    assert!(height < 1100.0, "{height}");
    let (svg, layout) = draw((960, height as u32), Some(&report), &spec);
    assert_eq!(layout.cells.len(), 40_000);
    assert!(svg.len() < 400_000, "no element for each cell");
    let table = similarity_numbers(Some(&report), &spec);
    assert_eq!((table.columns.len(), table.rows.len()), (3, 200));
    assert_eq!(table.rows[0][0], "species 0");
    assert!(table.rows[0][1].starts_with("species 1 ("));
    assert!(table.rows[0][2].starts_with("species 199 ("));
    // No two names of rows lie on each other.
    let mut rows: Vec<i32> = texts(&svg)
        .into_iter()
        .filter(|(text, ..)| text.starts_with("species"))
        .map(|(_, _, y)| y)
        .collect();
    rows.sort_unstable();
    assert!(rows.len() > 40 && rows.windows(2).all(|two| two[1] - two[0] >= 11));
}

#[test]
fn columns_go_by_letters_where_names_do_not_fit() {
    let (spec, mut report) = four();
    let (svg, _) = draw((700, 400), Some(&report), &spec);
    let count = |svg: &str, text: &str| texts(svg).iter().filter(|found| found.0 == text).count();
    assert_eq!(count(&svg, "T-shirt/top"), 1);
    assert_eq!(count(&svg, "T"), 2, "beside the name and above the column");
    for (class, name) in report.classes.iter_mut().zip(["0", "1", "2", "3"]) {
        class.name = name.into();
    }
    let (svg, _) = draw((700, 400), Some(&report), &spec);
    assert_eq!(count(&svg, "3"), 2);
}

#[test]
fn small_cells_lose_their_numbers() {
    let (spec, report) = four();
    let (svg, layout) = draw((160, 300), Some(&report), &spec);
    assert!(layout.cells[0].width < 25.0 && !says(&svg, "0.96"));
}

#[test]
fn summary_and_table_name_the_most_alike() {
    let (mut spec, report) = four();
    let (_, layout) = draw((700, 400), Some(&report), &spec);
    assert_eq!(
        layout.summary,
        "Cosine similarity of the importance profiles (mean squared error) of 4 classes, from 0, no \
         dimension in common, to 1, the same proportions; classes that are alike side by side; \
         colours start at 0.6. Most alike: T-shirt/top and Shirt (0.96). \
         Least alike: Shirt and Ankle boot (0.60). Without a profile, since every importance is 0: \
         Bag."
    );
    let table = similarity_numbers(Some(&report), &spec);
    assert_eq!(
        table.columns,
        ["Class", "Shirt", "T-shirt/top", "Ankle boot", "Bag"]
    );
    assert_eq!(table.rows[0], ["Shirt", "1.00", "0.96", "0.60", "none"]);
    spec.metric = Metric::Rmse;
    assert!(similarity_numbers(Some(&report), &spec).rows.is_empty());
}

#[test]
fn what_is_unknown_or_of_another_run_is_empty() {
    let (spec_of_four, mut report) = four();
    report.latent_importance.as_mut().unwrap().repeats = 0;
    let (_, complete) = four();
    for (report, spec) in [
        (None, &spec_of_four),
        (Some(&report), &spec_of_four),
        (Some(&complete), &spec(3, 2, 3)),
    ] {
        let (svg, layout) = draw((700, 400), report, spec);
        assert!(layout.cells.is_empty() && !svg.contains("<image"));
        assert_eq!(
            layout.summary,
            "The similarity of importance profiles is not known yet."
        );
    }
}

#[test]
fn any_area_can_be_drawn_and_the_best_height_holds_the_legend() {
    let (spec, report) = four();
    for size in [(1, 1), (40, 40), (300, 200), (2000, 900)] {
        draw(size, Some(&report), &spec);
    }
    let height = similarity_height(390.0, Some(&report), &style());
    let (svg, _) = draw((390, height as u32), Some(&report), &spec);
    let lowest = texts(&svg).into_iter().map(|(_, _, y)| y).max().unwrap();
    assert!(f64::from(lowest) < height && f64::from(lowest) > height - 20.0);
}
