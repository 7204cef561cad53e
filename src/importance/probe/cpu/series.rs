//! One sigmoid layer, the squared changes of its outputs summed up in a series.
//!
//! A sigmoid whose sum goes from z to z + t changes by
//!
//! ```text
//! σ(z + t) - σ(z) = ½ (1 - q²) h / (1 + q h),   q = tanh(z / 2),  h = tanh(t / 2).
//! ```
//!
//! Its square is (1 - q²)² t² f(q, t), where f = (h / 2t)² / (1 + q h)² is smooth: for |t| up to
//! some reach, a polynomial in q and t. A change of column c by δ moves output o's sum by
//! t = w[c, o] δ, so that the squares of all outputs of an image add up to
//!
//! ```text
//! Σₒ (Δσₒ)² = Σₘ δᵐ⁺² Sₘ[image, c],   Sₘ = Dₘ · Wᵐ⁺²,   Dₘ[image, o] = (1 - q²)² rₘ(q),
//! ```
//!
//! with the polynomials rₘ in q and powers of W entry by entry. A few matrix products serve every
//! change of every column; after them, a change of an image costs one multiply-add a term, not a
//! sigmoid an output. Outputs with weights so large that t goes too far are left to others.

use std::sync::OnceLock;

use ndarray::Array2;

use super::{Changes, SQUARES, range, row, slice};
use crate::math::kernel::{Arithmetic, Kernel, work};
use crate::math::product::{COLUMNS, Panels, Tiles, product};
use crate::math::{LANES, exp};

/// Images whose series are computed together: what is at hand of them fits in the second-level cache.
const IMAGES: usize = 64;
/// What takes how long, in multiply-adds of a product (measured in V8): one of a polynomial, ...
const POLYNOMIAL: f64 = 1.2;
/// ... a change of an image's output that is left to others, ...
const CHANGE: f64 = 3.5;
/// ... and what is done for each image and output before, whatever the changes.
const CHANGES: f64 = 1.5;

/// Coefficients that are kept of an image, at most, for each of its outputs: as many numbers as
/// others keep. So few that it does not matter may always be.
const ROOM: usize = 2;
const FEW: usize = 1024;

/// How far sums may move, and what that takes for every squared change to be within 2e-6 of itself.
struct Reach {
    sums: f32,
    /// In t.
    terms: usize,
    /// In q, of each term: every second power.
    powers: usize,
}

const REACHES: [Reach; 4] = [
    Reach::new(0.5, 7, 5),
    Reach::new(1.0, 9, 7),
    Reach::new(1.5, 12, 9),
    Reach::new(2.0, 14, 13),
];

impl Reach {
    const fn new(sums: f32, terms: usize, powers: usize) -> Self {
        Self {
            sums,
            terms,
            powers,
        }
    }

    /// For every m, the coefficients of rₘ, where t is in units of the reach. By symmetry,
    /// f(-q, -t) = f(q, t), rₘ has only odd powers of q or only even ones; so it is `q^(m mod 2)`
    /// times a polynomial in y = 2q² - 1, which is in ±1: there rounding counts least.
    fn polynomials(&self) -> Vec<Vec<f32>> {
        let unit = f64::from(self.sums);
        let f = |q: f64, t: f64| {
            let h = (0.5 * t * unit).tanh();
            let slope = if t == 0.0 { 0.5 * unit } else { h / t };
            (0.5 * slope / (1.0 + q * h)).powi(2)
        };
        let (ts, ys) = (nodes(self.terms), nodes(self.powers));
        // First in t, at every node in y; then each coefficient in y.
        let in_t: Vec<(f64, Vec<f64>)> = ys
            .iter()
            .map(|y| {
                let q = (0.5 * (1.0 + y)).sqrt();
                let values: Vec<f64> = ts.iter().map(|&t| f(q, t)).collect();
                (q, through(&ts, &values))
            })
            .collect();
        (0..self.terms)
            .map(|m| {
                let in_y = |(q, r): &(f64, Vec<f64>)| if m % 2 == 0 { r[m] } else { r[m] / q };
                let values: Vec<f64> = in_t.iter().map(in_y).collect();
                let in_y = through(&ys, &values);
                in_y.into_iter().map(|of_power| of_power as f32).collect()
            })
            .collect()
    }
}

/// Chebyshev's nodes in ±1, cos((2k + 1) θ): by a recurrence from cos θ, as a cosine of any angle brings
/// along a library that is larger than all of this.
fn nodes(count: usize) -> Vec<f64> {
    let angle = std::f64::consts::FRAC_PI_2 / count as f64;
    // Taylor's series; the angle is small.
    let cosine = (1..=8).rev().fold(1.0, |sum, k| {
        1.0 - sum * angle * angle / f64::from((2 * k - 1) * 2 * k)
    });
    let twice = 2.0 * cosine * cosine - 1.0;
    let mut nodes = vec![cosine, cosine];
    for at in 1..count {
        nodes.push(2.0 * twice * nodes[at] - nodes[at - 1]);
    }
    nodes.split_off(1)
}

/// The coefficients, lowest first, of the polynomial that takes `values` at `nodes` (Newton's
/// divided differences).
fn through(nodes: &[f64], values: &[f64]) -> Vec<f64> {
    let mut differences = values.to_vec();
    for order in 1..nodes.len() {
        for at in (order..nodes.len()).rev() {
            differences[at] =
                (differences[at] - differences[at - 1]) / (nodes[at] - nodes[at - order]);
        }
    }
    let mut coefficients = vec![0.0; nodes.len()];
    for (difference, node) in differences.iter().zip(nodes).rev() {
        // Times (x - node), plus the difference.
        for power in (1..coefficients.len()).rev() {
            coefficients[power] = coefficients[power - 1] - node * coefficients[power];
        }
        coefficients[0] = difference - node * coefficients[0];
    }
    coefficients
}

/// Which share of all groups is far.
fn share(far: &[Vec<bool>]) -> f64 {
    let groups = || far.iter().flatten();
    groups().filter(|&&far| far).count() as f64 / groups().count().max(1) as f64
}

/// The series of one network's last layer for the columns of some inputs.
pub(super) struct Series {
    reach: &'static Reach,
    images: usize,
    columns: usize,
    /// How far apart the values of each column lie; what it is changed by is taken in these units.
    spans: Vec<f32>,
    /// Outputs in a group.
    group: usize,
    /// For every column, which groups are left to others.
    far: Vec<Vec<bool>>,
    /// S of every column, term and image; of images as many as fill whole [`LANES`].
    coefficients: OnceLock<Vec<f32>>,
}

impl Series {
    /// Chooses the reach that costs least for so many changes of every column of `inputs` (images ×
    /// columns), which enter the sums by `weight` (columns × outputs). Outputs are left to others
    /// `group` by `group`; none, if it costs least to leave all of them.
    pub(super) fn new(
        inputs: &Array2<f32>,
        weight: &Array2<f32>,
        group: usize,
        changes: usize,
    ) -> Option<Self> {
        let (images, columns) = inputs.dim();
        let spans: Vec<f32> = inputs
            .columns()
            .into_iter()
            .map(|column| {
                let (low, high) = range(column.iter().copied());
                high - low
            })
            .collect();
        let far = |reach: &Reach| -> Vec<Vec<bool>> {
            let groups = |(column, &span): (usize, &f32)| {
                let groups = row(weight, column).chunks(group);
                groups
                    .map(|group| {
                        !group
                            .iter()
                            .all(|weight| (weight * span).abs() <= reach.sums)
                    })
                    .collect()
            };
            spans.iter().enumerate().map(groups).collect()
        };
        let direct = CHANGE * changes as f64 + CHANGES;
        let cost = |reach: &Reach, far: &[Vec<bool>]| {
            let polynomials = POLYNOMIAL * (reach.terms * reach.powers) as f64;
            reach.terms as f64 + polynomials / columns as f64 + share(far) * direct
        };
        let (_, reach, far) = REACHES
            .iter()
            .filter(|reach| reach.terms * columns <= FEW.max(ROOM * weight.ncols()))
            .map(|reach| {
                let far = far(reach);
                (cost(reach, &far), reach, far)
            })
            .min_by(|(one, ..), (other, ..)| one.total_cmp(other))
            .filter(|(cost, ..)| *cost < direct)?;
        Some(Self {
            reach,
            images,
            columns,
            spans,
            group,
            far,
            coefficients: OnceLock::new(),
        })
    }

    /// Which groups of outputs of a column's changes are left to others.
    pub(super) fn far(&self, column: usize) -> &[bool] {
        &self.far[column]
    }

    /// Which share of all outputs of all columns that is.
    pub(super) fn share_far(&self) -> f64 {
        share(&self.far)
    }

    /// Multiply-adds that a changed image takes.
    pub(super) fn terms(&self) -> usize {
        self.reach.terms
    }

    /// The sum of the squared changes of all outputs but those left to others, over all images that a
    /// change of `column` changed.
    /// `sums` (images × outputs) are those of the unchanged images.
    pub(super) fn measure(
        &self,
        kernel: Kernel,
        sums: &Array2<f32>,
        weight: &Array2<f32>,
        change: &Changes<'_>,
        column: usize,
    ) -> f64 {
        let coefficients = self
            .coefficients
            .get_or_init(|| self.coefficients(kernel, sums, weight));
        let padded = self.padded();
        let span = self.spans[column];
        let mut changes = vec![0.0; padded];
        for (&image, &delta) in change.rows.iter().zip(&change.deltas) {
            changes[image as usize] = delta / span;
        }
        kernel.run(Total {
            terms: self.reach.terms,
            changes: &changes,
            coefficients: &coefficients[column * self.reach.terms * padded..],
        })
    }

    /// As [`Series::measure`], of each image that the change changed.
    #[cfg(feature = "general")]
    pub(super) fn by_image<'a>(
        &'a self,
        kernel: Kernel,
        sums: &Array2<f32>,
        weight: &Array2<f32>,
        change: &'a Changes<'_>,
        column: usize,
    ) -> impl Iterator<Item = f32> + 'a {
        let coefficients = self
            .coefficients
            .get_or_init(|| self.coefficients(kernel, sums, weight));
        let padded = self.padded();
        let span = self.spans[column];
        let of_column = &coefficients[column * self.reach.terms * padded..];
        let images = change.rows.iter().zip(&change.deltas);
        images.map(move |(&image, &delta)| {
            let change = delta / span;
            let terms = (0..self.reach.terms).rev();
            let series = terms.fold(0.0, |sum, term| {
                sum * change + of_column[term * padded + image as usize]
            });
            // A sum of squares that is nearly 0 may be rounded to less.
            (series * (change * change)).max(0.0)
        })
    }

    fn padded(&self) -> usize {
        self.images.next_multiple_of(LANES)
    }

    /// S of every column, term and image.
    fn coefficients(&self, kernel: Kernel, sums: &Array2<f32>, weight: &Array2<f32>) -> Vec<f32> {
        let outputs = weight.ncols();
        let terms = self.reach.terms;
        let powers = self.powers(weight);
        let polynomials = self.reach.polynomials();
        let padded = self.padded();
        let mut coefficients = vec![0.0; self.columns * terms * padded];
        let (mut stand, mut found) = <(Stand, Vec<f32>)>::default();
        for (block, sums) in slice(sums).chunks(IMAGES * outputs).enumerate() {
            let images = sums.len() / outputs;
            stand.take(kernel, outputs, sums);
            for (term, polynomial) in polynomials.iter().enumerate() {
                let standing = stand.term(kernel, term, polynomial);
                product(kernel, &powers[term], standing, None, &mut found);
                for (column, found) in found.chunks_exact(images).enumerate() {
                    let place = (column * terms + term) * padded + block * IMAGES;
                    coefficients[place..place + images].copy_from_slice(found);
                }
            }
        }
        coefficients
    }

    /// For every term, the powers of the weights (columns × outputs), in units of the reach over the
    /// spans; 0 for what is left to others.
    fn powers(&self, weight: &Array2<f32>) -> Vec<Tiles> {
        let outputs = weight.ncols();
        let mut first = slice(weight).to_vec();
        let rows = first.chunks_exact_mut(outputs);
        for ((weights, span), far) in rows.zip(&self.spans).zip(&self.far) {
            for (weights, &far) in weights.chunks_mut(self.group).zip(far) {
                for weight in weights {
                    // Not by a factor of 0, as what is far may be infinite.
                    *weight = if far {
                        0.0
                    } else {
                        *weight * span / self.reach.sums
                    };
                }
            }
        }
        let mut power: Vec<f32> = first.iter().map(|first| first * first).collect();
        (0..self.reach.terms)
            .map(|_| {
                let mut tiles = Tiles::default();
                tiles.pack(outputs, power.chunks_exact(outputs));
                for (power, first) in power.iter_mut().zip(&first) {
                    *power *= first;
                }
                tiles
            })
            .collect()
    }
}

/// Where the sigmoids of some images stand, packed as the right factor of a product: outputs ×
/// images.
#[derive(Default)]
struct Stand {
    /// D of one term; at first, the sums.
    term: Panels,
    /// y = 2q² - 1.
    y: Vec<Lanes>,
    /// (1 - q²)², and the same times q.
    steepness: [Vec<Lanes>; 2],
}

type Lanes = [f32; COLUMNS];
const WIDE: usize = 2 * COLUMNS;

impl Stand {
    /// Of images with these sums (images × outputs).
    fn take(&mut self, kernel: Kernel, outputs: usize, sums: &[f32]) {
        self.term.pack_transposed(outputs, sums);
        let sums = self.term.values().as_flattened();
        let [even, odd] = &mut self.steepness;
        for all in [&mut self.y, &mut *even, &mut *odd] {
            all.resize(sums.len() / COLUMNS, [0.0; COLUMNS]);
        }
        kernel.run(Taking {
            sums,
            y: self.y.as_flattened_mut(),
            even: even.as_flattened_mut(),
            odd: odd.as_flattened_mut(),
        });
    }

    /// D of term m, by the coefficients that [`Reach::polynomials`] gives for it.
    fn term(&mut self, kernel: Kernel, m: usize, polynomial: &[f32]) -> &Panels {
        kernel.run(Evaluation {
            polynomial,
            y: self.y.as_flattened(),
            steepness: self.steepness[m % 2].as_flattened(),
            values: self.term.values_mut().as_flattened_mut(),
        });
        &self.term
    }
}

work!(Total<'a> is total(terms: usize, changes: &'a [f32], coefficients: &'a [f32]) -> f64);

/// The sum over all images of the squares of their `changes`, from the `coefficients` of the column.
#[inline(always)]
fn total<A: Arithmetic>(terms: usize, changes: &[f32], coefficients: &[f32]) -> f64 {
    let padded = changes.len();
    let mut total = 0.0;
    for first in (0..padded).step_by(SQUARES) {
        let block = first..(first + SQUARES).min(padded);
        let mut squares = [0.0; LANES];
        for at in block.step_by(LANES) {
            let changes = &changes[at..at + LANES];
            let mut series = [0.0; LANES];
            for term in (0..terms).rev() {
                let coefficients = &coefficients[term * padded + at..][..LANES];
                for lane in 0..LANES {
                    series[lane] = A::multiply_add(series[lane], changes[lane], coefficients[lane]);
                }
            }
            for lane in 0..LANES {
                let square = changes[lane] * changes[lane];
                squares[lane] = A::multiply_add(series[lane], square, squares[lane]);
            }
        }
        total += f64::from(squares.iter().sum::<f32>());
    }
    total
}

work!(Taking<'a> is take(
    sums: &'a [f32],
    y: &'a mut [f32],
    even: &'a mut [f32],
    odd: &'a mut [f32]
) -> ());

/// See [`Stand::take`].
#[inline(always)]
fn take<A: Arithmetic>(sums: &[f32], y: &mut [f32], even: &mut [f32], odd: &mut [f32]) {
    let places = y.iter_mut().zip(even).zip(odd);
    for (((y, even), odd), &sum) in places.zip(sums) {
        // Beyond, nothing is left of the steepness in f32.
        let odds = exp::<A>(sum.clamp(-40.0, 40.0));
        let share = 1.0 / (1.0 + odds);
        let q = (odds - 1.0) * share;
        let slope = 4.0 * odds * share * share;
        *y = A::multiply_add(2.0 * q, q, -1.0);
        *even = slope * slope;
        *odd = slope * slope * q;
    }
}

work!(Evaluation<'a> is evaluate_all(
    polynomial: &'a [f32],
    y: &'a [f32],
    steepness: &'a [f32],
    values: &'a mut [f32]
) -> ());

/// See [`Stand::term`].
#[inline(always)]
fn evaluate_all<A: Arithmetic>(
    polynomial: &[f32],
    y: &[f32],
    steepness: &[f32],
    values: &mut [f32],
) {
    // Side by side, as each step of a polynomial waits for the one before.
    let (values, last_values) = values.as_chunks_mut::<WIDE>();
    let (y, last_y) = y.as_chunks::<WIDE>();
    let (steepness, last_steepness) = steepness.as_chunks::<WIDE>();
    for ((values, y), steepness) in values.iter_mut().zip(y).zip(steepness) {
        evaluate::<A, WIDE>(polynomial, y, steepness, values);
    }
    let (last_values, _) = last_values.as_chunks_mut::<COLUMNS>();
    let (last_y, _) = last_y.as_chunks::<COLUMNS>();
    let (last_steepness, _) = last_steepness.as_chunks::<COLUMNS>();
    for ((values, y), steepness) in last_values.iter_mut().zip(last_y).zip(last_steepness) {
        evaluate::<A, COLUMNS>(polynomial, y, steepness, values);
    }
}

/// A polynomial at several places, times a factor for each.
#[inline(always)]
fn evaluate<A: Arithmetic, const N: usize>(
    polynomial: &[f32],
    at: &[f32; N],
    factor: &[f32; N],
    to: &mut [f32; N],
) {
    let mut sums = [0.0; N];
    for coefficient in polynomial.iter().rev() {
        for lane in 0..N {
            sums[lane] = A::multiply_add(sums[lane], at[lane], *coefficient);
        }
    }
    for lane in 0..N {
        to[lane] = sums[lane] * factor[lane];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyed::{Keyed, Purpose};

    fn sigmoid(sum: f64) -> f64 {
        1.0 / (1.0 + (-sum).exp())
    }

    #[test]
    fn nodes_are_cosines() {
        for count in [1, 5, 14] {
            let nodes = nodes(count);
            assert_eq!(nodes.len(), count);
            for (at, node) in nodes.iter().enumerate() {
                let angle = std::f64::consts::PI * (at as f64 + 0.5) / count as f64;
                assert!((node - angle.cos()).abs() < 1e-10, "{node} of {count}");
            }
        }
    }

    #[test]
    fn every_reach_is_within_its_bound_wherever_sums_stand_and_go() {
        for reach in &REACHES {
            let polynomials = reach.polynomials();
            let at = |q: f64, x: f64| {
                let term = |(m, polynomial): (usize, &Vec<f32>)| {
                    let of_q = polynomial.iter().rev();
                    let of_q = of_q.fold(0.0, |sum, &next| {
                        sum * (2.0 * q * q - 1.0) + f64::from(next)
                    });
                    of_q * q.powi((m % 2) as i32) * x.powi(m as i32 + 2)
                };
                (1.0 - q * q).powi(2) * polynomials.iter().enumerate().map(term).sum::<f64>()
            };
            for from in -80..=80 {
                for step in -50..=50 {
                    let (z, x) = (0.25 * f64::from(from), f64::from(step) / 50.0);
                    let t = x * f64::from(reach.sums);
                    // As it stands in the module's documentation, which loses no digits.
                    let (q, h) = ((0.5 * z).tanh(), (0.5 * t).tanh());
                    let change = 0.5 * (1.0 - q * q) * h / (1.0 + q * h);
                    assert!((change - (sigmoid(z + t) - sigmoid(z))).abs() < 1e-15);
                    let (found, exact) = (at(q, x), change * change);
                    assert!(
                        (found - exact).abs() <= 2e-6 * exact,
                        "{found} is not {exact} at {z}, {t} within a reach of {}",
                        reach.sums
                    );
                }
            }
        }
    }

    /// Sums, weights and inputs of a layer; most of the weights, in ±`weights`, are small.
    fn layer(weights: f32) -> (Array2<f32>, Array2<f32>, Array2<f32>) {
        let mut draws = Keyed::new(5, Purpose::Weights, &[weights.to_bits().into()]);
        let mut draw = |most: f32| (2.0 * draws.uniform() - 1.0) * most;
        // Neither images nor outputs fill whole vectors, blocks or groups.
        let sums = Array2::from_shape_simple_fn((IMAGES + 13, 83), || draw(6.0));
        let weight = Array2::from_shape_simple_fn((3, 83), || weights * draw(1.0).powi(3));
        let inputs = Array2::from_shape_simple_fn((IMAGES + 13, 3), || draw(1.0));
        (sums, weight, inputs)
    }

    #[test]
    fn a_series_adds_up_the_squares_of_the_outputs_it_covers() {
        // As far as each reach goes, and beyond.
        for weights in [0.2, 0.4, 0.7, 0.95, 2.0] {
            let (sums, weight, inputs) = layer(weights);
            let series = Series::new(&inputs, &weight, 8, 1000).expect("a thousand changes");
            let order: Vec<u32> = (0..sums.nrows() as u32).rev().collect();
            for column in 0..3 {
                let columns = [column];
                let change = Changes::permuted(&columns, &inputs, &order);
                let found = series.measure(Kernel::Baseline, &sums, &weight, &change, column);
                let mut exact = 0.0;
                for (&image, &delta) in change.rows.iter().zip(&change.deltas) {
                    for output in 0..sums.ncols() {
                        if !series.far(column)[output / 8] {
                            let sum = f64::from(sums[[image as usize, output]]);
                            let step = f64::from(delta) * f64::from(weight[[column, output]]);
                            exact += (sigmoid(sum + step) - sigmoid(sum)).powi(2);
                        }
                    }
                }
                assert!(
                    (found - exact).abs() <= 1e-6 * exact,
                    "{found} is not {exact} for weights of {weights}"
                );
                let far = weight.row(column).iter().any(|weight| weight.abs() > 1.0);
                assert_eq!(series.far(column).contains(&true), far, "{weights}");
            }
        }
    }

    #[test]
    fn nothing_changes_where_nothing_can() {
        let (sums, mut weight, inputs) = layer(0.1);
        weight.row_mut(1).fill(0.0);
        let series = Series::new(&inputs, &weight, 8, 1000).expect("a thousand changes");
        let order: Vec<u32> = (0..sums.nrows() as u32).rev().collect();
        let changes = Changes::permuted(&[1], &inputs, &order);
        assert_eq!(
            series.measure(Kernel::Baseline, &sums, &weight, &changes, 1),
            0.0
        );
    }

    #[test]
    fn a_few_changes_of_a_few_columns_are_left_to_others() {
        let (_, weight, inputs) = layer(0.1);
        assert!(Series::new(&inputs, &weight, 8, 1).is_none());
        // They would take more room than all that is known of the outputs.
        let many = Array2::from_elem((200, 83), 0.01);
        let inputs_of_many = Array2::from_shape_fn((20, 200), |(image, _)| image as f32 / 20.0);
        assert!(Series::new(&inputs_of_many, &many, 8, 1000).is_none());
        // Sums would go too far, or nobody knows how far.
        for weights in [100.0, f32::INFINITY, f32::NAN] {
            let weight = weight.mapv(|_| weights);
            assert!(Series::new(&inputs, &weight, 8, 1000).is_none());
        }
    }
}
