//! Where layers other than dense ones are not compiled in, there is no kind of them, and the compiler
//! leaves out whatever would be done with one.

use serde::{Deserialize, Serialize};

use crate::data::Shape;

/// Of layers other than dense ones: none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Kind {}

impl Kind {
    /// What it gives for rows of a shape.
    pub(in crate::model) fn output(&self, _: &Shape) -> Result<Shape, String> {
        match *self {}
    }

    /// Rows and columns of its weights.
    pub(in crate::model) fn weights(&self, _: &Shape) -> Vec<(usize, usize)> {
        match *self {}
    }

    /// What first weights are drawn by.
    pub(in crate::model) fn fans(&self, _: &Shape) -> Option<(usize, usize)> {
        match *self {}
    }

    /// Channels that it gives, if it is a convolution.
    pub(in crate::model) fn filters(&self) -> Option<usize> {
        match *self {}
    }
}
