//! Reconstruction errors on their way out and in.

use js_sys::Object;
use wasm_bindgen::{JsError, JsValue};

#[cfg(feature = "view")]
use super::{matrix_from_js, required, value};
use super::{matrix_to_js, plain, set};
#[cfg(feature = "view")]
use crate::report::Pictured;
use crate::report::ReconstructionErrors;

pub(in crate::web) fn errors_to_js(errors: &ReconstructionErrors) -> Result<JsValue, JsError> {
    let object = Object::new();
    set(&object, "mean_squared", plain(&errors.mean_squared)?);
    set(&object, "cross_entropy", plain(&errors.cross_entropy)?);
    set(&object, "by_value", plain(&errors.by_value)?);
    let worst = Object::new();
    set(&worst, "images", plain(&errors.worst.images)?);
    set(&worst, "originals", matrix_to_js(&errors.worst.originals));
    let made = matrix_to_js(&errors.worst.reconstructions);
    set(&worst, "reconstructions", made);
    set(&object, "worst", worst);
    Ok(object.into())
}

#[cfg(feature = "view")]
pub(super) fn errors_from_js(found: &JsValue) -> Result<ReconstructionErrors, JsError> {
    let worst = required(found, "worst")?;
    let matrix = |name: &str| matrix_from_js(name, &required(&worst, name)?);
    Ok(ReconstructionErrors {
        mean_squared: value("mean_squared", required(found, "mean_squared")?)?,
        cross_entropy: value("cross_entropy", required(found, "cross_entropy")?)?,
        by_value: value("by_value", required(found, "by_value")?)?,
        worst: Pictured {
            images: value("images", required(&worst, "images")?)?,
            originals: matrix("originals")?,
            reconstructions: matrix("reconstructions")?,
        },
    })
}
