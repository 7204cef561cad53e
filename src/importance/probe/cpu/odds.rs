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

use super::Changes;
use crate::math::{LANES, exp, greater};

/// Outputs that are followed through all images before the next ones, so that what is used of all
/// images fits in the first-level cache.
const WIDTH: usize = 2 * LANES;
/// Sums beyond this count as this. What a change in the [reach](REACH) makes of such a sigmoid is
/// less than exp(2 · 20 - 60), 2e-9.
const LARGEST_SUM: f32 = 60.0;
/// Changes of a sum by more than twice this are not taken. With it, no product here leaves the range
/// of f32: exp(60 + 20) is 6e34.
const REACH: f32 = 20.0;
/// Squares are added in f32 over so many images before f64 takes over.
const BLOCK: usize = 256;

type Lanes = [f32; WIDTH];

/// The odds of every output of every image, [`WIDTH`] outputs of all images after the other.
pub(super) struct Odds {
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

impl Odds {
    /// Of sums (images × outputs).
    pub(super) fn new(sums: &Array2<f32>) -> Self {
        let (images, outputs) = sums.dim();
        let mut odds = Vec::with_capacity(images * outputs.div_ceil(WIDTH));
        for first in (0..outputs).step_by(WIDTH) {
            for sums in sums.rows() {
                odds.push(std::array::from_fn(|lane| {
                    let sum = sums.get(first + lane).copied().unwrap_or(0.0);
                    exp(-sum.clamp(-LARGEST_SUM, LARGEST_SUM))
                }));
            }
        }
        let share = |odds: &Lanes| odds.map(|odds| odds / (1.0 + odds));
        Self {
            images,
            shares: odds.iter().map(share).collect(),
            against: odds,
        }
    }

    /// Whether changes of `column`, which enters the sums by `weight`, are in reach: each gives
    /// images values of other images, and no sum changes too far.
    pub(super) fn cover(column: &[f32], weight: &[f32], changes: &[Changes]) -> bool {
        let (low, high) = range(column);
        let largest = weight
            .iter()
            .fold(0.0, |most, weight| greater(most, weight.abs()));
        0.5 * (high - low) * largest <= REACH
            && changes
                .iter()
                .all(|change| change.sources.len() == change.rows.len())
    }

    /// Adds to every change's row of `totals` the squared change of every output.
    pub(super) fn measure(
        &self,
        column: &[f32],
        weight: &[f32],
        changes: &[Changes],
        totals: &mut ArrayViewMut2<'_, f64>,
    ) {
        let (values, own) = levels(column);
        let steps: Vec<Vec<Step>> = changes
            .iter()
            .map(|change| {
                let images = change.rows.iter().zip(&change.sources);
                images
                    .map(|(&image, &source)| Step {
                        image,
                        from: own[image as usize],
                        to: own[source as usize],
                    })
                    .collect()
            })
            .collect();
        // Only ratios of powers matter; taken from the middle, they are within reach.
        let (low, high) = range(column);
        let middle = low + 0.5 * (high - low);
        let mut powers = vec![[0.0; WIDTH]; values.len()];
        let tiles = self.against.chunks_exact(self.images);
        let tiles = tiles.zip(self.shares.chunks_exact(self.images));
        for (first, (odds, shares)) in (0..weight.len()).step_by(WIDTH).zip(tiles) {
            let mut lanes = [0.0; WIDTH];
            let width = WIDTH.min(weight.len() - first);
            lanes[..width].copy_from_slice(&weight[first..first + width]);
            raise(&values, middle, &lanes, &mut powers);
            for (steps, mut totals) in steps.iter().zip(totals.rows_mut()) {
                for steps in steps.chunks(BLOCK) {
                    let squares = squares(steps, odds, shares, &powers);
                    for (total, &square) in totals.iter_mut().skip(first).zip(&squares) {
                        *total += f64::from(square);
                    }
                }
            }
        }
    }
}

/// P of all values, less the middle.
///
/// As [`squares`], not inlined: within a larger function the compiler did not find the vectors.
#[inline(never)]
fn raise(values: &[f32], middle: f32, weight: &Lanes, powers: &mut [Lanes]) {
    for (powers, value) in powers.iter_mut().zip(values) {
        *powers = weight.map(|weight| exp((middle - value) * weight));
    }
}

/// The sum of the squared changes of some outputs.
#[inline(never)]
fn squares(steps: &[Step], odds: &[Lanes], shares: &[Lanes], powers: &[Lanes]) -> Lanes {
    let mut squares = [0.0; WIDTH];
    for step in steps {
        let (odds, shares) = (&odds[step.image as usize], &shares[step.image as usize]);
        let (from, to) = (&powers[step.from as usize], &powers[step.to as usize]);
        for lane in 0..WIDTH {
            let change =
                shares[lane] * (from[lane] - to[lane]) / (from[lane] + odds[lane] * to[lane]);
            squares[lane] += change * change;
        }
    }
    squares
}

/// The distinct values, and which of them each value is.
fn levels(column: &[f32]) -> (Vec<f32>, Vec<u32>) {
    let mut ascending: Vec<u32> = (0..column.len() as u32).collect();
    ascending
        .sort_unstable_by(|&one, &other| column[one as usize].total_cmp(&column[other as usize]));
    let mut values: Vec<f32> = Vec::new();
    let mut own = vec![0; column.len()];
    for image in ascending {
        let value = column[image as usize];
        // Not the order of the sort: -0 and 0 are one value.
        if values.last() != Some(&value) {
            values.push(value);
        }
        own[image as usize] = values.len() as u32 - 1;
    }
    (values, own)
}

/// The least and the largest value.
fn range(values: &[f32]) -> (f32, f32) {
    let start = (f32::INFINITY, f32::NEG_INFINITY);
    values.iter().fold(start, |(low, high), &value| {
        (low.min(value), high.max(value))
    })
}

#[cfg(test)]
mod tests {
    use ndarray::Array1;

    use super::*;
    use crate::importance::probe::{Changes, Intervention};
    use crate::keyed::{Keyed, Purpose};

    /// Largest error of a change of one output of one image, and whether `cover` takes the column:
    /// values in ±`values`, weights in ±`weights`, sums in ±`sums`.
    fn largest_error(values: f32, weights: f32, sums: f32) -> (f64, bool) {
        let mut draws = Keyed::new(3, Purpose::Weights, &[values.to_bits().into()]);
        let mut draw = |most: f32| (2.0 * draws.uniform() - 1.0) * most;
        let outputs = 5 * WIDTH + 3;
        let inputs = Array2::from_shape_simple_fn((40, 1), || draw(values));
        let weight = Array1::from_shape_simple_fn(outputs, || draw(weights)).to_vec();
        let sums = Array2::from_shape_simple_fn((40, outputs), || draw(sums));
        let column = inputs.column(0).to_vec();
        let odds = Odds::new(&sums);
        let mut largest = 0.0f64;
        let mut covered = true;
        for image in 0..40 {
            // One image gets the value of the next, all others keep theirs.
            let next = (image + 1) % 40;
            let mut order: Vec<u32> = (0..40).collect();
            order[image] = next as u32;
            let change = Changes::permuted(0, &inputs, &order);
            let changes = [change];
            covered &= Odds::cover(&column, &weight, &changes);
            let mut squares = Array2::zeros((1, outputs));
            odds.measure(&column, &weight, &changes, &mut squares.view_mut());
            for (output, square) in squares.iter().enumerate() {
                let sum = f64::from(sums[[image, output]]);
                let step = f64::from(column[next]) - f64::from(column[image]);
                let sigmoid = |sum: f64| 1.0 / (1.0 + (-sum).exp());
                let exact = sigmoid(sum + step * f64::from(weight[output])) - sigmoid(sum);
                largest = largest.max((square.sqrt() - exact.abs()).abs());
            }
        }
        (largest, covered)
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
        let sums = ndarray::array![[0.7f32, -70.0], [-3.0, 2.0], [90.0, 0.1]];
        let odds = Odds::new(&sums);
        let changes = [Changes::permuted(0, &inputs, &[1, 2, 0])];
        let mut squares = Array2::zeros((1, 2));
        odds.measure(
            &[0.3, 2.0, -1.0],
            &[0.0, 0.5],
            &changes,
            &mut squares.view_mut(),
        );
        assert_eq!(squares[[0, 0]], 0.0, "a weight of 0");
        assert!(squares[[0, 1]] > 0.0);
        let another = [Changes::of(
            &Intervention::Set {
                column: 0,
                value: 1.0,
            },
            &inputs,
        )];
        assert!(
            !Odds::cover(&[0.3, 2.0, -1.0], &[1.0], &another),
            "a value of no image"
        );
    }
}
