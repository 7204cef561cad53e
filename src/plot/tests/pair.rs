//! One dimension's two maps, by their pixels.

use super::record::record;
use super::scene::{says, spec, style, three};
use super::table::cells;
use crate::plot::{
    Colour, ColourScale, FigureLayout, FigureSpec, Kind, Palette, Scale, Style, pair, pair_height,
    pair_numbers, svg,
};
use crate::report::Report;

const WIDE: (u32, u32) = (700, 340);

fn said(
    size: (u32, u32),
    report: Option<&Report>,
    spec: &FigureSpec,
    dim: Option<usize>,
) -> (String, FigureLayout) {
    svg(size, |area| pair(area, report, spec, dim, &style())).unwrap()
}

#[test]
fn importance_stands_beside_itself_with_direction_each_with_the_dimension_s_scale() {
    let (mut spec, report) = three();
    for scale in [Scale::Shared, Scale::Each] {
        spec.scale = scale;
        let draw = |area: &_| pair(area, Some(&report), &spec, Some(0), &style());
        let (drawn, layout) = record(WIDE, draw);
        // Map, legend, map, legend.
        assert_eq!(drawn.len(), 4);
        let kinds = [Kind::Sequential, Kind::Diverging];
        let [plain, directional] =
            kinds.map(|kind| ColourScale::new(kind, 0.2, Palette::Paper, Colour::WHITE));
        // Dimension 1: 0 0.1 0.2 over 0 0 0.05, of which 0.1 falls.
        assert_eq!(drawn[0].cell((2, 3), 0, 1), plain.colour(0.1));
        assert_eq!(drawn[2].cell((2, 3), 0, 1), directional.colour(-0.1));
        for map in [&drawn[0], &drawn[2]] {
            assert_eq!(map.cell((2, 3), 0, 2), plain.colour(0.2));
            assert_eq!(map.cell((2, 3), 0, 0), Colour::WHITE);
        }
        let dims: Vec<usize> = layout.maps.iter().map(|map| map.dim).collect();
        assert_eq!((dims, layout.order), (vec![0, 0], vec![0]));
        let (svg, layout) = said(WIDE, Some(&report), &spec, Some(0));
        for text in [
            "Dimension 1",
            "Pixel importance",
            "Pixel importance × direction",
            "−0.20",
        ] {
            assert!(says(&svg, text), "{text}");
        }
        assert_eq!(
            layout.summary,
            "Dimension 1: pixel importance from 0 to 0.20 (red), beside the same times direction, \
             from −0.20 (blue) over 0 to 0.20 (red)."
        );
    }
}

#[test]
fn without_a_dimension_it_is_the_figure_s_first() {
    let (mut spec, report) = three();
    for (class, first) in [(0, "Dimension 2"), (1, "Dimension 1")] {
        spec.class = class;
        assert!(says(&said(WIDE, Some(&report), &spec, None).0, first));
    }
}

#[test]
fn empty_unknown_and_missing_dimensions_are_said_to_be_that() {
    let (spec, mut report) = three();
    let summary = |report: Option<&Report>, dim| said(WIDE, report, &spec, Some(dim)).1.summary;
    assert_eq!(
        summary(Some(&report), 2),
        "Dimension 3: pixel importance is 0 everywhere."
    );
    assert_eq!(
        summary(None, 1),
        "Dimension 2: pixel importance is not known yet."
    );
    assert_eq!(
        summary(Some(&report), 7),
        "There is no dimension 8: there are 3 dimensions."
    );
    report.direction = None;
    assert_eq!(
        summary(Some(&report), 1),
        "Dimension 2: pixel importance from 0 to 0.40 (red); directions are not known yet."
    );
}

#[test]
fn maps_stay_where_they_are_and_inside_the_area() {
    let spec = spec(12, 28, 28);
    for scale in [1.0, 1.5, 2.0] {
        let style = Style { scale, ..style() };
        for width in [300.0, 390.0, 467.0, 469.0, 760.0, 1100.0] {
            let height = pair_height(width, &spec, &style);
            for height in [height, 240.0, 600.0] {
                let size = (style.px(width) as u32, style.px(height) as u32);
                let (_, layout) =
                    svg(size, |area| pair(area, None, &spec, Some(3), &style)).unwrap();
                let [a, b] = layout.maps.as_slice() else {
                    panic!("{} maps", layout.maps.len())
                };
                assert_eq!((a.width, a.height), (b.width, b.height));
                let beside = a.y == b.y && a.x + a.width < b.x;
                let below = a.x == b.x && a.y + a.height + 40.0 < b.y;
                assert!(beside || below, "{width} {a:?} {b:?}");
                assert_eq!(below, width < 468.0);
                // The legend, its labels and its title stand below the map.
                assert!(b.x + b.width <= width, "{width} {b:?}");
                assert!(b.y + b.height + 50.0 <= height, "{width} × {height} {b:?}");
            }
        }
        let height = pair_height(390.0, &spec, &style);
        let size = (style.px(390.0) as u32, style.px(height) as u32);
        let (_, layout) = svg(size, |area| pair(area, None, &spec, None, &style)).unwrap();
        assert!(layout.maps[0].width >= 250.0);
    }
}

#[test]
fn the_table_has_the_pixels_that_matter_most() {
    let (mut spec, report) = three();
    let table = pair_numbers(Some(&report), &spec, Some(0));
    assert_eq!(
        table.caption,
        "The 3 pixels that matter most to dimension 1"
    );
    assert_eq!(
        cells(&table),
        [
            ["1, 3", "0.2000", "", "0.500", "rises"],
            ["1, 2", "0.1000", "", "−0.500", "falls"],
            ["2, 3", "0.05000", "", "0.500", "rises"],
        ]
    );
    spec.threshold = 0.6;
    let table = pair_numbers(Some(&report), &spec, Some(0));
    assert_eq!(table.rows[0][4], "has no direction");
    let caption = |report, dim| pair_numbers(report, &spec, Some(dim)).caption;
    assert_eq!(caption(Some(&report), 2), "No pixel matters to dimension 3");
    assert_eq!(caption(None, 2), "Pixel importance is not known yet");
}
