use ndarray::{Array2, array};

use super::record::record;
use super::scene::{heading, says, spec, style, texts};
use crate::data::{DataForm, Scaling};
use crate::plot::{
    Colour, FigureSpec, ImageColours, ReconstructionsLayout, Rotation, reconstructions,
    reconstructions_height, reconstructions_numbers, svg,
};
use crate::report::{Encoded, Report};
use crate::train::Samples;

/// Two images of 1 × 2 pixels.
pub(super) fn two() -> (FigureSpec, Report) {
    let spec = spec(1, 1, 2);
    let mut report = heading(&spec);
    report.samples = Some(Samples {
        labels: vec![0, 7],
        images: array![[0.0, 1.0], [1.0, 0.0]],
        latents: Array2::zeros((2, 1)),
        reconstructions: array![[0.0, 0.5], [0.75, 0.25]],
        #[cfg(feature = "general")]
        noisy: None,
    });
    (spec, report)
}

fn draw(
    size: (u32, u32),
    report: Option<&Report>,
    spec: &FigureSpec,
) -> (String, ReconstructionsLayout) {
    svg(size, |area| reconstructions(area, report, spec, &style())).unwrap()
}

#[test]
fn reconstructions_stand_beneath_their_inputs() {
    let (spec, report) = two();
    let (svg, layout) = draw((700, 300), Some(&report), &spec);
    assert_eq!(svg.matches("<image").count(), 4);
    assert_eq!(layout.images.len(), 2);
    let [first, second] = [layout.images[0], layout.images[1]];
    assert_eq!((first.sample, second.sample), (0, 1));
    assert!(first.x + first.width < second.x && first.y == second.y);
    assert_eq!(first.width, 2.0 * first.height);
    let at = |text: &str| {
        texts(&svg)
            .into_iter()
            .find(|found| found.0 == text)
            .unwrap()
    };
    assert!(f64::from(at("input").2) < first.y + first.height);
    assert!(f64::from(at("reconstruction").2) > first.y + first.height);
    assert!((f64::from(at("7").1) - second.x - second.width / 2.0).abs() < 1.0);
}

#[test]
fn images_are_turned_and_coloured_as_asked() {
    let (mut spec, report) = two();
    let (ink, _) = draw((700, 300), Some(&report), &spec);
    spec.images = ImageColours::Viridis;
    let (viridis, _) = draw((700, 300), Some(&report), &spec);
    assert_ne!(ink, viridis);
    spec.rotate = Rotation::Quarter;
    let (_, layout) = draw((700, 300), Some(&report), &spec);
    assert_eq!(layout.images[0].height, 2.0 * layout.images[0].width);
    assert_eq!(style().background, Colour::WHITE);
}

#[test]
fn images_of_other_values_than_from_0_to_1_are_drawn_from_their_least_to_their_largest() {
    let (spec, report) = two();
    let (usual, _) = draw((700, 300), Some(&report), &spec);
    let mut wide = report.clone();
    let samples = wide.samples.as_mut().unwrap();
    for values in [&mut samples.images, &mut samples.reconstructions] {
        values.mapv_inplace(|value| 4.0 * value - 2.0);
    }
    let pictures = |svg: &str| -> Vec<String> {
        let after = svg.split("href=\"").skip(1);
        after
            .map(|rest| rest[..rest.find('"').unwrap()].into())
            .collect()
    };
    assert_ne!(
        pictures(&draw((700, 300), Some(&wide), &spec).0),
        pictures(&usual)
    );
    wide.data.range = (-2.0, 2.0);
    assert_eq!(
        pictures(&draw((700, 300), Some(&wide), &spec).0),
        pictures(&usual)
    );
    assert_eq!(pictures(&usual).len(), 4);
}

#[test]
fn narrow_areas_have_more_rows() {
    let spec = spec(1, 1, 1);
    let mut report = heading(&spec);
    report.samples = Some(Samples {
        labels: vec![0; 10],
        images: Array2::zeros((10, 1)),
        latents: Array2::zeros((10, 1)),
        reconstructions: Array2::zeros((10, 1)),
        #[cfg(feature = "general")]
        noisy: None,
    });
    let rows = |width: u32| {
        let height = reconstructions_height(f64::from(width), Some(&report), &spec, &style());
        let (_, layout) = draw((width, height as u32), Some(&report), &spec);
        for place in &layout.images {
            assert!(place.x + place.width <= f64::from(width));
            assert!(place.y + 2.0 * place.height < height);
        }
        let mut rows: Vec<i64> = layout.images.iter().map(|place| place.y as i64).collect();
        rows.dedup();
        rows.len()
    };
    assert_eq!((rows(1100), rows(390)), (1, 2));
}

#[test]
fn summary_and_table_say_how_far_they_are_off() {
    let (spec, report) = two();
    let (_, layout) = draw((700, 300), Some(&report), &spec);
    assert_eq!(
        layout.summary,
        "2 held-out images above their reconstructions, of classes 0, 7. Their mean squared error \
         is 0.0938 on average, the largest 0.125 of image 1 of class 0."
    );
    let table = reconstructions_numbers(Some(&report), &spec);
    // By hand: (0 + 1/4) / 2 and ln 2 / 2; (1/16 + 1/16) / 2 and ln(4/3).
    assert_eq!(table.rows[0], ["1", "0", "0.125", "0.347"]);
    assert_eq!(table.rows[1], ["2", "7", "0.0625", "0.288"]);
}

#[test]
fn each_pair_has_its_error_and_the_number_of_its_image() {
    let (spec, mut report) = two();
    // The first image of class 7 that is explained is the 1,505th of its class.
    report.encoded = Some(Encoded {
        labels: vec![0, 0, 7],
        positions: vec![11, 12, 1504],
        latents: Array2::zeros((3, 1)),
        ..Encoded::default()
    });
    let (svg, layout) = draw((700, 300), Some(&report), &spec);
    for (place, error) in layout.images.iter().zip(["0.125", "0.0625"]) {
        let found = texts(&svg).into_iter().find(|found| found.0 == error);
        let (_, x, y) = found.unwrap();
        assert!((f64::from(x) - place.x - place.width / 2.0).abs() < 1.0);
        assert!(f64::from(y) > place.y + 2.0 * place.height);
    }
    let table = reconstructions_numbers(Some(&report), &spec);
    assert_eq!([&table.rows[0][0], &table.rows[1][0]], ["12", "1,505"]);
    assert!(layout.summary.ends_with("of image 12 of class 0."));
}

#[test]
fn two_hundred_classes_of_any_shape_stand_class_by_class_inside_the_area() {
    for (height, width) in [(28, 28), (5, 200), (200, 5), (64, 64)] {
        let spec = spec(1, height, width);
        let mut report = heading(&spec);
        let samples = 400;
        let images = Array2::from_elem((samples, height * width), 0.5);
        report.samples = Some(Samples {
            labels: (0..samples).map(|sample| (sample / 2) as u8).collect(),
            images: images.clone(),
            latents: Array2::zeros((samples, 1)),
            reconstructions: images,
            #[cfg(feature = "general")]
            noisy: None,
        });
        let good = reconstructions_height(960.0, Some(&report), &spec, &style());
        let area = (960, good as u32);
        let drawn = record(area, |area| {
            reconstructions(area, Some(&report), &spec, &style())
        });
        let layout = drawn.1.images;
        assert_eq!(layout.len(), samples);
        for pair in layout.chunks(2) {
            assert_eq!(pair[0].y, pair[1].y, "both of a class stand in a row");
            assert!(pair[1].x - pair[0].x > 40.0, "their names have room");
            assert!(pair[1].x + pair[1].width <= 960.0);
            assert!(pair[0].y + 2.0 * pair[0].height < good);
        }
    }
}

#[test]
fn what_is_unknown_or_of_another_run_is_empty() {
    let (spec_of_two, report) = two();
    for (report, spec) in [(None, &spec_of_two), (Some(&report), &spec(1, 2, 2))] {
        let (svg, layout) = draw((700, 300), report, spec);
        assert!(layout.images.is_empty() && !svg.contains("<image"));
        assert!(says(&svg, "input"));
        assert_eq!(layout.summary, "Reconstructions are not known yet.");
        assert!(reconstructions_numbers(report, spec).rows.is_empty());
    }
    for size in [(1, 1), (40, 40), (2000, 90)] {
        draw(size, Some(&report), &spec_of_two);
    }
}

/// Two rows of eight numbers, whose reconstructions differ by more and more.
fn eight(form: DataForm) -> (FigureSpec, Report) {
    let spec = spec(1, 1, 8);
    let mut report = heading(&spec);
    report.data.form = form;
    report.data.columns = Some(
        (0..8)
            .map(|at| format!("column {}", (b'a' + at) as char))
            .collect(),
    );
    report.data.scaling = Some(Scaling {
        offset: vec![10.0; 8],
        scale: vec![2.0; 8],
    });
    let images = Array2::from_shape_fn((2, 8), |(row, at)| row as f32 + 0.125 * at as f32);
    let reconstructions = Array2::from_shape_fn((2, 8), |(row, at)| {
        images[[row, at]] - if at == 3 { 1.0 } else { 0.0625 * at as f32 }
    });
    report.samples = Some(Samples {
        noisy: None,
        labels: vec![0, 7],
        images,
        latents: Array2::zeros((2, 1)),
        reconstructions,
    });
    (spec, report)
}

#[test]
fn rows_of_a_table_are_told_by_name_in_the_units_of_the_file_those_that_differ_most_first() {
    let (spec, report) = eight(DataForm::Table);
    let height = reconstructions_height(700.0, Some(&report), &spec, &style());
    let (svg, layout) = draw((700, height as u32), Some(&report), &spec);
    assert!(!svg.contains("<image"));
    let texts = texts(&svg);
    let of = |text: &str| texts.iter().filter(|found| found.0 == text).count();
    assert_eq!(of("Held-out rows and their reconstructions"), 1);
    // 10 + 2 × 3/8, and 2 less.
    assert_eq!(of("10.8 → 8.75, −2.0"), 1);
    assert_eq!((of("column d"), of("2 more")), (2, 2));
    // The two that differ least are left out: by 0 and by 1/16.
    assert_eq!((of("column a"), of("column b"), of("column c")), (0, 0, 2));
    let first = texts
        .iter()
        .position(|found| found.0 == "column d")
        .unwrap();
    let next = texts
        .iter()
        .position(|found| found.0 == "column h")
        .unwrap();
    assert!(texts[first].2 < texts[next].2);
    let lowest = texts.iter().map(|found| found.2).max().unwrap();
    assert!(f64::from(lowest) < height, "{lowest} of {height}");
    assert_eq!(layout.images.len(), 2);

    // Narrow, they stand below each other.
    let height = reconstructions_height(320.0, Some(&report), &spec, &style());
    let (_, narrow) = draw((320, height as u32), Some(&report), &spec);
    assert!(narrow.images[0].y < narrow.images[1].y && narrow.images[1].x == narrow.images[0].x);
    assert!(
        narrow
            .images
            .iter()
            .all(|place| place.x + place.width <= 320.0)
    );
}

#[test]
fn signals_are_lines_over_each_other() {
    let (spec, report) = eight(DataForm::Signal);
    let height = reconstructions_height(700.0, Some(&report), &spec, &style());
    let (svg, layout) = draw((700, height as u32), Some(&report), &spec);
    assert_eq!(svg.matches("<polyline").count(), 4);
    assert!(!svg.contains("<image"));
    assert_eq!(layout.images.len(), 2);
    assert!(says(&svg, "Held-out signals and their reconstructions"));
}
