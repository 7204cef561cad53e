//! latent-lens on the CPU engine, and training on WebGPU where that is compiled in, against independent answers;
//! `docs/verification.md` tells which.

#![cfg(feature = "engine-cpu")]

#[cfg(feature = "general")]
mod attribution;
#[cfg(feature = "general")]
mod beside;
#[cfg(feature = "general")]
mod black_box;
#[cfg(feature = "general")]
mod convolutional;
mod digits;
mod engine;
mod exact;
#[cfg(feature = "general")]
mod history;
mod importance;
#[cfg(feature = "general")]
mod kernels;
mod keyed;
mod layered;
mod literal;
#[cfg(feature = "general")]
mod made;
#[cfg(feature = "general")]
mod measures;
mod moves;
mod networks;
mod oracle;
#[cfg(feature = "general")]
mod over_images;
#[cfg(feature = "general")]
mod planted;
#[cfg(feature = "general")]
mod pools;
mod range;
mod shards;
mod share;
#[cfg(feature = "general")]
mod smaller;
mod training;
#[cfg(feature = "general")]
mod variational;
