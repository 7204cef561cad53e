//! `shard` and `merge`: parts are the whole, to the last bit.

use std::fs;
use std::path::Path;

use flate2::Crc;
use latent_lens::engine::Kernel;

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
        assert_eq!(files, 29);
    }
}

#[test]
fn any_number_of_jobs_gives_the_same_numbers() {
    let folder = folder("any_number_of_jobs_gives_the_same_numbers");
    write(&folder);
    for jobs in [1, 100_000] {
        let command = format!("analyse {IMAGES} --method sampled --jobs {jobs} --out by-{jobs}");
        succeed(&folder, &command);
    }
    let report = |jobs: u32| fs::read(folder.join(format!("by-{jobs}/report.json"))).unwrap();
    assert!(report(1) == report(100_000));
}

#[test]
fn a_saved_model_gives_the_numbers_of_the_run_that_trained_it() {
    let folder = folder("a_saved_model_gives_the_numbers_of_the_run_that_trained_it");
    write(&folder);
    let data = "--images images.idx --labels labels.idx --explain held-out --seed 5";
    succeed(&folder, &format!("analyse {IMAGES} --hidden 6 --out whole"));
    for model in ["model.safetensors", "model.keras", "model.onnx"] {
        succeed(&folder, &format!("train {IMAGES} --hidden 6 --out {model}"));
        for part in 1..=2 {
            let command = format!("shard --part {part}/2 --model {model} {data} --out {part}.json");
            succeed(&folder, &command);
        }
        succeed(
            &folder,
            &format!("merge 1.json 2.json --out {model}-joined"),
        );
        assert!(!folder.join(format!("{model}-joined/loss.svg")).exists());
        for table in ["pixel_importance", "direction", "latent_importance"] {
            let read = |out: &str| fs::read(folder.join(format!("{out}/{table}.csv"))).unwrap();
            assert!(
                read("whole") == read(&format!("{model}-joined")),
                "{model}: {table}"
            );
        }
    }
    let refused = [
        (
            format!("train {IMAGES} --out model.bin"),
            2,
            "The ending says",
        ),
        (
            format!("analyse --model none.onnx {data} --out out"),
            1,
            "none.onnx: The file cannot",
        ),
        (
            format!("analyse --model labels.idx {data} --out out"),
            1,
            "labels.idx",
        ),
        (
            format!("analyse --model model.onnx {IMAGES} --out out"),
            2,
            "cannot be used with",
        ),
    ];
    for (command, code, words) in refused {
        let output = latent_lens(&folder, &command);
        let message = said(&output);
        assert_eq!(output.status.code(), Some(code), "{command}: {message}");
        assert!(message.contains(words), "{command}: {message}");
    }
}

/// A part that was changed, with the sum of what it holds now.
fn summed(part: &str) -> String {
    let (content, _) = part.rsplit_once(",\"checksum\"").unwrap();
    let mut sum = Crc::new();
    sum.update(content.as_bytes());
    format!("{content},\"checksum\":\"{:08x}\"}}", sum.sum())
}

#[test]
fn parts_of_unlike_kernels_are_joined_only_when_that_is_asked_for() {
    let folder = folder("parts_of_unlike_kernels_are_joined_only_when_that_is_asked_for");
    write(&folder);
    for part in 1..=2 {
        let command = format!("shard --part {part}/2 {IMAGES} --kernel baseline --out {part}.json");
        succeed(&folder, &command);
    }
    let part = fs::read_to_string(folder.join("2.json")).unwrap();
    let named = "\"kernel\":\"baseline\",";
    assert!(part.contains(named));
    // As another processor would have written it, and a version that knew no kernels.
    let other = part.replacen(named, "\"kernel\":\"avx2\",", 1);
    let (before, of_print) = other.split_once("\"fingerprint\":\"").unwrap();
    let trained_alone = format!("{before}\"fingerprint\":\"x{}", &of_print[1..]);
    for (name, part) in [
        ("other", &other),
        ("old", &part.replacen(named, "", 1)),
        ("alone", &trained_alone),
    ] {
        fs::write(folder.join(format!("{name}.json")), summed(part)).unwrap();
    }

    for (parts, sentences) in [
        (
            "1.json other.json",
            [
                "Part 2/2 was computed by the kernel avx2, part 1/2 by baseline",
                "--mixed",
            ],
        ),
        (
            "1.json alone.json --mixed",
            [
                "Part 2/2 is of another run than part 1/2",
                "where each part trains by another kernel",
            ],
        ),
    ] {
        let output = latent_lens(&folder, &format!("merge {parts} --out refused"));
        let message = said(&output);
        assert_eq!(output.status.code(), Some(1), "{message}");
        for sentence in sentences {
            assert!(message.contains(sentence), "{message}");
        }
        assert!(!folder.join("refused").exists());
    }

    succeed(&folder, "merge 1.json 2.json --out joined");
    succeed(&folder, "merge 1.json old.json --out with-old");
    succeed(&folder, "merge 1.json other.json --mixed --out mixed");
    let report = |out: &str| fs::read_to_string(folder.join(out).join("report.json")).unwrap();
    assert_eq!(report("joined"), report("with-old"));
    let names = ["\"kernel\":\"baseline\"", "\"kernel\":\"avx2, baseline\""];
    assert_eq!(
        report("joined").replace(names[0], names[1]),
        report("mixed")
    );
}

#[test]
fn a_kernel_can_be_chosen_of_those_that_the_processor_has() {
    let folder = folder("a_kernel_can_be_chosen_of_those_that_the_processor_has");
    write(&folder);
    let report = |kernel: &str, out: &str| {
        succeed(&folder, &format!("analyse {IMAGES} {kernel} --out {out}"));
        fs::read_to_string(folder.join(out).join("report.json")).unwrap()
    };
    assert!(report("--kernel baseline", "baseline").contains("\"kernel\":\"baseline\""));
    let fastest = Kernel::all().next().unwrap().name();
    let chosen = report("", "fastest");
    assert!(chosen.contains(&format!("\"kernel\":\"{fastest}\"")));
    assert_eq!(chosen, report(&format!("--kernel {fastest}"), "named"));

    let none = if cfg!(target_arch = "aarch64") {
        "avx2"
    } else {
        "neon"
    };
    for (place, words) in [
        (none, format!("This processor has no kernel {none}.")),
        (
            "baseline --device gpu",
            "leave it out, or --device gpu".into(),
        ),
    ] {
        let command = format!("analyse {IMAGES} --kernel {place} --out none");
        let output = latent_lens(&folder, &command);
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains(&words), "{}", said(&output));
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
    // What a broken transfer or another program may leave: in a part, one text for another.
    let spoilt = |name: &str, from: &str, to: &str| {
        let part = fs::read_to_string(folder.join("2-of-2.json")).unwrap();
        assert!(part.contains(from), "{from}");
        fs::write(folder.join(name), summed(&part.replacen(from, to, 1))).unwrap();
    };
    spoilt("huge.json", "\"2/2\"", "\"1/4000000000\"");
    spoilt("many.json", "\"2/2\"", "\"2/60000\"");
    spoilt("narrow.json", "\"dims\":3", "\"dims\":2");
    spoilt("flat.json", "\"shape\":[15,3]", "\"shape\":[3,15]");
    spoilt(
        "long.json",
        "\"shape\":[15,3]",
        "\"shape\":[4294967296,4294967296]",
    );
    spoilt("wide.json", "\"width\":5", "\"width\":4294967296");
    spoilt("infinite.json", "\"fraction\":1.0", "\"fraction\":1e39");
    // A digit for another is still a number.
    let part = fs::read_to_string(folder.join("2-of-2.json")).unwrap();
    let at = part.find("\"mean\"").unwrap() + 20;
    let other = part[at..].replacen('1', "2", 1);
    fs::write(folder.join("digit.json"), format!("{}{other}", &part[..at])).unwrap();
    let cases = [
        (
            "1-of-2.json digit.json",
            "digit.json: This is not as shard wrote it",
        ),
        ("1-of-2.json", "Part 2/2"),
        ("1-of-2.json 1-of-2.json", "given twice"),
        ("1-of-2.json other.json", "the settings differ."),
        (
            "1-of-2.json text.json",
            "text.json: This is not what shard writes",
        ),
        ("huge.json", "1/4000000000 asks for too many parts"),
        ("many.json", "11/60000 and 59989 more are missing"),
        (
            "1-of-2.json narrow.json",
            "part 2/2 is damaged: of samples' latents, it has",
        ),
        ("1-of-2.json flat.json", "part 2/2 is damaged"),
        (
            "1-of-2.json long.json",
            "long.json: This is not what shard writes",
        ),
        ("1-of-2.json wide.json", "part 2/2 is damaged"),
        (
            "1-of-2.json infinite.json",
            "infinite.json: This is not what shard writes",
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
    let many = format!("shard --part 1/4000000000 {IMAGES} --out no.json");
    let output = latent_lens(&folder, &many);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("a run has at most 65536"));
}
