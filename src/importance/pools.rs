//! Whose values each image may be given.

use std::ops::Range;

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
}
