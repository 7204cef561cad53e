//! exp(-v w) for all values v of a column and the weights w of a few outputs.

use crate::math::kernel::{Arithmetic, Kernel, work};
use crate::math::{LANES, exp};

/// Outputs that are followed through all images before the next ones, so that what is used of all
/// images fits in the first-level cache.
pub(super) const WIDTH: usize = 2 * LANES;

pub(super) type Lanes = [f32; WIDTH];

/// Between the exponents of a value and of the knot next to it, at most.
const NEXT: f32 = 0.125;

// Of Taylor's series of exp up to the fourth power, the coefficients that take in what comes nearest
// to the fifth (Chebyshev): it leaves 2e-8.
const FIRST: f32 = 1.0 - 5.0 / 16.0 * NEXT * NEXT * NEXT * NEXT / 120.0;
const THIRD: f32 = 1.0 / 6.0 + 5.0 / 4.0 * NEXT * NEXT / 120.0;
const FOURTH: f32 = 1.0 / 24.0;

/// Values of a column, each by the knot next to it: exponentials are taken of knots alone, of which
/// there are fewer.
pub(super) struct Knots {
    knots: Vec<f32>,
    /// For every value: which knot, and how much more than it.
    values: Vec<(u32, f32)>,
}

impl Knots {
    /// For `values`, ascending, and weights up to `largest`.
    pub(super) fn new(values: &[f32], largest: f32) -> Self {
        let (low, high) = (values[0], values[values.len() - 1]);
        let count = (0.5 * (high - low) * largest / NEXT).ceil() as usize + 1;
        let count = count.max(2);
        let middle = low + 0.5 * (high - low);
        // Only ratios of powers matter; taken from the middle of the values, they stay in range.
        let from_middle = |value: f32| value - middle;
        if count >= values.len() {
            return Self {
                knots: values.iter().map(|&value| from_middle(value)).collect(),
                values: (0..values.len() as u32).map(|knot| (knot, 0.0)).collect(),
            };
        }
        let step = (high - low) / (count - 1) as f32;
        let knots: Vec<f32> = (0..count)
            .map(|at| from_middle(low) + at as f32 * step)
            .collect();
        let next = |&value: &f32| {
            let value = from_middle(value);
            // Steps between the smallest numbers that there are may be 0.
            let at = (((value - knots[0]) / step).round() as usize).min(count - 1);
            (at as u32, value - knots[at])
        };
        Self {
            values: values.iter().map(next).collect(),
            knots,
        }
    }

    /// Puts the exponentials of every value into `powers`; `of_knots` is a buffer.
    ///
    /// Not inlined: within a larger function the compiler did not find the vectors.
    #[inline(never)]
    pub(super) fn raise(
        &self,
        kernel: Kernel,
        weight: &Lanes,
        of_knots: &mut Vec<Lanes>,
        powers: &mut Vec<Lanes>,
    ) {
        of_knots.resize(self.knots.len(), [0.0; WIDTH]);
        powers.resize(self.values.len(), [0.0; WIDTH]);
        kernel.run(Raise {
            knots: self,
            weight,
            of_knots,
            powers,
        });
    }
}

work!(Raise<'a> is raise(
    knots: &'a Knots,
    weight: &'a Lanes,
    of_knots: &'a mut [Lanes],
    powers: &'a mut [Lanes]
) -> ());

/// See [`Knots::raise`].
#[inline(always)]
fn raise<A: Arithmetic>(
    knots: &Knots,
    weight: &Lanes,
    of_knots: &mut [Lanes],
    powers: &mut [Lanes],
) {
    for (power, knot) in of_knots.iter_mut().zip(&knots.knots) {
        let mut lanes = [0.0; WIDTH];
        for lane in 0..WIDTH {
            lanes[lane] = exp::<A>(-knot * weight[lane]);
        }
        *power = lanes;
    }
    for (power, &(knot, more)) in powers.iter_mut().zip(&knots.values) {
        let mut lanes = of_knots[knot as usize];
        for lane in 0..WIDTH {
            let x = -more * weight[lane];
            let series = A::multiply_add(x, FOURTH, THIRD);
            let series = A::multiply_add(x, series, 0.5);
            let series = A::multiply_add(x, series, FIRST);
            lanes[lane] *= A::multiply_add(x, series, 1.0);
        }
        *power = lanes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Largest error of a ratio of two powers, as a share of it, for 200 values over `span` and
    /// weights up to `largest`; and how many knots there are.
    fn largest_error(span: f32, largest: f32) -> (f64, usize) {
        let values: Vec<f32> = (0..200)
            .map(|at| 3.0 + span * (at as f32 / 199.0).powi(2))
            .collect();
        let weight: Lanes = std::array::from_fn(|lane| largest * (lane as f32 / 7.5 - 1.0));
        let knots = Knots::new(&values, largest);
        let (mut of_knots, mut powers) = (Vec::new(), Vec::new());
        knots.raise(Kernel::Baseline, &weight, &mut of_knots, &mut powers);
        let mut error = 0.0f64;
        for (at, value) in values.iter().enumerate() {
            let more = f64::from(*value) - f64::from(values[0]);
            for lane in 0..WIDTH {
                let exact = (-more * f64::from(weight[lane])).exp();
                let ratio = f64::from(powers[at][lane]) / f64::from(powers[0][lane]);
                error = error.max((ratio / exact - 1.0).abs());
            }
        }
        (error, knots.knots.len())
    }

    #[test]
    fn powers_stay_within_their_bound_with_few_exponentials() {
        for (span, largest, bound, knots) in [
            (1e-3, 0.0, 1e-6, 2),
            (1e-3, 1e-3, 1e-6, 2),
            (1.0, 1.0, 1e-6, 5),
            (8.0, 0.5, 2e-6, 17),
            (40.0, 0.9, 6e-6, 145),
            // More would be needed than there are values.
            (40.0, 2.0, 1e-5, 200),
        ] {
            let (error, count) = largest_error(span, largest);
            assert!(error < bound, "{error} for {span}, {largest}");
            assert_eq!(count, knots, "knots for {span}, {largest}");
        }
    }

    #[test]
    fn values_may_lie_as_close_as_numbers_can() {
        let values = [0.0, 1e-45, 3e-45, 4e-45];
        let knots = Knots::new(&values, f32::MAX);
        let (mut of_knots, mut powers) = (Vec::new(), Vec::new());
        knots.raise(Kernel::Baseline, &[1.0; WIDTH], &mut of_knots, &mut powers);
        assert_eq!(powers, [[1.0; WIDTH]; 4]);
    }
}
