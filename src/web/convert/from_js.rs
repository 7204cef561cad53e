//! Parts of a report on their way into the view.

#[cfg(all(feature = "view", feature = "general"))]
use js_sys::Array;
#[cfg(all(feature = "view", feature = "general"))]
use wasm_bindgen::JsCast;
use wasm_bindgen::{JsError, JsValue};

#[cfg(all(feature = "view", feature = "general"))]
use super::errors::errors_from_js;
use super::{matrix_from_js, optional, property, required, value};
#[cfg(all(feature = "view", feature = "general"))]
use crate::attribution::{FairTest, Opinion, Opinions, Score};
use crate::importance::{DirectionMap, Estimate};
#[cfg(all(feature = "view", feature = "general"))]
use crate::importance::{GroupImportance, ImageErrors};
#[cfg(feature = "view")]
use crate::report::{Encoded, Report};
#[cfg(feature = "view")]
use crate::train::Samples;

/// Merges the parts of a report that `part` has into `report`. A part with a version is the
/// heading of a new run: what was known of the old one is forgotten.
#[cfg(feature = "view")]
pub(in crate::web) fn report_part_from_js(
    report: &mut Option<Report>,
    part: &JsValue,
) -> Result<(), JsError> {
    if let Some(version) = property(part, "version") {
        let engine: String = value("engine", required(part, "engine")?)?;
        let settings = value("settings", required(part, "settings")?)?;
        let image = value("image", required(part, "image")?)?;
        let classes = value("classes", required(part, "classes")?)?;
        *report = Some(Report {
            version: value("version", version)?,
            data: optional(part, "data")?.unwrap_or_default(),
            model: optional(part, "model")?,
            latent: optional(part, "latent")?,
            #[cfg(feature = "general")]
            kernel: optional(part, "kernel")?,
            ..Report::empty(&engine, settings, image, classes)
        });
    }
    let report = report.as_mut().ok_or_else(|| {
        JsError::new("A report starts with its version, engine, settings, image and classes.")
    })?;
    if let Some(training) = property(part, "training") {
        report.training = Some(value("training", training)?);
    }
    if let Some(found) = property(part, "samples") {
        report.samples = Some(samples(&found)?);
    }
    if let Some(found) = property(part, "pixel_importance") {
        report.pixel_importance = Some(estimate(&found)?);
    }
    if let Some(found) = property(part, "direction") {
        report.direction = Some(direction(&found)?);
    }
    if let Some(found) = property(part, "encoded") {
        report.encoded = Some(encoded(&found)?);
    }
    if let Some(found) = property(part, "latent_importance") {
        report.latent_importance = Some(estimate(&found)?);
    }
    if let Some(found) = property(part, "latent_importance_rmse") {
        report.latent_importance_rmse = Some(estimate(&found)?);
    }
    #[cfg(feature = "general")]
    {
        if let Some(found) = property(part, "groups") {
            report.groups = Some(groups(&found)?);
        }
        if let Some(found) = property(part, "reconstruction_errors") {
            report.reconstruction_errors = Some(errors_from_js(&found)?);
        }
        if let Some(found) = property(part, "donor_checks") {
            report.donor_checks = Some(value("donor_checks", found)?);
        }
        if let Some(found) = property(part, "opinions") {
            report.opinions = Some(opinions(&found)?);
        }
        if let Some(found) = property(part, "image_errors") {
            report.image_errors = Some(image_errors(&found)?);
        }
        if let Some(found) = property(part, "emergence") {
            report.emergence = Some(value("emergence", found)?);
        }
        if let Some(found) = property(part, "controls") {
            report.controls = Some(value("controls", found)?);
        }
        if let Some(found) = property(part, "networks") {
            report.networks = Some(value("networks", found)?);
        }
        if let Some(found) = property(part, "divergence") {
            report.divergence = Some(value("divergence", found)?);
        }
        if let Some(found) = property(part, "factors") {
            report.factors = Some(value("factors", found)?);
        }
        if let Some(found) = property(part, "smaller") {
            report.smaller = Some(value("smaller", found)?);
        }
        if let Some(found) = property(part, "sizes") {
            report.sizes = Some(value("sizes", found)?);
        }
    }
    Ok(())
}

pub(super) fn estimate(found: &JsValue) -> Result<Estimate, JsError> {
    Ok(Estimate {
        method: optional(found, "method")?.unwrap_or_default(),
        engine: optional(found, "engine")?.unwrap_or_default(),
        mean: matrix_from_js("mean", &required(found, "mean")?)?,
        std_error: property(found, "std_error")
            .map(|error| matrix_from_js("std_error", &error))
            .transpose()?,
        repeats: value("repeats", required(found, "repeats")?)?,
        fraction: value("fraction", required(found, "fraction")?)?,
    })
}

pub(super) fn direction(found: &JsValue) -> Result<DirectionMap, JsError> {
    Ok(DirectionMap {
        slope: matrix_from_js("slope", &required(found, "slope")?)?,
        sign: matrix_from_js("sign", &required(found, "sign")?)?,
    })
}

#[cfg(feature = "view")]
fn samples(found: &JsValue) -> Result<Samples, JsError> {
    Ok(Samples {
        labels: value("labels", required(found, "labels")?)?,
        images: matrix_from_js("images", &required(found, "images")?)?,
        latents: matrix_from_js("latents", &required(found, "latents")?)?,
        reconstructions: matrix_from_js("reconstructions", &required(found, "reconstructions")?)?,
        #[cfg(feature = "general")]
        noisy: property(found, "noisy")
            .map(|noisy| matrix_from_js("noisy", &noisy))
            .transpose()?,
    })
}

#[cfg(feature = "view")]
fn encoded(found: &JsValue) -> Result<Encoded, JsError> {
    Ok(Encoded {
        labels: value("labels", required(found, "labels")?)?,
        positions: value("positions", required(found, "positions")?)?,
        files: optional(found, "files")?.unwrap_or_default(),
        file: optional(found, "file")?.unwrap_or_default(),
        place: optional(found, "place")?.unwrap_or_default(),
        latents: matrix_from_js("latents", &required(found, "latents")?)?,
    })
}

#[cfg(all(feature = "view", feature = "general"))]
fn groups(found: &JsValue) -> Result<GroupImportance, JsError> {
    Ok(GroupImportance {
        grouping: value("grouping", required(found, "grouping")?)?,
        importance: estimate(&required(found, "importance")?)?,
        merges: optional(found, "merges")?.unwrap_or_default(),
        clustered_on: optional(found, "clustered_on")?,
    })
}

#[cfg(all(feature = "view", feature = "general"))]
fn opinions(found: &JsValue) -> Result<Opinions, JsError> {
    let methods = each("methods", found, |found| {
        Ok(Opinion {
            method: value("method", required(found, "method")?)?,
            map: matrix_from_js("map", &required(found, "map")?)?,
            sign: matrix_from_js("sign", &required(found, "sign")?)?,
            images: value("images", required(found, "images")?)?,
        })
    });
    Ok(Opinions {
        methods: methods?,
        agreement: value("agreement", required(found, "agreement")?)?,
        without_gradients: optional(found, "without_gradients")?,
        test: property(found, "test")
            .map(|test| fair_test(&test))
            .transpose()?,
    })
}

#[cfg(all(feature = "view", feature = "general"))]
fn fair_test(found: &JsValue) -> Result<FairTest, JsError> {
    let scores = each("scores", found, |found| {
        Ok(Score {
            method: optional(found, "method")?,
            filler: value("filler", required(found, "filler")?)?,
            curves: matrix_from_js("curves", &required(found, "curves")?)?,
            area: value("area", required(found, "area")?)?,
            std_error: value("std_error", required(found, "std_error")?)?,
        })
    });
    Ok(FairTest {
        ordered_by: value("ordered_by", required(found, "ordered_by")?)?,
        measured_on: value("measured_on", required(found, "measured_on")?)?,
        shares: value("shares", required(found, "shares")?)?,
        scores: scores?,
        winners: value("winners", required(found, "winners")?)?,
    })
}

/// What `read` makes of every element of the array `name`.
#[cfg(all(feature = "view", feature = "general"))]
fn each<T>(
    name: &str,
    of: &JsValue,
    read: impl Fn(&JsValue) -> Result<T, JsError>,
) -> Result<Vec<T>, JsError> {
    let found = required(of, name)?.dyn_into::<Array>();
    let found = found.map_err(|_| JsError::new(&format!("{name} is not an array.")))?;
    found.iter().map(|one| read(&one)).collect()
}

#[cfg(all(feature = "view", feature = "general"))]
fn image_errors(found: &JsValue) -> Result<ImageErrors, JsError> {
    let matrix = |name: &str| matrix_from_js(name, &required(found, name)?);
    Ok(ImageErrors {
        pixel_method: value("pixel_method", required(found, "pixel_method")?)?,
        latent_method: value("latent_method", required(found, "latent_method")?)?,
        pixel_importance: matrix("pixel_importance")?,
        latent_importance: matrix("latent_importance")?,
        latent_importance_rmse: matrix("latent_importance_rmse")?,
        order: value("order", required(found, "order")?)?,
        differences: value("differences", required(found, "differences")?)?,
        lit: value("lit", required(found, "lit")?)?,
    })
}
