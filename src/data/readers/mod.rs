//! People's own files, read into [classes](super::Class) of images.
//!
//! [`open`] tells forms apart by content, not by ending, and finds what belongs together. What it
//! had to guess stands in the [`Preview`] and can be chosen otherwise in [`Options`].
//!
//! ```text
//! files -> source -> idx, npy, rdata, table -> part -----> collection -> preview, classes
//!          (zip, gzip)  labelled -> picture, sound -> resize, spectrogram /
//! ```
//!
//! A training set and a test set, told apart by their names ([`Options::roles`]) or brought one
//! beside the other ([`open_pair`]), are read one after the other in the same way.
//!
//! Rows of numbers are images, signals or rows of a table: `form` says which, and `fit` which loss and which end
//! of a decoder suit them.
//!
//! Which pixels belong together may be brought as well: [`groups`]; and what was made of the images elsewhere:
//! [`latents`]; and results that were computed elsewhere: [`results`]. Where these lie beside images, [`told`] tells
//! them apart.
//!
//! Nothing here panics, whatever the files hold, and memory is bounded: beside the files
//! themselves there are at most one unpacked file and the pixels, twice while they are joined, each
//! within [`Options::max_bytes`].

mod channels;
mod collection;
mod colour;
mod columns;
mod dialect;
mod error;
mod fit;
mod form;
mod frame;
mod groups;
mod idx;
mod label_table;
mod labelled;
mod labels;
mod latents;
mod names;
mod npy;
mod number;
mod options;
mod part;
mod paths;
mod picture;
mod rdata;
mod resample;
mod resize;
mod results;
mod roles;
mod scale;
mod sound;
mod source;
mod spectrogram;
mod survey;
mod table;
mod text;
mod told;
mod wave;

pub use super::File;
pub use collection::{
    Choices, ClassPreview, Collection, Example, Format, Preview, RolesFrom, RolesPreview,
};
pub use error::{Need, ReadError};
pub use fit::Fit;
pub use groups::{Groups, groups};
pub use latents::{Latents, latents};
pub use options::{
    Channels, Decimal, Gaps, Grey, LabelColumn, MAX_BYTES, Normalise, Options, Roles,
};
pub use picture::{MAX_PIXELS, MAX_SIDE, PROPOSED_SIDE};
pub use results::{PixelOrder, Results, ResultsOptions, results};
pub use source::MAX_FILES;
pub use spectrogram::{Recipe, SIDE};
pub use told::{By, Purpose, Told, told};

use collection::About;
use form::Taken;
use labels::Labels;
use part::{Counts, Images, listed};
use roles::Sides;
use source::{Entry, Kind, Source};

use super::{DataForm, ImageShape, Pixels};

/// Reads files, or archives of files, that together hold images and mostly their labels. Tells
/// `progress`, from 0 to 1, as it goes.
///
/// # Errors
/// If a file is damaged, or the files do not make images of one size in at most 256 classes; or if
/// their names are to tell a training set and a test set apart, and do not. The error says which
/// file, where in it, and what to do.
pub fn open(
    files: &[File],
    options: &Options,
    progress: &mut dyn FnMut(f64),
) -> Result<Collection, ReadError> {
    let Opened {
        mut source,
        entries,
        unreadable,
        mut notes,
    } = Opened::new(files, options)?;
    let sides = Sides::of(&entries);
    if options.roles == Roles::Joined {
        let is_test = sides.map(|sides| sides.by_name(&entries));
        let found = Found {
            entries,
            unreadable,
            notes,
        };
        let mut all = collection(&mut source, found, options, progress)?;
        if let Some(is_test) = is_test {
            all.propose_roles(|file| is_test.get(file).copied());
        }
        return Ok(all);
    }
    let sides = sides.ok_or_else(roles::no_sides)?;
    let divided = sides.divide(entries);
    let (of_training, of_test) = options.among(&divided.training, &divided.test)?;
    let mut half = |done| progress(done / 2.0);
    notes.extend(divided.notes);
    let found = Found {
        entries: divided.training,
        unreadable,
        notes,
    };
    let training = collection(&mut source, found, &of_training, &mut half)?;
    let mut half = |done| progress(0.5 + done / 2.0);
    let found = Found {
        entries: divided.test,
        unreadable: Vec::new(),
        notes: Vec::new(),
    };
    let test = test_of(&training, &of_test, |options| {
        collection(&mut source, found.clone(), options, &mut half)
    })?;
    training.with_test(test, RolesFrom::ByName)
}

/// Whether there is something that can be read in these files. Opened together with others, what is of no known form is
/// skipped.
#[must_use]
pub fn are_readable(files: &[File]) -> bool {
    Opened::new(files, &Options::default()).is_ok()
}

/// Reads images to train on and, from files of their own, images to explain. Both are read in the
/// same way, and labels mean the same in both.
///
/// # Errors
/// As of [`open`], for either; or if the test images are of another size, or have labels of other
/// classes or, alone, none.
pub fn open_pair(
    files: &[File],
    test: &[File],
    options: &Options,
    progress: &mut dyn FnMut(f64),
) -> Result<Collection, ReadError> {
    let training = Opened::new(files, options)?;
    let test = Opened::new(test, options)?;
    let (of_training, of_test) = options.among(&training.entries, &test.entries)?;
    let mut half = |done| progress(done / 2.0);
    let training = training.collection(&of_training, &mut half)?;
    let mut half = |done| progress(0.5 + done / 2.0);
    let Opened {
        mut source,
        entries,
        unreadable,
        notes,
    } = test;
    let found = Found {
        entries,
        unreadable,
        notes,
    };
    let test = test_of(&training, &of_test, |options| {
        collection(&mut source, found.clone(), options, &mut half)
    })?;
    training.with_test(test, RolesFrom::Brought)
}

/// Reads the test set of a training set. Pictures get its size, and of a table the same column holds
/// the labels, if that makes images of its size: too few rows do not tell.
fn test_of(
    training: &Collection,
    options: &Options,
    mut read: impl FnMut(&Options) -> Result<Collection, ReadError>,
) -> Result<Collection, ReadError> {
    let mut options = options.clone();
    let ImageShape { height, width, .. } = training.image();
    options.size = options.size.or(Some((height, width)));
    // Too few rows do not tell what they are.
    options.form = options.form.or_else(|| training.form_of_rows());
    let of_training = training.choices();
    if options.label_column.is_none()
        && let Some(column) = of_training.label_column
    {
        let same = Options {
            header: options.header.or(of_training.header),
            label_column: Some(LabelColumn::Index(column)),
            ..options.clone()
        };
        if let Ok(test) = read(&same)
            && test.image() == training.image()
        {
            return Ok(test);
        }
    }
    read(&options)
}

/// Files that are open, and what was said of them.
struct Opened<'a> {
    source: Source<'a>,
    entries: Vec<Entry>,
    /// Why members of archives cannot be read.
    unreadable: Vec<ReadError>,
    notes: Vec<String>,
}

impl<'a> Opened<'a> {
    fn new(files: &'a [File], options: &Options) -> Result<Self, ReadError> {
        let found = source::open(files, options.max_bytes)?;
        let (mut source, entries, skipped) = (found.source, found.entries, found.skipped);
        let unreadable = found.unreadable;
        let mut notes = Vec::new();
        if entries.is_empty()
            && let Some(error) = unreadable.first()
        {
            return Err(error.clone());
        }
        if let [(name, reason), others @ ..] = skipped.as_slice() {
            if entries.is_empty() {
                let message = format!("This is {reason}. Choose {READABLE}.");
                return Err(ReadError::new(name, message));
            }
            let names: Vec<&str> = skipped.iter().map(|(name, _)| name.as_str()).collect();
            notes.push(match others {
                [] => format!("{name} was skipped: it is {reason}."),
                _ => format!("{} files were skipped: {}.", names.len(), listed(&names)),
            });
        }
        if entries.is_empty() {
            let message = format!("There is no file to read. Choose {READABLE}.");
            return Err(ReadError::of_all(message));
        }
        let mut all = Vec::with_capacity(entries.len());
        for entry in entries {
            if entry.kind == Kind::R {
                all.extend(rdata::members(&mut source, &entry, options, &mut notes)?);
            } else {
                all.push(entry);
            }
        }
        Ok(Self {
            source,
            entries: all,
            unreadable,
            notes,
        })
    }

    fn collection(
        mut self,
        options: &Options,
        progress: &mut dyn FnMut(f64),
    ) -> Result<Collection, ReadError> {
        let found = Found {
            entries: self.entries,
            unreadable: self.unreadable,
            notes: self.notes,
        };
        collection(&mut self.source, found, options, progress)
    }
}

/// What is to be one set of images.
#[derive(Clone)]
struct Found {
    entries: Vec<Entry>,
    /// Why others cannot be read.
    unreadable: Vec<ReadError>,
    /// What was said so far.
    notes: Vec<String>,
}

/// What can be read.
const READABLE: &str =
    "IDX, CSV, NPY, NPZ or R files, PNG, JPEG or TIFF pictures, or WAV recordings";

/// Reads what is to be one set of images.
fn collection(
    source: &mut Source<'_>,
    Found {
        entries,
        unreadable,
        mut notes,
    }: Found,
    options: &Options,
    progress: &mut dyn FnMut(f64),
) -> Result<Collection, ReadError> {
    let mut unreadable = unreadable.into_iter();
    let (entries, tables, format) = of_one_kind(entries)?;
    let mut choices = Choices::default();
    let mut left_out = Vec::new();
    let one_by_one = match format {
        Format::Pictures => Some((paths::Found::Folder, "pictures")),
        Format::Recordings => Some((paths::Found::FileName, "recordings")),
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
        let files = labelled::of(source, entries, &tables, options, of, choices, notes)?;
        let (mut images, why) = if format == Format::Pictures {
            let images = picture::read(source, files, options, notes, progress)?;
            (images, "they are pictures")
        } else {
            let images = sound::read(source, files, options, notes, progress)?;
            (images, "recordings become spectrograms")
        };
        form::keep_image(&images.name, images.image, options)?;
        images.taken = Taken::new(DataForm::Image, why);
        images
    } else if let Some(error) = unreadable.next() {
        return Err(error);
    } else {
        let (choices, notes) = (&mut choices, &mut notes);
        let (images, without) = arrays(source, &entries, options, choices, notes, progress)?;
        left_out = without;
        images
    };
    let about = About {
        format,
        notes,
        choices,
        left_out,
        normalise: options.normalise,
    };
    Collection::new(images, about)
}

impl Options {
    /// The choice of arrays for each of two sets, as far as it has those that were chosen.
    fn among(&self, training: &[Entry], test: &[Entry]) -> Result<(Self, Self), ReadError> {
        let [training, test] = [training, test].map(names_of_arrays);
        self.known(&[training.clone(), test.clone()].concat())?;
        let of = |names: Vec<String>| {
            let there = |name: &Option<String>| name.clone().filter(|name| names.contains(name));
            Self {
                images: there(&self.images),
                labels: there(&self.labels),
                ..self.clone()
            }
        };
        Ok((of(training), of(test)))
    }

    /// Makes sure that there are the arrays that were chosen.
    fn known(&self, arrays: &[String]) -> Result<(), ReadError> {
        let mut wanted = [&self.images, &self.labels].into_iter().flatten();
        let Some(missing) = wanted.find(|name| !arrays.contains(name)) else {
            return Ok(());
        };
        let message = format!(
            "No array is called {missing}. Choose one of {}.",
            listed(arrays)
        );
        Err(ReadError::of_all(message).needing(Need::Array(arrays.to_vec())))
    }
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
        image: ImageShape::grey(SIDE, SIDE),
        pixels: Pixels::Floats(floats),
        labels: Some(labels),
        taken: Taken::new(DataForm::Image, "recordings become spectrograms"),
        ..Images::default()
    };
    let about = About {
        format: Format::Recordings,
        notes: Vec::new(),
        choices: Choices::default(),
        left_out: Vec::new(),
        normalise: Some(Normalise::Keep),
    };
    Collection::new(images, about)
}

/// Says what the files are, and separates the texts that lie among pictures or recordings.
fn of_one_kind(entries: Vec<Entry>) -> Result<(Vec<Entry>, Vec<Entry>, Format), ReadError> {
    let first = |kinds: &[Kind]| entries.iter().find(|entry| kinds.contains(&entry.kind));
    let arrays = first(&[Kind::Idx, Kind::Npy, Kind::R]);
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
        (Some(_), ..) => {
            let all = |kind| entries.iter().all(|entry| entry.kind == kind);
            match [Kind::Idx, Kind::Npy, Kind::R].map(all) {
                [true, ..] => Format::Idx,
                [_, true, _] => Format::Npy,
                [.., true] => Format::R,
                _ => Format::Mixed,
            }
        }
    };
    if !matches!(format, Format::Pictures | Format::Recordings) {
        return Ok((entries, Vec::new(), format));
    }
    let (tables, kept) = entries
        .into_iter()
        .partition(|entry| entry.kind == Kind::Table);
    Ok((kept, tables, format))
}

/// Reads arrays and tables and joins what belongs together; also hands out which images were left out
/// for want of labels.
fn arrays(
    source: &mut Source<'_>,
    entries: &[Entry],
    options: &Options,
    choices: &mut Choices,
    notes: &mut Vec<String>,
    progress: &mut dyn FnMut(f64),
) -> Result<(Images, Counts), ReadError> {
    choices.arrays = names_of_arrays(entries);
    options.known(&choices.arrays)?;
    let chosen = |entry: &&Entry| {
        let named = [&options.images, &options.labels];
        match (array_name(entry), options.images.is_some()) {
            (Some(array), true) => named.into_iter().flatten().any(|name| *name == array),
            _ => true,
        }
    };

    let entries: Vec<&Entry> = entries.iter().filter(chosen).collect();
    let mut parts = Vec::new();
    let mut unknown: Option<Vec<LabelColumn>> = None;
    let mut held = 0;
    let mut done = 0;
    // What is in one file of R is read at once.
    for group in entries.chunk_by(|a, b| a.kind == Kind::R && a.is_beside(b)) {
        let entry = group[0];
        let share = group.len() as f64;
        let mut within =
            |fraction: f64| progress((f64::from(done) + fraction * share) / entries.len() as f64);
        let read = match entry.kind {
            Kind::Idx => vec![(idx::read(source, entry, options)?, None)],
            Kind::Npy => vec![(npy::read(source, entry, options)?, None)],
            Kind::R => rdata::read(source, group, options, notes)?,
            _ => {
                let text = source.bytes(entry, options.max_bytes as u64)?;
                let (part, of_table) =
                    table::read(&entry.name, &text, options, notes, &mut within)?;
                vec![(part, Some(of_table))]
            }
        };
        for (part, of_table) in read {
            if let (part::Part::Images(images), None) = (&part, &of_table) {
                notes.extend(images.handling.iter().cloned());
            }
            held += part.memory();
            parts.push(part);
            let Some(of_table) = of_table else { continue };
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
        }
        if held > options.max_bytes {
            let message = format!(
                "With this file the images take more than the {} that can be held. Choose fewer \
                 files.",
                source::megabytes(options.max_bytes as u64)
            );
            return Err(ReadError::new(&entry.name, message));
        }
        within(1.0);
        done += group.len() as u32;
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
    part::join(parts, options.max_bytes, notes)
}

/// What an array of NumPy's or R's is called, by which it can be chosen.
fn array_name(entry: &Entry) -> Option<String> {
    let ending = match entry.kind {
        Kind::Npy => ".npy",
        Kind::R if entry.member.as_ref().is_some_and(|name| !name.is_empty()) => {
            return entry.member.clone();
        }
        Kind::R => ".rds",
        _ => return None,
    };
    Some(
        entry
            .path
            .strip_suffix(ending)
            .unwrap_or(&entry.path)
            .into(),
    )
}

fn names_of_arrays(entries: &[Entry]) -> Vec<String> {
    entries.iter().filter_map(array_name).collect()
}
