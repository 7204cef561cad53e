//! The doors to the browser: the engine, which lives in a worker, and the view, which lives in
//! the page. They convert and call; everything else is elsewhere.

mod convert;
#[cfg(feature = "engine")]
mod engine;
