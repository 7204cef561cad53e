//! Integrated gradients, as a run computes them.

use std::time::Duration;

use latent_lens::attribution::{Asked, Attribution, Attributions};
use latent_lens::data::{ImageShape, Images, Origin};
use latent_lens::engine::Engine;
use latent_lens::importance::DirectionMap;
use latent_lens::kernels::at_once;
use latent_lens::model::{Activation, Dense, Network};
use latent_lens::settings::Settings;
use ndarray::{Array1, Array2};

/// The map of integrated gradients from 0 (pixels × dimensions) of a layer of ReLU over images.
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]
pub fn map(weight: Vec<f32>, bias: Vec<f32>, images: Vec<f32>) -> Vec<f32> {
    let dims = bias.len();
    let pixels = weight.len() / dims;
    let layer = |weight, bias, activation| Dense {
        weight,
        bias,
        activation,
    };
    let matrix = |values: Vec<f32>, columns| {
        Array2::from_shape_vec((values.len() / columns, columns), values).expect("whole rows")
    };
    // Nothing is asked about the decoder.
    let decoder = layer(
        Array2::zeros((dims, pixels)),
        Array1::zeros(pixels),
        Activation::Linear,
    );
    let encoder = layer(matrix(weight, dims), bias.into(), Activation::Relu);
    let network = Network::dense(vec![encoder], vec![decoder]).expect("halves that fit");
    let images = matrix(images, pixels);
    let count = images.nrows();
    let explained = Images {
        classes: vec![(0, 0..count)],
        positions: (0..count as u32).collect(),
        origin: Origin::default(),
        pixels: images,
    };
    let nothing = Array2::zeros((pixels, dims));
    let asked = Asked {
        engine: &Engine::cpu(),
        network: &network,
        explained: &explained,
        image: ImageShape::grey(1, pixels),
        recipients: 0..count,
        settings: &Settings::default(),
        importance: &nothing,
        direction: &DirectionMap {
            slope: nothing.clone(),
            sign: nothing.clone(),
        },
    };
    let mut job = Attributions::of(&[Attribution::IntegratedZero], &asked);
    while !at_once(job.advance(Duration::MAX)).expect("small numbers") {}
    job.opinions().methods[0].map.iter().copied().collect()
}
