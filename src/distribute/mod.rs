//! A run divided: once and for all among [`machines`], or stage by stage among [`workers`].

pub mod machines;
pub mod workers;

pub use machines::{Features, MergeError, PartialReport, fingerprint, join, merge, merge_mixed};
pub use workers::SharedStage;
