//! The answers that `record.py` and `verify.py` recorded.

use std::fs;
use std::path::PathBuf;

use latent_lens::model::files::{File, Hints};
use latent_lens::model::{Activation, Network};
use ndarray::Array2;
use serde::Deserialize;

/// What one library makes of the images.
#[derive(Deserialize)]
pub struct Recorded {
    pub name: String,
    /// Names from the folder of fixtures.
    pub files: Vec<String>,
    /// Where the files do not say.
    pub activations: Option<Vec<Activation>>,
    pub order: Option<Vec<String>>,
    pub layers: Option<String>,
    /// Those of the script where there are none.
    pub images: Option<Vec<Vec<f32>>>,
    /// Whether the model takes images as they are stored.
    #[serde(default)]
    pub stored: bool,
    pub latents: Vec<Vec<f32>>,
    pub reconstructions: Vec<Vec<f32>>,
}

/// The recorded answers of one script.
#[derive(Deserialize)]
pub struct Answers {
    pub images: Vec<Vec<f32>>,
    pub models: Vec<Recorded>,
}

pub fn folder() -> PathBuf {
    crate::root().join("tests/models")
}

pub fn answers(path: &str) -> Answers {
    let text = fs::read_to_string(folder().join(path)).expect("answers are committed");
    serde_json::from_str(&text).expect("answers have the form of `Answers`")
}

/// All answers to `fixtures`.
pub fn all() -> Vec<Answers> {
    let scripts = ["keras", "torch", "onnx", "tfjs"].map(String::from);
    let more = ["keras", "torch", "onnx"].map(|name| format!("{name}-more"));
    let hard = ["keras-hard", "torch-layers"].map(String::from);
    let conv = [
        "keras-conv",
        "keras-2-conv",
        "onnx-torch",
        "onnx-conv",
        "tfjs-conv",
    ]
    .map(String::from);
    scripts
        .iter()
        .chain(&more)
        .chain(&hard)
        .chain(&conv)
        .map(|name| answers(&format!("fixtures/{name}.json")))
        .collect()
}

impl Recorded {
    pub fn files(&self) -> Vec<File> {
        self.files.iter().map(|name| fixture(name)).collect()
    }

    pub fn hints(&self) -> Hints {
        Hints {
            activations: self.activations.clone(),
            order: self.order.clone(),
            layers: self.layers.clone(),
            ..Hints::default()
        }
    }
}

pub fn fixture(name: &str) -> File {
    let path = folder().join("fixtures").join(name);
    File {
        name: name.into(),
        bytes: fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
    }
}

pub fn matrix(rows: &[Vec<f32>]) -> Array2<f32> {
    let numbers: Vec<f32> = rows.concat();
    Array2::from_shape_vec((rows.len(), numbers.len() / rows.len()), numbers)
        .expect("rows have one length")
}

/// Holds the network's latents and reconstructions against recorded ones, within 1e-5.
pub fn assert_agrees(
    name: &str,
    network: &Network,
    images: &[Vec<f32>],
    latents: &[Vec<f32>],
    reconstructions: &[Vec<f32>],
) -> f32 {
    let found_latents = network.encode(matrix(images).view());
    let found = network.decode(found_latents.view());
    let mut furthest = 0f32;
    for (what, found, expected) in [
        ("latents", &found_latents, matrix(latents)),
        ("reconstructions", &found, matrix(reconstructions)),
    ] {
        assert_eq!(found.dim(), expected.dim(), "{what} of {name}");
        let off = (found - &expected).fold(0f32, |most, off| most.max(off.abs()));
        assert!(off <= 1e-5, "{what} of {name} are off by {off}");
        furthest = furthest.max(off);
    }
    furthest
}
