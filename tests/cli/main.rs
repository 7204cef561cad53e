//! The command line, as a person or a script uses it: the real program on real files.

#![cfg(all(feature = "cli", feature = "engine-cpu"))]

mod analyse;
mod files;
mod refusals;
mod shards;
