//! Results that were computed elsewhere: the forms of R's package aim (`tests/oracle/aim.R` says what is in them) and
//! matrices of scripts.

use std::fs;

use latent_lens::data::ImageShape;
use latent_lens::data::readers::{
    By, File, PixelOrder, Purpose, Results, ResultsOptions, latents, results, told,
};
use latent_lens::report::{Metric, Report};
use ndarray::Array2;

use crate::pack::{file, npy};

fn of_r(name: &str) -> File {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/readers/r/");
    file(name, fs::read(format!("{folder}{name}")).unwrap())
}

fn text(name: &str, text: &str) -> File {
    file(name, text.as_bytes().to_vec())
}

fn open(files: &[File]) -> Results {
    results(files, &ResultsOptions::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(files: &[File]) -> String {
    let found = results(files, &ResultsOptions::default());
    found.unwrap_err().to_string()
}

/// V and S as the script makes them.
fn maps() -> [Array2<f32>; 2] {
    let v = |(i, j): (usize, usize)| (i + 1 + 10 * (j + 1)) as f32;
    let s = |(i, j): (usize, usize)| ((i + j + 2) % 3) as f32 - 1.0;
    [
        Array2::from_shape_fn((9, 2), v),
        Array2::from_shape_fn((9, 2), s),
    ]
}

#[test]
fn what_aim_returns_is_read_from_one_file_or_several() {
    let apart = ["aim-encoded.csv", "aim-input.rds", "aim-direction.rds"];
    for files in [vec![of_r("aim.RData")], apart.map(of_r).to_vec()] {
        let found = open(&files);
        assert_eq!(found.image, ImageShape::grey(3, 3));
        let [v, s] = maps();
        assert_eq!(found.importance, Some(v));
        assert_eq!(found.direction, Some(s));
        assert_eq!(found.classes, ["Bag", "Coat", "Hat"]);
        let importance = ndarray::array![[1.1, 1.2], [2.1, 2.2], [0.0, 0.0]];
        assert_eq!(found.latent_importance, Some(importance));
        assert_eq!(found.notes.len(), 1);
        assert!(found.notes[0].starts_with("Latent importance of class Hat is 0 throughout"));

        let report = Report::of_results(found, Metric::Rmse);
        assert_eq!(report.check(), Ok(()));
        assert!(report.latent_importance.is_none() && report.has_latent_importance());
        assert_eq!(report.unmeasured(), [""; 0]);
        assert!(report.cautions()[0].starts_with("The results were computed elsewhere"));
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["model"]["part"], "results");
        assert_eq!(json["pixel_importance"]["method"], "elsewhere");
        let again: Report = serde_json::from_value(json).unwrap();
        assert_eq!(again.check(), Ok(()));
    }
}

#[test]
fn images_that_r_flattened_are_turned() {
    let options = ResultsOptions {
        layout: PixelOrder::ColumnMajor,
        shape: Some(ImageShape::grey(2, 3)),
    };
    let found = results(&[text("v.csv", "1\n2\n3\n4\n5\n6\n")], &options).unwrap();
    // R's matrix(1:6, 2) has 1 3 5 in its first row.
    let importance = found.importance.unwrap();
    assert_eq!(
        importance.into_raw_vec_and_offset().0,
        [1.0, 3.0, 5.0, 2.0, 4.0, 6.0]
    );
}

#[test]
fn matrices_of_scripts_are_told_apart() {
    let numbers = [1_f32, 0.0, 2.0, 0.5, 3.0, 0.25, 4.0, 0.125];
    let v = npy("<f4", "(4, 2)", &numbers.map(f32::to_le_bytes).concat());
    let found = open(&[
        file("importance.npy", v),
        text("signs.csv", "a,b\n1,-1\n0,0\n-1,1\n1,1\n"),
        text("by_class.csv", "class,a,b\nx,1,2\ny,3,4\n"),
    ]);
    assert_eq!(found.image, ImageShape::grey(2, 2));
    assert_eq!(found.importance.unwrap()[[3, 1]], 0.125);
    assert_eq!(found.direction.unwrap()[[0, 1]], -1.0);
    assert_eq!(found.classes, ["x", "y"]);
    assert_eq!(found.latent_importance.unwrap()[[1, 0]], 3.0);
    // As our own tables.
    let found = open(&[text(
        "pixel_importance.csv",
        "pixel,row,col,dim_1\n1,1,1,0.5\n2,1,2,0.25\n",
    )]);
    assert_eq!(found.image, ImageShape::grey(1, 2));
    assert_eq!(found.classes, ["all images"]);
    // Exact importance has no standard error, and what was computed elsewhere neither.
    let table = "class,dimension,importance,std_error\nx,1,0.5,\nx,2,0.25,\n";
    let found = open(&[text("latent_importance.csv", table)]);
    assert_eq!(found.latent_importance, Some(ndarray::array![[0.5, 0.25]]));
    // Features that have names.
    let found = open(&[text("v.csv", "gene;z1\nTP53;0,5\nMYC;1,25\n")]);
    assert_eq!(found.columns, Some(vec!["TP53".into(), "MYC".into()]));
    assert_eq!(found.importance.unwrap()[[1, 0]], 1.25);
    // Names of rows without names of columns, and names of columns that are numbers.
    let found = open(&[text("v.csv", "TP53,0.5,1\nMYC,1.25,2\n")]);
    assert_eq!(
        found.importance,
        Some(ndarray::array![[0.5, 1.0], [1.25, 2.0]])
    );
    let found = open(&[text("ie.csv", ",1,2\nx,0.5,1\ny,1.25,2\n")]);
    assert_eq!(found.classes, ["x", "y"]);
    assert_eq!(found.latent_importance.unwrap().nrows(), 2);
    let found = open(&[text("v.csv", "0,1,2\n1,5,5\n2,5,5\n3,5,5\n4,5,5\n")]);
    assert_eq!(found.importance.unwrap().dim(), (4, 3));
    assert!(found.notes[0].contains("the first line counts from 0"));
    // A line for each number.
    let found = open(&[text(
        "long.csv",
        "dimension,pixel,importance\nz2,1,5\nz1,1,4\nz1,2,6\nz2,2,7\n",
    )]);
    assert_eq!(
        found.importance,
        Some(ndarray::array![[4.0, 5.0], [6.0, 7.0]])
    );
}

#[test]
fn what_is_no_result_is_refused_in_one_sentence() {
    for (files, words) in [
        (vec![("v.csv", "1,-0.5\n1,1\n")], "-0.5 is below 0"),
        (vec![("s.csv", "1,2\n0,-1\n")], "other numbers are in it"),
        (
            vec![("a.csv", "1,2\n3,4\n"), ("b.csv", "1,2\n3,5\n")],
            "call the files V, S and IE",
        ),
        (
            vec![("v.csv", "1,2\n3,4\n"), ("s.csv", "1,0\n")],
            "1 lines, but",
        ),
        (
            vec![("v.csv", "1,2\n3,4\n"), ("ie.csv", "1\n2\n")],
            "dimensions, but",
        ),
        (
            vec![("ie.csv", "class,dim,importance\na,1,1\na,1,2\n")],
            "Give each of them once",
        ),
        (
            vec![("ie.csv", "class,z1\na,1\na,2\n")],
            "Class a stands in it twice",
        ),
        (vec![("v.csv", "1,\n3,4\n")], "missing, infinite"),
        (
            vec![("v.csv", "row,col,value\n1,1,1\n2,2,2\n1,2,3\n2,1,4\n")],
            "neither row by row nor column by column",
        ),
        (vec![("v.csv", "a,b\n")], "no rows of numbers"),
    ] {
        let files: Vec<File> = files.iter().map(|(name, of)| text(name, of)).collect();
        let message = refused(&files);
        assert!(message.contains(words), "{message}");
    }
    let message = refused(&[file("v.png", b"\x89PNG\r\n\x1a\n")]);
    assert!(
        message.contains("Choose a CSV, NPY, RData or rds file"),
        "{message}"
    );
    let message = refused(&[of_r("xz.rda")]);
    assert!(message.contains("packed this file with xz"), "{message}");
}

#[test]
fn latents_are_one_matrix() {
    let found = latents(&[of_r("matrix.rds")]).unwrap();
    assert_eq!(found.values.dim(), (4, 6));
    let numbers = [1_f64, 2.0, 3.0, 4.0].map(f64::to_le_bytes).concat();
    let found = latents(&[file("z.npy", npy("<f8", "(2, 1, 2)", &numbers))]).unwrap();
    assert_eq!(found.values, ndarray::array![[1.0, 2.0], [3.0, 4.0]]);
    let several = latents(&[of_r("aim.RData")]).unwrap_err();
    assert!(several.to_string().starts_with("There are several tables"));
}

#[test]
fn results_and_latents_are_told_from_images() {
    let of = |file: &File| told(file).map(|told| (told.is, told.by));
    let (results, latents) = (Purpose::Results, Purpose::Latents);
    for name in ["aim.RData", "aim-encoded.csv", "aim-input.rds"] {
        assert_eq!(of(&of_r(name)), Some((results, By::Columns)), "{name}");
    }
    assert_eq!(of(&of_r("aim-direction.rds")), Some((results, By::Name)));
    let columns = |text_of: &str| of(&text("a.csv", text_of));
    for table in [
        // As this crate writes them, and lines for each pixel and dimension.
        "class,dimension,importance,std_error\nCoat,1,2.1,\n",
        "pixel,row,col,dim_1,dim_2\n1,1,1,11,21\n",
        "dimension,pixel,importance\n1,1,5\n",
        "Row;Col;Value\n1;1;0,5\n",
    ] {
        assert_eq!(columns(table), Some((results, By::Columns)), "{table}");
    }
    // Only the beginning is asked for: it may end within a line.
    let header = "pixel,row,col,dim_1,dim_2\n1,1,1,11,21\n2,1,2,12,22\n3,1,3,1";
    assert_eq!(columns(header), Some((results, By::Columns)));
    let numbers = npy("<f4", "(2, 2)", &[0; 16]);
    for (name, is) in [
        ("V.npy", Some(results)),
        ("out/ie.npy", Some(results)),
        ("pixel_importance.npy", Some(results)),
        ("latent_importance.npy", Some(results)),
        ("z.npy", Some(latents)),
        ("latents_test.npy", Some(latents)),
        ("images.npy", None),
        ("vowels.npy", None),
    ] {
        let found = of(&file(name, numbers.clone()));
        assert_eq!(found, is.map(|is| (is, By::Name)), "{name}");
    }
    // Images, labels, words, pictures and what is damaged are none.
    assert_eq!(columns("label,pixel0,pixel1\n1,0,255\n"), None);
    assert_eq!(columns("class,a,b\nx,1,2\n"), None);
    assert_eq!(of(&text("latents.csv", "words,of\nall,kinds\n")), None);
    assert_eq!(of(&file("v.png", b"\x89PNG\r\n\x1a\n")), None);
    assert_eq!(of(&file("v.rds", b"\x1f\x8b\x08damaged")), None);
    assert_eq!(of(&of_r("matrix.rds")), None);
    assert_eq!(of(&text("v.csv", "")), None);
}
