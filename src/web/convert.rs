//! Reports as plain JavaScript objects, with matrices as `Float32Array`s.
//!
//! Everything but matrices goes through serde. A matrix is `{ shape: [rows, columns], data }` with
//! its numbers row by row in one typed array, which a worker can hand over without copying.

use js_sys::{Array, Float32Array, Object, Reflect};
use ndarray::Array2;
use serde::Serialize;
use wasm_bindgen::{JsError, JsValue};

/// Any serialisable value without matrices as a plain object.
pub(super) fn plain<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsError> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value
        .serialize(&serializer)
        .map_err(|error| JsError::new(&error.to_string()))
}

/// Sets a property of a plain object.
pub(super) fn set(object: &Object, name: &str, value: impl Into<JsValue>) {
    Reflect::set(object, &name.into(), &value.into())
        .expect("properties of a plain object can always be set");
}

#[cfg(feature = "engine")]
pub(super) use to_js::report_part;

#[cfg(feature = "engine")]
mod to_js {
    use super::{Array, Array2, Float32Array, JsError, JsValue, Object, plain, set};
    use crate::report::{DirectionMap, Estimate, Report, Samples};
    use crate::run::Part;

    /// Adds one part of `report` to `object`, under its name in the report.
    pub(in super::super) fn report_part(
        object: &Object,
        report: &Report,
        part: Part,
    ) -> Result<(), JsError> {
        let (name, value) = match part {
            Part::Heading => return heading(object, report),
            Part::Training => ("training", report.training.as_ref().map(plain).transpose()?),
            Part::Samples => ("samples", report.samples.as_ref().map(samples).transpose()?),
            Part::PixelImportance => (
                "pixel_importance",
                report.pixel_importance.as_ref().map(estimate),
            ),
            Part::Direction => ("direction", report.direction.as_ref().map(direction)),
            Part::LatentImportance => (
                "latent_importance",
                report.latent_importance.as_ref().map(estimate),
            ),
        };
        set(object, name, value.unwrap_or(JsValue::NULL));
        Ok(())
    }

    /// What a run is about: everything that is known before it starts.
    fn heading(object: &Object, report: &Report) -> Result<(), JsError> {
        set(object, "version", report.version.as_str());
        set(object, "engine", report.engine.as_str());
        set(object, "settings", plain(&report.settings)?);
        set(object, "image", plain(&report.image)?);
        set(object, "classes", plain(&report.classes)?);
        Ok(())
    }

    fn estimate(estimate: &Estimate) -> JsValue {
        let object = Object::new();
        set(&object, "mean", matrix(&estimate.mean));
        set(
            &object,
            "std_error",
            estimate.std_error.as_ref().map_or(JsValue::NULL, matrix),
        );
        set(&object, "repeats", estimate.repeats as f64);
        set(&object, "fraction", f64::from(estimate.fraction));
        object.into()
    }

    fn direction(direction: &DirectionMap) -> JsValue {
        let object = Object::new();
        set(&object, "slope", matrix(&direction.slope));
        set(&object, "sign", matrix(&direction.sign));
        object.into()
    }

    fn samples(samples: &Samples) -> Result<JsValue, JsError> {
        let object = Object::new();
        set(&object, "labels", plain(&samples.labels)?);
        set(&object, "images", matrix(&samples.images));
        set(&object, "latents", matrix(&samples.latents));
        set(&object, "reconstructions", matrix(&samples.reconstructions));
        Ok(object.into())
    }

    fn matrix(matrix: &Array2<f32>) -> JsValue {
        let object = Object::new();
        let (rows, columns) = matrix.dim();
        set(
            &object,
            "shape",
            Array::of2(&(rows as f64).into(), &(columns as f64).into()),
        );
        let data = match matrix.as_slice() {
            Some(data) => Float32Array::from(data),
            None => Float32Array::from(matrix.iter().copied().collect::<Vec<_>>().as_slice()),
        };
        set(&object, "data", data);
        object.into()
    }
}
