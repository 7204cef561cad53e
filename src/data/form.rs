//! What the rows of numbers of a data set are.

use serde::{Deserialize, Serialize};

/// What a row of numbers is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataForm {
    /// The pixels of an image.
    #[default]
    Image,
    /// A quantity at one time after another: drawn as a line.
    Signal,
    /// Quantities that have nothing to do with each other but their row: drawn as bars by name.
    Table,
}
