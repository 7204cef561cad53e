//! A whole session in one file: settings, weights and report.
//!
//! The file is a zip archive of `session.json` (the form and version that wrote it),
//! `settings.json`, `weights.safetensors`, which opens by itself as well, `images.json` (which
//! images they are of, but not the images), once there are results, `report.json`, and, of epochs that were measured as
//! well, `history.json` and a file of tensors each ([`moments`]).

mod moments;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::data::{Class, ImageShape, Shape};
use crate::fingerprint::Fingerprint;
use crate::history::Moment;
use crate::model::Network;
use crate::model::files::archive::{self, Archive};
use crate::model::files::error::Fault;
use crate::model::files::{self, File, Hints, ModelError, save};
use crate::report::Report;
use crate::settings::Settings;

/// Version of the format that is written; a later one may hold what this cannot read.
const FORM: u32 = 1;

const HEADING: &str = "session.json";
const SETTINGS: &str = "settings.json";
const WEIGHTS: &str = "weights.safetensors";
const IMAGES: &str = "images.json";
const REPORT: &str = "report.json";

/// What a session holds.
#[derive(Clone, Debug)]
pub struct Session {
    /// Version of latent-lens that wrote it.
    pub version: String,
    /// What the run was asked to do; with the same images they give the same numbers again.
    pub settings: Settings,
    /// The trained network.
    pub network: Network,
    /// The images of the run; unknown in sessions older than this field.
    pub images: Option<Images>,
    /// What was found so far.
    pub report: Option<Report>,
    /// What there was to see after some epochs, in their order; none in sessions that kept none.
    pub moments: Vec<Moment>,
}

/// Identifies the images of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Images {
    /// What people call the data set.
    pub name: String,
    /// Number of images of the run's classes.
    pub count: usize,
    /// Differs where a pixel or a label does.
    pub fingerprint: String,
}

impl Images {
    /// Of these classes, in any order, of a data set called `name`.
    #[must_use]
    pub fn of(name: &str, classes: &[Class]) -> Self {
        let mut by_label: Vec<&Class> = classes.iter().collect();
        by_label.sort_by_key(|class| class.label);
        let mut print = Fingerprint::default();
        let mut count = 0;
        for Class { label, images, .. } in by_label {
            print.add(u64::from(*label));
            let ImageShape {
                height, channels, ..
            } = images.image;
            print.add(height as u64);
            if channels != 1 {
                print.add(channels as u64);
            }
            let size = images.image.size();
            let pixels = (0..images.count()).flat_map(|image| images.intensities(image));
            print.add_matrix((images.count(), size), pixels);
            count += images.count();
        }
        Self {
            name: name.into(),
            count,
            fingerprint: print.to_string(),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Heading {
    form: u32,
    version: String,
}

/// The bytes of a session's file.
///
/// # Panics
/// If the report holds a number that is not finite, which [`Report::check`] tells; [`Session::check_moments`] says whether
/// the moments can be read again.
#[must_use]
pub fn write(session: &Session) -> Vec<u8> {
    let heading = json(&Heading {
        form: FORM,
        version: session.version.clone(),
    });
    let settings = json(&session.settings);
    let weights = save::safetensors(&session.network, None);
    let images = session.images.as_ref().map(json);
    let report = session.report.as_ref().map(json);
    let mut files = vec![
        (HEADING, heading.as_slice()),
        (SETTINGS, settings.as_slice()),
        (WEIGHTS, weights.as_slice()),
    ];
    for (path, part) in [(IMAGES, &images), (REPORT, &report)] {
        if let Some(part) = part {
            files.push((path, part.as_slice()));
        }
    }
    let moments = moments::files(&session.moments);
    let moments = moments.iter();
    files.extend(moments.map(|(path, content)| (path.as_str(), content.as_slice())));
    archive::write(&files, true)
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("settings and reports are JSON")
}

/// Reads a session's file.
///
/// # Errors
/// A sentence that names the file, what is wrong in it and what to do.
pub fn read(file: &File) -> Result<Session, ModelError> {
    let parts = || -> Result<_, Fault> {
        let mut archive = Archive::open(&file.bytes)?;
        if !archive.paths().any(|path| path == HEADING) {
            return Err(Fault::new(
                "it is no session of latent-lens",
                "choose a file that \"Save session\" made",
            ));
        }
        let heading: Heading = part(&mut archive, HEADING)?;
        if heading.form > FORM {
            return Err(Fault::new(
                format!(
                    "a later version of latent-lens wrote it ({})",
                    heading.version
                ),
                "open it there",
            ));
        }
        let settings: Settings = part(&mut archive, SETTINGS)?;
        let weights = archive.read(WEIGHTS)?;
        let images: Option<Images> = optional(&mut archive, IMAGES)?;
        let report: Option<Report> = optional(&mut archive, REPORT)?;
        Ok((archive, heading.version, settings, weights, images, report))
    };
    let (mut archive, version, settings, bytes, images, report) =
        parts().map_err(|fault| fault.of(&file.name))?;
    let weights = File {
        name: format!("{} ({WEIGHTS})", file.name),
        bytes,
    };
    let network = files::open(&[weights], &Hints::default())?.network;
    if let Some(report) = &report {
        check(report, &network).map_err(|fault| fault.of(&file.name))?;
    }
    let moments = moments::read(&mut archive, &network);
    let session = Session {
        version,
        settings,
        network,
        images,
        report,
        moments: moments.map_err(|fault| fault.of(&file.name))?,
    };
    session
        .check_moments()
        .map_err(|what| Fault::damaged(format!("in its history, {what}")).of(&file.name))?;
    Ok(session)
}

fn optional<T: DeserializeOwned>(
    archive: &mut Archive<'_>,
    path: &str,
) -> Result<Option<T>, Fault> {
    let is_there = archive.paths().any(|each| each == path);
    is_there.then(|| part(archive, path)).transpose()
}

fn part<T: DeserializeOwned>(archive: &mut Archive<'_>, path: &str) -> Result<T, Fault> {
    let bytes = archive.read(path)?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Fault::damaged(format!("its \"{path}\" cannot be read ({error})")))
}

/// A report that does not fit the network, or itself, would be drawn as nonsense.
fn check(report: &Report, network: &Network) -> Result<(), Fault> {
    let image = Shape::from(report.image);
    let fits = report.check().map(|()| {
        network.encoder().input().agrees(&image) && report.settings.dims == network.dims()
    });
    match fits {
        Ok(true) => Ok(()),
        Ok(false) => Err(Fault::damaged("its report is not of its network")),
        Err(what) => Err(Fault::damaged(format!("in its report, {what}"))),
    }
}
