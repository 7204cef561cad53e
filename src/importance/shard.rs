//! A part of the features.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One of `count` disjoint parts of the features: of the pixels in stage 1, of the pairs of class
/// and latent dimension in stage 3. Written as people count, `3/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shard {
    /// From 0.
    index: u32,
    count: u32,
}

impl Shard {
    /// All features.
    pub const WHOLE: Self = Self { index: 0, count: 1 };

    /// Parts of a run, at most: more than anybody has machines, few enough to be counted one by one.
    pub const MOST: u32 = 65_536;

    /// The `number`-th of `count` parts, counted from 1.
    ///
    /// # Errors
    /// If there is no such part, or there would be more than [`Shard::MOST`].
    pub fn new(number: u32, count: u32) -> Result<Self, ShardError> {
        match number.checked_sub(1) {
            Some(index) if index < count && count <= Self::MOST => Ok(Self { index, count }),
            _ => Err(ShardError {
                text: format!("{number}/{count}"),
                is_too_many: count > Self::MOST,
            }),
        }
    }

    /// Which part this is, counted from 1.
    #[must_use]
    pub fn number(self) -> u32 {
        self.index + 1
    }

    /// How many parts there are.
    #[must_use]
    pub fn count(self) -> u32 {
        self.count
    }

    /// All `count` parts.
    pub fn all(count: u32) -> impl Iterator<Item = Self> {
        (0..count).map(move |index| Self { index, count })
    }

    /// Whether the `feature`-th pixel, or pair of class and dimension (class after class), belongs
    /// to this part.
    ///
    /// Multiples of the golden ratio, taken modulo 1, fill the interval evenly (Knuth, The Art of
    /// Computer Programming, 6.4). So every part gets its share of the middle of the image, where
    /// the work is, whatever the width of the image.
    #[must_use]
    pub fn holds(self, feature: usize) -> bool {
        let place = (feature as u32).wrapping_mul(2_654_435_769);
        (u64::from(place) * u64::from(self.count)) >> 32 == u64::from(self.index)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number(), self.count)
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let refused = || ShardError {
            text: text.to_owned(),
            is_too_many: false,
        };
        let (number, count) = text.split_once('/').ok_or_else(refused)?;
        let number = number.trim().parse().map_err(|_| refused())?;
        let count = count.trim().parse().map_err(|_| refused())?;
        Self::new(number, count)
    }
}

impl Serialize for Shard {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Shard {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A text that names no part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardError {
    text: String,
    is_too_many: bool,
}

impl fmt::Display for ShardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, is_too_many } = self;
        if *is_too_many {
            let most = Shard::MOST;
            return write!(
                f,
                "{text} asks for too many parts; a run has at most {most}."
            );
        }
        write!(f, "{text} is no part; write 3/16 for the third of sixteen.")
    }
}

impl std::error::Error for ShardError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_written_as_people_count() {
        let shard: Shard = "3/16".parse().unwrap();
        assert_eq!((shard.number(), shard.count()), (3, 16));
        assert_eq!(shard.to_string(), "3/16");
        for bad in ["", "3", "0/4", "5/4", "1/0", "-1/4", "a/b", "1/2/3"] {
            let error = bad.parse::<Shard>().unwrap_err().to_string();
            assert!(error.ends_with("write 3/16 for the third of sixteen."));
        }
        for (many, allowed) in [
            ("1/65536", true),
            ("1/65537", false),
            ("1/4000000000", false),
        ] {
            let refused = many.parse::<Shard>().err().map(|error| error.to_string());
            let sentence = format!("{many} asks for too many parts; a run has at most 65536.");
            assert_eq!(refused, (!allowed).then_some(sentence));
        }
    }

    #[test]
    fn every_feature_belongs_to_one_part_and_parts_are_alike_in_size_and_place() {
        for count in [1, 2, 3, 7, 16, 28, 64] {
            let mut sizes = Vec::new();
            for shard in Shard::all(count) {
                let held: Vec<usize> = (0..784).filter(|&pixel| shard.holds(pixel)).collect();
                // The middle 20 × 20 pixels of an image of 28 × 28, where digits are.
                let inner = held
                    .iter()
                    .filter(|&&pixel| {
                        [pixel / 28, pixel % 28]
                            .iter()
                            .all(|at| (4..24).contains(at))
                    })
                    .count();
                sizes.push((held.len(), inner));
            }
            let total: usize = sizes.iter().map(|(held, _)| held).sum();
            assert_eq!(total, 784);
            let fair = 784.0 / f64::from(count);
            let inner = 400.0 / f64::from(count);
            for (held, middle) in sizes {
                assert!((held as f64 - fair).abs() <= 3.0, "{held} of {fair}");
                assert!((middle as f64 - inner).abs() <= 6.0, "{middle} of {inner}");
            }
        }
    }
}
