//! One layer: every output is the activation of one sum.

use super::{Changes, DenseProbe, SQUARES, row};
use crate::math::kernel::{Arithmetic, work};
use crate::math::{greater, sigmoid};
use crate::model::Activation;

impl DenseProbe {
    /// Adds the squared changes of the outputs from the `first` on, over the images that a change of
    /// `column` changed, to `sums`.
    pub(super) fn one_layer(
        &self,
        change: &Changes<'_>,
        column: usize,
        first: usize,
        sums: &mut [f64],
    ) {
        self.kernel.run(OneLayer {
            probe: self,
            change,
            column,
            first,
            sums,
        });
    }
}

work!(OneLayer<'a> is of_one_layer(
    probe: &'a DenseProbe,
    change: &'a Changes<'a>,
    column: usize,
    first: usize,
    sums: &'a mut [f64]
) -> ());

/// See [`DenseProbe::one_layer`].
#[inline(always)]
fn of_one_layer<A: Arithmetic>(
    probe: &DenseProbe,
    change: &Changes<'_>,
    column: usize,
    first: usize,
    sums: &mut [f64],
) {
    let of = (change, column, first);
    match probe.activation {
        Activation::Relu => with::<A>(probe, of, sums, |sum| greater(sum, 0.0)),
        Activation::Sigmoid => with::<A>(probe, of, sums, sigmoid::<A>),
        other => with::<A>(probe, of, sums, |sum| other.apply(sum)),
    }
}

#[inline(always)]
fn with<A: Arithmetic>(
    probe: &DenseProbe,
    (change, column, first): (&Changes<'_>, usize, usize),
    sums: &mut [f64],
    activation: impl Fn(f32) -> f32 + Copy,
) {
    let units = sums.len();
    let (weight, outputs) = (&row(&probe.first, column)[first..][..units], &probe.outputs);
    let mut block = vec![0.0f32; units];
    for (rows, deltas) in change
        .rows
        .chunks(SQUARES)
        .zip(change.deltas.chunks(SQUARES))
    {
        block.fill(0.0);
        for (&image, &delta) in rows.iter().zip(deltas) {
            let before = &row(outputs, image as usize)[first..][..units];
            let sum = &row(&probe.sums, image as usize)[first..][..units];
            for unit in 0..units {
                let sum = A::multiply_add(delta, weight[unit], sum[unit]);
                let change = activation(sum) - before[unit];
                block[unit] = A::multiply_add(change, change, block[unit]);
            }
        }
        for (unit, (sum, &part)) in sums.iter_mut().zip(&block).enumerate() {
            *sum += if part.is_finite() {
                f64::from(part)
            } else {
                // Again, with the range of f64.
                let square = |(&image, &delta): (&u32, &f32)| {
                    let before = row(outputs, image as usize)[first + unit];
                    let sum = row(&probe.sums, image as usize)[first + unit];
                    let after = activation(A::multiply_add(delta, weight[unit], sum));
                    (f64::from(after) - f64::from(before)).powi(2)
                };
                rows.iter().zip(deltas).map(square).sum()
            };
        }
    }
}
