//! How numbers are spread of which many may be 0, as the steps of a group of pixels are.

use super::Moments;

/// Numbers in a bucket, about.
const WIDTH: usize = 4;
/// Buckets of more numbers are sorted.
const CROWDED: usize = 24;
/// Numbers whose least and largest are found side by side.
const LANES: usize = 8;

/// Numbers in buckets of equal width, with the moments of those in lower and in higher ones.
///
/// It is made again and again, so it keeps its room. A bucket is looked through where a point falls into it,
/// which takes less than to sort all numbers; only where many of them fall into one is this sorted.
#[derive(Default)]
pub(super) struct Buckets {
    /// How many zeros there are beside the numbers.
    zeros: f64,
    /// Bucket after bucket.
    numbers: Vec<f64>,
    /// How many numbers come before each bucket.
    starts: Vec<u32>,
    /// Of the numbers in lower buckets.
    below: Vec<Moments>,
    /// Of the numbers in each bucket and in higher ones.
    above: Vec<Moments>,
    /// In crowded buckets, of the numbers up to each, ...
    to: Vec<Moments>,
    /// ... and from each on.
    from: Vec<Moments>,
    /// The bucket of each number, in the order in which they were given.
    of: Vec<u32>,
    least: f64,
    most: f64,
    per_bucket: f64,
    last: f64,
}

impl Buckets {
    /// Sets it to `numbers` and so many zeros.
    pub fn set(&mut self, numbers: &[f64], zeros: usize) {
        self.zeros = zeros as f64;
        let (least, most) = bounds(numbers);
        (self.least, self.most) = match (numbers.is_empty(), zeros) {
            (true, _) => (0.0, 0.0),
            (false, 0) => (least, most),
            (false, _) => (least.min(0.0), most.max(0.0)),
        };
        let count = (numbers.len() / WIDTH).max(1);
        self.last = (count - 1) as f64;
        self.per_bucket = if self.most > self.least {
            self.last / (self.most - self.least)
        } else {
            0.0
        };

        let mut of = std::mem::take(&mut self.of);
        of.clear();
        of.extend(numbers.iter().map(|&number| self.bucket(number)));
        self.starts.clear();
        self.starts.resize(count + 2, 0);
        for &bucket in &of {
            self.starts[bucket as usize + 2] += 1;
        }
        let mut before = 0;
        for start in &mut self.starts {
            before += *start;
            *start = before;
        }
        self.numbers.resize(numbers.len(), 0.0);
        for (&bucket, &number) in of.iter().zip(numbers) {
            // Where the next number of the bucket goes, and once there is none, where the next one begins.
            let next = &mut self.starts[bucket as usize + 1];
            self.numbers[*next as usize] = number;
            *next += 1;
        }
        self.of = of;
        self.add_up(count);
    }

    /// Moments below and above every bucket, and within crowded ones.
    fn add_up(&mut self, count: usize) {
        self.above.clear();
        self.above.resize(count + 1, [0.0; 3]);
        for bucket in 0..count {
            let (start, end) = self.bounds(bucket);
            self.above[bucket] = sum(&self.numbers[start..end]);
            if end - start > CROWDED {
                self.sort(start, end);
            }
        }
        self.below.clear();
        let mut below = [0.0; 3];
        for &moments in &self.above {
            self.below.push(below);
            below = both(below, moments);
        }
        let mut above = [0.0; 3];
        for moments in self.above.iter_mut().rev() {
            above = both(above, *moments);
            *moments = above;
        }
    }

    fn sort(&mut self, start: usize, end: usize) {
        let numbers = &mut self.numbers[start..end];
        numbers.sort_unstable_by(f64::total_cmp);
        self.to.resize(self.numbers.len(), [0.0; 3]);
        self.from.resize(self.numbers.len(), [0.0; 3]);
        let mut moments = [0.0; 3];
        for at in start..end {
            moments = both(moments, sum(&self.numbers[at..=at]));
            self.to[at] = moments;
        }
        moments = [0.0; 3];
        for at in (start..end).rev() {
            moments = both(moments, sum(&self.numbers[at..=at]));
            self.from[at] = moments;
        }
    }

    /// Of all numbers.
    pub fn all(&self) -> Moments {
        let [count, first, second] = self.above[0];
        [count + self.zeros, first, second]
    }

    /// From the least to the largest.
    pub fn range(&self) -> f64 {
        self.most - self.least
    }

    /// Of the numbers above `point`, or of those that are not.
    #[inline(always)]
    pub fn beyond(&self, point: f64, above: bool) -> Moments {
        let bucket = self.bucket(point) as usize;
        let mut moments = if above {
            self.above[bucket + 1]
        } else {
            self.below[bucket]
        };
        if (0.0 > point) == above {
            moments[0] += self.zeros;
        }
        let (start, end) = self.bounds(bucket);
        let numbers = &self.numbers[start..end];
        if numbers.len() > CROWDED {
            return both(moments, self.within(start, end, point, above));
        }
        for &number in numbers {
            let counts = f64::from(u8::from((number > point) == above));
            moments[0] += counts;
            moments[1] += counts * number;
            moments[2] += counts * number * number;
        }
        moments
    }

    /// Of the numbers of a crowded bucket.
    fn within(&self, start: usize, end: usize, point: f64, above: bool) -> Moments {
        let numbers = &self.numbers[start..end];
        let next = start + numbers.partition_point(|&number| number <= point);
        match above {
            true if next < end => self.from[next],
            false if next > start => self.to[next - 1],
            _ => [0.0; 3],
        }
    }

    fn bounds(&self, bucket: usize) -> (usize, usize) {
        let (start, end) = (self.starts[bucket], self.starts[bucket + 1]);
        (start as usize, end as usize)
    }

    /// A larger number is in the same bucket or in a higher one.
    #[inline(always)]
    fn bucket(&self, number: f64) -> u32 {
        /// Added to a whole number, it leaves this in the lowest bits. A cast would be no SIMD.
        const WHOLE: f64 = (1u64 << 52) as f64;
        let at = (number - self.least) * self.per_bucket;
        let at = if at > 0.0 { at } else { 0.0 };
        let at = if at < self.last { at } else { self.last };
        (at + WHOLE).to_bits() as u32
    }
}

fn both(one: Moments, other: Moments) -> Moments {
    std::array::from_fn(|power| one[power] + other[power])
}

fn sum(numbers: &[f64]) -> Moments {
    let [mut first, mut second] = [0.0; 2];
    for number in numbers {
        first += number;
        second += number * number;
    }
    [numbers.len() as f64, first, second]
}

/// The least and the largest.
fn bounds(numbers: &[f64]) -> (f64, f64) {
    let (mut least, mut most) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES]);
    let (chunks, rest) = numbers.as_chunks::<LANES>();
    let mut take = |lane: usize, number: f64| {
        least[lane] = if number < least[lane] {
            number
        } else {
            least[lane]
        };
        most[lane] = if number > most[lane] {
            number
        } else {
            most[lane]
        };
    };
    for chunk in chunks {
        for (lane, &number) in chunk.iter().enumerate() {
            take(lane, number);
        }
    }
    for (lane, &number) in rest.iter().enumerate() {
        take(lane, number);
    }
    let least = least.into_iter().fold(f64::INFINITY, f64::min);
    (least, most.into_iter().fold(f64::NEG_INFINITY, f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyed::{Keyed, Purpose};

    #[test]
    fn moments_are_those_of_the_numbers_beyond_a_point() {
        let mut buckets = Buckets::default();
        let mut draws = Keyed::new(1, Purpose::Weights, &[4]);
        let even: Vec<f64> = (0..190).map(|_| f64::from(draws.uniform())).collect();
        let alike = even.iter().map(|number| (number * 3.0).floor() - 1.0);
        let lonely = even
            .iter()
            .map(|number| if *number > 0.9 { 1e6 } else { *number });
        for numbers in [
            vec![],
            vec![2.0],
            vec![3.0; 70],
            alike.collect(),
            lonely.collect(),
            even.clone(),
            even.iter().map(|number| number - 2.0).collect(),
        ] {
            for zeros in [0, 5] {
                buckets.set(&numbers, zeros);
                let all = || numbers.iter().copied().chain(vec![0.0; zeros]);
                for point in all().chain([-5.0, 0.1, 0.5, 2.5, 1e9]) {
                    for above in [true, false] {
                        let chosen = all().filter(|&number| (number > point) == above);
                        let expected = chosen.fold([0.0; 3], |[zeroth, first, second], number| {
                            [zeroth + 1.0, first + number, second + number * number]
                        });
                        let found = buckets.beyond(point, above);
                        for (found, expected) in found.into_iter().zip(expected) {
                            let off: f64 = found - expected;
                            assert!(off.abs() <= 1e-12 * expected.abs(), "{point}, {above}");
                        }
                    }
                }
                let largest = all().fold(f64::MIN, f64::max);
                let least = all().fold(f64::MAX, f64::min);
                assert_eq!(buckets.all()[0], (numbers.len() + zeros) as f64);
                if !numbers.is_empty() {
                    assert_eq!(buckets.range(), largest - least);
                }
            }
        }
    }
}
