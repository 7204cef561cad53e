//! The values that a column takes, and how often.

#[cfg(feature = "general")]
use std::ops::Range;

use ndarray::{Array2, ArrayView1};

#[cfg(feature = "general")]
use super::pools::Pools;

/// Distinct values of a column, ascending, each with the number of images that have it.
///
/// An image of bytes has 256 at most, however many images there are.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Levels {
    pub values: Vec<f32>,
    pub counts: Vec<u32>,
}

impl Levels {
    pub(super) fn of(column: ArrayView1<'_, f32>) -> Self {
        Self::with_places(column.iter().copied()).0
    }

    /// With each image's place among the values.
    pub(super) fn with_places(column: impl ExactSizeIterator<Item = f32>) -> (Self, Vec<u32>) {
        let mut places = vec![0; column.len()];
        let mut levels = Self {
            values: Vec::new(),
            counts: Vec::new(),
        };
        for (value, image) in ascending(column) {
            match (levels.values.last(), levels.counts.last_mut()) {
                // Not the order of the sort: -0 and 0 are one value.
                (Some(&last), Some(count)) if last == value => *count += 1,
                _ => {
                    levels.values.push(value);
                    levels.counts.push(1);
                }
            }
            places[image as usize] = levels.values.len() as u32 - 1;
        }
        (levels, places)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }
}

/// Whether a column holds two different values.
pub(crate) fn varies(column: ArrayView1<'_, f32>) -> bool {
    column
        .first()
        .is_some_and(|first| column.iter().any(|value| value != first))
}

/// A value that a feature takes, which is several numbers where it has several columns.
pub(super) struct Level {
    /// An image that has it.
    pub donor: u32,
    /// How many images have it.
    pub count: u32,
    /// Among how many.
    pub of: u32,
}

impl Level {
    /// The place of each of some `rows` of `inputs` among the distinct values of `columns` there.
    pub(super) fn ranks(
        inputs: &Array2<f32>,
        columns: &[usize],
        rows: impl ExactSizeIterator<Item = usize> + Clone,
    ) -> Vec<u32> {
        let places = |&column: &usize| {
            let values = rows.clone().map(|row| inputs[[row, column]]);
            Levels::with_places(values).1
        };
        let mut columns = columns.iter().map(places);
        let mut ranks = columns.next().unwrap_or_else(|| vec![0; rows.len()]);
        for places in columns {
            // Whole numbers that are ordered as the values of all columns so far are.
            let pairs = ranks.iter().zip(&places);
            let keys: Vec<u64> = pairs
                .map(|(&rank, &place)| u64::from(rank) << 32 | u64::from(place))
                .collect();
            let mut distinct = keys.clone();
            distinct.sort_unstable();
            distinct.dedup();
            let rank = |key: &u64| distinct.partition_point(|other| other < key) as u32;
            ranks = keys.iter().map(rank).collect();
        }
        ranks
    }

    /// The distinct values of `columns` in some `rows` of `inputs`, ascending.
    pub(super) fn all(
        inputs: &Array2<f32>,
        columns: &[usize],
        rows: impl ExactSizeIterator<Item = usize> + Clone,
    ) -> Vec<Self> {
        let ranks = Self::ranks(inputs, columns, rows.clone());
        let count = ranks.iter().max().map_or(0, |&last| last as usize + 1);
        let of = rows.len() as u32;
        let level = |_| Self {
            donor: 0,
            count: 0,
            of,
        };
        let mut levels: Vec<Self> = (0..count).map(level).collect();
        for (row, &rank) in rows.zip(&ranks) {
            let level = &mut levels[rank as usize];
            if level.count == 0 {
                level.donor = row as u32;
            }
            level.count += 1;
        }
        levels
    }

    /// The distinct values of `columns` in each of `pools` that `recipients` are of, pool after pool, and
    /// at least one. Pools in which there is one only are left out: there, nothing changes.
    #[cfg(feature = "general")]
    pub(super) fn in_pools(
        inputs: &Array2<f32>,
        columns: &[usize],
        pools: &Pools,
        recipients: &Range<usize>,
    ) -> Vec<Self> {
        let mut levels = Vec::new();
        for members in pools.members() {
            if Pools::has(members, recipients) {
                let rows = members.iter().map(|&row| row as usize);
                let mut found = Self::all(inputs, columns, rows);
                if found.len() > 1 {
                    levels.append(&mut found);
                }
            }
        }
        if levels.is_empty() {
            levels.push(Self {
                donor: recipients.start as u32,
                count: 1,
                of: 1,
            });
        }
        levels
    }
}

/// Numbers in ascending order, each with its position in `values`, by which equal ones are ordered; -0
/// comes before 0.
pub(crate) fn ascending(values: impl Iterator<Item = f32>) -> impl Iterator<Item = (f32, u32)> {
    const SIGN: u32 = 1 << 31;
    // Whole numbers that are ordered as the pairs are, which sort several times as fast.
    let key = |value: f32| {
        let bits = value.to_bits();
        if bits & SIGN == 0 { bits | SIGN } else { !bits }
    };
    let value = |key: u32| f32::from_bits(if key & SIGN == 0 { !key } else { key & !SIGN });
    let mut keys: Vec<u64> = (0..)
        .zip(values)
        .map(|(position, value)| u64::from(key(value)) << 32 | position)
        .collect();
    keys.sort_unstable();
    keys.into_iter()
        .map(move |key| (value((key >> 32) as u32), key as u32))
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn values_are_counted_once_each() {
        let levels = Levels::of(array![0.5, 0.0, -0.0, 1.0, 0.5, 0.0].view());
        assert_eq!(levels.values, [0.0, 0.5, 1.0]);
        assert_eq!(levels.counts, [3, 2, 1]);
        let (same, places) = Levels::with_places([0.5, 0.0, -0.0, 1.0, 0.5, 0.0].into_iter());
        assert_eq!((same, places), (levels, vec![1, 0, 0, 2, 1, 0]));
    }

    #[test]
    fn numbers_are_sorted_with_their_positions() {
        let numbers = [
            3.0,
            -1.0,
            f32::INFINITY,
            0.0,
            -0.0,
            -1e-40,
            -1.0,
            2e-40,
            -2.0,
        ];
        let sorted: Vec<(f32, u32)> = ascending(numbers.into_iter()).collect();
        let mut expected: Vec<(f32, u32)> = numbers.into_iter().zip(0..).collect();
        expected.sort_by(|one, other| one.0.total_cmp(&other.0));
        let bits = |pairs: &[(f32, u32)]| -> Vec<(u32, u32)> {
            pairs
                .iter()
                .map(|(value, at)| (value.to_bits(), *at))
                .collect()
        };
        assert_eq!(bits(&sorted), bits(&expected));
    }
}
