//! Numbers as files hold them, turned into single precision.

use half::{bf16, f16};
use ndarray::{Array1, Array2, ArrayD};

use super::error::{Fault, shortened};

/// More weights than a model may have in all: 256 MB of them.
const MAX_NUMBERS: usize = 64 << 20;

/// How many numbers may still be read, so that no file asks for more memory than a model needs.
pub(super) struct Budget {
    left: usize,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self { left: MAX_NUMBERS }
    }

    /// Numbers in a tensor of this shape, taken from the budget.
    pub(super) fn take(&mut self, name: &str, shape: &[usize]) -> Result<usize, Fault> {
        let count = shape
            .iter()
            .try_fold(1usize, |count, &axis| count.checked_mul(axis));
        match count.filter(|&count| count <= self.left) {
            Some(count) => {
                self.left -= count;
                Ok(count)
            }
            None => Err(Fault::new(
                format!(
                    "with \"{}\" it has more than {} million weights",
                    shortened(name),
                    MAX_NUMBERS >> 20
                ),
                "bring a smaller model",
            )),
        }
    }
}

/// How a number is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    F16,
    Bf16,
    F32,
    F64,
}

impl Kind {
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::F16 | Self::Bf16 => 2,
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// The numbers of little-endian `bytes`; a rest too short for a number is left out.
    pub(super) fn read(self, bytes: &[u8]) -> Vec<f32> {
        fn each<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f32) -> Vec<f32> {
            let (numbers, _) = bytes.as_chunks::<N>();
            numbers.iter().map(|&bytes| number(bytes)).collect()
        }
        match self {
            Self::F16 => each(bytes, |bytes| f16::from_le_bytes(bytes).to_f32()),
            Self::Bf16 => each(bytes, |bytes| bf16::from_le_bytes(bytes).to_f32()),
            Self::F32 => each(bytes, f32::from_le_bytes),
            Self::F64 => each(bytes, |bytes| f64::from_le_bytes(bytes) as f32),
        }
    }
}

/// Numbers and their shape.
#[derive(Clone, Debug)]
pub(super) struct Tensor {
    shape: Vec<usize>,
    values: Vec<f32>,
}

impl Tensor {
    /// Refuses numbers of another count than the shape's, and such that are not finite.
    pub(super) fn new(name: &str, shape: Vec<usize>, values: Vec<f32>) -> Result<Self, Fault> {
        let shown = shortened(name);
        let count = shape
            .iter()
            .try_fold(1usize, |count, &axis| count.checked_mul(axis));
        if count != Some(values.len()) {
            return Err(Fault::damaged(format!(
                "its \"{shown}\" should hold {} numbers and holds {}",
                shape
                    .iter()
                    .map(usize::to_string)
                    .collect::<Vec<_>>()
                    .join(" × "),
                values.len()
            )));
        }
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            return Err(Fault::new(
                format!(
                    "its \"{shown}\" holds a number that is not finite ({} at place {})",
                    values[at],
                    at + 1
                ),
                "the training has diverged, so train it again with a smaller learning rate",
            ));
        }
        Ok(Self { shape, values })
    }

    pub(super) fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Row by row.
    pub(super) fn values(&self) -> &[f32] {
        &self.values
    }

    /// With rows for columns; the name is that of the layer.
    pub(super) fn transposed(self, name: &str) -> Result<Self, Fault> {
        let matrix = self.matrix(name)?;
        let (rows, columns) = matrix.dim();
        Ok(Self {
            shape: vec![columns, rows],
            values: matrix.t().iter().copied().collect(),
        })
    }

    /// As a matrix; the name is that of the layer.
    pub(super) fn matrix(self, name: &str) -> Result<Array2<f32>, Fault> {
        match *self.shape {
            [rows, columns] if rows > 0 && columns > 0 => {
                Ok(Array2::from_shape_vec((rows, columns), self.values)
                    .expect("the count was checked"))
            }
            _ => Err(self.wrong_shape(name, "a matrix")),
        }
    }

    /// As so many numbers in a row, axes of length 1 left out of account.
    pub(super) fn vector(self, name: &str, length: usize) -> Result<Array1<f32>, Fault> {
        let long = self.shape.iter().filter(|&&axis| axis != 1).count();
        if self.values.len() == length && long <= 1 {
            Ok(Array1::from(self.values))
        } else {
            Err(self.wrong_shape(name, &format!("{length} numbers")))
        }
    }

    /// Of another shape for as many numbers.
    pub(super) fn reshaped(self, shape: Vec<usize>) -> Self {
        debug_assert_eq!(shape.iter().product::<usize>(), self.values.len());
        Self { shape, ..self }
    }

    /// With axes in another order, as a permutation of them says.
    pub(super) fn permuted(self, permutation: &[usize]) -> Self {
        let array = ArrayD::from_shape_vec(self.shape, self.values).expect("the count was checked");
        let array = array.permuted_axes(permutation);
        Self {
            shape: array.shape().to_vec(),
            values: array.iter().copied().collect(),
        }
    }

    pub(super) fn wrong_shape(&self, name: &str, wanted: &str) -> Fault {
        let axes: Vec<String> = self.shape.iter().map(usize::to_string).collect();
        Fault::new(
            format!(
                "layer \"{}\" needs {wanted} and the file holds {} of the shape [{}]",
                shortened(name),
                self.values.len(),
                axes.join(", ")
            ),
            "save the whole model again",
        )
    }
}
