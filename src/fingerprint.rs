//! Short texts that tell whether two things are the same to the last bit.

use std::fmt;

/// Takes in words, one after the other; the text that it then writes differs, but for one chance in
/// 2^64, where any word does.
#[derive(Default)]
pub(crate) struct Fingerprint(u64);

impl Fingerprint {
    pub(crate) fn add(&mut self, word: u64) {
        // Every step can be undone, so that one changed word changes the result for certain.
        self.0 = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 ^= self.0 >> 32;
    }

    /// Numbers, and the shape in which they stand.
    pub(crate) fn add_matrix(
        &mut self,
        (rows, columns): (usize, usize),
        values: impl Iterator<Item = f32>,
    ) {
        self.add(rows as u64);
        self.add(columns as u64);
        values.for_each(|value| self.add(value.to_bits().into()));
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
