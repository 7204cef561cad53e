//! Products of two matrices in f32.
//!
//! A product is cut into tiles of 4 × 8 numbers, whose sums stay in registers while the inner
//! dimension passes by. Both factors are packed so that it does so in order of memory: the right one
//! once, where it is used many times. A left factor is packed without the numbers that are 0 in all
//! four rows of a tile: of images and of what ReLU lets pass, that is half or more.
//!
//! Every number of a product is one sum in order of the inner dimension, whatever stands beside it,
//! so it is the same to the last bit in any company. Between kernels it differs by rounding.

use std::ops::Range;

use super::kernel::{Arithmetic, Kernel, work};

/// Rows of a tile.
pub const ROWS: usize = 4;
/// Columns of a tile: two SIMD registers of wasm, one of AVX. The tile takes eight of the sixteen there are of
/// either: with AVX, two panels are multiplied at once.
pub const COLUMNS: usize = 8;
/// Tiles that pass one panel before the next panel: few enough to stay in the second-level cache.
const TILES: usize = 16;

/// Tiles or panels that are packed side by side.
const TOGETHER: usize = 4;

/// A tile of a product.
pub type Tile = [[f32; COLUMNS]; ROWS];

/// The right factor of a product, inner × columns.
#[derive(Default)]
pub struct Panels {
    inner: usize,
    columns: usize,
    /// Eight columns after the other, each inner × 8.
    values: Vec<[f32; COLUMNS]>,
}

impl Panels {
    /// Packs a matrix that lies row by row (inner × columns).
    pub fn pack(&mut self, columns: usize, matrix: &[f32]) {
        let inner = matrix.len() / columns;
        self.start(inner, columns);
        let mut panels = self.values.chunks_exact_mut(inner);
        let mut first = 0;
        // Several at a time, so that a row is not visited for a part of a cache line.
        while first + TOGETHER * COLUMNS <= columns {
            let mut panels: [_; TOGETHER] =
                std::array::from_fn(|_| panels.next().expect("a panel for eight columns"));
            for (at, row) in matrix.chunks_exact(columns).enumerate() {
                let (row, _) = row[first..].as_chunks::<COLUMNS>();
                for (panel, values) in panels.iter_mut().zip(row) {
                    panel[at] = *values;
                }
            }
            first += TOGETHER * COLUMNS;
        }
        for panel in panels {
            let width = COLUMNS.min(columns - first);
            for (values, row) in panel.iter_mut().zip(matrix.chunks_exact(columns)) {
                *values = [0.0; COLUMNS];
                for (value, number) in values.iter_mut().zip(&row[first..first + width]) {
                    *value = *number;
                }
            }
            first += COLUMNS;
        }
    }

    /// Packs the transpose of a matrix that lies row by row (columns × inner).
    pub fn pack_transposed(&mut self, inner: usize, matrix: &[f32]) {
        self.start(inner, matrix.len() / inner);
        let panels = self.values.chunks_exact_mut(inner);
        for (panel, rows) in panels.zip(matrix.chunks(COLUMNS * inner)) {
            panel.fill([0.0; COLUMNS]);
            for (column, row) in rows.chunks_exact(inner).enumerate() {
                for (values, &number) in panel.iter_mut().zip(row) {
                    values[column] = number;
                }
            }
        }
    }

    /// Its columns.
    #[cfg(not(target_arch = "wasm32"))]
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Eight columns after the other, each inner × 8; columns beyond the last mean nothing.
    #[must_use]
    pub fn values(&self) -> &[[f32; COLUMNS]] {
        &self.values
    }

    /// As [`Panels::values`], to compute with a packed matrix entry by entry.
    pub fn values_mut(&mut self) -> &mut [[f32; COLUMNS]] {
        &mut self.values
    }

    /// Makes room; what is there is written over.
    fn start(&mut self, inner: usize, columns: usize) {
        self.inner = inner;
        self.columns = columns;
        self.values
            .resize(inner * columns.div_ceil(COLUMNS), [0.0; COLUMNS]);
    }
}

/// The left factor of a product, rows × inner, without what is 0.
#[derive(Default)]
pub struct Tiles {
    rows: usize,
    inner: usize,
    /// For every tile, inner places for four rows of a column.
    values: Vec<[f32; ROWS]>,
    /// Which column each of `values` is.
    columns: Vec<u32>,
    /// How many of its places each tile uses.
    used: Vec<usize>,
}

impl Tiles {
    /// Packs rows, each of `inner` numbers.
    pub fn pack<'a>(&mut self, inner: usize, rows: impl ExactSizeIterator<Item = &'a [f32]>) {
        self.start(rows.len(), inner);
        let mut rows = rows;
        for tile in 0..self.used.len() {
            let mut next = || rows.next().map(|row| &row[..inner]);
            if let (Some(a), b, c, d) = (next(), next(), next(), next()) {
                // A row that is missing is one that is there, times 0.
                let one = |row: Option<&[f32]>| f32::from(u8::from(row.is_some()));
                let scales = [one(b), one(c), one(d)];
                let [b, c, d] = [b, c, d].map(|row| row.unwrap_or(a));
                let place = &mut self.places::<1>(tile)[0];
                for (column, &a) in a.iter().enumerate() {
                    let others = [b[column], c[column], d[column]];
                    let [b, c, d] = std::array::from_fn(|at| others[at] * scales[at]);
                    place.add(column, [a, b, c, d]);
                }
                self.used[tile] = place.used;
            }
        }
    }

    /// Packs the transpose of a matrix whose rows are `rows`, each of `width` numbers.
    pub fn pack_transposed(&mut self, width: usize, rows: &[&[f32]]) {
        self.start(width, rows.len());
        let mut tile = 0;
        // Several at a time, so that a row is not visited for a part of a cache line.
        while (tile + TOGETHER) * ROWS <= width {
            let mut places = self.places::<TOGETHER>(tile);
            for (column, row) in rows.iter().enumerate() {
                let (values, _) = row[tile * ROWS..].as_chunks::<ROWS>();
                for (place, values) in places.iter_mut().zip(values) {
                    place.add(column, *values);
                }
            }
            let used = places.map(|place| place.used);
            self.used[tile..tile + TOGETHER].copy_from_slice(&used);
            tile += TOGETHER;
        }
        for tile in tile..self.used.len() {
            let place = &mut self.places::<1>(tile)[0];
            for (column, row) in rows.iter().enumerate() {
                let mut values = [0.0; ROWS];
                for (value, number) in values.iter_mut().zip(&row[tile * ROWS..width]) {
                    *value = *number;
                }
                place.add(column, values);
            }
            self.used[tile] = place.used;
        }
    }

    /// Makes room; what is there is written over.
    fn start(&mut self, rows: usize, inner: usize) {
        self.rows = rows;
        self.inner = inner;
        let tiles = rows.div_ceil(ROWS);
        self.values.resize(tiles * inner, [0.0; ROWS]);
        self.columns.resize(tiles * inner, 0);
        self.used.clear();
        self.used.resize(tiles, 0);
    }

    /// The places of some tiles, from `first`.
    fn places<const N: usize>(&mut self, first: usize) -> [Places<'_>; N] {
        let inner = self.inner.max(1);
        let mut values = self.values.chunks_exact_mut(inner).skip(first);
        let mut columns = self.columns.chunks_exact_mut(inner).skip(first);
        std::array::from_fn(|_| Places {
            values: values.next().unwrap_or_default(),
            columns: columns.next().unwrap_or_default(),
            used: 0,
        })
    }
}

/// Where a tile's columns are put.
struct Places<'a> {
    values: &'a mut [[f32; ROWS]],
    columns: &'a mut [u32],
    used: usize,
}

impl Places<'_> {
    /// Adds a column, without a branch for one that is 0: the next is put over it.
    #[inline(always)]
    fn add(&mut self, column: usize, values: [f32; ROWS]) {
        self.values[self.used] = values;
        self.columns[self.used] = column as u32;
        let bits = values.iter().fold(0, |bits, value| bits | value.to_bits());
        // But for the sign.
        self.used += usize::from(bits << 1 != 0);
    }
}

/// left · right + bias, row by row, into `output`.
pub fn product(
    kernel: Kernel,
    left: &Tiles,
    right: &Panels,
    bias: Option<&[f32]>,
    output: &mut Vec<f32>,
) {
    output.clear();
    output.resize(left.rows * right.columns, 0.0);
    product_into(kernel, left, right, bias, output);
}

/// As [`product`], into room for just as many numbers.
pub fn product_into(
    kernel: Kernel,
    left: &Tiles,
    right: &Panels,
    bias: Option<&[f32]>,
    output: &mut [f32],
) {
    kernel.run(Product {
        left,
        right,
        bias,
        output,
    });
}

work!(Product<'a> is multiply(
    left: &'a Tiles,
    right: &'a Panels,
    bias: Option<&'a [f32]>,
    output: &'a mut [f32]
) -> ());

#[inline(always)]
fn multiply<A: Arithmetic>(left: &Tiles, right: &Panels, bias: Option<&[f32]>, output: &mut [f32]) {
    let inner = right.inner.max(1);
    let mut to = Place {
        width: right.columns,
        bias,
        output,
    };
    for group in (0..left.used.len()).step_by(TILES) {
        let group = group..(group + TILES).min(left.used.len());
        let mut panels = &right.values[..];
        let mut column = 0;
        while A::PANELS == 2 && panels.len() >= 2 * inner {
            let (two, others) = panels.split_at(2 * inner);
            let (one, other) = two.split_at(inner);
            pass::<A, 2>(left, group.clone(), [one, other], column, &mut to);
            column += 2 * COLUMNS;
            panels = others;
        }
        for panel in panels.chunks_exact(inner) {
            pass::<A, 1>(left, group.clone(), [panel], column, &mut to);
            column += COLUMNS;
        }
    }
}

/// Some tiles pass some panels, the first of which begins with `column`.
#[inline(always)]
fn pass<A: Arithmetic, const N: usize>(
    left: &Tiles,
    group: Range<usize>,
    panels: [&[[f32; COLUMNS]]; N],
    column: usize,
    to: &mut Place<'_>,
) {
    for at in group {
        let places = at * left.inner..at * left.inner + left.used[at];
        let (values, columns) = (&left.values[places.clone()], &left.columns[places]);
        let tiles = tiles::<A, N>(values, columns, panels);
        for (panel, sums) in tiles.iter().enumerate() {
            to.put(at * ROWS, column + panel * COLUMNS, sums);
        }
    }
}

/// Where a product is put.
struct Place<'a> {
    width: usize,
    bias: Option<&'a [f32]>,
    /// Rows × columns.
    output: &'a mut [f32],
}

impl Place<'_> {
    /// Puts a tile in its place, with the bias; what is beyond the last row or column means nothing.
    #[inline(always)]
    fn put(&mut self, row: usize, column: usize, sums: &Tile) {
        let width = self.width;
        let columns = COLUMNS.min(width - column);
        let no_bias = [0.0; COLUMNS];
        let bias = self
            .bias
            .map_or(&no_bias[..columns], |bias| &bias[column..][..columns]);
        let rows = self.output[row * width..].chunks_exact_mut(width);
        for (row, sums) in rows.zip(sums) {
            if let Some(row) = row[column..].first_chunk_mut::<COLUMNS>()
                && let Some(bias) = bias.first_chunk::<COLUMNS>()
            {
                for at in 0..COLUMNS {
                    row[at] = sums[at] + bias[at];
                }
            } else {
                for ((value, sum), bias) in row[column..].iter_mut().zip(sums).zip(bias) {
                    *value = sum + bias;
                }
            }
        }
    }
}

/// A tile of the product with each of some panels.
#[inline(always)]
fn tiles<A: Arithmetic, const N: usize>(
    values: &[[f32; ROWS]],
    columns: &[u32],
    panels: [&[[f32; COLUMNS]]; N],
) -> [Tile; N] {
    let mut tiles = [[[0.0; COLUMNS]; ROWS]; N];
    for (left, &column) in values.iter().zip(columns) {
        for at in 0..N {
            let (sums, right) = (&mut tiles[at], &panels[at][column as usize]);
            for row in 0..ROWS {
                for column in 0..COLUMNS {
                    sums[row][column] =
                        A::multiply_add(left[row], right[column], sums[row][column]);
                }
            }
        }
    }
    tiles
}

#[cfg(test)]
mod tests {
    use super::super::greater;
    use super::*;
    use crate::keyed::{Keyed, Purpose};

    /// Numbers of which about a third are 0.
    fn matrix(rows: usize, columns: usize, word: u64) -> Vec<f32> {
        let mut draws = Keyed::new(1, Purpose::Weights, &[word]);
        (0..rows * columns)
            .map(|_| greater(1.5 * draws.uniform() - 0.5, 0.0))
            .map(|value| if value > 0.9 { -value } else { value })
            .collect()
    }

    #[test]
    fn products_are_sums_over_the_inner_dimension_whatever_their_size() {
        let sizes = [
            (1, 1, 1),
            (3, 5, 7),
            (4, 8, 8),
            (9, 1, 17),
            (70, 33, 12),
            (131, 64, 1),
            (5, 6, 43),
        ];
        let kernels: Vec<Kernel> = Kernel::all().collect();
        let cases = sizes.into_iter().enumerate();
        let cases = cases.flat_map(|case| kernels.iter().map(move |&kernel| (case, kernel)));
        for ((word, (rows, inner, columns)), kernel) in cases {
            let a = matrix(rows, inner, word as u64);
            let b = matrix(inner, columns, 100 + word as u64);
            let bias = matrix(1, columns, 200 + word as u64);
            let transpose = |matrix: &[f32], columns: usize| -> Vec<f32> {
                let rows = matrix.len() / columns;
                (0..matrix.len())
                    .map(|at| matrix[at % rows * columns + at / rows])
                    .collect()
            };
            let (across, along) = (transpose(&a, inner), transpose(&b, columns));

            let (mut left, mut right, mut output) = <(Tiles, Panels, Vec<f32>)>::default();
            left.pack(inner, a.chunks_exact(inner));
            right.pack(columns, &b);
            product(kernel, &left, &right, Some(&bias), &mut output);
            assert_eq!(output.len(), rows * columns);
            for row in 0..rows {
                for column in 0..columns {
                    let mut sum = 0.0f32;
                    for at in 0..inner {
                        let (a, b) = (a[row * inner + at], b[at * columns + column]);
                        sum = if matches!(kernel, Kernel::Baseline) {
                            sum + a * b
                        } else {
                            a.mul_add(b, sum)
                        };
                    }
                    let sum = sum + bias[column];
                    assert_eq!(
                        output[row * columns + column],
                        sum,
                        "{rows} {inner} {columns}"
                    );
                }
            }

            let (mut left, mut right, mut same) = <(Tiles, Panels, Vec<f32>)>::default();
            let columns_of_a: Vec<&[f32]> = across.chunks_exact(rows).collect();
            left.pack_transposed(rows, &columns_of_a);
            right.pack_transposed(inner, &along);
            product(kernel, &left, &right, Some(&bias), &mut same);
            assert_eq!(same, output);
        }
    }

    #[test]
    fn what_is_zero_in_a_whole_tile_is_left_out() {
        let mut tiles = Tiles::default();
        let rows = [
            [0.0, 1.0, 0.0],
            [0.0, 0.0, 0.0],
            [0.0, 2.0, 0.0],
            [0.0, 0.0, -3.0],
            [4.0, 0.0, 0.0],
        ];
        tiles.pack(3, rows.iter().map(|row| &row[..]));
        assert_eq!(tiles.used, [2, 1]);
        assert_eq!(tiles.columns[..2], [1, 2]);
        assert_eq!(
            tiles.values[..2],
            [[1.0, 0.0, 2.0, 0.0], [0.0, 0.0, 0.0, -3.0]]
        );
        assert_eq!(
            (tiles.columns[3], tiles.values[3]),
            (0, [4.0, 0.0, 0.0, 0.0])
        );
    }
}
