//! The engine's door: what the worker opens, feeds and advances.

use std::cell::RefCell;
use std::time::Duration;

use js_sys::{Array, Float64Array, Function, Object, Reflect, Uint8Array};
use ndarray::ArrayView2;
use wasm_bindgen::prelude::*;

#[cfg(feature = "general")]
use super::convert::{matrix_from_js, plain, property, value};
use super::convert::{
    network, network_from_js, optional, report_part, set, share, shared_from_js, stage_from_js,
};
use crate::data::{Class, Origin, idx};
use crate::distribute::SharedStage;
use crate::engine::{Engine as Device, EngineError};
use crate::importance::{Importance, is_measurement};
#[cfg(feature = "general")]
use crate::model::{Half, Network};
#[cfg(feature = "general")]
use crate::networks::{Other, Trained, Trainings};
use crate::run::{Part, Run, RunError, Snapshot, Update, milliseconds_per_step};
use crate::settings::Settings;

/// Sends the message of a panic to the console: without it the page would only learn
/// "unreachable".
#[wasm_bindgen(start)]
fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        web_sys::console::error_1(&panic.to_string().into());
    }));
}

/// One engine and what it works on: a run, or a stage of a run that another engine has.
#[wasm_bindgen]
pub struct Engine {
    device: Device,
    run: Option<Run>,
    helping: Option<Importance>,
}

#[wasm_bindgen]
impl Engine {
    /// Opens this package's engine. The WebGPU engine asks the browser for an adapter and a
    /// device; rejects with the reason when there is none. `on_lost` is called with the reason if
    /// the graphics device is lost later: a run that is under way then never settles.
    pub async fn open(on_lost: Function) -> Result<Engine, JsValue> {
        ON_LOST.set(Some(on_lost));
        #[cfg(feature = "engine-webgpu")]
        let device = Device::webgpu(tell_lost)
            .await
            .map_err(|error| error_of(&error.into()))?;
        #[cfg(not(feature = "engine-webgpu"))]
        let device = Device::cpu();
        Ok(Self {
            device,
            run: None,
            helping: None,
        })
    }

    /// `cpu` or `webgpu`.
    #[wasm_bindgen(getter)]
    pub fn name(&self) -> String {
        self.device.name().into()
    }

    /// The graphics adapter's own name; empty on the CPU.
    #[wasm_bindgen(getter)]
    pub fn adapter(&self) -> String {
        self.device.adapter().into()
    }

    /// Prepares a run. `images` holds `{ label, name?, role?, bytes, files?, file?, place? }` for every
    /// class, `bytes` being an IDX file, plain or gzip-compressed; `role` says what they are for where
    /// there is a test set ("training", "unlabelled" or "explained"); `file` and `place` say which of
    /// `files`, and which image of it, each of them is. Throws an `Error` that says what cannot be used
    /// and why.
    ///
    /// With `trained`, a network as `{ encoder, decoder }`, that one is explained; without, one is
    /// trained. `sources`, `{ data?, model?, trained_here?, trains_on?, snapshots? }`, say whose they are: data and model go
    /// into the report as they are, and a network that was trained here, by such a run in an engine
    /// that was lost, counts as that run's own. One that `trains_on` is trained from the weights it has (in packages
    /// that know all layers); of its sources nothing else is heeded. With `snapshots`, updates of training carry
    /// `snapshot: { epoch, network }`, the network before training and after every epoch. Packages with
    /// the feature `general` also take `others`, networks to be compared with it, as
    /// `{ name, network, seeds?, held_out_loss? }`: `seeds` of one that was trained by the same settings but for
    /// these, which then is not trained again; and `latents`, a matrix with a row for each image in the order in which they
    /// are given, for a network without an encoder.
    pub fn start(
        &mut self,
        settings: JsValue,
        images: &JsValue,
        trained: &JsValue,
        sources: &JsValue,
    ) -> Result<(), JsValue> {
        self.leave();
        let (settings, classes) = request(settings, images)?;
        let run = if trained.is_undefined() {
            Run::new(&self.device, settings, &classes)
        } else {
            let network = network_from_js(trained)?;
            #[cfg(feature = "general")]
            let network = with_latents(network, sources, &classes)?;
            #[cfg(feature = "general")]
            if optional(sources, "trains_on")?.unwrap_or(false) {
                let run = Run::train_on(&self.device, settings, &classes, network);
                self.run = Some(run.map_err(|error| error_of(&error))?);
                return Ok(());
            }
            if optional(sources, "trained_here")?.unwrap_or(false) {
                Run::trained(&self.device, settings, &classes, network)
            } else {
                Run::explain(&self.device, settings, &classes, network)
            }
        };
        let mut run = run.map_err(|error| error_of(&error))?;
        if let Some(data) = optional(sources, "data")? {
            run = run.on_data(data);
        }
        if let Some(model) = optional(sources, "model")? {
            run = run.of_model(model);
        }
        if optional(sources, "snapshots")?.unwrap_or(false) {
            run = run.taking_snapshots();
        }
        #[cfg(feature = "general")]
        {
            let others = others_from_js(sources)?;
            run = run.beside(others).map_err(|error| error_of(&error))?;
        }
        self.run = Some(run);
        Ok(())
    }

    /// Measures another network of the same training, on the images of the run that was started: what
    /// [`Engine::advance`] tells next is of this one, V, S and IE as in the paper, IE by sampling.
    pub fn again(&mut self, trained: &JsValue) -> Result<(), JsValue> {
        let run = started(&mut self.run)?;
        let network = network_from_js(trained)?;
        if network.encoder().input().size() != run.image().size()
            || network.dims() != run.report().settings.dims
        {
            return Err(JsError::new("This network is not one of the run's.").into());
        }
        run.again(network);
        Ok(())
    }

    /// Works for about `budget_ms` milliseconds. Resolves to an update: stage, done and total
    /// units, elapsed and remaining milliseconds of the stage, the parts of the report that
    /// changed, and the network once it is trained.
    pub async fn advance(&mut self, budget_ms: f64) -> Result<JsValue, JsValue> {
        let run = started(&mut self.run)?;
        let update = run
            .advance(milliseconds(budget_ms))
            .await
            .map_err(|error| error_of(&error))?;
        Ok(update_to_js(run, &update)?)
    }

    /// What the run will take, `{ pixel_importance, group_importance, latent_importance, room }`:
    /// multiply-adds of stages 1, of pixels and of groups, and 3, and how many helpers have room in a page's
    /// memory. Packages of dense networks know no groups.
    pub fn demand(&self) -> Result<Object, JsError> {
        let run = self.run.as_ref().ok_or_else(no_run)?;
        let demand = run.demand();
        let object = Object::new();
        set(&object, "pixel_importance", demand.pixel_importance);
        #[cfg(feature = "general")]
        set(&object, "group_importance", demand.group_importance);
        set(&object, "latent_importance", demand.latent_importance);
        set(&object, "room", run.room() as f64);
        Ok(object)
    }

    /// The stage in hand where there is something left of it that others can measure:
    /// `pixel-importance`, `group-importance`, `latent-importance` or undefined.
    #[wasm_bindgen(getter)]
    pub fn divisible(&self) -> Option<String> {
        let run = self.run.as_ref()?;
        run.importance().filter(|job| job.done() < job.total())?;
        Some(run.stage().name().into())
    }

    /// The stage in hand as others need to know it: `share` for [`Engine::help`], measurements
    /// `done` and in `total`, and the `stride` in which they are best made.
    pub fn division(&self) -> Result<Object, JsError> {
        let run = self.run.as_ref().ok_or_else(no_run)?;
        let of_stage = SharedStage::of(run).zip(run.importance());
        let (needed, job) = of_stage.ok_or_else(|| JsError::new("No stage can be divided."))?;
        let object = Object::new();
        set(&object, "share", share(&needed)?);
        set(&object, "done", job.done() as f64);
        set(&object, "total", job.total() as f64);
        set(&object, "stride", job.stride() as f64);
        Ok(object)
    }

    /// Prepares to measure for a run that another engine has.
    pub async fn help(&mut self, share: JsValue) -> Result<(), JsValue> {
        self.leave();
        let shared = shared_from_js(&share)?;
        let stage = shared.as_stage();
        stage.check().map_err(|what| JsError::new(&what))?;
        let job = stage.importance(&self.device).await;
        self.helping = Some(job.map_err(|error| error_of(&error.into()))?);
        Ok(())
    }

    /// The numbers of the images that the run explains, as the network is given them, one image after the other.
    #[cfg(feature = "general")]
    pub fn explained(&self) -> Result<Vec<f32>, JsError> {
        let run = self.run.as_ref().ok_or_else(no_run)?;
        Ok(run.explained().pixels.iter().copied().collect())
    }

    /// Forgets what it works on, and gives the memory back.
    pub fn leave(&mut self) {
        self.run = None;
        self.helping = None;
    }

    /// Makes `count` measurements of the stage in hand, from the `first` on: their numbers, one
    /// measurement after the other. Nothing is added up.
    pub async fn measurements(&self, first: usize, count: usize) -> Result<Float64Array, JsValue> {
        let job = self
            .helping
            .as_ref()
            .or_else(|| self.run.as_ref()?.importance())
            .filter(|job| {
                first
                    .checked_add(count)
                    .is_some_and(|end| end <= job.total())
            })
            .filter(|job| count.saturating_mul(job.width()) <= MOST_NUMBERS)
            .ok_or_else(|| JsError::new("There is nothing to measure."))?;
        let values = job
            .measure(first, count)
            .await
            .map_err(|error| error_of(&error.into()))?;
        Ok(values.as_slice().unwrap_or(&[]).into())
    }

    /// Takes over the run's next measurements, in order, which have taken `ms`. Resolves to an
    /// update as [`Engine::advance`] does.
    pub async fn add(&mut self, values: Vec<f64>, ms: f64) -> Result<JsValue, JsValue> {
        let run = started(&mut self.run)?;
        let job = run.importance().ok_or_else(no_run)?;
        let count = values.len() / job.width().max(1);
        let rows = ArrayView2::from_shape((count, job.width()), &values)
            .ok()
            .filter(|_| count <= job.total() - job.done())
            .filter(|rows| rows.iter().copied().all(is_measurement))
            .ok_or_else(|| JsError::new("These measurements are not the next of this stage."))?;
        let update = run
            .add(rows, milliseconds(ms))
            .await
            .map_err(|error| error_of(&error))?;
        Ok(update_to_js(run, &update)?)
    }

    /// What has been added up of the stage in hand, for [`Engine::resume`].
    pub fn state(&mut self) -> Option<Vec<f64>> {
        self.run.as_mut()?.state()
    }

    /// Goes on with a run that another engine had, which was started here with its network: in
    /// `stage`, which had taken `elapsed_ms`, from its `state` or, without one, from its beginning.
    pub async fn resume(
        &mut self,
        stage: &str,
        state: Option<Vec<f64>>,
        elapsed_ms: f64,
    ) -> Result<(), JsValue> {
        let stage = stage_from_js(stage)?;
        let run = started(&mut self.run)?;
        run.resume(stage, state.as_deref(), milliseconds(elapsed_ms))
            .await
            .map_err(|error| error_of(&error))
    }

    /// Leaves a network that the stage in hand is to train to another engine: `{ at, settings }`, its place and
    /// what it is trained with, on the images of the run. Undefined where there is none to spare.
    #[cfg(feature = "general")]
    pub fn hand_out(&mut self) -> Result<JsValue, JsError> {
        let handed = self.run.as_mut().and_then(Run::trainings);
        let Some((at, settings)) = handed.and_then(Trainings::hand_out) else {
            return Ok(JsValue::UNDEFINED);
        };
        let object = Object::new();
        set(&object, "at", at as f64);
        set(&object, "settings", plain(settings)?);
        Ok(object.into())
    }

    /// A network that the stage in hand has trained, or had trained, and that was not told of before:
    /// `{ settings, network, training }`; undefined where there is none.
    #[cfg(feature = "general")]
    pub fn news(&mut self) -> Result<JsValue, JsError> {
        let trainings = self.run.as_mut().and_then(Run::trainings);
        let Some((settings, trained)) = trainings.and_then(Trainings::news) else {
            return Ok(JsValue::UNDEFINED);
        };
        let object = Object::new();
        set(&object, "settings", plain(settings)?);
        set(&object, "network", network(&trained.network)?);
        set(&object, "training", plain(&trained.history)?);
        Ok(object.into())
    }

    /// A network that was handed out has been trained for so many epochs.
    #[cfg(feature = "general")]
    pub fn come(&mut self, at: usize, epochs: f64) {
        if let Some(trainings) = self.run.as_mut().and_then(Run::trainings) {
            trainings.come(at, epochs);
        }
    }

    /// Takes over a network that was handed out, with the report's `training` of it; or, without a network, that
    /// nobody else trains it any more. Throws where it is not one that was handed out.
    #[cfg(feature = "general")]
    pub fn take(&mut self, at: usize, trained: &JsValue, training: JsValue) -> Result<(), JsError> {
        let Some(trainings) = self.run.as_mut().and_then(Run::trainings) else {
            return Err(no_run());
        };
        if trained.is_undefined() {
            trainings.take_back(at);
            return Ok(());
        }
        let trained = Trained {
            network: network_from_js(trained)?,
            history: value("training", training)?,
        };
        if trainings.take(at, trained) {
            Ok(())
        } else {
            Err(JsError::new(
                "This network was not to be trained elsewhere.",
            ))
        }
    }

    /// Whether the stage in hand can only go on with networks that were handed out.
    #[cfg(feature = "general")]
    #[wasm_bindgen(getter)]
    pub fn waits(&mut self) -> bool {
        let trainings = self.run.as_mut().and_then(Run::trainings);
        trainings.is_some_and(|trainings| trainings.waits())
    }

    /// Milliseconds that one training step of these settings takes here, after warm-up.
    pub async fn measure(&self, settings: JsValue, images: JsValue) -> Result<f64, JsValue> {
        let (settings, classes) = request(settings, &images)?;
        milliseconds_per_step(&self.device, settings, &classes)
            .await
            .map_err(|error| error_of(&error))
    }
}

thread_local! {
    /// Whom to tell that the device was lost. A JavaScript function cannot be part of the callback
    /// itself, which has to be free to change threads.
    static ON_LOST: RefCell<Option<Function>> = const { RefCell::new(None) };
}

#[cfg(feature = "engine-webgpu")]
fn tell_lost(reason: String) {
    ON_LOST.with_borrow(|on_lost| {
        if let Some(on_lost) = on_lost {
            // What the listener throws is its own affair.
            let _ = on_lost.call1(&JsValue::NULL, &reason.into());
        }
    });
}

fn started(run: &mut Option<Run>) -> Result<&mut Run, JsError> {
    run.as_mut().ok_or_else(no_run)
}

fn no_run() -> JsError {
    JsError::new("No run has been started.")
}

fn milliseconds(ms: f64) -> Duration {
    // NaN is 0.
    let ms = ms.max(0.0);
    Duration::from_secs_f64(ms.min(LONGEST) / 1000.0)
}

/// No time is taken for more milliseconds than a year has.
const LONGEST: f64 = 3.2e10;
/// Numbers of measurements at once, at most: 256 MB.
const MOST_NUMBERS: usize = 1 << 25;

/// A JavaScript `Error`; its name is `DeviceError` where the device itself is what failed, so that
/// the page can tell that from a mistake in what it asked for.
fn error_of(error: &RunError) -> JsValue {
    let js = js_sys::Error::new(&error.to_string());
    if matches!(error, RunError::Engine(EngineError::Device(_))) {
        js.set_name("DeviceError");
    }
    js.into()
}

/// Settings and images as the page sends them.
fn request(settings: JsValue, images: &JsValue) -> Result<(Settings, Vec<Class>), JsError> {
    let settings: Settings = serde_wasm_bindgen::from_value(settings)
        .map_err(|error| JsError::new(&format!("The settings cannot be read: {error}.")))?;
    let images: &Array = images
        .dyn_ref()
        .ok_or_else(|| JsError::new("The images are not an array of classes."))?;
    let classes: Result<Vec<Class>, JsError> = images.iter().map(|images| class(&images)).collect();
    Ok((settings, classes?))
}

/// The network with the encoder that knows the latents of these images, where some are given.
#[cfg(feature = "general")]
fn with_latents(
    network: Network,
    sources: &JsValue,
    classes: &[Class],
) -> Result<Network, JsError> {
    let Some(latents) = property(sources, "latents") else {
        return Ok(network);
    };
    let latents = matrix_from_js("latents", &latents)?;
    let mut count = 0;
    let rows: Vec<Vec<usize>> = classes
        .iter()
        .map(|class| {
            let first = count;
            count += class.images.count();
            (first..count).collect()
        })
        .collect();
    let rows = rows.iter().map(Vec::as_slice);
    let sets: Vec<_> = classes
        .iter()
        .map(|class| &class.images)
        .zip(rows)
        .collect();
    let encoder = Half::of_latents(&sets, latents).map_err(|what| JsError::new(&what))?;
    Network::new(encoder, network.decoder().clone()).map_err(|what| JsError::new(&what))
}

/// Networks to be compared with that of a run.
#[cfg(feature = "general")]
fn others_from_js(sources: &JsValue) -> Result<Vec<Other>, JsError> {
    let given = Reflect::get(sources, &"others".into()).ok();
    let Some(given) = given.and_then(|given| given.dyn_into::<Array>().ok()) else {
        return Ok(Vec::new());
    };
    let other = |given: JsValue| {
        let network = Reflect::get(&given, &"network".into()).unwrap_or_default();
        Ok(Other {
            name: optional(&given, "name")?.unwrap_or_default(),
            network: network_from_js(&network)?,
            settings: optional(&given, "settings")?,
            held_out_loss: optional(&given, "held_out_loss")?,
        })
    };
    given.iter().map(other).collect()
}

/// The images of a class: `{ label, name?, role?, bytes, files?, file?, place? }`.
fn class(images: &JsValue) -> Result<Class, JsError> {
    let label: u8 = optional(images, "label")?
        .ok_or_else(|| JsError::new("Every set of images needs a label."))?;
    let bytes = Reflect::get(images, &"bytes".into())
        .ok()
        .and_then(|bytes| bytes.dyn_into::<Uint8Array>().ok())
        .ok_or_else(|| {
            JsError::new("Every set of images needs its file's bytes as a Uint8Array.")
        })?;
    let name: Option<String> = optional(images, "name")?;
    let name = name.unwrap_or_else(|| label.to_string());
    let set = idx::read(&bytes.to_vec())
        .map_err(|error| JsError::new(&format!("Class {name}: {error}")))?;
    let numbers = |name: &str| optional::<Vec<u32>>(images, name).map(Option::unwrap_or_default);
    let origin = Origin {
        files: optional(images, "files")?.unwrap_or_default(),
        of: numbers("file")?
            .into_iter()
            .zip(numbers("place")?)
            .collect(),
    };
    let known = origin
        .of
        .iter()
        .all(|(file, _)| (*file as usize) < origin.files.len());
    if !known || !(origin.of.is_empty() || origin.of.len() == set.count()) {
        return Err(JsError::new(&format!(
            "Class {name}: files and places do not fit its images."
        )));
    }
    Ok(Class {
        name,
        role: optional(images, "role")?.unwrap_or_default(),
        origin,
        ..Class::new(label, set)
    })
}

fn update_to_js(run: &Run, update: &Update) -> Result<JsValue, JsError> {
    let milliseconds = |duration: Duration| duration.as_secs_f64() * 1000.0;
    let object = Object::new();
    set(&object, "stage", update.stage.name());
    set(&object, "done", update.done);
    set(&object, "total", update.total);
    set(&object, "elapsed_ms", milliseconds(update.elapsed));
    set(
        &object,
        "remaining_ms",
        update
            .remaining()
            .map_or(JsValue::NULL, |remaining| milliseconds(remaining).into()),
    );
    let report = Object::new();
    for part in &update.changed {
        report_part(&report, run.report(), *part)?;
    }
    set(&object, "report", report);
    if let Some(trained) = run
        .network()
        .filter(|_| update.changed.contains(&Part::Network))
    {
        set(&object, "network", network(trained)?);
    }
    if let Some(Snapshot {
        epoch,
        network: trained,
    }) = &update.snapshot
    {
        let snapshot = Object::new();
        set(&snapshot, "epoch", *epoch as f64);
        set(&snapshot, "network", network(trained)?);
        set(&object, "snapshot", snapshot);
    }
    Ok(object.into())
}
