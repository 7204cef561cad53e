//! How fast the kernels of the CPU engine are, and how fast the processor could be.

mod integrated;
#[cfg(target_arch = "wasm32")]
mod page;

use std::hint::black_box;
use std::time::Duration;

use latent_lens::data::{ImageShape, Shape};
use latent_lens::engine::Engine;
use latent_lens::importance::probe::{self, Intervention, Values};
use latent_lens::importance::{Design, Exchange};
use latent_lens::kernels::{
    Adam, Gradients, Kernel as Instructions, Panels, Tiles, at_once, loss, product,
};
use latent_lens::keyed::{Keyed, Purpose};
use latent_lens::model::{Activation, Autoencoder, Dense, Half, Layer, Network};
use latent_lens::settings::Permute;
use ndarray::{Array1, Array2};
use web_time::Instant;

/// A sample takes at least so long, as clocks in browsers are coarse.
const SAMPLE: Duration = Duration::from_millis(40);
const SAMPLES: usize = 5;
/// 784-32-784, as in the paper's network for ten classes.
const PIXELS: usize = 784;
const DIMS: usize = 32;
/// In a batch of training.
const BATCH: usize = 256;
/// Held out of ten digits, in all and of one class.
const IMAGES: usize = 1505;
const CLASS: usize = 150;

/// What takes how long.
#[derive(Clone, Copy)]
struct Speed {
    name: &'static str,
    /// Median of several samples.
    seconds: f64,
    /// Additions, multiplications and the like of f32; a division and a comparison are one each.
    operations: f64,
    /// To and from memory, if nothing is moved twice.
    bytes: f64,
}

/// A kernel beside what limits it.
#[derive(Clone, Copy, Debug)]
pub struct Kernel {
    /// Its name.
    pub name: &'static str,
    /// What would take longer, if the processor did nothing else: its arithmetic in registers, or its
    /// numbers' way from memory.
    pub limit: &'static str,
    /// By the names that a line of the benchmark has for them.
    pub figures: [(&'static str, f64); 7],
}

/// Measures all kernels, one after the other: two or three seconds.
#[must_use]
pub fn measure() -> Vec<Kernel> {
    let (registers, memory) = (registers(), memory());
    let flops = registers.operations / registers.seconds;
    let stream = memory.bytes / memory.seconds;
    let kernels = [
        products(),
        losses(),
        steps(),
        rank_one(),
        sigmoids(),
        layers(),
    ];
    let beside_limit = |Speed {
                            name,
                            seconds,
                            operations,
                            bytes,
                        }: Speed| {
        let (arithmetic, transport) = (operations / flops, bytes / stream);
        let least = arithmetic.max(transport);
        Kernel {
            name,
            limit: if arithmetic > transport {
                "arithmetic in registers"
            } else {
                "memory"
            },
            figures: [
                ("ours_ms", seconds * 1e3),
                ("peer_ms", least * 1e3),
                ("ratio", least / seconds),
                ("gigaflops", operations / seconds / 1e9),
                ("most_gigaflops", flops / 1e9),
                ("gigabytes_a_second", bytes / seconds / 1e9),
                ("most_gigabytes_a_second", stream / 1e9),
            ],
        }
    };
    kernels.map(beside_limit).to_vec()
}

/// Multiplications and additions of what is in registers already: as many at once as a processor's
/// pipelines hold, and no more than it has registers for, whatever that is.
fn registers() -> Speed {
    let [some, more, most] = [
        of_registers::<6>(),
        of_registers::<8>(),
        of_registers::<12>(),
    ];
    let faster = |one: Speed, other: Speed| {
        let seconds = |speed: &Speed| speed.seconds / speed.operations;
        if seconds(&one) < seconds(&other) {
            one
        } else {
            other
        }
    };
    faster(faster(some, more), most)
}

fn of_registers<const VECTORS: usize>() -> Speed {
    const ROUNDS: usize = 10_000;
    // Not inlined: within a larger function there are not as many registers left.
    #[inline(never)]
    fn run<const VECTORS: usize>(factor: f32, summand: f32) -> [[f32; 4]; VECTORS] {
        let mut vectors = [[1.0f32; 4]; VECTORS];
        for _ in 0..ROUNDS {
            for vector in &mut vectors {
                for value in vector {
                    *value = *value * factor + summand;
                }
            }
        }
        vectors
    }
    Speed {
        name: "registers",
        seconds: time(|| {
            black_box(run::<VECTORS>(black_box(0.999), black_box(0.001)));
        }),
        operations: (2 * 4 * VECTORS * ROUNDS) as f64,
        bytes: 0.0,
    }
}

/// Reading what is in no cache.
fn memory() -> Speed {
    let values = vec![1.0f32; 64 << 20 >> 2];
    let sum = |values: &[f32]| {
        let mut sums = [0.0f32; 32];
        for values in values.as_chunks::<32>().0 {
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum += value;
            }
        }
        sums
    };
    Speed {
        name: "memory",
        seconds: time(|| {
            black_box(sum(black_box(&values)));
        }),
        operations: values.len() as f64,
        bytes: size_of_val(&values[..]) as f64,
    }
}

/// A batch's images, none of whose pixels are 0, times the encoder's weights.
fn products() -> Speed {
    let images = numbers(BATCH * PIXELS, 0.5, 1.0);
    let (mut left, mut right, mut output) = <(Tiles, Panels, Vec<f32>)>::default();
    left.pack(PIXELS, images.chunks_exact(PIXELS));
    right.pack(DIMS, &numbers(PIXELS * DIMS, -0.1, 0.1));
    Speed {
        name: "product",
        seconds: time(|| product(fastest(), black_box(&left), &right, None, &mut output)),
        operations: (2 * BATCH * PIXELS * DIMS) as f64,
        bytes: (4 * (BATCH * PIXELS + PIXELS * DIMS + BATCH * DIMS)) as f64,
    }
}

/// The loss of a batch and its gradient.
fn losses() -> Speed {
    let mut logits = numbers(BATCH * PIXELS, -5.0, 5.0);
    let targets = numbers(BATCH * PIXELS, 0.0, 1.0);
    Speed {
        name: "loss",
        seconds: time(|| {
            black_box(loss(fastest(), black_box(&mut logits), &targets, 1.0));
        }),
        operations: (33 * logits.len()) as f64,
        bytes: (12 * logits.len()) as f64,
    }
}

/// A step of Adam.
fn steps() -> Speed {
    let network = Network::untrained(PIXELS, &[], DIMS, 1);
    let mut model = Autoencoder::new(&network);
    let sizes = model.parameters();
    let sizes = sizes
        .iter()
        .map(|layer| [layer.weight.len(), layer.bias.len()]);
    let count: usize = sizes.clone().flatten().sum();
    let gradients: Gradients = sizes
        .map(|of| of.map(|size| numbers(size, -1.0, 1.0)))
        .collect();
    let mut adam = Adam::new(fastest(), 1e-3);
    Speed {
        name: "adam",
        seconds: time(|| adam.step(&mut model, &gradients)),
        operations: (12 * count) as f64,
        bytes: (28 * count) as f64,
    }
}

/// Permutations of pixels of a one-layer encoder, by rank one.
fn rank_one() -> Speed {
    let layer = dense(PIXELS, DIMS, Activation::Relu);
    permutations("rank_one", vec![layer], IMAGES, 1, (6 * DIMS, 8 * DIMS))
}

/// Permutations of latents of a one-layer decoder, output by output.
fn sigmoids() -> Speed {
    let layer = dense(DIMS, PIXELS, Activation::Sigmoid);
    permutations("sigmoids", vec![layer], CLASS, 4, (9 * PIXELS, 8 * PIXELS))
}

/// Permutations of pixels of a deep encoder, all of whose units are active.
fn layers() -> Speed {
    let sizes = [PIXELS, 128, 64, DIMS];
    let layers = sizes
        .windows(2)
        .map(|size| dense(size[0], size[1], Activation::Relu))
        .collect();
    let operations = 2 * (128 + 128 * 64 + 64 * DIMS);
    let bytes = 4 * (PIXELS + 128 + DIMS);
    permutations("layers", layers, CLASS, 1, (operations, bytes))
}

/// Permutations of some columns of `layers`' inputs, so many of each. `operations` are of a changed
/// image, `bytes` of any.
fn permutations(
    name: &'static str,
    layers: Vec<Layer>,
    images: usize,
    repeats: u64,
    (operations, bytes): (usize, usize),
) -> Speed {
    let Layer::Dense(first) = &layers[0] else {
        unreachable!("dense layers")
    };
    let columns = first.inputs();
    let inputs = Array2::from_shape_vec((images, columns), numbers(images * columns, 0.0, 1.0))
        .expect("as many numbers as the shape says");
    let half =
        Half::new("network", Shape::Numbers(columns), layers).expect("they follow each other");
    let image = ImageShape::grey(1, columns);
    let design = Design::of_pixels(images, image, Permute::Pixel);
    let probe = at_once(probe::of_half(&Engine::cpu(), &half, inputs, &design));
    let probe = probe.expect("the CPU always answers");
    let among_all = Exchange::within(0..images);
    let interventions: Vec<Intervention<'_>> = (0..64 / repeats)
        .flat_map(|column| (0..repeats).map(move |repeat| (column, repeat)))
        .map(|(column, repeat)| Intervention {
            columns: design.features[column as usize % columns].columns(),
            exchange: &among_all,
            values: Values::Permuted(Keyed::new(1, Purpose::Pixel, &[column, repeat])),
        })
        .collect();
    // But for about one in each permutation, which keeps its place.
    let changes = interventions.len() * (images - 1);
    Speed {
        name,
        seconds: time(|| {
            black_box(at_once(probe.measure(&interventions))).expect("the CPU always answers");
        }),
        operations: (changes * operations) as f64,
        bytes: (images * bytes) as f64,
    }
}

fn dense(inputs: usize, outputs: usize, activation: Activation) -> Layer {
    Layer::Dense(Dense {
        weight: Array2::from_shape_vec((inputs, outputs), numbers(inputs * outputs, -0.1, 0.1))
            .expect("as many numbers as the shape says"),
        // Large enough to keep every unit active, small enough for sigmoids.
        bias: Array1::from_elem(outputs, if outputs == PIXELS { -2.0 } else { 10.0 }),
        activation,
    })
}

/// What the engine computes with.
fn fastest() -> Instructions {
    Instructions::all()
        .next()
        .expect("every processor has the baseline")
}

/// Evenly distributed.
fn numbers(count: usize, least: f32, most: f32) -> Vec<f32> {
    let mut draws = Keyed::new(1, Purpose::Weights, &[count as u64]);
    (0..count)
        .map(|_| least + (most - least) * draws.uniform())
        .collect()
}

/// Seconds that `work` takes.
fn time(mut work: impl FnMut()) -> f64 {
    let mut sample = || {
        let (start, mut rounds) = (Instant::now(), 0.0);
        while start.elapsed() < SAMPLE {
            work();
            rounds += 1.0;
        }
        start.elapsed().as_secs_f64() / rounds
    };
    // The first is for compilers that begin when code is used.
    sample();
    let mut samples: [f64; SAMPLES] = std::array::from_fn(|_| sample());
    samples.sort_by(f64::total_cmp);
    samples[SAMPLES / 2]
}
