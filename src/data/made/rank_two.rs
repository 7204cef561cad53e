//! Columns that hold two numbers together, beside columns of noise that hold as many as they are.

use std::f32::consts::TAU;

use crate::keyed::{Keyed, Purpose};

/// A generator of rows of 20 columns of signal and 20 columns of noise, all of the variance 1.
#[derive(Clone, Copy, Debug)]
pub struct RankTwo {
    seed: u32,
}

impl RankTwo {
    /// Columns of the signal, which come first.
    pub const SIGNAL: usize = 20;
    /// Columns of noise alone.
    pub const NOISE: usize = 20;
    /// All columns.
    pub const COLUMNS: usize = Self::SIGNAL + Self::NOISE;
    /// What tells the data from others in keys.
    const DATA: u64 = 2;

    /// Of a seed.
    #[must_use]
    pub fn new(seed: u32) -> Self {
        Self { seed }
    }

    /// What the columns are called.
    #[must_use]
    pub fn columns() -> Vec<String> {
        let signal = (1..=Self::SIGNAL).map(|at| format!("signal {at}"));
        let noise = (1..=Self::NOISE).map(|at| format!("noise {at}"));
        signal.chain(noise).collect()
    }

    /// What the two numbers of a row are multiplied by in a column of signal, counted from 0: the cosine and the
    /// sine of its share of a whole turn. So every column has the variance 1.
    #[must_use]
    pub fn weights(column: usize) -> [f32; 2] {
        let (sin, cos) = (TAU * column as f32 / Self::SIGNAL as f32).sin_cos();
        [cos, sin]
    }

    /// The two numbers of a row, standard normal, and its columns.
    #[must_use]
    pub fn parts(&self, row: u64) -> ([f32; 2], [f32; Self::COLUMNS]) {
        let draws = Keyed::new(self.seed, Purpose::Made, &[Self::DATA, row]);
        let mut drawn = [0.0; 2 + Self::NOISE];
        draws.add_normal(&mut drawn, 1.0);
        let (hidden, noise) = drawn.split_at(2);
        let mut values = [0.0; Self::COLUMNS];
        let (signal, rest) = values.split_at_mut(Self::SIGNAL);
        for (column, value) in signal.iter_mut().enumerate() {
            let [first, second] = Self::weights(column);
            *value = first * hidden[0] + second * hidden[1];
        }
        rest.copy_from_slice(noise);
        ([hidden[0], hidden[1]], values)
    }

    /// The columns of a row.
    #[must_use]
    pub fn row(&self, row: u64) -> [f32; Self::COLUMNS] {
        self.parts(row).1
    }
}
