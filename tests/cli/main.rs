//! The command line, as a person or a script uses it: the real program on real files.

#![cfg(all(feature = "cli", feature = "engine-cpu"))]

mod analyse;
mod colours;
mod compare;
mod elsewhere;
mod files;
mod formats;
mod halves;
mod history;
mod killed;
mod measures;
mod models;
#[expect(dead_code, reason = "the readers' tests make other files, too")]
#[path = "../readers/pack.rs"]
mod pack;
mod programs;
mod refusals;
mod roles;
mod schedulers;
mod shards;
