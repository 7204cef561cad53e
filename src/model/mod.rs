//! The autoencoder: dense layers that narrow to d latent dimensions and widen again.
//!
//! [`Network`] holds the numbers on the CPU, where the importance stages and every file format can
//! reach them; [`Autoencoder`] is the same network as a burn module, which trains on the
//! CPU engine.

mod activation;
#[cfg(feature = "engine-cpu")]
mod autoencoder;
#[cfg(feature = "models")]
pub mod files;
mod half;
mod layer;
mod network;

pub use activation::Activation;
#[cfg(feature = "engine-cpu")]
pub use autoencoder::Autoencoder;
#[cfg(feature = "engine-cpu")]
pub(crate) use autoencoder::Parameters;
pub use half::Half;
pub use layer::{Dense, Layer};
pub use network::Network;
