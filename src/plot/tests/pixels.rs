//! Pixel importance alone, by the pixels of its maps.

use super::record::{Bitmap, record};
use super::scene::{draw, estimate, says, style, three};
use super::table::cells;
use crate::plot::{
    Colour, ColourScale, FigureLayout, FigureSpec, Kind, Palette, Rotation, Scale, pixels,
    pixels_height, pixels_numbers, svg,
};
use crate::report::Report;

const WIDE: (u32, u32) = (800, 300);

fn drawn(report: &Report, spec: &FigureSpec) -> (Vec<Bitmap>, FigureLayout) {
    record(WIDE, |area| pixels(area, Some(report), spec, &style()))
}

fn said(report: Option<&Report>, spec: &FigureSpec) -> (String, FigureLayout) {
    svg(WIDE, |area| pixels(area, report, spec, &style())).unwrap()
}

fn red(limit: f64) -> ColourScale {
    ColourScale::new(Kind::Sequential, limit, Palette::Paper, Colour::WHITE)
}

#[test]
fn maps_show_importance_without_its_direction_on_one_scale() {
    let (mut spec, report) = three();
    spec.sort = false;
    let (maps, layout) = drawn(&report, &spec);
    assert_eq!(maps.len(), 3 + 1, "three maps and a legend");
    assert_eq!(layout.order, [0, 1, 2]);
    assert!(layout.bars.is_empty());
    let v = &report.pixel_importance.as_ref().unwrap().mean;
    for (dim, map) in maps.iter().take(3).enumerate() {
        for pixel in 0..6 {
            let cell = map.cell((2, 3), pixel as u32 / 3, pixel as u32 % 3);
            let value = f64::from(v[(pixel, dim)]);
            assert_eq!(
                cell,
                red(0.4).colour(value),
                "dimension {dim}, pixel {pixel}"
            );
        }
    }
    let (svg, _) = said(Some(&report), &spec);
    assert!(says(&svg, "Pixel importance") && says(&svg, "0.40") && !says(&svg, "−0.40"));
}

#[test]
fn the_widest_range_comes_first_whatever_matters_to_the_class() {
    let (mut spec, mut report) = three();
    // Dimension 1 reaches further, but dimension 2 varies more.
    report
        .pixel_importance
        .as_mut()
        .unwrap()
        .mean
        .column_mut(0)
        .fill(0.5);
    spec.class = 1;
    assert_eq!(draw(WIDE, Some(&report), &spec).1.order, [0, 1, 2]);
    assert_eq!(drawn(&report, &spec).1.order, [1, 0, 2]);
    spec.top = Some(1);
    assert_eq!(drawn(&report, &spec).1.order, [1]);

    spec.top = None;
    report.pixel_importance.as_mut().unwrap().repeats = 0;
    assert_eq!(
        drawn(&report, &spec).1.order,
        [0, 1, 2],
        "not all have had their turn"
    );
}

#[test]
fn maps_are_filtered_turned_and_scaled_as_the_figure_s_are() {
    let (mut spec, report) = three();
    spec.filter_empty = true;
    spec.rotate = Rotation::Quarter;
    spec.scale = Scale::Each;
    let (maps, layout) = drawn(&report, &spec);
    assert_eq!(layout.order, [1, 0]);
    // Turned, the lower left pixel of dimension 1, 0, is the upper left one, and 0.2 the lowest.
    assert_eq!(maps[1].cell((3, 2), 0, 0), Colour::WHITE);
    assert_eq!(maps[1].cell((3, 2), 2, 1), red(0.2).colour(0.2));
    let said = said(Some(&report), &spec).1.summary;
    assert_eq!(
        said,
        "Ranges of pixel importance, widest first, the first 2 of 3: dimension 2 0.400, dimension \
         1 0.200. Maps of pixel importance, each from 0 to its limit (red). Limits, the first 2 of \
         3: dimension 2 0.40, dimension 1 0.20. Maps are turned 90° clockwise. Dimension 3 is \
         empty and left out: it is always 0."
    );
}

#[test]
fn what_is_not_known_stands_in_its_place() {
    let (spec, report) = three();
    let (_, full) = said(Some(&report), &spec);
    let (svg, empty) = said(None, &spec);
    assert_eq!(svg.matches("<image").count(), 0);
    assert_eq!(empty.summary, "Pixel importance is not known yet.");
    let places = |layout: &FigureLayout| -> Vec<[f64; 4]> {
        let maps = layout.maps.iter();
        maps.map(|map| [map.x, map.y, map.width, map.height])
            .collect()
    };
    assert_eq!(places(&empty), places(&full));
}

#[test]
fn at_its_good_height_every_map_is_large_and_inside() {
    for (width, dims) in [(300.0, 12), (390.0, 32), (760.0, 12), (1100.0, 32)] {
        let spec = super::scene::spec(dims, 28, 28);
        let height = pixels_height(width, &spec, &style());
        let size = (width as u32, height as u32);
        let (_, layout) = svg(size, |area| pixels(area, None, &spec, &style())).unwrap();
        for map in &layout.maps {
            assert!(map.width >= 60.0, "{width} {dims} {map:?}");
            assert!(map.x + map.width <= width && map.y + map.height + 40.0 <= height);
        }
    }
}

#[test]
fn the_table_has_ranges_and_their_pixels() {
    let (spec, mut report) = three();
    let v = report.pixel_importance.as_ref().unwrap().mean.clone();
    report.pixel_importance = Some(estimate(v.clone(), Some(v * 0.1)));
    let table = pixels_numbers(Some(&report), &spec);
    assert_eq!(
        cells(&table),
        [
            ["2", "0.4000", "0.4000", "0.040", "1, 1"],
            ["1", "0.2000", "0.2000", "0.020", "1, 3"],
            ["3", "0", "0", "0", "1, 1"],
        ]
    );
    assert!(pixels_numbers(None, &spec).rows.is_empty());
}
