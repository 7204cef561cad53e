//! What the latents themselves say: how far a variational network's are from the distribution that they are
//! held to, and which of them carry which factor of images whose factors are known.

mod decoding;
#[cfg(feature = "engine")]
mod divergence;
#[cfg(feature = "engine")]
mod factors;
mod results;

pub use decoding::{Decoded, Plane};
#[cfg(feature = "engine")]
pub use divergence::Divergences;
#[cfg(feature = "engine")]
pub use factors::Factoring;
pub use results::{Divergence, Factors};
