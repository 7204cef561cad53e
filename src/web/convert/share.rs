//! What helpers need of a run, on its way from one engine to another.

use std::ops::Range;

use js_sys::Object;
use ndarray::Array2;
use wasm_bindgen::{JsError, JsValue};

use super::{matrix_from_js, matrix_to_js, network, network_from_js, plain, required, set, value};
use crate::data::ImageShape;
use crate::distribute::SharedStage;
use crate::model::Network;
use crate::run::{Prepared, Stage};
use crate::settings::Settings;

/// Matrices aside, nothing in it concerns who passes it on.
pub(in crate::web) fn share(share: &SharedStage<'_>) -> Result<Object, JsError> {
    let object = Object::new();
    set(&object, "stage", share.stage.name());
    set(&object, "settings", plain(share.settings)?);
    set(&object, "network", network(share.network)?);
    set(&object, "image", plain(&share.image)?);
    set(&object, "inputs", matrix_to_js(share.inputs));
    set(&object, "classes", plain(share.classes)?);
    #[cfg(feature = "general")]
    set(&object, "prepared", plain(share.prepared)?);
    Ok(object)
}

/// A [`SharedStage`] with what it refers to.
pub(in crate::web) struct Shared {
    stage: Stage,
    settings: Settings,
    network: Network,
    image: ImageShape,
    inputs: Array2<f32>,
    classes: Vec<(u8, Range<usize>)>,
    prepared: Prepared,
}

impl Shared {
    pub(in crate::web) fn as_stage(&self) -> SharedStage<'_> {
        SharedStage {
            stage: self.stage,
            settings: &self.settings,
            network: &self.network,
            image: self.image,
            inputs: &self.inputs,
            classes: &self.classes,
            prepared: &self.prepared,
        }
    }
}

pub(in crate::web) fn shared_from_js(found: &JsValue) -> Result<Shared, JsError> {
    let stage: String = value("stage", required(found, "stage")?)?;
    Ok(Shared {
        stage: stage_from_js(&stage)?,
        settings: value("settings", required(found, "settings")?)?,
        network: network_from_js(&required(found, "network")?)?,
        image: value("image", required(found, "image")?)?,
        inputs: matrix_from_js("inputs", &required(found, "inputs")?)?,
        classes: value("classes", required(found, "classes")?)?,
        #[cfg(feature = "general")]
        prepared: value("prepared", required(found, "prepared")?)?,
        #[cfg(not(feature = "general"))]
        prepared: Prepared::default(),
    })
}

/// The stages of a run whose network is known, by their names in updates.
pub(in crate::web) fn stage_from_js(name: &str) -> Result<Stage, JsError> {
    [
        #[cfg(feature = "general")]
        Stage::Preparation,
        Stage::PixelImportance,
        Stage::Direction,
        #[cfg(feature = "general")]
        Stage::GroupImportance,
        Stage::LatentImportance,
        #[cfg(feature = "general")]
        Stage::DonorChecks,
        #[cfg(feature = "general")]
        Stage::Attribution,
        #[cfg(feature = "general")]
        Stage::FairTest,
        #[cfg(feature = "general")]
        Stage::ImageErrors,
        #[cfg(feature = "general")]
        Stage::Divergence,
        #[cfg(feature = "general")]
        Stage::Factors,
        #[cfg(feature = "general")]
        Stage::Smaller,
        #[cfg(feature = "general")]
        Stage::Controls,
        #[cfg(feature = "general")]
        Stage::Networks,
        #[cfg(feature = "general")]
        Stage::Sizes,
        Stage::Done,
    ]
    .into_iter()
    .find(|stage| stage.name() == name)
    .ok_or_else(|| JsError::new(&format!("There is no stage {name} to go on in.")))
}
