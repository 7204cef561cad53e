//! The door to animations: pictures that the page draws, as one file.

use wasm_bindgen::prelude::*;

use crate::animation;

/// Pictures one after the other as an animated PNG.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Animation(animation::Animation);

#[wasm_bindgen]
impl Animation {
    /// Of so many pictures of this size, in pixels, each shown for `milliseconds` and the last one for as many as
    /// `at_the_end`; then it begins again. Throws if there are none.
    #[wasm_bindgen(constructor)]
    pub fn new(
        width: usize,
        height: usize,
        pictures: u32,
        milliseconds: u32,
        at_the_end: u32,
    ) -> Result<Self, JsError> {
        animation::Animation::new((width, height), pictures, milliseconds, at_the_end)
            .map(Self)
            .map_err(|what| JsError::new(&what))
    }

    /// Adds a picture: a byte each for red, green, blue and opacity, which is not kept, row by row, as `ImageData` has
    /// them. Throws if it has another size, or is one too many.
    pub fn add(&mut self, rgba: &[u8]) -> Result<(), JsError> {
        self.0.add(rgba).map_err(|what| JsError::new(&what))
    }

    /// The file. Throws if pictures are missing; either way the animation is used up.
    pub fn finish(self) -> Result<Vec<u8>, JsError> {
        self.0.finish().map_err(|what| JsError::new(&what))
    }
}
