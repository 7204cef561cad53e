//! Which dimension carries which factor of images whose factors are known.
//!
//! Images are made that are not among those of any run, and go through the encoder. Of each dimension, the latents
//! are put into bins of equal width between the smallest and the largest, and the mutual information of bins and
//! the values of each factor is found. A finite number of images has some by chance: that of shuffled factors is
//! subtracted. What is ahead of what gives the mutual information gap (Chen, Li, Grosse and Duvenaud, 2018).

use std::num::NonZeroUsize;
use std::time::Duration;

use ndarray::Array2;
use web_time::Instant;

use super::results::{Divergence, Factors};
use crate::data::made::Shapes;
use crate::engine::EngineError;
use crate::keyed::{Keyed, Purpose};
use crate::model::Network;

/// Images that are made.
const IMAGES: usize = 10_000;
/// The first of them: no run has as many images.
const FIRST: u64 = 1 << 32;
/// Bins of each dimension.
const BINS: usize = 20;
/// Shuffles of the factors, whose mean is subtracted.
const SHUFFLES: u64 = 5;
/// Images that go through the encoder at once.
const AT_ONCE: usize = 100;
/// The share of the work that the encoding is taken for.
const ENCODING: f64 = 0.9;

/// Encodes images whose factors are known, and finds which dimension carries which.
pub struct Factoring {
    network: Network,
    shapes: Shapes,
    /// The values of the first factor, the form, that the images have.
    forms: Vec<u32>,
    /// What white is to the network.
    white: f32,
    seed: u32,
    threads: NonZeroUsize,
    /// How many are looked at.
    images: usize,
    /// The next image that is looked at.
    next: u64,
    /// Of each image.
    values: Vec<[u32; Shapes::FACTORS.len()]>,
    /// Images × dimensions.
    latents: Vec<f32>,
    tally: Option<Tally>,
}

impl Factoring {
    /// Prepares to look at `network`, which takes images of the shape [`Shapes::IMAGE`], with images of these
    /// forms alone (see [`Shapes::FORMS`]). `white` is 1 where the network takes intensities, and 255 where it
    /// takes bytes as they are stored.
    ///
    /// # Panics
    /// If the network takes images of another size, or there are no forms.
    #[must_use]
    pub fn new(
        network: &Network,
        forms: &[u8],
        white: f32,
        seed: u32,
        threads: NonZeroUsize,
    ) -> Self {
        assert!(network.encoder().input().size() == Shapes::IMAGE.size() && !forms.is_empty());
        Self {
            network: network.clone(),
            shapes: Shapes::new(seed),
            forms: forms.iter().copied().map(u32::from).collect(),
            white,
            seed,
            threads,
            images: IMAGES,
            next: FIRST,
            values: Vec::with_capacity(IMAGES),
            latents: Vec::with_capacity(IMAGES * network.dims()),
            tally: None,
        }
    }

    /// The share of the work that is done.
    #[must_use]
    pub fn done(&self) -> f64 {
        let encoded = self.values.len() as f64 / self.images as f64;
        let dims = self.network.dims() as f64;
        let told = self
            .tally
            .as_ref()
            .map_or(0.0, |tally| tally.dims() as f64 / dims);
        ENCODING * encoded + (1.0 - ENCODING) * told
    }

    /// Works for about `budget`; true once everything is known.
    ///
    /// # Errors
    /// If latents are not finite.
    pub fn advance(&mut self, budget: Duration) -> Result<bool, EngineError> {
        let start = Instant::now();
        loop {
            match &mut self.tally {
                None if self.values.len() < self.images => self.encode()?,
                None => {
                    let active = active(&self.network, &self.latents);
                    self.tally = Some(Tally::new(&self.values, &self.forms, self.seed, active));
                }
                Some(tally) if tally.dims() < self.network.dims() => {
                    let (at, dims) = (tally.dims(), self.network.dims());
                    let latents: Vec<f32> = self
                        .latents
                        .iter()
                        .skip(at)
                        .step_by(dims)
                        .copied()
                        .collect();
                    tally.add(&latents);
                }
                Some(_) => {}
            }
            if self.is_over() || start.elapsed() >= budget {
                return Ok(self.is_over());
            }
        }
    }

    /// What was found, once everything is known.
    #[must_use]
    pub fn finish(&self) -> Option<Factors> {
        let tally = self.tally.as_ref().filter(|_| self.is_over())?;
        Some(tally.finish())
    }

    fn is_over(&self) -> bool {
        let tally = self.tally.as_ref();
        tally.is_some_and(|tally| tally.dims() == self.network.dims())
    }

    /// Makes and encodes some more images, as many at once on each thread.
    fn encode(&mut self) -> Result<(), EngineError> {
        let left = self.images - self.values.len();
        let threads = self.threads.get().min(left.div_ceil(AT_ONCE));
        let before = self.values.len();
        while self.values.len() < before + left.min(threads * AT_ONCE) {
            let values = self.shapes.factors(self.next);
            self.next += 1;
            if self.forms.contains(&values[0]) {
                self.values.push(values);
            }
        }
        let (network, white) = (&self.network, self.white);
        let encode = |values: &&[[u32; Shapes::FACTORS.len()]]| {
            let pixels = values.iter().flat_map(|&values| Shapes::draw(values));
            let pixels = pixels.map(|byte| f32::from(byte) / 255.0 * white).collect();
            let shape = (values.len(), Shapes::IMAGE.size());
            let images = Array2::from_shape_vec(shape, pixels).expect("a row an image");
            network.encode(images.view())
        };
        let some: Vec<_> = self.values[before..].chunks(AT_ONCE).collect();
        for latents in on_threads(&some, encode) {
            if !latents.iter().all(|latent| latent.is_finite()) {
                return Err(EngineError::Overflow("Latents"));
            }
            self.latents.extend(latents.iter());
        }
        Ok(())
    }
}

/// What becomes of each of these, in their order; each has a thread of its own where there are several and the
/// system has so many.
#[cfg(not(target_arch = "wasm32"))]
fn on_threads<T: Sync, Out: Send>(items: &[T], work: impl Fn(&T) -> Out + Sync) -> Vec<Out> {
    let Some((first, others)) = items.split_first() else {
        return Vec::new();
    };
    let work = &work;
    std::thread::scope(|scope| {
        let begin = |item| {
            let begun = std::thread::Builder::new().spawn_scoped(scope, move || work(item));
            (item, begun)
        };
        let begun: Vec<_> = others.iter().map(begin).collect();
        let mut made = vec![work(first)];
        for (item, begun) in begun {
            made.push(match begun {
                Ok(thread) => thread.join().expect("encoding does not panic"),
                Err(_) => work(item),
            });
        }
        made
    })
}

/// What becomes of each of these, in their order.
#[cfg(target_arch = "wasm32")]
fn on_threads<T, Out>(items: &[T], work: impl Fn(&T) -> Out) -> Vec<Out> {
    items.iter().map(work).collect()
}

/// Which dimensions say anything: those that are not constant, and of a variational network those whose means vary
/// enough (see [`Divergence::ACTIVE`]).
fn active(network: &Network, latents: &[f32]) -> Vec<bool> {
    let dims = network.dims();
    let count = (latents.len() / dims) as f64;
    let least = if network.is_variational() {
        f64::from(Divergence::ACTIVE)
    } else {
        0.0
    };
    let of = |dim: usize| {
        latents
            .iter()
            .skip(dim)
            .step_by(dims)
            .copied()
            .map(f64::from)
    };
    let varies = |dim: usize| {
        let mean = of(dim).sum::<f64>() / count;
        let variance = of(dim).map(|latent| (latent - mean).powi(2)).sum::<f64>() / count;
        let first = of(dim).next();
        variance > least && of(dim).any(|latent| Some(latent) != first)
    };
    (0..dims).map(varies).collect()
}

/// Mutual information of factors with one dimension after the other.
struct Tally {
    /// Which factors there are.
    factors: Vec<usize>,
    /// The values of each factor, image by image.
    values: Vec<Vec<u32>>,
    /// The same in other orders of the images.
    shuffled: Vec<Vec<Vec<u32>>>,
    active: Vec<bool>,
    found: Factors,
}

impl Tally {
    fn new(
        values: &[[u32; Shapes::FACTORS.len()]],
        forms: &[u32],
        seed: u32,
        active: Vec<bool>,
    ) -> Self {
        // A factor of one value has nothing to tell.
        let has_values = |factor: &usize| *factor > 0 || forms.len() > 1;
        let factors: Vec<usize> = (0..Shapes::FACTORS.len()).filter(has_values).collect();
        let of = |order: &dyn Fn(usize) -> usize| -> Vec<Vec<u32>> {
            let column = |&factor: &usize| {
                let images = 0..values.len();
                images.map(|image| values[order(image)][factor]).collect()
            };
            factors.iter().map(column).collect()
        };
        let shuffled = (0..SHUFFLES).map(|shuffle| {
            let order = Keyed::new(seed, Purpose::Factors, &[shuffle]).permutation(values.len());
            of(&|image| order[image] as usize)
        });
        let shuffled = shuffled.collect();
        let values = of(&|image| image);
        let name = |&factor: &usize| Shapes::FACTORS[factor].name.to_owned();
        let levels = |factor: usize| Shapes::FACTORS[factor].levels as usize;
        let entropy = |(values, &factor): (&Vec<u32>, &usize)| entropy(values, levels(factor));
        Self {
            found: Factors {
                names: factors.iter().map(name).collect(),
                entropy: values.iter().zip(&factors).map(entropy).collect(),
                information: vec![Vec::new(); factors.len()],
                by_chance: vec![Vec::new(); factors.len()],
                gaps: Vec::new(),
                inactive: Vec::new(),
                images: values.first().map_or(0, Vec::len),
                bins: BINS,
            },
            factors,
            values,
            shuffled,
            active,
        }
    }

    /// Dimensions that are looked at.
    fn dims(&self) -> usize {
        self.found.information[0].len()
    }

    /// The next dimension, with its latents image by image.
    fn add(&mut self, latents: &[f32]) {
        let dim = self.dims();
        let is_active = self.active[dim];
        if !is_active {
            self.found.inactive.push(dim as u32);
        }
        let bins = bins(latents, BINS);
        for (at, &factor) in self.factors.iter().enumerate() {
            let levels = Shapes::FACTORS[factor].levels as usize;
            let of = |values: &[Vec<u32>]| mutual_information((&bins, BINS), (&values[at], levels));
            let (own, chance) = if is_active {
                let chance: f64 = self.shuffled.iter().map(|values| of(values)).sum();
                (of(&self.values), chance / SHUFFLES as f64)
            } else {
                (0.0, 0.0)
            };
            self.found.information[at].push((own - chance) as f32);
            self.found.by_chance[at].push(chance as f32);
        }
    }

    fn finish(&self) -> Factors {
        let mut found = self.found.clone();
        let gaps = found.information.iter().zip(&found.entropy);
        found.gaps = gaps
            .map(|(of_dims, &entropy)| gap(of_dims, entropy))
            .collect();
        found
    }
}

/// The bin of each number, of so many bins of equal width from the smallest to the largest; all in the first where
/// they are the same.
fn bins(numbers: &[f32], count: usize) -> Vec<u32> {
    let ends = (f64::INFINITY, f64::NEG_INFINITY);
    let (least, most) = numbers.iter().fold(ends, |(least, most), &number| {
        (least.min(f64::from(number)), most.max(f64::from(number)))
    });
    let width = (most - least) / count as f64;
    let bin = |&number: &f32| {
        if width > 0.0 {
            // The largest is in the last.
            (((f64::from(number) - least) / width) as usize).min(count - 1) as u32
        } else {
            0
        }
    };
    numbers.iter().map(bin).collect()
}

/// Of numbers below `levels`, in nats.
fn entropy(values: &[u32], levels: usize) -> f32 {
    let mut counts = vec![0u32; levels];
    for &value in values {
        counts[value as usize] += 1;
    }
    let all = values.len() as f64;
    let terms = counts.iter().filter(|&&count| count > 0).map(|&count| {
        let share = f64::from(count) / all;
        -share * share.ln()
    });
    terms.sum::<f64>() as f32
}

/// Of two numbers an image, each below its count of levels, in nats.
fn mutual_information((ones, rows): (&[u32], usize), (others, columns): (&[u32], usize)) -> f64 {
    let mut counts = Array2::<u32>::zeros((rows, columns));
    for (&one, &other) in ones.iter().zip(others) {
        counts[(one as usize, other as usize)] += 1;
    }
    let all = ones.len() as f64;
    let of_rows: Vec<f64> = counts
        .rows()
        .into_iter()
        .map(|row| f64::from(row.sum()))
        .collect();
    let of_columns = counts.columns().into_iter();
    let of_columns: Vec<f64> = of_columns.map(|column| f64::from(column.sum())).collect();
    let together = counts.indexed_iter().filter(|&(_, &count)| count > 0);
    let terms = together.map(|((row, column), &count)| {
        let count = f64::from(count);
        count / all * (count * all / (of_rows[row] * of_columns[column])).ln()
    });
    terms.sum()
}

/// By how much of the entropy the first dimension is ahead of the second. Information below 0 is chance, and counts
/// as none.
fn gap(information: &[f32], entropy: f32) -> f32 {
    let (mut first, mut second) = (0.0_f32, 0.0_f32);
    for &information in information {
        if information > first {
            (first, second) = (information, first);
        } else {
            second = second.max(information);
        }
    }
    (first - second) / entropy
}

#[cfg(test)]
mod tests;
