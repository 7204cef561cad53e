//! ONNX graphs of any operations, run as they are by the runtime rten.
//!
//! ```text
//! bytes -> checked -> loaded -> divided at a tensor -> encoder | decoder, functions of rows
//! ```
//!
//! Our own layers read what they cover of ONNX ([`files`](super::files)) and are faster; a graph runs whatever
//! rten runs. What is asked of it is rows in and rows out.

use std::sync::Arc;

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use super::{Called, Function, Network};
use crate::data::{ImageShape, Shape};

/// An ONNX file, checked and loaded.
#[derive(Debug)]
pub struct Graph {
    description: GraphDescription,
}

/// What is in an ONNX file, for people to look at and choose from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GraphDescription {
    /// Such as `ONNX, opset 17`.
    pub format: String,
    /// What it takes.
    pub inputs: Vec<Tensor>,
    /// What it gives.
    pub outputs: Vec<Tensor>,
    /// Where it can be divided into an encoder and a decoder, from the input on.
    pub cuts: Vec<Tensor>,
    /// What is chosen where nothing else is.
    pub proposal: Choice,
    /// Sentences about what was decided on the way.
    pub notes: Vec<String>,
}

/// A tensor of a graph.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tensor {
    /// Its name in the file.
    pub name: String,
    /// The lengths of its axes, the first of which counts images; `None` where only images tell.
    pub shape: Vec<Option<usize>>,
    /// Numbers of one image; `None` where only images tell.
    pub elements: Option<usize>,
}

/// What is chosen of a graph; what is `None` is as usual.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Choice {
    /// The name of what takes the images (or, of a decoder alone, the latents).
    pub input: Option<String>,
    /// The name of what gives the reconstructions (or, of an encoder alone, the latents).
    pub output: Option<String>,
    /// The name of the tensor that holds the latents.
    pub latents: Option<String>,
    /// What a dimension is where the latents are feature maps.
    pub planes: Option<Planes>,
    /// Which part of an autoencoder the graph is.
    pub part: Option<GraphPart>,
}

/// What a dimension is where latents are feature maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Planes {
    /// A channel: the mean of its cells. Of an encoder alone.
    Channel,
    /// Every cell of every channel.
    Cell,
}

/// Which part of an autoencoder a graph is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GraphPart {
    /// From images to reconstructions.
    Whole,
    /// From images to latents.
    Encoder,
    /// From latents to reconstructions.
    Decoder,
}

/// The halves of a graph, of which there is at least one.
#[derive(Debug)]
pub struct GraphHalves {
    /// From images to latents; `None` of a decoder alone.
    pub encoder: Option<GraphHalf>,
    /// From latents to reconstructions; `None` of an encoder alone.
    pub decoder: Option<GraphHalf>,
    /// Sentences about what was decided on the way.
    pub notes: Vec<String>,
}

/// A part of a graph as a function of rows.
#[derive(Debug)]
pub struct GraphHalf {
    input: Shape,
    output: Shape,
}

impl Graph {
    /// Reads an ONNX file. Its lengths are checked before rten sees it.
    ///
    /// # Errors
    /// One sentence: why it cannot be used, and what to do.
    pub fn open(bytes: &[u8]) -> Result<Self, String> {
        let _ = bytes;
        Err("ONNX graphs cannot be opened yet.".into())
    }

    /// What is in it.
    #[must_use]
    pub fn description(&self) -> &GraphDescription {
        &self.description
    }

    /// Where it can be divided for images of this shape, with all shapes, from the input on.
    ///
    /// # Errors
    /// One sentence: what does not fit.
    pub fn cuts(&self, image: Option<ImageShape>, choice: &Choice) -> Result<Vec<Tensor>, String> {
        let _ = (image, choice);
        Ok(Vec::new())
    }

    /// Its halves, for images of this shape where the file does not tell it.
    ///
    /// # Errors
    /// One sentence: what cannot be done, and what to do.
    pub fn halves(
        self: &Arc<Self>,
        image: Option<ImageShape>,
        choice: &Choice,
    ) -> Result<GraphHalves, String> {
        let _ = (image, choice);
        Err("ONNX graphs cannot be divided yet.".into())
    }
}

impl GraphHalves {
    /// As a network; a half that is not there is absent from it, with `image` in its place.
    ///
    /// # Errors
    /// One sentence: what does not fit.
    pub fn network(self, image: ImageShape) -> Result<Network, String> {
        let _ = image;
        Err("ONNX graphs cannot be run yet.".into())
    }
}

impl GraphHalf {
    /// What a row is that it takes.
    #[must_use]
    pub fn input(&self) -> &Shape {
        &self.input
    }

    /// What a row is that it gives.
    #[must_use]
    pub fn output(&self) -> &Shape {
        &self.output
    }
}

impl Function for GraphHalf {
    fn call<'a>(&'a self, rows: ArrayView2<'a, f32>) -> Called<'a> {
        let _ = rows;
        Box::pin(async { Err("ONNX graphs cannot be run yet.".into()) })
    }
}
