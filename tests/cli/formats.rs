//! Images in every form there is a reader for: the same images, so the same results.

use std::fs;
use std::path::Path;

use latent_lens::report::Report;

use super::files::{COUNT, SIZE, folder, image, label, latent_lens, said, without_sources, write};
use super::pack::{gzip, npy, png, wav, zip};

const SETTINGS: &str = "--dims 3 --epochs 2 --seed 5 --out out";

/// Runs `analyse` and gives its report and what it said.
fn analyse(folder: &Path, images: &str) -> (Report, String) {
    let output = latent_lens(folder, &format!("analyse {images} {SETTINGS}"));
    let log = said(&output);
    assert!(output.status.success(), "{images}: {log}");
    let report = fs::read(folder.join("out/report.json")).unwrap();
    (serde_json::from_slice(&report).unwrap(), log)
}

fn pixels() -> Vec<u8> {
    (0..COUNT).flat_map(image).collect()
}

fn labels() -> Vec<u8> {
    (0..COUNT).map(label).collect()
}

/// The images as rows of a table, each after its label.
fn table(header: &str) -> String {
    let row = |number: usize| {
        let pixels: Vec<String> = image(number).iter().map(u8::to_string).collect();
        format!("{},{}\n", label(number), pixels.join(","))
    };
    (0..COUNT).fold(header.to_owned(), |table, number| table + &row(number))
}

#[test]
fn the_same_images_give_the_same_results_in_every_form() {
    let folder = folder("the_same_images_give_the_same_results_in_every_form");
    write(&folder);
    let (expected, log) = analyse(&folder, "--images images.idx --labels labels.idx");
    let preview = format!(
        "{COUNT} images of 3 × 5 pixels; values from 0 to 255, divided by 255; 3 classes: 2 (40), \
         4 (40), 7 (40).\n"
    );
    assert!(log.starts_with(&preview), "{log}");

    let shape = format!("({COUNT}, {}, {})", SIZE.0, SIZE.1);
    let flat = format!("({COUNT}, {})", SIZE.0 * SIZE.1);
    let images = npy("|u1", &shape, &pixels());
    let of = npy("|u1", &format!("({COUNT},)"), &labels());
    let rows = npy("|u1", &flat, &pixels());
    let csv = table("");
    let one_column: Vec<String> = labels().iter().map(u8::to_string).collect();
    let names: Vec<String> = (0..COUNT)
        .map(|number| format!("{}/{number:03}.png", label(number)))
        .collect();
    let pictures: Vec<Vec<u8>> = (0..COUNT)
        .map(|number| png(SIZE.0 as u32, SIZE.1 as u32, &image(number)))
        .collect();
    let members: Vec<(&str, &[u8])> = names
        .iter()
        .zip(&pictures)
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    for (name, bytes) in &members {
        let path = folder.join("pictures").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let files: [(&str, Vec<u8>); 8] = [
        (
            "images.idx.gz",
            gzip(&fs::read(folder.join("images.idx")).unwrap()),
        ),
        ("images.csv", csv.clone().into_bytes()),
        ("csv.zip", zip(&[("inside/images.csv", csv.as_bytes())])),
        ("labels.csv", one_column.join("\n").into_bytes()),
        ("images.npy", images.clone()),
        ("labels.npy", of.clone()),
        (
            "all.npz",
            zip(&[("other.npy", &rows), ("x.npy", &images), ("y.npy", &of)]),
        ),
        ("pictures.zip", zip(&members)),
    ];
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).unwrap();
    }
    for images in [
        "--images images.idx.gz --labels labels.csv",
        "--images images.csv --size 3x5",
        "--images images.csv --size 3x5 --label-column 1 --header false",
        "--images csv.zip --size 3x5",
        "--images images.npy --labels labels.npy",
        "--images images.npy labels.npy --normalise divide-by-255",
        "--images all.npz --images-array x --labels-array y",
        "--images pictures",
        "--images pictures.zip --grey mean",
    ] {
        let (found, log) = analyse(&folder, images);
        assert!(
            without_sources(&found) == without_sources(&expected),
            "{images} gives other results"
        );
        assert!(log.starts_with(&preview), "{images}: {log}");
    }
    let (_, log) = analyse(
        &folder,
        "--images images.csv --size 3x5 --normalise min-max",
    );
    assert!(log.contains("spread from 0 to 1"), "{log}");
}

#[test]
fn classes_are_chosen_by_name() {
    let folder = folder("classes_are_chosen_by_name");
    for number in 0..60 {
        let class = ["cat", "dog", "ox"][number % 3];
        let path = folder.join(format!("pictures/{class}.{number}.png"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, png(3, 5, &image(number))).unwrap();
    }
    let (report, log) = analyse(&folder, "--images pictures --classes ox,cat");
    assert!(
        log.contains("3 classes: cat (20), dog (20), ox (20)."),
        "{log}"
    );
    let names: Vec<&str> = report
        .classes
        .iter()
        .map(|class| class.name.as_str())
        .collect();
    assert_eq!(
        (names, report.settings.classes),
        (vec!["ox", "cat"], vec![2, 0])
    );
}

#[test]
fn recordings_become_spectrograms() {
    let folder = folder("recordings_become_spectrograms");
    fs::create_dir(folder.join("takes")).unwrap();
    for number in 0..8_usize {
        // A tone for each digit, in noise.
        let tone = 0.2 * ((number % 2 + 1) as f64);
        let samples: Vec<i16> = (0..16_000_usize)
            .map(|at| {
                let noise = (at * 7919 + number * 104_729) % 2001;
                (8000.0 * (at as f64 * tone).sin()) as i16 + noise as i16
            })
            .collect();
        let name = format!("takes/{}_me_{number}.wav", number % 2);
        fs::write(folder.join(name), wav(16_000, &samples)).unwrap();
    }
    let (report, log) = analyse(&folder, "--images takes");
    assert_eq!((report.image.height, report.image.width), (32, 32));
    assert!(log.starts_with("8 images of 32 × 32 pixels;"), "{log}");
    assert!(log.contains("2 classes: 0 (4), 1 (4)."), "{log}");
    assert!(log.contains("from their file names."), "{log}");
}

#[test]
fn what_files_do_not_tell_is_asked_for_by_the_argument_that_tells_it() {
    let folder = folder("what_files_do_not_tell_is_asked_for_by_the_argument_that_tells_it");
    write(&folder);
    let header: Vec<String> = (0..=15).map(|column| format!("c{column}")).collect();
    let header = format!("{}\n", header.join(","));
    fs::write(folder.join("images.csv"), table(&header)).unwrap();
    let two = zip(&[
        ("a.npy", &npy("|u1", "(2, 2, 2)", &[9; 8])),
        ("b.npy", &npy("|u1", "(2, 3, 3)", &[9; 18])),
    ]);
    fs::write(folder.join("two.npz"), two).unwrap();
    fs::write(folder.join("ragged.csv"), "1,2,3,4\n5,6,7\n").unwrap();
    let cases: [(&str, &[&str]); 6] = [
        (
            "--images images.csv --label-column c0",
            &["images.csv", "15 values", "3 × 5", "--size"],
        ),
        (
            "--images images.csv --label-column c99",
            &["images.csv", "c99", "--label-column"],
        ),
        (
            "--images two.npz",
            &["two.npz/b.npy", "2 × 2", "--images-array"],
        ),
        (
            "--images two.npz --images-array c",
            &["No array is called c", "a and b", "--images-array"],
        ),
        (
            "--images ragged.csv",
            &["ragged.csv", "line 2", "3 values", "Complete it"],
        ),
        (
            "--images images.idx --normalise keep",
            &["between 0 and 255", "scaled to that range"],
        ),
    ];
    for (images, words) in cases {
        let output = latent_lens(&folder, &format!("analyse {images} {SETTINGS}"));
        let message = said(&output);
        assert_eq!(output.status.code(), Some(1), "{images}: {message}");
        for word in words {
            assert!(message.contains(word), "{images}: {message}");
        }
        assert!(!folder.join("out").exists());
    }
    for (bad, words) in [
        ("--size 28", "such as 28x28"),
        ("--label-column 0", "counted from 1"),
        ("--header perhaps", "--header"),
    ] {
        let output = latent_lens(&folder, &format!("analyse --images a {bad} {SETTINGS}"));
        assert_eq!(output.status.code(), Some(2), "{bad}");
        assert!(said(&output).contains(words), "{}", said(&output));
    }
}
