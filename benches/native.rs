//! The importance stages as a native program beside the literal implementation that the tests hold
//! them against, and other designs beside the paper's. One JSON object a line; the names of benchmarks
//! choose among them.

#[path = "../tests/verify/digits.rs"]
mod digits;
#[path = "native/epoch.rs"]
mod epoch;
#[path = "kernels/src/lib.rs"]
mod kernels;
#[path = "../tests/verify/literal.rs"]
#[expect(dead_code, reason = "the closed form is for small tests only")]
mod literal;
#[path = "native/timeline.rs"]
mod timeline;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use latent_lens::data::{Dataset, Grouping, ImageShape, Images};
use latent_lens::engine::{Engine, Kernel};
use latent_lens::importance::{
    Design, DonorPools, Feature, FeaturePools, Importance, NeighbourFit, Plan, Shard,
};
use latent_lens::model::{Architecture, Network};
use latent_lens::settings::{FeatureKind, Measure, Method, NetworkKind, Permute, Settings};
use ndarray::{Array2, s};
use pollster::block_on;
use serde_json::{Value, json};

const KERNELS: &str = "native_kernels";
const SEED: u32 = 1;
/// Images for deep networks: the literal way takes the whole of each for every permutation.
const FEW: usize = 300;
/// The literal way takes a second for every few pixels.
const PERMUTATIONS: usize = 1;
const DIGIT: ImageShape = ImageShape {
    height: 28,
    width: 28,
    channels: 1,
};
const REPEATS: usize = 3;
/// What the two may differ by, as a share of the largest value.
const TOLERANCE: f64 = 1e-4;
/// What an exact total may differ from a sampled one.
const CHANCE: f64 = 0.02;

struct Case {
    engine: Engine,
    network: Network,
    dataset: Arc<Dataset>,
    held_out: Images,
    latents: Array2<f32>,
    exact: Array2<f64>,
}

/// What a benchmark's two sides computed, and how long each took. Ours is the exact value or
/// comes from the same permutations.
struct Pair {
    method: Method,
    ours: (Array2<f32>, Duration),
    literal: (Array2<f64>, Duration),
}

type Bench = fn(&Case) -> Pair;

/// A design, whatever is fitted for it.
type MakeDesign = fn(&Case) -> Design;

fn main() {
    let dense = |hidden: &[usize]| Settings {
        classes: (0..10).collect(),
        dims: 32,
        hidden: hidden.into(),
        seed: SEED,
        ..Settings::default()
    };
    let convolutional = || Settings {
        kind: NetworkKind::Convolutional,
        seed: SEED,
        ..Settings::default()
    };
    let benches: [(&str, Settings, Bench); 6] = [
        ("native_stage1_exact", dense(&[]), stage1_exact),
        ("native_stage1_sampled", dense(&[]), stage1_sampled),
        ("native_stage3", dense(&[]), stage3),
        ("native_deep_stage1", dense(&[128, 64]), stage1_sampled),
        ("native_conv_stage1", convolutional(), stage1_sampled),
        ("native_conv_stage3", convolutional(), stage3),
    ];
    let designs: [(&str, MakeDesign, f64); 2] = [
        ("native_stage1_patches", patches, 1.0),
        ("native_stage1_conditional", conditional, 0.33),
    ];
    // Cargo adds `--bench`.
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    for name in &wanted {
        let known = benches.iter().map(|(name, ..)| *name);
        let known = known.chain(designs.iter().map(|(name, ..)| *name));
        let known = known.chain(epoch::ALL.iter().map(|epoch| epoch.name));
        let known: Vec<&str> = known.chain([KERNELS, timeline::NAME]).collect();
        assert!(
            known.contains(&name.as_str()),
            "there is no benchmark {name}; there are {}",
            known.join(", ")
        );
    }

    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    if is_wanted(KERNELS) {
        kernels();
    }
    if is_wanted(timeline::NAME) {
        println!("{}", timeline::line());
    }
    for epoch in epoch::ALL {
        if is_wanted(epoch.name) {
            println!("{}", epoch.line());
        }
    }
    for (name, settings, bench) in benches {
        if is_wanted(name) {
            println!("{}", line(name, &Case::new(&settings), bench));
        }
    }
    for (name, design, target) in designs {
        if is_wanted(name) {
            println!("{}", beside(name, &Case::new(&dense(&[])), design, target));
        }
    }
}

impl Case {
    /// The held-out digits and an untrained network, as the settings say.
    fn new(settings: &Settings) -> Self {
        let digits = digits::digits(&settings.classes);
        let digits =
            Dataset::new(&digits, &settings.division(true)).expect("the digits can be used");
        let mut held_out = Images::clone(&digits.held_out);
        if !settings.hidden.is_empty() {
            let few = held_out.pixels.slice(s![..FEW, ..]);
            held_out.pixels = few.to_owned();
        }
        let network = Network::of(&Architecture::new(digits.image, settings), SEED);
        Self {
            engine: engine(),
            dataset: Arc::new(digits),
            latents: network.encode(held_out.pixels.view()),
            network,
            exact: held_out.pixels.mapv(f64::from),
            held_out,
        }
    }
}

/// With the kernel that the variable `KERNEL` names, the fastest where it names none.
fn engine() -> Engine {
    let Ok(wanted) = std::env::var("KERNEL") else {
        return Engine::cpu();
    };
    let kernel = Kernel::all().find(|kernel| kernel.name() == wanted);
    Engine::of_kernel(kernel.expect("KERNEL names one that this processor has"))
}

/// As many as the variable `THREADS` says, all cores where it says nothing.
fn threads() -> NonZeroUsize {
    match std::env::var("THREADS") {
        Ok(count) => count.parse().expect("THREADS is a number"),
        Err(_) => std::thread::available_parallelism().expect("a number of cores"),
    }
}

/// Ours and the literal way in turn, several times.
fn line(name: &str, case: &Case, bench: Bench) -> Value {
    let pairs: Vec<Pair> = (0..REPEATS).map(|_| bench(case)).collect();
    for pair in &pairs {
        assert_agree(name, pair);
    }
    let ms = |duration: Duration| duration.as_secs_f64() * 1000.0;
    let ours: Vec<f64> = pairs.iter().map(|pair| ms(pair.ours.1)).collect();
    let peer: Vec<f64> = pairs.iter().map(|pair| ms(pair.literal.1)).collect();
    let ratios: Vec<f64> = ours
        .iter()
        .zip(&peer)
        .map(|(ours, peer)| peer / ours)
        .collect();
    json!({
        "name": name,
        "ours_ms": round(median(&ours)),
        "peer": "literal algorithm in float64",
        "peer_ms": round(median(&peer)),
        "ratio": round(median(&ratios)),
        "repeats": REPEATS,
        "spread": spread(&ratios),
        "ours_spread_ms": spread(&ours),
        "peer_spread_ms": spread(&peer),
        "images": case.exact.nrows(),
        "pixels": case.held_out.pixels.ncols(),
        "dims": case.network.dims(),
        "permutations": PERMUTATIONS,
    })
}

/// A design in turn with single pixels among all images, both exact.
fn beside(name: &str, case: &Case, design: MakeDesign, target: f64) -> Value {
    let exact = |design: Design| {
        let (images, plan) = (&case.held_out.pixels, plan(Method::Exact));
        let (_, time) = timed(|| {
            block_on(async {
                let encoder = case.network.encoder();
                let mut job = Importance::new(&case.engine, encoder, images, design, &plan)
                    .await
                    .expect("the CPU always answers");
                while !advanced(job.advance(Duration::MAX).await) {}
                job.estimate().mean
            })
        });
        time.as_secs_f64() * 1000.0
    };
    let images = case.exact.nrows();
    let pixels = || Design::of_pixels(images, DIGIT, Permute::Pixel);
    let design = design(case);
    let pairs: Vec<(f64, f64)> = (0..3 * REPEATS)
        .map(|_| (exact(design.clone()), exact(pixels())))
        .collect();
    let ours: Vec<f64> = pairs.iter().map(|(ours, _)| *ours).collect();
    let peer: Vec<f64> = pairs.iter().map(|(_, peer)| *peer).collect();
    let ratios: Vec<f64> = pairs.iter().map(|(ours, peer)| peer / ours).collect();
    let ratio = median(&ratios);
    json!({
        "name": name,
        "ours_ms": round(median(&ours)),
        "peer": "single pixels among all images",
        "peer_ms": round(median(&peer)),
        "ratio": round(ratio),
        "target": target,
        "met": ratio >= target,
        "repeats": pairs.len(),
        "spread": spread(&ratios),
        "images": images,
        "dims": case.network.dims(),
    })
}

/// Squares of 4 × 4 pixels.
fn patches(case: &Case) -> Design {
    let measure = Measure {
        features: FeatureKind::Patches,
        ..Measure::default()
    };
    let images = &case.held_out.pixels;
    let grouping = Grouping::of(&measure, DIGIT, None, images).expect("patches of pictures");
    Design::of_groups(images.nrows(), Feature::of_groups(DIGIT, &grouping))
}

/// Single pixels, among images whose neighbouring pixels are alike.
fn conditional(case: &Case) -> Design {
    let design = Design::of_pixels(case.exact.nrows(), DIGIT, Permute::Pixel);
    let fit = NeighbourFit::new(case.dataset.clone(), &design.features);
    let mut fit = fit.expect("pictures have neighbours");
    while !fit.advance(Duration::MAX) {}
    let neighbours = fit.finish();
    let pools = FeaturePools::new(move |feature, images| neighbours.pools(feature, images));
    design.with_donors(DonorPools::ByFeature(pools))
}

/// As `benches/kernels.ts` says of the same in a browser.
fn kernels() {
    for kernel in kernels::measure() {
        let mut line = json!({ "name": KERNELS, "kernel": kernel.name, "peer": kernel.limit });
        for (name, figure) in kernel.figures {
            line[name] = json!(round(figure));
        }
        println!("{line}");
    }
}

fn plan(method: Method) -> Plan {
    Plan {
        method,
        permutations: PERMUTATIONS,
        permute: Permute::Pixel,
        seed: SEED,
        shard: Shard::WHOLE,
    }
}

fn stage1_exact(case: &Case) -> Pair {
    stage1(case, Method::Exact)
}

fn stage1_sampled(case: &Case) -> Pair {
    stage1(case, Method::Sampled)
}

fn stage1(case: &Case, method: Method) -> Pair {
    let (engine, network, images) = (&case.engine, &case.network, &case.held_out.pixels);
    let ours = timed(|| {
        block_on(async {
            let mut job = Importance::of_pixels(engine, network, images, DIGIT, &plan(method))
                .await
                .expect("the CPU always answers");
            while !advanced(job.advance(Duration::MAX).await) {}
            job.estimate().mean
        })
    });
    let literal = timed(|| literal::pixel_importance(network, &case.exact, PERMUTATIONS, SEED));
    Pair {
        method,
        ours,
        literal,
    }
}

fn stage3(case: &Case) -> Pair {
    let (engine, network, classes) = (&case.engine, &case.network, &case.held_out.classes);
    let method = Method::Sampled;
    let ours = timed(|| {
        block_on(async {
            let mut job =
                Importance::of_latents(engine, network, &case.latents, classes, &plan(method))
                    .await
                    .expect("the CPU always answers");
            while !advanced(job.advance(Duration::MAX).await) {}
            job.estimate().mean
        })
    });
    let literal =
        timed(|| literal::latent_importance(network, &case.exact, classes, PERMUTATIONS, SEED));
    Pair {
        method,
        ours,
        literal,
    }
}

fn advanced<E: std::fmt::Debug>(finished: Result<bool, E>) -> bool {
    finished.expect("the CPU always answers")
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

/// Fast and wrong would be no result.
fn assert_agree(name: &str, pair: &Pair) {
    let (ours, literal) = (pair.ours.0.mapv(f64::from), &pair.literal.0);
    if pair.method == Method::Exact {
        let ratio = ours.sum() / literal.sum();
        assert!((ratio - 1.0).abs() < CHANCE, "{name}: {ratio} of the total");
        return;
    }
    let largest = literal.iter().fold(0.0f64, |most, value| most.max(*value));
    for (ours, literal) in ours.iter().zip(literal) {
        let off = (ours - literal).abs();
        assert!(
            off <= TOLERANCE * largest,
            "{name}: {ours} is not {literal}"
        );
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

fn spread(values: &[f64]) -> [f64; 2] {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(0.0, f64::max);
    [least, most].map(round)
}

/// More digits would be noise.
fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
