//! One layer: every output is the activation of one sum.

use super::{Changes, Kernel, SQUARES, row};
use crate::math::{greater, sigmoid};
use crate::model::Activation;

impl Kernel {
    /// Adds the squared changes of the outputs from the `first` on, over the images that a change of
    /// `column` changed, to `sums`.
    pub(super) fn one_layer(
        &self,
        change: &Changes<'_>,
        column: usize,
        first: usize,
        sums: &mut [f64],
    ) {
        let of = (change, column, first);
        match self.activation {
            Activation::Relu => self.one_layer_with(of, sums, |sum| greater(sum, 0.0)),
            Activation::Sigmoid => self.one_layer_with(of, sums, sigmoid),
            other => self.one_layer_with(of, sums, |sum| other.apply(sum)),
        }
    }

    #[inline(always)]
    fn one_layer_with(
        &self,
        (change, column, first): (&Changes<'_>, usize, usize),
        sums: &mut [f64],
        activation: impl Fn(f32) -> f32 + Copy,
    ) {
        let units = sums.len();
        let (weight, outputs) = (&row(&self.first, column)[first..][..units], &self.outputs);
        let mut block = vec![0.0f32; units];
        for (rows, deltas) in change
            .rows
            .chunks(SQUARES)
            .zip(change.deltas.chunks(SQUARES))
        {
            block.fill(0.0);
            for (&image, &delta) in rows.iter().zip(deltas) {
                let before = &row(outputs, image as usize)[first..][..units];
                let sum = &row(&self.sums, image as usize)[first..][..units];
                for unit in 0..units {
                    let change = activation(sum[unit] + delta * weight[unit]) - before[unit];
                    block[unit] += change * change;
                }
            }
            for (unit, (sum, &part)) in sums.iter_mut().zip(&block).enumerate() {
                *sum += if part.is_finite() {
                    f64::from(part)
                } else {
                    // Again, with the range of f64.
                    let square = |(&image, &delta): (&u32, &f32)| {
                        let before = row(outputs, image as usize)[first + unit];
                        let sum = row(&self.sums, image as usize)[first + unit];
                        let after = activation(sum + delta * weight[unit]);
                        (f64::from(after) - f64::from(before)).powi(2)
                    };
                    rows.iter().zip(deltas).map(square).sum()
                };
            }
        }
    }
}
