//! Channels of pictures, arrays and tables: kept, found, joined, or turned grey.

use latent_lens::data::readers::{
    Channels, Collection, File, Grey, Normalise, Options, Preview, open, open_pair,
};
use latent_lens::data::{ImageSet, ImageShape, Pixels};
use png::{BitDepth, ColorType};

use crate::files::recorded_pictures;
use crate::pack::{file, idx, npy, png, png_of, zip};
use crate::read;

fn read_with(files: &[File], options: &Options) -> Collection {
    open(files, options, &mut |_| {}).unwrap_or_else(|error| panic!("{error}"))
}

fn images(collection: &Collection) -> ImageSet {
    collection.classes().remove(0).images
}

fn colour(height: usize, width: usize) -> ImageShape {
    ImageShape {
        height,
        width,
        channels: 3,
    }
}

fn says(preview: &Preview, words: &[&str]) {
    let said = |note: &String| words.iter().all(|words| note.contains(words));
    assert!(
        preview.notes.iter().any(said),
        "{words:?} in {:?}",
        preview.notes
    );
}

/// Red grows to the right, green downwards, blue against both: no two channels are alike, and
/// neighbours are.
fn ramp(image: usize, row: usize, column: usize) -> [u8; 3] {
    [20 * column + image, 30 * row + 5, 250 - 9 * (row + column)].map(|value| value as u8)
}

/// So many images, 5 high and 6 wide, with the channels of a pixel side by side.
fn side_by_side(count: usize) -> Vec<u8> {
    let places = (0..count * 30).map(|at| (at / 30, at % 30 / 6, at % 6));
    places
        .flat_map(|(image, row, column)| ramp(image, row, column))
        .collect()
}

/// The same, channel by channel.
fn channel_by_channel(count: usize) -> Vec<u8> {
    let places = (0..count * 90).map(|at| (at / 90, at % 90 / 30, at % 30));
    let value =
        |(image, channel, pixel): (usize, usize, usize)| ramp(image, pixel / 6, pixel % 6)[channel];
    places.map(value).collect()
}

#[test]
fn colours_of_pictures_are_those_that_pillow_made_grey() {
    let mut coloured = 0;
    for (name, bytes, grey) in recorded_pictures() {
        let collection = read(&[file(&name, bytes)]).unwrap_or_else(|error| panic!("{error}"));
        let found = images(&collection);
        let values: Vec<f32> = found.intensities(0).map(|value| 255.0 * value).collect();
        let luma: Vec<f32> = if found.image.channels == 1 {
            values
        } else {
            coloured += 1;
            let (pixels, _) = values.as_chunks::<3>();
            let luma = |[red, green, blue]: &[f32; 3]| 0.299 * red + 0.587 * green + 0.114 * blue;
            pixels.iter().map(luma).collect()
        };
        assert_eq!(luma.len(), grey.len(), "{name}");
        for (found, expected) in luma.iter().zip(&grey) {
            assert!(
                (found - expected).abs() <= 4.0,
                "{name}: {found} {expected}"
            );
        }
    }
    assert!(coloured >= 8, "{coloured}");
}

#[test]
fn arrays_have_their_channels_first_or_last() {
    let expected = ImageSet {
        image: colour(5, 6),
        pixels: Pixels::Bytes(side_by_side(2)),
    };
    let files = [
        file("x.npy", npy("|u1", "(2, 5, 6, 3)", &side_by_side(2))),
        file("x.npy", npy("|u1", "(2, 3, 5, 6)", &channel_by_channel(2))),
        file("x.idx", idx(&[2, 5, 6, 3], &side_by_side(2))),
        file("x.idx", idx(&[2, 3, 5, 6], &channel_by_channel(2))),
    ];
    for each in files {
        let collection = read(std::slice::from_ref(&each)).unwrap();
        assert_eq!(images(&collection), expected, "{}", each.name);
        let preview = collection.preview();
        assert_eq!((preview.channels, preview.coloured), (3, true));
        assert_eq!(preview.examples[0].pixels, side_by_side(1));
        assert_eq!(preview.memory_bytes, 180 + 4 * 180);
    }
    // Three rows, four columns and three channels, either way round.
    let values: Vec<u8> = (0..36).collect();
    let open = [file("x.npy", npy("|u1", "(1, 3, 4, 3)", &values))];
    let last = read(&open).unwrap();
    says(&last.preview(), &["1 × 3 × 4 × 3", "could be the second"]);
    assert_eq!(images(&last).image, colour(3, 4));
    let first = Options {
        channels: Some(Channels::First),
        normalise: Some(Normalise::DivideBy255),
        ..Options::default()
    };
    let first = images(&read_with(&open, &first));
    assert_eq!(first.image, colour(4, 3));
    assert_eq!(first.shades()[..6], [0, 12, 24, 1, 13, 25]);
}

#[test]
fn other_numbers_of_channels_are_read_if_it_is_said_where_they_are() {
    let values: Vec<u8> = (0..24).collect();
    let files = [file("x.npy", npy("|u1", "(1, 2, 6, 2)", &values))];
    let error = read(&files).unwrap_err().to_string();
    assert!(error.contains("first or last"), "{error}");
    let last = Options {
        channels: Some(Channels::Last),
        normalise: Some(Normalise::DivideBy255),
        ..Options::default()
    };
    let found = images(&read_with(&files, &last));
    assert_eq!(
        found.image,
        ImageShape {
            height: 2,
            width: 6,
            channels: 2
        }
    );
    let mean = Options {
        grey: Grey::Mean,
        ..last
    };
    let collection = read_with(&files, &mean);
    assert_eq!(images(&collection).intensities(0).nth(1), Some(2.5 / 255.0));
    says(
        &collection.preview(),
        &["2 channels became grey by their mean"],
    );
}

#[test]
fn rows_of_numbers_are_colours_if_their_shape_says_so() {
    let shaped = Options {
        shape: Some(colour(5, 6)),
        ..Options::default()
    };
    let table = |values: &[u8]| {
        let rows = values.chunks(90).enumerate().map(|(row, values)| {
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            format!("{},{}\n", ["cat", "dog"][row % 2], values.join(","))
        });
        rows.collect::<String>()
    };
    for (values, words) in [
        (side_by_side(2), "pixel by pixel"),
        (channel_by_channel(2), "channel by channel"),
    ] {
        let array = file("x.npy", npy("|u1", "(2, 90)", &values));
        for each in [array, file("x.csv", table(&values))] {
            let collection = read_with(std::slice::from_ref(&each), &shaped);
            let found: Vec<u8> = collection
                .classes()
                .iter()
                .flat_map(|class| class.images.shades().into_owned())
                .collect();
            assert_eq!(found, side_by_side(2), "{} {words}", each.name);
            let preview = collection.preview();
            says(&preview, &["90 values", words, "more alike"]);
            assert!(preview.handling.iter().any(|said| said.contains(words)));
            // What was found out can be said otherwise.
            let said = Options {
                channels: Some(Channels::Last),
                ..shaped.clone()
            };
            let preview = read_with(&[each], &said).preview();
            assert!(!preview.notes.iter().any(|note| note.contains("alike")));
        }
    }
    let rows = [file("x.npy", npy("|u1", "(1, 27)", &[0; 27]))];
    let error = read(&rows).unwrap_err().to_string();
    assert!(error.contains("3 × 3 × 3 if it is in colour"), "{error}");
    let grey = Options {
        shape: Some(ImageShape::grey(3, 3)),
        ..Options::default()
    };
    let error = open(&rows, &grey, &mut |_| {}).unwrap_err().to_string();
    assert!(error.contains("3 × 3 × 3 would be"), "{error}");
}

#[test]
fn images_stored_in_colour_that_are_grey_become_grey() {
    let grey: Vec<u8> = [7, 200].into_iter().flat_map(|value| [value; 3]).collect();
    let rgb = |pixels: &[u8]| png_of(1, 2, ColorType::Rgb, BitDepth::Eight, pixels);
    let files = [
        file("x.npy", npy("|u1", "(1, 1, 2, 3)", &grey)),
        file("x.png", rgb(&grey)),
    ];
    for each in files {
        let collection = read(std::slice::from_ref(&each)).unwrap();
        let found = images(&collection);
        assert_eq!(
            found,
            ImageSet::from_bytes(1, 2, vec![7, 200]),
            "{}",
            each.name
        );
        let preview = collection.preview();
        assert_eq!((preview.channels, preview.coloured), (1, true));
        says(&preview, &["the same in every pixel"]);
        // A model may take colours all the same.
        let never = Options {
            grey: Grey::Never,
            ..Options::default()
        };
        let found = images(&read_with(std::slice::from_ref(&each), &never));
        assert_eq!((found.image, &found.shades()[..]), (colour(1, 2), &*grey));
    }
}

#[test]
fn grey_among_colours_gets_three_equal_channels() {
    let rgb = |pixels: &[u8]| png_of(1, 1, ColorType::Rgb, BitDepth::Eight, pixels);
    let pictures = [
        file("a/1.png", png(1, 1, &[9])),
        file("a/2.png", rgb(&[7, 7, 7])),
        file("a/3.png", rgb(&[1, 2, 3])),
        file("a/4.png", png(1, 1, &[4])),
    ];
    let collection = read(&pictures).unwrap();
    let found = images(&collection);
    assert_eq!(found.shades()[..], [9, 9, 9, 7, 7, 7, 1, 2, 3, 4, 4, 4]);
    says(
        &collection.preview(),
        &["3 of 4 pictures are grey", "three equal channels"],
    );
    let never = Options {
        grey: Grey::Never,
        ..Options::default()
    };
    let collection = read_with(&pictures[..1], &never);
    assert_eq!(images(&collection).shades()[..], [9; 3]);
    says(
        &collection.preview(),
        &["1 of 1 pictures are grey", "three equal channels."],
    );
    // 16 bits beside 8, both in colour and not.
    let deep: Vec<u8> = [257_u16, 514, 65535]
        .into_iter()
        .flat_map(u16::to_be_bytes)
        .collect();
    let deep = png_of(1, 1, ColorType::Rgb, BitDepth::Sixteen, &deep);
    let mixed = [file("a/1.png", png(1, 1, &[9])), file("a/2.png", deep)];
    let found = images(&read(&mixed).unwrap());
    assert_eq!(found.shades()[..], [9, 9, 9, 1, 2, 255]);

    let colours = npy("|u1", "(1, 5, 6, 3)", &side_by_side(1));
    let plain = npy("|u1", "(1, 5, 6)", &[8; 30]);
    let arrays = [file(
        "x.npz",
        zip(&[
            ("cats.npy", colours.as_slice()),
            ("dogs.npy", plain.as_slice()),
        ]),
    )];
    let collection = read(&arrays).unwrap();
    let classes = collection.classes();
    assert_eq!(classes[0].images.shades()[..], side_by_side(1));
    assert_eq!(classes[1].images.shades()[..], [8; 90]);
    let preview = collection.preview();
    says(&preview, &["three equal channels", "dogs.npy"]);
    assert!(
        preview
            .handling
            .iter()
            .any(|said| said.contains("three equal channels"))
    );

    // A test set that is grey, and one in colour for grey images to train on.
    let with_labels = |images: &[u8]| {
        let labels = npy("|u1", "(1,)", &[1]);
        [file(
            "x.npz",
            zip(&[("x.npy", images), ("y.npy", labels.as_slice())]),
        )]
    };
    for (one, other, which) in [(&colours, &plain, "test"), (&plain, &colours, "training")] {
        let [one, other] = [one, other].map(|images| with_labels(images));
        let pair = open_pair(&one, &other, &Options::default(), &mut |_| {}).unwrap();
        let preview = pair.preview();
        says(
            &preview,
            &[
                &format!("The {which} images are grey"),
                "three equal channels",
            ],
        );
        assert!(
            pair.classes()
                .iter()
                .all(|class| class.images.image == colour(5, 6))
        );
    }
}

#[test]
fn colours_are_scaled_as_all_numbers_are_or_each_channel_of_a_pixel() {
    let values: Vec<u8> = vec![0, 10, 20, 40, 10, 60];
    let files = [file("x.npy", npy("|u1", "(2, 1, 1, 3)", &values))];
    let scaled = |normalise| {
        let options = Options {
            normalise: Some(normalise),
            ..Options::default()
        };
        let collection = read_with(&files, &options);
        let said = collection.handling().pop().unwrap();
        (images(&collection).pixels.into_floats(), said)
    };
    let (column, said) = scaled(Normalise::MinMaxColumn);
    assert_eq!(column, [0.0, 0.0, 0.0, 1.0, 0.0, 1.0]);
    assert_eq!(
        said,
        "Each channel of a pixel was spread from 0 to 1, by all 2 images that were read, including those held out \
         later."
    );
    let (whole, _) = scaled(Normalise::MinMax);
    assert_eq!(whole[3], 40.0 / 60.0);
}
