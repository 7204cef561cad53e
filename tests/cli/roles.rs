//! Test sets: trained on the one, explained on the other.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::files::{COUNT, SIZE, folder, idx, image, label, latent_lens, said};

const SETTINGS: &str = "--dims 3 --epochs 2 --seed 5 --out out";
/// Of all images the first so many are the training set.
const TRAINING: usize = 90;

/// Writes both sets, each with its labels.
fn write(folder: &Path) {
    for (name, places) in [("train", 0..TRAINING), ("t10k", TRAINING..COUNT)] {
        let pixels: Vec<u8> = places.clone().flat_map(image).collect();
        let labels: Vec<u8> = places.clone().map(label).collect();
        let images = idx(&[places.len(), SIZE.0, SIZE.1], &pixels);
        fs::write(folder.join(format!("{name}-images-idx3-ubyte")), images).unwrap();
        let labels = idx(&[places.len()], &labels);
        fs::write(folder.join(format!("{name}-labels-idx1-ubyte")), labels).unwrap();
    }
}

/// Runs `analyse` and gives its report and what it said.
fn analyse(folder: &Path, images: &str) -> (Value, String) {
    let output = latent_lens(folder, &format!("analyse {images} {SETTINGS}"));
    let log = said(&output);
    assert!(output.status.success(), "{images}: {log}");
    let report = fs::read_to_string(folder.join("out/report.json")).unwrap();
    (serde_json::from_str(&report).unwrap(), log)
}

const BY_NAME: &str = "--images train-images-idx3-ubyte train-labels-idx1-ubyte \
                       t10k-images-idx3-ubyte t10k-labels-idx1-ubyte";
const BROUGHT: &str = "--images train-images-idx3-ubyte --labels train-labels-idx1-ubyte \
                       --test-images t10k-images-idx3-ubyte --test-labels t10k-labels-idx1-ubyte";

#[test]
fn a_test_set_by_name_and_one_that_is_brought_give_the_same() {
    let folder = folder("a_test_set_by_name_and_one_that_is_brought_give_the_same");
    write(&folder);
    let (by_name, log) = analyse(&folder, &format!("{BY_NAME} --roles by-name"));
    assert!(
        log.contains("The training set has 90 images, the test set 30."),
        "{log}"
    );
    for class in by_name["classes"].as_array().unwrap() {
        assert_eq!(class["training"], 30, "{class}");
        assert_eq!(class["explained"], 10, "{class}");
    }
    let (brought, _) = analyse(&folder, BROUGHT);
    for part in [
        "classes",
        "training",
        "pixel_importance",
        "latent_importance",
        "direction",
    ] {
        assert!(!by_name[part].is_null(), "{part}");
        assert_eq!(by_name[part], brought[part], "{part}");
    }

    let (joined, log) = analyse(&folder, BY_NAME);
    assert!(log.contains("say --roles by-name"), "{log}");
    assert_eq!(joined["classes"][0]["training"], 34);
    assert_eq!(joined["classes"][0]["explained"], 6);
}

#[test]
fn a_model_is_explained_on_the_test_set_alone() {
    let folder = folder("a_model_is_explained_on_the_test_set_alone");
    write(&folder);
    let train = format!("train {BROUGHT} --dims 3 --epochs 2 --out model.safetensors");
    let output = latent_lens(&folder, &train);
    assert!(output.status.success(), "{}", said(&output));
    let explain =
        format!("analyse {BROUGHT} --model model.safetensors --activations relu,sigmoid --out out");
    let output = latent_lens(&folder, &explain);
    assert!(output.status.success(), "{}", said(&output));
    let report = fs::read_to_string(folder.join("out/report.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["classes"][0]["explained"], 10);
}

#[test]
fn flags_that_do_not_go_together_are_refused() {
    let folder = folder("flags_of_test_sets_that_do_not_go_together_are_refused");
    write(&folder);
    for (arguments, expected) in [
        (format!("{BROUGHT} --roles by-name"), "cannot be used with"),
        (
            "--images train-images-idx3-ubyte --test-labels t10k-labels-idx1-ubyte".into(),
            "--test-images",
        ),
    ] {
        let output = latent_lens(&folder, &format!("analyse {arguments} --out out"));
        assert_eq!(output.status.code(), Some(2), "{arguments}");
        assert!(said(&output).contains(expected), "{}", said(&output));
    }
    let names = "--images train-images-idx3-ubyte train-labels-idx1-ubyte --roles by-name";
    let output = latent_lens(&folder, &format!("analyse {names} --out out"));
    assert_eq!(output.status.code(), Some(1));
    let log = said(&output);
    assert!(
        log.contains("do not tell a training set and a test set apart"),
        "{log}"
    );
}
