use ndarray::array;

use super::scene::{estimate, heading, says, spec, style, texts};
use crate::plot::{
    FigureSpec, SimilarityLayout, similarity, similarity_height, similarity_numbers, svg,
};
use crate::report::{ClassSummary, Metric, Report};

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
    let (spec, report) = four();
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
        ["Class", "T-shirt/top", "Shirt", "Ankle boot", "Bag"]
    );
    assert_eq!(table.rows[1], ["Shirt", "0.96", "1.00", "0.60", "none"]);
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
