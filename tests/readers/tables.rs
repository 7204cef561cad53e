//! Tables and labels as people and their programs write them.

use latent_lens::data::readers::{
    Collection, File, Gaps, LabelColumn, Need, Normalise, Options, open,
};

use crate::pack::{file, npy, zip};
use crate::read;

/// The classes by name, with their images.
fn classes(collection: &Collection) -> Vec<(String, Vec<f32>)> {
    let classes = collection.classes().into_iter();
    classes
        .map(|class| {
            let images = 0..class.images.count();
            let values =
                images.flat_map(|image| class.images.intensities(image).collect::<Vec<_>>());
            (class.name, values.collect())
        })
        .collect()
}

fn names(files: &[File]) -> Vec<String> {
    let collection = read(files).unwrap_or_else(|error| panic!("{error}"));
    classes(&collection)
        .into_iter()
        .map(|(name, _)| name)
        .collect()
}

fn bytes<T, const N: usize>(values: &[T], bytes: impl Fn(&T) -> [u8; N]) -> Vec<u8> {
    values.iter().flat_map(bytes).collect()
}

#[test]
fn labels_of_arrays_are_whole_numbers_of_64_bits_or_text() {
    let images = file(
        "x.npy",
        npy(
            "<f4",
            "(3, 1, 1)",
            &bytes(&[0.0_f32, 0.5, 1.0], |v| v.to_le_bytes()),
        ),
    );
    let labelled = |descr: &str, labels: &[u8]| {
        names(&[images.clone(), file("y.npy", npy(descr, "(3,)", labels))])
    };
    let large = [20_231_000_i64, 20_231_001, 9_007_199_254_740_993];
    let expected = ["20231000", "20231001", "9007199254740993"];
    assert_eq!(
        labelled("<i8", &bytes(&large, |v| v.to_le_bytes())),
        expected
    );
    assert_eq!(
        labelled(">u8", &bytes(&large, |v| v.to_be_bytes())),
        expected
    );
    let doubles = [20_231_000.0, 20_231_001.0, 1.5];
    assert_eq!(
        labelled("<f8", &bytes(&doubles, |v: &f64| v.to_le_bytes())),
        ["1.5", "20231000", "20231001"]
    );
    assert_eq!(
        labelled("<f4", &bytes(&[0.1_f32, 2.0, -0.0], |v| v.to_le_bytes())),
        ["0", "0.1", "2"]
    );
    assert_eq!(labelled("|b1", &[1, 0, 1]), ["False", "True"]);
    assert_eq!(labelled("|S3", b"B\xe4rB\xf6rcat"), ["Bär", "Bör", "cat"]);
    // The second ä is written as a and two dots.
    let texts: Vec<u8> = "ä\0a\u{308}z\0"
        .chars()
        .flat_map(|c| (c as u32).to_le_bytes())
        .collect();
    assert_eq!(labelled("<U2", &texts), ["ä", "z"]);

    let mut idx = vec![0, 0, 0x0c, 1, 0, 0, 0, 3];
    idx.extend(
        [20_231_000_i32, 20_231_001, -1]
            .iter()
            .flat_map(|label| label.to_be_bytes()),
    );
    assert_eq!(
        names(&[images.clone(), file("y.idx", idx)]),
        ["-1", "20231000", "20231001"]
    );
    let table = file("y.csv", "20231000\n20231001\n20231000\n");
    assert_eq!(names(&[images, table]), ["20231000", "20231001"]);
}

#[test]
fn rows_of_a_single_1_are_labels_beside_images() {
    let images = npy("|u1", "(3, 2, 2)", &[9; 12]);
    let rows = npy("|u1", "(3, 3)", &[0, 0, 1, 1, 0, 0, 0, 0, 1]);
    let packed = zip(&[("x.npy", &images), ("y.npy", &rows)]);
    let collection = read(&[file("a.npz", packed)]).unwrap();
    let found: Vec<(String, usize)> = classes(&collection)
        .into_iter()
        .map(|(name, values)| (name, values.len() / 4))
        .collect();
    assert_eq!(found, [("0".into(), 1), ("2".into(), 2)]);
    let notes = collection.preview().notes;
    assert!(notes[0].contains("a single 1 in each row"), "{notes:?}");
    // By themselves they are images.
    let square = npy("|u1", "(2, 4)", &[0, 0, 1, 0, 1, 0, 0, 0]);
    assert_eq!(read(&[file("a.npy", square)]).unwrap().preview().height, 2);
}

#[test]
fn images_along_the_last_axis_are_noticed() {
    let images = file("x.npy", npy("|u1", "(2, 2, 5)", &[7; 20]));
    let notes = read(std::slice::from_ref(&images)).unwrap().preview().notes;
    assert!(
        notes[0].contains("2 × 2 × 5") && notes[0].contains("moveaxis"),
        "{notes:?}"
    );
    let labels = file("y.npy", npy("|u1", "(5,)", &[0, 1, 0, 1, 0]));
    let error = read(&[images.clone(), labels]).unwrap_err().to_string();
    assert!(
        error.contains("5 labels, and x.npy is 2 × 2 × 5"),
        "{error}"
    );
    assert!(error.contains("numpy.moveaxis(x, -1, 0)"), "{error}");
    let labels = file("y.npy", npy("|u1", "(2,)", &[0, 1]));
    assert!(
        !read(&[images, labels])
            .unwrap()
            .preview()
            .notes
            .concat()
            .contains("moveaxis")
    );
}

#[test]
fn tables_are_read_in_the_encodings_of_windows() {
    let text = "label,x,y2\nBär,1,2\nBör,3,4\nBär,5,6\n";
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let utf_16 = |mark: &[u8]| -> Vec<u8> {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        mark.iter().copied().chain(units).collect()
    };
    for (name, bytes) in [
        ("latin.csv", latin),
        ("mark.csv", utf_16(b"\xff\xfe")),
        ("plain.csv", utf_16(b"")),
    ] {
        let collection = read(&[file(name, bytes)]).unwrap();
        let found = classes(&collection);
        assert_eq!(found[0].0, "Bär", "{name}");
        assert_eq!(found[1].0, "Bör", "{name}");
        let noted = collection.preview().notes.concat().contains("Windows-1252");
        assert_eq!(noted, name == "latin.csv");
    }
}

#[test]
fn columns_are_scaled_by_themselves_where_that_is_asked_for() {
    let table = file(
        "a.csv",
        "class,area,smoothness\nB,500,0.1\nM,1000,0.2\nB,1500,0.15\n",
    );
    let collection = read(std::slice::from_ref(&table)).unwrap();
    let preview = collection.preview();
    assert_eq!((preview.height, preview.width), (1, 2));
    assert_eq!(preview.columns.unwrap(), ["area", "smoothness"]);
    let note = preview.notes.last().unwrap();
    assert!(
        note.contains("area from 500 to 1500, smoothness from 0.1 to 0.2"),
        "{note}"
    );
    let options = Options {
        normalise: Some(Normalise::MinMaxColumn),
        ..Options::default()
    };
    let collection = open(&[table], &options, &mut |_| {}).unwrap();
    let found = classes(&collection);
    assert_eq!(found[0].1[..3], [0.0, 0.0, 1.0]);
    assert!((found[0].1[3] - 0.5).abs() < 1e-6);
    assert_eq!(
        collection.preview().handling,
        [
            "Each column was spread from 0 to 1, by all 3 rows that were read, including those held out later."
        ]
    );
    assert_eq!(
        collection.preview().notes,
        ["The labels are those of the column class."]
    );

    // A test set is scaled as its training set.
    let mut test = read(&[file("b.csv", "class,area,smoothness\nB,2000,0.1\n")]).unwrap();
    test.scale_like(&collection).unwrap();
    assert_eq!(classes(&test)[0].1, [1.5, 0.0]);
    let said = "Each column was spread from 0 to 1, as in the training set.";
    assert_eq!(test.handling(), [said]);
    let mut other = read(&[file("b.csv", "class,smoothness,area\nB,0.1,500\n")]).unwrap();
    let error = other.scale_like(&collection).unwrap_err().to_string();
    assert!(
        error.contains("smoothness stands where the training table has area"),
        "{error}"
    );
}

#[test]
fn rows_that_are_left_out_take_their_labels_with_them() {
    let files = [
        file("x.csv", "p1,p2,p3,p4\n1,2,3,4\n5,,7,8\n9,10,11,255\n"),
        file("y.csv", "label\ncat\ndog\nfox\n"),
    ];
    let error = read(&files).unwrap_err();
    assert_eq!(error.needs, Some(Need::Gaps { rows: 1 }));
    let options = Options {
        gaps: Gaps::Drop,
        normalise: Some(Normalise::Keep),
        ..Options::default()
    };
    let collection = open(&files, &options, &mut |_| {}).unwrap();
    assert_eq!(
        classes(&collection),
        [
            ("cat".into(), vec![1.0, 2.0, 3.0, 4.0]),
            ("fox".into(), vec![9.0, 10.0, 11.0, 255.0])
        ]
    );
    // The fox is the third of its file.
    assert_eq!(collection.classes()[1].origin.of, [(0, 2)]);
    assert!(
        collection.handling()[0].contains("line 3"),
        "{:?}",
        collection.handling()
    );
}

#[test]
fn tables_of_other_columns_are_not_joined() {
    let files = [
        file("a.csv", "class,age,bmi\nx,1,2\ny,3,4\n"),
        file("b.csv", "class,bmi,age\nx,1,2\ny,3,4\n"),
    ];
    let error = read(&files).unwrap_err().to_string();
    assert!(
        error.contains("The 1st of the values is bmi, that of a.csv is age"),
        "{error}"
    );
}

#[test]
fn columns_that_are_not_there_cannot_be_left_out() {
    let table = [file("a.csv", "class,age,bmi\nx,1,2\ny,3,4\n")];
    let drop = |name: &str| Options {
        drop: vec![LabelColumn::Name(name.into())],
        ..Options::default()
    };
    let preview = open(&table, &drop("age"), &mut |_| {}).unwrap().preview();
    assert_eq!(preview.columns.unwrap(), ["bmi"]);
    assert_eq!(preview.choices.left_out, [1]);
    let error = open(&table, &drop("size"), &mut |_| {}).unwrap_err();
    assert!(
        error.to_string().contains("No column is called size"),
        "{error}"
    );
    let array = [file("a.npy", npy("|u1", "(2, 1, 1)", &[1, 2]))];
    assert!(open(&array, &drop("age"), &mut |_| {}).is_err());
}

#[test]
fn long_names_stay_apart() {
    let long = "a".repeat(90);
    let text = format!("label,v\n{long}1,0\n{long}2,1\n");
    assert_eq!(
        names(&[file("a.csv", text)]),
        [format!("{long}1"), format!("{long}2")]
    );
}
