//! Signals and tables: what is drawn is what the report has, in order, by name and to scale.

use ndarray::{Array2, array};

use super::scene::{direction, estimate, heading, rectangles, spec, style, texts};
use crate::data::{Class, Dataset, Division, Explain, ImageSet, ImageShape, Pixels, Scaling};
use crate::plot::{
    Chart, ColourScale, Extra, FigureSpec, Kind, Known, figure, figure_height, figure_numbers,
    grid, pair_numbers, pixel, pixels, pixels_numbers, svg,
};
use crate::report::{DataForm, DataSource, Report};
use crate::settings::Recipients;

const NAMES: [&str; 4] = ["sepal length", "sepal width", "petal length", "petal width"];

/// Two dimensions of four columns with names.
fn table() -> (FigureSpec, Report) {
    let mut spec = spec(2, 1, 4);
    spec.form = DataForm::Table;
    let mut report = heading(&spec);
    report.data.form = DataForm::Table;
    report.data.columns = Some(NAMES.map(String::from).into());
    report.pixel_importance = Some(estimate(
        array![[0.1, 0.0], [0.2, 0.25], [0.0, 0.5], [0.4, 0.1]],
        None,
    ));
    report.direction = Some(direction(array![
        [1.0, 0.0],
        [-1.0, 1.0],
        [0.0, -1.0],
        [1.0, 1.0]
    ]));
    report.latent_importance = Some(estimate(array![[0.03, 0.01], [0.01, 0.02]], None));
    (spec, report)
}

/// Two dimensions of signals of so many time steps, whose importance is `value`.
fn signal(steps: usize, value: impl Fn(usize, usize) -> f32) -> (FigureSpec, Report) {
    let mut spec = spec(2, 1, steps);
    spec.form = DataForm::Signal;
    let mut report = heading(&spec);
    report.data.form = DataForm::Signal;
    let signed = Array2::from_shape_fn((steps, 2), |(step, dim)| value(step, dim));
    report.pixel_importance = Some(estimate(signed.mapv(f32::abs), None));
    report.direction = Some(direction(signed.mapv(f32::signum)));
    report.data.means = Some(vec![
        (0..steps).map(|step| step as f32 / 4.0 - 1.0).collect(),
    ]);
    (spec, report)
}

fn drawn(width: f64, report: &Report, spec: &FigureSpec) -> (String, crate::plot::FigureLayout) {
    let height = figure_height(width, Some(report), spec, &style());
    svg((width as u32, height as u32), |area| {
        figure(area, Some(report), spec, &style())
    })
    .unwrap()
}

/// The colours of bars above and below zero, as the module says.
fn colours(limit: f64, spec: &FigureSpec) -> [crate::plot::Colour; 2] {
    let scale = ColourScale::new(Kind::Diverging, limit, spec.palette, style().background);
    [0.7 * limit, -0.7 * limit].map(|value| scale.colour(value))
}

#[test]
fn columns_of_a_table_are_bars_by_name_the_strongest_first() {
    let (spec, report) = table();
    let (svg, layout) = drawn(960.0, &report, &spec);
    assert_eq!(layout.order, [0, 1]);
    let [above, below] = colours(0.5, &spec);
    for (place, order) in layout.maps.iter().zip([[3, 1, 0, 2], [2, 1, 3, 0]]) {
        let inside = |x: i32, y: i32| {
            let (x, y) = (f64::from(x), f64::from(y));
            (place.x..place.x + place.width).contains(&x)
                && (place.y..place.y + place.height).contains(&y)
        };
        let mut named: Vec<(String, i32, i32)> = texts(&svg);
        named.retain(|(_, x, y)| inside(*x, *y));
        named.sort_by_key(|(_, _, y)| *y);
        let found: Vec<&str> = named.iter().map(|(name, ..)| name.as_str()).collect();
        assert_eq!(found, order.map(|column| NAMES[column]));

        // Bars by their place from the top, signed.
        let row = place.height / 4.0;
        let mut lengths = [0_i32; 4];
        for (colour, sign) in [(above, 1), (below, -1)] {
            for [x, y, width, height] in rectangles(&svg, colour) {
                if inside(x, y) {
                    let middle = f64::from(y) + f64::from(height) / 2.0;
                    lengths[((middle - place.y) / row) as usize] = sign * width;
                }
            }
        }
        let values = report.directional_importance().unwrap();
        let value = |at: usize| f64::from(values[(order[at], place.dim)]);
        let unit = f64::from(lengths[0]) / value(0);
        assert!(unit > 10.0, "{lengths:?}");
        for (at, &length) in lengths.iter().enumerate() {
            let off = f64::from(length) - unit * value(at);
            assert!(off.abs() <= 2.0, "{lengths:?} of {order:?}");
        }
    }
}

#[test]
fn what_is_under_a_pointer_is_the_column_that_is_drawn_there() {
    let (spec, report) = table();
    assert_eq!(grid(&spec), (4, 1));
    for (dim, order) in [(0, [3, 1, 0, 2]), (1, [2, 1, 3, 0])] {
        for (row, column) in order.into_iter().enumerate() {
            let y = (row as f64 + 0.5) / 4.0;
            let found = pixel(Some(&report), &spec, dim, (0.9, y)).unwrap();
            assert_eq!(found.pixel, column);
            assert_eq!(found.name.as_deref(), Some(NAMES[column]));
            let mean = &report.pixel_importance.as_ref().unwrap().mean;
            assert_eq!(found.importance, mean[(column, dim)]);
        }
    }
    let (spec, report) = signal(40, |step, _| step as f32);
    assert_eq!(grid(&spec), (1, 40));
    let found = pixel(Some(&report), &spec, 1, (16.5 / 40.0, 0.2)).unwrap();
    assert_eq!((found.pixel, found.name.as_deref()), (16, Some("t = 17")));
}

#[test]
fn of_many_columns_the_strongest_are_drawn_and_it_is_said_how_many() {
    let columns = 6_000;
    let mut spec = spec(32, 1, columns);
    spec.form = DataForm::Table;
    let mut report = heading(&spec);
    report.data.form = DataForm::Table;
    report.data.columns = Some((0..columns).map(|gene| format!("gene {gene}")).collect());
    let value = |(gene, dim): (usize, usize)| ((gene * 7919 + dim * 104_729) % columns) as f32;
    let values = Array2::from_shape_fn((columns, 32), value);
    report.pixel_importance = Some(estimate(values.clone(), None));
    assert_eq!(grid(&spec), (6, 1));
    let (svg, layout) = drawn(1280.0, &report, &spec);
    assert_eq!(layout.maps.len(), 32);
    let said = "the 6 strongest of 6,000 columns";
    assert!(texts(&svg).iter().any(|(text, ..)| text.contains(said)));
    assert!(layout.summary.contains(said), "{}", layout.summary);
    for dim in [0, 31] {
        let found = pixel(Some(&report), &spec, dim, (0.5, 0.1)).unwrap();
        let most = values.column(dim).iter().copied().fold(0.0, f32::max);
        assert_eq!(found.importance, most);
    }
    spec.top_columns = Some(20);
    assert_eq!(grid(&spec), (20, 1));
    assert!(
        pixel(Some(&report), &spec, 0, (0.5, 0.99))
            .unwrap()
            .importance
            >= 5_980.0
    );
    spec.top_columns = Some(9_000);
    assert_eq!(grid(&spec), (columns, 1));
}

#[test]
fn time_steps_have_bars_to_scale_under_the_mean_signal() {
    let value = |step: usize, dim: usize| match (step, dim) {
        (2, 0) => 0.5,
        (5, 0) => -0.25,
        (7, 1) => 0.1,
        _ => 0.0,
    };
    let (spec, report) = signal(8, value);
    let (svg, layout) = drawn(960.0, &report, &spec);
    let [above, below] = colours(0.5, &spec);
    let inside = |place: &crate::plot::Place, [x, y, ..]: &[i32; 4]| {
        let (x, y) = (f64::from(*x), f64::from(*y));
        (place.x..place.x + place.width).contains(&x)
            && (place.y..place.y + place.height).contains(&y)
    };
    let bars = |dim: usize, colour| -> Vec<[i32; 4]> {
        let all = rectangles(&svg, colour);
        all.into_iter()
            .filter(|bar| inside(&layout.maps[dim], bar))
            .collect()
    };
    let step = |dim: usize, bar: &[i32; 4]| {
        let place = &layout.maps[dim];
        let middle = f64::from(bar[0]) + f64::from(bar[2]) / 2.0;
        ((middle - place.x) / place.width * 8.0) as usize
    };
    let (up, down) = (bars(0, above), bars(0, below));
    assert_eq!((up.len(), down.len()), (1, 1));
    assert_eq!((step(0, &up[0]), step(0, &down[0])), (2, 5));
    assert!((up[0][3] - 2 * down[0][3]).abs() <= 1, "{up:?} {down:?}");
    // They stand on one line.
    assert_eq!(up[0][1] + up[0][3], down[0][1]);
    let other = bars(1, above);
    assert_eq!((other.len(), step(1, &other[0])), (1, 7));
    assert!((up[0][3] - 5 * other[0][3]).abs() <= 5);
    assert_eq!(svg.matches("<polyline").count(), 2);
    let said = "from −1.00 to 0.750";
    assert!(layout.summary.contains(said), "{}", layout.summary);
    let ends = texts(&svg);
    assert!(ends.iter().any(|(text, ..)| text == "8"));
}

#[test]
fn what_stands_in_one_pixel_of_the_screen_hides_nothing() {
    let (spec, report) = signal(20_000, |step, _| match step {
        7_000 => 1.0,
        7_001 => -1.0,
        _ => 0.0,
    });
    let (svg, layout) = drawn(390.0, &report, &spec);
    for colour in colours(1.0, &spec) {
        let place = &layout.maps[0];
        let tall = rectangles(&svg, colour).into_iter().filter(|bar| {
            let y = f64::from(bar[1]);
            bar[2] == 1 && (place.y..place.y + place.height).contains(&y)
        });
        assert!(tall.count() >= 1);
    }
}

#[test]
fn tables_and_sentences_speak_of_columns() {
    let (spec, report) = table();
    let of = figure_numbers(Some(&report), &spec);
    assert_eq!(
        of.columns[3..],
        ["Strongest raising column", "Strongest lowering column"]
    );
    assert_eq!(of.rows[0][3..], ["petal width", "sepal width"]);
    let of = pair_numbers(Some(&report), &spec, Some(1));
    assert_eq!(of.columns[0], "Column");
    let named: Vec<&str> = of.rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(named, ["petal length", "sepal width", "petal width"]);
    let of = pixels_numbers(Some(&report), &spec);
    assert_eq!(of.columns[4], "Column of the largest");
    let known = Known {
        report: Some(report.clone()),
        ..Known::default()
    };
    for chart in [Chart::Figure, Chart::Pixels, Chart::Pair] {
        let extra = Extra::default();
        let height = chart.height(700.0, &known, &spec, &style());
        let (svg, layout) = svg((700, height as u32), |area| {
            chart.draw(area, &known, (&spec, &extra), &style())
        })
        .unwrap();
        assert!(layout.summary.contains("olumn"), "{}", layout.summary);
        let said = texts(&svg);
        let pixel = |text: &str| text.to_lowercase().contains("pixel");
        assert!(!said.iter().any(|(text, ..)| pixel(text)), "{said:?}");
        assert!(!pixel(&layout.summary), "{}", layout.summary);
        assert!(!pixel(&chart.title_of(spec.form())));
    }
}

#[test]
fn no_chart_of_signals_or_rows_speaks_of_images() {
    let (table, of_table) = table();
    let (signal, of_signal) = signal(30, |step, dim| (step + dim) as f32);
    let mut wrong = Vec::new();
    for (spec, report) in [(&table, of_table), (&signal, of_signal)] {
        let known = Known {
            report: Some(report),
            ..Known::default()
        };
        for chart in Chart::WHOLE {
            let extra = Extra::default();
            let height = chart.height(700.0, &known, spec, &style());
            let (svg, layout) = svg((700, height.ceil() as u32), |area| {
                chart.draw(area, &known, (spec, &extra), &style())
            })
            .unwrap();
            let table = chart.numbers(&known, (spec, &extra));
            let said = texts(&svg).into_iter().map(|(text, ..)| text);
            let said = said.chain([layout.summary, chart.title_of(spec.form()), table.caption]);
            let said = said.chain(table.columns).map(|text| text.to_lowercase());
            wrong.extend(said.filter(|text| text.contains("pixel") || text.contains("image")));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn nothing_is_drawn_beyond_the_chart_however_narrow() {
    let (table, of_table) = table();
    let (signal, of_signal) = signal(300, |step, dim| (step + dim) as f32);
    for (spec, report) in [(&table, &of_table), (&signal, &of_signal)] {
        for width in [40.0, 160.0, 320.0, 1280.0] {
            for dims in [2, 32] {
                let spec = FigureSpec {
                    dims,
                    ..spec.clone()
                };
                let (_, layout) = drawn(width, report, &spec);
                for place in &layout.maps {
                    assert!(
                        place.x >= 0.0 && place.x + place.width <= width,
                        "{place:?}"
                    );
                }
                let (_, layout) = svg((width as u32, 200), |area| {
                    pixels(area, Some(report), &spec, &style())
                })
                .unwrap();
                assert!(
                    layout
                        .maps
                        .iter()
                        .all(|place| place.x + place.width <= width)
                );
            }
        }
    }
}

/// Rows that nothing else was said of are drawn as what their names make them.
#[test]
fn one_line_with_names_is_a_table() {
    let (_, mut report) = table();
    report.data.form = DataForm::Image;
    assert_eq!(report.form(), DataForm::Table);
    report.image.height = 2;
    report.image.width = 2;
    assert_eq!(report.form(), DataForm::Image);
    assert_eq!(report.nouns().feature, ["column", "columns"]);
    let mut spec = spec(2, 2, 2);
    spec.form = DataForm::Table;
    assert_eq!(spec.form(), DataForm::Image);
}

#[test]
fn the_mean_signal_is_in_the_units_in_which_signals_were_stored() {
    let rows = |values: [f32; 4]| ImageSet {
        image: ImageShape::grey(1, 2),
        pixels: Pixels::Floats(values.into()),
    };
    let classes = [
        Class::new(0, rows([0.0, 0.5, 1.0, 0.5])),
        Class::new(7, rows([0.0, 1.0, 0.5, 1.0])),
    ];
    let division = Division {
        seed: 1,
        held_out: 15,
        explain: Explain::Auto,
        trains: false,
    };
    let data = Dataset::new(&classes, &division).unwrap();
    let source = DataSource {
        form: DataForm::Signal,
        scaling: Some(Scaling {
            offset: vec![10.0, -1.0],
            scale: vec![4.0, 2.0],
        }),
        ..DataSource::default()
    };
    // By hand: the first class has means of 0.5 and 0.5, the second of 0.25 and 1, and all of 0.375 and 0.75.
    let found = source.clone().of(&data).means.unwrap();
    assert_eq!(found, [[11.5, 0.5], [12.0, 0.0], [11.0, 1.0]]);
    let unscaled = DataSource {
        scaling: None,
        ..source.clone()
    };
    assert_eq!(unscaled.of(&data).means.unwrap()[0], [0.375, 0.75]);
    let table = DataSource {
        form: DataForm::Table,
        ..source
    };
    assert_eq!(table.of(&data).means, None);

    let (_, mut report) = signal(2, |_, _| 1.0);
    report.data.means = Some(vec![vec![1.0, 2.0], vec![3.0, 4.0], vec![5.0, 6.0]]);
    assert_eq!(report.mean_signal(), Some([1.0, 2.0].as_slice()));
    report.settings.measure.recipients = Recipients::Class(7);
    assert_eq!(report.mean_signal(), Some([5.0, 6.0].as_slice()));
}
