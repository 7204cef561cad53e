//! Results that were computed elsewhere: drawn, and nothing said of them that is not known.

use std::fs;
use std::path::Path;

use latent_lens::report::Report;

use super::files::{folder, latent_lens, said};

fn copied(folder: &Path, names: &[&str]) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers/r");
    for name in names {
        fs::copy(from.join(name), folder.join(name)).unwrap();
    }
}

#[test]
fn results_of_aim_are_drawn_without_a_word_that_is_not_known() {
    let folder = folder("results_of_aim_are_drawn_without_a_word_that_is_not_known");
    copied(&folder, &["aim.RData"]);
    let output = latent_lens(&folder, "results aim.RData --metric rmse --out out");
    let message = said(&output);
    assert!(output.status.success(), "{message}");
    for words in [
        "Line after line, pixels are taken row by row",
        "taken for that by root mean squared error",
        "--metric mse",
        "how often pixels and latents were permuted",
        "class Hat is 0 throughout",
    ] {
        assert!(message.contains(words), "{words}: {message}");
    }
    let read = |name: &str| fs::read_to_string(folder.join("out").join(name)).unwrap();
    let report: Report = serde_json::from_str(&read("report.json")).unwrap();
    assert_eq!((report.settings.dims, report.classes.len()), (2, 3));
    assert!(report.training.is_none() && report.samples.is_none() && report.encoded.is_none());
    assert!(read("pixel_importance.csv").starts_with("pixel,row,col,dim_1,dim_2\n1,1,1,11,21\n"));
    assert!(read("latent_importance.csv").contains("\nCoat,2,2.2,\n"));
    for name in [
        "figure_class_Bag.svg",
        "latent_importance.svg",
        "similarity.svg",
    ] {
        let svg = read(name);
        assert!(
            svg.contains("The results are those in aim.RData"),
            "{name}: {svg}"
        );
        for unknown in [
            "epoch",
            "held-out",
            "standard error",
            "trained",
            "exact",
            "one image",
        ] {
            assert!(!svg.contains(unknown), "{name} says {unknown}: {svg}");
        }
    }
}

#[test]
fn parts_of_results_are_drawn_alone() {
    let folder = folder("parts_of_results_are_drawn_alone");
    copied(&folder, &["aim-encoded.csv", "aim-direction.rds"]);
    let output = latent_lens(&folder, "results aim-encoded.csv --out of-classes");
    assert!(output.status.success(), "{}", said(&output));
    let names = |of: &str| -> Vec<String> {
        let files = fs::read_dir(folder.join(of)).unwrap();
        let mut names: Vec<String> = files
            .map(|file| file.unwrap().path())
            .filter(|path| path.extension().is_none_or(|ending| ending != "png"))
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(
        names("of-classes"),
        [
            "latent_importance.csv",
            "latent_importance.svg",
            "report.json",
            "similarity.csv",
            "similarity.svg"
        ]
    );
    let output = latent_lens(&folder, "results aim-direction.rds --out of-pixels");
    assert!(output.status.success(), "{}", said(&output));
    let names = names("of-pixels");
    assert!(names.contains(&"direction.csv".into()), "{names:?}");
    assert!(!names.contains(&"pixel_importance.csv".into()), "{names:?}");
    let output = latent_lens(
        &folder,
        "results aim-direction.rds --size 2x2 --out refused",
    );
    let message = said(&output);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(
        message.contains("9 features, and images of 2 × 2 pixels have 4"),
        "{message}"
    );
}
