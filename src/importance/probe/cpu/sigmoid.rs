//! One sigmoid layer: what decoders of one layer are, with a sigmoid for every pixel.

use std::sync::OnceLock;

use ndarray::{Array2, ArrayViewMut2, Axis};

use super::odds::{Moves, Odds, add};
use super::powers::WIDTH;
use super::series::Series;
use super::{Changes, DenseProbe, row};
use crate::importance::cost;

/// What is known of the unchanged images.
#[derive(Default)]
pub(super) struct Sigmoid {
    /// Once one is wanted.
    odds: OnceLock<Odds>,
    /// Where outputs are not told apart, and it pays.
    series: Option<Series>,
}

impl Sigmoid {
    /// Prepares for so many changes of every column of `inputs` (images × columns), which enter the
    /// sums by `weight` (columns × outputs), if outputs are not told apart.
    pub(super) fn prepare(&mut self, inputs: &Array2<f32>, weight: &Array2<f32>, changes: usize) {
        self.series = Series::new(inputs, weight, WIDTH, changes);
    }

    /// What one changed image costs, in multiply-adds.
    pub(super) fn work(&self, outputs: usize) -> f64 {
        let all = cost::of_sigmoids(outputs);
        self.series.as_ref().map_or(all, |series| {
            series.terms() as f64 + series.share_far() * all
        })
    }
}

impl DenseProbe {
    /// Adds to every change's row of `totals` the squared changes of the outputs, as [`add`] does.
    pub(super) fn sigmoid(
        &self,
        layer: &Sigmoid,
        changes: &[Changes<'_>],
        totals: &mut Array2<f64>,
    ) {
        if let Some(series) = &layer.series {
            for (change, mut totals) in changes.iter().zip(totals.rows_mut()) {
                if let Some(column) = change.column() {
                    totals[0] +=
                        series.measure(self.kernel, &self.sums, &self.first, change, column);
                }
            }
        }

        self.not_by_series(layer, changes, totals);
    }

    /// As [`DenseProbe::sigmoid`], of one change, each image that it changed by itself.
    #[cfg(feature = "general")]
    pub(super) fn sigmoid_by_image(
        &self,
        layer: &Sigmoid,
        change: &Changes<'_>,
        totals: &mut Array2<f64>,
    ) {
        if let (Some(series), Some(column)) = (&layer.series, change.column()) {
            let each = series.by_image(self.kernel, &self.sums, &self.first, change, column);
            for (square, mut totals) in each.zip(totals.rows_mut()) {
                totals[0] += f64::from(square);
            }
            if !series.far(column).contains(&true) {
                return;
            }
        }
        self.not_by_series(layer, &change.apart(), totals);
    }

    /// The outputs that a series leaves to others; all where there is none.
    fn not_by_series(&self, layer: &Sigmoid, changes: &[Changes<'_>], totals: &mut Array2<f64>) {
        let mut moves = Vec::new();
        let mut rest = totals.view_mut();
        for changes in changes.chunk_by(|one, other| one.columns == other.columns) {
            let (mut totals, after) = rest.split_at(Axis(0), changes.len());
            rest = after;
            let Some(column) = changes[0].column() else {
                for (change, mut totals) in changes.iter().zip(totals.rows_mut()) {
                    self.of_several(change, totals.as_slice_mut().expect("row by row"));
                }
                continue;
            };
            let wanted = layer.series.as_ref().map(|series| series.far(column));
            if wanted.is_some_and(|tiles| !tiles.contains(&true)) {
                continue;
            }
            let values = self.inputs.column(column).to_vec();
            let weight = row(&self.first, column);
            match Moves::within_reach(&values, weight, changes, wanted, totals) {
                Ok(within_reach) => moves.push(within_reach),
                Err(totals) => self.one_by_one(changes, column, wanted, totals),
            }
        }
        if !moves.is_empty() {
            let odds = layer
                .odds
                .get_or_init(|| Odds::new(self.kernel, &self.sums));
            odds.measure(&mut moves);
        }
    }

    /// By a sigmoid for every output of every changed image.
    fn one_by_one(
        &self,
        changes: &[Changes<'_>],
        column: usize,
        wanted: Option<&[bool]>,
        mut totals: ArrayViewMut2<'_, f64>,
    ) {
        for (change, mut totals) in changes.iter().zip(totals.rows_mut()) {
            let totals = totals.as_slice_mut().expect("row by row");
            let outputs = self.outputs.ncols();
            for (tile, first) in (0..outputs).step_by(WIDTH).enumerate() {
                if wanted.is_none_or(|tiles| tiles[tile]) {
                    let mut squares = [0.0; WIDTH];
                    let squares = &mut squares[..WIDTH.min(outputs - first)];
                    self.one_layer(change, column, first, squares);
                    add(totals, first, squares);
                }
            }
        }
    }
}
