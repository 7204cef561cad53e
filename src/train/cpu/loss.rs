//! The loss on the CPU: one pass over the decoder's last sums and targets.

use crate::math::kernel::{Arithmetic, Kernel, work};
#[cfg(not(target_arch = "wasm32"))]
use crate::math::threads::each;
use crate::math::{LANES, cross_entropy};
#[cfg(feature = "general")]
use crate::{
    math::{kernel::Plain, sigmoid},
    settings::{Loss, Output},
};

/// Losses are added in f32 this far before f64 takes over: 64 factors of at most 2 are in f32's
/// range, and rounding stays below 1e-5 of the sum.
const CHUNK: usize = 64 * LANES;

/// Images whose losses a thread adds up at once.
#[cfg(not(target_arch = "wasm32"))]
const IMAGES: usize = 32;

/// Sum of the losses of images: `of_image` gives that of one, of its sums and its targets, and may change the sums.
#[cfg(target_arch = "wasm32")]
pub fn of_images(
    sums: &mut [f32],
    targets: &[&[f32]],
    of_image: impl Fn(&mut [f32], &[f32]) -> f64,
) -> f64 {
    let images = sums.chunks_exact_mut(targets[0].len()).zip(targets);
    images.map(|(sums, targets)| of_image(sums, targets)).sum()
}

/// Sum of the losses of images: `of_image` gives that of one, of its sums and its targets, and may change the sums.
#[cfg(not(target_arch = "wasm32"))]
pub fn of_images(
    sums: &mut [f32],
    targets: &[&[f32]],
    of_image: impl Fn(&mut [f32], &[f32]) -> f64 + Sync,
) -> f64 {
    let numbers = sums.len() / targets.len();
    let mut losses = vec![0.0; targets.len()];
    let blocks = sums.chunks_mut(IMAGES * numbers);
    let blocks = blocks
        .zip(targets.chunks(IMAGES))
        .zip(losses.chunks_mut(IMAGES));
    each(blocks, |((sums, targets), losses)| {
        let images = sums.chunks_exact_mut(numbers).zip(targets).zip(losses);
        for ((sums, targets), loss) in images {
            *loss = of_image(sums, targets);
        }
    });
    losses.into_iter().sum()
}

/// Sum of the losses; turns each logit into the derivative of its loss, times `scale`.
///
/// Not inlined: within a larger function the compiler did not find the vectors.
#[inline(never)]
pub fn gradient(kernel: Kernel, logits: &mut [f32], targets: &[f32], scale: f32) -> f64 {
    kernel.run(Entropies {
        logits,
        targets,
        scale,
    })
}

work!(Entropies<'a> is entropies(logits: &'a mut [f32], targets: &'a [f32], scale: f32) -> f64);

#[inline(always)]
fn entropies<A: Arithmetic>(logits: &mut [f32], targets: &[f32], scale: f32) -> f64 {
    let mut sum = 0.0;
    for (logits, targets) in logits.chunks_mut(CHUNK).zip(targets.chunks(CHUNK)) {
        let (mut linear, mut factors) = ([0.0; LANES], [1.0; LANES]);
        let (logits, last) = logits.as_chunks_mut::<LANES>();
        let (targets, last_targets) = targets.as_chunks::<LANES>();
        for (logits, targets) in logits.iter_mut().zip(targets) {
            let mut derivatives = [0.0; LANES];
            for lane in 0..LANES {
                let loss = cross_entropy::<A>(logits[lane], targets[lane]);
                linear[lane] += loss.linear;
                factors[lane] *= loss.factor;
                derivatives[lane] = loss.derivative * scale;
            }
            *logits = derivatives;
        }
        for (logit, &target) in last.iter_mut().zip(last_targets) {
            let loss = cross_entropy::<A>(*logit, target);
            sum += f64::from(loss.linear) + f64::from(loss.factor).ln();
            *logit = loss.derivative * scale;
        }
        for (linear, factor) in linear.into_iter().zip(factors) {
            sum += f64::from(linear) + f64::from(factor).ln();
        }
    }
    sum
}

/// Squares are added in f32 this far before f64 takes over.
#[cfg(feature = "general")]
const SQUARES: usize = 1024;

/// As [`gradient`], of any loss: `output` is what follows the last sums, and always a sigmoid where the loss is
/// cross-entropy. Where an absolute difference is 0, so is its derivative.
#[cfg(feature = "general")]
pub fn gradient_of(
    kernel: Kernel,
    loss: Loss,
    output: Output,
    sums: &mut [f32],
    targets: &[f32],
    scale: f32,
) -> f64 {
    let squared = |off: f32| (off * off, 2.0 * off * scale);
    let absolute = |off: f32| {
        let sign = f32::from(u8::from(off > 0.0)) - f32::from(u8::from(off < 0.0));
        (off.abs(), sign * scale)
    };
    // What is found, and its slope.
    let logistic = |sum: f32| {
        let found = sigmoid::<Plain>(sum);
        (found, found - found * found)
    };
    let linear = |sum: f32| (sum, 1.0);
    match (loss, output) {
        (Loss::Bce, _) => gradient(kernel, sums, targets, scale),
        (Loss::Mse, Output::Sigmoid) => differences(sums, targets, logistic, squared),
        (Loss::Mse, Output::Linear) => differences(sums, targets, linear, squared),
        (Loss::Mae, Output::Sigmoid) => differences(sums, targets, logistic, absolute),
        (Loss::Mae, Output::Linear) => differences(sums, targets, linear, absolute),
    }
}

/// Sum of what each difference costs; turns each sum into the derivative of its own. `end` gives what follows
/// a sum, and `cost` what a difference costs, each with its derivative.
#[cfg(feature = "general")]
#[inline(never)]
fn differences(
    sums: &mut [f32],
    targets: &[f32],
    end: impl Fn(f32) -> (f32, f32),
    cost: impl Fn(f32) -> (f32, f32),
) -> f64 {
    let differ = |sum: &mut f32, target: f32| {
        let (found, slope) = end(*sum);
        let (costs, derivative) = cost(found - target);
        *sum = derivative * slope;
        costs
    };
    let mut total = 0.0;
    for (sums, targets) in sums.chunks_mut(SQUARES).zip(targets.chunks(SQUARES)) {
        let mut costs = [0.0; LANES];
        let (sums, last) = sums.as_chunks_mut::<LANES>();
        let (targets, last_targets) = targets.as_chunks::<LANES>();
        for (sums, targets) in sums.iter_mut().zip(targets) {
            for lane in 0..LANES {
                costs[lane] += differ(&mut sums[lane], targets[lane]);
            }
        }
        let rest = last.iter_mut().zip(last_targets);
        let rest: f32 = rest.map(|(sum, target)| differ(sum, *target)).sum();
        total += f64::from(costs.iter().sum::<f32>() + rest);
    }
    total
}

#[cfg(all(test, feature = "general"))]
mod tests {
    use super::*;
    use crate::keyed::{Keyed, Purpose};

    const COUNT: usize = 2331;
    const SCALE: f64 = 0.25;

    fn formula(loss: Loss, output: Output, sum: f64, target: f64) -> f64 {
        let found = match output {
            Output::Sigmoid => 1.0 / (1.0 + (-sum).exp()),
            Output::Linear => sum,
        };
        match loss {
            Loss::Bce => -target * found.ln() - (1.0 - target) * (1.0 - found).ln(),
            Loss::Mse => (found - target).powi(2),
            Loss::Mae => (found - target).abs(),
        }
    }

    #[test]
    fn every_loss_and_its_derivative_are_those_of_the_formulas() {
        let kernels: Vec<Kernel> = Kernel::all().collect();
        let losses = [
            (Loss::Bce, Output::Sigmoid),
            (Loss::Mse, Output::Sigmoid),
            (Loss::Mse, Output::Linear),
            (Loss::Mae, Output::Sigmoid),
            (Loss::Mae, Output::Linear),
        ];
        let cases = kernels.into_iter();
        let cases = cases.flat_map(|kernel| losses.map(|loss| (kernel, loss)));
        for (kernel, (loss, output)) in cases {
            let mut draws = Keyed::new(8, Purpose::Weights, &[3]);
            let sums: Vec<f32> = (0..COUNT).map(|_| 20.0 * draws.uniform() - 10.0).collect();
            let target = |_| (1.5 * draws.uniform() - 0.25).clamp(0.0, 1.0);
            let targets: Vec<f32> = (0..COUNT).map(target).collect();
            let mut found = sums.clone();
            let total = gradient_of(kernel, loss, output, &mut found, &targets, SCALE as f32);
            let pairs = sums.iter().zip(&targets);
            let pairs = pairs.map(|(&sum, &target)| (f64::from(sum), f64::from(target)));
            let expected: f64 = pairs
                .clone()
                .map(|(sum, target)| formula(loss, output, sum, target))
                .sum();
            let off = total / expected - 1.0;
            assert!(off.abs() < 1e-5, "{loss:?} of {output:?}: {off}");
            for (found, (sum, target)) in found.into_iter().zip(pairs) {
                let at = |sum| formula(loss, output, sum, target);
                let step = 1e-4;
                let slope = SCALE * (at(sum + step) - at(sum - step)) / (2.0 * step);
                let off = (f64::from(found) - slope).abs();
                let is_bent = loss == Loss::Mae && at(sum) < 2.0 * step;
                assert!(
                    is_bent || off < 1e-5,
                    "{loss:?} of {output:?} at {sum}: {off}"
                );
            }
        }
    }

    #[test]
    fn a_reconstruction_that_is_right_is_left_alone() {
        let mut sums = [0.25, -1.5, 0.0];
        let total = gradient_of(
            Kernel::Baseline,
            Loss::Mae,
            Output::Linear,
            &mut sums,
            &[0.25, -1.5, 0.0],
            1.0,
        );
        assert_eq!((total, sums), (0.0, [0.0; 3]));
    }
}
