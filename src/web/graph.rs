//! The door to ONNX graphs of any operations: a file is opened, divided into halves, and these are asked.

use js_sys::Object;
use ndarray::{Array2, ArrayView2};
use wasm_bindgen::prelude::*;

use super::convert::{plain, set, value};
use crate::data::ImageShape;
use crate::model::graph::{Choice, Graph as Opened, GraphHalf, GraphHalves};

/// An ONNX file that was opened.
#[wasm_bindgen]
pub struct Graph {
    graph: Opened,
}

/// Its halves, divided as was chosen.
#[wasm_bindgen]
pub struct Halves {
    /// None after images were refused, which ends what they are for.
    halves: Option<GraphHalves>,
}

#[wasm_bindgen]
impl Graph {
    /// Reads an ONNX file and runs it once where it tells what it takes. Throws an `Error` with one sentence: why
    /// it cannot be used, and what to do.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: &[u8]) -> Result<Self, JsError> {
        let graph = Opened::open(bytes).map_err(sentence)?;
        Ok(Self { graph })
    }

    /// What is in it: `{ format, inputs, outputs, cuts, proposal, notes }`. A tensor is `{ name, shape, elements }`, of
    /// which `null` stands for what only images tell.
    #[wasm_bindgen(unchecked_return_type = "object")]
    pub fn description(&self) -> Result<JsValue, JsError> {
        plain(self.graph.description())
    }

    /// Where it can be divided, as tensors from the input on, for images of the shape `{ height, width, channels }`
    /// with this choice, `{ input?, output?, latents?, planes?, part? }`. Throws an `Error` with one sentence: what does
    /// not fit.
    #[wasm_bindgen(unchecked_return_type = "object[]")]
    pub fn cuts(
        &self,
        #[wasm_bindgen(unchecked_param_type = "object | undefined")] image: JsValue,
        #[wasm_bindgen(unchecked_param_type = "object")] choice: JsValue,
    ) -> Result<JsValue, JsError> {
        let (image, choice) = asked(image, choice)?;
        plain(&self.graph.cuts(image, &choice).map_err(sentence)?)
    }

    /// Its halves for images of that shape, with that choice. Throws as [`Graph::cuts`] does.
    pub fn halves(
        &self,
        #[wasm_bindgen(unchecked_param_type = "object | undefined")] image: JsValue,
        #[wasm_bindgen(unchecked_param_type = "object")] choice: JsValue,
    ) -> Result<Halves, JsError> {
        let (image, choice) = asked(image, choice)?;
        let halves = self.graph.halves(image, &choice).map_err(sentence)?;
        Ok(Halves {
            halves: Some(halves),
        })
    }
}

#[wasm_bindgen]
impl Halves {
    /// What they take and give: `{ encoder?: { input, output, work? }, decoder?: { input, output, work? }, waits,
    /// notes }`. `work` is what a row takes, in multiply-adds, where that could be counted; `waits` says that the decoder
    /// has to be given the images first, see [`Halves::know`].
    #[wasm_bindgen(unchecked_return_type = "object")]
    pub fn description(&self) -> Result<JsValue, JsError> {
        let halves = self.halves()?;
        let object = Object::new();
        let both = [("encoder", &halves.encoder), ("decoder", &halves.decoder)];
        for (name, half) in both {
            if let Some(half) = half {
                let shapes = Object::new();
                set(&shapes, "input", plain(half.input())?);
                set(&shapes, "output", plain(half.output())?);
                if let Some(work) = half.work() {
                    set(&shapes, "work", work as f64);
                }
                set(&object, name, shapes);
            }
        }
        set(&object, "waits", halves.wait_for_images());
        set(&object, "notes", plain(&halves.notes)?);
        Ok(object.into())
    }

    /// Gives the decoder the images that are explained, pixels of one after those of the other, where it waits for
    /// them. Throws an `Error` with one sentence: what does not fit.
    pub fn know(&mut self, images: &[f32], count: usize) -> Result<(), JsError> {
        let images = rows(images, count)?;
        let halves = self.halves.take().ok_or_else(gone)?;
        self.halves = Some(halves.with_images(images).map_err(sentence)?);
        Ok(())
    }

    /// What the encoder gives for so many rows of images, row after row. Throws an `Error` with one sentence if it
    /// cannot be run, or there is none.
    pub fn encode(&self, images: &[f32], count: usize) -> Result<Vec<f32>, JsError> {
        made(self.halves()?.encoder.as_ref(), images, count)
    }

    /// What the decoder gives for so many rows of latents, row after row. Throws as [`Halves::encode`] does.
    pub fn decode(&self, latents: &[f32], count: usize) -> Result<Vec<f32>, JsError> {
        made(self.halves()?.decoder.as_ref(), latents, count)
    }

    fn halves(&self) -> Result<&GraphHalves, JsError> {
        self.halves.as_ref().ok_or_else(gone)
    }
}

fn asked(image: JsValue, choice: JsValue) -> Result<(Option<ImageShape>, Choice), JsError> {
    Ok((value("image", image)?, value("choice", choice)?))
}

fn made(half: Option<&GraphHalf>, numbers: &[f32], count: usize) -> Result<Vec<f32>, JsError> {
    let half = half.ok_or_else(|| JsError::new("The ONNX graph has no such half."))?;
    let rows = rows(numbers, count)?;
    if rows.ncols() != half.input().size() {
        return Err(JsError::new(&format!(
            "The ONNX graph takes {} numbers a row, and was given {}.",
            half.input().size(),
            rows.ncols()
        )));
    }
    let made: Array2<f32> = half.outputs(rows).map_err(sentence)?;
    Ok(made.into_raw_vec_and_offset().0)
}

fn rows(numbers: &[f32], count: usize) -> Result<ArrayView2<'_, f32>, JsError> {
    ArrayView2::from_shape((count, numbers.len() / count.max(1)), numbers)
        .map_err(|_| JsError::new(&format!("{} numbers are not {count} rows.", numbers.len())))
}

fn gone() -> JsError {
    JsError::new("The images did not fit the ONNX graph: open it again.")
}

fn sentence(why: String) -> JsError {
    JsError::new(&why)
}
