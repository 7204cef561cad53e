//! Images in colour, from files to tables and charts.

use std::fs;
use std::path::Path;

use latent_lens::data::ImageShape;
use latent_lens::report::Report;

use super::files::{folder, latent_lens, said, without_sources};
use super::pack::npy;

const COUNT: usize = 80;
const SETTINGS: &str = "--dims 2 --epochs 3 --seed 2 --method sampled --permutations 2";
const IMAGES: &str = "--images x.npy --labels y.npy";

/// Images of 2 × 3 pixels, one class rather red and the other rather green, of one mean: what red has
/// more, green has less. Blue is the same everywhere.
fn write(folder: &Path) {
    let pixel = |image: usize, pixel: usize| {
        let red = if image.is_multiple_of(2) { 170 } else { 60 };
        let red = red + (image * 7 + pixel * 13) % 31;
        [red as u8, 240 - red as u8, 90]
    };
    let places = (0..COUNT * 6).map(|at| (at / 6, at % 6));
    let images: Vec<u8> = places.flat_map(|(image, at)| pixel(image, at)).collect();
    let shape = format!("({COUNT}, 2, 3, 3)");
    fs::write(folder.join("x.npy"), npy("|u1", &shape, &images)).unwrap();
    let labels: Vec<u8> = (0..COUNT).map(|image| (image % 2) as u8).collect();
    let shape = format!("({COUNT},)");
    fs::write(folder.join("y.npy"), npy("|u1", &shape, &labels)).unwrap();
}

/// Runs a command that writes to `out`, and gives its report and what it said.
fn run(folder: &Path, command: &str) -> (Report, String) {
    run_into(folder, command, "out")
}

fn run_into(folder: &Path, command: &str, out: &str) -> (Report, String) {
    let output = latent_lens(folder, command);
    let log = said(&output);
    assert!(output.status.success(), "{command}: {log}");
    let report = fs::read(folder.join(out).join("report.json")).unwrap();
    (serde_json::from_slice(&report).unwrap(), log)
}

#[test]
fn a_pixel_is_permuted_with_its_channels_or_each_channel_by_itself() {
    let folder = folder("a_pixel_is_permuted_with_its_channels_or_each_channel_by_itself");
    write(&folder);
    let (report, log) = run(&folder, &format!("analyse {IMAGES} {SETTINGS} --out out"));
    assert!(
        log.contains("80 images of 2 × 3 pixels in colour; values"),
        "{log}"
    );
    assert!(!log.contains("grey"), "{log}");
    let image = ImageShape {
        channels: 3,
        ..ImageShape::grey(2, 3)
    };
    assert_eq!(report.image, image);
    report.check().unwrap();
    let importance = report.pixel_importance.unwrap().mean;
    assert_eq!(importance.dim(), (6, 2));
    assert!(importance.iter().any(|&value| value > 0.0));
    let table = fs::read_to_string(folder.join("out/pixel_importance.csv")).unwrap();
    assert!(table.starts_with("pixel,row,col,dim_1,dim_2\n1,1,1,"));
    assert_eq!(table.lines().count(), 1 + 6);
    let loss = fs::read_to_string(folder.join("out/loss.svg")).unwrap();
    assert!(loss.contains("nats per value"));

    let by_channel = format!("analyse {IMAGES} {SETTINGS} --permute channel --out by-channel");
    let (report, _) = run_into(&folder, &by_channel, "by-channel");
    report.check().unwrap();
    let importance = &report.pixel_importance.as_ref().unwrap().mean;
    let sign = &report.direction.as_ref().unwrap().sign;
    assert_eq!(importance.dim(), (18, 2));
    for pixel in 0..6 {
        let [red, green, blue] = [0, 1, 2].map(|channel| 3 * pixel + channel);
        for dim in 0..2 {
            // Blue never changes; where red grows, green shrinks.
            assert_eq!((importance[(blue, dim)], sign[(blue, dim)]), (0.0, 0.0));
            assert_eq!(sign[(red, dim)], -sign[(green, dim)]);
        }
    }
    assert!(importance.iter().any(|&value| value > 0.0));
    let table = fs::read_to_string(folder.join("by-channel/direction.csv")).unwrap();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines[0], "pixel,row,col,channel,dim_1,dim_2");
    assert!(lines[2].starts_with("1,1,1,green,") && lines[18].starts_with("6,2,3,blue,"));
    for name in [
        "figure_class_0_red.svg",
        "figure_class_1_blue.png",
        "pixel_importance_green.svg",
    ] {
        assert!(folder.join("by-channel").join(name).exists(), "{name}");
    }
    let figure = fs::read_to_string(folder.join("by-channel/figure_class_0_red.svg")).unwrap();
    assert!(figure.contains("direction, red channel"));
    assert!(!folder.join("by-channel/pixel_importance.svg").exists());
}

#[test]
fn colours_become_grey_if_that_is_asked_for() {
    let folder = folder("colours_become_grey_if_that_is_asked_for");
    write(&folder);
    let command = format!("analyse {IMAGES} {SETTINGS} --grey mean --out out");
    let (report, log) = run(&folder, &command);
    assert!(
        log.contains("Colours became grey by their mean: less than 1 %"),
        "{log}"
    );
    assert_eq!(report.image, ImageShape::grey(2, 3));
    assert!(report.data.handling[0].starts_with("Colours became grey"));
    assert!(report.data.reading.contains("\"grey\":\"mean\""));
}

#[test]
fn parts_of_a_run_in_colour_make_the_whole() {
    let folder = folder("parts_of_a_run_in_colour_make_the_whole");
    write(&folder);
    let how = "--explain held-out --permute channel --method sampled --permutations 2 --seed 2";
    let train = format!("train {IMAGES} --dims 2 --epochs 3 --seed 2 --out model.safetensors");
    assert!(latent_lens(&folder, &train).status.success());
    for part in 1..=2 {
        let shard = format!(
            "shard --part {part}/2 {IMAGES} {how} --model model.safetensors --out {part}.json"
        );
        let output = latent_lens(&folder, &shard);
        assert!(output.status.success(), "{}", said(&output));
    }
    let (merged, _) = run(&folder, "merge 1.json 2.json --out out");
    let analyse = format!("analyse {IMAGES} {how} --model model.safetensors --out out");
    fs::remove_dir_all(folder.join("out")).unwrap();
    let (whole, _) = run(&folder, &analyse);
    assert_eq!(without_sources(&merged), without_sources(&whole));
    assert_eq!(merged.pixel_importance.unwrap().mean.dim(), (18, 2));
}
