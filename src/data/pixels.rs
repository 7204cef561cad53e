//! Numbers of images, one byte each where that holds them exactly.

use std::ops::Range;

/// Numbers, held as bytes for as long as every one of them is a whole number from 0 to 255.
#[derive(Clone, Debug, PartialEq)]
pub enum Pixels {
    /// Whole numbers from 0 to 255.
    Bytes(Vec<u8>),
    /// Any finite numbers.
    Floats(Vec<f32>),
}

impl Default for Pixels {
    fn default() -> Self {
        Self::Bytes(Vec::new())
    }
}

impl Pixels {
    /// How many numbers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Floats(floats) => floats.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory that the numbers take.
    #[must_use]
    pub fn memory(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Floats(floats) => size_of_val(floats.as_slice()),
        }
    }

    /// The numbers of `range`, as stored.
    pub fn iter(&self, range: Range<usize>) -> impl Iterator<Item = f32> + '_ {
        let (bytes, floats): (&[u8], &[f32]) = match self {
            Self::Bytes(bytes) => (&bytes[range], &[]),
            Self::Floats(floats) => (&[], &floats[range]),
        };
        let bytes = bytes.iter().map(|&byte| f32::from(byte));
        bytes.chain(floats.iter().copied())
    }

    /// All numbers in single precision, in a vector of their own.
    #[must_use]
    pub fn into_floats(self) -> Vec<f32> {
        match self {
            Self::Bytes(bytes) => bytes.into_iter().map(f32::from).collect(),
            Self::Floats(floats) => floats,
        }
    }

    /// Appends a number exactly.
    pub(super) fn push(&mut self, number: f32) {
        if let Self::Bytes(bytes) = self {
            let byte = number as u8;
            if f32::from(byte) == number {
                bytes.push(byte);
                return;
            }
            *self = Self::Floats(std::mem::take(self).into_floats());
        }
        if let Self::Floats(floats) = self {
            floats.push(number);
        }
    }

    /// The numbers at these places, in this order.
    #[cfg(feature = "readers")]
    pub(super) fn gathered(&self, places: impl Iterator<Item = usize>) -> Self {
        match self {
            Self::Bytes(bytes) => Self::Bytes(places.map(|place| bytes[place]).collect()),
            Self::Floats(floats) => Self::Floats(places.map(|place| floats[place]).collect()),
        }
    }

    /// Keeps only the first `len` numbers.
    #[cfg(feature = "readers")]
    pub(super) fn truncate(&mut self, len: usize) {
        match self {
            Self::Bytes(bytes) => bytes.truncate(len),
            Self::Floats(floats) => floats.truncate(len),
        }
    }

    /// Appends numbers exactly.
    #[cfg(feature = "readers")]
    pub(super) fn append(&mut self, more: Self) {
        match (&mut *self, more) {
            (own, more) if own.is_empty() => *own = more,
            (Self::Bytes(bytes), Self::Bytes(more)) => bytes.extend(more),
            (Self::Floats(floats), more) => floats.extend(more.iter(0..more.len())),
            (Self::Bytes(_), Self::Floats(more)) => {
                let mut floats = std::mem::take(self).into_floats();
                floats.extend(more);
                *self = Self::Floats(floats);
            }
        }
    }

    /// Appends bytes.
    pub(super) fn extend_from_bytes(&mut self, more: &[u8]) {
        match self {
            Self::Bytes(bytes) => bytes.extend_from_slice(more),
            Self::Floats(floats) => floats.extend(more.iter().map(|&byte| f32::from(byte))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_held_exactly_and_as_bytes_where_that_is_exact() {
        let mut pixels = Pixels::default();
        for number in [0.0, 255.0, 7.0] {
            pixels.push(number);
        }
        assert_eq!(pixels, Pixels::Bytes(vec![0, 255, 7]));
        for number in [0.1, -1.0, 256.0, 3.0] {
            pixels.push(number);
        }
        let expected = vec![0.0, 255.0, 7.0, 0.1, -1.0, 256.0, 3.0];
        assert_eq!(pixels, Pixels::Floats(expected));
        assert_eq!(pixels.iter(3..5).collect::<Vec<_>>(), [0.1, -1.0]);
        assert_eq!(pixels.memory(), 28);
    }

    #[cfg(feature = "readers")]
    #[test]
    fn numbers_of_both_kinds_are_joined_in_order() {
        let bytes = || Pixels::Bytes(vec![1, 2]);
        let floats = || Pixels::Floats(vec![0.5]);
        let join = |mut first: Pixels, second| {
            first.append(second);
            first
        };
        assert_eq!(join(bytes(), floats()), Pixels::Floats(vec![1.0, 2.0, 0.5]));
        assert_eq!(join(floats(), bytes()), Pixels::Floats(vec![0.5, 1.0, 2.0]));
        assert_eq!(join(bytes(), bytes()), Pixels::Bytes(vec![1, 2, 1, 2]));
        assert_eq!(join(Pixels::default(), floats()), floats());
    }
}
