//! The doors to the browser: the engine and t-SNE, which live in workers, and the view, which lives
//! in the page. They convert and call; everything else is elsewhere.

#[cfg(feature = "view")]
mod canvas;
#[cfg(any(feature = "engine", feature = "view"))]
mod convert;
#[cfg(feature = "engine")]
mod engine;
#[cfg(feature = "view")]
mod fills;
#[cfg(feature = "tsne")]
mod tsne;
#[cfg(feature = "view")]
mod view;
