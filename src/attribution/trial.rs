//! The fair test as a job: V and the maps of half the images, and how soon their orders move the latents of
//! the other half.

use std::ops::Range;
use std::time::Duration;

use ndarray::{Array2, ArrayView1, Axis};

use super::job::Asked;
use super::maps::Maps;
use super::replace::Replacing;
use super::results::{Attribution, FairTest};
use crate::engine::EngineError;
use crate::importance::{Importance, Plan, ascending};
use crate::keyed::{Keyed, Purpose};

/// Random orders, whose mean is the floor.
const RANDOM: u64 = 4;

/// What draws of the fair test are for.
pub(super) enum Draw {
    /// Which half an image is in, by its class.
    Half = 0,
    /// Whose values an image is given, by the image.
    Donor = 1,
    /// In which order equal features stand.
    Ties = 2,
    /// A random order.
    Order = 3,
}

pub(super) fn draw(seed: u32, draw: Draw, which: u64) -> Keyed {
    Keyed::new(seed, Purpose::FairTest, &[draw as u64, which])
}

/// The fair test. Classes are halved; with an odd number of images, the halves take turns in having one more.
///
/// It is of all explained images, whoever the recipients of the maps are, and of V as in the paper, with
/// donors from all images.
pub struct Trial {
    halves: [Vec<usize>; 2],
    pixels: Array2<f32>,
    seed: u32,
    phase: Phase,
    /// Work of the phases, about.
    works: [f64; 3],
    dims: usize,
}

enum Phase {
    /// V of the first half; then the maps that wait.
    Permutation(Box<Importance>, Box<Maps>),
    /// The other maps of it.
    Maps(Array2<f32>, Box<Maps>),
    /// The curves of the second half.
    Curves(Box<Replacing>),
    Done(FairTest),
    /// Between two of them.
    Changing,
}

impl Trial {
    /// Prepares for the test; `None` where there are fewer than four images to halve.
    ///
    /// # Errors
    /// If the device stops answering, or latents are not finite.
    pub async fn new(asked: &Asked<'_>) -> Result<Option<Self>, EngineError> {
        let seed = asked.settings.seed;
        let halves = halves(&asked.explained.classes, seed);
        if halves.iter().any(|half| half.len() < 2) {
            return Ok(None);
        }
        let of = halves[0].clone();
        let ground = asked.ground(&of, (0..of.len()).collect());
        let plan = Plan::new(asked.settings);
        let (engine, network) = (asked.engine, asked.network);
        let importance =
            Importance::of_pixels(engine, network, &ground.images, asked.image, &plan).await?;
        let maps = Maps::new(ground, asked.encoder(), &Attribution::ALL[1..]);
        let features = maps.ground.features.len();
        let per_move = maps.encoder.work() + 10.0 * network.dims() as f64;
        let measured = features as f64 * of.len() as f64 * per_move;
        let works = [
            measured,
            maps.total(),
            Replacing::work(&maps.encoder, features, halves[1].len()),
        ];
        Ok(Some(Self {
            halves,
            pixels: asked.explained.pixels.clone(),
            seed,
            phase: Phase::Permutation(Box::new(importance), Box::new(maps)),
            works,
            dims: network.dims(),
        }))
    }

    /// Works for about `budget`; true once the test is done.
    ///
    /// # Errors
    /// If the device stops answering, or numbers leave the range of a report's.
    pub async fn advance(&mut self, budget: Duration) -> Result<bool, EngineError> {
        let finished = match &mut self.phase {
            Phase::Permutation(importance, _) => importance.advance(budget).await?,
            Phase::Maps(_, maps) => maps.advance(budget).await?,
            Phase::Curves(replacing) => replacing.advance(budget).await?,
            Phase::Done(_) | Phase::Changing => return Ok(true),
        };
        if finished {
            self.phase = match std::mem::replace(&mut self.phase, Phase::Changing) {
                Phase::Permutation(importance, maps) => {
                    Phase::Maps(importance.estimate().mean, maps)
                }
                Phase::Maps(importance, maps) => {
                    Phase::Curves(Box::new(self.replacing(importance, *maps).await?))
                }
                Phase::Curves(replacing) => Phase::Done(replacing.test(self.halves[0].len())),
                Phase::Done(_) | Phase::Changing => unreachable!("finished before"),
            };
        }
        Ok(matches!(self.phase, Phase::Done(_)))
    }

    /// The second half, and in which orders its features are replaced.
    async fn replacing(
        &self,
        importance: Array2<f32>,
        maps: Maps,
    ) -> Result<Replacing, EngineError> {
        let (ground, encoder, found) = maps.into_parts();
        let features = ground.features.len();
        let ties = draw(self.seed, Draw::Ties, 0).permutation(features);
        let given = std::iter::once((Attribution::Permutation, &importance));
        let given = given.chain(found.iter().map(|opinion| (opinion.method, &opinion.map)));
        let mut methods = Vec::new();
        let mut orders = Vec::new();
        for (method, map) in given {
            let at = methods.len();
            let mut add = |dims: Range<usize>| {
                let features = order(map.column(dims.start), &ties);
                orders.push(Order { at, dims, features });
            };
            if method == Attribution::Variance {
                add(0..self.dims);
            } else {
                (0..self.dims).for_each(|dim| add(dim..dim + 1));
            }
            methods.push(Some(method));
        }
        orders.extend((0..RANDOM).map(|which| Order {
            at: methods.len(),
            dims: 0..self.dims,
            features: draw(self.seed, Draw::Order, which).permutation(features),
        }));
        methods.push(None);
        let half = &self.halves[1];
        let images = self.pixels.select(Axis(0), half);
        let orders = Orders { methods, orders };
        Replacing::new(encoder, &ground, images, half, orders).await
    }

    /// Work done, about, of [`Trial::total`].
    #[must_use]
    pub fn done(&self) -> f64 {
        let [first, second, third] = self.works;
        match &self.phase {
            Phase::Permutation(job, _) => first * job.done() as f64 / job.total().max(1) as f64,
            Phase::Maps(_, maps) => first + maps.done(),
            Phase::Curves(replacing) => first + second + third * replacing.fraction(),
            Phase::Done(_) | Phase::Changing => self.total(),
        }
    }

    /// Work in all, about, in multiply-adds.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.works.iter().sum()
    }

    /// What was found, once it is.
    #[must_use]
    pub fn test(&self) -> Option<&FairTest> {
        match &self.phase {
            Phase::Done(test) => Some(test),
            _ => None,
        }
    }
}

/// In which orders features are replaced.
pub(super) struct Orders {
    /// Whose they are; the floor comes last.
    pub methods: Vec<Option<Attribution>>,
    pub orders: Vec<Order>,
}

/// An order of features, for some dimensions.
pub(super) struct Order {
    /// Which of the methods it is of.
    pub at: usize,
    pub dims: Range<usize>,
    /// The first is replaced first.
    pub features: Vec<u32>,
}

/// Features from the largest value on; equal ones as `ties` has them.
fn order(map: ArrayView1<'_, f32>, ties: &[u32]) -> Vec<u32> {
    let falling = ties.iter().map(|&feature| match map[feature as usize] {
        // -0 and 0 are equal.
        0.0 => 0.0,
        value => -value,
    });
    ascending(falling)
        .map(|(_, at)| ties[at as usize])
        .collect()
}

/// Rows of two halves, ascending.
fn halves(classes: &[(u8, Range<usize>)], seed: u32) -> [Vec<usize>; 2] {
    let mut halves = [Vec::new(), Vec::new()];
    let mut dealt = 0;
    for (label, rows) in classes {
        let order = draw(seed, Draw::Half, u64::from(*label)).permutation(rows.len());
        for place in order {
            halves[dealt % 2].push(rows.start + place as usize);
            dealt += 1;
        }
    }
    for half in &mut halves {
        half.sort_unstable();
    }
    halves
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn every_class_is_halved() {
        let classes = [(3, 0..5), (7, 5..8), (1, 8..12)];
        let [a, b] = halves(&classes, 1);
        assert_eq!((a.len(), b.len()), (6, 6));
        let mut all = [&a[..], &b[..]].concat();
        all.sort_unstable();
        assert_eq!(all, (0..12).collect::<Vec<_>>());
        for (_, rows) in &classes {
            let of = |half: &[usize]| half.iter().filter(|row| rows.contains(row)).count();
            assert!(of(&a).abs_diff(of(&b)) <= 1);
        }
        assert_ne!(halves(&classes, 2), [a, b]);
    }

    #[test]
    fn features_are_ordered_from_the_largest_on_and_equal_ones_are_drawn() {
        let map = array![0.0f32, 3.0, -0.0, 7.0, 0.0];
        assert_eq!(order(map.view(), &[4, 2, 1, 0, 3]), [3, 1, 4, 2, 0]);
    }
}
