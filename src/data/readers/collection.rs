//! Images that have been read, looked at before anything runs.

mod roles;

use serde::Serialize;

use super::error::ReadError;
use super::labels::Labels;
use super::options::Normalise;
use super::part::{Counts, Images};
use crate::data::{Class, ImageSet, Origin, Pixels};
pub use roles::{RolesFrom, RolesPreview};

/// Images of one size with their classes, as they were stored.
#[derive(Clone, Debug)]
pub struct Collection {
    height: usize,
    width: usize,
    /// Image after image, in the order of the files.
    pixels: Pixels,
    /// The class of every image.
    labels: Vec<u8>,
    classes: Vec<(u8, String)>,
    /// Where every image stands in the files.
    origin: Origin,
    /// Whether labels were found, or all images are taken for one class.
    labelled: bool,
    range: (f32, f32),
    /// What becomes 0 and what becomes 1 where values are spread: those of the training set.
    scale: (f32, f32),
    proposed: Normalise,
    normalise: Normalise,
    format: Format,
    notes: Vec<String>,
    choices: Choices,
    /// Images that are not here because they have no labels.
    left_out: Counts,
    roles: RolesPreview,
    /// The images to explain, where these are those to train on.
    test: Option<Box<Self>>,
}

/// What the files were, by their content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// IDX arrays.
    Idx,
    /// NumPy arrays, in NPZ archives or not.
    Npy,
    /// Tables.
    Csv,
    /// R's own files.
    R,
    /// Arrays and tables of several of these forms.
    Mixed,
    /// PNG and JPEG.
    Pictures,
    /// WAV, made into spectrograms; or from the microphone.
    Recordings,
}

/// What can be chosen otherwise, and what was chosen.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Choices {
    /// CSV: the columns' names in order.
    pub columns: Vec<String>,
    /// CSV: which of them holds the labels, counted from 0.
    pub label_column: Option<usize>,
    /// CSV: whether the first line names the columns.
    pub header: Option<bool>,
    /// NPZ and R: the arrays' names.
    pub arrays: Vec<String>,
}

/// What there is, before anything runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Preview {
    /// What the files were.
    pub format: Format,
    /// Number of images.
    pub count: usize,
    /// Height of every image in pixels.
    pub height: usize,
    /// Width of every image in pixels.
    pub width: usize,
    /// The smallest and the largest value as stored.
    pub range: (f32, f32),
    /// What that range suggests.
    pub proposed: Normalise,
    /// How values become intensities.
    pub normalise: Normalise,
    /// The classes in natural order.
    pub classes: Vec<ClassPreview>,
    /// Which images are trained on, and which are explained.
    pub roles: RolesPreview,
    /// Up to ten images, of every class in turn.
    pub examples: Vec<Example>,
    /// Bytes of memory that the images take: here, and as the single-precision copy of a run on
    /// all of them.
    pub memory_bytes: usize,
    /// What was left out, joined or guessed, in sentences.
    pub notes: Vec<String>,
    /// What can be chosen otherwise.
    pub choices: Choices,
}

/// A class and how many images it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClassPreview {
    /// What tells the class from the others.
    pub label: u8,
    /// What people call it.
    pub name: String,
    /// Number of images.
    pub count: usize,
    /// Those of them that are of the test set.
    pub explained: usize,
}

/// An image to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Example {
    /// Its class.
    pub label: u8,
    /// One byte a pixel, normalised: 0 black to 255 white, row after row.
    pub pixels: Vec<u8>,
}

/// How many images are shown before anything runs.
const EXAMPLES: usize = 10;

/// What is known of images beside themselves.
pub(super) struct About {
    pub format: Format,
    pub notes: Vec<String>,
    pub choices: Choices,
    /// Images that were left out for want of labels.
    pub left_out: Counts,
    /// The normalisation that was asked for.
    pub normalise: Option<Normalise>,
}

impl Collection {
    pub(super) fn new(images: Images, about: About) -> Result<Self, ReadError> {
        let range = range(&images.pixels);
        let proposed = if about.format == Format::Pictures {
            Normalise::DivideBy255
        } else {
            propose(range)
        };
        let count = images.count();
        let labelled = images.labels.is_some();
        let labels = images.labels.unwrap_or_else(|| Labels::all("all", count));
        let (classes, labels) = labels.finish();
        let mut collection = Self {
            height: images.height,
            width: images.width,
            pixels: images.pixels,
            labels,
            classes,
            origin: origin(images.files),
            labelled,
            range,
            scale: range,
            proposed,
            normalise: proposed,
            format: about.format,
            notes: about.notes,
            choices: about.choices,
            left_out: about.left_out,
            roles: RolesPreview::default(),
            test: None,
        };
        if let Some(normalise) = about.normalise {
            collection.normalise(normalise)?;
        }
        Ok(collection)
    }

    /// Chooses how values become intensities from 0 to 1.
    ///
    /// # Errors
    /// If values would come to lie outside.
    pub fn normalise(&mut self, normalise: Normalise) -> Result<(), ReadError> {
        let limit = match normalise {
            Normalise::Keep => 1.0,
            Normalise::DivideBy255 => 255.0,
            Normalise::MinMax => f32::INFINITY,
        };
        let (least, most) = self.range;
        if normalise != Normalise::MinMax && !(least >= 0.0 && most <= limit) {
            let message = format!(
                "The values lie between {least} and {most}, not between 0 and {limit}. Normalise \
                 them by their smallest and largest value."
            );
            return Err(ReadError::of_all(message));
        }
        let before = std::mem::replace(&mut self.normalise, normalise);
        if let Some(mut test) = self.test.take() {
            let scaled = test.scale_like(self);
            self.test = Some(test);
            if scaled.is_err() {
                self.normalise = before;
            }
            return scaled;
        }
        Ok(())
    }

    /// Number of images; those of a test set beside them are not counted.
    #[must_use]
    pub fn count(&self) -> usize {
        self.labels.len()
    }

    /// What there is, before anything runs.
    #[must_use]
    pub fn preview(&self) -> Preview {
        let of_test = self.test.as_ref().map_or(0, |test| test.count());
        let count = self.count() + of_test;
        let pixels = count * self.height * self.width;
        let of_test = self.test.as_ref().map_or(0, |test| test.pixels.memory());
        Preview {
            format: self.format,
            count,
            height: self.height,
            width: self.width,
            range: self.range,
            proposed: self.proposed,
            normalise: self.normalise,
            examples: self.shown().examples(),
            classes: self.class_previews(),
            roles: self.roles,
            memory_bytes: self.pixels.memory() + of_test + pixels * size_of::<f32>(),
            notes: self.notes.clone(),
            choices: self.choices.clone(),
        }
    }

    /// The files that the images are from, by their names; those of a test set last.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        let mut files = self.origin.files.clone();
        files.extend(self.test.iter().flat_map(|test| test.files()));
        files
    }

    /// The classes in natural order, with all images normalised; then those of the test set, if there
    /// is one.
    #[must_use]
    pub fn classes(&self) -> Vec<Class> {
        let own = self
            .classes
            .iter()
            .filter_map(|(label, _)| self.class(*label));
        own.chain(self.test_classes()).collect()
    }

    /// The class of this label with its images normalised, if there is one; without those of the
    /// test set.
    #[must_use]
    pub fn class(&self, label: u8) -> Option<Class> {
        let (_, name) = self.classes.iter().find(|(known, _)| *known == label)?;
        let mut origin = Origin::default();
        origin.add(&self.origin, self.places(label));
        Some(Class {
            label,
            name: name.clone(),
            images: self.images(self.places(label)),
            role: self.role(),
            origin,
        })
    }

    fn places(&self, label: u8) -> impl Iterator<Item = usize> + '_ {
        let labels = self.labels.iter().enumerate();
        labels
            .filter(move |(_, of)| **of == label)
            .map(|(place, _)| place)
    }

    /// The images at these places, normalised.
    fn images(&self, places: impl Iterator<Item = usize>) -> ImageSet {
        let size = self.height * self.width;
        let spans = places.map(|place| place * size..(place + 1) * size);
        let pixels = match (&self.pixels, self.normalise) {
            (Pixels::Bytes(bytes), Normalise::DivideBy255) => {
                Pixels::Bytes(spans.flat_map(|span| &bytes[span]).copied().collect())
            }
            (pixels, normalise) => {
                let (least, most) = self.scale;
                let width = if most > least { most - least } else { 1.0 };
                let values = spans.flat_map(|span| pixels.iter(span));
                Pixels::Floats(match normalise {
                    Normalise::Keep => values.collect(),
                    Normalise::DivideBy255 => values.map(|value| value / 255.0).collect(),
                    Normalise::MinMax => values.map(|value| (value - least) / width).collect(),
                })
            }
        };
        ImageSet {
            height: self.height,
            width: self.width,
            pixels,
        }
    }

    fn examples(&self) -> Vec<Example> {
        let mut places: Vec<_> = self
            .classes
            .iter()
            .map(|(label, _)| self.places(*label))
            .collect();
        let mut examples = Vec::with_capacity(EXAMPLES);
        while examples.len() < EXAMPLES.min(self.count()) {
            for (of_class, (label, _)) in places.iter_mut().zip(&self.classes) {
                if examples.len() < EXAMPLES
                    && let Some(place) = of_class.next()
                {
                    examples.push(Example {
                        label: *label,
                        pixels: self.images(std::iter::once(place)).shades().into_owned(),
                    });
                }
            }
        }
        examples
    }
}

/// Where images stand in files of which is known how many are from each.
fn origin(files: Vec<(String, usize)>) -> Origin {
    let counts = (0..).zip(files.iter().map(|(_, count)| *count));
    let of = counts.flat_map(|(file, count)| (0..count as u32).map(move |place| (file, place)));
    Origin {
        of: of.collect(),
        files: files.into_iter().map(|(name, _)| name).collect(),
    }
}

/// The smallest and the largest value.
fn range(pixels: &Pixels) -> (f32, f32) {
    let start = (f32::INFINITY, f32::NEG_INFINITY);
    let values = pixels.iter(0..pixels.len());
    values.fold(start, |(least, most), value| {
        (least.min(value), most.max(value))
    })
}

/// Values from 0 to 1 are kept. Up to 255 they are taken for shades of grey if any is in the brighter
/// half. All others are spread from the smallest to the largest.
fn propose((least, most): (f32, f32)) -> Normalise {
    match (least, most) {
        (0.0.., ..=1.0) => Normalise::Keep,
        (0.0.., 128.0..=255.0) => Normalise::DivideBy255,
        _ => Normalise::MinMax,
    }
}
