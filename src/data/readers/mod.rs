//! People's own files, read into [classes](super::Class) of images.
//!
//! [`open`] tells forms apart by content, not by ending, and finds what belongs together. What it
//! had to guess stands in the [`Preview`] and can be chosen otherwise in [`Options`].
//!
//! ```text
//! files -> source -> idx, npy, table -> part ----------> collection -> preview, classes
//!          (zip, gzip)  labelled -> picture, sound -> resize, spectrogram /
//! ```
//!
//! Nothing here panics, whatever the files hold, and memory is bounded: beside the files
//! themselves there are at most one unpacked file and the pixels, twice while they are joined, each
//! within [`Options::max_bytes`].

mod collection;
mod colour;
mod columns;
mod dialect;
mod error;
mod idx;
mod label_table;
mod labelled;
mod labels;
mod names;
mod npy;
mod number;
mod options;
mod part;
mod paths;
mod picture;
mod resample;
mod resize;
mod scale;
mod sound;
mod source;
mod spectrogram;
mod survey;
mod table;
mod text;
mod wave;

pub use super::File;
pub use collection::{Choices, ClassPreview, Collection, Example, Format, Preview};
pub use error::{Need, ReadError};
pub use options::{Decimal, Gaps, Grey, LabelColumn, MAX_BYTES, Normalise, Options};
pub use picture::{MAX_PIXELS, MAX_SIDE, PROPOSED_SIDE};
pub use source::MAX_FILES;
pub use spectrogram::{Recipe, SIDE};

use collection::About;
use labels::Labels;
use part::{Images, listed};
use paths::Found;
use source::{Entry, Kind, Source};

use super::Pixels;

/// Reads files, or archives of files, that together hold images and mostly their labels. Tells
/// `progress`, from 0 to 1, as it goes.
///
/// # Errors
/// If a file is damaged, or the files do not make images of one size in at most 256 classes. The
/// error says which file, where in it, and what to do.
pub fn open(
    files: &[File],
    options: &Options,
    progress: &mut dyn FnMut(f64),
) -> Result<Collection, ReadError> {
    let found = source::open(files, options.max_bytes)?;
    let (mut source, entries, skipped) = (found.source, found.entries, found.skipped);
    let mut unreadable = found.unreadable.into_iter();
    let mut notes = Vec::new();
    if entries.is_empty()
        && let Some(error) = unreadable.next()
    {
        return Err(error);
    }
    if let [(name, reason), others @ ..] = skipped.as_slice() {
        if entries.is_empty() {
            let message = format!(
                "This is {reason}. Choose IDX, CSV, NPY or NPZ files, PNG, JPEG or TIFF pictures, or \
                 WAV recordings."
            );
            return Err(ReadError::new(name, message));
        }
        let names: Vec<&str> = skipped.iter().map(|(name, _)| name.as_str()).collect();
        notes.push(match others {
            [] => format!("{name} was skipped: it is {reason}."),
            _ => format!("{} files were skipped: {}.", names.len(), listed(&names)),
        });
    }
    if entries.is_empty() {
        return Err(ReadError::of_all(
            "There is no file to read. Choose IDX, CSV, NPY or NPZ files, PNG, JPEG or TIFF \
             pictures, or WAV recordings.",
        ));
    }

    let (entries, tables, format) = of_one_kind(entries)?;
    let mut choices = Choices::default();
    let one_by_one = match format {
        Format::Pictures => Some((Found::Folder, "pictures")),
        Format::Recordings => Some((Found::FileName, "recordings")),
        _ => None,
    };
    let images = if let Some(of) = one_by_one {
        // A file of many is missed less than an array would be.
        let missing: Vec<ReadError> = unreadable.collect();
        if let Some(first) = missing.first() {
            let names: Vec<&str> = missing.iter().map(|error| error.file.as_str()).collect();
            notes.push(format!(
                "{} was left out. {}",
                listed(&names),
                first.message
            ));
        }
        let (notes, choices) = (&mut notes, &mut choices);
        let files = labelled::of(&mut source, entries, &tables, options, of, choices, notes)?;
        if format == Format::Pictures {
            picture::read(&mut source, files, options, notes, progress)?
        } else {
            sound::read(&mut source, files, options, notes, progress)?
        }
    } else if let Some(error) = unreadable.next() {
        return Err(error);
    } else {
        arrays(
            &mut source,
            &entries,
            options,
            &mut choices,
            &mut notes,
            progress,
        )?
    };
    let about = About {
        format,
        notes,
        choices,
        normalise: options.normalise,
    };
    Collection::new(images, about)
}

/// Spectrograms, such as [`Recipe::image`] makes of what a microphone heard, with the names of
/// their classes.
///
/// # Errors
/// If there are none, one is not of [`SIDE`] × [`SIDE`] intensities from 0 to 1, or there are more
/// than 256 names.
pub fn of_recordings(spectrograms: &[(String, Vec<f32>)]) -> Result<Collection, ReadError> {
    let mut labels = Labels::default();
    let mut floats = Vec::with_capacity(spectrograms.len() * SIDE * SIDE);
    for (name, image) in spectrograms {
        let intensities = image.iter().all(|value| (0.0..=1.0).contains(value));
        if image.len() != SIDE * SIDE || !intensities {
            let message = format!("A recording of {name} is no spectrogram. Record it again.");
            return Err(ReadError::of_all(message));
        }
        let named = labels.push(name);
        named.map_err(|_| ReadError::of_all(labels::TooManyClasses::MESSAGE))?;
        floats.extend(image);
    }
    if floats.is_empty() {
        let message = "There is no recording yet. Record some of every class.";
        return Err(ReadError::of_all(message));
    }
    let images = Images {
        name: String::new(),
        height: SIDE,
        width: SIDE,
        pixels: Pixels::Floats(floats),
        labels: Some(labels),
        ..Images::default()
    };
    let about = About {
        format: Format::Recordings,
        notes: Vec::new(),
        choices: Choices::default(),
        normalise: Some(Normalise::Keep),
    };
    Collection::new(images, about)
}

/// Says what the files are, and separates the texts that lie among pictures or recordings.
fn of_one_kind(entries: Vec<Entry>) -> Result<(Vec<Entry>, Vec<Entry>, Format), ReadError> {
    let first = |kinds: &[Kind]| entries.iter().find(|entry| kinds.contains(&entry.kind));
    let arrays = first(&[Kind::Idx, Kind::Npy]);
    let table = first(&[Kind::Table]);
    let pictures = first(&[Kind::Png, Kind::Jpeg, Kind::Tiff]);
    let sounds = first(&[Kind::Wave]);

    let forms: Vec<(&Entry, &str)> = [
        (arrays, "an array of numbers"),
        (pictures, "a picture"),
        (sounds, "a recording"),
    ]
    .into_iter()
    .filter_map(|(entry, form)| entry.map(|entry| (entry, form)))
    .collect();
    if let [(one, form), (other, other_form), ..] = forms.as_slice() {
        let message = format!(
            "This is {form}, but {} is {other_form}. Choose files of one form.",
            other.name
        );
        return Err(ReadError::new(&one.name, message));
    }

    let format = match (arrays, table, pictures, sounds) {
        (_, _, Some(_), _) => Format::Pictures,
        (_, _, _, Some(_)) => Format::Recordings,
        (Some(_), Some(_), ..) => Format::Mixed,
        (None, ..) => Format::Csv,
        (Some(_), ..) => match (first(&[Kind::Idx]), first(&[Kind::Npy])) {
            (Some(_), Some(_)) => Format::Mixed,
            (Some(_), None) => Format::Idx,
            _ => Format::Npy,
        },
    };
    if !matches!(format, Format::Pictures | Format::Recordings) {
        return Ok((entries, Vec::new(), format));
    }
    let (tables, kept) = entries
        .into_iter()
        .partition(|entry| entry.kind == Kind::Table);
    Ok((kept, tables, format))
}

/// Reads arrays and tables and joins what belongs together.
fn arrays(
    source: &mut Source<'_>,
    entries: &[Entry],
    options: &Options,
    choices: &mut Choices,
    notes: &mut Vec<String>,
    progress: &mut dyn FnMut(f64),
) -> Result<Images, ReadError> {
    let array_of = |entry: &Entry| -> String {
        let name = entry.path.strip_suffix(".npy").unwrap_or(&entry.path);
        name.into()
    };
    let of_npy = entries.iter().filter(|entry| entry.kind == Kind::Npy);
    choices.arrays = of_npy.map(array_of).collect();
    for wanted in [&options.images, &options.labels].into_iter().flatten() {
        if !choices.arrays.contains(wanted) {
            let message = format!(
                "No array is called {wanted}. Choose one of {}.",
                listed(&choices.arrays)
            );
            let need = Need::Array(choices.arrays.clone());
            return Err(ReadError::of_all(message).needing(need));
        }
    }
    let chosen = |entry: &&Entry| {
        let named = [&options.images, &options.labels];
        match (entry.kind, options.images.is_some()) {
            (Kind::Npy, true) => named
                .into_iter()
                .flatten()
                .any(|name| *name == array_of(entry)),
            _ => true,
        }
    };

    let entries: Vec<&Entry> = entries.iter().filter(chosen).collect();
    let mut parts = Vec::new();
    let mut unknown: Option<Vec<LabelColumn>> = None;
    let mut held = 0;
    for (place, entry) in entries.iter().enumerate() {
        let mut within = |fraction: f64| progress((place as f64 + fraction) / entries.len() as f64);
        let part = match entry.kind {
            Kind::Idx => idx::read(source, entry, options)?,
            Kind::Npy => npy::read(source, entry, options)?,
            _ => {
                let text = source.bytes(entry, options.max_bytes as u64)?;
                let (part, of_table) =
                    table::read(&entry.name, &text, options, notes, &mut within)?;
                match &mut unknown {
                    Some(unknown) => unknown.retain(|column| of_table.unknown.contains(column)),
                    None => unknown = Some(of_table.unknown),
                }
                if choices.columns.len() <= of_table.columns.len() {
                    choices.columns = of_table.columns;
                    choices.label_column = of_table.label_column;
                    choices.left_out = of_table.left_out;
                    choices.header = Some(of_table.header);
                }
                part
            }
        };
        if let (part::Part::Images(images), Kind::Idx | Kind::Npy) = (&part, entry.kind) {
            notes.extend(images.handling.iter().cloned());
        }
        held += part.memory();
        if held > options.max_bytes {
            let message = format!(
                "With this file the images take more than the {} that can be held. Choose fewer \
                 files.",
                source::megabytes(options.max_bytes as u64)
            );
            return Err(ReadError::new(&entry.name, message));
        }
        parts.push(part);
        within(1.0);
    }
    let mut asked = options.drop.iter().chain(&options.keep);
    if let Some(column) = asked.find(|column| unknown.as_ref().is_none_or(|of| of.contains(column)))
    {
        let message = match (&unknown, column) {
            (None, _) => "There is no table of whose columns some could be left out.".into(),
            (_, LabelColumn::Name(name)) => {
                format!("No column is called {name}. Name one of those in the first line.")
            }
            (_, LabelColumn::Index(index)) => {
                format!(
                    "There is no column {}. Name one of those that there are.",
                    index + 1
                )
            }
            (_, LabelColumn::None) => "A column to leave out has no name.".into(),
        };
        let error = ReadError::of_all(message);
        return Err(match unknown {
            Some(_) => error.needing(Need::Drop(choices.columns.clone())),
            None => error,
        });
    }
    part::join(parts, notes)
}
