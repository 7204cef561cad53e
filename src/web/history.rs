//! How a run's maps and importance came about, for the page and for programs.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::convert::{maps_from_js, plain};
#[cfg(feature = "charts")]
use super::view::View;
use crate::history::{Emergence, MomentMaps};

/// How what a network has learned in the end came about, from its moments, `{ epoch, latents,
/// pixel_importance, direction, latent_importance }`, in any order. The last epoch counts as the end. Undefined where there
/// are none. Throws if a moment cannot be read.
#[wasm_bindgen(unchecked_return_type = "object | undefined")]
pub fn emergence(
    #[wasm_bindgen(unchecked_param_type = "readonly object[]")] moments: &Array,
) -> Result<JsValue, JsError> {
    let moments: Result<Vec<MomentMaps>, JsError> =
        moments.iter().map(|moment| maps_from_js(&moment)).collect();
    told(moments?.iter().collect())
}

/// Of moments in any order.
fn told(mut moments: Vec<&MomentMaps>) -> Result<JsValue, JsError> {
    moments.sort_by_key(|moment| moment.epoch);
    match Emergence::of(&moments) {
        Some(emergence) => plain(&emergence),
        None => Ok(JsValue::UNDEFINED),
    }
}

#[cfg(feature = "charts")]
#[wasm_bindgen]
impl View {
    /// Takes over what charts show of a moment, as [`emergence`] takes it; in place of what was known of the same epoch.
    /// Throws if it cannot be read.
    pub fn moment(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "object")] moment: &JsValue,
    ) -> Result<(), JsError> {
        let maps = maps_from_js(moment)?;
        self.known.moments.insert(maps.epoch, maps);
        Ok(())
    }

    /// Forgets all moments.
    pub fn forget_moments(&mut self) {
        self.known.moments.clear();
    }

    /// The epochs whose moments are known, ascending.
    #[must_use]
    pub fn epochs(&self) -> Vec<u32> {
        self.known
            .moments
            .keys()
            .map(|&epoch| epoch as u32)
            .collect()
    }

    /// As [`emergence`], of the moments that are known here.
    #[wasm_bindgen(unchecked_return_type = "object | undefined")]
    pub fn emergence(&self) -> Result<JsValue, JsError> {
        told(self.known.moments.values().collect())
    }
}
