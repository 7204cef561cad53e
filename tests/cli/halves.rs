//! Halves of an autoencoder, and latents that were made elsewhere: what they tell is what the whole tells.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use latent_lens::report::{ModelPart, Report};
use ndarray::Array2;

use super::files::{COUNT, folder, latent_lens, said, write};

const ANALYSE: &str = "analyse --images images.idx --labels labels.idx --method exact";

fn report(folder: &Path, arguments: &str) -> (Report, String) {
    let output = latent_lens(folder, &format!("{ANALYSE} {arguments} --out out"));
    let message = said(&output);
    assert!(output.status.success(), "{message}");
    let report = fs::read(folder.join("out/report.json")).unwrap();
    (serde_json::from_slice(&report).unwrap(), message)
}

fn refused(folder: &Path, arguments: &str) -> String {
    let output = latent_lens(folder, &format!("{ANALYSE} {arguments} --out refused"));
    assert!(!output.status.success(), "{arguments}");
    assert!(!folder.join("refused").exists(), "{arguments}");
    said(&output)
}

/// The latents of all images in the order of the file.
fn in_order(report: &Report) -> Array2<f32> {
    let encoded = report.encoded.as_ref().unwrap();
    assert_eq!(encoded.latents.nrows(), COUNT);
    let mut latents = Array2::zeros(encoded.latents.dim());
    for (row, &place) in encoded.latents.rows().into_iter().zip(&encoded.place) {
        latents.row_mut(place as usize).assign(&row);
    }
    latents
}

fn csv(latents: &Array2<f32>) -> String {
    let mut text = String::from("z1,z2,z3\n");
    for row in latents.rows() {
        let fields: Vec<String> = row.iter().map(ToString::to_string).collect();
        writeln!(text, "{}", fields.join(",")).unwrap();
    }
    text
}

fn npy(latents: &Array2<f32>) -> Vec<u8> {
    let (rows, columns) = latents.dim();
    let header =
        format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}\n");
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.bytes());
    for number in latents {
        file.extend(number.to_le_bytes());
    }
    file
}

#[test]
fn a_half_tells_what_the_whole_tells_of_it() {
    let folder = folder("a_half_tells_what_the_whole_tells_of_it");
    write(&folder);
    let train =
        "train --images images.idx --labels labels.idx --dims 3 --epochs 3 --out model.keras";
    let output = latent_lens(&folder, train);
    assert!(output.status.success(), "{}", said(&output));
    let (whole, _) = report(&folder, "--model model.keras");
    let latents = in_order(&whole);
    fs::write(folder.join("z.csv"), csv(&latents)).unwrap();
    fs::write(folder.join("z.npy"), npy(&latents)).unwrap();

    let (encoder, message) = report(&folder, "--model model.keras --half encoder");
    assert!(
        message.contains("The model is an encoder alone"),
        "{message}"
    );
    assert_eq!(encoder.model.as_ref().unwrap().part, ModelPart::Encoder);
    let close = |a: &Array2<f32>, b: &Array2<f32>| {
        let far = a.iter().zip(b).map(|(a, b)| (a - b).abs());
        assert!(far.fold(0.0, f32::max) < 1e-4, "{a} {b}");
    };
    let importance = |report: &Report| report.pixel_importance.as_ref().unwrap().mean.clone();
    close(&importance(&encoder), &importance(&whole));
    assert!(encoder.latent_importance.is_none() && encoder.samples.is_none());

    let (decoder, message) = report(
        &folder,
        "--model model.keras --half decoder --latents z.npy",
    );
    assert!(
        message.contains("The model is a decoder alone"),
        "{message}"
    );
    assert_eq!(decoder.model.as_ref().unwrap().part, ModelPart::Decoder);
    let of_latents = |report: &Report| report.latent_importance.as_ref().unwrap().mean.clone();
    close(&of_latents(&decoder), &of_latents(&whole));
    assert!(decoder.pixel_importance.is_none());
    assert!(decoder.reconstruction_errors.is_some());

    let (alone, message) = report(&folder, "--latents z.csv");
    assert!(
        message.contains("the first line was taken for the names"),
        "{message}"
    );
    assert!(
        message.contains("The latents were made elsewhere"),
        "{message}"
    );
    assert_eq!(alone.model.as_ref().unwrap().part, ModelPart::Latents);
    assert_eq!(in_order(&alone), latents);
    assert_eq!(alone.direction.unwrap().sign, whole.direction.unwrap().sign);
    assert!(alone.pixel_importance.is_none() && alone.latent_importance.is_none());
}

#[test]
fn latents_that_do_not_fit_are_refused_in_one_sentence() {
    let folder = folder("latents_that_do_not_fit_are_refused_in_one_sentence");
    write(&folder);
    let text = |lines: usize, line: &str| format!("{line}\n").repeat(lines);
    for (name, content, words) in [
        (
            "few.csv",
            text(119, "1,2"),
            "119 rows of latents and 120 images",
        ),
        (
            "missing.csv",
            text(120, "1,NA"),
            "missing.csv, line 1, column 2: The value is missing",
        ),
        (
            "words.csv",
            format!("a,b\n{}x,1\n", text(119, "1,2")),
            "“x” is no number",
        ),
        (
            "ragged.csv",
            format!("1,2\n{}", text(119, "1")),
            "The line has 1 value, those before it have 2",
        ),
        ("header.csv", "a,b\n".into(), "no rows of numbers"),
    ] {
        fs::write(folder.join(name), content).unwrap();
        let message = refused(&folder, &format!("--latents {name}"));
        assert!(message.contains(words), "{message}");
    }
    let train = "train --images images.idx --labels labels.idx --dims 3 --epochs 1 --out m.keras";
    assert!(latent_lens(&folder, train).status.success());
    fs::write(folder.join("z.csv"), text(120, "1,2")).unwrap();
    for (arguments, words) in [
        ("--model m.keras --half decoder", "Give them with --latents"),
        ("--model m.keras --latents z.csv", "--half decoder"),
        (
            "--model m.keras --half decoder --latents z.csv",
            "2 dimensions, and the decoder takes 3",
        ),
        ("--half encoder", "--model"),
    ] {
        let message = refused(&folder, arguments);
        assert!(message.contains(words), "{arguments}: {message}");
    }
}
