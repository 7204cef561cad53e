//! Moments of a run as `{ epoch, network, samples, latents, pixel_importance, direction, latent_importance,
//! latent_importance_rmse? }`: `latents` are those of all explained images, all else as in a report.

#[cfg(feature = "models")]
use js_sys::Object;
use wasm_bindgen::{JsError, JsValue};

#[cfg(feature = "models")]
use super::from_js::{direction, estimate};
use super::{matrix_from_js, required, value};
#[cfg(feature = "models")]
use super::{matrix_to_js, network, network_from_js, property, set, to_js};
#[cfg(feature = "models")]
use crate::history::Moment;
#[cfg(any(feature = "engine", feature = "view"))]
use crate::history::{MomentMaps, inactive};
#[cfg(any(feature = "engine", feature = "view"))]
use crate::importance::DirectionMap;
#[cfg(feature = "models")]
use crate::report::Report;

/// What charts need of a moment; its network and samples need not be there.
#[cfg(any(feature = "engine", feature = "view"))]
pub(in crate::web) fn maps_from_js(found: &JsValue) -> Result<MomentMaps, JsError> {
    let matrix =
        |part: &str, name: &str| matrix_from_js(name, &required(&required(found, part)?, name)?);
    let maps = MomentMaps {
        epoch: value("epoch", required(found, "epoch")?)?,
        pixel_importance: matrix("pixel_importance", "mean")?,
        direction: DirectionMap {
            slope: matrix("direction", "slope")?,
            sign: matrix("direction", "sign")?,
        },
        latent_importance: matrix("latent_importance", "mean")?,
        inactive: inactive(&matrix_from_js("latents", &required(found, "latents")?)?),
    };
    if maps.is_consistent() {
        return Ok(maps);
    }
    Err(JsError::new(
        "The maps of this moment do not fit each other.",
    ))
}

/// A moment as the page has it; whether it is of a run's report is for others to check.
#[cfg(feature = "models")]
pub(in crate::web) fn moment_from_js(found: &JsValue) -> Result<Moment, JsError> {
    let part = |name: &str| required(found, name);
    let samples = part("samples")?;
    let sampled = |name: &str| matrix_from_js(name, &required(&samples, name)?);
    Ok(Moment {
        epoch: value("epoch", part("epoch")?)?,
        network: network_from_js(&part("network")?)?,
        sample_latents: sampled("latents")?,
        reconstructions: sampled("reconstructions")?,
        latents: matrix_from_js("latents", &part("latents")?)?,
        pixel_importance: estimate(&part("pixel_importance")?)?,
        direction: direction(&part("direction")?)?,
        latent_importance: estimate(&part("latent_importance")?)?,
        latent_importance_rmse: property(found, "latent_importance_rmse")
            .map(|rmse| estimate(&rmse))
            .transpose()?,
    })
}

/// A moment for the page, with what it shares with the `report` of its run.
#[cfg(feature = "models")]
pub(in crate::web) fn moment_to_js(report: &Report, moment: &Moment) -> Result<JsValue, JsError> {
    let object = Object::new();
    set(&object, "epoch", moment.epoch as f64);
    set(&object, "network", network(&moment.network)?);
    if let Some(samples) = &report.at(moment).samples {
        set(&object, "samples", to_js::samples(samples)?);
    }
    set(&object, "latents", matrix_to_js(&moment.latents));
    set(
        &object,
        "pixel_importance",
        to_js::estimate(&moment.pixel_importance),
    );
    set(&object, "direction", to_js::direction(&moment.direction));
    set(
        &object,
        "latent_importance",
        to_js::estimate(&moment.latent_importance),
    );
    if let Some(rmse) = &moment.latent_importance_rmse {
        set(&object, "latent_importance_rmse", to_js::estimate(rmse));
    }
    Ok(object.into())
}
