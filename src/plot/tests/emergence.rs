//! Emergence, ranks and reconstruction errors of made-up reports.

use ndarray::{Array2, array};

use super::record::record;
use super::scene::{says, style, texts, three};
use crate::data::ImageShape;
use crate::history::Emergence;
use crate::plot::{
    Chart, ChartLayout, Colour, ColourScale, Extra, FigureSpec, Kind, Known, Palette, Style, svg,
};
use crate::report::{Encoded, MeasuredErrors, Pictured, Report};

/// [`three`] with what became of it over five epochs: the second dimension came early, the first late, and
/// the third was lost after the second epoch.
pub(super) fn emerged() -> (FigureSpec, Known) {
    let (spec, mut report) = three();
    let importance = |first: [f32; 3], second: [f32; 3]| vec![first.to_vec(), second.to_vec()];
    report.emergence = Some(Emergence {
        epochs: vec![0, 1, 2, 4, 8],
        similarity: vec![
            vec![Some(-0.5), Some(0.2), None],
            vec![Some(0.4), Some(0.96), None],
            vec![Some(0.9), Some(0.97), None],
            vec![Some(0.96), Some(0.99), None],
            vec![Some(1.0), Some(1.0), None],
        ],
        emerged: vec![Some(4), Some(1), None],
        latent_importance: vec![
            importance([0.003, 0.001, 0.002], [0.0, 0.001, 0.002]),
            importance([0.002, 0.004, 0.001], [0.01, 0.02, 0.0]),
            importance([0.005, 0.01, 0.0], [0.03, 0.02, 0.0]),
            importance([0.008, 0.015, 0.0], [0.03, 0.02, 0.0]),
            importance([0.01, 0.02, 0.0], [0.04, 0.03, 0.0]),
        ],
        pixel_importance: vec![vec![0.1, 0.2, 0.3]; 5],
        inactive_since: vec![None, None, Some(2)],
    });
    (spec, of(report))
}

fn of(report: Report) -> Known {
    Known {
        report: Some(report),
        ..Known::default()
    }
}

/// Six images of 2 × 3 pixels, four of class 0 and two of class 7, of which the last is rebuilt worst.
pub(super) fn rebuilt() -> (FigureSpec, Known) {
    let (spec, mut report) = three();
    report.encoded = Some(Encoded {
        labels: vec![0, 0, 0, 0, 7, 7],
        positions: vec![0, 1, 2, 3, 0, 1],
        latents: Array2::zeros((6, 3)),
        ..Encoded::default()
    });
    let mut errors = MeasuredErrors::default();
    let originals = Array2::from_shape_fn((6, 6), |(image, pixel)| f32::from(image == pixel));
    let mut made = originals.clone();
    for image in 0..6 {
        // Off by 0.1, 0.2, … at the last pixel.
        made[(image, 5)] += 0.1 * (image + 1) as f32 * if image == 5 { -1.0 } else { 1.0 };
    }
    errors.add(originals.view(), made.view());
    report.reconstruction_errors = errors.finish();
    (spec, of(report))
}

pub(super) fn drawn(
    chart: Chart,
    (width, height): (u32, u32),
    known: &Known,
    spec: &FigureSpec,
    extra: &Extra,
) -> (String, ChartLayout) {
    svg((width, height), |area| {
        chart.draw(area, known, (spec, extra), &style())
    })
    .unwrap()
}

#[test]
fn a_row_says_since_when_its_map_is_as_in_the_end() {
    let (spec, known) = emerged();
    let extra = Extra::default();
    let (svg, layout) = drawn(Chart::Emergence, (800, 200), &known, &spec, &extra);
    // As in the figure: the second dimension is most important to class 0.
    assert_eq!(layout.order.as_deref().unwrap(), [1, 0, 2]);
    for text in ["epoch 1", "epoch 4", "inactive since epoch 2"] {
        assert!(says(&svg, text), "{text}");
    }
    let cells = layout.cells.unwrap();
    assert_eq!(cells.len(), 15);
    let rho = |dim, column| {
        let mut cells = cells.iter();
        cells
            .find(|cell| (cell.row, cell.column) == (dim, column))
            .unwrap()
            .value
    };
    assert!((rho(0, 0).unwrap() + 0.5).abs() < 1e-6);
    assert_eq!(rho(2, 4), None);
    assert_eq!(
        layout.summary,
        "How alike the maps of 3 dimensions are to the final ones, measured after 5 epochs up to epoch 8. \
         As in the end since: dimension 2 (epoch 1), 1 (epoch 4). Inactive in the end: dimension 3 (since \
         epoch 2)."
    );
    let extra = Extra {
        earliest: true,
        ..extra
    };
    let natural = FigureSpec {
        sort: false,
        ..spec.clone()
    };
    let (_, layout) = drawn(Chart::Emergence, (320, 200), &known, &natural, &extra);
    assert_eq!(layout.order.unwrap(), [1, 0, 2]);
    let table = Chart::Emergence.numbers(&known, (&natural, &Extra::default()));
    assert_eq!(table.columns[3..5], ["ρ after epoch 0", "ρ after epoch 1"]);
    assert_eq!(
        table.rows[0],
        ["1", "4", "", "−0.50", "0.40", "0.90", "0.96", "1.00"]
    );
    assert_eq!(table.rows[2], ["3", "", "2", "", "", "", "", ""]);
}

#[test]
fn colours_are_of_the_likeness_and_what_is_no_map_is_hatched() {
    let (spec, known) = emerged();
    for background in [Colour::WHITE, Colour(0x14, 0x18, 0x20)] {
        let style = Style {
            background,
            ..style()
        };
        let (maps, _) = record((800, 200), |area| {
            Chart::Emergence.draw(area, &known, (&spec, &Extra::default()), &style)
        });
        let scale = ColourScale::new(Kind::Diverging, 1.0, Palette::Paper, background);
        let cell = |row, column| maps[0].cell((3, 5), row, column);
        assert_eq!(cell(0, 1), scale.colour(f64::from(0.96_f32)));
        assert_eq!(cell(1, 0), scale.colour(-0.5));
        assert_ne!(cell(2, 0), scale.colour(0.0));
    }
}

#[test]
fn ranks_are_of_what_a_class_needs() {
    let (mut spec, known) = emerged();
    let (svg, layout) = drawn(Chart::Ranks, (800, 160), &known, &spec, &Extra::default());
    assert_eq!(layout.order.as_deref().unwrap(), [1, 0]);
    assert!(says(
        &svg,
        "Order of the dimensions by their importance to class 0"
    ));
    assert!(says(&svg, "dim. 2") && !says(&svg, "dim. 3"));
    // Three are needed at first and two in the end.
    assert_eq!(layout.cells.as_ref().unwrap().len(), 3 + 3 + 2 + 2 + 2);
    assert_eq!(
        layout.summary,
        "The order of 3 dimensions by their importance to class 0, measured after 5 epochs. First before \
         training: 1, 3, 2; after epoch 8: 2, 1. Dimension 2 is first since epoch 1."
    );
    let table = Chart::Ranks.numbers(&known, (&spec, &Extra::default()));
    assert_eq!(table.rows[0], ["2", "0.02000", "3", "1", "1", "1", "1"]);
    assert_eq!(table.rows[2], ["3", "0", "2", "3", "", "", ""]);
    spec.class = 1;
    let (_, layout) = drawn(Chart::Ranks, (800, 160), &known, &spec, &Extra::default());
    assert!(
        layout
            .summary
            .ends_with("Dimension 1 is first since epoch 2.")
    );
}

#[test]
fn errors_above_a_threshold_are_counted_by_class() {
    let (spec, known) = rebuilt();
    let extra = Extra {
        error_above: Some(0.03),
        ..Extra::default()
    };
    let (svg, layout) = drawn(
        Chart::ReconstructionErrors,
        (960, 700),
        &known,
        &spec,
        &extra,
    );
    // Squares of 0.1 to 0.6, a sixth of each: above 0.03 are 0.25 / 6 and 0.36 / 6.
    assert!(says(&svg, "2 of 6 images (33 %) above 0.0300"));
    assert!(says(&svg, "100 %") && says(&svg, "0 %"));
    let errors = layout.errors.unwrap();
    assert_eq!(errors.steps.iter().map(|step| step.count).sum::<usize>(), 6);
    assert!((errors.steps.last().unwrap().to - 0.06).abs() < 1e-6);
    assert_eq!(errors.classes.len(), 2);
    let images = layout.images.unwrap();
    // The worst first.
    let places: Vec<usize> = images.iter().map(|place| place.sample).collect();
    assert_eq!(places, [5, 4, 3, 2, 1, 0]);
    assert!(layout.summary.contains("2 of 6 images (33 %) above 0.0300. The largest shares have classes 7 (100 %). Worst is image 2 of class 7."), "{}", layout.summary);
    let table = Chart::ReconstructionErrors.numbers(&known, (&spec, &extra));
    assert_eq!(table.rows[0][..2], ["All", "6"]);
    assert_eq!(
        table.rows[2],
        [
            "Class 7", "2", "0.05083", "0.04167", "0.06000", "2", "100.0"
        ]
    );
    // Without a threshold one in twenty is above: of six, none.
    let table = Chart::ReconstructionErrors.numbers(&known, (&spec, &Extra::default()));
    assert_eq!(table.rows[0][5], "0");
}

#[test]
fn maps_of_errors_show_where_images_are_off() {
    let (spec, mut known) = rebuilt();
    let options = Extra::default();
    let scale = ColourScale::new(Kind::Sequential, 0.36, Palette::Paper, style().background);
    let bitmaps = |known: &Known| {
        record((960, 700), |area| {
            Chart::ReconstructionErrors.draw(area, known, (&spec, &options), &style())
        })
        .0
    };
    let maps = bitmaps(&known);
    // The mean map and its scale, then three for each image, the worst first.
    let worst = &maps[4];
    assert_eq!(worst.cell((2, 3), 1, 2), scale.colour(0.36));
    assert_eq!(worst.cell((2, 3), 0, 0), scale.colour(0.0));
    assert_eq!(maps[7].cell((2, 3), 1, 2), scale.colour(0.25));
    // Others where they are asked for, and not where they are of other images.
    let one = |image: u32| Pictured {
        images: vec![image],
        originals: array![[0.0, 0.5, 0.0, 0.0, 0.0, 0.0]],
        reconstructions: Array2::zeros((1, 6)),
    };
    known.pictured = Some(one(1));
    let maps = bitmaps(&known);
    assert_eq!(maps.len(), 6);
    assert_eq!(maps[4].cell((2, 3), 0, 1), scale.up_to(0.25).colour(0.25));
    known.pictured = Some(one(6));
    assert_eq!(bitmaps(&known).len(), 2 + 18 + 1);
}

#[test]
fn all_three_fit_every_width_and_are_quiet_while_nothing_is_known() {
    let (spec, mut known) = emerged();
    let report = known.report.as_mut().unwrap();
    let (_, other) = rebuilt();
    let other = other.report.unwrap();
    report.encoded = other.encoded;
    report.reconstruction_errors = other.reconstruction_errors;
    let blank = of(super::scene::heading(&spec));
    for chart in [Chart::Emergence, Chart::Ranks, Chart::ReconstructionErrors] {
        assert!(chart.is_of(known.report.as_ref().unwrap()), "{chart:?}");
        assert!(!chart.is_of(blank.report.as_ref().unwrap()), "{chart:?}");
        for (known, is_known) in [(&known, true), (&blank, false), (&Known::default(), false)] {
            for width in [320.0, 390.0, 700.0, 2560.0] {
                for scale in [1.0, 2.0] {
                    let style = Style { scale, ..style() };
                    let height = chart.height(width, known, &spec, &style);
                    assert!(
                        (80.0..2500.0).contains(&height),
                        "{chart:?} {width} {height}"
                    );
                    let size = (style.px(width) as u32, style.px(height) as u32);
                    let options = (&spec, &Extra::default());
                    let (svg, layout) =
                        svg(size, |area| chart.draw(area, known, options, &style)).unwrap();
                    assert!(
                        layout.summary.ends_with('.'),
                        "{chart:?}: {}",
                        layout.summary
                    );
                    for (text, x, y) in texts(&svg) {
                        let inside =
                            (0..=size.0 as i32).contains(&x) && (0..=size.1 as i32).contains(&y);
                        assert!(inside, "{chart:?} {width}: {text} {x} {y}");
                    }
                }
            }
            let table = chart.numbers(known, (&spec, &Extra::default()));
            assert_eq!(table.rows.is_empty(), !is_known, "{chart:?}");
            let columns = table.columns.len();
            assert!(table.rows.iter().all(|row| row.len() == columns));
        }
    }
}

#[test]
fn one_dimension_one_class_and_one_image_are_drawn() {
    let spec = super::scene::spec(1, 1, 5);
    let mut report = Report::blank(ImageShape::grey(1, 5), 1, &[0]);
    report.emergence = Some(Emergence {
        epochs: vec![3],
        similarity: vec![vec![Some(1.0)]],
        emerged: vec![Some(3)],
        latent_importance: vec![vec![vec![0.0]]],
        pixel_importance: vec![vec![0.0]],
        inactive_since: vec![None],
    });
    report.encoded = Some(Encoded {
        labels: vec![0],
        positions: vec![0],
        latents: Array2::zeros((1, 1)),
        ..Encoded::default()
    });
    let mut errors = MeasuredErrors::default();
    errors.add(Array2::ones((1, 5)).view(), Array2::ones((1, 5)).view());
    report.reconstruction_errors = errors.finish();
    let known = of(report);
    let draw = |chart| {
        drawn(chart, (400, 500), &known, &spec, &Extra::default())
            .1
            .summary
    };
    assert!(draw(Chart::Emergence).ends_with("dimension 1 (epoch 3)."));
    assert!(draw(Chart::Ranks).ends_with("In the end the class needs none of them."));
    assert!(draw(Chart::ReconstructionErrors).contains("0 of 1 image (0 %) above 0."));
}
