//! One sigmoid layer, without an exponential for every permuted number.
//!
//! A sigmoid is 1 / (1 + o) with o = exp(-sum), the odds against. Giving an image the value v
//! instead of u multiplies its odds by P(v) / P(u) with P(v) = exp(-v w), and P is one number for a
//! value and an output, however many images and permutations use it. The output then changes by
//!
//! ```text
//! 1 / (1 + o P(v) / P(u)) - 1 / (1 + o) = r (P(u) - P(v)) / (P(u) + o P(v)),  r = o / (1 + o)
//! ```
//!
//! which is exactly 0 where P(u) = P(v), and loses nothing where they hardly differ.

use ndarray::{Array2, ArrayViewMut2};

use super::powers::{Knots, Lanes, WIDTH};
use super::{Changes, SQUARES, range, slice};
use crate::importance::levels::Levels;
use crate::math::kernel::{Arithmetic, Kernel, Plain, work};
use crate::math::{exp, greater};

/// Sums beyond this count as this. What a change in the [reach](REACH) makes of such a sigmoid is
/// less than exp(2 · 20 - 60), 2e-9.
const LARGEST_SUM: f32 = 60.0;
/// Changes of a sum by more than twice this are not taken. With it, no product here leaves the range
/// of f32: exp(60 + 20) is 6e34.
const REACH: f32 = 20.0;

/// The odds of every output of every image, [`WIDTH`] outputs of all images after the other.
pub(super) struct Odds {
    kernel: Kernel,
    images: usize,
    /// o.
    against: Vec<Lanes>,
    /// r.
    shares: Vec<Lanes>,
}

/// An image that a change changed: from which of the column's values to which.
struct Step {
    image: u32,
    from: u32,
    to: u32,
}

/// Changes of one column.
pub(super) struct Moves<'a> {
    knots: Knots,
    /// Of every change.
    steps: Vec<Vec<Step>>,
    weight: &'a [f32],
    /// Which tiles of outputs are wanted; all where nothing is said.
    wanted: Option<&'a [bool]>,
    /// A row for every change, see [`add`].
    totals: ArrayViewMut2<'a, f64>,
}

impl<'a> Moves<'a> {
    /// `changes` of `column`, which enters the sums by `weight`, as far as they are in reach: no sum
    /// changes too far.
    pub(super) fn within_reach(
        column: &[f32],
        weight: &'a [f32],
        changes: &[Changes<'_>],
        wanted: Option<&'a [bool]>,
        totals: ArrayViewMut2<'a, f64>,
    ) -> Result<Self, ArrayViewMut2<'a, f64>> {
        let (low, high) = range(column.iter().copied());
        let largest = weight
            .iter()
            .fold(0.0, |most, weight| greater(most, weight.abs()));
        let near = 0.5 * (high - low) * largest <= REACH;
        if !near {
            return Err(totals);
        }
        let (levels, own) = Levels::with_places(column.iter().copied());
        let step = |(&image, &source): (&u32, &u32)| Step {
            image,
            from: own[image as usize],
            to: own[source as usize],
        };
        let steps =
            |change: &Changes<'_>| change.rows.iter().zip(&change.sources).map(step).collect();
        Ok(Self {
            knots: Knots::new(&levels.values, largest),
            steps: changes.iter().map(steps).collect(),
            weight,
            wanted,
            totals,
        })
    }
}

impl Odds {
    /// Of sums (images × outputs).
    pub(super) fn new(kernel: Kernel, sums: &Array2<f32>) -> Self {
        let (images, outputs) = sums.dim();
        let mut against = Vec::with_capacity(images * outputs.div_ceil(WIDTH));
        for first in (0..outputs).step_by(WIDTH) {
            for sums in slice(sums).chunks_exact(outputs) {
                let mut lanes = [0.0; WIDTH];
                let sums = &sums[first..(first + WIDTH).min(outputs)];
                for (lane, sum) in lanes.iter_mut().zip(sums) {
                    *lane = exp::<Plain>(-sum.clamp(-LARGEST_SUM, LARGEST_SUM));
                }
                against.push(lanes);
            }
        }
        let mut shares = against.clone();
        for share in shares.as_flattened_mut() {
            *share /= 1.0 + *share;
        }
        Self {
            kernel,
            images,
            against,
            shares,
        }
    }

    /// Adds every change's squared changes to its totals. Tile by tile, so that what is known of
    /// the images is read once for all columns.
    pub(super) fn measure(&self, moves: &mut [Moves<'_>]) {
        let (mut knots, mut powers) = <(Vec<Lanes>, Vec<Lanes>)>::default();
        let tiles = self.against.chunks_exact(self.images);
        let tiles = tiles.zip(self.shares.chunks_exact(self.images));
        for (tile, (odds, shares)) in tiles.enumerate() {
            let wanted = |moves: &&mut Moves<'_>| moves.wanted.is_none_or(|tiles| tiles[tile]);
            for moves in moves.iter_mut().filter(wanted) {
                let first = tile * WIDTH;
                let mut lanes = [0.0; WIDTH];
                let width = WIDTH.min(moves.weight.len() - first);
                lanes[..width].copy_from_slice(&moves.weight[first..first + width]);
                moves
                    .knots
                    .raise(self.kernel, &lanes, &mut knots, &mut powers);
                for (steps, mut totals) in moves.steps.iter().zip(moves.totals.rows_mut()) {
                    for steps in steps.chunks(SQUARES) {
                        let squares = Squares {
                            steps,
                            odds,
                            shares,
                            powers: &powers,
                        };
                        let squares = self::squares(self.kernel, squares).map(f64::from);
                        add(
                            totals.as_slice_mut().expect("row by row"),
                            first,
                            &squares[..width],
                        );
                    }
                }
            }
        }
    }
}

/// Adds the squared changes of the outputs from the `first` on to `totals`, which has a place for
/// every output or one for all.
pub(super) fn add(totals: &mut [f64], first: usize, squares: &[f64]) {
    match totals {
        [all] => *all += squares.iter().sum::<f64>(),
        each => {
            for (total, square) in each[first..].iter_mut().zip(squares) {
                *total += square;
            }
        }
    }
}

/// The sum of the squared changes of some outputs.
///
/// Not inlined: within a larger function the compiler did not find the vectors.
#[inline(never)]
fn squares(kernel: Kernel, squares: Squares<'_>) -> Lanes {
    kernel.run(squares)
}

work!(Squares<'a> is add_squares(
    steps: &'a [Step],
    odds: &'a [Lanes],
    shares: &'a [Lanes],
    powers: &'a [Lanes]
) -> Lanes);

#[inline(always)]
fn add_squares<A: Arithmetic>(
    steps: &[Step],
    odds: &[Lanes],
    shares: &[Lanes],
    powers: &[Lanes],
) -> Lanes {
    let mut squares = [0.0; WIDTH];
    for step in steps {
        let (odds, shares) = (&odds[step.image as usize], &shares[step.image as usize]);
        let (from, to) = (&powers[step.from as usize], &powers[step.to as usize]);
        for lane in 0..WIDTH {
            let after = A::multiply_add(odds[lane], to[lane], from[lane]);
            let change = shares[lane] * (from[lane] - to[lane]) / after;
            squares[lane] = A::multiply_add(change, change, squares[lane]);
        }
    }
    squares
}

#[cfg(test)]
mod tests {
    use ndarray::Array1;

    use super::*;
    use crate::importance::probe::Changes;
    use crate::keyed::{Keyed, Purpose};

    /// Largest error of a change of one output of one image, and whether the column is within reach:
    /// values in ±`values`, weights in ±`weights`, sums in ±`sums`.
    fn largest_error(values: f32, weights: f32, sums: f32) -> (f64, bool) {
        let mut draws = Keyed::new(3, Purpose::Weights, &[values.to_bits().into()]);
        let mut draw = |most: f32| (2.0 * draws.uniform() - 1.0) * most;
        let outputs = 5 * WIDTH + 3;
        let inputs = Array2::from_shape_simple_fn((40, 1), || draw(values));
        let weight = Array1::from_shape_simple_fn(outputs, || draw(weights)).to_vec();
        let sums = Array2::from_shape_simple_fn((40, outputs), || draw(sums));
        let column = inputs.column(0).to_vec();
        let odds = Odds::new(Kernel::Baseline, &sums);
        let mut largest = 0.0f64;
        for image in 0..40 {
            // One image gets the value of the next, all others keep theirs.
            let next = (image + 1) % 40;
            let mut order: Vec<u32> = (0..40).collect();
            order[image] = next as u32;
            let change = Changes::permuted(&[0], &inputs, &order);
            let mut squares = Array2::zeros((1, outputs));
            let totals = squares.view_mut();
            match Moves::within_reach(&column, &weight, &[change], None, totals) {
                Ok(moves) => odds.measure(&mut [moves]),
                Err(_) => return (f64::NAN, false),
            }
            for (output, square) in squares.iter().enumerate() {
                let sum = f64::from(sums[[image, output]]);
                let step = f64::from(column[next]) - f64::from(column[image]);
                let sigmoid = |sum: f64| 1.0 / (1.0 + (-sum).exp());
                let exact = sigmoid(sum + step * f64::from(weight[output])) - sigmoid(sum);
                largest = largest.max((square.sqrt() - exact.abs()).abs());
            }
        }
        (largest, true)
    }

    #[test]
    fn changes_stay_within_their_bound() {
        // Values and weights of trained networks, and small, large and saturated sums.
        for (values, weights, sums) in [(1.0, 0.1, 3.0), (5.0, 0.5, 10.0), (1e-3, 1e-3, 0.1)] {
            let (error, covered) = largest_error(values, weights, sums);
            assert!(
                covered && error < 3e-7,
                "{error} for {values}, {weights}, {sums}"
            );
        }
        // As far as the reach goes.
        for (values, weights, sums) in [(10.0, 2.0, 20.0), (2.0, 10.0, 59.0), (19.0, 1.0, 500.0)] {
            let (error, covered) = largest_error(values, weights, sums);
            assert!(
                covered && error < 2e-6,
                "{error} for {values}, {weights}, {sums}"
            );
        }
        assert!(!largest_error(20.0, 2.0, 1.0).1, "beyond the reach");
    }

    #[test]
    fn nothing_changes_where_nothing_can() {
        let inputs = ndarray::array![[0.3f32], [2.0], [-1.0]];
        let column = inputs.column(0).to_vec();
        let sums = ndarray::array![[0.7f32, -70.0], [-3.0, 2.0], [90.0, 0.1]];
        let odds = Odds::new(Kernel::Baseline, &sums);
        let changes = [Changes::permuted(&[0], &inputs, &[1, 2, 0])];
        let mut squares = Array2::zeros((1, 2));
        let totals = squares.view_mut();
        let moves = Moves::within_reach(&column, &[0.0, 0.5], &changes, None, totals);
        odds.measure(&mut [moves.unwrap_or_else(|_| panic!("within reach"))]);
        assert_eq!(squares[[0, 0]], 0.0, "a weight of 0");
        assert!(squares[[0, 1]] > 0.0);
    }

    #[test]
    fn only_wanted_tiles_are_measured() {
        let outputs = 2 * WIDTH + 1;
        let inputs = ndarray::array![[0.0f32], [1.0]];
        let changes = [Changes::permuted(&[0], &inputs, &[1, 0])];
        let odds = Odds::new(Kernel::Baseline, &Array2::zeros((2, outputs)));
        let weight = vec![1.0; outputs];
        let measure = |wanted, places| {
            let mut squares = Array2::zeros((1, places));
            let totals = squares.view_mut();
            let moves = Moves::within_reach(&[0.0, 1.0], &weight, &changes, wanted, totals);
            odds.measure(&mut [moves.unwrap_or_else(|_| panic!("within reach"))]);
            squares
        };
        let each = measure(Some(&[false, true, true]), outputs);
        assert!(each.iter().take(WIDTH).all(|&square| square == 0.0));
        assert!(each.iter().skip(WIDTH).all(|&square| square > 0.0));
        let all = measure(Some(&[false, true, true]), 1);
        assert!((all[[0, 0]] / each.sum() - 1.0).abs() < 1e-12);
    }
}
