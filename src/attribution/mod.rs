//! Second opinions: what other methods say of the pixels that drive a latent dimension, and which of
//! them to believe.
//!
//! [`Attributions`] makes the maps of all methods, over the same recipients as V, and tells how far each two
//! agree; [`Trial`] is the fair test. Both are jobs that work in slices.
//!
//! With z_j the latent of an image x, and a feature the columns c of a pixel (or one of them, where a channel
//! is a feature of its own):
//!
//! - gradient: the mean over images of |Σ_c ∂z_j/∂x_c|. Channels are added up before the absolute value is
//!   taken, as captum does where it shows an image;
//! - SmoothGrad: the same of the mean gradient of [`COPIES`] copies of each image with normal noise, whose
//!   standard deviation is [`NOISE`] of the range of the explained images' values;
//! - integrated gradients: the mean over images of |Σ_c (x_c − b_c) · mean ∂z_j/∂x_c| along the straight way
//!   from b, at the middles of [`STEPS`] equal steps (captum's `riemann_middle`);
//! - occlusion: the mean over images of (z_j − z′_j)², where all columns are set to 0, or to their means;
//! - variance: the mean over recipients and all images of Σ_c (x_c − y_c)².
//!
//! Dense layers are differentiated by loops of our own on the CPU, whatever the engine; others by burn.

#[cfg(feature = "engine")]
mod agreement;
#[cfg(feature = "engine")]
mod dense;
#[cfg(feature = "engine")]
mod encoder;
#[cfg(feature = "engine")]
mod gradients;
#[cfg(feature = "engine")]
mod ground;
#[cfg(feature = "engine")]
mod job;
#[cfg(feature = "engine")]
mod maps;
#[cfg(feature = "engine")]
mod noise;
#[cfg(feature = "engine")]
mod occlusion;
#[cfg(feature = "engine")]
mod replace;
mod results;
#[cfg(feature = "engine")]
mod score;
#[cfg(feature = "engine")]
mod tally;
#[cfg(feature = "engine")]
mod trial;

#[cfg(feature = "engine")]
pub(crate) use agreement::agreement;
#[cfg(feature = "engine")]
pub(crate) use encoder::Encoder;
#[cfg(feature = "engine")]
pub use job::{Asked, Attributions};
pub use results::{Agreement, Attribution, FairTest, Filler, Opinion, Opinions, Score};
#[cfg(feature = "engine")]
pub use trial::Trial;

/// Steps of integrated gradients.
pub const STEPS: usize = 32;
/// Noisy copies of an image for SmoothGrad.
pub const COPIES: usize = 16;
/// Standard deviation of their noise, as a share of the difference between the largest and the smallest
/// value of the explained images.
pub const NOISE: f32 = 0.15;
