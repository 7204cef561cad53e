//! The method of Inglis and Parnell: permute one input at a time and watch the outputs move.
//!
//! Stage 1 ([`PixelImportance`]) permutes a pixel over the held-out images and measures how far
//! each latent moves; stage 2 ([`Direction`]) tells in which direction; stage 3
//! ([`LatentImportance`]) permutes a latent within a class and measures how far the
//! reconstructions move. Stages 1 and 3 are the same measurement ([`probe`]) on the two halves of
//! the network.

mod direction;
mod estimate;
mod latent;
mod pixel;
pub mod probe;

pub use direction::Direction;
pub use latent::LatentImportance;
pub use pixel::PixelImportance;
