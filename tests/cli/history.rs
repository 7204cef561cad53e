//! `analyse --history`: what it writes beside the files of a run.

use std::fs;

use latent_lens::report::Report;

use super::files::{folder, latent_lens, said, without_sources, write};

const COMMAND: &str = "analyse --images images.idx --labels labels.idx --classes 2,7 --dims 2 \
                       --epochs 3 --permutations 2 --jobs 2";

#[test]
fn a_history_lies_beside_the_same_report() {
    let folder = folder("a_history_lies_beside_the_same_report");
    write(&folder);
    for arguments in ["--out plain", "--history --out watched"] {
        let output = latent_lens(&folder, &format!("{COMMAND} {arguments}"));
        assert!(output.status.success(), "{}", said(&output));
    }
    let report = |name: &str| -> Report {
        serde_json::from_slice(&fs::read(folder.join(name).join("report.json")).unwrap()).unwrap()
    };
    let (plain, mut watched) = (report("plain"), report("watched"));
    let emergence = watched.emergence.take().unwrap();
    assert_eq!(without_sources(&watched), without_sources(&plain));
    assert_eq!(emergence.epochs, [0, 1, 2, 3]);

    // Every table of the last epoch is the run's own.
    for (table, of_epochs) in [
        ("pixel_importance.csv", "history_pixel_importance.csv"),
        ("direction.csv", "history_direction.csv"),
        ("latent_importance.csv", "history_latent_importance.csv"),
    ] {
        let read = |name: &str| fs::read_to_string(folder.join("watched").join(name)).unwrap();
        let (own, all) = (read(table), read(of_epochs));
        let mut lines = all.lines();
        let heading = lines.next().unwrap();
        assert_eq!(heading, format!("epoch,{}", own.lines().next().unwrap()));
        let rows = own.lines().count() - 1;
        assert_eq!(all.lines().count(), 1 + 4 * rows);
        let last: Vec<&str> = lines.filter_map(|line| line.strip_prefix("3,")).collect();
        assert_eq!(last, own.lines().skip(1).collect::<Vec<_>>());
    }

    // Four pictures, one for each epoch.
    let file = fs::File::open(folder.join("watched/animation.png")).unwrap();
    let reader = png::Decoder::new(std::io::BufReader::new(file))
        .read_info()
        .unwrap();
    assert_eq!(reader.info().animation_control().unwrap().num_frames, 4);
    let strip = fs::read_to_string(folder.join("watched/film_strip.svg")).unwrap();
    assert!(strip.contains("after epochs 0, 1, 2, 3"), "{strip}");
    assert!(!folder.join("plain/animation.png").exists());
}

#[test]
fn a_model_that_was_brought_has_no_history() {
    let folder = folder("a_model_that_was_brought_has_no_history");
    write(&folder);
    let train = "train --images images.idx --labels labels.idx --dims 2 --epochs 1 \
                 --out model.safetensors";
    assert!(latent_lens(&folder, train).status.success());
    let output = latent_lens(
        &folder,
        "analyse --images images.idx --labels labels.idx --model model.safetensors --history --out out",
    );
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(
        said(&output).contains("leave out --model"),
        "{}",
        said(&output)
    );
}
