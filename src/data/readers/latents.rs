//! Latents that were made elsewhere: a matrix with a row for each image.

use ndarray::Array2;

use super::File;
use super::error::ReadError;
use super::frame::frames;

/// A matrix of latents.
#[derive(Clone, Debug, PartialEq)]
pub struct Latents {
    /// Images × dimensions, all of them finite.
    pub values: Array2<f32>,
    /// What was taken for granted or left out, in sentences.
    pub notes: Vec<String>,
}

/// Reads the latents (images × dimensions) in one NPY, CSV, RData or rds file, in which all axes of an array but the
/// first are dimensions. A CSV file may have a line of names.
///
/// # Errors
/// If there is not one matrix, or a value is missing or no number. The error says where, and what to do.
pub fn latents(files: &[File]) -> Result<Latents, ReadError> {
    let mut notes = Vec::new();
    let mut found = frames(files, &mut notes)?;
    let (Some(frame), None) = (found.pop(), found.pop()) else {
        let message =
            "There are several tables. Choose one that has the latents of an image in each row.";
        return Err(ReadError::of_all(message));
    };
    if !frame.names.is_empty() {
        notes.push(format!(
            "{}: the first line was taken for the names of the dimensions.",
            frame.name
        ));
    }
    if !frame.row_names.is_empty() {
        notes.push(format!(
            "{}: the first column was taken for the names of the images.",
            frame.name
        ));
    }
    let values = frame.numbers()?;
    Ok(Latents { values, notes })
}
