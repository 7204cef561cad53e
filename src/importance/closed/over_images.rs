//! Errors of V over images, in closed form.
//!
//! What image s receives is the sum over t of the module's formula, as V itself is. What image t gives is the
//! same double sum taken the other way round: as a function of the value given, the sum over all s of squares that
//! begin or end where a ReLU switches. So it is a parabola between any two of these points, and its coefficients
//! are added up in the order of the values.

use std::ops::Range;

use ndarray::{Array1, Array2};

use super::ClosedForm;
use crate::importance::levels::Levels;
use crate::importance::pools::Pools;
use crate::importance::spread::Moments;
use crate::model::{Activation, Dense};

/// The closed form, and what it does not keep image by image.
pub(in crate::importance) struct OverImages {
    form: ClosedForm,
    /// Whether units are held at 0 where their sums are negative.
    has_relu: bool,
    /// Units × images.
    sums: Array2<f64>,
}

/// The values of images of one pool, in order.
#[derive(Default)]
struct Values {
    /// Rows of the images.
    members: Vec<u32>,
    /// Distinct values, ascending, less one that all may have in common.
    levels: Vec<f64>,
    /// Of each member, the place among these.
    places: Vec<u32>,
    /// Of the first so many levels.
    below: Vec<Moments>,
}

/// What is added up for one unit.
#[derive(Default)]
struct Sums {
    /// Of each image, the mean over those that it is given values of.
    received: Vec<f64>,
    /// Of each image, what those that it gives values to receive of it, less what they receive on average,
    /// over the images of its pool.
    given: Vec<f64>,
    /// What the coefficients of the parabola change by at each level.
    changes: Vec<Moments>,
}

impl OverImages {
    /// Of a layer that a closed form is known for, and the images that it is of (images × pixels).
    pub(in crate::importance) fn new(layer: &Dense, form: ClosedForm) -> Self {
        let (images, units) = (form.columns.ncols(), form.counts.len());
        let mut sums = Array2::zeros((units, images));
        for (unit, of_unit) in form.sums.iter().enumerate() {
            for &(sum, image) in of_unit {
                sums[[unit, image as usize]] = f64::from(sum);
            }
        }
        Self {
            has_relu: layer.activation == Activation::Relu,
            sums,
            form,
        }
    }

    /// Whether permuting `pixels` can change anything.
    pub(in crate::importance) fn varies(&self, pixels: &[usize]) -> bool {
        self.form.varies(pixels)
    }

    /// Images × pixels.
    pub(in crate::importance) fn images(&self) -> ndarray::ArrayView2<'_, f32> {
        self.form.images()
    }

    /// Z (images × dimensions).
    pub(in crate::importance) fn latents(&self) -> &Array2<f32> {
        self.form.latents()
    }

    /// Units of the layer.
    pub(in crate::importance) fn units(&self) -> usize {
        self.form.counts.len()
    }

    /// The standard error over images of V of pixels that move together, one number a dimension; and V.
    pub(in crate::importance) fn measure(
        &self,
        pixels: &[usize],
        recipients: &Range<usize>,
        pools: Option<&Pools>,
    ) -> (Array1<f64>, Array1<f64>) {
        let images = self.form.columns.ncols();
        let all;
        let pools = if let Some(pools) = pools {
            pools
        } else {
            all = Pools::new(vec![0; images]);
            &all
        };
        let pools: Vec<&[u32]> = pools
            .members()
            .iter()
            .filter(|members| Pools::has(members, recipients))
            .map(Vec::as_slice)
            .collect();
        // Of one pixel, values are the same whichever unit is looked at.
        let mut of_pools: Vec<Values> = match *pixels {
            [pixel] => {
                let column = self.form.columns.row(pixel);
                pools
                    .iter()
                    .map(|members| Values::of_pixel(members, |row| column[row]))
                    .collect()
            }
            _ => pools.iter().map(|_| Values::default()).collect(),
        };
        let mut sums = Sums::default();
        let mut errors = Array1::zeros(self.units());
        let mut means = Array1::zeros(self.units());
        let mut steps = vec![0.0; images];
        for unit in 0..self.units() {
            let weight = if let [pixel] = *pixels {
                f64::from(self.form.weight[[pixel, unit]])
            } else {
                self.steps(pixels, unit, &mut steps);
                for (values, members) in of_pools.iter_mut().zip(&pools) {
                    values.set(members, &steps);
                }
                1.0
            };
            sums.begin(images);
            for values in &of_pools {
                self.add(unit, weight, recipients, values, &mut sums);
            }
            (errors[unit], means[unit]) = sums.end(recipients);
        }
        (errors, means)
    }

    /// By how much the pixels move the sum of a unit, image by image, less what they do in the first one.
    fn steps(&self, pixels: &[usize], unit: usize, steps: &mut [f64]) {
        let mut origin = 0.0;
        steps.fill(0.0);
        for &pixel in pixels {
            let weight = f64::from(self.form.weight[[pixel, unit]]);
            let values = self.form.columns.row(pixel);
            origin += weight * values.first().copied().map_or(0.0, f64::from);
            for (step, &value) in steps.iter_mut().zip(values) {
                *step += weight * f64::from(value);
            }
        }
        for step in steps {
            *step -= origin;
        }
    }

    /// Adds what the images of a pool receive and give.
    fn add(
        &self,
        unit: usize,
        weight: f64,
        recipients: &Range<usize>,
        values: &Values,
        sums: &mut Sums,
    ) {
        let (Some(first), Some(last)) = (values.levels.first(), values.levels.last()) else {
            return;
        };
        if first == last || weight == 0.0 {
            return;
        }
        let all = values.below[values.levels.len()];
        let share = 1.0 / all[0];
        let square = weight * weight;
        let reach = weight.abs() * (last - first) * 1.000_001;
        let of_unit = self.sums.row(unit);
        let mut everywhere: Moments = [0.0; 3];
        sums.changes.clear();
        sums.changes.resize(values.levels.len() + 1, [0.0; 3]);
        let mut total = 0.0;
        for (&row, &place) in values.members.iter().zip(&values.places) {
            let row = row as usize;
            if !recipients.contains(&row) {
                continue;
            }
            let x = values.levels[place as usize];
            let sum = of_unit[row];
            let is_active = !self.has_relu || sum > 0.0;
            let mut received = 0.0;
            if is_active {
                // w² (v - x)² for every value v.
                let parabola = [square * x * x, -2.0 * square * x, square];
                received += of(parabola, all);
                everywhere = plus(everywhere, parabola);
            }
            if self.has_relu && sum.abs() <= reach {
                let point = x - sum / weight;
                let next = values.levels.partition_point(|&value| value <= point);
                // a² - w² (v - x)² where it becomes inactive, (a + w (v - x))² where it becomes active.
                let parabola = if is_active {
                    let at_origin = sum * sum - square * x * x;
                    [at_origin, 2.0 * square * x, -square]
                } else {
                    let at_origin = sum - weight * x;
                    [at_origin * at_origin, 2.0 * weight * at_origin, square]
                };
                let below = values.below[next];
                if (weight > 0.0) == is_active {
                    received += of(parabola, below);
                    everywhere = plus(everywhere, parabola);
                    sums.changes[next] = less(sums.changes[next], parabola);
                } else {
                    received += of(parabola, less(all, below));
                    sums.changes[next] = plus(sums.changes[next], parabola);
                }
            }
            let received = (received * share).max(0.0);
            sums.received[row] = received;
            total += received;
        }
        // Now what is given, level by level.
        let mut parabola = everywhere;
        for (change, &value) in sums.changes.iter_mut().zip(&values.levels) {
            parabola = plus(parabola, *change);
            let [constant, linear, quadratic] = parabola;
            change[0] = constant + value * (linear + value * quadratic);
        }
        for (&row, &place) in values.members.iter().zip(&values.places) {
            sums.given[row as usize] = (sums.changes[place as usize][0] - total) * share;
        }
    }
}

impl Values {
    /// Of the images of a pool in one pixel.
    fn of_pixel(members: &[u32], value: impl Fn(usize) -> f32) -> Self {
        let values = members.iter().map(|&row| value(row as usize));
        let (levels, places) = Levels::with_places(values);
        let most = (0..levels.len()).max_by_key(|&level| levels.counts[level]);
        let origin = most.map_or(0.0, |most| f64::from(levels.values[most]));
        let mut made = Self {
            members: members.to_vec(),
            levels: levels
                .values
                .iter()
                .map(|&value| f64::from(value) - origin)
                .collect(),
            places,
            below: Vec::new(),
        };
        made.add_up(levels.counts.iter().map(|&count| f64::from(count)));
        made
    }

    /// Sets it to the images of a pool, by a number of each image.
    fn set(&mut self, members: &[u32], numbers: &[f64]) {
        let mut order: Vec<(f64, u32)> = (0..)
            .zip(members)
            .map(|(at, &row)| (numbers[row as usize], at))
            .collect();
        order.sort_unstable_by(|(one, _), (other, _)| one.total_cmp(other));
        self.members.clear();
        self.members.extend_from_slice(members);
        self.places.clear();
        self.places.resize(members.len(), 0);
        self.levels.clear();
        self.levels.extend(order.iter().map(|(number, _)| *number));
        for (place, &(_, at)) in (0..).zip(&order) {
            self.places[at as usize] = place;
        }
        let count = self.levels.len();
        self.add_up(std::iter::repeat_n(1.0, count));
    }

    fn add_up(&mut self, counts: impl Iterator<Item = f64>) {
        let mut moments = [0.0; 3];
        self.below.clear();
        self.below.push(moments);
        for (count, &value) in counts.zip(&self.levels) {
            moments = plus(moments, [count, count * value, count * value * value]);
            self.below.push(moments);
        }
    }
}

impl Sums {
    fn begin(&mut self, images: usize) {
        for all in [&mut self.received, &mut self.given] {
            all.clear();
            all.resize(images, 0.0);
        }
    }

    /// The error over images and the mean over recipients.
    fn end(&self, recipients: &Range<usize>) -> (f64, f64) {
        let count = recipients.len() as f64;
        let mean = self.received[recipients.clone()].iter().sum::<f64>() / count;
        let images = self.received.iter().zip(&self.given).enumerate();
        let squares = images.map(|(row, (received, given))| {
            let received = if recipients.contains(&row) {
                received - mean
            } else {
                0.0
            };
            (received + given).powi(2)
        });
        (squares.sum::<f64>().sqrt() / count, mean)
    }
}

/// The sum of a parabola over values with these moments.
fn of([constant, linear, quadratic]: Moments, [count, first, second]: Moments) -> f64 {
    constant * count + linear * first + quadratic * second
}

fn plus(one: Moments, other: Moments) -> Moments {
    std::array::from_fn(|power| one[power] + other[power])
}

fn less(one: Moments, other: Moments) -> Moments {
    std::array::from_fn(|power| one[power] - other[power])
}
