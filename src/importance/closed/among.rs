//! The closed form beyond the paper: of groups of pixels, for some images, within pools of donors.
//!
//! Every pool has its own values, or steps, and its own table of their moments; the sum over an image's
//! donors is divided by how many there are. Pools in which all images are alike change nothing and are
//! left out.
//!
//! The steps of a group are a product of the images' values there and the weights. Where most images are
//! alike in a pixel, which is then background, values are taken less this, so that it takes nothing to
//! multiply them, and an image of nothing but background has a step of 0. Such steps are counted and
//! not sorted.

use std::ops::Range;

use ndarray::{Array1, ArrayView1, ArrayView2};

use super::buckets::Buckets;
use super::{ClosedForm, Table, mean};
use crate::importance::levels::Levels;
use crate::importance::pools::Pools;

/// Units whose steps are computed side by side.
const UNITS: usize = 8;

impl ClosedForm {
    /// Images × pixels.
    pub(in crate::importance) fn images(&self) -> ArrayView2<'_, f32> {
        self.columns.t()
    }

    /// V of pixels that move together: one number a dimension, the mean over `recipients` and the donors
    /// of their pools. `None` is one pool of all images.
    pub(in crate::importance) fn measure_among(
        &self,
        pixels: &[usize],
        recipients: Range<usize>,
        pools: Option<&Pools>,
    ) -> Array1<f64> {
        let images = self.columns.ncols();
        let all;
        let pools = if let Some(pools) = pools {
            pools
        } else {
            all = Pools::new(vec![0; images]);
            &all
        };
        let count = recipients.len() as f64;
        let totals = match *pixels {
            [pixel] => self.of_pixel_among(pixel, &recipients, pools),
            _ => self.of_group(pixels, &recipients, pools),
        };
        totals.into_iter().map(|total| mean(total, count)).collect()
    }

    /// For every unit, the sum over recipients of the mean over their donors.
    fn of_pixel_among(&self, pixel: usize, recipients: &Range<usize>, pools: &Pools) -> Vec<f64> {
        let column = self.columns.row(pixel);
        let mut totals = vec![0.0; self.counts.len()];
        let mut own = vec![0.0; column.len()];
        let mut range = 0.0f64;
        let tables: Vec<Option<(Table, f64)>> = pools
            .members()
            .iter()
            .map(|members| {
                let values = members.iter().map(|&row| column[row as usize]);
                if !Pools::has(members, recipients) || are_alike(values.clone()) {
                    return None;
                }
                let table = Table::new(&Levels::with_places(values).0);
                let share = 1.0 / members.len() as f64;
                let [count, sum, squares] = table.all;
                for &row in members {
                    let row = row as usize;
                    if recipients.contains(&row) {
                        let x = f64::from(column[row]) - table.origin;
                        own[row] = x;
                        let each = share * (squares + x * (count * x - 2.0 * sum));
                        let active = self.active.row(row);
                        for (total, active) in totals.iter_mut().zip(active) {
                            *total += each * active;
                        }
                    }
                }
                range = range.max(table.range);
                Some((table, share))
            })
            .collect();
        let value = |image| own[image as usize];
        let beyond = |image, point, above| match &tables[pools.of(image as usize)] {
            Some((table, share)) if recipients.contains(&(image as usize)) => {
                table.beyond(point, above).map(|moment| share * moment)
            }
            _ => [0.0; 3],
        };
        let weights = self.weight.row(pixel);
        for ((total, &weight), sums) in totals.iter_mut().zip(weights).zip(&self.sums) {
            let weight = f64::from(weight);
            let switched = Self::switched(weight, sums, value, range, beyond);
            *total = weight * weight * *total + switched;
        }
        totals
    }

    /// As [`ClosedForm::of_pixel_among`], of pixels that move together.
    fn of_group(&self, pixels: &[usize], recipients: &Range<usize>, pools: &Pools) -> Vec<f64> {
        let group = Group::new(self, pixels, recipients, pools);
        let mut totals = Vec::with_capacity(self.sums.len());
        let mut units = Units::new(&group);
        for first in (0..self.sums.len()).step_by(UNITS) {
            units.set(self, (pixels, recipients), &group, first);
            let width = UNITS.min(self.sums.len() - first);
            for (lane, sums) in self.sums[first..][..width].iter().enumerate() {
                let linear = units.look(&group, lane);
                let step = |image| units.of(&group, image, lane);
                let beyond = |image, point, above| {
                    let pool = pools.of(image as usize);
                    let share = group.pools[pool].share;
                    if share > 0.0 && recipients.contains(&(image as usize)) {
                        let buckets = &units.buckets[pool];
                        buckets.beyond(point, above).map(|moment| share * moment)
                    } else {
                        [0.0; 3]
                    }
                };
                totals.push(linear + Self::switched(1.0, sums, step, units.range, beyond));
            }
        }
        totals
    }
}

fn are_alike(mut values: impl Iterator<Item = f32>) -> bool {
    let first = values.next();
    values.all(|value| Some(value) == first)
}

/// The values of a group of pixels, less the background, of the images of pools that recipients are of.
struct Group {
    /// Pool after pool, the images that are not background throughout.
    images: Vec<u32>,
    /// How many of `values` come before each of them.
    starts: Vec<u32>,
    /// What differs from the background: by which of the pixels, and by how much.
    values: Vec<(u32, f64)>,
    /// Of every image, its place among `images`; the one after the last where it is background.
    places: Vec<u32>,
    pools: Vec<Pool>,
}

struct Pool {
    /// Places of its images.
    images: Range<usize>,
    /// How many more are background, ...
    background: usize,
    /// ... and which of these receive values.
    recipients: Vec<u32>,
    /// One over all of its images; 0 where these are background or none of them receives values.
    share: f64,
}

impl Group {
    fn new(form: &ClosedForm, pixels: &[usize], recipients: &Range<usize>, pools: &Pools) -> Self {
        let columns: Vec<(ArrayView1<'_, f32>, f32)> = pixels
            .iter()
            .map(|&pixel| {
                let column = form.columns.row(pixel);
                (column, most(column))
            })
            .collect();
        let mut made = Self {
            images: Vec::new(),
            starts: vec![0],
            values: Vec::new(),
            places: vec![u32::MAX; pools.images()],
            pools: Vec::with_capacity(pools.members().len()),
        };
        for members in pools.members() {
            let first = made.images.len();
            if Pools::has(members, recipients) {
                for &row in members {
                    made.add(row, &columns);
                }
            }
            let images = first..made.images.len();
            let is_background = |row: &&u32| made.places[**row as usize] == u32::MAX;
            let receives = |row: &&u32| recipients.contains(&(**row as usize));
            let background = members.iter().filter(is_background);
            let share = if images.is_empty() {
                0.0
            } else {
                1.0 / members.len() as f64
            };
            made.pools.push(Pool {
                background: members.len() - images.len(),
                recipients: background.filter(receives).copied().collect(),
                images,
                share,
            });
        }
        let background = made.images.len() as u32;
        for place in &mut made.places {
            *place = (*place).min(background);
        }
        made
    }

    fn add(&mut self, row: u32, columns: &[(ArrayView1<'_, f32>, f32)]) {
        let before = self.values.len();
        for (at, (column, background)) in (0..).zip(columns) {
            let value = column[row as usize];
            if value != *background {
                let value = f64::from(value) - f64::from(*background);
                self.values.push((at, value));
            }
        }
        if self.values.len() > before {
            self.places[row as usize] = self.images.len() as u32;
            self.images.push(row);
            self.starts.push(self.values.len() as u32);
        }
    }

    /// Those of the image at a place.
    fn at(&self, place: usize) -> &[(u32, f64)] {
        &self.values[self.starts[place] as usize..self.starts[place + 1] as usize]
    }
}

/// The value that more than half of the images have, if there is one (Boyer and Moore, 1981).
fn most(column: ArrayView1<'_, f32>) -> f32 {
    let (mut candidate, mut lead) = (0.0, 0);
    for &value in column {
        if lead == 0 {
            candidate = value;
        }
        lead += if value == candidate { 1 } else { -1 };
    }
    candidate
}

type Lanes = [f64; UNITS];

/// The steps that a group makes of the sums of some units.
struct Units {
    /// Unit after unit, of every image of the values and of one that is background.
    steps: Vec<f64>,
    /// How many that are of a unit.
    each: usize,
    /// Of every pool, the sums of 1, step and step² over its recipients for which a unit is active.
    active: Vec<[Lanes; 3]>,
    /// Of every pool, how the steps of the unit that is looked at are spread, ...
    buckets: Vec<Buckets>,
    /// ... and how far they reach in any.
    range: f64,
}

impl Units {
    fn new(group: &Group) -> Self {
        let each = group.images.len() + 1;
        Self {
            steps: vec![0.0; UNITS * each],
            each,
            active: vec![[[0.0; UNITS]; 3]; group.pools.len()],
            buckets: group.pools.iter().map(|_| Buckets::default()).collect(),
            range: 0.0,
        }
    }

    /// Sets it to the units from the `first` on.
    fn set(
        &mut self,
        form: &ClosedForm,
        (pixels, recipients): (&[usize], &Range<usize>),
        group: &Group,
        first: usize,
    ) {
        let weight = |&pixel: &usize| {
            let weights = form.weight.row(pixel);
            lanes(weights.to_slice().expect("row by row"), first).map(f64::from)
        };
        let weights: Vec<Lanes> = pixels.iter().map(weight).collect();
        let is_active = |row: usize| {
            let active = form.active.row(row);
            lanes(active.to_slice().expect("row by row"), first)
        };
        for (pool, active) in group.pools.iter().zip(&mut self.active) {
            let [mut count, mut sum, mut squares] = [[0.0; UNITS]; 3];
            let mut origin = None;
            for place in pool.images.clone() {
                let mut step = [0.0; UNITS];
                for &(at, value) in group.at(place) {
                    let weights = &weights[at as usize];
                    for (step, weight) in step.iter_mut().zip(weights) {
                        *step += value * weight;
                    }
                }
                // Less those of the first image, where none is background: what all have in common moves
                // nothing, and takes digits.
                if pool.background == 0 {
                    let origin = origin.get_or_insert(step);
                    for (step, origin) in step.iter_mut().zip(origin) {
                        *step -= *origin;
                    }
                }
                for (lane, &step) in step.iter().enumerate() {
                    self.steps[lane * self.each + place] = step;
                }
                let row = group.images[place] as usize;
                if recipients.contains(&row) {
                    let active = is_active(row);
                    for lane in 0..UNITS {
                        let first = active[lane] * step[lane];
                        count[lane] += active[lane];
                        sum[lane] += first;
                        squares[lane] += first * step[lane];
                    }
                }
            }
            if pool.share > 0.0 {
                for &row in &pool.recipients {
                    let active = is_active(row as usize);
                    for lane in 0..UNITS {
                        count[lane] += active[lane];
                    }
                }
            }
            *active = [count, sum, squares];
        }
    }

    /// Looks at one unit: gives, where nothing switches, the sum over its recipients of the mean over
    /// their donors.
    fn look(&mut self, group: &Group, lane: usize) -> f64 {
        self.range = 0.0;
        let mut total = 0.0;
        let steps = &self.steps[lane * self.each..][..self.each];
        let pools = group.pools.iter().zip(&self.active);
        for ((pool, active), buckets) in pools.zip(&mut self.buckets) {
            if pool.share == 0.0 {
                continue;
            }
            buckets.set(&steps[pool.images.clone()], pool.background);
            self.range = self.range.max(buckets.range());
            let [count, first, second] = buckets.all();
            let [actives, sum, squares] = active.map(|sums| sums[lane]);
            total += pool.share * (actives * second + count * squares - 2.0 * first * sum);
        }
        total
    }

    /// An image's step of the unit.
    #[inline(always)]
    fn of(&self, group: &Group, image: u32, lane: usize) -> f64 {
        self.steps[lane * self.each + group.places[image as usize] as usize]
    }
}

/// Those from the `first` on, and 0 where there are no more.
fn lanes<T: Copy + Default>(numbers: &[T], first: usize) -> [T; UNITS] {
    let numbers = &numbers[first..];
    match numbers.first_chunk() {
        Some(lanes) => *lanes,
        None => std::array::from_fn(|lane| numbers.get(lane).copied().unwrap_or_default()),
    }
}
