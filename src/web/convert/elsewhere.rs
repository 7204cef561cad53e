//! What was made elsewhere, on its way out of the readers.

use js_sys::Object;
use wasm_bindgen::{JsError, JsValue};

use super::to_js::{direction, estimate, heading};
use super::{matrix_to_js, plain, set};
use crate::data::readers::Latents;
use crate::report::Report;

/// A report of results: its heading, V, S and IE, null where they are not known.
pub(in crate::web) fn results_to_js(report: &Report) -> Result<JsValue, JsError> {
    let object = Object::new();
    heading(&object, report)?;
    for (name, found) in [
        ("pixel_importance", &report.pixel_importance),
        ("latent_importance", &report.latent_importance),
        ("latent_importance_rmse", &report.latent_importance_rmse),
    ] {
        set(
            &object,
            name,
            found.as_ref().map_or(JsValue::NULL, estimate),
        );
    }
    let signs = report.direction.as_ref();
    set(&object, "direction", signs.map_or(JsValue::NULL, direction));
    Ok(object.into())
}

pub(in crate::web) fn latents_to_js(found: &Latents) -> Result<JsValue, JsError> {
    let object = Object::new();
    set(&object, "latents", matrix_to_js(&found.values));
    set(&object, "notes", plain(&found.notes)?);
    Ok(object.into())
}
