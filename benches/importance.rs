//! How long stages 1 and 3 take natively, on one thread, exact and sampled.
//!
//!     cargo bench --bench importance
//!
//! One JSON object a line: medians over several runs, in milliseconds. The images are drawn here:
//! disks and rings of grey values on black, as many pixels lit as in handwritten digits. The
//! network is trained on them, so that its units are as much awake as those of a real one.

use std::time::{Duration, Instant};

use latent_lens::data::{Class, ImageSet};
use latent_lens::engine::Engine;
use latent_lens::importance::{LatentImportance, PixelImportance, Plan};
use latent_lens::keyed::{Keyed, Purpose};
use latent_lens::run::{Run, Stage};
use latent_lens::settings::{Method, Settings};
use latent_lens::shard::Shard;
use ndarray::Array2;
use pollster::block_on;

const SIDE: usize = 28;

fn main() {
    // Names of benchmarks, but for the flags that cargo adds.
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    for (name, classes, held_out, dims) in [
        ("default", 2, 160, 12),
        ("ten_classes", 10, 150, 32),
        ("many_images", 10, 1200, 32),
    ] {
        if wanted.is_empty() || wanted.iter().any(|each| each == name) {
            bench(name, classes, held_out, dims);
        }
    }
}

fn bench(name: &str, classes: u8, held_out: usize, dims: usize) {
    let settings = Settings {
        classes: (0..classes).collect(),
        dims,
        epochs: 5,
        ..Settings::default()
    };
    // 15 of a hundred images are held out.
    let classes: Vec<Class> = settings
        .classes
        .iter()
        .map(|&label| drawings(label, held_out * 100 / 15))
        .collect();
    let engine = Engine::cpu();
    let mut run = Run::new(&engine, settings.clone(), &classes).expect("a run that can start");
    while block_on(run.advance(Duration::from_secs(1)))
        .expect("a CPU")
        .stage
        != Stage::Done
    {
        if run.network().is_some() {
            break;
        }
    }
    let network = run.network().expect("a trained network");
    let dataset = latent_lens::data::Dataset::split(&classes, settings.seed).expect("classes");
    let images = &dataset.held_out.pixels;
    let labels = &dataset.held_out.classes;

    let plan = |method| Plan {
        method,
        permutations: 4,
        seed: 1,
        shard: Shard::WHOLE,
    };
    let pixel = |method| {
        block_on(async {
            let mut job = PixelImportance::new(&engine, network, images, &plan(method))
                .await
                .expect("a CPU");
            while !job.advance(Duration::from_secs(1)).await.expect("a CPU") {}
            assert!(job.estimate().mean.sum() > 0.0);
        });
    };
    let latents = network.encode(images.view());
    let latent = |latents: &Array2<f32>, method| {
        block_on(async {
            let mut job = LatentImportance::new(&engine, network, latents, labels, &plan(method))
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
    let auto = median(|| latent(&latents, Method::Auto));
    let sampled = median(|| latent(&latents, Method::Sampled));
    println!(
        "{{\"name\":\"stage3_{name}\",\"images\":{},\"dims\":{dims},\"auto_ms\":{auto:.1},\
         \"sampled_ms\":{sampled:.1}}}",
        images.nrows()
    );
}

/// Median of five runs, in milliseconds.
fn median(mut work: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..5)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[2]
}

/// Rings whose radius and thickness go with the label, moved about.
fn drawings(label: u8, count: usize) -> Class {
    let mut draws = Keyed::new(label.into(), Purpose::Weights, &[7]);
    let mut bytes = Vec::with_capacity(count * SIDE * SIDE);
    for _ in 0..count {
        let mut around = |middle: f32, by: f32| middle + by * (2.0 * draws.uniform() - 1.0);
        let radius = around(f32::from(label), 1.0);
        let (height, width) = (around(13.5, 2.0), around(13.5, 2.0));
        let (flat, thick) = (around(1.0, 0.3), around(2.5, 0.7));
        for pixel in 0..SIDE * SIDE {
            let (row, column) = ((pixel / SIDE) as f32, (pixel % SIDE) as f32);
            let away = ((row - height) * flat).hypot(column - width) - radius;
            let ink = (1.5 - away.abs() / thick).clamp(0.0, 1.0);
            bytes.push((ink * around(245.0, 10.0)) as u8);
        }
    }
    Class::new(
        label,
        ImageSet {
            height: SIDE,
            width: SIDE,
            bytes,
        },
    )
}
