//! Images and labels, from files to classes.

use latent_lens::data::Class;
use latent_lens::data::readers::{
    self, Choices, Decimal, Gaps, LabelColumn, Need, Normalise, Options, Preview, ReadError,
};
use latent_lens::report::DataSource;

use super::arguments::{Column, Data};
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
    if let Some(arguments) = otherwise(&preview.choices) {
        progress.say(&arguments);
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
        handling: preview.handling,
        reading: serde_json::to_string(&options(data)).expect("options are plain data"),
        columns: preview.columns,
        ..DataSource::default()
    };
    Ok((collection.classes(), source))
}

fn options(data: &Data) -> Options {
    let size = data.size.map(|size| (size.0, size.1));
    Options {
        header: data.header,
        label_column: data.label_column.clone().map(|column| column.0),
        drop: columns(&data.drop),
        keep: columns(&data.keep),
        gaps: Gaps::from(data.gaps),
        decimal: data.decimal.map(Decimal::from),
        images: data.images_array.clone(),
        labels: data.labels_array.clone(),
        shape: size,
        size,
        grey: data.grey.into(),
        normalise: data.normalise.map(Normalise::from),
        max_bytes: MAX_BYTES,
    }
}

fn columns(typed: &[Column]) -> Vec<LabelColumn> {
    typed.iter().map(|column| column.0.clone()).collect()
}

/// The arguments by which what was found in a table can be chosen otherwise.
fn otherwise(choices: &Choices) -> Option<String> {
    if choices.columns.len() < 2 || (choices.label_column.is_none() && choices.left_out.is_empty())
    {
        return None;
    }
    let keep = if choices.left_out.is_empty() {
        "leave columns out with --drop"
    } else {
        "leave columns out with --drop or keep them with --keep"
    };
    Some(format!("Choose other labels with --label-column; {keep}."))
}

/// A refusal, with the arguments that answer it.
fn refusal(error: &ReadError) -> Failure {
    let arguments = match error.needs {
        Some(Need::Shape { .. }) => " Say so with --size.",
        Some(Need::Column(_)) => " Say so with --label-column.",
        Some(Need::Drop(_)) => " Say so with --drop.",
        Some(Need::Gaps { .. }) => " Leave such rows out with --gaps drop.",
        Some(Need::Decimal { .. }) => " Say so with --decimal.",
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
        Normalise::MinMaxColumn => "spread from 0 to 1 in each column",
        Normalise::Standard => "brought to mean 0 and deviation 1 in each column",
    };
    let mut named: Vec<String> = classes
        .iter()
        .take(NAMED)
        .map(|class| format!("{} ({})", class.name, class.count))
        .collect();
    if let Some(more) = classes.len().checked_sub(NAMED).filter(|more| *more > 0) {
        named.push(format!("{more} more"));
    }
    let plural = if *count == 1 { "" } else { "s" };
    let what = match &preview.columns {
        Some(columns) => format!("row{plural} of {} columns", columns.len()),
        None => format!("image{plural} of {height} × {width} pixels"),
    };
    format!(
        "{count} {what}; values from {least} to {most}, {normalised}; \
         {} class{}: {}.",
        classes.len(),
        if classes.len() == 1 { "" } else { "es" },
        named.join(", ")
    )
}
