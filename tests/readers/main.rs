//! Readers of people's own files against what the libraries that write such files read in them,
//! and against files that are broken on purpose.

#![cfg(feature = "readers")]

mod bad;
mod colours;
mod elsewhere;
mod files;
mod mend;
mod pack;
mod pictures;
mod rdata;
mod roles;
mod rows;
mod sounds;
mod tables;
mod whole;

use latent_lens::data::readers::{Collection, File, Options, ReadError, open};

/// Reads files without any choice made.
fn read(files: &[File]) -> Result<Collection, ReadError> {
    open(files, &Options::default(), &mut |_| {})
}
