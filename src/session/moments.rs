//! Moments in a session's file: `history.json` says of which epochs they are and how they were measured, and each has its
//! numbers, matrices row by row, in `history/EPOCH.safetensors`.

use ndarray::Array2;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};

use super::{Session, json, optional};
use crate::history::Moment;
use crate::importance::{DirectionMap, Estimate, Measured};
use crate::model::files::archive::Archive;
use crate::model::files::error::Fault;
use crate::model::{Architecture, Layer, Network};
use crate::report::Report;

const HISTORY: &str = "history.json";

/// A run has no more epochs, and measures before the first as well.
const MOST: usize = 2001;

/// What `history.json` says of a moment.
#[derive(Serialize, Deserialize)]
struct Heading {
    epoch: usize,
    pixel_importance: Way,
    latent_importance: Way,
    latent_importance_rmse: Option<Way>,
}

/// An estimate without its numbers.
#[derive(Serialize, Deserialize)]
struct Way {
    method: Measured,
    engine: String,
    repeats: usize,
    fraction: f32,
}

impl From<&Estimate> for Way {
    fn from(estimate: &Estimate) -> Self {
        Self {
            method: estimate.method,
            engine: estimate.engine.clone(),
            repeats: estimate.repeats,
            fraction: estimate.fraction,
        }
    }
}

impl Session {
    /// Refuses moments that are not of the session's report and network, or not in the order of their epochs.
    ///
    /// # Errors
    /// What is wrong, as the rest of a sentence.
    pub fn check_moments(&self) -> Result<(), String> {
        if self.moments.is_empty() {
            return Ok(());
        }
        let report = self.report.as_ref();
        let whole = report.filter(|report| report.samples.is_some() && report.encoded.is_some());
        let report = whole.ok_or("there is no report that they belong to")?;
        if self.moments.len() > MOST || !self.moments.is_sorted_by(|a, b| a.epoch < b.epoch) {
            return Err("the epochs are not those of a run".into());
        }
        let architecture = Architecture::from(&self.network);
        for moment in &self.moments {
            check(moment, report, &architecture)
                .map_err(|what| format!("after epoch {}, {what}", moment.epoch))?;
        }
        Ok(())
    }
}

fn check(moment: &Moment, report: &Report, architecture: &Architecture) -> Result<(), String> {
    if Architecture::from(&moment.network) != *architecture {
        return Err("the network is another".into());
    }
    moment.network.check()?;
    report.at(moment).check()
}

/// The files of these moments: their paths and contents.
pub(super) fn files(moments: &[Moment]) -> Vec<(String, Vec<u8>)> {
    if moments.is_empty() {
        return Vec::new();
    }
    let headings: Vec<Heading> = moments
        .iter()
        .map(|moment| Heading {
            epoch: moment.epoch,
            pixel_importance: Way::from(&moment.pixel_importance),
            latent_importance: Way::from(&moment.latent_importance),
            latent_importance_rmse: moment.latent_importance_rmse.as_ref().map(Way::from),
        })
        .collect();
    let numbers = moments
        .iter()
        .map(|moment| (path(moment.epoch), tensors(moment)));
    std::iter::once((HISTORY.to_owned(), json(&headings)))
        .chain(numbers)
        .collect()
}

fn path(epoch: usize) -> String {
    format!("history/{epoch}.safetensors")
}

fn tensors(moment: &Moment) -> Vec<u8> {
    let mut matrices: Vec<(String, &Array2<f32>)> = vec![
        ("sample_latents".into(), &moment.sample_latents),
        ("reconstructions".into(), &moment.reconstructions),
        ("latents".into(), &moment.latents),
        ("slope".into(), &moment.direction.slope),
        ("sign".into(), &moment.direction.sign),
    ];
    for (name, estimate) in [
        ("pixel_importance", Some(&moment.pixel_importance)),
        ("latent_importance", Some(&moment.latent_importance)),
        (
            "latent_importance_rmse",
            moment.latent_importance_rmse.as_ref(),
        ),
    ] {
        let Some(estimate) = estimate else { continue };
        matrices.push((name.into(), &estimate.mean));
        if let Some(error) = &estimate.std_error {
            matrices.push((format!("{name}_error"), error));
        }
    }
    let weights: Vec<Array2<f32>> = moment
        .network
        .layers()
        .flat_map(Layer::weights)
        .map(|matrix| matrix.to_owned())
        .collect();
    let named = weights.iter().enumerate();
    matrices.extend(named.map(|(at, matrix)| (weight(at), matrix)));
    let stored: Vec<(String, [usize; 2], Vec<u8>)> = matrices
        .into_iter()
        .map(|(name, matrix)| {
            let bytes = matrix.iter().flat_map(|number| number.to_le_bytes());
            (name, [matrix.nrows(), matrix.ncols()], bytes.collect())
        })
        .collect();
    let views = stored.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F32, shape.to_vec(), bytes)
            .expect("a tensor has as many numbers as its shape says");
        (name.as_str(), view)
    });
    safetensors::serialize(views, None).expect("every name stands once")
}

fn weight(at: usize) -> String {
    format!("weight.{at}")
}

/// Reads what [`files`] made, of networks with layers as those of `last`; without asking whether moments are of a
/// report.
pub(super) fn read(archive: &mut Archive<'_>, last: &Network) -> Result<Vec<Moment>, Fault> {
    let headings: Option<Vec<Heading>> = optional(archive, HISTORY)?;
    let headings = headings.unwrap_or_default();
    if headings.len() > MOST {
        return Err(Fault::damaged("it has more epochs than a run"));
    }
    headings
        .into_iter()
        .map(|heading| moment(archive, heading, last))
        .collect()
}

fn moment(archive: &mut Archive<'_>, heading: Heading, last: &Network) -> Result<Moment, Fault> {
    let path = path(heading.epoch);
    let bytes = archive.read(&path)?;
    let broken = |what: &dyn std::fmt::Display| {
        Fault::damaged(format!("its \"{path}\" cannot be read ({what})"))
    };
    let stored = SafeTensors::deserialize(&bytes).map_err(|error| broken(&error))?;
    let matrix = |name: &str| -> Result<Array2<f32>, Fault> {
        let view = stored.tensor(name).map_err(|error| broken(&error))?;
        let (Dtype::F32, &[rows, columns]) = (view.dtype(), view.shape()) else {
            return Err(broken(&format!("{name} is no matrix of 32-bit numbers")));
        };
        let (numbers, _) = view.data().as_chunks();
        let numbers = numbers.iter().map(|&bytes| f32::from_le_bytes(bytes));
        Array2::from_shape_vec((rows, columns), numbers.collect()).map_err(|error| broken(&error))
    };
    let estimate = |name: &str, way: Way| -> Result<Estimate, Fault> {
        let error = format!("{name}_error");
        let has_error = stored.names().contains(&error.as_str());
        Ok(Estimate {
            method: way.method,
            engine: way.engine,
            mean: matrix(name)?,
            std_error: has_error.then(|| matrix(&error)).transpose()?,
            repeats: way.repeats,
            fraction: way.fraction,
        })
    };
    let expected = last.layers().flat_map(Layer::weights).enumerate();
    let weights = expected.map(|(at, expected)| {
        let found = matrix(&weight(at))?;
        if found.dim() == expected.dim() {
            Ok(found)
        } else {
            Err(broken(&"its network is another"))
        }
    });
    let weights = weights.collect::<Result<Vec<_>, _>>()?;
    let network = Network::from_parts(&Architecture::from(last), weights);
    let network = network.map_err(|what| broken(&what))?;
    Ok(Moment {
        epoch: heading.epoch,
        network,
        sample_latents: matrix("sample_latents")?,
        reconstructions: matrix("reconstructions")?,
        latents: matrix("latents")?,
        pixel_importance: estimate("pixel_importance", heading.pixel_importance)?,
        direction: DirectionMap {
            slope: matrix("slope")?,
            sign: matrix("sign")?,
        },
        latent_importance: estimate("latent_importance", heading.latent_importance)?,
        latent_importance_rmse: heading
            .latent_importance_rmse
            .map(|way| estimate("latent_importance_rmse", way))
            .transpose()?,
    })
}
