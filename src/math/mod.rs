//! Element-wise functions in a form that compilers turn into SIMD: no branch, no call. With an engine, matrix
//! products.

#![cfg_attr(
    not(feature = "engine-cpu"),
    allow(
        dead_code,
        reason = "only an engine on the CPU computes with all of them"
    )
)]

pub mod kernel;

#[cfg(feature = "general")]
pub mod ranks;

#[cfg(any(feature = "engine-cpu", all(feature = "engine", feature = "general")))]
pub mod product;

#[cfg(feature = "engine-cpu")]
pub mod threads;

use self::kernel::Arithmetic;

/// Reconstructions count as no nearer to 0 and 1 than this in a cross-entropy, which would be
/// infinite there. The same as in Keras.
pub const NEAREST: f64 = 1e-7;

/// Numbers handled side by side: two SIMD registers of wasm, one of AVX.
pub const LANES: usize = 8;

/// The larger of two numbers. Unlike `f32::max`, which must prefer a number to NaN, it is one
/// instruction of wasm's SIMD; with that, loops over it are up to five times as fast.
#[inline(always)]
#[must_use]
pub fn greater(a: f32, b: f32) -> f32 {
    if a < b { b } else { a }
}

/// exp(x) for |x| ≤ 87, within 3e-7 of the true value as a share of it.
#[inline(always)]
#[must_use]
pub fn exp<A: Arithmetic>(x: f32) -> f32 {
    // x = n ln 2 + r with |r| ≤ ln 2 / 2; adding 1.5 · 2^23 rounds to a whole number n, which then
    // stands in the sum's lowest bits, ready to be added to a float's exponent.
    const ROUND: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let rounded = A::multiply_add(x, std::f32::consts::LOG2_E, ROUND);
    let n = rounded - ROUND;
    let r = A::multiply_add(-n, LN_2_LOW, A::multiply_add(-n, LN_2_HIGH, x));
    let next = |series: f32, coefficient: f32| A::multiply_add(series, r, coefficient);
    let series = next(next(next(1.0 / 720.0, 1.0 / 120.0), 1.0 / 24.0), 1.0 / 6.0);
    let series = next(next(next(series, 0.5), 1.0), 1.0);
    f32::from_bits(series.to_bits().wrapping_add(rounded.to_bits() << 23))
}

/// exp(x) for x ≤ 0; below -86 it stays at exp(-86).
#[inline(always)]
fn exp_of_negative<A: Arithmetic>(x: f32) -> f32 {
    exp::<A>(greater(x, -86.0))
}

/// 1 / (1 + exp(-x)), within 2e-7.
#[inline(always)]
#[must_use]
pub fn sigmoid<A: Arithmetic>(x: f32) -> f32 {
    let e = exp_of_negative::<A>(-x.abs());
    let larger = 1.0 / (1.0 + e);
    if x >= 0.0 { larger } else { e * larger }
}

/// Binary cross-entropy of sigmoid(logit) against a target, in nats.
#[derive(Clone, Copy)]
pub struct CrossEntropy {
    /// Its value less that of ln(`factor`).
    pub linear: f32,
    /// From 1 to 2. A sum of losses needs the logarithm only of the product of factors.
    pub factor: f32,
    /// Its derivative in the logit.
    pub derivative: f32,
}

/// Stays exact where the sigmoid itself would round to 0 or 1.
#[inline(always)]
#[must_use]
pub fn cross_entropy<A: Arithmetic>(logit: f32, target: f32) -> CrossEntropy {
    let e = exp_of_negative::<A>(-logit.abs());
    let factor = 1.0 + e;
    let larger = 1.0 / factor;
    let probability = if logit >= 0.0 { larger } else { e * larger };
    CrossEntropy {
        linear: A::multiply_add(-logit, target, greater(logit, 0.0)),
        factor,
        derivative: probability - target,
    }
}

#[cfg(test)]
mod tests {
    use super::kernel::Plain;
    use super::*;

    fn range() -> impl Iterator<Item = f32> {
        (-1_200_000..=1_200_000).map(|step| step as f32 * 1e-4)
    }

    #[test]
    fn exp_stays_within_its_bound() {
        for x in range().filter(|x| x.abs() <= 87.0) {
            let exact = f64::from(x).exp();
            assert!(
                (f64::from(exp::<Plain>(x)) / exact - 1.0).abs() < 3e-7,
                "at {x}"
            );
        }
        assert_eq!(exp::<Plain>(0.0), 1.0);
    }

    #[test]
    fn sigmoid_stays_within_its_bound() {
        for x in range() {
            let exact = 1.0 / (1.0 + (-f64::from(x)).exp());
            assert!(
                (f64::from(sigmoid::<Plain>(x)) - exact).abs() < 2e-7,
                "at {x}"
            );
        }
        assert_eq!(sigmoid::<Plain>(0.0), 0.5);
    }

    #[test]
    fn cross_entropy_and_its_derivative_stay_within_their_bounds() {
        for x in range() {
            for target in [0.0f32, 0.3, 1.0] {
                let (logit, t) = (f64::from(x), f64::from(target));
                let exact = logit.max(0.0) - logit * t + (-logit.abs()).exp().ln_1p();
                let slope = 1.0 / (1.0 + (-logit).exp()) - t;
                let found = cross_entropy::<Plain>(x, target);
                let value = f64::from(found.linear) + f64::from(found.factor).ln();
                assert!(
                    (value - exact).abs() <= 3e-7 * exact.abs().max(1.0),
                    "value at {x}, {target}"
                );
                assert!(
                    (f64::from(found.derivative) - slope).abs() < 2e-7,
                    "derivative at {x}"
                );
            }
        }
    }
}
