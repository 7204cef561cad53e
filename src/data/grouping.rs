//! Pixels, or columns of a table, that belong together.

use serde::{Deserialize, Serialize};

/// A division of the pixels of an image, or the columns of a table, into groups. A pixel is in one group
/// or in none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grouping {
    /// What each group is called.
    pub names: Vec<String>,
    /// For every pixel, row by row, the number of its group, counted from 1; 0 where it is in none.
    pub of: Vec<u32>,
}

impl Grouping {
    /// The pixels of every group, in their order.
    #[must_use]
    pub fn members(&self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.names.len()];
        for (pixel, &group) in self.of.iter().enumerate() {
            if let Some(members) = group
                .checked_sub(1)
                .and_then(|at| members.get_mut(at as usize))
            {
                members.push(pixel);
            }
        }
        members
    }
}
