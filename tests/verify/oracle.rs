//! The recorded answers of the independent implementation in `tests/oracle`, and the distance of
//! our matrices to theirs.

use latent_lens::model::{Activation, Dense, Network};
use ndarray::{Array1, Array2};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// `literal.json`: Algorithm 1 of the paper done literally in float64.
#[derive(Deserialize)]
pub struct Literal {
    pub seed: u32,
    pub classes: Vec<ClassImages>,
    pub models: Vec<Model>,
}

#[derive(Deserialize)]
pub struct ClassImages {
    pub label: u8,
    pub images: Vec<Vec<u8>>,
}

#[derive(Deserialize)]
pub struct Model {
    pub name: String,
    pub hidden: Vec<usize>,
    layers: Vec<Layer>,
    pub latents: Vec<Vec<f64>>,
    pub slope: Vec<Vec<f64>>,
    pub sign: Vec<Vec<f64>>,
    pub expected: Expected,
    pub runs: Vec<Repeated>,
}

#[derive(Deserialize)]
struct Layer {
    kernel: Vec<Vec<f64>>,
    bias: Vec<f64>,
}

/// The closed form: what infinitely many permutations would give.
#[derive(Deserialize)]
pub struct Expected {
    pub pixel_importance: Vec<Vec<f64>>,
    pub latent_importance: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
pub struct Repeated {
    pub permutations: usize,
    pub pixel_importance: Measured,
    pub latent_importance: Measured,
    pub latent_importance_rmse: Measured,
}

#[derive(Deserialize)]
pub struct Measured {
    pub mean: Vec<Vec<f64>>,
    pub std_error: Vec<Vec<f64>>,
}

impl Literal {
    pub fn load() -> Self {
        recorded(include_str!("../oracle/literal.json"))
    }

    /// All images as numbers, class after class, and the rows of each class.
    pub fn images(&self) -> (Array2<f32>, Vec<(u8, std::ops::Range<usize>)>) {
        let mut rows = Vec::new();
        let mut classes = Vec::new();
        for class in &self.classes {
            let start = rows.len();
            rows.extend(class.images.iter().map(|image| {
                image
                    .iter()
                    .map(|&byte| f64::from(byte) / 255.0)
                    .collect::<Vec<_>>()
            }));
            classes.push((class.label, start..rows.len()));
        }
        (matrix(&rows).mapv(|value| value as f32), classes)
    }
}

impl Model {
    pub fn network(&self) -> Network {
        let last = self.layers.len() - 1;
        let mut encoder: Vec<Dense> = self
            .layers
            .iter()
            .enumerate()
            .map(|(index, layer)| Dense {
                weight: matrix(&layer.kernel).mapv(|value| value as f32),
                bias: layer
                    .bias
                    .iter()
                    .map(|&value| value as f32)
                    .collect::<Array1<_>>(),
                activation: if index == last {
                    Activation::Sigmoid
                } else {
                    Activation::Relu
                },
            })
            .collect();
        let decoder = encoder.split_off(self.hidden.len() + 1);
        Network::dense(encoder, decoder).expect("recorded layers follow each other")
    }
}

pub fn recorded<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).expect("the recorded answers have the documented fields")
}

pub fn matrix(rows: &[Vec<f64>]) -> Array2<f64> {
    Array2::from_shape_vec((rows.len(), rows[0].len()), rows.concat()).expect("rows of one length")
}

/// Fails unless every cell of `ours` lies within `share` of `theirs`' largest value, and is 0
/// exactly where theirs is.
#[track_caller]
pub fn assert_close(what: &str, ours: &Array2<f32>, theirs: &Array2<f64>, share: f64) {
    assert_eq!(ours.dim(), theirs.dim(), "{what}: shapes");
    let largest = theirs
        .iter()
        .fold(0.0f64, |most, value| most.max(value.abs()));
    for ((cell, &our), &their) in ours.indexed_iter().zip(theirs) {
        let off = (f64::from(our) - their).abs();
        assert!(
            off <= share * largest,
            "{what} at {cell:?}: {our} instead of {their}, off by {} of the largest value",
            off / largest
        );
        assert!(
            their != 0.0 || our == 0.0,
            "{what} at {cell:?}: {our} instead of exactly 0"
        );
    }
}
