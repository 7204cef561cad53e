//! What a program leaves behind that was killed, and what it does where nobody reads what it says.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::files::{folder, latent_lens, said, write};

const TRAIN: &str =
    "train --images images.idx --labels labels.idx --dims 3 --epochs 1 --out out/model.keras";

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("out")).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn what_a_killed_program_left_is_cleared_away_and_what_it_had_put_aside_is_there_again() {
    let folder = folder("what_a_killed_program_left_is_cleared_away");
    write(&folder);
    let out = folder.join("out");
    fs::create_dir(&out).unwrap();
    // Killed while it gave files their names, and when all had theirs.
    for name in [
        ".latent-lens.4000000001.unfinished",
        ".b.csv.4000000001.unfinished",
        ".a.csv.4000000001.before",
        ".latent-lens.4000000002.unfinished",
        ".c.csv.4000000002.before",
    ] {
        fs::write(out.join(name), name).unwrap();
    }
    fs::write(out.join("a.csv"), "half of another run").unwrap();
    // One that is at work.
    let busy = fs::File::create(out.join(".latent-lens.4000000003.unfinished")).unwrap();
    busy.lock().unwrap();
    fs::write(out.join(".d.csv.4000000003.unfinished"), "").unwrap();

    let output = latent_lens(&folder, TRAIN);
    assert!(output.status.success(), "{}", said(&output));
    let left = [
        ".d.csv.4000000003.unfinished",
        ".latent-lens.4000000003.unfinished",
        "a.csv",
        "model.keras",
    ];
    assert_eq!(names(&folder), left);
    let restored = fs::read_to_string(out.join("a.csv")).unwrap();
    assert_eq!(restored, ".a.csv.4000000001.before");
}

#[test]
fn where_a_file_cannot_have_its_name_all_is_as_before() {
    let folder = folder("where_a_file_cannot_have_its_name_all_is_as_before");
    write(&folder);
    fs::create_dir_all(folder.join("out/direction.csv")).unwrap();
    let old = ["encoded_space.csv", "latent_importance.csv", "report.json"];
    for name in old {
        fs::write(folder.join("out").join(name), name).unwrap();
    }
    let before = names(&folder);
    let analyse = "analyse --images images.idx --labels labels.idx --dims 3 --epochs 1 --out out";
    let output = latent_lens(&folder, analyse);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("out: Files cannot be written here: is a directory"));
    assert_eq!(names(&folder), before);
    for name in old {
        assert_eq!(
            fs::read_to_string(folder.join("out").join(name)).unwrap(),
            name
        );
    }
}

#[test]
fn a_program_whose_words_nobody_reads_does_its_work() {
    let folder = folder("a_program_whose_words_nobody_reads_does_its_work");
    write(&folder);
    let mut child = Command::new(env!("CARGO_BIN_EXE_latent-lens"))
        .args(TRAIN.split(' '))
        .current_dir(&folder)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stderr.take());
    assert!(child.wait().unwrap().success());
    assert_eq!(names(&folder), ["model.keras"]);
}
