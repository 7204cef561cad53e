use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use ndarray::{Array2, array};
use plotters::drawing::IntoDrawingArea;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle};
use plotters_backend::{BackendTextStyle, DrawingBackend, DrawingErrorKind};

use super::scene::{heading, says, spec, style, texts};
use crate::data::ClassSummary;
use crate::plot::{
    FigureSpec, KeptPlane, SpaceLayout, SpaceSpec, Style, space, space_height, space_numbers, svg,
};
use crate::report::{Encoded, Projection, Report};

const SIZE: (u32, u32) = (800, 500);

/// Four images: dimension 3 varies most and dimension 1 second most.
pub(super) fn four() -> (FigureSpec, Report) {
    let spec = spec(3, 2, 3);
    let mut report = heading(&spec);
    report.encoded = Some(Encoded {
        labels: vec![0, 0, 7, 7],
        positions: vec![85, 86, 85, 99],
        latents: array![
            [0.0, 1.0, 0.0],
            [1.0, 1.0, 4.0],
            [3.0, 1.0, 8.0],
            [2.0, 1.0, 6.0]
        ],
        ..Encoded::default()
    });
    (spec, report)
}

/// So many images of so many classes, on a spiral.
pub(super) fn many(images: usize, classes: usize) -> (FigureSpec, Report) {
    let spec = spec(2, 2, 3);
    let mut report = heading(&spec);
    let class = |label: usize| ClassSummary {
        label: label as u8,
        name: format!("Class {label}"),
        training: 85,
        held_out: 15,
        explained: 15,
    };
    report.classes = (0..classes).map(class).collect();
    let latents = Array2::from_shape_fn((images, 2), |(image, axis)| {
        let turn = image as f32 * 0.1;
        turn * if axis == 0 { turn.cos() } else { turn.sin() }
    });
    report.encoded = Some(Encoded {
        labels: (0..images).map(|image| (image % classes) as u8).collect(),
        positions: (0..images as u32).collect(),
        latents,
        ..Encoded::default()
    });
    (spec, report)
}

pub(super) fn of<'a>(spec: &FigureSpec, projection: Option<&'a Projection>) -> SpaceSpec<'a> {
    SpaceSpec {
        dims: spec.dims,
        projection,
        ..SpaceSpec::default()
    }
}

fn draw(
    (report, spec): (Option<&Report>, &FigureSpec),
    projection: Option<&Projection>,
    selected: Option<usize>,
) -> (String, SpaceLayout) {
    let spec = SpaceSpec {
        selected,
        ..of(spec, projection)
    };
    seen(report, &spec)
}

fn seen(report: Option<&Report>, spec: &SpaceSpec<'_>) -> (String, SpaceLayout) {
    svg(SIZE, |area| space(area, report, spec, &style())).unwrap()
}

fn projection(coordinates: Array2<f32>) -> Projection {
    Projection {
        coordinates,
        axes: ["UMAP 1".into(), "UMAP 2".into()],
        name: "umap".into(),
    }
}

#[test]
fn images_stand_on_the_two_dimensions_that_vary_most() {
    let (spec, report) = four();
    let (svg, layout) = draw((Some(&report), &spec), None, None);
    assert!(says(&svg, "Dimension 3") && says(&svg, "Dimension 1"));
    let places: Vec<&[f32]> = layout.points.chunks(2).collect();
    assert_eq!(places.len(), 4);
    // Across by dimension 3 (0, 4, 8, 6), up by dimension 1 (0, 1, 3, 2), both in proportion.
    let share = |axis: usize, image: usize| {
        (places[image][axis] - places[0][axis]) / (places[2][axis] - places[0][axis])
    };
    for (image, across, up) in [(1, 0.5, 1.0 / 3.0), (3, 0.75, 2.0 / 3.0)] {
        assert!((share(0, image) - across).abs() < 1e-4);
        assert!((share(1, image) - up).abs() < 1e-4);
    }
    assert!(places[2][0] > places[0][0] && places[2][1] < places[0][1]);
    // Each is the letter of its class, at its place.
    let letters: Vec<(String, i32, i32)> = texts(&svg);
    for (image, letter) in ["0", "0", "7", "7"].iter().enumerate() {
        let (x, y) = (places[image][0], places[image][1]);
        let near = |at: &(String, i32, i32)| {
            at.0 == *letter && (at.1 as f32 - x).abs() < 1.0 && (at.2 as f32 - y).abs() < 3.0
        };
        assert!(letters.iter().any(near), "{image}");
    }
}

#[test]
fn a_projection_of_these_images_is_shown_with_equal_units() {
    let (spec, report) = four();
    let square = projection(array![[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]);
    let (svg, layout) = draw((Some(&report), &spec), Some(&square), None);
    assert!(says(&svg, "UMAP 1") && says(&svg, "UMAP 2"));
    let at = &layout.points;
    assert!(((at[2] - at[0]) - (at[1] - at[5])).abs() < 0.01, "{at:?}");
    assert!(layout.summary.contains("by UMAP 1 and UMAP 2. Medians"));

    let other = projection(array![[0.0, 0.0], [1.0, 0.0]]);
    let (svg, _) = draw((Some(&report), &spec), Some(&other), None);
    assert!(says(&svg, "Dimension 3") && !says(&svg, "UMAP 1"));
}

#[test]
fn the_selected_image_is_ringed_and_named() {
    let (spec, report) = four();
    let (plain, _) = draw((Some(&report), &spec), None, None);
    let (svg, layout) = draw((Some(&report), &spec), None, Some(3));
    let rings = |svg: &str| svg.matches("<circle").count();
    assert_eq!(rings(&svg), rings(&plain) + 2);
    let x = layout.points[6].round();
    assert!(svg.contains(&format!("cx=\"{x}\"")));
    assert!(layout.summary.ends_with(" Ringed: image 100 of class 7."));
    // One that is not there is not an error.
    assert_eq!(draw((Some(&report), &spec), None, Some(4)).0, plain);
}

#[test]
fn summary_and_table_say_where_the_classes_are() {
    let (spec, report) = four();
    let (_, layout) = draw((Some(&report), &spec), None, None);
    assert_eq!(
        layout.summary,
        "Encoded space of 4 held-out images by the two dimensions that vary most, dimension 3 \
         (standard deviation 3.42) and dimension 1 (1.29). Medians of the classes: 0 (2.0, 0.50) of \
         2 images, 7 (7.0, 2.5) of 2 images."
    );
    let table = space_numbers(Some(&report), &of(&spec, None));
    let columns = [
        "Class",
        "Images",
        "Median of Dimension 3",
        "Median of Dimension 1",
    ];
    assert_eq!(table.columns, columns);
    assert_eq!(table.rows[0], ["0", "2", "2.00", "0.500"]);
    assert_eq!(table.rows[1], ["7", "2", "7.00", "2.50"]);
}

#[test]
fn what_is_unknown_or_of_another_run_is_empty() {
    let (spec_of_four, report) = four();
    let empty = heading(&spec_of_four);
    for (report, spec) in [
        (None, &spec_of_four),
        (Some(&empty), &spec_of_four),
        (Some(&report), &spec(5, 2, 3)),
    ] {
        let (svg, layout) = draw((report, spec), None, Some(0));
        assert!(layout.points.is_empty() && !svg.contains("stroke-width=\"2\""));
        assert_eq!(layout.summary, "The encoded space is not known yet.");
        assert!(says(&svg, "Encoded space"));
        assert!(space_numbers(report, &of(spec, None)).rows.is_empty());
    }
}

#[test]
fn one_dimension_is_a_line_for_each_class() {
    let (mut spec, mut report) = four();
    spec.dims = 1;
    report.encoded.as_mut().unwrap().latents = array![[0.0], [1.0], [2.0], [3.0]];
    let (_, layout) = draw((Some(&report), &spec), None, None);
    let at = &layout.points;
    assert!(at[1] == at[3] && at[5] == at[7] && at[1] < at[5]);
    assert!(at[0] < at[2] && at[2] < at[4]);
    assert_eq!(
        space_numbers(Some(&report), &of(&spec, None)).rows[1],
        ["7", "2", "2.50"]
    );
}

#[test]
fn images_without_a_place_are_left_out() {
    let (spec, report) = four();
    let coordinates = array![
        [0.0, 0.0],
        [1.0, 0.0],
        [f32::NAN, 1.0],
        [1.0, f32::INFINITY]
    ];
    let projection = projection(coordinates);
    let (_, layout) = draw((Some(&report), &spec), Some(&projection), Some(2));
    assert!(layout.points[4].is_nan() && layout.points[0].is_finite());
    let table = space_numbers(Some(&report), &of(&spec, Some(&projection)));
    assert_eq!(table.rows[1], ["7", "0", "none", "none"]);
}

#[test]
fn any_area_and_any_number_of_classes_can_be_drawn() {
    for (images, classes) in [(1, 1), (30, 3), (500, 256)] {
        let (spec, report) = many(images, classes);
        for size in [(1, 1), (40, 40), (300, 400), (1600, 700)] {
            for scale in [1.0, 2.0] {
                let style = Style { scale, ..style() };
                let spec = SpaceSpec {
                    selected: Some(0),
                    ..of(&spec, None)
                };
                let drawn = svg(size, |area| space(area, Some(&report), &spec, &style));
                assert_eq!(drawn.unwrap().1.points.len(), 2 * images);
            }
        }
        assert!(space_height(390.0, Some(&report), &style()) > 300.0);
    }
}

#[test]
fn two_dimensions_that_are_asked_for_are_the_axes() {
    let (spec, report) = four();
    let asked = |axes| SpaceSpec {
        axes: Some(axes),
        ..of(&spec, None)
    };
    let (svg, layout) = seen(Some(&report), &asked([0, 1]));
    assert!(says(&svg, "Dimension 1") && says(&svg, "Dimension 2"));
    assert!(
        layout.summary.contains(
            " held-out images by dimension 1 (standard deviation 1.29) and dimension 2 (0). "
        ),
        "{}",
        layout.summary
    );
    let table = space_numbers(Some(&report), &asked([0, 1]));
    assert_eq!(table.columns[2], "Median of Dimension 1");
    // Not two dimensions that there are.
    let widest = draw((Some(&report), &spec), None, None);
    for axes in [[0, 0], [0, 3]] {
        assert_eq!(seen(Some(&report), &asked(axes)), widest);
    }
    // What has no images yet says which they will be.
    let (svg, _) = seen(Some(&heading(&spec)), &asked([2, 1]));
    assert!(says(&svg, "Dimension 3") && says(&svg, "Dimension 2"));
}

#[test]
fn a_window_shows_a_part_of_the_plane_and_its_axes_follow() {
    let (spec, report) = four();
    let (_, all) = draw((Some(&report), &spec), None, None);
    let whole = all.plane.as_ref().unwrap();
    assert_eq!(whole.window, whole.whole);
    assert_eq!(whole.dims, Some([2, 0]));
    assert!((whole.whole[0][0] + 0.32).abs() < 1e-6 && (whole.whole[0][1] - 8.32).abs() < 1e-6);

    let window = [[3.0, 7.0], [0.5, 2.5]];
    let zoomed = |window| SpaceSpec {
        window: Some(window),
        ..of(&spec, None)
    };
    let (svg, layout) = seen(Some(&report), &zoomed(window));
    let plane = layout.plane.unwrap();
    assert_eq!((plane.window, plane.whole), (window, whole.whole));
    // Dimension 3 is 4 and 6 for the images 1 and 3, dimension 1 is 1 and 2.
    for (image, x, y) in [(1, 0.25, 0.25), (3, 0.75, 0.75)] {
        let at = &layout.points[2 * image..2 * image + 2];
        assert!((f64::from(at[0]) - plane.x - x * plane.width).abs() < 0.01);
        assert!((f64::from(at[1]) - plane.y - (1.0 - y) * plane.height).abs() < 0.01);
    }
    assert!(layout.points[0].is_nan() && layout.points[4].is_nan());
    assert!(says(
        &svg,
        "Encoded space of 4 held-out images, 2 of them in view"
    ));
    assert!(
        layout
            .summary
            .starts_with("Encoded space of 4 held-out images, 2 of them in view, by")
    );
    let labels: Vec<String> = texts(&svg).into_iter().map(|(text, _, _)| text).collect();
    assert!(
        labels.contains(&"3.5".into()) && !labels.contains(&"8".into()),
        "{labels:?}"
    );

    // What is no range is not heeded.
    for wrong in [
        [[1.0, 1.0], [0.0, 1.0]],
        [[0.0, f64::NAN], [0.0, 1.0]],
        [[2.0, 1.0], [0.0, 1.0]],
    ] {
        let (_, layout) = seen(Some(&report), &zoomed(wrong));
        assert_eq!(layout, all);
    }
}

#[test]
fn a_window_on_a_projection_keeps_its_units_equal() {
    let (spec, report) = four();
    let square = projection(array![[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]);
    let spec = SpaceSpec {
        window: Some([[0.0, 1.0], [0.0, 0.1]]),
        ..of(&spec, Some(&square))
    };
    let plane = seen(Some(&report), &spec).1.plane.unwrap();
    let [across, up] = plane.window.map(|[from, to]| to - from);
    assert!((across / plane.width - up / plane.height).abs() < 1e-12);
    assert!((across - 1.0).abs() < 1e-12 && up > 0.1);
}

#[test]
fn one_dimension_is_never_said_to_be_two() {
    let (mut spec, mut report) = four();
    spec.dims = 1;
    let (svg, _) = draw((Some(&heading(&spec)), &spec), None, None);
    assert!(says(&svg, "Dimension 1") && says(&svg, "class"));
    report.encoded.as_mut().unwrap().latents = array![[0.0], [1.0], [2.0], [3.0]];
    let (_, layout) = draw((Some(&report), &spec), None, None);
    assert!(
        layout
            .summary
            .contains("by the only dimension (standard deviation 1.29), a line")
    );
}

#[test]
fn what_is_kept_of_a_plane_is_of_that_plane() {
    let (spec, report) = four();
    let kept = KeptPlane::default();
    let square = projection(array![[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]);
    let plain = of(&spec, None);
    let asked = SpaceSpec {
        axes: Some([1, 0]),
        ..of(&spec, None)
    };
    let projected = of(&spec, Some(&square));
    for spec in [&plain, &plain, &asked, &projected, &asked, &plain] {
        let keeping = SpaceSpec {
            kept: Some(&kept),
            ..spec.clone()
        };
        assert_eq!(seen(Some(&report), &keeping), seen(Some(&report), spec));
    }
}

#[test]
fn hidden_classes_are_not_drawn_and_the_legend_says_so() {
    let (spec, report) = four();
    let hidden = SpaceSpec {
        hidden: &[1],
        ..of(&spec, None)
    };
    let (svg, layout) = seen(Some(&report), &hidden);
    assert!(layout.points[4].is_nan() && layout.points[0].is_finite());
    assert!(
        layout.summary.ends_with(" Hidden: 7."),
        "{}",
        layout.summary
    );
    let (plain, all) = draw((Some(&report), &spec), None, None);
    let strokes = |svg: &str| svg.matches("fill=\"#111111\"").count();
    assert_eq!(strokes(&svg), strokes(&plain) + 1, "struck through");
    let [found, all] = [layout.plane.unwrap(), all.plane.unwrap()];
    assert_eq!(found.whole, all.whole, "the axes stay where they are");
    let entry = &found.legend[1];
    assert_eq!(entry.class, 1);
    assert!(entry.x >= found.x + found.width && entry.width > 0.0 && entry.height > 0.0);
}

#[test]
fn chosen_images_stand_out_from_the_others() {
    let (spec, report) = four();
    let colours = |chosen: Option<&[bool]>| {
        let spec = SpaceSpec {
            chosen,
            ..of(&spec, None)
        };
        let (svg, layout) = seen(Some(&report), &spec);
        let plot = layout.plane.unwrap();
        let right = plot.x + plot.width;
        let found: Vec<String> = svg
            .split("<text ")
            .filter(|text| {
                let letter = text.contains(">\n0\n<") || text.contains(">\n7\n<");
                let x = text.split("x=\"").nth(1).and_then(|x| x.split('"').next());
                let x = x.and_then(|x| x.parse::<f64>().ok());
                letter && text.contains("middle") && x.is_some_and(|x| x > plot.x && x < right)
            })
            .filter_map(|text| Some(text.split("fill=\"").nth(1)?.split('"').next()?.to_string()))
            .collect();
        (found, layout.summary)
    };
    let (plain, _) = colours(None);
    let (some, summary) = colours(Some(&[false, true, false, false]));
    assert_eq!(plain.len(), some.len());
    let kept = some.iter().filter(|colour| plain.contains(colour)).count();
    assert_eq!(kept, 1 + usize::from(plain.len() > 4), "{plain:?} {some:?}");
    assert!(summary.contains(" 1 of the images are chosen and stand out."));
}

#[test]
fn a_legend_of_many_classes_stands_in_columns() {
    for (classes, width) in [(26, 1100), (200, 1100), (26, 340), (200, 340), (26, 2300)] {
        let (spec, report) = many(400, classes);
        let height = space_height(f64::from(width), Some(&report), &style());
        let drawn = svg((width, height as u32), |area| {
            space(area, Some(&report), &of(&spec, None), &style())
        });
        let plane = drawn.unwrap().1.plane.unwrap();
        assert_eq!(plane.legend.len(), classes, "{classes} at {width}");
        for (at, a) in plane.legend.iter().enumerate() {
            assert!(
                a.x >= 0.0 && a.x + a.width <= f64::from(width) + 1.0,
                "{a:?}"
            );
            assert!(a.y + a.height <= height + 1.0, "{a:?} {height}");
            for b in &plane.legend[..at] {
                let apart = |a: f64, b: f64, length: f64| (a - b).abs() >= length - 1.0;
                assert!(
                    apart(a.x, b.x, a.width) || apart(a.y, b.y, a.height),
                    "{a:?} {b:?}"
                );
            }
        }
        assert!(
            plane.width > f64::from(width) * 0.5,
            "{classes} at {width}: {}",
            plane.width
        );
    }
}

/// Counts what a canvas would be asked for: text, strokes and bitmaps each, but filled shapes of
/// one colour that follow each other together.
struct Counter {
    size: (u32, u32),
    calls: Rc<RefCell<(usize, Option<BackendColor>)>>,
}

impl Counter {
    fn fill(&self, colour: BackendColor) {
        let mut calls = self.calls.borrow_mut();
        if calls.1.is_none_or(|last| last.rgb != colour.rgb) {
            calls.0 += 1;
            calls.1 = Some(colour);
        }
    }

    fn other(&self) {
        let mut calls = self.calls.borrow_mut();
        calls.0 += 1;
        calls.1 = None;
    }
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for Counter {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Drawn {
        self.other();
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        _: BackendCoord,
        _: BackendCoord,
        _: &S,
        _: bool,
    ) -> Drawn {
        self.other();
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        _: BackendCoord,
        _: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        if fill {
            self.fill(style.color());
        } else {
            self.other();
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        _: I,
        style: &S,
    ) -> Drawn {
        self.fill(style.color());
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, _: &str, _: &S, _: BackendCoord) -> Drawn {
        self.other();
        Ok(())
    }
}

#[test]
fn thousands_of_points_are_few_calls() {
    let calls = |images| {
        let (spec, report) = many(images, 10);
        let calls = Rc::default();
        let counter = Counter {
            size: (1100, 650),
            calls: Rc::clone(&calls),
        };
        let area = counter.into_drawing_area();
        space(&area, Some(&report), &of(&spec, None), &style()).unwrap();
        calls.borrow().0
    };
    assert_eq!(calls(1_500), calls(15_000));
    assert!(calls(1_500) < 200, "{}", calls(1_500));
}
