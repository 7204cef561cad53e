//! The values that a column takes, and how often.

use ndarray::ArrayView1;

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
        let mut sorted = column.to_vec();
        sorted.sort_unstable_by(f32::total_cmp);
        let mut levels = Self {
            values: Vec::new(),
            counts: Vec::new(),
        };
        for value in sorted {
            match (levels.values.last(), levels.counts.last_mut()) {
                // Not the order of the sort: -0 and 0 are one value.
                (Some(&last), Some(count)) if last == value => *count += 1,
                _ => {
                    levels.values.push(value);
                    levels.counts.push(1);
                }
            }
        }
        levels
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }
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
    }
}
