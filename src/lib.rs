//! Explains autoencoders with permutation importance, after Inglis and Parnell,
//! "Permutation-Based Visualisation of Input and Encoded Space in Autoencoders".
//!
//! The pipeline, and the modules in the order in which data flows through them:
//!
//! ```text
//! images + labels -> network -> latents -> V, S, IE -> report -> charts, tables
//!      data        model, train    importance        report    plot, export
//! ```
//!
//! [`run::Run`] is the pipeline as one job that works in slices, so that a page stays responsive
//! and a person can pause or cancel at any time; [`distribute`] divides it among machines and
//! workers. Beside it, `tsne` arranges latents in a plane. A module uses only what stands to its
//! left; only `web` knows that a browser exists.

#![cfg_attr(
    not(feature = "engine-webgpu"),
    allow(
        clippy::unused_async,
        reason = "engines are all asked in the same way; only WebGPU has to be waited for"
    )
)]

#[cfg(feature = "readers")]
pub mod animation;
#[cfg(any(feature = "models", feature = "readers"))]
mod archive;
#[cfg(feature = "general")]
pub mod attribution;
pub mod data;
pub mod export;
#[cfg(any(feature = "engine", feature = "models"))]
mod fingerprint;
#[cfg(feature = "general")]
pub mod history;
pub mod importance;
pub mod keyed;
#[cfg(feature = "general")]
pub mod latents;
mod math;
pub mod model;
#[cfg(feature = "general")]
pub mod networks;
pub mod numerals;
pub mod report;
mod serial;
pub mod settings;
pub mod train;

#[cfg(all(
    feature = "engine",
    not(any(feature = "engine-cpu", feature = "engine-webgpu"))
))]
compile_error!("choose an engine: build with the feature engine-cpu or engine-webgpu");

#[cfg(feature = "engine")]
pub mod distribute;
#[cfg(feature = "engine")]
pub mod engine;
#[cfg(feature = "engine-webgpu")]
mod gpu;
#[cfg(feature = "engine")]
pub mod run;

/// What the CPU engine is made of, for benchmarks of its parts alone.
#[cfg(feature = "kernels")]
pub mod kernels {
    pub use crate::importance::at_once;
    pub use crate::math::kernel::Kernel;
    pub use crate::math::product::{Panels, Tiles, product};
    pub use crate::train::cpu::adam::{Adam, Gradients};
    pub use crate::train::cpu::loss::gradient as loss;
}

#[cfg(feature = "models")]
pub mod session;

#[cfg(feature = "tsne")]
pub mod tsne;

#[cfg(feature = "view")]
pub mod plot;

#[cfg(target_arch = "wasm32")]
mod web;

// A browser is not needed to test how the canvas draws small shapes.
#[cfg(all(test, feature = "view", not(target_arch = "wasm32")))]
#[path = "web/stamps.rs"]
mod stamps;
