//! Half of an autoencoder: what is made of files that hold one, or of whose halves one is wanted.

use serde::{Deserialize, Serialize};

use super::Model;
use super::error::Fault;
use crate::model::{Half, Network};

/// A half of an autoencoder without the other one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Alone {
    /// From images to latents.
    Encoder,
    /// From latents to reconstructions.
    Decoder,
}

impl Alone {
    /// Refuses what cannot be this half, as it takes and gives so many numbers.
    pub(super) fn check(self, inputs: usize, outputs: usize) -> Result<(), Fault> {
        let (is_it, what, how) = match self {
            Self::Encoder => (outputs < inputs, "an encoder", "fewer"),
            Self::Decoder => (outputs > inputs, "a decoder", "more"),
        };
        if is_it {
            return Ok(());
        }
        Err(Fault::new(
            format!("it makes {outputs} numbers of {inputs}, and {what} gives {how} than it takes"),
            "choose the other half, or say which half it is",
        ))
    }
}

/// Why half a model is not put together of weights whose layers are not all dense.
pub(super) fn of_modules() -> Fault {
    Fault::new(
        "it holds weights alone, which do not say what stands between layers other than dense ones, and half a model \
         is not put together of such",
        "export this half as ONNX, or bring both halves",
    )
}

impl Model {
    /// The same with one of its halves alone.
    pub(super) fn only(mut self, half: Alone) -> Self {
        let (encoder, decoder) = (self.network.encoder(), self.network.decoder());
        let shapes = |half: &Half| (half.input().clone(), half.output().clone());
        let network = match half {
            Alone::Encoder => {
                Network::new(encoder.clone(), Half::absent("decoder", shapes(decoder)))
            }
            Alone::Decoder => {
                Network::new(Half::absent("encoder", shapes(encoder)), decoder.clone())
            }
        };
        let description = &mut self.description;
        let (kept, left) = match half {
            Alone::Encoder => {
                description.layers.truncate(description.encoder_layers);
                ("encoder", "decoder")
            }
            Alone::Decoder => {
                description.layers.drain(..description.encoder_layers);
                description.encoder_layers = 0;
                ("decoder", "encoder")
            }
        };
        description.notes.push(format!(
            "The files hold a whole autoencoder: its {kept} alone is taken, and its {left} left aside."
        ));
        self.network = network.expect("its halves have fitted each other");
        self
    }
}
