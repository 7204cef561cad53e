//! Reconstruction errors that the page itself measures: of runs whose engine has not, and of reports that were
//! read from files.

use js_sys::Float32Array;
use ndarray::{Array2, ArrayView2};
use wasm_bindgen::prelude::*;

use super::convert::errors_to_js;
use super::view::View;
use crate::model::Network;
use crate::report::Pictured;

#[wasm_bindgen]
impl View {
    /// Adds the next explained images, in the report's order, to the errors that are measured: `pixels` and
    /// `latents` image after image. False, and nothing is added, while no network is known. Throws if these
    /// are not of one number of images.
    pub fn add_errors(&mut self, pixels: &[f32], latents: &[f32]) -> Result<bool, JsError> {
        let Some(network) = &self.network else {
            return Ok(false);
        };
        let latents = rows("latents", latents, network.dims())?;
        let originals = rows("pixels", pixels, network.decoder().output().size())?;
        if originals.nrows() != latents.nrows() {
            return Err(JsError::new(&format!(
                "These are {} images, but the latents of {}.",
                originals.nrows(),
                latents.nrows()
            )));
        }
        let made = network.decode(latents);
        self.errors.add(originals, made.view());
        Ok(true)
    }

    /// The errors of all images that were added, as the report has them; those that are added next are others.
    /// Throws if a number of them is not finite.
    #[wasm_bindgen(unchecked_return_type = "object")]
    pub fn take_errors(&mut self) -> Result<JsValue, JsError> {
        let found = std::mem::take(&mut self.errors).finish();
        match found {
            Some(found) => errors_to_js(&found),
            None => Err(JsError::new("Reconstructions are not finite numbers.")),
        }
    }

    /// Which explained images, by their places in the report's order, are drawn beside the errors, with their
    /// pixels image after image; without any argument those that are off most. Nothing changes while no
    /// network or no encoded space is known. Throws if the pixels are not those of so many images.
    pub fn picture(
        &mut self,
        images: Option<Vec<u32>>,
        pixels: Option<Vec<f32>>,
    ) -> Result<(), JsError> {
        self.known.pictured = None;
        let report = self.known.report.as_ref();
        let encoded = report.and_then(|report| report.encoded.as_ref());
        let (Some(images), Some(pixels)) = (images, pixels) else {
            return Ok(());
        };
        let (Some(network), Some(encoded)) = (&self.network, encoded) else {
            return Ok(());
        };
        let size = network.decoder().output().size();
        let originals = rows("pixels", &pixels, size)?.to_owned();
        if originals.nrows() != images.len()
            || images
                .iter()
                .any(|&image| image as usize >= encoded.latents.nrows())
        {
            return Err(JsError::new("These are not pixels of explained images."));
        }
        let places: Vec<usize> = images.iter().map(|&image| image as usize).collect();
        let latents = encoded.latents.select(ndarray::Axis(0), &places);
        self.known.pictured = Some(Pictured {
            reconstructions: network.decode(latents.view()),
            originals,
            images,
        });
        Ok(())
    }

    /// What becomes of an image's reconstruction where one of its `latents` alone has the value of `others`:
    /// for each dimension how far the reconstruction moves, the mean of the squared changes, and then how far
    /// it is from the image with these `pixels`, the mean squared error. Undefined while no network is known. Throws
    /// if there is not one number for each dimension and pixel.
    pub fn carried(
        &self,
        pixels: &[f32],
        latents: &[f32],
        others: &[f32],
    ) -> Result<Option<Float32Array>, JsError> {
        let Some(network) = &self.network else {
            return Ok(None);
        };
        let (dims, size) = (network.dims(), network.decoder().output().size());
        if [latents.len(), others.len()] != [dims; 2] || pixels.len() != size {
            return Err(JsError::new(&format!(
                "The image takes {size} numbers, and the latent space has {dims} dimensions."
            )));
        }
        Ok(Some(Float32Array::from(&*carried(
            network, pixels, latents, others,
        ))))
    }
}

/// Two numbers for each dimension, side by side.
fn carried(network: &Network, pixels: &[f32], latents: &[f32], others: &[f32]) -> Vec<f32> {
    let dims = latents.len();
    // The last row is the image's own.
    let changed = Array2::from_shape_fn((dims + 1, dims), |(row, dim)| {
        if row == dim {
            others[dim]
        } else {
            latents[dim]
        }
    });
    let made = network.decode(changed.view());
    let apart = |row: usize, other: &[f32]| {
        let squares = made.row(row).into_iter().zip(other);
        let sum: f64 = squares
            .map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2))
            .sum();
        (sum / other.len().max(1) as f64) as f32
    };
    let own = made.row(dims).to_vec();
    (0..dims)
        .flat_map(|dim| [apart(dim, &own), apart(dim, pixels)])
        .collect()
}

fn rows<'a>(
    name: &str,
    numbers: &'a [f32],
    columns: usize,
) -> Result<ArrayView2<'a, f32>, JsError> {
    let count = numbers.len() / columns.max(1);
    ArrayView2::from_shape((count, columns), numbers).map_err(|_| {
        let found = numbers.len();
        JsError::new(&format!(
            "{name} has {found} numbers, which is not {columns} for each image."
        ))
    })
}
