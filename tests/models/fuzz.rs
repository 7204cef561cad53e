//! Damaged fixtures, thousands of them, the same in every run: readers may refuse them or read
//! other numbers, but neither panic nor ask for memory without bound.
//!
//! `LATENT_LENS_FUZZ_SECONDS` is how long each reader is tried.

use std::env;
use std::time::{Duration, Instant};

use latent_lens::model::files::{File, Hints, open};
use latent_lens::session::{self, Session};
use latent_lens::settings::Settings;

use crate::recorded::{Recorded, all};
use crate::written;

/// SplitMix64.
pub struct Draws(pub u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

pub fn damage(bytes: &mut Vec<u8>, draws: &mut Draws) {
    for _ in 0..=draws.below(4) {
        let length = bytes.len();
        if length == 0 {
            return;
        }
        let at = draws.below(length);
        match draws.below(7) {
            0 => bytes[at] ^= 1 << draws.below(8),
            1 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][draws.below(5)],
            2 => bytes.truncate(at),
            3 => {
                let end = (at + 1 + draws.below(16)).min(length);
                bytes.drain(at..end);
            }
            4 => {
                let end = (at + 1 + draws.below(64)).min(length);
                let copy = bytes[at..end].to_vec();
                let to = draws.below(length);
                bytes.splice(to..to, copy);
            }
            5 => {
                let value = [0, 1, u64::MAX, 1 << 31, 1 << 40, 1 << 63][draws.below(6)];
                let width = [2, 4, 8][draws.below(3)].min(length - at);
                bytes[at..at + width].copy_from_slice(&value.to_le_bytes()[..width]);
            }
            // A digit of a text becomes another.
            _ => {
                let digit = bytes.iter().skip(at).position(u8::is_ascii_digit);
                if let Some(digit) = digit {
                    bytes[at + digit] = b'0' + draws.below(10) as u8;
                }
            }
        }
    }
}

pub fn seconds() -> Duration {
    let seconds = env::var("LATENT_LENS_FUZZ_SECONDS").ok();
    let seconds = seconds
        .and_then(|seconds| seconds.parse().ok())
        .unwrap_or(2);
    Duration::from_secs(seconds)
}

fn fuzz(reader: &str, belongs: impl Fn(&str) -> bool) {
    let recorded: Vec<Recorded> = all()
        .into_iter()
        .flat_map(|answers| answers.models)
        .filter(|recorded| belongs(&recorded.name))
        .collect();
    assert!(!recorded.is_empty(), "{reader} has no fixtures");
    let models: Vec<(Vec<File>, Hints)> = recorded
        .iter()
        .map(|recorded| (recorded.files(), recorded.hints()))
        .collect();
    let mut draws = Draws(1);
    let (start, limit) = (Instant::now(), seconds());
    let (mut tried, mut opened, mut slowest) = (0u64, 0u64, Duration::ZERO);
    while start.elapsed() < limit {
        let (files, hints) = &models[draws.below(models.len())];
        let mut files = files.clone();
        let at = draws.below(files.len());
        damage(&mut files[at].bytes, &mut draws);
        let before = Instant::now();
        opened += u64::from(open(&files, hints).is_ok());
        slowest = slowest.max(before.elapsed());
        tried += 1;
    }
    println!("{reader}: {tried} damaged models, {opened} opened, the slowest took {slowest:?}");
    assert!(
        slowest < Duration::from_secs(5),
        "{reader} took {slowest:?} for one model"
    );
}

#[test]
fn keras_hdf5() {
    fuzz("HDF5", |name| {
        name.starts_with("keras-2") || name.starts_with("keras-3-hdf5")
    });
}

#[test]
fn keras_archives() {
    fuzz("Keras 3", |name| {
        ["keras-3 ", "keras-more", "keras-conv"]
            .iter()
            .any(|start| name.starts_with(start))
    });
}

#[test]
fn torch_state_dicts() {
    fuzz("PyTorch", |name| {
        name.starts_with("torch") && !name.ends_with("safetensors")
    });
}

#[test]
fn safetensors() {
    fuzz("safetensors", |name| name.ends_with("safetensors"));
}

#[test]
fn tensorflow_js() {
    fuzz("TensorFlow.js", |name| name.starts_with("tfjs"));
}

#[test]
fn onnx() {
    fuzz("ONNX", |name| name.starts_with("onnx"));
}

#[test]
fn sessions() {
    let (_, network) = written::networks().remove(0);
    let whole = session::write(&Session {
        version: "0.1.0".into(),
        settings: Settings::default(),
        network,
        images: None,
        report: None,
        moments: Vec::new(),
    });
    let mut draws = Draws(1);
    let (start, limit) = (Instant::now(), seconds());
    let (mut tried, mut opened) = (0u64, 0u64);
    while start.elapsed() < limit {
        let mut bytes = whole.clone();
        damage(&mut bytes, &mut draws);
        let name = "damaged".into();
        opened += u64::from(session::read(&File { name, bytes }).is_ok());
        tried += 1;
    }
    println!("sessions: {tried} damaged, {opened} opened");
}
