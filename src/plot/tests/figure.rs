use ndarray::Array2;

use super::record::bitmaps;
use super::scene::{
    direction, draw, estimate, heading, rectangles, says, spec, style, texts, three,
};
use crate::data::ImageShape;
use crate::plot::figure::figure_height;
use crate::plot::layout::{Layout, Rect};
use crate::plot::{Colour, ColourScale, FigureLayout, FigureSpec, Kind, Palette, Place, Style};

const WIDE: (u32, u32) = (800, 300);
const NARROW: (u32, u32) = (350, 500);

/// The numbers of the rows from the top, and of the maps in reading order.
fn labels(svg: &str, layout: &FigureLayout) -> (Vec<String>, Vec<String>) {
    let numbers: Vec<(String, i32, i32)> = texts(svg)
        .into_iter()
        .filter(|(text, _, y)| text.parse::<usize>().is_ok() && *y > 30 && text != "0")
        .collect();
    let inside = |place: &Place, title: f64| {
        let found = numbers.iter().find(|(_, x, y)| {
            let (x, y) = (f64::from(*x), f64::from(*y));
            (place.x - 1.0..=place.x + place.width).contains(&x)
                && (place.y - title..=place.y + place.height).contains(&y)
        });
        found.expect("a label").0.clone()
    };
    (
        layout.bars.iter().map(|row| inside(row, 0.0)).collect(),
        layout.maps.iter().map(|map| inside(map, 20.0)).collect(),
    )
}

#[test]
fn bars_and_maps_are_sorted_together_and_numbered_from_one() {
    let (mut spec, report) = three();
    for (class, order) in [(0, ["2", "1", "3"]), (1, ["1", "2", "3"])] {
        spec.class = class;
        for size in [WIDE, NARROW] {
            let (svg, layout) = draw(size, Some(&report), &spec);
            let (rows, maps) = labels(&svg, &layout);
            assert_eq!(rows, order);
            assert_eq!(maps, order);
            let numbers = layout.order.iter().map(|dim| (dim + 1).to_string());
            assert_eq!(numbers.collect::<Vec<_>>(), order);
        }
    }
}

#[test]
fn equal_dimensions_keep_their_natural_order() {
    let spec = spec(5, 2, 2);
    let mut report = heading(&spec);
    let means = vec![0.0, 1.0, 0.0, 1.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0];
    report.latent_importance = Some(estimate(
        Array2::from_shape_vec((2, 5), means).unwrap(),
        None,
    ));
    assert_eq!(draw(WIDE, Some(&report), &spec).1.order, [1, 3, 4, 0, 2]);
}

#[test]
fn bars_are_as_long_as_their_numbers_and_the_longest_fills_the_axis() {
    let (mut spec, report) = three();
    for (class, ratio) in [(0, 2.0), (1, 4.0 / 3.0)] {
        spec.class = class;
        let (svg, _) = draw(WIDE, Some(&report), &spec);
        let bars = rectangles(&svg, style().accent);
        assert_eq!(bars.len(), 2, "the empty one has none");
        assert_eq!(bars[0][0], bars[1][0]);
        let found = f64::from(bars[0][2]) / f64::from(bars[1][2]);
        assert!((found - ratio).abs() < 0.03, "{bars:?}");
        // The plot ends where the longest bar's standard error does.
        let plot = Layout::new((WIDE.0 as i32, WIDE.1 as i32), spec.content(), &style())
            .bars
            .marks
            .plot;
        let (mean, error) = [(0.02, 0.002), (0.04, 0.001)][class];
        let share = f64::from(bars[0][2]) / f64::from(plot.width);
        assert!((share - mean / (mean + error)).abs() < 0.01);
    }
}

#[test]
fn standard_errors_are_drawn_once_known() {
    let (spec, mut report) = three();
    let whiskers = |report: &_| {
        let (svg, _) = draw(WIDE, Some(report), &spec);
        rectangles(&svg, style().text).len()
    };
    // A line and an end for each of the two dimensions that have an error.
    assert_eq!(whiskers(&report), 4);
    report.latent_importance.as_mut().unwrap().std_error = None;
    assert_eq!(whiskers(&report), 0);
}

#[test]
fn the_empty_figure_stands_where_the_full_one_will() {
    let (spec, report) = three();
    let mut pixels_only = report.clone();
    pixels_only.direction = None;
    pixels_only.latent_importance = None;
    for size in [WIDE, NARROW] {
        let (full, full_layout) = draw(size, Some(&report), &spec);
        let (half, half_layout) = draw(size, Some(&pixels_only), &spec);
        let (empty, empty_layout) = draw(size, None, &spec);
        for layout in [&half_layout, &empty_layout] {
            assert_eq!(layout.order, [0, 1, 2]);
            let places = |layout: &FigureLayout| -> Vec<_> {
                let all = layout.bars.iter().chain(&layout.maps);
                all.map(|place| [place.x, place.y, place.width, place.height])
                    .collect()
            };
            assert_eq!(places(layout), places(&full_layout));
        }
        let frames = |svg: &str| rectangles(svg, style().grid).len();
        // The empty figure lacks nothing but the grid lines of a scale that is not known.
        assert!(frames(&empty) >= 4 * 4 && frames(&empty) <= frames(&full));
        for svg in [&empty, &half] {
            assert!(rectangles(svg, style().accent).is_empty());
            assert!(says(svg, "importance (mean squared error)"));
        }
        assert!(says(&empty, "Latent importance"));
        assert!(says(&half, "Latent importance, class 0"));
        assert!(says(&half, "Pixel importance, direction not yet known"));
        assert!(says(&full, "Pixel importance × direction"));
        assert_eq!(empty.matches("<image").count(), 0);
        assert_eq!(half.matches("<image").count(), 3 + 1);
    }
}

#[test]
fn dimensions_are_not_sorted_while_some_await_their_first_turn() {
    let (spec, mut report) = three();
    let importance = report.latent_importance.as_mut().unwrap();
    importance.repeats = 0;
    importance.std_error = None;
    let (svg, layout) = draw(WIDE, Some(&report), &spec);
    assert_eq!(layout.order, [0, 1, 2]);
    assert_eq!(rectangles(&svg, style().accent).len(), 2);
}

#[test]
fn empty_dimensions_say_so_once_that_is_certain() {
    let (spec, mut report) = three();
    let (svg, layout) = draw(WIDE, Some(&report), &spec);
    let said = |svg: &str| {
        let all = texts(svg);
        all.iter().filter(|(text, _, _)| text == "empty").count()
    };
    assert_eq!(said(&svg), 2, "in the bars and in the maps");
    assert!(layout.summary.contains("Dimension 3 is empty"));

    report.pixel_importance.as_mut().unwrap().repeats = 0;
    let (svg, layout) = draw(WIDE, Some(&report), &spec);
    assert_eq!(said(&svg), 0, "its pixels may not have had their turn");
    assert!(!layout.summary.contains("empty"));
}

#[test]
fn maps_are_v_times_s_on_one_scale_with_zero_white() {
    let (spec, report) = three();
    let (maps, layout) = bitmaps(WIDE, Some(&report), &spec, &style());
    let scale = ColourScale::new(Kind::Diverging, 0.4, Palette::Paper, style().background);
    let v = &report.pixel_importance.as_ref().unwrap().mean;
    let s = &report.direction.as_ref().unwrap().sign;
    for (map, &dim) in maps.iter().zip(&layout.order) {
        for pixel in 0..6 {
            let value = f64::from(v[(pixel, dim)] * s[(pixel, dim)]);
            let cell = map.cell((2, 3), pixel as u32 / 3, pixel as u32 % 3);
            assert_eq!(cell, scale.colour(value), "dimension {dim}, pixel {pixel}");
            assert_eq!(value == 0.0, cell == Colour::WHITE);
        }
    }
    // Importance 0.1 is equally strong in both maps, whatever its sign.
    assert_eq!(maps[0].cell((2, 3), 0, 2), maps[1].cell((2, 3), 0, 1));
    // Empty: white all over.
    let (width, height) = maps[2].size;
    let mut all = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    assert!(all.all(|(x, y)| maps[2].pixel(x, y) == Colour::WHITE));
}

#[test]
fn the_legend_shows_the_scale_of_the_maps() {
    let (spec, mut report) = three();
    let (svg, _) = draw(WIDE, Some(&report), &spec);
    assert!(says(&svg, "−0.40") && says(&svg, "0.40"));
    let (drawn, _) = bitmaps(WIDE, Some(&report), &spec, &style());
    let legend = drawn.last().unwrap();
    let scale = ColourScale::new(Kind::Diverging, 0.4, Palette::Paper, style().background);
    let right = legend.size.0 - 1;
    let near = |a: Colour, b: Colour| {
        [(a.0, b.0), (a.1, b.1), (a.2, b.2)]
            .iter()
            .all(|(a, b)| a.abs_diff(*b) < 6)
    };
    assert!(near(legend.pixel(0, 0), scale.colour(-0.4)));
    assert!(near(legend.pixel(legend.size.0 / 2, 0), Colour::WHITE));
    assert!(near(legend.pixel(right, 0), scale.colour(0.4)));

    report.direction = None;
    let (svg, layout) = draw(WIDE, Some(&report), &spec);
    assert!(!says(&svg, "−0.40") && says(&svg, "0.40"));
    assert!(layout.summary.contains("from 0 to 0.40 (red)"));
    let (drawn, _) = bitmaps(WIDE, Some(&report), &spec, &style());
    assert!(near(drawn.last().unwrap().pixel(0, 0), Colour::WHITE));
    // Without a direction every importance is red.
    let Colour(red, _, blue) = drawn[0].cell((2, 3), 0, 2);
    assert!(red > blue);
}

#[test]
fn a_map_is_blitted_where_the_layout_says_at_the_screen_s_own_pixels() {
    let (spec, report) = three();
    for scale in [1.0, 1.5, 2.0, 3.0] {
        let style = Style { scale, ..style() };
        let size = ((800.0 * scale) as u32, (300.0 * scale) as u32);
        let (maps, layout) = bitmaps(size, Some(&report), &spec, &style);
        for (map, place) in maps.iter().zip(&layout.maps) {
            let pixels = [place.x, place.y, place.width, place.height];
            let [x, y, width, height] = pixels.map(|css| (css * scale).round() as i32);
            assert_eq!(map.at, (x, y));
            assert_eq!(map.size, (width as u32, height as u32));
            // Every cell is the same whole number of device pixels.
            assert_eq!((map.size.0 % 3, map.size.1 % 2), (0, 0));
            assert_eq!(map.size.0 / 3, map.size.1 / 2);
        }
    }
}

#[test]
fn parts_of_another_shape_are_not_drawn() {
    let (_, report) = three();
    let other = spec(5, 2, 3);
    let (svg, layout) = draw(WIDE, Some(&report), &other);
    assert!(rectangles(&svg, style().accent).is_empty());
    assert_eq!(svg.matches("<image").count(), 0);
    assert_eq!(layout.order, [0, 1, 2, 3, 4]);

    let (mut same, report) = three();
    same.class = 2;
    let (svg, _) = draw(WIDE, Some(&report), &same);
    assert!(rectangles(&svg, style().accent).is_empty());
    assert_eq!(svg.matches("<image").count(), 3 + 1);
}

#[test]
fn the_summary_says_what_the_figure_shows() {
    let (spec, report) = three();
    assert_eq!(
        draw(WIDE, Some(&report), &spec).1.summary,
        "Latent importance of class 0 as mean squared error: dimension 2 0.0200 ± 0.0020, \
         dimension 1 0.0100 ± 0.0010, dimension 3 0 ± 0. Maps of pixel importance times direction \
         on one scale, from −0.40 (blue) over 0 to 0.40 (red). Dimension 3 is empty: it is always \
         0."
    );
    assert_eq!(
        draw(WIDE, None, &spec).1.summary,
        "Latent importance of 3 dimensions is not known yet. Pixel importance is not known yet."
    );
}

/// A report in which everything is known and no two numbers are the same.
fn full(dims: usize, height: usize, width: usize) -> crate::report::Report {
    let spec = spec(dims, height, width);
    let pixels = spec.image.pixels();
    let mut report = heading(&spec);
    let ramp = |shape| Array2::from_shape_fn(shape, |(row, column)| (row + column + 1) as f32);
    report.pixel_importance = Some(estimate(ramp((pixels, dims)), None));
    report.direction = Some(direction(Array2::from_elem((pixels, dims), -1.0)));
    report.latent_importance = Some(estimate(ramp((2, dims)), Some(ramp((2, dims)) * 0.1)));
    report
}

#[test]
fn any_number_of_dimensions_and_any_image_can_be_drawn() {
    for dims in [1, 2, 7, 64, 512] {
        for (height, width) in [(28, 28), (12, 40), (40, 12), (1, 1), (1, 5)] {
            let spec = spec(dims, height, width);
            let report = full(dims, height, width);
            for size in [(350, 640), (760, 400), (2000, 800), (40, 40), (1, 1)] {
                let (_, layout) = draw(size, Some(&report), &spec);
                assert_eq!(layout.order, (0..dims).rev().collect::<Vec<_>>());
                assert_eq!((layout.maps.len(), layout.bars.len()), (dims, dims));
            }
        }
    }
}

#[test]
fn crowded_rows_and_maps_lose_labels_before_they_overlap() {
    let (svg, layout) = draw((900, 500), Some(&full(512, 8, 8)), &spec(512, 8, 8));
    let numbers: Vec<i32> = texts(&svg)
        .iter()
        .filter(|(text, x, y)| text.parse::<usize>().is_ok() && *x < 60 && *y < 450)
        .map(|(_, _, y)| *y)
        .collect();
    assert!(numbers.len() > 10);
    assert!(numbers.windows(2).all(|pair| pair[1] - pair[0] >= 11));
    let titles = texts(&svg).into_iter().filter(|(_, x, _)| *x > 330).count();
    assert!(titles < 12, "maps this small have no titles");
    assert!(layout.maps[0].width >= 8.0);

    let (svg, layout) = draw((900, 900), Some(&full(64, 8, 8)), &spec(64, 8, 8));
    let (rows, maps) = labels(&svg, &layout);
    assert_eq!(rows.len(), 64);
    assert_eq!(rows, maps);
}

fn overlap(a: Rect, b: Rect) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

#[test]
fn nothing_overlaps_and_nothing_leaves_the_area() {
    for scale in [1.0, 1.25, 2.0] {
        let style = Style { scale, ..style() };
        for dims in [1, 2, 3, 5, 12, 16, 31, 32, 64, 100, 512] {
            for (height, width) in [(28, 28), (32, 32), (10, 64), (64, 10)] {
                for columns in [None, Some(1), Some(4)] {
                    let spec = FigureSpec {
                        columns,
                        ..spec(dims, height, width)
                    };
                    for css in [320.0, 350.0, 500.0, 571.0, 573.0, 760.0, 1280.0, 2000.0] {
                        let good = figure_height(css, None, &spec, &style);
                        for css_height in [good, 420.0, 700.0] {
                            let size = (style.px(css), style.px(css_height));
                            check(size, &spec, &style);
                        }
                    }
                }
            }
        }
    }
}

fn check(size: (i32, i32), spec: &FigureSpec, style: &Style) {
    let place = Layout::new(size, spec.content(), style);
    let area = Rect {
        x: 0,
        y: 0,
        width: size.0,
        height: size.1,
    };
    let inside = |rect: Rect| {
        rect.x >= area.x
            && rect.y >= area.y
            && rect.right() <= area.right()
            && rect.bottom() <= area.bottom()
    };
    let case = format!("{size:?} {spec:?} {}", style.scale);
    let titled = |image: &Rect| Rect {
        y: image.y - place.maps.title,
        height: image.height + place.maps.title,
        ..*image
    };
    let maps: Vec<Rect> = place.maps.images.iter().map(titled).collect();
    let rows = &place.bars.marks.rows;
    // Rows, and the maps of a row, follow each other; so neighbours are all there is to compare.
    for list in [rows, &maps] {
        assert!(list.iter().all(|rect| inside(*rect)), "{case}");
        assert!(
            list.windows(2).all(|pair| !overlap(pair[0], pair[1])),
            "{case}"
        );
    }
    for (position, map) in maps.iter().enumerate() {
        let below = maps[position + 1..]
            .iter()
            .find(|other| other.x == map.x && other.y > map.y);
        assert!(below.is_none_or(|below| below.y >= map.bottom()), "{case}");
        assert!(!overlap(*map, place.maps.legend), "{case}");
        assert!(!overlap(*map, place.bars.marks.plot), "{case}");
    }
    assert!(inside(place.bars.marks.plot), "{case}");
    assert!(inside(place.maps.legend), "{case} {:?}", place.maps.legend);
    assert!(!overlap(place.bars.marks.plot, place.maps.legend), "{case}");
    // The legend's labels and title.
    assert!(
        place.maps.legend.bottom() + style.em(2.6) <= area.bottom(),
        "{case} {:?}",
        place.maps.legend
    );
}

#[test]
fn at_its_good_height_the_figure_shows_every_dimension_large() {
    let style = style();
    for (width, dims) in [(350.0, 12), (760.0, 12), (1280.0, 12), (1100.0, 32)] {
        let spec = spec(dims, 28, 28);
        let height = figure_height(width, None, &spec, &style);
        let place = Layout::new((style.px(width), style.px(height)), spec.content(), &style);
        assert_eq!(place.bars.marks.label_every, 1);
        assert!(place.maps.title > 0);
        assert!(place.maps.images[0].width >= 65, "{width} {dims}");
        let glance = if width < 500.0 { 1000.0 } else { 720.0 };
        assert!(height < glance, "{width} {dims} {height}");
    }
}

#[test]
fn columns_can_be_chosen() {
    let mut spec = spec(10, 28, 28);
    spec.columns = Some(5);
    let place = Layout::new((1000, 400), spec.content(), &style());
    let first = place.maps.images[0];
    let row = place.maps.images.iter().filter(|image| image.y == first.y);
    assert_eq!(row.count(), 5);
    assert_eq!(spec.image, ImageShape::grey(28, 28));
}
