//! What a report holds where more was asked than the paper's single pixels among all images: groups,
//! recipients and donors, and what other methods say. Its parts are checked here, and what follows from
//! them is derived and said once, for page and terminal.

mod check;
mod derived;
mod dimensions;
mod errors;
mod factors;
mod networks;
mod words;

pub use derived::{SharedCredit, Unit};
pub use errors::ErrorsOf;
#[cfg(test)]
pub(crate) use networks::with_networks;
