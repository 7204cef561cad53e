//! What each way of looking at the figure changes, on the maps' own pixels where it is about maps.

use ndarray::{Array2, array};

use super::record::{Bitmap, bitmaps};
use super::scene::{
    direction, draw, estimate, heading, rectangles, says, spec, style, texts, three,
};
use crate::data::ImageShape;
use crate::plot::{
    Colour, ColourScale, FigureLayout, FigureSpec, ImageColours, Kind, Palette, Rotation, Scale,
    Style, figure_height, pixel,
};
use crate::report::{Metric, Report};

const WIDE: (u32, u32) = (800, 300);

fn shared_scale(palette: Palette) -> ColourScale {
    ColourScale::new(Kind::Diverging, 0.4, palette, style().background)
}

/// The maps without the legend.
fn maps(report: &Report, spec: &FigureSpec) -> (Vec<Bitmap>, FigureLayout) {
    let (mut drawn, layout) = bitmaps(WIDE, Some(report), spec, &style());
    drawn.pop();
    (drawn, layout)
}

fn dims_of(layout: &FigureLayout) -> [Vec<usize>; 3] {
    let of = |places: &[crate::plot::Place]| places.iter().map(|place| place.dim).collect();
    [layout.order.clone(), of(&layout.maps), of(&layout.bars)]
}

/// Five dimensions of 2 × 3 images; the second and the fourth are empty.
fn five() -> (FigureSpec, Report) {
    let spec = spec(5, 2, 3);
    let mut report = heading(&spec);
    let weight = [0.1, 0.0, 0.3, 0.0, 0.2];
    let pixels = Array2::from_shape_fn((6, 5), |(pixel, dim)| weight[dim] * pixel as f32);
    report.pixel_importance = Some(estimate(pixels, None));
    report.direction = Some(direction(Array2::ones((6, 5))));
    let means = array![[0.01, 0.0, 0.02, 0.0, 0.03], [0.03, 0.0, 0.02, 0.0, 0.01]];
    report.latent_importance = Some(estimate(means, None));
    (spec, report)
}

#[test]
fn options_that_are_absent_have_the_paper_s_look() {
    let written = r#"{"class":1,"dims":12,"image":{"height":28,"width":20},"top":null}"#;
    let read: FigureSpec = serde_json::from_str(written).unwrap();
    let image = ImageShape::grey(28, 20);
    assert_eq!(read, FigureSpec::new(1, 12, image));

    let written = r#"{"class":0,"dims":2,"image":{"height":1,"width":1},"sort":false,
        "filter_empty":true,"top":3,"rotate":270,"flip_horizontal":true,"flip_vertical":true,
        "palette":"colour-blind","scale":"each","threshold":0.25,"metric":"rmse",
        "images":"viridis"}"#;
    let read: FigureSpec = serde_json::from_str(written).unwrap();
    let expected = FigureSpec {
        sort: false,
        filter_empty: true,
        top: Some(3),
        rotate: Rotation::ThreeQuarters,
        flip_horizontal: true,
        flip_vertical: true,
        palette: Palette::ColourBlind,
        scale: Scale::Each,
        threshold: 0.25,
        metric: Metric::Rmse,
        images: ImageColours::Viridis,
        ..spec(2, 1, 1)
    };
    assert_eq!(read, expected);

    let wrong = r#"{"class":0,"dims":2,"image":{"height":1,"width":1},"rotate":45}"#;
    let error = serde_json::from_str::<FigureSpec>(wrong).unwrap_err();
    assert!(error.to_string().contains("45 is not 0, 90, 180 or 270"));
}

#[test]
fn unsorted_dimensions_stand_in_natural_order() {
    let (mut spec, report) = three();
    assert_eq!(dims_of(&maps(&report, &spec).1), [[1, 0, 2]; 3]);
    spec.sort = false;
    let (svg, layout) = draw(WIDE, Some(&report), &spec);
    assert_eq!(dims_of(&layout), [[0, 1, 2]; 3]);
    let bars = rectangles(&svg, style().accent);
    assert!(bars[0][2] < bars[1][2] && bars[0][1] < bars[1][1]);
    assert!(
        layout
            .summary
            .contains("in natural order: dimension 1 0.0100")
    );
}

#[test]
fn dimensions_stand_in_the_order_that_is_asked_for() {
    let (mut spec, report) = five();
    (spec.filter_empty, spec.top) = (true, Some(1));
    spec.order = Some(vec![3, 0, 9, 4]);
    let (_, layout) = maps(&report, &spec);
    assert_eq!(dims_of(&layout), [[3, 0, 4]; 3]);
    let (_, layout) = draw(WIDE, Some(&report), &spec);
    assert_eq!(dims_of(&layout), [[3, 0, 4]; 3]);
    assert!(
        layout
            .summary
            .contains("in the order that was asked for, the first 3 of 5: dimension 4 ")
    );
}

#[test]
fn empty_dimensions_are_left_out_once_that_is_certain() {
    let (mut spec, mut report) = five();
    spec.filter_empty = true;
    let (svg, layout) = draw(WIDE, Some(&report), &spec);
    assert_eq!(dims_of(&layout), [[4, 2, 0]; 3]);
    assert!(!says(&svg, "empty"));
    assert!(
        layout
            .summary
            .contains("Dimensions 2, 4 are empty and left out")
    );
    spec.sort = false;
    assert_eq!(dims_of(&maps(&report, &spec).1), [[0, 2, 4]; 3]);

    report.pixel_importance.as_mut().unwrap().repeats = 0;
    let (_, layout) = maps(&report, &spec);
    assert_eq!(dims_of(&layout), [[0, 1, 2, 3, 4]; 3]);
}

#[test]
fn a_figure_without_any_dimension_left_can_be_drawn() {
    let (mut spec, mut report) = three();
    spec.filter_empty = true;
    report.pixel_importance = Some(estimate(Array2::zeros((6, 3)), None));
    report.latent_importance = Some(estimate(Array2::zeros((2, 3)), None));
    for size in [WIDE, (350, 500), (1, 1)] {
        let (_, layout) = draw(size, Some(&report), &spec);
        assert_eq!(dims_of(&layout), [[0_usize; 0]; 3]);
        assert!(layout.summary.contains("no dimension is shown"));
    }
}

#[test]
fn the_first_of_the_order_can_be_asked_for() {
    let (mut spec, report) = five();
    for (class, sort, filter_empty, top, expected) in [
        (0, true, false, 2, vec![4, 2]),
        (1, true, false, 2, vec![0, 2]),
        (0, false, false, 2, vec![0, 1]),
        (0, false, true, 2, vec![0, 2]),
        (0, true, true, 4, vec![4, 2, 0]),
        (0, true, false, 99, vec![4, 2, 0, 1, 3]),
        (0, true, false, 0, vec![4]),
    ] {
        spec.class = class;
        spec.sort = sort;
        spec.filter_empty = filter_empty;
        spec.top = Some(top);
        let (_, layout) = maps(&report, &spec);
        assert_eq!(dims_of(&layout), [expected.as_slice(); 3]);
    }
}

#[test]
fn fewer_dimensions_get_more_room_from_the_start() {
    let all = spec(32, 28, 28);
    let few = FigureSpec {
        top: Some(4),
        ..all.clone()
    };
    let width = |spec: &FigureSpec| draw(WIDE, None, spec).1.maps[0].width;
    assert!(width(&few) > 1.5 * width(&all));
    assert!(
        figure_height(800.0, None, &few, &style()) < figure_height(800.0, None, &all, &style())
    );
}

#[test]
fn colours_and_bars_mean_the_same_whatever_is_left_out() {
    let (mut spec, report) = five();
    let bar_of_first = |spec: &FigureSpec| {
        let (svg, layout) = draw(WIDE, Some(&report), spec);
        let position = layout.order.iter().position(|&dim| dim == 0).unwrap();
        let (drawn, _) = maps(&report, spec);
        let colour = drawn[position].cell((2, 3), 1, 2);
        (rectangles(&svg, style().accent)[position.min(2)][2], colour)
    };
    let all = bar_of_first(&spec);
    spec.sort = false;
    spec.top = Some(1);
    assert_eq!(bar_of_first(&spec), all);
}

#[test]
fn maps_are_turned_and_mirrored() {
    let (mut spec, report) = three();
    // Dimension 2, the first map: 0.4 -0 -0.1 over 0.2 0 0.
    let scale = shared_scale(Palette::Paper);
    for (rotate, flip_horizontal, flip_vertical, expected) in [
        (
            Rotation::None,
            false,
            false,
            array![[0.4, 0.0, -0.1], [0.2, 0.0, 0.0]],
        ),
        (
            Rotation::None,
            true,
            false,
            array![[-0.1, 0.0, 0.4], [0.0, 0.0, 0.2]],
        ),
        (
            Rotation::None,
            false,
            true,
            array![[0.2, 0.0, 0.0], [0.4, 0.0, -0.1]],
        ),
        (
            Rotation::Quarter,
            false,
            false,
            array![[0.2, 0.4], [0.0, 0.0], [0.0, -0.1]],
        ),
        (
            Rotation::Half,
            false,
            false,
            array![[0.0, 0.0, 0.2], [-0.1, 0.0, 0.4]],
        ),
        (
            Rotation::ThreeQuarters,
            false,
            false,
            array![[-0.1, 0.0], [0.0, 0.0], [0.4, 0.2]],
        ),
        (
            Rotation::Quarter,
            true,
            false,
            array![[0.4, 0.2], [0.0, 0.0], [-0.1, 0.0]],
        ),
    ] {
        spec.rotate = rotate;
        spec.flip_horizontal = flip_horizontal;
        spec.flip_vertical = flip_vertical;
        let (drawn, layout) = maps(&report, &spec);
        let (rows, columns) = expected.dim();
        let cells = (rows as u32, columns as u32);
        for ((row, column), &value) in expected.indexed_iter() {
            assert_eq!(
                drawn[0].cell(cells, row as u32, column as u32),
                scale.colour(value),
                "{rotate:?} {flip_horizontal} {flip_vertical}: {row}, {column}"
            );
            // The pointer finds there what is drawn there.
            let at = (
                (column as f64 + 0.5) / columns as f64,
                (row as f64 + 0.5) / rows as f64,
            );
            let found = pixel(Some(&report), &spec, 1, at).unwrap();
            assert_eq!(
                scale.colour(f64::from(found.importance * found.sign.unwrap())),
                scale.colour(value)
            );
        }
        let place = &layout.maps[0];
        assert_eq!(
            place.width * rows as f64,
            place.height * columns as f64,
            "the drawn shape"
        );
    }
    assert!(
        draw(WIDE, Some(&report), &spec)
            .1
            .summary
            .contains("Maps are turned 90° clockwise and mirrored left to right.")
    );
}

#[test]
fn bars_stay_as_they_are_however_maps_are_turned() {
    let (mut spec, report) = three();
    let bars = |spec: &FigureSpec| draw(WIDE, Some(&report), spec).1.bars;
    let straight = bars(&spec);
    spec.rotate = Rotation::Quarter;
    spec.flip_vertical = true;
    assert_eq!(bars(&spec), straight);
}

#[test]
fn the_palette_changes_colours_and_their_names() {
    let (mut spec, report) = three();
    spec.palette = Palette::ColourBlind;
    let scale = shared_scale(Palette::ColourBlind);
    let (drawn, layout) = maps(&report, &spec);
    assert_eq!(drawn[0].cell((2, 3), 0, 0), scale.colour(0.4));
    assert_eq!(drawn[0].cell((2, 3), 0, 2), scale.colour(-0.1));
    assert_eq!(drawn[0].cell((2, 3), 1, 1), Colour::WHITE);
    assert_ne!(
        scale.colour(0.4),
        shared_scale(Palette::Paper).colour(0.4),
        "another palette"
    );
    assert!(layout.summary.contains("0.40 (orange)"));
    let (svg, _) = draw((1100, 300), Some(&report), &spec);
    assert!(says(&svg, "orange: latent rises as the value rises"));
    assert!(says(&svg, "blue: latent falls as the value rises"));
}

#[test]
fn each_map_can_have_a_scale_of_its_own() {
    let (mut spec, report) = three();
    spec.scale = Scale::Each;
    let (drawn, layout) = maps(&report, &spec);
    let own = |limit| {
        let palette = Palette::Paper;
        ColourScale::new(Kind::Diverging, limit, palette, style().background)
    };
    // Dimension 2 reaches 0.4, dimension 1 reaches 0.2, and dimension 3 nothing.
    assert_eq!(drawn[0].cell((2, 3), 0, 0), own(0.4).colour(0.4));
    assert_eq!(drawn[1].cell((2, 3), 0, 2), own(0.2).colour(0.2));
    assert_eq!(drawn[1].cell((2, 3), 0, 1), own(0.2).colour(-0.1));
    assert_eq!(drawn[0].cell((2, 3), 0, 0), drawn[1].cell((2, 3), 0, 2));
    assert_eq!(drawn[2].cell((2, 3), 0, 0), Colour::WHITE);
    assert!(
        layout
            .summary
            .contains("Limits: dimension 2 0.40, dimension 1 0.20, dimension 3 0.")
    );

    // What the colours measure: what has a sign is no mean of squares alone.
    let before = "each map to its own limit (mean squared change)";
    assert!(says(&draw(WIDE, None, &spec).0, before), "from the start");
    let (svg, layout) = draw(WIDE, Some(&report), &spec);
    let signed = "each map to its own limit (mean squared change × direction)";
    assert!(says(&svg, signed) && !says(&svg, before));
    assert!(says(&svg, "−limit") && says(&svg, "limit"));
    assert!(!says(&svg, "0.40"), "the legend has no number of its own");
    // Each limit stands at the right of its map's title.
    for (map, limit) in layout.maps.iter().zip(["±0.40", "±0.20"]) {
        let found = texts(&svg).into_iter().find(|(text, _, _)| text == limit);
        let (_, x, y) = found.unwrap();
        assert_eq!(f64::from(x), map.x + map.width);
        assert!((map.y - 20.0..map.y).contains(&f64::from(y)));
    }
}

#[test]
fn limits_that_do_not_fit_are_not_written() {
    let (mut spec, report) = three();
    spec.scale = Scale::Each;
    let (svg, layout) = draw((350, 180), Some(&report), &spec);
    assert!(layout.maps[0].width < 40.0);
    assert!(!says(&svg, "±0.40"));
}

#[test]
fn slopes_below_the_threshold_are_no_direction() {
    let (mut spec, mut report) = three();
    // Dimension 2: slopes 0.5, 0.2 and exactly 0.3, of which the last is not below the threshold.
    let slope = &mut report.direction.as_mut().unwrap().slope;
    slope[(0, 1)] = 0.2;
    slope[(2, 1)] = -0.3;
    let scale = shared_scale(Palette::Paper);
    let cells = |spec: &FigureSpec| {
        let (drawn, _) = maps(&report, spec);
        [(0, 0), (0, 2), (1, 0)].map(|(row, column)| drawn[0].cell((2, 3), row, column))
    };
    let before = [0.4, -0.1, 0.2].map(|value| scale.colour(value));
    assert_eq!(cells(&spec), before);
    spec.threshold = 0.3;
    let after = [0.0, -0.1, 0.2].map(|value| scale.colour(value));
    assert_eq!(cells(&spec), after, "on the same scale as before");

    let found = pixel(Some(&report), &spec, 1, (0.0, 0.0)).unwrap();
    assert_eq!((found.slope, found.sign), (Some(0.2), Some(0.0)));
    let (svg, layout) = draw(WIDE, Some(&report), &spec);
    assert!(says(&svg, "Pixel importance × direction (|slope| ≥ 0.3)"));
    assert!(layout.summary.contains("Slopes below 0.3"));

    report.direction = None;
    let (svg, layout) = draw(WIDE, Some(&report), &spec);
    assert!(says(&svg, "Pixel importance, direction not yet known"));
    assert!(!layout.summary.contains("Slopes"));
}

#[test]
fn bars_and_their_order_follow_the_metric() {
    let (mut spec, mut report) = three();
    let means = array![[0.3, 0.1, 0.0], [0.0, 0.0, 0.0]];
    report.latent_importance_rmse = Some(estimate(means, None));
    let (svg, layout) = draw(WIDE, Some(&report), &spec);
    assert_eq!(layout.order, [1, 0, 2]);
    assert!(says(&svg, "importance (mean squared error)"));

    spec.metric = Metric::Rmse;
    let (svg, layout) = draw(WIDE, Some(&report), &spec);
    assert_eq!(layout.order, [0, 1, 2]);
    assert!(says(&svg, "importance (root mean squared error)"));
    let bars = rectangles(&svg, style().accent);
    assert!((f64::from(bars[0][2]) / f64::from(bars[1][2]) - 3.0).abs() < 0.05);
    let said = "Latent importance of class 0 as root mean squared error: dimension 1 0.300";
    assert!(layout.summary.starts_with(said));

    report.latent_importance_rmse = None;
    let (svg, _) = draw(WIDE, Some(&report), &spec);
    assert!(rectangles(&svg, style().accent).is_empty());
}

#[test]
fn classes_go_by_their_names_which_are_cut_where_there_is_no_room() {
    let (spec, mut report) = three();
    report.classes[0].name = "Ankle boot".into();
    for (width, heading) in [
        (1100, "Latent importance, class Ankle boot"),
        (760, "Importance, class Ankle boot"),
        (620, "class Ankle boot"),
    ] {
        let (svg, layout) = draw((width, 300), Some(&report), &spec);
        assert!(says(&svg, heading), "{width}");
        let said = "Latent importance of class Ankle boot as mean squared error:";
        assert!(layout.summary.starts_with(said));
    }
    report.classes[0].name = "A name that goes on and on and on".into();
    let (svg, _) = draw((620, 300), Some(&report), &spec);
    assert!(says(&svg, "class A name that goes on…"));
}

#[test]
fn a_pixel_is_told_by_its_place_in_the_stored_image() {
    let (spec, mut report) = three();
    let v = report.pixel_importance.as_mut().unwrap();
    v.std_error = Some(&v.mean * 0.1);
    let found = pixel(Some(&report), &spec, 0, (0.99, 0.2)).unwrap();
    assert_eq!((found.pixel, found.row, found.column), (2, 1, 3));
    assert_eq!(found.importance, 0.2);
    assert_eq!(found.std_error, Some(0.2 * 0.1));
    assert_eq!((found.slope, found.sign), (Some(0.5), Some(1.0)));

    let turned = FigureSpec {
        rotate: Rotation::Quarter,
        ..spec.clone()
    };
    let found = pixel(Some(&report), &turned, 0, (0.99, 0.99)).unwrap();
    assert_eq!((found.pixel, found.row, found.column), (2, 1, 3));
    // Both ends belong to the map.
    assert!(pixel(Some(&report), &spec, 2, (1.0, 1.0)).is_some());
    for (dim, at) in [(0, (-0.01, 0.5)), (0, (0.5, 1.01)), (3, (0.5, 0.5))] {
        assert_eq!(pixel(Some(&report), &spec, dim, at), None);
    }
    assert_eq!(pixel(None, &spec, 0, (0.5, 0.5)), None);

    report.direction = None;
    let found = pixel(Some(&report), &spec, 0, (0.99, 0.2)).unwrap();
    assert_eq!((found.slope, found.sign), (None, None));
}

#[test]
fn any_combination_can_be_drawn() {
    let (spec, report) = five();
    let dark = Style {
        background: Colour(0x14, 0x18, 0x20),
        ..style()
    };
    for case in 0_u32..256 {
        let on = |bit: u32| case & (1 << bit) != 0;
        let spec = FigureSpec {
            sort: on(0),
            filter_empty: on(1),
            top: on(2).then_some(3),
            rotate: [Rotation::None, Rotation::Quarter][usize::from(on(3))],
            flip_horizontal: on(4),
            palette: [Palette::Paper, Palette::ColourBlind][usize::from(on(5))],
            scale: [Scale::Shared, Scale::Each][usize::from(on(6))],
            threshold: if on(7) { 0.6 } else { 0.0 },
            ..spec.clone()
        };
        let (drawn, layout) = bitmaps(WIDE, Some(&report), &spec, &dark);
        assert_eq!(drawn.len(), layout.order.len() + 1);
    }
}
