//! Images and labels, from files to classes.

use latent_lens::data::Class;
use latent_lens::data::readers::{self, Need, Normalise, Options, Preview, ReadError};
use latent_lens::report::DataSource;

use super::arguments::Data;
use super::failure::Failure;
use super::files::{self, MAX_BYTES};
use super::model::Brought;
use super::progress::Progress;

/// The images that were named, by class, and whose they are. Says what was found.
pub fn open(
    data: &Data,
    model: Option<&Brought>,
    progress: &mut Progress,
) -> Result<(Vec<Class>, DataSource), Failure> {
    let mut paths = data.images.clone();
    paths.extend(data.labels.clone());
    let files = files::read(&paths)?;
    let mut reading = |share| progress.reading(share);
    let collection =
        readers::open(&files, &options(data), &mut reading).map_err(|error| refusal(&error))?;
    drop(files);
    let preview = collection.preview();
    progress.say(&described(&preview));
    for note in &preview.notes {
        progress.say(note);
    }
    if model.is_some() && data.normalise.is_none() && preview.normalise != Normalise::Keep {
        let (least, most) = preview.range;
        progress.say(&format!(
            "If the model takes values as they are stored, from {least} to {most}, say so with \
             --normalise keep."
        ));
    }
    let source = DataSource {
        name: paths[0].display().to_string(),
        files: collection.files().to_vec(),
        handling: vec![described(&preview)],
        ..DataSource::default()
    };
    Ok((collection.classes(), source))
}

fn options(data: &Data) -> Options {
    let size = data.size.map(|size| (size.0, size.1));
    Options {
        header: data.header,
        label_column: data.label_column.clone().map(|column| column.0),
        images: data.images_array.clone(),
        labels: data.labels_array.clone(),
        shape: size,
        size,
        grey: data.grey.into(),
        normalise: data.normalise.map(Normalise::from),
        max_bytes: MAX_BYTES,
    }
}

/// A refusal, with the arguments that answer it.
fn refusal(error: &ReadError) -> Failure {
    let arguments = match error.needs {
        Some(Need::Shape { .. }) => " Say so with --size.",
        Some(Need::Column(_)) => " Say so with --label-column.",
        Some(Need::Array(_)) => " Say so with --images-array and --labels-array.",
        None => "",
    };
    Failure::Failed(format!("{error}{arguments}"))
}

/// More classes than these are counted and not named.
const NAMED: usize = 12;

/// What there is, in one line.
fn described(preview: &Preview) -> String {
    let Preview {
        count,
        height,
        width,
        range: (least, most),
        classes,
        ..
    } = preview;
    let normalised = match preview.normalise {
        Normalise::Keep => "kept as they are",
        Normalise::DivideBy255 => "divided by 255",
        Normalise::MinMax => "spread from 0 to 1",
    };
    let mut named: Vec<String> = classes
        .iter()
        .take(NAMED)
        .map(|class| format!("{} ({})", class.name, class.count))
        .collect();
    if let Some(more) = classes.len().checked_sub(NAMED).filter(|more| *more > 0) {
        named.push(format!("{more} more"));
    }
    format!(
        "{count} image{} of {height} × {width} pixels; values from {least} to {most}, {normalised}; \
         {} class{}: {}.",
        if *count == 1 { "" } else { "s" },
        classes.len(),
        if classes.len() == 1 { "" } else { "es" },
        named.join(", ")
    )
}
