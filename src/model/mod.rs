//! The autoencoder: dense layers that narrow to d latent dimensions and widen again.
//!
//! [`Network`] holds the numbers on the CPU, where the importance stages and every file format can
//! reach them; [`Autoencoder`] is the same network as a burn module, which trains on an
//! engine.

#[cfg(feature = "engine")]
mod autoencoder;
#[cfg(feature = "models")]
pub mod files;
mod forward;
mod network;

#[cfg(feature = "engine")]
pub use autoencoder::Autoencoder;
#[cfg(feature = "engine")]
#[cfg(feature = "engine-webgpu")]
pub(crate) use forward::{SELU_ALPHA, SELU_SCALE};
pub use network::{Activation, Dense, Network};
