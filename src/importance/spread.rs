//! How numbers are spread, where hardly two of them are the same.

/// Σ 1, Σ u and Σ u² over some numbers u.
pub(super) type Moments = [f64; 3];

/// Numbers in ascending order, with the moments of those below and above any point.
///
/// They are put into buckets of equal width first, and sorted within them: for evenly spread ones that takes
/// a few steps each. It is made again and again, so it keeps its room.
#[derive(Default)]
pub(super) struct Spread {
    /// Ascending.
    numbers: Vec<f64>,
    /// Of the first so many.
    below: Vec<Moments>,
    /// Of all but the first so many.
    above: Vec<Moments>,
    /// How many numbers come before each bucket.
    starts: Vec<u32>,
    /// The next place of each bucket while they are filled.
    next: Vec<u32>,
    /// Whole numbers that are ordered as the numbers are.
    keys: Vec<u64>,
    least: f64,
    per_bucket: f64,
}

impl Spread {
    /// Sets it to finite `numbers`, of which there is at least one.
    pub fn set(&mut self, numbers: &[f64]) {
        let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
        let most = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        // Few enough numbers in each to be sorted in no time.
        let buckets = numbers.len();
        self.least = least;
        self.per_bucket = if most > least {
            buckets as f64 / (most - least)
        } else {
            0.0
        };
        self.starts.clear();
        self.starts.resize(buckets + 2, 0);
        for &number in numbers {
            let bucket = self.bucket(number);
            self.starts[bucket + 1] += 1;
        }
        let mut before = 0;
        for start in &mut self.starts {
            before += *start;
            *start = before;
        }
        self.next.clear();
        self.next.extend_from_slice(&self.starts);
        self.keys.clear();
        self.keys.resize(numbers.len(), 0);
        for &number in numbers {
            let bucket = self.bucket(number);
            self.keys[self.next[bucket] as usize] = key(number);
            self.next[bucket] += 1;
        }
        for bucket in self.starts.windows(2) {
            let bucket = &mut self.keys[bucket[0] as usize..bucket[1] as usize];
            if bucket.len() > 1 {
                bucket.sort_unstable();
            }
        }
        self.numbers.clear();
        self.numbers.extend(self.keys.iter().copied().map(number));
        let add = |[zeroth, first, second]: Moments, number: f64| {
            [zeroth + 1.0, first + number, second + number * number]
        };
        let mut moments = [0.0; 3];
        self.below.clear();
        self.below.push(moments);
        self.below.extend(self.numbers.iter().map(|&number| {
            moments = add(moments, number);
            moments
        }));
        moments = [0.0; 3];
        self.above.clear();
        self.above.resize(numbers.len() + 1, moments);
        for (above, &number) in self.above.iter_mut().zip(&self.numbers).rev() {
            moments = add(moments, number);
            *above = moments;
        }
    }

    /// Of all numbers.
    pub fn all(&self) -> Moments {
        self.below.last().copied().unwrap_or_default()
    }

    /// From the least to the largest.
    pub fn range(&self) -> f64 {
        match (self.numbers.first(), self.numbers.last()) {
            (Some(least), Some(most)) => most - least,
            _ => 0.0,
        }
    }

    /// Of the numbers above `point`, or of those that are not.
    pub fn beyond(&self, point: f64, above: bool) -> Moments {
        let bucket = self.bucket(point);
        let (start, end) = (self.starts[bucket], self.starts[bucket + 1]);
        let bucket = &self.numbers[start as usize..end as usize];
        let count = start as usize + bucket.partition_point(|&number| number <= point);
        if above {
            self.above[count]
        } else {
            self.below[count]
        }
    }

    /// Casts stop at 0 and at the largest number.
    #[inline(always)]
    fn bucket(&self, number: f64) -> usize {
        let bucket = ((number - self.least) * self.per_bucket) as usize;
        bucket.min(self.starts.len() - 2)
    }
}

const SIGN: u64 = 1 << 63;

/// A whole number that is ordered as the number is, but for -0, which comes before 0.
fn key(number: f64) -> u64 {
    let bits = number.to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

/// The number of a [`key`].
fn number(key: u64) -> f64 {
    f64::from_bits(if key & SIGN == 0 { !key } else { key & !SIGN })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyed::{Keyed, Purpose};

    #[test]
    fn moments_are_those_of_the_numbers_beyond_a_point() {
        let mut spread = Spread::default();
        let mut draws = Keyed::new(1, Purpose::Weights, &[4]);
        let even: Vec<f64> = (0..90).map(|_| f64::from(draws.uniform())).collect();
        let alike = even.iter().map(|number| (number * 3.0).floor() - 1.0);
        let lonely = even
            .iter()
            .map(|number| if *number > 0.9 { 1e6 } else { *number });
        for numbers in [
            vec![2.0],
            vec![3.0; 7],
            alike.collect(),
            lonely.collect(),
            even.clone(),
        ] {
            spread.set(&numbers);
            let largest = numbers.iter().copied().fold(f64::MIN, f64::max);
            let points = numbers.iter().copied().chain([-5.0, 0.1, 0.5, 2.5, 1e9]);
            for point in points {
                for above in [true, false] {
                    let chosen = numbers.iter().filter(|&&number| (number > point) == above);
                    let expected = chosen.fold([0.0; 3], |[zeroth, first, second], number| {
                        [zeroth + 1.0, first + number, second + number * number]
                    });
                    let found = spread.beyond(point, above);
                    for (found, expected) in found.into_iter().zip(expected) {
                        let off: f64 = found - expected;
                        assert!(off.abs() <= 1e-12 * expected.abs(), "{point}, {above}");
                    }
                }
            }
            assert_eq!(spread.all()[0], numbers.len() as f64);
            let least = numbers.iter().copied().fold(f64::MAX, f64::min);
            assert_eq!(spread.range(), largest - least);
        }
    }
}
