//! The autoencoder: a half that narrows to d latent dimensions, and one that widens again.
//!
//! [`Network`] holds the numbers on the CPU, where the importance stages and every file format can
//! reach them: two [`Half`]s, each of [`Layer`]s between two shapes. `Autoencoder` is a network of dense
//! layers as a burn module, whose parameters the CPU engine trains.

mod activation;
mod architecture;
#[cfg(feature = "engine-cpu")]
mod autoencoder;
#[cfg(all(test, feature = "engine", feature = "general"))]
pub(crate) mod cases;
#[cfg(feature = "general")]
mod convolutional;
#[cfg(feature = "models")]
pub mod files;
#[cfg(feature = "general")]
mod function;
#[cfg(feature = "general")]
mod given;
#[cfg(feature = "graph")]
pub mod graph;
mod half;
#[cfg(feature = "general")]
mod keeping;
mod layer;
mod network;
#[cfg(any(feature = "graph", feature = "models"))]
mod protobuf;

pub use activation::Activation;
pub use architecture::Architecture;
#[cfg(feature = "general")]
pub use architecture::HeadForm;
#[cfg(feature = "engine-cpu")]
pub use autoencoder::Autoencoder;
#[cfg(feature = "engine-cpu")]
pub(crate) use autoencoder::Parameters;
#[cfg(feature = "general")]
pub use function::{BlackBox, Called, Function};
pub use half::Half;
#[cfg(feature = "general")]
pub use half::Head;
#[cfg(all(feature = "general", any(feature = "engine", feature = "models")))]
pub(crate) use layer::as_image;
pub use layer::{Dense, Form, General, Kind, Layer};
#[cfg(feature = "general")]
pub use layer::{Interpolation, Margins, Over, Pair, Window};
pub use network::Network;
