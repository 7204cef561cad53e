//! Where the dimensions of one network are in another.

use ndarray::{Array2, ArrayView1, s};

use super::matching::{Pair, correlations, matched};
use super::regression::{Regression, r2};
use super::results::{MIXED, Match, Networks, OtherNetwork, Verdict};
use crate::math::ranks::pearson;
use crate::settings::Seeds;

/// What dimensions are compared by.
#[derive(Clone, Debug)]
pub struct Known {
    /// Latents of the explained images (images × dimensions).
    pub latents: Array2<f32>,
    /// V · S (features × dimensions).
    pub map: Array2<f32>,
    /// IE (classes × dimensions).
    pub latent_importance: Array2<f32>,
}

/// What untrained networks come to, which were told nothing but the images.
#[derive(Clone, Debug)]
pub struct Chance {
    /// For every dimension, the largest |r| of a latent.
    pub r: Vec<f32>,
    /// For every dimension, the largest R² of all latents together.
    pub r2: Vec<Option<f32>>,
}

impl Chance {
    /// Of no network yet, for so many dimensions.
    #[must_use]
    pub fn none(dims: usize) -> Self {
        Self {
            r: vec![0.0; dims],
            r2: vec![None; dims],
        }
    }

    /// Takes an untrained network into account: its `latents` beside those of the first (both images ×
    /// dimensions), and the R² from them.
    pub fn add(&mut self, first: &Array2<f32>, latents: &Array2<f32>, r2: &[Option<f32>]) {
        let r = correlations(first, latents);
        for (chance, r) in self.r.iter_mut().zip(r.rows()) {
            let largest = r.iter().flatten().map(|r| r.abs());
            *chance = largest.fold(*chance, f32::max);
        }
        for (chance, r2) in self.r2.iter_mut().zip(r2) {
            // NaN is in neither.
            *chance = match (*chance, *r2) {
                (Some(a), Some(b)) => Some(a.max(b)),
                (a, b) => a.or(b),
            };
        }
    }
}

/// R² of each dimension of `first` from all latents of another network (both images × dimensions) where there
/// are no training images: fitted on every other image and measured on those between, and the other way round.
#[must_use]
pub fn r2_by_halves(other: &Array2<f32>, first: &Array2<f32>) -> Vec<Option<f32>> {
    let half = |of: usize| (other.slice(s![of..;2, ..]), first.slice(s![of..;2, ..]));
    let mut errors = vec![0.0; first.ncols()];
    if first.nrows() > 1 {
        for (fitted, asked) in [(0, 1), (1, 0)] {
            let mut regression = Regression::new(other.ncols(), first.ncols());
            let (predictors, targets) = half(fitted);
            regression.add(predictors, targets);
            let (predictors, targets) = half(asked);
            let found = regression.fit().squared_errors(predictors, targets);
            errors
                .iter_mut()
                .zip(found)
                .for_each(|(sum, error)| *sum += error);
        }
    }
    r2(&errors, first)
}

/// What another network is called, and how it came about.
#[derive(Clone, Debug)]
pub struct Heading {
    /// By its seed, or by the file that it came in.
    pub name: String,
    /// What decided it; absent where it was brought.
    pub seeds: Option<Seeds>,
    /// Its loss on the images that were held out while it was trained; absent where that is not known.
    pub held_out_loss: Option<f32>,
}

/// Where each dimension of `first` is in `other`, `r2` being how well the other's latents together predict it.
#[must_use]
pub fn compare(
    heading: Heading,
    first: &Known,
    other: &Known,
    r2: &[Option<f32>],
    chance: &Chance,
) -> OtherNetwork {
    let dims = first.latents.ncols();
    let r = correlations(&first.latents, &other.latents);
    let pairs = matched(&r);
    let says = |dim: usize| is_active(first.latents.column(dim));
    let matches = (0..dims).map(|dim| {
        let pair = pairs[dim];
        let r2 = r2[dim].filter(|_| says(dim));
        let found_again = pair.is_some_and(|pair| pair.r.abs() > chance.r[dim]);
        let verdict = if !says(dim) {
            Verdict::Inactive
        } else if found_again {
            Verdict::FoundAgain
        } else if r2.is_some_and(|r2| r2 >= MIXED) {
            Verdict::Mixed
        } else {
            Verdict::NotFound
        };
        Match {
            dim: pair.map(|pair| pair.dim),
            r: pair.map(|pair| pair.r),
            r2,
            verdict,
            map_similarity: pair.and_then(|pair| likeness_of_maps(first, other, dim, pair)),
            profile_similarity: pair.and_then(|pair| {
                let profile = |of: &Known, dim: usize| of.latent_importance.column(dim).to_vec();
                cosine(&profile(first, dim), &profile(other, pair.dim))
            }),
        }
    });
    let matches: Vec<Match> = matches.collect();
    let maps = pairs.iter().map(|pair| match pair {
        Some(pair) => turned(other.map.column(pair.dim), pair.r),
        None => vec![0.0; other.map.nrows()],
    });
    let profiles = other.latent_importance.rows().into_iter().map(|class| {
        let importance = pairs.iter().map(|pair| pair.map(|pair| class[pair.dim]));
        importance.collect()
    });
    OtherNetwork {
        name: heading.name,
        seeds: heading.seeds,
        dims: other.latents.ncols(),
        held_out_loss: heading.held_out_loss,
        maps: maps.collect(),
        latent_importance: profiles.collect(),
        matches,
    }
}

/// Whether a latent is not the same for all images.
fn is_active(latents: ArrayView1<'_, f32>) -> bool {
    let mut latents = latents.iter();
    latents
        .next()
        .is_some_and(|first| latents.any(|value| value != first))
}

/// A map as that of a latent of which it is the opposite, where r is negative.
fn turned(map: ArrayView1<'_, f32>, r: f32) -> Vec<f32> {
    // 0 stays 0, without a sign.
    let sign = if r < 0.0 { -1.0 } else { 1.0 };
    map.iter().map(|value| value * sign + 0.0).collect()
}

/// Pearson's r of two maps, over the features that move a dimension of either network: others are the same in
/// all images, and agree for that reason alone.
fn likeness_of_maps(first: &Known, other: &Known, dim: usize, pair: Pair) -> Option<f32> {
    let moves = |of: &Known, feature: usize| of.map.row(feature).iter().any(|&value| value != 0.0);
    let features = (0..first.map.nrows()).filter(|&at| moves(first, at) || moves(other, at));
    let (a, b): (Vec<f64>, Vec<f64>) = features
        .map(|at| {
            let values = (first.map[[at, dim]], other.map[[at, pair.dim]]);
            (f64::from(values.0), f64::from(values.1))
        })
        .unzip();
    let r = pearson(&a, &b)? as f32;
    Some(if pair.r < 0.0 { -r } else { r })
}

/// Of two profiles over the classes, of which there have to be several: one number is like any other.
fn cosine(a: &[f32], b: &[f32]) -> Option<f32> {
    if a.len() < 2 {
        return None;
    }
    let product = |a: &[f32], b: &[f32]| -> f64 {
        let pairs = a.iter().zip(b);
        pairs.map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
    };
    let length = (product(a, a) * product(b, b)).sqrt();
    (length > 0.0).then(|| (product(a, b) / length).clamp(-1.0, 1.0) as f32)
}

impl Networks {
    /// Adds another network, and brings mean and deviation of IE up to date, where `first` is that of the first
    /// network (classes × dimensions).
    pub fn add(&mut self, other: OtherNetwork, first: &Array2<f32>) {
        self.others.push(other);
        let of = |class: usize, dim: usize| -> Vec<f64> {
            let again = self.others.iter().filter_map(|other| {
                let again = other.matches[dim].verdict == Verdict::FoundAgain;
                other.latent_importance[class][dim].filter(|_| again)
            });
            let all = std::iter::once(first[[class, dim]]).chain(again);
            all.map(f64::from).collect()
        };
        let (classes, dims) = first.dim();
        let each = |make: &dyn Fn(Vec<f64>) -> f32| -> Vec<Vec<f32>> {
            let row = |class| (0..dims).map(|dim| make(of(class, dim))).collect();
            (0..classes).map(row).collect()
        };
        let mean = each(&|values| mean(&values) as f32);
        let deviation = (0..classes).map(|class| {
            let dims = (0..dims).map(|dim| deviation(&of(class, dim)));
            dims.collect()
        });
        self.deviation = deviation.collect();
        self.mean = mean;
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Over n − 1; absent for one value.
fn deviation(values: &[f64]) -> Option<f32> {
    let (count, mean) = (values.len() as f64, mean(values));
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (values.len() > 1).then(|| (squares / (count - 1.0)).sqrt() as f32)
}

#[cfg(test)]
mod tests {
    use ndarray::{Axis, array};

    use super::*;
    use crate::keyed::{Keyed, Purpose};

    const IMAGES: usize = 200;
    /// So many that chance is well above what a few other latents come to.
    const UNTRAINED_DIMS: usize = 40;

    /// Latents that have nothing to do with those of other words.
    fn independent(word: u64, dims: usize) -> Array2<f32> {
        let mut draws = Keyed::new(5, Purpose::Weights, &[word]);
        Array2::from_shape_simple_fn((IMAGES, dims), || draws.uniform())
    }

    /// Maps and IE that are as different as dimensions are.
    fn known(latents: Array2<f32>) -> Known {
        let dims = latents.ncols();
        Known {
            map: Array2::from_shape_fn((4, dims), |(feature, dim)| {
                if feature == 3 {
                    0.0
                } else {
                    (feature * dims + dim) as f32 % 5.0 - 2.0
                }
            }),
            latent_importance: Array2::from_shape_fn((2, dims), |(class, dim)| {
                (class + 2 * dim) as f32 + 1.0
            }),
            latents,
        }
    }

    fn heading(name: &str) -> Heading {
        Heading {
            name: name.into(),
            seeds: None,
            held_out_loss: None,
        }
    }

    /// What untrained networks come to, if their latents have nothing to do with these.
    fn chance(first: &Known) -> Chance {
        let mut chance = Chance::none(first.latents.ncols());
        for word in 100..105 {
            let latents = independent(word, UNTRAINED_DIMS);
            let r2 = r2_by_halves(&latents, &first.latents);
            chance.add(&first.latents, &latents, &r2);
        }
        chance
    }

    fn compared(first: &Known, other: &Known) -> OtherNetwork {
        let r2 = r2_by_halves(&other.latents, &first.latents);
        compare(heading("other"), first, other, &r2, &chance(first))
    }

    fn verdicts(other: &OtherNetwork) -> Vec<Verdict> {
        other.matches.iter().map(|of| of.verdict).collect()
    }

    fn none() -> Networks {
        Networks {
            untrained: 5,
            chance: Vec::new(),
            chance_r2: Vec::new(),
            explained: IMAGES,
            training: 0,
            others: Vec::new(),
            mean: Vec::new(),
            deviation: Vec::new(),
        }
    }

    #[test]
    fn chance_is_the_largest_of_untrained_networks() {
        let first = known(independent(1, 3));
        let found = chance(&first);
        for (dim, chance) in found.r.iter().enumerate() {
            let all = (100..105).flat_map(|word| {
                let r = correlations(&first.latents, &independent(word, UNTRAINED_DIMS));
                r.row(dim).to_vec()
            });
            let largest = all.flatten().map(f32::abs).fold(0.0, f32::max);
            assert_eq!(*chance, largest);
            assert!(largest < 0.3, "{largest}");
        }
        assert!(found.r2.iter().all(|r2| r2.unwrap() < 0.2));
    }

    /// All five say dimension 1; only the third says dimension 2.
    #[test]
    fn a_dimension_that_one_network_of_five_has_is_found_in_that_one() {
        let first = known(independent(1, 2));
        let mut networks = none();
        for word in 2..7 {
            let mut other = independent(word, 3);
            other.column_mut(1).assign(&first.latents.column(0));
            if word == 4 {
                other.column_mut(2).assign(&first.latents.column(1));
            }
            networks.add(compared(&first, &known(other)), &first.latent_importance);
        }
        for (at, other) in networks.others.iter().enumerate() {
            let second = match at {
                2 => Verdict::FoundAgain,
                _ => Verdict::NotFound,
            };
            assert_eq!(verdicts(other), [Verdict::FoundAgain, second]);
            assert_eq!(other.matches[0].dim, Some(1));
        }
        // IE of class 0: 1 here and 3 there, five times; of the other dimension 3 here, 5 in one network.
        let mean = [(1.0 + 5.0 * 3.0) / 6.0, f32::midpoint(3.0, 5.0)];
        assert!((networks.mean[0][0] - mean[0]).abs() < 1e-6);
        assert_eq!(networks.mean[0][1], mean[1]);
        // √(((1 − 8/3)² + 5 (3 − 8/3)²) / 5) and √2.
        let deviation = ((25.0 / 9.0 + 5.0 / 9.0) / 5.0f32).sqrt();
        assert!((networks.deviation[0][0].unwrap() - deviation).abs() < 1e-6);
        assert!((networks.deviation[0][1].unwrap() - 2f32.sqrt()).abs() < 1e-6);
    }

    #[test]
    fn a_rotated_pair_is_mixed_and_not_lost() {
        // Chance is where images say much: half of each dimension is the same signal.
        let signal = independent(9, 1);
        let first = known(independent(1, 2) + &signal * 1.5);
        let (a, b) = (first.latents.column(0), first.latents.column(1));
        let turned = ndarray::stack![Axis(1), &a + &b, &a - &b];
        let mut networks = none();
        let r2 = r2_by_halves(&turned, &first.latents);
        let mut beside = chance(&first);
        beside.add(&first.latents, &signal, &[None, None]);
        let other = compare(heading("turned"), &first, &known(turned), &r2, &beside);
        networks.add(other, &first.latent_importance);
        let other = &networks.others[0];
        // One of the two is like the signal; the difference is like neither.
        assert!(verdicts(other).contains(&Verdict::Mixed));
        assert!(!verdicts(other).contains(&Verdict::NotFound));
        assert!(other.matches.iter().all(|of| of.r2.unwrap() > 0.9999));
    }

    #[test]
    fn an_order_is_found_exactly_and_opposites_are_turned() {
        let first = known(independent(1, 3));
        let order = [2, 0, 1];
        let mut other = Known {
            latents: first.latents.select(Axis(1), &order),
            map: first.map.select(Axis(1), &order),
            latent_importance: first.latent_importance.select(Axis(1), &order),
        };
        // The opposite of dimension 3, which is the other's first, with the opposite map.
        for matrix in [&mut other.latents, &mut other.map] {
            matrix.column_mut(0).mapv_inplace(|value| -value);
        }
        let found = compared(&first, &other);
        let dims: Vec<_> = found.matches.iter().map(|of| of.dim.unwrap()).collect();
        assert_eq!(dims, [1, 2, 0]);
        for (dim, of) in found.matches.iter().enumerate() {
            assert_eq!(of.verdict, Verdict::FoundAgain);
            let sign = if dim == 2 { -1.0 } else { 1.0 };
            assert!((of.r.unwrap() - sign).abs() < 1e-6);
            assert!((of.map_similarity.unwrap() - 1.0).abs() < 1e-6);
            assert!((of.profile_similarity.unwrap() - 1.0).abs() < 1e-6);
            assert_eq!(found.maps[dim], first.map.column(dim).to_vec());
            let importance: Vec<f32> = found
                .latent_importance
                .iter()
                .map(|of| of[dim].unwrap())
                .collect();
            assert_eq!(importance, first.latent_importance.column(dim).to_vec());
        }
    }

    /// Copied dimensions: the other network says it once, which is enough for both of them together.
    #[test]
    fn copies_share_a_match_and_inactive_dimensions_have_none() {
        let signal = independent(1, 1);
        let (copied, other) = (signal.column(0), independent(2, 2));
        let inactive = Array2::from_elem((IMAGES, 1), 0.5);
        let inactive = inactive.column(0);
        let first = known(ndarray::stack![Axis(1), copied, inactive, copied]);
        let other = known(ndarray::stack![Axis(1), inactive, copied, other.column(0)]);
        let found = compared(&first, &other);
        let mut said = verdicts(&found);
        assert_eq!(said.remove(1), Verdict::Inactive);
        assert!(said.contains(&Verdict::FoundAgain) && said.contains(&Verdict::Mixed));
        let none = &found.matches[1];
        assert_eq!((none.dim, none.r, none.r2), (None, None, None));
        assert_eq!(found.maps[1], [0.0; 4]);
        assert_eq!(found.latent_importance[0][1], None);
        assert!(found.matches.iter().all(|of| of.dim != Some(0)));
    }

    #[test]
    fn one_image_one_class_and_one_dimension_say_what_they_can() {
        let one = Known {
            latents: array![[1.0]],
            map: array![[0.0]],
            latent_importance: array![[0.0]],
        };
        let found = compare(
            heading("one image"),
            &one,
            &one,
            &r2_by_halves(&one.latents, &one.latents),
            &Chance::none(1),
        );
        assert_eq!(verdicts(&found), [Verdict::Inactive]);
        let one = Known {
            latents: independent(1, 1),
            map: array![[1.0], [2.0]],
            latent_importance: array![[0.5]],
        };
        let found = compared(&one, &one);
        assert_eq!(verdicts(&found), [Verdict::FoundAgain]);
        assert_eq!(found.matches[0].profile_similarity, None);
        assert_eq!(found.matches[0].map_similarity, Some(1.0));
    }
}
