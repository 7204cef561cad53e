//! Every reader of files, and what the page's messages become, against inputs that libFuzzer changes, guided by the code
//! that they reach. One process tries the target that `LATENT_LENS_FUZZ_TARGET` names; its arguments are those of libFuzzer.
//!
//! `cargo xtask test fuzz` builds it, writes the first inputs from the committed fixtures and tries every target.

#![no_main]
#![allow(
    unsafe_code,
    reason = "libFuzzer calls what is tried by functions of its own"
)]

mod data;
mod input;
mod messages;
mod models;
mod reports;
mod targets;

#[path = "../../tests/fuzz/memory.rs"]
mod memory;
#[path = "../../tests/readers/mend.rs"]
mod mend;
#[path = "../../tests/readers/pack.rs"]
mod pack;
#[path = "../../tests/models/recorded.rs"]
#[allow(
    dead_code,
    reason = "what models give is held to other libraries elsewhere"
)]
mod recorded;
#[path = "../../tests/fuzz/seeds.rs"]
mod seeds;

use std::path::{Path, PathBuf};

use libfuzzer_sys::fuzz_target;

fuzz_target!(init: targets::begin(), |bytes: &[u8]| targets::chosen()(bytes));

/// The folder of the project.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent()
        .expect("this is a folder of the project")
        .into()
}
