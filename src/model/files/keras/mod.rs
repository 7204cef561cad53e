//! Models saved by Keras: HDF5 files of Keras 2 and of Keras 3, and the archives of Keras 3.

mod config;
mod steps;

use serde_json::Value;

pub(super) use self::config::{Planned, plan};
pub(super) use self::steps::{Variable, Weights, matching, steps};
use super::archive::Archive;
use super::error::{Fault, shortened};
use super::hdf5;
use super::open::{Found, Knows};
use super::tensor::{Budget, Tensor};
use super::weights;

/// The file of an archive that says what the layers are.
pub(super) const CONFIG: &str = "config.json";
const WEIGHTS: &str = "model.weights.h5";

/// A model in an HDF5 file, whatever its name, or weights alone.
pub(super) fn read_hdf5(bytes: &[u8], budget: &mut Budget) -> Result<Found, Fault> {
    let file = hdf5::File::open(bytes.to_vec())?;
    let Some(config) = file.text("", "model_config")? else {
        return weights_alone(&file, budget);
    };
    let config = json(config.as_bytes(), "model_config")?;
    let plan = plan(&config)?;
    let version = file.text("", "keras_version")?.unwrap_or_default();
    let format = if version.starts_with('3') {
        "Keras 3 (HDF5)"
    } else {
        "Keras 2 (HDF5)"
    };
    let stored = Legacy::open(&file, "model_weights/")?;
    let (layers, notes) = steps(&plan, &stored, budget)?;
    Ok(Found {
        format,
        layers,
        notes,
        knows: Knows::All,
    })
}

/// A model in an archive of Keras 3.
pub(super) fn read_archive(archive: &mut Archive<'_>, budget: &mut Budget) -> Result<Found, Fault> {
    let config = json(&archive.read(CONFIG)?, CONFIG)?;
    let plan = plan(&config)?;
    if !archive.paths().any(|path| path == WEIGHTS) {
        return Err(Fault::new(
            format!("its weights are not in \"{WEIGHTS}\""),
            "save it with the weights in one file",
        ));
    }
    let file = hdf5::File::open(archive.read(WEIGHTS)?)?;
    let (layers, notes) = steps(&plan, &Variables { file: &file }, budget)?;
    Ok(Found {
        format: "Keras 3",
        layers,
        notes,
        knows: Knows::All,
    })
}

pub(super) fn json(bytes: &[u8], name: &str) -> Result<Value, Fault> {
    serde_json::from_slice(bytes)
        .map_err(|error| Fault::damaged(format!("its \"{name}\" is not JSON ({error})")))
}

fn weights_alone(file: &hdf5::File, budget: &mut Budget) -> Result<Found, Fault> {
    let (tensors, knows) = if file.names("", "layer_names")?.is_some() {
        let stored = Legacy::open(file, "")?;
        let mut tensors = Vec::new();
        for (group, name) in &stored.names {
            tensors.push((
                name.clone(),
                file.tensor(&format!("{group}/{name}"), budget)?,
            ));
        }
        (tensors, Knows::StoredOrder)
    } else {
        let mut tensors = Vec::new();
        for path in file.datasets()? {
            // Beside the variables of layers stand those of optimisers and metrics.
            if let Some((stem, variable)) = path.rsplit_once("/vars/")
                && !path.starts_with("optimizer")
                && !path.starts_with("metrics")
            {
                let name = match variable {
                    "0" => format!("{stem}/kernel"),
                    "1" => format!("{stem}/bias"),
                    other => format!("{stem}/{other}"),
                };
                tensors.push((name, file.tensor(&path, budget)?));
            }
        }
        (tensors, Knows::Names)
    };
    Ok(Found {
        format: "Keras weights (HDF5)",
        layers: weights::dense_layers(tensors)?,
        notes: Vec::new(),
        knows,
    })
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
        self.file
            .tensor(&format!("{}/vars/{number}", planned.stored), budget)
    }
}
