//! Small files to analyse, and the program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use latent_lens::data::{Class, ImageSet};
use latent_lens::report::{DataSource, Report};
use serde_json::Value;

/// An empty folder that belongs to one test.
pub fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("cli")
        .join(test);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs the program; `arguments` are separated by spaces and paths are relative to `folder`.
pub fn latent_lens(folder: &Path, arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_latent-lens"))
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .unwrap()
}

/// What a command said on standard error.
pub fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Height and width of the images: not square.
pub const SIZE: (usize, usize) = (3, 5);
/// Labels of the images, in turns.
pub const LABELS: [u8; 3] = [2, 7, 4];
/// Number of images.
pub const COUNT: usize = 120;

/// Writes `images.idx` and `labels.idx`.
pub fn write(folder: &Path) {
    let pixels: Vec<u8> = (0..COUNT).flat_map(image).collect();
    fs::write(
        folder.join("images.idx"),
        idx(&[COUNT, SIZE.0, SIZE.1], &pixels),
    )
    .unwrap();
    let labels: Vec<u8> = (0..COUNT).map(label).collect();
    fs::write(folder.join("labels.idx"), idx(&[COUNT], &labels)).unwrap();
}

/// An IDX file of bytes.
pub fn idx(shape: &[usize], bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![0, 0, 8, shape.len() as u8];
    for &size in shape {
        file.extend((size as u32).to_be_bytes());
    }
    file.extend(bytes);
    file
}

/// The same images as the library takes them, without the program's readers.
pub fn classes() -> Vec<Class> {
    let mut labels = LABELS;
    labels.sort_unstable();
    labels
        .into_iter()
        .map(|wanted| {
            let images = (0..COUNT).filter(|&number| label(number) == wanted);
            let bytes = images.flat_map(image).collect();
            let set = ImageSet::from_bytes(SIZE.0, SIZE.1, bytes);
            Class::new(wanted, set)
        })
        .collect()
}

pub fn label(number: usize) -> u8 {
    LABELS[number % LABELS.len()]
}

/// A bright bar whose place tells the class, in noise; the last pixel is always black.
pub fn image(number: usize) -> Vec<u8> {
    let pixels = SIZE.0 * SIZE.1;
    (0..pixels)
        .map(|pixel| {
            let noise = (number * 7919 + pixel * 104_729) % 97;
            let bar = pixel % SIZE.1 == number % LABELS.len();
            match pixel {
                _ if pixel == pixels - 1 => 0,
                _ if bar => 255 - noise as u8,
                _ => noise as u8,
            }
        })
        .collect()
}

/// A report without what says from which files its images are.
pub fn without_sources(report: &Report) -> Value {
    let mut plain = report.clone();
    plain.data = DataSource::default();
    if let Some(encoded) = &mut plain.encoded {
        encoded.files.clear();
        encoded.file.clear();
        encoded.place.clear();
    }
    serde_json::to_value(plain).unwrap()
}
