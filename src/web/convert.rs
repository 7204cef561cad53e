//! Reports as plain JavaScript objects, with matrices as `Float32Array`s.
//!
//! Everything but matrices goes through serde. A matrix is `{ shape: [rows, columns], data }` with
//! its numbers row by row in one typed array, which a worker can hand over without copying.

#[cfg(feature = "engine")]
use js_sys::Array;
use js_sys::{Float32Array, Object, Reflect};
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

#[cfg(feature = "view")]
pub(super) use from_js::{network_from_js, report_part_from_js, value};
#[cfg(feature = "engine")]
pub(super) use to_js::{network, report_part};

#[cfg(feature = "engine")]
mod to_js {
    use super::{Array, Array2, Float32Array, JsError, JsValue, Object, plain, set};
    use crate::model::{Dense, Network};
    use crate::report::{DirectionMap, Encoded, Estimate, Report, Samples};
    use crate::run::Part;

    /// Adds one part of `report` to `object`, under its name in the report; nothing for the
    /// network, which is no part of it.
    pub(in super::super) fn report_part(
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
        set(&object, "method", estimate.method.name());
        set(&object, "engine", estimate.engine.as_str());
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

    fn encoded(encoded: &Encoded) -> Result<JsValue, JsError> {
        let object = Object::new();
        set(&object, "labels", plain(&encoded.labels)?);
        set(&object, "positions", plain(&encoded.positions)?);
        set(&object, "latents", matrix(&encoded.latents));
        Ok(object.into())
    }

    /// A network as `{ encoder, decoder }`, each a list of `{ weight, bias, activation }`.
    pub(in super::super) fn network(network: &Network) -> Result<JsValue, JsError> {
        let layers = |layers: &[Dense]| layers.iter().map(dense).collect::<Result<Array, _>>();
        let object = Object::new();
        set(&object, "encoder", layers(&network.encoder)?);
        set(&object, "decoder", layers(&network.decoder)?);
        Ok(object.into())
    }

    fn dense(layer: &Dense) -> Result<JsValue, JsError> {
        let object = Object::new();
        set(&object, "weight", matrix(&layer.weight));
        set(
            &object,
            "bias",
            Float32Array::from(layer.bias.to_vec().as_slice()),
        );
        set(&object, "activation", plain(&layer.activation)?);
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

#[cfg(feature = "view")]
mod from_js {
    use serde::de::DeserializeOwned;
    use wasm_bindgen::JsCast;

    use super::{Array2, Float32Array, JsError, JsValue, Reflect};
    use crate::model::{Dense, Network};
    use crate::report::{DirectionMap, Encoded, Estimate, Report, Samples};

    /// Merges the parts of a report that `part` has into `report`. A part with a version is the
    /// heading of a new run: what was known of the old one is forgotten.
    pub(in super::super) fn report_part_from_js(
        report: &mut Option<Report>,
        part: &JsValue,
    ) -> Result<(), JsError> {
        if let Some(version) = property(part, "version") {
            *report = Some(Report {
                version: value("version", version)?,
                engine: value("engine", required(part, "engine")?)?,
                settings: value("settings", required(part, "settings")?)?,
                image: value("image", required(part, "image")?)?,
                classes: value("classes", required(part, "classes")?)?,
                training: None,
                samples: None,
                encoded: None,
                pixel_importance: None,
                direction: None,
                latent_importance: None,
                latent_importance_rmse: None,
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
        Ok(())
    }

    /// Any value without matrices; `name` is what the page calls it.
    pub(in super::super) fn value<T: DeserializeOwned>(
        name: &str,
        from: JsValue,
    ) -> Result<T, JsError> {
        serde_wasm_bindgen::from_value(from).map_err(|error| {
            // The error is a JavaScript one and says its own class first.
            let reason = error.to_string();
            let reason = reason.strip_prefix("Error: ").unwrap_or(&reason);
            JsError::new(&format!("{name} cannot be read: {reason}"))
        })
    }

    fn estimate(found: &JsValue) -> Result<Estimate, JsError> {
        Ok(Estimate {
            method: property(found, "method")
                .map(|method| value("method", method))
                .transpose()?
                .unwrap_or_default(),
            engine: property(found, "engine")
                .map(|engine| value("engine", engine))
                .transpose()?
                .unwrap_or_default(),
            mean: matrix("mean", &required(found, "mean")?)?,
            std_error: property(found, "std_error")
                .map(|error| matrix("std_error", &error))
                .transpose()?,
            repeats: value("repeats", required(found, "repeats")?)?,
            fraction: value("fraction", required(found, "fraction")?)?,
        })
    }

    fn direction(found: &JsValue) -> Result<DirectionMap, JsError> {
        Ok(DirectionMap {
            slope: matrix("slope", &required(found, "slope")?)?,
            sign: matrix("sign", &required(found, "sign")?)?,
        })
    }

    fn samples(found: &JsValue) -> Result<Samples, JsError> {
        Ok(Samples {
            labels: value("labels", required(found, "labels")?)?,
            images: matrix("images", &required(found, "images")?)?,
            latents: matrix("latents", &required(found, "latents")?)?,
            reconstructions: matrix("reconstructions", &required(found, "reconstructions")?)?,
        })
    }

    fn encoded(found: &JsValue) -> Result<Encoded, JsError> {
        Ok(Encoded {
            labels: value("labels", required(found, "labels")?)?,
            positions: value("positions", required(found, "positions")?)?,
            latents: matrix("latents", &required(found, "latents")?)?,
        })
    }

    /// A network as [`network`](super::network) writes it. Refuses one whose layers do not follow
    /// each other.
    pub(in super::super) fn network_from_js(found: &JsValue) -> Result<Network, JsError> {
        let layers = |name| -> Result<Vec<Dense>, JsError> {
            let layers = required(found, name)?;
            let layers = js_sys::Array::from(&layers);
            layers.iter().map(|layer| dense(&layer)).collect()
        };
        let network = Network {
            encoder: layers("encoder")?,
            decoder: layers("decoder")?,
        };
        let all: Vec<&Dense> = network.encoder.iter().chain(&network.decoder).collect();
        let follow = all
            .windows(2)
            .all(|pair| pair[0].outputs() == pair[1].inputs());
        let biased = all.iter().all(|layer| layer.bias.len() == layer.outputs());
        if network.encoder.is_empty() || network.decoder.is_empty() || !follow || !biased {
            return Err(JsError::new(
                "The layers of this network do not fit each other.",
            ));
        }
        Ok(network)
    }

    fn dense(found: &JsValue) -> Result<Dense, JsError> {
        let bias = required(found, "bias")?
            .dyn_into::<Float32Array>()
            .map_err(|_| JsError::new("bias is not a Float32Array."))?;
        Ok(Dense {
            weight: matrix("weight", &required(found, "weight")?)?,
            bias: bias.to_vec().into(),
            activation: value("activation", required(found, "activation")?)?,
        })
    }

    fn matrix(name: &str, found: &JsValue) -> Result<Array2<f32>, JsError> {
        let shape: (usize, usize) = value("shape", required(found, "shape")?)?;
        let data = required(found, "data")?
            .dyn_into::<Float32Array>()
            .map_err(|_| JsError::new(&format!("{name}.data is not a Float32Array.")))?
            .to_vec();
        let count = data.len();
        Array2::from_shape_vec(shape, data).map_err(|_| {
            let (rows, columns) = shape;
            JsError::new(&format!(
                "{name} holds {count} numbers, which is not {rows} × {columns}."
            ))
        })
    }

    fn required(object: &JsValue, name: &str) -> Result<JsValue, JsError> {
        property(object, name).ok_or_else(|| JsError::new(&format!("{name} is missing.")))
    }

    /// A property that is there and neither undefined nor null.
    fn property(object: &JsValue, name: &str) -> Option<JsValue> {
        Reflect::get(object, &name.into())
            .ok()
            .filter(|value| !value.is_undefined() && !value.is_null())
    }
}
