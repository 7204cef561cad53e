//! What was done to the columns of a table before a network saw them.

use serde::{Deserialize, Serialize};

/// A column by column scaling. A number as it was stored is `offset + scale × x`, where x is the number that
/// the network is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scaling {
    /// What is subtracted from each column, in the column's own unit.
    pub offset: Vec<f32>,
    /// What it is divided by then: above 0.
    pub scale: Vec<f32>,
}
