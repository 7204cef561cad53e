//! Models saved by Keras: HDF5 files of Keras 2 and of Keras 3, and the archives of Keras 3.

mod config;
mod spatial;
mod steps;

use serde_json::Value;

pub(super) use self::config::{Planned, plan};
use self::steps::Steps;
pub(super) use self::steps::{Variable, Weights, matching, slopes_of_their_own, steps};
use super::archive::Archive;
use super::error::{Asked, Fault, Stop, shortened};
use super::found::{Companions, Content, Found};
use super::hdf5;
use super::tensor::{Budget, Tensor};
use super::weights::{self, Library};

/// The file of an archive that says what the layers are.
pub(super) const CONFIG: &str = "config.json";
const METADATA: &str = "metadata.json";
const WEIGHTS: &str = "model.weights.h5";

/// A model in an HDF5 file, whatever its name, or weights alone.
pub(super) fn read_hdf5(
    bytes: &[u8],
    asked: &Asked<'_>,
    budget: &mut Budget,
) -> Result<Found, Stop> {
    let file = hdf5::File::open(bytes.to_vec())?;
    let Some(config) = file.text("", "model_config")? else {
        return Ok(weights_alone(&file, budget)?);
    };
    let config = json(config.as_bytes(), "model_config")?;
    let version = file.text("", "keras_version")?.unwrap_or_default();
    let plan = plan(&config, &version, asked)?;
    let format = match plan.keras {
        Some(3..) => "Keras 3 (HDF5)",
        _ => "Keras 2 (HDF5)",
    };
    let stored = Legacy::open(&file, "model_weights/")?;
    Ok(found(format, steps(&plan, &stored, budget)?))
}

/// A model in an archive of Keras 3.
pub(super) fn read_archive(
    archive: &mut Archive<'_>,
    asked: &Asked<'_>,
    budget: &mut Budget,
) -> Result<Found, Stop> {
    let config = json(&archive.read(CONFIG)?, CONFIG)?;
    if !archive.paths().any(|path| path == WEIGHTS) {
        return Err(Fault::new(
            format!("its weights are not in \"{WEIGHTS}\""),
            "save it with the weights in one file",
        )
        .into());
    }
    let file = hdf5::File::open(archive.read(WEIGHTS)?)?;
    if !config::lists_layers(&config) {
        // A class of somebody's own, of which Keras keeps the weights and no layers.
        let mut found = weights_alone(&file, budget)?;
        found.notes.push(format!(
            "The model is of the class \"{}\", whose layers are not listed in the file: its weights were \
             taken by their names.",
            shortened(config["class_name"].as_str().unwrap_or_default())
        ));
        return Ok(found);
    }
    let metadata = if archive.paths().any(|path| path == METADATA) {
        json(&archive.read(METADATA)?, METADATA)?
    } else {
        Value::Null
    };
    let plan = plan(&config, version(&metadata), asked)?;
    Ok(found(
        "Keras 3",
        steps(&plan, &Variables { file: &file }, budget)?,
    ))
}

/// A model as Keras's `to_json` describes it, with its weights in an HDF5 file beside it.
pub(super) fn read_json(
    config: &Value,
    at: usize,
    companions: &Companions<'_>,
    asked: &Asked<'_>,
    budget: &mut Budget,
) -> Result<Found, Stop> {
    let plan = plan(config, version(config), asked)?;
    let Some(bytes) = companions.beside(at, |bytes| bytes.starts_with(hdf5::MAGIC)) else {
        return Err(Fault::new(
            "it describes a Keras model without its weights",
            "choose the file of its weights (HDF5) as well",
        )
        .into());
    };
    let file = hdf5::File::open(bytes.to_vec())?;
    let listed = |root: &&str| matches!(file.names(root, "layer_names"), Ok(Some(_)));
    let root = ["", "model_weights"].into_iter().find(listed);
    let steps = match root {
        Some("") => steps(&plan, &Legacy::open(&file, "")?, budget)?,
        Some(root) => steps(&plan, &Legacy::open(&file, &format!("{root}/"))?, budget)?,
        None => steps(&plan, &Variables { file: &file }, budget)?,
    };
    Ok(found("Keras (JSON and HDF5)", steps))
}

fn found(format: &'static str, steps: Steps) -> Found {
    Found {
        format,
        content: Content::Line(steps.line),
        notes: steps.notes,
    }
}

pub(super) fn json(bytes: &[u8], name: &str) -> Result<Value, Fault> {
    serde_json::from_slice(bytes)
        .map_err(|error| Fault::damaged(format!("its \"{name}\" is not JSON ({error})")))
}

/// Which version of Keras a description says that wrote it. Keras 3 says so by naming modules, where it
/// does not name its version.
pub(super) fn version(description: &Value) -> &str {
    let usual = if description["module"].is_string() {
        "3"
    } else {
        ""
    };
    description["keras_version"].as_str().unwrap_or(usual)
}

/// Whether a file says what all layers of its model are, so that Keras loads it without the program that made it.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    let config = || -> Result<Option<Value>, Fault> {
        if bytes.starts_with(hdf5::MAGIC) {
            let config = hdf5::File::open(bytes.to_vec())?.text("", "model_config")?;
            return config.map(|config| json(config.as_bytes(), "")).transpose();
        }
        Ok(Some(json(&Archive::open(bytes)?.read(CONFIG)?, CONFIG)?))
    };
    matches!(config(), Ok(Some(config)) if config::lists_layers(&config))
}

/// Whether this is what `to_json` gives.
pub(super) fn is_architecture(file: &Value) -> bool {
    file["class_name"].is_string() && !file["config"].is_null()
}

/// Whether this is the file of an archive that says when it was saved.
pub(super) fn is_metadata(bytes: &[u8]) -> bool {
    let file = json(bytes, "").unwrap_or_default();
    file["date_saved"].is_string() && file["class_name"].is_null()
}

fn weights_alone(file: &hdf5::File, budget: &mut Budget) -> Result<Found, Fault> {
    let tensors = if file.names("", "layer_names")?.is_some() {
        let stored = Legacy::open(file, "")?;
        let mut tensors = Vec::new();
        for (group, name) in &stored.names {
            tensors.push((
                name.clone(),
                file.tensor(&format!("{group}/{name}"), budget)?,
            ));
        }
        tensors
    } else {
        numbered(file, budget)?
    };
    let mut weights = weights::dense_layers(tensors, Library::Keras)?;
    Ok(Found {
        format: "Keras weights (HDF5)",
        content: weights.content(true),
        notes: weights.notes,
    })
}

/// Numbered variables by their layers' names, where no two of them are the same.
fn numbered(file: &hdf5::File, budget: &mut Budget) -> Result<Vec<weights::Named>, Fault> {
    let mut layers: Vec<(String, Vec<Tensor>)> = Vec::new();
    let mut paths = file.datasets()?;
    paths.sort_by_cached_key(|path| weights::natural(path));
    for path in paths {
        // Beside the variables of layers stand those of optimisers and metrics, and of what draws.
        let Some((layer, _)) = path.rsplit_once("/vars/") else {
            continue;
        };
        if path.starts_with("optimizer")
            || path.starts_with("metrics")
            || path.contains("seed_generator")
        {
            continue;
        }
        let tensor = file.tensor(&path, budget)?;
        match layers.last_mut() {
            Some((last, variables)) if last == layer => variables.push(tensor),
            _ => layers.push((layer.to_owned(), vec![tensor])),
        }
    }
    let mut names = Vec::new();
    for (path, _) in &layers {
        let name = file.text(&format!("{path}/vars"), "name")?;
        // Names stand in names after a stroke or a point.
        names.push(name.filter(|name| !name.is_empty() && !name.contains(['/', '.'])));
    }
    let mut different: Vec<&Option<String>> = names.iter().collect();
    different.sort();
    different.dedup();
    let own = different.len() == names.len() && names.iter().all(Option::is_some);
    let mut tensors = Vec::new();
    for ((path, variables), name) in layers.into_iter().zip(&names) {
        let stem = name.as_deref().filter(|_| own).unwrap_or(&path).to_owned();
        let vector = |tensor: &Tensor| tensor.shape().len() == 1;
        let kinds: &[&str] = match variables.len() {
            4 if variables.iter().all(vector) => {
                &["gamma", "beta", "moving_mean", "moving_variance"]
            }
            1 if variables.iter().all(vector) => &["alpha"],
            _ => &["kernel", "bias"],
        };
        for (at, variable) in variables.into_iter().enumerate() {
            let kind = kinds
                .get(at)
                .map_or_else(|| at.to_string(), |&kind| kind.into());
            tensors.push((format!("{stem}/{kind}"), variable));
        }
    }
    Ok(tensors)
}

/// Weights by name, in a group for every layer of the model: Keras 2, and HDF5 of Keras 3.
struct Legacy<'a> {
    file: &'a hdf5::File,
    /// Path of the layer's group and name in it.
    names: Vec<(String, String)>,
}

impl<'a> Legacy<'a> {
    fn open(file: &'a hdf5::File, root: &str) -> Result<Self, Fault> {
        let folder = root.trim_end_matches('/');
        let groups = file
            .names(folder, "layer_names")?
            .ok_or_else(|| Fault::damaged("it does not list its layers' weights"))?;
        let mut names = Vec::new();
        for group in groups {
            let path = format!("{root}{group}");
            for name in file.names(&path, "weight_names")?.unwrap_or_default() {
                names.push((path.clone(), name));
            }
        }
        Ok(Self { file, names })
    }
}

impl Weights for Legacy<'_> {
    fn get(
        &self,
        plan: &[Planned],
        at: usize,
        variable: Variable,
        budget: &mut Budget,
    ) -> Result<Tensor, Fault> {
        let own = |planned: &Planned| planned.trail.first() == plan[at].trail.first();
        let group = plan[at].trail.first().map_or("", String::as_str);
        let stored: Vec<&(String, String)> = self
            .names
            .iter()
            .filter(|(path, _)| {
                path.rsplit_once('/')
                    .map_or(path.as_str(), |(_, last)| last)
                    == group
            })
            .collect();
        let names: Vec<&str> = stored.iter().map(|(_, name)| name.as_str()).collect();
        let found = matching(plan, at, variable, &names, own)?;
        let (path, name) = stored[found];
        self.file.tensor(&format!("{path}/{name}"), budget)
    }
}

/// Numbered variables, in a tree like that of the model: archives of Keras 3.
struct Variables<'a> {
    file: &'a hdf5::File,
}

impl Weights for Variables<'_> {
    fn get(
        &self,
        plan: &[Planned],
        at: usize,
        variable: Variable,
        budget: &mut Budget,
    ) -> Result<Tensor, Fault> {
        let planned = &plan[at];
        let number = planned
            .variables()
            .iter()
            .position(|&own| own == variable)
            .ok_or_else(|| {
                Fault::damaged(format!(
                    "layer \"{}\" lacks its {}",
                    shortened(&planned.name),
                    variable.name()
                ))
            })?;
        let path = format!("{}/vars/{number}", planned.stored);
        // What early versions of the format call the layers.
        let early = path.replace("layers/", "_layer_checkpoint_dependencies/");
        let path = if self.file.has(&path) || !self.file.has(&early) {
            path
        } else {
            early
        };
        self.file.tensor(&path, budget)
    }
}
