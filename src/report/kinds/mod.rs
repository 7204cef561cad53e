//! What a report says of variational, sparse and denoising networks: whether these parts fit the rest of it, and
//! what has to be known of them, said once for page and terminal.

mod check;
mod plane;
mod words;
