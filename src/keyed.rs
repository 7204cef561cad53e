//! Randomness as a function: every draw is named by a key and a counter, never by what was
//! drawn before it.
//!
//! The key is made from words such as (seed, purpose, pixel, repeat), so any order of work, any
//! number of workers and either engine see the same numbers, and a run can be resumed or split.
//! The generator is SplitMix64 (Steele, Lea and Flood, 2014), whose n-th output is a pure
//! function of key and n.

/// What the draws are for: the second word of every key, so that purposes never share numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Which images are held out: key (seed, Split, label).
    Split = 0,
    /// Initial weights: key (seed, Weights, layer).
    Weights = 1,
    /// Order of the training images: key (seed, Batches, epoch).
    Batches = 2,
    /// Stage 1: key (seed, Pixel, pixel, repeat).
    Pixel = 3,
    /// Stage 3: key (seed, Latent, label, dimension, repeat).
    Latent = 4,
    /// Noise in the first arrangement of t-SNE: key (seed, Arrangement).
    Arrangement = 5,
    /// Which of many images are explained: key (seed, Explained, label).
    Explained = 6,
    /// Shuffled images whose reconstructions are checked: key (seed, Donors, choice of donors, feature).
    Donors = 7,
    /// Noise of SmoothGrad: key (seed, Noise, image, copy).
    #[cfg(feature = "general")]
    Noise = 8,
    /// The fair test: key (seed, FairTest, what for, which).
    #[cfg(feature = "general")]
    FairTest = 9,
    /// Groups of pixels, as stage 1 moves them: key (seed, Group, group, repeat). Where values are
    /// exchanged within pools, the pool's number follows, here and in the keys of stages 1 and 3.
    #[cfg(feature = "general")]
    Group = 10,
    /// Images each pixel of which is permuted over all of them: key (seed, Control, pixel, which images).
    #[cfg(feature = "general")]
    Control = 11,
    /// Orders in which dimensions are left out at random: key (seed, Smaller, order).
    #[cfg(feature = "general")]
    Smaller = 12,
    /// Images and rows that are made: key (seed, Made, which data, image).
    #[cfg(any(feature = "general", feature = "readers"))]
    Made = 13,
    /// Noise on images before the encoder sees them: key (seed, Corruption, epoch, image), where epochs count
    /// from 1 and 0 is of held-out images, after whatever epoch.
    #[cfg(feature = "general")]
    Corruption = 14,
    /// Noise on the latents of a variational network: key (seed, Reparameterisation, epoch, image), as above.
    #[cfg(feature = "general")]
    Reparameterisation = 15,
    /// Units that a training step leaves out: key (seed, Dropout, epoch, image, layer).
    #[cfg(feature = "general")]
    Dropout = 16,
    /// Latents of images that are made from nothing: key (seed, Prior, which grid of them, place in it).
    #[cfg(feature = "general")]
    Prior = 17,
    /// Factors of images that are made, in another order: key (seed, Factors, shuffle).
    #[cfg(feature = "general")]
    Factors = 18,
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The random numbers of one key, in order.
#[derive(Clone, Debug)]
pub struct Keyed(u64);

impl Keyed {
    /// The stream of (seed, purpose, words...).
    #[must_use]
    pub fn new(seed: u32, purpose: Purpose, words: &[u64]) -> Self {
        let start = fold(fold(0, u64::from(seed)), purpose as u64);
        Self(words.iter().fold(start, |key, &word| fold(key, word)))
    }

    /// What names the stream, for a device that draws from it.
    #[cfg(feature = "engine-webgpu")]
    pub(crate) fn key(&self) -> u64 {
        self.0
    }

    /// The next 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A uniform number in [0, 1), a multiple of 2^-24.
    pub fn uniform(&mut self) -> f32 {
        (self.next_u64() >> 40) as f32 / (1u32 << 24) as f32
    }

    /// A uniform number below `bound`. One draw always suffices: no value is more likely than
    /// another by more than `bound` / 2^32.
    pub fn below(&mut self, bound: u32) -> u32 {
        (((self.next_u64() >> 32) * u64::from(bound)) >> 32) as u32
    }

    /// Adds normal noise of this standard deviation to numbers: two from two uniform ones (Box and Muller,
    /// 1958).
    #[cfg(any(feature = "general", feature = "readers"))]
    pub fn add_normal(mut self, values: &mut [f32], deviation: f32) {
        for pair in values.chunks_mut(2) {
            // Above 0, whose logarithm is none.
            let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt() * deviation;
            let (sin, cos) = (std::f32::consts::TAU * self.uniform()).sin_cos();
            for (value, part) in pair.iter_mut().zip([cos, sin]) {
                *value += radius * part;
            }
        }
    }

    /// A uniformly random order of 0..n (Fisher and Yates).
    ///
    /// # Panics
    /// If `n` is above `u32::MAX`.
    #[must_use]
    pub fn permutation(mut self, n: usize) -> Vec<u32> {
        let mut order: Vec<u32> = (0..u32::try_from(n).expect("more images than u32")).collect();
        self.shuffle(&mut order);
        order
    }

    /// Puts `items` into a uniformly random order.
    pub fn shuffle(&mut self, items: &mut [u32]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u32 + 1) as usize);
        }
    }
}

fn fold(key: u64, word: u64) -> u64 {
    mix((key ^ word).wrapping_add(GOLDEN))
}

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_those_of_splitmix64() {
        // First outputs of the reference implementation for state 1234567.
        let mut stream = Keyed(1_234_567);
        let expected = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
        ];
        assert_eq!(expected.map(|_| stream.next_u64()), expected);
    }

    #[test]
    fn a_permutation_holds_every_index_once_and_depends_on_each_word() {
        let order = |seed, purpose, words: &[u64]| Keyed::new(seed, purpose, words).permutation(50);
        let first = order(1, Purpose::Pixel, &[3, 0]);
        let mut sorted = first.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..50).collect::<Vec<_>>());
        assert_eq!(first, order(1, Purpose::Pixel, &[3, 0]));
        for other in [
            order(2, Purpose::Pixel, &[3, 0]),
            order(1, Purpose::Latent, &[3, 0]),
            order(1, Purpose::Pixel, &[4, 0]),
            order(1, Purpose::Pixel, &[3, 1]),
            order(1, Purpose::Pixel, &[0, 3]),
        ] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn every_position_is_equally_likely() {
        // 6,000 permutations of 6: each index stands first about 1,000 times; 5 standard
        // deviations of a binomial count are 144.
        let mut first = [0u32; 6];
        for repeat in 0..6000 {
            first[Keyed::new(7, Purpose::Pixel, &[0, repeat]).permutation(6)[0] as usize] += 1;
        }
        assert!(
            first.iter().all(|count| count.abs_diff(1000) < 144),
            "{first:?}"
        );
    }
}
