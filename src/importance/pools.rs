//! Whose values each image may be given.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use ndarray::ArrayView2;

use crate::keyed::Keyed;

/// Which donors there are for each image.
#[derive(Clone, Debug)]
pub enum DonorPools {
    /// All of the exchange's.
    All,
    /// Those of its pool, whichever feature is moved.
    Fixed(Arc<Pools>),
    /// Those of its pool, which every feature has its own of.
    ByFeature(FeaturePools),
}

impl DonorPools {
    /// Those of a feature, by its number, in `images` (images × columns); `None` where there is one
    /// pool of all.
    ///
    /// # Panics
    /// If they are not pools of these images.
    pub(super) fn of(&self, feature: usize, images: ArrayView2<'_, f32>) -> Option<Arc<Pools>> {
        let pools = match self {
            Self::All => return None,
            Self::Fixed(pools) => pools.clone(),
            Self::ByFeature(pools) => Arc::new((pools.of)(feature, images)),
        };
        assert_eq!(pools.images(), images.nrows(), "every image is in a pool");
        Some(pools)
    }
}

/// Finds the pools of a feature.
type Find = dyn Fn(usize, ArrayView2<'_, f32>) -> Pools + Send + Sync;

/// Pools that differ from feature to feature. They are found when a feature is measured, since those of
/// all features are more than memory is good for.
#[derive(Clone)]
pub struct FeaturePools {
    of: Arc<Find>,
}

impl FeaturePools {
    /// As `of` finds them, of a feature's number among those of the design and the images (images ×
    /// columns): the same ones whenever it is asked.
    #[must_use]
    pub fn new(of: impl Fn(usize, ArrayView2<'_, f32>) -> Pools + Send + Sync + 'static) -> Self {
        Self { of: Arc::new(of) }
    }
}

impl fmt::Debug for FeaturePools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FeaturePools").finish_non_exhaustive()
    }
}

/// A division of images into pools: an image is given values of images of its own pool, itself among
/// them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pools {
    /// Of each image, by its row.
    of: Vec<u32>,
    /// Rows of each pool, ascending.
    members: Vec<Vec<u32>>,
}

impl Pools {
    /// The images of each pool, by the pool's number, counted from 0.
    #[must_use]
    pub fn new(of: Vec<u32>) -> Self {
        let pools = of.iter().max().map_or(0, |&last| last as usize + 1);
        let mut members = vec![Vec::new(); pools];
        for (row, &pool) in (0..).zip(&of) {
            members[pool as usize].push(row);
        }
        Self { of, members }
    }

    /// A pool for each of these stretches of rows, which follow each other and are all rows.
    #[must_use]
    pub fn of_ranges(ranges: &[Range<usize>]) -> Self {
        let pools = (0..).zip(ranges);
        Self::new(
            pools
                .flat_map(|(pool, rows)| std::iter::repeat_n(pool, rows.len()))
                .collect(),
        )
    }

    /// The pool of an image.
    #[must_use]
    pub fn of(&self, row: usize) -> usize {
        self.of[row] as usize
    }

    /// Rows of each pool, ascending.
    #[must_use]
    pub fn members(&self) -> &[Vec<u32>] {
        &self.members
    }

    /// How many images there are.
    #[must_use]
    pub fn images(&self) -> usize {
        self.of.len()
    }

    /// Whether any of `recipients` is among these members of a pool.
    pub(super) fn has(members: &[u32], recipients: &Range<usize>) -> bool {
        let next = members.partition_point(|&row| (row as usize) < recipients.start);
        members
            .get(next)
            .is_some_and(|&row| (row as usize) < recipients.end)
    }

    /// For every one of `recipients`, the donor that falls to it where each pool is permuted by itself,
    /// drawn from what `key` names for the pool.
    pub(super) fn permuted(
        &self,
        recipients: Range<usize>,
        key: impl Fn(u64) -> Keyed,
    ) -> Arc<[u32]> {
        let mut donors = own(&recipients);
        for (pool, members) in (0..).zip(&self.members) {
            if !Self::has(members, &recipients) {
                continue;
            }
            let mut order = members.clone();
            key(pool).shuffle(&mut order);
            for (&row, donor) in members.iter().zip(order) {
                if recipients.contains(&(row as usize)) {
                    donors[row as usize - recipients.start] = donor;
                }
            }
        }
        donors.into()
    }

    /// For every one of `recipients`, `donor` if it is of the same pool, and itself else.
    pub(super) fn given(&self, recipients: Range<usize>, donor: u32) -> Arc<[u32]> {
        let mut donors = own(&recipients);
        for &row in &self.members[self.of(donor as usize)] {
            if recipients.contains(&(row as usize)) {
                donors[row as usize - recipients.start] = donor;
            }
        }
        donors.into()
    }
}

/// Every image is its own donor.
fn own(recipients: &Range<usize>) -> Vec<u32> {
    recipients.clone().map(|row| row as u32).collect()
}
