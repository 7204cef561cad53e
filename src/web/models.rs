//! The door to models' files: what the page opens, saves and shows as code.

use js_sys::{Array, Error, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use super::convert::{moment_from_js, moment_to_js, network, network_from_js, plain, set, value};
use crate::data::{Class, Scaling, idx};
use crate::history::Moment;
use crate::model::files::save::{self, SaveFormat};
use crate::model::files::{self, File, Hints, MAX_BYTES, Model, ModelError, code};
use crate::report::Report;
use crate::session::{self, Images, Session};

/// Opens a trained autoencoder. `files` holds `{ name, bytes }`; `hints` what a person says of
/// them, `{ activations?, bottleneck?, order?, layers? }`. Returns `{ model: { network, description } }`,
/// or `{ question }` where the files leave something open; opening them again with an answer as
/// `hints` goes on from there. Throws an `Error` that names file, reason and remedy, and has the lines of code that
/// write the model as ONNX as its property `code`, where that is a way out.
#[wasm_bindgen]
pub fn open(
    files: &Array,
    #[wasm_bindgen(unchecked_param_type = "object")] hints: JsValue,
) -> Result<JsValue, JsValue> {
    let hints: Hints = value("hints", hints)?;
    let result = Object::new();
    match files::open(&files_from_js(files)?, &hints) {
        Ok(model) => set(&result, "model", model_to_js(&model)?),
        Err(ModelError::Question(question)) => set(&result, "question", plain(&*question)?),
        Err(refused) => return Err(thrown(&refused)),
    }
    Ok(result.into())
}

/// The bytes of a file that holds the network, `{ input, encoder, latent, decoder, log_variance? }`, with
/// the `scaling` of the columns that it was trained on, `{ offset, scale }`, if there is one. Throws if the
/// network cannot be read, and an `Error` that names layer and remedy where the format cannot say one of its
/// layers.
#[wasm_bindgen]
pub fn save(
    #[wasm_bindgen(unchecked_param_type = "\"safetensors\" | \"keras\" | \"onnx\"")]
    format: JsValue,
    #[wasm_bindgen(unchecked_param_type = "object")] network: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "object | undefined")] scaling: JsValue,
) -> Result<Vec<u8>, JsError> {
    let format: SaveFormat = value("format", format)?;
    let scaling: Option<Scaling> = value("scaling", scaling)?;
    let network = network_from_js(network)?;
    Ok(save::save_with(&network, scaling.as_ref(), format)?)
}

/// What is to be known of the file that [`save`] gives: sentences, none where it is as everybody expects.
/// Throws as it does.
#[wasm_bindgen]
pub fn save_notes(
    #[wasm_bindgen(unchecked_param_type = "\"safetensors\" | \"keras\" | \"onnx\"")]
    format: JsValue,
    #[wasm_bindgen(unchecked_param_type = "object")] network: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "object | undefined")] scaling: JsValue,
) -> Result<Vec<String>, JsError> {
    let format: SaveFormat = value("format", format)?;
    let scaling: Option<Scaling> = value("scaling", scaling)?;
    let network = network_from_js(network)?;
    Ok(save::notes(&network, scaling.as_ref(), format))
}

/// The network that has these latent dimensions alone (counted from 0, in this order), all others being held at
/// their `values`, of which there is one for every dimension. Throws where they cannot be taken out.
#[wasm_bindgen(unchecked_return_type = "object")]
pub fn keeping(
    #[wasm_bindgen(unchecked_param_type = "object")] whole: &JsValue,
    dims: &[u32],
    values: &[f32],
) -> Result<JsValue, JsError> {
    let whole = network_from_js(whole)?;
    if values.len() != whole.dims() {
        return Err(JsError::new("There is to be a value for every dimension."));
    }
    let dims: Vec<usize> = dims.iter().map(|&dim| dim as usize).collect();
    let made = whole.keeping(&dims, values);
    network(&made.map_err(|refusal| JsError::new(&refusal))?)
}

/// A Python program that trains what the settings describe on images of this shape, `{ height, width,
/// channels }`, whose columns are scaled by `scaling`, `{ offset, scale }`, if there is one. Throws if an
/// argument cannot be read.
#[wasm_bindgen]
pub fn code(
    #[wasm_bindgen(unchecked_param_type = "\"keras\" | \"pytorch\"")] library: JsValue,
    #[wasm_bindgen(unchecked_param_type = "object")] settings: JsValue,
    #[wasm_bindgen(unchecked_param_type = "object")] image: JsValue,
    #[wasm_bindgen(unchecked_param_type = "object | undefined")] scaling: JsValue,
) -> Result<String, JsError> {
    let (library, image) = (value("library", library)?, value("image", image)?);
    let (settings, scaling) = (
        value("settings", settings)?,
        value::<Option<Scaling>>("scaling", scaling)?,
    );
    Ok(code::code_with(library, &settings, image, scaling.as_ref()))
}

/// What tells images from others, `{ name, count, fingerprint }`. `classes` holds
/// `{ label, bytes }` for every class, `bytes` being an IDX file. Throws if one cannot be read.
#[wasm_bindgen]
pub fn identify(name: &str, classes: &Array) -> Result<JsValue, JsError> {
    let classes: Vec<Class> = classes
        .iter()
        .map(|class| {
            let property = |name: &str| Reflect::get(&class, &name.into()).ok();
            let label = property("label").and_then(|label| label.as_f64());
            let bytes = property("bytes").and_then(|bytes| bytes.dyn_into::<Uint8Array>().ok());
            let (Some(label), Some(bytes)) = (label, bytes) else {
                return Err(JsError::new("Every class needs its label and its bytes."));
            };
            Ok(Class::new(label as u8, idx::read(&bytes.to_vec())?))
        })
        .collect::<Result<_, JsError>>()?;
    plain(&Images::of(name, &classes))
}

/// The bytes of a session's file: settings, the network, the report as JSON, as the view exports
/// it, what [`identify`] says of the images, and moments of the run, `{ epoch, network, samples, latents,
/// pixel_importance, direction, latent_importance, latent_importance_rmse? }`, in the order of their epochs. Throws if one of them cannot be read, or a moment is not of the report.
#[wasm_bindgen]
pub fn write_session(
    #[wasm_bindgen(unchecked_param_type = "object")] settings: JsValue,
    #[wasm_bindgen(unchecked_param_type = "object")] network: &JsValue,
    report: Option<String>,
    #[wasm_bindgen(unchecked_param_type = "object | undefined")] images: JsValue,
    #[wasm_bindgen(unchecked_param_type = "readonly object[] | undefined")] moments: Option<Array>,
) -> Result<Vec<u8>, JsError> {
    let report: Option<Report> = report
        .map(|report| serde_json::from_str(&report))
        .transpose()
        .map_err(|error| JsError::new(&format!("report cannot be read: {error}")))?;
    if let Some(Err(what)) = report.as_ref().map(Report::check) {
        return Err(JsError::new(&format!("report cannot be saved: {what}.")));
    }
    let moments: Result<Vec<Moment>, JsError> = moments
        .unwrap_or_default()
        .iter()
        .map(|moment| moment_from_js(&moment))
        .collect();
    let network = network_from_js(network)?;
    if network.has_black_box() {
        return Err(JsError::new(
            "A session cannot hold a model whose layers are not known: save the report instead.",
        ));
    }
    let session = Session {
        version: env!("CARGO_PKG_VERSION").into(),
        settings: value("settings", settings)?,
        network,
        images: value("images", images)?,
        report,
        moments: moments?,
    };
    session
        .check_moments()
        .map_err(|what| JsError::new(&format!("a moment cannot be saved: {what}.")))?;
    Ok(session::write(&session))
}

/// Reads a session's file, `{ name, bytes }`: `{ version, settings, network, images, report, moments }`, the
/// report as JSON; images and report may be null. `moments` are as [`write_session`] takes them. Throws an `Error` that names file, reason and remedy.
#[wasm_bindgen]
pub fn read_session(
    #[wasm_bindgen(unchecked_param_type = "{ name: string, bytes: Uint8Array }")] file: &JsValue,
) -> Result<JsValue, JsError> {
    let session = session::read(&file_from_js(file)?)?;
    let result = Object::new();
    set(&result, "version", session.version.as_str());
    set(&result, "settings", plain(&session.settings)?);
    set(&result, "network", network(&session.network)?);
    let images = session.images.as_ref().map(plain).transpose()?;
    set(&result, "images", images.unwrap_or(JsValue::NULL));
    let report = match &session.report {
        Some(report) => serde_json::to_string(report)
            .map_err(|error| JsError::new(&error.to_string()))?
            .into(),
        None => JsValue::NULL,
    };
    set(&result, "report", report);
    let moments: Result<Array, JsError> = match &session.report {
        Some(report) => session
            .moments
            .iter()
            .map(|moment| moment_to_js(report, moment))
            .collect(),
        None => Ok(Array::new()),
    };
    set(&result, "moments", moments?);
    Ok(result.into())
}

fn thrown(refused: &ModelError) -> JsValue {
    let error = Error::new(&refused.to_string());
    if let ModelError::Refused {
        code: Some(code), ..
    } = refused
    {
        set(&error, "code", code.as_str());
    }
    error.into()
}

fn model_to_js(model: &Model) -> Result<JsValue, JsError> {
    let object = Object::new();
    set(&object, "network", network(&model.network)?);
    set(&object, "description", plain(&model.description)?);
    Ok(object.into())
}

fn files_from_js(files: &Array) -> Result<Vec<File>, JsError> {
    files.iter().map(|file| file_from_js(&file)).collect()
}

fn file_from_js(file: &JsValue) -> Result<File, JsError> {
    let property = |name: &str| Reflect::get(file, &name.into()).ok();
    let name = property("name").and_then(|name| name.as_string());
    let bytes = property("bytes").and_then(|bytes| bytes.dyn_into::<Uint8Array>().ok());
    let (Some(name), Some(bytes)) = (name, bytes) else {
        return Err(JsError::new("Every file needs its name and its bytes."));
    };
    // Before it is copied into memory that never shrinks.
    if bytes.length() as usize > MAX_BYTES {
        return Err(JsError::new(&format!(
            "{name}: it has {} MB, and at most {} MB can be read; save a smaller model.",
            bytes.length() / 1_000_000,
            MAX_BYTES / 1_000_000
        )));
    }
    let bytes = bytes.to_vec();
    Ok(File { name, bytes })
}
