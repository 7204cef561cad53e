//! Test sets: told apart by their names, or brought as files of their own.

use latent_lens::data::readers::{
    Collection, File, Normalise, Options, ReadError, Roles, RolesFrom, open, open_pair,
};
use latent_lens::data::{Pixels, Role};

use crate::pack::{file, idx, npy, png, zip};
use crate::read;

fn by_name(files: &[File]) -> Result<Collection, ReadError> {
    let options = Options {
        roles: Roles::ByName,
        ..Options::default()
    };
    open(files, &options, &mut |_| {})
}

fn pair(files: &[File], test: &[File]) -> Result<Collection, ReadError> {
    open_pair(files, test, &Options::default(), &mut |_| {})
}

/// Every class: its number, its name, its role, and its pixels as bytes.
fn classes(collection: &Collection) -> Vec<(u8, String, Role, Vec<u8>)> {
    let classes = collection.classes().into_iter();
    classes
        .map(|class| {
            (
                class.label,
                class.name,
                class.role,
                class.images.shades().into_owned(),
            )
        })
        .collect()
}

fn class(label: u8, role: Role, pixels: &[u8]) -> (u8, String, Role, Vec<u8>) {
    (label, label.to_string(), role, pixels.into())
}

/// The notes of all that is read.
fn notes(collection: &Collection) -> String {
    collection.preview().notes.join("\n")
}

fn idx_files() -> Vec<File> {
    vec![
        file("t10k-images-idx3-ubyte", idx(&[2, 1, 1], &[4, 5])),
        file("t10k-labels-idx1-ubyte", idx(&[2], &[1, 0])),
        file("train-images-idx3-ubyte", idx(&[3, 1, 1], &[1, 2, 255])),
        file("train-labels-idx1-ubyte", idx(&[3], &[0, 1, 0])),
    ]
}

fn idx_classes() -> Vec<(u8, String, Role, Vec<u8>)> {
    vec![
        class(0, Role::Training, &[1, 255]),
        class(1, Role::Training, &[2]),
        class(0, Role::Explained, &[5]),
        class(1, Role::Explained, &[4]),
    ]
}

#[test]
fn a_recognised_test_set_is_proposed_and_kept_apart_on_request() {
    let files = idx_files();
    let joined = read(&files).unwrap().preview();
    assert_eq!(joined.count, 5);
    let roles = joined.roles;
    assert_eq!((roles.proposed, roles.chosen), (true, RolesFrom::Joined));
    assert_eq!((roles.training, roles.explained), (3, 2));

    let apart = by_name(&files).unwrap();
    assert_eq!(classes(&apart), idx_classes());
    let preview = apart.preview();
    assert_eq!(preview.count, 5);
    let roles = preview.roles;
    assert_eq!((roles.proposed, roles.chosen), (true, RolesFrom::ByName));
    assert_eq!((roles.training, roles.explained), (3, 2));
    let counts: Vec<(usize, usize)> = preview
        .classes
        .iter()
        .map(|class| (class.count, class.explained))
        .collect();
    assert_eq!(counts, [(3, 1), (2, 1)]);
}

#[test]
fn both_ways_give_the_same() {
    let mut files = idx_files();
    let training = files.split_off(2);
    let collection = pair(&training, &files).unwrap();
    assert_eq!(classes(&collection), idx_classes());
    assert_eq!(collection.preview().roles.chosen, RolesFrom::Brought);
}

#[test]
fn six_arrays_as_of_medmnist() {
    let images = |first: u8, count: u8| {
        let pixels: Vec<u8> = (first..first + count)
            .flat_map(|value| [value, 255])
            .collect();
        npy("|u1", &format!("({count}, 1, 2)"), &pixels)
    };
    let labels = |labels: &[u8]| npy("|u1", &format!("({}, 1)", labels.len()), labels);
    let npz = zip(&[
        ("train_images.npy", &images(10, 4)),
        ("val_images.npy", &images(20, 2)),
        ("test_images.npy", &images(30, 2)),
        ("train_labels.npy", &labels(&[0, 1, 0, 1])),
        ("val_labels.npy", &labels(&[0, 1])),
        ("test_labels.npy", &labels(&[1, 0])),
    ]);
    let collection = by_name(&[file("pathmnist.npz", npz)]).unwrap();
    assert_eq!(
        classes(&collection),
        [
            class(0, Role::Training, &[10, 255, 12, 255]),
            class(1, Role::Training, &[11, 255, 13, 255]),
            class(0, Role::Explained, &[31, 255]),
            class(1, Role::Explained, &[30, 255]),
        ]
    );
    let notes = notes(&collection);
    assert!(
        notes.contains(
            "The validation set was left out, neither trained on nor explained: \
                        pathmnist.npz/val_images.npy"
        ),
        "{notes}"
    );
}

#[test]
fn folders_of_pictures() {
    let picture = |path: &str, value: u8| file(path, png(1, 1, &[value]));
    let files = [
        picture("pets/test/cat/1.png", 40),
        picture("pets/test/cat/train.png", 45),
        picture("pets/test/dog/1.png", 50),
        picture("pets/train/cat/1.png", 10),
        picture("pets/train/cat/2.png", 20),
        picture("pets/train/dog/test.png", 30),
    ];
    let collection = by_name(&files).unwrap();
    let found: Vec<_> = classes(&collection)
        .into_iter()
        .map(|(_, name, role, pixels)| (name, role, pixels))
        .collect();
    let expected = [
        ("cat", Role::Training, vec![10, 20]),
        ("dog", Role::Training, vec![30]),
        ("cat", Role::Explained, vec![40, 45]),
        ("dog", Role::Explained, vec![50]),
    ]
    .map(|(name, role, pixels)| (name.to_owned(), role, pixels));
    assert_eq!(found, expected);
}

#[test]
fn tables_of_which_one_is_the_test_set() {
    let files = [
        file(
            "EMNIST/ltr_test.csv",
            "label,a,b,c,d\n14,0,0,0,9\n10,0,0,0,8\n",
        ),
        file(
            "EMNIST/ltr_train.csv",
            "label,a,b,c,d\n10,0,0,0,255\n14,0,0,0,2\n18,0,0,0,3\n",
        ),
    ];
    let collection = by_name(&files).unwrap();
    assert_eq!(
        classes(&collection),
        [
            class(10, Role::Training, &[0, 0, 0, 255]),
            class(14, Role::Training, &[0, 0, 0, 2]),
            class(18, Role::Training, &[0, 0, 0, 3]),
            class(10, Role::Explained, &[0, 0, 0, 8]),
            class(14, Role::Explained, &[0, 0, 0, 9]),
        ]
    );
    assert!(notes(&collection).contains("Among the training images alone are: 18."));
}

#[test]
fn images_to_train_on_may_lack_labels_and_those_to_explain_may_not() {
    let images = |name: &str, count: usize, labels: bool| {
        let row = |n: usize| match (labels, n % 2) {
            (true, label) => format!("{label},0,0,0,{}\n", n + 200),
            _ => format!("0,0,0,{}\n", n + 200),
        };
        let header = if labels {
            "label,a,b,c,d\n"
        } else {
            "a,b,c,d\n"
        };
        file(
            name,
            (0..count)
                .map(row)
                .fold(header.to_owned(), |text, row| text + &row),
        )
    };
    let unlabelled =
        by_name(&[images("train.csv", 3, false), images("test.csv", 2, true)]).unwrap();
    assert_eq!(
        classes(&unlabelled),
        [
            (
                0,
                "all".into(),
                Role::Unlabelled,
                vec![0, 0, 0, 200, 0, 0, 0, 201, 0, 0, 0, 202]
            ),
            class(0, Role::Explained, &[0, 0, 0, 200]),
            class(1, Role::Explained, &[0, 0, 0, 201]),
        ]
    );
    let preview = unlabelled.preview();
    assert!(preview.roles.unlabelled);
    let shown: Vec<(u8, u8)> = preview
        .examples
        .iter()
        .map(|example| (example.label, example.pixels[3]))
        .collect();
    assert_eq!(shown, [(0, 200), (1, 201)]);
    assert_eq!(preview.count, 5);
    let counts: Vec<(&str, usize)> = preview
        .classes
        .iter()
        .map(|class| (class.name.as_str(), class.count))
        .collect();
    assert_eq!(counts, [("0", 1), ("1", 1)]);
    assert!(notes(&unlabelled).contains("The training images have no labels"));

    // Kaggle's test.csv.
    let files = [images("train.csv", 3, true), images("test.csv", 2, false)];
    let error = by_name(&files).unwrap_err().to_string();
    assert!(
        error.contains("no labels were found for the test images"),
        "{error}"
    );
    assert!(!read(&files).unwrap().preview().roles.proposed);
    assert!(pair(&files[..1], &files[1..]).is_err());

    let neither = by_name(&[images("train.csv", 3, false), images("test.csv", 2, false)]).unwrap();
    let roles: Vec<Role> = neither.classes().iter().map(|class| class.role).collect();
    assert_eq!(roles, [Role::Training, Role::Explained]);
}

fn of_r(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/readers/r/");
    std::fs::read(format!("{folder}{name}")).unwrap()
}

#[test]
fn arrays_are_chosen_in_the_set_that_has_them() {
    let images = |first| npy("|u1", "(2, 1, 1)", &[first, 200]);
    let labels = npy("|u1", "(2,)", &[0, 1]);
    let files = [
        file("x_train.npy", images(1)),
        file("z_train.npy", npy("|u1", "(2, 2, 2)", &[9; 8])),
        file("y_train.npy", labels.clone()),
        file("x_test.npy", images(2)),
        file("y_test.npy", labels),
    ];
    let choose = |name: &str| {
        let options = Options {
            images: Some(name.into()),
            labels: Some("y_train".into()),
            roles: Roles::ByName,
            ..Options::default()
        };
        open(&files, &options, &mut |_| {})
    };
    let collection = choose("x_train").unwrap();
    assert_eq!(collection.preview().roles.training, 2);
    let error = choose("x").unwrap_err().to_string();
    assert!(error.contains("No array is called x."), "{error}");
}

#[test]
fn lists_of_r_as_its_keras_gives_them() {
    let files = [file("lists.RData", of_r("lists.RData"))];
    let arrays = read(&files).unwrap().preview().choices.arrays;
    let expected = ["train/x", "train/y", "test/x", "test/y"];
    assert_eq!(arrays, expected.map(|name| format!("mnist/{name}")));
    let collection = by_name(&files).unwrap();
    let counts: Vec<(Role, usize)> = collection
        .classes()
        .iter()
        .map(|class| (class.role, class.images.count()))
        .collect();
    let (training, explained) = ((Role::Training, 2), (Role::Explained, 1));
    assert_eq!(
        counts,
        [
            training, training, training, explained, explained, explained
        ]
    );
}

#[test]
fn labels_of_a_test_set_as_audiomnist_has_them() {
    let table = |rows: &[&str]| format!("\"V1\",\"V2\",\"V3\",\"V4\"\n{}\n", rows.join("\n"));
    let training = table(&["0,0.5,1,0", "0.25,0,0,1", "1,1,0,0"]);
    let test = table(&["0,0,0,1", "0,0,1,0", "0,1,0,0", "1,0,0,0"]);
    let packed = zip(&[
        ("AUDIO_MNIST_DATA/test_images.csv", test.as_bytes()),
        (
            "AUDIO_MNIST_DATA/test_indices.RData",
            &of_r("test_indices.RData"),
        ),
        ("AUDIO_MNIST_DATA/train_images.csv", training.as_bytes()),
        ("AUDIO_MNIST_DATA/y_test.RData", &of_r("y_test.RData")),
    ]);
    let files = [file("AUDIO_MNIST_DATA.zip", packed)];
    let roles = read(&files).unwrap().preview().roles;
    assert_eq!(
        (roles.proposed, roles.training, roles.explained),
        (true, 3, 4)
    );
    let collection = by_name(&files).unwrap();
    let found: Vec<_> = collection
        .classes()
        .into_iter()
        .map(|class| (class.name, class.role, class.images.pixels))
        .collect();
    let floats = |values: &[f32]| Pixels::Floats(values.to_vec());
    let bits = |values: &[u8]| floats(&values.iter().map(|&v| f32::from(v)).collect::<Vec<_>>());
    assert_eq!(
        found,
        [
            (
                "all".into(),
                Role::Unlabelled,
                floats(&[0.0, 0.5, 1.0, 0.0, 0.25, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0])
            ),
            ("0".into(), Role::Explained, bits(&[0, 0, 1, 0, 1, 0, 0, 0])),
            ("1".into(), Role::Explained, bits(&[0, 0, 0, 1, 0, 1, 0, 0])),
        ]
    );
}

#[test]
fn the_test_set_is_scaled_as_the_training_set_is() {
    let floats = |name: &str, values: &[f32]| {
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        file(
            name,
            npy("<f4", &format!("({}, 1, 1)", values.len()), &bytes),
        )
    };
    let training = [floats("a.npy", &[-2.0, 0.0, 2.0])];
    let collection = pair(&training, &[floats("b.npy", &[1.0, 3.0])]).unwrap();
    assert_eq!(collection.preview().normalise, Normalise::MinMax);
    let pixels: Vec<Pixels> = collection
        .classes()
        .into_iter()
        .map(|class| class.images.pixels)
        .collect();
    assert_eq!(
        pixels,
        [
            Pixels::Floats(vec![0.0, 0.5, 1.0]),
            Pixels::Floats(vec![0.75, 1.25])
        ]
    );

    let unit = [floats("a.npy", &[0.0, 0.5, 1.0])];
    let error = pair(&unit, &[file("b.npy", npy("|u1", "(1, 1, 1)", &[200]))]).unwrap_err();
    assert!(
        error.to_string().contains("Bring both on one scale"),
        "{error}"
    );
}

#[test]
fn the_same_column_of_both_tables_holds_the_labels() {
    // Too few rows to see that the first column of the test set holds labels.
    let row = |n: u8| format!("{},0,0,0,{}\n", n % 2, n + 200);
    let training = [file("a.csv", (0..8).map(row).collect::<String>())];
    let test = [file("b.csv", (8..10).map(row).collect::<String>())];
    let collection = pair(&training, &test).unwrap();
    assert_eq!(
        classes(&collection)[2..],
        [
            class(0, Role::Explained, &[0, 0, 0, 208]),
            class(1, Role::Explained, &[0, 0, 0, 209]),
        ]
    );
    let table = |columns: &str| format!("label,{columns}\n0,1,2,3,255\n1,5,6,7,255\n");
    let training = [file("a.csv", table("a,b,c,d"))];
    let test = [file("b.csv", table("a,c,b,d"))];
    let error = pair(&training, &test).unwrap_err().to_string();
    assert!(error.contains("in another order"), "{error}");
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let files = idx_files();
    let error = by_name(&files[..2]).unwrap_err().to_string();
    assert!(
        error.contains("do not tell a training set and a test set apart"),
        "{error}"
    );
    let wide = [
        file("b", idx(&[1, 1, 2], &[1, 200])),
        file("c", idx(&[1], &[0])),
    ];
    let error = pair(&files[2..], &wide).unwrap_err().to_string();
    assert!(
        error.contains("1 × 2 pixels, those to train on 1 × 1"),
        "{error}"
    );
    let others = [
        file("b", idx(&[2, 1, 1], &[1, 200])),
        file("c", idx(&[2], &[7, 7])),
    ];
    let error = pair(&files[2..], &others).unwrap_err().to_string();
    assert!(
        error.contains("(0 and 1)") && error.contains("(7)"),
        "{error}"
    );
}
