//! Latents that were made elsewhere: `--latents` brings them, beside a decoder or alone.

use std::path::PathBuf;

use latent_lens::data::readers::{self, Latents};
use latent_lens::data::{Class, Shape, places_among_all};
use latent_lens::model::{Half, Network};

use super::failure::Failure;
use super::files;
use super::progress::Progress;

/// Latents in a file.
pub struct Brought {
    /// The file's name.
    pub file: String,
    latents: Latents,
}

/// The latents in the file that was named, if one was. Says what was found.
pub fn open(path: Option<&PathBuf>, progress: &Progress) -> Result<Option<Brought>, Failure> {
    let Some(path) = path else { return Ok(None) };
    let found = files::read(std::slice::from_ref(path))?;
    let latents = readers::latents(&found).map_err(|error| Failure::Failed(error.to_string()))?;
    for note in &latents.notes {
        progress.say(note);
    }
    let file = found
        .into_iter()
        .next()
        .map_or_else(String::new, |file| file.name);
    Ok(Some(Brought { file, latents }))
}

impl Brought {
    /// The network of these latents of all images, which were read from `images`, and of the decoder of `network`,
    /// if there is one.
    ///
    /// # Errors
    /// If the latents are not those of these images, or do not fit the decoder.
    pub fn network(
        self,
        network: Option<Network>,
        classes: &[Class],
        images: &[String],
    ) -> Result<Network, Failure> {
        let refused = |why: String| Failure::Failed(format!("{}: {why}", self.file));
        let sets: Vec<_> = classes
            .iter()
            .map(|class| (&class.origin, class.images.count()))
            .collect();
        let places = places_among_all(&sets, images);
        let sets = classes.iter().map(|class| &class.images);
        let sets: Vec<_> = sets.zip(places.iter().map(Vec::as_slice)).collect();
        let dims = self.latents.values.ncols();
        let encoder = Half::of_latents(&sets, self.latents.values).map_err(&refused)?;
        let decoder = match network {
            Some(network) if network.encoder().is_there() => {
                return Err(Failure::Usage(
                    "The model has an encoder of its own: leave out --latents, or take its decoder alone with \
                     --half decoder."
                        .into(),
                ));
            }
            Some(network) if network.dims() != dims => {
                return Err(refused(format!(
                    "The latents have {dims} dimensions, and the decoder takes {}. Bring those that belong to it.",
                    network.dims()
                )));
            }
            Some(network) => network.decoder().clone(),
            None => Half::absent("decoder", (Shape::Numbers(dims), encoder.input().clone())),
        };
        Network::new(encoder, decoder).map_err(Failure::Failed)
    }
}

/// What is said of the order of the rows.
pub fn order(file: &str) -> String {
    format!(
        "Row by row, the latents in {file} are those of the images in the order in which these are read."
    )
}
