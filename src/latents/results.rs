//! What is found of latents, as reports hold it.

use serde::{Deserialize, Serialize};

/// How far the latents of a variational network are from the standard normal distribution, over the explained
/// images.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Divergence {
    /// Mean Kullback-Leibler divergence of each dimension, in nats, 0 or more.
    pub mean: Vec<f32>,
    /// The same of the images of each class, class after class, dimension by dimension; 0 where a class has
    /// no explained image.
    pub by_class: Vec<Vec<f32>>,
    /// Variance over images of each dimension's mean. A dimension is active where it exceeds
    /// [`Divergence::ACTIVE`] (Burda, Grosse and Salakhutdinov, 2016).
    pub variance_of_means: Vec<f32>,
    /// Mean over images of each dimension's variance: near 1 where it says nothing.
    pub mean_variance: Vec<f32>,
}

impl Divergence {
    /// Of the means of an active dimension, the least variance over images.
    pub const ACTIVE: f32 = 0.01;

    /// Whether a dimension, counted from 0, is used.
    #[must_use]
    pub fn is_active(&self, dimension: usize) -> bool {
        self.variance_of_means
            .get(dimension)
            .is_some_and(|&variance| variance > Self::ACTIVE)
    }

    /// Whether its numbers are those of so many dimensions and classes, each one that can be.
    #[must_use]
    pub fn fits(&self, dims: usize, classes: usize) -> bool {
        let lists = [&self.mean, &self.variance_of_means, &self.mean_variance];
        let mut lists = lists.into_iter().chain(&self.by_class);
        let is_amount = |number: &f32| number.is_finite() && *number >= 0.0;
        self.by_class.len() == classes
            && lists.all(|list| list.len() == dims && list.iter().all(is_amount))
    }

    /// The divergence of an image's latents, all dimensions added up, on the average: in nats.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.mean.iter().copied().map(f64::from).sum()
    }

    /// How many dimensions are used.
    #[must_use]
    pub fn active(&self) -> usize {
        (0..self.mean.len())
            .filter(|&at| self.is_active(at))
            .count()
    }
}

/// Which latent carries which factor of images whose factors are known: mutual information in bins.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Factors {
    /// What the factors are called.
    pub names: Vec<String>,
    /// Entropy of each factor over the images, in nats.
    pub entropy: Vec<f32>,
    /// Mutual information of each factor with each dimension in nats, less that of shuffled factors: factor
    /// after factor, dimension by dimension. It may be slightly below 0 where there is none.
    pub information: Vec<Vec<f32>>,
    /// What shuffled factors have in common with each dimension, which was subtracted.
    pub by_chance: Vec<Vec<f32>>,
    /// The mutual information gap of each factor (Chen and others, 2018): by how much of its entropy the
    /// first dimension is ahead of the second.
    pub gaps: Vec<f32>,
    /// Dimensions, counted from 0, that say nothing: constant ones, and those of a variational network that are
    /// not [active](Divergence::ACTIVE). Their information is 0.
    pub inactive: Vec<u32>,
    /// Images that it was measured on.
    pub images: usize,
    /// Bins of equal width that each dimension was divided into.
    pub bins: usize,
}

impl Factors {
    /// The share of a factor's entropy that a dimension has to have, to be said to carry it.
    pub const CARRIED: f64 = 0.1;

    /// Whether it is of so many dimensions, and whole.
    #[must_use]
    pub fn is_of(&self, dims: usize) -> bool {
        let count = self.names.len();
        let whole = [&self.information, &self.by_chance].map(Vec::len) == [count; 2]
            && [&self.entropy, &self.gaps].map(Vec::len) == [count; 2];
        let mut rows = self.information.iter().chain(&self.by_chance);
        whole && rows.all(|row| row.len() == dims)
    }

    /// How much of a factor's entropy a dimension has, both counted from 0: up to 1, and slightly below 0 where it
    /// has none.
    #[must_use]
    pub fn share(&self, factor: usize, dimension: usize) -> f64 {
        let information = f64::from(self.information[factor][dimension]);
        information / f64::from(self.entropy[factor])
    }

    /// Whether a dimension carries a factor, both counted from 0.
    #[must_use]
    pub fn carries(&self, factor: usize, dimension: usize) -> bool {
        self.share(factor, dimension) >= Self::CARRIED
    }

    /// Whether a dimension, counted from 0, says anything.
    #[must_use]
    pub fn is_active(&self, dimension: usize) -> bool {
        !self.inactive.contains(&(dimension as u32))
    }

    /// The mean of all gaps, 0 to 1: MIG.
    #[must_use]
    pub fn gap(&self) -> Option<f32> {
        let count = self.gaps.len() as f32;
        (count > 0.0).then(|| self.gaps.iter().sum::<f32>() / count)
    }
}
