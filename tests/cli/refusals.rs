//! Requests that cannot work: a sentence that names the place and the remedy, and no files.

use std::fs;
use std::path::Path;

use super::files::{folder, idx, latent_lens, said, write};

/// Runs a command that must be refused with `code` and all of `words`, and leave no results.
fn refused(folder: &Path, command: &str, code: i32, words: &[&str]) {
    let output = latent_lens(folder, command);
    let message = said(&output);
    assert_eq!(output.status.code(), Some(code), "{command}: {message}");
    for word in words {
        assert!(message.contains(word), "{command}: {message}");
    }
    assert!(!message.contains("panicked"), "{command}: {message}");
    assert!(output.stdout.is_empty());
    let results = fs::read_dir(folder.join("out")).map_or(0, Iterator::count);
    assert_eq!(results, 0, "{command} left files behind");
}

#[test]
fn requests_that_lack_something_or_make_no_sense_are_refused() {
    let folder = folder("requests_that_lack_something_or_make_no_sense_are_refused");
    write(&folder);
    let both = "analyse --images images.idx --labels labels.idx --out out";
    refused(&folder, "analyse --out out", 2, &["--images"]);
    refused(&folder, "analyse --images images.idx", 2, &["--out"]);
    refused(
        &folder,
        &format!("{both} --dimms 3"),
        2,
        &["--dimms", "--dims"],
    );
    refused(
        &folder,
        &format!("{both} --dims three"),
        2,
        &["three", "--dims"],
    );
    refused(
        &folder,
        &format!("{both} --metric mae"),
        2,
        &["mae", "mse, rmse"],
    );
    refused(&folder, "explain", 2, &["explain"]);

    let settings: [(&str, &[&str]); 9] = [
        (
            "--dims 0",
            &["Latent dimensions must be a whole number from 1 to 512."],
        ),
        (
            "--permutations 0",
            &["Permutations must be a whole number from 1 to 1000."],
        ),
        ("--hidden 0", &["Units of a hidden layer"]),
        ("--activation mish", &["mish", "relu, elu, selu"]),
        ("--learning-rate 0", &["The learning rate must be"]),
        ("--filters 4", &["--filters", "--kind convolutional"]),
        (
            "--kind convolutional --hidden 6",
            &["A convolutional network has no hidden dense layers"],
        ),
        (
            "--classes 2,nine",
            &["There is no class nine; the classes are 2, 4, 7."],
        ),
        ("--classes 2,2", &["Class 2 is named twice."]),
    ];
    for (setting, words) in settings {
        refused(&folder, &format!("{both} {setting}"), 2, words);
    }
}

#[test]
fn a_program_without_the_gpu_engine_tells_how_to_build_it() {
    if cfg!(feature = "engine-webgpu") {
        return;
    }
    let folder = folder("a_program_without_the_gpu_engine_tells_how_to_build_it");
    write(&folder);
    let words = ["--features engine-webgpu"];
    refused(
        &folder,
        "analyse --images images.idx --device gpu --out out",
        2,
        &words,
    );
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let folder = folder("files_that_cannot_be_used_are_named");
    write(&folder);
    let files: [(&str, Vec<u8>); 6] = [
        ("few.idx", idx(&[119], &[0; 119])),
        ("short.idx", idx(&[4, 2, 2], &[0; 15])),
        ("empty.idx", idx(&[0, 2, 2], &[])),
        ("text.txt", b"no numbers\n".to_vec()),
        ("lone.idx", idx(&[1, 2, 2], &[0, 1, 2, 3])),
        ("model.h5", b"\x89HDF\r\n\x1a\n".to_vec()),
    ];
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).unwrap();
    }
    fs::create_dir(folder.join("hollow")).unwrap();
    let cases: [(&str, &[&str]); 9] = [
        (
            "--images none.idx",
            &["none.idx", "cannot be read", "Check its path"],
        ),
        (
            "--images short.idx",
            &["short.idx", "announces 16", "etch it again"],
        ),
        ("--images empty.idx", &["empty.idx", "holds no images"]),
        ("--images text.txt", &["text.txt", "no rows of numbers"]),
        (
            "--images model.h5",
            &["model.h5", "an HDF5 file", "Choose IDX"],
        ),
        ("--images hollow", &["no file to read", "Choose IDX"]),
        (
            "--images labels.idx",
            &["labels.idx", "120 labels without images"],
        ),
        (
            "--images images.idx --labels few.idx",
            &["few.idx", "119 labels", "120 images in images.idx"],
        ),
        ("--images lone.idx", &["has 1 image; at least 2 are needed"]),
    ];
    for (files, words) in cases {
        refused(&folder, &format!("analyse {files} --out out"), 1, words);
    }
}

#[test]
fn a_folder_that_cannot_be_written_to_is_refused_before_the_work() {
    let folder = folder("a_folder_that_cannot_be_written_to_is_refused_before_the_work");
    write(&folder);
    let words = ["labels.idx", "cannot be written", "--out"];
    let command = "analyse --images images.idx --epochs 2000 --out labels.idx/out";
    refused(&folder, command, 1, &words);
    let log = said(&latent_lens(&folder, command));
    assert!(!log.contains("Training"), "{log}");
}

#[cfg(unix)]
#[test]
fn interrupted_it_leaves_nothing_half_done() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let folder = folder("interrupted_it_leaves_nothing_half_done");
    write(&folder);
    for signal in ["-INT", "-TERM"] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_latent-lens"))
            .args("analyse --images images.idx --epochs 2000 --hidden 2048 --out out".split(' '))
            .current_dir(&folder)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(program.stderr.take().unwrap()).lines();
        let trains = |line: std::io::Result<String>| line.unwrap().starts_with("Training");
        assert!(log.by_ref().any(trains));
        let process = program.id().to_string();
        let sent = Command::new("kill").args([signal, &process]).status();
        assert!(sent.unwrap().success());
        assert_eq!(program.wait().unwrap().code(), Some(130));
        let last = log.last().unwrap().unwrap();
        assert_eq!(last, "Stopped; nothing was written.");
        assert_eq!(fs::read_dir(folder.join("out")).unwrap().count(), 0);
    }
}
