//! What the importance stages are asked to do.

use super::shard::Shard;
use crate::settings::{Method, Permute, Settings};

/// How to measure, and which features.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// Exact, sampled, or as is affordable.
    pub method: Method,
    /// Permutations of each feature where it is sampled.
    pub permutations: usize,
    /// What stage 1 permutes together.
    pub permute: Permute,
    /// Seed of the permutations.
    pub seed: u32,
    /// The features to measure.
    pub shard: Shard,
}

impl Plan {
    /// What `settings` say, for all features.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        Self {
            method: settings.method,
            permutations: settings.permutations,
            permute: settings.permute,
            seed: settings.seed,
            shard: Shard::WHOLE,
        }
    }

    /// The same for the features of `shard` only.
    #[must_use]
    pub fn of(self, shard: Shard) -> Self {
        Self { shard, ..self }
    }
}
