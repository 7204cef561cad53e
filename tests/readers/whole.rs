//! Sets of files as people have them, from the files to classes.

use latent_lens::data::readers::{
    Channels, Format, LabelColumn, Need, Normalise, Options, Recipe, SIDE, of_recordings, open,
};
use latent_lens::data::{ImageShape, Pixels, idx};

use crate::pack::{self, file, gzip, npy, png, zip};
use crate::read;

#[test]
fn images_and_labels_in_idx_files_find_each_other_whatever_their_names_end_in() {
    let images = pack::idx(&[4, 1, 2], &[0, 1, 2, 3, 4, 5, 6, 255]);
    let labels = pack::idx(&[4], &[7, 2, 7, 7]);
    for files in [
        vec![
            file("t-labels-idx1-ubyte.gz", gzip(&labels)),
            file("t-images-idx3-ubyte.csv", images.clone()),
        ],
        vec![file(
            "both.rar",
            zip(&[("a/t-images", &gzip(&images)), ("a/t-labels", &labels)]),
        )],
    ] {
        let collection = read(&files).unwrap();
        let preview = collection.preview();
        assert_eq!(preview.format, Format::Idx);
        assert_eq!((preview.height, preview.width), (1, 2));
        assert_eq!(preview.range, (0.0, 255.0));
        assert_eq!(preview.normalise, Normalise::DivideBy255);
        let seven = collection.class(7).unwrap();
        assert_eq!(seven.images.pixels, Pixels::Bytes(vec![0, 1, 4, 5, 6, 255]));
        assert_eq!(collection.class(2).unwrap().images.count(), 1);
        assert!(collection.class(3).is_none());
        // What the engines are given.
        assert_eq!(idx::read(&idx::write(&seven.images)), Ok(seven.images));
    }
}

#[test]
fn a_training_and_a_test_set_are_joined_each_with_its_labels() {
    let files = [
        file("train-images", pack::idx(&[3, 1, 1], &[1, 2, 255])),
        file("test-images", pack::idx(&[3, 1, 1], &[4, 5, 6])),
        file("test-labels", pack::idx(&[3], &[1, 0, 1])),
        file("train-labels", pack::idx(&[3], &[0, 1, 0])),
    ];
    let collection = read(&files).unwrap();
    let zero = collection.class(0).unwrap().images;
    // In the order of their names, not as they were given.
    assert_eq!(zero.pixels, Pixels::Bytes(vec![5, 1, 255]));
    let notes = collection.preview().notes;
    assert_eq!(
        notes,
        [
            "The labels are those of test-labels and train-labels.",
            "The images of test-images and train-images were joined.",
            "The names tell a training set of 3 images and a test set of 3 images apart. They are \
             not kept apart here, but can be."
        ]
    );
}

#[test]
fn tables_may_be_packed_and_labels_in_a_table_of_their_own() {
    let packed = zip(&[(
        "d/digits.csv",
        b"label,p1,p2,p3,p4\n1,0,0,0,255\n0,9,9,9,9\n",
    )]);
    let collection = read(&[file("digits.zip", packed)]).unwrap();
    let preview = collection.preview();
    assert_eq!((preview.format, preview.count), (Format::Csv, 2));
    assert_eq!(preview.notes, ["The labels are those of the column label."]);
    assert_eq!((preview.height, preview.columns), (2, None));
    assert_eq!(preview.choices.columns, ["label", "p1", "p2", "p3", "p4"]);
    assert_eq!(preview.choices.label_column, Some(0));

    let collection = read(&[
        file("images.csv", "a,b,c,d\n1,0,0,0.5\n0,1,1,1\n"),
        file("labels.csv", "label\ncat\ndog\n"),
    ])
    .unwrap();
    assert_eq!(collection.class(1).unwrap().name, "dog");
    let cat = collection.class(0).unwrap().images;
    assert_eq!(cat.pixels, Pixels::Floats(vec![1.0, 0.0, 0.0, 0.5]));
}

#[test]
fn normalisation_is_proposed_by_the_range_and_can_be_chosen() {
    let array = |values: &[f32]| {
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        let shape = format!("({}, 1, 1)", values.len());
        read(&[file("a.npy", npy("<f4", &shape, &bytes))]).unwrap()
    };
    let intensities = |collection: &latent_lens::data::readers::Collection| -> Vec<f32> {
        let images = collection.classes().remove(0).images;
        (0..images.count())
            .flat_map(|image| images.intensities(image).collect::<Vec<_>>())
            .collect()
    };
    for (values, proposed, expected) in [
        ([0.0, 0.25, 1.0], Normalise::Keep, [0.0, 0.25, 1.0]),
        ([0.0, 51.0, 255.0], Normalise::DivideBy255, [0.0, 0.2, 1.0]),
        ([0.0, 127.5, 204.0], Normalise::DivideBy255, [0.0, 0.5, 0.8]),
        ([0.0, 4.0, 16.0], Normalise::MinMax, [0.0, 0.25, 1.0]),
        ([-1.0, 0.0, 1.0], Normalise::MinMax, [0.0, 0.5, 1.0]),
        ([7.0, 7.0, 7.0], Normalise::MinMax, [0.0, 0.0, 0.0]),
        // Bytes that hold nothing but 0 and 1 are no shades of grey.
        ([0.0, 1.0, 1.0], Normalise::Keep, [0.0, 1.0, 1.0]),
    ] {
        let collection = array(&values);
        assert_eq!(collection.preview().proposed, proposed, "{values:?}");
        assert_eq!(intensities(&collection), expected, "{values:?}");
    }
    let mut collection = array(&[0.0, 51.0, 204.0]);
    collection.normalise(Normalise::MinMax).unwrap();
    assert_eq!(intensities(&collection), [0.0, 0.25, 1.0]);
    let mut collection = array(&[-1.0, 0.0, 300.0]);
    let error = collection.normalise(Normalise::DivideBy255).unwrap_err();
    assert!(error.to_string().contains("between −1 and 300"), "{error}");
    assert_eq!(collection.preview().normalise, Normalise::MinMax);
    // A model may take any values.
    collection.normalise(Normalise::Keep).unwrap();
    assert_eq!(intensities(&collection), [-1.0, 0.0, 300.0]);
    assert_eq!(
        collection.handling(),
        ["Values from −1 to 300 were taken as they are."]
    );
    let most = f32::MAX;
    assert_eq!(intensities(&array(&[-most, 0.0, most])), [0.0, 0.5, 1.0]);
}

#[test]
fn pictures_are_labelled_by_folder_brought_to_one_size_and_keep_their_order() {
    let small = png(2, 2, &[10, 10, 10, 10]);
    let large = png(4, 4, &[20; 16]);
    let packed = zip(&[
        ("set/dog/2.png", &small),
        ("set/cat/1.png", &small),
        ("set/cat/2.png", &large),
        ("set/readme.txt", b"hello"),
        ("__MACOSX/set/cat/._1.png", b"\0\x05\x16\x07"),
    ]);
    let collection = read(&[file("pets.zip", packed)]).unwrap();
    let preview = collection.preview();
    assert_eq!((preview.height, preview.width), (2, 2));
    assert_eq!(preview.normalise, Normalise::DivideBy255);
    assert_eq!(preview.notes.len(), 3, "{:?}", preview.notes);
    let cat = collection.class(0).unwrap();
    assert_eq!(cat.name, "cat");
    assert_eq!(
        cat.images.pixels,
        Pixels::Bytes(vec![10, 10, 10, 10, 20, 20, 20, 20])
    );
}

#[test]
fn what_cannot_be_told_is_asked_for() {
    let rows = file("rows.npy", npy("|u1", "(2, 6)", &[9; 12]));
    let error = read(std::slice::from_ref(&rows)).unwrap_err();
    assert_eq!(error.needs, Some(Need::Shape { pixels: 6 }));
    let options = Options {
        shape: Some(ImageShape::grey(3, 2)),
        ..Options::default()
    };
    let preview = open(&[rows], &options, &mut |_| {}).unwrap().preview();
    assert_eq!((preview.height, preview.width), (3, 2));
}

#[test]
fn arrays_can_be_chosen_by_name() {
    let image = |value: u8| npy("|u1", "(2, 1, 1)", &[value, 255]);
    let packed = zip(&[
        ("a.npy", &image(1)),
        ("b.npy", &image(2)),
        ("c.npy", &npy("|u1", "(2,)", &[4, 5])),
    ]);
    let files = [file("f.npz", packed)];
    let choose = |images: &str| Options {
        images: Some(images.into()),
        labels: Some("c".into()),
        ..Options::default()
    };
    let collection = open(&files, &choose("b"), &mut |_| {}).unwrap();
    assert_eq!(
        collection.class(4).unwrap().images.pixels,
        Pixels::Bytes(vec![2])
    );
    assert_eq!(collection.preview().choices.arrays, ["a", "b", "c"]);
    let error = open(&files, &choose("d"), &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("a, b and c"), "{error}");
}

#[test]
fn what_the_microphone_heard_becomes_classes() {
    let recipe = Recipe::new(44_100).unwrap();
    let samples: Vec<f32> = (0..22_050)
        .map(|place| (place as f32 * 0.3).sin() * (place as f32 * 1e-3).sin())
        .collect();
    let image = recipe.image(&samples).unwrap();
    assert_eq!(image.len(), SIDE * SIDE);
    let silence = recipe.image(&[0.0; 4000]).unwrap();
    assert!(silence.iter().all(|&value| value == 0.0));
    // Loudness does not matter.
    let quiet: Vec<f32> = samples.iter().map(|sample| sample * 1e-20).collect();
    let difference = |(a, b): (&f32, &f32)| (a - b).abs();
    let quiet = recipe.image(&quiet).unwrap();
    assert!(image.iter().zip(&quiet).map(difference).fold(0.0, f32::max) < 1e-4);

    let recordings = [("1".to_owned(), image.clone()), ("0".to_owned(), silence)];
    let collection = of_recordings(&recordings).unwrap();
    assert_eq!(
        collection.class(1).unwrap().images.pixels,
        Pixels::Floats(image)
    );
    assert!(of_recordings(&[]).is_err());
    assert!(recipe.image(&[]).is_err());
    assert!(recipe.image(&[f32::NAN]).is_err());
    assert!(Recipe::new(0).is_err());
}

#[test]
fn options_are_written_as_the_page_writes_them() {
    let options: Options = serde_json::from_str(
        r#"{ "label_column": { "index": 3 }, "normalise": "divide-by-255", "grey": "mean",
             "shape": [5, 7] }"#,
    )
    .unwrap();
    let expected = Options {
        label_column: Some(LabelColumn::Index(3)),
        normalise: Some(Normalise::DivideBy255),
        grey: latent_lens::data::readers::Grey::Mean,
        shape: Some(ImageShape::grey(5, 7)),
        ..Options::default()
    };
    assert_eq!(options, expected);
    assert!(serde_json::from_str::<Options>(r#"{ "nothing": 1 }"#).is_err());
    let text = r#"{ "shape": [32, 30, 3], "channels": "first", "grey": "keep" }"#;
    let options: Options = serde_json::from_str(text).unwrap();
    let shape = ImageShape {
        channels: 3,
        ..ImageShape::grey(32, 30)
    };
    let expected = Options {
        shape: Some(shape),
        channels: Some(Channels::First),
        ..Options::default()
    };
    assert_eq!(options, expected);
    let written = serde_json::to_string(&expected).unwrap();
    assert!(written.contains("\"shape\":[32,30,3]"), "{written}");
    assert_eq!(serde_json::from_str::<Options>(&written).unwrap(), expected);
    assert!(serde_json::from_str::<Options>(r#"{ "shape": [32] }"#).is_err());
}
