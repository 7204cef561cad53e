//! The paper's Algorithm 1, word for word: shuffle a column, run everything, compare.
//!
//! It shares nothing with the library but the keyed permutations, which are part of the method's
//! definition here, and computes in float64.

use std::ops::Range;

use latent_lens::keyed::{Keyed, Purpose};
use latent_lens::model::{Activation, Half, Network};
use ndarray::{Array2, s};

/// Outputs of `half` of a network for every row of `inputs`. Layers other than dense ones are the
/// library's plain loops, in float32, which are held to the libraries that files come from.
pub fn forward(half: &Half, inputs: &Array2<f64>) -> Array2<f64> {
    let Some(layers) = half.dense() else {
        return half
            .run(inputs.mapv(|input| input as f32).view())
            .mapv(f64::from);
    };
    layers.into_iter().fold(inputs.clone(), |inputs, layer| {
        let mut sums = inputs.dot(&layer.weight.mapv(f64::from));
        sums += &layer.bias.mapv(f64::from);
        sums.mapv(|sum| match layer.activation {
            Activation::Linear => sum,
            Activation::Relu => sum.max(0.0),
            Activation::Sigmoid => 1.0 / (1.0 + (-sum).exp()),
            Activation::HardSigmoid { slope } => (f64::from(slope) * sum + 0.5).clamp(0.0, 1.0),
            other => panic!("no recorded network has {other:?}"),
        })
    })
}

/// V (pixels × dimensions).
pub fn pixel_importance(
    network: &Network,
    images: &Array2<f64>,
    permutations: usize,
    seed: u32,
) -> Array2<f64> {
    let latents = forward(network.encoder(), images);
    let (count, pixels) = images.dim();
    let mut importance = Array2::zeros((pixels, latents.ncols()));
    for pixel in 0..pixels {
        for repeat in 0..permutations {
            let words = [pixel as u64, repeat as u64];
            let order = Keyed::new(seed, Purpose::Pixel, &words).permutation(count);
            let shuffled = shuffle(images, pixel, &order);
            let change = forward(network.encoder(), &shuffled) - &latents;
            let mut row = importance.row_mut(pixel);
            row += &change
                .mapv(|change| change * change)
                .mean_axis(ndarray::Axis(0))
                .unwrap();
        }
    }
    importance / permutations as f64
}

/// IE (classes × dimensions).
pub fn latent_importance(
    network: &Network,
    images: &Array2<f64>,
    classes: &[(u8, Range<usize>)],
    permutations: usize,
    seed: u32,
) -> Array2<f64> {
    let dims = network.dims();
    let mut importance = Array2::zeros((classes.len(), dims));
    for (class, (label, rows)) in classes.iter().enumerate() {
        let latents = forward(
            network.encoder(),
            &images.slice(s![rows.clone(), ..]).to_owned(),
        );
        let baseline = forward(network.decoder(), &latents);
        for dim in 0..dims {
            for repeat in 0..permutations {
                let words = [u64::from(*label), dim as u64, repeat as u64];
                let order = Keyed::new(seed, Purpose::Latent, &words).permutation(rows.len());
                let shuffled = shuffle(&latents, dim, &order);
                let change = forward(network.decoder(), &shuffled) - &baseline;
                importance[[class, dim]] += change.mapv(|change| change * change).mean().unwrap();
            }
        }
    }
    importance / permutations as f64
}

/// The mean of V over all permutations (pixels × dimensions): every image gets every image's value.
pub fn expected_pixel_importance(network: &Network, images: &Array2<f64>) -> Array2<f64> {
    let latents = forward(network.encoder(), images);
    let (count, pixels) = images.dim();
    let mut importance = Array2::zeros((pixels, latents.ncols()));
    for pixel in 0..pixels {
        for from in 0..count {
            let changed = shuffle(images, pixel, &vec![from as u32; count]);
            let change = forward(network.encoder(), &changed) - &latents;
            let mut row = importance.row_mut(pixel);
            row += &change
                .mapv(|change| change * change)
                .mean_axis(ndarray::Axis(0))
                .unwrap();
        }
    }
    importance / count as f64
}

/// The mean of IE over all permutations (classes × dimensions).
pub fn expected_latent_importance(
    network: &Network,
    images: &Array2<f64>,
    classes: &[(u8, Range<usize>)],
) -> Array2<f64> {
    let dims = network.dims();
    let mut importance = Array2::zeros((classes.len(), dims));
    for (class, (_, rows)) in classes.iter().enumerate() {
        let members = images.slice(s![rows.clone(), ..]).to_owned();
        let latents = forward(network.encoder(), &members);
        let baseline = forward(network.decoder(), &latents);
        for dim in 0..dims {
            for from in 0..rows.len() {
                let changed = shuffle(&latents, dim, &vec![from as u32; rows.len()]);
                let change = forward(network.decoder(), &changed) - &baseline;
                let mean = change.mapv(|change| change * change).mean().unwrap();
                importance[[class, dim]] += mean / rows.len() as f64;
            }
        }
    }
    importance
}

fn shuffle(values: &Array2<f64>, column: usize, order: &[u32]) -> Array2<f64> {
    let mut shuffled = values.clone();
    for (row, &from) in order.iter().enumerate() {
        shuffled[[row, column]] = values[[from as usize, column]];
    }
    shuffled
}
