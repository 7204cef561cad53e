//! `shard` and `merge`: parts are the whole, to the last bit.

use std::fs;
use std::path::Path;

use super::files::{folder, latent_lens, said, write};

const IMAGES: &str = "--images images.idx --labels labels.idx --dims 3 --epochs 4 --seed 5";

fn succeed(folder: &Path, command: &str) {
    let output = latent_lens(folder, command);
    assert!(output.status.success(), "{command}: {}", said(&output));
}

#[test]
fn the_parts_of_a_run_are_the_run() {
    let folder = folder("the_parts_of_a_run_are_the_run");
    write(&folder);
    for settings in ["", "--method sampled --hidden 6"] {
        succeed(&folder, &format!("analyse {IMAGES} {settings} --out whole"));
        for part in 1..=3 {
            let command =
                format!("shard --part {part}/3 {IMAGES} {settings} --out parts/{part}.json");
            succeed(&folder, &command);
        }
        succeed(
            &folder,
            "merge parts/3.json parts/1.json parts/2.json --out joined",
        );
        let mut files = 0;
        for entry in fs::read_dir(folder.join("whole")).unwrap() {
            let name = entry.unwrap().file_name();
            let read = |out: &str| fs::read(folder.join(out).join(&name)).unwrap();
            assert!(
                read("whole") == read("joined"),
                "{name:?} differs ({settings})"
            );
            files += 1;
        }
        assert_eq!(files, 16);
    }
}

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let folder = folder("parts_that_do_not_belong_together_are_refused");
    write(&folder);
    for part in ["1/2", "2/2"] {
        let name = part.replace('/', "-of-");
        succeed(
            &folder,
            &format!("shard --part {part} {IMAGES} --out {name}.json"),
        );
    }
    succeed(
        &folder,
        &format!("shard --part 2/2 {IMAGES} --epochs 3 --out other.json")
            .replace("--epochs 4 ", ""),
    );
    fs::write(folder.join("text.json"), "{}").unwrap();
    let cases = [
        ("1-of-2.json", "Part 2/2"),
        ("1-of-2.json 1-of-2.json", "given twice"),
        ("1-of-2.json other.json", "the settings differ."),
        (
            "1-of-2.json text.json",
            "text.json: This is not what shard writes",
        ),
        (
            "1-of-2.json none.json",
            "none.json: The file cannot be read",
        ),
    ];
    for (parts, words) in cases {
        let output = latent_lens(&folder, &format!("merge {parts} --out out"));
        let message = said(&output);
        assert_eq!(output.status.code(), Some(1), "{parts}: {message}");
        assert!(message.contains(words), "{parts}: {message}");
        assert!(!folder.join("out").exists());
    }
    for part in ["0/2", "3/2", "two"] {
        let output = latent_lens(
            &folder,
            &format!("shard --part {part} {IMAGES} --out no.json"),
        );
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains("write 3/16 for the third of sixteen"));
    }
}
