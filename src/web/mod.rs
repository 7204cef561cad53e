//! The doors to the browser: the engine, which lives in a worker, and the view, which lives in
//! the page. They convert and call; everything else is elsewhere.

#[cfg(feature = "view")]
mod canvas;
mod convert;
#[cfg(feature = "engine")]
mod engine;
#[cfg(feature = "view")]
mod view;
