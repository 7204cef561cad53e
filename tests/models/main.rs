//! Trained models in and out, against the libraries that made or load them.

#![cfg(feature = "models")]

mod bad;
mod fixtures;
mod fuzz;
mod general;
#[cfg(all(feature = "graph", feature = "engine-cpu"))]
mod graphs;
mod moments;
#[path = "../verify/networks.rs"]
mod networks;
mod recorded;
#[cfg(feature = "engine-cpu")]
mod sessions;
mod variational;
mod written;

/// The folder of the project.
fn root() -> std::path::PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}
