//! The doors to the browser: the engine, t-SNE, ONNX graphs and the readers, which live in workers, and the
//! view and the models' files, which live in the page. They convert and call; everything else is elsewhere.

#[cfg(feature = "readers")]
mod animation;
#[cfg(feature = "view")]
mod canvas;
#[cfg(feature = "charts")]
mod charts;
#[cfg(any(
    feature = "engine",
    feature = "graph",
    feature = "models",
    feature = "readers",
    feature = "view"
))]
mod convert;
#[cfg(feature = "readers")]
mod data;
#[cfg(feature = "readers")]
mod elsewhere;
#[cfg(feature = "engine")]
mod engine;
#[cfg(feature = "charts")]
mod errors;
#[cfg(all(feature = "general", feature = "engine-cpu"))]
mod functions;
#[cfg(feature = "graph")]
mod graph;
#[cfg(all(feature = "general", any(feature = "engine", feature = "view")))]
mod history;
#[cfg(feature = "charts")]
mod matching;
#[cfg(feature = "models")]
mod models;
#[cfg(feature = "view")]
mod stamps;
#[cfg(feature = "tsne")]
mod tsne;
#[cfg(feature = "view")]
mod view;
