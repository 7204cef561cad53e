//! Models that are programs: `--command`, spoken to by scripts that need nothing but Python.

use std::fs;
use std::path::Path;
use std::process::Command;

use latent_lens::report::{ModelPart, Report};

use super::files::{COUNT, SIZE, folder, latent_lens, said, write};

/// Reads and writes arrays of float32 as NumPy does.
const ARRAYS: &str = r#"
import array, ast, struct, sys
source, sink = sys.stdin.buffer, sys.stdout.buffer
def read():
    if source.read(6) != b"\x93NUMPY":
        sys.exit()
    source.read(2)
    header = ast.literal_eval(source.read(struct.unpack("<H", source.read(2))[0]).decode())
    count = 1
    for size in header["shape"]:
        count *= size
    return header["shape"], array.array("f", source.read(4 * count))
def write(shape, numbers, kind="f"):
    header = repr({"descr": "<f4" if kind == "f" else "<f8", "fortran_order": False, "shape": shape}) + "\n"
    sink.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
    sink.write(array.array(kind, numbers).tobytes())
    sink.flush()
"#;

/// Two latents of 15 pixels: the sum of the first five and the largest of the others.
const ENCODE: &str = "
while True:
    (n, height, width, channels), x = read()
    p = height * width * channels
    rows = [x[i * p:(i + 1) * p] for i in range(n)]
    write((n, 2), [z for r in rows for z in (sum(r[:5]), max(r[5:]))])
";

/// Fifteen pixels of two latents.
const DECODE: &str = "
while True:
    (n, d), z = read()
    write((n, 15), [z[d * i + j % 2] / 5 for i in range(n) for j in range(15)], 'd')
";

/// A folder with images and the scripts, where there is a Python.
fn prepared(test: &str, scripts: &[(&str, &str)]) -> Option<std::path::PathBuf> {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("there is no python3: nothing is tested");
        return None;
    }
    let folder = folder(test);
    write(&folder);
    for (name, script) in scripts {
        fs::write(folder.join(name), format!("{ARRAYS}{script}")).unwrap();
    }
    Some(folder)
}

/// Runs `analyse` with one argument more, which may have spaces.
fn analyse(folder: &Path, more: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_latent-lens"))
        .args([
            "analyse",
            "--images",
            "images.idx",
            "--labels",
            "labels.idx",
        ])
        .args(["--classes", "2,4,7", "--out", "out", "--method", "exact"])
        .args(more)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn report(folder: &Path) -> Report {
    serde_json::from_slice(&fs::read(folder.join("out/report.json")).unwrap()).unwrap()
}

#[test]
fn programs_are_asked_for_latents_and_for_reconstructions() {
    let scripts = [("encode.py", ENCODE), ("decode.py", DECODE)];
    let Some(folder) = prepared("programs_are_asked", &scripts) else {
        return;
    };
    let both = [
        "--command",
        "python3 \"encode.py\"",
        "--decode-command",
        "python3 decode.py",
    ];
    let output = analyse(&folder, &both);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("gives float64, which is rounded to float32"));
    let report = report(&folder);
    assert_eq!(report.settings.dims, 2);
    let model = report.model.as_ref().unwrap();
    assert_eq!(model.files, ["python3 \"encode.py\"", "python3 decode.py"]);

    // The first latent is a sum: V of its pixels is twice their variance, and of others nothing.
    let encoded = report.encoded.as_ref().unwrap();
    let images = encoded.labels.len();
    assert_eq!(images, COUNT);
    let importance = &report.pixel_importance.as_ref().unwrap().mean;
    assert_eq!(importance.dim(), (SIZE.0 * SIZE.1, 2));
    for pixel in 5..15 {
        assert_eq!(importance[[pixel, 0]], 0.0);
    }
    for pixel in 0..5 {
        let values: Vec<f64> = super::files::classes()
            .iter()
            .flat_map(|class| {
                let rows = 0..class.images.count();
                let value = |row| class.images.intensities(row).nth(pixel).unwrap();
                rows.map(value).map(f64::from).collect::<Vec<_>>()
            })
            .collect();
        let mean = values.iter().sum::<f64>() / images as f64;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / images as f64;
        let off = f64::from(importance[[pixel, 0]]) - 2.0 * variance;
        assert!(off.abs() < 1e-5, "pixel {pixel} is off by {off}");
    }
    // Of its 15 pixels, 8 are a fifth of the first latent: their mean squared change is that of it.
    let latent = report.latent_importance.as_ref().unwrap();
    for (class, summary) in report.classes.iter().enumerate() {
        let rows = (0..images).filter(|&row| encoded.labels[row] == summary.label);
        let values: Vec<f64> = rows
            .map(|row| f64::from(encoded.latents[[row, 0]]))
            .collect();
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
        let expected = 8.0 / 15.0 / 25.0 * 2.0 * variance;
        let found = f64::from(latent.mean[[class, 0]]);
        assert!(
            (found / expected - 1.0).abs() < 1e-4,
            "{found}, not {expected}"
        );
    }
}

#[test]
fn an_encoder_alone_leaves_out_what_needs_reconstructions_and_says_so() {
    let Some(folder) = prepared("an_encoder_alone", &[("encode.py", ENCODE)]) else {
        return;
    };
    let output = analyse(&folder, &["--command", "python3 encode.py"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("There is no decoder: reconstructions"));
    let report = report(&folder);
    assert!(report.pixel_importance.is_some() && report.direction.is_some());
    assert!(report.latent_importance.is_none() && report.samples.is_none());
    assert_eq!(report.model.as_ref().unwrap().part, ModelPart::Encoder);
    let figure = fs::read_to_string(folder.join("out/figure.svg")).unwrap();
    assert!(figure.contains("Pixel importance × direction"));
    assert!(!figure.contains("importance (mean squared error)"));
    assert!(!folder.join("out/figure_class_2.svg").exists());
    assert!(folder.join("out/pixel_importance.csv").exists());
    assert!(!folder.join("out/latent_importance.csv").exists());
    assert!(!folder.join("out/latent_importance.svg").exists());
}

/// The programs that the book shows, with encoders that add all pixels up, where their library is there. `PYTHON`
/// may say which Python has it.
#[test]
fn the_programs_of_the_book_encode() {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    let programs = [
        (
            "keras",
            "import keras\nfrom keras import layers\nkeras.Sequential([keras.Input((3, 5, 1)), layers.Flatten(), \
             layers.Dense(2, kernel_initializer='ones')]).save('encoder.keras')",
            "encoder.keras",
        ),
        (
            "torch",
            "import torch\nlinear = torch.nn.Linear(15, 2)\nlinear.weight.data.fill_(1)\n\
             linear.bias.data.fill_(0)\nencoder = torch.nn.Sequential(torch.nn.Flatten(), linear)\n\
             torch.jit.script(encoder).save('encoder.pt')",
            "encoder.pt",
        ),
    ];
    for (library, make, model) in programs {
        let folder = folder(&format!("the_programs_of_the_book_{library}"));
        write(&folder);
        let made = Command::new(&python)
            .args(["-c", make])
            .current_dir(&folder)
            .output();
        if !made.is_ok_and(|made| made.status.success()) {
            eprintln!("{python} has no {library}: its program is not run");
            continue;
        }
        let program = format!(
            "{}/examples/programs/encode_{library}.py",
            env!("CARGO_MANIFEST_DIR")
        );
        let output = analyse(
            &folder,
            &["--command", &format!("{python} '{program}' {model}")],
        );
        assert!(output.status.success(), "{}", said(&output));
        let encoded = report(&folder).encoded.unwrap();
        let sums = super::files::classes().into_iter().flat_map(|class| {
            let rows = 0..class.images.count();
            rows.map(move |row| class.images.intensities(row).sum::<f32>())
                .collect::<Vec<_>>()
        });
        let mut expected: Vec<f32> = sums.collect();
        let mut found = encoded.latents.column(0).to_vec();
        for numbers in [&mut expected, &mut found] {
            numbers.sort_by(f32::total_cmp);
        }
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected).abs() < 1e-4, "{found}, not {expected}");
        }
    }
}

/// Slow at first, so that the test is not.
const SLOW: &str = "
import time
for batch in range(10 ** 9):
    (n, height, width, channels), x = read()
    if 0 < batch < 4:
        time.sleep(0.1 * n)
    p = height * width * channels
    write((n, 1), [sum(x[i * p:(i + 1) * p]) for i in range(n)])
";

#[test]
fn how_long_a_slow_program_takes_is_said_before_it_goes_on() {
    let Some(folder) = prepared("how_long_a_slow_program", &[("slow.py", SLOW)]) else {
        return;
    };
    let sampled = ["--command", "python3 slow.py", "--method", "sampled"];
    let output = Command::new(env!("CARGO_BIN_EXE_latent-lens"))
        .args(["analyse", "--images", "images.idx", "--out", "out"])
        .args(sampled)
        .current_dir(&folder)
        .output()
        .unwrap();
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    let line = said
        .lines()
        .find(|line| line.starts_with("This takes about "));
    let line = line.unwrap_or_else(|| panic!("{said}"));
    assert!(
        line.contains(" min ") && line.contains(" images are encoded, "),
        "{line}"
    );
    let quicker = "Quicker: --explain 30 (at most ";
    assert!(
        line.contains(quicker) && line.contains("fewer --permutations than "),
        "{line}"
    );
    let place = |words: &str| said.find(words).unwrap_or_else(|| panic!("{said}"));
    assert!(place("This takes about ") < place("Pixel importance:"));
}

/// A program that has started another, and does not answer its second batch.
#[cfg(unix)]
const STUCK: &str = "
import subprocess, time
other = subprocess.Popen(['sleep', '60'])
shape, x = read()
write((1, 2), [1, 2])
read()
open('other', 'w').write(str(other.pid))
time.sleep(60)
";

/// Ctrl-C is not kept waiting for a batch of a graph either, which takes many seconds here.
#[cfg(unix)]
#[test]
fn interrupted_a_graph_is_left_in_the_midst_of_a_batch() {
    use std::io::{BufRead, BufReader, Read};
    use std::process::Stdio;
    use std::time::{Duration, Instant};

    let folder = folder("interrupted_a_graph");
    write(&folder);
    let graph = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/models/fixtures/graphs/slow.onnx"
    );
    let mut program = Command::new(env!("CARGO_BIN_EXE_latent-lens"))
        .args(["analyse", "--images", "images.idx", "--out", "out"])
        .args(["--model", graph])
        .current_dir(&folder)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(program.stderr.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("This takes about") {
        line.clear();
        assert_ne!(said.read_line(&mut line).unwrap(), 0, "it has ended");
    }
    let interrupted = Instant::now();
    let process = program.id().to_string();
    let sent = Command::new("kill").args(["-INT", &process]).status();
    assert!(sent.unwrap().success());
    let code = program.wait().unwrap().code();
    let took = interrupted.elapsed();
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert_eq!(code, Some(130), "{rest}");
    assert!(rest.ends_with("Stopped; nothing was written.\n"), "{rest}");
    assert!(took < Duration::from_secs(2), "{took:?}");
}

/// Ctrl-C is not kept waiting for a batch, and leaves no process behind.
#[cfg(unix)]
#[test]
fn interrupted_a_program_ends_with_all_that_it_started() {
    use std::process::Stdio;
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    let Some(folder) = prepared("interrupted_a_program", &[("stuck.py", STUCK)]) else {
        return;
    };
    let program = Command::new(env!("CARGO_BIN_EXE_latent-lens"))
        .args(["analyse", "--images", "images.idx", "--out", "out"])
        .args(["--command", "python3 stuck.py"])
        .current_dir(&folder)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    let other = loop {
        match fs::read_to_string(folder.join("other")) {
            Ok(other) if !other.is_empty() => break other,
            _ => assert!(start.elapsed() < Duration::from_secs(30)),
        }
        sleep(Duration::from_millis(10));
    };
    let interrupted = Instant::now();
    let process = program.id().to_string();
    let sent = Command::new("kill").args(["-INT", &process]).status();
    assert!(sent.unwrap().success());
    let output = program.wait_with_output().unwrap();
    let took = interrupted.elapsed();
    assert_eq!(output.status.code(), Some(130), "{}", said(&output));
    let said = said(&output);
    assert!(said.ends_with("Stopped; nothing was written.\n"), "{said}");
    assert!(took < Duration::from_secs(1), "{took:?}");
    // Whoever adopts it may take a moment to hear of its end.
    let runs = || {
        let state = Command::new("ps")
            .args(["-o", "stat=", "-p", &other])
            .output();
        let state = String::from_utf8(state.unwrap().stdout).unwrap();
        !state.trim().is_empty() && !state.starts_with('Z')
    };
    while runs() {
        assert!(
            interrupted.elapsed() < Duration::from_secs(5),
            "it still runs"
        );
        sleep(Duration::from_millis(10));
    }
}

#[test]
fn what_a_program_does_wrong_is_said() {
    let scripts = [
        (
            "talk.py",
            "sink.write(b'Loading the model')\nsink.flush()\nread()",
        ),
        ("end.py", "read()\nsys.exit(3)"),
        ("sleep.py", "import time\nread()\ntime.sleep(60)"),
        ("few.py", "read()\nwrite((2, 2), [1, 2, 3, 4])\nread()"),
        (
            "nan.py",
            "while True:\n    shape, x = read()\n    write((shape[0], 2), [float('nan')] * 2 * shape[0])",
        ),
        (
            "late.py",
            "read()\nwrite((1, 2), [1, 2])\nread()\nsys.exit('out of memory')",
        ),
    ];
    let Some(folder) = prepared("what_a_program_does_wrong", &scripts) else {
        return;
    };
    let cases: [(&str, i32, &[&str]); 8] = [
        (
            "python3 talk.py",
            1,
            &[
                "begins with \\\"Loadin\\\"",
                "Print messages to standard error",
            ],
        ),
        (
            "python3 end.py",
            1,
            &["ended (exit status: 3) before it had answered"],
        ),
        (
            "python3 sleep.py",
            1,
            &["has not answered for 1 s", "--command-timeout"],
        ),
        ("python3 few.py", 1, &["was given 1 row", "[2, 2]"]),
        (
            "python3 late.py",
            1,
            &["out of memory", "ended (exit status: 1)"],
        ),
        ("no-such-program-here", 1, &["cannot be started", "PATH"]),
        ("python3 \"end.py", 2, &["is not a command"]),
        (
            "python3 nan.py",
            1,
            &["gave a number that is infinite or NaN"],
        ),
    ];
    for (line, code, words) in cases {
        // A busy machine takes a while to start a Python.
        let seconds = if line.contains("sleep.py") { "1" } else { "60" };
        let output = analyse(&folder, &["--command", line, "--command-timeout", seconds]);
        let said = said(&output);
        for word in words {
            let word = word.replace("\\\"", "\"");
            assert!(said.contains(&word), "{line}: {said}");
        }
        assert_eq!(output.status.code(), Some(code), "{line}: {said}");
        assert!(!folder.join("out/report.json").exists());
    }
    let shard = latent_lens(
        &folder,
        "shard --part 1/2 --images images.idx --command x --out part.json",
    );
    assert!(
        said(&shard).contains("parts of it are not joined"),
        "{}",
        said(&shard)
    );
}
