//! Mixtures of two of three triangles with noise, after Breiman and others (1984).

use crate::keyed::{Keyed, Purpose};

/// A generator of rows of 21 values of a signal and 19 numbers that are noise alone.
#[derive(Clone, Copy, Debug)]
pub struct Waveform {
    seed: u32,
}

impl Waveform {
    /// Columns of the signal, which come first.
    pub const SIGNAL: usize = 21;
    /// Columns of noise alone.
    pub const NOISE: usize = 19;
    /// All columns.
    pub const COLUMNS: usize = Self::SIGNAL + Self::NOISE;
    /// Where the triangles are highest, counted from 1. Each is 6 high there, and falls by 1 from value to value.
    pub const PEAKS: [usize; 3] = [7, 15, 11];
    /// Which two triangles the rows of each class mix.
    pub const MIXED: [[usize; 2]; 3] = [[0, 1], [0, 2], [1, 2]];
    /// What tells the data from others in keys.
    const DATA: u64 = 1;

    /// Of a seed.
    #[must_use]
    pub fn new(seed: u32) -> Self {
        Self { seed }
    }

    /// What the columns are called.
    #[must_use]
    pub fn columns() -> Vec<String> {
        let signal = (1..=Self::SIGNAL).map(|at| format!("t = {at}"));
        let noise = (1..=Self::NOISE).map(|at| format!("noise {at}"));
        signal.chain(noise).collect()
    }

    /// The value of a triangle, 0 to 2, at a value of the signal, counted from 1.
    #[must_use]
    pub fn triangle(which: usize, at: usize) -> f32 {
        6_usize.saturating_sub(at.abs_diff(Self::PEAKS[which])) as f32
    }

    /// A row with its class, 0 to 2: u h_a + (1 − u) h_b plus standard normal noise, where u is uniform from 0
    /// to 1, then standard normal noise alone.
    #[must_use]
    pub fn row(&self, row: u64) -> (usize, [f32; Self::COLUMNS]) {
        let mut draws = Keyed::new(self.seed, Purpose::Made, &[Self::DATA, row]);
        let class = draws.below(Self::MIXED.len() as u32) as usize;
        let share = draws.uniform();
        let [first, second] = Self::MIXED[class];
        let mut values = [0.0; Self::COLUMNS];
        for (at, value) in (1..=Self::SIGNAL).zip(&mut values) {
            *value = share * Self::triangle(first, at) + (1.0 - share) * Self::triangle(second, at);
        }
        draws.add_normal(&mut values, 1.0);
        (class, values)
    }
}
