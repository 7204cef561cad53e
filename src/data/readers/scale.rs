//! How stored values become intensities.

use super::options::Normalise;
use crate::data::{Pixels, Scaling};
use crate::numerals::signed;

/// Values, less an offset and divided by a width: those of all alike, or of each column of the rows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scale {
    pub normalise: Normalise,
    columns: Vec<(f64, f64)>,
    /// Whether it is that of other images.
    pub borrowed: bool,
}

/// The smallest and the largest value of a column.
pub(super) type Range = (f32, f32);

impl Scale {
    /// The scale of rows of so many values, which lie in this range.
    pub fn new(normalise: Normalise, pixels: &Pixels, size: usize, range: Range) -> Self {
        let spread =
            |&(least, most): &Range| (f64::from(least), f64::from(most) - f64::from(least));
        let columns = match normalise {
            Normalise::Keep => vec![(0.0, 1.0)],
            Normalise::DivideBy255 => vec![(0.0, 255.0)],
            Normalise::MinMax => vec![spread(&range)],
            Normalise::MinMaxColumn => ranges(pixels, size).iter().map(spread).collect(),
            Normalise::Standard => standard(pixels, size),
        };
        Self {
            normalise,
            columns,
            borrowed: false,
        }
    }

    /// The intensity of a value of this column.
    pub fn intensity(&self, column: usize, value: f32) -> f32 {
        match (self.normalise, self.columns.as_slice()) {
            (Normalise::Keep, _) => value,
            (Normalise::DivideBy255, _) => value / 255.0,
            (Normalise::MinMax, [all]) => scaled(value, *all),
            (_, columns) => scaled(value, columns[column]),
        }
    }

    /// Whether each column has a scale of its own.
    pub fn is_by_column(&self) -> bool {
        matches!(
            self.normalise,
            Normalise::MinMaxColumn | Normalise::Standard
        )
    }

    /// The same for rows of so many values, as a model keeps it: of images only where each pixel is scaled by
    /// itself. Constant columns have the scale 1.
    pub fn scaling(&self, size: usize, is_image: bool) -> Option<Scaling> {
        if self.normalise == Normalise::Keep || (is_image && !self.is_by_column()) {
            return None;
        }
        let columns =
            (0..size).map(|at| self.columns[if self.columns.len() == 1 { 0 } else { at }]);
        let (offset, scale) = columns
            .map(|(offset, width)| {
                let scale = if width == 0.0 { 1.0 } else { width };
                (offset as f32, scale as f32)
            })
            .unzip();
        Some(Scaling { offset, scale })
    }

    /// The smallest and the largest intensity of rows of so many values, which lie in this range.
    pub fn range(&self, pixels: &Pixels, size: usize, range: Range) -> Range {
        match self.normalise {
            Normalise::Standard | Normalise::MinMaxColumn => {
                let own = ranges(pixels, size);
                let ends = own.iter().enumerate().map(|(column, (least, most))| {
                    [least, most].map(|value| self.intensity(column, *value))
                });
                ends.fold(
                    (f32::INFINITY, f32::NEG_INFINITY),
                    |(least, most), [a, b]| (least.min(a), most.max(b)),
                )
            }
            _ => (self.intensity(0, range.0), self.intensity(0, range.1)),
        }
    }

    /// What it does, in a sentence about columns or pixels; `rows` are those that it is of.
    pub fn said(&self, column: &str, (least, most): Range, rows: &str) -> String {
        let like = if self.borrowed {
            ", as in the training set"
        } else {
            ""
        };
        let by = if self.borrowed {
            String::new()
        } else {
            format!(", by {rows}")
        };
        match (self.normalise, self.columns.as_slice()) {
            (Normalise::Keep, _) => {
                let [least, most] = [least, most].map(signed);
                format!("Values from {least} to {most} were taken as they are.")
            }
            (Normalise::DivideBy255, _) => "Values from 0 to 255 were divided by 255.".into(),
            (Normalise::MinMax, columns) => {
                let (offset, width) = columns[0];
                let [least, most] = [offset as f32, (offset + width) as f32].map(signed);
                format!("Values from {least} to {most} were spread from 0 to 1{like}.")
            }
            (Normalise::MinMaxColumn, _) => {
                format!("Each {column} was spread from 0 to 1{like}{by}.")
            }
            (Normalise::Standard, _) => format!(
                "Each {column} was brought to the mean 0 and the standard deviation 1{like}{by}."
            ),
        }
    }
}

/// 0 where all values are the same.
fn scaled(value: f32, (offset, width): (f64, f64)) -> f32 {
    if width == 0.0 {
        return 0.0;
    }
    ((f64::from(value) - offset) / width) as f32
}

/// The range of every column.
pub(super) fn ranges(pixels: &Pixels, size: usize) -> Vec<Range> {
    let mut ranges = vec![(f32::INFINITY, f32::NEG_INFINITY); size];
    rows(pixels, size, |row| {
        for ((least, most), value) in ranges.iter_mut().zip(row) {
            *least = least.min(value);
            *most = most.max(value);
        }
    });
    ranges
}

/// The mean and the standard deviation of every column, that of a population; 0 where a column is
/// constant.
fn standard(pixels: &Pixels, size: usize) -> Vec<(f64, f64)> {
    let count = (pixels.len() / size) as f64;
    let mut columns = vec![(0.0, 0.0); size];
    rows(pixels, size, |row| {
        for ((mean, _), value) in columns.iter_mut().zip(row) {
            *mean += f64::from(value) / count;
        }
    });
    rows(pixels, size, |row| {
        for ((mean, variance), value) in columns.iter_mut().zip(row) {
            *variance += (f64::from(value) - *mean).powi(2) / count;
        }
    });
    for ((mean, deviation), (least, most)) in columns.iter_mut().zip(ranges(pixels, size)) {
        // Rounding must not make a deviation of it.
        if least == most {
            (*mean, *deviation) = (f64::from(least), 0.0);
        }
        *deviation = deviation.sqrt();
    }
    columns
}

/// Calls `each` with the values of every row.
fn rows(pixels: &Pixels, size: usize, mut each: impl FnMut(&mut dyn Iterator<Item = f32>)) {
    for start in (0..pixels.len()).step_by(size) {
        each(&mut pixels.iter(start..start + size));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scaled(values: &[f32], size: usize, normalise: Normalise) -> Vec<f32> {
        let pixels = Pixels::Floats(values.to_vec());
        let all = ranges(&pixels, values.len());
        let least = all
            .iter()
            .map(|(least, _)| *least)
            .fold(f32::INFINITY, f32::min);
        let most = all
            .iter()
            .map(|(_, most)| *most)
            .fold(f32::NEG_INFINITY, f32::max);
        let scale = Scale::new(normalise, &pixels, size, (least, most));
        let places = values.iter().enumerate();
        places
            .map(|(place, &value)| scale.intensity(place % size, value))
            .collect()
    }

    #[test]
    fn columns_are_scaled_by_themselves() {
        // Two columns: 1, 2, 6 and 500, 300, 700.
        let values = [1.0, 500.0, 2.0, 300.0, 6.0, 700.0];
        let spread = scaled(&values, 2, Normalise::MinMaxColumn);
        assert_eq!(spread, [0.0, 0.5, 0.2, 0.0, 1.0, 1.0]);
        // sklearn.preprocessing.StandardScaler().fit_transform of the same rows.
        let expected = [
            -0.925_820_1,
            0.0,
            -0.462_910_05,
            -1.224_744_9,
            1.388_730_2,
            1.224_744_9,
        ];
        let standard = scaled(&values, 2, Normalise::Standard);
        for (found, expected) in standard.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{standard:?}");
        }
    }

    #[test]
    fn constant_columns_become_0() {
        let values = [0.1, 1.0, 0.1, 2.0, 0.1, 4.0];
        for normalise in [Normalise::MinMaxColumn, Normalise::Standard] {
            let found = scaled(&values, 2, normalise);
            assert_eq!([found[0], found[2], found[4]], [0.0; 3]);
        }
        assert_eq!(scaled(&[7.0, 7.0], 1, Normalise::MinMax), [0.0, 0.0]);
    }

    #[test]
    fn the_largest_floats_are_scaled_to_finite_ones() {
        let most = f32::MAX;
        let values = [-most, most, 0.0];
        for normalise in [Normalise::MinMax, Normalise::MinMaxColumn] {
            assert_eq!(scaled(&values, 1, normalise), [0.0, 1.0, 0.5]);
        }
        let standard = scaled(&values, 1, Normalise::Standard);
        assert!((standard[1] - 1.5_f32.sqrt()).abs() < 1e-6, "{standard:?}");
        assert_eq!(standard[2], 0.0);
    }
}
