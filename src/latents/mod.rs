//! What the latents themselves say: how far a variational network's are from the distribution that they are
//! held to, and which of them carry which factor of images whose factors are known.

mod decoding;
#[cfg(feature = "engine")]
mod divergence;
mod results;

pub use decoding::{Decoded, Plane};
#[cfg(feature = "engine")]
pub use divergence::Divergences;
pub use results::{Divergence, Factors};
