//! ONNX graphs of any operations, run as they are by the runtime rten.
//!
//! ```text
//! bytes -> checked -> loaded -> divided at a tensor -> encoder | decoder, functions of rows
//! ```
//!
//! Our own layers read what they cover of ONNX  and are faster; a graph runs whatever
//! rten runs. What is asked of it is rows in and rows out.

mod bounds;
mod divided;
mod half;
mod layout;
mod lengths;
mod loaded;
mod operations;
mod parsed;
mod paths;
mod rewritten;
mod skips;
mod work;

use std::sync::Arc;

use ndarray::{ArrayView2, s};
use serde::{Deserialize, Serialize};

use self::divided::Divided;
pub use self::half::GraphHalf;
use self::parsed::Parsed;
use super::{BlackBox, Function, Half, Layer, Network};
use crate::data::{ImageShape, Shape};

/// Bytes of a file, at most.
const MAX_BYTES: usize = 512 << 20;

const DAMAGED: &str = "The structure of the ONNX file cannot be read: it is cut short or damaged, so save or fetch it again.";

/// What sentences and lists of layers call a half.
const NAME: &str = "ONNX graph";

/// An ONNX file, checked and loaded.
#[derive(Debug)]
pub struct Graph {
    bytes: Vec<u8>,
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

impl Graph {
    /// Reads an ONNX file. Its lengths are checked before rten sees it, and it is run once where it tells what it takes.
    ///
    /// # Errors
    /// One sentence: why it cannot be used, and what to do.
    pub fn open(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() > MAX_BYTES {
            return Err(format!(
                "The ONNX file has {} MB, and at most {} MB can be read: bring a smaller model.",
                bytes.len() >> 20,
                MAX_BYTES >> 20
            ));
        }
        lengths::check(bytes)?;
        let parsed = Parsed::read(bytes)?;
        operations::check(&parsed)?;
        bounds::check(&parsed)?;
        Ok(Self {
            description: divided::description(&parsed)?,
            bytes: bytes.to_vec(),
        })
    }

    /// What is in it.
    #[must_use]
    pub fn description(&self) -> &GraphDescription {
        &self.description
    }

    /// Where it can be divided for images of this shape, from the input on.
    ///
    /// # Errors
    /// One sentence: what does not fit.
    pub fn cuts(&self, image: Option<ImageShape>, choice: &Choice) -> Result<Vec<Tensor>, String> {
        let parsed = Parsed::read(&self.bytes)?;
        Ok(Divided::of(&parsed, image, choice)?.cuts)
    }

    /// Its halves, for images of this shape where the file does not tell it.
    ///
    /// # Errors
    /// One sentence: what cannot be done, and what to do.
    pub fn halves(
        &self,
        image: Option<ImageShape>,
        choice: &Choice,
    ) -> Result<GraphHalves, String> {
        let parsed = Parsed::read(&self.bytes)?;
        Divided::of(&parsed, image, choice)?.halves(&parsed, choice)
    }
}

impl GraphHalves {
    /// Whether connections go round the latents, so that the decoder keeps the values of images and has to be given
    /// these first.
    #[must_use]
    pub fn wait_for_images(&self) -> bool {
        self.decoder
            .as_ref()
            .is_some_and(GraphHalf::waits_for_images)
    }

    /// With the images (images × numbers) that are explained, where the decoder waits for them: to every row of
    /// latents it finds the image by all its dimensions but one, and keeps what goes round from that.
    ///
    /// # Errors
    /// One sentence, also where the latents of two images are so alike that they could be taken for each other.
    pub fn with_images(mut self, images: ArrayView2<'_, f32>) -> Result<Self, String> {
        if let (Some(encoder), Some(decoder)) = (&self.encoder, &mut self.decoder)
            && let Some(skips) = &mut decoder.skips
        {
            let latents = encoder.outputs(images)?;
            let count = latents.nrows().min(2);
            let rows = latents.slice(s![..count, ..]).to_owned();
            skips.know(images, latents)?;
            if count == 2 {
                divided::alone(decoder, rows, &mut self.notes)?;
            }
        }
        Ok(self)
    }

    /// As a network of images of this shape; a half that is not there is absent from it.
    ///
    /// # Errors
    /// One sentence: what does not fit.
    pub fn network(self, image: ImageShape) -> Result<Network, String> {
        self.network_of(image, |half| Arc::new(half))
    }

    /// The same, of what `function` makes of each half.
    ///
    /// # Errors
    /// One sentence: what does not fit.
    pub fn network_of(
        self,
        image: ImageShape,
        function: impl Fn(GraphHalf) -> Arc<dyn Function>,
    ) -> Result<Network, String> {
        if self.wait_for_images() {
            return Err(
                "Connections go round the latents of the ONNX graph, so that its decoder needs the images: bring them, or choose the encoder alone."
                    .into(),
            );
        }
        let image = Shape::from(image);
        let part = |half: Option<GraphHalf>, name: &str, ends: (Shape, Shape)| match half {
            None => Ok(Half::absent(name, ends)),
            Some(half) => {
                let ends = (half.input().clone(), half.output().clone());
                let input = ends.0.clone();
                let work = half.work();
                let layer = BlackBox::new(NAME, ends, function(half)).taking(work);
                Half::new(name, input, vec![Layer::BlackBox(layer)])
            }
        };
        let given = self.encoder.as_ref().map(|half| half.output().clone());
        let taken = self.decoder.as_ref().map(|half| half.input().clone());
        let Some(latent) = given.or(taken) else {
            return Err("The ONNX graph has no half that can be run.".into());
        };
        let encoder = part(self.encoder, "encoder", (image.clone(), latent.clone()))?;
        let decoder = part(self.decoder, "decoder", (latent, image))?;
        Network::new(encoder, decoder)
    }
}
