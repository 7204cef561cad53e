//! Files that R wrote (`tests/oracle/rdata.R`, which also says what is in them).

use std::fs;

use latent_lens::data::readers::{Collection, File, Format, Options, open};
use latent_lens::data::{ImageShape, Pixels};

use crate::pack::{file, gzip, idx, npy};
use crate::read;

/// A file by its name.
fn of_r(name: &str) -> File {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/readers/r/");
    file(name, fs::read(format!("{folder}{name}")).unwrap())
}

/// Image `number`, counted from 1, of 2 × 3 pixels.
fn image(number: u8) -> Vec<u8> {
    let pixel = |row: u8, column: u8| 10 * number + 3 * row + column;
    (1..=2)
        .flat_map(|row| (1..=3).map(move |column| pixel(row, column)))
        .collect()
}

fn images(numbers: &[u8]) -> Pixels {
    Pixels::Bytes(numbers.iter().flat_map(|&number| image(number)).collect())
}

/// The classes' names and numbers of images.
fn classes(collection: &Collection) -> Vec<(String, usize)> {
    let classes = collection.preview().classes.into_iter();
    classes.map(|class| (class.name, class.count)).collect()
}

/// Any four images, to which labels can belong.
fn four() -> File {
    file("images", idx(&[4, 1, 1], &[1, 2, 3, 255]))
}

#[test]
fn arrays_and_labels_of_one_file_find_each_other_in_every_way_of_saving() {
    for name in [
        "double-and-integer.RData",
        "version-2.rda",
        "text.rda",
        "plain.RData",
    ] {
        let options = Options {
            normalise: Some(latent_lens::data::readers::Normalise::DivideBy255),
            ..Options::default()
        };
        let collection = open(&[of_r(name)], &options, &mut |_| {}).unwrap();
        let preview = collection.preview();
        assert_eq!(preview.format, Format::R, "{name}");
        assert_eq!((preview.height, preview.width), (2, 3), "{name}");
        assert_eq!(preview.choices.arrays, ["x", "y"], "{name}");
        assert_eq!(
            classes(&collection),
            [("1".into(), 2), ("3".into(), 2)],
            "{name}"
        );
        let pixels = |label| collection.class(label).unwrap().images.pixels;
        assert_eq!(pixels(3), images(&[1, 3]), "{name}");
        assert_eq!(pixels(1), images(&[2, 4]), "{name}");
    }
}

#[test]
fn vectors_of_every_kind_are_labels() {
    for (name, expected) in [
        ("integer.rds", ["1", "3"]),
        ("double.rds", ["1", "3"]),
        ("large.rds", ["20231000", "20231001"]),
        ("logical.rds", ["FALSE", "TRUE"]),
        ("character.rds", ["Bär", "Hund"]),
        ("latin1.rds", ["Bär", "Hund"]),
        ("factor.rds", ["cat", "owl"]),
    ] {
        let collection = read(&[four(), of_r(name)]).unwrap();
        let expected = expected.map(|name| (name.to_owned(), 2));
        assert_eq!(classes(&collection), expected, "{name}");
    }
    for name in ["sequence.rds", "deferred.rds"] {
        let collection = read(&[four(), of_r(name)]).unwrap();
        let expected = ["1", "2", "3", "4"].map(|name| (name.to_owned(), 1));
        assert_eq!(classes(&collection), expected, "{name}");
    }
}

#[test]
fn a_matrix_has_an_image_in_each_row() {
    let options = Options {
        shape: Some(ImageShape::grey(2, 3)),
        normalise: Some(latent_lens::data::readers::Normalise::DivideBy255),
        ..Options::default()
    };
    let collection = open(&[of_r("matrix.rds")], &options, &mut |_| {}).unwrap();
    assert_eq!(collection.classes()[0].images.pixels, images(&[1, 2, 3, 4]));
    let bytes = read(&[of_r("raw.rds")]).unwrap();
    let expected = Pixels::Bytes(vec![0, 7, 1, 3, 255, 9, 2, 4]);
    assert_eq!(bytes.classes()[0].images.pixels, expected);
}

/// An array of whole numbers as R's `saveRDS(x, compress = FALSE)` writes it, the first index running
/// fastest.
fn rds(dim: &[u32], values: &[u32]) -> Vec<u8> {
    let mut file = b"X\n".to_vec();
    let mut put = |words: &[u32]| file.extend(words.iter().flat_map(|word| word.to_be_bytes()));
    // The format's version and R's, a vector with attributes, a list of one called `dim`.
    put(&[2, 0x0004_0201, 0x0002_0300, 0x20d, values.len() as u32]);
    put(values);
    put(&[0x402, 1, 0x0004_0009, 3]);
    file.extend(b"dim");
    let mut put = |words: &[u32]| file.extend(words.iter().flat_map(|word| word.to_be_bytes()));
    put(&[13, dim.len() as u32]);
    put(dim);
    put(&[254]);
    file
}

#[test]
fn an_array_of_four_axes_has_colours() {
    // Two images of one row and two columns: number · 100 + column · 10 + channel, R's first index first.
    let places = (0..12).map(|at| (at % 2 + 1, at / 2 % 2 + 1, at / 4 + 1));
    let values = places.map(|(image, column, channel)| 100 * image + 10 * column + channel);
    let values: Vec<u32> = values.collect();
    let collection = read(&[file("x.rds", rds(&[2, 1, 2, 3], &values))]).unwrap();
    assert_eq!(collection.preview().channels, 3);
    let expected = vec![111, 112, 113, 121, 122, 123, 211, 212, 213, 221, 222, 223];
    assert_eq!(
        collection.classes()[0].images.pixels,
        Pixels::Bytes(expected)
    );
}

#[test]
fn tables_keep_the_names_of_their_columns() {
    let options = Options {
        shape: Some(ImageShape::grey(1, 2)),
        normalise: Some(latent_lens::data::readers::Normalise::MinMax),
        ..Options::default()
    };
    let collection = open(&[of_r("frame.rds")], &options, &mut |_| {}).unwrap();
    assert_eq!(collection.preview().choices.columns, ["kind", "a", "b"]);
    assert_eq!(classes(&collection), [("cat".into(), 2), ("owl".into(), 2)]);
    assert_eq!(
        collection.class(0).unwrap().images.pixels,
        Pixels::Floats(vec![0.0625, 0.5, 0.25, 1.0])
    );
    let collection = read(&[of_r("names.rds")]).unwrap();
    assert_eq!(collection.preview().choices.label_column, Some(0));
    assert_eq!(classes(&collection), [("1".into(), 2), ("3".into(), 2)]);
}

#[test]
fn other_things_in_a_workspace_are_left_out_and_counted() {
    let collection = read(&[of_r("workspace.RData")]).unwrap();
    assert_eq!(classes(&collection), [("1".into(), 2), ("3".into(), 2)]);
    let notes = collection.preview().notes;
    let expected = "workspace.RData: 5 values were left out that are neither images nor labels.";
    assert!(notes.iter().any(|note| note == expected), "{notes:?}");
}

#[test]
fn places_are_not_taken_for_labels_beside_labels() {
    let files = [four(), of_r("test_indices.RData"), of_r("y_test.RData")];
    let collection = read(&files).unwrap();
    assert_eq!(classes(&collection), [("0".into(), 2), ("1".into(), 2)]);
    let notes = collection.preview().notes;
    assert!(
        notes
            .iter()
            .any(|note| note.starts_with("test_indices.RData/test_indices was left out")),
        "{notes:?}"
    );
}

#[track_caller]
fn refused(files: &[File], parts: &[&str]) {
    let message = match read(files) {
        Ok(collection) => panic!("read: {:?}", collection.preview()),
        Err(error) => error.to_string(),
    };
    assert!(message.ends_with('.'), "{message}");
    for part in parts {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_the_remedy() {
    refused(
        &[of_r("bzip2.RData")],
        &["bzip2.RData", "bzip2", "compress = \"gzip\""],
    );
    refused(
        &[of_r("xz.rda")],
        &["xz.rda", "packed this file with xz", "compress = \"gzip\""],
    );
    refused(&[four(), of_r("missing.rds")], &["missing.rds, [2]", "NA"]);
    refused(
        &[of_r("y_test.RData")],
        &["Choose the file of the images as well"],
    );

    let plain = of_r("plain.RData").bytes;
    refused(
        &[file("a.RData", &plain[..200])],
        &["a.RData", "damaged or cut short"],
    );
    let mut future = plain.clone();
    future[10] = 9;
    refused(&[file("a.RData", future)], &["version 9", "version = 3"]);
    let mut size = plain;
    let dim = size.windows(3).position(|bytes| bytes == b"dim").unwrap();
    size[dim + 14] = 99;
    refused(
        &[file("a.RData", size)],
        &["a.RData/x", "not as large as it says"],
    );
    // A list of lists of lists.
    let mut deep = b"X\n\0\0\0\x02\0\x04\x02\x02\0\x02\x03\0".to_vec();
    deep.extend(b"\0\0\0\x13\0\0\0\x01".repeat(100_000));
    refused(&[file("a.rds", gzip(&deep))], &["too deep"]);
    // A thousand million numbers in 200 bytes.
    let sequence = of_r("sequence.rds").bytes;
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(
        &mut flate2::read::GzDecoder::new(&sequence[..]),
        &mut unpacked,
    )
    .unwrap();
    let four = unpacked
        .windows(8)
        .position(|bytes| bytes == 4_f64.to_be_bytes())
        .unwrap();
    unpacked[four..four + 8].copy_from_slice(&1e9_f64.to_be_bytes());
    refused(&[file("a.rds", unpacked)], &["too many small values"]);
}

#[test]
fn arrays_of_r_and_of_numpy_are_chosen_by_name() {
    let others = file("z.npy", npy("|u1", "(4, 2, 3)", &[9; 24]));
    let options = Options {
        images: Some("x".into()),
        labels: Some("y".into()),
        ..Options::default()
    };
    let files = [others, of_r("plain.RData")];
    let collection = open(&files, &options, &mut |_| {}).unwrap();
    assert_eq!(collection.preview().choices.arrays, ["x", "y", "z"]);
    assert_eq!(classes(&collection), [("1".into(), 2), ("3".into(), 2)]);
}
