//! Parts of a report on their way out of an engine.

#[cfg(all(feature = "engine", feature = "general"))]
use js_sys::Array;
use js_sys::Object;
use wasm_bindgen::{JsError, JsValue};

#[cfg(all(feature = "engine", feature = "general"))]
use super::errors::errors_to_js;
use super::{matrix_to_js, plain, set};
#[cfg(all(feature = "engine", feature = "general"))]
use crate::attribution::{FairTest, Opinions};
use crate::importance::{DirectionMap, Estimate};
#[cfg(all(feature = "engine", feature = "general"))]
use crate::importance::{GroupImportance, ImageErrors};
#[cfg(feature = "engine")]
use crate::report::Encoded;
#[cfg(any(feature = "engine", feature = "readers"))]
use crate::report::Report;
#[cfg(feature = "engine")]
use crate::run::Part;
#[cfg(any(feature = "engine", feature = "models"))]
use crate::train::Samples;

/// Adds one part of `report` to `object`, under its name in the report; nothing for the
/// network, which is no part of it.
#[cfg(feature = "engine")]
pub(in crate::web) fn report_part(
    object: &Object,
    report: &Report,
    part: Part,
) -> Result<(), JsError> {
    let (name, value) = match part {
        Part::Network => return Ok(()),
        Part::Heading => return heading(object, report),
        Part::Training => ("training", report.training.as_ref().map(plain).transpose()?),
        Part::Samples => ("samples", report.samples.as_ref().map(samples).transpose()?),
        Part::PixelImportance => (
            "pixel_importance",
            report.pixel_importance.as_ref().map(estimate),
        ),
        Part::Direction => ("direction", report.direction.as_ref().map(direction)),
        Part::Encoded => ("encoded", report.encoded.as_ref().map(encoded).transpose()?),
        Part::LatentImportance => {
            let rmse = report.latent_importance_rmse.as_ref();
            let rmse = rmse.map_or(JsValue::NULL, estimate);
            set(object, "latent_importance_rmse", rmse);
            (
                "latent_importance",
                report.latent_importance.as_ref().map(estimate),
            )
        }
        #[cfg(feature = "general")]
        Part::Groups => ("groups", report.groups.as_ref().map(groups).transpose()?),
        #[cfg(feature = "general")]
        Part::ReconstructionErrors => (
            "reconstruction_errors",
            report
                .reconstruction_errors
                .as_ref()
                .map(errors_to_js)
                .transpose()?,
        ),
        #[cfg(feature = "general")]
        Part::DonorChecks => ("donor_checks", Some(plain(&report.donor_checks)?)),
        #[cfg(feature = "general")]
        Part::Opinions => (
            "opinions",
            report.opinions.as_ref().map(opinions).transpose()?,
        ),
        #[cfg(feature = "general")]
        Part::ImageErrors => (
            "image_errors",
            report.image_errors.as_ref().map(image_errors).transpose()?,
        ),
        #[cfg(feature = "general")]
        Part::Divergence => ("divergence", Some(plain(&report.divergence)?)),
        #[cfg(feature = "general")]
        Part::Factors => ("factors", Some(plain(&report.factors)?)),
        #[cfg(feature = "general")]
        Part::Smaller => ("smaller", Some(plain(&report.smaller)?)),
        #[cfg(feature = "general")]
        Part::Controls => ("controls", Some(plain(&report.controls)?)),
        #[cfg(feature = "general")]
        Part::Networks => ("networks", Some(plain(&report.networks)?)),
        #[cfg(feature = "general")]
        Part::Sizes => ("sizes", Some(plain(&report.sizes)?)),
    };
    set(object, name, value.unwrap_or(JsValue::NULL));
    Ok(())
}

/// What a run is about: everything that is known before it starts.
#[cfg(any(feature = "engine", feature = "readers"))]
pub(super) fn heading(object: &Object, report: &Report) -> Result<(), JsError> {
    set(object, "version", report.version.as_str());
    set(object, "engine", report.engine.as_str());
    #[cfg(feature = "general")]
    if let Some(kernel) = &report.kernel {
        set(object, "kernel", kernel.as_str());
    }
    set(object, "settings", plain(&report.settings)?);
    set(object, "data", plain(&report.data)?);
    set(object, "model", plain(&report.model)?);
    set(object, "image", plain(&report.image)?);
    set(object, "latent", plain(&report.latent)?);
    set(object, "classes", plain(&report.classes)?);
    Ok(())
}

pub(super) fn estimate(estimate: &Estimate) -> JsValue {
    let object = Object::new();
    set(&object, "method", estimate.method.name());
    set(&object, "engine", estimate.engine.as_str());
    set(&object, "mean", matrix_to_js(&estimate.mean));
    set(
        &object,
        "std_error",
        estimate
            .std_error
            .as_ref()
            .map_or(JsValue::NULL, matrix_to_js),
    );
    set(&object, "repeats", estimate.repeats as f64);
    set(&object, "fraction", f64::from(estimate.fraction));
    object.into()
}

pub(super) fn direction(direction: &DirectionMap) -> JsValue {
    let object = Object::new();
    set(&object, "slope", matrix_to_js(&direction.slope));
    set(&object, "sign", matrix_to_js(&direction.sign));
    object.into()
}

#[cfg(any(feature = "engine", feature = "models"))]
pub(super) fn samples(samples: &Samples) -> Result<JsValue, JsError> {
    let object = Object::new();
    set(&object, "labels", plain(&samples.labels)?);
    set(&object, "images", matrix_to_js(&samples.images));
    set(&object, "latents", matrix_to_js(&samples.latents));
    set(
        &object,
        "reconstructions",
        matrix_to_js(&samples.reconstructions),
    );
    #[cfg(feature = "general")]
    if let Some(noisy) = &samples.noisy {
        set(&object, "noisy", matrix_to_js(noisy));
    }
    Ok(object.into())
}

#[cfg(feature = "engine")]
fn encoded(encoded: &Encoded) -> Result<JsValue, JsError> {
    let object = Object::new();
    set(&object, "labels", plain(&encoded.labels)?);
    set(&object, "positions", plain(&encoded.positions)?);
    set(&object, "files", plain(&encoded.files)?);
    set(&object, "file", plain(&encoded.file)?);
    set(&object, "place", plain(&encoded.place)?);
    set(&object, "latents", matrix_to_js(&encoded.latents));
    Ok(object.into())
}

#[cfg(all(feature = "engine", feature = "general"))]
fn groups(groups: &GroupImportance) -> Result<JsValue, JsError> {
    let object = Object::new();
    set(&object, "grouping", plain(&groups.grouping)?);
    set(&object, "importance", estimate(&groups.importance));
    set(&object, "merges", plain(&groups.merges)?);
    set(&object, "clustered_on", plain(&groups.clustered_on)?);
    Ok(object.into())
}

#[cfg(all(feature = "engine", feature = "general"))]
fn opinions(opinions: &Opinions) -> Result<JsValue, JsError> {
    let object = Object::new();
    let methods = opinions.methods.iter().map(|opinion| {
        let object = Object::new();
        set(&object, "method", plain(&opinion.method)?);
        set(&object, "map", matrix_to_js(&opinion.map));
        set(&object, "sign", matrix_to_js(&opinion.sign));
        set(&object, "images", opinion.images as f64);
        Ok(object)
    });
    set(
        &object,
        "methods",
        methods.collect::<Result<Array, JsError>>()?,
    );
    set(&object, "agreement", plain(&opinions.agreement)?);
    set(
        &object,
        "without_gradients",
        plain(&opinions.without_gradients)?,
    );
    let test = opinions.test.as_ref().map(fair_test).transpose()?;
    set(&object, "test", test.unwrap_or(JsValue::NULL));
    Ok(object.into())
}

#[cfg(all(feature = "engine", feature = "general"))]
fn fair_test(test: &FairTest) -> Result<JsValue, JsError> {
    let object = Object::new();
    set(&object, "ordered_by", test.ordered_by as f64);
    set(&object, "measured_on", test.measured_on as f64);
    set(&object, "shares", plain(&test.shares)?);
    let scores = test.scores.iter().map(|score| {
        let object = Object::new();
        set(&object, "method", plain(&score.method)?);
        set(&object, "filler", plain(&score.filler)?);
        set(&object, "curves", matrix_to_js(&score.curves));
        set(&object, "area", plain(&score.area)?);
        set(&object, "std_error", plain(&score.std_error)?);
        Ok(object)
    });
    set(
        &object,
        "scores",
        scores.collect::<Result<Array, JsError>>()?,
    );
    set(&object, "winners", plain(&test.winners)?);
    Ok(object.into())
}

#[cfg(all(feature = "engine", feature = "general"))]
fn image_errors(errors: &ImageErrors) -> Result<JsValue, JsError> {
    let object = Object::new();
    set(&object, "pixel_method", errors.pixel_method.name());
    set(&object, "latent_method", errors.latent_method.name());
    for (name, matrix) in [
        ("pixel_importance", &errors.pixel_importance),
        ("latent_importance", &errors.latent_importance),
        ("latent_importance_rmse", &errors.latent_importance_rmse),
    ] {
        set(&object, name, matrix_to_js(matrix));
    }
    set(&object, "order", plain(&errors.order)?);
    set(&object, "differences", plain(&errors.differences)?);
    set(&object, "lit", plain(&errors.lit)?);
    Ok(object.into())
}
