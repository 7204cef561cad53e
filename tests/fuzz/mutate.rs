//! Breaking files, the same way in every run.

/// A SplitMix64 stream.
pub struct Random(u64);

impl Random {
    pub fn new(name: &str) -> Self {
        Self(
            name.bytes()
                .fold(17, |seed, byte| seed * 31 + u64::from(byte)),
        )
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// From 0 to below `limit`; 0 where there is no such number.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    pub fn choose<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// Numbers at which sizes and counts go wrong.
const TELLING: [u64; 14] = [
    0,
    1,
    2,
    0x7f,
    0x80,
    0xff,
    0x100,
    0x7fff,
    0xffff,
    0x10000,
    0x7fff_ffff,
    0xffff_ffff,
    0x1_0000_0000,
    u64::MAX,
];
/// Texts at which tables and headers go wrong.
const TEXTS: [&str; 16] = [
    ",",
    "\n",
    "\"",
    "\r\n",
    ";",
    "nan",
    "-1",
    "1e999",
    "99999999999",
    "(",
    "'",
    "é",
    "'>f8'",
    "'<U9'",
    "True",
    "\0",
];

/// The file with one to four things broken; parts of `others` may get into it.
pub fn mutate(bytes: &[u8], others: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        match random.below(8) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << random.below(8),
            1 if !bytes.is_empty() => bytes[at] = random.below(256) as u8,
            2 => bytes.truncate(at),
            3 | 4 => {
                // Counts and sizes stand near the start, and in archives near the end.
                let at = match random.below(3) {
                    0 => random.below(bytes.len().min(64)),
                    1 => bytes.len().saturating_sub(1 + random.below(64)),
                    _ => at,
                };
                let number = *random.choose(&TELLING);
                let (little, big) = (number.to_le_bytes(), number.to_be_bytes());
                let width = 1 << random.below(4);
                let number = if random.below(2) == 0 {
                    &little[..width]
                } else {
                    &big[8 - width..]
                };
                for (byte, new) in bytes[at..].iter_mut().zip(number) {
                    *byte = *new;
                }
            }
            5 => {
                let text = *random.choose(&TEXTS);
                bytes.splice(at..at, text.bytes());
            }
            6 => {
                // Something is left out, or comes twice.
                let end = (at + random.below(64)).min(bytes.len());
                let part = bytes[at..end].to_vec();
                let to = if random.below(2) == 0 { end } else { at };
                bytes.splice(at..to, part.into_iter().skip(usize::from(to == end)));
            }
            _ if !others.is_empty() => {
                let other = random.choose(others);
                let from = random.below(other.len());
                let end = (from + random.below(256)).min(other.len());
                let until = (at + random.below(256)).min(bytes.len());
                bytes.splice(at..until, other[from..end].iter().copied());
            }
            _ => {}
        }
    }
    bytes
}
