//! Images and labels, from files to classes.

use std::path::PathBuf;
use std::slice;

use latent_lens::data::readers::{
    self, Channels, Choices, Decimal, Fit, Format, Gaps, LabelColumn, Need, Normalise, Options,
    Preview, ReadError, RolesFrom, RolesPreview,
};
use latent_lens::data::{Class, DataForm, made};
use latent_lens::numerals::{counted, grouped, signed};
use latent_lens::report::{DataSource, PixelKind};

use latent_lens::settings::{Loss, Output};

use super::arguments::{Column, Data, Training};
use super::failure::Failure;
use super::files::{self, MAX_BYTES};
use super::model::Brought;
use super::progress::Progress;

/// The images that were named, by class, and whose they are. Says what was found; and where a network is trained,
/// what fits them better than its settings do.
pub fn open(
    data: &Data,
    training: Option<&Training>,
    model: Option<&Brought<'_>>,
    progress: &mut Progress,
) -> Result<(Vec<Class>, DataSource), Failure> {
    if let Some(name) = &data.made {
        return make(data, name, model, progress);
    }
    let read = |images: &[PathBuf], labels: &Option<PathBuf>| {
        if let Some(labels) = labels {
            let files = files::read(slice::from_ref(labels))?;
            if !readers::are_readable(&files) {
                return Err(Failure::Failed(format!(
                    "{}: This is no file of labels. Choose another one, or leave it out for images of one class.",
                    labels.display()
                )));
            }
        }
        let paths: Vec<PathBuf> = images.iter().chain(labels).cloned().collect();
        files::read(&paths)
    };
    let files = read(&data.images, &data.labels)?;
    let test = read(&data.test_images, &data.test_labels)?;
    let mut options = options(data);
    if model.is_some_and(|model| model.takes_stored_values) {
        options.normalise = options.normalise.or(Some(Normalise::Keep));
    }
    let mut reading = |share| progress.reading(share);
    let collection = if test.is_empty() {
        readers::open(&files, &options, &mut reading)
    } else {
        readers::open_pair(&files, &test, &options, &mut reading)
    };
    let collection = collection.map_err(|error| refusal(&error))?;
    drop((files, test));
    let preview = collection.preview();
    progress.say(&described(&preview));
    progress.say(&said_of_form(&preview));
    for note in &preview.notes {
        progress.say(note);
    }
    if let (Some(fit), Some(training), None) = (&preview.fit, training, model)
        && let Some(hint) = hint(fit, training)
    {
        progress.say(&hint);
    }
    if let Some(arguments) = otherwise(&preview.choices) {
        progress.say(&arguments);
    }
    let mut handling = preview.handling;
    let roles = preview.roles;
    match roles.chosen {
        RolesFrom::Joined if roles.proposed => {
            progress.say("To train on the one and explain the other, say --roles by-name.");
        }
        RolesFrom::Joined => {}
        RolesFrom::ByName | RolesFrom::Brought => {
            let RolesPreview {
                training,
                explained,
                ..
            } = roles;
            let sides = format!(
                "The training set has {}, the test set {}.",
                preview
                    .form
                    .nouns()
                    .say(counted(training, "image", "images")),
                grouped(explained)
            );
            progress.say(&sides);
            handling.push(sides);
        }
    }
    if model.is_some() && options.normalise.is_none() && preview.normalise != Normalise::Keep {
        let [least, most] = <[f32; 2]>::from(preview.range).map(signed);
        progress.say(&format!(
            "If the model takes values as they are stored, from {least} to {most}, say so with \
             --normalise keep."
        ));
    }
    let source = DataSource {
        name: data.images[0].display().to_string(),
        files: collection.files(),
        handling,
        reading: serde_json::to_string(&options).expect("options are plain data"),
        pixels: match (preview.form, preview.format) {
            (DataForm::Image, Format::Csv | Format::Recordings) => PixelKind::Quantity,
            (DataForm::Image, _) => PixelKind::Light,
            _ => PixelKind::Quantity,
        },
        columns: preview.columns,
        form: preview.form,
        scaling: preview.scaling,
        ..DataSource::default()
    };
    Ok((collection.classes(), source))
}

/// The data that are made under a name, which is one of those that there are. Says what they are.
fn make(
    data: &Data,
    name: &str,
    model: Option<&Brought<'_>>,
    progress: &mut Progress,
) -> Result<(Vec<Class>, DataSource), Failure> {
    let kind = made::kind(name).map_err(Failure::Usage)?;
    let count = data.made_count.unwrap_or(kind.count);
    let mut made = made::make(name, data.made_seed, count).map_err(Failure::Usage)?;
    if model.is_some_and(|model| model.takes_stored_values) {
        made = made.as_stored();
    }
    let handled = made.handling.iter().map(String::as_str);
    for sentence in kind.about.into_iter().chain(handled) {
        progress.say(sentence);
    }
    let source = DataSource {
        name: kind.title.into(),
        handling: made.handling,
        pixels: match made.columns {
            Some(_) => PixelKind::Quantity,
            None => PixelKind::Light,
        },
        form: match made.columns {
            Some(_) => DataForm::Signal,
            None => DataForm::Image,
        },
        columns: made.columns,
        made: Some(kind.name.into()),
        ..DataSource::default()
    };
    Ok((made.classes, source))
}

fn options(data: &Data) -> Options {
    let shape = data.size.map(|size| size.0);
    Options {
        header: data.header,
        label_column: data.label_column.clone().map(|column| column.0),
        drop: columns(&data.drop),
        keep: columns(&data.keep),
        gaps: Gaps::from(data.gaps),
        decimal: data.decimal.map(Decimal::from),
        images: data.images_array.clone(),
        labels: data.labels_array.clone(),
        shape,
        form: data.form.map(DataForm::from),
        channels: data.channels.map(Channels::from),
        size: shape.map(|shape| (shape.height, shape.width)),
        grey: data.grey.into(),
        normalise: data.normalise.map(Normalise::from),
        roles: data.roles.into(),
        max_bytes: MAX_BYTES,
    }
}

fn columns(typed: &[Column]) -> Vec<LabelColumn> {
    typed.iter().map(|column| column.0.clone()).collect()
}

/// What rows of numbers were taken for, and how to choose otherwise.
fn said_of_form(preview: &Preview) -> String {
    match preview.format {
        Format::Pictures | Format::Recordings => preview.form_said.clone(),
        _ => format!("{} Choose otherwise with --form.", preview.form_said),
    }
}

/// What fits better than the settings, and the arguments that say it; nothing where they do already.
fn hint(fit: &Fit, training: &Training) -> Option<String> {
    let is_set = training.loss != Loss::Bce && training.varying.output == Output::Linear;
    let scale = fit.normalise.is_some().then_some("--normalise standard");
    let network = (!is_set).then_some("--loss mse --output linear");
    let arguments: Vec<&str> = [scale, network].into_iter().flatten().collect();
    (!arguments.is_empty()).then(|| format!("{} Say so with {}.", fit.said, arguments.join(" ")))
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
        Some(Need::Shape { .. }) => " Say so with --size or --form.",
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
        channels,
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
        .map(|class| format!("{} ({})", class.name, grouped(class.count)))
        .collect();
    if let Some(more) = classes.len().checked_sub(NAMED).filter(|more| *more > 0) {
        named.push(format!("{more} more"));
    }
    let [least, most] = [least, most].map(signed);
    let what = match &preview.columns {
        None if preview.form == DataForm::Signal => format!(
            "{} of {}",
            counted(*count, "signal", "signals"),
            counted(*width, "time step", "time steps")
        ),
        Some(columns) => format!(
            "{} of {}",
            counted(*count, "row", "rows"),
            counted(columns.len(), "column", "columns")
        ),
        None => format!(
            "{} of {height} × {width} pixels{}",
            counted(*count, "image", "images"),
            match channels {
                1 => String::new(),
                3 => " in colour".into(),
                many => format!(" with {many} channels"),
            }
        ),
    };
    format!(
        "{what}; values from {least} to {most}, {normalised}; \
         {}: {}.",
        counted(classes.len(), "class", "classes"),
        named.join(", ")
    )
}
