//! What rows of numbers are taken for, how their columns are scaled, and what fits them.

use latent_lens::data::DataForm;
use latent_lens::data::readers::{
    Collection, File, Normalise, Options, ReadError, open, open_pair,
};
use serde_json::Value;

use crate::pack::{file, npy};
use crate::read;

fn with(files: &[File], options: Options) -> Result<Collection, ReadError> {
    open(files, &options, &mut |_| {})
}

/// Columns scaled by scikit-learn.
fn oracle() -> Value {
    serde_json::from_str(include_str!("../oracle/scaling.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    let all = value.as_array().unwrap().iter();
    all.map(|number| number.as_f64().unwrap()).collect()
}

fn rows(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(numbers).collect()
}

fn table(name: &str, rows: &[Vec<f64>]) -> File {
    let lines = rows.iter().map(|row| {
        let row: Vec<String> = row.iter().map(ToString::to_string).collect();
        row.join(",")
    });
    let lines: Vec<String> = lines.collect();
    file(
        name,
        format!("length,area,age,site\n{}\n", lines.join("\n")),
    )
}

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 2e-6 * expected.abs().max(1.0)
}

/// Whether a collection scales as scikit-learn did, and says by what.
fn agrees(collection: &Collection, expected: &Value, all: &[Vec<f64>]) {
    let scaling = collection.scaling().unwrap();
    for (found, name) in [(&scaling.offset, "offset"), (&scaling.scale, "scale")] {
        for (found, expected) in found.iter().zip(numbers(&expected[name])) {
            assert!(
                close(f64::from(*found), expected),
                "{name}: {found}, {expected}"
            );
        }
    }
    let classes = collection.classes();
    let found = classes
        .iter()
        .flat_map(|class| (0..class.images.count()).map(|row| class.images.intensities(row)));
    let expected = rows(&expected["rows"]);
    let mut count = 0;
    for ((found, expected), stored) in found.zip(&expected).zip(all) {
        for (column, (x, expected)) in found.zip(expected).enumerate() {
            assert!(close(f64::from(x), *expected), "{x}, {expected}");
            // As it is told: stored = offset + scale × x.
            let back =
                f64::from(scaling.offset[column]) + f64::from(scaling.scale[column]) * f64::from(x);
            let largest = f64::from(scaling.scale[column]).max(1.0);
            assert!(
                (back - stored[column]).abs() < 1e-5 * largest,
                "{back}, {stored:?}"
            );
        }
        count += 1;
    }
    assert_eq!(count, expected.len());
}

#[test]
fn columns_are_scaled_as_by_scikit_learn() {
    let oracle = oracle();
    let all = rows(&oracle["rows"]);
    for (name, normalise) in [
        ("standard", Normalise::Standard),
        ("min-max-column", Normalise::MinMaxColumn),
    ] {
        let options = Options {
            normalise: Some(normalise),
            ..Options::default()
        };
        let collection = with(&[table("t.csv", &all)], options.clone()).unwrap();
        agrees(&collection, &oracle[name], &all);
        let said = collection.handling();
        assert!(
            said.iter()
                .any(|said| said.contains("site is the same in every row")
                    && said.contains("scale of 1")),
            "{said:?}"
        );
        assert!(
            said.last().unwrap().contains("all 40 rows that were read"),
            "{said:?}"
        );

        // Of a test set it is the scale of the rows that are trained on.
        let training = oracle["training"].as_u64().unwrap() as usize;
        let (own, test) = all.split_at(training);
        let pair = open_pair(
            &[table("train.csv", own)],
            &[table("test.csv", test)],
            &options,
            &mut |_| {},
        );
        let pair = pair.unwrap();
        agrees(&pair, &oracle[format!("{name} of training")], &all);
        let said = pair.handling();
        assert!(
            said.last()
                .unwrap()
                .contains("the 25 rows of the training set"),
            "{said:?}"
        );
    }
}

#[test]
fn scaling_of_all_columns_alike_is_told_of_tables_and_not_of_images() {
    let text = "a,b,c,d\n0,1,2,3\n4,5,6,8\n";
    let collection = read(&[file("t.csv", text)]).unwrap();
    let scaling = collection.scaling().unwrap();
    assert_eq!(
        (scaling.offset, scaling.scale),
        (vec![0.0; 4], vec![8.0; 4])
    );
    let image = with(
        &[file("t.csv", text)],
        Options {
            form: Some(DataForm::Image),
            ..Options::default()
        },
    );
    let image = image.unwrap().preview();
    assert_eq!(
        (image.form, image.height, image.width),
        (DataForm::Image, 2, 2)
    );
    assert_eq!((image.scaling, image.fit), (None, None));
    let kept = Options {
        normalise: Some(Normalise::Keep),
        ..Options::default()
    };
    assert_eq!(with(&[file("t.csv", text)], kept).unwrap().scaling(), None);
}

#[test]
fn what_rows_are_is_proposed_with_the_reason_and_can_be_chosen() {
    let preview = read(&[file("t.csv", "species,age,mass\nA,1,2\nB,3,4\n")])
        .unwrap()
        .preview();
    assert_eq!(preview.form, DataForm::Table);
    assert_eq!(
        preview.form_said,
        "Read as rows of a table: the columns have names of their own."
    );
    let fit = preview.fit.unwrap();
    assert_eq!(
        (fit.loss, fit.output, fit.normalise),
        ("mse", "linear", None)
    );

    let signal = Options {
        form: Some(DataForm::Signal),
        ..Options::default()
    };
    let numbers: Vec<u8> = (0..60).collect();
    let array = [file("x.npy", npy("|u1", "(10, 6)", &numbers))];
    let error = read(&array).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("no image but a signal or a row of a table"),
        "{error}"
    );
    let signals = with(&array, signal.clone()).unwrap().preview();
    assert_eq!(
        (signals.height, signals.width, signals.columns),
        (1, 6, None)
    );
    assert_eq!(signals.form_said, "Read as signals: that was chosen.");
    let table = Options {
        form: Some(DataForm::Table),
        ..Options::default()
    };
    let columns = with(&array, table).unwrap().preview().columns.unwrap();
    assert_eq!((columns.len(), columns[5].as_str()), (6, "column 6"));

    // Steps × 1, as Keras has signals.
    let steps = [file("x.npy", npy("|u1", "(10, 6, 1)", &numbers))];
    let signals = with(&steps, signal.clone()).unwrap().preview();
    assert_eq!((signals.height, signals.width), (1, 6));
    let images = [file("x.npy", npy("|u1", "(5, 3, 4)", &numbers))];
    let error = with(&images, signal).unwrap_err().to_string();
    assert!(
        error.contains("3 × 4") && error.contains("signal"),
        "{error}"
    );
}

#[test]
fn a_test_set_is_read_as_its_training_set() {
    let wave = |row: usize, at: usize| ((0.2 + 0.02 * row as f64) * at as f64 + row as f64).sin();
    let lines = |rows: std::ops::Range<usize>| {
        let line = |row: usize| {
            let numbers: Vec<String> = (0..64).map(|at| wave(row, at).to_string()).collect();
            numbers.join(",")
        };
        rows.map(line).collect::<Vec<_>>().join("\n")
    };
    let training = [file("train.csv", lines(0..40))];
    let test = [file("test.csv", lines(40..43))];
    // Three rows by themselves would be images of 8 × 8.
    assert_eq!(read(&test).unwrap().form(), DataForm::Image);
    let pair = open_pair(&training, &test, &Options::default(), &mut |_| {}).unwrap();
    let preview = pair.preview();
    assert_eq!(
        (preview.form, preview.height, preview.width),
        (DataForm::Signal, 1, 64)
    );
    assert!(
        preview.form_said.contains("side by side are alike"),
        "{}",
        preview.form_said
    );
}
