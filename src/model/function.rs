//! A part of a network whose inside is not known: it takes rows to rows, and nothing else is asked of it.

use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;

use ndarray::{Array2, ArrayView2};

use super::Form;
use crate::data::Shape;

/// What a [`Function`] answers with: rows (rows × numbers), there at once or waited for; or one sentence that
/// says what went wrong and what to do.
pub type Called<'a> = Pin<Box<dyn Future<Output = Result<Array2<f32>, String>> + 'a>>;

/// Takes rows (rows × numbers) to as many rows, each by itself: an ONNX graph, a function of the page, a
/// program.
pub trait Function: Debug + Send + Sync {
    /// What it gives for these rows, of which there is at least one.
    fn call<'a>(&'a self, rows: ArrayView2<'a, f32>) -> Called<'a>;

    /// Whether it takes rows other than those that it was made of, such as images whose pixels have moved.
    fn takes_any_row(&self) -> bool {
        true
    }
}

/// A [`Function`] as a layer of a network.
#[derive(Clone, Debug)]
pub struct BlackBox {
    /// What sentences and lists of layers call it, such as `ONNX graph`.
    pub name: String,
    /// What it takes.
    pub input: Shape,
    /// What it gives.
    pub output: Shape,
    /// What a row takes, in multiply-adds, where that is known.
    work: Option<u64>,
    /// None where what it was is known but not what it does, as in a session that was saved.
    function: Option<Arc<dyn Function>>,
}

impl BlackBox {
    /// Of a function that takes and gives rows of these shapes.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        (input, output): (Shape, Shape),
        function: Arc<dyn Function>,
    ) -> Self {
        Self {
            function: Some(function),
            ..Self::absent(name, (input, output))
        }
    }

    /// One that is not there: it is named and has its shapes, and cannot be asked anything.
    #[must_use]
    pub fn absent(name: impl Into<String>, (input, output): (Shape, Shape)) -> Self {
        Self {
            name: name.into(),
            input,
            output,
            work: None,
            function: None,
        }
    }

    /// The same, of which it is known what a row takes, in multiply-adds as [`importance`](crate::importance) counts
    /// them: whether importance is exact or sampled is decided by that.
    #[must_use]
    pub fn taking(self, work: Option<u64>) -> Self {
        Self { work, ..self }
    }

    /// Whether it can be asked.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.function.is_some()
    }

    /// Whether it can be asked about any row.
    #[must_use]
    pub fn takes_any_row(&self) -> bool {
        let function = self.function.as_ref();
        function.is_some_and(|function| function.takes_any_row())
    }

    /// It without what it does.
    #[must_use]
    pub fn form(&self) -> Form {
        Form::BlackBox {
            name: self.name.clone(),
            input: self.input.clone(),
            output: self.output.clone(),
            work: self.work,
        }
    }

    /// What it gives (rows × numbers) for each row.
    ///
    /// # Errors
    /// One sentence: what the function says, or what is wrong with what it gives.
    pub async fn call(&self, rows: ArrayView2<'_, f32>) -> Result<Array2<f32>, String> {
        let (name, count) = (&self.name, rows.nrows());
        let Some(function) = &self.function else {
            return Err(format!("The {name} is not at hand: bring its model again."));
        };
        if count == 0 {
            // Not every function knows what to do with no row.
            return Ok(Array2::zeros((0, self.output.size())));
        }
        let made = function.call(rows).await?;
        let expected = (count, self.output.size());
        if made.dim() != expected {
            let (rows, numbers) = made.dim();
            return Err(format!(
                "The {name} was given {count} rows and should give {} numbers for each, but gave {rows} × {numbers}.",
                expected.1
            ));
        }
        if let Some((row, _)) = made
            .rows()
            .into_iter()
            .enumerate()
            .find(|(_, row)| !row.iter().all(|number| number.is_finite()))
        {
            return Err(format!(
                "The {name} gave a number that is infinite or NaN for row {} of {count}. Check that the values are those it was trained on.",
                row + 1
            ));
        }
        Ok(made)
    }
}

/// The same if it is the same function.
impl PartialEq for BlackBox {
    fn eq(&self, other: &Self) -> bool {
        let same = match (&self.function, &other.function) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        };
        same && self.form() == other.form()
    }
}
