//! Second opinions: what other methods say of the pixels that drive a latent dimension, and which of
//! them to believe.

mod results;

pub use results::{Agreement, Attribution, FairTest, Filler, Opinion, Opinions, Score};
