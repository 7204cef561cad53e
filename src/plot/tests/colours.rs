//! Charts of images in colour, by their pixels and by what they say.

use ndarray::{Array2, array};

use super::record::{bitmaps, record};
use super::scene::{direction, draw, estimate, heading, says, style};
use super::table::cells;
use crate::data::ImageShape;
use crate::plot::{
    Colour, ColourScale, FigureSpec, Kind, Palette, Scale, figure_numbers, pair, pair_numbers,
    pixel, pixels, pixels_numbers, reconstructions, reconstructions_numbers, svg,
};
use crate::report::Report;
use crate::settings::Permute;
use crate::train::Samples;

const WIDE: (u32, u32) = (700, 300);

/// One image of 1 × 2 pixels with so many channels.
fn sample(channels: usize, image: Array2<f32>) -> (FigureSpec, Report) {
    let shape = ImageShape {
        channels,
        ..ImageShape::grey(1, 2)
    };
    let spec = FigureSpec::new(0, 1, shape);
    let mut report = heading(&spec);
    report.samples = Some(Samples {
        labels: vec![0],
        latents: Array2::zeros((1, 1)),
        reconstructions: image.mapv(|value| 1.0 - value),
        images: image,
        #[cfg(feature = "general")]
        noisy: None,
    });
    (spec, report)
}

/// Two dimensions of 1 × 2 images in colour, each of whose channels is permuted by itself: a pixel's
/// red, green and blue stand one below the other.
fn by_channel() -> (FigureSpec, Report) {
    let shape = ImageShape {
        channels: 3,
        ..ImageShape::grey(1, 2)
    };
    let spec = FigureSpec {
        sort: false,
        ..FigureSpec::new(0, 2, shape)
    };
    let mut report = heading(&spec);
    report.settings.permute = Permute::Channel;
    report.pixel_importance = Some(estimate(
        array![
            [0.1, 0.0],
            [0.2, 0.05],
            [0.4, 0.0],
            [0.0, 0.1],
            [0.3, 0.0],
            [0.0, 0.2]
        ],
        None,
    ));
    report.direction = Some(direction(array![
        [1.0, 0.0],
        [-1.0, 1.0],
        [1.0, 0.0],
        [0.0, 1.0],
        [1.0, 0.0],
        [0.0, -1.0],
    ]));
    report.latent_importance = Some(estimate(array![[0.01, 0.02], [0.04, 0.03]], None));
    (spec, report)
}

#[test]
fn images_have_their_colours_whatever_colours_grey_ones_have() {
    let (mut spec, report) = sample(3, array![[1.0, 0.0, 0.2, 0.0, 0.6, 1.0]]);
    spec.rotate = crate::plot::Rotation::Half;
    let draw = |area: &_| reconstructions(area, Some(&report), &spec, &style());
    let (drawn, layout) = record(WIDE, draw);
    let [input, made] = drawn.as_slice() else {
        panic!("{} pictures", drawn.len())
    };
    assert_eq!(input.cell((1, 2), 0, 0), Colour(0, 153, 255));
    assert_eq!(input.cell((1, 2), 0, 1), Colour(255, 0, 51));
    assert_eq!(made.cell((1, 2), 0, 1), Colour(0, 255, 204));
    assert!(!layout.summary.contains("mean of"));
    let table = reconstructions_numbers(Some(&report), &spec);
    assert_eq!(table.columns[3], "Cross-entropy (nats per value)");
}

#[test]
fn other_numbers_of_channels_are_shown_as_their_mean_which_is_said() {
    let (mut spec, report) = sample(2, array![[1.0, 0.0, 0.2, 0.2]]);
    spec.images = crate::plot::ImageColours::Bright;
    let (drawn, _) = record(WIDE, |area| {
        reconstructions(area, Some(&report), &spec, &style())
    });
    assert_eq!(drawn[0].cell((1, 2), 0, 0), Colour(128, 128, 128));
    assert_eq!(drawn[0].cell((1, 2), 0, 1), Colour(51, 51, 51));
    let (svg, layout) = svg(WIDE, |area| {
        reconstructions(area, Some(&report), &spec, &style())
    })
    .unwrap();
    assert!(says(
        &svg,
        "Held-out images and their reconstructions, the mean of 2 channels"
    ));
    assert!(layout.summary.ends_with("Shown is the mean of 2 channels."));
}

#[test]
fn maps_are_those_of_the_channel_that_is_chosen_on_the_scale_of_all() {
    let (mut spec, report) = by_channel();
    for (channel, name, values) in [
        (0, "red", [[0.1_f32, 0.0], [0.0, 0.1]]),
        (1, "green", [[-0.2, 0.3], [0.05, 0.0]]),
        (2, "blue", [[0.4, 0.0], [0.0, -0.2]]),
        // There is none: the last.
        (7, "blue", [[0.4, 0.0], [0.0, -0.2]]),
    ] {
        spec.channel = channel;
        spec.scale = Scale::Shared;
        let (maps, layout) = bitmaps(WIDE, Some(&report), &spec, &style());
        let scale = ColourScale::new(Kind::Diverging, 0.4, Palette::Paper, Colour::WHITE);
        for (map, values) in maps.iter().zip(values) {
            for (column, value) in (0..).zip(values) {
                let value = f64::from(value);
                assert_eq!(map.cell((1, 2), 0, column), scale.colour(value), "{name}");
            }
        }
        assert!(
            layout
                .summary
                .contains(&format!("times direction, {name} channel on"))
        );
        let (svg, _) = draw(WIDE, Some(&report), &spec);
        let heading = format!("Pixel importance × direction, {name} channel");
        assert!(says(&svg, &heading));

        // A scale of its own is that of all channels, too.
        spec.scale = Scale::Each;
        let (maps, _) = bitmaps(WIDE, Some(&report), &spec, &style());
        let own = scale.up_to(0.2);
        let found = maps[1].cell((1, 2), 0, 1);
        assert_eq!(found, own.colour(f64::from(values[1][1])));
    }
}

#[test]
fn numbers_under_a_pointer_and_in_tables_are_those_of_the_channel() {
    let (mut spec, report) = by_channel();
    spec.channel = 2;
    let found = pixel(Some(&report), &spec, 1, (0.9, 0.5)).unwrap();
    assert_eq!((found.pixel, found.row, found.column), (5, 1, 2));
    assert_eq!((found.channel, found.importance), (Some(3), 0.2));
    assert_eq!(found.sign, Some(-1.0));
    let table = pair_numbers(Some(&report), &spec, Some(1));
    assert_eq!(
        table.caption,
        "The pixel that matters to dimension 2, blue channel"
    );
    assert_eq!(cells(&table)[0][..2], ["1, 2", "0.2000"]);
    let table = pixels_numbers(Some(&report), &spec);
    assert!(table.caption.ends_with(", blue channel"));
    assert_eq!(cells(&table)[0], ["1", "0.4000", "0.4000", "", "1, 1"]);
    let table = figure_numbers(Some(&report), &spec);
    assert!(
        table
            .caption
            .ends_with("move each dimension most, blue channel")
    );
    assert_eq!(cells(&table)[1][3..], ["none", "1, 2"]);
    let (_, layout) = svg(WIDE, |area| pixels(area, Some(&report), &spec, &style())).unwrap();
    assert!(
        layout
            .summary
            .starts_with("Ranges of pixel importance, blue channel")
    );

    // Of images with another number of channels, they are numbered.
    let mut two = report;
    spec.image.channels = 2;
    two.image.channels = 2;
    let rows = |matrix: &Array2<f32>| matrix.slice(ndarray::s![..4, ..]).to_owned();
    let importance = two.pixel_importance.as_mut().unwrap();
    importance.mean = rows(&importance.mean);
    two.direction = None;
    assert!(
        pair_numbers(Some(&two), &spec, Some(1))
            .caption
            .ends_with(", channel 2")
    );
}

#[test]
fn a_pixel_with_all_of_its_channels_has_one_map_and_one_direction() {
    let (mut spec, mut report) = by_channel();
    assert!(
        !draw(WIDE, Some(&report), &spec)
            .1
            .summary
            .contains("mean of its channels")
    );
    report.settings.permute = Permute::Pixel;
    assert!(
        !says(&draw(WIDE, Some(&report), &spec).0, "0.40"),
        "rows of another run"
    );
    report.pixel_importance = Some(estimate(array![[0.1, 0.4], [0.2, 0.0]], None));
    report.direction = Some(direction(array![[1.0, -1.0], [1.0, 0.0]]));
    spec.channel = 1;
    let (svg, layout) = draw(WIDE, Some(&report), &spec);
    assert!(says(&svg, "Pixel importance × direction") && says(&svg, "0.40"));
    let said = "A pixel's direction is that of the mean of its channels.";
    assert!(layout.summary.contains(said));
    let found = pixel(Some(&report), &spec, 1, (0.1, 0.5)).unwrap();
    assert_eq!((found.pixel, found.channel), (0, None));
    assert_eq!((found.importance, found.sign), (0.4, Some(-1.0)));
}

#[test]
fn dimensions_of_feature_maps_are_named_where_they_are_alone_and_in_tables() {
    let (spec, mut report) = by_channel();
    report.latent = Some(ImageShape {
        channels: 2,
        ..ImageShape::grey(1, 1)
    });
    let (svg, layout) = svg(WIDE, |area| {
        pair(area, Some(&report), &spec, Some(1), &style())
    })
    .unwrap();
    let named = "Dimension 2 (channel 2, row 1, column 1)";
    assert!(says(&svg, named) && layout.summary.starts_with(named));
    let table = figure_numbers(Some(&report), &spec);
    assert_eq!(cells(&table)[0][0], "1 (channel 1, row 1, column 1)");
    let (figure, _) = draw(WIDE, Some(&report), &spec);
    assert!(says(&figure, "2"), "titles of maps stay numbers");
}
